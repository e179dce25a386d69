//! `ccadmin set-weight`.

use clap::{ArgAction, Args};

use super::assign_project::print_assigned;
use crate::cli::args::interactive::Interactive;
use crate::cli::args::usernames::{Targets, UsernameOrStdin};
use crate::cli::args::where_args::ManyUsersArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::cli::impact::report_impact;
use crate::directory::AssignmentChange;
use crate::model::{AuditAction, ProjectName, Weight};

/// Set the weight of a user in a project
///
/// When calls wait in several of an agent's projects, the next call comes from each of them with
/// the probability weight / sum of these weights.
///
/// With several users, `-` or `--where`: see `ccadmin help many-users`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin set-weight james hu-support 20
  ccadmin set-weight --where team=voice hu-support 20")]
pub(crate) struct SetWeightArgs {
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

    /// The project
    project: ProjectName,

    /// The weight, 1-100 unless the settings say otherwise
    #[arg(allow_negative_numbers = true)]
    weight: Weight,

    #[command(flatten)]
    many: ManyUsersArgs,

    #[command(flatten)]
    interactive: Interactive,
}

impl SetWeightArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let Self { usernames, project, weight, many, .. } = self;
        let ui = &context.ui;
        let named = Targets::of(ui, usernames)?;
        let several = named.are_several() || many.are_matched();
        let mut directory = context.directory(StoreAccess::Write)?;
        let question = |users: &str| format!("Give {users} weight {weight} in {project}?");
        let action = AuditAction::WeightSet;
        let targets = many.targets(context, &directory, named, action, question)?;
        let weights = [(project.clone(), weight)];
        targets.run(
            ui,
            |usernames| {
                let changes = directory.set_weights(usernames, &weights)?;
                for AssignmentChange { changed, after, impact, .. } in &changes {
                    let username = &after.username;
                    if *changed {
                        ui.status(&format!("{username} has weight {weight} in {project}"));
                    } else {
                        let message =
                            format!("already set: {username} has weight {weight} in {project}");
                        ui.notice("already", &message);
                    }
                    report_impact(ui, username, impact);
                }
                Ok(changes)
            },
            |changes| print_assigned(context, changes, several),
        )
    }
}
