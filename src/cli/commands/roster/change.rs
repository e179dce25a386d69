//! What a roster changes, as it is shown and as a plan keeps it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cli::commands::user::{change_words, changes};
use crate::cli::context::Context;
use crate::cli::error::CommandEnd;
use crate::cli::terminal::output::{Column, ListOptions, ListWriter, Record};
use crate::directory::{EntityKind, PlannedChange, PlannedPlace};

/// What becomes of a user, a project, a team or a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RosterChange {
    line: Option<u64>,
    action: String,
    /// `user`, `project`, `team` or `skill`.
    object: String,
    pub(super) name: String,
    /// How often a user had been changed before.
    revision: Option<i64>,
    /// By field: `{"old": ..., "new": ...}`.
    changes: Map<String, Value>,
}

impl RosterChange {
    pub(super) fn of_user(change: PlannedChange) -> Self {
        let PlannedChange { line, username, action, revision, before, mut after } = change;
        // Whether new users get one is not for the roster to say.
        after.remove("password");
        Self {
            line,
            action: action.as_str().to_owned(),
            object: EntityKind::User.as_str().to_owned(),
            name: username.to_string(),
            revision,
            changes: changes(action, before, after),
        }
    }

    pub(super) fn of_place(place: PlannedPlace) -> Self {
        let PlannedPlace { object, name, action, before, after } = place;
        Self {
            line: None,
            action: action.as_str().to_owned(),
            object: object.as_str().to_owned(),
            name,
            revision: None,
            changes: changes(action, before, after),
        }
    }
}

impl Record for RosterChange {
    fn columns() -> &'static [Column<Self>] {
        const {
            &[
                Column::number("line", |view, _| {
                    view.line.map(|line| line.to_string()).unwrap_or_default()
                }),
                Column::whole("action", |view, _| view.action.clone()),
                Column::whole("object", |view, _| view.object.clone()),
                Column::whole("name", |view, _| view.name.clone()),
                // Somebody decides by it: a long one wraps.
                Column::whole("changes", |view, _| change_words(&view.action, &view.changes)),
            ]
        }
    }
}

/// Prints what changes.
pub(super) fn print(context: &Context, changes: &[RosterChange]) -> Result<(), CommandEnd> {
    let ui = &context.ui;
    let options =
        ListOptions { format: ui.format, terminal: ui.stdout_terminal(), ..ListOptions::default() };
    let printed = ui.stdout().map_err(|error| CommandEnd::output(&error)).and_then(|mut out| {
        let mut list = ListWriter::whole(&mut out, &options);
        changes
            .iter()
            .try_for_each(|change| list.push(change))
            .and_then(|()| list.finish(None))
            .map_err(|error| CommandEnd::output(&error))
    })?;
    if printed.left_out() > 0 {
        let more = format!("{} more; a pipe or a file gets them all", printed.left_out());
        ui.notice("more", &more);
    }
    Ok(())
}
