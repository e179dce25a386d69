//! SQLite: an open database, its files, its pragmas. Nothing outside this folder names rusqlite.

mod backup;
mod busy;
mod error;
mod open;
pub(crate) mod queue_tables;
mod statement;
#[cfg(test)]
mod tests;
mod transaction;
mod value;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::fs::{folder_of, with_suffix};
use crate::store::error::{LockHolder, StoreError};
use crate::store::file::database_file::{self, DatabaseFile, FileOwner};
use crate::store::file::lock_holder::Hold;
use error::store_error;

pub(crate) use statement::Statement;
pub(crate) use value::{SqlRow, SqlValue};

/// An open database.
pub(crate) struct Engine {
    connection: Connection,
    path: PathBuf,
    busy_timeout: Duration,
    /// `None` in memory.
    files: Option<DatabaseFile>,
    /// Whether nothing may be written, not even where no lock is waited for.
    is_read_only: bool,
    /// Whether what was written is brought in from the log before the connection ends.
    empties_log: bool,
    /// Whether changes are only tried.
    rehearsal: std::cell::Cell<Rehearsal>,
    /// Every statement so far, for tests that look at how SQLite goes about them.
    #[cfg(test)]
    prepared: std::cell::RefCell<Vec<String>>,
}

/// Whether what is written is only tried, and how far that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Rehearsal {
    /// It is meant.
    #[default]
    Off,
    /// It is tried, and nothing was written yet.
    Ready,
    /// The transaction around all changes is open; between two changes.
    Open,
    /// A change is being made in it.
    Changing,
}

impl Engine {
    /// Has what this connection writes brought in from the log before it ends. SQLite does so by
    /// itself only for the last connection, and only where it may look at the file's path.
    pub(crate) fn empty_log_at_end(&mut self) {
        self.empties_log = true;
    }

    /// Brings everything in from the log and empties it, without waiting; `false` where another
    /// process that reads or writes prevents that.
    pub(crate) fn empty_log(&self) -> Result<bool, StoreError> {
        let connection = &self.connection;
        connection.busy_timeout(Duration::ZERO).map_err(|error| self.error(&error))?;
        let busy = self.pragma("PRAGMA wal_checkpoint(TRUNCATE)");
        let waits = connection.busy_timeout(self.busy_timeout);
        waits.map_err(|error| self.error(&error))?;
        Ok(busy? == 0)
    }

    /// How many bytes are in the log.
    pub(crate) fn log_bytes(&self) -> u64 {
        fs::metadata(with_suffix(&self.path, "-wal")).map_or(0, |log| log.len())
    }

    /// The other processes that read the database in a transaction, as far as the system tells.
    pub(crate) fn readers(&self) -> Vec<LockHolder> {
        let shm_inode = self.files.as_ref().and_then(DatabaseFile::shm_inode);
        let mut readers =
            shm_inode.map(|shm_inode| shm_inode.holders(Hold::Reading)).unwrap_or_default();
        readers.retain(|reader| reader.pid != std::process::id());
        readers
    }

    /// The processes that keep others from the database at `path`.
    pub(crate) fn holders(path: &Path) -> Result<Vec<LockHolder>, StoreError> {
        let shm_inode = database_file::shm_inode(&canonical_path(path)?);
        Ok(shm_inode.map(|shm_inode| shm_inode.holders(Hold::Exclusive)).unwrap_or_default())
    }

    /// Ends `holder`, where it still keeps others from the database at `path`; tells whether it
    /// did.
    pub(crate) fn end_holder(path: &Path, holder: &LockHolder) -> Result<bool, StoreError> {
        let Some(shm_inode) = database_file::shm_inode(&canonical_path(path)?) else {
            return Ok(false);
        };
        shm_inode.end(holder).map_err(|error| StoreError::Io {
            context: format!("process {} cannot be ended", holder.pid),
            source: error.into(),
        })
    }

    /// Whether something else is at the database's path now, or nothing.
    pub(crate) fn is_gone(&self) -> bool {
        self.files.as_ref().is_some_and(|files| files.was_replaced(&self.path))
    }

    /// The mode of the file that is open.
    pub(crate) fn mode(&self) -> Option<u32> {
        let metadata = self.files.as_ref()?.metadata().ok()?;
        Some(std::os::unix::fs::MetadataExt::mode(&metadata) & 0o7777)
    }

