//! Sessions and sign-in on a shared host.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::host::{
    AGENT1, AGENT2, Account, Call, Host, OTHER, PASSWORD, PROGRAM, ROOT, STRANGER, finish,
    on_a_host, tool,
};

on_a_host! {
    /// R20, T2: the session file is the agent's own, found by their number alone; with it they see
    /// themselves and nobody else.
    fn a_session_on_a_shared_host(host) {
        host.install();
        let elsewhere = "/home/agent1/elsewhere";
        login(host, AGENT1, "agent1").env("HOME", elsewhere).env("XDG_STATE_HOME", elsewhere).run().ok();
        assert!(!fs::exists(elsewhere).unwrap());
        let file = session_file("/home/agent1/.local/state/ccadmin");
        assert_eq!(host.state(&file), (5001, 5001, 0o600));
        assert!(host.ccadmin(AGENT1, ["whoami"]).run().ok().out.contains("agent1"));
        host.ccadmin(AGENT1, ["user", "show", "agent1"]).run().ok();
        for words in [&["user", "show", "agent2"][..], &["user", "list"], &["audit", "list"], &["project", "list"]] {
            host.ccadmin(AGENT1, words.iter().copied()).run().refused(5, "");
        }
        host.ccadmin(AGENT1, ["store", "check"]).run().refused(5, "root and the owner");
        host.ccadmin(AGENT1, ["logout"]).run().ok();
        assert!(!fs::exists(file).unwrap());
        host.ccadmin(AGENT1, ["whoami"]).run().refused(6, "");
        host.is_in_order();
    }

    /// R12: an account that is turned away everywhere sees that where it is signed in, and unlocks
    /// nobody by that who calls from it; somebody else with the same role does.
    fn nobody_unlocks_the_account_that_they_call_from(host) {
        host.install();
        host.settings("[sign_in]\nmax_failures_per_caller = 2\n");
        let words = ["user", "update", "agent2", "--add-role", "supervisor", "--keep-password"];
        host.ccadmin(ROOT, words).run().ok();
        for account in [AGENT1, STRANGER] {
            login(host, account, "agent2").run().ok();
        }
        let locked_until = || {
            let whoami = host.ccadmin(AGENT1, ["whoami", "-o", "json"]).run();
            let answer: Value = serde_json::from_str(&whoami.ok().out).unwrap();
            answer["caller_locked_until"].clone()
        };
        assert_eq!(locked_until(), Value::Null);
        for _ in 0..2 {
            host.change(AGENT1, "nobody", PASSWORD, OTHER).run().refused(6, "");
        }
        let until = locked_until();
        assert!(until.is_string(), "{until}");
        login(host, AGENT1, "agent1").run().refused(6, "");
        let info = host.ccadmin(ROOT, ["store", "info"]).run();
        assert!(info.ok().out.contains("locked callers: agent1 (5001) until "), "{info:?}");
        // A supervisor at another account is told, and this one's own account stays locked.
        let told = host.ccadmin(STRANGER, ["user", "show", "agent1"]).run();
        assert!(told.ok().err.contains("`ccadmin user unlock --caller agent1`"), "{told:?}");
        for name in ["agent1", "5001"] {
            let own = host.ccadmin(AGENT1, ["user", "unlock", "--caller", name]).run();
            own.refused(5, "it cannot unlock itself");
        }
        assert_eq!(locked_until(), until);
        host.ccadmin(STRANGER, ["user", "unlock", "--caller", "agent1"]).run().ok();
        assert_eq!(locked_until(), Value::Null);
        login(host, AGENT1, "agent1").run().ok();
        host.is_in_order();
    }

    /// R62: whatever is in the variable and is no token of this store makes nobody the owner: not root,
    /// not the owner, not an agent; `--as-owner` does for those two. Nor does it leave the agent's own
    /// session in the file to act.
    fn a_wrong_token_makes_nobody_the_owner(host) {
        host.install();
        login(host, AGENT1, "agent1").run().ok();
        let token = fs::read_to_string(session_file("/home/agent1/.local/state/ccadmin")).unwrap();
        let cut = &token.trim()[..token.trim().len() - 1];
        let foreign = format!("ccadmin_ffffffffffffffff_{}", "0".repeat(64));
        let long = "x".repeat(300);
        let owner = Account { name: "ccadmin", id: host.owner() };
        for account in [ROOT, owner, AGENT1] {
            let wrong = ["", " ", "os:root", cut, &foreign, "ccadmin__", "/etc/passwd", "%n", &long];
            // A token is bound to the account that it was opened from.
            let theirs = (account != AGENT1).then_some(token.trim());
            for session in wrong.into_iter().chain(theirs) {
                for words in [&["whoami"][..], &["user", "list"], &["user", "unlock", "agent2"],
                    &["user", "update", "agent1", "--add-role", "admin", "--keep-password"]] {
                    let call = host.ccadmin(account, words.iter().copied());
                    call.env("CCADMIN_SESSION", session).run().refused(6, "");
                }
                let words = ["user", "list", "--count", "--as-owner"];
                let done = host.ccadmin(account, words).env("CCADMIN_SESSION", session).run();
                if account == AGENT1 {
                    done.refused(6, "is for the account that owns the store");
                } else {
                    assert_eq!(done.ok().out, "2\n");
                }
            }
        }
        host.is_in_order();
    }

    /// R20: the folder of the login session is taken where there is one.
    fn a_session_in_the_folder_of_the_login(host) {
        host.install();
        tool("mkdir", ["-p", "-m", "755", "/run/user"]);
        tool("install", ["-d", "-o", "agent1", "-g", "agent1", "-m", "700", "/run/user/5001"]);
        login(host, AGENT1, "agent1").run().ok();
        assert_eq!(host.state(&session_file("/run/user/5001/ccadmin")), (5001, 5001, 0o600));
        host.ccadmin(AGENT1, ["whoami"]).run().ok();
        // Somebody else's, or one that others can write, is none.
        for (owner, mode) in [("agent2", "755"), ("agent1", "777")] {
            tool("chown", [owner, "/run/user/5001"]);
            tool("chmod", [mode, "/run/user/5001"]);
            host.ccadmin(AGENT1, ["whoami"]).run().refused(6, "");
        }
        tool("chmod", ["777", "/home/agent1"]);
        login(host, AGENT1, "agent1").run().refused(1, "no place for a session file");
    }

    /// R20: a session file that others could have written, and a token of somebody else's.
    fn a_session_is_bound_to_its_account(host) {
        host.install();
        login(host, AGENT1, "agent1").run().ok();
        let file = session_file("/home/agent1/.local/state/ccadmin");
        let token = fs::read_to_string(&file).unwrap();
        let theirs = host.ccadmin(AGENT2, ["whoami"]).env("CCADMIN_SESSION", token.trim()).run();
        theirs.refused(6, "");
        let mine = host.ccadmin(AGENT1, ["whoami"]).env("CCADMIN_SESSION", token.trim()).run();
        mine.ok();
        host.ccadmin(AGENT1, ["whoami"]).env("CCADMIN_SESSION", "").run().refused(6, "");
        for (line, mend) in [("chmod 644 {}", "chmod 600 {}"), ("chown agent2 {}", "chown agent1 {}"),
            ("mv {} {}.x; ln -s {}.x {}", "mv {}.x {}")] {
            host.shell(ROOT, &line.replace("{}", &file)).run().ok();
            host.ccadmin(AGENT1, ["whoami"]).run().refused(6, "is refused");
            host.shell(ROOT, &mend.replace("{}", &file)).run().ok();
            host.ccadmin(AGENT1, ["whoami"]).run().ok();
        }
        // R30: what stands in its place is never the store, nor anything else of the program's.
        tool("rm", [file.as_str()]);
        for target in ["/proc/self/fd/3", "/proc/self/fd/4", "/var/lib/ccadmin/ccadmin.db", "/etc/shadow"] {
            tool("ln", ["-sfn", target, &file]);
            host.ccadmin(AGENT1, ["whoami"]).run().refused(6, "is refused");
        }
    }

    /// T7: a live session of somebody who is deactivated is over at once.
    fn a_deactivated_agent_is_out_at_once(host) {
        host.install();
        login(host, AGENT1, "agent1").run().ok();
        host.ccadmin(AGENT1, ["whoami"]).run().ok();
        host.ccadmin(ROOT, ["user", "deactivate", "agent1"]).run().ok();
        for words in [&["whoami"][..], &["user", "show", "agent1"], &["user", "list"]] {
            host.ccadmin(AGENT1, words.iter().copied()).run().refused(6, "");
        }
        login(host, AGENT1, "agent1").run().refused(6, "the username or the password is wrong");
    }

    /// T3, R13, M3: whoever kills the process before it says that they were wrong has been charged.
    fn a_kill_buys_no_guess(host) {
        host.install();
        host.settings("[sign_in]\nmax_failures = 5\nmax_failures_per_caller = 1000\n");
        for round in 0..40_u64 {
            let mut child = host.change(STRANGER, "agent1", "a guess of mine", OTHER).start();
            thread::sleep(Duration::from_millis(round * 3));
            let _ = child.kill();
            finish(child);
        }
        host.change(STRANGER, "agent1", PASSWORD, OTHER).run().refused(6, "is wrong");
        // T4: nobody but the one who guessed is locked out.
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
        host.is_in_order();
    }

    /// R13, R34: where the guess cannot be charged, nothing is verified: right and wrong look alike.
    fn without_a_charge_nothing_is_verified(host) {
        host.install();
        let tries = [PASSWORD, "a guess of mine"].map(|guess| {
            let line = format!("ulimit -f 0; exec {PROGRAM} passwd agent1 --own --password-stdin");
            host.shell(STRANGER, &line).typing(&[guess, guess]).run()
        });
        assert!(!matches!(tries[0].code, Some(0 | 6 | 8)), "{tries:?}");
        assert_eq!(tries[0], tries[1]);
        host.is_in_order();
    }
}

fn login(host: &Host, account: Account, username: &str) -> Call {
    host.ccadmin(account, ["login", username, "--password-stdin"]).typing(&[PASSWORD])
}

/// The one file in a folder.
fn session_file(folder: &str) -> String {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file.to_str().unwrap().to_owned()
}
