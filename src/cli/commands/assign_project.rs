//! `ccadmin assign-project`.

use clap::Args;

use crate::cli::args::interactive::Interactive;
use crate::cli::args::time_arg::WindowArgs;
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE};
use crate::cli::value_parsers::once_each;
use crate::directory::{EntityKind, Error};
use crate::model::{AssignmentRequest, Username, Weight, WindowEdit};

/// Assign a user to projects
///
/// Projects that the user already has keep their weight and their dates unless you give others.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin assign-project james hu-support
  ccadmin assign-project james hu-support:20 en-support:10
  ccadmin assign-project james hu-support --replace
  ccadmin assign-project james hu-support --from 2026-12-24 --until 2027-01-07")]
pub(crate) struct AssignProjectArgs {
    /// The user
    username: Username,

    /// The projects, each with a weight if you like
    #[arg(required = true, value_name = "PROJECT[:WEIGHT]")]
    projects: Vec<AssignmentRequest>,

    /// The weight of projects that are given without one
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    weight: Option<Weight>,

    #[command(flatten)]
    window: WindowArgs,

    /// Remove the user from all other projects
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    interactive: Interactive,
}

impl AssignProjectArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let edit = self.window.edit(context.now());
        let complete = |request: AssignmentRequest| {
            let WindowEdit { from, until } = request.window;
            AssignmentRequest {
                weight: request.weight.or(self.weight),
                window: WindowEdit { from: from.or(edit.from), until: until.or(edit.until) },
                ..request
            }
        };
        let requests: Vec<AssignmentRequest> = self.projects.into_iter().map(complete).collect();
        let requests = once_each(&requests, |request| request.project.as_str())?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let assigned = directory.assign(&self.username, &requests, self.replace);
        let change = assigned.map_err(|error| with_weight_hint(error, &requests))?;
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

/// A number that is no project was meant for the weight in the one before it.
fn with_weight_hint(error: Error, requests: &[AssignmentRequest]) -> CliError {
    let project = match &error {
        Error::NotFound { object: EntityKind::Project, name, .. }
            if name.parse::<Weight>().is_ok() =>
        {
            let place = requests.iter().position(|request| request.project.as_str() == *name);
            let before = place.and_then(|place| requests.get(place.checked_sub(1)?));
            before.map(|before| format!("{}:{name}", before.project))
        }
        _ => None,
    };
    let failure = CliError::from(error);
    match project {
        Some(project) => failure.with_hint(format!("a weight stands behind a colon: `{project}`")),
        None => failure,
    }
}
