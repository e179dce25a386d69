//! What a change of one user does to the projects whose calls they take, and what a change of a
//! project does to the users who take its calls.

use std::collections::BTreeMap;

use crate::directory::Error;
use crate::directory::audit::users_of;
use crate::directory::lookup::require_project;
use crate::model::{Project, ProjectName, Timestamp, User, Username};
use crate::store::Reader;

/// The part of a user's attention that a project gets, before and after a change; 0 where they or
/// the project is inactive, or they are not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareChange {
    /// Which project.
    pub project: ProjectName,
    /// What it got.
    pub before: f64,
    /// What it gets now.
    pub after: f64,
}

/// What a change of one user does to projects.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Impact {
    /// Projects that it left without an active agent, sorted by name.
    pub unattended: Vec<ProjectName>,
    /// The shares that it changed, sorted by project.
    pub shares: Vec<ShareChange>,
}

impl Impact {
    /// What came of it that `before` became `after`, or is gone where that is `None`; the change
    /// has been written.
    pub(in crate::directory) fn between(
        reader: &Reader<'_>,
        now: Timestamp,
        before: &User,
        after: Option<&User>,
    ) -> Result<Self, Error> {
        let shares = changes(before, after, now);
        let mut unattended = Vec::new();
        for ShareChange { project: name, after, .. } in &shares {
            if *after <= 0.0 && !reader.has_active_agent(require_project(reader, name)?.id, now)? {
                unattended.push(name.clone());
            }
        }
        Ok(Self { unattended, shares })
    }
}

/// So many users are told of by name where a change of a project moves their shares.
const MAX_NAMED_USERS: usize = 20;

/// What a change of a project does to those who take its calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectImpact {
    /// The first of them by name, with the shares that it changed.
    pub users: Vec<(Username, Vec<ShareChange>)>,
    /// How many more there are.
    pub more: u64,
}

/// The active users who take the calls of a project, before it is changed: the first as they are,
/// the others as a number.
pub(in crate::directory) struct AgentsBefore {
    first: Vec<User>,
    more: u64,
    now: Timestamp,
}

impl AgentsBefore {
    /// Those of `project`; nobody attends to one that is inactive.
    pub(in crate::directory) fn read(
        reader: &Reader<'_>,
        project: &Project,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if !project.state.is_active() {
            return Ok(Self { first: Vec::new(), more: 0, now });
        }
        let (names, count) = reader.active_agents(project.id, now, MAX_NAMED_USERS)?;
        let more = count.saturating_sub(names.len() as u64);
        Ok(Self { first: users_of(reader, names)?, more, now })
    }

    /// What came of the change for them, which has been written.
    pub(in crate::directory) fn compare(self, reader: &Reader<'_>) -> Result<ProjectImpact, Error> {
        let mut impact = ProjectImpact { users: Vec::new(), more: self.more };
        for before in self.first {
            let after = reader.find_user(&before.username)?;
            let changes = changes(&before, after.as_ref(), self.now);
            impact.users.push((before.username, changes));
        }
        Ok(impact)
    }
}

