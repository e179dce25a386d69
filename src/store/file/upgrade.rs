//! The schemas of the store, and how one of an older version becomes one of the newest.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::temp_file::name_beside;
use crate::model::Timestamp;
use crate::store::{Store, StoreError};

/// What makes each schema of the one before, oldest first. A released one is never edited.
const MIGRATIONS: [&str; 7] = [
    include_str!("../migrations/sqlite/0001_initial.sql"),
    include_str!("../migrations/sqlite/0002_codes_and_photos.sql"),
    include_str!("../migrations/sqlite/0003_retired.sql"),
    include_str!("../migrations/sqlite/0004_folded_names.sql"),
    include_str!("../migrations/sqlite/0005_sign_in.sql"),
    include_str!("../migrations/sqlite/0006_windows.sql"),
    include_str!("../migrations/sqlite/0007_batches.sql"),
];

/// The newest schema that this program knows.
#[expect(clippy::cast_possible_wrap, reason = "a handful of migrations")]
pub(in crate::store) const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// A store that was upgraded.
#[derive(Debug, Clone)]
pub struct UpgradeReport {
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
    pub fn open_older(path: &Path, busy_timeout: Duration) -> Result<Option<Self>, StoreError> {
        let (store, version) = Self::open_any_version(path, busy_timeout)?;
        Ok((version < SCHEMA_VERSION).then_some(store))
    }

    /// Makes it one of the newest version, after a backup beside it; `None` where somebody else has
    /// done so meanwhile. Nobody writes between the backup and the upgrade.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; it is as it was then.
    pub fn upgrade(
        self,
        busy_timeout: Duration,
        now: Timestamp,
    ) -> Result<Option<UpgradeReport>, StoreError> {
        // A second look, which the transaction does not keep from copying what was there before it.
        let (before, _) = Self::open_any_version(self.path(), busy_timeout)?;
        self.engine.begin_write()?;
        let upgraded = self.upgrade_in_transaction(&before, now);
        if upgraded.is_err() {
            self.engine.rollback();
        }
        upgraded
    }

    fn upgrade_in_transaction(
        &self,
        before: &Self,
        now: Timestamp,
    ) -> Result<Option<UpgradeReport>, StoreError> {
        let from = self.engine.schema_version()?;
        if from == SCHEMA_VERSION {
            self.engine.rollback();
            return Ok(None);
        }
        let backup =
            before.copy_next_to_store(&name_beside(self.path(), &format!("v{from}"), now))?;
        let migrated = self.migrate_from(from, SCHEMA_VERSION).and_then(|()| self.engine.commit());
        if migrated.is_err() {
            let _ = fs::remove_file(&backup);
        }
        migrated.map(|()| Some(UpgradeReport { from, to: SCHEMA_VERSION, backup }))
    }

    /// Brings the schema to the newest version.
    pub(in crate::store) fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_to(SCHEMA_VERSION)
    }

    fn migrate_to(&self, newest: i64) -> Result<(), StoreError> {
        self.engine.begin_write()?;
        let done = self
            .engine
            .schema_version()
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
                self.engine.set_schema_version(version)?;
            }
        }
        Ok(())
    }

    /// The version that it has, where that is one that this program knows, and the schema is the
    /// one of that version.
    pub(in crate::store) fn check_schema(&self) -> Result<i64, StoreError> {
        let found = self.engine.schema_version()?;
        let path = || self.engine.path().to_owned();
        if found > SCHEMA_VERSION {
            return Err(StoreError::NewerVersion { path: path(), found, known: SCHEMA_VERSION });
        }
        let made_by = usize::try_from(found).ok().filter(|version| *version > 0);
        let Some(made_by) = made_by.and_then(|version| MIGRATIONS.get(..version)) else {
            let reason = format!("its version is {found}, and there is none before 1");
            return Err(StoreError::NotAStore { path: path(), reason });
        };
        if !self.matches_migrations(made_by)? {
            let reason = "its tables are not the ones that this program makes".to_owned();
            return Err(StoreError::Damaged { path: path(), reason });
        }
        Ok(found)
    }

    /// Whether its schema is what `migrations` make, word for word: a planted trigger, say, is not.
    fn matches_migrations(&self, migrations: &[&str]) -> Result<bool, StoreError> {
        let mut missing = schema_of(migrations);
        let mut is_other = false;
        self.engine.schema_statements(|statement| {
            match missing.iter().position(|one| one == statement) {
                Some(found) => _ = missing.remove(found),
                None => is_other = true,
            }
        })?;
        Ok(missing.is_empty() && !is_other)
    }
}

