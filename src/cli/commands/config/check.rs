//! `ccadmin config check`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::file::SettingsFile;
use crate::cli::context::settings_files::resolve_for_call;
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::ui::Ui;
use crate::config::{ConfigError, Layer, Layers};
use crate::privilege;

/// Check the settings files
///
/// Without FILE, it checks the files in force and what they add up to; with FILE, only that file, such
/// as a draft. It prints `ok`, or what is wrong on which line, and then the exit status is 2. To check
/// the programs, files and accounts that the settings name, use `ccadmin doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config check
  ccadmin config check draft.toml")]
pub(crate) struct ConfigCheckArgs {
    /// A settings file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl ConfigCheckArgs {
    pub(super) fn run(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> CommandResult {
        match &self.file {
            Some(file) => check_one(file)?,
            None => check_all(ui, global, environment)?,
        }
        let text = if ui.format.is_json() { "{\"ok\":true}\n" } else { "ok\n" };
        let print = || {
            let mut out = ui.stdout()?;
            out.write_all(text.as_bytes())?;
            out.flush()
        };
        print().map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn check_one(file: &Path) -> Result<(), ConfigError> {
    let user = Some(Layer::read_required(file, None)?);
    Layers { system: None, user }.resolve(|_| false).map(|_| ())
}

/// Checks the files that are in force. What is wrong with the system's is no reason not to tell what
/// is wrong with the user's.
fn check_all(ui: &Ui, global: &GlobalArgs, environment: &Environment) -> Result<(), CommandEnd> {
    let user = SettingsFile::user(global, environment).ok();
    let reader = Some(privilege::real_uid());
    let is_named = global.config.is_some() || environment.config.is_some();
    let user = user.map_or(Ok(None), |file| {
        if is_named {
            Layer::read_required(&file.path, reader).map(Some)
        } else {
            Layer::read(&file.path, reader)
        }
    });
    let system = match (Layer::read(&SettingsFile::system().path, None), &user) {
        (Err(error), Err(_)) => {
            ui.error(&CliError::from(error));
            None
        }
        (system, _) => system?,
    };
    resolve_for_call(&Layers { system, user: user? }, global, environment)?;
    Ok(())
}
