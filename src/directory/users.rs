//! Users: creating, finding, listing, changing and (de)activating them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::assignments::{assignable_project, unattended};
use super::audit::{credential_field, difference, user_fields};
use super::labels::label_id;
use super::passwords::{NewPassword, Prepared};
use super::projects::project;
use super::{Acting, Directory, Error, LabelKind, Noun, Policy, Task, Unattended};
use crate::model::{
    Action, Assignment, CredentialState, Email, Field, FullName, LanguageTag, NewUser, Phone, Role,
    RoleSet, Secret, SkillGrant, SkillName, State, TeamName, Timestamp, User, UserFilter, UserId,
    Username,
};
use crate::store::{Names, Places, Reader, Transaction};

/// A user who was created.
#[derive(Debug, Clone)]
pub struct Created {
    /// The user.
    pub user: User,
    /// His password, where it was generated: this is the only time that it is known.
    pub generated: Option<Secret>,
    /// Another user whose name differs in nothing but case.
    pub twin: Option<String>,
}

/// What is to change in a user's sheet; `None` leaves a field, `Some(None)` empties it. What is both
/// added and removed is added.
#[derive(Debug, Default)]
pub struct UserUpdate {
    /// His name.
    pub full_name: Option<FullName>,
    /// His e-mail address.
    pub email: Option<Option<Email>>,
    /// His phone number.
    pub phone: Option<Option<Phone>>,
    /// His language.
    pub language: Option<Option<LanguageTag>>,
    /// Whether he chooses which of his projects to enter.
    pub project_selection: Option<bool>,
    /// Roles that he gets.
    pub add_roles: RoleSet,
    /// Roles that he loses.
    pub remove_roles: RoleSet,
    /// Teams that he joins.
    pub add_teams: Vec<TeamName>,
    /// Teams that he leaves.
    pub remove_teams: Vec<TeamName>,
    /// Skills that he gets, or whose level changes.
    pub add_skills: Vec<SkillGrant>,
    /// Skills that he loses.
    pub remove_skills: Vec<SkillName>,
    /// Whether he leaves his projects where he loses the last role that takes calls.
    pub unassign: bool,
    /// A new password for him.
    pub password: Option<NewPassword>,
    /// Whether his password stays even where he is granted power over others.
    pub keep_password: bool,
}

/// A user whose sheet was to be changed.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as he is now.
    pub user: User,
    /// His new password, where one was generated.
    pub generated: Option<Secret>,
    /// Projects that are left without an active agent.
    pub unattended: Unattended,
}

/// A user whose state was to be set.
#[derive(Debug, Clone)]
pub struct UserStateChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as he is now.
    pub user: User,
    /// Projects that are left without an active agent.
    pub unattended: Unattended,
}

impl Policy {
    /// The fields that this site wants and `user` lacks.
    #[must_use]
    pub fn missing(&self, user: &NewUser) -> Vec<Field> {
        self.lacking(user.roles, |field| match field {
            Field::Email => user.email.is_none(),
            Field::Phone => user.phone.is_none(),
            Field::Language => user.language.is_none(),
            Field::Team => user.teams.is_empty(),
            Field::Skill => user.skills.is_empty(),
            Field::Project => user.projects.is_empty(),
        })
    }

    fn missing_of(&self, user: &User) -> Vec<Field> {
        self.lacking(user.roles, |field| match field {
            Field::Email => user.email.is_none(),
            Field::Phone => user.phone.is_none(),
            Field::Language => user.language.is_none(),
            Field::Team => user.teams.is_empty(),
            Field::Skill => user.skills.is_empty(),
            Field::Project => user.projects.is_empty(),
        })
    }

    /// The fields that the change from `old` to `new` is to blame for. Projects are none: they can
    /// be given only to somebody who takes calls already.
    fn newly_missing(&self, old: &User, new: &User) -> Vec<Field> {
        let before = self.missing_of(old);
        let mut missing = self.missing_of(new);
        missing.retain(|field| *field != Field::Project && !before.contains(field));
        missing
    }

    fn lacking(&self, roles: RoleSet, empty: impl Fn(Field) -> bool) -> Vec<Field> {
        self.required
            .iter()
            .copied()
            .filter(|field| !field.for_call_takers() || roles.takes_calls())
            .filter(|field| empty(*field))
            .collect()
    }
}

