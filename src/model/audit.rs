//! The audit log's entries: who did what to whom, with what came before and after.

use std::fmt;

use serde_json::Value;

use super::Timestamp;

/// What was done: `NOUN.VERB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// A user was created.
    UserCreate,
    /// A user's details was changed.
    UserUpdate,
    /// A user was deactivated.
    UserDeactivate,
    /// A user was activated.
    UserActivate,
    /// A user's failed sign-ins were forgiven.
    UserUnlock,
    /// A user was renamed.
    UserRename,
    /// A user was deleted.
    UserDelete,
    /// A roster was to be imported; what it changes has entries of its own.
    UserImport,
    /// Users were written out, to a file or to stdout.
    UserExport,
    /// Somebody signed in, or tried to.
    SignIn,
    /// Somebody ended sessions of theirs.
    SignOut,
    /// A user got a photo, or another one.
    PhotoSet,
    /// A user's photo was taken away.
    PhotoRemove,
    /// A user was assigned to projects.
    ProjectAssign,
    /// A user was taken out of projects.
    ProjectUnassign,
    /// The weight of an assignment was set.
    WeightSet,
    /// Somebody changed their own password.
    PasswordChange,
    /// Somebody's password was set by another.
    PasswordReset,
    /// Somebody's password was marked to be changed.
    PasswordExpire,
    /// A project was created.
    ProjectCreate,
    /// A project's details was changed.
    ProjectUpdate,
    /// A project was renamed.
    ProjectRename,
    /// A project was deactivated.
    ProjectDeactivate,
    /// A project was activated.
    ProjectActivate,
    /// A project was deleted.
    ProjectDelete,
    /// A team was created.
    TeamCreate,
    /// A team was renamed.
    TeamRename,
    /// A team was deleted.
    TeamDelete,
    /// A skill was created.
    SkillCreate,
    /// A skill was renamed.
    SkillRename,
    /// A skill was deleted.
    SkillDelete,
    /// The store was copied, with the hashes of all passwords.
    StoreBackup,
    /// A backup took the place of what the store held.
    StoreRestore,
    /// The store was marked as one that has moved away, or the mark was taken away.
    StoreRetire,
    /// A process that held a lock of the store was ended.
    StoreUnlock,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 35] = [
        Self::UserCreate,
        Self::UserUpdate,
        Self::UserDeactivate,
        Self::UserActivate,
        Self::UserUnlock,
        Self::UserRename,
        Self::UserDelete,
        Self::UserImport,
        Self::UserExport,
        Self::SignIn,
        Self::SignOut,
        Self::PhotoSet,
        Self::PhotoRemove,
        Self::ProjectAssign,
        Self::ProjectUnassign,
        Self::WeightSet,
        Self::PasswordChange,
        Self::PasswordReset,
        Self::PasswordExpire,
        Self::ProjectCreate,
        Self::ProjectUpdate,
        Self::ProjectRename,
        Self::ProjectDeactivate,
        Self::ProjectActivate,
        Self::ProjectDelete,
        Self::TeamCreate,
        Self::TeamRename,
        Self::TeamDelete,
        Self::SkillCreate,
        Self::SkillRename,
        Self::SkillDelete,
        Self::StoreBackup,
        Self::StoreRestore,
        Self::StoreRetire,
        Self::StoreUnlock,
    ];

    /// Its name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreate => "user.create",
            Self::UserUpdate => "user.update",
            Self::UserDeactivate => "user.deactivate",
            Self::UserActivate => "user.activate",
            Self::UserUnlock => "user.unlock",
            Self::UserRename => "user.rename",
            Self::UserDelete => "user.delete",
            Self::UserImport => "user.import",
            Self::UserExport => "user.export",
            Self::SignIn => "sign-in",
            Self::SignOut => "sign-out",
            Self::PhotoSet => "photo.set",
            Self::PhotoRemove => "photo.remove",
            Self::ProjectAssign => "project.assign",
            Self::ProjectUnassign => "project.unassign",
            Self::WeightSet => "weight.set",
            Self::PasswordChange => "password.change",
            Self::PasswordReset => "password.reset",
            Self::PasswordExpire => "password.expire",
            Self::ProjectCreate => "project.create",
            Self::ProjectUpdate => "project.update",
            Self::ProjectRename => "project.rename",
            Self::ProjectDeactivate => "project.deactivate",
            Self::ProjectActivate => "project.activate",
            Self::ProjectDelete => "project.delete",
            Self::TeamCreate => "team.create",
            Self::TeamRename => "team.rename",
            Self::TeamDelete => "team.delete",
            Self::SkillCreate => "skill.create",
            Self::SkillRename => "skill.rename",
            Self::SkillDelete => "skill.delete",
            Self::StoreBackup => "store.backup",
            Self::StoreRestore => "store.restore",
            Self::StoreRetire => "store.retire",
            Self::StoreUnlock => "store.unlock",
        }
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// It was tried without the right to it.
    Denied,
    /// It was tried and failed.
    Failed,
}

impl AuditOutcome {
    /// Its name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// An entry to be written; its number and its hash are given by the store.
///
/// `before` and `after` hold what changed, never a password, a hash, a code or a token.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: a username, or `os:LOGIN`.
    pub actor: String,
    /// The id behind a username.
    pub actor_id: Option<i64>,
    /// The operating system's account that ran the program.
    pub os_uid: u32,
    /// What.
    pub action: AuditAction,
    /// To whom or what.
    pub subject: Option<String>,
    /// The id behind the subject's name.
    pub subject_id: Option<i64>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
}

/// An entry as it stands in the log. Actions and outcomes are words here: the log outlives the
/// program that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number; they are contiguous.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// The id behind a username.
    pub actor_id: Option<i64>,
    /// The operating system's account that ran the program.
    pub os_uid: i64,
    /// What.
    pub action: String,
    /// To whom or what.
    pub subject: Option<String>,
    /// The id behind the subject's name.
    pub subject_id: Option<i64>,
    /// How it ended.
    pub outcome: String,
    /// What was there: JSON.
    pub before: Option<String>,
    /// What was there then: JSON.
    pub after: Option<String>,
    /// SHA-256 over the entry and the hash of the one before it.
    pub hash: [u8; 32],
}

/// Which entries are shown, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only the one with this number.
    pub seq: Option<i64>,
    /// Only those about users with one of these ids.
    pub subjects: Option<Vec<i64>>,
    /// Only those by this actor.
    pub actor: Option<String>,
    /// Only those of this action.
    pub action: Option<String>,
    /// Only those at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those before this moment.
    pub until: Option<Timestamp>,
}
