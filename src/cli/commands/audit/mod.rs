//! `ccadmin audit`: who did what to whom.

mod change;
mod follow;
mod list;
mod show;
mod verify;
mod view;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;
pub(crate) use change::in_words;
pub(crate) use verify::VerifiedView;
pub(crate) use view::{EntryView, stored_json};

/// Read and verify the audit log
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum AuditCommand {
    /// List audit entries, newest first
    List(list::AuditListArgs),
    /// Show an audit entry, with what was before and after
    Show(show::AuditShowArgs),
    /// Check that nobody has changed the audit log
    Verify(verify::AuditVerifyArgs),
}

impl AuditCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Verify(args) => args.run(context),
        }
    }
}
