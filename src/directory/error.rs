//! Why a use case was refused. What each means for a script, and the words for people, are decided
//! in one table of the command line.

use std::io;

use super::{HashError, PasswordError};
use crate::model::{
    AuditAction, Duration, EntityKind, Invalid, ProfileField, ProjectName, Rate, UndoTarget,
    Username,
};
use crate::store::StoreError;

/// A use case that was refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing of that name.
    #[error("there is no {} `{name}`", .object.as_str())]
    NotFound {
        /// What was looked for.
        object: EntityKind,
        /// The name that was looked for.
        name: String,
        /// The nearest name that exists, for those who may list.
        nearest: Option<String>,
    },
    /// The name is taken.
    #[error("the {} `{name}` already exists", .object.as_str())]
    Exists {
        /// What was to be made.
        object: EntityKind,
        /// The name that is taken.
        name: String,
    },
    /// It has users; the caller has not said that it goes from them too.
    #[error("the {} `{name}` is in use by {count} {}", .object.as_str(), users(*.count))]
    InUse {
        /// What was to be deleted.
        object: EntityKind,
        /// Its name.
        name: String,
        /// By how many users.
        count: i64,
    },
    /// Only users who take calls are assigned.
    #[error(
        "`{username}` takes no calls: only users with the role agent or external-agent can be \
         assigned to projects"
    )]
    NotAssignable {
        /// Who was to be assigned.
        username: Username,
    },
    /// The user is not in the project.
    #[error("`{username}` is not assigned to `{project}`")]
    NotAssigned {
        /// Whose weight was to be set.
        username: Username,
        /// In which project.
        project: ProjectName,
    },
    /// Nobody is assigned to an inactive project.
    #[error("the project `{project}` is inactive")]
    ProjectInactive {
        /// Which one.
        project: ProjectName,
    },
    /// Their last role that takes calls was to go while they have projects.
    #[error("`{username}` is still assigned to {}", .projects.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    StillAssigned {
        /// Who.
        username: Username,
        /// Where.
        projects: Vec<ProjectName>,
    },
    /// Every user has at least one role.
    #[error("`{username}` would be left without a role")]
    LastRole {
        /// Who.
        username: Username,
    },
    /// Without them nobody could administer.
    #[error("`{username}` is the last admin who can act")]
    LastAdmin {
        /// Who.
        username: Username,
    },
    /// A role with power over others was granted without a word about the password.
    #[error("granting `{role}` to `{username}` requires a new temporary password")]
    PasswordForRole {
        /// Who.
        username: Username,
        /// What was granted.
        role: crate::model::Role,
    },
    /// The site's settings want these fields.
    #[error("missing: {}", .fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", "))]
    Missing {
        /// Which ones.
        fields: Vec<ProfileField>,
    },
    /// A row of a roster creates somebody and does not say enough for that.
    #[error("`{username}` is new and has no {}", .what.join(", no "))]
    RowLacks {
        /// Who.
        username: Username,
        /// The columns that are missing or empty.
        what: Vec<&'static str>,
    },
    /// Rows of a roster were refused; each has been told.
    #[error("{}", refused(*.count))]
    RowsRefused {
        /// How many; 0 where the file as a whole was.
        count: u64,
    },
    /// A roster is about somebody whom it does not own, or who would not be among those.
    #[error("`{username}` is not, or would not be, among the users that the file owns")]
    NotOwned {
        /// Who.
        username: Username,
    },
    /// Something that a plan was made for changed before it was carried out.
    #[error("{what} changed while the import was being prepared")]
    PlanStale {
        /// What changed.
        what: String,
    },
    /// The log has no such entry, or no such batch.
    #[error("{}", no_entry(*.target))]
    NoEntry {
        /// What was to be taken back.
        target: UndoTarget,
    },
    /// A change that cannot be taken back.
    #[error("entry {seq} (`{action}`) cannot be undone: {reason}")]
    NotUndoable {
        /// The number of its entry.
        seq: i64,
        /// What was done.
        action: String,
        /// Why not.
        reason: &'static str,
    },
    /// What a change made is not there any more.
    #[error("entry {seq} cannot be undone: {}", changed_again(.subject, .field, *.later))]
    UndoStale {
        /// The number of its entry.
        seq: i64,
        /// Of whom or what.
        subject: String,
        /// What was changed again.
        field: String,
        /// The number of the entry that changed it last, where the log knows.
        later: Option<i64>,
    },
    /// More users are missing in a roster than may be deactivated for that.
    #[error(
        "{count} of {scope} active users are not in the file, but at most {most} may be deactivated"
    )]
    TooManyDeactivations {
        /// How many would be deactivated.
        count: u64,
        /// Among how many.
        scope: u64,
        /// How many may be.
        most: u64,
    },
    /// The audit log does not have the entry that a reader wants to go on from.
    #[error("the audit log has no entry {seq} to go on from")]
    LogReplaced {
        /// Its number.
        seq: i64,
    },
    /// Whoever watched an import wanted it to stop.
    #[error("interrupted")]
    Stopped,
    /// A roster could not be read.
    #[error("the file cannot be read: {0}")]
    Input(#[source] io::Error),
    /// The answer to a row could not be handed on; the row is done.
    #[error("the answer cannot be written: {0}")]
    Unanswered(#[source] io::Error),
    /// What a roster's import issues or reports could not be written down.
    #[error("it cannot be written: {0}")]
    Output(#[source] io::Error),
    /// There is no password that could be marked.
    #[error("`{username}` has no password")]
    NoPassword {
        /// Who.
        username: Username,
    },
    /// There is no photo of them.
    #[error("`{username}` has no photo")]
    NoPhoto {
        /// Who.
        username: Username,
    },
    /// The role of the acting user does not allow to look at that.
    #[error("your role does not allow you to see this")]
    NotAllowed,
    /// The role of the acting user does not allow that change; the denial is in the audit log.
    #[error("your role does not allow this: {}", .action.as_str())]
    Forbidden {
        /// What was tried.
        action: AuditAction,
        /// On whom, where that is what is not allowed.
        subject: Option<String>,
    },
    /// One's own password is changed with the current one alone.
    #[error("`{username}` is you: your own password takes the current one")]
    OwnPassword {
        /// Who.
        username: Username,
    },
    /// Nobody but the owner of the store resets the count of their own guesses; the denial is in the
    /// audit log.
    #[error("account {uid} is the one that you call from: it cannot unlock itself")]
    OwnCaller {
        /// The account's number.
        uid: u32,
    },
    /// Their password is temporary: they can do nothing but change it.
    #[error("the password is temporary: change it first")]
    PasswordChangeRequired,
    /// The session has ended, or its token is wrong.
    #[error("the session has ended")]
    SessionEnded,
    /// Nobody is acting: the token of the session is empty.
    #[error("nobody is signed in: the session's token is empty")]
    EmptyToken,
    /// Nobody is acting.
    #[error("nobody is signed in")]
    SignInRequired,
    /// Unknown user, wrong password, inactive, locked: which one is not told.
    #[error("the username or the password is wrong, or the account cannot sign in")]
    AuthenticationFailed,
    /// The caller has signed in so often that the next time has to wait; nothing was looked at.
    #[error("this account of the operating system has signed in too often: more than {rate}")]
    TooManySignIns {
        /// How often it may.
        rate: Rate,
        /// How long it has to wait.
        wait: Duration,
    },
    /// The right password, and a code is wanted too.
    #[error("a code was sent to the phone of `{username}`")]
    CodeRequired {
        /// Whose.
        username: Username,
    },
    /// The right password, and no code comes: the last one could not be sent.
    #[error("a code for `{username}` could not be sent a moment ago")]
    CodeNotSent {
        /// Whose.
        username: Username,
        /// How long no other is sent.
        wait: Duration,
    },
    /// The right password with a code that is not the one that was sent, or not any more.
    #[error("the code is wrong or no longer works")]
    WrongCode,
    /// The right password, too late.
    #[error("the temporary password has expired")]
    PasswordExpired,
    /// While it was typed, somebody else changed it.
    #[error("somebody else changed the password in the meantime")]
    PasswordChangedMeanwhile,
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The hash of a password could not be made.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The system gave no random bytes.
    #[error("no random bytes: {0}")]
    Entropy(#[source] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Invalid(invalid) => invalid.into(),
            PasswordError::Hash(error) => error.into(),
        }
    }
}

fn no_entry(target: UndoTarget) -> String {
    match target {
        UndoTarget::Entry(seq) => format!("the audit log has no entry {seq}"),
        UndoTarget::Batch(batch) => format!("the audit log has no batch {batch}"),
    }
}

fn changed_again(subject: &str, field: &str, later: Option<i64>) -> String {
    let later = later.map(|seq| format!(" by entry {seq}")).unwrap_or_default();
    format!("`{field}` of `{subject}` was changed again{later}")
}

fn refused(count: u64) -> String {
    match count {
        0 => "the file was refused".to_owned(),
        1 => "1 row was refused".to_owned(),
        count => format!("{count} rows were refused"),
    }
}

fn users(count: i64) -> &'static str {
    if count == 1 { "user" } else { "users" }
}
