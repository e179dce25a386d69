//! A roster's file: CSV or JSONL, read row by row, in memory that does not grow with it.

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader, Read};

use super::row::{Dialect, Edits, RosterField, Row, RowFlaw};
use super::{csv, jsonl};
use crate::directory::Error;
use crate::model::{Invalid, Rule};

/// The longest row, in bytes: what is longer is a quote that was left open, or no roster.
pub(super) const LONGEST_ROW: usize = 1 << 20;

/// The form of a roster's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterFormat {
    /// RFC 4180 with a header; `,`, `;` or a tab between the cells, as the header has it.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl fmt::Display for RosterFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        })
    }
}

/// What came out of a file next.
pub(super) enum Next {
    /// A row whose values are valid.
    Row(Box<Row>),
    /// A row with faults, and what could be read of it where that says whom it is about.
    Flawed(Vec<RowFlaw>, Option<Box<Row>>),
}

/// The rows of a file.
pub(super) struct Rows<'d, R> {
    form: Form<R>,
    dialect: &'d Dialect,
}

enum Form<R> {
    Csv(Box<csv::Cells<R>>),
    Jsonl(jsonl::Lines<R>),
}

impl<'d, R: Read> Rows<'d, R> {
    /// Begins to read; of CSV, the header. Without a `format`, what begins with `{` is JSONL.
    ///
    /// # Errors
    ///
    /// The faults of the header; or that the file cannot be read.
    pub(super) fn begin(
        input: R,
        format: Option<RosterFormat>,
        dialect: &'d Dialect,
    ) -> Result<Self, Stopped> {
        let mut input = BufReader::with_capacity(64 * 1024, Digested::new(input));
        let first = first_bytes(&mut input)?;
        if format.is_none() && first.trim_ascii_start().starts_with(b"[") {
            let invalid = Invalid::new(Rule::Header, "the file is one JSON array")
                .hinted("`ccadmin user export -o jsonl` writes one object a line, which is read");
            return Err(Stopped::at(1, invalid));
        }
        let json = first.iter().copied().find(|byte| !byte.is_ascii_whitespace()) == Some(b'{');
        let form = match format {
            Some(RosterFormat::Jsonl) => Form::Jsonl(jsonl::Lines::new(input)),
            None if json => Form::Jsonl(jsonl::Lines::new(input)),
            _ => Form::Csv(Box::new(csv::Cells::begin(input, dialect)?)),
        };
        Ok(Self { form, dialect })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be read on.
    pub(super) fn next(&mut self) -> Result<Option<Next>, Stopped> {
        match &mut self.form {
            Form::Csv(cells) => cells.next(self.dialect),
            Form::Jsonl(lines) => lines.next(self.dialect),
        }
    }

    /// What was read, in short: two readings of the same file give the same.
    pub(super) fn digest(&self) -> u64 {
        match &self.form {
            Form::Csv(cells) => cells.digest(),
            Form::Jsonl(lines) => lines.digest(),
        }
    }

    /// The header of the file, and the row that was read last, as cells.
    pub(super) fn raw(&self) -> RawRow {
        match &self.form {
            Form::Csv(cells) => cells.raw(),
            Form::Jsonl(lines) => lines.raw(),
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
pub(super) enum Stopped {
    /// It is refused as a whole.
    Flawed(Vec<RowFlaw>),
    /// It cannot be read.
    Failed(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Stopped {
    /// A fault in a line that says something about the whole file.
    pub(super) fn at(line: u64, invalid: Invalid) -> Self {
        Self::Flawed(vec![flaw(line, None, None, invalid)])
    }
}

pub(super) fn flaw(
    line: u64,
    column: Option<String>,
    username: Option<String>,
    invalid: Invalid,
) -> RowFlaw {
    RowFlaw { line, column, username, error: Error::Invalid(invalid) }
}

/// What is read of a row before it is one.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) line: u64,
    pub(super) username: Option<String>,
    pub(super) edits: Edits,
    pub(super) password: Option<crate::model::Secret>,
    pub(super) flaws: Vec<RowFlaw>,
}

impl Draft {
    pub(super) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Notes what is wrong in a column.
    pub(super) fn note(&mut self, column: &str, invalid: Invalid) {
        self.flaws.push(flaw(self.line, Some(column.to_owned()), None, invalid));
    }

    pub(super) fn finish(mut self, username_column: &str) -> Next {
        let username = match self.username.as_deref() {
            None | Some("") => {
                let hint = "every row says whom it is about";
                let invalid = Invalid::new(Rule::Username, "there is no username").hinted(hint);
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
        for flaw in &mut self.flaws {
            flaw.username.clone_from(&name);
        }
        let Self { line, edits, password, flaws, .. } = self;
        let row = username.map(|username| Box::new(Row { line, username, edits, password }));
        match row {
            Some(row) if flaws.is_empty() => Next::Row(row),
            row => Next::Flawed(flaws, row),
        }
    }
}

/// Looks at the beginning of a file, takes a byte order mark off it, and refuses what is no text.
fn first_bytes<R: Read>(input: &mut BufReader<Digested<R>>) -> Result<Vec<u8>, Stopped> {
    let refused = |what: &str| {
        let invalid = Invalid::new(Rule::Header, format!("the file is {what}"));
        Err(Stopped::at(1, invalid.hinted("save it as CSV in UTF-8")))
    };
    let start = input.fill_buf()?;
    if start.is_empty() {
        return Err(Stopped::at(
            1,
            Invalid::new(Rule::Header, "the file is empty")
                .hinted("the first line names the columns, `username` among them"),
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
pub(super) struct Digested<R> {
    inner: R,
    digest: DefaultHasher,
}

impl<R> Digested<R> {
    fn new(inner: R) -> Self {
        Self { inner, digest: DefaultHasher::new() }
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest.finish()
    }
}

impl<R: Read> Read for Digested<R> {
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
pub(super) type ColumnMeaning = (String, Option<RosterField>);
