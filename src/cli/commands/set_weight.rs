//! `ccadmin set-weight`.

use clap::Args;

use crate::cli::args::interactive::Interactive;
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::model::{ProjectName, Username, Weight};

/// Set the weight of a user in a project
///
/// When calls wait in several of an agent's projects, the next call comes from each of them with
/// the probability weight / sum of these weights.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin set-weight james hu-support 20")]
pub(crate) struct SetWeightArgs {
    /// The user
    username: Username,

    /// The project
    project: ProjectName,

    /// The weight, 1-100 unless the settings say otherwise
    #[arg(allow_negative_numbers = true)]
    weight: Weight,

    #[command(flatten)]
    interactive: Interactive,
}

impl SetWeightArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let Self { username, project, weight, .. } = self;
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.set_weight(&username, &project, weight)?;
        if change.changed {
            context.ui.status(&format!("{username} has weight {weight} in {project}"));
        } else {
            let message = format!("already set: {username} has weight {weight} in {project}");
            context.ui.notice("already", &message);
        }
        crate::cli::impact::report_impact(&context.ui, &username, &change.impact);
        let view = UserView::issued(change.after, context.now(), None);
        print_issued(context, &[view], false)?;
        DONE
    }
}
