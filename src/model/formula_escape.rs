//! Cells that a spreadsheet would run as formulas: made harmless on the way out, and what they were
//! on the way back in.

use std::borrow::Cow;

/// Makes a cell that a spreadsheet would run as a formula harmless: one more leading `'`.
///
/// Such a cell begins with `=`, `+`, `-`, `@`, tab or CR after any number of `'`. Cells that hold
/// quotes before a formula already get one more as well, so that [`unescape_formula`] is exact.
#[must_use]
pub fn escape_formula(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Undoes exactly what [`escape_formula`] did.
#[must_use]
pub fn unescape_formula(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
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
            assert_eq!(escape_formula(cell), written);
            assert_eq!(unescape_formula(written), cell);
        }
        assert_eq!(unescape_formula("=1"), "=1", "a formula of somebody else is data");
    }

    proptest! {
        #[test]
        fn restoring_undoes_defusing(cell in "'{0,3}[-=+@\t\r'a]{0,2}\\PC{0,5}") {
            let written = escape_formula(&cell);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(unescape_formula(&written), cell.as_str());
        }

        #[test]
        fn restoring_undoes_defusing_of_anything(cell in any::<String>()) {
            let written = escape_formula(&cell);
            prop_assert_eq!(unescape_formula(&written), cell.as_str());
        }
    }
}
