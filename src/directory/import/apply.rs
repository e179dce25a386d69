//! The second reading: the plan is carried out in one transaction.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::deactivate_absent::AbsentUser;
use super::existing_names::{ExistingNames, NewName};
use super::hash_passwords::{RowHash, stale};
use super::plan::{ExpectedUser, ImportPlan, RowValidator};
use super::prepare::{
    PredrawnBytes, PrepareThread, PreparedUser, RANDOM_BYTES_PER_PASSWORD, UserBuilder, WriteJob,
};
use super::profile::Profile;
use super::reader::RosterInput;
use super::row::ImportRow;
use super::{
    ImportObserver, ImportOptions, ImportPasswords, ImportPhase, ImportSummary, ImportWarning,
    MAX_WAITING_BATCHES, PlannedAction, PlannedChange, ROWS_PER_BATCH, RowError,
};
use crate::directory::audit::{difference, project_fields, user_fields};
use crate::directory::lookup::require_user;
use crate::directory::permissions::Authority;
use crate::directory::users::rules::can_administer;
use crate::directory::{Directory, Error, LabelKind, OnConflict, Task};
use crate::model::{
    AuditAction, AuditEntry, Credential, CredentialKind, PasswordOrigin, Project, ProjectDetails,
    ProjectName, State, Timestamp, User, UserId, Username,
};
use crate::store::{BulkInsert, Recorded, SerializedAudit, Transaction};

/// So many rows are written a second at least, as a rule of thumb.
const MIN_ROWS_PER_SECOND: u64 = 30_000;

impl Directory {
    /// Reads the file once more and does what was planned; in a dry run all but the commit.
    pub(super) fn apply_plan<R: Read + Send>(
        &self,
        input: RosterInput<'_, R>,
        options: &ImportOptions,
        plan: &ImportPlan,
        hashes: &[RowHash],
        observer: &mut dyn ImportObserver,
    ) -> Result<ImportSummary, Error> {
        let record = self.temporary_record(options)?;
        let rows = plan.rows.len() as u64;
        if rows > MIN_ROWS_PER_SECOND {
            observer.warn(ImportWarning::LongWrite {
                rows,
                seconds: rows.div_ceil(MIN_ROWS_PER_SECOND),
            });
        }
        let (transaction, _) = self.begin_long(Task::Manage, AuditAction::UserImport)?;
        observer.progress(ImportPhase::Writing, 0, Some(rows));
        let (create, manage) = self.import_authorities(Some(&transaction))?;
        let validator = RowValidator { policy: &self.policy, options, create, manage };
        if self.import_authorities(None)? != (create, manage) {
            return Err(Error::PlanStale { what: "your role".to_owned() });
        }
        if let Some((name, revision)) = &plan.like
            && transaction.user_revision(name)? != Some(*revision)
        {
            return Err(Error::PlanStale { what: format!("`{name}`") });
        }
        let creates = plan.rows.iter().filter(|one| **one == ExpectedUser::Absent).count();
        // Where the right ends at case twins, one is looked for before each user is created.
        let creates = if manage.is_limited() { 0 } else { creates };
        let aside =
            transaction.drop_indexes_for_bulk_insert(i64::try_from(creates).unwrap_or(i64::MAX))?;
        let mut writing = ImportWriter::begin(self, &transaction, &validator, observer)?;
        writing.create_names(&plan.names_to_create)?;
        let labels = ExistingNames::read(&transaction)?;
        let shown = writing.observer.wants_plan();
        let (base, now) = (&plan.base, self.now());
        let builder =
            UserBuilder { validator: &validator, labels: &labels, base, record, now, shown };
        self.write_rows(input, plan, hashes, &builder, &mut writing)?;
        for missing in &plan.missing {
            writing.deactivate(missing)?;
        }
        transaction.rebuild_indexes(&aside)?;
        let (summary, recorded) = writing.finish()?;
        let Some(recorded) = recorded.filter(|_| !options.dry_run) else {
            return Ok(summary);
        };
        observer.before_commit().map_err(Error::Output)?;
        if observer.should_stop() {
            return Err(Error::Stopped);
        }
        transaction.commit(recorded)?;
        Ok(summary)
    }

    /// What is kept of a password that an import gives.
    pub(super) fn temporary_record(&self, options: &ImportOptions) -> Result<Credential, Error> {
        let kind = CredentialKind::Temporary;
        Ok(Credential {
            origin: PasswordOrigin::Generated,
            kind,
            set_by: self.actor_name(),
            changed_at: self.now(),
            expires_at: self.end_of(kind, options.expiry)?,
        })
    }

