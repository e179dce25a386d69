//! Sessions: opening one for somebody who has proved who they are, and ending it.

use serde_json::json;

use super::codes;
use super::verified::{AttemptReservation, Verified, require_unchanged};
use crate::directory::actor::SessionToken;
use crate::directory::{Actor, Directory, Error};
use crate::model::{AuditAction, Secret};
use crate::store::{FailureCounter, StoredSession, Transaction};

impl Directory {
    /// Opens a session for somebody who has just proved who they are; gives its token, which is known
    /// only now. Where signing in takes a second factor, `code` is the one that was sent to them.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordChangeRequired`], where their password is temporary;
    /// [`Error::CodeRequired`] and [`Error::WrongCode`];
    /// [`Error::PasswordChangedMeanwhile`] or [`Error::AuthenticationFailed`], where the account is
    /// not what it was when they proved it.
    pub fn open_session(
        &mut self,
        verified: &mut Verified,
        code: Option<&Secret>,
    ) -> Result<Secret, Error> {
        let secret = self.fill_random::<32>()?;
        let token = SessionToken::assemble(self.store.id(), &secret);
        let now = self.now();
        let session = StoredSession {
            user: verified.user.id,
            os_uid: self.caller.real_uid.into(),
            created_at: now,
            used_at: now,
        };
        let policy = &self.policy.sign_in;
        let (oldest, idle) = (now.minus(policy.session_max), now.minus(policy.session_idle));
        self.sign_in(verified, code, "session", |transaction| {
            transaction.delete_expired_sessions(oldest, idle)?;
            // Before the new one is there, which is never the one that ends.
            let others = policy.max_sessions.saturating_sub(1);
            transaction.end_oldest_sessions(session.user, others)?;
            Ok(transaction.insert_session(&SessionToken::hash(&token), &session)?)
        })?;
        Ok(token)
    }

    /// Notes that somebody was checked for a client program; opens nothing.
    ///
    /// # Errors
    ///
    /// As [`Directory::open_session`].
    pub fn authenticated(
        &mut self,
        verified: &mut Verified,
        code: Option<&Secret>,
    ) -> Result<(), Error> {
        self.sign_in(verified, code, "check", |_| Ok(()))
    }

    /// Refuses somebody who has to change their password first, which leaves an entry: others may
    /// have seen the temporary one.
    pub(super) fn refuse_temporary(
        &self,
        transaction: Transaction<'_>,
        verified: &mut Verified,
    ) -> Error {
        let refused = self.refund(&transaction, verified).and_then(|()| {
            self.settle_proof(&transaction, &mut verified.reservation)?;
            self.commit_failure(transaction, None, Some(&verified.user), "temporary password")
        });
        refused.err().unwrap_or(Error::PasswordChangeRequired)
    }

    /// Refuses a code; the try stays charged.
    fn refuse_code(
        &self,
        transaction: Transaction<'_>,
        verified: &mut Verified,
    ) -> Result<(), Error> {
        let AttemptReservation { account, caller, mark } = verified.reservation;
        let user = &verified.user;
        for (counter, limit) in self.limits(user.id)? {
            let charged = match counter {
                FailureCounter::Caller(_) => caller,
                FailureCounter::Pair(..) | FailureCounter::Account(_) => account,
            };
            if !charged {
                self.count(&transaction, counter, limit, self.now())?;
            }
        }
        self.commit_failure(transaction, mark, Some(user), "wrong code")?;
        verified.reservation = AttemptReservation { account: true, caller: true, mark: None };
        Ok(())
    }

    fn sign_in(
        &self,
        verified: &mut Verified,
        code: Option<&Secret>,
        kind: &str,
        more: impl FnOnce(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = self.now();
        let transaction = self.store.write()?;
        require_unchanged(&transaction, verified, now)?;
        if verified.must_change() {
            return Err(self.refuse_temporary(transaction, verified));
        }
        if self.policy.two_factor {
            let Some(code) = code else {
                return Err(Error::CodeRequired { username: verified.username().clone() });
            };
            if !codes::matches_code(&transaction, verified, code, now)? {
                self.refuse_code(transaction, verified)?;
                return Err(Error::WrongCode);
            }
            // It works once.
            transaction.end_code(verified.user.id)?;
        }
        self.forgive(&transaction, &verified.user, verified.reservation)?;
        self.settle_proof(&transaction, &mut verified.reservation)?;
        if let Some(new) = &verified.rehashed {
            transaction.rehash(verified.user.id, &verified.hash, new.as_str())?;
        }
        more(&transaction)?;
        transaction.set_last_sign_in(verified.user.id, now)?;
        let entry = self.proof_entry(verified, kind);
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        verified.reservation = AttemptReservation::default();
        Ok(())
    }

    /// Ends the session at hand, or with `all` every session of its user; gives their number.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], where nobody is signed in.
    pub fn end_session(&mut self, all: bool) -> Result<u64, Error> {
        let Actor::User { id, username, session, .. } = &self.acting else {
            return Err(Error::SignInRequired);
        };
        let transaction = self.store.write()?;
        let ended = if all {
            transaction.end_sessions(*id, None)?
        } else {
            u64::from(transaction.end_session(session)?)
        };
        let after = json!({"sessions": ended});
        let entry = self.entry(AuditAction::SignOut, username.as_str(), id.0, None, Some(after));
        let recorded = transaction.record(&entry)?;
        transaction.commit(recorded)?;
        Ok(ended)
    }

    /// Ends the session of a token, where there is one: one that is replaced, or that could not be
    /// handed over.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be written.
    pub fn forget_session(&mut self, token: &Secret) -> Result<(), Error> {
        let transaction = self.store.write()?;
        if transaction.end_session(&SessionToken::hash(token))? {
            transaction.commit_bookkeeping()?;
        }
        Ok(())
    }
}
