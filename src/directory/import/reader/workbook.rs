//! Workbooks of spreadsheets: XLSX, and XLS of older ones. What is read is bounded: a small file can
//! say that it is huge.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xls, Xlsx, XlsxError};
use zip::ZipArchive;

use super::record::ReadError;
use super::sheet::SheetCells;
use crate::directory::import::remedy::{Flaw, ManualRemedy};
use crate::directory::import::warning::ImportWarning;
use crate::model::{Invalid, Rule};

/// The largest file, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The most parts of an archive.
const MAX_PARTS: usize = 10_000;

/// The most that all parts of an archive may come to, in bytes.
const MAX_UNPACKED_BYTES: u64 = 512 << 20;

/// The most that a part may come to which is kept in memory whole: texts, formats, names.
const MAX_WHOLE_PART_BYTES: u64 = 96 << 20;

/// The longest text without a mark in it, and so the longest value of a cell, in bytes.
const MAX_RUN_BYTES: u64 = 1 << 20;

/// The most texts that a part may announce.
const MAX_ANNOUNCED_TEXTS: u64 = 8_000_000;

/// The most cells that hold something.
const MAX_CELLS: usize = 12_000_000;

/// The most that the cells of a sheet may hold, in bytes.
const MAX_CELL_BYTES: usize = 128 << 20;

/// The widest sheet, in columns.
const MAX_COLUMNS: u32 = 1_000;

/// What an XLSX file, as every ZIP archive, begins with.
pub(super) const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// What an XLS file, or an encrypted XLSX file, begins with.
pub(super) const OLE_MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A sheet that was read, and what is worth a word about it.
pub(in crate::directory::import) struct Sheet {
    pub(super) cells: SheetCells,
    pub(in crate::directory::import) remark: Option<ImportWarning>,
}

fn refused(what: impl Into<String>, hint: &str) -> ReadError {
    ReadError::at(0, Invalid::new(Rule::Header, what).with_hint(hint))
}

fn damaged(why: impl std::fmt::Display) -> ReadError {
    let hint = "open it in a spreadsheet and save it again, as .xlsx or as CSV in UTF-8";
    refused(format!("the workbook is damaged: {why}"), hint)
}

fn too_large(what: &str) -> ReadError {
    refused(format!("the workbook is too large: {what}"), "save the sheet as CSV in UTF-8")
}

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
        if bytes.starts_with(OLE_MAGIC) {
            read_xls(&bytes, wanted)
        } else {
            read_xlsx(&bytes, wanted)
        }
    }));
    read.unwrap_or_else(|_| Err(damaged("it cannot be understood")))
}

fn read_xlsx(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, ReadError> {
    check_archive(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => encrypted(),
        XlsxError::FileNotFound(_) => refused(
            "the file is an archive, and no workbook",
            "save it as .xlsx, or as CSV in UTF-8",
        ),
        error => damaged(error),
    })?;
    let names = book.sheet_names();
    choose(&names, wanted, |name, mut cells| {
        let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            let text = match cell.get_value() {
                DataRef::SharedString(text) => (*text).to_owned(),
                value => text_of(&Data::from(value.clone())),
            };
            let Some(cells) = cells.as_deref_mut() else {
                if text.trim().is_empty() {
                    continue;
                }
                return Ok(true);
            };
            add(cells, row, column, &text)?;
        }
        Ok(cells.is_some_and(|cells| cells.count() > 0))
    })
}

fn read_xls(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, ReadError> {
    let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(marker.len()).any(|window| window == marker) {
        return Err(encrypted());
    }
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => encrypted(),
        error => damaged(error),
    })?;
    let names = book.sheet_names();
    choose(&names, wanted, |name, cells| {
        let range = book.worksheet_range(name).map_err(damaged)?;
        let Some(cells) = cells else { return Ok(range.used_cells().next().is_some()) };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let [row, column] =
                [row, column].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
            let (row, column) = (top.saturating_add(row), left.saturating_add(column));
            add(cells, row, column, &text_of(value))?;
        }
        Ok(cells.count() > 0)
    })
}

