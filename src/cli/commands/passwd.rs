//! `ccadmin passwd`: one's own password, and somebody else's.

use clap::Args;

use crate::cli::args::interactive::Interactive;
use crate::cli::args::password_options::{self, PasswordOptions};
use crate::cli::args::usernames::{MissingUsers, Targets, UsernameOrStdin};
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::handout::{self, Card, PreparedHandout};
use crate::cli::terminal::prompt::{PickItem, PromptError, Secrets};
use crate::cli::terminal::signals::DeferredSignals;
use crate::directory::{
    Actor, CompletionKind, Directory, Error, PasswordSet, PasswordSource, Policy, Verified,
};
use crate::model::{CredentialState, Secret, Timestamp, User, Username};

/// Change your own password, or set somebody's
///
/// A password that you set for somebody else is temporary: it expires, and the user has to change
/// it. Change your own with `--own`, which asks for the current one first.
///
/// A generated password is printed alone for one user, behind the username for several; with
/// `-o json` it is `temporary_password` in an object for one user, in an array for several (or `-`),
/// and -o jsonl and csv have one form for any number.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin passwd james --own
  ccadmin passwd james
  ccadmin passwd james --generate-password --expires 14d
  ccadmin passwd james zoe --generate-password --hand-out print=cards.html
  ccadmin user list --password expired --field username | ccadmin passwd - --generate-password
  ccadmin passwd james --expire")]
pub(crate) struct PasswdArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    /// Change your own password as this user: you are asked for the current one (with
    /// --password-stdin, give two lines: the current one, then the new one)
    #[arg(long, conflicts_with_all = [
        "generate_password", "expires", "permanent_password", "hand_out", "expire", "credentials",
        "ignore",
    ])]
    own: bool,

    /// Keep the password, but make the user change it at the next sign-in; open sessions can do
    /// nothing else from now on
    #[arg(long, conflicts_with_all = [
        "password_stdin", "password_fd", "generate_password", "expires", "permanent_password",
        "hand_out",
    ])]
    expire: bool,

    #[command(flatten)]
    missing: MissingUsers,

    #[command(flatten)]
    interactive: Interactive,

    #[command(flatten)]
    password: PasswordOptions,
}

/// Whose password it is about.
enum WhosePasswords {
    /// One's own; `None` where it has to be asked whose.
    Own(Option<Username>),
    /// Those of others.
    Others,
}

