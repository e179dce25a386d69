//! What `store check` reads: the rows as they are, and what the audit log says of them.

use super::users::search_text;
use super::{Reader, StoreError};
use crate::model::{Email, EntityKind, FullName, LabelKind, PasswordOrigin, Phone, Username};

/// What an entry of the log says that there was from then on.
#[derive(Debug, Clone)]
pub(crate) struct LoggedChange {
    /// The entry's number.
    pub(crate) seq: i64,
    /// What was done.
    pub(crate) action: String,
    /// The name that it had before, where the entry is about that: JSON.
    pub(crate) before: Option<String>,
    /// What was there then: JSON.
    pub(crate) after: Option<String>,
    /// The number of what it is about.
    pub(crate) subject_id: i64,
}

impl Reader<'_> {
    /// What the log says of the things with the numbers from `first` to `last`, in their order,
    /// oldest entry first.
    ///
    /// Many at once: where a number decides about a partial index, SQLite makes a plan for each.
    pub(crate) fn histories(
        &self,
        kind: EntityKind,
        first: i64,
        last: i64,
    ) -> Result<Vec<LoggedChange>, StoreError> {
        let sql = match kind {
            EntityKind::User => {
                "SELECT seq, action, before, after, subject_id FROM audit \
                 WHERE subject_id BETWEEN ?1 AND ?2 AND outcome = 'done' \
                 AND (action LIKE 'user.%' OR action LIKE 'password.%' \
                 OR action IN ('project.assign', 'project.unassign', 'weight.set')) \
                 ORDER BY subject_id, seq"
            }
            EntityKind::Project => {
                "SELECT seq, action, before, after, subject_id FROM audit \
                 WHERE subject_id BETWEEN ?1 AND ?2 AND outcome = 'done' \
                 AND action LIKE 'project.%' \
                 AND action NOT IN ('project.assign', 'project.unassign') \
                 ORDER BY subject_id, seq"
            }
            EntityKind::Team => {
                "SELECT seq, action, before, after, subject_id FROM audit \
                 WHERE subject_id BETWEEN ?1 AND ?2 AND outcome = 'done' \
                 AND action LIKE 'team.%' ORDER BY subject_id, seq"
            }
            EntityKind::Skill => {
                "SELECT seq, action, before, after, subject_id FROM audit \
                 WHERE subject_id BETWEEN ?1 AND ?2 AND outcome = 'done' \
                 AND action LIKE 'skill.%' ORDER BY subject_id, seq"
            }
        };
        self.logged_changes(sql, &[first.into(), last.into()])
    }

    /// Every renaming of projects, teams and skills, oldest first.
    pub(crate) fn renames(&self) -> Result<Vec<LoggedChange>, StoreError> {
        self.logged_changes(
            "SELECT seq, action, before, after, subject_id FROM audit WHERE outcome = 'done' \
             AND action IN ('project.rename', 'team.rename', 'skill.rename') ORDER BY seq",
            &[],
        )
    }

    fn logged_changes(
        &self,
        sql: &str,
        values: &[super::engine::SqlValue<'_>],
    ) -> Result<Vec<LoggedChange>, StoreError> {
        self.engine.all(sql, values, |row| {
            Ok(LoggedChange {
                seq: row.integer(0)?,
                action: row.text(1)?.to_owned(),
                before: row.optional_text(2)?.map(str::to_owned),
                after: row.optional_text(3)?.map(str::to_owned),
                subject_id: row.integer(4)?,
            })
        })
    }

    /// The names that things had when they were made, which the log knows and which are not there,
    /// although nobody has deleted them.
    pub(crate) fn lost(
        &self,
        kind: EntityKind,
        mut each: impl FnMut(&str),
    ) -> Result<(), StoreError> {
        let sql = match kind {
            EntityKind::User => {
                "SELECT subject FROM audit AS made WHERE action = 'user.create' \
                 AND outcome = 'done' AND subject_id NOT IN (SELECT id FROM users) \
                 AND NOT EXISTS (SELECT 1 FROM audit WHERE subject_id = made.subject_id \
                 AND action = 'user.delete' AND outcome = 'done' AND seq > made.seq) ORDER BY seq"
            }
            EntityKind::Project => {
                "SELECT subject FROM audit AS made WHERE action = 'project.create' \
                 AND outcome = 'done' AND subject_id NOT IN (SELECT id FROM projects) \
                 AND NOT EXISTS (SELECT 1 FROM audit WHERE subject_id = made.subject_id \
                 AND action = 'project.delete' AND outcome = 'done' AND seq > made.seq) ORDER BY seq"
            }
            EntityKind::Team => {
                "SELECT subject FROM audit AS made WHERE action = 'team.create' \
                 AND outcome = 'done' AND subject_id NOT IN (SELECT id FROM teams) \
                 AND NOT EXISTS (SELECT 1 FROM audit WHERE subject_id = made.subject_id \
                 AND action = 'team.delete' AND outcome = 'done' AND seq > made.seq) ORDER BY seq"
            }
            EntityKind::Skill => {
                "SELECT subject FROM audit AS made WHERE action = 'skill.create' \
                 AND outcome = 'done' AND subject_id NOT IN (SELECT id FROM skills) \
                 AND NOT EXISTS (SELECT 1 FROM audit WHERE subject_id = made.subject_id \
                 AND action = 'skill.delete' AND outcome = 'done' AND seq > made.seq) ORDER BY seq"
            }
        };
        self.engine.each(sql, &[], |row| {
            each(row.optional_text(0)?.unwrap_or_default());
            Ok::<_, StoreError>(true)
        })
    }

    /// The numbers and names of all teams or skills.
    pub(crate) fn label_names(&self, kind: LabelKind) -> Result<Vec<(i64, String)>, StoreError> {
        let sql = match kind {
            LabelKind::Team => "SELECT id, name FROM teams ORDER BY id",
            LabelKind::Skill => "SELECT id, name FROM skills ORDER BY id",
        };
        self.engine.all(sql, &[], |row| Ok((row.integer(0)?, row.text(1)?.to_owned())))
    }

    /// The users whose stored text for the search is not the one that their fields make.
    pub(crate) fn stale_search_texts(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT username, full_name, email, phone, search FROM users ORDER BY id",
            &[],
            |row| {
                let wanted = search_text(
                    &Username::from_stored(row.text(0)?),
                    &FullName::from_stored(row.text(1)?),
                    row.optional_text(2)?.map(Email::from_stored).as_ref(),
                    row.optional_text(3)?.map(Phone::from_stored).as_ref(),
                );
                if row.text(4)? != wanted {
                    each(row.text(0)?);
                }
                Ok::<_, StoreError>(true)
            },
        )
    }

    /// Every user's name with the hash of their password and who thought of that.
    pub(crate) fn hashes(
        &self,
        mut each: impl FnMut(&str, &str, PasswordOrigin),
    ) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT username, password_hash, password_origin FROM users \
             WHERE password_hash IS NOT NULL ORDER BY id",
            &[],
            |row| {
                let origin = match row.integer(2)? {
                    0 => PasswordOrigin::Typed,
                    _ => PasswordOrigin::Generated,
                };
                each(row.text(0)?, row.text(1)?, origin);
                Ok::<_, StoreError>(true)
            },
        )
    }

    /// The numbers of users that were given, and that the store would give again.
    pub(crate) fn reused_user_ids(&self) -> Result<bool, StoreError> {
        let found = self.engine.optional(
            "SELECT max(coalesce((SELECT max(id) FROM users), 0), next_user_id - 1) \
             < (SELECT coalesce(max(subject_id), 0) FROM audit WHERE action = 'user.delete' \
             AND outcome = 'done') FROM store",
            &[],
            |row| row.integer(0),
        )?;
        Ok(found == Some(1))
    }

    /// The users whose photo does not begin as one of its kind does.
    pub(crate) fn mismatched_photos(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT username, kind, substr(content, 1, 8) FROM photos \
             JOIN users ON users.id = user_id ORDER BY user_id",
            &[],
            |row| {
                let start = row.blob(2)?;
                let fits = match row.integer(1)? {
                    0 => start == b"\x89PNG\r\n\x1a\n",
                    _ => start.starts_with(b"\xff\xd8\xff"),
                };
                if !fits {
                    each(row.text(0)?);
                }
                Ok::<_, StoreError>(true)
            },
        )
    }
}
