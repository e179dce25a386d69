//! What a person can do about each error of the directory and of the store.

use std::fmt::Write as _;

use crate::cli::error::{CliError, ErrorCode};
use crate::directory::{EntityKind, Error};
use crate::model::ProfileField;
use crate::store::StoreError;

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotFound { object, name, nearest } => not_found(object, name, nearest, message),
            Error::Exists { object, name } => exists(object, name, message),
            Error::InUse { object, name, .. } => Self::new(ErrorCode::InUse, message)
                .with_hint("`--yes` takes it away from them too")
                .about(object.as_str(), name),
            Error::NotAssignable { username } => Self::new(ErrorCode::NotAssignable, message)
                .with_hint(
                    "give one of these roles too: `user create --role`, or `user update --add-role`",
                )
                .about("username", username.as_str()),
            Error::NotAssigned { username, project } => Self::new(ErrorCode::NotAssigned, message)
                .with_hint(format!(
                    "`ccadmin assign-project {username} {project}` assigns the user"
                ))
                .about("username", username.as_str())
                .about("project", project.as_str()),
            Error::ProjectInactive { project } => Self::new(ErrorCode::ProjectInactive, message)
                .with_hint(format!("`ccadmin project activate {project}` activates it"))
                .about("project", project.as_str()),
            Error::StillAssigned { username, .. } => Self::new(ErrorCode::StillAssigned, message)
                .with_hint("`--unassign` takes the user out of them too")
                .about("username", username.as_str()),
            Error::LastRole { username } => Self::new(ErrorCode::LastRole, message)
                .with_hint("give the user another role with `--add-role`")
                .about("username", username.as_str()),
            Error::LastAdmin { username } => Self::new(ErrorCode::LastAdmin, message)
                .with_hint("make another user an admin first")
                .about("username", username.as_str()),
            Error::PasswordForRole { username, .. } => Self::new(ErrorCode::MissingInput, message)
                .with_hint("give `--generate-password` or `--password-stdin`, or `--keep-password`")
                .about("username", username.as_str()),
            Error::Missing { fields } => {
                let flags: Vec<String> = fields.iter().map(|field| format!("--{field}")).collect();
                let hint = if fields.contains(&ProfileField::Phone) {
                    "the settings of this site require them: `user.require`, and for a phone \
                     number `two_factor.required`"
                } else {
                    "the settings of this site require them (`user.require`)"
                };
                Self::new(ErrorCode::MissingInput, format!("missing: {}", flags.join(", ")))
                    .with_hint(hint)
            }
            error @ (Error::RowLacks { .. }
            | Error::RowsRefused { .. }
            | Error::PlanStale { .. }
            | Error::TooManyDeactivations { .. }
            | Error::NotOwned { .. }
            | Error::Input(_)
            | Error::Unanswered(_)
            | Error::Output(_)) => import_error(error, message),
            Error::LogReplaced { seq } => Self::new(ErrorCode::EntryNotFound, message)
                .with_hint(
                    "a backup may have taken the store's place: `ccadmin audit list --action \
                     store.restore` shows when",
                )
                .about("seq", seq),
            error @ (Error::NoEntry { .. }
            | Error::NotUndoable { .. }
            | Error::UndoStale { .. }) => undo_error(&error, message),
            Error::NoPassword { username } => Self::new(ErrorCode::NoPassword, message)
                .with_hint(format!("`ccadmin passwd {username}` sets one"))
                .about("username", username.as_str()),
            Error::NoPhoto { username } => Self::new(ErrorCode::PhotoNotFound, message)
                .with_hint(format!("`ccadmin user photo set {username} FILE` sets one"))
                .about("username", username.as_str()),
            Error::NotAllowed | Error::Forbidden { .. } => Self::new(ErrorCode::Forbidden, message)
                .with_hint("ask an admin; `ccadmin whoami` shows who you are and what you may do"),
            Error::OwnPassword { username } => Self::new(ErrorCode::Usage, message)
                .with_hint("`ccadmin passwd` without options changes it")
                .about("username", username.as_str()),
            Error::OwnCaller { .. } => Self::new(ErrorCode::Forbidden, message).with_hint(
                "root and the owner of the store can: `ccadmin user unlock --caller NAME --as-owner`",
            ),
            Error::PasswordChangeRequired => Self::new(ErrorCode::PasswordChangeRequired, message)
                .with_hint("`ccadmin passwd USERNAME --own` changes it"),
            Error::SessionEnded => Self::new(ErrorCode::SignInRequired, message).with_hint(
                "`ccadmin logout` forgets it (`unset CCADMIN_SESSION` if that is set), `ccadmin \
                 login` opens a new one",
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
            error @ (Error::Stopped | Error::Hash(_) | Error::Entropy(_)) => {
                Self::new(ErrorCode::Internal, message).because(error)
            }
        }
    }
}

