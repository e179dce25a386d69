//! SQLite: opening a database the safe way, statements, transactions. Nothing outside names
//! rusqlite.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, FileControl, OpenFlags, ToSql, ffi};

use crate::store::error::{LockHolder, StoreError};
use crate::store::file::database_file::{self, DatabaseFile, FileOwner};
use crate::store::file::lock_holder::{self, Hold, LockedFile};
use crate::store::file::replace_in_place;

/// "CCAD": the mark of our files in SQLite's header.
const APPLICATION_ID: i64 = 0x4343_4144;

/// The longest value of any kind, in bytes: a photo with room to spare.
const MAX_VALUE_BYTES: i32 = 8 * 1024 * 1024;

/// Prepared statements that are kept; a command uses far fewer different ones.
const MAX_CACHED_STATEMENTS: usize = 64;

/// A value bound to a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SqlValue<'a> {
    /// Nothing.
    Null,
    /// A whole number; times and booleans too.
    Integer(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl ToSql for SqlValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<i64> for SqlValue<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for SqlValue<'_> {
    fn from(flag: bool) -> Self {
        Self::Integer(flag.into())
    }
}

impl<'a> From<&'a str> for SqlValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for SqlValue<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a, T: Into<SqlValue<'a>>> From<Option<T>> for SqlValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(SqlValue::Null, Into::into)
    }
}

/// One row of an answer; columns are counted from 0.
pub(crate) struct SqlRow<'r> {
    row: &'r rusqlite::Row<'r>,
    path: &'r Path,
}

impl SqlRow<'_> {
    /// A whole number.
    pub(crate) fn integer(&self, column: usize) -> Result<i64, StoreError> {
        match self.value(column)? {
            ValueRef::Integer(number) => Ok(number),
            _ => Err(self.unexpected(column)),
        }
    }

    /// A whole number or nothing.
    pub(crate) fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            _ => Err(self.unexpected(column)),
        }
    }

    /// Text.
    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.unexpected(column))
    }

    /// Text or nothing.
    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => {
                std::str::from_utf8(bytes).map(Some).map_err(|_| self.unexpected(column))
            }
            _ => Err(self.unexpected(column)),
        }
    }

    /// Bytes.
    pub(crate) fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.value(column)? {
            ValueRef::Blob(bytes) => Ok(bytes),
            _ => Err(self.unexpected(column)),
        }
    }

    /// The error for a value that the schema does not allow: the file was changed by other hands.
    pub(crate) fn unexpected(&self, column: usize) -> StoreError {
        let name = self.row.as_ref().column_name(column).unwrap_or("?").to_owned();
        StoreError::Damaged {
            path: self.path.to_owned(),
            reason: format!("column `{name}` holds a value that cannot be there"),
        }
    }

    fn value(&self, column: usize) -> Result<ValueRef<'_>, StoreError> {
        self.row.get_ref(column).map_err(|error| StoreError::Engine(error.to_string()))
    }
}

/// A prepared statement that is run many times, or whose rows are read one by one.
pub(crate) struct Statement<'c> {
    statement: rusqlite::CachedStatement<'c>,
    engine: &'c Engine,
}

