//! Users as a workbook: text that no spreadsheet takes for numbers, a header that stays in sight, and
//! lists to choose from.

use std::io::{self, Write};

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::{Directory, Error};
use crate::model::{
    ExportRow, ImportField, Role, RowMemberships, Timestamp, UserFilter, Window, escape_formula,
};

/// The name of the sheet.
const SHEET: &str = "users";

/// The columns, as everywhere in the order of an export.
const COLUMNS: usize = ImportField::ALL.len() - 1;

/// A column is at least so wide, and at most, in characters.
const WIDTHS: (usize, usize) = (10, 50);

/// The last row of a sheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;

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
        let output = |error: XlsxError| match error {
            XlsxError::IoError(error) => Error::Output(error),
            error => Error::Output(io::Error::other(error)),
        };
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(output)?;
        let mut writer = SheetWriter::begin(sheet).map_err(output)?;
        let mut failed = None;
        self.list_rows(filter, &Cells::new(), add_user, |users| {
            let written = users.iter().try_for_each(|user| writer.write(user));
            failed = written.err();
            failed.is_none()
        })?;
        if let Some(error) = failed {
            return Err(output(error));
        }
        let users = u64::from(writer.end().map_err(output)?);
        book.save_to_writer(out).map_err(output)?;
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
        sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold().set_num_format("@");
        let mut widths = [WIDTHS.0; COLUMNS];
        for ((column, field), width) in (0..).zip(fields()).zip(&mut widths) {
            sheet.write_string_with_format(0, column, field.as_str(), &bold)?;
            // The mark of the filter takes room too.
            *width = (*width).max(field.as_str().len() + 3);
        }
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
            let width = u16::try_from(width.min(WIDTHS.1)).unwrap_or(u16::MAX);
            sheet.set_column_width(column, f64::from(width))?;
            sheet.set_column_format(column, &text)?;
            if let Some(choice) = choice(field)? {
                sheet.add_data_validation(1, column, LAST_ROW, column, &choice)?;
            }
        }
        let last = u16::try_from(COLUMNS - 1).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, rows.saturating_sub(1), last)?;
        Ok(rows - 1)
    }
}

/// The fields of the columns: all but the password, which no export has.
fn fields() -> impl Iterator<Item = ImportField> {
    ImportField::ALL.into_iter().filter(|field| *field != ImportField::TemporaryPassword)
}

/// The words to choose from in a column. Several roles are joined by `;`: others are no fault.
fn choice(field: ImportField) -> Result<Option<DataValidation>, XlsxError> {
    let words: Vec<&str> = match field {
        ImportField::State => vec!["active", "inactive"],
        ImportField::Roles => Role::ALL.iter().map(|role| role.as_str()).collect(),
        ImportField::ProjectSelection => vec!["true", "false"],
        _ => return Ok(None),
    };
    let choice = DataValidation::new().allow_list_strings(&words)?;
    Ok(Some(choice.show_error_message(field != ImportField::Roles)))
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
