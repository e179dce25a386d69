//! A roster's file: CSV or JSONL, read row by row, in memory that does not grow with it.

mod csv;
mod jsonl;
mod record;

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use super::row::ImportMapping;
use crate::model::{Invalid, Rule};
use record::DigestReader;

pub use record::RawRow;
pub(super) use record::{ParsedRow, ReadError};

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
            let invalid = Invalid::new(Rule::Header, "the file is a JSON array").with_hint(
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
        return refused("a spreadsheet or an archive, not text");
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        input.consume(3);
    }
    Ok(input.buffer().to_vec())
}
