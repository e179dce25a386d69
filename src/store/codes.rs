//! The SQL of the codes that are sent to phones: only a salted hash is kept, one a user.

use super::{Reader, StoreError, Transaction};
use crate::model::{Timestamp, UserId};

/// A code as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredCode {
    /// What stands before the code where it is hashed.
    pub(crate) salt: [u8; 16],
    /// SHA-256 over salt and code.
    pub(crate) hash: [u8; 32],
    /// When it was sent.
    pub(crate) sent_at: Timestamp,
    /// From when on it is refused.
    pub(crate) expires_at: Timestamp,
}

impl Reader<'_> {
    /// The code that was last sent to a user and not used yet.
    pub(crate) fn code(&self, user: UserId) -> Result<Option<StoredCode>, StoreError> {
        self.engine.optional(
            "SELECT salt, hash, sent_at, expires_at FROM codes WHERE user_id = ?1",
            &[user.0.into()],
            |row| {
                Ok(StoredCode {
                    salt: row.blob(0)?.try_into().map_err(|_| row.unexpected(0))?,
                    hash: row.blob(1)?.try_into().map_err(|_| row.unexpected(1))?,
                    sent_at: Timestamp::from_seconds(row.integer(2)?),
                    expires_at: Timestamp::from_seconds(row.integer(3)?),
                })
            },
        )
    }
}

impl Transaction<'_> {
    /// Keeps a code in the place of the one before.
    pub(crate) fn put_code(&self, user: UserId, code: &StoredCode) -> Result<(), StoreError> {
        self.engine.execute(
            "INSERT INTO codes (user_id, salt, hash, sent_at, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id) DO UPDATE SET \
             salt = excluded.salt, hash = excluded.hash, sent_at = excluded.sent_at, \
             expires_at = excluded.expires_at",
            &[
                user.0.into(),
                code.salt.as_slice().into(),
                code.hash.as_slice().into(),
                code.sent_at.seconds().into(),
                code.expires_at.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Takes a user's code away; tells whether there was one.
    pub(crate) fn end_code(&self, user: UserId) -> Result<bool, StoreError> {
        let rows = self.engine.execute("DELETE FROM codes WHERE user_id = ?1", &[user.0.into()])?;
        Ok(rows == 1)
    }
}
