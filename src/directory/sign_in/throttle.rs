//! What a try to sign in is charged, and who is turned away.
//!
//! The charge is on the disk before the hash is compared, with a mark of the try; the mark goes in
//! the transaction that writes what became of it. Where no process does so, the next one writes that
//! the try was not finished: what is charged is in the log.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::verified::{AttemptReservation, Verified};
use crate::directory::{Directory, Error};
use crate::model::{AuditEntry, AuditOutcome, Duration, Rate, Timestamp, User, UserId, Username};
use crate::store::{
    AttemptMark, FailureCounter, Reader, Recorded, SignInAttempt, SignInFailures, SignInSuccesses,
    StoredCredential, Transaction,
};

/// Failures in a row at one account, whoever the callers, after which all are turned away (NIST SP
/// 800-63B-4, section 3.2.2).
const MAX_ACCOUNT_FAILURES: u32 = 100;

/// The longest that a caller is turned away.
const MAX_LOCK_DURATION: Duration = Duration::from_days(1);

/// What was found before the password was looked at.
pub(super) struct Attempt {
    pub(super) user: Option<User>,
    pub(super) credential: Option<StoredCredential>,
    /// The mark of the try; `None` where it was turned away, and nothing was written.
    pub(super) mark: Option<AttemptMark>,
}

/// The counters that a try is charged to, and how many failures each allows.
type Limits = Vec<(FailureCounter, u32)>;

impl Directory {
    /// Counts a failure before it is known to be one, and marks the try.
    ///
    /// Whoever is turned away takes no lock and writes nothing: what they do can neither stand in
    /// anybody's way nor fill the disk.
    pub(super) fn charge(&self, username: &Username) -> Result<Attempt, Error> {
        let now = self.now();
        let snapshot = self.store.read()?;
        let (attempt, limits) = self.look_up(&snapshot, username, now)?;
        drop(snapshot);
        if limits.is_none() {
            return Ok(attempt);
        }
        let transaction = self.store.write()?;
        let (mut attempt, limits) = self.look_up(&transaction, username, now)?;
        let Some(limits) = limits else { return Ok(attempt) };
        let recorded = self.record_abandoned(&transaction, now)?;
        for (counter, limit) in limits {
            self.count(&transaction, counter, limit, now)?;
        }
        attempt.mark = Some(transaction.begin_attempt(&SignInAttempt {
            at: now,
            os_uid: self.caller.uid,
            login: self.caller.login.clone(),
            user: attempt.user.as_ref().map(|user| user.id),
        })?);
        commit(transaction, recorded)?;
        Ok(attempt)
    }

    /// Who has that name, and the counters that a try is charged to; `None` where it is turned away.
    fn look_up(
        &self,
        reader: &Reader<'_>,
        username: &Username,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Limits>), Error> {
        self.require_success_left(reader, now)?;
        let user = reader.find_user(username)?;
        let credential = match &user {
            Some(user) => reader.credential(user.id)?,
            None => None,
        };
        let nobody = self.account_of_nobody(username);
        let limits = self.limits(user.as_ref().map_or(nobody, |user| user.id))?;
        let mut turned_away = false;
        for (counter, limit) in &limits {
            turned_away |= *limit == 0 || now < reader.failures(*counter)?.not_before;
        }
        let attempt = Attempt { user, credential, mark: None };
        Ok((attempt, (!turned_away).then_some(limits)))
    }

    /// The account that the failures at a name are counted at which nobody has: as those at a user,
    /// so that they tell nothing about who exists.
    ///
    /// Sixteen bits of the name's hash are kept, and the name, which may be a password, cannot be
    /// found out from them.
    fn account_of_nobody(&self, username: &Username) -> UserId {
        let hash = Sha256::new()
            .chain_update(self.store.id())
            .chain_update([0])
            .chain_update(username.as_str())
            .finalize();
        let bits = hash.iter().take(2).fold(0, |bits, byte| bits << 8 | i64::from(*byte));
        UserId(-1 - bits)
    }

    /// What is counted for a try at an account, and the limit of each.
    pub(super) fn limits(&self, account: UserId) -> Result<Limits, Error> {
        let uid = self.caller.uid;
        let policy = &self.policy.sign_in;
        let mut limits = Limits::with_capacity(3);
        if !self.is_trusted_caller()? {
            limits.push((FailureCounter::Caller(uid), policy.max_failures_per_caller));
        }
        limits.push((FailureCounter::Pair(account, uid), policy.max_failures));
        limits.push((FailureCounter::Account(account), MAX_ACCOUNT_FAILURES));
        Ok(limits)
    }

    /// Whether the caller signs in for many people, and is not counted as one.
    fn is_trusted_caller(&self) -> Result<bool, Error> {
        self.is_trusted(self.caller.uid)
    }

    /// Whether the account `uid` signs in for many people, and is not counted as one.
    pub(super) fn is_trusted(&self, uid: u32) -> Result<bool, Error> {
        Ok(self.store.trusts(uid)? || self.policy.sign_in.trusted_callers.contains(&uid))
    }

    /// Refuses a caller who has signed in too often lately.
    fn require_success_left(&self, reader: &Reader<'_>, now: Timestamp) -> Result<(), Error> {
        if self.is_trusted_caller()? {
            return Ok(());
        }
        let rate = self.policy.sign_in.max_successes_per_caller;
        let successes = current(reader.successes(self.caller.uid)?, rate, now);
        if successes.count < rate.count {
            return Ok(());
        }
        let end = successes.since.plus(rate.period);
        let wait = Duration::from_seconds(end.seconds() - now.seconds());
        Err(Error::TooManySignIns { rate, wait })
    }