/// The user who has to be there.
pub(super) fn user(reader: &Reader<'_>, username: &Username) -> Result<User, Error> {
    reader.find_user(username)?.ok_or_else(|| Error::NotFound {
        noun: Noun::User,
        name: username.to_string(),
        nearest: None,
    })
}

impl Directory {
    /// Creates a user with all his places, and his password where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`], where the username is taken; [`Error::NotFound`], where a team, skill or
    /// project is not there; [`Error::LastRole`], where there is no role at all;
    /// [`Error::NotAssignable`], [`Error::ProjectInactive`], [`Error::Missing`], and
    /// [`Error::Invalid`] for a weak password or a weight out of range.
    pub fn create_user(
        &mut self,
        new: &NewUser,
        password: Option<&NewPassword>,
    ) -> Result<Created, Error> {
        let created = self.try_create_user(new, password);
        self.settle(created)
    }

    fn try_create_user(
        &mut self,
        new: &NewUser,
        password: Option<&NewPassword>,
    ) -> Result<Created, Error> {
        self.authorize(Task::Create, Some(Action::UserCreate))?;
        if let Some(password) = password {
            self.may_give(password, Action::UserCreate)?;
        }
        if new.roles.is_empty() {
            return Err(Error::LastRole { username: new.username.clone() });
        }
        let missing = self.policy.missing(new);
        if !missing.is_empty() {
            return Err(Error::Missing { fields: missing });
        }
        let prepared = match password {
            Some(password) => {
                // Before a hash is paid for; the database still decides in the end.
                if !password.is_cheap() && self.store.read()?.find_user(&new.username)?.is_some() {
                    return Err(exists(&new.username));
                }
                let full_name = new.full_name.as_str();
                Some(self.prepare(password, new.username.as_str(), full_name)?)
            }
            None => None,
        };
        let user = self.write_new_user(new, prepared.as_ref())?;
        let twins = self.store.read()?.case_twins(Names::Users, user.username.as_str())?;
        let twin = twins.into_iter().next();
        Ok(Created { user, generated: prepared.and_then(Prepared::into_generated), twin })
    }

    fn write_new_user(&self, new: &NewUser, prepared: Option<&Prepared>) -> Result<User, Error> {
        let now = self.now();
        let (transaction, authority) = self.begin(Task::Create, Action::UserCreate)?;
        authority.covers_roles(&new.username, new.roles, new.roles)?;
        if !authority.is_unlimited() {
            // A name that looks like an admin's is as good as a role.
            for twin in transaction.case_twins(Names::Users, new.username.as_str())? {
                let twin = twin.parse::<Username>()?;
                authority.covers_roles(
                    &new.username,
                    user(&transaction, &twin)?.roles,
                    new.roles,
                )?;
            }
        }
        let credential = prepared.map(|prepared| &prepared.credential);
        let Some(id) = transaction.insert_user(new, credential, now)? else {
            return Err(exists(&new.username));
        };
        for team in &new.teams {
            let team = label_id(&transaction, LabelKind::Team, team.as_str())?;
            transaction.add_user_team(id.0, team)?;
        }
        for grant in &new.skills {
            let skill = label_id(&transaction, LabelKind::Skill, grant.skill.as_str())?;
            transaction.put_user_skill(id.0, skill, grant.level.get())?;
        }
        if !new.projects.is_empty() && !new.roles.takes_calls() {
            return Err(Error::NotAssignable { username: new.username.clone() });
        }
        let mut projects = Vec::with_capacity(new.projects.len());
        for request in &new.projects {
            let weights = &self.policy.weights;
            let weight = weights.check(request.weight.unwrap_or(weights.default))?;
            let project = assignable_project(&transaction, &request.project)?;
            transaction.put_assignment(id, project.id, weight)?;
            projects.push(Assignment {
                project: project.name,
                weight,
                project_state: project.state,
            });
        }
        let user = whole_user(id, new, projects, prepared, now);
        let mut after = user_fields(&user);
        after.insert("password".to_owned(), credential_field(user.credential.as_ref()));
        let entry = self.entry(
            Action::UserCreate,
            user.username.as_str(),
            id.0,
            None,
            Some(Value::from(after)),
        );
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        Ok(user)
    }

