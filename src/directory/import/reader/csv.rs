//! CSV by RFC 4180, as programs and spreadsheets write it: the records of a file, one after the other.
//! The csv crate takes a stray quote as it comes, keeps a blank before one, and bounds no record; it is
//! what a test compares this with.

use std::io::{self, BufRead};

use super::cells::Record;
use super::record::{MAX_ROW_BYTES, ReadError};
use crate::directory::import::header::ColumnMeaning;
use crate::directory::import::mapping::ImportMapping;
use crate::directory::import::remedy::{Flaw, ManualRemedy};
use crate::model::{Invalid, Rule};

/// What may separate cells, the likeliest first.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The records of a text.
pub(super) struct CsvRecords<B> {
    pub(super) input: B,
    pub(super) separator: u8,
    /// The line that comes next, counted from 1.
    pub(super) line: u64,
    /// The byte before was a CR: an LF belongs to it.
    pub(super) after_cr: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScanState {
    /// At the beginning of a cell; blanks may stand before a quote.
    Cell,
    /// In a cell without quotes.
    Bare,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes a cell, or is the first of two.
    Closed,
    /// Behind that and blanks.
    ClosedBlank,
}

/// How a run of bytes ended a record, or did not.
enum ScanStep {
    More,
    Ended,
}

impl<B: BufRead> CsvRecords<B> {
    pub(super) fn new(input: B, separator: u8, line: u64) -> Self {
        Self { input, separator, line, after_cr: false }
    }

    /// Reads the next record; `false` at the end. A line with nothing in it is a record of one cell.
    ///
    /// # Errors
    ///
    /// The record cannot be one, or is too long; or the file cannot be read.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        record.clear();
        let mut state = ScanState::Cell;
        let mut taken = 0;
        let mut begun = false;
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if bytes.is_empty() {
                if !begun {
                    return Ok(false);
                }
                if state == ScanState::Quoted {
                    let what = "a quote is opened in this row and never closed";
                    let hint = "close it; a quote inside a quoted cell is written twice";
                    return Err(refused(record.line, what, hint));
                }
                record.end_cell();
                return Ok(true);
            }
            let mut rest = bytes;
            if self.after_cr {
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
                self.after_cr = false;
            }
            if !begun && !rest.is_empty() {
                begun = true;
                record.line = self.line;
            }
            let before = rest.len();
            let scan = Scan {
                separator: self.separator,
                line: &mut self.line,
                after_cr: &mut self.after_cr,
            };
            let step = scan.run(&mut rest, &mut state, record);
            taken += before - rest.len();
            let used = bytes.len() - rest.len();
            self.input.consume(used);
            if let ScanStep::Ended = step? {
                return Ok(true);
            }
            if taken > MAX_ROW_BYTES {
                let what = format!("the row is longer than {MAX_ROW_BYTES} bytes");
                return Err(refused(record.line, &what, "is a quote left open?"));
            }
        }
    }
}

/// What a run over bytes changes of the reader.
struct Scan<'a> {
    separator: u8,
    line: &'a mut u64,
    after_cr: &'a mut bool,
}

impl Scan<'_> {
    /// Takes bytes off `rest` until a record ends or there are none.
    fn run(
        self,
        rest: &mut &[u8],
        state: &mut ScanState,
        record: &mut Record,
    ) -> Result<ScanStep, ReadError> {
        while let Some((byte, behind)) = rest.split_first() {
            let byte = *byte;
            if byte == 0 {
                let invalid = Invalid::new(Rule::Row, "the row contains a NUL byte");
                return Err(ReadError::at(*self.line, Flaw::new(invalid, ManualRemedy::Utf8)));
            }
            match (*state, byte) {
                (ScanState::Quoted, b'"') => *state = ScanState::Closed,
                (ScanState::Quoted, _) => {
                    let end = rest.iter().position(|byte| matches!(byte, b'"' | 0));
                    let (inside, behind) = rest.split_at(end.unwrap_or(rest.len()));
                    *self.line += lines_in(inside, record.ends_with(b'\r'));
                    record.push(inside);
                    *rest = behind;
                    continue;
                }
                (ScanState::Closed, b'"') => {
                    record.push(b"\"");
                    *state = ScanState::Quoted;
                }
                (ScanState::Cell, b'"') => {
                    record.drop_blanks();
                    *state = ScanState::Quoted;
                }
                (_, byte) if byte == self.separator => {
                    record.end_cell();
                    *state = ScanState::Cell;
                }
                (_, b'\n' | b'\r') => {
                    record.end_cell();
                    *self.line += 1;
                    *self.after_cr = byte == b'\r';
                    *rest = behind;
                    return Ok(ScanStep::Ended);
                }
                (ScanState::Closed | ScanState::ClosedBlank, b' ' | b'\t') => {
                    *state = ScanState::ClosedBlank;
                }
                (ScanState::Closed | ScanState::ClosedBlank, _) => {
                    let what = "a cell goes on after its closing quote";
                    let hint = "a quote inside a quoted cell is written twice; is one left open in \
                                a row above?";
                    return Err(refused(*self.line, what, hint));
                }
                (ScanState::Cell, b' ' | b'\t') => record.push(&[byte]),
                (ScanState::Cell | ScanState::Bare, _) => {
                    let ends =
                        |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r' | 0);
                    let (cell, behind) =
                        rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
                    record.push(cell);
                    *state = ScanState::Bare;
                    *rest = behind;
                    continue;
                }
            }
            *rest = behind;
        }
        Ok(ScanStep::More)
    }
}

