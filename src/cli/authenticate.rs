//! `ccadmin authenticate`.

use clap::Args;

use super::context::{Context, Need};
use super::error::{DONE, Outcome};
use super::input::SecretInput;
use crate::model::Username;

/// Check a user's password for a client program; nothing is opened
///
/// Exit status 0: it is right. 6: it is not, or the user cannot sign in. 7: it is right, but
/// temporary and has to be changed first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin authenticate james --password-stdin < password-file")]
pub(crate) struct AuthenticateArgs {
    /// Who
    username: Username,

    /// Read the password from stdin, one line
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl AuthenticateArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        let ui = &context.ui;
        let password =
            SecretInput::Stdin.read(ui, &format!("the password of {}", self.username))?;
        context.refuse_two_factor()?;
        let mut directory = context.directory_without_session(Need::Change)?;
        let verified = directory.verify(&self.username, &password)?;
        directory.authenticated(&verified)?;
        ui.status(&format!("the password of {} is right", self.username));
        DONE
    }
}
