//! A roster's file: CSV or JSONL, read row by row in memory that does not grow with it, or a workbook.

mod cells;
mod csv;
mod input;
mod jsonl;
pub(super) mod record;
mod sheet;
mod table;
mod table_header;
mod workbook;

use std::fmt;
use std::io::{BufRead, Read};

use encoding_rs::Encoding;

use super::mapping::ImportMapping;
use super::remedy::{Flaw, ManualRemedy};
use super::warning::ImportWarning;
use crate::model::{Invalid, Rule};
use input::{TextInput, unmarked_utf_16};

pub use record::RawRow;
pub(super) use record::{ColumnNames, ParsedRow, ReadError};
pub(super) use workbook::Sheet;

/// The form of a roster's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// RFC 4180 with a header; `,`, `;`, a tab or `|` between the cells, as the header has it.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A workbook of a spreadsheet: XLSX, ODS, or XLS.
    Workbook,
}

impl fmt::Display for ImportFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Workbook => "workbook",
        })
    }
}

/// The rows of a file.
pub(super) struct RosterReader<'d, R> {
    form: FormatReader<'d, R>,
    mapping: &'d ImportMapping,
}

enum FormatReader<'d, R> {
    Table(Box<table::TableReader<'d, R>>),
    Jsonl(jsonl::JsonlReader<R>),
}

/// How a file is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileForm {
    /// Its form; without one it is seen from its first bytes.
    pub format: Option<ImportFormat>,
    /// What it is encoded in, where that is not UTF-8 and no byte order mark says it.
    pub encoding: Option<TextEncoding>,
    /// The line of the header, where that is not the first which holds anything.
    pub header_line: Option<u64>,
    /// The sheet of a workbook, where that is not the first which holds anything.
    pub sheet: Option<String>,
}

/// A file that is opened: text, which is read as it goes, or a sheet in memory.
pub(super) enum RosterInput<'s, R> {
    Text(R),
    Sheet(&'s workbook::Sheet),
}

/// The sheet that is meant, where a file that begins with `start` is a workbook.
///
/// # Errors
///
/// It is one, and cannot be read.
pub(super) fn open_workbook(
    start: &[u8],
    input: impl Read,
    form: &FileForm,
) -> Result<Option<workbook::Sheet>, ReadError> {
    let is_one = start.starts_with(workbook::ZIP_MAGIC) || start.starts_with(workbook::OLE_MAGIC);
    match form.format {
        Some(ImportFormat::Workbook) if !is_one => {
            let invalid = Invalid::new(Rule::Header, "the file is no workbook");
            Err(ReadError::at(0, Flaw::new(invalid, ManualRemedy::AnyFormat)))
        }
        Some(ImportFormat::Workbook) | None if is_one => {
            workbook::read(input, form.sheet.as_deref()).map(Some)
        }
        _ if form.sheet.is_some() => {
            let invalid = Invalid::new(Rule::Header, "the file has no sheets: it is no workbook");
            Err(ReadError::at(0, Flaw::new(invalid, ManualRemedy::NoSheet)))
        }
        _ => Ok(None),
    }
}

/// A way of writing letters as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

/// By the names of the WHATWG's Encoding Standard, in any case.
impl std::str::FromStr for TextEncoding {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = text.trim();
        // How Windows and spreadsheets call them.
        let codepage = named.to_ascii_lowercase();
        let codepage = codepage.strip_prefix("cp").or_else(|| codepage.strip_prefix("ansi-"));
        let label = codepage.map(|number| format!("windows-{number}"));
        let found = Encoding::for_label_no_replacement(named.as_bytes());
        let found = found.or_else(|| Encoding::for_label_no_replacement(label?.as_bytes()));
        found.map(Self).ok_or_else(|| {
            let what = format!("`{}` is not an encoding", named.escape_debug());
            Invalid::new(Rule::Header, what).with_hint(
                "it is utf-8, utf-16le, windows-1250, windows-1252, iso-8859-2, shift_jis or \
                 another name of the WHATWG's Encoding Standard",
            )
        })
    }
}

