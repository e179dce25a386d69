//! Taking changes back: what an entry of the audit log tells is done the other way round, as an
//! ordinary change with the right that it takes and an entry of its own.
//!
//! A value goes back only where it is still what the change made it; else the entry that came later is
//! named, and nothing is changed.

mod fields;
mod names;
#[cfg(test)]
mod tests;
mod users;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::change::carry_out;
use super::check::LabelRenames;
use super::passwords::{NewPassword, PasswordIssue, PreparedPassword};
use super::users::impact::{Impact, ProjectImpact};
use super::{Directory, EntityKind, Error, LabelKind, Task};
use crate::model::{
    AuditAction, AuditEntry, AuditFilter, AuditRecord, Email, FullName, LanguageTag, Phone, Secret,
    UndoTarget, Username,
};
use crate::store::{Reader, Recorded, Transaction};

/// A deleted user whom taking a deletion back brings back.
#[derive(Debug, Clone)]
pub struct RestoredUser {
    /// Their username.
    pub username: Username,
    /// Their name.
    pub full_name: FullName,
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// Their language.
    pub language: Option<LanguageTag>,
}

/// A change that took one back.
#[derive(Debug, Clone)]
pub struct Undone {
    /// The entry that was taken back.
    pub seq: i64,
    /// What it was.
    pub undone: String,
    /// The entry of the change that did so.
    pub entry: AuditEntry,
    /// What came of it for the projects of a user.
    pub impact: Impact,
    /// What came of it for the users of a project.
    pub project_impact: ProjectImpact,
    /// The password of a user who came back, where it was generated.
    pub generated: Option<Secret>,
}

/// What an entry of the log is about, and who may do the opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inverse {
    kind: EntityKind,
    action: AuditAction,
    task: Task,
}

/// How each action is taken back; the others cannot be.
fn inverse(action: &str) -> Option<Inverse> {
    use AuditAction as A;

    let action = A::ALL.into_iter().find(|one| one.as_str() == action)?;
    let (kind, action, task) = match action {
        A::UserCreate => (EntityKind::User, A::UserDelete, Task::Administer),
        A::UserDelete => (EntityKind::User, A::UserCreate, Task::Create),
        A::UserRename => (EntityKind::User, A::UserRename, Task::Administer),
        A::UserUpdate => (EntityKind::User, A::UserUpdate, Task::Manage),
        A::UserActivate => (EntityKind::User, A::UserDeactivate, Task::Manage),
        A::UserDeactivate => (EntityKind::User, A::UserActivate, Task::Manage),
        A::ProjectAssign => (EntityKind::User, A::ProjectUnassign, Task::Manage),
        A::ProjectUnassign => (EntityKind::User, A::ProjectAssign, Task::Manage),
        A::WeightSet => (EntityKind::User, A::WeightSet, Task::Manage),
        A::ProjectCreate => (EntityKind::Project, A::ProjectDelete, Task::Administer),
        A::ProjectDelete => (EntityKind::Project, A::ProjectCreate, Task::Administer),
        A::ProjectUpdate => (EntityKind::Project, A::ProjectUpdate, Task::Administer),
        A::ProjectRename => (EntityKind::Project, A::ProjectRename, Task::Administer),
        A::ProjectActivate => (EntityKind::Project, A::ProjectDeactivate, Task::Administer),
        A::ProjectDeactivate => (EntityKind::Project, A::ProjectActivate, Task::Administer),
        A::TeamCreate => (EntityKind::Team, A::TeamDelete, Task::Administer),
        A::TeamDelete => (EntityKind::Team, A::TeamCreate, Task::Administer),
        A::TeamRename => (EntityKind::Team, A::TeamRename, Task::Administer),
        A::SkillCreate => (EntityKind::Skill, A::SkillDelete, Task::Administer),
        A::SkillDelete => (EntityKind::Skill, A::SkillCreate, Task::Administer),
        A::SkillRename => (EntityKind::Skill, A::SkillRename, Task::Administer),
        _ => return None,
    };
    Some(Inverse { kind, action, task })
}

/// Why an action that has no inverse has none.
fn refusal(action: &str) -> &'static str {
    if action.starts_with("password.") {
        "a password is never brought back"
    } else if action == "user.unlock" {
        "a lock is not put back"
    } else if action.starts_with("photo.") {
        "the audit log does not keep photos"
    } else {
        "it is no change of users, projects, teams or skills"
    }
}

/// An entry that is taken back.
struct LoggedEntry {
    seq: i64,
    action: String,
    subject: String,
    id: i64,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

impl LoggedEntry {
    fn not_undoable(&self, reason: &'static str) -> Error {
        Error::NotUndoable { seq: self.seq, action: self.action.clone(), reason }
    }