    /// Whose the file is that is open.
    pub(crate) fn owner(&self) -> Result<FileOwner, StoreError> {
        let Some(files) = &self.files else { return Ok(FileOwner::Memory) };
        files
            .owner()
            .map_err(|source| StoreError::Io { context: self.path.display().to_string(), source })
    }

    /// Whether `uid` owns the file at `path`, or is root, as far as this user namespace knows.
    pub(crate) fn trusts_file(path: &Path, uid: u32) -> Result<bool, StoreError> {
        let path = canonical_path(path)?;
        let owner = DatabaseFile::hold(&path).and_then(|files| files.owner());
        let owner =
            owner.map_err(|error| StoreError::Denied { reason: error.to_string(), path })?;
        Ok(owner.trusts(uid))
    }

    /// The version of SQLite.
    pub(crate) fn sqlite_version() -> &'static str {
        rusqlite::version()
    }

    /// Where the database at `path` is: its folder made canonical.
    pub(crate) fn canonical_path(path: &Path) -> Result<PathBuf, StoreError> {
        canonical_path(path)
    }

    /// Refuses a database whose side files are missing or have the wrong owner or mode, for a caller
    /// that would make them with its own.
    pub(crate) fn check_side_files(path: &Path) -> Result<(), StoreError> {
        database_file::find_side_file_problem(&canonical_path(path)?, true).map_or(Ok(()), Err)
    }

    /// What SQLite finds wrong in the file, and rows that refer to nothing.
    pub(crate) fn check_content(&self, mut each: impl FnMut(String)) -> Result<(), StoreError> {
        self.each("PRAGMA journal_mode", &[], |row| {
            let mode = row.text(0)?;
            if !["wal", "memory"].contains(&mode) {
                each(format!("it is in the journal mode `{mode}` instead of `wal`"));
            }
            Ok::<_, StoreError>(true)
        })?;
        self.each("PRAGMA integrity_check(100)", &[], |row| {
            let text = row.text(0)?;
            if text != "ok" {
                each(text.to_owned());
            }
            Ok::<_, StoreError>(true)
        })?;
        self.each("PRAGMA foreign_key_check", &[], |row| {
            let (table, parent) = (row.text(0)?, row.text(2)?);
            each(match row.optional_integer(1)? {
                Some(number) => {
                    format!("row {number} of `{table}` refers to no row of `{parent}`")
                }
                None => format!("a row of `{table}` refers to no row of `{parent}`"),
            });
            Ok::<_, StoreError>(true)
        })
    }

    /// Where the database is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The version of its schema.
    pub(crate) fn schema_version(&self) -> Result<i64, StoreError> {
        self.pragma("PRAGMA user_version")
    }

    /// Sets the version of its schema.
    pub(crate) fn set_schema_version(&self, version: i64) -> Result<(), StoreError> {
        self.connection
            .pragma_update(None, "user_version", version)
            .map_err(|error| self.error(&error))
    }

    /// A number that is another one once another connection has committed something.
    pub(crate) fn changes(&self) -> Result<i64, StoreError> {
        self.pragma("PRAGMA data_version")
    }

    fn pragma(&self, sql: &'static str) -> Result<i64, StoreError> {
        self.optional(sql, &[], |row| row.integer(0))?
            .ok_or_else(|| StoreError::Engine(format!("{sql} answers nothing")))
    }

    /// Keeps up to so many KiB of pages in memory.
    pub(crate) fn set_cache_kib(&self, kib: i64) -> Result<(), StoreError> {
        self.connection.pragma_update(None, "cache_size", -kib).map_err(|error| self.error(&error))
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        store_error(error, &self.path, self.files.as_ref())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.empties_log && self.connection.total_changes() > 0 {
            // Where another process prevents it, that one or the next brings the log in.
            let _ = self.empty_log();
        }
    }
}

/// The path with its folder made canonical: SQLite's `NOFOLLOW` refuses a link in any component,
/// and homes are often links; the last component stays as it is and is never followed.
fn canonical_path(path: &Path) -> Result<PathBuf, StoreError> {
    let Some(name) = path.file_name() else {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            reason: "it is a folder".to_owned(),
        });
    };
    match folder_of(path).canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Err(StoreError::NotFound { path: path.to_owned() })
        }
        Err(error) => Err(StoreError::Denied { path: path.to_owned(), reason: error.to_string() }),
    }
}
