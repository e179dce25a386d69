//! The order of a list that its rows do not come in: `--sort` and `--reverse`.

use std::cmp::Ordering;

use super::record::{Column, Medium, Record};

/// Sorts rows by what programs are shown of a column: bytes by bytes, numbers by their value, and
/// what is empty last. Ties stay as they came; the reverse is that of the whole.
pub(crate) struct Sorter<R: Record> {
    column: Option<&'static Column<R>>,
    reverse: bool,
    /// No more rows than these are asked for.
    wanted: usize,
    rows: Vec<SortedRow<R>>,
    seen: u64,
}

struct SortedRow<R> {
    key: CellKey,
    place: u64,
    row: R,
}

enum CellKey {
    Number(f64),
    Text(String),
    Empty,
}

impl<R: Record> Sorter<R> {
    /// By `column`, or else as they come; of all rows the first `wanted` are kept.
    pub(crate) fn new(
        column: Option<&'static Column<R>>,
        reverse: bool,
        wanted: Option<u64>,
    ) -> Self {
        let wanted = wanted.and_then(|wanted| wanted.try_into().ok()).unwrap_or(usize::MAX);
        Self { column, reverse, wanted, rows: Vec::new(), seen: 0 }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: R) {
        let key = self.column.map_or(CellKey::Empty, |column| CellKey::of(column, &row));
        self.rows.push(SortedRow { key, place: self.seen, row });
        self.seen += 1;
        // Twice as many as are wanted, so that a row costs little more than its place among them.
        if self.rows.len() >= self.wanted.saturating_mul(2).max(1_000) {
            self.sort();
        }
    }

    /// How many rows came.
    pub(crate) const fn seen(&self) -> u64 {
        self.seen
    }

    /// The rows that are wanted, in their order.
    pub(crate) fn finish(mut self) -> impl Iterator<Item = R> {
        self.sort();
        self.rows.into_iter().map(|sorted| sorted.row)
    }

    fn sort(&mut self) {
        let ordering = |one: &SortedRow<R>, other: &SortedRow<R>| {
            one.key.compare(&other.key).then(one.place.cmp(&other.place))
        };
        if self.reverse {
            self.rows.sort_unstable_by(|one, other| ordering(other, one));
        } else {
            self.rows.sort_unstable_by(ordering);
        }
        self.rows.truncate(self.wanted);
    }
}

impl CellKey {
    fn of<R>(column: &Column<R>, row: &R) -> Self {
        let cell = column.show(row, Medium::Csv);
        if cell.is_empty() {
            return Self::Empty;
        }
        let number = if column.align_right { cell.parse().ok() } else { None };
        number.map_or_else(|| Self::Text(cell.into_owned()), Self::Number)
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Empty => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Row(&'static str, u32);

    impl Record for Row {
        fn columns() -> &'static [Column<Self>] {
            static COLUMNS: [Column<Row>; 2] = [
                Column::text("word", |row, _| row.0.to_owned()),
                Column::number("count", |row, _| row.1.to_string()),
            ];
            &COLUMNS
        }
    }

    fn sorted(column: Option<usize>, reverse: bool, wanted: Option<u64>) -> String {
        let column = column.map(|at| &Row::columns()[at]);
        let mut sorter = Sorter::new(column, reverse, wanted);
        for row in [Row("b", 10), Row("", 9), Row("a", 100), Row("b", 9)] {
            sorter.push(row);
        }
        assert_eq!(sorter.seen(), 4);
        let shown: Vec<String> = sorter.finish().map(|row| format!("{}{}", row.0, row.1)).collect();
        shown.join(" ")
    }

    #[test]
    fn bytes_numbers_and_what_is_empty() {
        assert_eq!(sorted(Some(0), false, None), "a100 b10 b9 9");
        assert_eq!(sorted(Some(0), true, None), "9 b9 b10 a100");
        assert_eq!(sorted(Some(1), false, None), "9 b9 b10 a100");
        assert_eq!(sorted(Some(1), true, Some(2)), "a100 b10");
        assert_eq!(sorted(None, true, None), "b9 a100 9 b10");
    }

    /// A list that is longer than what waits at a time has the same first rows.
    #[test]
    fn the_first_of_many_are_those_of_all() {
        for (reverse, first) in [(false, [0, 1, 2]), (true, [9_999, 9_998, 9_997])] {
            let mut sorter = Sorter::new(Some(&Row::columns()[1]), reverse, Some(3));
            for number in 0..10_000_u32 {
                // Every number once, in no order.
                sorter.push(Row("", number * 7_919 % 10_000));
            }
            assert_eq!(sorter.finish().map(|row| row.1).collect::<Vec<_>>(), first);
        }
    }
}