    /// One user.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn find_user(&self, username: &Username) -> Result<User, Error> {
        if !self.is_acting_user(username) {
            self.may_look()?;
        }
        let found = user(&*self.store.read()?, username);
        self.suggest(found)
    }

    /// The user who is acting, also where he has to change his password first.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], where no user is.
    pub fn myself(&self) -> Result<User, Error> {
        match &self.acting {
            Acting::User { username, .. } => user(&*self.store.read()?, username),
            _ => Err(Error::SignInRequired),
        }
    }

    /// Whether there is a user of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn user_exists(&self, username: &Username) -> Result<bool, Error> {
        self.may_look()?;
        Ok(self.store.read()?.find_user(username)?.is_some())
    }

    /// A user whose name differs from `username` in nothing but case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn case_twin(&self, username: &Username) -> Result<Option<String>, Error> {
        self.may_look()?;
        let twins = self.store.read()?.case_twins(Names::Users, username.as_str())?;
        Ok(twins.into_iter().next())
    }

    /// Hands every user that `filter` lets through to `each`, in its order, until that says stop.
    /// Without `with_places` the lists of teams, skills and projects stay empty, which is quicker.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there.
    pub fn list_users(
        &self,
        filter: &UserFilter,
        with_places: bool,
        mut each: impl FnMut(User) -> bool,
    ) -> Result<(), Error> {
        self.may_look()?;
        let places = if with_places { Places::Read } else { Places::Skip };
        let now = self.now();
        let mut left = filter.limit.unwrap_or(u64::MAX);
        let snapshot = self.store.read()?;
        let listed = check_filter(&snapshot, filter).and_then(|()| {
            if left == 0 {
                return Ok(());
            }
            snapshot.list_users(filter, now, places, |user| {
                left -= 1;
                Ok::<_, Error>(each(user) && left > 0)
            })
        });
        drop(snapshot);
        self.suggest(listed)
    }

    /// How many users `filter` lets through, whatever its limit.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there.
    pub fn count_users(&self, filter: &UserFilter) -> Result<u64, Error> {
        self.may_look()?;
        let snapshot = self.store.read()?;
        let counted = check_filter(&snapshot, filter)
            .and_then(|()| Ok(snapshot.count_users(filter, self.now())?));
        drop(snapshot);
        self.suggest(counted)
    }

    /// Changes a user's sheet and places.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::LastRole`], [`Error::LastAdmin`], [`Error::StillAssigned`],
    /// [`Error::PasswordForRole`], [`Error::Missing`] where a field that the site wants would go,
    /// and [`Error::Invalid`] for a weak password.
    pub fn update_user(
        &mut self,
        username: &Username,
        update: &UserUpdate,
    ) -> Result<UserChange, Error> {
        let changed = self.try_update_user(username, update);
        self.settle(changed)
    }

    fn try_update_user(
        &mut self,
        username: &Username,
        update: &UserUpdate,
    ) -> Result<UserChange, Error> {
        self.authorize(Task::Manage, Some(Action::UserUpdate))?;
        let prepared = match &update.password {
            Some(password) => {
                self.may_give(password, Action::UserUpdate)?;
                let old = self.find_user(username)?;
                let full_name = update.full_name.as_ref().unwrap_or(&old.full_name);
                Some(self.prepare(password, username.as_str(), full_name.as_str())?)
            }
            None => None,
        };
        let (changed, user, unattended) =
            self.write_user_update(username, update, prepared.as_ref())?;
        let generated = prepared.and_then(Prepared::into_generated);
        Ok(UserChange { changed, user, generated, unattended })
    }

    fn write_user_update(
        &self,
        username: &Username,
        update: &UserUpdate,
        prepared: Option<&Prepared>,
    ) -> Result<(bool, User, Unattended), Error> {
        let now = self.now();
        let (transaction, authority) = self.begin(Task::Manage, Action::UserUpdate)?;
        let old = user(&transaction, username)?;
        let mut sheet = old.clone();
        apply_sheet(&mut sheet, update);
        authority.covers(&old, sheet.roles)?;
        self.check_roles(&transaction, &old, &sheet, update)?;
        let leaves_projects =
            !old.projects.is_empty() && old.roles.takes_calls() && !sheet.roles.takes_calls();
        if leaves_projects {
            if !update.unassign {
                return Err(Error::StillAssigned {
                    username: username.clone(),
                    projects: old.projects.iter().map(|one| one.project.clone()).collect(),
                });
            }
            for one in &old.projects {
                let project = project(&transaction, &one.project)?;
                transaction.remove_assignment(old.id, project.id)?;
            }
        }
        apply_labels(&transaction, old.id, update)?;
        transaction.update_user(&sheet, now)?;
        if sheet.roles != old.roles {
            transaction.end_sessions(old.id, None)?;
        }
        let new = user(&transaction, username)?;
        let missing = self.policy.newly_missing(&old, &new);
        if !missing.is_empty() {
            return Err(Error::Missing { fields: missing });
        }
        let (before, after) = difference(&user_fields(&old), &user_fields(&new));
        let sheet_entry = (!after.is_empty()).then(|| {
            let (before, after) = (Some(before.into()), Some(after.into()));
            self.entry(Action::UserUpdate, username.as_str(), old.id.0, before, after)
        });
        let mut recorded = match &sheet_entry {
            Some(entry) => Some(transaction.record(entry)?),
            None => None,
        };
        if let Some(prepared) = prepared {
            recorded = Some(self.write_password(&transaction, &old, prepared, now)?);
        }
        let unattended =
            if leaves_projects { unattended(&transaction, &old.projects)? } else { Vec::new() };
        let Some(recorded) = recorded else {
            return Ok((false, old, Vec::new()));
        };
        let new = user(&transaction, username)?;
        transaction.commit(recorded)?;
        Ok((true, new, unattended))
    }

    fn check_roles(
        &self,
        reader: &Reader<'_>,
        old: &User,
        new: &User,
        update: &UserUpdate,
    ) -> Result<(), Error> {
        if new.roles.is_empty() {
            return Err(Error::LastRole { username: old.username.clone() });
        }
        if old.roles.contains(Role::Admin) && !new.roles.contains(Role::Admin) {
            check_last_admin(reader, old, self.now())?;
        }
        let granted =
            new.roles.iter().find(|role| !role.is_ordinary() && !old.roles.contains(*role));
        if let Some(role) = granted
            && update.password.is_none()
            && !update.keep_password
        {
            return Err(Error::PasswordForRole { username: old.username.clone(), role });
        }
        Ok(())
    }

    /// Activates or deactivates users: all of them or, where one cannot be, none.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::LastAdmin`].
    pub fn set_user_states(
        &mut self,
        usernames: &[Username],
        state: State,
    ) -> Result<Vec<UserStateChange>, Error> {
        let changed = self.write_user_states(usernames, state);
        self.settle(changed)
    }

    fn write_user_states(
        &self,
        usernames: &[Username],
        state: State,
    ) -> Result<Vec<UserStateChange>, Error> {
        let now = self.now();
        let action = match state {
            State::Active => Action::UserActivate,
            State::Inactive => Action::UserDeactivate,
        };
        let (transaction, authority) = self.begin(Task::Manage, action)?;
        let mut changes = Vec::with_capacity(usernames.len());
        let mut recorded = None;
        for username in usernames {
            let mut user = user(&transaction, username)?;
            authority.covers(&user, user.roles)?;
            if user.state == state {
                changes.push(UserStateChange { changed: false, user, unattended: Vec::new() });
                continue;
            }
            if state == State::Inactive {
                check_last_admin(&transaction, &user, now)?;
            }
            transaction.set_user_state(user.id, state, now)?;
            if state == State::Inactive {
                transaction.end_sessions(user.id, None)?;
            }
            let field = |state: State| Some(serde_json::json!({"state": state.as_str()}));
            let (before, after) = (field(user.state), field(state));
            let entry = self.entry(action, username.as_str(), user.id.0, before, after);
            recorded = Some(transaction.record(&entry)?);
            let unattended = match state {
                State::Inactive => unattended(&transaction, &user.projects)?,
                State::Active => Vec::new(),
            };
            user.state = state;
            user.updated_at = now;
            changes.push(UserStateChange { changed: true, user, unattended });
        }
        if let Some(recorded) = recorded {
            transaction.commit(recorded)?;
        }
        Ok(changes)
    }
}

