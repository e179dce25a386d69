//! `ccadmin project deactivate` and `ccadmin project activate`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::batch::{print_batch, try_each};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::cli::impact;
use crate::model::{ProjectName, State};

/// Deactivate projects
///
/// Nobody can be assigned to an inactive project, and it gets no share of anybody's attention: its
/// share goes to the other projects of its users, which are listed. It keeps its users and their
/// weights in case it returns.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project deactivate hu-support")]
pub(crate) struct ProjectDeactivateArgs {
    /// The projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,
}

/// Activate projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project activate hu-support")]
pub(crate) struct ProjectActivateArgs {
    /// The projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,
}

impl ProjectDeactivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, &self.names, State::Inactive)
    }
}

impl ProjectActivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, &self.names, State::Active)
    }
}

fn set_states(context: &Context, names: &[ProjectName], state: State) -> CommandResult {
    let ui = &context.ui;
    let mut directory = context.directory(StoreAccess::Write)?;
    let verb = match state {
        State::Active => "activated",
        State::Inactive => "deactivated",
    };
    let tried = try_each(ui, names, |name| {
        let change = directory.set_project_state(name, state)?;
        if change.changed {
            ui.status(&format!("{verb} {name}"));
        } else {
            ui.notice("already", &format!("already {state}: {name}"));
        }
        impact::report_project_impact(ui, &change.impact);
        Ok(ProjectView::from(change.now))
    });
    print_batch(context, &tried.done, names.len() > 1)?;
    tried.outcome()
}
