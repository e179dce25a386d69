//! One record of a table: its cells, one behind the other.

/// A record; reading the next one makes use of the same memory.
#[derive(Debug, Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// The line, or the row of a sheet, that it begins in.
    pub(super) line: u64,
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Adds to the cell that is not ended.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn end_cell(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// Takes back the cell that is not ended: there were only blanks in it.
    pub(super) fn drop_blanks(&mut self) {
        self.bytes.truncate(self.ends.last().copied().unwrap_or_default());
    }

    /// Whether the last byte of the cell that is not ended is this one.
    pub(super) fn ends_with(&self, byte: u8) -> bool {
        let begin = self.ends.last().copied().unwrap_or_default();
        self.bytes.get(begin..).is_some_and(|cell| cell.last() == Some(&byte))
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let begin = index.checked_sub(1).and_then(|before| self.ends.get(before).copied());
        self.bytes.get(begin.unwrap_or_default()..end)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| self.bytes.get(begin..*end).unwrap_or_default())
    }

    /// Everything in it, for whoever guesses what it is written in.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there is nothing in it that could be seen.
    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.bytes)
    }
}

/// Whether there is nothing but blanks, the no-break ones among them.
pub(super) fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
        || !cell.first().is_some_and(u8::is_ascii_graphic)
            && std::str::from_utf8(cell).is_ok_and(|text| text.trim().is_empty())
}
