//! `ccadmin logout`.

use clap::Args;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::session_file;
use crate::directory::Actor;

/// End the session
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin logout
  ccadmin logout --all")]
pub(crate) struct LogoutArgs {
    /// End all sessions of the user, on all terminals
    #[arg(long)]
    all: bool,
}

impl LogoutArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        // A session that cannot be read is one to be forgotten, not a reason to stop.
        let mut directory = match context.directory(StoreAccess::Change) {
            Err(failure) if failure.code == ErrorCode::SignInRequired => {
                context.directory_without_session(StoreAccess::Change)?
            }
            other => other?,
        };
        let ended = match directory.acting() {
            Actor::User { .. } => directory.end_session(self.all)?,
            _ => 0,
        };
        // The file is another session's where this one came from the environment.
        let removed = context.uses_session_file() && forget(context, directory.store_id())?;
        match ended {
            0 if removed => ui.status("forgot a session that had ended"),
            0 => ui.notice("already", "already signed out"),
            1 => ui.status("signed out"),
            sessions => ui.status(&format!("signed out of {sessions} sessions")),
        }
        DONE
    }
}

fn forget(context: &Context, store_id: &str) -> Result<bool, CliError> {
    let path = context.session_file(store_id)?;
    session_file::remove(&path).map_err(|error| {
        CliError::new(
            ErrorCode::Io,
            format!("the session file {} cannot be removed: {error}", path.display()),
        )
    })
}
