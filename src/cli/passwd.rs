//! `ccadmin passwd`: one's own password, and somebody else's.

use clap::Args;

use super::context::{Context, Need};
use super::error::{Code, DONE, Failure, Outcome, Stop};
use super::hand_out::{self, Card, Prepared};
use super::password_options::{self, PasswordOptions};
use super::terminal::prompt::{Deferred, PromptError, Secrets};
use super::user::{UserView, print_issued};
use super::usernames::{Targets, UsernameOrStdin};
use crate::directory::{Acting, Directory, Error, PasswordSet, PasswordSource, Policy, Verified};
use crate::model::{CredentialState, Secret, Timestamp, User, Username};

/// Change your own password, or set somebody's
///
/// Setting somebody's password makes it temporary: its user has to change it, and it expires. Your
/// own is changed with `--own`, which asks for the current one first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin passwd james --own
  ccadmin passwd james
  ccadmin passwd james --generate-password --expires 14d
  ccadmin passwd james zoe --generate-password --hand-out print=cards.html
  ccadmin user list --password expired --field username | ccadmin passwd - --generate-password
  ccadmin passwd james --expire")]
pub(crate) struct PasswdArgs {
    /// Whose, or `-` for usernames from stdin
    #[arg(value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    /// Change it as that user: the current password is asked for (with --password-stdin, two lines:
    /// the current one, then the new one)
    #[arg(long, conflicts_with_all = [
        "generate_password", "expires", "permanent_password", "hand_out", "expire",
    ])]
    own: bool,

    /// Keep the password, force its change at the next sign-in; who is signed in can do nothing else
    /// from now on
    #[arg(long, conflicts_with_all = [
        "password_stdin", "password_fd", "generate_password", "expires", "permanent_password",
        "hand_out",
    ])]
    expire: bool,

    #[command(flatten)]
    password: PasswordOptions,
}

/// Whose password it is about.
enum Way {
    /// One's own; `None` where it has to be asked whose.
    Own(Option<Username>),
    /// Those of others.
    Others,
}

