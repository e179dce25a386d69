//! Who is acting and what they may do: one table, and the only place that decides.
//!
//! A change asks twice: before anything is looked up, with the roles that the actor had when the
//! store was opened; and again inside the transaction that writes, with the roles, the state and
//! the session that they have then.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Directory, Error, Policy};
use crate::model::{
    AuditAction, CredentialKind, CredentialState, Duration, Role, RoleSet, Secret, Timestamp, User,
    UserId, Username,
};
use crate::store::{Reader, Store, StoredSession, Transaction, hex};

/// The operating system's account that runs the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its real user id, by which it is trusted and its sessions are bound.
    pub real_uid: u32,
    /// The account whose tries are counted and whose doings are logged: the same one, or the one
    /// that became the owner of the store by sudo. No right comes from it.
    pub uid: u32,
    /// The login name of that account, or its number where it has none.
    pub login: String,
}

/// Who is acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The account that owns the store's file, or root: acts as admin.
    Owner {
        /// Its login name.
        login: String,
    },
    /// A user who signed in.
    User {
        /// The number behind their username.
        id: UserId,
        /// Who they are.
        username: Username,
        /// What they may do.
        roles: RoleSet,
        /// Whether they may do nothing before they have changed their password.
        must_change: bool,
        /// The hash of their session's token.
        session: [u8; 32],
    },
    /// Somebody with a token that is wrong or of a session that has ended: never the owner.
    Stale,
    /// Nobody, though a session was spoken of: its token is empty. Never the owner.
    EmptyToken,
    /// Nobody that the store knows.
    Nobody,
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner { login } => write!(formatter, "os:{login}, who owns the store, as admin"),
            Self::User { username, .. } => username.fmt(formatter),
            Self::EmptyToken => formatter.write_str("nobody: the session's token is empty"),
            Self::Stale => formatter.write_str("nobody: the session has ended"),
            Self::Nobody => formatter.write_str("nobody"),
        }
    }
}

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

/// How old the note of a session's last use may be.
pub(super) const SESSION_TOUCH_INTERVAL: Duration = Duration::from_seconds(60);

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

/// A session's token: the store that it is for, and the secret.
pub(super) struct SessionToken;

impl SessionToken {
    /// `ccadmin_STORE_SECRET`, with half of the store's number: enough to tell stores apart.
    pub(super) fn assemble(store_id: &str, secret: &[u8; 32]) -> Secret {
        Secret::new(format!("ccadmin_{}_{}", Self::store_mark(store_id), hex(secret)))
    }

    fn store_mark(store_id: &str) -> &str {
        store_id.get(..16).unwrap_or(store_id)
    }

    pub(super) fn hash(token: &Secret) -> [u8; 32] {
        Sha256::digest(token.expose()).into()
    }
}

impl Actor {
    /// Who `caller` is to `store`. Trust in the owner comes from the file that was opened, never
    /// from the environment; a token that is wrong, of another store or empty never falls back to it,
    /// so that a program which passes on what its users sent makes none of them the owner.
    pub(super) fn identify(
        store: &Store,
        caller: &Caller,
        policy: &Policy,
        token: Option<&Secret>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if let Some(token) = token {
            if token.expose().is_empty() {
                return Ok(Self::EmptyToken);
            }
            let hash = SessionToken::hash(token);
            let user = session_user(&*store.read()?, &hash, caller, policy, now)?;
            if user.is_none() {
                delete_expired_session(store, &hash, policy, now)?;
            }
            return Ok(user.unwrap_or(Self::Stale));
        }
        if store.trusts(caller.real_uid)?
            && (policy.owner_is_admin || !has_admin(&*store.read()?, policy, now)?)
        {
            return Ok(Self::Owner { login: caller.login.clone() });
        }
        Ok(Self::Nobody)
    }
}

/// Whether the owner has an admin to hand over to: one who can sign in.
fn has_admin(reader: &Reader<'_>, policy: &Policy, now: Timestamp) -> Result<bool, Error> {
    Ok(reader.has_working_admin(now, policy.two_factor)?)
}

