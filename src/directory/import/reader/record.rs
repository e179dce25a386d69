//! A row as it is read, whatever the form of its file, and what stops the reading.

use std::io;

use super::sheet::address;
use crate::directory::Error;
use crate::directory::import::remedy::Flaw;
use crate::directory::import::row::{ImportRow, RowEdits, RowError};
use crate::model::{ImportField, Invalid, Rule};

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
    pub(in crate::directory::import) fn at(line: u64, flaw: impl Into<Flaw>) -> Self {
        Self::Flawed(vec![row_error(line, flaw)])
    }
}

/// A fault in a line, of no column.
pub(in crate::directory::import) fn row_error(line: u64, flaw: impl Into<Flaw>) -> RowError {
    let Flaw { invalid, remedy } = flaw.into();
    let error = Error::Invalid(invalid);
    RowError { line, column: None, username: None, cell: None, error, remedy }
}

/// What a file calls the fields, and where it has them.
#[derive(Debug, Clone, Default)]
pub(in crate::directory::import) struct ColumnNames(
    pub(in crate::directory::import) Vec<(ImportField, String, usize)>,
    /// Whether they are columns of a sheet.
    pub(in crate::directory::import) bool,
);

impl ColumnNames {
    /// The column of a field, as the file calls it.
    pub(in crate::directory::import) fn name(&self, field: ImportField) -> String {
        let known = self.0.iter().find(|(one, ..)| *one == field);
        known.map_or_else(|| field.to_string(), |(_, name, _)| name.clone())
    }

    /// The cell of a sheet that has a field of the row in `line`.
    pub(in crate::directory::import) fn cell(
        &self,
        field: ImportField,
        line: u64,
    ) -> Option<String> {
        let (_, _, column) = self.0.iter().find(|(one, ..)| self.1 && *one == field)?;
        Some(address(*column, line))
    }
}

/// What is read of a row before it is one.
#[derive(Default)]
pub(in crate::directory::import) struct RowBuilder {
    pub(in crate::directory::import) line: u64,
    pub(in crate::directory::import) username: Option<String>,
    pub(in crate::directory::import) edits: RowEdits,
    pub(in crate::directory::import) password: Option<crate::model::Secret>,
    pub(in crate::directory::import) row_errors: Vec<RowError>,
    /// Whether it is a row of a sheet.
    pub(in crate::directory::import) of_sheet: bool,
}

impl RowBuilder {
    pub(in crate::directory::import) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Notes what is wrong in a column, or in one that has no name.
    pub(in crate::directory::import) fn note(
        &mut self,
        column: Option<&str>,
        index: Option<usize>,
        flaw: impl Into<Flaw>,
    ) {
        let column = column.map(str::to_owned);
        let cell = index.filter(|_| self.of_sheet).map(|index| address(index, self.line));
        self.row_errors.push(RowError { column, cell, ..row_error(self.line, flaw) });
    }

    pub(in crate::directory::import) fn finish(
        mut self,
        username_column: &str,
        index: Option<usize>,
    ) -> ParsedRow {
        let username = match self.username.as_deref() {
            None | Some("") => {
                let hint = "every row needs one";
                let invalid = Invalid::new(Rule::Username, "there is no username").with_hint(hint);
                self.note(Some(username_column), index, invalid);
                None
            }
            Some(text) => match text.parse() {
                Ok(username) => Some(username),
                Err(invalid) => {
                    self.note(Some(username_column), index, invalid);
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
