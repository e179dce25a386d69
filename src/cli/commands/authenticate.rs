//! `ccadmin authenticate`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::commands::user::ProfileJson;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::second_factor::{self, SecondFactor};
use crate::cli::stdin_input::SecretInput;
use crate::cli::terminal::output::write_value;
use crate::model::Username;

/// Check a user's password for a client program, without opening a session
///
/// Exit status 0: the password is right. 6: it is wrong, or the user cannot sign in. 7: it is right
/// but temporary, and has to be changed first. 10, if the site requires a second factor: it is
/// right, and a code was sent to the user's phone; call again with the password and the code, one
/// per line.
///
/// As JSON it prints the user where all is right: the names, roles, teams, skills, language, project
/// selection and the projects with weight and share, nothing of the password.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin authenticate james --password-stdin < password-file")]
pub(crate) struct AuthenticateArgs {
    /// The user
    username: Username,

    /// Read the password from stdin, one line; if the site requires a second factor, the code is
    /// the next line (a code is sent if that line is empty or missing)
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// What a client program needs to let a user in: the user as `user show` has it, without the
/// password and what became of it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ClientUserView<'u> {
    #[serde(flatten)]
    profile: ProfileJson<'u>,
    photo: bool,
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
        if ui.format.is_json() {
            let user = verified.user();
            let profile = ProfileJson::new(user, context.now());
            let view = ClientUserView { profile, photo: user.photo };
            ui.stdout()
                .and_then(|mut out| write_value(&mut out, &view, ui.format))
                .map_err(|error| CommandEnd::output(&error))?;
        }
        DONE
    }
}
