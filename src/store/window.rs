//! Windows in SQL: the one expression that tells whether a moment is in one, and its edges as values.

use super::StoreError;
use super::engine::{SqlRow, SqlValue};
use crate::model::{Timestamp, Window};

/// Whether the moment `$now`, a placeholder, is in the window of the row `$row`, as
/// [`Window::contains`] tells it of one that was read.
macro_rules! is_open {
    ($row:literal, $now:literal) => {
        concat!(
            "(",
            $row,
            ".active_from IS NULL OR ",
            $row,
            ".active_from <= ",
            $now,
            ") AND (",
            $row,
            ".active_until IS NULL OR ",
            $row,
            ".active_until > ",
            $now,
            ")"
        )
    };
}

/// Whether the user of the row `$row` takes part at the moment `$now`, a placeholder.
macro_rules! takes_part {
    ($row:literal, $now:literal) => {
        concat!($row, ".state = 1 AND ", $crate::store::window::is_open!($row, $now))
    };
}

pub(super) use {is_open, takes_part};

/// A window from its two columns, the first of which is `column`.
pub(super) fn read_window(row: &SqlRow<'_>, column: usize) -> Result<Window, StoreError> {
    Ok(Window {
        from: row.optional_integer(column)?.map(Timestamp::from_seconds),
        until: row.optional_integer(column + 1)?.map(Timestamp::from_seconds),
    })
}

/// An edge of a window as it is kept.
pub(super) fn edge(edge: Option<Timestamp>) -> SqlValue<'static> {
    edge.map(Timestamp::seconds).into()
}
