//! Signing in: checking a password, counting failures before they are known, opening and ending
//! sessions.
//!
//! Every check that is not turned away costs the same, whatever comes of it: one commit that
//! charges, one full hash, one commit with its entry.

pub(super) mod codes;
mod sessions;
#[cfg(test)]
mod tests;
pub(super) mod throttle;
mod unlock;
pub(super) mod verified;

use serde_json::{Value, json};

use super::passwords::hash::{self, StoredHash};
use super::passwords::password::Password;
use super::{Directory, Error};
use crate::model::{AuditAction, AuditEntry, AuditOutcome, PasswordOrigin, Secret, User, Username};
use crate::store::StoredCredential;
use throttle::Attempt;
use verified::AttemptReservation;

pub use verified::Verified;

impl Directory {
    /// Checks that whoever calls knows the user's current password, for changing it. That leaves an
    /// entry whatever comes next, and forgives no failure before the change is committed: else it
    /// would tell whether a password is right without a trace.
    ///
    /// # Errors
    ///
    /// [`Error::AuthenticationFailed`] for an unknown user, a wrong password, an inactive user and
    /// a locked one alike; [`Error::PasswordExpired`] for the right password, too late;
    /// [`Error::TooManySignIns`] for a caller who has signed in too often lately.
    pub fn verify(&mut self, username: &Username, password: &Secret) -> Result<Verified, Error> {
        let mut verified = self.check_password(username, password)?;
        self.record_proof(&mut verified)?;
        Ok(verified)
    }

    /// Checks the password of somebody who wants to sign in. The try stays charged until
    /// [`Directory::open_session`] or [`Directory::authenticated`] has seen all that it takes, or
    /// [`Directory::record_proof`] says that the password is going to be changed.
    ///
    /// # Errors
    ///
    /// As [`Directory::verify`].
    pub fn verify_for_sign_in(
        &mut self,
        username: &Username,
        password: &Secret,
    ) -> Result<Verified, Error> {
        self.check_password(username, password)
    }

    /// Writes that somebody has given their password in order to change it, and takes back what the
    /// try was charged.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be written.
    pub fn record_proof(&mut self, verified: &mut Verified) -> Result<(), Error> {
        let transaction = self.store.write()?;
        self.refund(&transaction, verified)?;
        self.settle_proof(&transaction, &mut verified.reservation)?;
        let recorded = transaction.record(&self.proof_entry(verified, "password change"))?;
        Ok(transaction.commit(recorded)?)
    }

    /// Checks a password; the try stays charged.
    fn check_password(
        &mut self,
        username: &Username,
        password: &Secret,
    ) -> Result<Verified, Error> {
        let Attempt { user, credential, mark } = self.charge(username)?;
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
        let Some(mark) = mark else { return Err(Error::AuthenticationFailed) };
        let now = self.now();
        let (user, credential, password) = match (user, credential, normalized) {
            (Some(user), Some(credential), Ok(password))
                if verdict.matches && user.state(now).is_active() =>
            {
                (user, credential, password)
            }
            (user, ..) => {
                let reason = match &user {
                    None => "unknown user",
                    Some(user) if !user.state(now).is_active() => "inactive",
                    Some(_) => "wrong password",
                };
                self.record_failure(Some(mark), user.as_ref(), reason)?;
                return Err(Error::AuthenticationFailed);
            }
        };
        if credential.record.expires_at.is_some_and(|end| end <= now) {
            // It is charged as a failure: or it could be tried, and written down, for ever.
            self.record_failure(Some(mark), Some(&user), "expired")?;
            return Err(Error::PasswordExpired);
        }
        let typed = credential.record.origin == PasswordOrigin::Typed;
        let rehashed = if verdict.rehash && typed {
            let salt = self.fill_random()?;
            Some(hash::hash_typed(&password, &params, salt, &mut self.memory)?)
        } else {
            None
        };
        let StoredCredential { hash, record } = credential;
        let changed_at = record.changed_at;
        let reservation = AttemptReservation { account: true, caller: true, mark: Some(mark) };
        Ok(Verified { user, hash, changed_at, password, rehashed, reservation })
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

    /// An entry about somebody who has proved who they are, and acts as that user.
    pub(super) fn proof_entry(&self, verified: &Verified, kind: &str) -> AuditEntry {
        let user = Some(&verified.user);
        let mut entry = self.sign_in_entry(user, AuditOutcome::Done, json!({"kind": kind}));
        entry.actor = verified.user.username.to_string();
        entry.actor_id = Some(verified.user.id.0);
        entry
    }
}
