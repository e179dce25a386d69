//! `ccadmin store info`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::check::unknown_callers;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::locked_callers::{CallerView, locked_callers};
use crate::cli::terminal::output::{Column, Format, ListOptions, ListWriter, Record, write_one};
use crate::directory::{Directory, sqlite_version};
use crate::model::Timestamp;

/// The C library that this program was built with, and how it was linked.
pub(crate) const C_LIBRARY: &str = env!("CCADMIN_C_LIBRARY");

/// Show where the store is, what it holds, and every setting in force with its source
///
/// Locked callers are accounts of the operating system that gave too many wrong passwords and
/// cannot sign in under any username; `ccadmin user unlock --caller NAME` unlocks one.
///
/// With `--keep-open` it keeps the store open, without reading or locking anything, until SIGTERM
/// or Ctrl-C. The first process to open a store keeps even readers out for a moment, and would do
/// so for good if it were stopped just then; with this command running, no other process is the
/// first. `examples/ccadmin-keep-open.service` runs it from boot on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store info
  ccadmin store info -o json")]
pub(crate) struct StoreInfoArgs {
    /// Then keep the store open until a signal arrives
    #[arg(long)]
    keep_open: bool,
}

/// How often a connection that is kept open looks whether it is wanted still.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

#[derive(Serialize, JsonSchema)]
pub(crate) struct StoreView {
    path: String,
    store_id: String,
    version: i64,
    created_at: Timestamp,
    acting: String,
    users: i64,
    projects: i64,
    teams: i64,
    skills: i64,
    audit_entries: i64,
    /// The accounts of the system that are turned away whatever username they give.
    locked_callers: Vec<CallerView>,
    retired_at: Option<Timestamp>,
    moved_to: Option<String>,
    sqlite: &'static str,
    c_library: &'static str,
    settings: Vec<SettingInForce>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct SettingInForce {
    setting: &'static str,
    value: Option<String>,
    source: String,
    /// A file whose word on it does not count, since the store's own config has the say.
    ignored: Option<String>,
}

impl Record for StoreView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<StoreView>; 15] = [
            Column::text("path", |view, _| view.path.clone()),
            Column::text("store_id", |view, _| view.store_id.clone()),
            Column::number("version", |view, _| view.version.to_string()),
            Column::time("created_at", |view, medium| medium.time(view.created_at)),
            Column::text("acting", |view, _| view.acting.clone()),
            Column::number("users", |view, _| view.users.to_string()),
            Column::number("projects", |view, _| view.projects.to_string()),
            Column::number("teams", |view, _| view.teams.to_string()),
            Column::number("skills", |view, _| view.skills.to_string()),
            Column::number("audit_entries", |view, _| view.audit_entries.to_string()),
            Column::text("locked_callers", |view, medium| medium.list(&view.locked_callers)),
            Column::text("retired_at", |view, medium| {
                view.retired_at.map(|at| medium.time(at)).unwrap_or_default()
            }),
            Column::text("moved_to", |view, _| view.moved_to.clone().unwrap_or_default()),
            Column::text("sqlite", |view, _| view.sqlite.to_owned()),
            Column::text("c_library", |view, _| view.c_library.to_owned()),
        ];
        &COLUMNS
    }
}

impl Record for SettingInForce {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SettingInForce>; 4] = [
            Column::whole("setting", |view, _| view.setting.to_owned()),
            Column::whole("value", |view, _| view.value.clone().unwrap_or_default()),
            Column { gives_way: 1, ..Column::text("source", |view, _| view.source.clone()) },
            Column {
                gives_way: 2,
                ..Column::text("ignored", |view, _| view.ignored.clone().unwrap_or_default())
            },
        ];
        &COLUMNS
    }
}

impl StoreInfoArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let directory = context.directory(StoreAccess::Read)?;
        print_of(context, &directory)?;
        if self.keep_open { keep_open(context, &directory) } else { DONE }
    }
}

