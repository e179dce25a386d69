//! `ccadmin project`: the language queues that users take calls from.

mod coverage;
mod create;
mod delete;
mod export;
mod list;
mod rename;
mod show;
mod state;
mod switch_format;
mod switch_state;
mod update;
mod view;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;
pub(crate) use coverage::GapView;
pub(crate) use switch_format::SwitchView;
pub(crate) use view::ProjectView;

/// Administer projects
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum ProjectCommand {
    /// Create a project
    Create(create::ProjectCreateArgs),
    /// List projects
    List(list::ProjectListArgs),
    /// Show a project and its users
    Show(show::ProjectShowArgs),
    /// Change a project's language or description
    Update(update::ProjectUpdateArgs),
    /// Rename a project; its users keep it
    Rename(rename::ProjectRenameArgs),
    /// Deactivate projects
    Deactivate(state::ProjectDeactivateArgs),
    /// Activate projects
    Activate(state::ProjectActivateArgs),
    /// Delete projects
    Delete(delete::ProjectDeleteArgs),
    /// Find projects whose calls nobody would answer
    Coverage(coverage::ProjectCoverageArgs),
    /// Write the weights for a switch
    Export(export::ProjectExportArgs),
}

impl ProjectCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Create(args) => args.run(context),
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Update(args) => args.run(context),
            Self::Rename(args) => args.run(context),
            Self::Deactivate(args) => args.run(context),
            Self::Activate(args) => args.run(context),
            Self::Delete(args) => args.run(context),
            Self::Coverage(args) => args.run(context),
            Self::Export(args) => args.run(context),
        }
    }
}
