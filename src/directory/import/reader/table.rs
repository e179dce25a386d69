//! A table with a header: what its columns mean, and the rows below, from whatever kind of file.

use std::io::{self, Read};

use encoding_rs::Encoding;

use super::cells::{Record, is_blank};
use super::csv::{CsvRecords, SEPARATORS, best_separator, named_separator};
use super::input::{TextInput, likeliest_encoding};
use super::record::{ColumnNames, ParsedRow, RawRow, ReadError, RowBuilder};
use super::sheet::{SheetCells, SheetRecords};
use crate::directory::import::damage::{error_word, shortened_number, wrong_letters};
use crate::directory::import::example::example_of;
use crate::directory::import::mapping::{CellCache, ImportMapping, password_cell, plain_cell};
use crate::directory::import::remedy::{Doubt, Flaw, ImportRemedy};
use crate::directory::import::row::RowEdits;
use crate::directory::import::warning::ImportWarning;
use crate::model::{ImportField, Invalid, Rule};

/// The rows of a table.
pub(in crate::directory::import) struct TableReader<'s, R> {
    pub(super) records: Records<'s, R>,
    pub(super) columns: Vec<TableColumn>,
    /// Fields that are put together from several columns, in the order of their parts.
    pub(super) joined: Vec<(ImportField, Vec<usize>)>,
    /// The header's cells, to know them again.
    pub(super) header: Record,
    record: Record,
    familiar: CellCache,
    /// What was noticed and not told yet.
    remarks: Vec<ImportWarning>,
    /// Rows that end early: how many, and the line of the first.
    short_rows: (u64, u64),
}

/// Where the rows come from.
pub(super) enum Records<'s, R> {
    Csv(CsvRecords<HeadFirst<R>>),
    Sheet(SheetRecords<'s>),
}

/// The header's line again, then the rest.
pub(super) type HeadFirst<R> = io::Chain<io::Cursor<Vec<u8>>, TextInput<R>>;

pub(super) struct TableColumn {
    pub(super) name: String,
    pub(super) field: Option<ImportField>,
}

impl<'s, R: Read> TableReader<'s, R> {
    /// Begins to read CSV: finds the header, in the line that the caller names or the first that
    /// holds anything.
    pub(in crate::directory::import) fn begin(
        mut input: TextInput<R>,
        mapping: &ImportMapping,
        header_line: Option<u64>,
    ) -> Result<Self, ReadError> {
        let (mut line, mut separator) = (0, None);
        let mut after_cr = false;
        let first = loop {
            let text = input.line()?;
            if text == b"\n" && after_cr {
                after_cr = false;
                continue;
            }
            after_cr = text.ends_with(b"\r");
            line += 1;
            if text.is_empty() {
                let invalid = Invalid::new(Rule::Header, "there is no header");
                let hint = "the first line names the columns, `username` among them";
                return Err(ReadError::at(header_line.unwrap_or(1), invalid.with_hint(hint)));
            }
            if separator.is_none() && named_separator(&text).is_some() {
                separator = named_separator(&text);
                continue;
            }
            let before = header_line.is_some_and(|wanted| line < wanted);
            if !before && (header_line.is_some() || !is_empty_line(&text)) {
                break text;
            }
        };
        let separator = separator.unwrap_or_else(|| best_separator(&first, mapping));
        let records = CsvRecords::new(io::Cursor::new(first).chain(input), separator, line);
        let mut table = Self::over(Records::Csv(records));
        table.records.read(&mut table.header)?;
        table.read_header(mapping)?;
        Ok(table)
    }

    /// Begins to read a sheet.
    pub(in crate::directory::import) fn of_sheet(
        sheet: &'s SheetCells,
        mapping: &ImportMapping,
        header_line: Option<u64>,
    ) -> Result<Self, ReadError> {
        let mut table = Self::over(Records::Sheet(SheetRecords::new(sheet)));
        while table.records.read(&mut table.header)? {
            if header_line.is_none_or(|line| table.header.line >= line) {
                table.read_header(mapping)?;
                return Ok(table);
            }
        }
        let invalid = Invalid::new(Rule::Header, "there is no header")
            .with_hint("the first row names the columns, `username` among them");
        Err(ReadError::at(header_line.unwrap_or(1), invalid))
    }

    fn over(records: Records<'s, R>) -> Self {
        Self {
            records,
            columns: Vec::new(),
            joined: Vec::new(),
            header: Record::default(),
            record: Record::default(),
            familiar: CellCache::default(),
            remarks: Vec::new(),
            short_rows: (0, 0),
        }
    }

