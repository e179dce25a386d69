//! Rows written in a transaction: users created, changed and deactivated, each with its audit entry.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::deactivate_absent::AbsentUser;
use super::existing_names::{ExistingNames, NewName};
use super::prepare::PreparedUser;
use super::profile::Profile;
use super::row::{ImportRow, RowError};
use super::validate::RowValidator;
use super::{
    ImportObserver, ImportSummary, ImportWarning, OnConflict, PlannedAction, PlannedChange,
};
use crate::directory::audit::{difference, project_fields, user_fields};
use crate::directory::lookup::require_user;
use crate::directory::permissions::Authority;
use crate::directory::users::rules::can_administer;
use crate::directory::{Directory, Error, LabelKind};
use crate::model::{
    AuditAction, AuditEntry, Project, ProjectDetails, ProjectName, State, Timestamp, User, UserId,
    Username,
};
use crate::store::{BulkInsert, Recorded, SerializedAudit, Transaction};

fn noted(fields: &Map<String, Value>) -> Result<SerializedAudit, Error> {
    serde_json::to_string(fields)
        .and_then(SerializedAudit::new)
        .map_err(|error| Error::Output(error.into()))
}

/// The fields that changed, as they were and as they are.
type Difference = (Map<String, Value>, Map<String, Value>);

/// A transaction in which rows become users.
pub(super) struct ImportWriter<'w> {
    pub(super) directory: &'w Directory,
    pub(super) transaction: &'w Transaction<'w>,
    pub(super) validator: &'w RowValidator<'w>,
    pub(super) observer: &'w mut dyn ImportObserver,
    bulk: BulkInsert<'w>,
    entry: AuditEntry,
    pub(super) now: Timestamp,
    summary: ImportSummary,
    recorded: Option<Recorded>,
    /// The last who ceased to be somebody who can administer.
    left_admin: Option<(u64, Username)>,
    /// Projects that somebody left.
    left_projects: BTreeSet<ProjectName>,
}

impl<'w> ImportWriter<'w> {
    pub(super) fn begin(
        directory: &'w Directory,
        transaction: &'w Transaction<'w>,
        validator: &'w RowValidator<'w>,
        observer: &'w mut dyn ImportObserver,
    ) -> Result<Self, Error> {
        Ok(Self {
            directory,
            transaction,
            validator,
            observer,
            bulk: transaction.bulk_insert()?,
            entry: directory.entry(AuditAction::UserCreate, "", 0, None, None),
            now: directory.now(),
            summary: ImportSummary::default(),
            recorded: None,
            left_admin: None,
            left_projects: BTreeSet::new(),
        })
    }

    /// Makes the teams, skills and projects that rows name and that are not there.
    pub(super) fn create_names(&mut self, names_to_create: &[NewName]) -> Result<(), Error> {
        for new_name in names_to_create {
            let (action, name, made) = match new_name {
                NewName::Team(name) => {
                    let made = self.transaction.insert_label(LabelKind::Team, name.as_str())?;
                    (AuditAction::TeamCreate, name.as_str(), made)
                }
                NewName::Skill(name) => {
                    let made = self.transaction.insert_label(LabelKind::Skill, name.as_str())?;
                    (AuditAction::SkillCreate, name.as_str(), made)
                }
                NewName::Project(name) => {
                    let details = ProjectDetails::default();
                    let made = self.transaction.insert_project(name, &details, self.now)?;
                    (AuditAction::ProjectCreate, name.as_str(), made)
                }
            };
            // Somebody else has made it meanwhile: it is there, and that is what was wanted.
            let Some(id) = made else { continue };
            let after = match new_name {
                NewName::Project(name) => {
                    let (name, details) = (name.clone(), ProjectDetails::default());
                    project_fields(&Project { id, name, details, state: State::Active })
                }
                _ => Map::from_iter([("name".to_owned(), Value::from(name))]),
            };
            self.record_place((action, name, id), None, &after)?;
        }
        Ok(())
    }

    /// Notes that a team, skill or project was made, or changed where it was something `before`.
    pub(super) fn record_place(
        &mut self,
        (action, name, id): (AuditAction, &str, i64),
        before: Option<&Map<String, Value>>,
        after: &Map<String, Value>,
    ) -> Result<(), Error> {
        let entry = self.directory.entry(action, name, id, None, None);
        let (before, after) = (before.map(noted).transpose()?, noted(after)?);
        self.recorded = Some(self.bulk.record(&entry, before.as_ref(), Some(&after))?);
        self.summary.labels += u64::from(before.is_none());
        Ok(())
    }

