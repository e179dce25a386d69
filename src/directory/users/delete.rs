//! Deleting users. What they did and what was done to them stays in the audit log.

use serde_json::Value;

use crate::directory::audit::{credential_field, user_fields};
use crate::directory::change::names;
use crate::directory::{Directory, Error, Impact, Task};
use crate::model::{AuditAction, User, Username};

/// A user who was deleted.
#[derive(Debug, Clone)]
pub struct UserDeletion {
    /// The user as they were.
    pub user: User,
    /// What came of it for the projects.
    pub impact: Impact,
}

impl Directory {
    /// Lets through whoever may delete users, before anybody is looked up.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_delete_users(&self, usernames: &[Username]) -> Result<(), Error> {
        self.permit(Task::Administer, AuditAction::UserDelete, &names(usernames)).map(|_| ())
    }

    /// Deletes users with their places, passwords and sessions: all of them or, where one cannot
    /// be, none. Whoever is named twice is deleted once. Their numbers are never given again.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::LastAdmin`].
    pub fn delete_users(&mut self, usernames: &[Username]) -> Result<Vec<UserDeletion>, Error> {
        let action = AuditAction::UserDelete;
        self.change_users(Task::Administer, action, usernames, |transaction, _, user| {
            self.check_last_admin(transaction, &user)?;
            transaction.delete_user(user.id)?;
            let mut before = user_fields(&user);
            before.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            let before = Some(Value::from(before));
            let entry = self.entry(action, user.username.as_str(), user.id.0, before, None);
            let recorded = transaction.record(&entry)?;
            let impact = Impact::between(transaction, self.now(), &user, None)?;
            Ok((UserDeletion { user, impact }, Some(recorded)))
        })
    }
}