    /// What is said of a cell that is not UTF-8: how it reads in the likeliest encoding.
    pub(super) fn not_utf8(&self, cell: &[u8], record: &Record) -> Flaw {
        let ahead = match &self.records {
            Records::Csv(csv) => csv.input.get_ref().1.buffer(),
            Records::Sheet(_) => &[],
        };
        let encoding = likeliest_encoding(&[record.bytes(), b"\n", ahead].concat());
        reads_as(encoding, cell)
    }

    /// The next row; `None` at the end.
    pub(in crate::directory::import) fn next(
        &mut self,
        mapping: &ImportMapping,
    ) -> Result<Option<ParsedRow>, ReadError> {
        loop {
            let mut record = std::mem::take(&mut self.record);
            let read = self.records.read(&mut record);
            self.record = record;
            if !read? {
                if let (count @ 1.., line) = std::mem::take(&mut self.short_rows) {
                    self.remarks.push(ImportWarning::RowsEndEarly { count, line });
                }
                return Ok(None);
            }
            // A line without anything in it, which spreadsheets like to leave at the end.
            if self.record.is_blank() {
                continue;
            }
            if self.is_example() {
                continue;
            }
            if self.is_header_again() {
                self.remarks.push(ImportWarning::HeaderAgain { line: self.record.line });
                continue;
            }
            return Ok(Some(self.row(mapping)));
        }
    }

    /// Whether it is the row that a template for imports has, as it was written.
    fn is_example(&self) -> bool {
        let mut fields = self.columns.iter().enumerate().filter_map(|(index, column)| {
            Some((column.field?, self.record.get(index).unwrap_or_default().trim_ascii()))
        });
        fields.all(|(field, cell)| cell == example_of(field).as_bytes())
    }

    fn is_header_again(&self) -> bool {
        let same = |one: Option<&[u8]>, other: &[u8]| {
            // Of files that were put together each may begin with a mark.
            let one = one.map(|one| one.strip_prefix("\u{feff}".as_bytes()).unwrap_or(one));
            one.is_some_and(|one| one.trim_ascii() == other.trim_ascii())
        };
        let mut cells = self.columns.iter().zip(self.header.iter()).enumerate();
        cells.all(|(index, (_, cell))| same(self.record.get(index), cell))
    }

    fn row(&mut self, mapping: &ImportMapping) -> ParsedRow {
        let mut draft = RowBuilder::at(self.record.line);
        draft.of_sheet = matches!(self.records, Records::Sheet(_));
        let named = self.columns.iter().rposition(|column| !column.name.is_empty());
        // In a sheet no row says where it ends.
        if !draft.of_sheet && self.record.len() <= named.unwrap_or_default() {
            self.short_rows = match self.short_rows {
                (0, _) => (1, draft.line),
                (count, line) => (count + 1, line),
            };
        }
        let width = self.columns.len();
        let cell_too_many = (width..self.record.len())
            .find(|index| self.record.get(*index).is_some_and(|cell| !is_blank(cell)));
        if let Some(index) = cell_too_many.filter(|_| !draft.of_sheet) {
            // One before it may be two: which column any of them belongs to is not sure.
            self.surplus_cell(&mut draft, index);
            return ParsedRow::Flawed(draft.row_errors, None);
        }
        let mut username = ("", None);
        for index in 0..self.record.len() {
            let cell = self.record.get(index).unwrap_or_default();
            let Some(column) = self.columns.get(index).filter(|one| !one.name.is_empty()) else {
                if !is_blank(cell) {
                    self.surplus_cell(&mut draft, index);
                }
                continue;
            };
            let Some(field) = column.field else { continue };
            if field == ImportField::Username {
                username = (&column.name, Some(index));
            }
            let Ok(text) = std::str::from_utf8(cell) else {
                draft.note(Some(&column.name), Some(index), self.not_utf8(cell, &self.record));
                continue;
            };
            if self.joined.iter().any(|(one, _)| *one == field) {
                continue;
            }
            let taken = take(&mut self.familiar, &mut draft, mapping, field, text);
            if let Err(flaw) = taken {
                draft.note(Some(&column.name), Some(index), flaw);
            }
        }
        for (field, parts) in &self.joined {
            let cells = parts.iter().filter_map(|index| self.record.get(*index));
            let cells = cells.filter_map(|cell| std::str::from_utf8(cell).ok().map(str::trim));
            let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
            let separator = if *field == ImportField::FullName { " " } else { ";" };
            let text = cells.join(separator);
            if let Err(flaw) = take(&mut self.familiar, &mut draft, mapping, *field, &text) {
                let first = parts.first().copied();
                let column = first.and_then(|index| self.columns.get(index));
                draft.note(column.map(|column| column.name.as_str()), first, flaw);
            }
        }
        draft.finish(username.0, username.1)
    }

