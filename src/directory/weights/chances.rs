//! The exact chances that weights give, seen from a user and from a project.

use crate::directory::lookup::{require_project, require_user};
use crate::directory::{Directory, Error};
use crate::model::{Priority, Project, ProjectName, State, Timestamp, User, Username, Weight};
use crate::store::Reader;

/// A project of a user, with what its weight gives.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChance {
    /// Which project.
    pub project: ProjectName,
    /// Whether it is active, and the user's time in it has come and not gone.
    pub state: State,
    /// Calls of a project with a higher one go first, whatever the weights.
    pub priority: Priority,
    /// The user's weight in it.
    pub weight: Weight,
    /// The part of the user's calls, while calls wait in all of their active projects.
    pub share: f64,
    /// The chance that the user gets the project's next call, while all of its active agents are
    /// free.
    pub next_call: f64,
}

/// An agent of a project, with what their weight gives.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentChance {
    /// Who.
    pub username: Username,
    /// Whether they take its calls now.
    pub state: State,
    /// Their weight in the project.
    pub weight: Weight,
    /// The part of their calls, while calls wait in all of their active projects.
    pub share: f64,
    /// The chance that they get the project's next call, while all of its active agents are free.
    pub next_call: f64,
}

/// What the weights of a user give.
#[derive(Debug, Clone, PartialEq)]
pub struct UserChances {
    /// The user.
    pub user: User,
    /// Their projects, sorted by name.
    pub projects: Vec<ProjectChance>,
}

impl UserChances {
    /// Whether calls of one of their active projects go before those of another: then the shares
    /// hold among projects of the same priority alone.
    #[must_use]
    pub fn priorities_differ(&self) -> bool {
        let mut active = self.projects.iter().filter(|one| one.state.is_active());
        let first = active.next().map(|one| one.priority);
        active.any(|one| Some(one.priority) != first)
    }
}

/// What the weights in a project give.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChances {
    /// The project.
    pub project: Project,
    /// Its agents, sorted by username.
    pub agents: Vec<AgentChance>,
}

impl Directory {
    /// The chances of a user in each of their projects.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn user_chances(&self, username: &Username) -> Result<UserChances, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let found = user_chances(&snapshot, username, self.now());
        drop(snapshot);
        self.suggest(found)
    }

    /// The chances of each agent of a project.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn project_chances(&self, name: &ProjectName) -> Result<ProjectChances, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let found = require_project(&snapshot, name).and_then(|project| {
            let agents = agent_chances(&snapshot, &project, self.now())?;
            Ok(ProjectChances { project, agents })
        });
        drop(snapshot);
        self.suggest(found)
    }
}

fn user_chances(
    reader: &Reader<'_>,
    username: &Username,
    now: Timestamp,
) -> Result<UserChances, Error> {
    let user = require_user(reader, username)?;
    let mut projects = Vec::with_capacity(user.projects.len());
    for one in &user.projects {
        let project = require_project(reader, &one.project)?;
        let next_call = if user.state(now).is_active() && one.is_active(now) {
            part(one.weight, active_weights(reader, project.id, now)?)
        } else {
            0.0
        };
        projects.push(ProjectChance {
            project: one.project.clone(),
            state: if one.is_active(now) { State::Active } else { State::Inactive },
            priority: project.details.priority,
            weight: one.weight,
            share: user.share(one, now),
            next_call,
        });
    }
    Ok(UserChances { user, projects })
}

fn agent_chances(
    reader: &Reader<'_>,
    project: &Project,
    now: Timestamp,
) -> Result<Vec<AgentChance>, Error> {
    let mut agents = Vec::new();
    let mut sum = 0;
    reader.assigned::<Error>(project.id, now, |member| {
        let is_agent = member.takes_calls(now);
        let takes_part = project.state.is_active() && is_agent;
        if takes_part {
            sum += u64::from(member.weight.get());
        }
        let own = member.active_weights.unsigned_abs();
        agents.push(AgentChance {
            username: member.username,
            state: if is_agent { State::Active } else { State::Inactive },
            weight: member.weight,
            share: if takes_part { part(member.weight, own) } else { 0.0 },
            next_call: 0.0,
        });
        Ok(true)
    })?;
    if project.state.is_active() {
        for agent in agents.iter_mut().filter(|agent| agent.state.is_active()) {
            agent.next_call = part(agent.weight, sum);
        }
    }
    Ok(agents)
}

/// The sum of the weights of those who take the calls of the project `id` now.
fn active_weights(reader: &Reader<'_>, id: i64, now: Timestamp) -> Result<u64, Error> {
    let mut sum = 0;
    reader.assigned::<Error>(id, now, |member| {
        if member.takes_calls(now) {
            sum += u64::from(member.weight.get());
        }
        Ok(true)
    })?;
    Ok(sum)
}

#[expect(clippy::cast_precision_loss, reason = "sums of weights are far below 2^52")]
fn part(weight: Weight, sum: u64) -> f64 {
    f64::from(weight.get()) / sum as f64
}
