//! Which sheet of a workbook is meant, and its cells.

use std::ops::ControlFlow;

use super::refusal::{refused, too_large};
use crate::directory::import::reader::record::ReadError;
use crate::directory::import::reader::sheet::SheetCells;
use crate::directory::import::remedy::{Flaw, ManualRemedy};
use crate::directory::import::warning::ImportWarning;
use crate::model::{Invalid, Rule};

/// A sheet that was read, and what is worth a word about it.
pub(in crate::directory::import) struct Sheet {
    pub(in crate::directory::import::reader) cells: SheetCells,
    pub(in crate::directory::import) remark: Option<ImportWarning>,
}

/// The most sheets of a workbook.
pub(super) const MAX_SHEETS: usize = 1_000;

/// The most cells that hold something.
pub(super) const MAX_CELLS: usize = 12_000_000;

/// The most that the cells of a sheet may hold, in bytes.
const MAX_TEXT_BYTES: usize = 128 << 20;

/// The largest file, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// The widest sheet, in columns.
pub(super) const MAX_COLUMNS: u32 = 1_000;

/// What is to be known of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interest {
    Nothing,
    WhetherItHoldsAnything,
    Cells,
}

/// The sheets that were seen so far. The one that was asked for is read, else the first to be seen
/// that holds anything; of the later ones it is noted whether they do.
pub(super) struct SheetChoice<'w> {
    wanted: Option<&'w str>,
    names: Vec<String>,
    hidden: Vec<String>,
    others: Vec<String>,
    interest: Interest,
    /// The sheet that is read.
    used: Option<String>,
    cells: SheetCells,
}

impl<'w> SheetChoice<'w> {
    pub(super) fn new(wanted: Option<&'w str>) -> Self {
        Self {
            wanted,
            names: Vec::new(),
            hidden: Vec::new(),
            others: Vec::new(),
            interest: Interest::Nothing,
            used: None,
            cells: SheetCells::default(),
        }
    }

    /// Begins the next sheet; whether its cells are to be added.
    pub(super) fn begin(&mut self, name: &str, is_visible: bool) -> Result<bool, ReadError> {
        if self.names.len() >= MAX_SHEETS {
            return Err(too_large("it has more than 1000 sheets"));
        }
        self.names.push(name.to_owned());
        if !is_visible {
            self.hidden.push(name.to_owned());
        }
        let is_read = self.cells.count() > 0;
        self.interest = match self.wanted {
            Some(wanted) if self.used.is_none() && name.to_lowercase() == wanted.to_lowercase() => {
                Interest::Cells
            }
            None if is_visible && is_read => Interest::WhetherItHoldsAnything,
            None if is_visible => Interest::Cells,
            _ => Interest::Nothing,
        };
        if self.interest == Interest::Cells {
            self.used = Some(name.to_owned());
        }
        Ok(self.interest != Interest::Nothing)
    }

    /// Adds a cell of the sheet, row by row; breaks where no further ones are needed.
    pub(super) fn add(
        &mut self,
        row: u32,
        column: u32,
        text: &str,
    ) -> Result<ControlFlow<()>, ReadError> {
        if text.trim().is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if self.interest != Interest::Cells {
            if self.interest == Interest::WhetherItHoldsAnything {
                self.others.extend(self.names.last().cloned());
                self.interest = Interest::Nothing;
            }
            return Ok(ControlFlow::Break(()));
        }
        let narrow = u16::try_from(column).ok().filter(|_| column < MAX_COLUMNS);
        let Some(narrow) = narrow else {
            return Err(too_large("a row has more than 1000 columns"));
        };
        let too_much = || too_large("the sheet holds more than a roster does");
        if self.cells.count() >= MAX_CELLS || self.cells.bytes() + text.len() > MAX_TEXT_BYTES {
            return Err(too_much());
        }
        self.cells.push(row, narrow, text).ok_or_else(too_much)?;
        Ok(ControlFlow::Continue(()))
    }

    /// The sheet that is meant.
    pub(super) fn finish(self) -> Result<Sheet, ReadError> {
        let Self { wanted, names, hidden, others, used, cells, .. } = self;
        let list = |names: &[String]| {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        match (wanted, used) {
            (None, Some(used)) if cells.count() > 0 => {
                let remark =
                    (!others.is_empty()).then_some(ImportWarning::OtherSheets { used, others });
                Ok(Sheet { cells, remark })
            }
            (Some(_), Some(_)) if cells.count() > 0 => Ok(Sheet { cells, remark: None }),
            (Some(_), Some(used)) => Err(another_sheet(format!("the sheet `{used}` is empty"))),
            (Some(wanted), None) => Err(refused(
                format!("there is no sheet `{}`", wanted.escape_debug()),
                &format!("the sheets are: {}", list(&names)),
            )),
            (None, _) if !hidden.is_empty() => Err(another_sheet(format!(
                "no sheet of the workbook that is to be seen holds anything; hidden: {}",
                list(&hidden)
            ))),
            (None, _) => Err(refused(
                "the workbook is empty",
                "the first row names the columns, `username` among them",
            )),
        }
    }
}

/// Refuses the sheet that was chosen, where another one may do.
fn another_sheet(what: String) -> ReadError {
    ReadError::at(0, Flaw::new(Invalid::new(Rule::Header, what), ManualRemedy::AnotherSheet))
}
