//! The local store: opening it, reading it, changing it. The statements about each kind of thing
//! are in the file of that name, what is about the file as a whole is in `file/`.
//!
//! Look-ups answer `Option`: that something is not there is no error of the store. Uniqueness is
//! decided by the database, never by a look before the leap. Every change goes through
//! `Transaction`, which cannot be committed without an audit entry.

mod assignments;
mod audit;
mod bulk_insert;
mod case_twins;
mod check;
mod codes;
mod complete_names;
mod credentials;
mod engine;
mod error;
mod export_rows;
mod file;
#[cfg(test)]
mod fixture;
mod holders;
mod info;
mod labels;
mod memberships;
mod nearest_name;
mod parallel_export;
mod photos;
mod projects;
mod retired;
mod sessions;
mod shared_phones;
mod sign_in_attempts;
mod sign_in_failures;
mod signal_mask;
#[cfg(test)]
mod tests;
mod user_query;
mod users;
mod window;

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Deref;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use crate::model::{AuditFilter, AuditRecord, Entropy, Timestamp};
use engine::Engine;
use file::upgrade::SCHEMA_VERSION;
use signal_mask::SignalBlock;

pub(crate) use audit::SerializedAudit;
pub use audit::{ChainHead, ChainReport, Recorded};
pub(crate) use bulk_insert::{BulkInsert, BulkUser};
pub(crate) use check::LoggedChange;
pub(crate) use codes::StoredCode;
pub use complete_names::CompletionKind;
pub(crate) use credentials::StoredCredential;
pub(crate) use engine::queue_tables;
pub use error::{LockHolder, StoreError};
pub use file::backup::BackupReport;
pub use file::restore::{BackupContents, RegainedAccess, UserAccess};
pub use file::upgrade::UpgradeReport;
pub use holders::PinnedLog;
pub use info::StoreInfo;
pub use retired::Retirement;
pub(crate) use sessions::StoredSession;
pub use shared_phones::SharedPhone;
pub(crate) use sign_in_attempts::{AttemptMark, SignInAttempt};
pub use sign_in_failures::LockedCaller;
pub(crate) use sign_in_failures::{FailureCounter, SignInFailures, SignInSuccesses};

/// An open store.
pub struct Store {
    engine: Engine,
    id: String,
    /// The entries of the changes that are only tried; `None` where changes are meant.
    rehearsed: Option<Rehearsed>,
}

/// The audit entries of the changes of a rehearsal, in the order in which they were made.
pub type Rehearsed = Rc<RefCell<Vec<AuditRecord>>>;

impl Store {
    /// Opens the store in the file `path`. While another process writes, everything waits up to
    /// `busy_timeout`.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it is not there, is no store of this program, has another version, is
    /// damaged, or cannot be opened.
    pub fn open(path: &Path, busy_timeout: Duration) -> Result<Self, StoreError> {
        Self::require_current_version(Self::open_any_version(path, busy_timeout)?)
    }