/// The error of a rename, whose hint does not offer `--if-not-exists`.
pub(crate) fn rename_error(error: Error) -> CliError {
    let taken = matches!(error, Error::Exists { .. });
    let failure = CliError::from(error);
    if taken { failure.with_hint("choose another name") } else { failure }
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
                "nobody was signed in; try again in {} s, or ask the administrator to fix \
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

/// What cannot be taken back.
fn undo_error(error: &Error, message: String) -> CliError {
    match error {
        Error::NoEntry { .. } => CliError::new(ErrorCode::EntryNotFound, message)
            .with_hint("`ccadmin audit list` and `ccadmin user history USERNAME` show the numbers"),
        Error::NotUndoable { seq, action, .. } => {
            let hint = match action.as_str() {
                action if action.starts_with("password.") => {
                    "`ccadmin passwd USERNAME` sets another password"
                }
                "user.update" => "`ccadmin user update USERNAME` changes it",
                _ => "`ccadmin help undo` says what can be undone",
            };
            CliError::new(ErrorCode::NotUndoable, message).with_hint(hint).about("seq", *seq)
        }
        Error::UndoStale { seq, later, field, .. } => CliError::new(ErrorCode::PlanStale, message)
            .with_hint(match later {
                Some(later) => format!(
                    "nothing was changed; `ccadmin audit show {later}` shows it, and `ccadmin undo \
                     {later}` undoes it first"
                ),
                None => "nothing was changed".to_owned(),
            })
            .about("seq", *seq)
            .about("field", field.as_str())
            .about("later", *later),
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
            .with_hint("nothing was changed; fix the file and try again"),
        Error::PlanStale { .. } => {
            CliError::new(ErrorCode::PlanStale, message).with_hint("nothing was changed; try again")
        }
        Error::TooManyDeactivations { count, .. } => {
            CliError::new(ErrorCode::TooManyDeactivations, message).with_hint(format!(
                "nothing was changed; is the file complete? `--max-deactivate {count}` allows it"
            ))
        }
        Error::NotOwned { username } => CliError::new(ErrorCode::NotOwned, message)
            .with_hint("take them out of the file, or let it own more: `--owns`")
            .about("username", username.as_str()),
        Error::Input(_) => CliError::new(ErrorCode::Io, message).with_hint("nothing was changed"),
        Error::Unanswered(_) => CliError::new(ErrorCode::OutputFailed, message)
            .with_hint("the rows that were answered, and the next one, are done"),
        Error::Output(_) => CliError::new(ErrorCode::OutputFailed, message)
            .with_hint("nothing was changed; free some space or name another place"),
        _ => CliError::new(ErrorCode::Internal, message),
    }
}

/// How a new user can get what their row does not give.
fn lacking_hint(what: &[&str]) -> String {
    let mut ways = vec!["give it in the row"];
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
    CliError::new(code, message)
        .with_hint("use `--if-not-exists` to ignore this")
        .about(field, name)
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
        None => format!("`ccadmin {} list` shows those that exist", object.as_str()),
    };
    CliError::new(code, message).with_hint(hint).about(field, name)
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        let (code, hint) = match &error {
            StoreError::NotFound { .. } => {
                (ErrorCode::StoreNotFound, "`ccadmin store init` creates one".to_owned())
            }
            StoreError::AlreadyExists { .. } => {
                (ErrorCode::StoreExists, "it is left unchanged; name another place".to_owned())
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
                    let _ = write!(hint, ", or see what process {} is doing", holder.pid);
                }
                (ErrorCode::StoreBusy, hint)
            }
            StoreError::Retired { moved_to, .. } => (
                ErrorCode::StoreRetired,
                if moved_to.is_some() {
                    "nothing was changed; make the change there"
                } else {
                    "nothing was changed; `ccadmin store retire --undo` makes it accept changes \
                     again"
                }
                .to_owned(),
            ),
            StoreError::Moved { .. } => {
                (ErrorCode::StoreBusy, "nothing was changed; try again".to_owned())
            }
            StoreError::Changed { .. } => (
                ErrorCode::StoreBusy,
                "nothing was changed; try again while nobody else is writing".to_owned(),
            ),
            StoreError::Full { .. } => (
                ErrorCode::StoreFull,
                "nothing was changed; free some space and try again".to_owned(),
            ),
            StoreError::ReadOnly { path, .. } => (
                ErrorCode::StoreReadOnly,
                format!(
                    "nothing was changed; its owner needs write permission for {} and its folder",
                    path.display()
                ),
            ),
            StoreError::SideFile { .. } => (
                ErrorCode::StoreReadOnly,
                "the store's owner or root runs `ccadmin store check`: that creates a missing one \
                 and says what is wrong with the others"
                    .to_owned(),
            ),
            StoreError::Denied { .. } => {
                (ErrorCode::Io, "ask the owner of the file for permission".to_owned())
            }
            StoreError::Damaged { .. } => (ErrorCode::StoreDamaged, RESTORE_HINT.to_owned()),
            StoreError::NotDurable { .. } => {
                (ErrorCode::Io, "check the disk; the store itself is complete".to_owned())
            }
            StoreError::Io { .. } => (ErrorCode::Io, "nothing was changed".to_owned()),
            StoreError::Engine(_) => (
                ErrorCode::Internal,
                "nothing was changed; this is a bug in ccadmin, please report it".to_owned(),
            ),
        };
        Self::new(code, message).with_hint(hint).because(error)
    }
}