    /// That what it made of `field` is not there any more. The entry that changed it last is named.
    fn stale(&self, reader: &Reader<'_>, kind: EntityKind, field: &str) -> Result<Error, Error> {
        let history = reader.histories(kind, self.id, self.id)?;
        let tells = |text: &Option<String>| {
            fields_of(text.as_deref()).is_some_and(|fields| fields.contains_key(field))
        };
        let later = history
            .iter()
            .rfind(|one| one.seq > self.seq && (tells(&one.before) || tells(&one.after)));
        Ok(Error::UndoStale {
            seq: self.seq,
            subject: self.subject.clone(),
            field: field.to_owned(),
            later: later.map(|one| one.seq),
        })
    }
}

fn fields_of(text: Option<&str>) -> Option<Map<String, Value>> {
    serde_json::from_str(text?).ok()
}

/// A transaction in which changes are taken back.
struct Undoing<'u> {
    directory: &'u Directory,
    transaction: &'u Transaction<'u>,
    /// The passwords of those who come back.
    passwords: HashMap<Username, PreparedPassword>,
    renamed: LabelRenames,
    recorded: Option<Recorded>,
}

/// What the opposite of a change came to.
struct Opposite {
    entry: AuditEntry,
    impact: Impact,
    project_impact: ProjectImpact,
    /// Who came back.
    restored: Option<Username>,
}

impl Opposite {
    fn of(entry: AuditEntry) -> Self {
        let (impact, project_impact) = (Impact::default(), ProjectImpact::default());
        Self { entry, impact, project_impact, restored: None }
    }
}

impl Directory {
    /// The deleted users whom taking `target` back brings back with a password.
    ///
    /// # Errors
    ///
    /// As [`Directory::undo`], as far as that shows before anything is changed.
    pub fn restored_by(&self, target: UndoTarget) -> Result<Vec<RestoredUser>, Error> {
        self.permit(Task::Manage, AuditAction::UserUpdate, &[])?;
        let snapshot = self.store.read()?;
        let found = entries(&snapshot, target).and_then(|records| {
            let mut restored = Vec::new();
            for record in records.iter().filter(|record| record.action == "user.delete") {
                // What is refused is refused when it is done.
                self.authorize(Task::Create, Some(AuditAction::UserCreate))?;
                restored.extend(restored_user(record));
            }
            Ok(restored)
        });
        drop(snapshot);
        self.finish(&[], found)
    }

    /// Prepares passwords for users who are brought back.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::Invalid`] for a weak password.
    pub fn issue_to_restored(
        &mut self,
        users: &[RestoredUser],
        password: &NewPassword,
    ) -> Result<Vec<PasswordIssue>, Error> {
        let mut issues = Vec::with_capacity(users.len());
        for user in users {
            let allowed = self.may_give(password, AuditAction::UserCreate);
            self.finish(&[user.username.as_str()], allowed)?;
            let (username, full_name) = (user.username.as_str(), user.full_name.as_str());
            issues.push(PasswordIssue {
                prepared: self.prepare(password, username, full_name)?,
                username: user.username.clone(),
                full_name: user.full_name.clone(),
                email: user.email.clone(),
                phone: user.phone.clone(),
                language: user.language.clone(),
            });
        }
        Ok(issues)
    }

    /// Takes changes back: all of `target` or, where one cannot be, none. A deleted user comes back
    /// with their number and everything that the log has of them, and the password that was prepared
    /// for them.
    ///
    /// # Errors
    ///
    /// [`Error::NoEntry`]; [`Error::NotUndoable`]; [`Error::UndoStale`], where something was changed
    /// again; and whatever the opposite of the change is refused with.
    pub fn undo(
        &mut self,
        target: UndoTarget,
        passwords: Vec<PasswordIssue>,
    ) -> Result<Vec<Undone>, Error> {
        let passwords =
            passwords.into_iter().map(|issue| (issue.username, issue.prepared)).collect();
        let begun = self.begin(Task::Manage, AuditAction::UserUpdate);
        let done = carry_out(begun, |transaction, _| {
            let records = entries(transaction, target)?;
            let lists = records.iter().any(|record| record.action.starts_with("user."))
                || records.iter().any(|record| record.action.starts_with("project."));
            let renamed =
                if lists { LabelRenames::read(transaction)? } else { LabelRenames::default() };
            if records.len() > 1 {
                transaction.begin_batch();
            }
            let directory = &*self;
            let mut undoing =
                Undoing { directory, transaction, passwords, renamed, recorded: None };
            let mut undone = Vec::with_capacity(records.len());
            for record in records {
                undone.push(undoing.take_back(record)?);
            }
            Ok((undone, undoing.recorded))
        });
        self.finish(&[], done)
    }
}