    /// Notes a cell that stands below no name, or behind the last.
    fn surplus_cell(&self, draft: &mut RowBuilder, index: usize) {
        const NAME_IT: &str = "give it one in the header, or take it out";
        let shown = String::from_utf8_lossy(self.record.get(index).unwrap_or_default());
        let shown = shown.trim().escape_debug();
        let (ordinal, line) = (ordinal(index + 1), draft.line);
        let invalid = if draft.of_sheet {
            let what = format!("`{shown}` is in a column without a name");
            Invalid::new(Rule::Header, what).with_hint(NAME_IT)
        } else if index < self.columns.len() {
            let what =
                format!("the {ordinal} column has no name, and line {line} has `{shown}` there");
            Invalid::new(Rule::Header, what).with_hint(NAME_IT)
        } else {
            let what = format!(
                "the row has a cell too many: `{shown}` is in the {ordinal} column, and the header \
                 has {}",
                self.columns.len()
            );
            Invalid::new(Rule::Row, what).with_hint("is a cell with a separator not quoted?")
        };
        draft.note(None, Some(index), invalid);
    }

    pub(in crate::directory::import) fn columns(&self) -> ColumnNames {
        let columns = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| Some((column.field?, column.name.clone(), index)));
        ColumnNames(columns.collect(), matches!(self.records, Records::Sheet(_)))
    }

    pub(in crate::directory::import) fn take_remarks(&mut self) -> Vec<ImportWarning> {
        std::mem::take(&mut self.remarks)
    }

    pub(in crate::directory::import) fn digest(&self) -> u64 {
        match &self.records {
            Records::Csv(csv) => csv.input.get_ref().1.digest(),
            // It is in memory, and nobody changes it.
            Records::Sheet(_) => 0,
        }
    }

    pub(in crate::directory::import) fn raw(&self) -> RawRow {
        RawRow {
            header: self.columns.iter().map(|column| column.name.clone().into_bytes()).collect(),
            cells: self.record.iter().map(<[u8]>::to_vec).collect(),
        }
    }
}

impl<R: Read> Records<'_, R> {
    /// Reads the next record; `false` at the end.
    fn read(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        match self {
            Self::Csv(csv) => csv.read(record),
            Self::Sheet(sheet) => Ok(sheet.read(record)),
        }
    }
}

/// What is said of text that is not UTF-8: how it reads in the likeliest encoding.
pub(super) fn reads_as(encoding: &'static Encoding, text: &[u8]) -> Flaw {
    let (text, _) = encoding.decode_without_bom_handling(text);
    let name = encoding.name().to_ascii_lowercase();
    let what = format!("it is not UTF-8: as {name} it reads `{}`", text.trim().escape_debug());
    Flaw::new(Invalid::new(Rule::Row, what), ImportRemedy::Encoding(encoding.name()))
}

/// Puts what a cell says into `draft`.
fn take(
    familiar: &mut CellCache,
    draft: &mut RowBuilder,
    mapping: &ImportMapping,
    field: ImportField,
    text: &str,
) -> Result<(), Flaw> {
    let edits: &mut RowEdits = &mut draft.edits;
    let mut doubt = |invalid: Option<Invalid>| {
        edits.doubts.extend(invalid.map(|invalid| Doubt { field, flaw: invalid.into() }));
    };
    match field {
        ImportField::Username => {
            doubt(shortened_number(text.trim()));
            draft.username = Some(text.trim().to_owned());
            Ok(())
        }
        ImportField::TemporaryPassword => {
            draft.password = password_cell(text)?;
            Ok(())
        }
        // A name may look like damage: then its user is in the store already.
        ImportField::FullName => {
            doubt(error_word(text.trim()).or_else(|| wrong_letters(text.trim())));
            mapping.apply(edits, field, &plain_cell(text)?)
        }
        field => familiar.apply(mapping, edits, field, text),
    }
}

/// Whether a line holds nothing but blanks, separators and quotes.
fn is_empty_line(line: &[u8]) -> bool {
    let nothing =
        |byte: &u8| byte.is_ascii_whitespace() || *byte == b'"' || SEPARATORS.contains(byte);
    line.iter().all(nothing) || is_blank(line)
}

/// `third`, as people say it.
fn ordinal(number: usize) -> String {
    const WORDS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    match number.checked_sub(1).and_then(|index| WORDS.get(index)) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}th"),
    }
}
