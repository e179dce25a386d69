//! `ccadmin assign-project`.

use clap::{ArgAction, Args};

use crate::cli::args::interactive::Interactive;
use crate::cli::args::time_arg::WindowArgs;
use crate::cli::args::usernames::{Targets, UsernameOrStdin};
use crate::cli::args::where_args::ManyUsersArgs;
use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult};
use crate::cli::impact::report_impact;
use crate::cli::value_parsers::once_each;
use crate::directory::{AssignmentChange, EntityKind, Error};
use crate::model::{AssignmentRequest, AuditAction, Weight, WindowEdit};

/// Assign a user to projects
///
/// Projects that the user already has keep their weight and their dates unless you give others.
/// With several users, `-` or `--where`: see `ccadmin help many-users`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin assign-project james hu-support
  ccadmin assign-project james hu-support:20 en-support:10
  ccadmin assign-project james,eva hu-support
  ccadmin assign-project --where team=voice hu-support
  ccadmin assign-project james hu-support --replace
  ccadmin assign-project james hu-support --from 2026-12-24 --until 2027-01-07")]
pub(crate) struct AssignProjectArgs {
    /// The user, several with commas between them, or `-` for usernames from stdin
    #[arg(
        id = "username",
        value_name = "USERNAME|-",
        required = true,
        action = ArgAction::Set,
        num_args = 1,
        value_delimiter = ','
    )]
    usernames: Vec<UsernameOrStdin>,

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
    many: ManyUsersArgs,

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
        let projects: Vec<&str> = requests.iter().map(|request| request.project.as_str()).collect();
        let projects = projects.join(", ");
        let ui = &context.ui;
        let named = Targets::of(ui, self.usernames)?;
        let several = named.are_several() || self.many.are_matched();
        let mut directory = context.directory(StoreAccess::Write)?;
        let instead = if self.replace { ", and take them out of all others" } else { "" };
        let question = |users: &str| format!("Assign {users} to {projects}{instead}?");
        let action = AuditAction::ProjectAssign;
        let targets = self.many.targets(context, &directory, named, action, question)?;
        targets.run(
            ui,
            |usernames| {
                let changes = directory
                    .assign_users(usernames, &requests, self.replace)
                    .map_err(|error| with_weight_hint(error, &requests))?;
                for AssignmentChange { changed, after, impact, .. } in &changes {
                    let username = &after.username;
                    if *changed {
                        ui.status(&format!("assigned {username} to {projects}"));
                    } else {
                        ui.notice(
                            "already",
                            &format!("already assigned: {username} to {projects}"),
                        );
                    }
                    report_impact(ui, username, impact);
                }
                Ok(changes)
            },
            |changes| print_assigned(context, changes, several),
        )
    }
}

/// Prints users whose assignments were to be changed.
pub(super) fn print_assigned(
    context: &Context,
    changes: Vec<AssignmentChange>,
    several: bool,
) -> Result<(), CommandEnd> {
    let now = context.now();
    let views = changes.into_iter().map(|change| UserView::issued(change.after, now, None));
    print_issued(context, &views.collect::<Vec<_>>(), several)
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
