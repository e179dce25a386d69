//! `ccadmin unassign-project`.

use clap::Args;

use crate::cli::args::interactive::Interactive;
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::model::{ProjectName, Username};

/// Remove a user from projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin unassign-project james hu-support")]
pub(crate) struct UnassignProjectArgs {
    /// The user
    username: Username,

    /// The projects to leave
    #[arg(required = true, value_name = "PROJECT")]
    projects: Vec<ProjectName>,

    #[command(flatten)]
    interactive: Interactive,
}

impl UnassignProjectArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.unassign(&self.username, &self.projects)?;
        let names: Vec<&str> = self.projects.iter().map(ProjectName::as_str).collect();
        let names = names.join(", ");
        if change.changed {
            context.ui.status(&format!("took {} out of {names}", self.username));
        } else {
            let message = format!("already unassigned: {} from {names}", self.username);
            context.ui.notice("already", &message);
        }
        crate::cli::impact::report_impact(&context.ui, &self.username, &change.impact);
        let view = UserView::issued(change.after, context.now(), None);
        print_issued(context, &[view], false)?;
        DONE
    }
}