/// The shares that differ, sorted by project.
fn changes(before: &User, after: Option<&User>, now: Timestamp) -> Vec<ShareChange> {
    let (old, new) =
        (shares(before, now), after.map(|after| shares(after, now)).unwrap_or_default());
    let mut names: Vec<&ProjectName> = old.keys().chain(new.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let share = |shares: &Shares<'_>, name: &ProjectName| shares.get(name).copied().unwrap_or(0.0);
    names
        .into_iter()
        .map(|name| (name, share(&old, name), share(&new, name)))
        // The same weights give the very same number.
        .filter(|(_, before, after)| before.to_bits() != after.to_bits())
        .map(|(name, before, after)| ShareChange { project: name.clone(), before, after })
        .collect()
}

type Shares<'u> = BTreeMap<&'u ProjectName, f64>;

/// What each of their projects gets of somebody.
fn shares(user: &User, now: Timestamp) -> Shares<'_> {
    user.projects.iter().map(|one| (&one.project, user.share(one, now))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fixture::{TestDirectory, all, of, requests};
    use crate::model::{State, Weight};

    const GO: State = State::Inactive;

    /// James with en 10 and hu 30, and an inactive project; Mary with en.
    fn house() -> TestDirectory {
        let mut house = TestDirectory::new();
        house.projects_named(&["en", "hu", "old"]);
        house.agent("james", &["en", "hu:30", "old:60"]);
        house.agent("mary", &["en"]);
        house.set_project_state(&of("old"), GO).unwrap();
        house
    }

    fn shares(impact: &Impact) -> Vec<(&str, f64, f64)> {
        let share = |one| {
            let ShareChange { project, before, after }: &ShareChange = one;
            (project.as_str(), *before, *after)
        };
        impact.shares.iter().map(share).collect()
    }

    #[test]
    fn a_weight_moves_every_share() {
        let mut house = house();
        let weight = Weight::new(10).unwrap();
        let change = house.set_weight(&of("james"), &of("hu"), weight).unwrap();
        assert_eq!(shares(&change.impact), [("en", 0.25, 0.5), ("hu", 0.75, 0.5)]);
        assert!(change.impact.unattended.is_empty());
    }

    #[test]
    fn what_he_leaves_goes_to_the_others() {
        let mut house = house();
        let change = house.unassign(&of("james"), &[of("hu")]).unwrap();
        assert_eq!(shares(&change.impact), [("en", 0.25, 1.0), ("hu", 0.75, 0.0)]);
        assert_eq!(change.impact.unattended, all(&["hu"]));
        let change = house.assign(&of("james"), &requests(&["hu"]), false).unwrap();
        assert_eq!(shares(&change.impact), [("en", 1.0, 0.5), ("hu", 0.0, 0.5)]);
        assert!(change.impact.unattended.is_empty());
    }

    #[test]
    fn nothing_is_left_of_somebody_who_is_inactive() {
        let mut house = house();
        let impact = |house: &mut TestDirectory| {
            house.set_user_states(&[of("james")], GO).unwrap().remove(0).impact
        };
        let gone = impact(&mut house);
        assert_eq!(shares(&gone), [("en", 0.25, 0.0), ("hu", 0.75, 0.0)]);
        assert_eq!(gone.unattended, all(&["hu"]));
        assert_eq!(impact(&mut house), Impact::default());
        // Whoever takes no part leaves no gap when they go.
        let change = house.unassign(&of("james"), &all(&["en", "hu"])).unwrap();
        assert_eq!(change.impact, Impact::default());
    }

    /// Deactivated or deleted, what it had goes to the others of each who took its calls.
    #[test]
    fn what_a_project_had_goes_to_the_others() {
        let one = |impact: &ProjectImpact| {
            let named = impact.users.iter().map(|(name, shares)| {
                let shares: Vec<String> = shares
                    .iter()
                    .map(|one| format!("{} {}->{}", one.project, one.before, one.after))
                    .collect();
                format!("{name}: {}", shares.join(", "))
            });
            named.collect::<Vec<_>>().join("; ")
        };
        let told = "james: en 0.25->0, hu 0.75->1; mary: en 1->0";
        let mut house = house();
        house.agent("zoe", &["en"]);
        house.set_user_states(&[of("zoe")], GO).unwrap();
        let change = house.set_project_state(&of("en"), GO).unwrap();
        assert_eq!(one(&change.impact), told);
        assert_eq!(change.impact.more, 0);
        let same = house.set_project_state(&of("en"), GO).unwrap();
        assert_eq!(same.impact, ProjectImpact::default());
        assert_eq!(house.delete_project(&of("en"), true).unwrap().impact, ProjectImpact::default());
        let mut house = self::house();
        assert_eq!(one(&house.delete_project(&of("en"), true).unwrap().impact), told);
    }

    #[test]
    fn of_very_many_some_are_told_by_name() {
        let mut house = TestDirectory::new();
        house.projects_named(&["en"]);
        for number in 0..MAX_NAMED_USERS + 3 {
            house.agent(&format!("agent{number:02}"), &["en"]);
        }
        let impact = house.set_project_state(&of("en"), GO).unwrap().impact;
        assert_eq!((impact.users.len(), impact.more), (MAX_NAMED_USERS, 3));
        assert_eq!(impact.users[MAX_NAMED_USERS - 1].0, of("agent19"));
    }

    /// An inactive project has no share and nobody to miss.
    #[test]
    fn an_inactive_project_is_not_touched() {
        let mut house = house();
        let change = house.unassign(&of("james"), &[of("old")]).unwrap();
        assert!(change.changed);
        assert_eq!(change.impact, Impact::default());
    }
}
