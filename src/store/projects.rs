//! The SQL of projects.

use super::engine::SqlRow;
use super::{Reader, StoreError, Transaction};
use crate::model::{
    Description, LanguageTag, Priority, Project, ProjectDetails, ProjectName, State, Timestamp,
};

pub(super) fn state_to_integer(state: State) -> i64 {
    match state {
        State::Active => 1,
        State::Inactive => 0,
    }
}

pub(super) fn read_state(row: &SqlRow<'_>, column: usize) -> Result<State, StoreError> {
    match row.integer(column)? {
        0 => Ok(State::Inactive),
        1 => Ok(State::Active),
        _ => Err(row.unexpected(column)),
    }
}

fn project(row: &SqlRow<'_>) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.integer(0)?,
        name: ProjectName::from_stored(row.text(1)?),
        details: ProjectDetails {
            language: row.optional_text(2)?.map(LanguageTag::from_stored),
            description: row.optional_text(3)?.map(Description::from_stored),
            priority: u8::try_from(row.integer(5)?)
                .ok()
                .and_then(Priority::new)
                .ok_or_else(|| row.unexpected(5))?,
        },
        state: read_state(row, 4)?,
    })
}

impl Reader<'_> {
    /// The project of that name.
    pub(crate) fn find_project(&self, name: &str) -> Result<Option<Project>, StoreError> {
        self.engine.optional(
            "SELECT id, name, language, description, state, priority FROM projects WHERE name = ?1",
            &[name.into()],
            project,
        )
    }

    /// The project with the number `id`.
    pub(crate) fn project_by_id(&self, id: i64) -> Result<Option<Project>, StoreError> {
        self.engine.optional(
            "SELECT id, name, language, description, state, priority FROM projects WHERE id = ?1",
            &[id.into()],
            project,
        )
    }

    /// Hands every project and the number of its users to `each`, sorted by name.
    pub(crate) fn projects<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Project, i64) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.engine.each(
            "SELECT id, name, language, description, state, priority, \
             (SELECT count(*) FROM assignments WHERE project_id = projects.id) \
             FROM projects ORDER BY name",
            &[],
            |row| each(project(row)?, row.integer(6)?),
        )
    }
}

impl Reader<'_> {
    /// How many projects there are.
    pub(crate) fn count_projects(&self) -> Result<i64, StoreError> {
        let count =
            self.engine.optional("SELECT count(*) FROM projects", &[], |row| row.integer(0))?;
        Ok(count.unwrap_or_default())
    }
}

impl Transaction<'_> {
    /// Makes a project again, with the number that it had; `false` where the name or the number is
    /// taken.
    pub(crate) fn restore_project(
        &self,
        project: &Project,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Project { id, name, details, state } = project;
        let rows = self.engine.execute(
            "INSERT INTO projects (id, name, language, description, state, created_at, updated_at, \
             priority) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7) ON CONFLICT DO NOTHING",
            &[
                (*id).into(),
                name.as_str().into(),
                details.language.as_ref().map(LanguageTag::as_str).into(),
                details.description.as_ref().map(Description::as_str).into(),
                state_to_integer(*state).into(),
                now.seconds().into(),
                i64::from(details.priority.get()).into(),
            ],
        )?;
        Ok(rows == 1)
    }

    /// Makes a project; `None` where the name is taken.
    pub(crate) fn insert_project(
        &self,
        name: &ProjectName,
        details: &ProjectDetails,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        self.engine.optional(
            "INSERT INTO projects (name, language, description, state, created_at, updated_at, \
             priority) VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5) ON CONFLICT (name) DO NOTHING RETURNING id",
            &[
                name.as_str().into(),
                details.language.as_ref().map(LanguageTag::as_str).into(),
                details.description.as_ref().map(Description::as_str).into(),
                now.seconds().into(),
                i64::from(details.priority.get()).into(),
            ],
            |row| row.integer(0),
        )
    }

    /// Writes the details of the project `id`.
    pub(crate) fn update_project(
        &self,
        id: i64,
        details: &ProjectDetails,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE projects SET language = ?2, description = ?3, updated_at = ?4, \
             priority = ?5 WHERE id = ?1",
            &[
                id.into(),
                details.language.as_ref().map(LanguageTag::as_str).into(),
                details.description.as_ref().map(Description::as_str).into(),
                now.seconds().into(),
                i64::from(details.priority.get()).into(),
            ],
        )?;
        Ok(())
    }

    /// Renames the project `id`; `false` where the name is taken.
    pub(crate) fn rename_project(
        &self,
        id: i64,
        name: &ProjectName,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let rows = self.engine.execute(
            "UPDATE projects SET name = ?2, updated_at = ?3 WHERE id = ?1 \
             AND NOT EXISTS (SELECT 1 FROM projects WHERE name = ?2)",
            &[id.into(), name.as_str().into(), now.seconds().into()],
        )?;
        Ok(rows == 1)
    }

    /// Sets whether users take the calls of the project `id`.
    pub(crate) fn set_project_state(
        &self,
        id: i64,
        state: State,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE projects SET state = ?2, updated_at = ?3 WHERE id = ?1",
            &[id.into(), state_to_integer(state).into(), now.seconds().into()],
        )?;
        Ok(())
    }

    /// Deletes the project `id` and takes it from its users, whose details count as changed.
    pub(crate) fn delete_project(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE users SET updated_at = ?2, revision = revision + 1 \
             WHERE id IN (SELECT user_id FROM assignments WHERE project_id = ?1)",
            &[id.into(), now.seconds().into()],
        )?;
        self.engine.execute("DELETE FROM assignments WHERE project_id = ?1", &[id.into()])?;
        self.engine.execute("DELETE FROM projects WHERE id = ?1", &[id.into()])?;
        Ok(())
    }
}
