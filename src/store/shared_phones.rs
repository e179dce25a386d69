//! The SQL of phone numbers that several users have. There is no index on them: both look through
//! all users.

use super::{Reader, StoreError};
use crate::model::{Phone, UserId, Username};

/// A phone number that several users have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPhone {
    /// The number.
    pub phone: Phone,
    /// The first and the last of them, by name.
    pub ends: [Username; 2],
    /// How many they are.
    pub users: u64,
}

impl Reader<'_> {
    /// The first by name, but for the user `id`, who has this phone number.
    pub(crate) fn other_with_phone(
        &self,
        phone: &Phone,
        id: UserId,
    ) -> Result<Option<Username>, StoreError> {
        self.engine.optional(
            "SELECT username FROM users WHERE phone = ?1 AND id <> ?2 ORDER BY username LIMIT 1",
            &[phone.as_str().into(), id.0.into()],
            |row| Ok(Username::from_stored(row.text(0)?)),
        )
    }

    /// Hands every number that several users have to `each`, sorted, until that says stop.
    pub(crate) fn shared_phones(
        &self,
        mut each: impl FnMut(SharedPhone) -> bool,
    ) -> Result<(), StoreError> {
        self.engine.each(
            "SELECT phone, min(username), max(username), count(*) FROM users \
             WHERE phone IS NOT NULL GROUP BY phone HAVING count(*) > 1 ORDER BY phone",
            &[],
            |row| {
                Ok::<_, StoreError>(each(SharedPhone {
                    phone: Phone::from_stored(row.text(0)?),
                    ends: [
                        Username::from_stored(row.text(1)?),
                        Username::from_stored(row.text(2)?),
                    ],
                    users: row.integer(3)?.unsigned_abs(),
                }))
            },
        )
    }
}
