//! `ccadmin authenticate`.

use clap::Args;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::second_factor::{self, SecondFactor};
use crate::cli::stdin_input::SecretInput;
use crate::model::Username;

/// Check a user's password for a client program; nothing is opened
///
/// Exit status 0: it is right. 6: it is not, or the user cannot sign in. 7: it is right, but
/// temporary and has to be changed first. 10, where the site wants a second factor: it is right, and
/// a code was sent to the user's phone; call again with the password and the code, one a line.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin authenticate james --password-stdin < password-file")]
pub(crate) struct AuthenticateArgs {
    /// Who
    username: Username,

    /// Read the password from stdin, one line; where the site wants a second factor, the code is
    /// the next line (where that is empty, or stdin ends, a code is sent)
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl AuthenticateArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let factor = SecondFactor::of(context)?;
        let password =
            SecretInput::Stdin.read(ui, &format!("the password of {}", self.username))?;
        let code = second_factor::read_code(factor.as_ref())?;
        let mut directory = context.directory_without_session(StoreAccess::Change)?;
        let mut verified = directory.verify_for_sign_in(&self.username, &password)?;
        let code = match &factor {
            Some(factor) => Some(factor.given(&mut directory, &mut verified, code)?),
            None => None,
        };
        directory.authenticated(&mut verified, code.as_ref())?;
        ui.status(&format!("the password of {} is right", self.username));
        DONE
    }
}
