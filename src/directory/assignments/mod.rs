//! Assignments: which projects a user takes calls from, and with which weight.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::audit::{difference, user_fields};
use super::change::{names, only};
use super::lookup::{assignable_project, require_project, require_user};
use super::users::profile::Placement;
use super::users::rules::check_takes_calls;
use super::{Directory, Error, Impact, Task};
use crate::model::{
    Assignment, AssignmentRequest, AuditAction, ProjectName, User, Username, Weight,
};
use crate::store::Transaction;

/// A user whose assignments were to be changed.
#[derive(Debug, Clone)]
pub struct AssignmentChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they were.
    pub before: User,
    /// The user as they are now.
    pub after: User,
    /// What came of it for the projects.
    pub impact: Impact,
}

impl Directory {
    /// Assigns a user to projects, as [`Directory::assign_users`] does it.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::assign_users`].
    pub fn assign(
        &mut self,
        username: &Username,
        requests: &[AssignmentRequest],
        replace: bool,
    ) -> Result<AssignmentChange, Error> {
        self.assign_users(std::slice::from_ref(username), requests, replace).and_then(only)
    }

    /// Assigns users to projects: all of them or, where one cannot be, none. A project that they have
    /// keeps its weight and its dates where none are given; `replace` takes them out of all others.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::NotAssignable`], [`Error::ProjectInactive`] for a project
    /// that they do not have yet, and [`Error::Invalid`] for a weight out of range.
    pub fn assign_users(
        &mut self,
        usernames: &[Username],
        requests: &[AssignmentRequest],
        replace: bool,
    ) -> Result<Vec<AssignmentChange>, Error> {
        self.permit(Task::Manage, AuditAction::ProjectAssign, &names(usernames))?;
        let weights = self.policy.weights;
        for weight in requests.iter().filter_map(|request| request.weight) {
            weights.check(weight)?;
        }
        self.change_assignments(usernames, AuditAction::ProjectAssign, |store, user| {
            check_takes_calls(&user.username, user.roles)?;
            for request in requests {
                let has = user.projects.iter().find(|one| one.project == request.project);
                let project = match has {
                    Some(_) => require_project(store, &request.project)?,
                    None => assignable_project(store, &request.project)?,
                };
                let known = has.map(Placement::from);
                let Placement { weight, window } = Placement::requested(request, known, &weights);
                window.check()?;
                store.put_assignment(user.id, project.id, weight, window)?;
            }
            let leaves = |one: &&Assignment| {
                replace && !requests.iter().any(|request| request.project == one.project)
            };
            for one in user.projects.iter().filter(leaves) {
                store.remove_assignment(user.id, require_project(store, &one.project)?.id)?;
            }
            Ok(())
        })
    }

    /// Takes a user out of projects, as [`Directory::unassign_users`] does it.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::unassign_users`].
    pub fn unassign(
        &mut self,
        username: &Username,
        projects: &[ProjectName],
    ) -> Result<AssignmentChange, Error> {
        self.unassign_users(std::slice::from_ref(username), projects).and_then(only)
    }

    /// Takes users out of projects: all of them or, where one cannot be, none. Nothing happens to
    /// projects that they do not have.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a user or a project is not there.
    pub fn unassign_users(
        &mut self,
        usernames: &[Username],
        projects: &[ProjectName],
    ) -> Result<Vec<AssignmentChange>, Error> {
        self.change_assignments(usernames, AuditAction::ProjectUnassign, |store, user| {
            for name in projects {
                store.remove_assignment(user.id, require_project(store, name)?.id)?;
            }
            Ok(())
        })
    }

    /// Sets the weight of a user in a project that they have.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::set_weights`].
    pub fn set_weight(
        &mut self,
        username: &Username,
        name: &ProjectName,
        weight: Weight,
    ) -> Result<AssignmentChange, Error> {
        self.set_weights(std::slice::from_ref(username), &[(name.clone(), weight)]).and_then(only)
    }

    /// Lets through whoever may set weights, before anything is looked up; `names` are what it is
    /// about.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], which leaves its trace in the audit log.
    pub fn authorize_setting_weights(&self, names: &[&str]) -> Result<(), Error> {
        self.permit(Task::Manage, AuditAction::WeightSet, names).map(drop)
    }

    /// Sets the weights of users in projects that they have: all of them or, where one cannot be,
    /// none. The weights of one user are one change.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::NotAssigned`], and [`Error::Invalid`] for a weight out of
    /// range.
    pub fn set_weights(
        &mut self,
        usernames: &[Username],
        weights: &[(ProjectName, Weight)],
    ) -> Result<Vec<AssignmentChange>, Error> {
        self.authorize_setting_weights(&names(usernames))?;
        for (_, weight) in weights {
            self.policy.weights.check(*weight)?;
        }
        self.change_assignments(usernames, AuditAction::WeightSet, |store, user| {
            for (name, weight) in weights {
                let project = require_project(store, name)?;
                let Some(one) = user.projects.iter().find(|one| one.project == *name) else {
                    return Err(Error::NotAssigned {
                        username: user.username.clone(),
                        project: name.clone(),
                    });
                };
                store.put_assignment(user.id, project.id, *weight, one.window)?;
            }
            Ok(())
        })
    }

    fn change_assignments(
        &self,
        usernames: &[Username],
        action: AuditAction,
        change: impl Fn(&Transaction<'_>, &User) -> Result<(), Error>,
    ) -> Result<Vec<AssignmentChange>, Error> {
        let now = self.now();
        self.change_users(Task::Manage, action, usernames, |transaction, _, before| {
            change(transaction, &before)?;
            if transaction.assignments(before.id)? == before.projects {
                let after = before.clone();
                let impact = Impact::default();
                return Ok((AssignmentChange { changed: false, before, after, impact }, None));
            }
            transaction.touch_user(before.id, now)?;
            let after = require_user(transaction, &before.username)?;
            let (was, is) = difference(&user_fields(&before), &user_fields(&after));
            let entry = self.entry(
                action,
                before.username.as_str(),
                before.id.0,
                Some(Value::from(was)),
                Some(Value::from(is)),
            );
            let recorded = transaction.record(&entry)?;
            let impact = Impact::between(transaction, now, &before, Some(&after))?;
            Ok((AssignmentChange { changed: true, before, after, impact }, Some(recorded)))
        })
    }
}
