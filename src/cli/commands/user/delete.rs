//! `ccadmin user delete`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::usernames::{MissingUsers, Targets, UsernameOrStdin, named};
use crate::cli::args::where_args::{WhereArgs, in_short, unconfirmed};
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::impact;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::Directory;
use crate::model::{AuditAction, Username};

/// Delete users
///
/// Their details, projects, passwords, sessions and photos are gone for good; the audit log keeps
/// what they did and what was done to them. On a terminal it asks first (exit status 2 if the
/// answer is no), elsewhere it needs `--yes`. If the user may return, use `ccadmin user
/// deactivate`. Several users are deleted one after the other; with `-`, which takes usernames from
/// stdin, one a line, and with `--where`, either all of them are deleted or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user delete james
  ccadmin user delete james eva --yes
  ccadmin user delete --where state=inactive --yes")]
pub(crate) struct UserDeleteArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required_unless_present = "where", conflicts_with = "where", value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

    #[command(flatten)]
    matching: WhereArgs,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    missing: MissingUsers,
}

/// Somebody who is gone.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DeletedView {
    username: String,
    deleted: bool,
}

impl Record for DeletedView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<DeletedView>; 2] = [
            Column::text("username", |view, _| view.username.clone()),
            Column::text("deleted", |view, _| view.deleted.to_string()),
        ];
        &COLUMNS
    }
}

impl UserDeleteArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let yes = self.yes || context.rehearses();
        let confirmed = yes || ui.can_ask();
        if !confirmed && self.matching.is_empty() {
            // Whoever may not do it at all is told that first.
            let names = named(&self.usernames);
            if let Some(directory) = context.directory_if_there()? {
                directory.may_delete_users(&names)?;
            }
            return Err(CliError::new(ErrorCode::MissingInput, "missing: --yes")
                .with_hint("deleting cannot be undone; on a terminal you are asked first")
                .into());
        }
        let named = Targets::of(ui, self.usernames)?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let (several, targets) = if self.matching.is_empty() {
            directory.may_delete_users(named.usernames())?;
            let several = named.are_several();
            (several, named.without_missing(ui, &directory, self.missing.ignore)?)
        } else {
            let targets = self.matching.targets(context, &directory, AuditAction::UserDelete)?;
            if !confirmed && !targets.usernames().is_empty() {
                return Err(unconfirmed(targets.usernames()).into());
            }
            (true, targets)
        };
        if !yes && !is_meant(context, &directory, targets.usernames())? {
            ui.notice("not-deleted", "nothing was deleted");
            return Err(CommandEnd::Reported(ErrorCode::MissingInput.status()));
        }
        targets.run(
            ui,
            |usernames| {
                let deletions = directory.delete_users(usernames)?;
                for deletion in &deletions {
                    let username = &deletion.user.username;
                    ui.status(&format!("deleted {username}"));
                    impact::report_impact(ui, username, &deletion.impact);
                }
                Ok(deletions)
            },
            |deletions| {
                let views: Vec<DeletedView> = deletions
                    .into_iter()
                    .map(|deletion| DeletedView {
                        username: deletion.user.username.to_string(),
                        deleted: true,
                    })
                    .collect();
                print_batch(context, &views, several)
            },
        )
    }
}

/// Asks whether it is meant; of one user it says who that is.
fn is_meant(
    context: &Context,
    directory: &Directory,
    usernames: &[Username],
) -> Result<bool, CommandEnd> {
    let question = match usernames {
        [] => return Ok(true),
        [username] => {
            let user = directory.find_user(username)?;
            format!("Delete {username} ({}) for good?", user.full_name)
        }
        several => format!("Delete {} for good?", in_short(several)),
    };
    let meant = context.ui.prompter()?.confirm(&question, false)?;
    if meant {
        context.note_answer("--yes");
    }
    Ok(meant)
}
