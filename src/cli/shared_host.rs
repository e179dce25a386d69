//! A shared host, where the program is set-group-ID: what those may call who are neither root nor
//! the store's owner, and why a set-group-ID program may lack its rights.

use std::fs;
use std::os::unix::fs::MetadataExt;

use clap::ArgMatches;
use rustix::fs::StatVfsMountFlags;

use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::privilege::SetgidMode;

/// Every command that they may call. What is not here is refused, a new command too until somebody
/// has thought about it: whether it opens files that the caller names, runs a program, or keeps the
/// store busy.
const ALLOWED_COMMANDS: &[&str] = &[
    "assign-project",
    "audit list",
    "audit show",
    "audit verify",
    "authenticate",
    "completions",
    "help",
    "login",
    "logout",
    "passwd",
    "project activate",
    "project coverage",
    "project create",
    "project deactivate",
    "project delete",
    "project list",
    "project rename",
    "project show",
    "project update",
    "schema",
    "set-weight",
    "skill create",
    "skill delete",
    "skill list",
    "skill rename",
    "skill show",
    "team create",
    "team delete",
    "team list",
    "team rename",
    "team show",
    "unassign-project",
    "undo",
    "user activate",
    "user create",
    "user deactivate",
    "user delete",
    "user exists",
    "user history",
    "user list",
    "user rename",
    "user show",
    "user unlock",
    "user update",
    "weight matrix",
    "weight show",
    "weight solve",
    "whoami",
];

/// Commands that were thought about and are refused, for the test that none is forgotten.
#[cfg(test)]
const REFUSED_COMMANDS: &[&str] = &[
    "config check",
    "config edit",
    "config get",
    "config list",
    "config path",
    "config set",
    "doctor",
    "man",
    "project export",
    "report",
    "roster apply",
    "roster diff",
    "roster export",
    "store backup",
    "store check",
    "store info",
    "store init",
    "store restore",
    "store retire",
    "store unlock",
    "store upgrade",
    "user export",
    "user import",
    "user photo get",
    "user photo remove",
    "user photo set",
];

/// Options that are refused on every command: they run a program or write files.
const REFUSED_OPTIONS: &[&str] = &["credentials", "hand_out", "rejects"];

/// How an account shows that a user namespace does not know.
const UNMAPPED_UID: u32 = 65_534;

/// Refuses what is not for everybody on a shared host.
pub(crate) fn check(
    shared: &SetgidMode,
    global: &GlobalArgs,
    matches: &ArgMatches,
) -> Result<(), CliError> {
    let flag = [("--config", &global.config), ("--database", &global.database)]
        .into_iter()
        .find_map(|(name, value)| value.is_some().then_some(name));
    if let Some(name) = flag.or(shared.refused) {
        return Err(CommandEnd::usage(format!(
            "{name} is not for this host: its store is set by root"
        ))
        .with_hint("leave it out"));
    }
    let (command, leaf) = called(matches);
    if !ALLOWED_COMMANDS.contains(&command.as_str()) {
        return Err(forbidden(&format!("`ccadmin {command}`")));
    }
    let option = leaf.ids().find(|id| REFUSED_OPTIONS.contains(&id.as_str()));
    match option {
        Some(id) => Err(forbidden(&format!("--{}", id.as_str().replace('_', "-")))),
        None => Ok(()),
    }
}

fn forbidden(what: &str) -> CliError {
    CliError::new(
        ErrorCode::Forbidden,
        format!("on this host {what} is for root and the owner of the store alone"),
    )
    .with_hint("ask the administrator")
}

/// The command as it is typed, and its own arguments.
pub(crate) fn called(matches: &ArgMatches) -> (String, &ArgMatches) {
    let mut names = Vec::new();
    let mut at = matches;
    while let Some((name, inner)) = at.subcommand() {
        names.push(name);
        at = inner;
    }
    (names.join(" "), at)
}

/// Why this process may not open the site's store although it was meant to: what took the
/// set-group-ID bit's effect away. For the message alone; nothing is decided by it.
pub(crate) fn why_denied() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let metadata = fs::metadata(&program).ok()?;
    let name = program.display();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let says = |field: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(field));
        value.is_some_and(|value| value.trim() != "0")
    };
    if metadata.mode() & 0o2000 == 0 {
        return Some(format!(
            "{name} is not set-group-ID (an upgrade may have lost that): root installs it again \
             with mode 2755 and the group of the store"
        ));
    }
    // The owner, who is root, is nobody that this user namespace knows.
    if metadata.uid() == UNMAPPED_UID {
        return Some(format!(
            "{name} is set-group-ID, which does not count in a user namespace (unshare, a rootless \
             container): run it outside"
        ));
    }
    if rustix::fs::statvfs(&program)
        .is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::NOSUID))
    {
        return Some(format!(
            "{name} is set-group-ID, which does not count on a file system that is mounted nosuid: \
             root installs it elsewhere"
        ));
    }
    if says("NoNewPrivs:") {
        return Some(format!(
            "{name} is set-group-ID, which does not count in a process that may gain no rights \
             (no_new_privs): run it from another shell"
        ));
    }
    if says("TracerPid:") {
        return Some(format!(
            "{name} is set-group-ID, which does not count under a debugger or strace: run it \
             without"
        ));
    }
    Some(format!(
        "the group of {name} is {}, which may not open the store (an upgrade may have changed it): \
         root runs `ccadmin store check`",
        metadata.gid()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command_line::command_names;

    /// R26: a new command is refused on a shared host; this asks its author to decide.
    #[test]
    fn every_command_was_thought_about() {
        let found = command_names();
        assert!(found.len() > 20, "{found:?}");
        for name in &found {
            let known = [ALLOWED_COMMANDS, REFUSED_COMMANDS]
                .iter()
                .filter(|list| list.contains(&name.as_str()));
            assert_eq!(known.count(), 1, "`{name}` in exactly one of ALLOWED and REFUSED");
        }
    }
}
