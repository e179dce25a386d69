//! Signing in: checking a password, counting failures before they are known, opening and ending
//! sessions.
//!
//! Every check costs the same, whatever comes of it: one commit that charges, one full hash, one
//! commit that settles. The charge is on the disk before the hash is compared, so that whoever
//! kills the program in between has paid for his guess.

pub(super) mod codes;

use std::fmt;

use serde_json::{Value, json};

use super::passwords::hash::{self, StoredHash};
use super::passwords::password::Password;
use super::permissions::SessionToken;
use super::{Actor, Directory, Error, Task};
use crate::model::{
    AuditAction, AuditEntry, AuditOutcome, CredentialKind, Duration, PasswordOrigin, Secret,
    Timestamp, User, UserId, Username,
};
use crate::store::{
    FailureCounter, Reader, SignInFailures, StoredCredential, StoredSession, Transaction,
};

/// Failures in a row at one account, whoever the callers, after which all are turned away (NIST SP
/// 800-63B-4, section 3.2.2).
const MAX_ACCOUNT_FAILURES: u32 = 100;

/// The longest that a caller is turned away.
const MAX_LOCK_DURATION: Duration = Duration::from_days(1);

/// What a site has decided about signing in.
#[derive(Debug, Clone)]
pub struct SignInPolicy {
    /// Failures of one caller at one account, after which he is turned away there.
    pub max_failures: u32,
    /// Failures of one caller at all accounts, after which he is turned away everywhere.
    pub max_failures_per_caller: u32,
    /// For how long, at first; it doubles with every further failure, up to a day.
    pub lock: Duration,
    /// How long a session lives without being used.
    pub session_idle: Duration,
    /// How long a session lives at most.
    pub session_max: Duration,
    /// How many sessions a user has at most: one more ends the oldest.
    pub max_sessions: u32,
    /// Accounts of the operating system that sign in for many users: their failures are counted
    /// for each user alone.
    pub trusted_callers: Vec<u32>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            max_failures: 10,
            max_failures_per_caller: 20,
            lock: Duration::from_seconds(15 * 60),
            session_idle: Duration::from_seconds(3_600),
            session_max: Duration::from_seconds(12 * 3_600),
            max_sessions: 10,
            trusted_callers: Vec::new(),
        }
    }
}

/// Somebody who has just proved who he is, and the very password that proved it.
pub struct Verified {
    pub(super) user: User,
    pub(super) hash: String,
    pub(super) changed_at: Timestamp,
    pub(super) password: Password,
    rehashed: Option<StoredHash>,
    pub(super) reservation: AttemptReservation,
}

/// What a sign-in that is not over yet has been charged for as if it had failed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AttemptReservation {
    /// At the account.
    pub(super) account: bool,
    /// At the caller, over all accounts.
    pub(super) caller: bool,
}

impl Verified {
    /// The proof that remains when the password has been changed to another one.
    pub(super) fn renewed(&self, user: User, hash: String, at: Timestamp, new: Password) -> Self {
        let reservation = self.reservation;
        Self { user, hash, changed_at: at, password: new, rehashed: None, reservation }
    }

    /// Who he is.
    #[must_use]
    pub fn username(&self) -> &Username {
        &self.user.username
    }

    /// His name.
    #[must_use]
    pub fn full_name(&self) -> &str {
        self.user.full_name.as_str()
    }

    /// Whether he may do nothing before he has changed his password.
    #[must_use]
    pub fn must_change(&self) -> bool {
        self.user
            .credential
            .as_ref()
            .is_none_or(|credential| credential.kind == CredentialKind::Temporary)
    }
}

/// The user alone: neither his password nor its hash is shown.
impl fmt::Debug for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Verified").field(&self.user.username).finish()
    }
}

/// What was found before the password was looked at.
struct Attempt {
    user: Option<User>,
    credential: Option<StoredCredential>,
    turned_away: bool,
}

impl Directory {
    /// Checks that whoever calls knows the user's current password, for changing it. That leaves an
    /// entry whatever comes next, and forgives no failure before the change is committed: else it
    /// would tell whether a password is right without a trace.
    ///
    /// # Errors
    ///
    /// [`Error::AuthenticationFailed`] for an unknown user, a wrong password, an inactive user and
    /// a locked one alike; [`Error::PasswordExpired`] for the right password, too late.
    pub fn verify(&mut self, username: &Username, password: &Secret) -> Result<Verified, Error> {
        let mut verified = self.check_password(username, password)?;
        let transaction = self.store.write()?;
        self.decrement_attempt(&transaction, &mut verified)?;
        let kind = json!({"kind": "password change"});
        let mut entry = self.sign_in_entry(Some(&verified.user), AuditOutcome::Done, kind);
        entry.actor = verified.user.username.to_string();
        entry.actor_id = Some(verified.user.id.0);
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        Ok(verified)
    }

