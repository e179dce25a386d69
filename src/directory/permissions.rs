//! Who may do what: one table, and the only place that decides.
//!
//! A change asks twice: before anything is looked up, with the roles that the actor had when the
//! store was opened; and again inside the transaction that writes, with the roles, the state and
//! the session that they have then.

use super::actor::Actor;
use super::{Directory, Error, Policy};
use crate::model::{AuditAction, Role, RoleSet, User, Username};
use crate::store::{Reader, Transaction};

/// What somebody wants to do, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// List and show users, projects, teams and skills.
    Read,
    /// Create a user.
    Create,
    /// Change a user: their sheet, state, places, password.
    Manage,
    /// Give a password that need not be changed.
    GivePermanentPassword,
    /// Make and change projects, teams and skills; the audit log; the store.
    Administer,
}

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To everybody and everything.
    All,
    /// To users all of whose roles, before and after, are ordinary ones.
    Ordinary,
    /// To nothing.
    None,
}

/// Who may do what: the task, and how far an admin, a supervisor and everybody else may go.
///
/// Changing the own password, showing the own record and asking who one is stand open to everybody
/// and are not in it.
pub const PERMISSIONS: [(Task, Scope, Scope, Scope); 5] = [
    (Task::Read, Scope::All, Scope::All, Scope::None),
    (Task::Create, Scope::All, Scope::Ordinary, Scope::None),
    (Task::Manage, Scope::All, Scope::Ordinary, Scope::None),
    (Task::GivePermanentPassword, Scope::All, Scope::None, Scope::None),
    (Task::Administer, Scope::All, Scope::None, Scope::None),
];

/// How far somebody with these roles may go with this task.
#[must_use]
pub fn scope(task: Task, roles: RoleSet, policy: &Policy) -> Scope {
    if task == Task::Create && !roles.intersects(policy.create_users) {
        return Scope::None;
    }
    let Some((_, admin, supervisor, others)) =
        PERMISSIONS.into_iter().find(|(listed, ..)| *listed == task)
    else {
        return Scope::None;
    };
    if roles.contains(Role::Admin) {
        admin
    } else if roles.contains(Role::Supervisor) {
        supervisor
    } else {
        others
    }
}

/// The roles that stand for the owner of the store's file.
const OWNER_ROLES: RoleSet = RoleSet::empty().with(Role::Admin);

/// What the actor may do in the transaction at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Authority {
    scope: Scope,
    action: AuditAction,
}

impl Authority {
    /// Lets through what is done to `target`, whose roles become `after`. Whoever has a name that
    /// looks like that of an admin is as far away as they are.
    pub(super) fn covers(
        self,
        reader: &Reader<'_>,
        target: &User,
        after: RoleSet,
    ) -> Result<(), Error> {
        self.covers_roles(&target.username, target.roles, after)?;
        self.covers_case_twins(reader, &target.username)
    }

    /// Lets through what is done under this name: no namesake but for case has power over others.
    pub(super) fn covers_case_twins(
        self,
        reader: &Reader<'_>,
        name: &Username,
    ) -> Result<(), Error> {
        if self.scope == Scope::All {
            return Ok(());
        }
        let roles = reader.case_twin_roles(name)?;
        self.covers_roles(name, roles, roles)
    }

    fn covers_elevation(self, roles: RoleSet) -> Result<(), Error> {
        if self.scope == Scope::All || roles.is_ordinary() {
            return Ok(());
        }
        Err(Error::Forbidden { action: self.action, subject: None })
    }

    /// Whether the right ends at ordinary users.
    pub(super) fn is_limited(self) -> bool {
        self.scope != Scope::All
    }

    /// Lets through what is done to somebody whose roles become `after`.
    pub(super) fn covers_roles(
        self,
        username: &Username,
        before: RoleSet,
        after: RoleSet,
    ) -> Result<(), Error> {
        let covered = match self.scope {
            Scope::All => true,
            Scope::Ordinary => before.is_ordinary() && after.is_ordinary(),
            Scope::None => false,
        };
        if covered {
            return Ok(());
        }
        Err(Error::Forbidden { action: self.action, subject: Some(username.to_string()) })
    }
}

