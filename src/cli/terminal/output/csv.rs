//! CSV by RFC 4180, but with LF at the end of a line as every other tool on the system writes it,
//! and with cells that a spreadsheet would run as formulas made harmless.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::{Column, Medium};
use crate::cli::terminal::escape::escape;

/// Makes a cell that a spreadsheet would run as a formula harmless: one more leading `'`.
///
/// Such a cell begins with `=`, `+`, `-`, `@`, tab or CR after any number of `'`. Cells that hold
/// quotes before a formula already get one more as well, so that `restore` is exact.
pub(crate) fn defuse(cell: &str) -> Cow<'_, str> {
    if leads_to_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Undoes exactly what [`defuse`] did.
#[cfg(test)]
pub(crate) fn restore(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(rest) if leads_to_formula(rest) => Cow::Borrowed(rest),
        _ => Cow::Borrowed(cell),
    }
}

fn leads_to_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

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
            let cell = if column.raw_in_csv { Cow::Borrowed(&*cell) } else { defuse(&cell) };
            let cell = if self.on_terminal { escape(&cell) } else { Cow::Borrowed(&*cell) };
            self.writer.write_field(cell.as_bytes()).map_err(plain)?;
        }
        self.end_of_row()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_one_more_quote() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+36", "'+36"),
            ("-", "'-"),
            ("@a", "'@a"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'=x", "''=x"),
            ("''=x", "'''=x"),
            ("'", "'"),
            ("'s", "'s"),
            ("a=b", "a=b"),
            (" =x", " =x"),
            ("", ""),
        ] {
            assert_eq!(defuse(cell), written);
            assert_eq!(restore(written), cell);
        }
        assert_eq!(restore("=1"), "=1", "a formula of somebody else is data");
    }

    proptest! {
        #[test]
        fn restoring_undoes_defusing(cell in "'{0,3}[-=+@\t\r'a]{0,2}\\PC{0,5}") {
            let written = defuse(&cell);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(restore(&written), cell.as_str());
        }

        #[test]
        fn restoring_undoes_defusing_of_anything(cell in any::<String>()) {
            let written = defuse(&cell);
            prop_assert_eq!(restore(&written), cell.as_str());
        }
    }
}
