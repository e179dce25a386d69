//! The teams, skills and projects of users. A list reads them for many users at once: where the ids
//! of its users stand close together, one ordered scan beside them is far less work than three
//! look-ups for each; where they don't, every user has look-ups of their own.

use super::engine::{SqlRow, SqlValue, Statement};
use super::projects::read_state;
use super::window::read_window;
use super::{Reader, StoreError};
use crate::model::{
    Assignment, Memberships, ProjectName, SkillGrant, SkillLevel, SkillName, State, TeamName, User,
    Weight,
};

/// The largest gap between the ids of neighbouring users in one scan: skipping the rows of more
/// users costs about as much as a look-up.
pub(super) const MAX_ID_GAP: i64 = 8;

/// The names behind ids, sorted by id.
struct NamesById<T>(Vec<(i64, T)>);

impl<T: Clone> NamesById<T> {
    /// What the id in a row's column stands for.
    fn named(&self, row: &SqlRow<'_>, column: usize) -> Result<T, StoreError> {
        let id = row.integer(column)?;
        let found = self.0.binary_search_by_key(&id, |(id, _)| *id);
        found.map(|at| self.0[at].1.clone()).map_err(|_| row.unexpected(column))
    }
}

/// Reads the memberships of many users, of the kinds that are asked for.
pub(super) struct MembershipReader<'c> {
    teams: Option<(Statement<'c>, NamesById<TeamName>)>,
    skills: Option<(Statement<'c>, NamesById<SkillName>)>,
    projects: Option<(Statement<'c>, NamesById<(ProjectName, State)>)>,
}

impl MembershipReader<'_> {
    /// Gives each of the users, who have none yet, their memberships, sorted by name.
    pub(super) fn load(&mut self, users: &mut [User]) -> Result<(), StoreError> {
        let mut users: Vec<&mut User> = users.iter_mut().collect();
        users.sort_unstable_by_key(|user| user.id);
        for run in users.chunk_by_mut(|one, next| next.id.0 - one.id.0 <= MAX_ID_GAP) {
            self.load_run(run)?;
        }
        Ok(())
    }

    /// The same for users in the order of their ids, in one scan.
    fn load_run(&mut self, run: &mut [&mut User]) -> Result<(), StoreError> {
        if let Some((statement, names)) = &mut self.teams {
            scan(statement, run, |user, row| {
                user.teams.push(names.named(row, 1)?);
                Ok(())
            })?;
        }
        if let Some((statement, names)) = &mut self.skills {
            scan(statement, run, |user, row| {
                user.skills.push(SkillGrant {
                    skill: names.named(row, 1)?,
                    level: SkillLevel::new(row.integer(2)?).ok_or_else(|| row.unexpected(2))?,
                });
                Ok(())
            })?;
        }
        if let Some((statement, names)) = &mut self.projects {
            scan(statement, run, |user, row| {
                let (project, project_state) = names.named(row, 1)?;
                user.projects.push(Assignment {
                    project,
                    weight: Weight::new(row.integer(2)?).ok_or_else(|| row.unexpected(2))?,
                    window: read_window(row, 3)?,
                    project_state,
                });
                Ok(())
            })?;
        }
        for user in run {
            user.teams.sort_unstable();
            user.skills.sort_unstable();
            user.projects.sort_unstable_by(|one, other| one.project.cmp(&other.project));
        }
        Ok(())
    }
}

/// Hands each row that belongs to one of the users, who stand in the order of their ids, to `add`.
fn scan(
    statement: &mut Statement<'_>,
    run: &mut [&mut User],
    mut add: impl FnMut(&mut User, &SqlRow<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(()) };
    let range = [SqlValue::Integer(first.id.0), SqlValue::Integer(last.id.0)];
    let mut users = run.iter_mut().peekable();
    statement.each(&range, |row| {
        let id = row.integer(0)?;
        while users.next_if(|user| user.id.0 < id).is_some() {}
        if let Some(user) = users.peek_mut().filter(|user| user.id.0 == id) {
            add(user, row)?;
        }
        Ok::<_, StoreError>(true)
    })
}

impl Reader<'_> {
    /// A reader of those memberships of many users.
    pub(super) fn membership_reader(
        &self,
        memberships: Memberships,
    ) -> Result<MembershipReader<'_>, StoreError> {
        Ok(MembershipReader {
            teams: memberships.teams.then(|| self.team_reader()).transpose()?,
            skills: memberships.skills.then(|| self.skill_reader()).transpose()?,
            projects: memberships.projects.then(|| self.project_reader()).transpose()?,
        })
    }

    fn team_reader(&self) -> Result<(Statement<'_>, NamesById<TeamName>), StoreError> {
        let statement = self.engine.statement(
            "SELECT user_id, team_id FROM user_teams \
             WHERE user_id BETWEEN ?1 AND ?2 ORDER BY user_id",
        )?;
        let names = self.engine.all("SELECT id, name FROM teams ORDER BY id", &[], |row| {
            Ok((row.integer(0)?, TeamName::from_stored(row.text(1)?)))
        })?;
        Ok((statement, NamesById(names)))
    }

    fn skill_reader(&self) -> Result<(Statement<'_>, NamesById<SkillName>), StoreError> {
        let statement = self.engine.statement(
            "SELECT user_id, skill_id, level FROM user_skills \
             WHERE user_id BETWEEN ?1 AND ?2 ORDER BY user_id",
        )?;
        let names = self.engine.all("SELECT id, name FROM skills ORDER BY id", &[], |row| {
            Ok((row.integer(0)?, SkillName::from_stored(row.text(1)?)))
        })?;
        Ok((statement, NamesById(names)))
    }

    fn project_reader(
        &self,
    ) -> Result<(Statement<'_>, NamesById<(ProjectName, State)>), StoreError> {
        let statement = self.engine.statement(
            "SELECT user_id, project_id, weight, active_from, active_until FROM assignments \
             WHERE user_id BETWEEN ?1 AND ?2 ORDER BY user_id",
        )?;
        let names =
            self.engine.all("SELECT id, name, state FROM projects ORDER BY id", &[], |row| {
                let name = ProjectName::from_stored(row.text(1)?);
                Ok((row.integer(0)?, (name, read_state(row, 2)?)))
            })?;
        Ok((statement, NamesById(names)))
    }

    /// Gives one user, who has none yet, their memberships, sorted by name.
    pub(super) fn load_memberships(&self, user: &mut User) -> Result<(), StoreError> {
        let id = [SqlValue::Integer(user.id.0)];
        user.teams = self.engine.all(
            "SELECT name FROM user_teams JOIN teams ON id = team_id \
             WHERE user_id = ?1 ORDER BY name",
            &id,
            |row| Ok(TeamName::from_stored(row.text(0)?)),
        )?;
        user.skills = self.engine.all(
            "SELECT name, level FROM user_skills JOIN skills ON id = skill_id \
             WHERE user_id = ?1 ORDER BY name",
            &id,
            |row| {
                Ok(SkillGrant {
                    skill: SkillName::from_stored(row.text(0)?),
                    level: SkillLevel::new(row.integer(1)?).ok_or_else(|| row.unexpected(1))?,
                })
            },
        )?;
        user.projects = self.assignments(user.id)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::model::{Memberships, SortKey, Timestamp, User, UserFilter};
    use crate::store::Store;

    /// Users with these ids, each with memberships that follow from their own; names in another
    /// order than ids.
    fn store(ids: &[i64]) -> Store {
        let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
        for (id, name) in [(1, "c"), (2, "a"), (3, "b")] {
            store.sql(&format!("INSERT INTO teams VALUES ({id}, '{name}')"));
            store.sql(&format!("INSERT INTO skills VALUES ({id}, '{name}')"));
            store.sql(&format!(
                "INSERT INTO projects VALUES ({id}, '{name}', NULL, NULL, {}, 0, 0, 0)",
                id % 2
            ));
        }
        for id in ids {
            store.sql(&format!(
                "INSERT INTO users (id, username, full_name, state, roles, project_selection, \
                 search, created_at, updated_at) VALUES ({id}, 'u{id}', 'x', 1, 1, 1, '', 0, 0)"
            ));
            for other in (1..=3).filter(|bit| id >> bit & 1 == 1) {
                store.sql(&format!("INSERT INTO user_teams VALUES ({id}, {other})"));
                store.sql(&format!(
                    "INSERT INTO assignments VALUES ({id}, {other}, {other}, NULL, {id})"
                ));
                let other = 4 - other;
                store.sql(&format!("INSERT INTO user_skills VALUES ({id}, {other}, {other})"));
            }
        }
        store
    }

    fn listed(store: &Store, filter: &UserFilter) -> Vec<User> {
        let mut users = Vec::new();
        let now = Timestamp::from_seconds(0);
        let read = store.read().unwrap();
        read.list_users(filter, now, Memberships::ALL, |user| {
            users.push(user);
            Ok::<_, crate::store::StoreError>(true)
        })
        .unwrap();
        users
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Close together or far apart, in whatever order: a list reads what a look-up reads.
        #[test]
        fn many_are_read_as_each_alone(
            steps in prop::collection::vec(prop_oneof![3 => 1..3_i64, 1 => 1..40_i64], 0..160),
            sort in prop_oneof![Just(SortKey::Created), Just(SortKey::Username)],
            reverse in any::<bool>(),
            limit in prop::option::of(1..200_u64),
        ) {
            let ids: Vec<i64> = steps.iter().scan(0, |id, step| { *id += step; Some(*id) }).collect();
            let store = store(&ids);
            let users = listed(&store, &UserFilter { sort, reverse, limit, ..UserFilter::default() });
            prop_assert_eq!(users.len(), ids.len());
            let read = store.read().unwrap();
            for user in users {
                let alone = read.find_user(&user.username).unwrap();
                prop_assert_eq!(alone.as_ref(), Some(&user));
            }
        }
    }
}
