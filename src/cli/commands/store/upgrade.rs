//! `ccadmin store upgrade`.

use clap::Args;

use super::info;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::terminal::output::Format;

/// Upgrade a store from an older version
///
/// A copy of the old store is kept beside it. Only the account that owns the file and root can do
/// this; any other command with which they write does the same first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store upgrade
  sudo ccadmin store upgrade")]
pub(crate) struct StoreUpgradeArgs {}

impl StoreUpgradeArgs {
    pub(super) fn run(context: &Context) -> CommandResult {
        let (path, _) = context.store_path()?;
        if !context.upgrade_store(path)? {
            let version = context.directory(StoreAccess::Read)?.info()?.version;
            context
                .ui
                .notice("already", &format!("already up to date: the store has version {version}"));
        }
        if context.ui.format != Format::Table {
            info::print(context)?;
        }
        DONE
    }
}
