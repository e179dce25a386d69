//! The header of a table: what its columns mean, and what is wrong with one.

use std::io::Read;

use super::cells::{Record, is_blank};
use super::csv::{CsvRecords, best_separator};
use super::record::{ReadError, row_error};
use super::table::{Records, TableColumn, TableReader};
use crate::directory::import::header::{ColumnMeaning, likely};
use crate::directory::import::mapping::{ImportMapping, same};
use crate::directory::import::remedy::{Flaw, ImportRemedy, ManualRemedy};
use crate::directory::import::row::RowError;
use crate::model::{ImportField, Invalid, Rule, Username};

/// So many faults of a header are told; a header that is none has thousands.
const MAX_HEADER_ERRORS: usize = 20;

/// So many records below a header that is none are looked at for a better one.
const MAX_RECORDS_AHEAD: usize = 20;

/// So many values of an unknown column are shown.
const MAX_SAMPLES: usize = 3;

impl<R: Read> TableReader<'_, R> {
    pub(super) fn read_header(&mut self, mapping: &ImportMapping) -> Result<(), ReadError> {
        let line = self.header.line;
        let mut names = Vec::with_capacity(self.header.len());
        for cell in self.header.iter() {
            let Ok(text) = std::str::from_utf8(cell) else {
                let flaw = self.not_utf8(cell, &self.header);
                return Err(ReadError::Flawed(vec![row_error(line, flaw)]));
            };
            names.push(text.trim().to_owned());
        }
        let meanings: Vec<ColumnMeaning> = names.iter().map(|name| mapping.meaning(name)).collect();
        let is_username = |one: &ColumnMeaning| one.field() == Some(ImportField::Username);
        if !meanings.iter().any(is_username)
            && let Some(better) = self.better_header(mapping)
        {
            let what = format!("this is no header, line {better} looks like one");
            let invalid = Invalid::new(Rule::Header, what);
            let flaw = Flaw::new(invalid, ImportRemedy::HeaderLine(better));
            return Err(ReadError::Flawed(vec![row_error(line, flaw)]));
        }
        let errors = self.header_errors(mapping, &names, &meanings);
        if !errors.is_empty() {
            return Err(ReadError::Flawed(errors));
        }
        self.columns = names
            .into_iter()
            .zip(&meanings)
            .map(|(name, meaning)| TableColumn {
                field: meaning.field().filter(|_| !name.is_empty()),
                name,
            })
            .collect();
        for field in ImportField::ALL {
            let mut parts: Vec<usize> = (0..self.columns.len())
                .filter(|index| {
                    self.columns.get(*index).is_some_and(|one| one.field == Some(field))
                })
                .collect();
            if parts.len() > 1 {
                let order = |index: &usize| {
                    self.columns.get(*index).and_then(|column| mapping.order(&column.name))
                };
                parts.sort_by_key(order);
                self.joined.push((field, parts));
            }
        }
        Ok(())
    }

    /// What is wrong with a header.
    fn header_errors(
        &self,
        mapping: &ImportMapping,
        names: &[String],
        meanings: &[ColumnMeaning],
    ) -> Vec<RowError> {
        let line = self.header.line;
        let mut errors: Vec<RowError> = Vec::new();
        let usernames = self.likely_usernames(names, meanings);
        for (index, (name, meaning)) in names.iter().zip(meanings).enumerate() {
            if name.is_empty() {
                continue;
            }
            let flaw = match meaning {
                ColumnMeaning::Unknown => {
                    let likely = likely_field(name, meanings);
                    let usernames = (usernames == Some(index)).then_some(ImportField::Username);
                    Some(self.unknown_column(index, name, likely.or(usernames)))
                }
                meaning => meaning.field().and_then(|field| {
                    let earlier =
                        meanings.iter().take(index).position(|one| one.field() == Some(field))?;
                    let said =
                        |one: Option<&ColumnMeaning>| matches!(one, Some(ColumnMeaning::Said(_)));
                    let joins = said(Some(meaning)) && said(meanings.get(earlier));
                    if joins && can_be_joined(field) {
                        return None;
                    }
                    let other = names.get(earlier).map_or("", String::as_str);
                    Some(self.second_column(index, name, other, field))
                }),
            };
            if let Some(flaw) = flaw {
                errors.push(RowError { column: Some(name.clone()), ..row_error(line, flaw) });
            }
            if errors.len() >= MAX_HEADER_ERRORS {
                return errors;
            }
        }
        let header: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        for name in mapping.unused(&header) {
            let what = format!("there is no column `{}`", name.escape_debug());
            let flaw = Flaw::new(Invalid::new(Rule::Header, what), ManualRemedy::NamedColumn);
            errors.push(RowError { column: Some(name), ..row_error(line, flaw) });
        }
        if !meanings.iter().any(|one| one.field() == Some(ImportField::Username)) {
            let invalid = Invalid::new(Rule::Header, "there is no column `username`")
                .with_hint("the first line names the columns");
            errors.push(row_error(line, Flaw::new(invalid, ManualRemedy::UsernameColumn)));
        }
        errors
    }

    /// Where no column is called as usernames are: the first that is not known and that may hold
    /// them.
    fn likely_usernames(&self, names: &[String], meanings: &[ColumnMeaning]) -> Option<usize> {
        if meanings.iter().any(|one| one.field() == Some(ImportField::Username)) {
            return None;
        }
        let mut columns = names.iter().zip(meanings).enumerate();
        let (index, _) = columns.find(|(index, (name, meaning))| {
            let samples = self.samples(*index);
            let is_unknown = **meaning == ColumnMeaning::Unknown && !name.is_empty();
            is_unknown
                && likely_field(name, meanings).is_none()
                && !samples.is_empty()
                && samples.iter().all(|sample| sample.parse::<Username>().is_ok())
        })?;
        Some(index)
    }

    fn unknown_column(&self, index: usize, name: &str, likely: Option<ImportField>) -> Flaw {
        let hint = match likely {
            Some(field) => format!("did you mean `{field}`?"),
            None => {
                format!("the fields are: {}", ImportField::ALL.map(ImportField::as_str).join(", "))
            }
        };
        let what = format!("unknown column `{}`", name.escape_debug());
        let invalid = Invalid::new(Rule::Header, what).with_hint(hint);
        let samples = self.samples(index);
        Flaw::new(invalid, ImportRemedy::Column { name: name.to_owned(), samples, likely })
    }

    fn second_column(&self, index: usize, name: &str, other: &str, field: ImportField) -> Flaw {
        if same(name, other) {
            let what = format!("the column `{}` appears twice", name.escape_debug());
            return Invalid::new(Rule::Header, what).into();
        }
        let (name, samples) = (name.to_owned(), self.samples(index));
        let what = format!(
            "`{}` and `{}` are both read as `{field}`",
            other.escape_debug(),
            name.escape_debug()
        );
        let invalid = Invalid::new(Rule::Header, what);
        Flaw::new(invalid, ImportRemedy::SecondColumn { name, samples })
    }

    /// The first values of a column, as far as they were read already.
    fn samples(&self, column: usize) -> Vec<String> {
        let records = self.ahead(None);
        let cells = records.iter().filter_map(|record| record.get(column));
        let cells = cells.filter(|cell| !is_blank(cell)).take(MAX_SAMPLES);
        cells.map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
    }

    /// A line below that names a column `username`.
    fn better_header(&self, mapping: &ImportMapping) -> Option<u64> {
        let names_username = |record: &&Record| {
            record.iter().any(|cell| {
                std::str::from_utf8(cell)
                    .is_ok_and(|name| mapping.meaning(name).field() == Some(ImportField::Username))
            })
        };
        let records = self.ahead(Some(mapping));
        records.iter().find(names_username).map(|record| record.line)
    }

    /// The lines below the header that were read already: looking at more could wait for somebody
    /// who writes them one by one.
    ///
    /// Of CSV each line is taken apart as the header is, or as the `mapping` finds best.
    fn ahead(&self, mapping: Option<&ImportMapping>) -> Vec<Record> {
        let mut records = Vec::new();
        let csv = match &self.records {
            Records::Csv(csv) => csv,
            Records::Sheet(sheet) => {
                let mut sheet = sheet.ahead();
                let mut record = Record::default();
                while records.len() < MAX_RECORDS_AHEAD && sheet.read(&mut record) {
                    records.push(std::mem::take(&mut record));
                }
                return records;
            }
        };
        let buffer = csv.input.get_ref().1.buffer();
        // What is left of a CR LF behind the header.
        let buffer = buffer.strip_prefix(b"\n").filter(|_| csv.after_cr).unwrap_or(buffer);
        let end = if buffer.contains(&b'\n') { b'\n' } else { b'\r' };
        let lines = buffer.split_inclusive(|byte| *byte == end).take(MAX_RECORDS_AHEAD);
        for (line, number) in lines.zip(csv.line..) {
            let mut record = Record::default();
            let separator = mapping.map_or(csv.separator, |mapping| best_separator(line, mapping));
            // A part of a record, where a cell has several lines, is none.
            if let Ok(true) = CsvRecords::new(line, separator, number).read(&mut record) {
                records.push(record);
            }
        }
        records
    }
}

/// The field that an unknown column probably is, where no other column is that.
fn likely_field(name: &str, meanings: &[ColumnMeaning]) -> Option<ImportField> {
    likely(name).filter(|field| !meanings.iter().any(|one| one.field() == Some(*field)))
}

/// Whether what several columns say can be put together.
fn can_be_joined(field: ImportField) -> bool {
    matches!(
        field,
        ImportField::FullName
            | ImportField::Roles
            | ImportField::Teams
            | ImportField::Skills
            | ImportField::Projects
    )
}
