//! `USERNAME...` or `-`: several users, one by one or, from stdin, all in one transaction.

use std::collections::HashSet;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;

use crate::cli::args::password_options::PasswordOptions;
use crate::cli::batch::try_each;
use crate::cli::error::{CliError, CommandEnd, CommandResult};
use crate::cli::stdin_input;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, Error};
use crate::model::{Invalid, Username};

/// Those who are named and not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub(crate) struct MissingUsers {
    /// Report the users who do not exist, and do the rest
    #[arg(long = "ignore-missing", conflicts_with = "where")]
    pub(crate) ignore: bool,
}

/// A username, or `-` for those on stdin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UsernameOrStdin {
    Username(Username),
    Stdin,
}

impl FromStr for UsernameOrStdin {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "-" => Ok(Self::Stdin),
            name => name.parse().map(Self::Username),
        }
    }
}

/// Refuses usernames and a password on the same stdin.
pub(crate) fn check_stdin(
    usernames: &[UsernameOrStdin],
    password: &PasswordOptions,
) -> Result<(), CliError> {
    if password.reads_stdin() && usernames.contains(&UsernameOrStdin::Stdin) {
        return Err(CommandEnd::usage("usernames and a password cannot both be on stdin")
            .with_hint("give the password with --password-fd, or let it be generated"));
    }
    Ok(())
}

/// The error of a call that has one password for several users.
pub(crate) fn one_password_for_several() -> CliError {
    CommandEnd::usage("one typed password cannot be given to several users")
        .with_hint("--generate-password makes one for each")
}

/// The usernames among arguments.
pub(crate) fn named(arguments: &[UsernameOrStdin]) -> Vec<Username> {
    let named = arguments.iter().filter_map(|argument| match argument {
        UsernameOrStdin::Username(username) => Some(username.clone()),
        UsernameOrStdin::Stdin => None,
    });
    named.collect()
}

/// Whom a command is about.
pub(crate) enum Targets {
    /// One by one: one that fails does not stop the others.
    Each(Vec<Username>),
    /// All or none.
    Together(Vec<Username>),
}

impl Targets {
    /// Whom the arguments name. Reads stdin where they are `-`.
    pub(crate) fn of(ui: &Ui, arguments: Vec<UsernameOrStdin>) -> Result<Self, CliError> {
        if arguments == [UsernameOrStdin::Stdin] {
            return Ok(Self::Together(stdin_input::usernames(ui)?));
        }
        let names = arguments.into_iter().map(|argument| match argument {
            UsernameOrStdin::Username(username) => Ok(username),
            UsernameOrStdin::Stdin => Err(CommandEnd::usage(
                "`-` (usernames from stdin) cannot be combined with other usernames",
            )
            .with_hint("give usernames as arguments or on stdin, not both")),
        });
        let mut names: Vec<Username> = names.collect::<Result<_, _>>()?;
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        Ok(Self::Each(names))
    }

    /// Without those who are not there, where `ignore` says so: each is told, and none is an error.
    ///
    /// # Errors
    ///
    /// Whoever asks may not look at users, or the store cannot be read.
    pub(crate) fn without_missing(
        self,
        ui: &Ui,
        directory: &Directory,
        ignore: bool,
    ) -> Result<Self, Error> {
        if !ignore {
            return Ok(self);
        }
        let there = |usernames: Vec<Username>| {
            let mut found = Vec::with_capacity(usernames.len());
            for username in usernames {
                if directory.user_exists(&username)? {
                    found.push(username);
                } else {
                    ui.notice("user-not-found", &format!("not there: {username}"));
                }
            }
            Ok(found)
        };
        match self {
            Self::Each(usernames) => there(usernames).map(Self::Each),
            Self::Together(usernames) => there(usernames).map(Self::Together),
        }
    }

    /// Whom they name.
    pub(crate) fn usernames(&self) -> &[Username] {
        match self {
            Self::Each(usernames) | Self::Together(usernames) => usernames,
        }
    }

    /// Whether more than one user is meant.
    pub(crate) fn are_several(&self) -> bool {
        match self {
            Self::Each(usernames) => usernames.len() > 1,
            Self::Together(_) => true,
        }
    }

    /// Does it: `act` for each group that succeeds or fails as one, `done` for what came of it.
    /// The exit status is that of the first that failed.
    pub(crate) fn run<T>(
        self,
        ui: &Ui,
        mut act: impl FnMut(&[Username]) -> Result<Vec<T>, CommandEnd>,
        done: impl FnOnce(Vec<T>) -> Result<(), CommandEnd>,
    ) -> CommandResult {
        let usernames = match self {
            Self::Together(usernames) => {
                done(act(&usernames)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Each(usernames) if usernames.len() == 1 => {
                done(act(&usernames)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Each(usernames) => usernames,
        };
        let mut tried = try_each(ui, &usernames, |username| act(std::slice::from_ref(username)));
        let results: Vec<T> = std::mem::take(&mut tried.done).into_iter().flatten().collect();
        if !(tried.was_stopped() && results.is_empty()) {
            done(results)?;
        }
        tried.outcome()
    }
}
