//! What decides about a row, in the plan, when it is carried out, and where each row is a change of
//! its own.

use super::existing_names::{ExistingNames, NewName, UnknownNames};
use super::profile::Profile;
use super::reader::ColumnNames;
use super::row::{ImportRow, ListEdit, RowEdits, RowError};
use super::{ImportObserver, ImportOptions, ImportPasswords};
use crate::directory::permissions::Authority;
use crate::directory::users::rules::{Means, UserRules, Violation};
use crate::directory::{Directory, Error, Policy, Task};
use crate::model::{AuditAction, ImportField, State, User};
use crate::store::{Reader, Transaction};

/// What decides about a row, in the plan and when it is carried out.
pub(super) struct RowValidator<'a> {
    pub(super) policy: &'a Policy,
    pub(super) options: &'a ImportOptions,
    /// How far creating reaches; `None` where the actor may create nobody.
    pub(super) create: Option<Authority>,
    pub(super) manage: Authority,
}

/// What is wrong with a row, by field.
pub(super) type FieldErrors = Vec<Violation>;

impl RowValidator<'_> {
    /// What a row makes of somebody, or of nobody.
    pub(super) fn profile(&self, base: &Profile, row: &ImportRow, old: Option<&User>) -> Profile {
        let mut profile = old.map_or_else(|| base.clone(), Profile::from_user);
        profile.apply(&row.edits, &self.policy.weights);
        // The projects of a model are not for somebody who takes no calls.
        if old.is_none() && row.edits.projects == ListEdit::Keep && !profile.roles.takes_calls() {
            profile.projects.clear();
        }
        profile
    }

    /// What forbids making `old`, or nobody, what `profile` says; labels are looked at elsewhere.
    pub(super) fn errors(
        &self,
        row: &ImportRow,
        old: Option<&User>,
        profile: &Profile,
    ) -> FieldErrors {
        let mut errors = match old {
            None => self.validate_new(row, profile),
            Some(old) => {
                let rules = UserRules { policy: self.policy, authority: self.manage };
                rules.check_change(old, profile, Means { password: false, projects: true })
            }
        };
        errors.extend(row.edits.unsettled(old));
        errors
    }

    fn validate_new(&self, row: &ImportRow, profile: &Profile) -> FieldErrors {
        let username = &row.username;
        let Some(authority) = self.create else {
            let subject = Some(username.to_string());
            let error = Error::Forbidden { action: AuditAction::UserCreate, subject };
            return vec![(Some(ImportField::Roles), error)];
        };
        let rules = UserRules { policy: self.policy, authority };
        let mut errors = rules.check_new(username, profile, self.options.needed);
        if matches!(errors.first(), Some((_, Error::Forbidden { .. }))) {
            return errors;
        }
        // What a row does not say is told at once, as the columns to fill in.
        let mut what = Vec::new();
        if profile.full_name.is_none() {
            what.push(ImportField::FullName.as_str());
        }
        if profile.roles.is_empty() {
            errors.retain(|(_, error)| !matches!(error, Error::LastRole { .. }));
            what.push(ImportField::Roles.as_str());
        }
        if row.password.is_none() && self.options.passwords == ImportPasswords::FromRows {
            what.push(ImportField::TemporaryPassword.as_str());
        }
        if !what.is_empty() {
            errors.insert(0, (None, Error::RowLacks { username: username.clone(), what }));
        }
        errors
    }
}

/// Names of teams, skills and projects that `profile` has and that cannot be given.
pub(super) fn check_labels(
    reader: &Reader<'_>,
    labels: &ExistingNames,
    old: Option<&User>,
    (edits, profile): (&RowEdits, &Profile),
    make: bool,
    unknown: &mut UnknownNames,
    observer: &mut dyn ImportObserver,
) -> Result<FieldErrors, Error> {
    let mut errors = FieldErrors::new();
    for (field, new_name) in removed(edits) {
        let known = match &new_name {
            NewName::Team(name) => labels.team(name).is_some(),
            NewName::Skill(name) => labels.skill(name).is_some(),
            NewName::Project(name) => labels.project(name).is_some(),
        };
        if !known && let Err(error) = unknown.note(reader, new_name, false, observer) {
            errors.push((Some(field), error));
        }
    }
    let mut note = |field, new_name| match unknown.note(reader, new_name, make, observer) {
        Err(error @ Error::NotFound { .. }) => {
            errors.push((Some(field), error));
            Ok(())
        }
        other => other,
    };
    for team in profile.teams.iter().filter(|team| labels.team(team).is_none()) {
        note(ImportField::Teams, NewName::Team(team.clone()))?;
    }
    for skill in profile.skills.keys().filter(|skill| labels.skill(skill).is_none()) {
        note(ImportField::Skills, NewName::Skill(skill.clone()))?;
    }
    for name in profile.projects.keys().filter(|name| labels.project(name).is_none()) {
        note(ImportField::Projects, NewName::Project(name.clone()))?;
    }
    for name in profile.projects.keys() {
        let has = old.is_some_and(|old| old.projects.iter().any(|one| one.project == *name));
        if !has && matches!(labels.project(name), Some((_, State::Inactive))) {
            let error = Error::ProjectInactive { project: name.clone() };
            errors.push((Some(ImportField::Projects), error));
        }
    }
    Ok(errors)
}

/// What a row takes away, where a name that is not there would be a slip.
fn removed(edits: &RowEdits) -> impl Iterator<Item = (ImportField, NewName)> {
    let teams = edits.teams.removed().iter().cloned().map(NewName::Team);
    let skills = edits.skills.removed().iter().map(|one| NewName::Skill(one.skill.clone()));
    let projects = edits.projects.removed().iter().map(|one| NewName::Project(one.project.clone()));
    let teams = teams.map(|new_name| (ImportField::Teams, new_name));
    let skills = skills.map(|new_name| (ImportField::Skills, new_name));
    teams.chain(skills).chain(projects.map(|new_name| (ImportField::Projects, new_name)))
}

/// The faults of a row, each with its place.
pub(super) fn row_errors(
    row: &ImportRow,
    errors: FieldErrors,
    columns: &ColumnNames,
) -> impl Iterator<Item = RowError> {
    errors.into_iter().map(|(field, error)| RowError {
        line: row.line,
        column: field.map(|field| columns.name(field)),
        username: Some(row.username.to_string()),
        cell: field.and_then(|field| columns.cell(field, row.line)),
        remedy: row.edits.remedy(&error),
        error,
    })
}

impl Directory {
    /// How far the actor reaches in an import: creating, and everything else.
    pub(super) fn import_authorities(
        &self,
        now: Option<&Transaction<'_>>,
    ) -> Result<(Option<Authority>, Authority), Error> {
        let create = match self.authority(now, Task::Create, AuditAction::UserCreate) {
            Ok(authority) => Some(authority),
            Err(Error::Forbidden { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok((create, self.authority(now, Task::Manage, AuditAction::UserImport)?))
    }
}
