//! Every error, its code, its exit status and its words: one table.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use serde_json::Value;

use crate::cli::prompt_missing_args;
use crate::cli::terminal::output::UnknownColumn;
use crate::cli::terminal::prompt::PromptError;
use crate::config::ConfigError;
use crate::directory::{EntityKind, Error};
use crate::model::{Invalid, ProfileField, Rule};
use crate::store::StoreError;

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal,)*) => {
        /// What went wrong, for a script: the word is stable, and so is its exit status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ErrorCode {
            $($variant,)*
        }

        impl ErrorCode {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The exit status of the program.
            pub(crate) const fn status(self) -> u8 {
                match self {
                    $(Self::$variant => $status,)*
                }
            }
        }
    };
}

codes! {
    Internal "internal" 1,
    Io "io" 1,
    OutputFailed "output-failed" 1,
    Usage "usage" 2,
    MissingInput "missing-input" 2,
    Config "config" 2,
    UserNotFound "user-not-found" 3,
    ProjectNotFound "project-not-found" 3,
    PhotoNotFound "photo-not-found" 3,
    TeamNotFound "team-not-found" 3,
    SkillNotFound "skill-not-found" 3,
    StoreNotFound "store-not-found" 3,
    UserExists "user-exists" 4,
    ProjectExists "project-exists" 4,
    TeamExists "team-exists" 4,
    SkillExists "skill-exists" 4,
    StoreExists "store-exists" 4,
    FileExists "file-exists" 4,
    LastAdmin "last-admin" 4,
    LastRole "last-role" 4,
    NotAssignable "not-assignable" 4,
    NotAssigned "not-assigned" 4,
    ProjectInactive "project-inactive" 4,
    InUse "in-use" 4,
    StillAssigned "still-assigned" 4,
    NoPassword "no-password" 4,
    PlanStale "plan-stale" 4,
    Forbidden "forbidden" 5,
    SignInRequired "sign-in-required" 6,
    AuthenticationFailed "authentication-failed" 6,
    TooManySignIns "too-many-sign-ins" 6,
    PasswordChangeRequired "password-change-required" 7,
    InvalidUsername "invalid-username" 8,
    InvalidName "invalid-name" 8,
    InvalidEmail "invalid-email" 8,
    InvalidPhone "invalid-phone" 8,
    InvalidLanguage "invalid-language" 8,
    InvalidProject "invalid-project" 8,
    InvalidTeam "invalid-team" 8,
    InvalidSkill "invalid-skill" 8,
    InvalidLevel "invalid-level" 8,
    InvalidWeight "invalid-weight" 8,
    InvalidDescription "invalid-description" 8,
    InvalidTime "invalid-time" 8,
    InvalidPhoto "invalid-photo" 8,
    InvalidRole "invalid-role" 8,
    InvalidState "invalid-state" 8,
    InvalidProjectSelection "invalid-project-selection" 8,
    WeakPassword "weak-password" 8,
    StoreBusy "store-busy" 9,
    SecondFactorRequired "code-required" 10,
    DeliveryFailed "delivery-failed" 12,
    RowsRefused "rows-refused" 11,
    InvalidHeader "invalid-header" 11,
    InvalidRow "invalid-row" 11,
    DuplicateRow "duplicate-row" 11,
    TooManyDeactivations "too-many-deactivations" 11,
    CheckFailed "check-failed" 13,
    StoreDamaged "store-damaged" 13,
    StoreForeign "store-foreign" 13,
    StoreFull "store-full" 13,
    StoreReadOnly "store-read-only" 13,
    StoreNewer "store-newer" 13,
    StoreOlder "store-older" 13,
    StoreRetired "store-retired" 13,
}

impl From<Rule> for ErrorCode {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Username => Self::InvalidUsername,
            Rule::Name => Self::InvalidName,
            Rule::Email => Self::InvalidEmail,
            Rule::Phone => Self::InvalidPhone,
            Rule::Language => Self::InvalidLanguage,
            Rule::Project => Self::InvalidProject,
            Rule::Team => Self::InvalidTeam,
            Rule::Skill => Self::InvalidSkill,
            Rule::Level => Self::InvalidLevel,
            Rule::Weight => Self::InvalidWeight,
            Rule::Description => Self::InvalidDescription,
            Rule::Password => Self::WeakPassword,
            Rule::Time => Self::InvalidTime,
            Rule::Photo => Self::InvalidPhoto,
            Rule::Role => Self::InvalidRole,
            Rule::State => Self::InvalidState,
            Rule::ProjectSelection => Self::InvalidProjectSelection,
            Rule::Header => Self::InvalidHeader,
            Rule::Row => Self::InvalidRow,
            Rule::Duplicate => Self::DuplicateRow,
        }
    }
}

