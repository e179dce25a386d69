//! Why a row was refused, in words, with its place and with what helps in a file.

use crate::cli::error::CliError;
use crate::directory::{EntityKind, Error, ImportRemedy, RowError};
use crate::model::ImportField;

/// What a fault is, as far as that decides what is said of many.
#[derive(Debug, Clone)]
pub(super) enum FaultKind {
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
pub(super) struct Fault {
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
    pub(super) fn new(row_error: RowError) -> Self {
        let RowError { line, column, username, cell, error, remedy } = row_error;
        let hint = hint_of(&error);
        let kind = kind_of_fault(&error);
        let missing = match &error {
            Error::Missing { fields } => {
                let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
                Some(format!("missing: {}", names.join(", ")))
            }
            _ => None,
        };
        let mut failure = CliError::from(error);
        failure.hint = hint.or(failure.hint);
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
    pub(super) fn whole_message(&self) -> String {
        let message = &self.failure.message;
        match (self.line, &self.column, &self.cell) {
            (0, _, _) => message.clone(),
            (_, _, Some(cell)) => format!("{cell}: {message}"),
            (line, None, None) => format!("line {line}: {message}"),
            (line, Some(column), None) => format!("line {line}, column `{column}`: {message}"),
        }
    }

    /// All of it as one error.
    pub(super) fn whole(&self) -> CliError {
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

/// Why a row was refused, as one error.
pub(super) fn row_failure(row_error: RowError) -> CliError {
    Fault::new(row_error).whole()
}
