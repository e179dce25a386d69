//! `ccadmin project list`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;

/// List projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project list
  ccadmin project list --field name")]
pub(crate) struct ProjectListArgs {
    #[command(flatten)]
    list: ListArgs,
}

impl ProjectListArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        self.list.check::<ProjectView>()?;
        let directory = context.directory(StoreAccess::Read)?;
        self.list.print(
            context,
            ListedThings::made_by("projects", "ccadmin project create NAME"),
            None,
            |_, each| Ok(directory.projects(|summary| each(ProjectView::from(summary)))?),
            || Ok(directory.count_projects()?),
        )
    }
}
