//! Changing a user's sheet, roles, teams and skills.

use crate::directory::audit::{difference, user_fields};
use crate::directory::lookup::{label_id, require_project, require_user};
use crate::directory::passwords::{NewPassword, PasswordIssue, PreparedPassword};
use crate::directory::{Directory, Error, Impact, LabelKind, Task};
use crate::model::{
    AuditAction, Email, FullName, LanguageTag, Phone, Role, RoleSet, Secret, SkillGrant, SkillName,
    TeamName, User, UserId, Username,
};
use crate::store::{Reader, Transaction};

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
        let mut sheet = self.find_user(username)?;
        apply_sheet(&mut sheet, update);
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
            let mut sheet = old.clone();
            apply_sheet(&mut sheet, update);
            authority.covers(transaction, &old, sheet.roles)?;
            // Codes go to the phone: whoever changes it could sign in.
            let phone_changed = old.phone.is_some() && sheet.phone != old.phone;
            if self.policy.two_factor && phone_changed && authority.is_limited() {
                let subject = Some(username.to_string());
                return Err(Error::Forbidden { action, subject });
            }
            self.check_roles(
                transaction,
                &old,
                &sheet,
                prepared.is_some() || update.keep_password,
            )?;
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
                    let project = require_project(transaction, &one.project)?;
                    transaction.remove_assignment(old.id, project.id)?;
                }
            }
            apply_labels(transaction, old.id, update)?;
            transaction.update_user(&sheet, now)?;
            if sheet.roles != old.roles {
                transaction.end_sessions(old.id, None)?;
            }
            let new = require_user(transaction, username)?;
            let missing = self.policy.newly_missing(&old, &new);
            if !missing.is_empty() {
                return Err(Error::Missing { fields: missing });
            }
            let (before, after) = difference(&user_fields(&old), &user_fields(&new));
            let sheet_entry = (!after.is_empty()).then(|| {
                let (before, after) = (Some(before.into()), Some(after.into()));
                self.entry(action, username.as_str(), old.id.0, before, after)
            });
            let mut recorded = match &sheet_entry {
                Some(entry) => Some(transaction.record(entry)?),
                None => None,
            };
            if let Some(prepared) = prepared {
                recorded = Some(self.write_password(transaction, &old, prepared, now)?);
            }
            let Some(recorded) = recorded else {
                return Ok(((old, None, Impact::default()), None));
            };
            let new = require_user(transaction, username)?;
            let impact = Impact::between(transaction, &old, Some(&new))?;
            Ok(((old, Some(new), impact), Some(recorded)))
        })
    }

    fn check_roles(
        &self,
        reader: &Reader<'_>,
        old: &User,
        new: &User,
        password_is_settled: bool,
    ) -> Result<(), Error> {
        if new.roles.is_empty() {
            return Err(Error::LastRole { username: old.username.clone() });
        }
        if old.roles.contains(Role::Admin) && !new.roles.contains(Role::Admin) {
            self.check_last_admin(reader, old)?;
        }
        let granted =
            new.roles.iter().find(|role| !role.is_ordinary() && !old.roles.contains(*role));
        if let Some(role) = granted
            && !password_is_settled
        {
            return Err(Error::PasswordForRole { username: old.username.clone(), role });
        }
        Ok(())
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
