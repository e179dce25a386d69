//! What a change of one user does to the projects whose calls he takes.

use std::collections::BTreeMap;

use super::Error;
use super::projects::project;
use crate::model::{ProjectName, User};
use crate::store::Reader;

/// The part of a user's attention that a project gets, before and after a change; 0 where he or
/// the project is inactive, or he is not in it.
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
    pub(super) fn of(
        reader: &Reader<'_>,
        before: &User,
        after: Option<&User>,
    ) -> Result<Self, Error> {
        let (old, new) = (shares(before), after.map(shares).unwrap_or_default());
        let mut impact = Self::default();
        let mut names: Vec<&ProjectName> = old.keys().chain(new.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let share = |shares: &Shares<'_>| shares.get(name).copied().unwrap_or(0.0);
            let (was, is) = (share(&old), share(&new));
            // The same weights give the very same number.
            if was.to_bits() == is.to_bits() {
                continue;
            }
            if is <= 0.0 && !reader.has_active_agent(project(reader, name)?.id)? {
                impact.unattended.push(name.clone());
            }
            impact.shares.push(ShareChange { project: name.clone(), before: was, after: is });
        }
        Ok(impact)
    }
}

type Shares<'u> = BTreeMap<&'u ProjectName, f64>;

/// What each of his projects gets of somebody.
fn shares(user: &User) -> Shares<'_> {
    let share = |one| if user.state.is_active() { user.share(one) } else { 0.0 };
    user.projects.iter().map(|one| (&one.project, share(one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fixture::{House, all, of, requests};
    use crate::model::{State, Weight};

    const GO: State = State::Inactive;

    /// James with en 10 and hu 30, and an inactive project; Mary with en.
    fn house() -> House {
        let mut house = House::new();
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
        let impact =
            |house: &mut House| house.set_user_states(&[of("james")], GO).unwrap().remove(0).impact;
        let gone = impact(&mut house);
        assert_eq!(shares(&gone), [("en", 0.25, 0.0), ("hu", 0.75, 0.0)]);
        assert_eq!(gone.unattended, all(&["hu"]));
        assert_eq!(impact(&mut house), Impact::default());
        // Whoever takes no part leaves no gap when he goes.
        let change = house.unassign(&of("james"), &all(&["en", "hu"])).unwrap();
        assert_eq!(change.impact, Impact::default());
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
