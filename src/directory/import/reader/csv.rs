//! CSV by RFC 4180, as programs and spreadsheets write it: the cells of a header and of rows.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::record::{
    ColumnMeaning, DigestReader, MAX_ROW_BYTES, ParsedRow, RawRow, ReadError, RowBuilder, row_error,
};
use crate::directory::import::row::{
    CellCache, ImportField, ImportMapping, RowError, password_cell,
};
use crate::model::{Invalid, Rule};

/// What is read behind the end of the file: where it turns up inside a cell, a quote was open. No
/// file holds it, since NUL is refused.
const END_MARKER: &[u8] = b"\0end of the roster";

/// So many faults of a header are told; a header that is none has thousands.
const MAX_HEADER_ERRORS: usize = 20;

/// The cells of a file, row by row.
pub(in crate::directory::import) struct CsvReader<R> {
    reader: Reader<BoundedInput<R>>,
    columns: Vec<ColumnMeaning>,
    record: ByteRecord,
    /// The line in which the record begins.
    line: u64,
    familiar: CellCache,
}

impl<R: Read> CsvReader<R> {
    pub(in crate::directory::import) fn begin(
        mut input: BufReader<DigestReader<R>>,
        mapping: &ImportMapping,
    ) -> Result<Self, ReadError> {
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
            .from_reader(BoundedInput::new(first, input, CsvScanner::new(separator, before)));
        let mut cells = Self {
            reader,
            columns: Vec::new(),
            record: ByteRecord::new(),
            line: before + 1,
            familiar: CellCache::default(),
        };
        if !cells.read()? {
            let invalid = Invalid::new(Rule::Header, "there is no header");
            return Err(ReadError::at(
                before + 1,
                invalid.with_hint("the first line names the columns"),
            ));
        }
        cells.columns = cells.header(mapping)?;
        Ok(cells)
    }

    fn header(&self, mapping: &ImportMapping) -> Result<Vec<ColumnMeaning>, ReadError> {
        let line = self.line;
        let mut columns: Vec<ColumnMeaning> = Vec::with_capacity(self.record.len());
        let mut row_errors: Vec<RowError> = Vec::new();
        let mut last = 0;
        for (index, name) in self.record.iter().enumerate() {
            let shown = String::from_utf8_lossy(name).trim().to_owned();
            if shown.is_empty() {
                columns.push((shown, None));
                continue;
            }
            last = index + 1;
            match mapping.column(&shown) {
                Ok(field) => {
                    let twice = field.is_some_and(|_| columns.iter().any(|one| one.1 == field));
                    if twice {
                        let what = format!("the column `{}` appears twice", shown.escape_debug());
                        let invalid = Invalid::new(Rule::Header, what);
                        row_errors.push(row_error(line, Some(shown.clone()), None, invalid));
                    }
                    columns.push((shown, field));
                }
                Err(invalid) => {
                    let hint = invalid.hint.unwrap_or_default();
                    let what = format!("unknown column `{}`", shown.escape_debug());
                    let invalid = Invalid::new(Rule::Header, what).with_hint(format!(
                        "{hint}; `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves \
                         it out"
                    ));
                    row_errors.push(row_error(line, Some(shown.clone()), None, invalid));
                    columns.push((shown, None));
                }
            }
            if row_errors.len() >= MAX_HEADER_ERRORS {
                break;
            }
        }
        columns.truncate(last);
        for name in mapping.unused(&columns) {
            let invalid = Invalid::new(Rule::Header, format!("there is no column `{name}`"))
                .with_hint("`--map` names it: is it spelled as in the first line?");
            row_errors.push(row_error(line, Some(name), None, invalid));
        }
        if row_errors.len() < MAX_HEADER_ERRORS
            && !columns.iter().any(|one| one.1 == Some(ImportField::Username))
        {
            let invalid = Invalid::new(Rule::Header, "there is no column `username`").with_hint(
                "the first line names the columns; `--map COLUMN=username` names another",
            );
            row_errors.push(row_error(line, None, None, invalid));
        }
        if row_errors.is_empty() { Ok(columns) } else { Err(ReadError::Flawed(row_errors)) }
    }