    /// Checks the password of somebody who wants to sign in. Where that takes a code as well, the
    /// try stays charged until [`Directory::open_session`] or [`Directory::authenticated`] has seen
    /// both.
    ///
    /// # Errors
    ///
    /// As [`Directory::verify`].
    pub fn verify_for_sign_in(
        &mut self,
        username: &Username,
        password: &Secret,
    ) -> Result<Verified, Error> {
        let mut verified = self.check_password(username, password)?;
        if !self.policy.two_factor {
            let transaction = self.store.write()?;
            self.release(&transaction, &verified.user, true)?;
            transaction.commit_bookkeeping()?;
            verified.reservation = AttemptReservation::default();
        }
        Ok(verified)
    }

    /// Checks a password; the try stays charged.
    fn check_password(
        &mut self,
        username: &Username,
        password: &Secret,
    ) -> Result<Verified, Error> {
        let Attempt { user, credential, turned_away } = self.reservation(username)?;
        let normalized = Password::normalize(password);
        let hash =
            credential.as_ref().map(|credential| StoredHash::from_store(credential.hash.clone()));
        let origin = credential.as_ref().map(|credential| credential.record.origin);
        let params = self.policy.hash;
        let verdict = match &normalized {
            Ok(password) => {
                hash::verify(hash.as_ref(), origin, password, &params, &mut self.memory)
            }
            Err(_) => hash::verify_nothing(&params, &mut self.memory),
        }?;
        match (user, credential, normalized) {
            (Some(user), Some(credential), Ok(password))
                if verdict.matches && !turned_away && user.state.is_active() =>
            {
                if credential.record.expires_at.is_some_and(|end| end <= self.now()) {
                    // It is charged as a failure: or it could be tried, and written down, for ever.
                    self.record_failure(Some(&user), "expired")?;
                    return Err(Error::PasswordExpired);
                }
                let reservation = AttemptReservation { account: true, caller: true };
                let typed = credential.record.origin == PasswordOrigin::Typed;
                let rehashed = if verdict.rehash && typed {
                    let salt = self.fill_random()?;
                    let memory = &mut self.memory;
                    Some(hash::hash_typed(&password, &params, salt, memory)?)
                } else {
                    None
                };
                let StoredCredential { hash, record } = credential;
                let changed_at = record.changed_at;
                Ok(Verified { user, hash, changed_at, password, rehashed, reservation })
            }
            (user, ..) => {
                self.settle_failure(user.as_ref(), turned_away)?;
                Err(Error::AuthenticationFailed)
            }
        }
    }

    /// Counts a failure before it is known to be one.
    fn reservation(&mut self, username: &Username) -> Result<Attempt, Error> {
        let uid = self.caller.uid;
        let now = self.now();
        let transaction = self.store.write()?;
        let user = transaction.find_user(username)?;
        let credential = match &user {
            Some(user) => transaction.credential(user.id)?,
            None => None,
        };
        let limits = self.limits(user.as_ref().map(|user| user.id))?;
        let mut turned_away = false;
        for (counter, limit) in &limits {
            let failures = transaction.failures(*counter)?;
            turned_away |= *limit == 0 || now < failures.not_before;
        }
        if !turned_away {
            for (counter, limit) in limits {
                self.count(&transaction, counter, limit, now)?;
            }
        }
        // Written in every case, so that no case can be told by what it writes.
        transaction.count_attempt(uid)?;
        transaction.commit_bookkeeping()?;
        Ok(Attempt { user, credential, turned_away })
    }

    /// What is counted for a try, and the limit of each.
    fn limits(&self, user: Option<UserId>) -> Result<Vec<(FailureCounter, u32)>, Error> {
        let uid = self.caller.uid;
        let policy = &self.policy.sign_in;
        let trusted = self.store.trusts(uid)? || policy.trusted_callers.contains(&uid);
        let mut limits = Vec::with_capacity(3);
        if !trusted {
            limits.push((FailureCounter::Caller(uid), policy.max_failures_per_caller));
        }
        if let Some(user) = user {
            limits.push((FailureCounter::Pair(user, uid), policy.max_failures));
            limits.push((FailureCounter::Account(user), MAX_ACCOUNT_FAILURES));
        }
        Ok(limits)
    }

