//! Tables for people: a header and padded columns, no borders. Off a terminal nothing is cut;
//! on one columns give way until a row fits ([`Layout`]).

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::layout::{COLUMN_GAP_CELLS, HeaderCell, Layout, LeftOut};
use super::record::TerminalShape;
use super::time::zone_name;
use crate::cli::terminal::escape::escape;

/// So many rows decide the widths; later ones are written as they come.
const MEASURED_ROWS: usize = 1_000;

const BOLD: &str = "\u{1b}[1m";
const RESET_STYLE: &str = "\u{1b}[0m";

/// Writes rows as they come, after the first ones have decided the widths.
pub(super) struct Table<'a> {
    out: &'a mut dyn Write,
    heads: Vec<HeaderCell>,
    terminal: Option<TerminalShape>,
    /// The rows that wait for the widths.
    waiting: Vec<Vec<String>>,
    /// Has no columns until they are decided.
    layout: Layout,
    header: bool,
    line: String,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        heads: Vec<HeaderCell>,
        terminal: Option<TerminalShape>,
        header: bool,
    ) -> Self {
        let layout = Layout::default();
        Self { out, heads, terminal, waiting: Vec::new(), layout, header, line: String::new() }
    }

    /// Adds a row, a cell for each head.
    pub(super) fn push<'c>(&mut self, cells: impl Iterator<Item = Cow<'c, str>>) -> io::Result<()> {
        let cells: Vec<String> = cells.map(shown).collect();
        if !self.layout.columns.is_empty() {
            return self.write_row(&cells, false);
        }
        self.waiting.push(cells);
        if self.waiting.len() == MEASURED_ROWS {
            self.release(false)?;
        }
        Ok(())
    }

    /// Writes what has waited; gives the columns that there was no room for.
    pub(super) fn finish(mut self) -> io::Result<Vec<LeftOut>> {
        if self.layout.columns.is_empty() {
            self.release(true)?;
        }
        self.out.flush()?;
        Ok(self.layout.left_out)
    }

    /// Decides the widths and writes the header and what has waited, which `is_all` says to be the
    /// whole list.
    fn release(&mut self, is_all: bool) -> io::Result<()> {
        let header: Vec<String> = self.heads.iter().map(heading).collect();
        let rows = std::mem::take(&mut self.waiting);
        self.layout = Layout::natural(&header, &rows);
        if let Some(shape) = self.terminal {
            self.layout.fit(&self.heads, shape.width, is_all.then_some(&rows));
        }
        if self.header {
            self.write_row(&header, self.terminal.is_some_and(|shape| shape.colour))?;
        }
        for row in &rows {
            self.write_row(row, false)?;
        }
        Ok(())
    }

    fn write_row(&mut self, cells: &[String], bold: bool) -> io::Result<()> {
        self.line.clear();
        let columns = &self.layout.columns;
        let last = columns.len().saturating_sub(1);
        for (position, &(index, width)) in columns.iter().enumerate() {
            let (cell, head) = (&cells[index], &self.heads[index]);
            let cell = if self.terminal.is_some() && !head.whole {
                cut(cell, width)
            } else {
                Cow::Borrowed(cell.as_str())
            };
            let padding = width.saturating_sub(cell.width());
            if head.align_right {
                pad(&mut self.line, padding);
            }
            self.line.push_str(&cell);
            if position < last {
                pad(&mut self.line, if head.align_right { 0 } else { padding } + COLUMN_GAP_CELLS);
            }
        }
        self.line.truncate(self.line.trim_end_matches(' ').len());
        if bold {
            self.line.insert_str(0, BOLD);
            self.line.push_str(RESET_STYLE);
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())
    }
}

/// Writes one thing as `name: value` lines, the values below one another and never cut.
pub(super) fn write_details(
    out: &mut dyn Write,
    fields: Vec<(&'static str, Cow<'_, str>)>,
    colour: bool,
) -> io::Result<()> {
    let widest = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let (on, off) = if colour { (BOLD, RESET_STYLE) } else { ("", "") };
    for (name, value) in fields {
        let value = shown(value);
        let padding = widest - name.len() + 1;
        writeln!(out, "{on}{}:{off}{:padding$}{value}", label(name), "")?;
    }
    Ok(())
}

/// What stands above a column.
fn heading(head: &HeaderCell) -> String {
    let heading = label(head.name).to_ascii_uppercase();
    if head.is_time { format!("{heading} ({})", zone_name()) } else { heading }
}

/// A column's name as people read it.
fn label(name: &str) -> String {
    name.replace('_', " ")
}

/// A cell as it is shown: nothing invisible in it, and a mark where it is empty.
fn shown(cell: Cow<'_, str>) -> String {
    if cell.is_empty() {
        return "-".to_owned();
    }
    if let Cow::Owned(escaped) = escape(&cell) {
        return escaped;
    }
    cell.into_owned()
}

fn pad(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

/// The text in at most `width` columns, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, letter)| {
            used += letter.width().unwrap_or_default();
            used >= width
        })
        .map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("James", 5), "James");
        assert_eq!(cut("James Carter", 7), "James…");
        assert_eq!(cut("James Carter", 8), "James C…");
        assert_eq!(cut("佐藤葵", 6), "佐藤葵");
        assert_eq!(cut("佐藤葵", 5), "佐藤…");
        assert_eq!(cut("佐藤葵", 4), "佐…");
        assert_eq!(cut("Ne\u{301}meth", 4), "Ne\u{301}m…");
    }
}
