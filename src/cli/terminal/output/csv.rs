//! CSV by RFC 4180, but with LF at the end of a line as every other tool on the system writes it,
//! and with cells that a spreadsheet would run as formulas made harmless.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::{Column, Medium};
use crate::cli::terminal::escape::escape;
use crate::model::defuse_cell;

/// Writes records as rows, with the header before the first.
pub(super) struct Rows<'a, R: 'static> {
    writer: Writer<&'a mut dyn Write>,
    columns: Vec<&'static Column<R>>,
    on_terminal: bool,
    headed: bool,
}

impl<'a, R> Rows<'a, R> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        columns: Vec<&'static Column<R>>,
        on_terminal: bool,
    ) -> Self {
        Self {
            writer: WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out),
            columns,
            on_terminal,
            headed: false,
        }
    }

    pub(super) fn push(&mut self, record: &R) -> io::Result<()> {
        self.head()?;
        for column in &self.columns {
            let cell = column.show(record, Medium::Csv);
            let cell = if column.raw_in_csv { Cow::Borrowed(&*cell) } else { defuse_cell(&cell) };
            let cell = if self.on_terminal { escape(&cell) } else { Cow::Borrowed(&*cell) };
            self.writer.write_field(cell.as_bytes()).map_err(plain)?;
        }
        self.end_of_row()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.head()?;
        self.writer.flush()
    }

    fn head(&mut self) -> io::Result<()> {
        if self.headed {
            return Ok(());
        }
        self.headed = true;
        for column in &self.columns {
            self.writer.write_field(column.name).map_err(plain)?;
        }
        self.end_of_row()
    }

    fn end_of_row(&mut self) -> io::Result<()> {
        self.writer.write_record(None::<&[u8]>).map_err(plain)
    }
}

/// The I/O error itself: the conversion of the csv crate hides a broken pipe behind "other".
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