/// Waits for a signal. A store that is moved away or replaced is let go of: the unit opens the new
/// one.
fn keep_open(context: &Context, directory: &Directory) -> CommandResult {
    let ended = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        let registered = signal_hook::flag::register(signal, Arc::clone(&ended));
        registered.map_err(|error| CliError::new(ErrorCode::Io, format!("signals: {error}")))?;
    }
    context.ui.status("the store is kept open until a signal comes");
    while !ended.load(Ordering::Relaxed) {
        directory.is_in_place()?;
        thread::sleep(LOOK_AGAIN);
    }
    DONE
}

pub(super) fn print(context: &Context) -> Result<(), CommandEnd> {
    print_of(context, &context.directory(StoreAccess::Read)?)
}

fn print_of(context: &Context, directory: &Directory) -> Result<(), CommandEnd> {
    for finding in unknown_callers(context) {
        context.ui.warning("unknown-caller", &finding.what);
    }
    let view = view(context, directory)?;
    write(context, &view).map_err(|error| CommandEnd::output(&error))
}

/// What there is to say of the store, and the settings in force.
pub(super) fn view(context: &Context, directory: &Directory) -> Result<StoreView, CommandEnd> {
    let facts = directory.info()?;
    let settings = context.settings.entries().map(|entry| SettingInForce {
        setting: entry.name,
        value: entry.value,
        source: entry.source.to_string(),
        ignored: entry.ignored.map(|path| path.display().to_string()),
    });
    Ok(StoreView {
        path: facts.path.display().to_string(),
        store_id: facts.store_id,
        version: facts.version,
        created_at: facts.created_at,
        acting: directory.acting().to_string(),
        users: facts.users,
        projects: facts.projects,
        teams: facts.teams,
        skills: facts.skills,
        audit_entries: facts.audit_entries,
        locked_callers: locked_callers(directory)?,
        retired_at: facts.retirement.as_ref().map(|retired| retired.at),
        moved_to: facts.retirement.and_then(|retired| retired.moved_to),
        sqlite: sqlite_version(),
        c_library: C_LIBRARY,
        settings: settings.collect(),
    })
}

impl StoreView {
    /// The same without what is nobody else's business: what a program is given may hold a key, the
    /// address of a store a password.
    pub(super) fn without_secrets(mut self) -> Self {
        for setting in &mut self.settings {
            setting.value = setting.value.take().map(|value| shareable(setting.setting, value));
        }
        self
    }
}

/// The value of a setting as it may be shown to others.
fn shareable(setting: &str, value: String) -> String {
    if setting.ends_with(".command") {
        let words = value.parse::<toml::Value>().ok();
        let words = words.as_ref().and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
        return match words.split_first() {
            Some((program, arguments)) => format!("{program} and {} arguments", arguments.len()),
            None => value,
        };
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(host)) if scheme < host => {
            format!("{}://...{}", &value[..scheme], &value[host..])
        }
        _ => value,
    }
}

fn write(context: &Context, view: &StoreView) -> std::io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    ui.data(|out| {
        write_one(out, view, ui.format, terminal)?;
        if ui.format == Format::Table {
            writeln!(out)?;
            let options = ListOptions { terminal, ..ListOptions::default() };
            let mut list = ListWriter::whole(out, &options);
            for setting in &view.settings {
                list.push(setting)?;
            }
            list.finish(None)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_shared() {
        for (setting, value, shown) in [
            (
                "deliver.sms.command",
                r#"["/bin/sms", "--key", "s3cret", "{to}"]"#,
                r#""/bin/sms" and 3 arguments"#,
            ),
            ("deliver.sms.command", "[]", "[]"),
            (
                "database",
                r#""postgres://ccadmin:s3cret@db.example.com/x""#,
                r#""postgres://...@db.example.com/x""#,
            ),
            ("database", r#""/srv/cc@admin.db""#, r#""/srv/cc@admin.db""#),
            ("output", r#""json""#, r#""json""#),
        ] {
            assert_eq!(shareable(setting, value.to_owned()), shown);
        }
    }
}