/// An error as a person or a script sees it.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) code: ErrorCode,
    /// What happened; not escaped yet.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// What it is about: more fields of the JSON form.
    pub(crate) details: Vec<(&'static str, Value)>,
}

impl CliError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, details: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// As the error of a rename, where taking it as done is no way out.
    pub(crate) fn of_rename(error: Error) -> Self {
        let taken = matches!(error, Error::Exists { .. });
        let failure = Self::from(error);
        if taken { failure.with_hint("choose another name") } else { failure }
    }

    #[must_use]
    pub(crate) fn about(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((field, value.into()));
        self
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum CommandEnd {
    /// With an error to be told.
    Failed(Box<CliError>),
    /// With a status whose reasons have been told already.
    Reported(u8),
    /// By a signal, or Ctrl-D, at a prompt.
    Interrupted(i32),
    /// Because nobody reads the output any more.
    ClosedPipe,
}

impl CommandEnd {
    /// A call that is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> CliError {
        CliError::new(ErrorCode::Usage, message)
    }

    /// Writing the output failed, and nothing was to be changed.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        CliError::new(ErrorCode::OutputFailed, format!("the output cannot be written: {error}"))
            .with_hint("stdout is full or closed: send it somewhere else")
            .into()
    }

    /// Writing the output failed after the change was made.
    pub(crate) fn output_after_change(error: &io::Error, secret: bool) -> Self {
        if !secret {
            return match Self::output(error) {
                Self::Failed(failure) => failure.with_hint("the change itself is done").into(),
                other => other,
            };
        }
        CliError::new(
            ErrorCode::OutputFailed,
            format!("the change is done, but the password cannot be written: {error}"),
        )
        .with_hint("done; re-issue with passwd")
        .into()
    }
}

impl From<CliError> for CommandEnd {
    fn from(failure: CliError) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl<E: Into<CliError>> From<E> for CommandEnd
where
    E: std::error::Error,
{
    fn from(error: E) -> Self {
        error.into().into()
    }
}

impl From<PromptError> for CommandEnd {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::Signal(signal) => Self::Interrupted(signal),
            PromptError::EndOfInput => Self::Reported(130),
            PromptError::TimedOut => {
                CliError::new(ErrorCode::MissingInput, "nobody answered for five minutes").into()
            }
            error @ PromptError::Refused(_) => {
                CliError::new(ErrorCode::WeakPassword, error.to_string()).into()
            }
            PromptError::Io(error) => {
                CliError::new(ErrorCode::Io, format!("the terminal: {error}")).into()
            }
        }
    }
}

impl From<Invalid> for CliError {
    fn from(invalid: Invalid) -> Self {
        Self { hint: invalid.hint, ..Self::new(invalid.rule.into(), invalid.reason) }
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self { hint: error.hint.clone(), ..Self::new(ErrorCode::Config, error.to_string()) }
    }
}

