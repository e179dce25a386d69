//! `ccadmin project rename`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::context::{Context, Need};
use crate::cli::each::print_changed;
use crate::cli::error::{DONE, Failure, Outcome};
use crate::model::ProjectName;

/// Rename a project; its users stay
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project rename hu-support hu-helpdesk")]
pub(crate) struct ProjectRenameArgs {
    /// Which project
    name: ProjectName,

    /// Its new name
    new: ProjectName,
}

impl ProjectRenameArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let mut directory = context.directory(Need::Write)?;
        let change = directory.rename_project(&self.name, &self.new);
        let change = change.map_err(Failure::of_rename)?;
        if change.changed {
            context.ui.status(&format!("renamed {} to {}", self.name, self.new));
        } else {
            context.ui.notice("already", &format!("already so: {}", self.new));
        }
        print_changed(context, &[ProjectView::from(change.now)], false)?;
        DONE
    }
}
