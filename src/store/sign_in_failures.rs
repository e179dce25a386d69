//! The SQL of failed sign-ins: how many in a row, and until when further ones are turned away.

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

impl FailureCounter {
    /// No user has the id 0 and no account of the system the number -1.
    fn key(self) -> (i64, i64) {
        match self {
            Self::Pair(user, uid) => (user.0, uid.into()),
            Self::Account(user) => (user.0, -1),
            Self::Caller(uid) => (0, uid.into()),
        }
    }
}

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

impl Reader<'_> {
    /// What stands on a counter.
    pub(crate) fn failures(&self, counter: FailureCounter) -> Result<SignInFailures, StoreError> {
        let (user, uid) = counter.key();
        let found = self.engine.optional(
            "SELECT failures, not_before, last_at FROM sign_in_failures WHERE user_id = ?1 AND os_uid = ?2",
            &[user.into(), uid.into()],
            |row| {
                Ok(SignInFailures {
                    count: u32::try_from(row.integer(0)?).map_err(|_| row.unexpected(0))?,
                    not_before: Timestamp::from_seconds(row.integer(1)?),
                    last_at: Timestamp::from_seconds(row.integer(2)?),
                })
            },
        )?;
        Ok(found.unwrap_or(SignInFailures::NONE))
    }
}

impl Transaction<'_> {
    /// Sets a counter.
    pub(crate) fn set_failures(
        &self,
        counter: FailureCounter,
        failures: SignInFailures,
    ) -> Result<(), StoreError> {
        let (user, uid) = counter.key();
        self.engine.execute(
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before, last_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id, os_uid) \
             DO UPDATE SET failures = excluded.failures, not_before = excluded.not_before, \
             last_at = excluded.last_at",
            &[
                user.into(),
                uid.into(),
                i64::from(failures.count).into(),
                failures.not_before.seconds().into(),
                failures.last_at.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Counts a try of a caller, whatever becomes of it, so that every try writes something.
    pub(crate) fn count_attempt(&self, uid: u32) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before, tries) \
             VALUES (0, ?1, 0, 0, 1) \
             ON CONFLICT (user_id, os_uid) DO UPDATE SET tries = tries + 1",
            &[i64::from(uid).into()],
        )?;
        Ok(())
    }

    /// Sets a counter back to nothing.
    pub(crate) fn clear_failures(&self, counter: FailureCounter) -> Result<(), StoreError> {
        let (user, uid) = counter.key();
        self.engine.execute(
            "DELETE FROM sign_in_failures WHERE user_id = ?1 AND os_uid = ?2",
            &[user.into(), uid.into()],
        )?;
        Ok(())
    }

    /// Forgets the failures at an account; tells whether there were any.
    ///
    /// The callers who failed there get a new start as well, or they would be turned away still; but
    /// not `unlocker`, the account that asks for it: nobody resets the count of their own guesses.
    pub(crate) fn forget_failures(&self, user: UserId, unlocker: u32) -> Result<bool, StoreError> {
        self.engine.execute(
            "UPDATE sign_in_failures SET failures = 0, not_before = 0 WHERE user_id = 0 \
             AND os_uid <> ?2 \
             AND os_uid IN (SELECT os_uid FROM sign_in_failures WHERE user_id = ?1)",
            &[user.0.into(), i64::from(unlocker).into()],
        )?;
        let rows = self
            .engine
            .execute("DELETE FROM sign_in_failures WHERE user_id = ?1", &[user.0.into()])?;
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
