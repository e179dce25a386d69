//! Projects: making, changing, resting and deleting the queues that users take calls from.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::audit::{difference, project_fields, users_of};
use super::lookup::require_project;
use super::users::impact::{AgentsBefore, ProjectImpact};
use super::{Directory, EntityKind, Error, Task};
use crate::model::{
    AuditAction, Description, LanguageTag, Priority, Project, ProjectDetails, ProjectName, State,
    Username, Weight, Window,
};

/// A project with the number of its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSummary {
    /// The project.
    pub project: Project,
    /// How many users are assigned to it.
    pub users: i64,
}

/// A user in a project, seen from the project.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectAgent {
    /// Who.
    pub username: Username,
    /// Whether they take part now.
    pub state: State,
    /// How strongly the project's calls draw them.
    pub weight: Weight,
    /// From when until when they take its calls.
    pub window: Window,
    /// The part of their attention that the project gets; 0 where either is inactive, or outside that
    /// window.
    pub share: f64,
}

/// What is to change in a project's sheet: `None` leaves a field, `Some(None)` empties it.
#[derive(Debug, Clone, Default)]
pub struct ProjectUpdate {
    /// The language of its calls.
    pub language: Option<Option<LanguageTag>>,
    /// What it is for.
    pub description: Option<Option<Description>>,
    /// How early its calls go.
    pub priority: Option<Priority>,
}

/// Whether anything was changed, and what is there now.
#[derive(Debug, Clone)]
pub struct StateChange<T> {
    /// `false` where it was so already.
    pub changed: bool,
    /// What is there now.
    pub now: T,
}

/// A project whose state was to be set.
#[derive(Debug, Clone)]
pub struct ProjectStateChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The project as it is now.
    pub now: ProjectSummary,
    /// What came of a deactivation for its users.
    pub impact: ProjectImpact,
}

/// What a project that was deleted left behind.
#[derive(Debug, Clone)]
pub struct ProjectDeletion {
    /// How many users were assigned to it.
    pub users: i64,
    /// What came of it for them.
    pub impact: ProjectImpact,
}

impl Directory {
    /// Makes a project.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`], where the name is taken.
    pub fn create_project(
        &mut self,
        name: &ProjectName,
        details: ProjectDetails,
    ) -> Result<ProjectSummary, Error> {
        let action = AuditAction::ProjectCreate;
        self.change(Task::Administer, action, &[name.as_str()], |transaction, _| {
            let Some(id) = transaction.insert_project(name, &details, self.now())? else {
                return Err(Error::Exists { object: EntityKind::Project, name: name.to_string() });
            };
            let project = Project { id, name: name.clone(), details, state: State::Active };
            let after = Value::from(project_fields(&project));
            let entry = self.entry(action, name.as_str(), id, None, Some(after));
            let recorded = transaction.record(&entry)?;
            Ok((ProjectSummary { project, users: 0 }, Some(recorded)))
        })
    }

    /// Hands every project to `each`, sorted by name, until that says stop.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where they cannot be read.
    pub fn projects(&self, mut each: impl FnMut(ProjectSummary) -> bool) -> Result<(), Error> {
        self.authorize_reading()?;
        self.store.read()?.projects(|project, users| Ok(each(ProjectSummary { project, users })))
    }

