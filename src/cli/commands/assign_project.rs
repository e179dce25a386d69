//! `ccadmin assign-project`.

use clap::Args;

use crate::cli::args::interactive::Interactive;
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::value_parsers::once_each;
use crate::model::{AssignmentRequest, Username, Weight};

/// Assign a user to projects
///
/// Projects that the user already has keep their weight unless you give one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin assign-project james hu-support
  ccadmin assign-project james hu-support:20 en-support:10
  ccadmin assign-project james hu-support --replace")]
pub(crate) struct AssignProjectArgs {
    /// The user
    username: Username,

    /// The projects, each with a weight if you like
    #[arg(required = true, value_name = "PROJECT[:WEIGHT]")]
    projects: Vec<AssignmentRequest>,

    /// The weight of projects that are given without one
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    weight: Option<Weight>,

    /// Remove the user from all other projects
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    interactive: Interactive,
}

impl AssignProjectArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let requests: Vec<AssignmentRequest> = self
            .projects
            .into_iter()
            .map(|request| AssignmentRequest { weight: request.weight.or(self.weight), ..request })
            .collect();
        let requests = once_each(&requests, |request| request.project.as_str())?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.assign(&self.username, &requests, self.replace)?;
        let names: Vec<&str> = requests.iter().map(|request| request.project.as_str()).collect();
        let names = names.join(", ");
        if change.changed {
            context.ui.status(&format!("assigned {} to {names}", self.username));
        } else {
            context
                .ui
                .notice("already", &format!("already assigned: {} to {names}", self.username));
        }
        crate::cli::impact::report_impact(&context.ui, &self.username, &change.impact);
        let view = UserView::issued(change.after, context.now(), None);
        print_issued(context, &[view], false)?;
        DONE
    }
}
