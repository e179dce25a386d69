//! `ccadmin project create`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::args::interactive::Interactive;
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::directory::Error;
use crate::model::{Description, LanguageTag, ProjectDetails, ProjectName};

/// Create a project
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project create hu-support --language hu --description 'Hungarian support'")]
pub(crate) struct ProjectCreateArgs {
    /// The name: lower-case letters, digits and `-_.`
    name: ProjectName,

    /// The language of the calls: hu, en-GB (BCP 47)
    #[arg(long, value_name = "TAG")]
    language: Option<LanguageTag>,

    /// What the project is for
    #[arg(long, value_name = "TEXT")]
    description: Option<Description>,

    /// Succeed if the project already exists
    #[arg(long)]
    if_not_exists: bool,

    #[command(flatten)]
    interactive: Interactive,
}

impl ProjectCreateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let mut directory = context.directory(StoreAccess::Write)?;
        let details = ProjectDetails { language: self.language, description: self.description };
        let view = match directory.create_project(&self.name, details) {
            Err(Error::Exists { .. }) if self.if_not_exists => {
                context.ui.notice("already", &format!("already exists: {}", self.name));
                ProjectView::found(directory.find_project(&self.name)?)
            }
            other => {
                let summary = other?;
                context.ui.status(&format!("created {}", self.name));
                summary.into()
            }
        };
        print_batch(context, &[view], false)?;
        DONE
    }
}
