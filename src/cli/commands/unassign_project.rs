//! `ccadmin unassign-project`.

use clap::{ArgAction, Args};

use super::assign_project::print_assigned;
use crate::cli::args::interactive::Interactive;
use crate::cli::args::usernames::{Targets, UsernameOrStdin};
use crate::cli::args::where_args::ManyUsersArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::cli::impact::report_impact;
use crate::directory::AssignmentChange;
use crate::model::{AuditAction, ProjectName};

/// Remove a user from projects
///
/// With several users, `-` or `--where`: see `ccadmin help many-users`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin unassign-project james hu-support
  ccadmin unassign-project --where team=voice hu-support")]
pub(crate) struct UnassignProjectArgs {
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

    /// The projects to leave
    #[arg(required = true, value_name = "PROJECT")]
    projects: Vec<ProjectName>,

    #[command(flatten)]
    many: ManyUsersArgs,

    #[command(flatten)]
    interactive: Interactive,
}

impl UnassignProjectArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let projects: Vec<&str> = self.projects.iter().map(ProjectName::as_str).collect();
        let projects = projects.join(", ");
        let ui = &context.ui;
        let named = Targets::of(ui, self.usernames)?;
        let several = named.are_several() || self.many.are_matched();
        let mut directory = context.directory(StoreAccess::Write)?;
        let question = |users: &str| format!("Take {users} out of {projects}?");
        let action = AuditAction::ProjectUnassign;
        let targets = self.many.targets(context, &directory, named, action, question)?;
        targets.run(
            ui,
            |usernames| {
                let changes = directory.unassign_users(usernames, &self.projects)?;
                for AssignmentChange { changed, after, impact, .. } in &changes {
                    let username = &after.username;
                    if *changed {
                        ui.status(&format!("took {username} out of {projects}"));
                    } else {
                        let message = format!("already unassigned: {username} from {projects}");
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
