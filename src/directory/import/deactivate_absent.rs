//! Users who are not in a roster's file, to be deactivated for that.

use super::{DeactivateMissing, DeactivationLimit};
use crate::directory::permissions::Authority;
use crate::directory::{Actor, Error};
use crate::model::{UserId, Username};
use crate::store::Reader;

/// A user who is not in the file, as they were.
#[derive(Debug, Clone)]
pub(super) struct AbsentUser {
    pub(super) id: UserId,
    pub(super) username: Username,
    pub(super) revision: i64,
}

/// The active users within the scope whom the file does not have, but never the actor.
pub(super) fn find_absent(
    reader: &Reader<'_>,
    options: &DeactivateMissing,
    manage: Authority,
    acting: &Actor,
    in_file: impl Fn(&str) -> bool,
) -> Result<Vec<AbsentUser>, Error> {
    let actor = match acting {
        Actor::User { id, .. } => Some(*id),
        _ => None,
    };
    let (mut scope, mut count) = (0, 0);
    let mut found = Vec::new();
    let mut forbidden = None;
    reader.active_users_within(options.within, |id, username, roles, revision| {
        scope += 1;
        if in_file(username.as_str()) || actor == Some(id) {
            return;
        }
        count += 1;
        if forbidden.is_none() {
            forbidden = manage.covers_roles(&username, roles, roles).err();
        }
        found.push(AbsentUser { id, username, revision });
    })?;
    if let Some(error) = forbidden {
        return Err(error);
    }
    if manage.is_limited() {
        for missing in &found {
            manage.covers_case_twins(reader, &missing.username)?;
        }
    }
    let most = match options.most {
        DeactivationLimit::Users(most) => most,
        DeactivationLimit::Percent(percent) => scope * percent / 100,
    };
    if count > most {
        return Err(Error::TooManyDeactivations { count, scope, most });
    }
    Ok(found)
}