impl Directory {
    /// Lets through whoever may do `task`, before anything is looked up.
    pub(super) fn authorize(
        &self,
        task: Task,
        action: Option<AuditAction>,
    ) -> Result<Scope, Error> {
        let scope = self.scope_of(&self.acting, task)?;
        match (scope, action) {
            (Scope::None, Some(action)) => Err(Error::Forbidden { action, subject: None }),
            (Scope::None, None) => Err(Error::NotAllowed),
            (scope, _) => Ok(scope),
        }
    }

    /// Lets through whoever may give somebody these roles, before anybody is looked up.
    pub(super) fn authorize_roles(
        &self,
        task: Task,
        action: AuditAction,
        roles: RoleSet,
    ) -> Result<(), Error> {
        let scope = self.authorize(task, Some(action))?;
        Authority { scope, action }.covers_elevation(roles)
    }

    /// Refuses to set the actor's own password: that takes the current one.
    pub(super) fn refuse_own_password(&self, usernames: &[Username]) -> Result<(), Error> {
        match &self.acting {
            Actor::User { username, .. } if usernames.contains(username) => {
                Err(Error::OwnPassword { username: username.clone() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn scope_of(&self, acting: &Actor, task: Task) -> Result<Scope, Error> {
        match acting {
            Actor::Owner { .. } => Ok(scope(task, OWNER_ROLES, &self.policy)),
            Actor::User { must_change: true, .. } => Err(Error::PasswordChangeRequired),
            Actor::User { roles, .. } => Ok(scope(task, *roles, &self.policy)),
            Actor::Stale => Err(Error::SessionEnded),
            Actor::EmptyToken => Err(Error::EmptyToken),
            Actor::Nobody => Err(Error::SignInRequired),
        }
    }

    /// Begins a change: opens the transaction and decides in it, with what the actor is now. What
    /// is refused is told before anything is looked up.
    pub(super) fn begin(
        &self,
        task: Task,
        action: AuditAction,
    ) -> Result<(Transaction<'_>, Authority), Error> {
        self.authorize(task, Some(action))?;
        self.begin_in(self.store.write()?, task, action)
    }

    /// As [`Directory::begin`], for what is said of a store that has moved away too.
    pub(super) fn begin_although_retired(
        &self,
        task: Task,
        action: AuditAction,
    ) -> Result<(Transaction<'_>, Authority), Error> {
        self.authorize(task, Some(action))?;
        self.begin_in(self.store.write_although_retired()?, task, action)
    }

    /// As [`Directory::begin`], for a change that takes long and looks out for signals itself.
    pub(super) fn begin_long(
        &self,
        task: Task,
        action: AuditAction,
    ) -> Result<(Transaction<'_>, Authority), Error> {
        self.authorize(task, Some(action))?;
        self.begin_in(self.store.write_interruptible()?, task, action)
    }

    fn begin_in<'d>(
        &'d self,
        transaction: Transaction<'d>,
        task: Task,
        action: AuditAction,
    ) -> Result<(Transaction<'d>, Authority), Error> {
        let authority = self.authority(Some(&transaction), task, action)?;
        self.touch_session(&transaction)?;
        Ok((transaction, authority))
    }

    /// How far the actor may go with `task`: as they are in this transaction, or as they were when the
    /// store was opened.
    pub(super) fn authority(
        &self,
        now: Option<&Transaction<'_>>,
        task: Task,
        action: AuditAction,
    ) -> Result<Authority, Error> {
        let scope = match now {
            Some(transaction) => self.scope_of(&self.actor_now(transaction)?, task)?,
            None => self.scope_of(&self.acting, task)?,
        };
        if scope == Scope::None {
            return Err(Error::Forbidden { action, subject: None });
        }
        Ok(Authority { scope, action })
    }

    /// Lets through whoever may look at users, projects and labels.
    pub(super) fn authorize_reading(&self) -> Result<(), Error> {
        self.authorize(Task::Read, None).map(|_| ())
    }
}