impl PasswdArgs {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        let ui = &context.ui;
        if self.expire && self.usernames.is_empty() {
            return Err(missing_username("ccadmin passwd USERNAME --expire"));
        }
        if self.password.reads_stdin() && self.usernames.contains(&UsernameOrStdin::Stdin) {
            return Err(Stop::usage("usernames and a password cannot both be on stdin")
                .hinted("give the password with --password-fd, or let it be generated")
                .into());
        }
        if self.own && self.usernames.len() > 1 {
            return Err(Stop::usage("--own takes one username")
                .hinted("ccadmin passwd USERNAME --own")
                .into());
        }
        let can_ask = self.expire || self.password.names_source() || ui.can_ask();
        if !can_ask && self.usernames.is_empty() {
            return Err(missing_username("ccadmin passwd USERNAME --own"));
        }
        if !can_ask && self.own {
            return Err(missing_passwords());
        }
        // Whatever comes from stdin or a descriptor is read before the store is opened.
        let first = match self.password.input() {
            Some(input) if self.own || self.usernames.is_empty() => {
                Some(input.read(ui, "the current password")?)
            }
            Some(input) => Some(input.read(ui, "the password")?),
            None => None,
        };
        let targets = Targets::of(ui, self.usernames.clone())?;
        if self.own {
            let mut directory = context.directory_without_session(Need::Change)?;
            let username = own_name(&targets)?;
            return self.change_own(context, &mut directory, username, first);
        }
        let mut directory = context.directory(Need::Change)?;
        if self.expire {
            return expire(context, directory, targets);
        }
        match self.way(&targets, directory.acting())? {
            Way::Own(username) => self.change_own(context, &mut directory, username, first),
            Way::Others => self.set(context, directory, targets, first),
        }
    }

    /// Which way it is: one's own where nobody is named, where the one who is named is acting, and
    /// where nobody with rights is acting.
    fn way(&self, targets: &Targets, acting: &Acting) -> Result<Way, Stop> {
        let names_other_ways = self.password.is_for_others();
        let way = match (targets, acting) {
            (Targets::Each(names), Acting::User { username, .. }) if names.is_empty() => {
                Way::Own(Some(username.clone()))
            }
            (Targets::Each(names), _) if names.is_empty() => Way::Own(None),
            (Targets::Each(names), Acting::User { username, .. })
                if *names == [username.clone()] =>
            {
                Way::Own(Some(username.clone()))
            }
            (Targets::Each(names), Acting::Nobody | Acting::Stale)
                if names.len() == 1 && !names_other_ways =>
            {
                Way::Own(names.first().cloned())
            }
            _ => return Ok(Way::Others),
        };
        if names_other_ways {
            return Err(Stop::usage("one's own password is typed, not generated")
                .hinted("ccadmin passwd USERNAME --generate-password sets somebody else's")
                .into());
        }
        Ok(way)
    }

    /// Sets the passwords of others.
    fn set(
        &self,
        context: &Context,
        mut directory: Directory,
        targets: Targets,
        first: Option<Secret>,
    ) -> Outcome {
        let ui = &context.ui;
        // Before anything that is missing, or wrong with the call.
        directory.may_set_passwords(targets.usernames())?;
        let several = targets.are_several();
        if several && first.is_some() {
            return Err(Stop::usage("one typed password cannot serve several users")
                .hinted("--generate-password makes one for each")
                .into());
        }
        let given = first.map(PasswordSource::Typed).or(self.password.generated());
        if given.is_none() && (!ui.can_ask() || matches!(targets, Targets::Together(_))) {
            return Err(Failure::new(Code::MissingInput, "missing: a password")
                .hinted("give --password-stdin, --password-fd or --generate-password")
                .into());
        }
        let mut hand_out = hand_out::begin(context, self.password.hand_out())?;
        // Between the change and its line on stdout no signal may come: nobody would know the
        // password.
        let mut deferred = match &given {
            Some(_) => Some(Deferred::begin().map_err(PromptError::Io)?),
            None => None,
        };
        let mut signal = None;
        let mut undelivered = false;
        let outcome = targets.run(
            ui,
            |usernames| {
                signal = signal.or_else(|| deferred.as_mut().and_then(Deferred::pending));
                if let Some(signal) = signal {
                    return Err(Stop::Interrupted(signal));
                }
                let source = match (&given, usernames) {
                    (Some(source), _) => source.clone(),
                    (None, [username, ..]) => ask_for(context, &directory, username)?,
                    (None, []) => return Ok(Vec::new()),
                };
                let password = self.password.password(source);
                let issues = directory.issue_passwords(usernames, &password)?;
                let prepared = match &mut hand_out {
                    Some(hand_out) => {
                        let cards: Vec<Card<'_>> = issues.iter().map(Card::from).collect();
                        Some(hand_out.prepare(&cards)?.go_on()?)
                    }
                    None => None,
                };
                let mut sets = directory.give_passwords(issues)?;
                for set in &mut sets {
                    ui.status(&format!("set the password of {}", set.user.username));
                    if prepared.as_ref().is_some_and(Prepared::hides_passwords) {
                        set.generated = None;
                    }
                }
                let handed = prepared.map(Prepared::deliver).unwrap_or_default();
                signal = signal.or(handed.signal);
                undelivered |= handed.failed > 0;
                Ok(sets)
            },
            |sets| print(context, sets, several),
        );
        match (signal.or_else(|| deferred.as_mut().and_then(Deferred::pending)), undelivered) {
            (Some(signal), _) => Err(Stop::Interrupted(signal)),
            (None, true) if outcome.is_ok() => Err(Stop::Reported(Code::DeliveryFailed.status())),
            (None, _) => outcome,
        }
    }

    /// Changes the password of somebody who knows the current one.
    fn change_own(
        &self,
        context: &Context,
        directory: &mut Directory,
        username: Option<Username>,
        first: Option<Secret>,
    ) -> Outcome {
        let ui = &context.ui;
        let (Some(current), Some(input)) = (first, self.password.input()) else {
            return ask_own(context, directory, username);
        };
        let Some(username) = username else {
            return Err(missing_username("ccadmin passwd USERNAME --own"));
        };
        let new = input.read(ui, "the new password")?;
        let verified = directory.verify(&username, &current)?;
        finish(context, directory, &verified, &new)
    }
}

