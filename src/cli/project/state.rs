//! `ccadmin project deactivate` and `ccadmin project activate`.

use clap::Args;

use super::view::ProjectView;
use crate::cli::context::{Context, Need};
use crate::cli::each::{each, print_changed};
use crate::cli::error::Outcome;
use crate::cli::impact;
use crate::model::{ProjectName, State};

/// Deactivate projects
///
/// Nobody can be assigned to an inactive project, and it has no share of anybody's attention: what
/// it had goes to the other projects of its users, as is told. Its users and their weights stay for
/// its return.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project deactivate hu-support")]
pub(crate) struct ProjectDeactivateArgs {
    /// Which projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,
}

/// Activate projects
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project activate hu-support")]
pub(crate) struct ProjectActivateArgs {
    /// Which projects
    #[arg(required = true, value_name = "NAME")]
    names: Vec<ProjectName>,
}

impl ProjectDeactivateArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        set_states(context, &self.names, State::Inactive)
    }
}

impl ProjectActivateArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        set_states(context, &self.names, State::Active)
    }
}

fn set_states(context: &Context, names: &[ProjectName], state: State) -> Outcome {
    let ui = &context.ui;
    let mut directory = context.directory(Need::Write)?;
    let verb = match state {
        State::Active => "activated",
        State::Inactive => "deactivated",
    };
    let tried = each(ui, names, |name| {
        let change = directory.set_project_state(name, state)?;
        if change.changed {
            ui.status(&format!("{verb} {name}"));
        } else {
            ui.notice("already", &format!("already {state}: {name}"));
        }
        impact::tell_of_project(ui, &change.impact);
        Ok(ProjectView::from(change.now))
    });
    print_changed(context, &tried.done, names.len() > 1)?;
    tried.outcome()
}
