//! A project as it is shown.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::terminal::output::{Column, Record};
use crate::cli::weight_share::three_digits;
use crate::directory::{ProjectAgent, ProjectSummary};
use crate::model::{State, Timestamp};

/// A project.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProjectView {
    name: String,
    language: Option<String>,
    description: Option<String>,
    state: State,
    priority: u8,
    users: i64,
    /// How many full agents it has: the sum of its active users' shares. Where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_agents: Option<f64>,
    /// Whether the command made it; absent where that is not what it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
    /// Its users, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<Vec<AgentView>>,
}

/// A user in a project.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AgentView {
    username: String,
    state: State,
    weight: u32,
    share: f64,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl From<ProjectSummary> for ProjectView {
    fn from(summary: ProjectSummary) -> Self {
        let ProjectSummary { project, users } = summary;
        Self {
            name: project.name.to_string(),
            language: project.details.language.as_ref().map(ToString::to_string),
            description: project.details.description.as_ref().map(ToString::to_string),
            state: project.state,
            priority: project.details.priority.get(),
            users,
            full_agents: None,
            created: None,
            agents: None,
        }
    }
}

impl ProjectView {
    /// One that was to be created and already exists.
    pub(crate) fn found(summary: ProjectSummary) -> Self {
        Self { created: Some(false), ..summary.into() }
    }

    /// With its users.
    pub(crate) fn with_agents(summary: ProjectSummary, agents: Vec<ProjectAgent>) -> Self {
        let sum: f64 = agents.iter().map(|agent| agent.share).sum();
        Self {
            full_agents: Some(three_digits(sum)),
            agents: Some(agents.into_iter().map(AgentView::from).collect()),
            ..summary.into()
        }
    }
}

impl From<ProjectAgent> for AgentView {
    fn from(agent: ProjectAgent) -> Self {
        Self {
            username: agent.username.to_string(),
            state: agent.state,
            weight: agent.weight.get(),
            share: three_digits(agent.share),
            from: agent.window.from,
            until: agent.window.until,
        }
    }
}

impl Record for ProjectView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<ProjectView>; 6] = [
            Column::whole("name", |view, _| view.name.clone()),
            Column { gives_way: 1, ..Column::text("state", |view, _| view.state.to_string()) },
            Column {
                gives_way: 2,
                ..Column::text("language", |view, _| view.language.clone().unwrap_or_default())
            },
            Column {
                gives_way: 3,
                ..Column::number("priority", |view, _| view.priority.to_string())
            },
            Column::number("users", |view, _| view.users.to_string()),
            Column::text("description", |view, _| view.description.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}
