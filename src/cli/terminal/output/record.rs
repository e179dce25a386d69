//! What a noun says of itself to be listed: its columns, and their cells for people and programs.

use std::borrow::Cow;
use std::fmt::{self, Display};

use serde::Serialize;

use super::time::{local_time, utc_time};
use crate::model::Timestamp;

/// For whom a cell is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// For people: times in local time, lists joined by `, `.
    Table,
    /// For programs (CSV and bare values): times in UTC, lists joined by `;`.
    Csv,
}

impl Medium {
    /// A moment as this medium shows it.
    pub(crate) fn time(self, moment: Timestamp) -> String {
        match self {
            Self::Table => local_time(moment),
            Self::Csv => utc_time(moment),
        }
    }

    /// A list as this medium shows it.
    pub(crate) fn list(self, items: impl IntoIterator<Item: Display>) -> String {
        use fmt::Write as _;

        let separator = match self {
            Self::Table => ", ",
            Self::Csv => ";",
        };
        let mut text = String::new();
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                text.push_str(separator);
            } else {
                // Enough for most lists, so that it need not grow item by item.
                text.reserve(48);
            }
            // Writing into a string cannot fail.
            _ = write!(text, "{item}");
        }
        text
    }
}

/// What a column shows of a record.
pub(crate) enum Cell<R: ?Sized + 'static> {
    /// Text that is made for it.
    Made(fn(&R, Medium) -> String),
    /// Text that already exists: a list of many rows copies none of it.
    Kept(for<'r> fn(&'r R, Medium) -> &'r str),
}

/// A column of a record.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent answers, each named where a column is declared"
)]
pub(crate) struct Column<R: ?Sized + 'static> {
    /// Its name for `--columns`, in a CSV header, and that of the record's JSON field if it has
    /// one.
    pub(crate) name: &'static str,
    /// The cell; empty where there is no value.
    pub(crate) cell: Cell<R>,
    /// Whether a table shows it unasked.
    pub(crate) in_table: bool,
    /// Whether CSV holds it unasked.
    pub(crate) in_csv: bool,
    /// Exempt from the defusing of formulas, and never cut in a table: a phone number, a password.
    pub(crate) raw_in_csv: bool,
    /// For numbers, which are never cut either.
    pub(crate) align_right: bool,
    /// Never cut in a table: what tells the rows apart, a time.
    pub(crate) whole: bool,
    /// A time: a table tells its zone.
    pub(crate) is_time: bool,
    /// Its place among the columns that a narrow terminal leaves out, the greatest first; 0 for one
    /// that stays.
    pub(crate) gives_way: u8,
}

impl<R> Column<R> {
    /// A column of text that every table and every CSV shows.
    pub(crate) const fn text(name: &'static str, cell: fn(&R, Medium) -> String) -> Self {
        Self::new(name, Cell::Made(cell))
    }

    /// A column of text that every table and every CSV shows.
    pub(crate) const fn new(name: &'static str, cell: Cell<R>) -> Self {
        Self {
            name,
            cell,
            in_table: true,
            in_csv: true,
            raw_in_csv: false,
            align_right: false,
            whole: false,
            is_time: false,
            gives_way: 0,
        }
    }

    /// A column of text that is never cut, since a part of it says something else: a name that
    /// tells the rows apart, a time.
    pub(crate) const fn whole(name: &'static str, cell: fn(&R, Medium) -> String) -> Self {
        Self { whole: true, ..Self::text(name, cell) }
    }

    /// A column of times.
    pub(crate) const fn time(name: &'static str, cell: fn(&R, Medium) -> String) -> Self {
        Self { is_time: true, ..Self::whole(name, cell) }
    }

    /// A column of numbers that every table and every CSV shows.
    pub(crate) const fn number(name: &'static str, cell: fn(&R, Medium) -> String) -> Self {
        Self { align_right: true, ..Self::text(name, cell) }
    }

    /// The cell of a record; empty where there is no value.
    pub(super) fn show<'r>(&self, record: &'r R, medium: Medium) -> Cow<'r, str> {
        match self.cell {
            Cell::Made(make) => Cow::Owned(make(record, medium)),
            Cell::Kept(find) => Cow::Borrowed(find(record, medium)),
        }
    }
}

/// Something that can be listed and shown. Its JSON is its serialization.
pub(crate) trait Record: Serialize + Sized + 'static {
    /// Its columns in the order of a table and of CSV.
    fn columns() -> &'static [Column<Self>];

    /// Other words for columns, to sort by: each with the name of its column.
    fn sort_words() -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// What the terminal that stdout is can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TerminalShape {
    /// Its width in columns.
    pub(crate) width: usize,
    /// Whether colour is wanted.
    pub(crate) colour: bool,
}
