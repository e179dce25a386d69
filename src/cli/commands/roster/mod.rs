//! `ccadmin roster`: users, and what they are in, kept in a file.

mod apply;
mod change;
mod diff;
mod export;
mod import;
mod saved_plan;
mod source;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;

pub(crate) use change::RosterChange;

/// Keep users in a file: show what it would change, and change it
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum RosterCommand {
    /// Write users, and what they are in, to a roster
    Export(export::RosterExportArgs),
    /// Show what a roster would change
    Diff(diff::RosterDiffArgs),
    /// Make users what a roster says
    Apply(apply::RosterApplyArgs),
}

impl RosterCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Export(args) => args.run(context),
            Self::Diff(args) => args.run(context),
            Self::Apply(args) => args.run(context),
        }
    }
}
