//! CSV by RFC 4180, as programs and spreadsheets write it: the cells of a header and of rows.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::file::{ColumnMeaning, Digested, Draft, LONGEST_ROW, Next, RawRow, Stopped, flaw};
use super::row::{Dialect, RosterField, RowFlaw, cell, password_cell};
use crate::model::{Invalid, Rule};

/// What is read behind the end of the file: where it turns up inside a cell, a quote was open. No
/// file holds it, since NUL is refused.
const END: &[u8] = b"\0end of the roster";

/// So many faults of a header are told; a header that is none has thousands.
const HEADER_FLAWS: usize = 20;

/// The cells of a file, row by row.
pub(super) struct Cells<R> {
    reader: Reader<Bounded<R>>,
    columns: Vec<ColumnMeaning>,
    record: ByteRecord,
    /// Lines before the header.
    before: u64,
}

impl<R: Read> Cells<R> {
    pub(super) fn begin(
        mut input: BufReader<Digested<R>>,
        dialect: &Dialect,
    ) -> Result<Self, Stopped> {
        let mut first = first_line(&mut input)?;
        let mut before = 0;
        let mut separator = None;
        // What Excel writes and reads before a header, to say what separates the cells.
        if let Some(named) = first.trim_ascii_end().strip_prefix(b"sep=")
            && let [byte] = named
        {
            separator = Some(*byte);
            first = first_line(&mut input)?;
            before = 1;
        }
        let separator = separator.unwrap_or_else(|| separator_of(&first));
        let reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(Bounded::new(first, input));
        let mut cells = Self { reader, columns: Vec::new(), record: ByteRecord::new(), before };
        if !cells.read()? {
            let invalid = Invalid::new(Rule::Header, "there is no header");
            return Err(Stopped::at(
                before + 1,
                invalid.hinted("the first line names the columns"),
            ));
        }
        cells.columns = cells.header(dialect)?;
        Ok(cells)
    }

    fn header(&self, dialect: &Dialect) -> Result<Vec<ColumnMeaning>, Stopped> {
        let line = self.line();
        let mut columns: Vec<ColumnMeaning> = Vec::with_capacity(self.record.len());
        let mut flaws: Vec<RowFlaw> = Vec::new();
        let mut last = 0;
        for (index, name) in self.record.iter().enumerate() {
            let shown = String::from_utf8_lossy(name).trim().to_owned();
            if shown.is_empty() {
                columns.push((shown, None));
                continue;
            }
            last = index + 1;
            match dialect.column(&shown) {
                Ok(field) => {
                    let twice = field.is_some_and(|_| columns.iter().any(|one| one.1 == field));
                    if twice {
                        let what = format!("the column `{}` is there twice", shown.escape_debug());
                        let invalid = Invalid::new(Rule::Header, what);
                        flaws.push(flaw(line, Some(shown.clone()), None, invalid));
                    }
                    columns.push((shown, field));
                }
                Err(invalid) => {
                    let hint = invalid.hint.unwrap_or_default();
                    let what = format!("unknown column `{}`", shown.escape_debug());
                    let invalid = Invalid::new(Rule::Header, what).hinted(format!(
                        "{hint}; `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out"
                    ));
                    flaws.push(flaw(line, Some(shown.clone()), None, invalid));
                    columns.push((shown, None));
                }
            }
            if flaws.len() >= HEADER_FLAWS {
                break;
            }
        }
        columns.truncate(last);
        if flaws.len() < HEADER_FLAWS
            && !columns.iter().any(|one| one.1 == Some(RosterField::Username))
        {
            let invalid = Invalid::new(Rule::Header, "there is no column `username`")
                .hinted("the first line names the columns; `--map COLUMN=username` names another");
            flaws.push(flaw(line, None, None, invalid));
        }
        if flaws.is_empty() { Ok(columns) } else { Err(Stopped::Flawed(flaws)) }
    }

