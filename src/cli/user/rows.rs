//! Users as CSV, for an export of very many: what a list of [`UserView`]s is, byte for byte, without
//! making one for each.

use std::io::{self, Write};

use super::view::UserView;
use crate::cli::terminal::output::{Record, csv::Cells};
use crate::model::UserRow;

/// Writes users one by one, with the header before the first.
pub(super) struct RowWriter<'a> {
    cells: Cells<'a>,
    written: u64,
}

impl<'a> RowWriter<'a> {
    /// Rows on `out`, which should be buffered. Nothing is written yet.
    pub(super) fn new(out: &'a mut dyn Write, on_terminal: bool) -> Self {
        Self { cells: Cells::new(out, on_terminal), written: 0 }
    }

    /// Writes a user: the columns that the view of one has in CSV, in their order.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(super) fn push(&mut self, user: &UserRow<'_>) -> io::Result<()> {
        self.head()?;
        self.written += 1;
        let cells = &mut self.cells;
        cells.text(user.username);
        cells.text(user.full_name);
        cells.text(user.email);
        cells.raw(user.phone);
        cells.text(user.state.as_str());
        cells.list(user.roles.iter().map(|role| (role.as_str(), 0)));
        cells.list(user.teams.iter());
        cells.list(user.skills.iter());
        cells.text(user.language);
        cells.text(if user.project_selection { "true" } else { "false" });
        cells.list(user.projects.iter());
        cells.end_row()
    }

    /// Writes what is left; gives how many users there were.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.head()?;
        self.cells.flush()?;
        Ok(self.written)
    }

    fn head(&mut self) -> io::Result<()> {
        if self.written > 0 {
            return Ok(());
        }
        self.cells.head(UserView::<false>::columns().iter().filter(|column| column.in_csv))
    }
}
