//! `ccadmin project`: the language queues that users take calls from.

mod create;
mod delete;
mod list;
mod rename;
mod show;
mod state;
mod update;
mod view;

use clap::Subcommand;

use super::context::Context;
use super::error::Outcome;

/// Administer projects
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    Create(create::ProjectCreateArgs),
    List(list::ProjectListArgs),
    Show(show::ProjectShowArgs),
    Update(update::ProjectUpdateArgs),
    Rename(rename::ProjectRenameArgs),
    Deactivate(state::ProjectDeactivateArgs),
    Activate(state::ProjectActivateArgs),
    Delete(delete::ProjectDeleteArgs),
}

impl ProjectCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create(args) => args.run(context),
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Update(args) => args.run(context),
            Self::Rename(args) => args.run(context),
            Self::Deactivate(args) => args.run(context),
            Self::Activate(args) => args.run(context),
            Self::Delete(args) => args.run(context),
        }
    }
}
