//! `--dry-run`: which commands it goes with, and what it prints: the entries that the audit log would
//! get.

use std::io;

use clap::ArgMatches;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::audit::{in_words, stored_json};
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::global_args::GlobalArgs;
use crate::cli::shared_host::called;
use crate::cli::terminal::output::{Column, Format, ListOptions, ListWriter, Record};
use crate::model::AuditRecord;

/// The commands that change what the store has of users, projects, teams and skills: each makes its
/// change in a transaction that is never committed.
const REHEARSED_COMMANDS: &[&str] = &[
    "assign-project",
    "passwd",
    "project activate",
    "project create",
    "project deactivate",
    "project delete",
    "project rename",
    "project update",
    "set-weight",
    "skill create",
    "skill delete",
    "skill rename",
    "team create",
    "team delete",
    "team rename",
    "unassign-project",
    "undo",
    "user activate",
    "user create",
    "user deactivate",
    "user delete",
    "user photo remove",
    "user photo set",
    "user rename",
    "user unlock",
    "user update",
];

/// The commands that make a plan of their own.
const PLANNING_COMMANDS: &[&str] = &["roster apply", "user import"];

/// What a command that changes something else, or nothing, says to `--dry-run`.
const REFUSED_COMMANDS: &[(&[&str], &str)] = &[
    (
        &["login", "logout", "authenticate"],
        "signing in and out cannot be tried: every try is counted",
    ),
    (&["weight solve"], "without `--apply` it changes nothing"),
    (
        &["store restore"],
        "without `--yes` it tells what the backup would give back, and asks first",
    ),
    (
        &[
            "config edit",
            "config set",
            "man",
            "project export",
            "report",
            "roster export",
            "store backup",
            "store init",
            "store retire",
            "store unlock",
            "store upgrade",
            "user export",
            "user photo get",
        ],
        "it goes with what changes users, projects, teams and skills",
    ),
];

/// Whether the command is to be tried, and not done.
///
/// # Errors
///
/// The command changes nothing that could be tried.
pub(crate) fn is_rehearsal(global: &GlobalArgs, matches: &ArgMatches) -> Result<bool, CliError> {
    if !global.dry_run {
        return Ok(false);
    }
    let (command, _) = called(matches);
    if REHEARSED_COMMANDS.contains(&command.as_str()) {
        return Ok(true);
    }
    if PLANNING_COMMANDS.contains(&command.as_str()) {
        return Ok(false);
    }
    let refused =
        REFUSED_COMMANDS.iter().find(|(commands, _)| commands.contains(&command.as_str()));
    let hint = refused.map_or("it changes nothing: leave the option out", |(_, hint)| *hint);
    Err(CommandEnd::usage(format!("`--dry-run` does not go with `ccadmin {command}`"))
        .with_hint(hint))
}

/// An entry that the log would get: without the moment, the number and the hash that it would have.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PlannedEntryView {
    actor: String,
    action: String,
    subject: Option<String>,
    subject_id: Option<i64>,
    #[serde(serialize_with = "stored_json")]
    #[schemars(with = "Value")]
    before: Option<String>,
    #[serde(serialize_with = "stored_json")]
    #[schemars(with = "Value")]
    after: Option<String>,
}

impl From<AuditRecord> for PlannedEntryView {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord { actor, action, subject, subject_id, before, after, .. } = record;
        Self { actor, action, subject, subject_id, before, after }
    }
}

impl Record for PlannedEntryView {
    fn columns() -> &'static [Column<Self>] {
        fn text(value: Option<&String>) -> String {
            value.cloned().unwrap_or_default()
        }
        static COLUMNS: [Column<PlannedEntryView>; 7] = [
            Column { in_table: false, ..Column::whole("actor", |view, _| view.actor.clone()) },
            Column::whole("action", |view, _| view.action.clone()),
            Column::whole("subject", |view, _| text(view.subject.as_ref())),
            Column {
                in_table: false,
                ..Column::number("subject_id", |view, _| {
                    view.subject_id.map(|id| id.to_string()).unwrap_or_default()
                })
            },
            Column {
                in_csv: false,
                ..Column::text("change", |view, _| {
                    in_words(view.before.as_deref(), view.after.as_deref())
                })
            },
            Column {
                in_table: false,
                ..Column::text("before", |view, _| text(view.before.as_ref()))
            },
            Column {
                in_table: false,
                ..Column::text("after", |view, _| text(view.after.as_ref()))
            },
        ];
        &COLUMNS
    }
}

/// Prints what would have been changed, a whole change a row.
///
/// # Errors
///
/// The output cannot be written.
pub(crate) fn print(context: &Context) -> Result<(), CommandEnd> {
    let entries = context.rehearsed();
    let nothing = entries.is_empty();
    write(context, entries).map_err(|error| CommandEnd::output(&error))?;
    let told = if nothing { "there is nothing to change" } else { "nothing was changed" };
    context.ui.status(told);
    Ok(())
}

fn write(context: &Context, entries: Vec<AuditRecord>) -> io::Result<()> {
    let ui = &context.ui;
    if entries.is_empty() && ui.format == Format::Table {
        return Ok(());
    }
    let terminal = ui.stdout_terminal();
    let options = ListOptions { format: ui.format, terminal, ..ListOptions::default() };
    let mut page = Vec::new();
    let mut list = ListWriter::whole(&mut page, &options);
    for entry in entries {
        list.push(&PlannedEntryView::from(entry))?;
    }
    list.finish(None)?;
    ui.page(&page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command_line::command_names;

    /// What only reads: there is nothing to try.
    const READING_COMMANDS: &[&str] = &[
        "audit list",
        "audit show",
        "audit verify",
        "completions",
        "config check",
        "config get",
        "config list",
        "config path",
        "doctor",
        "help",
        "project coverage",
        "project list",
        "project show",
        "roster diff",
        "schema",
        "skill list",
        "skill show",
        "store check",
        "store info",
        "team list",
        "team show",
        "user exists",
        "user history",
        "user list",
        "user show",
        "weight matrix",
        "weight show",
        "whoami",
    ];

    /// A new command that writes is tried or refused with its reason; this asks its author to decide.
    #[test]
    fn every_command_was_thought_about() {
        let refused = REFUSED_COMMANDS.iter().flat_map(|(commands, _)| commands.iter());
        let lists = [REHEARSED_COMMANDS, PLANNING_COMMANDS, READING_COMMANDS].into_iter().flatten();
        let mut listed: Vec<&str> = lists.chain(refused).copied().collect();
        listed.sort_unstable();
        let mut found = command_names();
        found.sort_unstable();
        assert_eq!(listed, found);
    }
}
