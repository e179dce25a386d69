//! Users: finding and listing them, and what every change of one asks; each change has a file of
//! its own.

mod create;
mod delete;
pub(super) mod impact;
pub(super) mod profile;
mod record;
mod rename;
pub(super) mod rules;
mod state;
mod template;
#[cfg(test)]
mod tests;
mod update;

use super::lookup::{label_id, require_project, require_user};
use super::{Actor, Directory, Error, LabelKind, Task};
use crate::model::{AuditAction, ExportRow, Memberships, User, UserFilter, Username};
use crate::store::Reader;

pub use create::CreatedUser;
pub use delete::UserDeletion;
pub use record::UserRecord;
pub use rename::UserRename;
pub use state::UserStateChange;
pub use template::UserTemplate;
pub use update::{UserChange, UserUpdate};

impl Directory {
    /// One user.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn find_user(&self, username: &Username) -> Result<User, Error> {
        if !self.is_acting_user(username) {
            self.authorize_reading()?;
        }
        let found = require_user(&*self.store.read()?, username);
        self.suggest(found)
    }

    /// The user who is acting, also where they have to change their password first.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], where no user is.
    pub fn myself(&self) -> Result<User, Error> {
        match &self.acting {
            Actor::User { username, .. } => require_user(&*self.store.read()?, username),
            _ => Err(Error::SignInRequired),
        }
    }

    /// The user who is named as the account that calls is, where there is one. It takes no rights to
    /// ask for oneself.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn account_user(&self) -> Result<Option<Username>, Error> {
        let Ok(username) = self.caller.login.parse() else { return Ok(None) };
        Ok(self.store.read()?.find_user(&username)?.map(|user| user.username))
    }

    /// Whether there is a user of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn user_exists(&self, username: &Username) -> Result<bool, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.find_user(username)?.is_some())
    }

    /// A user whose name differs from `username` only in case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read.
    pub fn case_twin(&self, username: &Username) -> Result<Option<Username>, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.case_twin(username)?)
    }

    /// Hands every user that `filter` lets through to `each`, in its order, until that says stop.
    /// Of their places only `places` are read.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there.
    pub fn list_users(
        &self,
        filter: &UserFilter,
        places: Memberships,
        mut each: impl FnMut(User) -> bool,
    ) -> Result<(), Error> {
        self.authorize_reading()?;
        let now = self.now();
        let mut left = filter.limit.unwrap_or(u64::MAX);
        let snapshot = self.store.read()?;
        let listed = check_filter(&snapshot, filter).and_then(|()| {
            if left == 0 {
                return Ok(());
            }
            snapshot.list_users(filter, now, places, |user| {
                left -= 1;
                Ok::<_, Error>(each(user) && left > 0)
            })
        });
        drop(snapshot);
        self.suggest(listed)
    }

    /// The usernames of all users that `filter` lets through, for the change of all of them that
    /// `action` names.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], which leaves its trace in the audit log; and those of
    /// [`Directory::list_users`].
    pub fn users_to_change(
        &self,
        filter: &UserFilter,
        action: AuditAction,
    ) -> Result<Vec<Username>, Error> {
        let task = match action {
            AuditAction::UserDelete => Task::Administer,
            _ => Task::Manage,
        };
        self.permit(task, action, &[])?;
        let mut usernames = Vec::new();
        self.list_users(filter, Memberships::NONE, |user| {
            usernames.push(user.username);
            true
        })?;
        Ok(usernames)
    }

    /// Makes parts of the users that `filter` lets through, as rows of a roster, in order of creation
    /// and whatever the filter's limit: `add` puts each into a copy of `empty`, and `take` gets part
    /// after part, at least one, until it says stop. Several times as quick as [`Directory::list_users`]; two threads
    /// make the parts where there are many.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there.
    pub fn list_rows<P: Clone + Send + Sync>(
        &self,
        filter: &UserFilter,
        empty: &P,
        add: fn(&mut P, &ExportRow<'_>),
        take: impl FnMut(P) -> bool,
    ) -> Result<(), Error> {
        self.authorize_reading()?;
        let check = |snapshot: &Reader<'_>| check_filter(snapshot, filter);
        let listed = self.store.export_rows(filter, self.now(), check, (empty, add), take);
        self.suggest(listed)
    }

    /// How many users `filter` lets through, whatever its limit.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where a project, team or skill of the filter is not there.
    pub fn count_users(&self, filter: &UserFilter) -> Result<u64, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let counted = check_filter(&snapshot, filter)
            .and_then(|()| Ok(snapshot.count_users(filter, self.now())?));
        drop(snapshot);
        self.suggest(counted)
    }
}

/// Refuses a filter that names what is not there.
pub(super) fn check_filter(reader: &Reader<'_>, filter: &UserFilter) -> Result<(), Error> {
    for name in &filter.projects {
        require_project(reader, name)?;
    }
    for team in &filter.teams {
        label_id(reader, LabelKind::Team, team.as_str())?;
    }
    for (skill, _) in &filter.skills {
        label_id(reader, LabelKind::Skill, skill.as_str())?;
    }
    Ok(())
}
