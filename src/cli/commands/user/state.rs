//! `ccadmin user deactivate`, `activate` and `unlock`.

use clap::Args;

use super::view::{UserView, print_issued};
use crate::cli::args::usernames::{Targets, UsernameOrStdin};
use crate::cli::args::where_args::ManyUsersArgs;
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::locked_callers::{CallerView, tell_locked_callers};
use crate::cli::os_accounts::accounts;
use crate::cli::terminal::output::time::local_time;
use crate::cli::terminal::ui::Ui;
use crate::model::{AuditAction, State, Timestamp, User, Window};

/// Deactivate users
///
/// Inactive users cannot do anything, and their sessions end at once. They keep their projects,
/// weights and password in case they return. Several users are changed one after the other; with
/// `-`, which takes usernames from stdin, one a line, and with `--where`, either all of them are
/// changed or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user deactivate james
  ccadmin user deactivate --where project=old --where state=active
  ccadmin user list --project old --field username | ccadmin user deactivate -")]
pub(crate) struct UserDeactivateArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required_unless_present = "where", conflicts_with = "where", value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    #[command(flatten)]
    many: ManyUsersArgs,
}

/// Activate users
///
/// Several users are changed one after the other; with `-`, which takes usernames from stdin, one a
/// line, and with `--where`, either all of them are changed or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user activate james")]
pub(crate) struct UserActivateArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required_unless_present = "where", conflicts_with = "where", value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    #[command(flatten)]
    many: ManyUsersArgs,
}

/// Unlock users after too many failed sign-ins
///
/// Users who were locked out after too many wrong passwords can try again at once. Several users
/// are changed one after the other; with `-`, which takes usernames from stdin, one a line, and with
/// `--where`, either all of them are changed or none.
///
/// An account of the operating system that gave too many wrong passwords, for any users, cannot
/// sign in under any username; `ccadmin store info` lists such accounts, and `--caller` unlocks
/// one. Your own can be unlocked only by the owner of the store or root.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user unlock james
  ccadmin user unlock --where locked=true
  ccadmin user unlock --caller nobody")]
pub(crate) struct UserUnlockArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(
        required_unless_present_any = ["caller", "where"],
        conflicts_with = "where",
        value_name = "USERNAME|-"
    )]
    usernames: Vec<UsernameOrStdin>,

    /// Unlock an account of the operating system instead, by its number or its login name
    #[arg(long, value_name = "UID|NAME", conflicts_with_all = ["usernames", "where"])]
    caller: Option<String>,

    #[command(flatten)]
    many: ManyUsersArgs,
}

impl UserUnlockArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if let Some(name) = &self.caller {
            return unlock_caller(context, name);
        }
        let ui = &context.ui;
        let named = Targets::of(ui, self.usernames)?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let action = AuditAction::UserUnlock;
        let several = named.are_several() || self.many.are_matched();
        let question = |users: &str| format!("Unlock {users}?");
        let targets = self.many.targets(context, &directory, named, action, question)?;
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
        set_states(context, self.usernames, &self.many, State::Inactive)
    }
}

impl UserActivateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        set_states(context, self.usernames, &self.many, State::Active)
    }
}

fn set_states(
    context: &Context,
    usernames: Vec<UsernameOrStdin>,
    many: &ManyUsersArgs,
    state: State,
) -> CommandResult {
    let ui = &context.ui;
    let now = context.now();
    let named = Targets::of(ui, usernames)?;
    let several = named.are_several() || many.are_matched();
    let mut directory = context.directory(StoreAccess::Write)?;
    let (action, asks, verb) = match state {
        State::Active => (AuditAction::UserActivate, "Activate", "activated"),
        State::Inactive => (AuditAction::UserDeactivate, "Deactivate", "deactivated"),
    };
    let question = |users: &str| format!("{asks} {users}?");
    let targets = many.targets(context, &directory, named, action, question)?;
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
                if state.is_active() {
                    tell_dates(ui, &change.user, now);
                }
                crate::cli::impact::report_impact(ui, &change.user.username, &change.impact);
            }
            Ok(changes)
        },
        |changes| {
            let views: Vec<UserView<true>> = changes
                .into_iter()
                .map(|change| UserView::issued(change.user, now, None))
                .collect();
            print_issued(context, &views, several)
        },
    )
}

/// Tells of somebody who was activated that their dates keep them out all the same.
fn tell_dates(ui: &Ui, user: &User, now: Timestamp) {
    let (what, edge) = match user.window {
        window if window.contains(now) => return,
        Window { until: Some(until), .. } if until <= now => {
            (format!("ended {}", local_time(until)), "until")
        }
        Window { from, .. } => {
            let from = from.map(local_time).unwrap_or_default();
            (format!("begins {from}"), "from")
        }
    };
    let username = &user.username;
    ui.notice(
        "outside-dates",
        &format!(
            "{username} is inactive all the same: their time {what} \
             (`ccadmin user update {username} --clear {edge}`)"
        ),
    );
}