    /// Reads the next record that holds anything; `false` at the end.
    fn read(&mut self) -> Result<bool, ReadError> {
        loop {
            self.reader.get_mut().begin_row();
            match self.reader.read_byte_record(&mut self.record).map_err(plain) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => {
                    let bounded = self.reader.get_mut();
                    let begun = bounded.scanner.starts.front().copied();
                    return Err(match bounded.scanner.broken {
                        Some((line, what, hint)) => {
                            ReadError::at(line, Invalid::new(Rule::Row, what).with_hint(hint))
                        }
                        None if error.kind() == io::ErrorKind::FileTooLarge => {
                            let what = format!("the row is longer than {MAX_ROW_BYTES} bytes");
                            let invalid = Invalid::new(Rule::Row, what);
                            ReadError::at(
                                begun.unwrap_or(self.line),
                                invalid.with_hint("is a quote left open?"),
                            )
                        }
                        None => error.into(),
                    });
                }
            }
            self.line = self.reader.get_mut().scanner.starts.pop_front().unwrap_or(self.line);
            if self.record.len() == 1 && self.record.get(0) == Some(END_MARKER) {
                return Ok(false);
            }
            let last = self.record.len().saturating_sub(1);
            if self.record.get(last).is_some_and(|cell| cell.ends_with(END_MARKER)) {
                let invalid =
                    Invalid::new(Rule::Row, "a quote is opened in this row and never closed");
                return Err(ReadError::at(
                    self.line,
                    invalid.with_hint("close it; a quote inside a quoted cell is written twice"),
                ));
            }
            // A line without anything in it, which spreadsheets like to leave at the end.
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(true);
            }
        }
    }

    pub(in crate::directory::import) fn next(
        &mut self,
        mapping: &ImportMapping,
    ) -> Result<Option<ParsedRow>, ReadError> {
        if !self.read()? {
            return Ok(None);
        }
        let mut draft = RowBuilder::at(self.line);
        let surplus = self.record.iter().skip(self.columns.len());
        let surplus = surplus.filter(|cell| !cell.trim_ascii().is_empty()).count();
        if self.record.len() < self.columns.len() || surplus > 0 {
            let what = format!(
                "the row has {} cells and the header {}",
                self.record.len(),
                self.columns.len()
            );
            let invalid = Invalid::new(Rule::Row, what)
                .with_hint("is the line cut off, or a cell with a separator not quoted?");
            draft.row_errors.push(row_error(draft.line, None, None, invalid));
            return Ok(Some(ParsedRow::Flawed(draft.row_errors, None)));
        }
        let mut username_column = "";
        for ((name, field), bytes) in self.columns.iter().zip(&self.record) {
            let Some(field) = *field else { continue };
            if field == ImportField::Username {
                username_column = name;
            }
            let Ok(text) = std::str::from_utf8(bytes) else {
                let invalid = Invalid::new(Rule::Row, "it is not UTF-8");
                draft.note(name, invalid.with_hint("save the file as CSV in UTF-8"));
                continue;
            };
            let taken = match field {
                ImportField::Username => {
                    draft.username = Some(text.trim().to_owned());
                    Ok(())
                }
                ImportField::TemporaryPassword => {
                    password_cell(text).map(|password| draft.password = password)
                }
                field => self.familiar.apply(mapping, &mut draft.edits, field, text),
            };
            if let Err(invalid) = taken {
                draft.note(name, invalid);
            }
        }
        Ok(Some(draft.finish(username_column)))
    }

    pub(in crate::directory::import) fn digest(&self) -> u64 {
        self.reader.get_ref().input.get_ref().digest()
    }

    pub(in crate::directory::import) fn raw(&self) -> RawRow {
        RawRow {
            header: self.columns.iter().map(|(name, _)| name.clone().into_bytes()).collect(),
            cells: self.record.iter().map(<[u8]>::to_vec).collect(),
        }
    }
}

