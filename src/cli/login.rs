//! `ccadmin login`.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::context::{Context, Need};
use super::error::{Code, DONE, Failure, Outcome, Stop};
use super::input::SecretInput;
use super::passwd;
use super::session;
use super::terminal::output::{Column, Format, Record, write_one};
use super::terminal::prompt::PromptError;
use crate::directory::{Directory, Verified};
use crate::model::{Secret, Timestamp, Username};

/// Open a session
///
/// What is done from then on is done as that user. Where the password is temporary, a new one is
/// asked for first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin login boss
  CCADMIN_SESSION=$(ccadmin login boss --password-stdin --print < password-file)")]
pub(crate) struct LoginArgs {
    /// Who; asked for where it is missing
    username: Option<Username>,

    /// Read the password from stdin, one line
    #[arg(long)]
    password_stdin: bool,

    /// Print the session's token instead of keeping it in a file
    #[arg(long)]
    print: bool,
}

/// A session that was opened.
#[derive(Serialize)]
struct SessionView {
    username: String,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Record for SessionView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SessionView>; 3] = [
            Column::text("username", |view, _| view.username.clone()),
            Column::text("expires_at", |view, medium| medium.time(view.expires_at)),
            Column::text("token", |view, _| view.token.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}

impl LoginArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        let ui = &context.ui;
        let (username, password) = self.credentials(context)?;
        let mut directory = context.directory_without_session(Need::Read)?;
        let verified = match password {
            Some(password) => directory.verify(&username, &password)?,
            None => ask(context, &mut directory, &username)?,
        };
        let token = directory.open_session(&verified)?;
        self.keep(context, &directory, &token)?;
        let lifetime = directory.policy().sign_in.session_max;
        let expires_at = context.now().plus(lifetime);
        ui.status(&format!("signed in as {username}, for {lifetime} at most"));
        self.show(context, &username, expires_at, &token)
    }

    /// The username and, where it is not asked for on a terminal, the password.
    fn credentials(&self, context: &Context) -> Result<(Username, Option<Secret>), Stop> {
        let ui = &context.ui;
        let missing = |what: &str| {
            Failure::new(Code::MissingInput, format!("missing: {what}"))
                .hinted("ccadmin login USERNAME --password-stdin, or run it on a terminal")
        };
        let username = match &self.username {
            Some(username) => username.clone(),
            None if ui.can_ask() => passwd::ask_username(context)?,
            None => return Err(missing("USERNAME").into()),
        };
        if self.password_stdin {
            let password = SecretInput::Stdin.read(ui, &format!("the password of {username}"))?;
            return Ok((username, Some(password)));
        }
        if !ui.can_ask() {
            return Err(missing("--password-stdin").into());
        }
        Ok((username, None))
    }

    fn keep(&self, context: &Context, directory: &Directory, token: &Secret) -> Result<(), Stop> {
        if self.print {
            return Ok(());
        }
        let path = context.session_file(directory.store_id())?;
        session::write(&path, token).map_err(|error| {
            Failure::new(
                Code::Io,
                format!("the session file {} cannot be written: {error}", path.display()),
            )
            .hinted("`ccadmin login --print` prints the token instead")
        })?;
        Ok(())
    }

    fn show(
        &self,
        context: &Context,
        username: &Username,
        expires_at: Timestamp,
        token: &Secret,
    ) -> Outcome {
        let ui = &context.ui;
        let token = self.print.then(|| token.expose().to_owned());
        let shown = ui.stdout().and_then(|mut out| match (ui.format, token) {
            (Format::Table, None) => Ok(()),
            (Format::Table, Some(token)) => {
                writeln!(out, "{token}")?;
                out.flush()
            }
            (format, token) => {
                let view = SessionView { username: username.to_string(), expires_at, token };
                write_one(&mut out, &view, format, ui.stdout_terminal())
            }
        });
        shown.map_err(|error| Stop::output(&error))?;
        DONE
    }
}

/// Asks for the password; the first sign-in with a temporary one leads straight into choosing the
/// own one.
fn ask(
    context: &Context,
    directory: &mut Directory,
    username: &Username,
) -> Result<Verified, Stop> {
    let ui = &context.ui;
    let policy = context.policy();
    let mut prompter = ui.prompter().map_err(PromptError::Io)?;
    prompter.secrets(|secrets| -> Result<_, Stop> {
        let password = secrets.ask(&format!("Password of {username}"))?;
        let verified = directory.verify(username, &password)?;
        if !verified.must_change() {
            return Ok(verified);
        }
        ui.tell("temporary-password", "the password is temporary: choose your own now");
        let new = passwd::ask_new(secrets, &policy, &verified)?;
        let changed = directory.change_own(&verified, &new)?;
        ui.status(&format!("changed the password of {username}"));
        Ok(changed.verified)
    })
}
