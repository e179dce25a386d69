//! The layouts of the store, and how one of an older version becomes one of the newest.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::draft::name_beside;
use super::{Store, StoreError};
use crate::model::{Entropy, Timestamp};

/// What makes each layout of the one before, oldest first. A released one is never edited.
const MIGRATIONS: [&str; 2] = [
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_codes_and_photos.sql"),
];

/// SHA-256 of the statements that make each layout, as SQLite keeps them, sorted by name. A store
/// whose layout differs was changed by other hands: a planted trigger, say.
pub(super) const LAYOUTS: [&str; MIGRATIONS.len()] = [
    "40fb66afb5c522ef1962f4f4c80ca7a387086fa5a31c2491142fad01b1dcec9e",
    "6621bcf2c9882414b4d92bcdf6da89c1c9d4fcfc97fa2546050d033416da906f",
];

/// The newest layout that this program knows.
#[expect(clippy::cast_possible_wrap, reason = "a handful of migrations")]
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// A store that was upgraded.
#[derive(Debug, Clone)]
pub struct Upgraded {
    /// The version that it had.
    pub from: i64,
    /// The version that it has.
    pub to: i64,
    /// Where it is kept as it was.
    pub backup: PathBuf,
}

impl Store {
    /// Opens a store of an older version, for nothing but [`Store::trusts`] and
    /// [`Store::upgrade`]; `None` where it is not older.
    ///
    /// # Errors
    ///
    /// As [`Store::open`].
    pub fn open_older(path: &Path, patience: Duration) -> Result<Option<Self>, StoreError> {
        let (store, version) = Self::open_any(path, patience)?;
        Ok((version < VERSION).then_some(store))
    }

    /// Makes it one of the newest version, after a backup beside it; `None` where somebody else has
    /// done so meanwhile. Nobody writes between the backup and the upgrade.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; it is as it was then.
    pub fn upgrade(
        self,
        patience: Duration,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Upgraded>, StoreError> {
        // A second look, which the transaction does not keep from copying what was there before it.
        let (before, _) = Self::open_any(self.path(), patience)?;
        self.engine.begin_write()?;
        let upgraded = self.upgrade_in_transaction(&before, now, entropy);
        if upgraded.is_err() {
            self.engine.rollback();
        }
        upgraded
    }

    fn upgrade_in_transaction(
        &self,
        before: &Self,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Upgraded>, StoreError> {
        let from = self.engine.version()?;
        if from == VERSION {
            self.engine.rollback();
            return Ok(None);
        }
        let backup =
            before.copy_beside(&name_beside(self.path(), &format!("v{from}"), now), entropy)?;
        let migrated = self.migrate_from(from, VERSION).and_then(|()| self.engine.commit());
        if migrated.is_err() {
            let _ = fs::remove_file(&backup);
        }
        migrated.map(|()| Some(Upgraded { from, to: VERSION, backup }))
    }

    /// Brings the layout to the newest version.
    pub(super) fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_to(VERSION)
    }

    fn migrate_to(&self, newest: i64) -> Result<(), StoreError> {
        self.engine.begin_write()?;
        let done = self
            .engine
            .version()
            .and_then(|from| self.migrate_from(from, newest))
            .and_then(|()| self.engine.commit());
        if done.is_err() {
            self.engine.rollback();
        }
        done
    }

    fn migrate_from(&self, from: i64, newest: i64) -> Result<(), StoreError> {
        for (version, migration) in (1..=newest).zip(MIGRATIONS) {
            if version > from {
                self.engine.batch(migration)?;
                self.engine.set_version(version)?;
            }
        }
        Ok(())
    }

    /// The version that it has, where that is one that this program knows, and the layout is the one
    /// of that version.
    pub(super) fn known_version(&self) -> Result<i64, StoreError> {
        let found = self.engine.version()?;
        let path = || self.engine.path().to_owned();
        if found > VERSION {
            return Err(StoreError::Newer { path: path(), found, known: VERSION });
        }
        let layout = usize::try_from(found - 1).ok().and_then(|index| LAYOUTS.get(index));
        let Some(layout) = layout else {
            let reason = format!("its version is {found}, and there is none before 1");
            return Err(StoreError::Foreign { path: path(), reason });
        };
        if self.layout()? != *layout {
            let reason = "its tables are not the ones that this program makes".to_owned();
            return Err(StoreError::Damaged { path: path(), reason });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::Engine;

    #[test]
    fn each_layout_is_the_one_that_its_migrations_make() {
        for (version, layout) in (1..).zip(LAYOUTS) {
            let store = Store { engine: Engine::in_memory().unwrap(), id: String::new() };
            store.migrate_to(version).unwrap();
            assert_eq!(store.engine.version().unwrap(), version);
            assert_eq!(store.layout().unwrap(), layout, "version {version}");
        }
    }
}
