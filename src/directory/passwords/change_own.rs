//! A password changed by the one who knows it: no role, no session, only the proof.

use super::password::Password;
use super::password_field;
use crate::directory::lookup::require_user;
use crate::directory::sign_in::verified::{Verified, require_unchanged};
use crate::directory::{Actor, Directory, Error};
use crate::model::{
    AuditAction, Credential, CredentialKind, Invalid, PasswordOrigin, Rule, Secret, User, UserId,
};
use crate::store::StoredCredential;

/// Somebody who changed their own password.
#[derive(Debug)]
pub struct PasswordChange {
    /// The user as they are now.
    pub user: User,
    /// The proof of who they are, with the new password.
    pub verified: Verified,
}

impl Verified {
    /// Refuses the password that proved it as the new one.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with [`Rule::Password`].
    pub fn check_different(&self, new: &Secret) -> Result<(), Invalid> {
        self.refuse_same(&Password::normalize(new)?)
    }

    fn refuse_same(&self, new: &Password) -> Result<(), Invalid> {
        if new.expose() == self.password.expose() {
            return Err(Invalid::new(Rule::Password, "the new password is the one it replaces")
                .with_hint("choose another one"));
        }
        Ok(())
    }
}

impl Directory {
    /// Changes the password of somebody who has just proved who they are.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a weak password or the one that it replaces;
    /// [`Error::PasswordChangedMeanwhile`] and [`Error::AuthenticationFailed`], where the account
    /// is not what it was when they proved it.
    pub fn change_own(
        &mut self,
        verified: &Verified,
        new: &Secret,
    ) -> Result<PasswordChange, Error> {
        let new = Password::normalize(new)?;
        verified.refuse_same(&new)?;
        let Verified { user: known, .. } = verified;
        let hash = self.check_and_hash(&new, known.username.as_str(), known.full_name.as_str())?;
        let now = self.now();
        let record = Credential {
            origin: PasswordOrigin::Typed,
            kind: CredentialKind::Permanent,
            set_by: known.username.to_string(),
            changed_at: now,
            expires_at: None,
        };
        let transaction = self.store.write()?;
        let old = require_unchanged(&transaction, verified, now)?;
        let credential = StoredCredential { hash: hash.as_str().to_owned(), record };
        transaction.set_credential(known.id, &credential, now)?;
        transaction.end_sessions(known.id, self.own_session(known.id).as_ref())?;
        let mut reservation = verified.reservation;
        self.forgive(&transaction, known, reservation)?;
        self.settle_proof(&transaction, &mut reservation)?;
        let mut entry = self.entry(
            AuditAction::PasswordChange,
            known.username.as_str(),
            known.id.0,
            Some(password_field(Some(&old.record))),
            Some(password_field(Some(&credential.record))),
        );
        // Whoever knows the password acts as its user, whatever account runs the program.
        entry.actor = known.username.to_string();
        entry.actor_id = Some(known.id.0);
        let recorded = transaction.record(&entry)?;
        let user = require_user(&transaction, &known.username)?;
        transaction.commit(recorded)?;
        let verified = Verified::renewed(user.clone(), credential.hash, now, new);
        Ok(PasswordChange { user, verified })
    }

    /// The session that is in use, where it is that of the user `id`: a change of their password ends
    /// the others.
    fn own_session(&self, id: UserId) -> Option<[u8; 32]> {
        match &self.acting {
            Actor::User { id: acting, session, .. } if *acting == id => Some(*session),
            _ => None,
        }
    }
}