fn exists(username: &Username) -> Error {
    Error::Exists { noun: Noun::User, name: username.to_string() }
}

/// Whether somebody could administer: active, admin, and a password that still works.
fn can_administer(user: &User, now: Timestamp) -> bool {
    user.state.is_active()
        && user.roles.contains(Role::Admin)
        && matches!(
            user.password_state(now),
            CredentialState::Temporary | CredentialState::Permanent
        )
}

/// Refuses what would leave nobody who can administer, where `leaving` is the last who can.
fn check_last_admin(reader: &Reader<'_>, leaving: &User, now: Timestamp) -> Result<(), Error> {
    if can_administer(leaving, now) && !reader.has_other_admin(leaving.id, now)? {
        return Err(Error::LastAdmin { username: leaving.username.clone() });
    }
    Ok(())
}

fn check_filter(reader: &Reader<'_>, filter: &UserFilter) -> Result<(), Error> {
    for name in &filter.projects {
        project(reader, name)?;
    }
    for team in &filter.teams {
        label_id(reader, LabelKind::Team, team.as_str())?;
    }
    for (skill, _) in &filter.skills {
        label_id(reader, LabelKind::Skill, skill.as_str())?;
    }
    Ok(())
}

fn whole_user(
    id: UserId,
    new: &NewUser,
    projects: Vec<Assignment>,
    prepared: Option<&Prepared>,
    now: Timestamp,
) -> User {
    // Sorted by name, each name once, as it was given last.
    let projects: BTreeMap<_, _> =
        projects.into_iter().map(|one| (one.project.clone(), one)).collect();
    let teams: BTreeSet<_> = new.teams.iter().cloned().collect();
    let skills: BTreeMap<_, _> =
        new.skills.iter().map(|grant| (&grant.skill, grant.clone())).collect();
    User {
        id,
        username: new.username.clone(),
        full_name: new.full_name.clone(),
        email: new.email.clone(),
        phone: new.phone.clone(),
        state: new.state,
        roles: new.roles,
        teams: teams.into_iter().collect(),
        skills: skills.into_values().collect(),
        language: new.language.clone(),
        project_selection: new.project_selection,
        projects: projects.into_values().collect(),
        credential: prepared.map(|prepared| prepared.credential.record.clone()),
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
        locked_until: None,
    }
}

