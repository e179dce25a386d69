//! JSON and JSON lines. Invisible characters are written as `\u202e`, which says the same to a
//! program and cannot disturb a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::record::{Column, Medium, Record};
use crate::cli::terminal::escape::invisible;

/// What of a record is written.
pub(super) enum Part<R: 'static> {
    /// All of it.
    Whole,
    /// An object of these fields, in this order.
    Fields(Vec<&'static Column<R>>),
    /// One field's value alone.
    Value(&'static Column<R>),
}

/// Writes records one by one: the elements of an array, or one a line.
pub(super) struct Items<'a, R: 'static> {
    out: &'a mut dyn Write,
    part: Part<R>,
    /// One array, or else lines.
    array: bool,
    empty: bool,
    item: Vec<u8>,
    whole: Vec<u8>,
}

impl<'a, R: Record> Items<'a, R> {
    pub(super) fn new(out: &'a mut dyn Write, part: Part<R>, array: bool) -> Self {
        Self { out, part, array, empty: true, item: Vec::new(), whole: Vec::new() }
    }

    pub(super) fn push(&mut self, record: &R) -> io::Result<()> {
        self.item.clear();
        if self.array {
            self.item.extend_from_slice(if self.empty { b"[\n" } else { b",\n" });
        }
        self.empty = false;
        match &self.part {
            Part::Whole => serde_json::to_writer(&mut self.item, record)?,
            Part::Fields(columns) => {
                let fields = fields(record, &mut self.whole)?;
                self.item.push(b'{');
                for (index, column) in columns.iter().enumerate() {
                    if index > 0 {
                        self.item.push(b',');
                    }
                    serde_json::to_writer(&mut self.item, column.name)?;
                    self.item.push(b':');
                    write_field(&mut self.item, &fields, column, record)?;
                }
                self.item.push(b'}');
            }
            Part::Value(column) => {
                let fields = fields(record, &mut self.whole)?;
                write_field(&mut self.item, &fields, column, record)?;
            }
        }
        if !self.array {
            self.item.push(b'\n');
        }
        write_visible(self.out, &self.item)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(super) fn finish(self) -> io::Result<()> {
        if self.array {
            self.out.write_all(if self.empty { b"[]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()
    }
}

/// Writes one value as a document of its own, indented.
pub(super) fn write_document(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut document = serde_json::to_vec_pretty(value)?;
    document.push(b'\n');
    write_visible(out, &document)
}

/// Writes a thing as one line.
pub(super) fn write_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    write_visible(out, &line)
}

/// The fields of a record as they stand in its JSON, untouched, so that what is nested keeps its
/// order and numbers keep their form.
fn fields<'b, R: Record>(
    record: &R,
    whole: &'b mut Vec<u8>,
) -> io::Result<BTreeMap<&'b str, &'b RawValue>> {
    whole.clear();
    serde_json::to_writer(&mut *whole, record)?;
    Ok(serde_json::from_slice(whole)?)
}

fn write_field<R>(
    item: &mut Vec<u8>,
    fields: &BTreeMap<&str, &RawValue>,
    column: &Column<R>,
    record: &R,
) -> io::Result<()> {
    match fields.get(column.name) {
        Some(value) => item.extend_from_slice(value.get().as_bytes()),
        None => serde_json::to_writer(item, &column.show(record, Medium::Csv))?,
    }
    Ok(())
}

/// Writes finished JSON with its invisible characters escaped.
///
/// They stand inside strings, or else it would not be JSON. ASCII controls were escaped when the
/// strings were written, and those that are left are line ends of the layout.
fn write_visible(out: &mut dyn Write, json: &[u8]) -> io::Result<()> {
    if json.iter().all(|byte| *byte < 0x7f) {
        return out.write_all(json);
    }
    let text = std::str::from_utf8(json).map_err(io::Error::other)?;
    let mut done = 0;
    for (at, letter) in invisible(text).filter(|(_, letter)| *letter >= '\u{7f}') {
        out.write_all(&json[done..at])?;
        for unit in letter.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        done = at + letter.len_utf8();
    }
    out.write_all(&json[done..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::is_invisible;

    fn document(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        write_document(&mut out, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(
            document(&"é\u{1b}\n\u{7f}\u{9b}\u{202e}\u{e0041}"),
            "\"é\\u001b\\n\\u007f\\u009b\\u202e\\udb40\\udc41\"\n"
        );
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back(text in any::<String>()) {
            let json = document(&[&text]);
            prop_assert!(!json.chars().any(|letter| letter != '\n' && is_invisible(letter)));
            let back: Vec<String> = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&back[0], &text);
        }
    }
}