/// The first line with its end, as far as a row may be long.
fn first_line<R: Read>(input: &mut BufReader<DigestReader<R>>) -> Result<Vec<u8>, ReadError> {
    let mut line = Vec::new();
    let limit = u64::try_from(MAX_ROW_BYTES).unwrap_or(u64::MAX);
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

/// Looks at every byte before the csv crate does, which takes more than RFC 4180 allows and counts
/// lines in its own way: where records begin, and what no roster holds.
struct CsvScanner {
    separator: u8,
    /// The bytes that can change the state inside a cell.
    telling: [bool; 256],
    state: CsvScanState,
    line: u64,
    /// The byte before was a CR.
    cr: bool,
    /// The lines in which records begin that were not read yet.
    starts: VecDeque<u64>,
    /// The first thing that cannot be: where, what, and what to do about it.
    broken: Option<(u64, &'static str, &'static str)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CsvScanState {
    /// Between records.
    Between,
    /// At the beginning of a cell.
    Cell,
    /// In a cell without quotes.
    Bare,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes a cell, or is the first of two.
    Closed,
}

impl CsvScanner {
    fn new(separator: u8, before: u64) -> Self {
        let (line, starts) = (before + 1, VecDeque::new());
        let mut telling = [false; 256];
        for byte in [separator, b'"', b'\r', b'\n', 0] {
            telling[usize::from(byte)] = true;
        }
        Self {
            separator,
            telling,
            state: CsvScanState::Between,
            line,
            cr: false,
            starts,
            broken: None,
        }
    }

    /// Looks at `bytes`; gives how many of them stand before the record that cannot be.
    fn feed(&mut self, bytes: &[u8]) -> usize {
        let mut begun = 0;
        let mut rest = bytes.iter().copied().enumerate();
        loop {
            let inside =
                !self.cr && matches!(self.state, CsvScanState::Bare | CsvScanState::Quoted);
            let next = if inside {
                rest.find(|(_, byte)| self.telling[usize::from(*byte)])
            } else {
                rest.next()
            };
            let Some((index, byte)) = next else { return bytes.len() };
            if self.cr && byte != b'\n' {
                self.line += 1;
            }
            self.cr = byte == b'\r';
            let ends = matches!(byte, b'\n' | b'\r');
            if self.state == CsvScanState::Between && !ends {
                self.starts.push_back(self.line);
                self.state = CsvScanState::Cell;
                begun = index;
            }
            if byte == 0 {
                let hint = "save the file as CSV in UTF-8";
                self.broken = Some((self.line, "the row contains a NUL byte", hint));
                return begun;
            }
            self.state = match (self.state, byte) {
                (CsvScanState::Quoted, b'"') => CsvScanState::Closed,
                (CsvScanState::Quoted, _) | (CsvScanState::Cell | CsvScanState::Closed, b'"') => {
                    CsvScanState::Quoted
                }
                (_, byte) if byte == self.separator => CsvScanState::Cell,
                _ if ends => CsvScanState::Between,
                (CsvScanState::Closed, _) => {
                    let what = "a cell goes on after its closing quote";
                    let hint = "a quote inside a quoted cell is written twice; is one left open in \
                                a row above?";
                    self.broken = Some((self.line, what, hint));
                    return begun;
                }
                _ => CsvScanState::Bare,
            };
            if byte == b'\n' {
                self.line += 1;
            }
        }
    }
}

/// The first line again, then the rest, then [`END_MARKER`]; and no row that is too long or cannot be.
struct BoundedInput<R> {
    first: io::Cursor<Vec<u8>>,
    input: BufReader<DigestReader<R>>,
    end: io::Cursor<Vec<u8>>,
    scanner: CsvScanner,
    /// Bytes that were handed on since the row began.
    handed: usize,
}

impl<R> BoundedInput<R> {
    fn new(first: Vec<u8>, input: BufReader<DigestReader<R>>, scanner: CsvScanner) -> Self {
        let end = io::Cursor::new([b"\n", END_MARKER].concat());
        Self { first: io::Cursor::new(first), input, end, scanner, handed: 0 }
    }

    fn begin_row(&mut self) {
        self.handed = 0;
    }
}

impl<R: Read> Read for BoundedInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.scanner.broken.is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // The csv crate reads ahead: by a buffer of its own at most.
        if self.handed > MAX_ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut count = self.first.read(buffer)?;
        if count == 0 {
            count = self.input.read(buffer)?;
        }
        if count == 0 {
            return self.end.read(buffer);
        }
        let whole = self.scanner.feed(buffer.get(..count).unwrap_or_default());
        if whole == 0 && self.scanner.broken.is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.handed += whole;
        Ok(whole)
    }
}

/// The I/O error itself: the conversion of the csv crate hides what kind it is.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
