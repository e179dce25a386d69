//! Giving a user another username. Everything else is theirs, their sessions too: they stay who they are.

use serde_json::Value;

use crate::directory::audit::{credential_field, difference, user_fields};
use crate::directory::lookup::require_user;
use crate::directory::{Directory, EntityKind, Error, Task};
use crate::model::{AuditAction, User, Username};

/// A user who was to be renamed.
#[derive(Debug, Clone)]
pub struct UserRename {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they are now.
    pub user: User,
    /// Another user whose name differs in nothing but case.
    pub twin: Option<Username>,
}

impl Directory {
    /// Gives a user another username. Whoever signed in as them goes on; they sign in by the new
    /// name from now on, and the old one is free.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Exists`], where the new name is taken.
    pub fn rename_user(
        &mut self,
        username: &Username,
        new: &Username,
    ) -> Result<UserRename, Error> {
        let now = self.now();
        let action = AuditAction::UserRename;
        let subjects = [username.as_str()];
        let (changed, user) =
            self.change(Task::Administer, action, &subjects, |transaction, authority| {
                let old = require_user(transaction, username)?;
                authority.covers(transaction, &old, old.roles)?;
                if username == new {
                    return Ok(((false, old), None));
                }
                if !transaction.rename_user(&old, new, now)? {
                    return Err(Error::Exists { object: EntityKind::User, name: new.to_string() });
                }
                let user = require_user(transaction, new)?;
                let fields = |user: &User| {
                    let mut fields = user_fields(user);
                    // A password that they set themselves goes on saying so.
                    fields
                        .insert("password".to_owned(), credential_field(user.credential.as_ref()));
                    fields
                };
                let (before, after) = difference(&fields(&old), &fields(&user));
                let entry = self.entry(
                    action,
                    new.as_str(),
                    old.id.0,
                    Some(Value::from(before)),
                    Some(Value::from(after)),
                );
                let recorded = transaction.record(&entry)?;
                Ok(((true, user), Some(recorded)))
            })?;
        // It is done already: that a namesake cannot be looked for is no reason to say otherwise.
        let twin = if changed { self.case_twin(new).unwrap_or_default() } else { None };
        Ok(UserRename { changed, user, twin })
    }
}
