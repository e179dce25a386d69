//! `ccadmin config set`.

use std::path::Path;

use clap::Args;

use super::file::{FileArgs, SettingsFile};
use crate::cli::context::settings_files::{find_setting, resolve_for_call};
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::ui::Ui;
use crate::config::{EditError, Layer, Layers, set_in_text};
use crate::privilege;

/// Change a setting in a file
///
/// The file keeps its comments, order, mode and owner. Without `--user` or `--system` (which needs
/// root), it is the file that `ccadmin config list` names. The value is checked before anything is
/// written.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config set output json
  ccadmin config set user.require email,phone
  ccadmin config set sign_in.lock 30m --user")]
pub(crate) struct ConfigSetArgs {
    /// The setting, such as `sign_in.lock`
    #[arg(value_name = "KEY")]
    key: String,

    /// The value: a word, a list separated by commas, or TOML as in the file
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,

    #[command(flatten)]
    file: FileArgs,
}

impl ConfigSetArgs {
    pub(super) fn run(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> CommandResult {
        let file = self.file(global, environment)?;
        let old = file.read()?;
        let (old_text, metadata) = old.unzip();
        let old_text = old_text.unwrap_or_default();
        let text = set_in_text(&file.path, &old_text, &self.key, &self.value).map_err(refused)?;
        let layers = layers_with(&file, &text, global, environment)?;
        let resolved = resolve_for_call(&layers, global, environment)?;
        let setting = find_setting(&resolved, &self.key)?;
        if setting.is_systems && !file.is_system {
            let message = format!(
                "`{}` belongs to the store, and {} alone decides on it",
                self.key,
                SettingsFile::system().shown()
            );
            return Err(CliError::new(ErrorCode::Config, message)
                .with_hint("say --system in the place of --user")
                .into());
        }
        if text == old_text {
            ui.status(&format!("`{}` already has that value in {}", self.key, file.shown()));
            return DONE;
        }
        let draft = file.draft(&text, metadata.as_ref())?;
        file.put(draft)?;
        ui.status(&format!("set `{}` in {}", self.key, file.shown()));
        let source = setting.source.to_string();
        if source != file.path.to_string_lossy() {
            let message = format!("`{}` is still decided by {source}", self.key);
            ui.warning("setting-overridden", &message);
        }
        DONE
    }

    /// The file that is meant; where none is said, the one that decides on the setting.
    fn file(
        &self,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> Result<SettingsFile, CliError> {
        if self.file.system {
            return Ok(SettingsFile::system());
        }
        let user = SettingsFile::user(global, environment);
        if self.file.user {
            return user;
        }
        // A user's file that is wrong says nothing of where a setting belongs.
        let reader = Some(privilege::real_uid());
        let layers = Layers {
            system: Layer::read(Path::new(privilege::SITE_SETTINGS), None)?,
            user: user
                .as_ref()
                .ok()
                .and_then(|file| Layer::read(&file.path, reader).ok().flatten()),
        };
        let resolved = resolve_for_call(&layers, global, environment)?;
        if find_setting(&resolved, &self.key)?.is_systems {
            Ok(SettingsFile::system())
        } else {
            user
        }
    }
}

/// All settings files, with `text` in the place of what is in one of them.
pub(super) fn layers_with(
    file: &SettingsFile,
    text: &str,
    global: &GlobalArgs,
    environment: &Environment,
) -> Result<Layers, CliError> {
    let new = Some(Layer::parse(&file.path, text.as_bytes())?);
    if file.is_system {
        // What is wrong with the user's own is not about the system's.
        let user = SettingsFile::user(global, environment).ok();
        let user = user.and_then(|file| Layer::read(&file.path, None).ok().flatten());
        return Ok(Layers { system: new, user });
    }
    let system = Layer::read(&SettingsFile::system().path, None)?;
    Ok(Layers { system, user: new })
}

fn refused(error: EditError) -> CliError {
    match error {
        EditError::File(error) => {
            let failure = CliError::from(error);
            let hint = "`ccadmin config edit` opens the file".to_owned();
            CliError { hint: failure.hint.or(Some(hint)), ..failure }
        }
        EditError::Value(error) => {
            CliError { hint: error.hint, ..CommandEnd::usage(error.message) }
        }
    }
}
