//! `ccadmin user show`.

use clap::Args;

use super::details;
use super::view::UserView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Format, write_one};
use crate::model::Username;

/// Show a user
///
/// The table shows the user's details, their projects with weights and shares of their attention,
/// their password and sessions and, to admins, the last changes. The other formats are those of
/// `user list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user show james
  ccadmin user show james -o json")]
pub(crate) struct UserShowArgs {
    /// The user
    username: Username,
}

impl UserShowArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let now = context.now();
        let directory = context.directory(StoreAccess::Read)?;
        if ui.format == Format::Table {
            let record = directory.user_record(&self.username, details::MAX_CHANGES_SHOWN)?;
            ui.stdout()
                .and_then(|mut out| details::write(&mut out, record, now, ui.stdout_terminal()))
                .map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        let view = UserView::new(directory.find_user(&self.username)?, now);
        ui.stdout()
            .and_then(|mut out| write_one(&mut out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
