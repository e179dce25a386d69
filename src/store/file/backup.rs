//! Copies of the store: taken while others write, checked, and put in their place whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::temp_file::TempFile;
use crate::store::{ChainHead, Store, StoreError};

/// No other process knows a copy that is being made.
const NO_WAIT: Duration = Duration::ZERO;

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct BackupReport {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many users it holds.
    pub users: i64,
    /// The newest entry of its audit log.
    pub head: ChainHead,
}

impl Store {
    /// Refuses a place where something is.
    ///
    /// # Errors
    ///
    /// [`StoreError::AlreadyExists`].
    pub(crate) fn check_is_free(place: &Path) -> Result<(), StoreError> {
        match fs::symlink_metadata(place) {
            Ok(_) => Err(StoreError::AlreadyExists { path: place.to_owned() }),
            Err(_) => Ok(()),
        }
    }

    /// Copies the store as it is at one moment into the new file `place` (mode 0600), once the copy
    /// was found to be whole. Others go on writing meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::AlreadyExists`], where something is at `place`; [`StoreError::Damaged`], where
    /// the store, and so the copy, is damaged.
    pub(crate) fn back_up(&self, place: &Path) -> Result<BackupReport, StoreError> {
        Self::check_is_free(place)?;
        let temp_file = TempFile::create_beside(place)?;
        self.engine.copy_to(temp_file.path())?;
        let copy = Self::open(temp_file.path(), NO_WAIT)?;
        copy.verify().map_err(|error| error.about_file(self.path()))?;
        let users = copy.info()?.users;
        let head = copy.read()?.audit_head()?;
        drop(copy);
        let bytes = fs::metadata(temp_file.path()).map_or(0, |metadata| metadata.len());
        temp_file.persist(place)?;
        Ok(BackupReport { path: place.to_owned(), bytes, users, head })
    }

    /// Copies the store as it is, damage and all, into the new file `place`, which belongs to the
    /// store's owner.
    pub(in crate::store) fn copy_next_to_store(&self, place: &Path) -> Result<PathBuf, StoreError> {
        let made = TempFile::create_beside(place);
        let temp_file = made.map_err(|error| error.or_read_only_store(self.path()))?;
        self.engine.copy_to(temp_file.path())?;
        if let Ok(metadata) = fs::symlink_metadata(self.path()) {
            temp_file.chown_like(&metadata);
        }
        temp_file.persist(place)?;
        Ok(place.to_owned())
    }

    /// Looks through all of it: what the engine finds, rows that refer to nothing, and the chain of
    /// the audit log.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] with the first thing that is wrong.
    pub(in crate::store) fn verify(&self) -> Result<(), StoreError> {
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
