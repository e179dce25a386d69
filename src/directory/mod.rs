//! The rules: who may do what, what a valid change is, passwords. One method a use case, each in
//! the file of its noun.
//!
//! A change travels the same way everywhere: what takes time (hashing) is done first; then one
//! short write transaction reads what is there, decides, writes, appends the audit entry and
//! commits. The nearest names for "did you mean" are looked for after the rollback.

mod actor;
mod assignments;
mod audit;
mod backup;
mod change;
mod check;
mod complete_names;
mod error;
mod export_workbook;
#[cfg(test)]
mod fixture;
mod import;
mod labels;
mod lookup;
mod passwords;
mod permissions;
mod photos;
mod projects;
mod retire;
mod shared_phones;
mod sign_in;
#[cfg(test)]
mod tests;
mod users;
mod weights;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::model::{Clock, Entropy, Secret};
use crate::store::{Store, StoreInfo};

pub use crate::model::{EntityKind, HashParams, LabelKind, Policy, SignInPolicy};
pub use crate::store::{
    BackupContents, BackupReport, ChainHead, ChainReport, CompletionKind, LockHolder, LockedCaller,
    PinnedLog, RegainedAccess, SharedPhone, hex, sqlite_version,
};

pub use actor::{Actor, Caller};
pub use assignments::AssignmentChange;
pub use backup::{RestoreComparison, restore_damaged, restore_new};
pub use check::{CheckFinding, FindingKind};
pub use error::Error;
pub use import::{
    DeactivateMissing, DeactivationLimit, FileForm, ImportDefaults, ImportFormat, ImportMapping,
    ImportObserver, ImportOptions, ImportPasswords, ImportPhase, ImportRemedy, ImportSummary,
    ImportWarning, ManualRemedy, OnConflict, PlannedAction, PlannedChange, RawRow, RowError,
    RowOutcome, TextEncoding,
};
pub use labels::Label;
pub use passwords::hash::{HashError, StoredHash, Verdict};
pub use passwords::hash_memory::HashMemory;
pub use passwords::password::Password;
pub use passwords::policy::{PasswordContext, PasswordError, PasswordPolicy};
pub use passwords::{
    Expiry, NewPassword, PasswordChange, PasswordIssue, PasswordSet, PasswordSource,
};
pub use permissions::{PERMISSIONS, Scope, Task, scope};
pub use photos::PhotoChange;
pub use projects::{
    ProjectAgent, ProjectDeletion, ProjectStateChange, ProjectSummary, ProjectUpdate, StateChange,
};
pub use retire::{end_holder, long_holders};
pub use sign_in::Verified;
pub use sign_in::codes::NewCode;
pub use users::impact::{Impact, ProjectImpact, ShareChange};
pub use users::{
    CreatedUser, UserChange, UserDeletion, UserRecord, UserRename, UserStateChange, UserTemplate,
    UserUpdate,
};
pub use weights::{
    AgentChance, CoverageGap, CoverageProblem, Estimate, Penalties, ProjectChance, ProjectChances,
    SIMULATION_SEED, SimulatedProject, Simulation, SolvedWeights, SwitchMember, SwitchPlan,
    SwitchQueue, TargetShare, Traffic, UserChances, grade, grade_error, tier_level,
};

/// The users, projects, teams and skills of one store, and the rules for changing them.
pub struct Directory {
    store: Store,
    clock: Rc<dyn Clock>,
    entropy: RefCell<Box<dyn Entropy>>,
    policy: Policy,
    caller: Caller,
    acting: Actor,
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
        let acting = Actor::identify(&store, &caller, &policy, token, clock.now())?;
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
    pub fn acting(&self) -> &Actor {
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
    pub fn info(&self) -> Result<StoreInfo, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.info()?)
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
