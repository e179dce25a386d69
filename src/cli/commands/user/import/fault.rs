//! Why a row was refused, in words, with its place and with what helps in a file.

use crate::cli::error::CliError;
use crate::directory::{EntityKind, Error, ImportRemedy, ManualRemedy, RowError};
use crate::model::ImportField;

/// What a fault is, as far as that decides what is said of many.
#[derive(Debug, Clone)]
pub(crate) enum FaultKind {
    /// The user already exists.
    Exists,
    /// A new user's row does not say enough.
    Lacks(Vec<&'static str>),
    /// There is no team, skill or project of this name; the nearest that there is.
    NoSuch(ImportField, String, Option<String>),
    /// Anything else.
    Other,
}

/// Why a row was refused: the place, what is wrong there, and what helps in a file.
pub(crate) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) line: u64,
    pub(super) column: Option<String>,
    pub(super) username: Option<String>,
    cell: Option<String>,
    /// The message is without the place.
    pub(super) failure: CliError,
    pub(super) remedy: Option<ImportRemedy>,
}

impl Fault {
    pub(crate) fn new(row_error: RowError) -> Self {
        let RowError { line, column, username, cell, error, remedy } = row_error;
        let hint = hint_of(&error);
        let helps = remedy.as_ref().and_then(hint_of_remedy);
        let kind = kind_of_fault(&error);
        let missing = match &error {
            Error::Missing { fields } => {
                let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
                Some(format!("missing: {}", names.join(", ")))
            }
            _ => None,
        };
        let mut failure = CliError::from(error);
        let hint = hint.or(failure.hint.take());
        failure.hint = match (hint, helps) {
            (Some(hint), Some(helps)) => {
                let between = if hint.ends_with('?') { " " } else { "; " };
                Some([hint.as_str(), between, helps.as_str()].concat())
            }
            (hint, helps) => hint.or(helps),
        };
        if let Some(missing) = missing {
            failure.message = missing;
        }
        failure.details.clear();
        if line > 0 {
            failure = failure.about("line", line);
        }
        let details = [("column", &column), ("cell", &cell), ("username", &username)];
        for (field, value) in details {
            if let Some(value) = value {
                failure = failure.about(field, value.as_str());
            }
        }
        Self { kind, line, column, username, cell, failure, remedy }
    }

    /// Names the file with the cells.
    pub(super) fn of_file(mut self, file: &str) -> Self {
        self.cell = self.cell.map(|cell| format!("{file}, cell {cell}"));
        self
    }

    /// Where it is, as "first in …" says it.
    pub(super) fn place_of_first(&self) -> String {
        match &self.cell {
            Some(cell) => cell.clone(),
            None => format!("line {}", self.line),
        }
    }

    /// The message with its place.
    pub(crate) fn whole_message(&self) -> String {
        let message = &self.failure.message;
        match (self.line, &self.column, &self.cell) {
            (0, _, _) => message.clone(),
            (_, _, Some(cell)) => format!("{cell}: {message}"),
            (line, None, None) => format!("line {line}: {message}"),
            (line, Some(column), None) => format!("line {line}, column `{column}`: {message}"),
        }
    }

    /// All of it as one error.
    pub(crate) fn whole(&self) -> CliError {
        CliError {
            code: self.failure.code,
            message: self.whole_message(),
            hint: self.failure.hint.clone(),
            details: self.failure.details.clone(),
            source: None,
        }
    }
}

fn kind_of_fault(error: &Error) -> FaultKind {
    match error {
        Error::Exists { object: EntityKind::User, .. } => FaultKind::Exists,
        Error::RowLacks { what, .. } => FaultKind::Lacks(what.clone()),
        Error::NotFound { object, name, nearest } => match object {
            EntityKind::Team => {
                FaultKind::NoSuch(ImportField::Teams, name.clone(), nearest.clone())
            }
            EntityKind::Skill => {
                FaultKind::NoSuch(ImportField::Skills, name.clone(), nearest.clone())
            }
            EntityKind::Project => {
                FaultKind::NoSuch(ImportField::Projects, name.clone(), nearest.clone())
            }
            EntityKind::User => FaultKind::Other,
        },
        _ => FaultKind::Other,
    }
}

/// What helps in a file, where that is not what helps in a command.
fn hint_of(error: &Error) -> Option<String> {
    let hint = match error {
        Error::Exists { .. } => {
            "`--on-conflict skip` leaves them as they are, `--on-conflict update` changes them"
        }
        Error::NotFound { object: EntityKind::User, .. } => return None,
        Error::NotFound { nearest: None, .. } => "`--create-missing` creates it",
        Error::NotFound { name, nearest: Some(nearest), .. } => {
            return Some(format!("`{name}`: did you mean `{nearest}`?"));
        }
        Error::NotAssignable { .. } => "only `agent` and `external-agent` have projects",
        Error::StillAssigned { .. } => "clear `projects` in the same row: `-`",
        Error::PasswordForRole { .. } => {
            "`ccadmin user update USERNAME --add-role ROLE` does it, with a new password"
        }
        Error::Missing { .. } => {
            "the settings of this site (`user.require`) or the hand-out require them"
        }
        Error::LastRole { .. } => "leave the cell empty, or give them another role",
        Error::LastAdmin { .. } => "make another user an admin first",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What helps with the options of the command.
fn hint_of_remedy(remedy: &ImportRemedy) -> Option<String> {
    let hint = match remedy {
        ImportRemedy::Encoding(name) => {
            let name = name.to_ascii_lowercase();
            return Some(format!(
                "`--encoding {name}` reads the file so; or save it as CSV in UTF-8"
            ));
        }
        ImportRemedy::HeaderLine(line) => {
            return Some(format!("`--header-line {line}` reads it from there"));
        }
        ImportRemedy::Column { .. } => {
            "`--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out"
        }
        ImportRemedy::SecondColumn { .. } => "`--map COLUMN=-` leaves one of them out",
        ImportRemedy::Word { field: ImportField::Roles, .. } => {
            "`--map-role NAME=ROLE` translates others"
        }
        ImportRemedy::Word { .. } => return None,
        ImportRemedy::AssumePlus => "`--assume-plus` takes such digits for international numbers",
        ImportRemedy::Manual(ManualRemedy::UsernameColumn) => {
            "`--map COLUMN=username` names another"
        }
        ImportRemedy::Manual(ManualRemedy::NamedColumn) => {
            "`--map` names it: is it spelt as in the header?"
        }
        ImportRemedy::Manual(ManualRemedy::AnotherSheet) => "name another with `--sheet`",
        ImportRemedy::Manual(ManualRemedy::NoSheet) => "leave `--sheet` out",
        ImportRemedy::Manual(ManualRemedy::AnyFormat) => {
            "leave `--format` out: the file says itself what it is"
        }
        ImportRemedy::Manual(ManualRemedy::JsonLines) => {
            "write one object a line, as `ccadmin user export -o jsonl` does"
        }
        ImportRemedy::Manual(ManualRemedy::Utf8) => {
            "save the file as CSV in UTF-8; `--encoding utf-16le` reads UTF-16"
        }
    };
    Some(hint.to_owned())
}

/// Why a row was refused, as one error.
pub(super) fn row_failure(row_error: RowError) -> CliError {
    Fault::new(row_error).whole()
}
