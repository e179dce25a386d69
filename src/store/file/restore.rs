//! Restores a backup into the store. The file stays the same one, with its owner, its mode and the
//! processes that have it open; its content changes in one transaction.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::create::make_folder;
use super::replace_in_place::replace_in_place;
use super::temp_file::{TempFile, io_error, name_beside};
use crate::fs::{Links, folder_of, open_to_read, with_suffix};
use crate::model::{RoleSet, State, Timestamp, Username};
use crate::store::engine::{Engine, SqlRow, SqlValue};
use crate::store::projects::read_state;
use crate::store::window::read_window;
use crate::store::{ChainHead, Reader, Recorded, Store, StoreError, Transaction};

/// No other process knows a copy that is being made.
const NO_WAIT: Duration = Duration::ZERO;

/// A copy of a backup, found to be whole and brought to the newest version, on its way to become
/// the store.
pub struct BackupContents {
    // Dropped before its file is.
    store: Store,
    temp_file: TempFile,
    head: ChainHead,
    users: i64,
}

/// What a user may do, as far as a restore can give it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAccess {
    /// Whether they take part now.
    pub state: State,
    /// Their roles.
    pub roles: RoleSet,
    /// Their password, where they have one.
    password: Option<PasswordFingerprint>,
}

/// A password as far as it can be told from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PasswordFingerprint {
    changed_at: Timestamp,
    /// How often the user's row was changed by then: more than one password can be set in a second.
    revision: i64,
    digest: [u8; 32],
}

/// A user to whom a restore gives something that they do not have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegainedAccess {
    /// Who.
    pub username: Username,
    /// What they have now; `None` where there is no such user.
    pub now: Option<UserAccess>,
    /// What the backup gives them.
    pub then: UserAccess,
}

impl RegainedAccess {
    /// Whether the user becomes active.
    #[must_use]
    pub fn becomes_active(&self) -> bool {
        self.then.state.is_active() && !self.now.as_ref().is_some_and(|now| now.state.is_active())
    }

    /// The roles that the user gains.
    #[must_use]
    pub fn roles(&self) -> RoleSet {
        let has = self.now.as_ref().map_or(RoleSet::empty(), |now| now.roles);
        has.iter().fold(self.then.roles, RoleSet::without)
    }

    /// Whether an older password than the present one works again.
    #[must_use]
    pub fn has_older_password(&self) -> bool {
        let Some(then) = &self.then.password else { return false };
        let Some(now) = self.now.as_ref().and_then(|now| now.password.as_ref()) else {
            return true;
        };
        then.digest != now.digest
            && (then.changed_at, then.revision) < (now.changed_at, now.revision)
    }

    fn regains_anything(&self) -> bool {
        self.becomes_active() || !self.roles().is_empty() || self.has_older_password()
    }
}

