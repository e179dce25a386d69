//! `ccadmin weight matrix`.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::commands::user::{FilterArgs, MembershipView, memberships};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{
    Column, Format, ListOptions, ListWriter, Medium, Record, TerminalShape,
};
use crate::cli::terminal::style::{STRONG, paint};
use crate::model::{
    Memberships, ProjectName, Role, RoleSet, State, Timestamp, User, UserFilter, escape_formula,
};

/// The cells between two columns.
const GAP: usize = 2;

/// Show agents and their weight in each project
///
/// Shows agents and external agents, or the users that the filters select. --project also selects
/// the projects. On a terminal that is too narrow, the projects are split into several blocks, one
/// below the other.
///
/// As CSV it has the columns `username` and `projects` and can be imported as it is: `ccadmin user
/// import FILE --on-conflict update`. If --project was given, only these projects are added or
/// removed.
///
/// Several values of the same option select users with any of them; different options have to match
/// all at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin weight matrix
  ccadmin weight matrix --project hu-support --project en-support --team voice
  ccadmin weight matrix -o csv > weights.csv")]
pub(crate) struct WeightMatrixArgs {
    #[command(flatten)]
    filters: FilterArgs,
}

/// An agent with their weights.
struct MatrixRow {
    user: User,
    /// The projects that were chosen; none: all.
    chosen: Vec<ProjectName>,
    now: Timestamp,
}

impl MatrixRow {
    fn weight(&self, project: &ProjectName) -> Option<u32> {
        self.user.projects.iter().find(|one| one.project == *project).map(|one| one.weight.get())
    }

    /// The cell that an import reads: all projects, or what is to become of the chosen ones.
    fn import_cell(&self) -> String {
        if self.chosen.is_empty() {
            if self.user.projects.is_empty() {
                return "-".to_owned();
            }
            let projects = self.user.projects.iter();
            return Medium::Csv.list(projects);
        }
        let change = self.chosen.iter().map(|project| match self.weight(project) {
            Some(weight) => format!("+{project}:{weight}"),
            None => format!("-{project}"),
        });
        escape_formula(&Medium::Csv.list(change)).into_owned()
    }
}

/// An agent, as JSON shows them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MatrixJson<'u> {
    username: &'u str,
    state: State,
    projects: Vec<MembershipView<'u>>,
}

impl Serialize for MatrixRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut projects = memberships(&self.user, self.now);
        if !self.chosen.is_empty() {
            projects.retain(|one| self.chosen.iter().any(|name| name.as_str() == one.project()));
        }
        let (username, state) = (self.user.username.as_str(), self.user.state(self.now));
        MatrixJson { username, state, projects }.serialize(serializer)
    }
}

impl Record for MatrixRow {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<MatrixRow>; 2] = [
            Column::whole("username", |row, _| row.user.username.to_string()),
            // Escaped by itself: a `-` alone stands for no projects, and is no formula.
            Column { raw_in_csv: true, ..Column::text("projects", |row, _| row.import_cell()) },
        ];
        &COLUMNS
    }
}

impl WeightMatrixArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let now = context.now();
        let mut filter = self.filters.filter(now);
        if filter.roles == RoleSet::empty() {
            filter.roles = RoleSet::empty().with(Role::Agent).with(Role::ExternalAgent);
        }
        let mut chosen = filter.projects.clone();
        chosen.sort_unstable();
        chosen.dedup();
        let directory = context.directory(StoreAccess::Read)?;
        let terminal = ui.stdout_terminal();
        let options = ListOptions { format: ui.format, terminal, ..ListOptions::default() };
        filter.limit = options.row_limit();
        let wanted = Memberships { projects: true, ..Memberships::NONE };
        let row = |user| MatrixRow { user, chosen: chosen.clone(), now };
        if ui.format != Format::Table {
            let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
            let mut list = ListWriter::new(&mut out, &options)?;
            let mut written = Ok(());
            directory.list_users(&filter, wanted, |user| {
                written = list.push(&row(user));
                written.is_ok()
            })?;
            written.and_then(|()| list.finish(None)).map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        let mut rows = Vec::new();
        directory.list_users(&filter, wanted, |user| {
            rows.push(row(user));
            true
        })?;
        if rows.is_empty() {
            ui.status("no agents match");
            return DONE;
        }
        let mut projects = chosen.clone();
        if projects.is_empty() {
            directory.projects(|one| {
                projects.push(one.project.name);
                true
            })?;
        }
        ui.data(|out| write_blocks(out, &projects, &rows, terminal))
            .map_err(|error| CommandEnd::output(&error))?;
        if filter.limit == Some(rows.len() as u64) {
            let counted = UserFilter { limit: None, ..filter };
            let total = directory.count_users(&counted)?;
            if total > rows.len() as u64 {
                let shown = rows.len();
                ui.notice("more", &format!("{shown} of {total} agents; a pipe or a file gets all"));
            }
        }
        DONE
    }
}

/// Writes as many projects beside one another as there is room for, and the others below.
fn write_blocks(
    out: &mut dyn Write,
    projects: &[ProjectName],
    rows: &[MatrixRow],
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    let names = rows.iter().map(|row| row.user.username.as_str().len());
    let name_width = names.max().unwrap_or_default().max("USER".len());
    let room = terminal.map_or(usize::MAX, |shape| shape.width.saturating_sub(name_width));
    let colour = terminal.is_some_and(|shape| shape.colour);
    // No weight is wider than the narrowest name of a column.
    let width = |project: &ProjectName| project.as_str().len().max(5);
    let mut rest = projects;
    loop {
        let mut used = 0;
        let fitting = rest.iter().take_while(|project| {
            used += GAP + width(project);
            used <= room
        });
        let count = fitting.count().max(1).min(rest.len());
        let (block, later) = rest.split_at(count);
        let line = |name: &str, cell: &dyn Fn(&ProjectName) -> String| {
            let cells = block.iter().map(|project| (project, cell(project)));
            cells.fold(format!("{name:name_width$}"), |mut line, (project, cell)| {
                // Writing into a string cannot fail.
                _ = write!(line, "  {cell:>0$}", width(project));
                line
            })
        };
        writeln!(out, "{}", paint(&line("USER", &ToString::to_string), STRONG, colour))?;
        for row in rows {
            let weight = |project: &ProjectName| {
                row.weight(project).map_or_else(|| "-".to_owned(), |one| one.to_string())
            };
            writeln!(out, "{}", line(row.user.username.as_str(), &weight))?;
        }
        rest = later;
        if rest.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
    }
}
