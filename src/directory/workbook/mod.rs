//! Workbooks that are written: text that no spreadsheet takes for numbers, a header that stays in
//! sight, and lists to choose from.

mod export;
mod template;

use std::io::{self, Write};

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::Error;
use crate::model::{ImportField, Role};

/// The name of the sheet.
const SHEET: &str = "users";

/// The columns, as everywhere in the order of an export.
const COLUMNS: usize = ImportField::ALL.len() - 1;

/// A column is at least so wide, in characters.
const MIN_WIDTH: usize = 10;

/// The last row of a sheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;

/// The fields of the columns: all but the password.
fn fields() -> impl Iterator<Item = ImportField> {
    ImportField::ALL.into_iter().filter(|field| *field != ImportField::TemporaryPassword)
}

/// Writes the header of a sheet; gives the width that each column needs.
fn begin_sheet(sheet: &mut Worksheet) -> Result<[usize; COLUMNS], XlsxError> {
    sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold().set_num_format("@");
    let mut widths = [MIN_WIDTH; COLUMNS];
    for ((column, field), width) in (0..).zip(fields()).zip(&mut widths) {
        sheet.write_string_with_format(0, column, field.as_str(), &bold)?;
        // The mark of the filter takes room too.
        *width = (*width).max(field.as_str().len() + 3);
    }
    Ok(widths)
}

fn set_width(sheet: &mut Worksheet, column: u16, characters: usize) -> Result<(), XlsxError> {
    let width = u16::try_from(characters).unwrap_or(u16::MAX);
    sheet.set_column_width(column, f64::from(width))?;
    Ok(())
}

/// The words to choose from in a column that has the same in every directory.
fn words(field: ImportField) -> Option<Vec<&'static str>> {
    match field {
        ImportField::State => Some(vec!["active", "inactive"]),
        ImportField::Roles => Some(Role::ALL.iter().map(|role| role.as_str()).collect()),
        ImportField::ProjectSelection => Some(vec!["true", "false"]),
        _ => None,
    }
}

/// Offers a choice in a column. Of lists it refuses nothing: several are joined by `;`.
fn offer(
    sheet: &mut Worksheet,
    column: u16,
    choice: DataValidation,
    field: ImportField,
) -> Result<(), XlsxError> {
    let is_one_word = matches!(field, ImportField::State | ImportField::ProjectSelection);
    let choice = choice.show_error_message(is_one_word);
    sheet.add_data_validation(1, column, LAST_ROW, column, &choice)?;
    Ok(())
}

/// Writes the workbook, to its last byte: what a buffer still holds when it is dropped is lost
/// without a word.
fn save(mut book: Workbook, mut out: impl Write + Send) -> Result<(), Error> {
    book.save_to_writer(&mut out).map_err(output_error)?;
    out.flush().map_err(Error::Output)
}

fn output_error(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => Error::Output(error),
        error => Error::Output(io::Error::other(error)),
    }
}