    /// How many projects there are.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where they cannot be read.
    pub fn count_projects(&self) -> Result<u64, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.count_projects()?.unsigned_abs())
    }

    /// One project.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn find_project(&self, name: &ProjectName) -> Result<ProjectSummary, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let found = require_project(&snapshot, name).and_then(|project| {
            let users = snapshot.count_members(project.id)?;
            Ok(ProjectSummary { project, users })
        });
        drop(snapshot);
        self.suggest(found)
    }

    /// Hands everybody who is assigned to a project to `each`, sorted by username, until that says
    /// stop.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is no such project.
    pub fn project_agents(
        &self,
        name: &ProjectName,
        mut each: impl FnMut(ProjectAgent) -> bool,
    ) -> Result<(), Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let now = self.now();
        let listed = require_project(&snapshot, name).and_then(|project| {
            snapshot.assigned(project.id, now, |assigned| {
                let takes_part = project.state.is_active() && assigned.takes_calls(now);
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "sums of weights are far below 2^52"
                )]
                let share = if takes_part {
                    f64::from(assigned.weight.get()) / assigned.active_weights as f64
                } else {
                    0.0
                };
                Ok(each(ProjectAgent {
                    username: assigned.username,
                    state: assigned.state,
                    weight: assigned.weight,
                    window: assigned.window,
                    share,
                }))
            })
        });
        drop(snapshot);
        self.suggest(listed)
    }

    /// Changes a project's sheet.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn update_project(
        &mut self,
        name: &ProjectName,
        update: ProjectUpdate,
    ) -> Result<StateChange<ProjectSummary>, Error> {
        self.change_sheet(name, AuditAction::ProjectUpdate, |project| {
            if let Some(language) = update.language {
                project.details.language = language;
            }
            if let Some(description) = update.description {
                project.details.description = description;
            }
            if let Some(priority) = update.priority {
                project.details.priority = priority;
            }
        })
    }

    /// Rests a project or puts it back to work. Its assignments stay.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn set_project_state(
        &mut self,
        name: &ProjectName,
        state: State,
    ) -> Result<ProjectStateChange, Error> {
        let action = match state {
            State::Active => AuditAction::ProjectActivate,
            State::Inactive => AuditAction::ProjectDeactivate,
        };
        self.change_project(name, action, |project| project.state = state)
    }

    /// Renames a project; its assignments stay.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Exists`], where the new name is taken.
    pub fn rename_project(
        &mut self,
        name: &ProjectName,
        new: &ProjectName,
    ) -> Result<StateChange<ProjectSummary>, Error> {
        self.change_sheet(name, AuditAction::ProjectRename, |project| project.name = new.clone())
    }

    /// A change that leaves the state as it is.
    fn change_sheet(
        &self,
        name: &ProjectName,
        action: AuditAction,
        change: impl FnOnce(&mut Project),
    ) -> Result<StateChange<ProjectSummary>, Error> {
        let ProjectStateChange { changed, now, .. } = self.change_project(name, action, change)?;
        Ok(StateChange { changed, now })
    }

    fn change_project(
        &self,
        name: &ProjectName,
        action: AuditAction,
        change: impl FnOnce(&mut Project),
    ) -> Result<ProjectStateChange, Error> {
        self.change(Task::Administer, action, &[name.as_str()], |transaction, _| {
            let old = require_project(transaction, name)?;
            let users = transaction.count_members(old.id)?;
            let mut new = old.clone();
            change(&mut new);
            if new == old {
                let now = ProjectSummary { project: new, users };
                let impact = ProjectImpact::default();
                return Ok((ProjectStateChange { changed: false, now, impact }, None));
            }
            let now = self.now();
            if new.name != old.name && !transaction.rename_project(old.id, &new.name, now)? {
                return Err(Error::Exists {
                    object: EntityKind::Project,
                    name: new.name.to_string(),
                });
            }
            let mut impact = ProjectImpact::default();
            if new.state != old.state {
                let attendance = AgentsBefore::read(transaction, &old, now)?;
                transaction.set_project_state(old.id, new.state, now)?;
                impact = attendance.compare(transaction)?;
            }
            if new.details != old.details {
                transaction.update_project(old.id, &new.details, now)?;
            }
            let (before, after) = difference(&project_fields(&old), &project_fields(&new));
            let entry = self.entry(
                action,
                new.name.as_str(),
                old.id,
                Some(before.into()),
                Some(after.into()),
            );
            let recorded = transaction.record(&entry)?;
            let now = ProjectSummary { project: new, users };
            Ok((ProjectStateChange { changed: true, now, impact }, Some(recorded)))
        })
    }

    /// Deletes a project. Where users are assigned to it, `from_users` says that it goes from them
    /// too.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::InUse`], where users are assigned and `from_users` is not set.
    pub fn delete_project(
        &mut self,
        name: &ProjectName,
        from_users: bool,
    ) -> Result<ProjectDeletion, Error> {
        let action = AuditAction::ProjectDelete;
        self.change(Task::Administer, action, &[name.as_str()], |transaction, _| {
            let project = require_project(transaction, name)?;
            let count = transaction.count_members(project.id)?;
            if count > 0 && !from_users {
                return Err(Error::InUse {
                    object: EntityKind::Project,
                    name: name.to_string(),
                    count,
                });
            }
            let attendance = AgentsBefore::read(transaction, &project, self.now())?;
            let losers = users_of(transaction, transaction.member_usernames(project.id)?)?;
            transaction.delete_project(project.id, self.now())?;
            let impact = attendance.compare(transaction)?;
            self.record_losses(transaction, AuditAction::ProjectUnassign, &losers)?;
            let mut before = project_fields(&project);
            before.insert("users".to_owned(), count.into());
            let entry = self.entry(action, name.as_str(), project.id, Some(before.into()), None);
            let recorded = transaction.record(&entry)?;
            Ok((ProjectDeletion { users: count, impact }, Some(recorded)))
        })
    }
}
