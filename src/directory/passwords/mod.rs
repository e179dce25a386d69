//! Passwords: setting somebody's, changing one's own, forcing a change.

mod change_own;
pub(super) mod hash;
pub(super) mod hash_memory;
pub(super) mod password;
pub(super) mod policy;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde_json::{Value, json};

use super::audit::credential_field;
use super::change::names;
use super::lookup::require_user;
use super::{Directory, Error, Policy, Task};
use crate::model::{
    AuditAction, Credential, CredentialKind, Duration, Email, FullName, Invalid, LanguageTag,
    PasswordOrigin, Phone, Rule, Secret, Timestamp, User, Username,
};
use crate::store::{Recorded, StoredCredential, Transaction};
pub use change_own::PasswordChange;
use hash::StoredHash;
use password::Password;
use policy::{PasswordContext, PasswordPolicy};

/// Where a new password comes from; it decides how it is hashed.
#[derive(Debug, Clone)]
pub enum PasswordSource {
    /// A person typed it.
    Typed(Secret),
    /// This program makes one, of at least 112 random bits.
    Generated,
}

/// Until when a temporary password works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expiry {
    /// As long as the settings say.
    #[default]
    Default,
    /// So long from now.
    After(Duration),
    /// Until this moment.
    At(Timestamp),
}

/// A password to be given to somebody.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Where it comes from.
    pub source: PasswordSource,
    /// Whether its user has to change it.
    pub kind: CredentialKind,
    /// Until when it works, where it is temporary.
    pub expiry: Expiry,
}

impl NewPassword {
    /// Whether hashing it costs next to nothing.
    pub(super) fn is_cheap(&self) -> bool {
        matches!(self.source, PasswordSource::Generated)
    }
}

/// A user whose password was set.
#[derive(Debug, Clone)]
pub struct PasswordSet {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they are now.
    pub user: User,
    /// The password, where it was generated: this is the only time that it is known.
    pub generated: Option<Secret>,
}

/// A password that was checked and hashed, before the store is locked for it.
pub(super) struct PreparedPassword {
    pub(super) credential: StoredCredential,
    /// The password itself, as it is to be told to its user.
    password: Secret,
}

impl PreparedPassword {
    pub(super) fn into_generated(self) -> Option<Secret> {
        match self.credential.record.origin {
            PasswordOrigin::Generated => Some(self.password),
            PasswordOrigin::Typed => None,
        }
    }
}

/// A password for somebody that is not given yet: what has to be safe outside the store, on paper
/// say, is put there first.
pub struct PasswordIssue {
    /// Whose it is to be.
    pub username: Username,
    /// Their name.
    pub full_name: FullName,
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// Their language.
    pub language: Option<LanguageTag>,
    pub(super) prepared: PreparedPassword,
}

impl PasswordIssue {
    /// The password. Every call is a place to look at in a review.
    #[must_use]
    pub fn password(&self) -> &Secret {
        &self.prepared.password
    }

    /// Until when it works, where it is temporary.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.prepared.credential.record.expires_at
    }

    pub(super) fn for_user(user: &User, prepared: PreparedPassword) -> Self {
        Self {
            username: user.username.clone(),
            full_name: user.full_name.clone(),
            email: user.email.clone(),
            phone: user.phone.clone(),
            language: user.language.clone(),
            prepared,
        }
    }
}

/// Whose it is to be alone.
impl fmt::Debug for PasswordIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Issue").field(&self.username).finish()
    }
}

impl Directory {
    /// Sets the passwords of users: all of them or, where one cannot be, none. Each gets their own
    /// where they are generated; who is named twice gets one, so that every one that is told works.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Invalid`] for a weak password or an expiry that is past.
    pub fn set_passwords(
        &mut self,
        usernames: &[Username],
        password: &NewPassword,
    ) -> Result<Vec<PasswordSet>, Error> {
        let issues = self.issue_passwords(usernames, password)?;
        self.give_passwords(issues)
    }

