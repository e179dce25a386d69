//! `ccadmin user rename`.

use clap::Args;

use super::view::{UserView, print_issued};
use crate::cli::args::interactive::Interactive;
use crate::cli::args::question::twin_warning;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::cli::hints::rename_error;
use crate::model::Username;

/// Rename a user
///
/// Everything else stays the same and open sessions continue; the next sign-in needs the new name,
/// and the old one is free again. The audit log, and who set a password, still show the old name.
/// `ccadmin audit list --user` follows a user through all names.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user rename james james.carter")]
pub(crate) struct UserRenameArgs {
    /// The user
    username: Username,

    /// The new username
    new: Username,

    #[command(flatten)]
    interactive: Interactive,
}

impl UserRenameArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let Self { username, new, .. } = self;
        let mut directory = context.directory(StoreAccess::Write)?;
        let renamed = directory.rename_user(&username, &new).map_err(rename_error)?;
        if renamed.changed {
            context.ui.status(&format!("renamed {username} to {new}"));
        } else {
            context.ui.notice("already", &format!("already named {new}"));
        }
        if let Some(twin) = renamed.twin.as_ref().filter(|_| !context.was_asked()) {
            context.ui.warning("case-twin", &twin_warning(twin));
        }
        print_issued(context, &[UserView::issued(renamed.user, context.now(), None)], false)?;
        DONE
    }
}
