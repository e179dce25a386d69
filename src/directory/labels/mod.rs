//! Teams and skills: making, renaming and deleting the names that users are labelled with.

#[cfg(test)]
mod tests;

use serde_json::json;

use super::audit::users_of;
use super::lookup::label_id;
use super::{Directory, Error, Task};
use crate::model::{AuditAction, LabelKind};

/// A team or a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// How many users have it.
    pub users: i64,
}

impl LabelKind {
    const fn actions(self) -> [AuditAction; 3] {
        match self {
            Self::Team => {
                [AuditAction::TeamCreate, AuditAction::TeamRename, AuditAction::TeamDelete]
            }
            Self::Skill => {
                [AuditAction::SkillCreate, AuditAction::SkillRename, AuditAction::SkillDelete]
            }
        }
    }
}

impl Directory {
    /// Makes a team or a skill. `name` is one that was parsed as such.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`], where the name is taken.
    pub fn create_label(&mut self, kind: LabelKind, name: &str) -> Result<Label, Error> {
        let [create, ..] = kind.actions();
        self.change(Task::Administer, create, &[name], |transaction, _| {
            let Some(id) = transaction.insert_label(kind, name)? else {
                return Err(Error::Exists { object: kind.entity(), name: name.to_owned() });
            };
            let after = json!({"name": name});
            let recorded = transaction.record(&self.entry(create, name, id, None, Some(after)))?;
            Ok((Label { name: name.to_owned(), users: 0 }, Some(recorded)))
        })
    }

    /// Hands every team or skill to `each`, sorted by name, until that says stop.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where they cannot be read.
    pub fn labels(
        &self,
        kind: LabelKind,
        mut each: impl FnMut(Label) -> bool,
    ) -> Result<(), Error> {
        self.authorize_reading()?;
        self.store
            .read()?
            .labels(kind, |name, users| Ok(each(Label { name: name.to_owned(), users })))
    }

    /// How many teams or skills there are.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where they cannot be read.
    pub fn count_labels(&self, kind: LabelKind) -> Result<u64, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.count_labels(kind)?.unsigned_abs())
    }

    /// One team or skill.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn find_label(&self, kind: LabelKind, name: &str) -> Result<Label, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let found = label_id(&snapshot, kind, name)
            .and_then(|id| Ok(snapshot.label_users(kind, id)?))
            .map(|users| Label { name: name.to_owned(), users });
        drop(snapshot);
        self.suggest(found)
    }

    /// Renames a team or a skill; `false` where it already has that name.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Exists`], where the new name is taken.
    pub fn rename_label(&mut self, kind: LabelKind, name: &str, new: &str) -> Result<bool, Error> {
        let [_, rename, _] = kind.actions();
        self.change(Task::Administer, rename, &[name], |transaction, _| {
            let id = label_id(transaction, kind, name)?;
            if name == new {
                return Ok((false, None));
            }
            if !transaction.rename_label(kind, id, new)? {
                return Err(Error::Exists { object: kind.entity(), name: new.to_owned() });
            }
            let (before, after) = (json!({"name": name}), json!({"name": new}));
            let entry = self.entry(rename, new, id, Some(before), Some(after));
            let recorded = transaction.record(&entry)?;
            Ok((true, Some(recorded)))
        })
    }

    /// Deletes a team or a skill. Where users have it, `from_users` says that it goes from them
    /// too; gives their number.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::InUse`], where users have it and `from_users` is not set.
    pub fn delete_label(
        &mut self,
        kind: LabelKind,
        name: &str,
        from_users: bool,
    ) -> Result<i64, Error> {
        let [_, _, delete] = kind.actions();
        self.change(Task::Administer, delete, &[name], |transaction, _| {
            let id = label_id(transaction, kind, name)?;
            let count = transaction.label_users(kind, id)?;
            if count > 0 && !from_users {
                return Err(Error::InUse { object: kind.entity(), name: name.to_owned(), count });
            }
            let losers = users_of(transaction, transaction.label_usernames(kind, id)?)?;
            transaction.delete_label(kind, id, self.now().seconds())?;
            self.record_losses(transaction, AuditAction::UserUpdate, &losers)?;
            let before = json!({"name": name, "users": count});
            let recorded = transaction.record(&self.entry(delete, name, id, Some(before), None))?;
            Ok((count, Some(recorded)))
        })
    }

    /// Adds the nearest name that exists to a "not found", once no transaction is open.
    pub(super) fn suggest<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let Err(Error::NotFound { object, name, nearest: None }) = result else {
            return result;
        };
        let nearest = self.store.read()?.nearest(object, &name)?;
        Err(Error::NotFound { object, name, nearest })
    }
}