impl From<UnknownColumn> for CliError {
    fn from(error: UnknownColumn) -> Self {
        CommandEnd::usage(error.to_string()).with_hint(error.hint())
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotFound { object, name, nearest } => not_found(object, name, nearest, message),
            Error::Exists { object, name } => exists(object, name, message),
            Error::InUse { object, name, .. } => Self::new(ErrorCode::InUse, message)
                .with_hint("`--yes` takes it from them too")
                .about(object.as_str(), name),
            Error::NotAssignable { username } => Self::new(ErrorCode::NotAssignable, message)
                .with_hint("give the role too: `user create --role`, or `user update --add-role`")
                .about("username", username.as_str()),
            Error::NotAssigned { username, project } => Self::new(ErrorCode::NotAssigned, message)
                .with_hint(format!("`ccadmin assign-project {username} {project}` assigns"))
                .about("username", username.as_str())
                .about("project", project.as_str()),
            Error::ProjectInactive { project } => Self::new(ErrorCode::ProjectInactive, message)
                .with_hint(format!("`ccadmin project activate {project}` puts it back to work"))
                .about("project", project.as_str()),
            Error::StillAssigned { username, .. } => Self::new(ErrorCode::StillAssigned, message)
                .with_hint("`--unassign` takes him out of them too")
                .about("username", username.as_str()),
            Error::LastRole { username } => Self::new(ErrorCode::LastRole, message)
                .with_hint("give another one with `--add-role`")
                .about("username", username.as_str()),
            Error::LastAdmin { username } => Self::new(ErrorCode::LastAdmin, message)
                .with_hint("make somebody else an admin first")
                .about("username", username.as_str()),
            Error::PasswordForRole { username, .. } => Self::new(ErrorCode::MissingInput, message)
                .with_hint("give `--generate-password` or `--password-stdin`, or `--keep-password`")
                .about("username", username.as_str()),
            Error::Missing { fields } => {
                let flags: Vec<String> = fields.iter().map(|field| format!("--{field}")).collect();
                let hint = if fields.contains(&ProfileField::Phone) {
                    "the settings of this site want them: `user.require`, and for a phone number \
                     `two_factor.required`"
                } else {
                    "the settings of this site want them (`user.require`)"
                };
                Self::new(ErrorCode::MissingInput, format!("missing: {}", flags.join(", ")))
                    .with_hint(hint)
            }
            error @ (Error::RowLacks { .. }
            | Error::RowsRefused { .. }
            | Error::PlanStale { .. }
            | Error::TooManyDeactivations { .. }
            | Error::Input(_)
            | Error::Unanswered(_)
            | Error::Output(_)) => import_error(error, message),
            Error::NoPassword { username } => Self::new(ErrorCode::NoPassword, message)
                .with_hint(format!("`ccadmin passwd {username}` gives one"))
                .about("username", username.as_str()),
            Error::NoPhoto { username } => Self::new(ErrorCode::PhotoNotFound, message)
                .with_hint(format!("`ccadmin user photo set {username} FILE` gives one"))
                .about("username", username.as_str()),
            Error::NotAllowed | Error::Forbidden { .. } => Self::new(ErrorCode::Forbidden, message)
                .with_hint("ask an admin; `ccadmin whoami` says who you are"),
            Error::OwnPassword { username } => Self::new(ErrorCode::Usage, message)
                .with_hint("`ccadmin passwd` without options changes it")
                .about("username", username.as_str()),
            Error::PasswordChangeRequired => Self::new(ErrorCode::PasswordChangeRequired, message)
                .with_hint("`ccadmin passwd USERNAME --own` changes it"),
            Error::SessionEnded => Self::new(ErrorCode::SignInRequired, message).with_hint(
                "`ccadmin logout` forgets it (`unset CCADMIN_SESSION` where that is set), \
                     `ccadmin login` opens a new one",
            ),
            Error::EmptyToken => Self::new(ErrorCode::SignInRequired, message).with_hint(
                "`unset CCADMIN_SESSION`; `--as-owner` acts as the owner of the store, \
                 `ccadmin login` opens a session",
            ),
            Error::SignInRequired => Self::new(ErrorCode::SignInRequired, message)
                .with_hint("`ccadmin login` opens a session"),
            error @ (Error::AuthenticationFailed
            | Error::TooManySignIns { .. }
            | Error::CodeRequired { .. }
            | Error::CodeNotSent { .. }
            | Error::WrongCode
            | Error::PasswordExpired
            | Error::PasswordChangedMeanwhile) => sign_in_error(error, message),
            Error::Invalid(invalid) => invalid.into(),
            Error::Store(error) => error.into(),
            Error::Stopped | Error::Hash(_) | Error::Entropy(_) => {
                Self::new(ErrorCode::Internal, message)
            }
        }
    }
}

/// What to do about a store that is damaged.
pub(crate) const RESTORE_HINT: &str =
    "stop using it and restore a backup: `ccadmin store restore FILE`";

