//! `ccadmin user history`.

use clap::Args;

use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::commands::audit::EntryView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::model::Username;

/// Show who changed what of a user, newest first
///
/// It follows the user through all renames; signing in is not shown. Of a name that nobody has any
/// more it shows the last user who had it. `ccadmin undo SEQ` undoes a change.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user history eva
  ccadmin user history eva --limit 5 -o json")]
pub(crate) struct UserHistoryArgs {
    /// The user, present or deleted
    username: Username,

    /// Show at most N changes
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    #[command(flatten)]
    list: ListArgs,
}

impl UserHistoryArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        self.list.selection().check::<EntryView>()?;
        let directory = context.directory(StoreAccess::Read)?;
        let username = &self.username;
        self.list.print(
            context,
            ListedThings { plural: "changes", create: None, filtered: false },
            self.limit,
            |limit, each| {
                let mut left = limit.unwrap_or(u64::MAX);
                Ok(directory.user_history(username, |record| {
                    left = left.saturating_sub(1);
                    each(EntryView::from(record)) && left > 0
                })?)
            },
            || {
                let mut count = 0;
                directory.user_history(username, |_| {
                    count += 1;
                    true
                })?;
                Ok(count)
            },
        )
    }
}
