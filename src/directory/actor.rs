//! Who is acting: the owner of the store, a user with a session, or nobody.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Directory, Error, Policy};
use crate::model::{
    CredentialKind, CredentialState, Duration, RoleSet, Secret, Timestamp, UserId, Username,
};
use crate::store::{Reader, Store, StoredSession, Transaction, hex};

/// How old the note of a session's last use may be.
pub(super) const SESSION_TOUCH_INTERVAL: Duration = Duration::from_seconds(60);

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
    let Some(user) = reader.user_by_id(session.user)?.filter(|user| user.state.is_active()) else {
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
