//! Copying the pages of one database into another one.

use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};

use super::Engine;
use super::error::store_error;
use crate::store::StoreError;
use crate::store::file::database_file::DatabaseFile;
use crate::store::file::lock_holder::{self, LockedFile};

impl Engine {
    /// Copies one state of the database into the file `path`, which has to exist and to be empty:
    /// the one that a transaction shows which is open here, else the newest. Others go on writing.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let mut copy = Self::connect_to_empty(path)?;
        let moving = copy.begin_replacement(self)?;
        moving.finish()
    }

    /// Begins to put the content of `source` in the place of this database's: from here on nobody
    /// else writes to it. What is not finished is rolled back.
    pub(crate) fn begin_replacement<'s>(
        &'s mut self,
        source: &'s Self,
    ) -> Result<Replacement<'s>, StoreError> {
        let path = self.path.clone();
        let shm_inode = self.files.as_ref().and_then(DatabaseFile::shm_inode);
        let begun = Backup::new(&source.connection, &mut self.connection);
        let backup = begun.map_err(|error| store_error(&error, &path, None))?;
        let replacement = Replacement { backup, path, shm_inode };
        // No page yet, but the lock.
        replacement.step(0)?;
        Ok(replacement)
    }
}

/// The content of one database on its way into another one.
pub(crate) struct Replacement<'s> {
    backup: Backup<'s, 's>,
    path: PathBuf,
    shm_inode: Option<LockedFile>,
}

impl Replacement<'_> {
    /// Copies everything and commits; when this returns, it is on the disk.
    pub(crate) fn finish(self) -> Result<(), StoreError> {
        match self.step(-1)? {
            StepResult::Done => Ok(()),
            other => Err(StoreError::Engine(format!("the copy ended with {other:?}"))),
        }
    }

    fn step(&self, pages: i32) -> Result<StepResult, StoreError> {
        match self.backup.step(pages) {
            Ok(StepResult::Busy | StepResult::Locked) => Err(StoreError::Busy {
                holder: self.shm_inode.and_then(lock_holder::find_lock_holder),
            }),
            Ok(other) => Ok(other),
            Err(error) => Err(store_error(&error, &self.path, None)),
        }
    }
}
