//! What would let a row, or a whole file, in: told beside what is wrong, for the one who words it, asks
//! for it or writes the next call.

use crate::model::{ImportField, Invalid};

/// What would let a refused row, or the file, in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportRemedy {
    /// Reading the file in this encoding.
    Encoding(&'static str),
    /// Reading the header from this line.
    HeaderLine(u64),
    /// Saying what a column means, or that it means nothing.
    Column {
        /// Its name in the file.
        name: String,
        /// The first values in it.
        samples: Vec<String>,
        /// The field that it probably is.
        likely: Option<ImportField>,
    },
    /// Saying what a word in a list stands for here.
    Word {
        /// The list: roles, teams, skills or projects.
        field: ImportField,
        /// The word.
        word: String,
    },
    /// Saying what a column means, or leaving it out, where another is read as the same field.
    SecondColumn {
        /// Its name in the file.
        name: String,
        /// The first values in it.
        samples: Vec<String>,
    },
    /// Taking digits without a `+` for international numbers.
    AssumePlus,
    /// Something that no option alone settles.
    Manual(ManualRemedy),
}

/// What the one who made the file or the call has to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManualRemedy {
    /// Saying which column has the usernames.
    UsernameColumn,
    /// Naming a column as the header has it: one was given a meaning that is not there.
    NamedColumn,
    /// Choosing another sheet of the workbook.
    AnotherSheet,
    /// Choosing no sheet: the file is no workbook.
    NoSheet,
    /// Saying nothing of the file's form.
    AnyFormat,
    /// One JSON object a line, as an export writes them.
    JsonLines,
    /// UTF-8, or saying that it is UTF-16.
    Utf8,
}

/// A value that breaks a rule, and what would let it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) invalid: Invalid,
    pub(super) remedy: Option<ImportRemedy>,
}

impl Flaw {
    pub(super) fn new(invalid: Invalid, remedy: impl Into<ImportRemedy>) -> Self {
        Self { invalid, remedy: Some(remedy.into()) }
    }
}

impl From<ManualRemedy> for ImportRemedy {
    fn from(remedy: ManualRemedy) -> Self {
        Self::Manual(remedy)
    }
}

impl From<Invalid> for Flaw {
    fn from(invalid: Invalid) -> Self {
        Self { invalid, remedy: None }
    }
}

/// A value that is refused unless it is the stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) field: ImportField,
    pub(super) flaw: Flaw,
}
