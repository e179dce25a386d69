//! The one escaper for everything that reaches a terminal or a log: a stored name, an argument, a
//! path or an error text cannot move the cursor, turn the text around or hide in it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::is_invisible;

/// Makes control, bidirectional and other invisible characters visible: `\n`, `\t`, `\r`, else
/// `\u{1b}`.
///
/// A backslash is left alone: the result is for eyes and is never read back.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let mut escaped = String::new();
    let mut done = 0;
    for (at, letter) in invisible(text) {
        escaped.push_str(&text[done..at]);
        match letter {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            // Writing into a string cannot fail.
            other => _ = write!(escaped, "\\u{{{:x}}}", u32::from(other)),
        }
        done = at + letter.len_utf8();
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    escaped.push_str(&text[done..]);
    Cow::Owned(escaped)
}

/// The invisible characters of `text`, each with its place in bytes.
///
/// Printable ASCII, which is most of all text, is passed over without being decoded.
pub(super) fn invisible(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += text.as_bytes()[at..].iter().position(|byte| !matches!(byte, 0x20..=0x7e))?;
            let letter = text[at..].chars().next()?;
            let found = at;
            at += letter.len_utf8();
            if is_invisible(letter) {
                return Some((found, letter));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for plain in ["", "James Carter", r"C:\temp\n", "Kovács Éva", "佐藤 葵", "👍"] {
            assert!(matches!(escape(plain), Cow::Borrowed(text) if text == plain));
        }
    }

    /// R55: each class of what must not reach a terminal.
    #[test]
    fn invisible_characters_become_visible() {
        for (raw, shown) in [
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("a\nb\tc\rd", r"a\nb\tc\rd"),
            ("\0", r"\u{0}"),
            ("\u{7f}", r"\u{7f}"),
            ("é\u{9b}31mé", r"é\u{9b}31mé"),
            ("user\u{202e}txt", r"user\u{202e}txt"),
            ("zero\u{200b}width", r"zero\u{200b}width"),
            ("\u{2028}\u{feff}", r"\u{2028}\u{feff}"),
            ("\u{e0041}", r"\u{e0041}"),
        ] {
            assert_eq!(escape(raw), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_invisible_is_left(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.chars().any(is_invisible));
            prop_assert_eq!(escaped == text, !text.chars().any(is_invisible));
        }
    }

    /// Whatever is stored, and whatever is broken in it: nothing reaches a terminal raw.
    #[test]
    fn fuzz_escape() {
        bolero::check!().with_max_len(64).with_iterations(2_000).for_each(|bytes: &[u8]| {
            for text in [&*String::from_utf8_lossy(bytes), &*crate::pieces::text(bytes, &[])] {
                let escaped = escape(text);
                assert!(!escaped.chars().any(is_invisible), "{text:?}");
                assert!(escaped.bytes().all(|byte| byte != 0x7f && byte >= b' '), "{text:?}");
                assert_eq!(escape(&escaped), escaped, "it is done once and for all");
            }
        });
    }
}
