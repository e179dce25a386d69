//! A roster's file: CSV or JSONL, read row by row, in memory that does not grow with it.

mod csv;
mod jsonl;

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader, Read};

use super::row::{ImportField, ImportMapping, ImportRow, RowEdits, RowError};
use crate::directory::Error;
use crate::model::{Invalid, Rule};

/// The longest row, in bytes: what is longer is a quote that was left open, or no roster.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// The form of a roster's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// RFC 4180 with a header; `,`, `;` or a tab between the cells, as the header has it.
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
    Csv(Box<csv::CsvReader<R>>),
    Jsonl(jsonl::JsonlReader<R>),
}

impl<'d, R: Read> RosterReader<'d, R> {
    /// Begins to read; of CSV, the header. Without a `format`, what begins with `{` is JSONL.
    ///
    /// # Errors
    ///
    /// The faults of the header; or that the file cannot be read.
    pub(super) fn begin(
        input: R,
        format: Option<ImportFormat>,
        mapping: &'d ImportMapping,
    ) -> Result<Self, ReadError> {
        let mut input = BufReader::with_capacity(64 * 1024, DigestReader::new(input));
        let first = first_bytes(&mut input)?;
        if format.is_none() && first.trim_ascii_start().starts_with(b"[") {
            let invalid = Invalid::new(Rule::Header, "the file is one JSON array").with_hint(
                "`ccadmin user export -o jsonl` writes one object a line, which is read",
            );
            return Err(ReadError::at(1, invalid));
        }
        let json = first.iter().copied().find(|byte| !byte.is_ascii_whitespace()) == Some(b'{');
        let form = match format {
            Some(ImportFormat::Jsonl) => FormatReader::Jsonl(jsonl::JsonlReader::new(input)),
            None if json => FormatReader::Jsonl(jsonl::JsonlReader::new(input)),
            _ => FormatReader::Csv(Box::new(csv::CsvReader::begin(input, mapping)?)),
        };
        Ok(Self { form, mapping })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be read on.
    pub(super) fn next(&mut self) -> Result<Option<ParsedRow>, ReadError> {
        match &mut self.form {
            FormatReader::Csv(cells) => cells.next(self.mapping),
            FormatReader::Jsonl(lines) => lines.next(self.mapping),
        }
    }

    /// What was read, in short: two readings of the same file give the same.
    pub(super) fn digest(&self) -> u64 {
        match &self.form {
            FormatReader::Csv(cells) => cells.digest(),
            FormatReader::Jsonl(lines) => lines.digest(),
        }
    }

    /// The header of the file, and the row that was read last, as cells.
    pub(super) fn raw(&self) -> RawRow {
        match &self.form {
            FormatReader::Csv(cells) => cells.raw(),
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
        Self::Flawed(vec![row_error(line, None, None, invalid)])
    }
}

pub(super) fn row_error(
    line: u64,
    column: Option<String>,
    username: Option<String>,
    invalid: Invalid,
) -> RowError {
    RowError { line, column, username, error: Error::Invalid(invalid) }
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
    pub(super) fn note(&mut self, column: &str, invalid: Invalid) {
        self.row_errors.push(row_error(self.line, Some(column.to_owned()), None, invalid));
    }

    pub(super) fn finish(mut self, username_column: &str) -> ParsedRow {
        let username = match self.username.as_deref() {
            None | Some("") => {
                let hint = "every row says whom it is about";
                let invalid = Invalid::new(Rule::Username, "there is no username").with_hint(hint);
                self.note(username_column, invalid);
                None
            }
            Some(text) => match text.parse() {
                Ok(username) => Some(username),
                Err(invalid) => {
                    self.note(username_column, invalid);
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

/// Looks at the beginning of a file, takes a byte order mark off it, and refuses what is no text.
fn first_bytes<R: Read>(input: &mut BufReader<DigestReader<R>>) -> Result<Vec<u8>, ReadError> {
    let refused = |what: &str| {
        let invalid = Invalid::new(Rule::Header, format!("the file is {what}"));
        Err(ReadError::at(1, invalid.with_hint("save it as CSV in UTF-8")))
    };
    let start = input.fill_buf()?;
    if start.is_empty() {
        return Err(ReadError::at(
            1,
            Invalid::new(Rule::Header, "the file is empty")
                .with_hint("the first line names the columns, `username` among them"),
        ));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return refused("in UTF-16");
    }
    if start.starts_with(b"PK\x03\x04") {
        return refused("a spreadsheet or an archive, no text");
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        input.consume(3);
    }
    Ok(input.buffer().to_vec())
}

/// Keeps a digest of what is read.
pub(super) struct DigestReader<R> {
    inner: R,
    digest: DefaultHasher,
}

impl<R> DigestReader<R> {
    fn new(inner: R) -> Self {
        Self { inner, digest: DefaultHasher::new() }
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest.finish()
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.digest.write(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The field that a column stands for, with the column's name.
pub(super) type ColumnMeaning = (String, Option<ImportField>);
