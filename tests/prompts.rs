//! Asking, at a real terminal.

mod answers;
mod create;
mod passwords;
mod signals;
mod tables;
mod ways_out;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::pty::{Desk, GOOD, Home};

const USERNAME: &str = "Username: ";
const NAME: &str = "Full name: ";
const TEMPORARY: &str = "(at least 15 characters; empty: one is generated): ";
const AGAIN: &str = "The same password again: ";
const DOWN: &str = "\x1b[B";

/// Every file below `folder` with what is in it, but for where the readers of a store stand.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.insert(path.display().to_string(), Vec::new());
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                files.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Marks the items that stand so far below the top, and accepts.
fn picks(desk: &mut Desk, question: &str, items: &[usize]) {
    desk.sees(&format!("{question}: arrows move"));
    let mut at = 0;
    for item in items {
        desk.types(DOWN.repeat(item - at)).types(" ").sees("> [x] ");
        at = *item;
    }
    desk.types("\r").sees(&format!("{question}: "));
}

/// The command that is said to do the same.
fn same_without_asking(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("the same without being asked: "));
    line.unwrap().to_owned()
}

/// A home with users who have `GOOD` as their temporary password.
fn with_users(usernames: &[&str]) -> Home {
    let home = Home::new();
    for username in usernames {
        let call = format!(
            "ccadmin user create {username} --name 'Some Body' --role agent --password-stdin"
        );
        assert!(home.shell(&call, &format!("{GOOD}\n")).status.success());
    }
    home
}

/// A home whose next `user create` has more projects to ask for than are shown at once.
fn with_many_projects() -> Home {
    let home = Home::new();
    home.configure("[user]\nrequire = [\"project\"]\n");
    home.does("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ccadmin project create queue-$i; done");
    home
}

const LONG_LIST: &str = "ccadmin user create ann --name Ann --role agent --generate-password";
