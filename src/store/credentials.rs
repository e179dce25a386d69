//! Passwords' records: they stand in the user's row, so that creating a user writes one row.

use super::engine::SqlValue;
use super::{Reader, StoreError, Transaction};
use crate::model::{Credential, CredentialKind, PasswordOrigin, Timestamp, UserId};

/// A password as it is stored.
#[derive(Clone)]
pub(crate) struct StoredCredential {
    /// Its hash: a PHC string or our own form.
    pub(crate) hash: String,
    /// The rest.
    pub(crate) record: Credential,
}

/// The columns of a password in a user's row, from `password_hash` to `password_expires_at`.
pub(super) fn credential_columns(credential: Option<&StoredCredential>) -> [SqlValue<'_>; 6] {
    let record = credential.map(|credential| &credential.record);
    [
        credential.map(|credential| credential.hash.as_str()).into(),
        record.map(|record| origin_number(record.origin)).into(),
        record.map(|record| kind_number(record.kind)).into(),
        record.map(|record| record.set_by.as_str()).into(),
        record.map(|record| record.changed_at.seconds()).into(),
        record.and_then(|record| record.expires_at).map(Timestamp::seconds).into(),
    ]
}

fn origin_number(origin: PasswordOrigin) -> i64 {
    match origin {
        PasswordOrigin::Typed => 0,
        PasswordOrigin::Generated => 1,
    }
}

fn kind_number(kind: CredentialKind) -> i64 {
    match kind {
        CredentialKind::Temporary => 0,
        CredentialKind::Permanent => 1,
    }
}

impl Reader<'_> {
    /// The password's record of the user `id`, with its hash.
    pub(crate) fn credential(&self, id: UserId) -> Result<Option<StoredCredential>, StoreError> {
        let found = self.engine.optional(
            "SELECT password_hash, password_origin, password_kind, password_set_by, \
             password_changed_at, password_expires_at FROM users WHERE id = ?1",
            &[id.0.into()],
            |row| {
                let Some(hash) = row.optional_text(0)? else {
                    return Ok(None);
                };
                let origin = match row.integer(1)? {
                    0 => PasswordOrigin::Typed,
                    1 => PasswordOrigin::Generated,
                    _ => return Err(row.unexpected(1)),
                };
                let kind = match row.integer(2)? {
                    0 => CredentialKind::Temporary,
                    1 => CredentialKind::Permanent,
                    _ => return Err(row.unexpected(2)),
                };
                Ok(Some(StoredCredential {
                    hash: hash.to_owned(),
                    record: Credential {
                        origin,
                        kind,
                        set_by: row.text(3)?.to_owned(),
                        changed_at: Timestamp::from_seconds(row.integer(4)?),
                        expires_at: row.optional_integer(5)?.map(Timestamp::from_seconds),
                    },
                }))
            },
        )?;
        Ok(found.flatten())
    }
}

impl Transaction<'_> {
    /// Gives the user `id` a password.
    pub(crate) fn set_credential(
        &self,
        id: UserId,
        credential: &StoredCredential,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let [hash, origin, kind, set_by, changed_at, expires_at] =
            credential_columns(Some(credential));
        self.engine.execute(
            "UPDATE users SET password_hash = ?2, password_origin = ?3, password_kind = ?4, \
             password_set_by = ?5, password_changed_at = ?6, password_expires_at = ?7, \
             updated_at = ?8, revision = revision + 1 WHERE id = ?1",
            &[
                id.0.into(),
                hash,
                origin,
                kind,
                set_by,
                changed_at,
                expires_at,
                now.seconds().into(),
            ],
        )?;
        Ok(())
    }

    /// Replaces the hash of a password that stays the same by a stronger one.
    pub(crate) fn rehash(&self, id: UserId, old: &str, new: &str) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2",
            &[id.0.into(), old.into(), new.into()],
        )?;
        Ok(())
    }
}
