//! Workbooks of spreadsheets: XLSX, ODS, and XLS of older ones. What is read is bounded: a small file
//! can say that it is huge.

mod archive;
mod cell_text;
mod choice;
mod number_format;
mod open_document;
mod refusal;
mod xls;
mod xls_records;

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::record::ReadError;
use crate::directory::import::damage::UNCOMPUTED;
use cell_text::text_of;
pub(in crate::directory::import) use choice::Sheet;
use choice::{MAX_FILE_BYTES, SheetChoice};
use refusal::{damaged, encrypted, refused, too_large};

/// What an XLSX or ODS file, as every ZIP archive, begins with.
pub(super) const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// What an XLS file, or an encrypted XLSX file, begins with.
pub(super) const OLE_MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Reads the sheet called `wanted`, or the first one that holds something.
///
/// # Errors
///
/// It is no workbook that can be read, or too large; or the file cannot be read.
pub(in crate::directory::import) fn read(
    input: impl Read,
    wanted: Option<&str>,
) -> Result<Sheet, ReadError> {
    let mut bytes = Vec::new();
    input.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large("the file has more than 64 MiB"));
    }
    // What reads a file of somebody else's making may have a fault of its own.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut choice = SheetChoice::new(wanted);
        if bytes.starts_with(OLE_MAGIC) {
            xls::read(bytes, &mut choice)?;
        } else {
            archive::check(&bytes)?;
            if !open_document::read(&bytes, &mut choice)? {
                read_xlsx(&bytes, &mut choice)?;
            }
        }
        choice.finish()
    }));
    read.unwrap_or_else(|_| Err(damaged("it cannot be understood")))
}

fn read_xlsx(bytes: &[u8], choice: &mut SheetChoice<'_>) -> Result<(), ReadError> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => encrypted(),
        XlsxError::FileNotFound(_) => refused(
            "the file is an archive, and no workbook of Excel or LibreOffice",
            "open it in the program that wrote it, and save or export it as .xlsx or CSV in UTF-8",
        ),
        error => damaged(error),
    })?;
    for (name, is_visible) in worksheets(book.sheets_metadata()) {
        if !choice.begin(&name, is_visible)? {
            continue;
        }
        let mut reader = book.worksheet_cells_reader(&name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
            let (row, column) = cell.pos;
            let added = match &cell.value {
                DataRef::SharedString(text) => choice.add(row, column, text)?,
                DataRef::Empty if cell.formula.is_some() => choice.add(row, column, UNCOMPUTED)?,
                value => choice.add(row, column, &text_of(&Data::from(value.clone())))?,
            };
            if added.is_break() {
                break;
            }
        }
    }
    Ok(())
}

/// The sheets that have cells, with whether they are to be seen.
fn worksheets(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    let with_cells = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    with_cells.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
}
