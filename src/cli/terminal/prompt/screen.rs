//! What may be shown on a terminal, and how much room it takes there.

use unicode_width::UnicodeWidthChar;

/// As much of `text` as fits into `columns`, with an ellipsis where it does not.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(1);
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if wide > room {
            break;
        }
        room -= wide;
        shown.push(letter);
    }
    if columns > 0 {
        shown.push('…');
    }
    shown
}

/// The columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// Where the cursor is, counted from where a text began at the left edge. A terminal puts it on
/// the next row only when something comes to stand there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    row: usize,
    column: usize,
}

impl Position {
    pub(super) fn after(self, text: &str, columns: usize) -> Self {
        text.chars().fold(self, |at, letter| at.after_char(letter, columns))
    }

    pub(super) fn after_char(self, letter: char, columns: usize) -> Self {
        let wide = letter.width().unwrap_or(0);
        match self.column.checked_add(wide) {
            Some(column) if column <= columns => Self { column, ..self },
            _ => Self { row: self.row + 1, column: wide },
        }
    }

    /// Moves the cursor back to where the text began.
    pub(super) fn way_back(self) -> String {
        way_up(self.row)
    }

    pub(super) fn columns_since(self, earlier: Self, columns: usize) -> usize {
        let flat = |at: Self| at.row * columns + at.column;
        flat(self).saturating_sub(flat(earlier))
    }
}

/// Moves the cursor to the left edge, `rows` rows up.
pub(super) fn way_up(rows: usize) -> String {
    if rows == 0 { "\r".to_owned() } else { format!("\r\x1b[{rows}A") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits() {
        assert_eq!(cut("support", 7), "support");
        assert_eq!(cut("support", 6), "suppo…");
        assert_eq!(cut("佐藤葵", 4), "佐…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn wide_characters_never_straddle_two_rows() {
        let at = |text: &str| Position::default().after(text, 5);
        assert_eq!(at("abcde"), Position { row: 0, column: 5 });
        assert_eq!(at("abcdef"), Position { row: 1, column: 1 });
        assert_eq!(at("佐藤葵"), Position { row: 1, column: 2 });
        assert_eq!(at("abcde\u{301}"), Position { row: 0, column: 5 });
    }
}
