//! `ccadmin project delete`.

use clap::Args;

use crate::cli::batch_delete::delete_each;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::model::ProjectName;

/// Delete projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project delete hu-support
  ccadmin project delete hu-support --yes")]
pub(crate) struct ProjectDeleteArgs {
    /// The projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,

    /// Delete them even if users are assigned to them; the users lose these projects
    #[arg(long)]
    yes: bool,
}

impl ProjectDeleteArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let mut directory = context.directory(StoreAccess::Write)?;
        delete_each(context, &self.names, |name| directory.delete_project(name, self.yes))
    }
}