/// The one user that `--own` is about, if he is named.
fn own_name(targets: &Targets) -> Result<Option<Username>, Stop> {
    match targets {
        Targets::Each(names) if names.len() <= 1 => Ok(names.first().cloned()),
        _ => Err(Stop::usage("--own takes one username")
            .hinted("ccadmin passwd USERNAME --own")
            .into()),
    }
}

/// Asks for the current password, then for the new one.
fn ask_own(context: &Context, directory: &mut Directory, username: Option<Username>) -> Outcome {
    let ui = &context.ui;
    if !ui.can_ask() {
        if username.is_none() {
            return Err(missing_username("ccadmin passwd USERNAME --own"));
        }
        return Err(missing_passwords());
    }
    let username = match username {
        Some(username) => username,
        None => ask_username(context)?,
    };
    let mut prompter = ui.prompter().map_err(PromptError::Io)?;
    let policy = context.policy();
    let (verified, new) = prompter.secrets(|secrets| -> Result<_, Stop> {
        let current = secrets.ask(&format!("Current password of {username}"))?;
        let verified = directory.verify(&username, &current)?;
        let new = ask_new(secrets, &policy, &verified)?;
        Ok((verified, new))
    })?;
    finish(context, directory, &verified, &new)
}

/// Asks who it is.
pub(super) fn ask_username(context: &Context) -> Result<Username, Stop> {
    let mut prompter = context.ui.prompter().map_err(PromptError::Io)?;
    loop {
        match prompter.line("Username", None)?.trim().parse::<Username>() {
            Ok(username) => return Ok(username),
            Err(invalid) => prompter.explain(&invalid.reason, invalid.hint.as_deref())?,
        }
    }
}

/// Asks somebody who has just proved who he is for the password that he wants.
pub(super) fn ask_new(
    secrets: &mut Secrets<'_>,
    policy: &Policy,
    verified: &Verified,
) -> Result<Secret, Stop> {
    let username = verified.username();
    let check = |secret: &Secret| {
        verified.check_different(secret)?;
        Ok(policy.check_password(secret, username.as_str(), verified.full_name())?)
    };
    password_options::ask_own(secrets, username, policy.password_min_length, check)
}

fn finish(
    context: &Context,
    directory: &mut Directory,
    verified: &Verified,
    new: &Secret,
) -> Outcome {
    let user = directory.change_own(verified, new)?.user;
    context.ui.status(&format!("changed the password of {}", user.username));
    print(context, vec![PasswordSet { changed: true, user, generated: None }], false)?;
    DONE
}

fn expire(context: &Context, mut directory: Directory, targets: Targets) -> Outcome {
    let ui = &context.ui;
    let several = targets.are_several();
    targets.run(
        ui,
        |usernames| {
            let sets = directory.expire_passwords(usernames)?;
            for set in &sets {
                let username = &set.user.username;
                if set.changed {
                    ui.status(&format!("{username} has to change the password"));
                } else {
                    ui.notice("already", &already(&set.user, context.now()));
                }
            }
            Ok(sets)
        },
        |sets| print(context, sets, several),
    )
}

/// Why nothing was done to a password that is temporary already.
fn already(user: &User, now: Timestamp) -> String {
    let username = &user.username;
    match user.password_state(now) {
        // He cannot change it any more: that is for somebody else to know.
        CredentialState::Expired => format!(
            "already expired: the password of {username}; `ccadmin passwd {username}` gives a new one"
        ),
        _ => format!("already has to change the password: {username}"),
    }
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

fn missing_username(hint: &str) -> Stop {
    Failure::new(Code::MissingInput, "missing: USERNAME").hinted(hint).into()
}

fn missing_passwords() -> Stop {
    Failure::new(Code::MissingInput, "missing: the current and the new password")
        .hinted("give both with --password-stdin, one a line, or run it on a terminal")
        .into()
}
