//! The rules: who may do what, what a valid change is, passwords. One method a use case, each in
//! the file of its noun.
//!
//! A change travels the same way everywhere: what takes time (hashing) is done first; then one
//! short write transaction reads what is there, decides, writes, appends the audit entry and
//! commits. The nearest names for "did you mean" are looked for after the rollback.

mod access;
mod assignments;
mod audit;
mod error;
mod hash_memory;
mod labels;
mod password;
mod password_hash;
mod password_policy;
mod passwords;
mod projects;
mod users;

use std::rc::Rc;

use crate::model::{Clock, Duration, Entropy, Field, ProjectName, WeightRange};
use crate::store::{Facts, Store};

pub use access::{Acting, Caller};
pub use assignments::AssignmentChange;
pub use error::{Error, Noun};
pub use hash_memory::HashMemory;
pub use labels::{Label, LabelKind};
pub use password::Password;
pub use password_hash::{HashError, HashParams, StoredHash, Verdict};
pub use password_policy::{Context, PasswordError, PasswordPolicy};
pub use passwords::{Expiry, NewPassword, PasswordSet, PasswordSource, Verified};
pub use projects::{ProjectAgent, ProjectSheet, ProjectUpdate, StateChange};
pub use users::{Created, UserChange, UserStateChange, UserUpdate};

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
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            required: Vec::new(),
            password_min_length: 15,
            temporary_ttl: Duration::from_days(7),
            hash: HashParams::default(),
            weights: WeightRange::default(),
        }
    }
}

/// The users, projects, teams and skills of one store, and the rules for changing them.
pub struct Directory {
    store: Store,
    clock: Rc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    policy: Policy,
    caller: Caller,
    acting: Acting,
    memory: HashMemory,
}

impl Directory {
    /// The directory in `store`, used by `caller`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where the owner of the store's file cannot be found out.
    pub fn new(
        store: Store,
        clock: Rc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        policy: Policy,
        caller: Caller,
    ) -> Result<Self, Error> {
        let acting = Acting::of(&store, &caller)?;
        Ok(Self { store, clock, entropy, policy, caller, acting, memory: HashMemory::new() })
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
        self.authorize()?;
        Ok(self.store.facts()?)
    }

    /// What is damaged in the store, each in words, for `store check`.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], or [`Error::Store`] where it cannot be read.
    pub fn check_content(&self, each: impl FnMut(String)) -> Result<(), Error> {
        self.authorize()?;
        Ok(self.store.check_content(each)?)
    }

    fn fill_random<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes).map_err(Error::Entropy)?;
        Ok(bytes)
    }
}

/// Projects that a change left without an active agent, sorted by name.
pub type Unattended = Vec<ProjectName>;
