//! Changes of projects, teams and skills, taken back.

use serde_json::{Map, Value};

use super::fields::{optional, parse, taken_back};
use super::{Inverse, LoggedEntry, Opposite, Undoing};
use crate::directory::audit::{difference, project_fields};
use crate::directory::users::impact::{AgentsBefore, ProjectImpact};
use crate::directory::{EntityKind, Error, LabelKind};
use crate::model::{AuditAction, Priority, Project, ProjectDetails, State};

/// What the log says and this program cannot read.
const UNREADABLE: &str = "the audit log does not say all of it";

impl Undoing<'_> {
    /// Does the opposite of what `entry` tells of a project.
    pub(super) fn project(
        &mut self,
        entry: &LoggedEntry,
        inverse: Inverse,
    ) -> Result<Opposite, Error> {
        let unreadable = || entry.not_undoable(UNREADABLE);
        let (transaction, now) = (self.transaction, self.directory.now());
        let present = transaction.project_by_id(entry.id)?;
        let (before, after) = match (&entry.before, &entry.after) {
            (Some(had), None) => return self.restore_project(entry, had),
            (before, Some(after)) => (before, after),
            (None, None) => return Err(unreadable()),
        };
        let Some(old) = present else {
            return Err(entry.stale(transaction, EntityKind::Project, "name")?);
        };
        let mut fields = project_fields(&old);
        let nothing = Map::new();
        for (field, made) in after {
            let was = before.as_ref().unwrap_or(&nothing).get(field).unwrap_or(made);
            let Some(back) = fields.get(field).and_then(|now| taken_back(now, was, made)) else {
                return Err(entry.stale(transaction, EntityKind::Project, field)?);
            };
            fields.insert(field.clone(), back);
        }
        if before.is_none() {
            let count = transaction.count_members(old.id)?;
            if count > 0 {
                let (object, name) = (EntityKind::Project, old.name.to_string());
                return Err(Error::InUse { object, name, count });
            }
            transaction.delete_project(old.id, now)?;
            let mut had = project_fields(&old);
            had.insert("users".to_owned(), count.into());
            let written = self.record(entry, inverse.action, old.name.as_str(), Some(had), None)?;
            return Ok(Opposite::of(written));
        }
        let new = project_of(old.id, &fields).ok_or_else(unreadable)?;
        if new.name != old.name && !transaction.rename_project(old.id, &new.name, now)? {
            let (object, name) = (EntityKind::Project, new.name.to_string());
            return Err(Error::Exists { object, name });
        }
        let attendance = AgentsBefore::read(transaction, &old, now)?;
        if new.state != old.state {
            transaction.set_project_state(old.id, new.state, now)?;
        }
        if new.details != old.details {
            transaction.update_project(old.id, &new.details, now)?;
        }
        let project_impact = if new.state == old.state {
            ProjectImpact::default()
        } else {
            attendance.compare(transaction)?
        };
        let (was, is) = difference(&project_fields(&old), &project_fields(&new));
        let written = self.record(entry, inverse.action, new.name.as_str(), Some(was), Some(is))?;
        Ok(Opposite { project_impact, ..Opposite::of(written) })
    }

    /// Makes a project again that was deleted, with its number; nobody is in it.
    fn restore_project(
        &mut self,
        entry: &LoggedEntry,
        had: &Map<String, Value>,
    ) -> Result<Opposite, Error> {
        let project = project_of(entry.id, had).ok_or_else(|| entry.not_undoable(UNREADABLE))?;
        if self.transaction.project_by_id(entry.id)?.is_some() {
            return Err(entry.not_undoable("another project has its number now"));
        }
        if !self.transaction.restore_project(&project, self.directory.now())? {
            let (object, name) = (EntityKind::Project, project.name.to_string());
            return Err(Error::Exists { object, name });
        }
        let (action, after) = (AuditAction::ProjectCreate, project_fields(&project));
        let written = self.record(entry, action, project.name.as_str(), None, Some(after))?;
        Ok(Opposite::of(written))
    }

    /// Does the opposite of what `entry` tells of a team or a skill.
    pub(super) fn label(
        &mut self,
        entry: &LoggedEntry,
        inverse: Inverse,
        kind: LabelKind,
    ) -> Result<Opposite, Error> {
        let transaction = self.transaction;
        let object = kind.entity();
        let name = |fields: &Option<Map<String, Value>>| {
            fields.as_ref()?.get("name")?.as_str().map(str::to_owned)
        };
        let (before, after) = (name(&entry.before), name(&entry.after));
        let present = transaction.label_name(kind, entry.id)?;
        if let Some(made) = &after
            && present.as_ref() != Some(made)
        {
            return Err(entry.stale(transaction, object, "name")?);
        }
        let field = |name: &str| Map::from_iter([("name".to_owned(), Value::from(name))]);
        let (subject, was, is) = match (before, after) {
            (None, Some(made)) => {
                let count = transaction.label_users(kind, entry.id)?;
                if count > 0 {
                    return Err(Error::InUse { object, name: made, count });
                }
                transaction.delete_label(kind, entry.id, self.directory.now().seconds())?;
                let mut had = field(&made);
                had.insert("users".to_owned(), count.into());
                (made, Some(had), None)
            }
            (Some(had), None) => {
                if present.is_some() {
                    let number = "another one has its number now";
                    return Err(entry.not_undoable(number));
                }
                if !transaction.restore_label(kind, entry.id, &had)? {
                    return Err(Error::Exists { object, name: had });
                }
                let is = field(&had);
                (had, None, Some(is))
            }
            (Some(had), Some(made)) => {
                if !transaction.rename_label(kind, entry.id, &had)? {
                    return Err(Error::Exists { object, name: had });
                }
                let is = field(&had);
                (had, Some(field(&made)), Some(is))
            }
            (None, None) => return Err(entry.not_undoable(UNREADABLE)),
        };
        let written = self.record(entry, inverse.action, &subject, was, is)?;
        Ok(Opposite::of(written))
    }
}

/// The project that these fields of the log describe.
fn project_of(id: i64, fields: &Map<String, Value>) -> Option<Project> {
    let priority = match fields.get("priority") {
        Some(value) => Priority::new(u8::try_from(value.as_i64()?).ok()?)?,
        None => Priority::default(),
    };
    Some(Project {
        id,
        name: parse(fields.get("name")?)?,
        details: ProjectDetails {
            language: optional(fields.get("language"))?,
            description: optional(fields.get("description"))?,
            priority,
        },
        state: match fields.get("state")?.as_str()? {
            "active" => State::Active,
            "inactive" => State::Inactive,
            _ => return None,
        },
    })
}