    /// Prepares what [`Directory::give_passwords`] gives.
    ///
    /// # Errors
    ///
    /// As [`Directory::set_passwords`].
    pub fn issue_passwords(
        &mut self,
        usernames: &[Username],
        password: &NewPassword,
    ) -> Result<Vec<PasswordIssue>, Error> {
        let issued = self.prepare_passwords(usernames, password);
        self.finish(&names(usernames), issued)
    }

    fn prepare_passwords(
        &mut self,
        usernames: &[Username],
        password: &NewPassword,
    ) -> Result<Vec<PasswordIssue>, Error> {
        self.authorize(Task::Manage, Some(AuditAction::PasswordReset))?;
        self.may_give(password, AuditAction::PasswordReset)?;
        self.refuse_own_password(usernames)?;
        let mut seen = HashSet::new();
        let usernames: Vec<&Username> =
            usernames.iter().filter(|username| seen.insert(*username)).collect();
        let mut issues = Vec::with_capacity(usernames.len());
        for username in usernames {
            let user = self.find_user(username)?;
            let prepared = self.prepare(password, username.as_str(), user.full_name.as_str())?;
            issues.push(PasswordIssue::for_user(&user, prepared));
        }
        Ok(issues)
    }

    /// Gives users the passwords that were prepared for them: all of them or, where one cannot be,
    /// none.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Forbidden`].
    pub fn give_passwords(
        &mut self,
        issues: Vec<PasswordIssue>,
    ) -> Result<Vec<PasswordSet>, Error> {
        let now = self.now();
        let usernames: Vec<Username> = issues.iter().map(|issue| issue.username.clone()).collect();
        let prepared = prepared_by_name(&issues);
        let action = AuditAction::PasswordReset;
        let users =
            self.change_users(Task::Manage, action, &usernames, |transaction, _, old| {
                let Some(prepared) = prepared.get(&old.username) else {
                    return Ok((old, None));
                };
                let recorded = self.write_password(transaction, &old, prepared, now)?;
                Ok((require_user(transaction, &old.username)?, Some(recorded)))
            })?;
        let set = users.into_iter().zip(issues).map(|(user, issue)| PasswordSet {
            changed: true,
            user,
            generated: issue.prepared.into_generated(),
        });
        Ok(set.collect())
    }

    /// Marks the passwords of users to be changed at the next sign-in: all of them or none. They
    /// go on working for that, without a limit in time.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::NoPassword`].
    pub fn expire_passwords(&mut self, usernames: &[Username]) -> Result<Vec<PasswordSet>, Error> {
        let now = self.now();
        let action = AuditAction::PasswordExpire;
        self.change_users(Task::Manage, action, usernames, |transaction, _, old| {
            let username = &old.username;
            let Some(mut credential) = transaction.credential(old.id)? else {
                return Err(Error::NoPassword { username: username.clone() });
            };
            if credential.record.kind == CredentialKind::Temporary {
                return Ok((PasswordSet { changed: false, user: old, generated: None }, None));
            }
            let before = json!({"password": credential_field(Some(&credential.record))});
            credential.record.kind = CredentialKind::Temporary;
            credential.record.expires_at = None;
            transaction.set_credential(old.id, &credential, now)?;
            let after = json!({"password": credential_field(Some(&credential.record))});
            let (before, after) = (Some(before), Some(after));
            let entry = self.entry(action, username.as_str(), old.id.0, before, after);
            let recorded = transaction.record(&entry)?;
            let user = require_user(transaction, username)?;
            Ok((PasswordSet { changed: true, user, generated: None }, Some(recorded)))
        })
    }

