//! `ccadmin project show`.

use std::io::{self, Write};

use clap::Args;

use super::view::ProjectView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{
    Format, ListOptions, ListWriter, lines, write_lines, write_one,
};
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
        let view = ProjectView::with_agents(summary, agents);
        print(context, &view).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn print(context: &Context, view: &ProjectView) -> io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    let mut out = ui.stdout()?;
    if ui.format != Format::Table {
        return write_one(&mut out, view, ui.format, terminal);
    }
    let mut fields = lines(view);
    if let Some(sum) = view.full_agents() {
        fields.push(("full_agents", format!("{sum:.3}").into()));
    }
    write_lines(&mut out, fields, terminal)?;
    if !view.agents().is_empty() {
        writeln!(out)?;
        let options = ListOptions { terminal, ..ListOptions::default() };
        let mut list = ListWriter::new(&mut out, &options).map_err(io::Error::other)?;
        for agent in view.agents() {
            list.push(agent)?;
        }
        list.finish(None)?;
    }
    out.flush()
}
