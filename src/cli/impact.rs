//! What a change of somebody does to his projects, told on stderr.

use super::share::percent;
use super::terminal::ui::Ui;
use crate::directory::Impact;
use crate::model::{ProjectName, Username};

/// Tells each share before and after, and warns of projects that are left without an active agent.
pub(crate) fn tell(ui: &Ui, username: &Username, impact: &Impact) {
    // Where he had no share of anything there is nothing to compare.
    if impact.shares.iter().any(|change| change.before > 0.0) {
        let shares: Vec<String> = impact
            .shares
            .iter()
            .map(|change| {
                let (before, after) = (percent(change.before), percent(change.after));
                format!("{} {before} -> {after}", change.project)
            })
            .collect();
        ui.status(&format!("shares of {username}: {}", shares.join(", ")));
    }
    warn_unattended(ui, &impact.unattended);
}

/// Warns of projects that are left without an active agent.
pub(crate) fn warn_unattended(ui: &Ui, projects: &[ProjectName]) {
    for project in projects {
        let message = format!("the project `{project}` has no active agent left");
        ui.warning("no-active-agent", &message);
    }
}
