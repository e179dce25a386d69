//! `ccadmin roster diff`.

use std::path::PathBuf;

use clap::Args;

use super::change::print;
use super::import::carry_out;
use super::saved_plan::SavedPlan;
use super::source::{RosterSource, ScopeArgs};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::Format;
use crate::directory::ImportOptions;

/// The status where there are differences.
const DIFFERENT: u8 = 14;

/// Show what a roster would change
///
/// Ends with 0 where everything is as the file says, with 14 where something is not, and prints each
/// field's old and new value. Users whom the file does not own are never touched; those whom it owns
/// and does not have are named.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin roster diff roster.toml
  ccadmin roster diff voice.toml --prune --save plan.json")]
pub(crate) struct RosterDiffArgs {
    /// The roster: TOML, or users as CSV, JSONL or a workbook; `-` is stdin (TOML)
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    #[command(flatten)]
    scope: ScopeArgs,

    /// Write what would be done to this new file (mode 0600), for `roster apply`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

impl RosterDiffArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let roster = RosterSource::read(&self.file, |flaw| super::import::tell(context, flaw))?;
        let options = ImportOptions { dry_run: true, ..roster.options(&self.scope)? };
        let mut directory = context.directory(StoreAccess::Read)?;
        // What is done meanwhile makes the plan stale, rather than a part of it.
        let head = directory.log_head()?;
        let changes = carry_out(context, &mut directory, &roster, &options, None, None)?;
        if let Some(path) = &self.save {
            SavedPlan::of(directory.store_id(), head, &roster, &self.scope, changes.clone())
                .write(path)?;
            ui.status(&format!("the plan is in {}", path.display()));
        }
        if changes.is_empty() && ui.format == Format::Table {
            ui.status("the same: there is nothing to change");
            return DONE;
        }
        print(context, &changes)?;
        if changes.is_empty() { DONE } else { Err(CommandEnd::Reported(DIFFERENT)) }
    }
}
