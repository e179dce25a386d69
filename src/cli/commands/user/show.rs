//! `ccadmin user show`.

use clap::Args;

use super::details;
use super::view::UserView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::locked_callers::tell_locked_callers;
use crate::cli::terminal::output::{Format, ListOptions, ListWriter, Selection, write_one};
use crate::directory::Directory;
use crate::model::Username;

/// Show a user
///
/// The table shows the user's details, their projects with weights and shares of their attention,
/// their password and sessions and, to admins, the last changes. The other formats are those of
/// `user list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user show james
  ccadmin user show james -o json
  ccadmin user show james --field email")]
pub(crate) struct UserShowArgs {
    /// The user
    username: Username,

    /// Print only the value of one column
    #[arg(long, value_name = "COLUMN")]
    field: Option<String>,
}

impl UserShowArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let now = context.now();
        let selection = self.field.map_or(Selection::Default, Selection::Field);
        selection.check::<UserView>()?;
        let directory = context.directory(StoreAccess::Read)?;
        if ui.format == Format::Table && selection == Selection::Default {
            let record = directory.user_record(&self.username, details::MAX_CHANGES_SHOWN)?;
            let is_locked = record.user.locked_until(now).is_some();
            ui.data(|out| details::write(out, record, now, ui.stdout_terminal()))
                .map_err(|error| CommandEnd::output(&error))?;
            return tell_if_open(context, &directory, is_locked);
        }
        let user = directory.find_user(&self.username)?;
        let is_locked = user.locked_until(now).is_some();
        let view = UserView::new(user, now);
        let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
        let terminal = ui.stdout_terminal();
        match selection {
            Selection::Default => write_one(&mut out, &view, ui.format, terminal),
            selection => {
                // The value of one user is no list.
                let format = if ui.format == Format::Json { Format::Jsonl } else { ui.format };
                let options = ListOptions { format, selection, terminal, ..ListOptions::default() };
                let mut list = ListWriter::new(&mut out, &options)?;
                list.push(&view).and_then(|()| list.finish(None)).map(|_| ())
            }
        }
        .map_err(|error| CommandEnd::output(&error))?;
        tell_if_open(context, &directory, is_locked)
    }
}

/// Of a user who is not locked, tells which accounts of the system are all the same.
fn tell_if_open(context: &Context, directory: &Directory, is_locked: bool) -> CommandResult {
    if !is_locked {
        tell_locked_callers(context, directory)?;
    }
    DONE
}
