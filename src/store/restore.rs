//! Putting a backup in the place of the store: the file stays the same one, with its owner, its mode
//! and whoever has it open, and its content changes in one transaction.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use super::draft::{Draft, failed, folder, name_beside};
use super::engine::{Engine, overwrite};
use super::{Head, Reader, Recorded, Store, StoreError, Transaction, make_folder};
use crate::model::{Entropy, RoleSet, State, Timestamp, Username};

/// Nobody else knows a copy that is being made.
const ALONE: Duration = Duration::ZERO;

/// A copy of a backup, found to be whole and brought to the newest version, on its way to become
/// the store.
pub struct Incoming {
    // Dropped before its file is.
    store: Store,
    draft: Draft,
    head: Head,
    users: i64,
}

/// What a user may do, as far as a restore can give it back to him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether he takes part.
    pub state: State,
    /// His roles.
    pub roles: RoleSet,
    /// His password, where he has one.
    password: Option<KnownPassword>,
}

/// A password as far as it can be told from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KnownPassword {
    changed_at: Timestamp,
    /// How often the user's row was changed by then: more than one password can be set in a second.
    revision: i64,
    digest: [u8; 32],
}

/// Somebody whom a restore gives something that he does not have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regained {
    /// Who.
    pub username: Username,
    /// What he has now; `None` where he is not there.
    pub now: Option<Standing>,
    /// What the backup gives him.
    pub then: Standing,
}

impl Regained {
    /// Whether he becomes active.
    #[must_use]
    pub fn becomes_active(&self) -> bool {
        self.then.state.is_active() && !self.now.as_ref().is_some_and(|now| now.state.is_active())
    }

    /// The roles that he gains.
    #[must_use]
    pub fn roles(&self) -> RoleSet {
        let has = self.now.as_ref().map_or(RoleSet::empty(), |now| now.roles);
        has.iter().fold(self.then.roles, RoleSet::without)
    }

    /// Whether an older password than his present one works again.
    #[must_use]
    pub fn has_older_password(&self) -> bool {
        let Some(then) = &self.then.password else { return false };
        let Some(now) = self.now.as_ref().and_then(|now| now.password.as_ref()) else {
            return true;
        };
        then.digest != now.digest
            && (then.changed_at, then.revision) < (now.changed_at, now.revision)
    }

    fn is_anything(&self) -> bool {
        self.becomes_active() || !self.roles().is_empty() || self.has_older_password()
    }
}

impl Incoming {
    /// Copies the backup `file` beside the place of the store, upgrades the copy, and looks through
    /// all of it. The file itself is only read.
    ///
    /// # Errors
    ///
    /// [`StoreError`], said of `file`, where it is no whole backup.
    pub fn read(file: &Path, place: &Path, entropy: &mut dyn Entropy) -> Result<Self, StoreError> {
        let foreign = |reason: &str| {
            Err(StoreError::Foreign { path: file.to_owned(), reason: reason.to_owned() })
        };
        let found = match fs::symlink_metadata(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::NotFound { path: file.to_owned() });
            }
            found => found.map_err(failed("read", file))?,
        };
        if !found.is_file() {
            return foreign("it is not a file");
        }
        // Before it is opened: closing it would take the locks of the connection to the store.
        if fs::metadata(place).is_ok_and(|it| (it.dev(), it.ino()) == (found.dev(), found.ino())) {
            return foreign("it is the store itself");
        }
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        if fs::symlink_metadata(&log).is_ok() {
            return foreign(
                "it is a store that is in use (it has side files): take a backup of it first",
            );
        }
        make_folder(folder(place))?;
        let draft = Draft::beside(place, entropy).map_err(|error| error.beside(place))?;
        copy(file, draft.path())?;
        let opened = Self::look_through(draft.path()).map_err(|error| error.said_of(file))?;
        let (store, head, users) = opened;
        Ok(Self { store, draft, head, users })
    }

    fn look_through(copy: &Path) -> Result<(Store, Head, i64), StoreError> {
        let (store, _) = Store::open_any(copy, ALONE)?;
        store.engine.use_log()?;
        store.migrate()?;
        store.known_version()?;
        // Where it is brought to it has not moved away from.
        store.engine.execute("DELETE FROM retired", &[])?;
        store.verify()?;
        let users = store.facts()?.users;
        let head = store.read()?.audit_head()?;
        Ok((store, head, users))
    }

    /// Where its audit log ends.
    #[must_use]
    pub fn head(&self) -> Head {
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
            transaction.keep_failures_of(&reader)?;
            transaction.never_go_below_user_id(reader.next_user_id()?)?;
        }
        let recorded = finish(&transaction)?;
        Ok(transaction.commit(recorded)?)
    }

    /// Makes the store of it where there is none.
    pub(crate) fn become_new<E: From<StoreError>>(
        self,
        place: &Path,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<(), E> {
        self.finish(None, record)?;
        let Self { store, draft, .. } = self;
        drop(store);
        Ok(draft.publish_store(place)?)
    }

    /// Takes the place of the store in the file `place`, which cannot be read any more, and which
    /// nobody else may have open. Gives where that is kept.
    pub(crate) fn replace_damaged<E: From<StoreError>>(
        self,
        place: &Path,
        patience: Duration,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<PathBuf, E> {
        self.finish(None, record)?;
        let Self { store, draft, .. } = self;
        drop(store);
        draft.check_closed()?;
        let place = Engine::canonical(place)?;
        let kept = overwrite(&place, draft.path(), patience, |damaged| {
            let kept = name_beside(&place, "damaged", now);
            let belongs = damaged.metadata().map_err(failed("read", &place))?;
            let mut put_aside = |from: &mut File, suffix: &str| {
                let copy = Draft::beside(&place, entropy)?;
                write(from, copy.path()).map_err(failed("copy", &place))?;
                copy.belong_as(&belongs);
                let mut name = kept.as_os_str().to_owned();
                name.push(suffix);
                copy.publish(Path::new(&name))
            };
            let mut log = place.as_os_str().to_owned();
            log.push("-wal");
            if let Ok(mut log) = File::open(&log)
                && log.metadata().is_ok_and(|log| log.is_file() && log.len() > 0)
            {
                put_aside(&mut log, "-wal")?;
            }
            put_aside(damaged, "")?;
            Ok(kept)
        })?;
        // From here on it is a store again; opening it makes what is missing of its side files.
        Store::open(&place, patience)?;
        Ok(kept)
    }
}

fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let mut from = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(file)
        .map_err(failed("read", file))?;
    write(&mut from, to).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            StoreError::Full { path: folder(to).to_owned() }
        }
        _ => failed("copy", file)(error),
    })
}

