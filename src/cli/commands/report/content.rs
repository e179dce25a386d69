//! What the page tells, as its template reads it.

use serde::Serialize;

use crate::cli::commands::audit::in_words;
use crate::cli::commands::project::GapView;
use crate::cli::terminal::escape::escape;
use crate::cli::terminal::output::time::{local_time, zone_name};
use crate::cli::weight_share::{NEXT_CALL_CONDITION, SHARE_CONDITION, percent};
use crate::directory::{AgentChance, Directory, Error};
use crate::model::{
    AuditFilter, Memberships, ProjectName, Role, RoleSet, State, Timestamp, UserFilter,
};

/// More agents than these are not put on a page.
const MAX_AGENTS: usize = 500;
/// More users who never signed in are not.
const MAX_SILENT: usize = 200;
/// More changes are not.
const MAX_CHANGES: usize = 300;
/// How far back changes are told.
const CHANGES_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Content {
    made_at: String,
    zone: String,
    users: u64,
    active_users: u64,
    share_condition: &'static str,
    next_call_condition: &'static str,
    gaps: Vec<GapView>,
    projects: Vec<ProjectPart>,
    /// The names of the columns of the matrix.
    columns: Vec<String>,
    agents: List<AgentPart>,
    silent: List<SilentPart>,
    changes: List<ChangePart>,
}

/// As many as there is room for, and how many there are.
#[derive(Serialize)]
struct List<T> {
    shown: Vec<T>,
    total: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), total: 0 }
    }
}

impl<T> List<T> {
    /// Counts one more, and keeps it where there is still room.
    fn push(&mut self, max: usize, make: impl FnOnce() -> T) {
        if self.total < max {
            self.shown.push(make());
        }
        self.total += 1;
    }
}

#[derive(Serialize)]
struct ProjectPart {
    name: String,
    language: String,
    description: String,
    agents: Vec<SharePart>,
}

/// An active agent of a project.
#[derive(Serialize)]
struct SharePart {
    username: String,
    weight: u32,
    /// The length of the bar, in percent of the longest of the project.
    length: String,
    next_call: String,
    share: String,
}

/// A row of the matrix.
#[derive(Serialize)]
struct AgentPart {
    username: String,
    full_name: String,
    active: bool,
    cells: Vec<CellPart>,
}

/// A cell of the matrix; an agent who is not in the project has no weight there.
#[derive(Serialize)]
struct CellPart {
    weight: Option<u32>,
    /// How strongly it is coloured, in percent of the greatest weight.
    heat: u32,
}

#[derive(Serialize)]
struct SilentPart {
    username: String,
    full_name: String,
    created_at: String,
    expires_at: String,
}

#[derive(Serialize)]
struct ChangePart {
    at: String,
    actor: String,
    action: String,
    subject: String,
    words: String,
}

fn text(value: impl AsRef<str>) -> String {
    escape(value.as_ref()).into_owned()
}

impl Content {
    /// Reads all of it.
    pub(super) fn collect(directory: &Directory) -> Result<Self, Error> {
        let now = directory.now();
        let active = UserFilter { state: Some(State::Active), ..UserFilter::default() };
        let names = active_projects(directory)?;
        Ok(Self {
            made_at: local_time(now),
            zone: zone_name(),
            users: directory.count_users(&UserFilter::default())?,
            active_users: directory.count_users(&active)?,
            share_condition: SHARE_CONDITION,
            next_call_condition: NEXT_CALL_CONDITION,
            gaps: directory.coverage(now, 1)?.into_iter().map(GapView::from).collect(),
            projects: projects(directory, &names)?,
            agents: agents(directory, &names)?,
            columns: names.into_iter().map(|name| name.to_string()).collect(),
            silent: silent(directory, active)?,
            changes: changes(directory, now)?,
        })
    }
}

fn active_projects(directory: &Directory) -> Result<Vec<ProjectName>, Error> {
    let mut names = Vec::new();
    directory.projects(|one| {
        if one.project.state.is_active() {
            names.push(one.project.name);
        }
        true
    })?;
    Ok(names)
}

