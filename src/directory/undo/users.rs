//! Changes of users, taken back.

use serde_json::{Map, Value};

use super::fields::{profile_of, taken_back};
use super::{Inverse, LoggedEntry, Opposite, Undoing};
use crate::directory::audit::{credential_field, difference, user_fields};
use crate::directory::lookup::{label_id, require_project, require_user};
use crate::directory::permissions::Authority;
use crate::directory::users::impact::Impact;
use crate::directory::users::profile::Profile;
use crate::directory::users::rules::{Means, UserRules, refuse_first};
use crate::directory::{EntityKind, Error, LabelKind};
use crate::model::{AuditAction, AuditFilter, Role, State, Timestamp, User, UserId, Username};

/// Why supervisors and admins do not come and go by the way.
const POWER: &str = "roles with power over others are granted and taken away by name alone";

/// What the log says and this program cannot read.
const UNREADABLE: &str = "the audit log does not say all of it";

impl Undoing<'_> {
    /// Does the opposite of what `entry` tells of a user.
    pub(super) fn user(
        &mut self,
        entry: &LoggedEntry,
        inverse: Inverse,
        authority: Authority,
    ) -> Result<Opposite, Error> {
        match (&entry.before, &entry.after) {
            (None, Some(made)) => self.delete_created(entry, made, authority),
            (Some(had), None) => self.restore(entry, had, authority),
            (Some(before), Some(after)) => {
                self.change_back(entry, inverse.action, (before, after), authority)
            }
            (None, None) => Err(entry.not_undoable(UNREADABLE)),
        }
    }

    /// The user whom `entry` is about; they have to be there.
    fn subject(&self, entry: &LoggedEntry) -> Result<User, Error> {
        let found = self.transaction.user_by_id(UserId(entry.id))?;
        match found {
            Some(user) => require_user(self.transaction, &user.username),
            None => Err(entry.stale(self.transaction, EntityKind::User, "username")?),
        }
    }

    /// Deletes somebody who is still as they were created.
    fn delete_created(
        &mut self,
        entry: &LoggedEntry,
        made: &Map<String, Value>,
        authority: Authority,
    ) -> Result<Opposite, Error> {
        let user = self.subject(entry)?;
        authority.covers(self.transaction, &user, user.roles)?;
        let mut had = user_fields(&user);
        let changed = made.iter().find(|(field, value)| {
            *field != "password" && had.get(*field).is_none_or(|now| now != *value)
        });
        if let Some((field, _)) = changed {
            return Err(entry.stale(self.transaction, EntityKind::User, field)?);
        }
        self.directory.check_last_admin(self.transaction, &user)?;
        self.transaction.delete_user(user.id)?;
        had.insert("password".to_owned(), credential_field(user.credential.as_ref()));
        let (action, name) = (AuditAction::UserDelete, user.username.as_str());
        let written = self.record(entry, action, name, Some(had), None)?;
        let impact = Impact::between(self.transaction, self.directory.now(), &user, None)?;
        Ok(Opposite { impact, ..Opposite::of(written) })
    }

    /// Brings somebody back who was deleted, with their number, their places, and the times at which
    /// they were created and last signed in.
    fn restore(
        &mut self,
        entry: &LoggedEntry,
        had: &Map<String, Value>,
        authority: Authority,
    ) -> Result<Opposite, Error> {
        let unreadable = || entry.not_undoable(UNREADABLE);
        let profile = profile_of(had).ok_or_else(unreadable)?;
        let username: Username = entry.subject.parse().map_err(|_| unreadable())?;
        let policy = &self.directory.policy;
        let rules = UserRules { policy, authority };
        refuse_first(rules.check_new(&username, &profile, None))?;
        authority.covers_case_twins(self.transaction, &username)?;
        let (transaction, now) = (self.transaction, self.directory.now());
        let id = UserId(entry.id);
        if transaction.user_by_id(id)?.is_some() {
            return Err(entry.stale(transaction, EntityKind::User, "username")?);
        }
        let mut user = self.user_of(id, &username, &profile, now)?;
        user.created_at = self.moment(id, "user.create", true)?.unwrap_or(now);
        user.last_sign_in_at = self.moment(id, "sign-in", false)?;
        let prepared = self.passwords.get(&username);
        let credential = prepared.map(|prepared| &prepared.credential);
        user.credential = credential.map(|credential| credential.record.clone());
        if !transaction.restore_user(&user, credential, now)? {
            let name = username.to_string();
            return Err(Error::Exists { object: EntityKind::User, name });
        }
        let nobody =
            User { teams: Vec::new(), skills: Vec::new(), projects: Vec::new(), ..user.clone() };
        self.write_memberships(&nobody, &user)?;
        let mut after = user_fields(&user);
        after.insert("password".to_owned(), credential_field(user.credential.as_ref()));
        let written =
            self.record(entry, AuditAction::UserCreate, username.as_str(), None, Some(after))?;
        let away = User { set_state: State::Inactive, ..user.clone() };
        let impact = Impact::between(transaction, now, &away, Some(&user))?;
        Ok(Opposite { impact, restored: Some(username), ..Opposite::of(written) })
    }

    /// When the first or the last entry of that action was written about a user.
    fn moment(
        &self,
        id: UserId,
        action: &str,
        oldest_first: bool,
    ) -> Result<Option<Timestamp>, Error> {
        let mut found = None;
        let filter = AuditFilter {
            subjects: Some(vec![id.0]),
            action: Some(action.to_owned()),
            oldest_first,
            ..AuditFilter::default()
        };
        self.transaction.audit_records(&filter, |record| {
            if record.outcome == "done" {
                found = Some(record.at);
            }
            Ok::<_, Error>(found.is_none())
        })?;
        Ok(found)
    }

    /// The user with this profile, in projects as they are now.
    fn user_of(
        &self,
        id: UserId,
        username: &Username,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<User, Error> {
        let mut states = Vec::with_capacity(profile.projects.len());
        for name in profile.projects.keys() {
            states.push((name, require_project(self.transaction, name)?.state));
        }
        profile.to_user(id, username, now, |name| {
            states.iter().find(|(one, _)| *one == name).map(|(_, state)| *state)
        })
    }

    /// Gives the fields that were changed the values that they had.
    fn change_back(
        &mut self,
        entry: &LoggedEntry,
        action: AuditAction,
        (before, after): (&Map<String, Value>, &Map<String, Value>),
        authority: Authority,
    ) -> Result<Opposite, Error> {
        let unreadable = || entry.not_undoable(UNREADABLE);
        let (transaction, now) = (self.transaction, self.directory.now());
        let old = self.subject(entry)?;
        authority.covers(transaction, &old, old.roles)?;
        let mut fields = user_fields(&old);
        // Who set their password follows a rename by itself.
        for (field, was) in before.iter().filter(|(field, _)| *field != "password") {
            let (Some(made), Some(present)) = (after.get(field), fields.get(field)) else {
                return Err(unreadable());
            };
            let Some(back) = taken_back(present, was, made) else {
                return Err(entry.stale(transaction, EntityKind::User, field)?);
            };
            fields.insert(field.clone(), back);
        }
        let profile = profile_of(&fields).ok_or_else(unreadable)?;
        let elevated = |roles: crate::model::RoleSet| {
            roles.iter().filter(|role| !role.is_ordinary()).collect::<Vec<Role>>()
        };
        if elevated(profile.roles) != elevated(old.roles) {
            return Err(entry.not_undoable(POWER));
        }
        authority.covers(transaction, &old, profile.roles)?;
        let rules = UserRules { policy: &self.directory.policy, authority };
        let means = Means { password: true, projects: true };
        refuse_first(rules.check_change(&old, &profile, means))?;
        let username: Username =
            super::fields::parse(fields.get("username").unwrap_or(&Value::Null))
                .ok_or_else(unreadable)?;
        let new = self.user_of(old.id, &old.username, &profile, now)?;
        let leaves = old.state(now).is_active() && !new.state(now).is_active();
        if leaves {
            self.directory.check_last_admin(transaction, &old)?;
        }
        self.write_memberships(&old, &new)?;
        transaction.update_user(&new, now)?;
        if leaves || new.roles != old.roles {
            transaction.end_sessions(old.id, None)?;
        }
        if username != old.username && !transaction.rename_user(&new, &username, now)? {
            let name = username.to_string();
            return Err(Error::Exists { object: EntityKind::User, name });
        }
        let new = require_user(transaction, &username)?;
        let told = |user: &User| {
            let mut fields = user_fields(user);
            fields.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            fields
        };
        let (was, is) = difference(&told(&old), &told(&new));
        let written = self.record(entry, action, username.as_str(), Some(was), Some(is))?;
        let impact = Impact::between(transaction, now, &old, Some(&new))?;
        Ok(Opposite { impact, ..Opposite::of(written) })
    }

    /// Gives `old` the teams, skills and projects of `new`.
    fn write_memberships(&self, old: &User, new: &User) -> Result<(), Error> {
        let (transaction, id) = (self.transaction, old.id);
        for team in old.teams.iter().filter(|team| !new.teams.contains(team)) {
            let team = label_id(transaction, LabelKind::Team, team.as_str())?;
            transaction.remove_user_label(LabelKind::Team, id.0, team)?;
        }
        for team in new.teams.iter().filter(|team| !old.teams.contains(team)) {
            let team = label_id(transaction, LabelKind::Team, team.as_str())?;
            transaction.add_user_team(id.0, team)?;
        }
        for grant in &old.skills {
            if !new.skills.iter().any(|one| one.skill == grant.skill) {
                let skill = label_id(transaction, LabelKind::Skill, grant.skill.as_str())?;
                transaction.remove_user_label(LabelKind::Skill, id.0, skill)?;
            }
        }
        for grant in new.skills.iter().filter(|grant| !old.skills.contains(grant)) {
            let skill = label_id(transaction, LabelKind::Skill, grant.skill.as_str())?;
            transaction.put_user_skill(id.0, skill, grant.level.get())?;
        }
        for one in &old.projects {
            if !new.projects.iter().any(|other| other.project == one.project) {
                let project = require_project(transaction, &one.project)?;
                transaction.remove_assignment(id, project.id)?;
            }
        }
        for one in new.projects.iter().filter(|one| !old.projects.contains(one)) {
            let project = require_project(transaction, &one.project)?;
            transaction.put_assignment(id, project.id, one.weight, one.window)?;
        }
        Ok(())
    }
}
