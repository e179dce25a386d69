//! The part of somebody's attention that a project gets, as people read it.

use std::io::{self, Write};

use crate::cli::terminal::escape::escape;
use crate::cli::terminal::output::TerminalShape;
use crate::cli::terminal::output::time::local_time;
use crate::cli::terminal::style::{ACCENT, STRONG, paint};
use crate::directory::ProjectAgent;
use crate::model::{Assignment, Timestamp, User, Window};

/// The length of the bar of somebody who is wholly there for one project.
const BAR_CELLS: usize = 20;

/// When a share holds; it stands wherever one is told.
pub(crate) const SHARE_CONDITION: &str = "while calls wait in all of their active projects";

/// When the chance of a next call holds.
pub(crate) const NEXT_CALL_CONDITION: &str = "while all active agents of the project are free";

/// As the documented shapes have it. No users make a sum of -0, which is 0 all the same.
pub(crate) fn three_digits(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0 + 0.0
}

/// A share in whole percents. One that is something never looks like nothing, and one that is not
/// all never looks like all.
pub(crate) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    if share <= 0.0 {
        "0 %".to_owned()
    } else if rounded < 1.0 {
        "<1 %".to_owned()
    } else if rounded >= 100.0 && share < 1.0 {
        ">99 %".to_owned()
    } else {
        format!("{rounded} %")
    }
}

/// The bar of a share; whatever is more than nothing shows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share is between 0 and 1"
)]
fn bar(share: f64, block: &str) -> String {
    let length = (share * BAR_CELLS as f64).round() as usize;
    block.repeat(if share > 0.0 { length.clamp(1, BAR_CELLS) } else { 0 })
}

/// From when until when, behind an assignment; nothing where it has no edges.
fn dates(window: Window) -> String {
    let edges = [("from", window.from), ("until", window.until)].into_iter();
    let told = edges.filter_map(|(word, edge)| Some(format!("  {word} {}", local_time(edge?))));
    told.collect()
}

/// A line of a table of shares.
pub(crate) struct ShareRow<'a> {
    /// The project of a user, or the user of a project.
    pub(crate) name: &'a str,
    pub(crate) weight: u32,
    /// Between 0 and 1.
    pub(crate) share: f64,
    pub(crate) active: bool,
    pub(crate) window: Window,
}

/// The projects of a user.
pub(crate) fn shares_of_user(user: &User, now: Timestamp) -> Vec<ShareRow<'_>> {
    let row = |one| -> ShareRow<'_> {
        let one: &Assignment = one;
        ShareRow {
            name: one.project.as_str(),
            weight: one.weight.get(),
            share: user.share(one, now),
            active: user.state(now).is_active() && one.is_active(now),
            window: one.window,
        }
    };
    user.projects.iter().map(row).collect()
}

/// The users of a project.
pub(crate) fn shares_of_project(agents: &[ProjectAgent], now: Timestamp) -> Vec<ShareRow<'_>> {
    let row = |agent| -> ShareRow<'_> {
        let agent: &ProjectAgent = agent;
        ShareRow {
            name: agent.username.as_str(),
            weight: agent.weight.get(),
            share: agent.share,
            active: agent.state.is_active() && agent.window.contains(now),
            window: agent.window,
        }
    };
    agents.iter().map(row).collect()
}

/// Writes names with their weights, their shares of a user's attention, and a bar for each.
///
/// # Errors
///
/// Writing failed.
pub(crate) fn write_weight_shares(
    out: &mut dyn Write,
    what: &str,
    rows: &[ShareRow<'_>],
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    let colour = terminal.is_some_and(|shape| shape.colour);
    // ASCII, and as wide as they are long; what a damaged store holds shows what it is.
    let names: Vec<_> = rows.iter().map(|row| escape(row.name)).collect();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default().max(what.len());
    writeln!(out, "{}", paint(&format!("{what:width$}  WEIGHT  SHARE"), STRONG, colour))?;
    let block = if terminal.is_some() { "\u{2588}" } else { "#" };
    for (row, name) in rows.iter().zip(names) {
        let behind = if row.active {
            paint(&bar(row.share, block), ACCENT, colour)
        } else {
            "inactive".to_owned()
        };
        let (weight, percent, dates) = (row.weight, percent(row.share), dates(row.window));
        let line = format!("{name:width$}  {weight:>6}  {percent:>5}  {behind}{dates}");
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "\nshare: the part of their calls, {SHARE_CONDITION}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        for (share, length) in
            [(0.0, 0), (0.001, 1), (0.25, 5), (1.0 / 3.0, 7), (0.5, 10), (1.0, BAR_CELLS)]
        {
            assert_eq!(bar(share, "#"), "#".repeat(length), "{share}");
        }
    }

    #[test]
    fn a_little_is_not_nothing_and_nearly_all_is_not_all() {
        for (share, shown) in [
            (0.0, "0 %"),
            (0.000_1, "<1 %"),
            (0.004_9, "<1 %"),
            (0.005, "1 %"),
            (1.0 / 3.0, "33 %"),
            (0.666_7, "67 %"),
            (0.994_9, "99 %"),
            (0.996, ">99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), shown, "{share}");
        }
    }
}
