//! Accounts of the operating system that are turned away whatever username they give: how they are
//! shown.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::os_accounts::account_name;
use crate::cli::terminal::output::{Column, Medium, Record};
use crate::directory::{Directory, Error, LockedCaller};
use crate::model::Timestamp;

/// An account that signs users in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CallerView {
    os_uid: u32,
    /// Its login name, where it has one.
    account: Option<String>,
    locked_until: Option<Timestamp>,
}

impl CallerView {
    /// One that is not turned away.
    pub(crate) fn unlocked(uid: u32) -> Self {
        Self { os_uid: uid, account: account_name(uid), locked_until: None }
    }

    /// What `--caller` takes for it.
    fn name(&self) -> String {
        self.account.clone().unwrap_or_else(|| self.os_uid.to_string())
    }
}

impl From<LockedCaller> for CallerView {
    fn from(caller: LockedCaller) -> Self {
        Self { locked_until: Some(caller.until), ..Self::unlocked(caller.uid) }
    }
}

/// The name with the number, and until when it is locked.
impl fmt::Display for CallerView {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.account {
            Some(account) => write!(formatter, "{account} ({})", self.os_uid)?,
            None => write!(formatter, "{}", self.os_uid)?,
        }
        match self.locked_until {
            Some(end) => write!(formatter, " until {}", Medium::Table.time(end)),
            None => Ok(()),
        }
    }
}

impl Record for CallerView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<CallerView>; 3] = [
            Column::number("os_uid", |view, _| view.os_uid.to_string()),
            Column::text("account", |view, _| view.account.clone().unwrap_or_default()),
            Column::text("locked_until", |view, medium| {
                view.locked_until.map(|end| medium.time(end)).unwrap_or_default()
            }),
        ];
        &COLUMNS
    }
}

/// The accounts that are turned away now.
pub(crate) fn locked_callers(directory: &Directory) -> Result<Vec<CallerView>, Error> {
    Ok(directory.locked_callers()?.into_iter().map(CallerView::from).collect())
}

/// Tells those who could unlock them which accounts are turned away, where a user is said to be
/// open: by those accounts nobody signs in all the same.
pub(crate) fn tell_locked_callers(
    context: &Context,
    directory: &Directory,
) -> Result<(), CliError> {
    const MAX_CALLERS_NAMED: usize = 5;
    let locked = match locked_callers(directory) {
        Ok(locked) => locked,
        Err(Error::NotAllowed) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Some(first) = locked.first() else { return Ok(()) };
    let name = if locked.len() == 1 { first.name() } else { "NAME".to_owned() };
    let mut named: Vec<String> =
        locked.iter().take(MAX_CALLERS_NAMED).map(CallerView::to_string).collect();
    if locked.len() > MAX_CALLERS_NAMED {
        named.push(format!("{} more", locked.len() - MAX_CALLERS_NAMED));
    }
    let message = format!(
        "turned away whatever username they give: {}; `ccadmin user unlock --caller {name}` forgives",
        named.join(", ")
    );
    context.ui.notice("callers-locked", &message);
    Ok(())
}
