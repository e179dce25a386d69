//! The chances that weights give, as they are shown.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::cli::terminal::output::{Column, Medium, Record};
use crate::cli::weight_share::{NEXT_CALL_CONDITION, SHARE_CONDITION, percent, three_digits};
use crate::directory::{
    AgentChance, Estimate, ProjectChance, ProjectChances, Simulation, UserChances,
};
use crate::model::{State, Timestamp};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it on so")]
fn in_three_digits<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(three_digits(*number))
}

/// A part, in percent for people.
fn part(part: f64, medium: Medium) -> String {
    match medium {
        Medium::Table => percent(part),
        Medium::Csv => three_digits(part).to_string(),
    }
}

/// A project of a user.
#[derive(Serialize, JsonSchema)]
pub(super) struct ProjectRow {
    project: String,
    state: State,
    weight: u32,
    #[serde(serialize_with = "in_three_digits")]
    share: f64,
    #[serde(serialize_with = "in_three_digits")]
    next_call: f64,
}

/// An agent of a project.
#[derive(Serialize, JsonSchema)]
pub(super) struct AgentRow {
    username: String,
    state: State,
    weight: u32,
    #[serde(serialize_with = "in_three_digits")]
    share: f64,
    #[serde(serialize_with = "in_three_digits")]
    next_call: f64,
}

/// When the numbers hold.
#[derive(Serialize, JsonSchema)]
struct Conditions {
    share: &'static str,
    next_call: &'static str,
}

const CONDITIONS: Conditions =
    Conditions { share: SHARE_CONDITION, next_call: NEXT_CALL_CONDITION };

/// The weights of a user.
#[derive(Serialize, JsonSchema)]
pub(crate) struct UserChancesView {
    username: String,
    state: State,
    pub(super) projects: Vec<ProjectRow>,
    conditions: Conditions,
    pub(super) simulation: Option<SimulationView>,
}

/// The weights in a project.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProjectChancesView {
    project: String,
    state: State,
    pub(super) agents: Vec<AgentRow>,
    conditions: Conditions,
    pub(super) simulation: Option<SimulationView>,
}

impl From<ProjectChance> for ProjectRow {
    fn from(chance: ProjectChance) -> Self {
        Self {
            project: chance.project.to_string(),
            state: chance.state,
            weight: chance.weight.get(),
            share: chance.share,
            next_call: chance.next_call,
        }
    }
}

impl From<AgentChance> for AgentRow {
    fn from(chance: AgentChance) -> Self {
        Self {
            username: chance.username.to_string(),
            state: chance.state,
            weight: chance.weight.get(),
            share: chance.share,
            next_call: chance.next_call,
        }
    }
}

impl UserChancesView {
    pub(super) fn new(chances: UserChances, now: Timestamp) -> Self {
        Self {
            username: chances.user.username.to_string(),
            state: chances.user.state(now),
            projects: chances.projects.into_iter().map(ProjectRow::from).collect(),
            conditions: CONDITIONS,
            simulation: None,
        }
    }
}

impl ProjectChancesView {
    pub(super) fn new(chances: ProjectChances) -> Self {
        Self {
            project: chances.project.name.to_string(),
            state: chances.project.state,
            agents: chances.agents.into_iter().map(AgentRow::from).collect(),
            conditions: CONDITIONS,
            simulation: None,
        }
    }
}

impl Record for ProjectRow {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<ProjectRow>; 5] = [
            Column::whole("project", |row, _| row.project.clone()),
            Column { gives_way: 1, ..Column::text("state", |row, _| row.state.to_string()) },
            Column::number("weight", |row, _| row.weight.to_string()),
            Column::number("share", |row, medium| part(row.share, medium)),
            Column::number("next_call", |row, medium| part(row.next_call, medium)),
        ];
        &COLUMNS
    }
}

impl Record for AgentRow {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<AgentRow>; 5] = [
            Column::whole("username", |row, _| row.username.clone()),
            Column { gives_way: 1, ..Column::text("state", |row, _| row.state.to_string()) },
            Column::number("weight", |row, _| row.weight.to_string()),
            Column::number("share", |row, medium| part(row.share, medium)),
            Column::number("next_call", |row, medium| part(row.next_call, medium)),
        ];
        &COLUMNS
    }
}

