//! Lifting what many failed sign-ins have closed: users, and accounts of the operating system that
//! are turned away everywhere.

use serde_json::json;

use crate::directory::{Actor, Directory, Error, Task};
use crate::model::{AuditAction, Timestamp, User, Username};
use crate::store::{FailureCounter, LockedCaller};

impl Directory {
    /// Forgives failed sign-ins: all users or, where one is not there, none. Tells for each whether
    /// there were any.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Forbidden`].
    pub fn unlock(&mut self, usernames: &[Username]) -> Result<Vec<(bool, User)>, Error> {
        let action = AuditAction::UserUnlock;
        self.change_users(Task::Manage, action, usernames, |transaction, _, mut user| {
            let forgiven = transaction.forget_failures(user.id, self.caller.uid)?;
            let mut recorded = None;
            if forgiven {
                let locked = user.locked_until(self.now()).map(|end| end.to_string());
                let before = Some(json!({"locked_until": locked}));
                let entry = self.entry(action, user.username.as_str(), user.id.0, before, None);
                recorded = Some(transaction.record(&entry)?);
            }
            user.locked_until = None;
            Ok(((forgiven, user), recorded))
        })
    }

    /// The accounts of the operating system that are turned away whatever username they give, by
    /// number.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], for those who could not unlock them either.
    pub fn locked_callers(&self) -> Result<Vec<LockedCaller>, Error> {
        self.authorize(Task::Manage, None)?;
        let mut locked = Vec::new();
        for caller in self.store.read()?.locked_callers(self.now())? {
            // Who is trusted by now is not counted.
            if !self.is_trusted(caller.uid)? {
                locked.push(caller);
            }
        }
        Ok(locked)
    }

    /// Until when the account that runs the program is turned away whatever username it gives.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn own_lock(&self) -> Result<Option<Timestamp>, Error> {
        let uid = self.caller.uid;
        if self.is_trusted(uid)? {
            return Ok(None);
        }
        let end = self.store.read()?.failures(FailureCounter::Caller(uid))?.not_before;
        Ok((end > self.now()).then_some(end))
    }

    /// Forgives an account of the operating system its failed sign-ins at all usernames; tells
    /// whether there were any. What it is counted for at each user stays, and how often it has
    /// signed in.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::OwnCaller`] for the account that asks for it, unless it acts as
    /// the owner of the store: nobody resets the count of their own guesses.
    pub fn unlock_caller(&mut self, uid: u32) -> Result<bool, Error> {
        let action = AuditAction::UserUnlock;
        let unlocked = self.change(Task::Manage, action, &[], |transaction, _| {
            if uid == self.caller.uid && !matches!(self.acting, Actor::Owner { .. }) {
                return Err(Error::OwnCaller { uid });
            }
            let end = transaction.failures(FailureCounter::Caller(uid))?.not_before;
            if !transaction.forget_caller_failures(uid)? {
                return Ok((false, None));
            }
            let locked_until = (end > self.now()).then(|| end.to_string());
            let before = json!({"os_uid": uid, "locked_until": locked_until});
            let entry = self.entry_without_subject(action, Some(before), None);
            Ok((true, Some(transaction.record(&entry)?)))
        });
        if matches!(unlocked, Err(Error::OwnCaller { .. })) {
            self.record_denials(action, &[None]);
        }
        unlocked
    }
}
