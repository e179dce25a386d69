//! Creating a user, with all their places and their password, in one transaction.

use serde_json::Value;

use super::profile::{Placement, Profile};
use super::rules::{UserRules, refuse_first};
use crate::directory::audit::{credential_field, user_fields};
use crate::directory::lookup::{assignable_project, label_id};
use crate::directory::passwords::{NewPassword, PasswordIssue, PreparedPassword};
use crate::directory::permissions::Authority;
use crate::directory::{Directory, EntityKind, Error, LabelKind, Task};
use crate::model::{AuditAction, NewUser, RoleSet, Secret, State, User, Username};

/// A user who was created.
#[derive(Debug, Clone)]
pub struct CreatedUser {
    /// The user.
    pub user: User,
    /// Their password, where it was generated: this is the only time that it is known.
    pub generated: Option<Secret>,
    /// Another user whose name differs in nothing but case.
    pub twin: Option<Username>,
    /// Under two-factor, another user with the same phone number.
    pub shares_phone: Option<Username>,
}

impl Directory {
    /// Lets through whoever may create somebody with these roles, before anybody is looked up.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_create(&self, roles: RoleSet) -> Result<(), Error> {
        self.finish(&[], self.authorize_roles(Task::Create, AuditAction::UserCreate, roles))
    }

    /// Creates a user with all their places, and their password where there is one.
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
    ) -> Result<CreatedUser, Error> {
        let issue = match password {
            Some(password) => Some(self.issue_to_new(new, password)?),
            None => None,
        };
        self.create_user_with(new, issue)
    }

    /// Prepares the password that [`Directory::create_user_with`] gives.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_user`].
    pub fn issue_to_new(
        &mut self,
        new: &NewUser,
        password: &NewPassword,
    ) -> Result<PasswordIssue, Error> {
        let issued = self.prepare_for_new(new, password);
        self.finish(&[new.username.as_str()], issued)
    }

    fn prepare_for_new(
        &mut self,
        new: &NewUser,
        password: &NewPassword,
    ) -> Result<PasswordIssue, Error> {
        self.authority(None, Task::Create, AuditAction::UserCreate)?;
        self.may_give(password, AuditAction::UserCreate)?;
        self.check_new(new)?;
        // Before a hash is paid for; the database still decides in the end.
        if !password.is_cheap() && self.store.read()?.find_user(&new.username)?.is_some() {
            return Err(exists(&new.username));
        }
        let prepared = self.prepare(password, new.username.as_str(), new.full_name.as_str())?;
        Ok(PasswordIssue {
            username: new.username.clone(),
            full_name: new.full_name.clone(),
            email: new.email.clone(),
            phone: new.phone.clone(),
            language: new.language.clone(),
            prepared,
        })
    }

    /// Creates a user with all their places, and the password that was prepared for them.
    ///
    /// # Errors
    ///
    /// As [`Directory::create_user`].
    pub fn create_user_with(
        &mut self,
        new: &NewUser,
        issue: Option<PasswordIssue>,
    ) -> Result<CreatedUser, Error> {
        self.finish(&[new.username.as_str()], self.check_new(new))?;
        let prepared = issue.map(|issue| issue.prepared);
        let user = self.write_new_user(new, prepared.as_ref())?;
        // They exist by now: a failed search for a namesake must not hide their password.
        let twin = self.case_twin(&user.username).unwrap_or_default();
        let shares_phone = self.shares_phone(&user);
        let generated = prepared.and_then(PreparedPassword::into_generated);
        Ok(CreatedUser { user, generated, twin, shares_phone })
    }

    /// Refuses who may not be created, before anything is looked up.
    fn check_new(&self, new: &NewUser) -> Result<(), Error> {
        self.check_new_as(self.authority(None, Task::Create, AuditAction::UserCreate)?, new)
            .map(drop)
    }

    fn check_new_as(&self, authority: Authority, new: &NewUser) -> Result<Profile, Error> {
        let rules = UserRules { policy: &self.policy, authority };
        let profile = Profile::from_new(new, &self.policy.weights);
        refuse_first(rules.check_new(&new.username, &profile, None))?;
        Ok(profile)
    }

    fn write_new_user(
        &self,
        new: &NewUser,
        prepared: Option<&PreparedPassword>,
    ) -> Result<User, Error> {
        let now = self.now();
        let action = AuditAction::UserCreate;
        self.change(Task::Create, action, &[new.username.as_str()], |transaction, authority| {
            let profile = self.check_new_as(authority, new)?;
            authority.covers_case_twins(transaction, &new.username)?;
            let credential = prepared.map(|prepared| &prepared.credential);
            let Some(id) = transaction.insert_user(new, credential, now)? else {
                return Err(exists(&new.username));
            };
            for team in &profile.teams {
                let team = label_id(transaction, LabelKind::Team, team.as_str())?;
                transaction.add_user_team(id.0, team)?;
            }
            for (skill, level) in &profile.skills {
                let skill = label_id(transaction, LabelKind::Skill, skill.as_str())?;
                transaction.put_user_skill(id.0, skill, level.get())?;
            }
            for (project, Placement { weight, window }) in &profile.projects {
                let project = assignable_project(transaction, project)?;
                transaction.put_assignment(id, project.id, *weight, *window)?;
            }
            // Nobody is assigned to a project that is not active.
            let state = |_: &_| Some(State::Active);
            let mut user = profile.to_user(id, &new.username, now, state)?;
            user.credential = credential.map(|credential| credential.record.clone());
            let mut after = user_fields(&user);
            after.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            let entry =
                self.entry(action, user.username.as_str(), id.0, None, Some(Value::from(after)));
            let recorded = transaction.record(&entry)?;
            Ok((user, Some(recorded)))
        })
    }
}

fn exists(username: &Username) -> Error {
    Error::Exists { object: EntityKind::User, name: username.to_string() }
}