/// What became of a traffic.
#[derive(Serialize, JsonSchema)]
pub(super) struct SimulationView {
    pub(super) calls: u64,
    talk_seconds: i64,
    pub(super) rows: Vec<SimulationRow>,
}

/// A project in a simulation, as one agent or the project sees it.
#[derive(Serialize, JsonSchema)]
pub(super) struct SimulationRow {
    project: String,
    calls_per_hour: f64,
    /// Of a user's simulation nothing, of a project's whose part it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    part: Option<f64>,
    part_error: Option<f64>,
    wait_seconds: Option<f64>,
    wait_error_seconds: Option<f64>,
}

fn pair(estimate: Option<Estimate>) -> (Option<f64>, Option<f64>) {
    (estimate.map(|one| three_digits(one.value)), estimate.map(|one| three_digits(one.error)))
}

impl SimulationView {
    fn new(calls: u64, talk_seconds: i64) -> Self {
        Self { calls, talk_seconds, rows: Vec::new() }
    }

    /// The mix of a user's calls.
    pub(super) fn of_user(
        simulation: &Simulation,
        talk_seconds: i64,
        username: &crate::model::Username,
    ) -> Self {
        let mut view = Self::new(simulation.calls, talk_seconds);
        for one in &simulation.projects {
            let (part, part_error) = pair(one.mix.get(username).copied());
            let (wait_seconds, wait_error_seconds) = pair(one.wait_seconds);
            view.rows.push(SimulationRow {
                project: one.project.to_string(),
                calls_per_hour: one.per_hour,
                username: None,
                part,
                part_error,
                wait_seconds,
                wait_error_seconds,
            });
        }
        view
    }

    /// Who took the calls of a project.
    pub(super) fn of_project(
        simulation: &Simulation,
        talk_seconds: i64,
        name: &crate::model::ProjectName,
    ) -> Self {
        let mut view = Self::new(simulation.calls, talk_seconds);
        for one in simulation.projects.iter().filter(|one| one.project == *name) {
            let (wait_seconds, wait_error_seconds) = pair(one.wait_seconds);
            let mut agents: Vec<_> = one.taken.iter().collect();
            agents.sort_unstable_by(|one, other| one.0.cmp(other.0));
            for (username, taken) in agents {
                let (part, part_error) = pair(Some(*taken));
                view.rows.push(SimulationRow {
                    project: one.project.to_string(),
                    calls_per_hour: one.per_hour,
                    username: Some(username.to_string()),
                    part,
                    part_error,
                    wait_seconds,
                    wait_error_seconds,
                });
            }
        }
        view
    }
}

impl SimulationRow {
    /// Whether it is of one of several agents.
    pub(super) fn has_username(&self) -> bool {
        self.username.is_some()
    }
}

impl Record for SimulationRow {
    fn columns() -> &'static [Column<Self>] {
        fn number(number: Option<f64>) -> String {
            number.map(|number| number.to_string()).unwrap_or_default()
        }
        static COLUMNS: [Column<SimulationRow>; 7] = [
            Column::whole("project", |row, _| row.project.clone()),
            Column::whole("username", |row, _| row.username.clone().unwrap_or_default()),
            Column::number("calls_per_hour", |row, _| row.calls_per_hour.to_string()),
            Column::number("part", |row, medium| match (medium, row.part, row.part_error) {
                (Medium::Table, Some(part), Some(error)) => {
                    format!("{:.1} % ± {:.1}", part * 100.0, error * 100.0)
                }
                _ => number(row.part),
            }),
            Column {
                in_table: false,
                ..Column::number("part_error", |row, _| number(row.part_error))
            },
            Column::number("wait", |row, medium| {
                match (medium, row.wait_seconds, row.wait_error_seconds) {
                    (Medium::Table, Some(wait), Some(error)) => format!("{wait:.1} s ± {error:.1}"),
                    (Medium::Table, ..) => "ever longer".to_owned(),
                    _ => number(row.wait_seconds),
                }
            }),
            Column {
                in_table: false,
                ..Column::number("wait_error", |row, _| number(row.wait_error_seconds))
            },
        ];
        &COLUMNS
    }
}