impl BackupContents {
    /// Copies the backup `file` beside the place of the store, upgrades the copy, and looks through
    /// all of it. The file itself is only read.
    ///
    /// # Errors
    ///
    /// [`StoreError`], said of `file`, where it is no whole backup.
    pub fn read(file: &Path, place: &Path) -> Result<Self, StoreError> {
        let foreign = |reason: &str| {
            Err(StoreError::NotAStore { path: file.to_owned(), reason: reason.to_owned() })
        };
        let found = match fs::symlink_metadata(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::NotFound { path: file.to_owned() });
            }
            found => found.map_err(io_error("read", file))?,
        };
        if !found.is_file() {
            return foreign("it is not a file");
        }
        // Before it is opened: closing it would take the locks of the connection to the store.
        if fs::metadata(place).is_ok_and(|it| (it.dev(), it.ino()) == (found.dev(), found.ino())) {
            return foreign("it is the store itself");
        }
        if fs::symlink_metadata(with_suffix(file, "-wal")).is_ok() {
            return foreign(
                "it is a store that is in use (it has side files): take a backup of it first",
            );
        }
        make_folder(folder_of(place))?;
        let temp_file =
            TempFile::create_beside(place).map_err(|error| error.or_read_only_store(place))?;
        copy(file, temp_file.path())?;
        let opened =
            Self::open_and_verify(temp_file.path()).map_err(|error| error.about_file(file))?;
        let (store, head, users) = opened;
        Ok(Self { store, temp_file, head, users })
    }

    fn open_and_verify(copy: &Path) -> Result<(Store, ChainHead, i64), StoreError> {
        let (store, _) = Store::open_any_version(copy, NO_WAIT)?;
        store.engine.use_wal()?;
        store.migrate()?;
        store.check_schema()?;
        // Where it is brought to it has not moved away from.
        store.engine.execute("DELETE FROM retired", &[])?;
        store.verify()?;
        let users = store.info()?.users;
        let head = store.read()?.audit_head()?;
        Ok((store, head, users))
    }

    /// Where its audit log ends.
    #[must_use]
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// How many users it holds.
    #[must_use]
    pub fn users(&self) -> i64 {
        self.users
    }

    /// Ends what must not live again: sessions and codes. `finish` writes the audit entry.
    fn finish<E: From<StoreError>>(
        &self,
        before: Option<&Store>,
        finish: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<(), E> {
        let transaction = self.store.write()?;
        transaction.end_all_sessions()?;
        if let Some(before) = before.filter(|before| before.id == self.store.id) {
            let reader = before.read()?;
            transaction.copy_sign_ins_from(&reader)?;
            transaction.reserve_user_ids_below(reader.next_user_id()?)?;
        }
        let recorded = finish(&transaction)?;
        Ok(transaction.commit(recorded)?)
    }

    /// Makes a new store of it, where there is none yet.
    pub(crate) fn install_as_new<E: From<StoreError>>(
        self,
        place: &Path,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<(), E> {
        self.finish(None, record)?;
        let Self { store, temp_file, .. } = self;
        drop(store);
        Ok(temp_file.persist_store(place)?)
    }

    /// Takes the place of the store in the file `place`, which cannot be read any more, and which
    /// nobody else may have open. Gives where that is kept.
    pub(crate) fn replace_damaged<E: From<StoreError>>(
        self,
        place: &Path,
        busy_timeout: Duration,
        now: Timestamp,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<PathBuf, E> {
        self.finish(None, record)?;
        let Self { store, temp_file, .. } = self;
        drop(store);
        temp_file.check_wal_is_empty()?;
        let place = Engine::canonical_path(place)?;
        let kept = replace_in_place(&place, temp_file.path(), busy_timeout, |damaged| {
            let kept = name_beside(&place, "damaged", now);
            let belongs = damaged.metadata().map_err(io_error("read", &place))?;
            let keep_copy = |from: &mut File, suffix: &str| {
                let copy = TempFile::create_beside(&place)?;
                write(from, copy.path()).map_err(io_error("copy", &place))?;
                copy.chown_like(&belongs);
                copy.persist(&with_suffix(&kept, suffix))
            };
            if let Ok((mut log, found)) = open_to_read(&with_suffix(&place, "-wal"), Links::Follow)
                && found.is_file()
                && found.len() > 0
            {
                keep_copy(&mut log, "-wal")?;
            }
            keep_copy(damaged, "")?;
            Ok(kept)
        })?;
        // From here on it is a store again; opening it makes what is missing of its side files.
        Store::open(&place, busy_timeout)?;
        Ok(kept)
    }
}

fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
    let (mut from, _) = open_to_read(file, Links::Refuse).map_err(io_error("read", file))?;
    write(&mut from, to).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StoreError::Full { path: folder_of(to).to_owned() }
        }
        _ => io_error("copy", file)(error),
    })
}

fn write(from: &mut File, to: &Path) -> io::Result<()> {
    let mut to = OpenOptions::new().write(true).open(to)?;
    io::copy(from, &mut to)?;
    to.sync_all()
}

impl Store {
    /// Hands every user to `each` who gains something from `incoming` that they do not have, sorted
    /// by username; gives where the audit log of this store ends, which is what was compared.
    pub(crate) fn compare(
        &self,
        incoming: &BackupContents,
        now: Timestamp,
        mut each: impl FnMut(RegainedAccess),
    ) -> Result<ChainHead, StoreError> {
        let present = self.read()?;
        let head = present.audit_head()?;
        let there = incoming.store.read()?;
        there.each_user_access(now, |username, then| {
            let regained =
                RegainedAccess { now: present.user_access(&username, now)?, username, then };
            if regained.regains_anything() {
                each(regained);
            }
            Ok(())
        })?;
        Ok(head)
    }

