//! Changing a user's sheet, roles, teams and skills.

use super::profile::Profile;
use super::rules::{Means, UserRules, refuse_first};
use crate::directory::audit::{difference, user_fields};
use crate::directory::lookup::{label_id, require_project, require_user};
use crate::directory::passwords::{NewPassword, PasswordIssue, PreparedPassword};
use crate::directory::{Directory, Error, Impact, LabelKind, Task};
use crate::model::{
    Assignment, AuditAction, Email, FullName, LanguageTag, Phone, Role, RoleSet, Secret,
    SkillGrant, SkillName, TeamName, Timestamp, User, UserId, Username, WindowEdit,
};
use crate::store::Transaction;

/// What is to change in a user's sheet; `None` leaves a field, `Some(None)` empties it. What is both
/// added and removed is added.
#[derive(Debug, Default)]
pub struct UserUpdate {
    /// Their name.
    pub full_name: Option<FullName>,
    /// Their e-mail address.
    pub email: Option<Option<Email>>,
    /// Their phone number.
    pub phone: Option<Option<Phone>>,
    /// Their language.
    pub language: Option<Option<LanguageTag>>,
    /// Whether they choose which of their projects to enter.
    pub project_selection: Option<bool>,
    /// From when until when they take part.
    pub window: WindowEdit,
    /// Roles that they get.
    pub add_roles: RoleSet,
    /// Roles that they lose.
    pub remove_roles: RoleSet,
    /// Teams that they join.
    pub add_teams: Vec<TeamName>,
    /// Teams that they leave.
    pub remove_teams: Vec<TeamName>,
    /// Skills that they get, or whose level changes.
    pub add_skills: Vec<SkillGrant>,
    /// Skills that they lose.
    pub remove_skills: Vec<SkillName>,
    /// Whether they leave their projects where they lose the last role that takes calls.
    pub unassign: bool,
    /// A new password for them.
    pub password: Option<NewPassword>,
    /// Whether their password stays even where they are granted power over others.
    pub keep_password: bool,
}

/// A user whose sheet was to be changed.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they are now.
    pub user: User,
    /// Their new password, where one was generated.
    pub generated: Option<Secret>,
    /// What came of it for the projects.
    pub impact: Impact,
    /// Under two-factor, where the phone number changed: another user who has the same one.
    pub shares_phone: Option<Username>,
}

