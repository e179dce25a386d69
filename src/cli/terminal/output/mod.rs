//! What stdout carries: lists and single things as a table, JSON, JSON lines or CSV.
//!
//! A noun says once which columns it has ([`Record`]); everything else is the same for all nouns.
//! Lists stream. A broken pipe comes back as the error that it is, for the caller to be quiet about.

pub(crate) mod csv;
mod json;
mod layout;
mod order;
mod record;
mod selection;
mod table;
pub(crate) mod time;

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::str::FromStr;

use serde::Serialize;

use super::escape::escape;

pub(crate) use layout::LeftOut;
pub(crate) use order::Sorter;
pub(crate) use record::{Cell, Column, Medium, Record, TerminalShape};
pub(crate) use selection::{Selection, UnknownColumn, sort_column};

use json::{Items, Part};
use layout::HeaderCell;
use selection::Chosen;
use table::Table;
use time::zone_name;

/// So many rows a table on a terminal shows where no limit was asked for.
const MAX_ROWS_ON_TERMINAL: u64 = 1_000;

/// The form of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// One document.
    Json,
    /// One JSON value a line.
    Jsonl,
    /// RFC 4180 with a header, lines ending in LF.
    Csv,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub(crate) const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Jsonl, Self::Csv];

    /// Its name in options and settings.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// Whether errors and warnings are JSON as well.
    pub(crate) const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

impl Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an output format; these are: table, json, jsonl, csv", escape(.0))]
pub(crate) struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// How a list is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListOptions {
    /// The form.
    pub(crate) format: Format,
    /// What of it is written.
    pub(crate) selection: Selection,
    /// The terminal, if stdout is one.
    pub(crate) terminal: Option<TerminalShape>,
    /// The number of rows that was asked for.
    pub(crate) limit: Option<u64>,
    /// Whether a table or CSV has no header line.
    pub(crate) no_header: bool,
}

impl ListOptions {
    /// How many rows are shown at most: what was asked for, else 1,000 in a table on a terminal.
    pub(crate) fn row_limit(&self) -> Option<u64> {
        match self.selection {
            Selection::Count => None,
            _ => self.limit.or_else(|| {
                (self.format == Format::Table && self.terminal.is_some())
                    .then_some(MAX_ROWS_ON_TERMINAL)
            }),
        }
    }
}

/// What a list came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The rows that were written.
    pub(crate) shown: u64,
    /// All rows, as far as the caller told.
    pub(crate) total: u64,
    /// The columns that the terminal had no room for.
    pub(crate) columns_left_out: Vec<LeftOut>,
}

impl Summary {
    /// The rows that a limit kept out.
    pub(crate) const fn left_out(&self) -> u64 {
        self.total.saturating_sub(self.shown)
    }
}

/// Writes a list row by row.
pub(crate) struct ListWriter<'a, R: Record> {
    body: Body<'a, R>,
    limit: u64,
    pushed: u64,
}

