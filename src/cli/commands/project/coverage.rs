//! `ccadmin project coverage`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::time_arg::expiry;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::terminal::output::{Column, Format, ListOptions, ListWriter, Record};
use crate::directory::{CoverageGap, CoverageProblem, Expiry};

/// Find projects whose calls nobody would answer
///
/// Lists the active projects that have no active agent; whose active agents have all never signed in
/// or have an expired password; that have fewer active agents than --min; or none of whose agents
/// has their language. If there is any, the exit status is 13, for cron.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project coverage
  ccadmin project coverage --at 7d --min 2 -o json")]
pub(crate) struct ProjectCoverageArgs {
    /// As of this time: 7d (from now), 2026-12-24, or RFC 3339; passwords that expire by then count
    #[arg(long, value_name = "TIME", value_parser = expiry)]
    at: Option<Expiry>,

    /// List projects with fewer active agents than this
    #[arg(long, value_name = "N", default_value_t = 1)]
    min: u64,
}

/// A project that is not covered.
#[derive(Serialize, JsonSchema)]
pub(crate) struct GapView {
    project: String,
    problem: &'static str,
    agents: u64,
    language: Option<String>,
    /// What is wrong, in words.
    message: String,
}

impl From<CoverageGap> for GapView {
    fn from(gap: CoverageGap) -> Self {
        let CoverageGap { project, problem, agents, language } = gap;
        let language = language.map(|language| language.to_string());
        let message = match problem {
            CoverageProblem::NoActiveAgent => "no active agent".to_owned(),
            CoverageProblem::FewAgents if agents == 1 => "1 active agent".to_owned(),
            CoverageProblem::FewAgents => format!("{agents} active agents"),
            CoverageProblem::NobodySignsIn => {
                "all active agents never signed in or have a password that ran out".to_owned()
            }
            CoverageProblem::NobodySpeaks => {
                format!("no active agent has the language {}", language.as_deref().unwrap_or("-"))
            }
        };
        Self { project: project.to_string(), problem: problem.as_str(), agents, language, message }
    }
}

impl Record for GapView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<GapView>; 4] = [
            Column::whole("project", |view, _| view.project.clone()),
            Column::whole("problem", |view, _| view.problem.to_owned()),
            Column::number("agents", |view, _| view.agents.to_string()),
            // It says in more words what the problem is called.
            Column { gives_way: 1, ..Column::text("message", |view, _| view.message.clone()) },
        ];
        &COLUMNS
    }
}

impl ProjectCoverageArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let at = match self.at {
            None | Some(Expiry::Default) => context.now(),
            Some(Expiry::After(duration)) => context.now().plus(duration),
            Some(Expiry::At(moment)) => moment,
        };
        let directory = context.directory(StoreAccess::Read)?;
        let gaps = directory.coverage(at, self.min)?;
        let found = gaps.len();
        let terminal = ui.stdout_terminal();
        if found > 0 || ui.format != Format::Table {
            let options = ListOptions { format: ui.format, terminal, ..ListOptions::default() };
            let written = ui.data(|out| {
                let mut list = ListWriter::whole(out, &options);
                for gap in gaps {
                    list.push(&GapView::from(gap))?;
                }
                list.finish(None).map(drop)
            });
            written.map_err(|error| CommandEnd::output(&error))?;
        }
        if found == 0 {
            ui.status("every active project is covered");
            return DONE;
        }
        let things = if found == 1 { "thing" } else { "things" };
        Err(CliError::new(ErrorCode::CheckFailed, format!("the check found {found} {things}"))
            .into())
    }
}
