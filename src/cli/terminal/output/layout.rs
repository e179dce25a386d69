//! Which columns of a table a terminal has room for, and how wide each is.
//!
//! Where there is no room for all, columns give way in the order that each list declares: first
//! those that say the same in all rows, then those that are asked for least. What tells the rows
//! apart, a time and a number are never cut, since a part of them says something else.

use unicode_width::UnicodeWidthStr;

/// The cells between two columns.
pub(super) const COLUMN_GAP_CELLS: usize = 2;

/// A text is cut to this before a column is left out, and further only where none is left to leave
/// out.
const READABLE_CELLS: usize = 12;

/// A text is cut to these at last, to the second only where the first is not enough.
const LEAST_CELLS: [usize; 2] = [8, 3];

/// A column's head and what may become of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderCell {
    pub(super) name: &'static str,
    pub(super) is_time: bool,
    pub(super) align_right: bool,
    /// Whether it is never cut.
    pub(super) whole: bool,
    /// Its place among those that are left out where there is no room, the greatest first; 0 for
    /// one that stays.
    pub(super) gives_way: u8,
}

/// A column that a table leaves out for want of room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it says in all rows, where that is the same.
    pub(crate) constant: Option<String>,
}

/// How the columns stand.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The columns that are shown: their number among the heads, and their width in cells.
    pub(super) columns: Vec<(usize, usize)>,
    /// Those that are not.
    pub(super) left_out: Vec<LeftOut>,
}

impl Layout {
    /// Every column as wide as its widest cell.
    pub(super) fn natural(header: &[String], rows: &[Vec<String>]) -> Self {
        let widest = |index: usize| {
            std::iter::once(header)
                .chain(rows.iter().map(Vec::as_slice))
                .map(|row| row[index].width())
                .max()
                .unwrap_or_default()
        };
        Self {
            columns: (0..header.len()).map(|index| (index, widest(index))).collect(),
            left_out: Vec::new(),
        }
    }

    /// Makes room in `room` cells. `all_rows` are those of the whole list, where they are known:
    /// only then can a column say the same in all of them.
    pub(super) fn fit(
        &mut self,
        heads: &[HeaderCell],
        room: usize,
        all_rows: Option<&[Vec<String>]>,
    ) {
        for (index, cell) in constants(heads, all_rows.unwrap_or_default()) {
            if self.width() <= room {
                return;
            }
            self.leave_out(heads, index, Some(cell));
        }
        self.shrink(heads, room, READABLE_CELLS);
        while self.width() > room {
            let shown = self.columns.iter().map(|(index, _)| *index);
            let Some(index) = shown
                .filter(|index| heads[*index].gives_way > 0)
                .max_by_key(|index| heads[*index].gives_way)
            else {
                break;
            };
            self.leave_out(heads, index, None);
        }
        for least in LEAST_CELLS {
            self.shrink(heads, room, least);
        }
    }

    fn width(&self) -> usize {
        let gaps = COLUMN_GAP_CELLS * self.columns.len().saturating_sub(1);
        self.columns.iter().map(|(_, width)| width).sum::<usize>() + gaps
    }

    fn leave_out(&mut self, heads: &[HeaderCell], index: usize, constant: Option<String>) {
        self.columns.retain(|(shown, _)| *shown != index);
        self.left_out.push(LeftOut { name: heads[index].name, constant });
    }

    /// Takes from the widest of the columns that may be cut, until a row fits or none of them is
    /// wider than `least`.
    fn shrink(&mut self, heads: &[HeaderCell], room: usize, least: usize) {
        for _ in room..self.width() {
            let widest = self
                .columns
                .iter_mut()
                .filter(|(index, width)| !heads[*index].whole && *width > least)
                .max_by_key(|(_, width)| *width);
            let Some((_, width)) = widest else { return };
            *width -= 1;
        }
    }
}

/// The columns that say the same in all of several rows and may be left out, in the order in which
/// they are, each with what it says.
fn constants(heads: &[HeaderCell], rows: &[Vec<String>]) -> Vec<(usize, String)> {
    let [first, others @ ..] = rows else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let mut constants: Vec<(usize, String)> = first
        .iter()
        .enumerate()
        .filter(|(index, cell)| {
            heads[*index].gives_way > 0 && others.iter().all(|row| row[*index] == **cell)
        })
        .map(|(index, cell)| (index, cell.clone()))
        .collect();
    constants.sort_by_key(|(index, _)| std::cmp::Reverse(heads[*index].gives_way));
    constants
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn head(name: &'static str, whole: bool, gives_way: u8) -> HeaderCell {
        HeaderCell { name, is_time: false, align_right: false, whole, gives_way }
    }

    const HEADS: [HeaderCell; 5] = [
        head("username", true, 0),
        head("name", false, 0),
        head("state", false, 1),
        head("teams", false, 3),
        head("password", false, 2),
    ];

    fn row(cells: [&str; 5]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    fn fitted(room: usize, rows: &[Vec<String>]) -> (Vec<(&'static str, usize)>, Vec<LeftOut>) {
        let header = row(["USERNAME", "NAME", "STATE", "TEAMS", "PASSWORD"]);
        let mut layout = Layout::natural(&header, rows);
        layout.fit(&HEADS, room, Some(rows));
        let columns = layout.columns.iter().map(|(index, width)| (HEADS[*index].name, *width));
        (columns.collect(), layout.left_out)
    }

    fn people() -> Vec<Vec<String>> {
        vec![
            row(["eva.kovacs", "Kovács Éva Mária", "active", "voice, night", "temporary"]),
            row(["al", "Al", "active", "voice", "permanent"]),
        ]
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let (columns, left_out) = fitted(61, &people());
        let widths: Vec<usize> = columns.iter().map(|(_, width)| *width).collect();
        assert_eq!(widths, [10, 16, 6, 12, 9]);
        assert_eq!(left_out, []);
    }

    #[test]
    fn what_is_the_same_in_all_rows_goes_first() {
        let (columns, left_out) = fitted(60, &people());
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["username", "name", "teams", "password"]);
        assert_eq!(left_out, [LeftOut { name: "state", constant: Some("active".to_owned()) }]);
        // One row alone says nothing about the others.
        let (columns, _) = fitted(60, &people()[..1]);
        assert_eq!(columns[2], ("state", 6));
    }

    #[test]
    fn then_a_text_is_cut_and_then_the_least_asked_for_goes() {
        let (columns, left_out) = fitted(49, &people());
        assert_eq!(columns, [("username", 10), ("name", 12), ("teams", 12), ("password", 9)]);
        assert_eq!(left_out.len(), 1);
        let (columns, left_out) = fitted(48, &people());
        assert_eq!(columns, [("username", 10), ("name", 12), ("password", 9)]);
        assert_eq!(left_out[1], LeftOut { name: "teams", constant: None });
    }

    #[test]
    fn what_tells_the_rows_apart_is_never_cut() {
        let (columns, _) = fitted(5, &people());
        assert_eq!(columns, [("username", 10), ("name", 3)]);
    }

    /// Where more rows are to come than were looked at, nothing is known of all of them.
    #[test]
    fn a_list_that_goes_on_has_no_constants() {
        let rows = people();
        let header = row(["USERNAME", "NAME", "STATE", "TEAMS", "PASSWORD"]);
        let mut layout = Layout::natural(&header, &rows);
        layout.fit(&HEADS, 59, None);
        assert_eq!(layout.left_out, []);
        assert_eq!(layout.columns[1], (1, 14));
    }
}
