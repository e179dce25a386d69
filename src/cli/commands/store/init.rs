//! `ccadmin store init`.

use clap::Args;

use super::info;
use crate::cli::context::Context;
use crate::cli::error::{CommandResult, DONE};
use crate::cli::terminal::output::Format;

/// Create the store that `--database`, the environment or the config names
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store init
  ccadmin --database /srv/ccadmin/ccadmin.db store init")]
pub(crate) struct StoreInitArgs {}

impl StoreInitArgs {
    pub(super) fn run(context: &Context) -> CommandResult {
        let (path, _) = context.store_path()?;
        context.create_store(path)?;
        if context.ui.format != Format::Table {
            info::print(context)?;
        }
        DONE
    }
}
