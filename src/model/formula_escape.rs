//! Cells that a spreadsheet would run as formulas: made harmless on the way out, and what they were
//! on the way back in.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula, the full-width forms among it.
const FORMULA_STARTS: [char; 10] =
    ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Makes a cell that a spreadsheet would run as a formula harmless: one more leading `'`, and one
/// before each formula that stands behind a `;`, since it is a cell of its own where `;` separates.
///
/// A formula begins with `=`, `+`, `-`, `@`, their full-width forms, tab or CR, after any number of
/// `'`. What holds quotes before one already gets one more as well, so that [`unescape_formula`] is
/// exact.
#[must_use]
pub fn escape_formula(cell: &str) -> Cow<'_, str> {
    if !holds_formula(cell) {
        return Cow::Borrowed(cell);
    }
    let mut escaped = String::with_capacity(cell.len() + 2);
    for (index, part) in cell.split(';').enumerate() {
        if index > 0 {
            escaped.push(';');
        }
        if index == 0 || is_formula(part) {
            escaped.push('\'');
        }
        escaped.push_str(part);
    }
    Cow::Owned(escaped)
}

/// Undoes exactly what [`escape_formula`] did.
#[must_use]
pub fn unescape_formula(cell: &str) -> Cow<'_, str> {
    let Some(rest) = cell.strip_prefix('\'').filter(|rest| holds_formula(rest)) else {
        return Cow::Borrowed(cell);
    };
    if !rest.contains(';') {
        return Cow::Borrowed(rest);
    }
    let parts = rest.split(';').enumerate().map(|(index, part)| match part.strip_prefix('\'') {
        Some(formula) if index > 0 && is_formula(formula) => formula,
        _ => part,
    });
    Cow::Owned(parts.collect::<Vec<_>>().join(";"))
}

fn holds_formula(cell: &str) -> bool {
    cell.split(';').any(is_formula)
}

fn is_formula(part: &str) -> bool {
    part.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// R56, R74: what would be a formula with either separator gets one more quote.
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
            ("a;b", "a;b"),
            ("a;=1", "'a;'=1"),
            ("a;'=1;x", "'a;''=1;x"),
            ("=1;-2", "'=1;'-2"),
            (";@x", "';'@x"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("\u{ff0b}36", "'\u{ff0b}36"),
            ("\u{ff0d}1", "'\u{ff0d}1"),
            ("\u{ff20}a", "'\u{ff20}a"),
        ] {
            assert_eq!(escape_formula(cell), written);
            assert_eq!(unescape_formula(written), cell);
        }
        assert_eq!(unescape_formula("=1"), "=1", "a formula of somebody else is data");
    }

    proptest! {
        #[test]
        fn restoring_undoes_defusing(cell in "('{0,3}[-=+@\t\r'a;\u{ff1d}]{0,2}\\PC{0,5};?){1,3}") {
            let written = escape_formula(&cell);
            prop_assert!(written.split(';').all(|part| !part.starts_with(FORMULA_STARTS)));
            prop_assert_eq!(unescape_formula(&written), cell.as_str());
        }

        #[test]
        fn restoring_undoes_defusing_of_anything(cell in any::<String>()) {
            let written = escape_formula(&cell);
            prop_assert_eq!(unescape_formula(&written), cell.as_str());
        }
    }
}