fn apply_sheet(sheet: &mut User, update: &UserUpdate) {
    if let Some(full_name) = &update.full_name {
        sheet.full_name = full_name.clone();
    }
    if let Some(email) = &update.email {
        sheet.email.clone_from(email);
    }
    if let Some(phone) = &update.phone {
        sheet.phone.clone_from(phone);
    }
    if let Some(language) = &update.language {
        sheet.language.clone_from(language);
    }
    if let Some(project_selection) = update.project_selection {
        sheet.project_selection = project_selection;
    }
    for role in update.remove_roles.iter() {
        sheet.roles = sheet.roles.without(role);
    }
    for role in update.add_roles.iter() {
        sheet.roles = sheet.roles.with(role);
    }
}

fn apply_labels(
    transaction: &Transaction<'_>,
    id: UserId,
    update: &UserUpdate,
) -> Result<(), Error> {
    for team in &update.remove_teams {
        let team = label_id(transaction, LabelKind::Team, team.as_str())?;
        transaction.remove_user_label(LabelKind::Team, id.0, team)?;
    }
    for team in &update.add_teams {
        let team = label_id(transaction, LabelKind::Team, team.as_str())?;
        transaction.add_user_team(id.0, team)?;
    }
    for skill in &update.remove_skills {
        let skill = label_id(transaction, LabelKind::Skill, skill.as_str())?;
        transaction.remove_user_label(LabelKind::Skill, id.0, skill)?;
    }
    for grant in &update.add_skills {
        let skill = label_id(transaction, LabelKind::Skill, grant.skill.as_str())?;
        transaction.put_user_skill(id.0, skill, grant.level.get())?;
    }
    Ok(())
}
