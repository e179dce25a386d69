//! `ccadmin user photo remove`.

use clap::Args;

use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandResult, DONE};
use crate::model::Username;

/// Remove a user's photo
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user photo remove james")]
pub(crate) struct PhotoRemoveArgs {
    /// The user
    username: Username,
}

impl PhotoRemoveArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let username = self.username;
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.remove_photo(&username)?;
        if change.changed {
            context.ui.status(&format!("removed the photo of {username}"));
        } else {
            context.ui.notice("already", &format!("already without a photo: {username}"));
        }
        print_issued(context, &[UserView::issued(change.user, context.now(), None)], false)?;
        DONE
    }
}