impl<'d, R: Read> RosterReader<'d, R> {
    /// Begins to read; of CSV, the header. Without a format, what begins with `{` is JSONL.
    ///
    /// # Errors
    ///
    /// The faults of the header; or that the file cannot be read.
    pub(super) fn begin(
        input: RosterInput<'d, R>,
        form: &FileForm,
        mapping: &'d ImportMapping,
    ) -> Result<Self, ReadError> {
        let input = match input {
            RosterInput::Text(input) => input,
            RosterInput::Sheet(sheet) => {
                let table = table::TableReader::of_sheet(&sheet.cells, mapping, form.header_line)?;
                return Ok(Self { form: FormatReader::Table(Box::new(table)), mapping });
            }
        };
        let mut input = TextInput::begin(input, form.encoding.map(|encoding| encoding.0))?;
        if let Some((encoding, line)) = unmarked_utf_16(input.fill_buf()?)
            && form.encoding.is_none()
        {
            return Err(ReadError::at(1, table::reads_as(encoding, line)));
        }
        let first = first_bytes(&mut input)?;
        if form.format.is_none() && first == Some(b'<') {
            let what = "the file is HTML or XML, whatever its name says";
            let hint = "open it in a spreadsheet and save it as .xlsx, or as CSV in UTF-8";
            return Err(ReadError::at(0, Invalid::new(Rule::Header, what).with_hint(hint)));
        }
        if form.format.is_none() && first == Some(b'[') {
            let invalid = Invalid::new(Rule::Header, "the file is a JSON array");
            return Err(ReadError::at(1, Flaw::new(invalid, ManualRemedy::JsonLines)));
        }
        let form = match form.format {
            Some(ImportFormat::Jsonl) => FormatReader::Jsonl(jsonl::JsonlReader::new(input)),
            None if first == Some(b'{') => FormatReader::Jsonl(jsonl::JsonlReader::new(input)),
            _ => {
                let table = table::TableReader::begin(input, mapping, form.header_line)?;
                FormatReader::Table(Box::new(table))
            }
        };
        Ok(Self { form, mapping })
    }

    /// What the file calls the fields.
    pub(super) fn columns(&self) -> ColumnNames {
        match &self.form {
            FormatReader::Table(table) => table.columns(),
            FormatReader::Jsonl(_) => ColumnNames::default(),
        }
    }

    /// What was noticed since the last call.
    pub(super) fn take_remarks(&mut self) -> Vec<ImportWarning> {
        match &mut self.form {
            FormatReader::Table(table) => table.take_remarks(),
            FormatReader::Jsonl(_) => Vec::new(),
        }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be read on.
    pub(super) fn next(&mut self) -> Result<Option<ParsedRow>, ReadError> {
        match &mut self.form {
            FormatReader::Table(table) => table.next(self.mapping),
            FormatReader::Jsonl(lines) => lines.next(self.mapping),
        }
    }

    /// What was read, in short: two readings of the same file give the same.
    pub(super) fn digest(&self) -> u64 {
        match &self.form {
            FormatReader::Table(table) => table.digest(),
            FormatReader::Jsonl(lines) => lines.digest(),
        }
    }

    /// The header of the file, and the row that was read last, as cells.
    pub(super) fn raw(&self) -> RawRow {
        match &self.form {
            FormatReader::Table(table) => table.raw(),
            FormatReader::Jsonl(lines) => lines.raw(),
        }
    }
}

/// The first byte of a file that is no blank; refuses what is no text.
fn first_bytes<R: Read>(input: &mut TextInput<R>) -> Result<Option<u8>, ReadError> {
    let start = input.fill_buf()?;
    if start.is_empty() {
        return Err(ReadError::at(
            1,
            Invalid::new(Rule::Header, "the file is empty")
                .with_hint("the first line names the columns, `username` among them"),
        ));
    }
    Ok(start.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
}