    /// Lets through whoever may set somebody's password, before anybody is looked up.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_set_passwords(&self, usernames: &[Username]) -> Result<(), Error> {
        self.permit(Task::Manage, AuditAction::PasswordReset, &names(usernames)).map(|_| ())
    }

    /// Lets through whoever may give such a password.
    pub(super) fn may_give(
        &self,
        password: &NewPassword,
        action: AuditAction,
    ) -> Result<(), Error> {
        if password.kind == CredentialKind::Permanent {
            self.authorize(Task::GivePermanentPassword, Some(action))?;
        }
        Ok(())
    }

    /// Checks and hashes a password for somebody.
    pub(super) fn prepare(
        &mut self,
        new: &NewPassword,
        username: &str,
        full_name: &str,
    ) -> Result<PreparedPassword, Error> {
        let expires_at = self.end_of(new.kind, new.expiry)?;
        let (origin, hash, password) = match &new.source {
            PasswordSource::Typed(secret) => {
                let password = Password::normalize(secret)?;
                let hash = self.check_and_hash(&password, username, full_name)?;
                (PasswordOrigin::Typed, hash, password)
            }
            PasswordSource::Generated => {
                let password =
                    Password::generate(&mut **self.entropy.borrow_mut()).map_err(Error::Entropy)?;
                let salt = self.fill_random()?;
                let hash = hash::hash_generated(&password, salt);
                (PasswordOrigin::Generated, hash, password)
            }
        };
        let record = Credential {
            origin,
            kind: new.kind,
            set_by: self.actor_name(),
            changed_at: self.now(),
            expires_at,
        };
        let credential = StoredCredential { hash: hash.as_str().to_owned(), record };
        let password = Secret::new(password.expose().to_owned());
        Ok(PreparedPassword { credential, password })
    }

    /// Until when a password works that is given now.
    pub(super) fn end_of(
        &self,
        kind: CredentialKind,
        expiry: Expiry,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        let expires_at = match (kind, expiry) {
            (CredentialKind::Permanent, _) => None,
            (_, Expiry::Default) => Some(now.plus(self.policy.temporary_ttl)),
            (_, Expiry::After(duration)) => Some(now.plus(duration)),
            (_, Expiry::At(moment)) => Some(moment),
        };
        if expires_at.is_some_and(|end| end <= now) {
            return Err(Invalid::new(Rule::Time, "a password cannot expire in the past")
                .with_hint("give a duration such as 14d, or a later date")
                .into());
        }
        Ok(expires_at)
    }

    /// Checks and hashes a password that a person thought of.
    pub(super) fn check_and_hash(
        &mut self,
        password: &Password,
        username: &str,
        full_name: &str,
    ) -> Result<StoredHash, Error> {
        let salt = self.fill_random()?;
        let policy = PasswordPolicy { min_length: self.policy.min_password_chars() };
        let context = PasswordContext { username, full_name };
        Ok(policy::check_and_hash(
            password,
            policy,
            &context,
            &self.policy.hash,
            salt,
            &mut self.memory,
        )?)
    }

    /// Writes a prepared password and its audit entry.
    pub(super) fn write_password(
        &self,
        transaction: &Transaction<'_>,
        user: &User,
        prepared: &PreparedPassword,
        now: Timestamp,
    ) -> Result<Recorded, Error> {
        transaction.set_credential(user.id, &prepared.credential, now)?;
        transaction.end_sessions(user.id, None)?;
        transaction.forget_failures(user.id, self.caller.uid)?;
        let entry = self.entry(
            AuditAction::PasswordReset,
            user.username.as_str(),
            user.id.0,
            Some(password_field(user.credential.as_ref())),
            Some(password_field(Some(&prepared.credential.record))),
        );
        Ok(transaction.record(&entry)?)
    }
}

impl Policy {
    /// Whether a person may choose this password; the same check is made again when it is set.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with [`Rule::Password`], with the reason.
    pub fn check_password(
        &self,
        typed: &Secret,
        username: &str,
        full_name: &str,
    ) -> Result<(), Invalid> {
        let policy = PasswordPolicy { min_length: self.min_password_chars() };
        policy.check(&Password::normalize(typed)?, &PasswordContext { username, full_name })
    }
}

/// The passwords that were prepared, by whose they are to be.
pub(super) fn prepared_by_name(issues: &[PasswordIssue]) -> HashMap<&Username, &PreparedPassword> {
    issues.iter().map(|issue| (&issue.username, &issue.prepared)).collect()
}

fn password_field(credential: Option<&Credential>) -> Value {
    json!({"password": credential_field(credential)})
}
