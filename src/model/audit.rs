//! The audit log's entries: who did what to whom, with what came before and after.

use std::fmt;

use serde_json::Value;

use super::Timestamp;

/// Every action with its name in the log, each declared once.
macro_rules! audit_actions {
    ($($(#[$doc:meta])* $action:ident $name:literal,)*) => {
        /// What was done: `NOUN.VERB`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AuditAction {
            $($(#[$doc])* $action,)*
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$action),*];

            /// Its name in the log.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)*
                }
            }
        }
    };
}

audit_actions! {
    /// A user was created.
    UserCreate "user.create",
    /// A user's details were changed.
    UserUpdate "user.update",
    /// A user was deactivated.
    UserDeactivate "user.deactivate",
    /// A user was activated.
    UserActivate "user.activate",
    /// A user's failed sign-ins were forgiven.
    UserUnlock "user.unlock",
    /// A user was renamed.
    UserRename "user.rename",
    /// A user was deleted.
    UserDelete "user.delete",
    /// A roster was to be imported; what it changes has entries of its own.
    UserImport "user.import",
    /// Users were written out, to a file or to stdout.
    UserExport "user.export",
    /// Somebody signed in, or tried to.
    SignIn "sign-in",
    /// Somebody ended sessions of theirs.
    SignOut "sign-out",
    /// A user got a photo, or another one.
    PhotoSet "photo.set",
    /// A user's photo was taken away.
    PhotoRemove "photo.remove",
    /// A user was assigned to projects.
    ProjectAssign "project.assign",
    /// A user was taken out of projects.
    ProjectUnassign "project.unassign",
    /// The weight of an assignment was set.
    WeightSet "weight.set",
    /// Somebody changed their own password.
    PasswordChange "password.change",
    /// Somebody's password was set by another.
    PasswordReset "password.reset",
    /// Somebody's password was marked to be changed.
    PasswordExpire "password.expire",
    /// A project was created.
    ProjectCreate "project.create",
    /// A project's details were changed.
    ProjectUpdate "project.update",
    /// A project was renamed.
    ProjectRename "project.rename",
    /// A project was deactivated.
    ProjectDeactivate "project.deactivate",
    /// A project was activated.
    ProjectActivate "project.activate",
    /// A project was deleted.
    ProjectDelete "project.delete",
    /// A team was created.
    TeamCreate "team.create",
    /// A team was renamed.
    TeamRename "team.rename",
    /// A team was deleted.
    TeamDelete "team.delete",
    /// A skill was created.
    SkillCreate "skill.create",
    /// A skill was renamed.
    SkillRename "skill.rename",
    /// A skill was deleted.
    SkillDelete "skill.delete",
    /// The store was copied, with the hashes of all passwords.
    StoreBackup "store.backup",
    /// A backup took the place of what the store held.
    StoreRestore "store.restore",
    /// The store was marked as one that has moved away, or the mark was taken away.
    StoreRetire "store.retire",
    /// A process that held a lock of the store was ended.
    StoreUnlock "store.unlock",
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

/// Which entries are shown, newest first where nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only those with a higher number.
    pub after_seq: Option<i64>,
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
    /// Whether the oldest comes first, instead of the newest.
    pub oldest_first: bool,
}