/// The user of a session, where it has to be one of `caller`'s and has not ended.
fn session_user(
    reader: &Reader<'_>,
    hash: &[u8; 32],
    caller: &Caller,
    policy: &Policy,
    now: Timestamp,
) -> Result<Option<Actor>, Error> {
    let Some(session) = reader.session(hash)? else {
        return Ok(None);
    };
    if session.os_uid != i64::from(caller.real_uid) || has_ended(&session, policy, now) {
        return Ok(None);
    }
    let Some(user) = reader.user_by_id(session.user)?.filter(|user| user.state(now).is_active())
    else {
        return Ok(None);
    };
    let must_change = user.credential.as_ref().is_none_or(|credential| {
        credential.kind == CredentialKind::Temporary
            || credential.state(now) == CredentialState::Expired
    });
    Ok(Some(Actor::User {
        id: user.id,
        username: user.username,
        roles: user.roles,
        must_change,
        session: *hash,
    }))
}

/// Whether a session has lived too long, or lain idle. One from the future is over as well: a clock
/// that was set back revives nothing.
fn has_ended(session: &StoredSession, policy: &Policy, now: Timestamp) -> bool {
    now >= session.created_at.plus(policy.sign_in.session_max)
        || now >= session.used_at.plus(policy.sign_in.session_idle)
        || now < session.used_at.minus(SESSION_TOUCH_INTERVAL)
}

/// Takes away a session that is over, so that a clock that is set back does not revive it. That it
/// cannot be written is no reason to stop.
fn delete_expired_session(
    store: &Store,
    hash: &[u8; 32],
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Error> {
    let over = store.read()?.session(hash)?.is_some_and(|session| has_ended(&session, policy, now));
    if over && let Ok(Some(transaction)) = store.try_write() {
        transaction.end_session(hash)?;
        transaction.commit_bookkeeping()?;
    }
    Ok(())
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
    ) -> Result<Transaction<'_>, Error> {
        self.authorize(task, Some(action))?;
        let begun = self.begin_in(self.store.write_although_retired()?, task, action);
        begun.map(|(transaction, _)| transaction)
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

    pub(super) fn begin_in<'d>(
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

    /// Who is acting at this moment of the store.
    pub(super) fn actor_now(&self, reader: &Reader<'_>) -> Result<Actor, Error> {
        let now = self.now();
        match &self.acting {
            Actor::User { session, .. } => {
                let user = session_user(reader, session, &self.caller, &self.policy, now)?;
                Ok(user.unwrap_or(Actor::Stale))
            }
            Actor::Owner { .. }
                if !self.policy.owner_is_admin && has_admin(reader, &self.policy, now)? =>
            {
                Ok(Actor::Nobody)
            }
            acting => Ok(acting.clone()),
        }
    }

    /// Notes that the session was used, together with the change that it is used for.
    pub(super) fn touch_session(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        if let Actor::User { session, .. } = &self.acting {
            transaction.touch_session(session, self.now())?;
            self.touched.set(true);
        }
        Ok(())
    }

    /// Notes that the session was used, where nobody writes and the last note is a minute old.
    pub(super) fn touch_session_if_free(&self) -> Result<(), Error> {
        let Actor::User { session, .. } = &self.acting else {
            return Ok(());
        };
        let now = self.now();
        let stored = self.store.read()?.session(session)?;
        if stored.is_none_or(|stored| now < stored.used_at.plus(SESSION_TOUCH_INTERVAL)) {
            return Ok(());
        }
        if let Some(transaction) = self.store.try_write()? {
            transaction.touch_session(session, now)?;
            transaction.commit_bookkeeping()?;
        }
        Ok(())
    }

    /// Lets through whoever may look at users, projects and labels.
    pub(super) fn authorize_reading(&self) -> Result<(), Error> {
        self.authorize(Task::Read, None).map(|_| ())
    }

    /// Whether the user of that name is the one who is acting.
    pub(super) fn is_acting_user(&self, name: &Username) -> bool {
        matches!(&self.acting, Actor::User { username, must_change: false, .. } if username == name)
    }

    /// How the audit log and `set_by` name who is acting.
    pub(super) fn actor_name(&self) -> String {
        match &self.acting {
            Actor::Owner { login } => format!("os:{login}"),
            Actor::User { username, .. } => username.to_string(),
            Actor::Stale | Actor::EmptyToken | Actor::Nobody => format!("os:{}", self.caller.login),
        }
    }

    /// The id behind the actor's username.
    pub(super) fn actor_id(&self) -> Option<i64> {
        match &self.acting {
            Actor::User { id, .. } => Some(id.0),
            _ => None,
        }
    }
}