    /// Reads the next record that holds anything; `false` at the end.
    fn read(&mut self) -> Result<bool, Stopped> {
        loop {
            let line = self.reader.position().line() + self.before;
            self.reader.get_mut().begin_row();
            let read = self.reader.read_byte_record(&mut self.record).map_err(plain);
            match read {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    let invalid = Invalid::new(
                        Rule::Row,
                        format!("the row that begins here is longer than {LONGEST_ROW} bytes"),
                    );
                    return Err(Stopped::at(line, invalid.hinted("is a quote left open?")));
                }
                Err(error) => return Err(error.into()),
            }
            if self.record.len() == 1 && self.record.get(0) == Some(END) {
                return Ok(false);
            }
            let last = self.record.len().saturating_sub(1);
            if self.record.get(last).is_some_and(|cell| cell.ends_with(END)) {
                let invalid =
                    Invalid::new(Rule::Row, "a quote is opened in this row and not closed");
                return Err(Stopped::at(
                    self.line(),
                    invalid.hinted("close it; a quote inside a quoted cell is written twice"),
                ));
            }
            // A line without anything in it, which spreadsheets like to leave at the end.
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(true);
            }
        }
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line) + self.before
    }

    pub(super) fn next(&mut self, dialect: &Dialect) -> Result<Option<Next>, Stopped> {
        if !self.read()? {
            return Ok(None);
        }
        let mut draft = Draft::at(self.line());
        let surplus = self.record.iter().skip(self.columns.len());
        let surplus = surplus.filter(|cell| !cell.trim_ascii().is_empty()).count();
        if self.record.len() < self.columns.len() || surplus > 0 {
            let what = format!(
                "the row has {} cells and the header {}",
                self.record.len(),
                self.columns.len()
            );
            let invalid = Invalid::new(Rule::Row, what)
                .hinted("is the line cut off, or a cell with a separator not quoted?");
            draft.flaws.push(flaw(draft.line, None, None, invalid));
            return Ok(Some(Next::Flawed(draft.flaws, None)));
        }
        let mut username_column = "";
        for ((name, field), bytes) in self.columns.iter().zip(&self.record) {
            let Some(field) = *field else { continue };
            if field == RosterField::Username {
                username_column = name;
            }
            let Ok(text) = std::str::from_utf8(bytes) else {
                let invalid = Invalid::new(Rule::Row, "it is not UTF-8");
                draft.note(name, invalid.hinted("save the file as CSV in UTF-8"));
                continue;
            };
            let taken = match field {
                RosterField::Username => {
                    draft.username = Some(text.trim().to_owned());
                    Ok(())
                }
                RosterField::TemporaryPassword => {
                    password_cell(text).map(|password| draft.password = password)
                }
                field => cell(text).and_then(|value| dialect.apply(&mut draft.edits, field, value)),
            };
            if let Err(invalid) = taken {
                draft.note(name, invalid);
            }
        }
        Ok(Some(draft.finish(username_column)))
    }

    pub(super) fn digest(&self) -> u64 {
        self.reader.get_ref().input.get_ref().digest()
    }

    pub(super) fn raw(&self) -> RawRow {
        RawRow {
            header: self.columns.iter().map(|(name, _)| name.clone().into_bytes()).collect(),
            cells: self.record.iter().take(self.columns.len()).map(<[u8]>::to_vec).collect(),
        }
    }
}

/// The first line with its end, as far as a row may be long.
fn first_line<R: Read>(input: &mut BufReader<Digested<R>>) -> Result<Vec<u8>, Stopped> {
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST_ROW).unwrap_or(u64::MAX);
    input.by_ref().take(limit).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// What separates the cells of a header: the one of `,`, `;` and tab that it has most of.
fn separator_of(header: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header {
        quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count += i32::from(!quoted && byte == separator);
        }
    }
    // The first of those that are equally many.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(byte, _)| byte)
}

/// The first line again, then the rest, then [`END`]; and no row that is too long.
struct Bounded<R> {
    first: io::Cursor<Vec<u8>>,
    input: BufReader<Digested<R>>,
    end: &'static [u8],
    newline: bool,
    /// Bytes that were handed on since the row began.
    handed: usize,
}

impl<R> Bounded<R> {
    fn new(first: Vec<u8>, input: BufReader<Digested<R>>) -> Self {
        Self { first: io::Cursor::new(first), input, end: END, newline: false, handed: 0 }
    }

    fn begin_row(&mut self) {
        self.handed = 0;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The csv crate reads ahead: by a buffer of its own at most.
        if self.handed > LONGEST_ROW {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut count = self.first.read(buffer)?;
        if count == 0 {
            count = self.input.read(buffer)?;
        }
        if count == 0 && !self.newline && !buffer.is_empty() {
            self.newline = true;
            buffer[0] = b'\n';
            count = 1;
        }
        if count == 0 {
            count = self.end.read(buffer)?;
        }
        self.handed += count;
        Ok(count)
    }
}

/// The I/O error itself: the conversion of the csv crate hides what kind it is.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
