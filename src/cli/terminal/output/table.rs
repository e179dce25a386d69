//! Tables for people: a header and padded columns, no borders. Off a terminal nothing is cut;
//! on one the widest columns give way until a row fits.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::record::TerminalShape;
use crate::cli::terminal::escape::escape;

/// So many rows decide the widths; later ones are written as they come.
const MEASURED_ROWS: usize = 1_000;

/// No column is cut to less while others can give way, and none at all to less than the second.
const MIN_COLUMN_WIDTHS: [usize; 2] = [8, 3];

const COLUMN_GAP_CELLS: usize = 2;
const BOLD: &str = "\u{1b}[1m";
const RESET_STYLE: &str = "\u{1b}[0m";

/// A column's head and how its cells stand.
pub(super) struct HeaderCell {
    pub(super) name: &'static str,
    pub(super) align_right: bool,
    /// Worth nothing when cut: a number, a phone number, a password.
    pub(super) whole: bool,
}

/// Writes rows as they come, after the first ones have decided the widths.
pub(super) struct Table<'a> {
    out: &'a mut dyn Write,
    heads: Vec<HeaderCell>,
    terminal: Option<TerminalShape>,
    /// The rows that wait for the widths.
    waiting: Vec<Vec<String>>,
    /// Empty until they are decided.
    widths: Vec<usize>,
    line: String,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        out: &'a mut dyn Write,
        heads: Vec<HeaderCell>,
        terminal: Option<TerminalShape>,
    ) -> Self {
        Self { out, heads, terminal, waiting: Vec::new(), widths: Vec::new(), line: String::new() }
    }

    /// Adds a row, a cell for each head.
    pub(super) fn push<'c>(&mut self, cells: impl Iterator<Item = Cow<'c, str>>) -> io::Result<()> {
        let cells: Vec<String> = cells.map(shown).collect();
        if !self.widths.is_empty() {
            return self.write_row(&cells, false);
        }
        self.waiting.push(cells);
        if self.waiting.len() == MEASURED_ROWS {
            self.release()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.widths.is_empty() {
            self.release()?;
        }
        self.out.flush()
    }

    /// Decides the widths and writes the header and what has waited.
    fn release(&mut self) -> io::Result<()> {
        let header: Vec<String> =
            self.heads.iter().map(|head| label(head.name).to_ascii_uppercase()).collect();
        let rows = std::mem::take(&mut self.waiting);
        self.widths = (0..header.len())
            .map(|index| {
                std::iter::once(&header)
                    .chain(&rows)
                    .map(|row| row[index].width())
                    .max()
                    .unwrap_or_default()
            })
            .collect();
        if let Some(shape) = self.terminal {
            let may = |index: usize| !self.heads[index].whole;
            for least in MIN_COLUMN_WIDTHS {
                // What tells the rows apart comes first, so it is cut last.
                shrink(&mut self.widths, shape.width, least, |index| index > 0 && may(index));
                shrink(&mut self.widths, shape.width, least, may);
            }
        }
        self.write_row(&header, self.terminal.is_some_and(|shape| shape.colour))?;
        for row in &rows {
            self.write_row(row, false)?;
        }
        Ok(())
    }

    fn write_row(&mut self, cells: &[String], bold: bool) -> io::Result<()> {
        self.line.clear();
        let last = cells.len().saturating_sub(1);
        for (index, ((cell, head), &width)) in
            cells.iter().zip(&self.heads).zip(&self.widths).enumerate()
        {
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
            if index < last {
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

/// Takes from the widest of the columns that `may` give way until a row fits or none has more than
/// `least`.
fn shrink(widths: &mut [usize], room: usize, least: usize, may: impl Fn(usize) -> bool) {
    let mut total =
        widths.iter().sum::<usize>() + COLUMN_GAP_CELLS * widths.len().saturating_sub(1);
    while total > room {
        let widest = widths
            .iter_mut()
            .enumerate()
            .filter(|(index, width)| may(*index) && **width > least)
            .max_by_key(|(_, width)| **width);
        let Some((_, width)) = widest else { return };
        *width -= 1;
        total -= 1;
    }
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

    #[test]
    fn the_widest_columns_give_way_first() {
        let mut widths = [10, 30, 12, 20];
        shrink(&mut widths, 60, 8, |index| index > 0);
        assert_eq!(widths, [10, 16, 12, 16]);
        shrink(&mut widths, 10, 8, |index| index > 0);
        assert_eq!(widths, [10, 8, 8, 8]);
    }
}
