//! `ccadmin passwd`: one's own password, and somebody else's.

use clap::Args;

use super::context::{Context, Need};
use super::error::{Code, DONE, Failure, Outcome, Stop};
use super::password_options::{self, PasswordOptions};
use super::terminal::prompt::PromptError;
use super::user::{UserView, print_issued};
use super::usernames::{Targets, UsernameOrStdin};
use crate::directory::{Directory, Error, PasswordSet, PasswordSource, Verified};
use crate::model::{Secret, Username};

/// Change your own password, or set somebody's
///
/// Setting somebody's password makes it temporary: its user has to change it, and it expires. Your
/// own is changed with `--own`, which asks for the current one first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin passwd james --own
  ccadmin passwd james
  ccadmin passwd james --generate-password --expires 14d
  ccadmin user list --password expired --field username | ccadmin passwd - --generate-password
  ccadmin passwd james --expire")]
pub(crate) struct PasswdArgs {
    /// Whose, or `-` for usernames from stdin
    #[arg(value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    /// Change it as that user: the current password is asked for (with --password-stdin, two lines:
    /// the current one, then the new one)
    #[arg(long, conflicts_with_all = ["generate_password", "expires", "permanent_password", "expire"])]
    own: bool,

    #[command(flatten)]
    password: PasswordOptions,

    /// Keep the password, force its change at the next sign-in
    #[arg(long, conflicts_with_all = [
        "password_stdin", "password_fd", "generate_password", "expires", "permanent_password",
    ])]
    expire: bool,
}

impl PasswdArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        if self.own || self.usernames.is_empty() {
            return self.change_own(context);
        }
        if self.password.reads_stdin() && self.usernames.contains(&UsernameOrStdin::Stdin) {
            return Err(Stop::usage("usernames and a password cannot both be on stdin")
                .hinted("give the password with --password-fd, or let it be generated")
                .into());
        }
        let targets = Targets::of(&context.ui, self.usernames.clone())?;
        if self.expire {
            return expire(context, targets);
        }
        self.set(context, targets)
    }

    /// Sets the passwords of others.
    fn set(&self, context: &Context, targets: Targets) -> Outcome {
        let ui = &context.ui;
        let several = targets.are_several();
        if several && self.password.is_typed() {
            return Err(Stop::usage("one typed password cannot serve several users")
                .hinted("--generate-password makes one for each")
                .into());
        }
        let given = self.password.read(ui)?;
        if given.is_none() && (!ui.can_ask() || matches!(targets, Targets::Together(_))) {
            return Err(Failure::new(Code::MissingInput, "missing: a password")
                .hinted("give --password-stdin, --password-fd or --generate-password")
                .into());
        }
        let mut directory = context.directory(Need::Write)?;
        targets.run(
            ui,
            |usernames| {
                let source = match (&given, usernames) {
                    (Some(source), _) => source.clone(),
                    (None, [username, ..]) => ask_for(context, &directory, username)?,
                    (None, []) => return Ok(Vec::new()),
                };
                let sets = directory.set_passwords(usernames, &self.password.password(source))?;
                for set in &sets {
                    ui.status(&format!("set the password of {}", set.user.username));
                }
                Ok(sets)
            },
            |sets| print(context, sets, several),
        )
    }

    /// Changes the password of somebody who knows the current one.
    fn change_own(&self, context: &Context) -> Outcome {
        let ui = &context.ui;
        let username = match self.usernames.as_slice() {
            [UsernameOrStdin::Username(username)] => Some(username.clone()),
            [] => None,
            _ => {
                return Err(Stop::usage("--own takes one username")
                    .hinted("ccadmin passwd USERNAME --own")
                    .into());
            }
        };
        if username.is_none() && self.password.names_anything() && !self.password.is_typed() {
            return Err(Stop::usage("one's own password is typed, not generated")
                .hinted("ccadmin passwd USERNAME --generate-password sets somebody's")
                .into());
        }
        let Some(input) = self.password.input() else {
            return ask_own(context, username);
        };
        let Some(username) = username else {
            return Err(missing_username());
        };
        let current = input.read(ui, "the current password")?;
        let new = input.read(ui, "the new password")?;
        let mut directory = context.directory(Need::Read)?;
        let verified = directory.verify_own(&username, &current)?;
        finish(context, &mut directory, &verified, &new)
    }
}

