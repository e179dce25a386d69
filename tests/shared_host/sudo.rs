//! Agents who change their own password by the sudo rule that `ccadmin help shared-host` gives.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use super::host::{
    AGENT1, AGENT2, Account, Call, FOLDER, Host, OPS, OTHER, PASSWORD, PROGRAM, has, on_a_host,
    tool,
};

const TOPIC: &str = include_str!("../../src/cli/help/shared-host.md");

/// Failures of one caller at one account that close it for that caller.
const MAX_FAILURES: usize = 2;

on_a_host! {
    /// R69: wrong guesses by one agent close an account for that agent alone, and the log
    /// names the agent.
    fn guesses_by_sudo_are_the_callers_own(host) {
        if !has("sudo") {
            return;
        }
        install(host);
        for _ in 0..MAX_FAILURES {
            assert_eq!(change(AGENT1, "agent2", "a guess of mine", None), Some(6));
        }
        // Even the right one does not help now.
        assert_eq!(change(AGENT1, "agent2", PASSWORD, None), Some(6));
        assert_eq!(change(AGENT2, "agent2", PASSWORD, Some(OTHER)), Some(0));
        let words = ["audit", "list", "--action", "sign-in", "-o", "jsonl"];
        let log = as_owner(host, words).run();
        let mine = |line: &&str| line.contains(r#""actor":"os:agent1""#) && line.contains(":5001");
        assert_eq!(log.ok().out.lines().filter(mine).count(), MAX_FAILURES, "{log:?}");
        assert!(!log.out.contains("os:ccadmin"), "{log:?}");
        assert_eq!(change(AGENT2, "agent2", OTHER, Some(PASSWORD)), Some(0));
    }

    /// R25, R69: the rule lets nobody do anything else, and who called sudo neither gives a right nor
    /// takes one away.
    fn who_called_sudo_gives_no_right(host) {
        if !has("sudo") {
            return;
        }
        install(host);
        for words in [&["user", "list"][..], &["passwd", "agent2", "--own"], &["passwd"], &[]] {
            let words = ["-n", "-u", "ccadmin", PROGRAM].into_iter().chain(words.iter().copied());
            let done = Call::new(AGENT1, "/usr/bin/sudo").words(words).run();
            assert_eq!(done.code, Some(1), "{done:?}");
        }
        let done = as_owner(host, ["user", "deactivate", "agent1"]).env("SUDO_UID", "5004").run();
        done.ok();
        let log = as_owner(host, ["audit", "list", "--user", "agent1", "-o", "jsonl"]).run();
        assert!(log.ok().out.contains(r#""actor":"os:ccops""#), "{log:?}");
        // A session is bound to the account that runs the program, as any other is.
        let login = ["login", "agent2", "--password-stdin"];
        as_owner(host, login).env("SUDO_UID", "5002").typing(&[PASSWORD]).run().ok();
        let whoami = ["whoami", "-o", "json"];
        assert!(as_owner(host, whoami).run().ok().out.contains(r#""agent2""#));
        // What is no account's number is not believed.
        as_owner(host, ["logout"]).run().ok();
        for text in ["", "-1", "4294967295", "root", "0x0"] {
            let done = as_owner(host, whoami).env("SUDO_UID", text).run();
            assert!(done.ok().out.contains(r#""os:ccadmin""#), "{text}: {done:?}");
        }
    }

    /// R25, R69: only the owner's environment is believed: anybody else is counted as themselves, where
    /// the environment is wiped and where it is not.
    fn nobody_else_is_taken_for_another(host) {
        install(host);
        for (mode, caller, victim) in [("2755", AGENT1, AGENT2), ("755", AGENT2, AGENT1)] {
            tool("chmod", [mode, PROGRAM]);
            for uid in ["0", "5003", "5004", "5005"] {
                let call = host.change(caller, victim.name, "a guess of mine", OTHER);
                call.env("SUDO_UID", uid).run().refused(6, "");
            }
            let words = ["audit", "list", "--user", victim.name, "--action", "sign-in"];
            let log = as_owner(host, words.into_iter().chain(["-o", "jsonl"])).run();
            let mine = format!(r#""actor":"os:{}""#, caller.name);
            let counted = log.ok().out.lines().filter(|line| line.contains(&mine)).count();
            assert_eq!(counted, MAX_FAILURES, "{log:?}");
            // Nobody else is locked out.
            host.change(victim, victim.name, PASSWORD, OTHER).run().ok();
            // The other way round with a store that the caller may open without the program's help.
            tool("chmod", ["-R", "o+rwX", FOLDER]);
        }
    }
}

/// Installs as the topic says for a host without set-id bits.
fn install(host: &Host) {
    host.install();
    host.settings(&format!("[sign_in]\nmax_failures = {MAX_FAILURES}\n"));
    tool("chmod", ["755", PROGRAM]);
    let mut groups = File::options().append(true).open("/etc/group").unwrap();
    writeln!(groups, "agents:x:5100:agent1,agent2").unwrap();
    // Accounts that may be used, as sudo asks of PAM.
    let mut shadow = File::options().append(true).open("/etc/shadow").unwrap();
    for Account { name, .. } in [AGENT1, AGENT2, OPS] {
        writeln!(shadow, "{name}:*:19000:0:99999:7:::").unwrap();
    }
    if !has("sudo") {
        return;
    }
    let (_, from) = TOPIC.split_once("# /etc/sudoers.d/ccadmin").unwrap();
    let rule = from.lines().nth(1).unwrap();
    assert!(rule.starts_with("%agents "), "{rule}");
    let file = "/etc/sudoers.d/ccadmin";
    fs::write(file, format!("{rule}\n")).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o440)).unwrap();
    tool("visudo", ["-c", "-q", "-f", file]);
}

/// The program as the owner of the store runs it.
fn as_owner<'w>(host: &Host, words: impl IntoIterator<Item = &'w str>) -> Call {
    let owner = Account { name: "ccadmin", id: host.owner() };
    host.ccadmin(owner, words).env("HOME", "/var/lib/ccadmin").env("XDG_STATE_HOME", "/tmp")
}

/// Changes a password as `account` may by the rule: at a terminal. Gives the status.
fn change(account: Account, username: &str, current: &str, new: Option<&str>) -> Option<i32> {
    let words = ["-n", "-u", "ccadmin", "ccadmin", "passwd", "--own"];
    let mut asking = Call::new(account, "/usr/bin/sudo").words(words).at_terminal("Username");
    asking.answer(username);
    asking.wait_for(&format!("Current password of {username}"));
    asking.answer(current);
    if let Some(new) = new {
        asking.wait_for("New password");
        asking.answer(new);
        asking.wait_for("again");
        asking.answer(new);
    }
    asking.end()
}
