//! The SQL of what is counted of sign-ins: failures in a row, until when further ones are turned
//! away, and how often a caller has succeeded lately.

use super::engine::SqlRow;
use super::{Reader, StoreError, Transaction};
use crate::model::{Timestamp, UserId};

/// Whose failures are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureCounter {
    /// Those of one caller at one account.
    Pair(UserId, u32),
    /// Those of every caller at one account.
    Account(UserId),
    /// Those of one caller at every account, known or not.
    Caller(u32),
}

/// The account that stands for all callers: no account of the system has the number -1.
const EVERY_CALLER: i64 = -1;

/// Failures in a row, and until when further tries are turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignInFailures {
    pub(crate) count: u32,
    /// When the last one was.
    pub(crate) last_at: Timestamp,
    pub(crate) not_before: Timestamp,
}

impl SignInFailures {
    /// Nothing has failed.
    pub(crate) const NONE: Self = Self {
        count: 0,
        last_at: Timestamp::from_seconds(0),
        not_before: Timestamp::from_seconds(0),
    };
}

/// How often somebody has signed in since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignInSuccesses {
    pub(crate) count: u32,
    pub(crate) since: Timestamp,
}

/// An account of the operating system that is turned away, whatever username it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedCaller {
    /// Its number.
    pub uid: u32,
    /// When it can try again.
    pub until: Timestamp,
}

impl Reader<'_> {
    /// The callers that are turned away at `now`, by number.
    pub(crate) fn locked_callers(&self, now: Timestamp) -> Result<Vec<LockedCaller>, StoreError> {
        self.engine.all(
            "SELECT os_uid, not_before FROM sign_in_callers WHERE not_before > ?1 ORDER BY os_uid",
            &[now.seconds().into()],
            |row| {
                let uid = u32::try_from(row.integer(0)?).map_err(|_| row.unexpected(0))?;
                Ok(LockedCaller { uid, until: Timestamp::from_seconds(row.integer(1)?) })
            },
        )
    }

    /// What stands on a counter.
    pub(crate) fn failures(&self, counter: FailureCounter) -> Result<SignInFailures, StoreError> {
        let read = |row: &SqlRow<'_>| {
            Ok(SignInFailures {
                count: u32::try_from(row.integer(0)?).map_err(|_| row.unexpected(0))?,
                not_before: Timestamp::from_seconds(row.integer(1)?),
                last_at: Timestamp::from_seconds(row.integer(2)?),
            })
        };
        let at_account = "SELECT failures, not_before, last_at FROM sign_in_failures \
                          WHERE user_id = ?1 AND os_uid = ?2";
        let found = match counter {
            FailureCounter::Pair(user, uid) => {
                self.engine.optional(at_account, &[user.0.into(), i64::from(uid).into()], read)
            }
            FailureCounter::Account(user) => {
                self.engine.optional(at_account, &[user.0.into(), EVERY_CALLER.into()], read)
            }
            FailureCounter::Caller(uid) => self.engine.optional(
                "SELECT failures, not_before, last_at FROM sign_in_callers WHERE os_uid = ?1",
                &[i64::from(uid).into()],
                read,
            ),
        };
        Ok(found?.unwrap_or(SignInFailures::NONE))
    }

    /// How often a caller has signed in lately.
    pub(crate) fn successes(&self, uid: u32) -> Result<SignInSuccesses, StoreError> {
        let found = self.engine.optional(
            "SELECT successes, successes_since FROM sign_in_callers WHERE os_uid = ?1",
            &[i64::from(uid).into()],
            |row| {
                Ok(SignInSuccesses {
                    count: u32::try_from(row.integer(0)?).map_err(|_| row.unexpected(0))?,
                    since: Timestamp::from_seconds(row.integer(1)?),
                })
            },
        )?;
        Ok(found.unwrap_or(SignInSuccesses { count: 0, since: Timestamp::from_seconds(0) }))
    }
}