    fn count(
        &self,
        transaction: &Transaction<'_>,
        counter: FailureCounter,
        limit: u32,
        now: Timestamp,
    ) -> Result<(), Error> {
        let before = transaction.failures(counter)?;
        // Whoever has kept quiet for a day since he could have tried begins anew.
        let forgotten = now >= before.last_at.max(before.not_before).plus(MAX_LOCK_DURATION);
        let count = if forgotten { 1 } else { before.count.saturating_add(1) };
        let not_before = match count.checked_sub(limit) {
            None => Timestamp::from_seconds(0),
            Some(beyond) => now.plus(self.lock_after(beyond)),
        };
        transaction.set_failures(counter, SignInFailures { count, last_at: now, not_before })?;
        Ok(())
    }

    /// For how long a caller is turned away with the failure `beyond` the limit (0 for the one
    /// that reaches it).
    fn lock_after(&self, beyond: u32) -> Duration {
        let first = self.policy.sign_in.lock.seconds();
        let doubled = first.saturating_mul(1_i64.checked_shl(beyond.min(32)).unwrap_or(i64::MAX));
        Duration::from_seconds(doubled.min(MAX_LOCK_DURATION.seconds().max(first)))
    }

    /// Takes the charge back, and forgives what failed before: the sign-in has succeeded.
    fn release(
        &self,
        transaction: &Transaction<'_>,
        user: &User,
        caller: bool,
    ) -> Result<(), Error> {
        transaction.clear_failures(FailureCounter::Pair(user.id, self.caller.uid))?;
        transaction.clear_failures(FailureCounter::Account(user.id))?;
        if caller {
            self.release_caller_attempt(transaction)?;
        }
        Ok(())
    }

