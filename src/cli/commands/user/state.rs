//! `ccadmin user deactivate`, `activate` and `unlock`.

use clap::Args;

use super::view::{UserView, print_issued};
use crate::cli::args::usernames::{MissingUsers, Targets, UsernameOrStdin};
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::locked_callers::{CallerView, tell_locked_callers};
use crate::cli::os_accounts::accounts;
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

    #[command(flatten)]
    missing: MissingUsers,
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

    #[command(flatten)]
    missing: MissingUsers,
}

/// Unlock users after too many failed sign-ins
///
/// Users who were locked out after too many wrong passwords can try again at once. Several users
/// are changed one after the other; with `-` the usernames come from stdin, one a line, and either
/// all of them are changed or none.
///
/// An account of the operating system that gave too many wrong passwords, for any users, cannot
/// sign in under any username; `ccadmin store info` lists such accounts, and `--caller` unlocks
/// one. Your own can be unlocked only by the owner of the store or root.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user unlock james
  ccadmin user list --locked --field username | ccadmin user unlock -
  ccadmin user unlock --caller nobody")]
pub(crate) struct UserUnlockArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required_unless_present = "caller", value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,
    /// Unlock an account of the operating system instead, by its number or its login name
    #[arg(long, value_name = "UID|NAME", conflicts_with = "usernames")]
    caller: Option<String>,

    #[command(flatten)]
    missing: MissingUsers,
}

impl UserUnlockArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if let Some(name) = &self.caller {
            return unlock_caller(context, name);
        }
        let ui = &context.ui;
        let targets = Targets::of(ui, self.usernames)?;
        let several = targets.are_several();
        let mut directory = context.directory(StoreAccess::Write)?;
        let targets = targets.without_missing(ui, &directory, self.missing.ignore)?;
        let ended = targets.run(
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
        )?;
        tell_locked_callers(context, &directory)?;
        Ok(ended)
    }
}

/// Forgives the account `name`, a login name or a number.
fn unlock_caller(context: &Context, name: &str) -> CommandResult {
    let (known, _) = accounts(&[name.to_owned()]);
    let Some(uid) = known.first().copied() else {
        let message = format!("there is no account `{name}` in /etc/passwd");
        return Err(CliError::new(ErrorCode::AccountNotFound, message)
            .with_hint("an account of another name service goes by its number: `id -u NAME`")
            .about("caller", name)
            .into());
    };
    let unlocked = context.directory(StoreAccess::Write)?.unlock_caller(uid)?;
    let view = CallerView::unlocked(uid);
    let ui = &context.ui;
    if unlocked {
        ui.status(&format!("unlocked the calling account {view}"));
    } else {
        ui.notice("already", &format!("already unlocked: the calling account {view}"));
    }
    print_batch(context, &[view], false)?;
    DONE
}

impl UserDeactivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, self.usernames, self.missing, State::Inactive)
    }
}

impl UserActivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, self.usernames, self.missing, State::Active)
    }
}

fn set_states(
    context: &Context,
    usernames: Vec<UsernameOrStdin>,
    missing: MissingUsers,
    state: State,
) -> CommandResult {
    let ui = &context.ui;
    let targets = Targets::of(ui, usernames)?;
    let several = targets.are_several();
    let mut directory = context.directory(StoreAccess::Write)?;
    let targets = targets.without_missing(ui, &directory, missing.ignore)?;
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
