//! Users who are not in a roster's file, to be deactivated for that.

use super::{DeactivateMissing, DeactivationLimit, ImportOptions};
use crate::directory::permissions::Authority;
use crate::directory::{Actor, Error};
use crate::model::{Memberships, RoleSet, State, Timestamp, UserFilter, UserId, Username};
use crate::store::Reader;

/// A user who is not in the file, as they were.
#[derive(Debug, Clone)]
pub(super) struct AbsentUser {
    pub(super) id: UserId,
    pub(super) username: Username,
    pub(super) revision: i64,
    roles: RoleSet,
}

/// The active users whom the file could have, and those whom it does not have.
pub(super) struct Absence {
    scope: u64,
    pub(super) users: Vec<AbsentUser>,
}

/// The active users whom the file owns, else those within the roles of `options`, and those of them
/// whom it does not have, but never the actor.
pub(super) fn find_absent(
    reader: &Reader<'_>,
    options: &ImportOptions,
    acting: &Actor,
    now: Timestamp,
    in_file: impl Fn(&str) -> bool,
) -> Result<Absence, Error> {
    let actor = match acting {
        Actor::User { id, .. } => Some(*id),
        _ => None,
    };
    let mut found = Absence { scope: 0, users: Vec::new() };
    let mut look = |id, username: Username, roles, revision| {
        found.scope += 1;
        if !in_file(username.as_str()) && actor != Some(id) {
            found.users.push(AbsentUser { id, username, revision, roles });
        }
    };
    let Some(owned) = &options.owned else {
        let within = options.deactivate_missing.unwrap_or_default().within;
        reader.active_users_within(within, now, look)?;
        return Ok(found);
    };
    let filter = UserFilter { state: Some(State::Active), ..owned.clone() };
    reader.list_users(&filter, now, Memberships::NONE, |user| {
        look(user.id, user.username, user.roles, 0);
        Ok::<_, Error>(true)
    })?;
    for user in &mut found.users {
        user.revision = reader.user_revision(&user.username)?.unwrap_or_default();
    }
    Ok(found)
}

impl Absence {
    /// Those whom it does not have, where the actor may deactivate them, and they are not too many.
    pub(super) fn allowed(
        self,
        reader: &Reader<'_>,
        options: &DeactivateMissing,
        manage: Authority,
    ) -> Result<Vec<AbsentUser>, Error> {
        for missing in &self.users {
            manage.covers_roles(&missing.username, missing.roles, missing.roles)?;
        }
        if manage.is_limited() {
            for missing in &self.users {
                manage.covers_case_twins(reader, &missing.username)?;
            }
        }
        let (count, scope) = (self.users.len() as u64, self.scope);
        let most = match options.most {
            DeactivationLimit::Users(most) => most,
            DeactivationLimit::Percent(percent) => scope * percent / 100,
        };
        if count > most {
            return Err(Error::TooManyDeactivations { count, scope, most });
        }
        Ok(self.users)
    }
}
