//! `ccadmin store info`.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Column, Format, ListOptions, ListWriter, Record, write_one};
use crate::model::Timestamp;

/// Show where the store is, what it holds, and every setting in force with where it comes from
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store info
  ccadmin store info -o json")]
pub(crate) struct StoreInfoArgs {}

#[derive(Serialize)]
struct StoreView {
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
    settings: Vec<SettingView>,
}

#[derive(Serialize)]
struct SettingView {
    setting: &'static str,
    value: Option<String>,
    source: String,
    /// A file whose word on it does not count, since the store's own config has the say.
    ignored: Option<String>,
}

impl Record for StoreView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<StoreView>; 10] = [
            Column::text("path", |view, _| view.path.clone()),
            Column::text("store_id", |view, _| view.store_id.clone()),
            Column::number("version", |view, _| view.version.to_string()),
            Column::text("created_at", |view, medium| medium.time(view.created_at)),
            Column::text("acting", |view, _| view.acting.clone()),
            Column::number("users", |view, _| view.users.to_string()),
            Column::number("projects", |view, _| view.projects.to_string()),
            Column::number("teams", |view, _| view.teams.to_string()),
            Column::number("skills", |view, _| view.skills.to_string()),
            Column::number("audit_entries", |view, _| view.audit_entries.to_string()),
        ];
        &COLUMNS
    }
}

impl Record for SettingView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SettingView>; 4] = [
            Column::text("setting", |view, _| view.setting.to_owned()),
            Column::text("value", |view, _| view.value.clone().unwrap_or_default()),
            Column::text("source", |view, _| view.source.clone()),
            Column::text("ignored", |view, _| view.ignored.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}

impl StoreInfoArgs {
    pub(super) fn run(context: &Context) -> CommandResult {
        print(context)?;
        DONE
    }
}

pub(super) fn print(context: &Context) -> Result<(), CommandEnd> {
    let directory = context.directory(StoreAccess::Read)?;
    let facts = directory.info()?;
    let settings = context.settings.entries().map(|entry| SettingView {
        setting: entry.name,
        value: entry.value,
        source: entry.source.to_string(),
        ignored: entry.ignored.map(|path| path.display().to_string()),
    });
    let view = StoreView {
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
        settings: settings.collect(),
    };
    write(context, &view).map_err(|error| CommandEnd::output(&error))
}

fn write(context: &Context, view: &StoreView) -> std::io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    let mut out = ui.stdout()?;
    write_one(&mut out, view, ui.format, terminal)?;
    if ui.format == Format::Table {
        writeln!(out)?;
        let options = ListOptions { terminal, ..ListOptions::default() };
        let mut list = ListWriter::new(&mut out, &options).map_err(std::io::Error::other)?;
        for setting in &view.settings {
            list.push(setting)?;
        }
        list.finish(None)?;
    }
    Ok(())
}