    /// Creates somebody.
    pub(super) fn create(&mut self, ready: &mut PreparedUser) -> Result<(), Error> {
        let username = &ready.creation.user.username;
        if let Some(authority) = self.validator.create {
            self.still_covers(authority, username)?;
        }
        let Some(id) = self.bulk.create(&ready.creation, self.now)? else {
            return Err(Error::PlanStale { what: format!("`{username}`") });
        };
        self.entry.action = AuditAction::UserCreate;
        self.entry.subject = Some(username.to_string());
        self.entry.subject_id = Some(id.0);
        self.recorded = Some(self.bulk.record(&self.entry, None, Some(&ready.after))?);
        ready.creation.user.id = id;
        if let Some(password) = &ready.password
            && !self.validator.options.dry_run
        {
            self.observer.issued(&ready.creation.user, password).map_err(Error::Output)?;
        }
        self.summary.created += 1;
        if let Some(after) = ready.fields.take() {
            let username = ready.creation.user.username.clone();
            let (line, action) = (Some(ready.line), PlannedAction::Create);
            let before = Map::new();
            let item = PlannedChange { line, username, action, revision: None, before, after };
            self.observer.planned(item).map_err(Error::Output)?;
        }
        Ok(())
    }

    /// Makes a user who was there, of this revision, what their row says.
    pub(super) fn update_existing(
        &mut self,
        row: &ImportRow,
        revision: i64,
        labels: &ExistingNames,
    ) -> Result<(), Error> {
        let username = &row.username;
        let stale = || Error::PlanStale { what: format!("`{username}`") };
        if self.transaction.user_revision(username)? != Some(revision) {
            return Err(stale());
        }
        if self.validator.options.on_conflict != OnConflict::Update {
            return self.skip(row, revision);
        }
        let old = require_user(self.transaction, username)?;
        let profile = self.validator.profile(&Profile::default(), row, Some(&old));
        if profile == Profile::from_user(&old) {
            return self.skip(row, revision);
        }
        if !self.validator.errors(row, Some(&old), &profile).is_empty() {
            return Err(stale());
        }
        self.still_covers(self.validator.manage, username)?;
        let new = profile.to_user(old.id, username, self.now, |name| labels.project_state(name))?;
        let (before, after) = self.write_change(row.line, &old, &new, labels)?;
        let (line, action) = (Some(row.line), PlannedAction::Update);
        self.plan_item((line, username, action), revision, before, after)
    }

    fn skip(&mut self, row: &ImportRow, revision: i64) -> Result<(), Error> {
        self.summary.skipped += 1;
        let what = (Some(row.line), &row.username, PlannedAction::Skip);
        self.plan_item(what, revision, Map::new(), Map::new())
    }

    /// Gives `old` the teams, skills and projects of `new`.
    fn write_memberships(
        &mut self,
        old: &User,
        new: &User,
        labels: &ExistingNames,
    ) -> Result<(), Error> {
        let stale = || Error::PlanStale { what: format!("`{}`", old.username) };
        let transaction = self.transaction;
        let id = old.id;
        for team in old.teams.iter().filter(|team| !new.teams.contains(team)) {
            let team = labels.team(team).ok_or_else(stale)?;
            transaction.remove_user_label(LabelKind::Team, id.0, team)?;
        }
        for team in new.teams.iter().filter(|team| !old.teams.contains(team)) {
            transaction.add_user_team(id.0, labels.team(team).ok_or_else(stale)?)?;
        }
        for grant in &old.skills {
            if !new.skills.iter().any(|other| other.skill == grant.skill) {
                let skill = labels.skill(&grant.skill).ok_or_else(stale)?;
                transaction.remove_user_label(LabelKind::Skill, id.0, skill)?;
            }
        }
        for grant in new.skills.iter().filter(|grant| !old.skills.contains(grant)) {
            let skill = labels.skill(&grant.skill).ok_or_else(stale)?;
            transaction.put_user_skill(id.0, skill, grant.level.get())?;
        }
        for one in &old.projects {
            if !new.projects.iter().any(|other| other.project == one.project) {
                let (project, _) = labels.project(&one.project).ok_or_else(stale)?;
                transaction.remove_assignment(id, project)?;
                self.left_projects.insert(one.project.clone());
            }
        }
        for one in &new.projects {
            let had = old.projects.iter().find(|other| other.project == one.project);
            let (project, activity) = labels.project(&one.project).ok_or_else(stale)?;
            if had.is_none() && !activity.is_active() {
                return Err(stale());
            }
            if had.is_none_or(|had| had.weight != one.weight || had.window != one.window) {
                transaction.put_assignment(id, project, one.weight, one.window)?;
                if !one.is_active(self.now) {
                    self.left_projects.insert(one.project.clone());
                }
            }
        }
        Ok(())
    }

