//! Users as a workbook.

use std::io::Write;

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::{COLUMNS, begin_sheet, fields, offer, output_error, save, set_width, words};
use crate::directory::{Directory, Error};
use crate::model::{
    ExportRow, Role, RowMemberships, Timestamp, UserFilter, Window, escape_formula,
};

/// A column is at most so wide, in characters.
const MAX_WIDTH: usize = 50;

/// The cells of users, one user after the other.
type Cells = Vec<[String; COLUMNS]>;

impl Directory {
    /// Writes the users that `filter` lets through as a workbook; gives how many there were. What is
    /// not written yet is in a file without a name.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there;
    /// [`Error::Output`], where it cannot be written, or there are more users than rows of a sheet.
    pub fn export_workbook(
        &self,
        filter: &UserFilter,
        out: impl Write + Send,
    ) -> Result<u64, Error> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(output_error)?;
        let mut writer = SheetWriter::begin(sheet).map_err(output_error)?;
        let mut failed = None;
        self.list_rows(filter, &Cells::new(), add_user, |users| {
            let written = users.iter().try_for_each(|user| writer.write(user));
            failed = written.err();
            failed.is_none()
        })?;
        if let Some(error) = failed {
            return Err(output_error(error));
        }
        let users = u64::from(writer.end().map_err(output_error)?);
        save(book, out)?;
        Ok(users)
    }
}

/// A sheet with users.
struct SheetWriter<'w> {
    sheet: &'w mut Worksheet,
    text: Format,
    /// The rows that were written, the header among them.
    rows: u32,
    widths: [usize; COLUMNS],
}

impl<'w> SheetWriter<'w> {
    fn begin(sheet: &'w mut Worksheet) -> Result<Self, XlsxError> {
        let widths = begin_sheet(sheet)?;
        Ok(Self { sheet, text: Format::new().set_num_format("@"), rows: 1, widths })
    }

    fn write(&mut self, user: &[String; COLUMNS]) -> Result<(), XlsxError> {
        for ((column, cell), width) in (0..).zip(user).zip(&mut self.widths) {
            if !cell.is_empty() {
                self.sheet.write_string_with_format(self.rows, column, cell, &self.text)?;
                *width = (*width).max(cell.chars().count() + 1);
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes what belongs to the columns; gives how many users there are.
    fn end(self) -> Result<u32, XlsxError> {
        let Self { sheet, text, rows, widths } = self;
        for ((column, field), width) in (0..).zip(fields()).zip(widths) {
            set_width(sheet, column, width.min(MAX_WIDTH))?;
            sheet.set_column_format(column, &text)?;
            if let Some(words) = words(field) {
                offer(sheet, column, DataValidation::new().allow_list_strings(&words)?, field)?;
            }
        }
        let last = u16::try_from(COLUMNS - 1).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, rows.saturating_sub(1), last)?;
        Ok(rows - 1)
    }
}

fn add_user(users: &mut Cells, user: &ExportRow<'_>) {
    let roles: Vec<&str> = user.roles.iter().map(Role::as_str).collect();
    let text = |text: &str| escape_formula(text).into_owned();
    users.push([
        text(user.username),
        text(user.full_name),
        text(user.email),
        user.phone.to_owned(),
        user.state.as_str().to_owned(),
        roles.join(";"),
        joined(user.teams),
        joined(user.skills),
        text(user.language),
        user.project_selection.to_string(),
        joined(user.projects),
        edge(user.window.from),
        edge(user.window.until),
    ]);
}

/// A moment, empty where there is none.
fn edge(moment: Option<Timestamp>) -> String {
    moment.map(|moment| moment.to_string()).unwrap_or_default()
}

/// Names with their levels or weights, as a list in a cell.
fn joined(places: RowMemberships<'_>) -> String {
    let items = places.iter().map(|(name, number, window)| match number {
        0 => name.to_owned(),
        number if window == Window::ALWAYS => format!("{name}:{number}"),
        number => format!("{name}:{number}@{window}"),
    });
    items.collect::<Vec<_>>().join(";")
}