    /// Opens the store in the file `path` read-only: nothing is written, not even that a session
    /// was used, no lock is waited for, and no file is left behind.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Self::require_current_version(Self::from_engine(Engine::open_read_only(path)?)?)
    }

    fn require_current_version((store, version): (Self, i64)) -> Result<Self, StoreError> {
        if version < SCHEMA_VERSION {
            let path = store.engine.path().to_owned();
            return Err(StoreError::OlderVersion { path, found: version, known: SCHEMA_VERSION });
        }
        Ok(store)
    }

    /// Opens the store in the file `path`, whatever version it has that this program knows.
    fn open_any_version(path: &Path, busy_timeout: Duration) -> Result<(Self, i64), StoreError> {
        Self::from_engine(Engine::open(path, busy_timeout)?)
    }

    /// The store in a database that is open, and its version.
    fn from_engine(engine: Engine) -> Result<(Self, i64), StoreError> {
        let mut store = Self { engine, id: String::new(), rehearsed: None };
        // All of it from one state.
        let snapshot = store.read()?;
        let version = store.check_schema()?;
        let id = store.read_id()?;
        drop(snapshot);
        store.id = id;
        Ok((store, version))
    }

    /// Opens the store for a process that must not make its side files, and whose extra rights end
    /// when this returns: everything that is needed later is open by then.
    ///
    /// # Errors
    ///
    /// As [`Store::open`]; [`StoreError::SideFile`], where one is not there as it has to be.
    pub fn open_shared(path: &Path, busy_timeout: Duration) -> Result<Self, StoreError> {
        Engine::check_side_files(path)?;
        let mut store = Self::open(path, busy_timeout)?;
        store.engine.empty_log_at_end();
        Ok(store)
    }

    /// A store in memory, for tests of the rules.
    ///
    /// # Errors
    ///
    /// [`StoreError::Engine`], where memory is short.
    pub fn in_memory(now: Timestamp) -> Result<Self, StoreError> {
        let store = Self { engine: Engine::in_memory()?, id: "0".repeat(32), rehearsed: None };
        store.migrate()?;
        store.engine.execute(
            "INSERT INTO store (id, store_id, created_at, next_user_id) VALUES (1, ?1, ?2, 1)",
            &["00000000000000000000000000000000".into(), now.seconds().into()],
        )?;
        Ok(store)
    }

    /// Where it is, its folder made canonical.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.engine.path()
    }

    /// Its own number, by which sessions know it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn read_id(&self) -> Result<String, StoreError> {
        let found =
            self.engine.optional("SELECT store_id FROM store WHERE id = 1", &[], |row| {
                row.text(0).map(str::to_owned)
            })?;
        found.ok_or_else(|| StoreError::Damaged {
            path: self.engine.path().to_owned(),
            reason: "it does not know its own id".to_owned(),
        })
    }

    /// The mode of the file that is open; `None` in memory.
    #[must_use]
    pub fn mode(&self) -> Option<u32> {
        self.engine.mode()
    }

    /// Whether the operating system's account `uid` owns the file that is open, or is root.
    ///
    /// Where the user namespace of this process does not know the owner, no account is trusted, not
    /// even root, which is another account outside.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`], where the file cannot be looked at.
    pub fn trusts(&self, uid: u32) -> Result<bool, StoreError> {
        Ok(self.engine.owner()?.trusts(uid))
    }

    /// Whether the operating system's account `uid` owns the file that is open.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`], where the file cannot be looked at.
    pub fn is_owned_by(&self, uid: u32) -> Result<bool, StoreError> {
        Ok(self.engine.owner()?.is(uid))
    }

    /// A number that is another one once somebody else has changed the store; to ask costs next to
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be read.
    pub(crate) fn changes(&self) -> Result<i64, StoreError> {
        self.engine.changes()
    }

    /// What is damaged in it, each in words.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be read.
    pub(crate) fn check_content(&self, each: impl FnMut(String)) -> Result<(), StoreError> {
        self.engine.check_content(each)
    }

    /// Begins to read: everything that is read through the answer is of one moment.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be read.
    pub(crate) fn read(&self) -> Result<Snapshot<'_>, StoreError> {
        self.engine.begin_read()?;
        Ok(Snapshot(Reader { engine: &self.engine }))
    }

    /// Begins to write, waiting for its turn. What is not committed is rolled back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`], where the turn does not come in time.
    pub(crate) fn write(&self) -> Result<Transaction<'_>, StoreError> {
        self.write_although_retired()?.unless_retired()
    }

    /// As [`Store::write`], for what is said of a store that has moved away too.
    pub(crate) fn write_although_retired(&self) -> Result<Transaction<'_>, StoreError> {
        self.engine.begin_write()?;
        self.begun(SignalBlock::all_signals())
    }

    /// The transaction that was just begun.
    fn begun(&self, signal_block: SignalBlock) -> Result<Transaction<'_>, StoreError> {
        let reader = Reader { engine: &self.engine };
        let mut transaction = Transaction {
            reader,
            rehearsed: None,
            batch: Cell::default(),
            _signal_block: signal_block,
        };
        if let Some(rehearsed) = &self.rehearsed {
            transaction.rehearsed = Some((Rc::clone(rehearsed), transaction.audit_head()?.seq));
        }
        Ok(transaction)
    }

    /// From now on nothing is committed: each change stands in one transaction around all of them,
    /// which ends with the store. The answer gets the entries of each.
    pub(crate) fn rehearse(&mut self) -> Rehearsed {
        self.engine.rehearse();
        Rc::clone(self.rehearsed.insert(Rehearsed::default()))
    }

    /// Like [`Store::write`], for a change that takes long: of the signals, only those that would
    /// stop the process wait. The caller notes a signal that would end it, and rolls back then.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`], where the turn does not come in time.
    pub(crate) fn write_interruptible(&self) -> Result<Transaction<'_>, StoreError> {
        self.engine.begin_write()?;
        self.begun(SignalBlock::stop_signals())?.unless_retired()
    }

    /// Begins to write where nobody else does.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be written.
    pub(crate) fn try_write(&self) -> Result<Option<Transaction<'_>>, StoreError> {
        if !self.engine.begin_write_if_free()? {
            return Ok(None);
        }
        self.begun(SignalBlock::all_signals())?.unless_retired().map(Some)
    }
}

