//! What is worth a word about a roster and does not keep it from being imported.

use crate::directory::EntityKind;
use crate::model::{ImportField, ProjectName, Username};

/// Something that may not be what was meant; it does not keep an import from being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportWarning {
    /// A new username differs from another one only in case.
    CaseTwin {
        /// The line.
        line: u64,
        /// The new one.
        username: Username,
        /// The other.
        twin: String,
    },
    /// A team, skill or project is made, and one that is there is nearly called so.
    NearlyThere {
        /// What is made.
        object: EntityKind,
        /// Its name.
        name: String,
        /// The one that is there.
        near: String,
    },
    /// Passwords stand in rows about users who exist: they keep theirs.
    PasswordsKept {
        /// How many.
        count: u64,
    },
    /// The write will take so long that others notice.
    LongWrite {
        /// Rows.
        rows: u64,
        /// Seconds, roughly.
        seconds: u64,
    },
    /// A project of the one whom new users are like is inactive: they do not get it.
    LeftOut(ProjectName),
    /// A project has no active agent left.
    Unattended(ProjectName),
    /// Rows have fewer cells than the header: what they lack is taken for empty.
    RowsEndEarly {
        /// How many.
        count: u64,
        /// The line of the first.
        line: u64,
    },
    /// The header stands again between the rows, and is left out.
    HeaderAgain {
        /// The line.
        line: u64,
    },
    /// An e-mail address or a phone number is in two rows.
    SharedContact {
        /// The line.
        line: u64,
        /// Which of the two.
        field: ImportField,
        /// The address or number.
        value: String,
        /// The line that has it too.
        earlier: u64,
    },
    /// Users whom the file owns are not in it, and stay as they are.
    NotInFile {
        /// Who.
        usernames: Vec<Username>,
    },
    /// Other sheets of the workbook hold something too.
    OtherSheets {
        /// The one that is read.
        used: String,
        /// The others.
        others: Vec<String>,
    },
    /// A new user's name has question marks where letters may have been.
    LettersMayBeLost {
        /// The line.
        line: u64,
        /// The name.
        name: String,
    },
}
