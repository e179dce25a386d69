//! `ccadmin project show`.

use std::io;

use clap::Args;

use super::view::ProjectView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Format, lines, write_lines, write_one};
use crate::cli::weight_share::{shares_of_project, write_weight_shares};
use crate::directory::{ProjectAgent, ProjectSummary};
use crate::model::ProjectName;

/// Show a project and its users
///
/// A user's share is the part of their attention that the project gets: their weight in it / the
/// sum of their weights in active projects. The sum of the shares is the number of full-time agents
/// that the project has.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project show hu-support")]
pub(crate) struct ProjectShowArgs {
    /// The project
    name: ProjectName,
}

impl ProjectShowArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let directory = context.directory(StoreAccess::Read)?;
        let summary = directory.find_project(&self.name)?;
        let mut agents = Vec::new();
        directory.project_agents(&self.name, |agent| {
            agents.push(agent);
            true
        })?;
        print(context, summary, agents).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn print(context: &Context, summary: ProjectSummary, agents: Vec<ProjectAgent>) -> io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    if ui.format != Format::Table {
        let view = ProjectView::with_agents(summary, agents);
        return ui.data(|out| write_one(out, &view, ui.format, terminal));
    }
    let full_agents: f64 = agents.iter().map(|agent| agent.share).sum();
    let view = ProjectView::from(summary);
    let mut fields = lines(&view);
    // No users make a sum of -0.
    fields.push(("full_agents", format!("{:.3}", full_agents + 0.0).into()));
    ui.data(|out| {
        write_lines(out, fields, terminal)?;
        if !agents.is_empty() {
            writeln!(out)?;
            let shares = shares_of_project(&agents, context.now());
            write_weight_shares(out, "USER", &shares, terminal)?;
        }
        Ok(())
    })
}
