//! A row of a roster: what its cells say, before anybody is looked up.

use super::damage::lacks_letters_of;
use super::remedy::{Doubt, ImportRemedy};
use crate::directory::Error;
use crate::model::{
    AssignmentRequest, Email, FullName, ImportField, Invalid, LanguageTag, Phone, Role, Rule,
    Secret, SkillGrant, State, TeamName, User, Username,
};

/// What a row says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum FieldEdit<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It is to be empty.
    Clear,
    /// It is to be this.
    Set(T),
}

/// What a row says of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum ListEdit<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It is to be this, sorted as it was given.
    Replace(Vec<T>),
    /// These are to be added, those to go.
    Change { add: Vec<T>, remove: Vec<T> },
}

impl<T> ListEdit<T> {
    /// What is to go.
    pub(super) fn removed(&self) -> &[T] {
        match self {
            Self::Change { remove, .. } => remove,
            _ => &[],
        }
    }
}

/// A row that was read and whose values are valid.
#[derive(Debug, Clone)]
pub(super) struct ImportRow {
    /// The line that it begins in, counted from 1.
    pub(super) line: u64,
    pub(super) username: Username,
    pub(super) edits: RowEdits,
    pub(super) password: Option<Secret>,
}

/// What a row, or a default for all rows, says of a user's sheet and places.
#[derive(Debug, Clone, Default)]
pub(super) struct RowEdits {
    pub(super) full_name: FieldEdit<FullName>,
    pub(super) email: FieldEdit<Email>,
    pub(super) phone: FieldEdit<Phone>,
    pub(super) state: FieldEdit<State>,
    pub(super) roles: ListEdit<Role>,
    pub(super) teams: ListEdit<TeamName>,
    pub(super) skills: ListEdit<SkillGrant>,
    pub(super) language: FieldEdit<LanguageTag>,
    pub(super) project_selection: FieldEdit<bool>,
    pub(super) projects: ListEdit<AssignmentRequest>,
    /// What is refused unless the user has it already.
    pub(super) doubts: Vec<Doubt>,
}

impl RowEdits {
    /// The doubts that what `old` has does not settle, and the letters that a name has lost since.
    pub(super) fn unsettled(&self, old: Option<&User>) -> Vec<(Option<ImportField>, Error)> {
        let settled = |field: ImportField| {
            old.is_some_and(|old| match field {
                ImportField::Username => true,
                ImportField::FullName => self.full_name == FieldEdit::Set(old.full_name.clone()),
                ImportField::Phone => {
                    old.phone.clone().is_some_and(|phone| self.phone == FieldEdit::Set(phone))
                }
                _ => false,
            })
        };
        let doubts = self.doubts.iter().filter(|doubt| !settled(doubt.field));
        let mut found: Vec<_> = doubts
            .map(|doubt| (Some(doubt.field), Error::Invalid(doubt.flaw.invalid.clone())))
            .collect();
        if let (FieldEdit::Set(new), Some(old)) = (&self.full_name, old)
            && lacks_letters_of(new.as_str(), old.full_name.as_str())
        {
            let what = format!("`{new}` is `{}` with letters lost", old.full_name);
            let invalid = Invalid::new(Rule::Name, what)
                .with_hint("whatever wrote the file could not write them: save it as UTF-8");
            found.push((Some(ImportField::FullName), Error::Invalid(invalid)));
        }
        found
    }

    /// What settles the doubt that was told as this error.
    pub(super) fn remedy(&self, error: &Error) -> Option<ImportRemedy> {
        let Error::Invalid(invalid) = error else { return None };
        self.doubts.iter().find(|doubt| doubt.flaw.invalid == *invalid)?.flaw.remedy.clone()
    }

    /// Says of a field that [repeats](ImportField::repeats) what `other` says of it.
    pub(super) fn copy(&mut self, field: ImportField, other: &Self) {
        match field {
            ImportField::State => self.state = other.state.clone(),
            ImportField::Roles => self.roles.clone_from(&other.roles),
            ImportField::Teams => self.teams.clone_from(&other.teams),
            ImportField::Skills => self.skills.clone_from(&other.skills),
            ImportField::Language => self.language.clone_from(&other.language),
            ImportField::ProjectSelection => {
                self.project_selection = other.project_selection.clone();
            }
            ImportField::Projects => self.projects.clone_from(&other.projects),
            ImportField::Username
            | ImportField::FullName
            | ImportField::Email
            | ImportField::Phone
            | ImportField::TemporaryPassword => {}
        }
    }
}

/// Why a row was refused, and where.
#[derive(Debug)]
pub struct RowError {
    /// The line that the row begins in, counted from 1; 0 where it is about no line.
    pub line: u64,
    /// The column, as the file calls it.
    pub column: Option<String>,
    /// Whom the row is about, where that could be read.
    pub username: Option<String>,
    /// The cell of a workbook, as a spreadsheet calls it: `C7`.
    pub cell: Option<String>,
    /// Why.
    pub error: Error,
    /// What would let it in.
    pub remedy: Option<ImportRemedy>,
}