/// What ends a sign-in, or a change of one's own password.
fn sign_in_error(error: Error, message: String) -> CliError {
    match error {
        Error::AuthenticationFailed => CliError::new(ErrorCode::AuthenticationFailed, message)
            .with_hint(
                "names are case sensitive, several wrong passwords close an account for a while, \
             the administrator can reset it",
            ),
        Error::TooManySignIns { wait, .. } => CliError::new(ErrorCode::TooManySignIns, message)
            .with_hint(format!(
                "try again in {} s; the administrator can raise \
                 `sign_in.max_successes_per_caller`, or put the account of a service among \
                 `sign_in.trusted_callers`",
                wait.seconds()
            )),
        Error::CodeRequired { username } => CliError::new(ErrorCode::SecondFactorRequired, message)
            .with_hint("call again with the password and the code, one a line")
            .about("username", username.as_str()),
        Error::CodeNotSent { username, wait } => CliError::new(ErrorCode::DeliveryFailed, message)
            .with_hint(format!(
                "nobody was signed in; try again in {} s, or ask the administrator, who mends \
                 `deliver.sms.command`",
                wait.seconds()
            ))
            .about("username", username.as_str()),
        Error::WrongCode => CliError::new(ErrorCode::AuthenticationFailed, message)
            .with_hint("sign in again with the password alone: a new code is sent"),
        Error::PasswordExpired => CliError::new(ErrorCode::AuthenticationFailed, message)
            .with_hint("ask the administrator for a new one"),
        Error::PasswordChangedMeanwhile => {
            CliError::new(ErrorCode::AuthenticationFailed, message).with_hint("begin again")
        }
        _ => CliError::new(ErrorCode::Internal, message),
    }
}

/// What ends an import.
fn import_error(error: Error, message: String) -> CliError {
    match error {
        Error::RowLacks { username, what } => CliError::new(ErrorCode::MissingInput, message)
            .with_hint(lacking_hint(&what))
            .about("username", username.as_str()),
        Error::RowsRefused { .. } => CliError::new(ErrorCode::RowsRefused, message)
            .with_hint("nothing was changed; mend the file and try again"),
        Error::PlanStale { .. } => {
            CliError::new(ErrorCode::PlanStale, message).with_hint("nothing was changed; try again")
        }
        Error::TooManyDeactivations { count, .. } => {
            CliError::new(ErrorCode::TooManyDeactivations, message).with_hint(format!(
                "nothing was changed; is the file complete? `--max-deactivate {count}` allows it"
            ))
        }
        Error::Input(_) => CliError::new(ErrorCode::Io, message).with_hint("nothing was changed"),
        Error::Unanswered(_) => CliError::new(ErrorCode::OutputFailed, message)
            .with_hint("the rows that were answered, and the one before, are done"),
        Error::Output(_) => CliError::new(ErrorCode::OutputFailed, message)
            .with_hint("nothing was changed; make room or name another place"),
        _ => CliError::new(ErrorCode::Internal, message),
    }
}

/// How somebody who is new gets what his row does not say.
fn lacking_hint(what: &[&str]) -> String {
    let mut ways = vec!["say it in the row"];
    if what.iter().any(|field| *field != "temporary_password") {
        ways.push("give `--default FIELD=VALUE` or `--like USERNAME`");
    }
    if what.contains(&"temporary_password") {
        ways.push("give `--generate-passwords` or `--no-password`");
    }
    ways.join(", or ")
}

fn exists(object: EntityKind, name: String, message: String) -> CliError {
    let (code, field) = match object {
        EntityKind::User => (ErrorCode::UserExists, "username"),
        EntityKind::Project => (ErrorCode::ProjectExists, "project"),
        EntityKind::Team => (ErrorCode::TeamExists, "team"),
        EntityKind::Skill => (ErrorCode::SkillExists, "skill"),
    };
    CliError::new(code, message).with_hint("`--if-not-exists` takes it as done").about(field, name)
}