enum Body<'a, R: Record> {
    Table(Table<'a>, Vec<&'static Column<R>>),
    Bare(&'a mut dyn Write, &'static Column<R>),
    Csv(Box<csv::CsvRows<'a, R>>),
    Json(Items<'a, R>),
    Count(&'a mut dyn Write),
}

impl<'a, R: Record> ListWriter<'a, R> {
    /// A list on `out`, which should be buffered. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// The selection names a column that the record does not have.
    pub(crate) fn new(
        out: &'a mut dyn Write,
        options: &ListOptions,
    ) -> Result<Self, UnknownColumn> {
        Ok(Self::of(out, options, options.selection.resolve::<R>()?))
    }

    /// A list of whole records on `out`, whatever columns `options` names.
    pub(crate) fn whole(out: &'a mut dyn Write, options: &ListOptions) -> Self {
        Self::of(out, options, Chosen::Default)
    }

    fn of(out: &'a mut dyn Write, options: &ListOptions, chosen: Chosen<R>) -> Self {
        let body = match (options.format, chosen) {
            (_, Chosen::Count) => Body::Count(out),
            (Format::Table, Chosen::Field(column)) => Body::Bare(out, column),
            (Format::Table, chosen) => {
                let columns = chosen.columns(|column| column.in_table);
                let heads = columns.iter().map(|column| HeaderCell {
                    name: column.name,
                    is_time: column.is_time,
                    align_right: column.align_right,
                    whole: column.whole || column.align_right || column.raw_in_csv,
                    gives_way: column.gives_way,
                });
                let header = !options.no_header;
                Body::Table(Table::new(out, heads.collect(), options.terminal, header), columns)
            }
            (Format::Csv, chosen) => {
                let columns = chosen.columns(|column| column.in_csv);
                let mut rows = csv::CsvRows::new(out, columns, options.terminal.is_some());
                if options.no_header {
                    rows.skip_header();
                }
                Body::Csv(Box::new(rows))
            }
            (format @ (Format::Json | Format::Jsonl), chosen) => {
                let part = match chosen {
                    Chosen::Columns(columns) => Part::Fields(columns),
                    Chosen::Field(column) => Part::Value(column),
                    Chosen::Default | Chosen::Count => Part::Whole,
                };
                Body::Json(Items::new(out, part, format == Format::Json))
            }
        };
        Self { body, limit: options.row_limit().unwrap_or(u64::MAX), pushed: 0 }
    }

    /// Whether further rows would only be counted.
    pub(crate) const fn is_full(&self) -> bool {
        self.pushed >= self.limit
    }

    /// Adds a row; beyond the limit it is counted and not shown.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(crate) fn push(&mut self, record: &R) -> io::Result<()> {
        let full = self.is_full();
        self.pushed += 1;
        if full {
            return Ok(());
        }
        match &mut self.body {
            Body::Table(table, columns) => {
                table.push(columns.iter().map(|column| column.show(record, Medium::Table)))
            }
            Body::Bare(out, column) => {
                writeln!(out, "{}", escape(&column.show(record, Medium::Csv)))
            }
            Body::Csv(rows) => rows.push(record),
            Body::Json(items) => items.push(record),
            Body::Count(_) => Ok(()),
        }
    }

    /// Hands on what has been written so far, for somebody who waits for each row; tables wait for
    /// their widths all the same.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match &mut self.body {
            Body::Table(..) => Ok(()),
            Body::Bare(out, _) | Body::Count(out) => out.flush(),
            Body::Csv(rows) => rows.flush(),
            Body::Json(items) => items.flush(),
        }
    }

    /// As [`ListWriter::flush`], of a table too: its widths are those of the rows so far.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(crate) fn flush_rows(&mut self) -> io::Result<()> {
        match &mut self.body {
            Body::Table(table, _) => table.flush(),
            _ => self.flush(),
        }
    }

    /// Writes what is left and flushes. `total` is the number of all rows where the caller knows
    /// it, else the rows that were pushed are all; `--count` prints it.
    ///
    /// # Errors
    ///
    /// Writing failed.
    pub(crate) fn finish(self, total: Option<u64>) -> io::Result<Summary> {
        let total = total.unwrap_or(self.pushed);
        let mut columns_left_out = Vec::new();
        match self.body {
            Body::Table(table, _) => columns_left_out = table.finish()?,
            Body::Bare(out, _) => out.flush()?,
            Body::Csv(rows) => rows.finish()?,
            Body::Json(items) => items.finish()?,
            Body::Count(out) => {
                writeln!(out, "{total}")?;
                out.flush()?;
            }
        }
        Ok(Summary { shown: self.pushed.min(self.limit), total, columns_left_out })
    }
}

/// The names and values of all columns of one thing, as a table shows them, and the zone of its
/// times where it has any.
pub(crate) fn lines<R: Record>(record: &R) -> Vec<(&'static str, Cow<'_, str>)> {
    let columns = R::columns();
    let mut lines: Vec<_> =
        columns.iter().map(|column| (column.name, column.show(record, Medium::Table))).collect();
    let is_told = |(column, (_, value)): (&Column<R>, &(_, Cow<'_, str>))| {
        column.is_time && !value.is_empty()
    };
    if columns.iter().zip(&lines).any(is_told) {
        lines.push(zone_line());
    }
    lines
}

/// The line that tells the zone of the times above it.
pub(crate) fn zone_line() -> (&'static str, Cow<'static, str>) {
    ("time_zone", zone_name().into())
}

/// Writes `name: value` lines, the values below one another and never cut.
///
/// # Errors
///
/// Writing failed.
pub(crate) fn write_lines(
    out: &mut dyn Write,
    lines: Vec<(&'static str, Cow<'_, str>)>,
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    table::write_details(out, lines, terminal.is_some_and(|shape| shape.colour))
}

/// Writes one thing: `name: value` lines of all its columns, an indented document, one line of
/// JSON, or a header and a row.
///
/// # Errors
///
/// Writing failed.
pub(crate) fn write_one<R: Record>(
    out: &mut dyn Write,
    record: &R,
    format: Format,
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    match format {
        Format::Table => {
            write_lines(out, lines(record), terminal)?;
        }
        Format::Json => json::write_document(out, record)?,
        Format::Jsonl => Items::new(out, Part::Whole, false).push(record)?,
        Format::Csv => {
            let columns = Chosen::Default.columns(|column: &Column<R>| column.in_csv);
            let mut rows = csv::CsvRows::new(out, columns, terminal.is_some());
            rows.push(record)?;
            return rows.finish();
        }
    }
    out.flush()
}

/// Writes one thing that has no columns: an indented document, or one line of JSON.
///
/// # Errors
///
/// Writing failed.
pub(crate) fn write_value(
    out: &mut dyn Write,
    value: &impl Serialize,
    format: Format,
) -> io::Result<()> {
    match format {
        Format::Jsonl => json::write_line(out, value)?,
        Format::Json | Format::Table | Format::Csv => json::write_document(out, value)?,
    }
    out.flush()
}

/// One thing as a line of JSON, without its end, for a document that is put together by hand.
///
/// # Errors
///
/// The thing has no JSON.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<String> {
    let mut line = Vec::new();
    json::write_line(&mut line, value)?;
    line.pop();
    String::from_utf8(line).map_err(io::Error::other)
}

#[cfg(test)]
mod tests;