fn write(from: &mut File, to: &Path) -> io::Result<()> {
    let mut to = OpenOptions::new().write(true).open(to)?;
    io::copy(from, &mut to)?;
    to.sync_all()
}

impl Store {
    /// Hands everybody to `each` whom `incoming` would give something that he does not have, sorted
    /// by username; gives where the audit log of this store ends, which is what was compared.
    pub(crate) fn compare(
        &self,
        incoming: &Incoming,
        mut each: impl FnMut(Regained),
    ) -> Result<Head, StoreError> {
        let present = self.read()?;
        let head = present.audit_head()?;
        let there = incoming.store.read()?;
        there.standings(|username, then| {
            let regained = Regained { now: present.standing(&username)?, username, then };
            if regained.is_anything() {
                each(regained);
            }
            Ok(())
        })?;
        Ok(head)
    }

    /// Puts `incoming` in the place of what the store holds, which has to end with `expected` still;
    /// nobody else can write meanwhile. Gives where the old content is kept.
    pub(crate) fn replace<E: From<StoreError>>(
        &self,
        incoming: &Incoming,
        expected: Head,
        patience: Duration,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        record: impl FnOnce(&Transaction<'_>) -> Result<Recorded, E>,
    ) -> Result<PathBuf, E> {
        let mut target = Engine::open(self.path(), patience)?;
        let replacement = target.begin_replacement(&incoming.store.engine)?;
        self.refuse_retired()?;
        if self.read()?.audit_head()? != expected {
            return Err(StoreError::Changed { path: self.path().to_owned() }.into());
        }
        let kept = self.copy_beside(&name_beside(self.path(), "before-restore", now), entropy)?;
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
    pub(crate) fn is_file_of(path: &Path, uid: u32) -> Result<bool, StoreError> {
        Engine::trusts_file(path, uid)
    }
}

impl Reader<'_> {
    fn standings(
        &self,
        mut each: impl FnMut(Username, Standing) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT state, roles, password_changed_at, revision, password_hash, username \
             FROM users ORDER BY username",
            &[],
            |row| {
                each(Username::trusted(row.text(5)?), standing(row)?)?;
                Ok::<_, StoreError>(true)
            },
        )
    }

    fn standing(&self, username: &Username) -> Result<Option<Standing>, StoreError> {
        self.engine.optional(
            "SELECT state, roles, password_changed_at, revision, password_hash FROM users \
             WHERE username = ?1",
            &[username.as_str().into()],
            standing,
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

fn standing(row: &super::engine::Row<'_>) -> Result<Standing, StoreError> {
    Ok(Standing {
        state: super::projects::state(row, 0)?,
        roles: RoleSet::from_bits(row.integer(1)?).ok_or_else(|| row.unexpected(1))?,
        password: match row.optional_text(4)? {
            Some(hash) => Some(KnownPassword {
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

    /// Counts failed sign-ins as `present` does: a restore is no new start for those who guess.
    fn keep_failures_of(&self, present: &Reader<'_>) -> Result<(), StoreError> {
        self.engine.execute("DELETE FROM sign_in_failures", &[])?;
        present.engine.each(
            "SELECT user_id, os_uid, failures, last_at, not_before, tries FROM sign_in_failures",
            &[],
            |row| {
                let mut values = Vec::with_capacity(6);
                for column in 0..6 {
                    values.push(row.integer(column)?.into());
                }
                self.engine.execute(
                    "INSERT INTO sign_in_failures \
                     (user_id, os_uid, failures, last_at, not_before, tries) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    &values,
                )?;
                Ok::<_, StoreError>(true)
            },
        )
    }

    /// Gives no id below `next` to anybody: those who had them since the backup are not forgotten.
    fn never_go_below_user_id(&self, next: i64) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE store SET next_user_id = max(next_user_id, ?1) WHERE id = 1",
            &[next.into()],
        )?;
        Ok(())
    }
}
