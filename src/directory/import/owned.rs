//! The users whom a roster owns: it touches no others.

use std::collections::HashSet;

use super::row::RowError;
use super::{ImportObserver, ImportOptions};
use crate::directory::Error;
use crate::directory::users::check_filter;
use crate::model::{Memberships, Timestamp, Username};
use crate::store::Reader;

/// The usernames of those whom the file owns.
pub(super) fn owned_users(
    reader: &Reader<'_>,
    options: &ImportOptions,
    now: Timestamp,
) -> Result<Option<HashSet<Username>>, Error> {
    let Some(filter) = &options.owned else { return Ok(None) };
    match check_filter(reader, filter) {
        // What the file itself makes.
        Err(Error::NotFound { name, .. })
            if options.places.iter().any(|place| place.name() == name) => {}
        checked => checked?,
    }
    let mut usernames = HashSet::new();
    reader.list_users(filter, now, Memberships::NONE, |user| {
        usernames.insert(user.username);
        Ok::<_, Error>(true)
    })?;
    Ok(Some(usernames))
}

/// Refuses rows whose users are not among those whom the file owns any more, once they are
/// written.
pub(super) fn check_owned(
    reader: &Reader<'_>,
    rows: &[(u64, Username)],
    options: &ImportOptions,
    now: Timestamp,
    observer: &mut dyn ImportObserver,
) -> Result<(), Error> {
    let Some(owned) = owned_users(reader, options, now)? else { return Ok(()) };
    let mut count = 0;
    for (line, username) in rows.iter().filter(|(_, name)| !owned.contains(name)) {
        count += 1;
        observer.refused(RowError {
            line: *line,
            column: None,
            username: Some(username.to_string()),
            cell: None,
            error: Error::NotOwned { username: username.clone() },
            remedy: None,
        });
    }
    if count > 0 { Err(Error::RowsRefused { count }) } else { Ok(()) }
}
