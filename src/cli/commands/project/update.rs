//! `ccadmin project update`.

use clap::{Args, ValueEnum};

use super::view::ProjectView;
use crate::cli::args::interactive::Interactive;
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::directory::ProjectUpdate;
use crate::model::{Description, LanguageTag, ProjectName};

/// Change a project's language or description
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project update hu-support --description 'Hungarian support, day and night'
  ccadmin project update hu-support --clear description")]
pub(crate) struct ProjectUpdateArgs {
    /// The project
    name: ProjectName,

    /// The language of the calls: hu, en-GB (BCP 47)
    #[arg(long, value_name = "TAG")]
    language: Option<LanguageTag>,

    /// What the project is for
    #[arg(long, value_name = "TEXT")]
    description: Option<Description>,

    /// Clear these fields, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "language,description")]
    clear: Vec<ClearableProjectField>,

    #[command(flatten)]
    interactive: Interactive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClearableProjectField {
    Language,
    Description,
}

impl ProjectUpdateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if self.language.is_none() && self.description.is_none() && self.clear.is_empty() {
            return Err(CommandEnd::usage("nothing to change")
                .with_hint("give --language, --description or --clear; on a terminal you are asked")
                .into());
        }
        let clear_language = self.clear.contains(&ClearableProjectField::Language);
        let clear_description = self.clear.contains(&ClearableProjectField::Description);
        if (clear_language && self.language.is_some())
            || (clear_description && self.description.is_some())
        {
            return Err(CommandEnd::usage("a field is both set and cleared")
                .with_hint("give either the option or its name in --clear")
                .into());
        }
        let mut directory = context.directory(StoreAccess::Write)?;
        let update = ProjectUpdate {
            language: self.language.map(Some).or(clear_language.then_some(None)),
            description: self.description.map(Some).or(clear_description.then_some(None)),
        };
        let change = directory.update_project(&self.name, update)?;
        if change.changed {
            context.ui.status(&format!("updated {}", self.name));
        } else {
            context.ui.notice("already", &format!("already up to date: {}", self.name));
        }
        print_batch(context, &[ProjectView::from(change.now)], false)?;
        DONE
    }
}
