//! The SQL of failed sign-ins: how many in a row, and until when further ones are turned away.

use super::{Reader, StoreError, Transaction};
use crate::model::{Timestamp, UserId};

/// Whose failures are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Those of one caller at one account.
    Pair(UserId, u32),
    /// Those of every caller at one account.
    Account(UserId),
    /// Those of one caller at every account, known or not.
    Caller(u32),
}

impl Counter {
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
pub(crate) struct Failures {
    pub(crate) count: u32,
    pub(crate) not_before: Timestamp,
}

impl Reader<'_> {
    /// What stands on a counter.
    pub(crate) fn failures(&self, counter: Counter) -> Result<Failures, StoreError> {
        let (user, uid) = counter.key();
        let found = self.engine.optional(
            "SELECT failures, not_before FROM sign_in_failures WHERE user_id = ?1 AND os_uid = ?2",
            &[user.into(), uid.into()],
            |row| {
                Ok(Failures {
                    count: u32::try_from(row.integer(0)?).map_err(|_| row.unexpected(0))?,
                    not_before: Timestamp::from_seconds(row.integer(1)?),
                })
            },
        )?;
        Ok(found.unwrap_or(Failures { count: 0, not_before: Timestamp::from_seconds(0) }))
    }
}

impl Transaction<'_> {
    /// Sets a counter.
    pub(crate) fn set_failures(
        &self,
        counter: Counter,
        failures: Failures,
    ) -> Result<(), StoreError> {
        let (user, uid) = counter.key();
        self.engine.execute(
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before) \
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id, os_uid) \
             DO UPDATE SET failures = excluded.failures, not_before = excluded.not_before",
            &[
                user.into(),
                uid.into(),
                i64::from(failures.count).into(),
                failures.not_before.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Counts a try of a caller, whatever becomes of it, so that every try writes something.
    pub(crate) fn count_try(&self, uid: u32) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before, tries) \
             VALUES (0, ?1, 0, 0, 1) \
             ON CONFLICT (user_id, os_uid) DO UPDATE SET tries = tries + 1",
            &[i64::from(uid).into()],
        )?;
        Ok(())
    }

    /// Sets a counter back to nothing.
    pub(crate) fn clear_failures(&self, counter: Counter) -> Result<(), StoreError> {
        let (user, uid) = counter.key();
        self.engine.execute(
            "DELETE FROM sign_in_failures WHERE user_id = ?1 AND os_uid = ?2",
            &[user.into(), uid.into()],
        )?;
        Ok(())
    }

    /// Forgets the failures at an account; tells whether there were any.
    pub(crate) fn forget_failures(&self, user: UserId) -> Result<bool, StoreError> {
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