/// Asks for the current password, then for the new one.
fn ask_own(context: &Context, username: Option<Username>) -> Outcome {
    let ui = &context.ui;
    if !ui.can_ask() {
        if username.is_none() {
            return Err(missing_username());
        }
        return Err(Failure::new(Code::MissingInput, "missing: the current and the new password")
            .hinted("give both with --password-stdin, one a line, or run it on a terminal")
            .into());
    }
    let mut directory = context.directory(Need::Read)?;
    let mut prompter = ui.prompter().map_err(PromptError::Io)?;
    let username = match username {
        Some(username) => username,
        None => loop {
            match prompter.line("Username", None)?.trim().parse::<Username>() {
                Ok(username) => break username,
                Err(invalid) => {
                    prompter.explain(&invalid.reason, invalid.hint.as_deref())?;
                }
            }
        },
    };
    let policy = context.policy();
    let (verified, new) = prompter.secrets(|secrets| -> Result<_, Stop> {
        let current = secrets.ask(&format!("Current password of {username}"))?;
        let verified = directory.verify_own(&username, &current)?;
        let check = |secret: &Secret| {
            verified.check_different(secret)?;
            Ok(policy.check_password(secret, username.as_str(), verified.full_name())?)
        };
        let least = policy.password_min_length;
        let new = password_options::ask_own(secrets, &username, least, check)?;
        Ok((verified, new))
    })?;
    finish(context, &mut directory, &verified, &new)
}

fn finish(
    context: &Context,
    directory: &mut Directory,
    verified: &Verified,
    new: &Secret,
) -> Outcome {
    let user = directory.change_own(verified, new)?;
    context.ui.status(&format!("changed the password of {}", user.username));
    print(context, vec![PasswordSet { changed: true, user, generated: None }], false)?;
    DONE
}

fn expire(context: &Context, targets: Targets) -> Outcome {
    let ui = &context.ui;
    let several = targets.are_several();
    let mut directory = context.directory(Need::Write)?;
    targets.run(
        ui,
        |usernames| {
            let sets = directory.expire_passwords(usernames)?;
            for set in &sets {
                let username = &set.user.username;
                if set.changed {
                    ui.status(&format!("{username} has to change the password"));
                } else {
                    ui.notice(
                        "already",
                        &format!("already has to change the password: {username}"),
                    );
                }
            }
            Ok(sets)
        },
        |sets| print(context, sets, several),
    )
}

fn ask_for(
    context: &Context,
    directory: &Directory,
    username: &Username,
) -> Result<PasswordSource, Stop> {
    let user = directory.find_user(username).map_err(|error: Error| Stop::from(error))?;
    let policy = context.policy();
    let check = |secret: &Secret| {
        Ok(policy.check_password(secret, username.as_str(), user.full_name.as_str())?)
    };
    let question = format!("Temporary password for {username}");
    password_options::ask(&context.ui, &question, policy.password_min_length, check)
}

fn print(context: &Context, sets: Vec<PasswordSet>, several: bool) -> Result<(), Stop> {
    let now = context.now();
    let views: Vec<UserView<true>> =
        sets.into_iter().map(|set| UserView::issued(set.user, now, set.generated)).collect();
    print_issued(context, &views, several)
}

fn missing_username() -> Stop {
    Failure::new(Code::MissingInput, "missing: USERNAME")
        .hinted("ccadmin passwd USERNAME --own")
        .into()
}