    /// Puts `incoming` in the place of what the store holds, which has to end with `expected`
    /// still; nobody else can write meanwhile. Gives where the old content is kept.
    pub(crate) fn replace<E: From<StoreError>>(
        &self,
        incoming: &BackupContents,
        expected: ChainHead,
        busy_timeout: Duration,
        now: Timestamp,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<PathBuf, E> {
        let mut target = Engine::open(self.path(), busy_timeout)?;
        let replacement = target.begin_replacement(&incoming.store.engine)?;
        self.refuse_retired()?;
        if self.read()?.audit_head()? != expected {
            return Err(StoreError::Changed { path: self.path().to_owned() }.into());
        }
        let kept = self.copy_next_to_store(&name_beside(self.path(), "before-restore", now))?;
        let done = incoming.finish(Some(self), record).and_then(|()| Ok(replacement.finish()?));
        if done.is_err() {
            let _ = fs::remove_file(&kept);
        }
        done.map(|()| kept)
    }

    /// Whether `uid` owns the file at `path`, or is root: all that can be known of one that cannot
    /// be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be looked at.
    pub(crate) fn is_file_owned_by(path: &Path, uid: u32) -> Result<bool, StoreError> {
        Engine::trusts_file(path, uid)
    }
}

impl Reader<'_> {
    fn each_user_access(
        &self,
        now: Timestamp,
        mut each: impl FnMut(Username, UserAccess) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT state, roles, password_changed_at, revision, password_hash, active_from, \
             active_until, username FROM users ORDER BY username",
            &[],
            |row| {
                each(Username::from_stored(row.text(7)?), read_user_access(row, now)?)?;
                Ok::<_, StoreError>(true)
            },
        )
    }

    fn user_access(
        &self,
        username: &Username,
        now: Timestamp,
    ) -> Result<Option<UserAccess>, StoreError> {
        self.engine.optional(
            "SELECT state, roles, password_changed_at, revision, password_hash, active_from, \
             active_until FROM users WHERE username = ?1",
            &[username.as_str().into()],
            |row| read_user_access(row, now),
        )
    }

    fn next_user_id(&self) -> Result<i64, StoreError> {
        let next = self.engine.optional(
            "SELECT max(coalesce((SELECT max(id) FROM users), 0) + 1, next_user_id) FROM store",
            &[],
            |row| row.integer(0),
        )?;
        Ok(next.unwrap_or(1))
    }
}

fn read_user_access(row: &SqlRow<'_>, now: Timestamp) -> Result<UserAccess, StoreError> {
    let is_open = read_window(row, 5)?.contains(now);
    Ok(UserAccess {
        state: if is_open { read_state(row, 0)? } else { State::Inactive },
        roles: RoleSet::from_bits(row.integer(1)?).ok_or_else(|| row.unexpected(1))?,
        password: match row.optional_text(4)? {
            Some(hash) => Some(PasswordFingerprint {
                changed_at: Timestamp::from_seconds(row.integer(2)?),
                revision: row.integer(3)?,
                digest: Sha256::digest(hash).into(),
            }),
            None => None,
        },
    })
}

impl Transaction<'_> {
    fn end_all_sessions(&self) -> Result<(), StoreError> {
        self.engine.execute("DELETE FROM sessions", &[])?;
        self.engine.execute("DELETE FROM codes", &[])?;
        Ok(())
    }

    /// Takes over what `present` has counted of sign-ins, and the tries that are not in the log yet:
    /// a restore gives nobody new guesses, and hides none.
    fn copy_sign_ins_from(&self, present: &Reader<'_>) -> Result<(), StoreError> {
        for table in [
            "DELETE FROM sign_in_failures",
            "DELETE FROM sign_in_callers",
            "DELETE FROM sign_in_attempts",
        ] {
            self.engine.execute(table, &[])?;
        }
        self.copy_numbers(
            present,
            "SELECT user_id, os_uid, failures, last_at, not_before FROM sign_in_failures",
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, last_at, not_before) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            5,
        )?;
        self.copy_numbers(
            present,
            "SELECT os_uid, failures, last_at, not_before, successes, successes_since \
             FROM sign_in_callers",
            "INSERT INTO sign_in_callers \
             (os_uid, failures, last_at, not_before, successes, successes_since) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            6,
        )?;
        present.engine.each(
            "SELECT id, at, pid, os_uid, user_id, login FROM sign_in_attempts",
            &[],
            |row| {
                self.engine.execute(
                    "INSERT INTO sign_in_attempts (id, at, pid, os_uid, user_id, login) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    &[
                        row.integer(0)?.into(),
                        row.integer(1)?.into(),
                        row.integer(2)?.into(),
                        row.integer(3)?.into(),
                        row.optional_integer(4)?.into(),
                        row.text(5)?.into(),
                    ],
                )?;
                Ok::<_, StoreError>(true)
            },
        )
    }

    /// Copies the rows of `select`, which are `columns` numbers each.
    fn copy_numbers(
        &self,
        present: &Reader<'_>,
        select: &str,
        insert: &str,
        columns: usize,
    ) -> Result<(), StoreError> {
        present.engine.each(select, &[], |row| {
            let values: Result<Vec<SqlValue<'_>>, StoreError> =
                (0..columns).map(|column| row.integer(column).map(SqlValue::from)).collect();
            self.engine.execute(insert, &values?)?;
            Ok(true)
        })
    }

    /// Never gives a new user an id below `next`: users created since the backup had them, and the
    /// audit log still names them.
    fn reserve_user_ids_below(&self, next: i64) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE store SET next_user_id = max(next_user_id, ?1) WHERE id = 1",
            &[next.into()],
        )?;
        Ok(())
    }
}
