//! `ccadmin logout`.

use clap::Args;

use super::context::{Context, Need};
use super::error::{Code, DONE, Failure, Outcome};
use super::session;
use crate::directory::Acting;

/// End the session
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin logout
  ccadmin logout --all")]
pub(crate) struct LogoutArgs {
    /// End all sessions of the user, on every terminal
    #[arg(long)]
    all: bool,
}

impl LogoutArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        let ui = &context.ui;
        // A session that cannot be read is one to be forgotten, not a reason to stop.
        let mut directory = match context.directory(Need::Change) {
            Err(failure) if failure.code == Code::SignInRequired => {
                context.directory_without_session(Need::Change)?
            }
            other => other?,
        };
        let ended = match directory.acting() {
            Acting::User { .. } => directory.end_session(self.all)?,
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

fn forget(context: &Context, store_id: &str) -> Result<bool, Failure> {
    let path = context.session_file(store_id)?;
    session::remove(&path).map_err(|error| {
        Failure::new(
            Code::Io,
            format!("the session file {} cannot be removed: {error}", path.display()),
        )
    })
}