impl Directory {
    /// Lets through whoever may change users and give them `roles`, before anybody is looked up.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_update(&self, username: &Username, roles: RoleSet) -> Result<(), Error> {
        let allowed = self.authorize_roles(Task::Manage, AuditAction::UserUpdate, roles);
        self.finish(&[username.as_str()], allowed)
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
        let issue = self.issue_on_update(username, update)?;
        self.update_user_with(username, update, issue)
    }

    /// Prepares the password that [`Directory::update_user_with`] gives, where the update has one.
    ///
    /// # Errors
    ///
    /// As [`Directory::update_user`].
    pub fn issue_on_update(
        &mut self,
        username: &Username,
        update: &UserUpdate,
    ) -> Result<Option<PasswordIssue>, Error> {
        let issued = self.prepare_on_update(username, update);
        self.finish(&[username.as_str()], issued)
    }

    fn prepare_on_update(
        &mut self,
        username: &Username,
        update: &UserUpdate,
    ) -> Result<Option<PasswordIssue>, Error> {
        self.authorize_roles(Task::Manage, AuditAction::UserUpdate, update.add_roles)?;
        let Some(password) = &update.password else { return Ok(None) };
        self.refuse_own_password(std::slice::from_ref(username))?;
        self.may_give(password, AuditAction::UserUpdate)?;
        let old = self.find_user(username)?;
        let sheet = sheet(&old, &update.apply(&old), self.now())?;
        let prepared = self.prepare(password, username.as_str(), sheet.full_name.as_str())?;
        Ok(Some(PasswordIssue::for_user(&sheet, prepared)))
    }

    /// Changes a user's sheet and places, and gives them the password that was prepared for that.
    ///
    /// # Errors
    ///
    /// As [`Directory::update_user`].
    pub fn update_user_with(
        &mut self,
        username: &Username,
        update: &UserUpdate,
        issue: Option<PasswordIssue>,
    ) -> Result<UserChange, Error> {
        self.may_update(username, update.add_roles)?;
        let prepared = issue.map(|issue| issue.prepared);
        let (old, new, impact) = self.write_user_update(username, update, prepared.as_ref())?;
        let generated = prepared.and_then(PreparedPassword::into_generated);
        let changed = new.is_some();
        let user = new.unwrap_or_else(|| old.clone());
        let shares_phone = if user.phone == old.phone { None } else { self.shares_phone(&user) };
        Ok(UserChange { changed, user, generated, impact, shares_phone })
    }

    /// Gives the user as they were and, where anything was changed, as they are now.
    fn write_user_update(
        &self,
        username: &Username,
        update: &UserUpdate,
        prepared: Option<&PreparedPassword>,
    ) -> Result<(User, Option<User>, Impact), Error> {
        let now = self.now();
        let action = AuditAction::UserUpdate;
        self.change(Task::Manage, action, &[username.as_str()], |transaction, authority| {
            let old = require_user(transaction, username)?;
            let profile = update.apply(&old);
            let rules = UserRules { policy: &self.policy, authority };
            authority.covers(transaction, &old, profile.roles)?;
            let loses_admin =
                old.roles.contains(Role::Admin) && !profile.roles.contains(Role::Admin);
            let (was_there, is_there) = (old.window.contains(now), profile.window.contains(now));
            let leaves = was_there && !is_there;
            if loses_admin || leaves {
                self.check_last_admin(transaction, &old)?;
            }
            let password = prepared.is_some() || update.keep_password;
            refuse_first(rules.check_change(&old, &profile, Means { password, projects: false }))?;
            let is_left = |one: &&Assignment| !profile.projects.contains_key(&one.project);
            for one in old.projects.iter().filter(is_left) {
                let project = require_project(transaction, &one.project)?;
                transaction.remove_assignment(old.id, project.id)?;
            }
            apply_labels(transaction, old.id, update)?;
            transaction.update_user(&sheet(&old, &profile, now)?, now)?;
            // Nobody comes back to a session that their end has closed.
            if was_there != is_there || profile.roles != old.roles {
                transaction.end_sessions(old.id, None)?;
            }
            let new = require_user(transaction, username)?;
            let (before, after) = difference(&user_fields(&old), &user_fields(&new));
            let mut recorded = None;
            if !after.is_empty() {
                let (before, after) = (Some(before.into()), Some(after.into()));
                let entry = self.entry(action, username.as_str(), old.id.0, before, after);
                recorded = Some(transaction.record(&entry)?);
            }
            if let Some(prepared) = prepared {
                recorded = Some(self.write_password(transaction, &old, prepared, now)?);
            }
            let Some(recorded) = recorded else {
                return Ok(((old, None, Impact::default()), None));
            };
            let new = require_user(transaction, username)?;
            let impact = Impact::between(transaction, now, &old, Some(&new))?;
            Ok(((old, Some(new), impact), Some(recorded)))
        })
    }
}

impl UserUpdate {
    /// What becomes of `old`.
    fn apply(&self, old: &User) -> Profile {
        let mut profile = Profile::from_user(old);
        if self.full_name.is_some() {
            profile.full_name.clone_from(&self.full_name);
        }
        if let Some(email) = &self.email {
            profile.email.clone_from(email);
        }
        if let Some(phone) = &self.phone {
            profile.phone.clone_from(phone);
        }
        if let Some(language) = &self.language {
            profile.language.clone_from(language);
        }
        if let Some(project_selection) = self.project_selection {
            profile.project_selection = project_selection;
        }
        profile.window = self.window.apply(old.window);
        profile.roles = self.remove_roles.iter().fold(profile.roles, RoleSet::without);
        profile.roles = self.add_roles.iter().fold(profile.roles, RoleSet::with);
        profile.teams.retain(|team| !self.remove_teams.contains(team));
        profile.teams.extend(self.add_teams.iter().cloned());
        profile.skills.retain(|skill, _| !self.remove_skills.contains(skill));
        profile.skills.extend(self.add_skills.iter().map(|one| (one.skill.clone(), one.level)));
        if self.unassign && !profile.roles.takes_calls() {
            profile.projects.clear();
        }
        profile
    }
}

/// The user `old` with what `profile` says.
fn sheet(old: &User, profile: &Profile, now: Timestamp) -> Result<User, Error> {
    profile.to_user(old.id, &old.username, now, |name| {
        let project = old.projects.iter().find(|one| one.project == *name);
        project.map(|one| one.project_state)
    })
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
