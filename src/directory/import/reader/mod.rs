//! A roster's file: CSV or JSONL, read row by row, in memory that does not grow with it.

mod csv;
mod input;
mod jsonl;
mod record;
mod table;

use std::fmt;
use std::io::{self, BufRead, Read};

use encoding_rs::Encoding;

use super::ImportWarning;
use super::mapping::ImportMapping;
use super::remedy::Flaw;
use super::row::{ImportRow, RowEdits, RowError};
use crate::directory::Error;
use crate::model::{ImportField, Invalid, Rule};
use input::TextInput;

/// The longest row, in bytes: what is longer is a quote that was left open, or no roster.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// The form of a roster's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// RFC 4180 with a header; `,`, `;`, a tab or `|` between the cells, as the header has it.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl fmt::Display for ImportFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        })
    }
}

/// What came out of a file next.
pub(super) enum ParsedRow {
    /// A row whose values are valid.
    Row(Box<ImportRow>),
    /// A row with faults, and what could be read of it where that says whom it is about.
    Flawed(Vec<RowError>, Option<Box<ImportRow>>),
}

/// The rows of a file.
pub(super) struct RosterReader<'d, R> {
    form: FormatReader<R>,
    mapping: &'d ImportMapping,
}

enum FormatReader<R> {
    Table(Box<table::TableReader<R>>),
    Jsonl(jsonl::JsonlReader<R>),
}

/// How a file is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileForm {
    /// Its form; without one it is seen from its first bytes.
    pub format: Option<ImportFormat>,
    /// What it is encoded in, where that is not UTF-8 and no byte order mark says it.
    pub encoding: Option<TextEncoding>,
    /// The line of the header, where that is not the first which holds anything.
    pub header_line: Option<u64>,
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
        input: R,
        form: FileForm,
        mapping: &'d ImportMapping,
    ) -> Result<Self, ReadError> {
        let mut input = TextInput::begin(input, form.encoding.map(|encoding| encoding.0))?;
        let first = first_bytes(&mut input)?;
        if form.format.is_none() && first == Some(b'[') {
            let invalid = Invalid::new(Rule::Header, "the file is one JSON array").with_hint(
                "`ccadmin user export -o jsonl` writes one object a line, which is read",
            );
            return Err(ReadError::at(1, invalid));
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

/// A row as it stood in its file, with the header above it.
#[derive(Debug, Clone)]
pub struct RawRow {
    /// The names of the columns.
    pub header: Vec<Vec<u8>>,
    /// The cells.
    pub cells: Vec<Vec<u8>>,
}

/// Why a file is not read on.
pub(super) enum ReadError {
    /// It is refused as a whole.
    Flawed(Vec<RowError>),
    /// It cannot be read.
    Failed(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl ReadError {
    /// A fault in a line that says something about the whole file.
    pub(super) fn at(line: u64, invalid: Invalid) -> Self {
        Self::Flawed(vec![row_error(line, invalid)])
    }
}

/// A fault in a line, of no column.
pub(super) fn row_error(line: u64, flaw: impl Into<Flaw>) -> RowError {
    let Flaw { invalid, remedy } = flaw.into();
    let error = Error::Invalid(invalid);
    RowError { line, column: None, username: None, cell: None, error, remedy }
}

/// What a file calls the fields, and where it has them.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnNames(Vec<(ImportField, String, usize)>);

impl ColumnNames {
    /// The column of a field, as the file calls it.
    pub(super) fn name(&self, field: ImportField) -> String {
        let known = self.0.iter().find(|(one, ..)| *one == field);
        known.map_or_else(|| field.to_string(), |(_, name, _)| name.clone())
    }
}

/// What is read of a row before it is one.
#[derive(Default)]
pub(super) struct RowBuilder {
    pub(super) line: u64,
    pub(super) username: Option<String>,
    pub(super) edits: RowEdits,
    pub(super) password: Option<crate::model::Secret>,
    pub(super) row_errors: Vec<RowError>,
}

impl RowBuilder {
    pub(super) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Notes what is wrong in a column.
    pub(super) fn note(&mut self, column: &str, _index: Option<usize>, flaw: impl Into<Flaw>) {
        let column = Some(column.to_owned());
        self.row_errors.push(RowError { column, ..row_error(self.line, flaw) });
    }

    pub(super) fn finish(mut self, username_column: &str, index: Option<usize>) -> ParsedRow {
        let username = match self.username.as_deref() {
            None | Some("") => {
                let hint = "every row says whom it is about";
                let invalid = Invalid::new(Rule::Username, "there is no username").with_hint(hint);
                self.note(username_column, index, invalid);
                None
            }
            Some(text) => match text.parse() {
                Ok(username) => Some(username),
                Err(invalid) => {
                    self.note(username_column, index, invalid);
                    None
                }
            },
        };
        let name = username.as_ref().map(ToString::to_string);
        for row_error in &mut self.row_errors {
            row_error.username.clone_from(&name);
        }
        let Self { line, edits, password, row_errors, .. } = self;
        let row = username.map(|username| Box::new(ImportRow { line, username, edits, password }));
        match row {
            Some(row) if row_errors.is_empty() => ParsedRow::Row(row),
            row => ParsedRow::Flawed(row_errors, row),
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
    if start.starts_with(b"PK\x03\x04") {
        let invalid = Invalid::new(Rule::Header, "the file is a spreadsheet or an archive, no text");
        return Err(ReadError::at(1, invalid.with_hint("save it as CSV in UTF-8")));
    }
    Ok(start.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
}