fn not_found(
    object: EntityKind,
    name: String,
    nearest: Option<String>,
    message: String,
) -> CliError {
    let (code, field) = match object {
        EntityKind::User => (ErrorCode::UserNotFound, "username"),
        EntityKind::Project => (ErrorCode::ProjectNotFound, "project"),
        EntityKind::Team => (ErrorCode::TeamNotFound, "team"),
        EntityKind::Skill => (ErrorCode::SkillNotFound, "skill"),
    };
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("`ccadmin {} list` shows what there is", object.as_str()),
    };
    CliError::new(code, message).with_hint(hint).about(field, name)
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        let (code, hint) = match &error {
            StoreError::NotFound { .. } => {
                (ErrorCode::StoreNotFound, "`ccadmin store init` makes one".to_owned())
            }
            StoreError::AlreadyExists { .. } => {
                (ErrorCode::StoreExists, "it is left as it is; name another place".to_owned())
            }
            StoreError::NotAStore { .. } => (
                ErrorCode::StoreForeign,
                "name the right file with --database, CCADMIN_DATABASE or `database` in the config"
                    .to_owned(),
            ),
            StoreError::NewerVersion { .. } => {
                (ErrorCode::StoreNewer, "use the newer version of ccadmin that wrote it".to_owned())
            }
            StoreError::OlderVersion { .. } => (
                ErrorCode::StoreOlder,
                "its owner upgrades it with `ccadmin store upgrade`".to_owned(),
            ),
            StoreError::Busy { holder } => {
                let mut hint = "nothing was changed; try again".to_owned();
                if let Some(holder) = holder {
                    let _ = write!(hint, ", or look at what process {} does", holder.pid);
                }
                (ErrorCode::StoreBusy, hint)
            }
            StoreError::Retired { moved_to, .. } => (
                ErrorCode::StoreRetired,
                if moved_to.is_some() {
                    "nothing was changed; do it there"
                } else {
                    "nothing was changed; `ccadmin store retire --undo` has it written to again"
                }
                .to_owned(),
            ),
            StoreError::Moved { .. } => {
                (ErrorCode::StoreBusy, "nothing was changed; try again".to_owned())
            }
            StoreError::Changed { .. } => (
                ErrorCode::StoreBusy,
                "nothing was changed; do it again while nobody else writes".to_owned(),
            ),
            StoreError::Full { .. } => {
                (ErrorCode::StoreFull, "nothing was changed; make room and try again".to_owned())
            }
            StoreError::ReadOnly { path, .. } => (
                ErrorCode::StoreReadOnly,
                format!(
                    "nothing was changed; its owner needs write permission for {} and its folder",
                    path.display()
                ),
            ),
            StoreError::SideFile { .. } => (
                ErrorCode::StoreReadOnly,
                "the store's owner or root runs `ccadmin store check`: that makes a missing one, \
                 and says what is wrong with others"
                    .to_owned(),
            ),
            StoreError::Denied { .. } => {
                (ErrorCode::Io, "ask the owner of the file for permission".to_owned())
            }
            StoreError::Damaged { .. } => (ErrorCode::StoreDamaged, RESTORE_HINT.to_owned()),
            StoreError::NotDurable { .. } => {
                (ErrorCode::Io, "look at the disk; the store itself is done and whole".to_owned())
            }
            StoreError::Io { .. } => (ErrorCode::Io, "nothing was changed".to_owned()),
            StoreError::Engine(_) => (
                ErrorCode::Internal,
                "nothing was changed; this is a fault of ccadmin, please report it".to_owned(),
            ),
        };
        Self::new(code, message).with_hint(hint)
    }
}

/// What a command comes to: a status of success, or why it stopped.
pub(crate) type CommandResult = Result<ExitCode, CommandEnd>;

/// Everything was done.
pub(crate) const DONE: CommandResult = Ok(ExitCode::SUCCESS);

/// Turns an error that names no other values of its own into a message for an option.
impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> Self {
        usage_failure(&error)
    }
}

/// What clap found wrong, in our form: the first paragraph, and its tip or the usage as the hint.
fn usage_failure(error: &clap::Error) -> CliError {
    use std::error::Error as _;

    if let Some(invalid) = error.source().and_then(|source| source.downcast_ref::<Invalid>()) {
        return invalid.clone().into();
    }
    if let Some(failure) = prompt_missing_args::failure(error) {
        return failure;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return CommandEnd::usage("a command is missing")
            .with_hint("`--help` behind what you typed lists the commands");
    }
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let message: Vec<&str> = message.lines().map(str::trim).collect();
    let hint = paragraphs
        .map(str::trim)
        .find_map(|paragraph| {
            paragraph.strip_prefix("tip: ").map(str::to_owned).or_else(|| {
                paragraph.strip_prefix("Usage: ").map(|usage| format!("usage: {usage}"))
            })
        })
        .unwrap_or_else(|| "`--help` behind the command shows how it is called".to_owned());
    CommandEnd::usage(message.join(" ").trim_end().to_owned()).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_their_statuses_documented() {
        let readme = include_str!("../../README.md");
        let mut words: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        let row = |status: u8| {
            readme
                .lines()
                .find(|line| line.starts_with(&format!("| {status} |")))
                .unwrap_or_else(|| panic!("README has no row for the exit status {status}"))
        };
        for code in ErrorCode::ALL {
            let word = format!("`{}`", code.as_str());
            assert!(row(code.status()).contains(&word), "README: {word} at {}", code.status());
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ErrorCode::ALL.len());
    }
}
