//! Copies of the store: taken while others write, looked through, and put in their place whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::draft::Draft;
use super::{Head, Store, StoreError};
use crate::model::Entropy;

/// Nobody else knows a copy that is being made.
const ALONE: Duration = Duration::ZERO;

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many users it holds.
    pub users: i64,
    /// The newest entry of its audit log.
    pub head: Head,
}

impl Store {
    /// Copies the store as it is at one moment into the new file `place` (mode 0600), once the copy
    /// was found to be whole. Others go on writing meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`], where something is at `place`; [`StoreError::Damaged`], where the
    /// store, and so the copy, is damaged.
    pub(crate) fn back_up(
        &self,
        place: &Path,
        entropy: &mut dyn Entropy,
    ) -> Result<Backup, StoreError> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(StoreError::Exists { path: place.to_owned() });
        }
        let draft = Draft::beside(place, entropy)?;
        self.engine.copy_to(draft.path())?;
        let copy = Self::open(draft.path(), ALONE)?;
        copy.verify().map_err(|error| error.said_of(self.path()))?;
        let users = copy.facts()?.users;
        let head = copy.read()?.audit_head()?;
        drop(copy);
        let bytes = fs::metadata(draft.path()).map_or(0, |metadata| metadata.len());
        draft.publish(place)?;
        Ok(Backup { path: place.to_owned(), bytes, users, head })
    }

    /// Copies the store as it is, damage and all, into the new file `place`, which belongs to the
    /// store's owner.
    pub(super) fn copy_beside(
        &self,
        place: &Path,
        entropy: &mut dyn Entropy,
    ) -> Result<PathBuf, StoreError> {
        let made = Draft::beside(place, entropy);
        let draft = made.map_err(|error| error.beside(self.path()))?;
        self.engine.copy_to(draft.path())?;
        if let Ok(metadata) = fs::symlink_metadata(self.path()) {
            draft.belong_as(&metadata);
        }
        draft.publish(place)?;
        Ok(place.to_owned())
    }

    /// Looks through all of it: what the engine finds, rows that refer to nothing, and the chain of
    /// the audit log.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] with the first thing that is wrong.
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        let damaged = |reason: String| StoreError::Damaged { path: self.path().to_owned(), reason };
        let mut first = None;
        self.check_content(|damage| {
            first.get_or_insert(damage);
        })?;
        if let Some(damage) = first {
            return Err(damaged(damage));
        }
        match self.read()?.verify_chain(None)?.broken {
            Some((seq, why)) => Err(damaged(format!("entry {seq} of its audit log: {why}"))),
            None => Ok(()),
        }
    }
}
