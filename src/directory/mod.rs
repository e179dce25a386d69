//! The rules: who may do what, what a valid change is, passwords. One method a use case, each in
//! the file of its noun.
//!
//! A change travels the same way everywhere: what takes time (hashing) is done first; then one
//! short write transaction reads what is there, decides, writes, appends the audit entry and
//! commits. The nearest names for "did you mean" are looked for after the rollback.

mod access;
mod assignments;
mod audit;
mod check;
mod codes;
mod error;
#[cfg(test)]
mod fixture;
mod hash_memory;
mod impact;
mod keeping;
mod labels;
mod names;
mod password;
mod password_hash;
mod password_policy;
mod passwords;
mod phones;
mod photos;
mod projects;
mod retire;
mod roster;
mod sign_in;
#[cfg(test)]
mod tests;
mod users;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::model::{Clock, Duration, Entropy, Field, Role, RoleSet, Secret, WeightRange};
use crate::store::{Facts, Store};

pub use crate::store::{
    Backup, ChainReport, Head, Holder, Incoming, PinnedLog, Regained, SharedPhone, hex,
    sqlite_version,
};

pub use access::{Acting, Caller, PERMISSIONS, Reach, Task, reach};
pub use assignments::AssignmentChange;
pub use check::{Flaw, FlawKind};
pub use codes::NewCode;
pub use error::{Error, Noun};
pub use hash_memory::HashMemory;
pub use impact::{Impact, ProjectImpact, ShareChange};
pub use keeping::{Compared, restore_damaged, restore_new};
pub use labels::{Label, LabelKind};
pub use names::Choice;
pub use password::Password;
pub use password_hash::{HashError, HashParams, StoredHash, Verdict};
pub use password_policy::{Context, PasswordError, PasswordPolicy};
pub use passwords::{Expiry, Issue, NewPassword, PasswordChange, PasswordSet, PasswordSource};
pub use photos::PhotoChange;
pub use projects::{
    ProjectAgent, ProjectDeletion, ProjectSheet, ProjectStateChange, ProjectUpdate, StateChange,
};
pub use retire::{end_holder, long_holders};
pub use roster::{
    DeactivateMissing, Defaults, Dialect, ImportOptions, ImportRemark, ImportSummary, ImportWatch,
    MostDeactivated, OnConflict, Passwords, Phase, PlanItem, PlannedAction, RawRow, RosterField,
    RosterFormat, RowAnswer, RowFlaw,
};
pub use sign_in::{SignInPolicy, Verified};
pub use users::{
    Created, Likeness, UserChange, UserDeletion, UserRecord, UserRename, UserStateChange,
    UserUpdate,
};

/// What a site has decided; it belongs to the store.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Fields that every user has to have.
    pub required: Vec<Field>,
    /// The least number of characters of a password.
    pub password_min_length: usize,
    /// How long a temporary password works where nothing else is said.
    pub temporary_ttl: Duration,
    /// The cost of hashing a person's password.
    pub hash: HashParams,
    /// The weights that are allowed.
    pub weights: WeightRange,
    /// Which of admin and supervisor may create users.
    pub create_users: RoleSet,
    /// Whether the owner of the store's file goes on acting as admin once an admin can sign in.
    pub owner_is_admin: bool,
    /// Whether signing in takes a code sent to the user's phone.
    pub two_factor: bool,
    /// How long such a code works.
    pub code_ttl: Duration,
    /// Signing in.
    pub sign_in: SignInPolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            required: Vec::new(),
            password_min_length: 15,
            temporary_ttl: Duration::from_days(7),
            hash: HashParams::default(),
            weights: WeightRange::default(),
            create_users: RoleSet::empty().with(Role::Admin).with(Role::Supervisor),
            owner_is_admin: true,
            two_factor: false,
            code_ttl: Duration::from_seconds(5 * 60),
            sign_in: SignInPolicy::default(),
        }
    }
}

/// The users, projects, teams and skills of one store, and the rules for changing them.
pub struct Directory {
    store: Store,
    clock: Rc<dyn Clock>,
    entropy: RefCell<Box<dyn Entropy>>,
    policy: Policy,
    caller: Caller,
    acting: Acting,
    memory: HashMemory,
    touched: Cell<bool>,
}

impl Directory {
    /// The directory in `store`, used by `caller`, who may have the `token` of a session.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be found out who is acting.
    pub fn new(
        store: Store,
        clock: Rc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        policy: Policy,
        caller: Caller,
        token: Option<&Secret>,
    ) -> Result<Self, Error> {
        let acting = Acting::of(&store, &caller, &policy, token, clock.now())?;
        let touched = Cell::new(false);
        let memory = HashMemory::new();
        let entropy = RefCell::new(entropy);
        Ok(Self { store, clock, entropy, policy, caller, acting, memory, touched })
    }

    /// What the site has decided.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Who is acting.
    #[must_use]
    pub fn acting(&self) -> &Acting {
        &self.acting
    }

    /// The store's own number, by which sessions know it.
    #[must_use]
    pub fn store_id(&self) -> &str {
        self.store.id()
    }

    /// The present moment, by the directory's clock.
    #[must_use]
    pub fn now(&self) -> crate::model::Timestamp {
        self.clock.now()
    }

    /// What `store info` shows.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], or [`Error::Store`] where it cannot be read.
    pub fn facts(&self) -> Result<Facts, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.facts()?)
    }

    /// What keeps the log beside the store from being emptied for as long as `time`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where it cannot be tried.
    pub fn pinned_log(&self, time: std::time::Duration) -> Result<Option<PinnedLog>, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.pinned_log(time)?)
    }

    /// Whether the store that is open is still the one at its path.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it is not.
    pub fn is_in_place(&self) -> Result<(), Error> {
        Ok(self.store.is_in_place()?)
    }

    fn fill_random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.entropy.borrow_mut().fill(&mut bytes).map_err(Error::Entropy)?;
        Ok(bytes)
    }
}

/// A session that was only used to look is noted as used, at most once a minute, and never by
/// waiting for somebody else.
impl Drop for Directory {
    fn drop(&mut self) {
        if !self.touched.get() {
            let _ = self.touch_session_if_free();
        }
    }
}