impl Statement<'_> {
    /// Runs a statement that answers nothing; gives the number of rows that it changed.
    pub(crate) fn run(&mut self, values: &[SqlValue<'_>]) -> Result<usize, StoreError> {
        let engine = self.engine;
        self.statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(|error| engine.error(&error))
    }

    /// Runs it with `values` and hands each row to `each` until that says stop.
    pub(crate) fn each<E: From<StoreError>>(
        &mut self,
        values: &[SqlValue<'_>],
        mut each: impl FnMut(&SqlRow<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let engine = self.engine;
        let mut rows = self
            .statement
            .query(rusqlite::params_from_iter(values))
            .map_err(|error| engine.error(&error))?;
        while let Some(row) = rows.next().map_err(|error| engine.error(&error))? {
            if !each(&SqlRow { row, path: &engine.path })? {
                break;
            }
        }
        Ok(())
    }
}

/// An open database.
pub(crate) struct Engine {
    connection: Connection,
    path: PathBuf,
    busy_timeout: Duration,
    /// `None` in memory.
    files: Option<DatabaseFile>,
    /// Whether nothing is to be written, not even what nobody would wait for.
    is_read_only: bool,
    /// Whether what was written is brought in from the log before the connection ends.
    empties_log: bool,
    /// Every statement so far, for tests that look at how SQLite goes about them.
    #[cfg(test)]
    prepared: std::cell::RefCell<Vec<String>>,
}

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
        // A store has its side files with it, always; what else is no database was never one.
        let was_ours = fs::symlink_metadata(database_file::side_file_path(&path, "-wal")).is_ok();
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
        let had_log = fs::symlink_metadata(database_file::side_file_path(&path, "-wal")).is_ok();
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

    /// Has what this connection writes brought in from the log before it ends. SQLite does so by
    /// itself only for the last connection, and only where it may look at the file's path.
    pub(crate) fn empty_log_at_end(&mut self) {
        self.empties_log = true;
    }

    /// Brings everything in from the log and empties it, without waiting for anybody; `false` where
    /// somebody who reads or writes keeps that from being done.
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
        fs::metadata(database_file::side_file_path(&self.path, "-wal")).map_or(0, |log| log.len())
    }

    /// The processes that look at one state of the database, as far as the system says; this one is
    /// not among them.
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

    /// Whether the file that is held is another one than the file that is open.
    fn was_replaced(&self) -> Result<bool, StoreError> {
        let mut moved = 0;
        self.connection
            .file_control(None::<&str>, FileControl::HasMoved(&mut moved))
            .map_err(|error| self.error(&error))?;
        Ok(moved != 0 || self.files.as_ref().is_some_and(|files| !files.is_same_file(&self.path)))
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

    /// Refuses a database whose side files are not there as they have to be, for those who could
    /// only make them wrong.
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

    /// Makes an empty database in the file `path`, which has to exist and to be empty: the
    /// caller decides about its mode.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let mut engine = Self::connect_to_empty(path)?;
        engine.initialize()?;
        Ok(engine)
    }

    fn connect_to_empty(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::connect(canonical_path(path)?, None, flags, Duration::from_secs(1))
    }

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

    fn pragma(&self, sql: &'static str) -> Result<i64, StoreError> {
        self.optional(sql, &[], |row| row.integer(0))?
            .ok_or_else(|| StoreError::Engine(format!("{sql} answers nothing")))
    }

    /// Keeps up to so many KiB of pages in memory.
    pub(crate) fn set_cache_kib(&self, kib: i64) -> Result<(), StoreError> {
        self.connection.pragma_update(None, "cache_size", -kib).map_err(|error| self.error(&error))
    }

    /// The statements that made the schema: what a planted trigger would change.
    pub(crate) fn schema_statements(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.each("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL", &[], |row| {
            each(row.text(0)?);
            Ok::<_, StoreError>(true)
        })
    }

    /// Runs several statements that take no values.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| self.error(&error))
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[SqlValue<'_>]) -> Result<u64, StoreError> {
        self.prepare(sql)?
            .execute(rusqlite::params_from_iter(values))
            .map(|rows| rows as u64)
            .map_err(|error| self.error(&error))
    }

    /// Runs a query and reads its first row, if there is one.
    pub(crate) fn optional<T>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        read: impl FnOnce(&SqlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(|error| self.error(&error))?;
        match rows.next().map_err(|error| self.error(&error))? {
            Some(row) => read(&SqlRow { row, path: &self.path }).map(Some),
            None => Ok(None),
        }
    }

    /// Runs a query and hands each row to `each` until that says stop.
    pub(crate) fn each<E: From<StoreError>>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        each: impl FnMut(&SqlRow<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.statement(sql)?.each(values, each)
    }

    /// Runs a query and collects what `read` makes of its rows.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        mut read: impl FnMut(&SqlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(read(row)?);
            Ok::<_, StoreError>(true)
        })?;
        Ok(found)
    }

    /// A query to be run again and again.
    pub(crate) fn statement(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        Ok(Statement { statement: self.prepare(sql)?, engine: self })
    }

    /// How SQLite goes about each statement that `act` runs: the lines of `EXPLAIN QUERY PLAN`.
    #[cfg(test)]
    pub(crate) fn plans(&self, act: impl FnOnce()) -> Vec<(String, Vec<String>)> {
        self.prepared.take();
        act();
        let run = self.prepared.take();
        let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        run.into_iter()
            .filter(|sql| words.iter().any(|word| sql.starts_with(word)))
            .map(|sql| {
                let explain = format!("EXPLAIN QUERY PLAN {sql}");
                let mut statement = self.connection.prepare(&explain).unwrap();
                let nothing = vec![SqlValue::Null; statement.parameter_count()];
                let lines = statement
                    .query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))
                    .and_then(Iterator::collect);
                (sql, lines.unwrap())
            })
            .collect()
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        #[cfg(test)]
        self.prepared.borrow_mut().push(sql.to_owned());
        self.connection.prepare_cached(sql).map_err(|error| self.error(&error))
    }

    /// Begins a transaction that writes, waiting for its turn.
    ///
    /// Where the file is not what is at its path any more, nothing is written: it would be lost
    /// with the file that somebody has put aside.
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE", &[])?;
        if self.is_gone() {
            self.rollback();
            return Err(StoreError::Moved { path: self.path.clone() });
        }
        Ok(())
    }

    /// Begins a transaction that writes, where nobody else does; `false` where somebody does, or
    /// nothing is to be written.
    pub(crate) fn begin_write_if_free(&self) -> Result<bool, StoreError> {
        if self.is_read_only {
            return Ok(false);
        }
        let wait = |busy_timeout: Duration| self.connection.busy_timeout(busy_timeout);
        wait(Duration::ZERO).map_err(|error| self.error(&error))?;
        let begun = self.begin_write();
        wait(self.busy_timeout).map_err(|error| self.error(&error))?;
        match begun {
            Ok(()) => Ok(true),
            Err(StoreError::Busy { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Begins a transaction that reads one state of the store.
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        self.execute("BEGIN", &[]).map(|_| ())
    }

    /// Commits; when this returns, the change is on the disk.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.execute("COMMIT", &[]).map(|_| ())
    }

    /// Rolls back. A failure leaves nothing to do: SQLite has rolled back by itself then.
    pub(crate) fn rollback(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        store_error(error, &self.path, self.files.as_ref())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.empties_log && self.connection.total_changes() > 0 {
            // What another one keeps by reading or writing, that one or the next brings in.
            let _ = self.empty_log();
        }
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

/// The path with its folder made canonical: SQLite's `NOFOLLOW` refuses a link in any component,
/// and homes are often links; the last component stays as it is and is never followed.
fn canonical_path(path: &Path) -> Result<PathBuf, StoreError> {
    let Some(name) = path.file_name() else {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            reason: "it is a folder".to_owned(),
        });
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match folder.canonicalize() {
        Ok(folder) => Ok(folder.join(name)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Err(StoreError::NotFound { path: path.to_owned() })
        }
        Err(error) => Err(StoreError::Denied { path: path.to_owned(), reason: error.to_string() }),
    }
}

/// The busy handler: sleeps and tries again while another connection writes. The longer it has
/// waited, the shorter it sleeps, so that the oldest waiter is likely to be next.
fn busy_handler(busy_timeout: Duration) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut since = Instant::now();
    move |count| {
        if count == 0 {
            since = Instant::now();
        }
        let waited = since.elapsed();
        if waited >= busy_timeout {
            return false;
        }
        std::thread::sleep(backoff(count, waited));
        true
    }
}

fn backoff(count: i32, waited: Duration) -> Duration {
    let micros: u64 = match count {
        0 => 1_000,
        1 => 2_000,
        // Recent waiters sleep longer: they leave the processor to the writer and the turn to the
        // older ones.
        _ => match waited.as_millis() {
            0..100 => 16_000,
            100..200 => 10_000,
            200..300 => 6_000,
            300..500 => 2_000,
            _ => 500,
        },
    };
    // Any number that differs from process to process spreads the waiters.
    let jitter = u64::from(waited.subsec_nanos() ^ std::process::id().rotate_left(7)) % micros;
    Duration::from_micros(micros / 2 + jitter)
}

fn store_error(error: &rusqlite::Error, path: &Path, files: Option<&DatabaseFile>) -> StoreError {
    let path = path.to_owned();
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(failure, message) => (failure, message.clone()),
        other => return StoreError::Engine(other.to_string()),
    };
    let reason = message.unwrap_or_else(|| code.to_string());
    match code.code {
        // The last: it was tried again for so long that another one must be at it.
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => {
            let shm_inode =
                files.and_then(DatabaseFile::shm_inode).or_else(|| database_file::shm_inode(&path));
            StoreError::Busy { holder: shm_inode.and_then(lock_holder::find_lock_holder) }
        }
        ErrorCode::DiskFull => StoreError::Full { path },
        ErrorCode::SystemIoFailure
            if is_over_quota()
                || code.extended_code == ffi::SQLITE_IOERR_WRITE
                    && files.is_some_and(DatabaseFile::disk_is_full) =>
        {
            StoreError::Full { path }
        }
        ErrorCode::ReadOnly => faulty_side_file(&path).unwrap_or_else(|| StoreError::ReadOnly {
            reason: read_only_reason(&path, code.extended_code),
            path,
        }),
        ErrorCode::NotADatabase => {
            StoreError::NotAStore { path, reason: "it is not a database".to_owned() }
        }
        ErrorCode::DatabaseCorrupt => StoreError::Damaged { path, reason },
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            faulty_side_file(&path).unwrap_or(StoreError::Denied { path, reason })
        }
        ErrorCode::SystemIoFailure => StoreError::Io {
            context: format!("the store {}", path.display()),
            source: io::Error::other(reason),
        },
        _ => StoreError::Engine(reason),
    }
}

/// Whether the call that has just failed was refused for want of room. SQLite itself knows a full
/// disk and no quota; the system's word on the last failure is still there.
fn is_over_quota() -> bool {
    let last = io::Error::last_os_error();
    matches!(last.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// The side file that is to blame, where one is: also a missing one that cannot be made.
fn faulty_side_file(path: &Path) -> Option<StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let may_make = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    database_file::find_side_file_problem(path, !may_make)
}

fn read_only_reason(path: &Path, extended: i32) -> String {
    match extended {
        ffi::SQLITE_READONLY_CANTINIT | ffi::SQLITE_READONLY_RECOVERY => format!(
            ": its side files {} and {} are missing or cannot be written",
            database_file::side_file_path(path, "-wal").display(),
            database_file::side_file_path(path, "-shm").display()
        ),
        ffi::SQLITE_READONLY_DIRECTORY => ": its folder cannot be written".to_owned(),
        ffi::SQLITE_READONLY_DBMOVED => ": it was moved or replaced in the meantime".to_owned(),
        _ => String::new(),
    }
}
