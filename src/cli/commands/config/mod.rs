//! `ccadmin config`: the settings and the files that they are in.

mod check;
mod edit;
mod file;
mod get;
mod list;
mod path;
mod set;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::environment::Environment;
use crate::cli::error::{CommandResult, DONE};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::ui::Ui;
pub(crate) use list::SettingView;
pub(crate) use path::FileView;

/// Show and change the settings
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum ConfigCommand {
    /// Show where the settings files are
    Path(path::ConfigPathArgs),
    /// List every setting, where it comes from, and the file to change it in
    List(list::ConfigListArgs),
    /// Show the value of a setting
    Get(get::ConfigGetArgs),
    /// Change a setting in a file
    Set(set::ConfigSetArgs),
    /// Check the settings files
    Check(check::ConfigCheckArgs),
    /// Edit a settings file, and check it before it takes effect
    Edit(edit::ConfigEditArgs),
}

impl ConfigCommand {
    /// Runs what has to work where the settings are wrong; `None` for the rest.
    pub(crate) fn run_without_context(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> Option<CommandResult> {
        match self {
            Self::Path(args) => Some(args.run(ui, global, environment)),
            Self::Set(args) => Some(args.run(ui, global, environment)),
            Self::Check(args) => Some(args.run(ui, global, environment)),
            Self::Edit(args) => Some(args.run(ui, global, environment)),
            Self::List(_) | Self::Get(_) => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::List(args) => args.run(context),
            Self::Get(args) => args.run(context),
            // These have run before there was a context.
            Self::Path(_) | Self::Set(_) | Self::Check(_) | Self::Edit(_) => DONE,
        }
    }
}
