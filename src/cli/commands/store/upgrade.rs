//! `ccadmin store upgrade`.

use clap::Args;

use super::info;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::terminal::output::Format;

/// Upgrade a store that an older version has made
///
/// A copy of the store as it was is kept beside it. This is for the account that owns the file, and
/// for root; any command of theirs that writes does the same first.
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
            context.ui.notice("already", &format!("already so: the store has version {version}"));
        }
        if context.ui.format != Format::Table {
            info::print(context)?;
        }
        DONE
    }
}
