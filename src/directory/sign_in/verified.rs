//! Somebody who has just proved who they are.

use std::fmt;

use crate::directory::Error;
use crate::directory::passwords::hash::StoredHash;
use crate::directory::passwords::password::Password;
use crate::model::{CredentialKind, Timestamp, User, Username};
use crate::store::{AttemptMark, Reader, StoredCredential};

/// Somebody who has just proved who they are, and the very password that proved it.
pub struct Verified {
    pub(in crate::directory) user: User,
    pub(in crate::directory) hash: String,
    pub(in crate::directory) changed_at: Timestamp,
    pub(in crate::directory) password: Password,
    pub(super) rehashed: Option<StoredHash>,
    pub(in crate::directory) reservation: AttemptReservation,
}

/// What a sign-in that is not over yet has been charged for as if it had failed.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::directory) struct AttemptReservation {
    /// At the account.
    pub(in crate::directory) account: bool,
    /// At the caller, over all accounts.
    pub(in crate::directory) caller: bool,
    /// The mark of the try, until its entry is written.
    pub(in crate::directory) mark: Option<AttemptMark>,
}

impl Verified {
    /// The proof that remains when the password has been changed to another one.
    pub(in crate::directory) fn renewed(
        user: User,
        hash: String,
        at: Timestamp,
        new: Password,
    ) -> Self {
        let reservation = AttemptReservation::default();
        Self { user, hash, changed_at: at, password: new, rehashed: None, reservation }
    }

    /// Who they are.
    #[must_use]
    pub fn username(&self) -> &Username {
        &self.user.username
    }

    /// The user as the password was checked.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Their name.
    #[must_use]
    pub fn full_name(&self) -> &str {
        self.user.full_name.as_str()
    }

    /// Whether they may do nothing before they have changed their password.
    #[must_use]
    pub fn must_change(&self) -> bool {
        self.user
            .credential
            .as_ref()
            .is_none_or(|credential| credential.kind == CredentialKind::Temporary)
    }
}

/// The user alone: neither the password nor its hash is shown.
impl fmt::Debug for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Verified").field(&self.user.username).finish()
    }
}

/// Whether the account is still what it was when its user proved who they are.
pub(in crate::directory) fn require_unchanged(
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
    if !current.is_some_and(|user| user.id == known.id && user.state(now).is_active()) {
        return Err(Error::AuthenticationFailed);
    }
    if credential.record.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::PasswordExpired);
    }
    Ok(credential)
}
