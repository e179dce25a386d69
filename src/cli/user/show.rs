//! `ccadmin user show`.

use clap::Args;

use super::view::UserView;
use crate::cli::context::{Context, Need};
use crate::cli::error::{DONE, Outcome, Stop};
use crate::cli::terminal::output::write_one;
use crate::model::Username;

/// Show a user
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
        let directory = context.directory(Need::Read)?;
        let view = UserView::new(directory.find_user(&self.username)?, context.now());
        ui.stdout()
            .and_then(|mut out| write_one(&mut out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| Stop::output(&error))?;
        DONE
    }
}
