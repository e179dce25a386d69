//! Opening a database the safe way, and making an empty one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, FileControl, OpenFlags};

use super::busy::busy_handler;
use super::error::store_error;
use super::{Engine, canonical_path};
use crate::fs::with_suffix;
use crate::store::StoreError;
use crate::store::file::database_file::DatabaseFile;
use crate::store::file::replace_in_place;

/// "CCAD": the mark of our files in SQLite's header.
pub(super) const APPLICATION_ID: i64 = 0x4343_4144;

/// The longest value of any kind, in bytes: a photo with room to spare.
pub(super) const MAX_VALUE_BYTES: i32 = 8 * 1024 * 1024;

/// Prepared statements that are kept; a command uses far fewer different ones.
const MAX_CACHED_STATEMENTS: usize = 64;

impl Engine {
    /// Opens the database at `path`, which has to exist. Its folder may be reached through
    /// symbolic links, the file itself may be none.
    pub(crate) fn open(path: &Path, busy_timeout: Duration) -> Result<Self, StoreError> {
        let path = canonical_path(path)?;
        let denied = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound { path: path.clone() },
            _ => StoreError::Denied { path: path.clone(), reason: error.to_string() },
        };
        let files = DatabaseFile::hold(&path).map_err(denied)?;
        let metadata = files.metadata().map_err(denied)?;
        let foreign = |reason: &str| {
            Err(StoreError::NotAStore { path: path.clone(), reason: reason.to_owned() })
        };
        if metadata.is_symlink() {
            return foreign("it is a symbolic link");
        }
        if !metadata.is_file() {
            return foreign("it is not a file");
        }
        // A store always has its side files; a file without them that is no database never was one.
        let was_ours = fs::symlink_metadata(with_suffix(&path, "-wal")).is_ok();
        let damaged = |path: &Path, reason: &str| {
            Err(StoreError::Damaged { path: path.to_owned(), reason: reason.to_owned() })
        };
        if metadata.len() == 0 {
            let empty = "it is empty";
            return if was_ours { damaged(&path, empty) } else { foreign(empty) };
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // The first read: from here on the side files are open too.
        let opened =
            Self::connect(path.clone(), Some(files), flags, busy_timeout).and_then(|engine| {
                let application = engine.pragma("PRAGMA application_id")?;
                Ok((engine, application))
            });
        let (mut engine, application) = match opened {
            Err(StoreError::NotAStore { .. }) if replace_in_place::is_unfinished(&path) => {
                return damaged(&path, "a restore of it was cut short");
            }
            Err(StoreError::NotAStore { reason, .. }) if was_ours => {
                return damaged(&path, &reason);
            }
            opened => opened?,
        };
        let foreign = |reason: &str| {
            Err(StoreError::NotAStore { path: engine.path.clone(), reason: reason.to_owned() })
        };
        if application != APPLICATION_ID {
            return foreign("it was made by another program");
        }
        if engine.was_replaced()? {
            return foreign("it was replaced while it was opened");
        }
        if let Some(files) = &mut engine.files {
            files.remember_shm_inode(&engine.path);
        }
        Ok(engine)
    }

    /// Opens the database at `path` read-only, as [`Engine::open`] does: nothing is written, no
    /// lock is waited for, and its folder is left as it was found.
    pub(crate) fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let path = canonical_path(path)?;
        let had_log = fs::symlink_metadata(with_suffix(&path, "-wal")).is_ok();
        let mut engine = Self::open(&path, Duration::ZERO)?;
        engine.is_read_only = true;
        engine.leave_files_as_found(had_log).map_err(|error| engine.error(&error))?;
        Ok(engine)
    }

    /// A log that is there is not brought in when this is closed; one that was not there goes
    /// again.
    fn leave_files_as_found(&self, had_log: bool) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.pragma_update(None, "query_only", true)?;
        if had_log {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        } else {
            connection.file_control(None::<&str>, FileControl::PersistWal(&mut 0))?;
        }
        Ok(())
    }

    /// Whether the file that is held is another one than the file that is open.
    fn was_replaced(&self) -> Result<bool, StoreError> {
        let mut moved = 0;
        self.connection
            .file_control(None::<&str>, FileControl::HasMoved(&mut moved))
            .map_err(|error| self.error(&error))?;
        Ok(moved != 0 || self.files.as_ref().is_some_and(|files| !files.is_same_file(&self.path)))
    }

    /// Makes an empty database in the file `path`, which has to exist and to be empty: the
    /// caller decides about its mode.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let mut engine = Self::connect_to_empty(path)?;
        engine.initialize()?;
        Ok(engine)
    }

    pub(super) fn connect_to_empty(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::connect(canonical_path(path)?, None, flags, Duration::from_secs(1))
    }

    /// An empty database in memory, for tests of the rules.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut engine = Self::connect(PathBuf::from(":memory:"), None, flags, Duration::ZERO)?;
        engine.initialize()?;
        Ok(engine)
    }

    fn initialize(&mut self) -> Result<(), StoreError> {
        self.use_wal()?;
        self.connection
            .pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(|error| self.error(&error))
    }

    /// Switches to write-ahead logging, so that others can read while one writes.
    pub(crate) fn use_wal(&self) -> Result<(), StoreError> {
        self.batch("PRAGMA journal_mode = WAL")
    }

    fn connect(
        path: PathBuf,
        files: Option<DatabaseFile>,
        flags: OpenFlags,
        busy_timeout: Duration,
    ) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(&path, flags)
            .map_err(|error| store_error(&error, &path, files.as_ref()))?;
        let mut engine = Self {
            connection,
            path,
            busy_timeout,
            files,
            is_read_only: false,
            empties_log: false,
            rehearsal: std::cell::Cell::default(),
            #[cfg(test)]
            prepared: std::cell::RefCell::default(),
        };
        engine.harden(busy_timeout).map_err(|error| engine.error(&error))?;
        Ok(engine)
    }

    /// What SQLite's own page on hostile databases advises, and durability.
    ///
    /// `synchronous = FULL`: in WAL mode anything less may lose a commit at a power loss. The side
    /// files are kept and emptied (`journal_size_limit`), so that nothing but the first opening
    /// creates or unlinks files in the folder. `recursive_triggers`: without it a `REPLACE` would
    /// get past the triggers that guard the audit log.
    fn harden(&mut self, busy_timeout: Duration) -> rusqlite::Result<()> {
        let connection = &mut self.connection;
        connection.busy_handler(Some(busy_handler(busy_timeout)))?;
        connection.set_prepared_statement_cache_capacity(MAX_CACHED_STATEMENTS);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
        if self.path != Path::new(":memory:") {
            let mut persist = 1;
            connection.file_control(None::<&str>, FileControl::PersistWal(&mut persist))?;
        }
        connection.execute_batch(
            "PRAGMA cell_size_check = ON;
             PRAGMA mmap_size = 0;
             PRAGMA temp_store = MEMORY;
             PRAGMA recursive_triggers = ON;
             PRAGMA journal_size_limit = 0;
             PRAGMA synchronous = FULL;",
        )
    }
}
