//! `ccadmin project rename`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::args::interactive::Interactive;
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::hints::rename_error;
use crate::model::ProjectName;

/// Rename a project; its users keep it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project rename hu-support hu-helpdesk")]
pub(crate) struct ProjectRenameArgs {
    /// The project
    name: ProjectName,

    /// The new name
    new: ProjectName,

    #[command(flatten)]
    interactive: Interactive,
}

impl ProjectRenameArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.rename_project(&self.name, &self.new);
        let change = change.map_err(rename_error)?;
        if change.changed {
            context.ui.status(&format!("renamed {} to {}", self.name, self.new));
        } else {
            context.ui.notice("already", &format!("already named {}", self.new));
        }
        print_batch(context, &[ProjectView::from(change.now)], false)?;
        DONE
    }
}