/// The statements that make the schema of `migrations`, as SQLite keeps them: without what stands
/// before and behind them, each table with the columns that were added to it later.
fn schema_of<'m>(migrations: &[&'m str]) -> Vec<Cow<'m, str>> {
    let mut schema: Vec<Cow<'m, str>> = Vec::new();
    for piece in migrations.iter().flat_map(|one| one.split(";\n")) {
        let from = |word: &str| piece.find(word).and_then(|at| piece.get(at..));
        if let Some(altered) = from("ALTER TABLE ").and_then(|it| it.strip_prefix("ALTER TABLE "))
            && let Some((table, column)) = altered.split_once(" ADD COLUMN ")
        {
            let begin = format!("CREATE TABLE {table} (");
            for statement in schema.iter_mut().filter(|one| one.starts_with(&begin)) {
                add_column(statement.to_mut(), column);
            }
        } else if let Some(dropped) =
            from("DROP INDEX ").and_then(|it| it.strip_prefix("DROP INDEX "))
        {
            let begin = format!("CREATE INDEX {dropped}\n");
            let one_line = format!("CREATE INDEX {dropped} ");
            schema.retain(|one| !one.starts_with(&begin) && !one.starts_with(&one_line));
        } else if let Some(created) = from("CREATE ") {
            schema.push(created.into());
        }
    }
    schema
}

/// Adds a column to the statement of a table where SQLite does: before the constraints of the whole
/// table, else at its end.
fn add_column(table: &mut String, column: &str) {
    let constraint = |word: &str| table.find(&format!(",\n    {word} ("));
    let before = [constraint("CHECK"), constraint("PRIMARY KEY")].into_iter().flatten().min();
    if let Some(at) = before.or_else(|| table.rfind(')')) {
        table.insert_str(at, &format!(", {column}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::Engine;

    #[test]
    fn each_layout_is_the_one_that_its_migrations_make() {
        for version in 1..=SCHEMA_VERSION {
            let store =
                Store { engine: Engine::in_memory().unwrap(), id: String::new(), rehearsed: None };
            store.migrate_to(version).unwrap();
            assert_eq!(store.check_schema().unwrap(), version);
            let mut kept = Vec::new();
            store.engine.schema_statements(|statement| kept.push(statement.to_owned())).unwrap();
            let count = usize::try_from(version).unwrap();
            assert_eq!(kept, schema_of(&MIGRATIONS[..count]));
        }
    }

    /// R43.
    #[test]
    fn a_layout_that_was_changed_is_told() {
        for planted in [
            "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END",
            "CREATE INDEX more ON users (email)",
            "CREATE TABLE more (x)",
            "DROP TRIGGER audit_is_not_deleted",
            "DROP TABLE photos",
            "ALTER TABLE users ADD COLUMN x TEXT",
            "DROP TRIGGER audit_is_not_deleted; CREATE TRIGGER audit_is_not_deleted BEFORE DELETE \
             ON audit BEGIN SELECT 1; END",
        ] {
            let store =
                Store { engine: Engine::in_memory().unwrap(), id: String::new(), rehearsed: None };
            store.migrate().unwrap();
            store.engine.batch(planted).unwrap();
            let told = store.check_schema();
            assert!(matches!(told, Err(StoreError::Damaged { .. })), "{planted}: {told:?}");
        }
    }
}
