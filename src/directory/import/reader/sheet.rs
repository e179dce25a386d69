//! The cells of a sheet of a workbook, in memory, as the records of a table.

use super::cells::Record;

/// The cells that hold something, row by row.
#[derive(Debug, Default)]
pub(in crate::directory::import) struct SheetCells {
    /// What they hold, one behind the other.
    text: Vec<u8>,
    cells: Vec<SheetCell>,
}

/// A cell that holds something, and where its text ends.
#[derive(Debug, Clone, Copy)]
struct SheetCell {
    /// Counted from 0.
    row: u32,
    column: u16,
    end: u32,
}

impl SheetCells {
    /// Adds a cell; they come row by row.
    pub(super) fn push(&mut self, row: u32, column: u16, text: &str) -> Option<()> {
        let end = u32::try_from(self.text.len().checked_add(text.len())?).ok()?;
        self.text.extend_from_slice(text.as_bytes());
        self.cells.push(SheetCell { row, column, end });
        Some(())
    }

    pub(super) fn count(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// The rows of a sheet, one after the other.
pub(super) struct SheetRecords<'s> {
    sheet: &'s SheetCells,
    /// The cell that comes next.
    next: usize,
}

impl<'s> SheetRecords<'s> {
    pub(super) fn new(sheet: &'s SheetCells) -> Self {
        Self { sheet, next: 0 }
    }

    /// Another reader of what comes next.
    pub(super) fn ahead(&self) -> Self {
        Self { sheet: self.sheet, next: self.next }
    }

    /// Reads the next row that holds anything; `false` at the end.
    pub(super) fn read(&mut self, record: &mut Record) -> bool {
        record.clear();
        let cells = self.sheet.cells.get(self.next..).unwrap_or_default();
        let Some(first) = cells.first().copied() else { return false };
        record.line = u64::from(first.row) + 1;
        let mut begin = match self.next.checked_sub(1).and_then(|last| self.sheet.cells.get(last)) {
            Some(before) => before.end,
            None => 0,
        };
        for cell in cells.iter().take_while(|cell| cell.row == first.row) {
            while record.len() < usize::from(cell.column) {
                record.end_cell();
            }
            let range = begin as usize..cell.end as usize;
            record.push(self.sheet.text.get(range).unwrap_or_default());
            record.end_cell();
            begin = cell.end;
            self.next += 1;
        }
        true
    }
}

/// A cell as a spreadsheet calls it: `C7`; its column is counted from 0, its row from 1.
pub(super) fn address(column: usize, row: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or_default());
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    let letters: String = letters.into_iter().rev().map(char::from).collect();
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_called_as_spreadsheets_call_them() {
        for (column, row, expected) in [
            (0, 1, "A1"),
            (2, 7, "C7"),
            (25, 9, "Z9"),
            (26, 1, "AA1"),
            (701, 3, "ZZ3"),
            (702, 3, "AAA3"),
        ] {
            assert_eq!(address(column, row), expected);
        }
    }

    #[test]
    fn empty_cells_and_rows_are_told_from_none() {
        let mut sheet = SheetCells::default();
        for (row, column, text) in [(0, 0, "a"), (0, 3, "b"), (4, 1, "c")] {
            sheet.push(row, column, text).unwrap();
        }
        let mut records = SheetRecords::new(&sheet);
        let mut record = Record::default();
        assert!(records.read(&mut record));
        assert_eq!(record.iter().collect::<Vec<_>>(), [&b"a"[..], b"", b"", b"b"]);
        assert!(records.ahead().read(&mut record));
        assert_eq!((record.line, record.get(1)), (5, Some(&b"c"[..])));
        assert!(records.read(&mut record) && !records.read(&mut record));
    }
}