/// Reads the store; the methods are in the files of the nouns.
pub(crate) struct Reader<'s> {
    engine: &'s Engine,
}

/// One state of the store, until it is dropped.
pub(crate) struct Snapshot<'s>(Reader<'s>);

impl<'s> Deref for Snapshot<'s> {
    type Target = Reader<'s>;

    fn deref(&self) -> &Reader<'s> {
        &self.0
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        self.0.engine.rollback();
    }
}

/// Whether the entries of a transaction belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Batch {
    /// Each stands alone.
    #[default]
    None,
    /// They do, and the first is still to come.
    Begun,
    /// They do, from the entry with this number on.
    From(i64),
}

/// A change to the store. Dropped, it is rolled back; to commit it takes the receipt for its audit
/// entry.
#[must_use = "a transaction that is dropped changes nothing"]
pub(crate) struct Transaction<'s> {
    reader: Reader<'s>,
    /// Where its entries go in a rehearsal, and the number of the newest before it.
    rehearsed: Option<(Rehearsed, i64)>,
    batch: Cell<Batch>,
    /// Dropped last, when the transaction is over.
    _signal_block: SignalBlock,
}

impl<'s> Deref for Transaction<'s> {
    type Target = Reader<'s>;

    fn deref(&self) -> &Reader<'s> {
        &self.reader
    }
}

impl Transaction<'_> {
    /// The same, where the store has not moved away.
    fn unless_retired(self) -> Result<Self, StoreError> {
        match self.retirement()? {
            Some(retired) => Err(StoreError::Retired {
                path: self.engine.path().to_owned(),
                moved_to: retired.moved_to,
            }),
            None => Ok(self),
        }
    }

    /// Commits; when this returns, the change and its audit entry are on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed then.
    pub(crate) fn commit(self, recorded: Recorded) -> Result<(), StoreError> {
        drop(recorded);
        if let Some((rehearsed, head)) = &self.rehearsed {
            let filter = AuditFilter {
                after_seq: Some(*head),
                oldest_first: true,
                ..AuditFilter::default()
            };
            self.audit_records(&filter, |record| {
                rehearsed.borrow_mut().push(record);
                Ok::<_, StoreError>(true)
            })?;
        }
        self.reader.engine.commit()
    }

    /// Commits what owes no audit entry: counters of failed sign-ins, a session's last use, a
    /// stronger hash of the same password.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed then.
    pub(crate) fn commit_bookkeeping(self) -> Result<(), StoreError> {
        self.reader.engine.commit()
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.reader.engine.rollback();
    }
}

fn random_hex(entropy: &mut dyn Entropy) -> io::Result<String> {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The version of SQLite that is in this program.
#[must_use]
pub fn sqlite_version() -> &'static str {
    Engine::sqlite_version()
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
