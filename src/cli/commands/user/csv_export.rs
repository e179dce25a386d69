//! Users as CSV, for an export of very many: what a list of [`UserView`]s is, byte for byte, without
//! making one for each.

use std::io::{self, Write};

use super::view::UserView;
use crate::cli::terminal::output::{Record, csv::CsvCells};
use crate::model::{ExportRow, Window};

/// Users one after the other, each in the columns that the view of one has in CSV.
#[derive(Debug, Clone)]
pub(super) struct CsvUsers {
    cells: CsvCells,
    users: u64,
}

impl CsvUsers {
    /// Nobody yet.
    pub(super) fn new(on_terminal: bool) -> Self {
        Self { cells: CsvCells::new(on_terminal), users: 0 }
    }

    /// The header's row.
    pub(super) fn head(&mut self) {
        self.cells.head(UserView::<false>::columns().iter().filter(|column| column.in_csv));
    }

    /// Adds a user.
    pub(super) fn push(&mut self, user: &ExportRow<'_>) {
        self.users += 1;
        let cells = &mut self.cells;
        cells.text(user.username);
        cells.text(user.full_name);
        cells.text(user.email);
        cells.raw(user.phone);
        cells.text(user.state.as_str());
        cells.list(user.roles.iter().map(|role| (role.as_str(), 0, Window::ALWAYS)));
        cells.list(user.teams.iter());
        cells.list(user.skills.iter());
        cells.text(user.language);
        cells.text(if user.project_selection { "true" } else { "false" });
        cells.list(user.projects.iter());
        for edge in [user.window.from, user.window.until] {
            cells.raw(&edge.map(|moment| moment.to_string()).unwrap_or_default());
        }
        cells.end_row();
    }

    /// Writes them; gives how many users there were.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(super) fn write_to(mut self, out: &mut dyn Write) -> io::Result<u64> {
        self.cells.write_to(out)?;
        Ok(self.users)
    }
}