    /// Takes one charge of the caller back.
    pub(super) fn release_caller_attempt(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<(), Error> {
        decrement(transaction, FailureCounter::Caller(self.caller.uid))
    }

    /// Takes back what a sign-in was charged for that goes no further, and nothing else: the right
    /// password alone forgives no wrong code.
    pub(super) fn release_attempt(&self, verified: &mut Verified) -> Result<(), Error> {
        let AttemptReservation { account, caller } = verified.reservation;
        if !account && !caller {
            return Ok(());
        }
        let transaction = self.store.write()?;
        self.decrement_attempt(&transaction, verified)?;
        transaction.commit_bookkeeping()?;
        Ok(())
    }

    fn decrement_attempt(
        &self,
        transaction: &Transaction<'_>,
        verified: &mut Verified,
    ) -> Result<(), Error> {
        let AttemptReservation { account, caller } = verified.reservation;
        if account {
            decrement(transaction, FailureCounter::Pair(verified.user.id, self.caller.uid))?;
            decrement(transaction, FailureCounter::Account(verified.user.id))?;
        }
        if caller {
            self.release_caller_attempt(transaction)?;
        }
        verified.reservation = AttemptReservation::default();
        Ok(())
    }

    /// Forgives what failed before, in the transaction of a change of password that has succeeded.
    pub(super) fn forgive_failures(
        &self,
        transaction: &Transaction<'_>,
        user: &User,
    ) -> Result<(), Error> {
        self.release(transaction, user, false)
    }

    /// Lets the next try through where the one at hand has just closed the account: it had the
    /// right password, and the code comes with the next.
    pub(super) fn leave_open_for_code(
        &self,
        transaction: &Transaction<'_>,
        user: UserId,
    ) -> Result<(), Error> {
        for counter in [FailureCounter::Pair(user, self.caller.uid), FailureCounter::Account(user)]
        {
            let failures = transaction.failures(counter)?;
            let not_before = Timestamp::from_seconds(0);
            transaction.set_failures(counter, SignInFailures { not_before, ..failures })?;
        }
        Ok(())
    }

    /// Writes what is left of a failure: an entry, or a number where it was turned away.
    fn settle_failure(&self, user: Option<&User>, turned_away: bool) -> Result<(), Error> {
        if turned_away {
            let transaction = self.store.write()?;
            transaction.count_attempt(self.caller.uid)?;
            transaction.commit_bookkeeping()?;
            return Ok(());
        }
        let reason = match user {
            None => "unknown user",
            Some(user) if !user.state.is_active() => "inactive",
            Some(_) => "wrong password",
        };
        self.record_failure(user, reason)
    }

    pub(super) fn record_failure(&self, user: Option<&User>, reason: &str) -> Result<(), Error> {
        let transaction = self.store.write()?;
        self.commit_failure(transaction, user, reason)
    }

    fn commit_failure(
        &self,
        transaction: Transaction<'_>,
        user: Option<&User>,
        reason: &str,
    ) -> Result<(), Error> {
        let entry = self.sign_in_entry(user, AuditOutcome::Failed, json!({"reason": reason}));
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        Ok(())
    }

    /// An entry about a sign-in. What was typed for a user who does not exist is not kept: it may
    /// be a password.
    pub(super) fn sign_in_entry(
        &self,
        user: Option<&User>,
        outcome: AuditOutcome,
        after: Value,
    ) -> AuditEntry {
        let mut entry = self.entry(AuditAction::SignIn, "", 0, None, Some(after));
        entry.actor = format!("os:{}", self.caller.login);
        entry.actor_id = None;
        entry.subject = user.map(|user| user.username.to_string());
        entry.subject_id = user.map(|user| user.id.0);
        entry.outcome = outcome;
        entry
    }

    /// Opens a session for somebody who has just proved who he is; gives its token, which is known
    /// only now. Where signing in takes a second factor, `code` is the one that was sent to him.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordChangeRequired`], where his password is temporary;
    /// [`Error::CodeRequired`] and [`Error::WrongCode`];
    /// [`Error::PasswordChangedMeanwhile`] or [`Error::AuthenticationFailed`], where the account is
    /// not what it was when he proved it.
    pub fn open_session(
        &mut self,
        verified: &mut Verified,
        code: Option<&Secret>,
    ) -> Result<Secret, Error> {
        let secret = self.fill_random::<32>()?;
        let token = SessionToken::assemble(self.store.id(), &secret);
        let now = self.now();
        let session = StoredSession {
            user: verified.user.id,
            os_uid: self.caller.real_uid.into(),
            created_at: now,
            used_at: now,
        };
        let policy = &self.policy.sign_in;
        let (oldest, idle) = (now.minus(policy.session_max), now.minus(policy.session_idle));
        self.sign_in(verified, code, "session", |transaction| {
            transaction.delete_expired_sessions(oldest, idle)?;
            // Before the new one is there, which is never the one that ends.
            let others = policy.max_sessions.saturating_sub(1);
            transaction.end_oldest_sessions(session.user, others)?;
            Ok(transaction.insert_session(&SessionToken::hash(&token), &session)?)
        })?;
        Ok(token)
    }

    /// Notes that somebody was checked for a client program; opens nothing.
    ///
    /// # Errors
    ///
    /// As [`Directory::open_session`].
    pub fn authenticated(
        &mut self,
        verified: &mut Verified,
        code: Option<&Secret>,
    ) -> Result<(), Error> {
        self.sign_in(verified, code, "check", |_| Ok(()))
    }

    /// Refuses whoever has to change his password first.
    pub(super) fn refuse_temporary(&self, verified: &mut Verified) -> Error {
        // Whoever else has seen the temporary password leaves his trace.
        let noted = self
            .release_attempt(verified)
            .and_then(|()| self.record_failure(Some(&verified.user), "temporary password"));
        noted.err().unwrap_or(Error::PasswordChangeRequired)
    }

    /// Refuses a code; the try stays charged.
    fn refuse_code(&self, transaction: Transaction<'_>, verified: &Verified) -> Result<(), Error> {
        let AttemptReservation { account, caller } = verified.reservation;
        let user = &verified.user;
        for (counter, limit) in self.limits(Some(user.id))? {
            let charged = match counter {
                FailureCounter::Caller(_) => caller,
                FailureCounter::Pair(..) | FailureCounter::Account(_) => account,
            };
            if !charged {
                self.count(&transaction, counter, limit, self.now())?;
            }
        }
        self.commit_failure(transaction, Some(user), "wrong code")
    }

    fn sign_in(
        &self,
        verified: &mut Verified,
        code: Option<&Secret>,
        kind: &str,
        more: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = self.now();
        let transaction = self.store.write()?;
        require_unchanged(&transaction, verified, now)?;
        if verified.must_change() {
            drop(transaction);
            return Err(self.refuse_temporary(verified));
        }
        if self.policy.two_factor {
            let Some(code) = code else {
                return Err(Error::CodeRequired { username: verified.username().clone() });
            };
            if !codes::matches_code(&transaction, verified, code, now)? {
                self.refuse_code(transaction, verified)?;
                verified.reservation = AttemptReservation { account: true, caller: true };
                return Err(Error::WrongCode);
            }
            // It works once.
            transaction.end_code(verified.user.id)?;
            self.release(&transaction, &verified.user, verified.reservation.caller)?;
        }
        if let Some(new) = &verified.rehashed {
            transaction.rehash(verified.user.id, &verified.hash, new.as_str())?;
        }
        more(&transaction)?;
        transaction.set_last_sign_in(verified.user.id, now)?;
        let user = Some(&verified.user);
        let mut entry = self.sign_in_entry(user, AuditOutcome::Done, json!({"kind": kind}));
        entry.actor = verified.user.username.to_string();
        entry.actor_id = Some(verified.user.id.0);
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        verified.reservation = AttemptReservation::default();
        Ok(())
    }

    /// Ends the session at hand, or with `all` every session of its user; gives their number.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], where nobody is signed in.
    pub fn end_session(&mut self, all: bool) -> Result<u64, Error> {
        let Actor::User { id, username, session, .. } = &self.acting else {
            return Err(Error::SignInRequired);
        };
        let transaction = self.store.write()?;
        let ended = if all {
            transaction.end_sessions(*id, None)?
        } else {
            u64::from(transaction.end_session(session)?)
        };
        let after = json!({"sessions": ended});
        let entry = self.entry(AuditAction::SignOut, username.as_str(), id.0, None, Some(after));
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        Ok(ended)
    }

    /// Ends the session of a token, where there is one: one that is replaced, or that could not be
    /// handed over.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be written.
    pub fn forget_session(&mut self, token: &Secret) -> Result<(), Error> {
        let transaction = self.store.write()?;
        if transaction.end_session(&SessionToken::hash(token))? {
            transaction.commit_bookkeeping()?;
        }
        Ok(())
    }

    /// Forgives failed sign-ins: all users or, where one is not there, none. Tells for each whether
    /// there were any.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Forbidden`].
    pub fn unlock(&mut self, usernames: &[Username]) -> Result<Vec<(bool, User)>, Error> {
        let unlocked = self.write_unlocks(usernames);
        self.finish_for(usernames.first().map_or("", Username::as_str), unlocked)
    }

    fn write_unlocks(&self, usernames: &[Username]) -> Result<Vec<(bool, User)>, Error> {
        let (transaction, authority) = self.begin(Task::Manage, AuditAction::UserUnlock)?;
        let mut users = Vec::with_capacity(usernames.len());
        let mut recorded = None;
        for username in usernames {
            let mut user = super::users::require_user(&transaction, username)?;
            authority.covers(&transaction, &user, user.roles)?;
            let forgiven = transaction.forget_failures(user.id, self.caller.uid)?;
            if forgiven {
                let locked = user.locked_until(self.now()).map(|end| end.to_string());
                let before = json!({"locked_until": locked});
                let entry = self.entry(
                    AuditAction::UserUnlock,
                    username.as_str(),
                    user.id.0,
                    Some(before),
                    None,
                );
                recorded = Some(transaction.record(&entry)?);
            }
            user.locked_until = None;
            users.push((forgiven, user));
        }
        if let Some(recorded) = recorded {
            transaction.commit(recorded)?;
        }
        Ok(users)
    }
}

/// Takes one failure off a counter; where it was the one that closed the account, that is open again.
fn decrement(transaction: &Transaction<'_>, counter: FailureCounter) -> Result<(), Error> {
    let failures = transaction.failures(counter)?;
    if failures.count > 0 {
        let (count, not_before) = (failures.count - 1, Timestamp::from_seconds(0));
        transaction.set_failures(counter, SignInFailures { count, not_before, ..failures })?;
    }
    Ok(())
}

/// Whether the account is still what it was when its user proved who he is.
pub(super) fn require_unchanged(
    reader: &Reader<'_>,
    verified: &Verified,
    now: Timestamp,
) -> Result<StoredCredential, Error> {
    let known = &verified.user;
    let credential = reader.credential(known.id)?.ok_or(Error::PasswordChangedMeanwhile)?;
    if credential.hash != verified.hash || credential.record.changed_at != verified.changed_at {
        return Err(Error::PasswordChangedMeanwhile);
    }
    let current = reader.find_user(&known.username)?;
    if !current.is_some_and(|user| user.id == known.id && user.state.is_active()) {
        return Err(Error::AuthenticationFailed);
    }
    if credential.record.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::PasswordExpired);
    }
    Ok(credential)
}
