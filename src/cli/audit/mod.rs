//! `ccadmin audit`: who did what to whom.

mod list;
mod verify;

use clap::Subcommand;

use super::context::Context;
use super::error::Outcome;

/// Look at the audit log
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    List(list::AuditListArgs),
    Verify(verify::AuditVerifyArgs),
}

impl AuditCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::List(args) => args.run(context),
            Self::Verify(args) => args.run(context),
        }
    }
}
