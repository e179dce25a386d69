//! Teams and skills: names that exist before they are used.

use super::{Reader, StoreError, Transaction};
use crate::model::{LabelKind, Username};

impl LabelKind {
    /// The statement for each: only values are bound, never put together with names of tables.
    fn pick(self, team: &'static str, skill: &'static str) -> &'static str {
        match self {
            Self::Team => team,
            Self::Skill => skill,
        }
    }
}

impl Reader<'_> {
    /// The id of a label.
    pub(crate) fn label_id(&self, kind: LabelKind, name: &str) -> Result<Option<i64>, StoreError> {
        let sql = kind
            .pick("SELECT id FROM teams WHERE name = ?1", "SELECT id FROM skills WHERE name = ?1");
        self.engine.optional(sql, &[name.into()], |row| row.integer(0))
    }

    /// The name of the label `id`.
    pub(crate) fn label_name(
        &self,
        kind: LabelKind,
        id: i64,
    ) -> Result<Option<String>, StoreError> {
        let sql = kind
            .pick("SELECT name FROM teams WHERE id = ?1", "SELECT name FROM skills WHERE id = ?1");
        self.engine.optional(sql, &[id.into()], |row| row.text(0).map(str::to_owned))
    }

    /// Hands every label's name and the number of its users to `each`, sorted by name.
    pub(crate) fn labels<E: From<StoreError>>(
        &self,
        kind: LabelKind,
        mut each: impl FnMut(&str, i64) -> Result<bool, E>,
    ) -> Result<(), E> {
        let sql = kind.pick(
            "SELECT name, (SELECT count(*) FROM user_teams WHERE team_id = teams.id) \
             FROM teams ORDER BY name",
            "SELECT name, (SELECT count(*) FROM user_skills WHERE skill_id = skills.id) \
             FROM skills ORDER BY name",
        );
        self.engine.each(sql, &[], |row| each(row.text(0)?, row.integer(1)?))
    }

    /// The names of the users who have the label `id`.
    pub(crate) fn label_usernames(
        &self,
        kind: LabelKind,
        id: i64,
    ) -> Result<Vec<Username>, StoreError> {
        let sql = kind.pick(
            "SELECT username FROM user_teams JOIN users ON users.id = user_id \
             WHERE team_id = ?1 ORDER BY username",
            "SELECT username FROM user_skills JOIN users ON users.id = user_id \
             WHERE skill_id = ?1 ORDER BY username",
        );
        self.engine.all(sql, &[id.into()], |row| Ok(Username::from_stored(row.text(0)?)))
    }

    /// How many labels there are.
    pub(crate) fn count_labels(&self, kind: LabelKind) -> Result<i64, StoreError> {
        let sql = kind.pick("SELECT count(*) FROM teams", "SELECT count(*) FROM skills");
        Ok(self.engine.optional(sql, &[], |row| row.integer(0))?.unwrap_or_default())
    }

    /// How many users have the label `id`.
    pub(crate) fn label_users(&self, kind: LabelKind, id: i64) -> Result<i64, StoreError> {
        let sql = kind.pick(
            "SELECT count(*) FROM user_teams WHERE team_id = ?1",
            "SELECT count(*) FROM user_skills WHERE skill_id = ?1",
        );
        Ok(self.engine.optional(sql, &[id.into()], |row| row.integer(0))?.unwrap_or_default())
    }
}

impl Transaction<'_> {
    /// Makes a label; `None` where the name is taken.
    pub(crate) fn insert_label(
        &self,
        kind: LabelKind,
        name: &str,
    ) -> Result<Option<i64>, StoreError> {
        let sql = kind.pick(
            "INSERT INTO teams (name) VALUES (?1) ON CONFLICT (name) DO NOTHING RETURNING id",
            "INSERT INTO skills (name) VALUES (?1) ON CONFLICT (name) DO NOTHING RETURNING id",
        );
        self.engine.optional(sql, &[name.into()], |row| row.integer(0))
    }

    /// Makes a label again that had the number `id`; `false` where the name or the number is taken.
    pub(crate) fn restore_label(
        &self,
        kind: LabelKind,
        id: i64,
        name: &str,
    ) -> Result<bool, StoreError> {
        let sql = kind.pick(
            "INSERT INTO teams (id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            "INSERT INTO skills (id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        );
        Ok(self.engine.execute(sql, &[id.into(), name.into()])? == 1)
    }

    /// Renames the label `id`; `false` where the name is taken.
    pub(crate) fn rename_label(
        &self,
        kind: LabelKind,
        id: i64,
        name: &str,
    ) -> Result<bool, StoreError> {
        let sql = kind.pick(
            "UPDATE teams SET name = ?2 WHERE id = ?1 \
             AND NOT EXISTS (SELECT 1 FROM teams WHERE name = ?2)",
            "UPDATE skills SET name = ?2 WHERE id = ?1 \
             AND NOT EXISTS (SELECT 1 FROM skills WHERE name = ?2)",
        );
        Ok(self.engine.execute(sql, &[id.into(), name.into()])? == 1)
    }

    /// Deletes the label `id` and takes it from its users, whose details count as changed.
    pub(crate) fn delete_label(
        &self,
        kind: LabelKind,
        id: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            kind.pick(
                "UPDATE users SET updated_at = ?2, revision = revision + 1 \
                 WHERE id IN (SELECT user_id FROM user_teams WHERE team_id = ?1)",
                "UPDATE users SET updated_at = ?2, revision = revision + 1 \
                 WHERE id IN (SELECT user_id FROM user_skills WHERE skill_id = ?1)",
            ),
            &[id.into(), now.into()],
        )?;
        self.engine.execute(
            kind.pick(
                "DELETE FROM user_teams WHERE team_id = ?1",
                "DELETE FROM user_skills WHERE skill_id = ?1",
            ),
            &[id.into()],
        )?;
        self.engine.execute(
            kind.pick("DELETE FROM teams WHERE id = ?1", "DELETE FROM skills WHERE id = ?1"),
            &[id.into()],
        )?;
        Ok(())
    }

    /// Gives a user a team; nothing happens where they have it.
    pub(crate) fn add_user_team(&self, user: i64, team: i64) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO user_teams (user_id, team_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            &[user.into(), team.into()],
        )?;
        Ok(())
    }

    /// Gives a user a skill at a level, in place of the level that they had.
    pub(crate) fn put_user_skill(
        &self,
        user: i64,
        skill: i64,
        level: u8,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO user_skills (user_id, skill_id, level) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_id, skill_id) DO UPDATE SET level = excluded.level",
            &[user.into(), skill.into(), i64::from(level).into()],
        )?;
        Ok(())
    }

    /// Takes a team or a skill from a user.
    pub(crate) fn remove_user_label(
        &self,
        kind: LabelKind,
        user: i64,
        label: i64,
    ) -> Result<(), StoreError> {
        let sql = kind.pick(
            "DELETE FROM user_teams WHERE user_id = ?1 AND team_id = ?2",
            "DELETE FROM user_skills WHERE user_id = ?1 AND skill_id = ?2",
        );
        self.engine.execute(sql, &[user.into(), label.into()])?;
        Ok(())
    }
}
