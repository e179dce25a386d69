//! What `store check` remarks on that is no fault: phone numbers that several users have, hashes from
//! before the settings were raised and, where codes can be sent but are not yet wanted, who could not
//! sign in once they are.

use crate::cli::context::Context;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, Error};
use crate::model::{Memberships, ProfileField, Role, RoleSet, State, UserFilter};

/// So many of a kind are named, and the rest counted.
const MAX_NAMES_SHOWN: usize = 20;

/// Tells the remarks on stderr.
pub(super) fn print_warnings(context: &Context, directory: &Directory) -> Result<(), Error> {
    let ui = &context.ui;
    shared_phones(ui, directory)?;
    weak_hashes(ui, directory)?;
    let settings = &context.settings.settings;
    if !settings.policy.two_factor && !settings.deliver.sms.command.is_empty() {
        without_phone(ui, directory)?;
    }
    Ok(())
}

fn shared_phones(ui: &Ui, directory: &Directory) -> Result<(), Error> {
    let mut found = 0;
    directory.shared_phones(|shared| {
        found += 1;
        if found <= MAX_NAMES_SHOWN {
            let [first, last] = &shared.ends;
            let who = match shared.users {
                2 => format!("`{first}` and `{last}`"),
                users => format!("`{first}`, `{last}` and {} more", users.saturating_sub(2)),
            };
            ui.warning("phone-shared", &format!("{who} have the phone number {}", shared.phone));
        }
        true
    })?;
    if found > MAX_NAMES_SHOWN {
        let more =
            format!("{} more phone numbers belong to several users", found - MAX_NAMES_SHOWN);
        ui.warning("phone-shared", &more);
    }
    Ok(())
}

fn weak_hashes(ui: &Ui, directory: &Directory) -> Result<(), Error> {
    let count = directory.count_weak_hashes()?;
    let passwords = match count {
        0 => return Ok(()),
        1 => "1 password is".to_owned(),
        count => format!("{count} passwords are"),
    };
    let message = format!(
        "{passwords} kept as a hash that is weaker than `[password]` asks for, until the next \
         sign-in"
    );
    ui.warning("weak-hash", &message);
    Ok(())
}

fn without_phone(ui: &Ui, directory: &Directory) -> Result<(), Error> {
    let all = UserFilter {
        state: Some(State::Active),
        missing: vec![ProfileField::Phone],
        ..UserFilter::default()
    };
    let users = directory.count_users(&all)?;
    if users == 0 {
        return Ok(());
    }
    let admins = UserFilter { roles: RoleSet::empty().with(Role::Admin), ..all };
    let count = directory.count_users(&admins)?;
    let first = UserFilter { limit: Some(MAX_NAMES_SHOWN as u64), ..admins };
    let mut names = Vec::new();
    directory.list_users(&first, Memberships::NONE, |user| {
        names.push(format!("`{}`", user.username));
        true
    })?;
    if count > MAX_NAMES_SHOWN as u64 {
        names.push("...".to_owned());
    }
    let among = match count {
        0 => String::new(),
        1 => format!(", the admin {} among them", names.join("")),
        _ => format!(", the admins {} among them", names.join(", ")),
    };
    let have = if users == 1 { "active user has" } else { "active users have" };
    let message = format!(
        "{users} {have} no phone number{among}: nobody without one could sign in if \
         `two_factor.required` were set (`ccadmin user list --missing phone --state active`)"
    );
    ui.warning("no-phone", &message);
    Ok(())
}
