//! The accounts of this machine: their names, their numbers, and the folders that are their own.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The accounts of this machine, from `/etc/passwd` alone: asking the name services would load
/// libraries.
fn passwd_file() -> String {
    fs::read_to_string("/etc/passwd").unwrap_or_default()
}

/// The name and the number of an account, from a line of `/etc/passwd`.
fn account(line: &str) -> Option<(&str, u32)> {
    let mut fields = line.split(':');
    Some((fields.next()?, fields.nth(1)?.parse().ok()?))
}

/// The login name of an account, where it has one.
pub(super) fn account_name(uid: u32) -> Option<String> {
    let accounts = passwd_file();
    let fits = |name: &str| {
        (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let (name, _) =
        accounts.lines().filter_map(account).find(|(name, number)| *number == uid && fits(name))?;
    Some(name.to_owned())
}

/// The login name of an account; one that has none goes by its number.
pub(super) fn login(uid: u32) -> String {
    account_name(uid).unwrap_or_else(|| uid.to_string())
}

/// The numbers of accounts that are named by login name or number, and the names that no account
/// has. A number is taken as it is: its account may be known to another name service.
pub(super) fn accounts(names: &[String]) -> (Vec<u32>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    if names.is_empty() {
        return (known, unknown);
    }
    let passwd = passwd_file();
    for name in names {
        let listed = || passwd.lines().filter_map(account).find(|(found, _)| found == name);
        match name.parse().ok().or_else(|| listed().map(|(_, uid)| uid)) {
            Some(uid) => known.push(uid),
            None => unknown.push(name.clone()),
        }
    }
    (known, unknown)
}

/// The place of an account's own files by its number alone, since nothing in the environment
/// counts: `/run/user/UID`, else its home. It has to be a folder of its own that nobody else can
/// write.
pub(super) fn own_state_folder(uid: u32) -> Option<PathBuf> {
    let is_own = |folder: &Path| {
        fs::metadata(folder).is_ok_and(|metadata| {
            metadata.is_dir() && metadata.uid() == uid && metadata.mode() & 0o022 == 0
        })
    };
    let runtime = PathBuf::from(format!("/run/user/{uid}"));
    if is_own(&runtime) {
        return Some(runtime.join("ccadmin"));
    }
    home(uid).filter(|home| is_own(home)).map(|home| home.join(".local/state/ccadmin"))
}

/// The home of an account.
pub(super) fn home(uid: u32) -> Option<PathBuf> {
    let accounts = passwd_file();
    let line =
        accounts.lines().find(|line| account(line).is_some_and(|(_, found)| found == uid))?;
    line.split(':').nth(5).map(PathBuf::from).filter(|home| home.is_absolute())
}
