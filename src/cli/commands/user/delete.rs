//! `ccadmin user delete`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::usernames::{MissingUsers, Targets, UsernameOrStdin, named};
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::impact;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::Directory;
use crate::model::Username;

/// Delete users
///
/// Their details, projects, passwords, sessions and photos are gone for good; the audit log keeps
/// what they did and what was done to them. On a terminal it asks first (exit status 2 if the
/// answer is no), elsewhere it needs `--yes`. If the user may return, use `ccadmin user
/// deactivate`. Several users are deleted one after the other; with `-` the usernames come from
/// stdin, one a line, and either all of them are deleted or none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user delete james
  ccadmin user delete james eva --yes
  ccadmin user list --state inactive --field username | ccadmin user delete - --yes")]
pub(crate) struct UserDeleteArgs {
    /// The users, or `-` for usernames from stdin
    #[arg(required = true, value_name = "USERNAME|-")]
    usernames: Vec<UsernameOrStdin>,

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
        if !yes && !ui.can_ask() {
            // Whoever may not do it at all is told that first.
            let names = named(&self.usernames);
            if let Some(directory) = context.directory_if_there()? {
                directory.may_delete_users(&names)?;
            }
            return Err(CliError::new(ErrorCode::MissingInput, "missing: --yes")
                .with_hint("deleting cannot be undone; on a terminal you are asked first")
                .into());
        }
        let targets = Targets::of(ui, self.usernames)?;
        let several = targets.are_several();
        let mut directory = context.directory(StoreAccess::Write)?;
        directory.may_delete_users(targets.usernames())?;
        let targets = targets.without_missing(ui, &directory, self.missing.ignore)?;
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
    const MAX_USERS_NAMED: usize = 8;
    let question = match usernames {
        [] => return Ok(true),
        [username] => {
            let user = directory.find_user(username)?;
            format!("Delete {username} ({}) for good?", user.full_name)
        }
        several => {
            let names: Vec<&str> =
                several.iter().take(MAX_USERS_NAMED).map(Username::as_str).collect();
            let more = if several.len() > MAX_USERS_NAMED { ", ..." } else { "" };
            format!("Delete {} users ({}{more}) for good?", several.len(), names.join(", "))
        }
    };
    let meant = context.ui.prompter()?.confirm(&question, false)?;
    if meant {
        context.note_answer("--yes");
    }
    Ok(meant)
}