    /// Makes `old` what `new` is, and notes it; gives the fields that changed, as they were and are.
    fn write_change(
        &mut self,
        line: u64,
        old: &User,
        new: &User,
        labels: &ExistingNames,
    ) -> Result<Difference, Error> {
        self.write_memberships(old, new, labels)?;
        let (transaction, id) = (self.transaction, old.id);
        transaction.update_user(new, self.now)?;
        let (was_there, is_there) = (old.state(self.now), new.state(self.now));
        let leaves = was_there.is_active() && !is_there.is_active();
        if was_there != is_there || new.roles != old.roles {
            transaction.end_sessions(id, None)?;
        }
        if leaves {
            self.left_projects.extend(old.projects.iter().map(|one| one.project.clone()));
        }
        let after = User { credential: old.credential.clone(), ..new.clone() };
        let phone = self.validator.policy.two_factor;
        if can_administer(old, phone, self.now) && !can_administer(&after, phone, self.now) {
            self.left_admin = Some((line, old.username.clone()));
        }
        let (before, after) = difference(&user_fields(old), &user_fields(new));
        self.entry.action = AuditAction::UserUpdate;
        self.record_change(old, &before, &after)?;
        self.summary.updated += 1;
        Ok((before, after))
    }

    /// Deactivates somebody who is not in the file.
    pub(super) fn deactivate(&mut self, missing: &AbsentUser) -> Result<(), Error> {
        let AbsentUser { id, username, revision, .. } = missing;
        if self.transaction.user_revision(username)? != Some(*revision) {
            return Err(Error::PlanStale { what: format!("`{username}`") });
        }
        self.still_covers(self.validator.manage, username)?;
        let old = require_user(self.transaction, username)?;
        self.transaction.set_user_state(*id, State::Inactive, self.now)?;
        self.transaction.end_sessions(*id, None)?;
        self.left_projects.extend(old.projects.iter().map(|one| one.project.clone()));
        if can_administer(&old, self.validator.policy.two_factor, self.now) {
            self.left_admin = Some((0, username.clone()));
        }
        let field = |state: State| Map::from_iter([("state".to_owned(), state.as_str().into())]);
        let (before, after) = (field(State::Active), field(State::Inactive));
        self.entry.action = AuditAction::UserDeactivate;
        self.record_change(&old, &before, &after)?;
        self.summary.deactivated += 1;
        let what = (None, username, PlannedAction::Deactivate);
        self.plan_item(what, *revision, before, after)
    }

    /// Refuses where somebody became an admin of almost this name since the plan was made.
    fn still_covers(&self, authority: Authority, username: &Username) -> Result<(), Error> {
        authority.covers_case_twins(self.transaction, username).map_err(|error| match error {
            Error::Forbidden { .. } => Error::PlanStale { what: format!("`{username}`") },
            other => other,
        })
    }

    fn record_change(
        &mut self,
        old: &User,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Result<(), Error> {
        self.entry.subject = Some(old.username.to_string());
        self.entry.subject_id = Some(old.id.0);
        let (before, after) = (noted(before)?, noted(after)?);
        self.recorded = Some(self.bulk.record(&self.entry, Some(&before), Some(&after))?);
        Ok(())
    }

    fn plan_item(
        &mut self,
        (line, username, action): (Option<u64>, &Username, PlannedAction),
        revision: i64,
        before: Map<String, Value>,
        after: Map<String, Value>,
    ) -> Result<(), Error> {
        if !self.observer.wants_plan() {
            return Ok(());
        }
        let (username, revision) = (username.clone(), Some(revision));
        let item = PlannedChange { line, username, action, revision, before, after };
        self.observer.planned(item).map_err(Error::Output)
    }

    /// Looks at what only the whole tells: that somebody is left who can administer, and that each
    /// project has an agent.
    pub(super) fn finish(self) -> Result<(ImportSummary, Option<Recorded>), Error> {
        let phone = self.validator.policy.two_factor;
        if let Some((line, username)) = self.left_admin
            && !self.transaction.has_other_working_admin(UserId(0), self.now, phone)?
        {
            let name = Some(username.to_string());
            let error = Error::LastAdmin { username };
            self.observer.refused(RowError {
                line,
                column: None,
                username: name,
                cell: None,
                error,
                remedy: None,
            });
            return Err(Error::RowsRefused { count: 1 });
        }
        for name in self.left_projects {
            if let Some(project) = self.transaction.find_project(name.as_str())?
                && project.state.is_active()
                && !self.transaction.has_active_agent(project.id, self.now)?
            {
                self.observer.warn(ImportWarning::Unattended(project.name));
            }
        }
        Ok((self.summary, self.recorded))
    }
}
