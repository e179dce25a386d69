//! The SQL of assignments: who takes which project's calls, with which weight.

use super::projects::read_state;
use super::{Reader, StoreError, Transaction};
use crate::model::{Assignment, ProjectName, State, UserId, Username, Weight};

/// A user in a project, seen from the project.
#[derive(Debug, Clone)]
pub(crate) struct ProjectMember {
    /// Who.
    pub(crate) username: Username,
    /// Whether they take part.
    pub(crate) state: State,
    /// How strongly the project's calls draw them.
    pub(crate) weight: Weight,
    /// The sum of their weights in active projects.
    pub(crate) active_weights: i64,
}

impl Reader<'_> {
    /// The projects of the user `id`, sorted by name.
    pub(crate) fn assignments(&self, id: UserId) -> Result<Vec<Assignment>, StoreError> {
        self.engine.all(
            "SELECT name, weight, state FROM assignments JOIN projects ON id = project_id \
             WHERE user_id = ?1 ORDER BY name",
            &[id.0.into()],
            |row| {
                Ok(Assignment {
                    project: ProjectName::from_stored(row.text(0)?),
                    weight: Weight::new(row.integer(1)?).ok_or_else(|| row.unexpected(1))?,
                    project_state: read_state(row, 2)?,
                })
            },
        )
    }

    /// Hands everybody who is assigned to the project `id` to `each`, sorted by username.
    pub(crate) fn assigned<E: From<StoreError>>(
        &self,
        id: i64,
        mut each: impl FnMut(ProjectMember) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.engine.each(
            "SELECT u.username, u.state, a.weight, \
             (SELECT coalesce(sum(o.weight), 0) FROM assignments o \
              JOIN projects p ON p.id = o.project_id WHERE o.user_id = u.id AND p.state = 1) \
             FROM assignments a JOIN users u ON u.id = a.user_id \
             WHERE a.project_id = ?1 ORDER BY u.username",
            &[id.into()],
            |row| {
                each(ProjectMember {
                    username: Username::from_stored(row.text(0)?),
                    state: read_state(row, 1)?,
                    weight: Weight::new(row.integer(2)?).ok_or_else(|| row.unexpected(2))?,
                    active_weights: row.integer(3)?,
                })
            },
        )
    }

    /// The names of the users who are assigned to the project `id`.
    pub(crate) fn member_usernames(&self, id: i64) -> Result<Vec<Username>, StoreError> {
        self.engine.all(
            "SELECT username FROM assignments JOIN users ON users.id = user_id \
             WHERE project_id = ?1 ORDER BY username",
            &[id.into()],
            |row| Ok(Username::from_stored(row.text(0)?)),
        )
    }

    /// How many users are assigned to the project `id`.
    pub(crate) fn count_members(&self, id: i64) -> Result<i64, StoreError> {
        let count = self.engine.optional(
            "SELECT count(*) FROM assignments WHERE project_id = ?1",
            &[id.into()],
            |row| row.integer(0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// The first `most` active users by name who take the calls of the project `id`, and how many
    /// there are.
    pub(crate) fn active_agents(
        &self,
        id: i64,
        most: usize,
    ) -> Result<(Vec<Username>, u64), StoreError> {
        let count = self.engine.optional(
            "SELECT count(*) FROM assignments JOIN users ON users.id = user_id \
             WHERE project_id = ?1 AND users.state = 1",
            &[id.into()],
            |row| row.integer(0),
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let first = self.engine.all(
            "SELECT username FROM assignments JOIN users ON users.id = user_id \
             WHERE project_id = ?1 AND users.state = 1 ORDER BY username LIMIT ?2",
            &[id.into(), most.into()],
            |row| Ok(Username::from_stored(row.text(0)?)),
        )?;
        Ok((first, count.unwrap_or_default().unsigned_abs()))
    }

    /// Whether any active user takes the calls of the project `id`.
    pub(crate) fn has_active_agent(&self, id: i64) -> Result<bool, StoreError> {
        let found = self.engine.optional(
            "SELECT 1 FROM assignments JOIN users ON users.id = user_id \
             WHERE project_id = ?1 AND users.state = 1 LIMIT 1",
            &[id.into()],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}

impl Transaction<'_> {
    /// Assigns a user to a project with a weight, in place of the weight that they had.
    pub(crate) fn put_assignment(
        &self,
        user: UserId,
        project: i64,
        weight: Weight,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO assignments (user_id, project_id, weight) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_id, project_id) DO UPDATE SET weight = excluded.weight",
            &[user.0.into(), project.into(), i64::from(weight.get()).into()],
        )?;
        Ok(())
    }

    /// Takes a user out of a project.
    pub(crate) fn remove_assignment(&self, user: UserId, project: i64) -> Result<(), StoreError> {
        self.engine.execute(
            "DELETE FROM assignments WHERE user_id = ?1 AND project_id = ?2",
            &[user.0.into(), project.into()],
        )?;
        Ok(())
    }
}
