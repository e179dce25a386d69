//! Who is acting and what he may do: the only place that decides.

use std::fmt;

use super::{Directory, Error};
use crate::store::Store;

/// The operating system's account that runs the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its real user id.
    pub uid: u32,
    /// Its login name, or its number where it has none.
    pub login: String,
}

/// Who is acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acting {
    /// The account that owns the store's file, or root: acts as admin.
    Owner {
        /// Its login name.
        login: String,
    },
    /// Nobody that the store knows.
    Nobody,
}

impl Acting {
    /// Who `caller` is to `store`: trust comes from the file that was opened, never from the
    /// environment.
    pub(super) fn of(store: &Store, caller: &Caller) -> Result<Self, Error> {
        if store.trusts(caller.uid)? {
            return Ok(Self::Owner { login: caller.login.clone() });
        }
        Ok(Self::Nobody)
    }
}

impl fmt::Display for Acting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner { login } => write!(formatter, "os:{login}, who owns the store, as admin"),
            Self::Nobody => formatter.write_str("nobody"),
        }
    }
}

impl Directory {
    /// Lets through whoever may administer.
    pub(super) fn authorize(&self) -> Result<(), Error> {
        match self.acting {
            Acting::Owner { .. } => Ok(()),
            Acting::Nobody => Err(Error::SignInRequired),
        }
    }

    /// How the audit log and `set_by` name who is acting.
    pub(super) fn actor_name(&self) -> String {
        match &self.acting {
            Acting::Owner { login } => format!("os:{login}"),
            Acting::Nobody => format!("os:{}", self.caller.login),
        }
    }
}