fn projects(directory: &Directory, names: &[ProjectName]) -> Result<Vec<ProjectPart>, Error> {
    let mut parts = Vec::with_capacity(names.len());
    for name in names {
        let found = directory.project_chances(name)?;
        let details = found.project.details;
        let mut agents: Vec<AgentChance> =
            found.agents.into_iter().filter(|agent| agent.state.is_active()).collect();
        agents.sort_by(|one, other| {
            other.weight.cmp(&one.weight).then_with(|| one.username.cmp(&other.username))
        });
        let greatest = agents.first().map_or(1.0, |agent| agent.next_call);
        let agents = agents.into_iter().map(|agent| SharePart {
            username: agent.username.to_string(),
            weight: agent.weight.get(),
            length: format!("{:.1}", agent.next_call / greatest * 100.0),
            next_call: percent(agent.next_call),
            share: percent(agent.share),
        });
        parts.push(ProjectPart {
            name: name.to_string(),
            language: details.language.map(|tag| tag.to_string()).unwrap_or_default(),
            description: details.description.map(|words| text(words.as_str())).unwrap_or_default(),
            agents: agents.collect(),
        });
    }
    Ok(parts)
}

fn agents(directory: &Directory, names: &[ProjectName]) -> Result<List<AgentPart>, Error> {
    let roles = RoleSet::empty().with(Role::Agent).with(Role::ExternalAgent);
    let filter = UserFilter { roles, ..UserFilter::default() };
    let wanted = Memberships { projects: true, ..Memberships::NONE };
    let mut list: List<AgentPart> = List::default();
    directory.list_users(&filter, wanted, |user| {
        list.push(MAX_AGENTS, || {
            let weight = |name: &ProjectName| {
                let place = user.projects.iter().find(|one| one.project == *name);
                place.map(|one| one.weight.get())
            };
            AgentPart {
                username: user.username.to_string(),
                full_name: text(user.full_name.as_str()),
                active: user.state.is_active(),
                cells: names
                    .iter()
                    .map(|name| CellPart { weight: weight(name), heat: 0 })
                    .collect(),
            }
        });
        true
    })?;
    let cells = || list.shown.iter().flat_map(|agent| &agent.cells);
    let greatest = cells().filter_map(|cell| cell.weight).max().unwrap_or(1);
    for cell in list.shown.iter_mut().flat_map(|agent| &mut agent.cells) {
        cell.heat = cell.weight.map_or(0, |weight| weight * 100 / greatest);
    }
    Ok(list)
}

fn silent(directory: &Directory, active: UserFilter) -> Result<List<SilentPart>, Error> {
    let filter = UserFilter { never_signed_in: true, ..active };
    let mut list = List::default();
    directory.list_users(&filter, Memberships::NONE, |user| {
        list.push(MAX_SILENT, || SilentPart {
            username: user.username.to_string(),
            full_name: text(user.full_name.as_str()),
            created_at: local_time(user.created_at),
            expires_at: user
                .credential
                .and_then(|credential| credential.expires_at)
                .map(local_time)
                .unwrap_or_default(),
        });
        true
    })?;
    Ok(list)
}

fn changes(directory: &Directory, now: Timestamp) -> Result<List<ChangePart>, Error> {
    let since = Timestamp::from_seconds(now.seconds() - CHANGES_SECONDS);
    let filter = AuditFilter { since: Some(since), ..AuditFilter::default() };
    let mut list = List::default();
    directory.audit(&filter, None, |entry| {
        // Who signed in or failed to is no change.
        if entry.outcome == "done" && entry.action != "sign-in" {
            list.push(MAX_CHANGES, || ChangePart {
                at: local_time(entry.at),
                actor: text(&entry.actor),
                action: text(&entry.action),
                subject: text(entry.subject.as_deref().unwrap_or_default()),
                words: text(in_words(entry.before.as_deref(), entry.after.as_deref())),
            });
        }
        true
    })?;
    Ok(list)
}