/// The entries of `target`, newest first.
fn entries(reader: &Reader<'_>, target: UndoTarget) -> Result<Vec<AuditRecord>, Error> {
    let mut found = Vec::new();
    let filter = match target {
        UndoTarget::Entry(seq) => AuditFilter { seq: Some(seq), ..AuditFilter::default() },
        // A batch has the number of its first entry, and no others between its own.
        UndoTarget::Batch(batch) => AuditFilter {
            after_seq: Some(batch.saturating_sub(1)),
            oldest_first: true,
            ..AuditFilter::default()
        },
    };
    reader.audit_records(&filter, |record| {
        let is_meant = match target {
            UndoTarget::Entry(_) => true,
            UndoTarget::Batch(batch) => record.batch == Some(batch),
        };
        if is_meant {
            found.push(record);
        }
        Ok::<_, Error>(is_meant)
    })?;
    if found.is_empty() {
        return Err(Error::NoEntry { target });
    }
    found.reverse();
    Ok(found)
}

/// Whom the entry of a deletion is about, where they had a password.
fn restored_user(record: &AuditRecord) -> Option<RestoredUser> {
    let before = fields_of(record.before.as_deref())?;
    before.get("password").filter(|password| !password.is_null())?;
    let profile = fields::profile_of(&before)?;
    Some(RestoredUser {
        username: record.subject.as_deref()?.parse().ok()?,
        full_name: profile.full_name?,
        email: profile.email,
        phone: profile.phone,
        language: profile.language,
    })
}

impl Undoing<'_> {
    /// Does the opposite of what an entry tells.
    fn take_back(&mut self, record: AuditRecord) -> Result<Undone, Error> {
        let AuditRecord { seq, action, subject, subject_id, .. } = record;
        let inverse = inverse(&action);
        // What somebody may not do is told before anything that the log says.
        let (task, wanted) = inverse
            .map_or((Task::Administer, AuditAction::UserUpdate), |one| (one.task, one.action));
        let authority = self.directory.authority(Some(self.transaction), task, wanted)?;
        let (Some(subject), Some(id)) = (subject, subject_id) else {
            return Err(Error::NotUndoable { seq, reason: refusal(&action), action });
        };
        let (before, after) =
            (fields_of(record.before.as_deref()), fields_of(record.after.as_deref()));
        let entry = LoggedEntry { seq, action, subject, id, before, after };
        let Some(inverse) = inverse else {
            return Err(entry.not_undoable(refusal(&entry.action)));
        };
        if record.outcome != "done" {
            return Err(entry.not_undoable("it changed nothing"));
        }
        let entry = self.with_present_names(entry);
        let opposite = match inverse.kind {
            EntityKind::User => self.user(&entry, inverse, authority)?,
            EntityKind::Project => self.project(&entry, inverse)?,
            EntityKind::Team => self.label(&entry, inverse, LabelKind::Team)?,
            EntityKind::Skill => self.label(&entry, inverse, LabelKind::Skill)?,
        };
        let Opposite { entry: written, impact, project_impact, restored } = opposite;
        let password = restored.and_then(|username| self.passwords.remove(&username));
        let generated = password.and_then(PreparedPassword::into_generated);
        Ok(Undone { seq, undone: entry.action, entry: written, impact, project_impact, generated })
    }

    /// The entry with the names that projects, teams and skills have now.
    fn with_present_names(&self, mut entry: LoggedEntry) -> LoggedEntry {
        for fields in [&mut entry.before, &mut entry.after].into_iter().flatten() {
            for list in ["projects", "teams", "skills"] {
                if let Some(value) = fields.get_mut(list) {
                    self.renamed.apply(list, entry.seq, value);
                }
            }
        }
        entry
    }

    /// Writes the entry of an opposite.
    fn record(
        &mut self,
        undone: &LoggedEntry,
        action: AuditAction,
        subject: &str,
        before: Option<Map<String, Value>>,
        after: Option<Map<String, Value>>,
    ) -> Result<AuditEntry, Error> {
        let (before, after) = (before.map(Value::from), after.map(Value::from));
        let entry = AuditEntry {
            undoes: Some(undone.seq),
            ..self.directory.entry(action, subject, undone.id, before, after)
        };
        self.recorded = Some(self.transaction.record(&entry)?);
        Ok(entry)
    }
}
