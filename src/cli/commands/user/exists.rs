//! `ccadmin user exists`.

use clap::Args;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE, ErrorCode};
use crate::directory::Error;
use crate::model::Username;

/// Tell by the exit status whether a user exists
///
/// It is 0 if the user exists and 3 if not; nothing is printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user exists james && ccadmin user activate james")]
pub(crate) struct UserExistsArgs {
    /// The username to look for
    username: Username,
}

impl UserExistsArgs {
    pub(super) fn run(&self, context: &Context) -> CommandResult {
        match context.directory(StoreAccess::Read)?.find_user(&self.username) {
            Err(Error::NotFound { .. }) => {
                Err(CommandEnd::Reported(ErrorCode::UserNotFound.status()))
            }
            found => {
                found?;
                DONE
            }
        }
    }
}