/// Reads the sheet that is meant by `read`, which fills the cells it is handed or, without any, says
/// whether there are some.
fn choose(
    names: &[String],
    wanted: Option<&str>,
    mut read: impl FnMut(&str, Option<&mut SheetCells>) -> Result<bool, ReadError>,
) -> Result<Sheet, ReadError> {
    let list = |names: &[&String]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let mut cells = SheetCells::default();
    if let Some(wanted) = wanted {
        let same = |name: &&String| name.to_lowercase() == wanted.to_lowercase();
        let Some(name) = names.iter().find(same) else {
            let what = format!("there is no sheet `{}`", wanted.escape_debug());
            let hint = format!("the sheets are: {}", list(&names.iter().collect::<Vec<_>>()));
            return Err(refused(what, &hint));
        };
        if !read(name, Some(&mut cells))? {
            let invalid = Invalid::new(Rule::Header, format!("the sheet `{name}` is empty"));
            return Err(ReadError::at(0, Flaw::new(invalid, ManualRemedy::AnotherSheet)));
        }
        return Ok(Sheet { cells, remark: None });
    }
    let mut used = None;
    let mut others = Vec::new();
    for name in names {
        if used.is_none() {
            if read(name, Some(&mut cells))? {
                used = Some(name.clone());
            }
        } else if read(name, None)? {
            others.push(name);
        }
    }
    let Some(used) = used else {
        return Err(refused(
            "the workbook is empty",
            "the first row names the columns, `username` among them",
        ));
    };
    let remark = (!others.is_empty()).then(|| ImportWarning::OtherSheets {
        used,
        others: others.into_iter().cloned().collect(),
    });
    Ok(Sheet { cells, remark })
}

fn add(cells: &mut SheetCells, row: u32, column: u32, text: &str) -> Result<(), ReadError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let narrow = u16::try_from(column).ok().filter(|_| column < MAX_COLUMNS);
    let Some(narrow) = narrow else { return Err(too_large("a row has more than 1000 columns")) };
    if cells.count() >= MAX_CELLS || cells.bytes() + text.len() > MAX_CELL_BYTES {
        return Err(too_large("the sheet holds more than a roster does"));
    }
    cells
        .push(row, narrow, text)
        .ok_or_else(|| too_large("the sheet holds more than a roster does"))
}

/// A cell as it would stand in CSV: a number with all its digits.
fn text_of(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(time) => date_text(time),
        Data::Error(error) => error.to_string(),
    }
}

fn date_text(time: &ExcelDateTime) -> String {
    if !time.is_datetime() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn encrypted() -> ReadError {
    refused("the workbook is encrypted", "open it, take its password off, and save it again")
}

/// Unpacks every part of an archive without keeping it: refuses those that are too much, before
/// anything makes room for them.
fn check_archive(bytes: &[u8]) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("the file has too many parts"));
    }
    let mut left = MAX_UNPACKED_BYTES;
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        if part.encrypted() {
            return Err(encrypted());
        }
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        let is_sheet = name.contains("worksheets/");
        let limit = if is_sheet { left } else { left.min(MAX_WHOLE_PART_BYTES) };
        let announces = name.ends_with("sharedstrings.xml");
        let size = check_part(part, limit, announces, &mut buffer)?;
        left = left.saturating_sub(size);
    }
    Ok(())
}

/// Looks through a part; gives its size. One that `announces` says how many texts it has.
fn check_part(
    mut part: impl Read,
    limit: u64,
    announces: bool,
    buffer: &mut [u8],
) -> Result<u64, ReadError> {
    const ANNOUNCEMENT: &[u8] = b"uniqueCount";
    let (mut size, mut run) = (0_u64, 0_u64);
    let mut tail: Vec<u8> = Vec::new();
    loop {
        let count = match part.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(damaged)?,
        };
        let read = buffer.get(..count).unwrap_or_default();
        if read.is_empty() {
            return Ok(size);
        }
        size += read.len() as u64;
        if size > limit {
            return Err(too_large("unpacked, a part of it is far larger than a roster"));
        }
        // Within what is read at once no text is too long.
        let is_mark = |byte: &u8| *byte == b'<';
        run += read.iter().position(is_mark).unwrap_or(read.len()) as u64;
        if run > MAX_RUN_BYTES {
            return Err(too_large("a cell holds more than 1 MiB"));
        }
        if let Some(last) = read.iter().rposition(is_mark) {
            run = (read.len() - last) as u64;
        }
        if !announces {
            continue;
        }
        tail.extend_from_slice(read);
        let found = tail.windows(ANNOUNCEMENT.len()).enumerate();
        for (at, _) in found.filter(|(_, window)| *window == ANNOUNCEMENT) {
            let behind = tail.get(at + ANNOUNCEMENT.len()..).unwrap_or_default();
            let digits = behind.iter().skip_while(|byte| !byte.is_ascii_digit()).take(20);
            let digits: Vec<u8> = digits.copied().take_while(u8::is_ascii_digit).collect();
            let number = digits.iter().fold(0_u64, |number, digit| {
                number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
            });
            if number > MAX_ANNOUNCED_TEXTS {
                return Err(too_large("it announces more texts than a roster has"));
            }
        }
        // An announcement may go over the end of what was read.
        let kept = tail.len().saturating_sub(64);
        tail.drain(..kept);
    }
}
