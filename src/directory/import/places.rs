//! Teams, skills and projects made what a roster says that they are.

use serde_json::{Map, Value};

use super::place::RosterPlace;
use super::planned::{PlannedAction, PlannedPlace};
use super::write::ImportWriter;
use crate::directory::audit::{difference, project_fields};
use crate::directory::{EntityKind, Error, LabelKind, Task};
use crate::model::{AuditAction, Project, ProjectDetails, ProjectName, State};

impl ImportWriter<'_> {
    /// Makes everything in `places` what it is said to be; what is so already is left alone.
    pub(super) fn write_places(&mut self, places: &[RosterPlace]) -> Result<(), Error> {
        for place in places {
            match place {
                RosterPlace::Team(name) => self.write_label(LabelKind::Team, name.as_str())?,
                RosterPlace::Skill(name) => self.write_label(LabelKind::Skill, name.as_str())?,
                RosterPlace::Project(name, details, state) => {
                    self.write_project(name, details, *state)?;
                }
            }
        }
        Ok(())
    }

    fn write_label(&mut self, kind: LabelKind, name: &str) -> Result<(), Error> {
        if self.transaction.label_id(kind, name)?.is_some() {
            return Ok(());
        }
        self.require_admin()?;
        let Some(id) = self.transaction.insert_label(kind, name)? else { return Ok(()) };
        let action = match kind {
            LabelKind::Team => AuditAction::TeamCreate,
            LabelKind::Skill => AuditAction::SkillCreate,
        };
        let after = Map::from_iter([("name".to_owned(), Value::from(name))]);
        self.record_place((action, name, id), None, &after)?;
        self.tell(kind.entity(), name, PlannedAction::Create, Map::new(), after)
    }

    fn write_project(
        &mut self,
        name: &ProjectName,
        details: &ProjectDetails,
        state: State,
    ) -> Result<(), Error> {
        let wanted = |id| Project { id, name: name.clone(), details: details.clone(), state };
        let Some(old) = self.transaction.find_project(name.as_str())? else {
            self.require_admin()?;
            let Some(id) = self.transaction.insert_project(name, details, self.now)? else {
                return Ok(());
            };
            if !state.is_active() {
                self.transaction.set_project_state(id, state, self.now)?;
            }
            let after = project_fields(&wanted(id));
            self.record_place((AuditAction::ProjectCreate, name.as_str(), id), None, &after)?;
            return self.tell(
                EntityKind::Project,
                name.as_str(),
                PlannedAction::Create,
                Map::new(),
                after,
            );
        };
        let new = wanted(old.id);
        if new == old {
            return Ok(());
        }
        self.require_admin()?;
        // The sheet and the state have actions of their own in the log.
        let sheet = Project { state: old.state, ..new.clone() };
        if sheet != old {
            self.transaction.update_project(old.id, details, self.now)?;
            let (before, after) = difference(&project_fields(&old), &project_fields(&sheet));
            let what = (AuditAction::ProjectUpdate, name.as_str(), old.id);
            self.record_place(what, Some(&before), &after)?;
        }
        if new != sheet {
            self.transaction.set_project_state(old.id, state, self.now)?;
            let action = match state {
                State::Active => AuditAction::ProjectActivate,
                State::Inactive => AuditAction::ProjectDeactivate,
            };
            let (before, after) = difference(&project_fields(&sheet), &project_fields(&new));
            self.record_place((action, name.as_str(), old.id), Some(&before), &after)?;
        }
        let (before, after) = difference(&project_fields(&old), &project_fields(&new));
        self.tell(EntityKind::Project, name.as_str(), PlannedAction::Update, before, after)
    }

    /// Lets through whoever may make and change teams, skills and projects.
    fn require_admin(&self) -> Result<(), Error> {
        let now = Some(self.transaction);
        self.directory.authority(now, Task::Administer, AuditAction::UserImport).map(drop)
    }

    fn tell(
        &mut self,
        object: EntityKind,
        name: &str,
        action: PlannedAction,
        before: Map<String, Value>,
        after: Map<String, Value>,
    ) -> Result<(), Error> {
        let place = PlannedPlace { object, name: name.to_owned(), action, before, after };
        self.observer.place_planned(place).map_err(Error::Output)
    }
}
