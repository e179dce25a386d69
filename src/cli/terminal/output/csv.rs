//! CSV by RFC 4180, but with LF at the end of a line as every other tool on the system writes it,
//! and with cells that a spreadsheet would run as formulas made harmless.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::record::{Column, Medium};
use crate::cli::terminal::escape::escape;
use crate::model::{Window, escape_formula};

/// Writes records as rows, with the header before the first.
pub(super) struct CsvRows<'a, R: 'static> {
    out: &'a mut dyn Write,
    cells: CsvCells,
    columns: Vec<&'static Column<R>>,
    headed: bool,
}

impl<'a, R> CsvRows<'a, R> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        columns: Vec<&'static Column<R>>,
        on_terminal: bool,
    ) -> Self {
        Self { out, cells: CsvCells::new(on_terminal), columns, headed: false }
    }

    /// The rows alone.
    pub(super) fn skip_header(&mut self) {
        self.headed = true;
    }

    pub(super) fn push(&mut self, record: &R) -> io::Result<()> {
        self.head()?;
        for column in &self.columns {
            let cell = column.show(record, Medium::Csv);
            if column.raw_in_csv {
                self.cells.raw(&cell);
            } else {
                self.cells.text(&cell);
            }
        }
        self.cells.end_row();
        self.cells.write_to(self.out)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.head()?;
        self.out.flush()
    }

    fn head(&mut self) -> io::Result<()> {
        if self.headed {
            return Ok(());
        }
        self.headed = true;
        self.cells.head(self.columns.iter().copied());
        self.cells.write_to(self.out)
    }
}

/// Rows that are put together cell by cell, in memory that is used again for the next ones.
#[derive(Debug, Clone)]
pub(crate) struct CsvCells {
    on_terminal: bool,
    rows: Vec<u8>,
    /// Where the row that is being put together begins.
    row: usize,
    /// A list that is being put together.
    list: String,
}

impl CsvCells {
    /// No row yet.
    pub(crate) fn new(on_terminal: bool) -> Self {
        Self { on_terminal, rows: Vec::new(), row: 0, list: String::new() }
    }

    /// The header's row.
    pub(crate) fn head<R: 'static>(&mut self, columns: impl Iterator<Item = &'static Column<R>>) {
        for column in columns {
            self.raw(column.name);
        }
        self.end_row();
    }

    /// A cell that is made harmless where it could be a formula.
    pub(crate) fn text(&mut self, cell: &str) {
        self.raw(&escape_formula(cell));
    }

    /// A cell that is written as it is.
    pub(crate) fn raw(&mut self, cell: &str) {
        let cell = if self.on_terminal { escape(cell) } else { Cow::Borrowed(cell) };
        append(&mut self.rows, &cell);
        self.rows.push(b',');
    }

    /// A cell of names, each with its number where that is not 0, and with its window where that has
    /// edges.
    pub(crate) fn list<'i>(&mut self, items: impl Iterator<Item = (&'i str, u32, Window)>) {
        let mut list = std::mem::take(&mut self.list);
        list.clear();
        for (name, number, window) in items {
            if !list.is_empty() {
                list.push(';');
            }
            list.push_str(name);
            if number > 0 {
                list.push(':');
                push_number(&mut list, number);
            }
            if window != Window::ALWAYS {
                // Writing into a string cannot fail.
                let _ = write!(list, "@{window}");
            }
        }
        self.text(&list);
        self.list = list;
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) {
        // One empty cell alone would be an empty line, which readers pass over.
        if self.rows[self.row..] == *b"," {
            self.rows.splice(self.row.., *b"\"\",");
        }
        if let Some(last) = self.rows.last_mut() {
            *last = b'\n';
        }
        self.row = self.rows.len();
    }

    /// Writes the rows that have ended, and goes on without them.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(crate) fn write_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let written = out.write_all(&self.rows[..self.row]);
        self.rows.drain(..self.row);
        self.row = 0;
        written
    }
}

/// Appends a cell, in quotes where it needs them.
fn append(row: &mut Vec<u8>, cell: &str) {
    let is_special = |byte| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    // Without an early end, so that the compiler can make it look at many bytes at once.
    if !cell.bytes().fold(false, |found, byte| found | is_special(byte)) {
        row.extend_from_slice(cell.as_bytes());
        return;
    }
    row.push(b'"');
    for byte in cell.bytes() {
        if byte == b'"' {
            row.push(b'"');
        }
        row.push(byte);
    }
    row.push(b'"');
}

/// Appends a number: most are levels and weights of one or two digits.
fn push_number(text: &mut String, number: u32) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.extend(char::from_digit(number % 10, 10));
}

#[cfg(test)]
mod tests {
    use csv::{Terminator, WriterBuilder};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Quoted where the csv crate quotes, byte for byte.
        #[test]
        fn cells_are_quoted_as_others_quote_them(
            rows in prop::collection::vec(
                prop::collection::vec("[a,;'\"\r\n\t #\\\\é\u{0}]{0,6}", 1..4), 0..4)
        ) {
            let mut ours = Vec::new();
            let mut cells = CsvCells::new(false);
            let mut peer = WriterBuilder::new()
                .flexible(true)
                .terminator(Terminator::Any(b'\n'))
                .from_writer(Vec::new());
            for row in &rows {
                for cell in row {
                    cells.raw(cell);
                }
                cells.end_row();
                peer.write_record(row).unwrap();
            }
            cells.write_to(&mut ours).unwrap();
            prop_assert_eq!(ours, peer.into_inner().unwrap());
        }

        #[test]
        fn a_list_has_its_numbers(numbers in prop::collection::vec(any::<u32>(), 0..4)) {
            let mut out = Vec::new();
            let mut cells = CsvCells::new(false);
            cells.list(numbers.iter().map(|number| ("a", *number, Window::ALWAYS)));
            cells.raw("");
            cells.end_row();
            cells.write_to(&mut out).unwrap();
            let items = numbers.iter().map(|number| match number {
                0 => "a".to_owned(),
                number => format!("a:{number}"),
            });
            let expected = items.collect::<Vec<_>>().join(";") + ",\n";
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
