//! `ccadmin login`.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::commands::passwd;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::second_factor::{self, SecondFactor};
use crate::cli::session_file;
use crate::cli::stdin_input::SecretInput;
use crate::cli::terminal::output::{Column, Format, Record, write_one};
use crate::directory::Directory;
use crate::model::{Secret, Timestamp, Username};

/// Open a session
///
/// Commands from then on are run as that user. If the password is temporary, you are asked for a
/// new one first. If the site requires a second factor, a code is sent to the user's phone and you
/// are asked for it; without a terminal, the exit status is 10, and you sign in again with the
/// code.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin login boss
  CCADMIN_SESSION=$(ccadmin login boss --password-stdin --print < password-file)")]
pub(crate) struct LoginArgs {
    /// The user; asked for if missing
    username: Option<Username>,

    /// Read the password from stdin, one line; if the site requires a second factor, the code is
    /// the next line (a code is sent if that line is empty or missing)
    #[arg(long)]
    password_stdin: bool,

    /// Print the session's token instead of saving it to a file
    #[arg(long)]
    print: bool,
}

/// A session that was opened.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SessionView {
    username: String,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Record for SessionView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SessionView>; 3] = [
            Column::text("username", |view, _| view.username.clone()),
            Column::time("expires_at", |view, medium| medium.time(view.expires_at)),
            Column::text("token", |view, _| view.token.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}

impl LoginArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let factor = SecondFactor::of(context)?;
        let given = self.given(context, factor.as_ref())?;
        let mut directory = context.directory_without_session(StoreAccess::Change)?;
        let username = match &self.username {
            Some(username) => username.clone(),
            None => passwd::ask_username(context, &directory)?,
        };
        // A place for the token comes before the token.
        let file =
            if self.print { None } else { Some(context.session_file(directory.store_id())?) };
        let replaced = file.as_deref().and_then(|file| session_file::read(file).ok().flatten());
        let token = match given {
            Some((password, code)) => {
                let mut verified = directory.verify_for_sign_in(&username, &password)?;
                let code = match &factor {
                    Some(factor) => Some(factor.given(&mut directory, &mut verified, code)?),
                    None => None,
                };
                directory.open_session(&mut verified, code.as_ref())?
            }
            None => ask(context, &mut directory, &username, factor.as_ref())?,
        };
        let kept = match &file {
            Some(file) => keep(file, &token),
            None => Ok(()),
        };
        if let Err(stop) = kept {
            directory.forget_session(&token)?;
            return Err(stop);
        }
        if let Some(replaced) = replaced {
            directory.forget_session(&replaced)?;
        }
        let lifetime = directory.policy().sign_in.session_max;
        let expires_at = context.now().plus(lifetime);
        ui.status(&format!("signed in as {username}, for {lifetime} at most"));
        let shown = self.show(context, &username, expires_at, &token);
        if let Err(error) = shown {
            if self.print {
                directory.forget_session(&token)?;
            }
            return Err(CommandEnd::output_after_change(&error, false));
        }
        DONE
    }

    /// The password, and the code where there is one, unless they are asked for on a terminal; read
    /// before the store is opened.
    fn given(
        &self,
        context: &Context,
        factor: Option<&SecondFactor<'_>>,
    ) -> Result<Option<(Secret, Option<Secret>)>, CommandEnd> {
        let ui = &context.ui;
        let missing = |what: &str| {
            CliError::new(ErrorCode::MissingInput, format!("missing: {what}"))
                .with_hint("ccadmin login USERNAME --password-stdin, or run it on a terminal")
        };
        if self.username.is_none() && !ui.can_ask() {
            return Err(missing("USERNAME").into());
        }
        if self.password_stdin {
            let password = SecretInput::Stdin.read(ui, "the password")?;
            return Ok(Some((password, second_factor::read_code(factor)?)));
        }
        if !ui.can_ask() {
            return Err(missing("--password-stdin").into());
        }
        Ok(None)
    }

    fn show(
        &self,
        context: &Context,
        username: &Username,
        expires_at: Timestamp,
        token: &Secret,
    ) -> io::Result<()> {
        let ui = &context.ui;
        let token = self.print.then(|| token.expose().to_owned());
        ui.stdout().and_then(|mut out| match (ui.format, token) {
            (Format::Table, None) => Ok(()),
            (Format::Table, Some(token)) => {
                writeln!(out, "{token}")?;
                out.flush()
            }
            (format, token) => {
                let view = SessionView { username: username.to_string(), expires_at, token };
                write_one(&mut out, &view, format, ui.stdout_terminal())
            }
        })
    }
}

fn keep(path: &Path, token: &Secret) -> Result<(), CommandEnd> {
    session_file::write(path, token).map_err(|error| {
        CliError::io(format_args!("the session file {} cannot be written", path.display()), error)
            .with_hint("`ccadmin login --print` prints the token instead")
            .into()
    })
}

/// Asks for the password, and for the code that is sent then, and opens a session; gives its token.
/// The first sign-in with a temporary password leads straight into choosing the own one.
fn ask(
    context: &Context,
    directory: &mut Directory,
    username: &Username,
    factor: Option<&SecondFactor<'_>>,
) -> Result<Secret, CommandEnd> {
    let ui = &context.ui;
    let policy = context.policy();
    let mut prompter = ui.prompter()?;
    prompter.secrets(|secrets| -> Result<_, CommandEnd> {
        let mut password = secrets.ask(&format!("Password of {username}"))?;
        let mut verified = directory.verify_for_sign_in(username, &password)?;
        if verified.must_change() {
            directory.record_proof(&mut verified)?;
            ui.tell("temporary-password", "the password is temporary: choose your own now");
            password = passwd::ask_new(secrets, &policy, &verified)?;
            verified = directory.change_own(&verified, &password)?.verified;
            ui.status(&format!("changed the password of {username}"));
        }
        let Some(factor) = factor else {
            return Ok(directory.open_session(&mut verified, None)?);
        };
        factor.ask(
            directory,
            &mut verified,
            secrets,
            |directory| directory.verify_for_sign_in(username, &password),
            |directory, verified, code| directory.open_session(verified, Some(code)),
        )
    })
}
