//! `ccadmin user photo`: a picture of a user.

mod get;
mod remove;
mod set;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;

/// Set, get or remove a user's photo
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum PhotoCommand {
    /// Set a user's photo
    Set(set::PhotoSetArgs),
    /// Write a user's photo to a file or to stdout
    Get(get::PhotoGetArgs),
    /// Remove a user's photo
    Remove(remove::PhotoRemoveArgs),
}

impl PhotoCommand {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Set(args) => args.run(context),
            Self::Get(args) => args.run(context),
            Self::Remove(args) => args.run(context),
        }
    }
}
