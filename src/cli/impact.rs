//! What a change of a user does to their projects, told on stderr.

use crate::cli::terminal::ui::Ui;
use crate::cli::weight_share::{SHARE_CONDITION, percent};
use crate::directory::{Impact, ProjectImpact, ShareChange};
use crate::model::{ProjectName, Timestamp, User, Username};

/// Tells each share before and after, and warns of projects that are left without an active agent.
pub(crate) fn report_impact(ui: &Ui, username: &Username, impact: &Impact) {
    report_share_changes(ui, username, &impact.shares);
    warn_unattended(ui, &impact.unattended);
}

/// Tells what a change of a project does to the shares of those who take its calls.
pub(crate) fn report_project_impact(ui: &Ui, impact: &ProjectImpact) {
    for (username, shares) in &impact.users {
        report_share_changes(ui, username, shares);
    }
    match impact.more {
        0 => {}
        1 => ui.status("the shares of 1 more user changed"),
        more => ui.status(&format!("the shares of {more} more users changed")),
    }
}

/// Tells the shares that somebody begins with.
pub(crate) fn report_first_shares(ui: &Ui, user: &User, now: Timestamp) {
    let shares = user.projects.iter().map(|one| ShareChange {
        project: one.project.clone(),
        before: 0.0,
        after: user.share(one, now),
    });
    let shares: Vec<_> = shares.filter(|change| change.after > 0.0).collect();
    report_share_changes(ui, &user.username, &shares);
}

fn report_share_changes(ui: &Ui, username: &Username, shares: &[ShareChange]) {
    if shares.is_empty() {
        return;
    }
    let shares: Vec<String> = shares
        .iter()
        .map(|change| {
            let (before, after) = (percent(change.before), percent(change.after));
            format!("{} {before} -> {after}", change.project)
        })
        .collect();
    ui.status(&format!("shares of {username}: {} ({SHARE_CONDITION})", shares.join(", ")));
}

/// Warns of projects that are left without an active agent.
pub(crate) fn warn_unattended(ui: &Ui, projects: &[ProjectName]) {
    for project in projects {
        let message = format!("the project `{project}` has no active agent left");
        ui.warning("no-active-agent", &message);
    }
}
