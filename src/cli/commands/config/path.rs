//! `ccadmin config path`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::file::{FileArgs, SettingsFile};
use crate::cli::environment::Environment;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::output::{Column, ListOptions, ListWriter, Record, Selection};
use crate::cli::terminal::ui::Ui;

/// Show where the settings files are
///
/// What stands in your own file goes before the system's, but for what belongs to the store. With
/// `--user` or `--system` it is the bare path of one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config path
  ccadmin config path --system")]
pub(crate) struct ConfigPathArgs {
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct FileView {
    file: &'static str,
    path: String,
    exists: bool,
}

impl Record for FileView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<FileView>; 3] = [
            Column::whole("file", |view, _| view.file.to_owned()),
            Column::whole("path", |view, _| view.path.clone()),
            Column::text("exists", |view, _| view.exists.to_string()),
        ];
        &COLUMNS
    }
}

impl From<&SettingsFile> for FileView {
    fn from(file: &SettingsFile) -> Self {
        Self {
            file: if file.is_system { "system" } else { "user" },
            path: file.shown().to_string(),
            exists: file.path.exists(),
        }
    }
}

impl ConfigPathArgs {
    pub(super) fn run(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> CommandResult {
        let mut files = Vec::new();
        if !self.file.system {
            match SettingsFile::user(global, environment) {
                Ok(file) => files.push(file),
                // Without a home there is the system's alone.
                Err(failure) if self.file.user => return Err(failure.into()),
                Err(_) => {}
            }
        }
        if !self.file.user {
            files.push(SettingsFile::system());
        }
        let selection = if self.file.user || self.file.system {
            Selection::Field("path".to_owned())
        } else {
            Selection::Default
        };
        let terminal = ui.stdout_terminal();
        let options =
            ListOptions { format: ui.format, selection, terminal, ..ListOptions::default() };
        let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
        let mut list = ListWriter::new(&mut out, &options)?;
        files
            .iter()
            .try_for_each(|file| list.push(&FileView::from(file)))
            .and_then(|()| list.finish(None).map(drop))
            .map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
