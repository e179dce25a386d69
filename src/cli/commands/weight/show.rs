//! `ccadmin weight show`.

use std::io::{self, Write};

use clap::Args;

use super::subject::{Subject, SubjectKind};
use super::traffic::TrafficArg;
use super::view::{ProjectChancesView, SimulationView, UserChancesView};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{
    Format, ListOptions, ListWriter, Record, Selection, TerminalShape, write_value,
};
use crate::cli::weight_share::{NEXT_CALL_CONDITION, SHARE_CONDITION};
use crate::directory::{SIMULATION_SEED, Traffic};
use crate::model::Duration;

/// Show what the weights of a user or in a project come to
///
/// Two numbers follow from weights alone, each under one condition. The share: the part of an
/// agent's calls that comes from a project while calls wait in all of the agent's active projects.
/// The next call: the chance that an agent gets it while all active agents of the project are free.
///
/// With --traffic, hours of calls are simulated until there are a hundred thousand calls: they
/// arrive independently of one another, talk times are exponential, and all active agents of these
/// projects work. The same question gets the same answer; the number after ± is half of the 95 %
/// confidence interval.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin weight show james
  ccadmin weight show hu-support
  ccadmin weight show james --traffic hu-support=38/h,en-support=10/h --talk 3m")]
pub(crate) struct WeightShowArgs {
    /// The user or the project
    #[arg(value_name = "USER|PROJECT")]
    name: String,

    /// Whether the name is that of a user or of a project, if both exist
    #[arg(long, value_name = "user|project")]
    kind: Option<SubjectKind>,

    /// Simulate this many calls an hour: hu-support=38/h, separated by commas
    #[arg(long, value_name = "P=N/h", value_delimiter = ',', requires = "talk")]
    traffic: Vec<TrafficArg>,

    /// How long a call takes on average: 90s, 3m
    #[arg(long, value_name = "DURATION", requires = "traffic")]
    talk: Option<Duration>,
}

impl WeightShowArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let traffic: Vec<Traffic> = self.traffic.into_iter().map(|one| one.0).collect();
        let mut names: Vec<_> = traffic.iter().map(|one| &one.project).collect();
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1]) {
            return Err(CommandEnd::usage("--traffic names a project twice").into());
        }
        let directory = context.directory(StoreAccess::Read)?;
        let subject = Subject::find(&directory, &self.name, self.kind)?;
        let simulate = || match self.talk {
            Some(talk) => {
                directory.simulate(&traffic, talk).map(|done| Some((done, talk.seconds())))
            }
            None => Ok(None),
        };
        let printed = match subject {
            Subject::User(username) => {
                let mut view =
                    UserChancesView::new(directory.user_chances(&username)?, context.now());
                view.simulation =
                    simulate()?.map(|(done, talk)| SimulationView::of_user(&done, talk, &username));
                print(context, &view, &view.projects, view.simulation.as_ref())
            }
            Subject::Project(name) => {
                let mut view = ProjectChancesView::new(directory.project_chances(&name)?);
                if self.talk.is_some() && !traffic.iter().any(|one| one.project == name) {
                    return Err(CommandEnd::usage(format!("--traffic does not name {name}"))
                        .with_hint("a simulation of a project tells who takes its calls")
                        .into());
                }
                view.simulation =
                    simulate()?.map(|(done, talk)| SimulationView::of_project(&done, talk, &name));
                print(context, &view, &view.agents, view.simulation.as_ref())
            }
        };
        printed.map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn print<V: serde::Serialize, R: Record>(
    context: &Context,
    view: &V,
    rows: &[R],
    simulation: Option<&SimulationView>,
) -> io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    ui.data(|out| match (ui.format, simulation) {
        (Format::Json | Format::Jsonl, _) => write_value(out, view, ui.format),
        (Format::Csv, Some(simulation)) => {
            write_rows(out, &simulation.rows, ui.format, terminal, Selection::Default)
        }
        (format, simulation) => {
            write_rows(out, rows, format, terminal, Selection::Default)?;
            if format == Format::Table {
                write_conditions(out)?;
            }
            simulation.map_or(Ok(()), |simulation| write_simulation(out, simulation, terminal))
        }
    })
}

fn write_conditions(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nshare: the part of their calls, {SHARE_CONDITION}")?;
    writeln!(out, "next call: the chance to get it, {NEXT_CALL_CONDITION}")
}

fn write_simulation(
    out: &mut dyn Write,
    simulation: &SimulationView,
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    writeln!(out)?;
    let columns = ["project", "username", "calls_per_hour", "part", "wait"];
    let has_agents = simulation.rows.iter().any(super::view::SimulationRow::has_username);
    let shown = columns.into_iter().filter(|name| has_agents || *name != "username");
    let selection = Selection::Columns(shown.map(str::to_owned).collect());
    write_rows(out, &simulation.rows, Format::Table, terminal, selection)?;
    let what = if has_agents { "the project's calls" } else { "the user's calls" };
    writeln!(
        out,
        "\npart: of {what}, in {} simulated ones (seed {SIMULATION_SEED}), ± with 95 %",
        simulation.calls
    )
}

fn write_rows<R: Record>(
    out: &mut dyn Write,
    rows: &[R],
    format: Format,
    terminal: Option<TerminalShape>,
    selection: Selection,
) -> io::Result<()> {
    let options = ListOptions { format, selection, terminal, ..ListOptions::default() };
    // The columns are its own, so all of them are there.
    let mut list = ListWriter::new(out, &options).map_err(io::Error::other)?;
    for row in rows {
        list.push(row)?;
    }
    list.finish(None).map(drop)
}