    /// Counts that the caller has given a right password.
    pub(super) fn count_success(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        if self.is_trusted_caller()? {
            return Ok(());
        }
        let (uid, now) = (self.caller.uid, self.now());
        let rate = self.policy.sign_in.max_successes_per_caller;
        let SignInSuccesses { count, since } = current(transaction.successes(uid)?, rate, now);
        let count = count.saturating_add(1);
        Ok(transaction.set_successes(uid, SignInSuccesses { count, since })?)
    }

    pub(super) fn count(
        &self,
        transaction: &Transaction<'_>,
        counter: FailureCounter,
        limit: u32,
        now: Timestamp,
    ) -> Result<(), Error> {
        let before = transaction.failures(counter)?;
        // Whoever has kept quiet for a day since they could have tried begins anew.
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

    /// Takes back what a try was charged, and nothing else: the right password alone forgives no
    /// wrong code.
    pub(super) fn refund(
        &self,
        transaction: &Transaction<'_>,
        verified: &mut Verified,
    ) -> Result<(), Error> {
        if verified.reservation.account {
            decrement(transaction, FailureCounter::Pair(verified.user.id, self.caller.uid))?;
            decrement(transaction, FailureCounter::Account(verified.user.id))?;
            verified.reservation.account = false;
        }
        self.refund_caller(transaction, &mut verified.reservation)
    }

    /// Takes back what a try was charged to the caller.
    pub(super) fn refund_caller(
        &self,
        transaction: &Transaction<'_>,
        reservation: &mut AttemptReservation,
    ) -> Result<(), Error> {
        if reservation.caller {
            decrement(transaction, FailureCounter::Caller(self.caller.uid))?;
            reservation.caller = false;
        }
        Ok(())
    }

    /// Takes back what a try was charged, and forgives what failed at the account before: all that
    /// was to be proved has been.
    pub(in crate::directory) fn forgive(
        &self,
        transaction: &Transaction<'_>,
        user: &User,
        mut reservation: AttemptReservation,
    ) -> Result<(), Error> {
        transaction.clear_failures(user.id, self.caller.uid)?;
        self.refund_caller(transaction, &mut reservation)
    }

    /// Takes the mark of a try away, in the transaction that writes an entry for a password that was
    /// right, and counts that.
    pub(in crate::directory) fn settle_proof(
        &self,
        transaction: &Transaction<'_>,
        reservation: &mut AttemptReservation,
    ) -> Result<(), Error> {
        let Some(mark) = reservation.mark.take() else { return Ok(()) };
        // Where the mark is gone, there is an entry that the try was not finished: it took long.
        transaction.end_attempt(mark)?;
        self.count_success(transaction)
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

    /// Writes that a try has failed, which stays charged.
    pub(super) fn record_failure(
        &self,
        mark: Option<AttemptMark>,
        user: Option<&User>,
        reason: &str,
    ) -> Result<(), Error> {
        self.commit_failure(self.store.write()?, mark, user, reason)
    }

    /// Commits with the entry of a try that has failed.
    pub(super) fn commit_failure(
        &self,
        transaction: Transaction<'_>,
        mark: Option<AttemptMark>,
        user: Option<&User>,
        reason: &str,
    ) -> Result<(), Error> {
        if let Some(mark) = mark
            && !transaction.end_attempt(mark)?
        {
            // It took so long that somebody else has written its entry.
            return Ok(());
        }
        let entry = self.sign_in_entry(user, AuditOutcome::Failed, json!({"reason": reason}));
        let recorded = transaction.record(&entry)?;
        Ok(transaction.commit(recorded)?)
    }

    /// Writes the entries of tries that were counted by processes which ended before they could.
    fn record_abandoned(
        &self,
        transaction: &Transaction<'_>,
        now: Timestamp,
    ) -> Result<Option<Recorded>, Error> {
        let mut recorded = None;
        for (mark, attempt) in transaction.abandoned_attempts(now)? {
            let user = match attempt.user {
                Some(id) => transaction.user_by_id(id)?,
                None => None,
            };
            let after = json!({"reason": "unfinished", "tried_at": attempt.at.to_string()});
            let entry = AuditEntry {
                actor: format!("os:{}", attempt.login),
                os_uid: attempt.os_uid,
                ..self.sign_in_entry(user.as_ref(), AuditOutcome::Failed, after)
            };
            transaction.end_attempt(mark)?;
            recorded = Some(transaction.record(&entry)?);
        }
        Ok(recorded)
    }

    /// Writes the entries that are missing of tries whose process has ended, for somebody who is
    /// about to read the log; not where somebody else writes, or nobody can.
    pub(in crate::directory) fn complete_log_if_free(&self) -> Result<(), Error> {
        let now = self.now();
        if self.store.read()?.abandoned_attempts(now)?.is_empty() {
            return Ok(());
        }
        let Some(transaction) = self.store.try_write()? else { return Ok(()) };
        let recorded = self.record_abandoned(&transaction, now)?;
        commit(transaction, recorded)
    }
}

/// What counts at `now` of what a caller has done: another period has begun, or the clock was set
/// back.
fn current(successes: SignInSuccesses, rate: Rate, now: Timestamp) -> SignInSuccesses {
    let is_over = now < successes.since || now >= successes.since.plus(rate.period);
    if is_over { SignInSuccesses { count: 0, since: now } } else { successes }
}

/// Commits, with an entry or without.
fn commit(transaction: Transaction<'_>, recorded: Option<Recorded>) -> Result<(), Error> {
    match recorded {
        Some(recorded) => transaction.commit(recorded)?,
        None => transaction.commit_bookkeeping()?,
    }
    Ok(())
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
