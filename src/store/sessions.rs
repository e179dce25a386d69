//! The SQL of sessions: only the hash of a token is kept.

use super::{Reader, StoreError, Transaction};
use crate::model::{Timestamp, UserId};

/// A session as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredSession {
    /// Whose.
    pub(crate) user: UserId,
    /// The operating system's account that opened it.
    pub(crate) os_uid: i64,
    /// When it was opened.
    pub(crate) created_at: Timestamp,
    /// When it was last used, to the minute.
    pub(crate) used_at: Timestamp,
}

impl Reader<'_> {
    /// The session whose token has this hash.
    pub(crate) fn session(&self, hash: &[u8; 32]) -> Result<Option<StoredSession>, StoreError> {
        self.engine.optional(
            "SELECT user_id, os_uid, created_at, used_at FROM sessions WHERE token_hash = ?1",
            &[hash.as_slice().into()],
            |row| {
                Ok(StoredSession {
                    user: UserId(row.integer(0)?),
                    os_uid: row.integer(1)?,
                    created_at: Timestamp::from_seconds(row.integer(2)?),
                    used_at: Timestamp::from_seconds(row.integer(3)?),
                })
            },
        )
    }

    /// How many sessions of a user were opened after `oldest` and last used after `idle` and not
    /// after `latest`, and when one of them was last used.
    pub(crate) fn open_sessions(
        &self,
        user: UserId,
        oldest: Timestamp,
        idle: Timestamp,
        latest: Timestamp,
    ) -> Result<(i64, Option<Timestamp>), StoreError> {
        let found = self.engine.optional(
            "SELECT count(*), max(used_at) FROM sessions WHERE user_id = ?1 \
             AND created_at > ?2 AND used_at > ?3 AND used_at <= ?4",
            &[
                user.0.into(),
                oldest.seconds().into(),
                idle.seconds().into(),
                latest.seconds().into(),
            ],
            |row| {
                let used_at = row.optional_integer(1)?.map(Timestamp::from_seconds);
                Ok((row.integer(0)?, used_at))
            },
        )?;
        Ok(found.unwrap_or_default())
    }
}

impl Transaction<'_> {
    /// Opens a session.
    pub(crate) fn insert_session(
        &self,
        hash: &[u8; 32],
        session: &StoredSession,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO sessions (token_hash, user_id, os_uid, created_at, used_at) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                hash.as_slice().into(),
                session.user.0.into(),
                session.os_uid.into(),
                session.created_at.seconds().into(),
                session.used_at.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Notes that a session was used.
    pub(crate) fn touch_session(&self, hash: &[u8; 32], now: Timestamp) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE sessions SET used_at = ?2 WHERE token_hash = ?1",
            &[hash.as_slice().into(), now.seconds().into()],
        )?;
        Ok(())
    }

    /// Ends one session; tells whether there was one.
    pub(crate) fn end_session(&self, hash: &[u8; 32]) -> Result<bool, StoreError> {
        let rows = self
            .engine
            .execute("DELETE FROM sessions WHERE token_hash = ?1", &[hash.as_slice().into()])?;
        Ok(rows == 1)
    }

    /// Takes away the sessions that were opened before `oldest` or last used before `idle`.
    pub(crate) fn delete_expired_sessions(
        &self,
        oldest: Timestamp,
        idle: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "DELETE FROM sessions WHERE created_at <= ?1 OR used_at <= ?2",
            &[oldest.seconds().into(), idle.seconds().into()],
        )?;
        Ok(())
    }

    /// Ends the oldest sessions of a user, all but `kept` of them.
    pub(crate) fn end_oldest_sessions(&self, user: UserId, kept: u32) -> Result<(), StoreError> {
        self.engine.execute(
            "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions \
             WHERE user_id = ?1 ORDER BY created_at DESC, used_at DESC LIMIT -1 OFFSET ?2)",
            &[user.0.into(), i64::from(kept).into()],
        )?;
        Ok(())
    }

    /// Ends the sessions of a user, all of them but `kept`, and the code that was sent to them;
    /// gives the number of the sessions.
    pub(crate) fn end_sessions(
        &self,
        user: UserId,
        kept: Option<&[u8; 32]>,
    ) -> Result<u64, StoreError> {
        self.end_code(user)?;
        self.engine.execute(
            "DELETE FROM sessions WHERE user_id = ?1 AND token_hash IS NOT ?2",
            &[user.0.into(), kept.map(<[u8; 32]>::as_slice).into()],
        )
    }
}
