//! Which projects would go without answers: nobody takes their calls, or nobody who can.

use std::collections::HashMap;

use crate::directory::{Directory, Error};
use crate::model::{
    CredentialState, LanguageTag, Memberships, ProjectName, Timestamp, User, UserFilter,
};

/// What is wrong with the coverage of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageProblem {
    /// It has no active agent.
    NoActiveAgent,
    /// Each of its active agents has never signed in or has an expired password.
    NobodySignsIn,
    /// It has fewer active agents than were asked for.
    FewAgents,
    /// No active agent has its language.
    NobodySpeaks,
}

impl CoverageProblem {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoActiveAgent => "no-active-agent",
            Self::NobodySignsIn => "nobody-signs-in",
            Self::FewAgents => "few-agents",
            Self::NobodySpeaks => "nobody-speaks",
        }
    }
}

/// A project that is not covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageGap {
    /// Which project.
    pub project: ProjectName,
    /// What is wrong.
    pub problem: CoverageProblem,
    /// How many active agents it has.
    pub agents: u64,
    /// Its language.
    pub language: Option<LanguageTag>,
}

/// What the active agents of a project come to.
#[derive(Default)]
struct Tally {
    agents: u64,
    sign_in: u64,
    speak: u64,
}

impl Directory {
    /// What is wrong with the coverage of active projects at the moment `at`, sorted by project.
    /// Fewer active agents than `least` are too few.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn coverage(&self, at: Timestamp, least: u64) -> Result<Vec<CoverageGap>, Error> {
        let mut projects = Vec::new();
        self.projects(|one| {
            if one.project.state.is_active() {
                projects.push(one.project);
            }
            true
        })?;
        let mut places = HashMap::new();
        for (at, project) in projects.iter().enumerate() {
            places.insert(project.name.clone(), at);
        }
        let mut tallies: Vec<Tally> = projects.iter().map(|_| Tally::default()).collect();
        // Who takes part now may not at that moment, and the other way round.
        let memberships = Memberships { projects: true, ..Memberships::NONE };
        self.list_users(&UserFilter::default(), memberships, |user| {
            if !user.state(at).is_active() {
                return true;
            }
            let open = user.projects.iter().filter(|one| one.window.contains(at));
            for place in open.filter_map(|one| places.get(&one.project)) {
                let tally = &mut tallies[*place];
                tally.agents += 1;
                tally.sign_in += u64::from(signs_in(&user, at));
                let language = projects[*place].details.language.as_ref();
                tally.speak += u64::from(language.is_none_or(|language| speaks(&user, language)));
            }
            true
        })?;
        let mut gaps = Vec::new();
        for (project, tally) in projects.into_iter().zip(tallies) {
            let problems = [
                (tally.agents == 0, CoverageProblem::NoActiveAgent),
                (tally.agents > 0 && tally.agents < least, CoverageProblem::FewAgents),
                (tally.agents > 0 && tally.sign_in == 0, CoverageProblem::NobodySignsIn),
                (tally.agents > 0 && tally.speak == 0, CoverageProblem::NobodySpeaks),
            ];
            for (_, problem) in problems.into_iter().filter(|(there, _)| *there) {
                gaps.push(CoverageGap {
                    project: project.name.clone(),
                    problem,
                    agents: tally.agents,
                    language: project.details.language.clone(),
                });
            }
        }
        Ok(gaps)
    }
}

/// Whether somebody has signed in once and still can at that moment.
fn signs_in(user: &User, at: Timestamp) -> bool {
    user.last_sign_in_at.is_some()
        && matches!(
            user.password_state(at),
            CredentialState::Permanent | CredentialState::Temporary
        )
}

/// Whether somebody's language is this one or begins with it, as `--language` finds them.
fn speaks(user: &User, language: &LanguageTag) -> bool {
    let Some(own) = &user.language else { return false };
    own.as_str()
        .strip_prefix(language.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fixture::{GOOD_PASSWORD, TestDirectory, new_user, of, requests, typed};
    use crate::directory::{NewPassword, ProjectUpdate, UserUpdate};
    use crate::model::{CredentialKind, Duration, NewUser, Role, State};

    fn gaps(house: &TestDirectory, days: i64, least: u64) -> Vec<(String, &'static str, u64)> {
        let at = house.now().plus(Duration::from_days(days));
        let gaps = house.coverage(at, least).unwrap();
        let told = |one: CoverageGap| (one.project.to_string(), one.problem.as_str(), one.agents);
        gaps.into_iter().map(told).collect()
    }

    fn told(rows: &[(&str, &'static str, u64)]) -> Vec<(String, &'static str, u64)> {
        rows.iter().map(|(project, word, agents)| ((*project).to_owned(), *word, *agents)).collect()
    }

    #[test]
    fn what_keeps_calls_from_being_answered() {
        let mut house = TestDirectory::new();
        house.projects_named(&["en", "hu", "asleep"]);
        house.set_project_state(&of("asleep"), State::Inactive).unwrap();
        let james = NewUser { projects: requests(&["en"]), ..new_user("james", &[Role::Agent]) };
        let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
        house.create_user(&james, Some(&password)).unwrap();
        assert_eq!(
            gaps(&house, 0, 1),
            told(&[("en", "nobody-signs-in", 1), ("hu", "no-active-agent", 0)])
        );
        house.acts_as("james");
        house.acts_as_owner();
        assert_eq!(gaps(&house, 0, 1), told(&[("hu", "no-active-agent", 0)]));
        assert_eq!(
            gaps(&house, 0, 2),
            told(&[("en", "few-agents", 1), ("hu", "no-active-agent", 0)])
        );
        let language =
            |tag| ProjectUpdate { language: Some(Some(of(tag))), ..ProjectUpdate::default() };
        house.update_project(&of("en"), language("en")).unwrap();
        assert_eq!(gaps(&house, 0, 1)[0].1, "nobody-speaks");
        let speaks = UserUpdate { language: Some(Some(of("en-GB"))), ..UserUpdate::default() };
        house.update("james", &speaks).unwrap();
        assert_eq!(gaps(&house, 0, 1), told(&[("hu", "no-active-agent", 0)]));
        house.update_project(&of("en"), language("en-US")).unwrap();
        assert_eq!(gaps(&house, 0, 1)[0].1, "nobody-speaks");
    }
}
