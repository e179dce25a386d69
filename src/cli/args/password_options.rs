//! The options for a password that is given to somebody, the same on every command that has them.

use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args::time_arg::expiry;
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::handout::DeliveryMethod;
use crate::cli::stdin_input::SecretInput;
use crate::cli::terminal::prompt::Secrets;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Expiry, NewPassword, PasswordSource};
use crate::model::{CredentialKind, Secret, Username};

/// Where a password comes from and what it is good for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Password options")]
pub(crate) struct PasswordOptions {
    /// Read the password from stdin, one line
    #[arg(long, conflicts_with_all = ["password_fd", "generate_password"])]
    password_stdin: bool,

    /// Read the password from file descriptor N, one line
    #[arg(long, value_name = "N", conflicts_with = "generate_password")]
    password_fd: Option<RawFd>,

    /// Generate a password and show it once
    #[arg(long)]
    generate_password: bool,

    /// When it expires: a duration such as 14d, or a date [default: 7d, unless the settings say
    /// otherwise]
    #[arg(long, value_name = "14d|DATE", value_parser = expiry, conflicts_with = "permanent_password")]
    expires: Option<Expiry>,

    /// Make it permanent: the user does not have to change it
    #[arg(long)]
    permanent_password: bool,

    /// Write the generated password to a new file that only you can read, instead of showing it
    #[arg(long, value_name = "FILE", requires = "generate_password", conflicts_with = "hand_out")]
    credentials: Option<PathBuf>,

    /// Give it to the user: send it by email or sms, or write a card to a new file, print=FILE.txt
    /// or print=FILE.html
    #[arg(long, value_name = "email|sms|print=FILE")]
    hand_out: Option<DeliveryMethod>,
}

impl PasswordOptions {
    /// Whether the call says where the password comes from.
    pub(crate) fn names_source(&self) -> bool {
        self.password_stdin || self.password_fd.is_some() || self.generate_password
    }

    /// Whether the call says anything about a password.
    pub(crate) fn names_anything(&self) -> bool {
        self.names_source() || self.is_for_others()
    }

    /// Whether the call says what only a password for somebody else has.
    pub(crate) fn is_for_others(&self) -> bool {
        self.generate_password
            || self.expires.is_some()
            || self.permanent_password
            || self.hand_out.is_some()
    }

    /// The file that generated passwords go to, and nowhere else.
    pub(crate) fn credentials(&self) -> Option<&Path> {
        self.credentials.as_deref()
    }

    /// The way in which the call hands the password out.
    pub(crate) fn hand_out(&self) -> Option<&DeliveryMethod> {
        self.hand_out.as_ref()
    }

    /// Whether the password is read from stdin.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.password_stdin
    }

    /// The source that the call names, read before any store is opened; `None` where it names
    /// none.
    pub(crate) fn read(&self, ui: &Ui) -> Result<Option<PasswordSource>, CommandEnd> {
        match self.input() {
            Some(input) => input.read(ui, "the new password").map(PasswordSource::Typed).map(Some),
            None => Ok(self.generated()),
        }
    }

    /// A password that is to be made, where the call says so.
    pub(crate) fn generated(&self) -> Option<PasswordSource> {
        self.generate_password.then_some(PasswordSource::Generated)
    }

    /// Where a typed password is read from without asking; `None` where the call names nothing.
    pub(crate) fn input(&self) -> Option<SecretInput> {
        match (self.password_stdin, self.password_fd) {
            (true, _) => Some(SecretInput::Stdin),
            (_, Some(number)) => Some(SecretInput::Descriptor(number)),
            _ => None,
        }
    }

    /// The password from `source`, with what the call says about it.
    pub(crate) fn password(&self, source: PasswordSource) -> NewPassword {
        let kind = if self.permanent_password {
            CredentialKind::Permanent
        } else {
            CredentialKind::Temporary
        };
        NewPassword { source, kind, expiry: self.expires.unwrap_or_default() }
    }
}

/// Asks for a password for somebody else, whose username and full name are `names`: hidden and twice,
/// until it is a good one. An empty answer makes one.
pub(crate) fn ask(
    context: &Context,
    question: &str,
    names: (&str, &str),
) -> Result<PasswordSource, CommandEnd> {
    // Nobody types a password for nothing.
    if context.rehearses() {
        return Ok(PasswordSource::Generated);
    }
    let policy = context.policy();
    let least = policy.min_password_chars();
    let question = format!("{question} (at least {least} characters; empty: one is generated)");
    let check = |secret: &Secret| Ok(policy.check_password(secret, names.0, names.1)?);
    let mut prompter = context.ui.prompter()?;
    let source = prompter.secrets(|secrets| -> Result<_, CommandEnd> {
        Ok(match ask_twice(secrets, &question, true, check)? {
            Some(secret) => PasswordSource::Typed(secret),
            None => PasswordSource::Generated,
        })
    })?;
    context.note_answer(match source {
        PasswordSource::Typed(_) => "--password-stdin",
        PasswordSource::Generated => "--generate-password",
    });
    Ok(source)
}

/// Asks for one's own new password in the same way; it is not empty.
pub(crate) fn ask_own(
    secrets: &mut Secrets<'_>,
    username: &Username,
    least: usize,
    check: impl Fn(&Secret) -> Result<(), CliError>,
) -> Result<Secret, CommandEnd> {
    let question = format!("New password of {username} (at least {least} characters)");
    loop {
        if let Some(secret) = ask_twice(secrets, &question, false, &check)? {
            return Ok(secret);
        }
    }
}

fn ask_twice(
    secrets: &mut Secrets<'_>,
    question: &str,
    may_be_empty: bool,
    check: impl Fn(&Secret) -> Result<(), CliError>,
) -> Result<Option<Secret>, CommandEnd> {
    loop {
        let first = secrets.ask(question)?;
        if first.expose().is_empty() {
            if may_be_empty {
                return Ok(None);
            }
            secrets.explain("a password cannot be empty", None)?;
            continue;
        }
        if let Err(failure) = check(&first) {
            secrets.explain(&failure.message, failure.hint.as_deref())?;
            continue;
        }
        if secrets.ask("The same password again")?.expose() == first.expose() {
            return Ok(Some(first));
        }
        secrets.explain(
            "the passwords do not match",
            Some("type the new password again, both times"),
        )?;
    }
}
