//! Photos of users: one each, or none.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::lookup::require_user;
use super::{Directory, Error, Task};
use crate::model::{AuditAction, Photo, User, Username};
use crate::store::hex;

/// A user whose photo was to be changed.
#[derive(Debug, Clone)]
pub struct PhotoChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they are now.
    pub user: User,
}

impl Directory {
    /// The photo of a user; everybody may look at their own.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::NoPhoto`].
    pub fn photo(&self, username: &Username) -> Result<Photo, Error> {
        if !self.is_acting_user(username) {
            self.authorize_reading()?;
        }
        let snapshot = self.store.read()?;
        let found = require_user(&snapshot, username).and_then(|user| {
            snapshot.photo(user.id)?.ok_or_else(|| Error::NoPhoto { username: username.clone() })
        });
        drop(snapshot);
        self.suggest(found)
    }

    /// Gives a user a photo, in place of the one that they had.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is no such user.
    pub fn set_photo(&mut self, username: &Username, photo: &Photo) -> Result<PhotoChange, Error> {
        self.change_photo(username, AuditAction::PhotoSet, Some(photo))
    }

    /// Takes a user's photo away.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is no such user.
    pub fn remove_photo(&mut self, username: &Username) -> Result<PhotoChange, Error> {
        self.change_photo(username, AuditAction::PhotoRemove, None)
    }

    fn change_photo(
        &self,
        username: &Username,
        action: AuditAction,
        new: Option<&Photo>,
    ) -> Result<PhotoChange, Error> {
        let now = self.now();
        let after = photo_field(new);
        self.change(Task::Manage, action, &[username.as_str()], |transaction, authority| {
            let old = require_user(transaction, username)?;
            authority.covers(transaction, &old, old.roles)?;
            let photo = transaction.photo(old.id)?;
            if photo.as_ref() == new {
                return Ok((PhotoChange { changed: false, user: old }, None));
            }
            match new {
                Some(new) => transaction.put_photo(old.id, new)?,
                None => transaction.remove_photo(old.id)?,
            }
            transaction.touch_user(old.id, now)?;
            let before = photo_field(photo.as_ref());
            let entry = self.entry(action, username.as_str(), old.id.0, Some(before), Some(after));
            let recorded = transaction.record(&entry)?;
            let user = require_user(transaction, username)?;
            Ok((PhotoChange { changed: true, user }, Some(recorded)))
        })
    }
}

/// A photo as the log keeps it: enough to tell whether a file is the one that was meant.
fn photo_field(photo: Option<&Photo>) -> Value {
    let described = photo.map(|photo| {
        json!({
            "kind": photo.kind().as_str(),
            "bytes": photo.content().len(),
            "sha256": hex(&Sha256::digest(photo.content())),
        })
    });
    json!({"photo": described})
}
