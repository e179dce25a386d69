//! `ccadmin user show`.

use clap::Args;

use super::sheet;
use super::view::UserView;
use crate::cli::context::{Context, Need};
use crate::cli::error::{DONE, Outcome, Stop};
use crate::cli::terminal::output::{Format, write_one};
use crate::model::Username;

/// Show a user
///
/// As a table: who he is, his projects with weight and share of his attention, his password and
/// sessions, and for admins the last changes. The other forms are those of `user list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user show james
  ccadmin user show james -o json")]
pub(crate) struct UserShowArgs {
    /// Who
    username: Username,
}

impl UserShowArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let ui = &context.ui;
        let now = context.now();
        let directory = context.directory(Need::Read)?;
        if ui.format == Format::Table {
            let record = directory.user_record(&self.username, sheet::CHANGES)?;
            ui.stdout()
                .and_then(|mut out| sheet::write(&mut out, record, now, ui.stdout_terminal()))
                .map_err(|error| Stop::output(&error))?;
            return DONE;
        }
        let view = UserView::new(directory.find_user(&self.username)?, now);
        ui.stdout()
            .and_then(|mut out| write_one(&mut out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| Stop::output(&error))?;
        DONE
    }
}
