//! Cells that a spreadsheet would run as formulas: made harmless on the way out, and what they were
//! on the way back in.

use std::borrow::Cow;

/// Makes a cell that a spreadsheet would run as a formula harmless: one more leading `'`.
///
/// Such a cell begins with `=`, `+`, `-`, `@`, tab or CR after any number of `'`. Cells that hold
/// quotes before a formula already get one more as well, so that [`restore_cell`] is exact.
#[must_use]
pub fn defuse_cell(cell: &str) -> Cow<'_, str> {
    if leads_to_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Undoes exactly what [`defuse_cell`] did.
#[must_use]
pub fn restore_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if leads_to_formula(rest) => rest,
        _ => cell,
    }
}

fn leads_to_formula(cell: &str) -> bool {
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
            assert_eq!(defuse_cell(cell), written);
            assert_eq!(restore_cell(written), cell);
        }
        assert_eq!(restore_cell("=1"), "=1", "a formula of somebody else is data");
    }

    proptest! {
        #[test]
        fn restoring_undoes_defusing(cell in "'{0,3}[-=+@\t\r'a]{0,2}\\PC{0,5}") {
            let written = defuse_cell(&cell);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(restore_cell(&written), cell.as_str());
        }

        #[test]
        fn restoring_undoes_defusing_of_anything(cell in any::<String>()) {
            let written = defuse_cell(&cell);
            prop_assert_eq!(restore_cell(&written), cell.as_str());
        }
    }
}