impl Transaction<'_> {
    /// Sets a counter.
    pub(crate) fn set_failures(
        &self,
        counter: FailureCounter,
        failures: SignInFailures,
    ) -> Result<(), StoreError> {
        let SignInFailures { count, last_at, not_before } = failures;
        let (count, last_at, not_before) =
            (i64::from(count).into(), last_at.seconds().into(), not_before.seconds().into());
        let (user, uid) = match counter {
            FailureCounter::Pair(user, uid) => (user, i64::from(uid)),
            FailureCounter::Account(user) => (user, EVERY_CALLER),
            FailureCounter::Caller(uid) => {
                self.engine.execute(
                    "INSERT INTO sign_in_callers (os_uid, failures, last_at, not_before) \
                     VALUES (?1, ?2, ?3, ?4) ON CONFLICT (os_uid) \
                     DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
                     not_before = excluded.not_before",
                    &[i64::from(uid).into(), count, last_at, not_before],
                )?;
                return Ok(());
            }
        };
        self.engine.execute(
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, last_at, not_before) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id, os_uid) \
             DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, \
             not_before = excluded.not_before",
            &[user.0.into(), uid.into(), count, last_at, not_before],
        )?;
        Ok(())
    }

    /// Sets how often a caller has signed in lately.
    pub(crate) fn set_successes(
        &self,
        uid: u32,
        successes: SignInSuccesses,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO sign_in_callers (os_uid, successes, successes_since) VALUES (?1, ?2, ?3) \
             ON CONFLICT (os_uid) DO UPDATE SET successes = excluded.successes, \
             successes_since = excluded.successes_since",
            &[
                i64::from(uid).into(),
                i64::from(successes.count).into(),
                successes.since.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Forgets what has failed at an account, by the caller `uid` and by all together.
    pub(crate) fn clear_failures(&self, user: UserId, uid: u32) -> Result<(), StoreError> {
        self.engine.execute(
            "DELETE FROM sign_in_failures WHERE user_id = ?1 AND os_uid IN (?2, ?3)",
            &[user.0.into(), i64::from(uid).into(), EVERY_CALLER.into()],
        )?;
        Ok(())
    }

    /// Forgets the failures at an account; tells whether there were any.
    ///
    /// The callers who failed there get a new start as well, or they would be turned away still; but
    /// not `unlocker`, the account that asks for it: nobody resets the count of their own guesses.
    pub(crate) fn forget_failures(&self, user: UserId, unlocker: u32) -> Result<bool, StoreError> {
        self.engine.execute(
            "UPDATE sign_in_callers SET failures = 0, not_before = 0 WHERE os_uid <> ?2 \
             AND os_uid IN (SELECT os_uid FROM sign_in_failures WHERE user_id = ?1)",
            &[user.0.into(), i64::from(unlocker).into()],
        )?;
        let rows = self
            .engine
            .execute("DELETE FROM sign_in_failures WHERE user_id = ?1", &[user.0.into()])?;
        Ok(rows > 0)
    }

    /// Forgets the failures of a caller at all usernames, and not how often it has signed in; tells
    /// whether there were any.
    pub(crate) fn forget_caller_failures(&self, uid: u32) -> Result<bool, StoreError> {
        let rows = self.engine.execute(
            "UPDATE sign_in_callers SET failures = 0, not_before = 0 \
             WHERE os_uid = ?1 AND failures > 0",
            &[i64::from(uid).into()],
        )?;
        Ok(rows > 0)
    }

    /// Notes that a user signed in.
    pub(crate) fn set_last_sign_in(&self, id: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE users SET last_sign_in_at = ?2 WHERE id = ?1",
            &[id.0.into(), now.seconds().into()],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// R12: an account is unlocked for everybody who failed there, but for the one who unlocks it.
    #[test]
    fn nobody_resets_the_count_of_their_own_guesses() {
        let at = Timestamp::from_seconds(1);
        let store = Store::in_memory(at).unwrap();
        let transaction = store.write().unwrap();
        let failed = SignInFailures { count: 5, last_at: at, not_before: at };
        let (user, unlocker, other) = (UserId(1), 1001, 1002);
        for uid in [unlocker, other] {
            transaction.set_failures(FailureCounter::Caller(uid), failed).unwrap();
            transaction.set_failures(FailureCounter::Pair(user, uid), failed).unwrap();
        }
        assert!(transaction.forget_failures(user, unlocker).unwrap());
        let count = |counter| transaction.failures(counter).unwrap().count;
        assert_eq!(count(FailureCounter::Caller(unlocker)), 5);
        assert_eq!(count(FailureCounter::Caller(other)), 0);
        assert_eq!(count(FailureCounter::Pair(user, unlocker)), 0);
    }
}
