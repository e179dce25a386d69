//! `ccadmin user deactivate`, `activate` and `unlock`.

use clap::Args;

use super::view::{UserView, print_issued};
use crate::cli::args::usernames::{Targets, UsernameOrStdin};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::model::State;

/// Deactivate users
///
/// Inactive users cannot do anything, and their sessions end at once. They keep their projects,
/// weights and password in case they return. Several users are changed one after the other; with
/// `-` the usernames come from stdin, one a line, and either all of them are changed or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user deactivate james
  ccadmin user list --project old --field username | ccadmin user deactivate -")]
pub(crate) struct UserDeactivateArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required = true, value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,
}

/// Activate users
///
/// Several users are changed one after the other; with `-` the usernames come from stdin, one a
/// line, and either all of them are changed or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user activate james")]
pub(crate) struct UserActivateArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required = true, value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,
}

/// Unlock users after too many failed sign-ins
///
/// Users who were locked out after too many wrong passwords can try again at once. Several users
/// are changed one after the other; with `-` the usernames come from stdin, one a line, and either
/// all of them are changed or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user unlock james
  ccadmin user list --locked --field username | ccadmin user unlock -")]
pub(crate) struct UserUnlockArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required = true, value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,
}

impl UserUnlockArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let targets = Targets::of(ui, self.usernames)?;
        let several = targets.are_several();
        let mut directory = context.directory(StoreAccess::Write)?;
        targets.run(
            ui,
            |usernames| {
                let unlocked = directory.unlock(usernames)?;
                for (forgiven, user) in &unlocked {
                    if *forgiven {
                        ui.status(&format!("unlocked {}", user.username));
                    } else {
                        ui.notice("already", &format!("already unlocked: {}", user.username));
                    }
                }
                Ok(unlocked)
            },
            |unlocked| {
                let now = context.now();
                let views: Vec<UserView<true>> = unlocked
                    .into_iter()
                    .map(|(_, user)| UserView::issued(user, now, None))
                    .collect();
                print_issued(context, &views, several)
            },
        )
    }
}

impl UserDeactivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, self.usernames, State::Inactive)
    }
}

impl UserActivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, self.usernames, State::Active)
    }
}

fn set_states(context: &Context, usernames: Vec<UsernameOrStdin>, state: State) -> CommandResult {
    let ui = &context.ui;
    let targets = Targets::of(ui, usernames)?;
    let several = targets.are_several();
    let mut directory = context.directory(StoreAccess::Write)?;
    let verb = match state {
        State::Active => "activated",
        State::Inactive => "deactivated",
    };
    targets.run(
        ui,
        |usernames| {
            let changes = directory.set_user_states(usernames, state)?;
            for change in &changes {
                let username = &change.user.username;
                if change.changed {
                    ui.status(&format!("{verb} {username}"));
                } else {
                    ui.notice("already", &format!("already {state}: {username}"));
                }
                crate::cli::impact::report_impact(ui, &change.user.username, &change.impact);
            }
            Ok(changes)
        },
        |changes| {
            let now = context.now();
            let views: Vec<UserView<true>> = changes
                .into_iter()
                .map(|change| UserView::issued(change.user, now, None))
                .collect();
            print_issued(context, &views, several)
        },
    )
}
