//! A row as it is read, whatever the form of its file, and what stops the reading.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::io::{self, Read};

use crate::directory::Error;
use crate::directory::import::row::{ImportField, ImportRow, RowEdits, RowError};
use crate::model::{Invalid, Rule};

/// The longest row, in bytes: what is longer is a quote that was left open, or no roster.
pub(in crate::directory::import) const MAX_ROW_BYTES: usize = 1 << 20;

/// What came out of a file next.
pub(in crate::directory::import) enum ParsedRow {
    /// A row whose values are valid.
    Row(Box<ImportRow>),
    /// A row with faults, and what could be read of it where that says whom it is about.
    Flawed(Vec<RowError>, Option<Box<ImportRow>>),
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
pub(in crate::directory::import) enum ReadError {
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
    pub(in crate::directory::import) fn at(line: u64, invalid: Invalid) -> Self {
        Self::Flawed(vec![row_error(line, None, None, invalid)])
    }
}

pub(in crate::directory::import) fn row_error(
    line: u64,
    column: Option<String>,
    username: Option<String>,
    invalid: Invalid,
) -> RowError {
    RowError { line, column, username, error: Error::Invalid(invalid) }
}

/// What is read of a row before it is one.
#[derive(Default)]
pub(in crate::directory::import) struct RowBuilder {
    pub(in crate::directory::import) line: u64,
    pub(in crate::directory::import) username: Option<String>,
    pub(in crate::directory::import) edits: RowEdits,
    pub(in crate::directory::import) password: Option<crate::model::Secret>,
    pub(in crate::directory::import) row_errors: Vec<RowError>,
}

impl RowBuilder {
    pub(in crate::directory::import) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Notes what is wrong in a column.
    pub(in crate::directory::import) fn note(&mut self, column: &str, invalid: Invalid) {
        self.row_errors.push(row_error(self.line, Some(column.to_owned()), None, invalid));
    }

    pub(in crate::directory::import) fn finish(mut self, username_column: &str) -> ParsedRow {
        let username = match self.username.as_deref() {
            None | Some("") => {
                let hint = "every row needs one";
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

/// Keeps a digest of what is read.
pub(in crate::directory::import) struct DigestReader<R> {
    inner: R,
    digest: DefaultHasher,
}

impl<R> DigestReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, digest: DefaultHasher::new() }
    }

    pub(in crate::directory::import) fn digest(&self) -> u64 {
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
pub(in crate::directory::import) type ColumnMeaning = (String, Option<ImportField>);