    fn write_rows<R: Read + Send>(
        &self,
        input: RosterInput<'_, R>,
        plan: &ImportPlan,
        hashes: &[RowHash],
        builder: &UserBuilder<'_>,
        writing: &mut ImportWriter<'_>,
    ) -> Result<(), Error> {
        let total = plan.rows.len() as u64;
        thread::scope(|scope| {
            let (jobs, batches) = sync_channel::<Result<Vec<WriteJob>, Error>>(MAX_WAITING_BATCHES);
            let (drawn, source) = sync_channel(MAX_WAITING_BATCHES + 2);
            let (used, returned) = channel::<Vec<WriteJob>>();
            scope.spawn(move || {
                let entropy = PredrawnBytes::new(source);
                PrepareThread { plan, hashes, builder, entropy, jobs, returned }.run(input);
            });
            let generates = writing.validator.options.passwords == ImportPasswords::Generate;
            if generates {
                for _ in 0..=MAX_WAITING_BATCHES {
                    // A short file is read by then, and nobody listens.
                    let _ = drawn.try_send(self.draw()?);
                }
            }
            let mut written = 0;
            while let Ok(batch) = batches.recv() {
                if generates {
                    let _ = drawn.try_send(self.draw()?);
                }
                let mut batch = batch?;
                for job in &mut batch {
                    match job {
                        WriteJob::Create(ready) => writing.create(ready)?,
                        WriteJob::Known(row, revision) => {
                            writing.update_existing(row, *revision, builder.labels)?;
                        }
                    }
                    written += 1;
                }
                // Memory goes back quickest where it came from.
                let _ = used.send(batch);
                writing.observer.progress(ImportPhase::Writing, written, Some(total));
                if writing.observer.should_stop() {
                    return Err(Error::Stopped);
                }
            }
            if written == total { Ok(()) } else { Err(stale()) }
        })
    }

    fn draw(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bytes = Zeroizing::new(vec![0; ROWS_PER_BATCH * RANDOM_BYTES_PER_PASSWORD]);
        self.entropy.borrow_mut().fill(&mut bytes).map_err(Error::Entropy)?;
        Ok(bytes)
    }
}

fn noted(fields: &Map<String, Value>) -> Result<SerializedAudit, Error> {
    serde_json::to_string(fields)
        .and_then(SerializedAudit::new)
        .map_err(|error| Error::Output(error.into()))
}

/// A transaction in which rows become users.
pub(super) struct ImportWriter<'w> {
    directory: &'w Directory,
    transaction: &'w Transaction<'w>,
    validator: &'w RowValidator<'w>,
    pub(super) observer: &'w mut dyn ImportObserver,
    bulk: BulkInsert<'w>,
    entry: AuditEntry,
    now: Timestamp,
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
            let entry = self.directory.entry(action, name, id, None, None);
            self.recorded = Some(self.bulk.record(&entry, None, Some(&noted(&after)?))?);
            self.summary.labels += 1;
        }
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
            let item = PlannedChange { line, username, action, before: Map::new(), after };
            self.observer.planned(item).map_err(Error::Output)?;
        }
        Ok(())
    }

    /// Makes somebody who was there, of this revision, what his row says.
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
            return self.skip(row);
        }
        let old = require_user(self.transaction, username)?;
        let profile = self.validator.profile(&Profile::default(), row, Some(&old));
        if profile == Profile::from_user(&old) {
            return self.skip(row);
        }
        if !self.validator.errors(row, Some(&old), &profile).is_empty() {
            return Err(stale());
        }
        self.still_covers(self.validator.manage, username)?;
        let new = profile.to_user(old.id, username, self.now, |name| labels.project_state(name))?;
        self.write_change(row.line, &old, &new, labels)
    }

    fn skip(&mut self, row: &ImportRow) -> Result<(), Error> {
        self.summary.skipped += 1;
        let (before, after) = (Map::new(), Map::new());
        self.plan_item(Some(row.line), &row.username, PlannedAction::Skip, before, after)
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

    /// Makes `old` what `new` is, and notes it.
    fn write_change(
        &mut self,
        line: u64,
        old: &User,
        new: &User,
        labels: &ExistingNames,
    ) -> Result<(), Error> {
        self.write_memberships(old, new, labels)?;
        let (transaction, id) = (self.transaction, old.id);
        transaction.update_user(new, self.now)?;
        let leaves = old.state(self.now).is_active() && !new.state(self.now).is_active();
        if leaves || new.roles != old.roles {
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
        self.plan_item(Some(line), &old.username, PlannedAction::Update, before, after)
    }

    /// Deactivates somebody who is not in the file.
    fn deactivate(&mut self, missing: &AbsentUser) -> Result<(), Error> {
        let AbsentUser { id, username, revision } = missing;
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
        self.plan_item(None, username, PlannedAction::Deactivate, before, after)
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
        line: Option<u64>,
        username: &Username,
        action: PlannedAction,
        before: Map<String, Value>,
        after: Map<String, Value>,
    ) -> Result<(), Error> {
        if !self.observer.wants_plan() {
            return Ok(());
        }
        let item = PlannedChange { line, username: username.clone(), action, before, after };
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
