//! Making a new store.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::temp_file::{TempFile, io_error};
use crate::fs::folder_of;
use crate::model::{Entropy, Timestamp};
use crate::store::engine::Engine;
use crate::store::{Store, StoreError, random_hex};

impl Store {
    /// Makes a store in the file `path` (mode 0600) and what is missing of its folder (mode 0700).
    ///
    /// It is made beside its place and put there whole, so that nobody ever sees a half-made one
    /// and of several that are made at once exactly one remains.
    ///
    /// # Errors
    ///
    /// [`StoreError::AlreadyExists`], where something already exists; [`StoreError::Io`] and the
    /// like, where it cannot be written.
    pub fn create(
        path: &Path,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::AlreadyExists { path: path.to_owned() });
        }
        make_folder(folder_of(path))?;
        let store_id = random_hex(entropy).map_err(io_error("make a number for", path))?;
        let temp_file = TempFile::create_beside(path)?;
        {
            let engine = Engine::create(temp_file.path())?;
            let store = Self { engine, id: store_id.clone(), rehearsed: None };
            store.migrate()?;
            store.engine.execute(
                "INSERT INTO store (id, store_id, created_at, next_user_id) VALUES (1, ?1, ?2, 1)",
                &[store_id.as_str().into(), now.seconds().into()],
            )?;
        }
        temp_file.persist_store(path)
    }
}

/// Makes what is missing of a folder (mode 0700).
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(io_error("make the folder", folder))
}
