//! How what a person sees is coloured, each meaning in one way, and how a text is cut to fit.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// A question, a heading, the name of a value.
pub(crate) const STRONG: Style = Style::new().bold();
/// What helps and may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// The row under the cursor, a bar.
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default();

/// The text in a style, where there is `colour`.
pub(crate) fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// The text in at most `width` columns, with an ellipsis where something is missing. A mark that
/// combines with a letter stays with it, which `console::truncate_str` does not see to.
pub(crate) fn cut(text: &str, width: usize) -> Cow<'_, str> {
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
        assert_eq!(cut("Ne\u{301}meth", 3), "Ne\u{301}…");
    }

    #[test]
    fn a_style_ends_where_the_text_does() {
        assert_eq!(paint("no", ERROR, true), "\x1b[1m\x1b[31mno\x1b[0m");
        assert_eq!(paint("no", ERROR, false), "no");
        assert_eq!(paint("no", Style::new(), true), "no");
        assert_eq!(paint("", ERROR, true), "");
    }
}