impl PasswdArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        if self.expire && self.usernames.is_empty() {
            return Err(missing_username("ccadmin passwd USERNAME --expire"));
        }
        if self.password.reads_stdin() && self.usernames.contains(&UsernameOrStdin::Stdin) {
            return Err(CommandEnd::usage("usernames and a password cannot both be on stdin")
                .with_hint("give the password with --password-fd, or let it be generated")
                .into());
        }
        if self.own && self.usernames.len() > 1 {
            return Err(CommandEnd::usage("--own takes one username")
                .with_hint("ccadmin passwd USERNAME --own")
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
            let mut directory = context.directory_without_session(StoreAccess::Password)?;
            let username = own_name(&targets)?;
            return self.change_own(context, &mut directory, username, first);
        }
        let mut directory = context.directory(StoreAccess::Password)?;
        if self.expire {
            let several = targets.are_several();
            let targets = targets.without_missing(ui, &directory, self.missing.ignore)?;
            return expire(context, directory, targets, several);
        }
        match self.way(&targets, directory.acting())? {
            WhosePasswords::Own(None) if first.is_none() && ui.can_ask() => {
                let username = ask_username(context, &directory)?;
                if is_to_set(context, &directory, &username)? {
                    self.set(context, directory, Targets::Each(vec![username]), false, first)
                } else {
                    self.change_own(context, &mut directory, Some(username), first)
                }
            }
            WhosePasswords::Own(username) => {
                self.change_own(context, &mut directory, username, first)
            }
            WhosePasswords::Others => {
                directory.may_set_passwords(targets.usernames())?;
                let several = targets.are_several();
                let targets = targets.without_missing(ui, &directory, self.missing.ignore)?;
                self.set(context, directory, targets, several, first)
            }
        }
    }

    /// Which way it is: one's own where nobody is named, where the one who is named is acting, and
    /// where nobody with rights is acting.
    fn way(&self, targets: &Targets, acting: &Actor) -> Result<WhosePasswords, CommandEnd> {
        let names_other_ways = self.password.is_for_others();
        let way = match (targets, acting) {
            (Targets::Each(names), Actor::User { username, .. }) if names.is_empty() => {
                WhosePasswords::Own(Some(username.clone()))
            }
            (Targets::Each(names), _) if names.is_empty() => WhosePasswords::Own(None),
            (Targets::Each(names), Actor::User { username, .. })
                if *names == [username.clone()] =>
            {
                WhosePasswords::Own(Some(username.clone()))
            }
            (Targets::Each(names), Actor::Nobody | Actor::EmptyToken | Actor::Stale)
                if names.len() == 1 && !names_other_ways =>
            {
                WhosePasswords::Own(names.first().cloned())
            }
            _ => return Ok(WhosePasswords::Others),
        };
        if names_other_ways {
            return Err(CommandEnd::usage("your own password is typed, not generated")
                .with_hint("ccadmin passwd USERNAME --generate-password sets somebody else's")
                .into());
        }
        Ok(way)
    }

    /// Sets the passwords of others, of whom `several` were named.
    fn set(
        &self,
        context: &Context,
        mut directory: Directory,
        targets: Targets,
        several: bool,
        first: Option<Secret>,
    ) -> CommandResult {
        let ui = &context.ui;
        if several && first.is_some() {
            return Err(CommandEnd::usage("one typed password cannot be given to several users")
                .with_hint("--generate-password makes one for each")
                .into());
        }
        let given = first.map(PasswordSource::Typed).or(self.password.generated());
        if given.is_none() && (!ui.can_ask() || matches!(targets, Targets::Together(_))) {
            return Err(CliError::new(ErrorCode::MissingInput, "missing: a password")
                .with_hint("give --password-stdin, --password-fd or --generate-password")
                .into());
        }
        let mut hand_out = handout::begin(context, self.password.hand_out())?;
        let mut credentials = Credentials::growing(self.password.credentials())?;
        // Between the change and its line on stdout no signal may come: nobody would know the
        // password.
        let mut deferred = match &given {
            Some(_) => Some(DeferredSignals::begin().map_err(PromptError::Io)?),
            None => None,
        };
        let mut signal = None;
        let mut undelivered = false;
        let outcome = targets.run(
            ui,
            |usernames| {
                signal = signal.or_else(|| deferred.as_mut().and_then(DeferredSignals::pending));
                if let Some(signal) = signal {
                    return Err(CommandEnd::Interrupted(signal));
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
                credentials.keep(&issues)?;
                let hidden = credentials.are_kept()
                    || prepared.as_ref().is_some_and(PreparedHandout::hides_passwords);
                let mut sets = directory.give_passwords(issues)?;
                for set in &mut sets {
                    ui.status(&format!("set the password of {}", set.user.username));
                    if hidden {
                        set.generated = None;
                    }
                }
                let handed = prepared.map(PreparedHandout::deliver).unwrap_or_default();
                signal = signal.or(handed.signal);
                undelivered |= handed.failed > 0;
                Ok(sets)
            },
            |sets| print(context, sets, several),
        );
        match (signal.or_else(|| deferred.as_mut().and_then(DeferredSignals::pending)), undelivered)
        {
            (Some(signal), _) => Err(CommandEnd::Interrupted(signal)),
            (None, true) if outcome.is_ok() => {
                Err(CommandEnd::Reported(ErrorCode::DeliveryFailed.status()))
            }
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
    ) -> CommandResult {
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

/// The one user that `--own` is about, if named.
fn own_name(targets: &Targets) -> Result<Option<Username>, CommandEnd> {
    match targets {
        Targets::Each(names) if names.len() <= 1 => Ok(names.first().cloned()),
        _ => Err(CommandEnd::usage("--own takes one username")
            .with_hint("ccadmin passwd USERNAME --own")
            .into()),
    }
}

/// Asks for the current password, then for the new one.
fn ask_own(
    context: &Context,
    directory: &mut Directory,
    username: Option<Username>,
) -> CommandResult {
    let ui = &context.ui;
    if !ui.can_ask() {
        if username.is_none() {
            return Err(missing_username("ccadmin passwd USERNAME --own"));
        }
        return Err(missing_passwords());
    }
    let username = match username {
        Some(username) => username,
        None => ask_username(context, directory)?,
    };
    let mut prompter = ui.prompter()?;
    let policy = context.policy();
    let (verified, new) = prompter.secrets(|secrets| -> Result<_, CommandEnd> {
        let current = secrets.ask(&format!("Current password of {username}"))?;
        let verified = directory.verify(&username, &current)?;
        let new = ask_new(secrets, &policy, &verified)?;
        Ok((verified, new))
    })?;
    finish(context, directory, &verified, &new)
}

/// Asks who it is; the user who is named as the account is, where there is one, is offered.
pub(crate) fn ask_username(
    context: &Context,
    directory: &Directory,
) -> Result<Username, CommandEnd> {
    let own = directory.account_user()?;
    let mut prompter = context.ui.prompter()?;
    // Somebody who may not list them gets none, and a store that others have changed may hold any.
    let names = |typed: &str| -> Vec<String> {
        let found = directory.complete_names(&CompletionKind::Users(None), typed);
        let found = found.unwrap_or_default().into_iter();
        found.filter(|name| name.parse::<Username>().is_ok()).collect()
    };
    loop {
        let answer =
            prompter.line_of_names("Username", own.as_ref().map(Username::as_str), &names)?;
        match answer.trim().parse::<Username>() {
            Ok(username) => return Ok(username),
            Err(invalid) => prompter.explain(&invalid.reason, invalid.hint.as_deref())?,
        }
    }
}

/// Whether the owner of the store, who has named somebody at the prompt, sets that user's password;
/// else they know the current one, which is asked for. Of nobody who is there, and of their own name,
/// they are not asked.
fn is_to_set(
    context: &Context,
    directory: &Directory,
    username: &Username,
) -> Result<bool, CommandEnd> {
    if !matches!(directory.acting(), Actor::Owner { .. })
        || directory.account_user()?.as_ref() == Some(username)
    {
        return Ok(false);
    }
    directory.find_user(username)?;
    let ways = [
        PickItem::new("set", Some(format!("give {username} a temporary password"))),
        PickItem::new("change", Some(format!("as {username}, with their current password"))),
    ];
    let way = context.ui.prompter()?.pick_one("Set it for them or change it", &ways, None)?;
    Ok(way == 0)
}

/// Asks a user who has just signed in for the new password.
pub(crate) fn ask_new(
    secrets: &mut Secrets<'_>,
    policy: &Policy,
    verified: &Verified,
) -> Result<Secret, CommandEnd> {
    let username = verified.username();
    let check = |secret: &Secret| {
        verified.check_different(secret)?;
        Ok(policy.check_password(secret, username.as_str(), verified.full_name())?)
    };
    password_options::ask_own(secrets, username, policy.min_password_chars(), check)
}

fn finish(
    context: &Context,
    directory: &mut Directory,
    verified: &Verified,
    new: &Secret,
) -> CommandResult {
    let user = directory.change_own(verified, new)?.user;
    context.ui.status(&format!("changed the password of {}", user.username));
    print(context, vec![PasswordSet { changed: true, user, generated: None }], false)?;
    DONE
}

fn expire(
    context: &Context,
    mut directory: Directory,
    targets: Targets,
    several: bool,
) -> CommandResult {
    let ui = &context.ui;
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
        // Its user can no longer change it, so somebody else has to.
        CredentialState::Expired => format!(
            "already expired: the password of {username}; `ccadmin passwd {username}` gives a new \
             one"
        ),
        _ => format!("already has to change the password: {username}"),
    }
}

fn ask_for(
    context: &Context,
    directory: &Directory,
    username: &Username,
) -> Result<PasswordSource, CommandEnd> {
    let user = directory.find_user(username).map_err(|error: Error| CommandEnd::from(error))?;
    let question = format!("Temporary password for {username}");
    password_options::ask(context, &question, (username.as_str(), user.full_name.as_str()))
}

fn print(context: &Context, sets: Vec<PasswordSet>, several: bool) -> Result<(), CommandEnd> {
    let now = context.now();
    let views: Vec<UserView<true>> =
        sets.into_iter().map(|set| UserView::issued(set.user, now, set.generated)).collect();
    print_issued(context, &views, several)
}

fn missing_username(hint: &str) -> CommandEnd {
    CliError::new(ErrorCode::MissingInput, "missing: USERNAME").with_hint(hint).into()
}

fn missing_passwords() -> CommandEnd {
    CliError::new(ErrorCode::MissingInput, "missing: the current and the new password")
        .with_hint("give both with --password-stdin, one a line, or run it on a terminal")
        .into()
}