/// How many lines end in `bytes`, whatever they end with; an LF at the beginning belongs to a CR
/// before it.
fn lines_in(bytes: &[u8], after_cr: bool) -> u64 {
    let mut cr = after_cr;
    let mut lines = 0;
    for byte in bytes {
        lines += u64::from(*byte == b'\r' || *byte == b'\n' && !cr);
        cr = *byte == b'\r';
    }
    lines
}

fn refused(line: u64, what: &str, hint: &str) -> ReadError {
    ReadError::at(line, Invalid::new(Rule::Row, what).with_hint(hint))
}

/// How often each separator stands in `line`, outside quotes; those that do not are left out.
fn separators_in(line: &[u8]) -> Vec<(u8, usize)> {
    let mut counts = SEPARATORS.map(|separator| (separator, 0));
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && byte == separator);
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// What separates the cells of a header: what makes the most of them known, else the most of them.
pub(super) fn best_separator(header: &[u8], mapping: &ImportMapping) -> u8 {
    let known = |separator: u8| {
        let mut record = Record::default();
        // A header may go on in the next line: what is there of it counts.
        let _ = CsvRecords::new(header, separator, 1).read(&mut record);
        let names = record.iter().filter_map(|cell| std::str::from_utf8(cell).ok());
        names.filter(|name| mapping.meaning(name) != ColumnMeaning::Unknown).count()
    };
    let counts = separators_in(header).into_iter().rev();
    // The first of those that are equally good.
    let best = counts.max_by_key(|(separator, count)| (known(*separator), *count));
    best.map_or(b',', |(separator, _)| separator)
}

/// The separator that a line such as `sep=;` names, which spreadsheets write and read.
pub(super) fn named_separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, separator) = line.split_at_checked(4)?;
    match separator {
        [separator] if name.eq_ignore_ascii_case(b"sep=") => Some(*separator),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// All records of `text`, with the lines in which they begin, read `step` bytes at a time.
    fn records(text: &[u8], step: usize) -> Result<Vec<(u64, Vec<String>)>, String> {
        let input = BufReader::with_capacity(step, text);
        let mut records = CsvRecords::new(input, b',', 1);
        let mut record = Record::default();
        let mut found = Vec::new();
        loop {
            match records.read(&mut record) {
                Ok(true) => {
                    let cells =
                        record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
                    found.push((record.line, cells.collect()));
                }
                Ok(false) => return Ok(found),
                Err(ReadError::Flawed(errors)) => return Err(errors[0].error.to_string()),
                Err(ReadError::Failed(error)) => return Err(error.to_string()),
            }
        }
    }

    #[test]
    fn blanks_around_quotes_are_left_out() {
        let text = b"a, \"b, c\" ,  d\r\n\t\"x\ny\",\"\"\"q\"\"\"\r\n";
        for step in [1, 2, 3, 7, 64] {
            let found = records(text, step).unwrap();
            assert_eq!(found[0], (1, vec!["a".into(), "b, c".into(), "  d".into()]), "{step}");
            assert_eq!(found[1], (2, vec!["x\ny".into(), "\"q\"".into()]), "{step}");
        }
        assert!(records(b"a,\"b\" c\n", 64).is_err());
    }

    #[test]
    fn separators_are_named_or_counted() {
        for line in ["sep=;", "SEP=;\r\n", "\"sep=;\"\n", "Sep=;"] {
            assert_eq!(named_separator(line.as_bytes()), Some(b';'), "{line}");
        }
        assert_eq!(named_separator(b"sep=\t\r\n"), Some(b'\t'));
        assert_eq!(named_separator(b"sep=\n"), None);
        assert_eq!(named_separator(b"separator\n"), None);
        assert_eq!(separators_in(b"\"a,b\";c"), [(b';', 1)]);
    }

    /// What the csv crate reads of a text is what is read here, where it holds no more than RFC 4180
    /// allows; and it does not matter how the bytes come.
    #[test]
    fn fuzz_csv_records() {
        let words = [",", ",", "\n", "\r\n", "\"", "\"\"", "a", "é", "b c", "\"x,y\"", "\"x\n\""];
        bolero::check!().with_max_len(24).with_iterations(4_000).for_each(|bytes: &[u8]| {
            let text = crate::pieces::text(bytes, &words);
            let found = records(text.as_bytes(), 64);
            for step in [1, 3] {
                assert_eq!(records(text.as_bytes(), step), found, "{text:?}");
            }
            // The csv crate keeps a blank beside a quote, and takes a mark off the beginning, which
            // was done before here.
            let letters: Vec<char> = text.chars().collect();
            let has_blank_beside_quote = letters.windows(2).any(|pair| {
                let is_blank = |letter: char| letter.is_whitespace() && !"\r\n".contains(letter);
                pair[0] == '"' && is_blank(pair[1]) || is_blank(pair[0]) && pair[1] == '"'
            });
            let differs = has_blank_beside_quote || text.starts_with('\u{feff}');
            let Some(found) = found.ok().filter(|_| !differs) else { return };
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
            let others = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<String>>());
            // It passes over empty lines by itself.
            let cells = found.into_iter().map(|(_, cells)| cells).filter(|cells| cells != &[""]);
            let others: Vec<_> = others.filter(|cells| cells != &[""]).collect();
            assert_eq!(cells.collect::<Vec<_>>(), others, "{text:?}");
        });
    }
}
