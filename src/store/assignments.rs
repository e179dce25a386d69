//! The SQL of assignments: who takes which project's calls, with which weight.

use super::projects::read_state;
use super::window::{edge, is_open, read_window, takes_part};
use super::{Reader, StoreError, Transaction};
use crate::model::{Assignment, ProjectName, State, Timestamp, UserId, Username, Weight, Window};

/// A statement about the users who take the calls of the project `?1` at the moment `?2`.
macro_rules! active_agents {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM assignments JOIN users ON users.id = user_id WHERE project_id = ?1 AND ",
            is_open!("assignments", "?2"),
            " AND ",
            takes_part!("users", "?2"),
            $rest
        )
    };
}

/// A user in a project, seen from the project.
#[derive(Debug, Clone)]
pub(crate) struct ProjectMember {
    /// Who.
    pub(crate) username: Username,
    /// Whether they take part now.
    pub(crate) state: State,
    /// How strongly the project's calls draw them.
    pub(crate) weight: Weight,
    /// From when until when they take its calls.
    pub(crate) window: Window,
    /// The sum of their weights in projects whose calls they take now.
    pub(crate) active_weights: i64,
}

impl ProjectMember {
    /// Whether they take the project's calls at the moment `now`, as which they were read.
    pub(crate) fn takes_calls(&self, now: Timestamp) -> bool {
        self.state.is_active() && self.window.contains(now)
    }
}

impl Reader<'_> {
    /// The projects of the user `id`, sorted by name.
    pub(crate) fn assignments(&self, id: UserId) -> Result<Vec<Assignment>, StoreError> {
        self.engine.all(
            "SELECT name, weight, state, active_from, active_until FROM assignments \
             JOIN projects ON id = project_id WHERE user_id = ?1 ORDER BY name",
            &[id.0.into()],
            |row| {
                Ok(Assignment {
                    project: ProjectName::from_stored(row.text(0)?),
                    weight: Weight::new(row.integer(1)?).ok_or_else(|| row.unexpected(1))?,
                    project_state: read_state(row, 2)?,
                    window: read_window(row, 3)?,
                })
            },
        )
    }

    /// Hands everybody who is assigned to the project `id` to `each`, sorted by username.
    pub(crate) fn assigned<E: From<StoreError>>(
        &self,
        id: i64,
        now: Timestamp,
        mut each: impl FnMut(ProjectMember) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.engine.each(
            concat!(
                "SELECT u.username, CASE WHEN ",
                takes_part!("u", "?2"),
                " THEN 1 ELSE 0 END, a.weight, \
                 (SELECT coalesce(sum(o.weight), 0) FROM assignments o \
                  JOIN projects p ON p.id = o.project_id \
                  WHERE o.user_id = u.id AND p.state = 1 AND ",
                is_open!("o", "?2"),
                "), a.active_from, a.active_until \
                 FROM assignments a JOIN users u ON u.id = a.user_id \
                 WHERE a.project_id = ?1 ORDER BY u.username"
            ),
            &[id.into(), now.seconds().into()],
            |row| {
                each(ProjectMember {
                    username: Username::from_stored(row.text(0)?),
                    state: read_state(row, 1)?,
                    weight: Weight::new(row.integer(2)?).ok_or_else(|| row.unexpected(2))?,
                    active_weights: row.integer(3)?,
                    window: read_window(row, 4)?,
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

    /// The first `most` users by name who take the calls of the project `id` now, and how many there
    /// are.
    pub(crate) fn active_agents(
        &self,
        id: i64,
        now: Timestamp,
        most: usize,
    ) -> Result<(Vec<Username>, u64), StoreError> {
        let count = self.engine.optional(
            active_agents!("SELECT count(*)", ""),
            &[id.into(), now.seconds().into()],
            |row| row.integer(0),
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let first = self.engine.all(
            active_agents!("SELECT username", " ORDER BY username LIMIT ?3"),
            &[id.into(), now.seconds().into(), most.into()],
            |row| Ok(Username::from_stored(row.text(0)?)),
        )?;
        Ok((first, count.unwrap_or_default().unsigned_abs()))
    }

    /// Whether anybody takes the calls of the project `id` now.
    pub(crate) fn has_active_agent(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let found = self.engine.optional(
            active_agents!("SELECT 1", " LIMIT 1"),
            &[id.into(), now.seconds().into()],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}

impl Transaction<'_> {
    /// Assigns a user to a project with a weight and a window, in place of those that they had.
    pub(crate) fn put_assignment(
        &self,
        user: UserId,
        project: i64,
        weight: Weight,
        window: Window,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO assignments (user_id, project_id, weight, active_from, active_until) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id, project_id) DO UPDATE SET \
             weight = excluded.weight, active_from = excluded.active_from, \
             active_until = excluded.active_until",
            &[
                user.0.into(),
                project.into(),
                i64::from(weight.get()).into(),
                edge(window.from),
                edge(window.until),
            ],
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
