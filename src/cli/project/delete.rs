//! `ccadmin project delete`.

use clap::Args;

use crate::cli::context::{Context, Need};
use crate::cli::deleted::delete_each;
use crate::cli::error::Outcome;
use crate::model::ProjectName;

/// Delete projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project delete hu-support
  ccadmin project delete hu-support --yes")]
pub(crate) struct ProjectDeleteArgs {
    /// Which projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,

    /// Delete them even where users are assigned to them, who lose them
    #[arg(long)]
    yes: bool,
}

impl ProjectDeleteArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let mut directory = context.directory(Need::Write)?;
        delete_each(context, &self.names, |name| directory.delete_project(name, self.yes))
    }
}
