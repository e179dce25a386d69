//! What agents may and may not, and what the program may at which moment.

use std::fs;

use super::host::{
    AGENT1, AGENT2, Account, BUILT, CANARY, Call, FOLDER, OTHER, PASSWORD, PROGRAM, ROOT, SETTINGS,
    STORE, STRANGER, has, on_a_host, tool, wait_until,
};

on_a_host! {
    /// R26: what belongs to the store is changed in the site's file, by root; agents neither see
    /// the settings nor run an editor.
    fn the_settings_of_the_site_are_roots(host) {
        host.install();
        host.settings("# ours\n[sign_in]\nlock = \"30m\" # half an hour\n");
        let before = host.state(SETTINGS);
        let done = host.ccadmin(ROOT, ["config", "set", "sign_in.lock", "1h"]).run();
        done.ok();
        let text = fs::read_to_string(SETTINGS).expect("the settings");
        assert!(text.ends_with("# ours\n[sign_in]\nlock = \"1h\" # half an hour\n"), "{text}");
        assert_eq!(host.state(SETTINGS), before);
        host.ccadmin(ROOT, ["config", "set", "sign_in.lock", "2h", "--user"])
            .env("HOME", "/root")
            .run()
            .refused(2, "`sign_in.lock` belongs to the store, and /etc/ccadmin/config.toml alone");
        host.ccadmin(ROOT, ["config", "set", "output", "json"]).env("HOME", "/root").run().ok();
        assert_eq!(fs::read_to_string(SETTINGS).expect("the settings"), text);
        let calls: [&[&str]; 6] = [
            &["path"], &["list"], &["check"], &["edit"],
            &["get", "sign_in.lock"],
            &["set", "output", "json"],
        ];
        for words in calls {
            host.ccadmin(AGENT1, [&["config"], words].concat())
                .env("EDITOR", "/bin/true")
                .run()
                .refused(5, "is for root and the owner of the store alone");
        }
        assert_eq!(fs::read_to_string(SETTINGS).expect("the settings"), text);
    }

    /// T2, M5: an agent changes their own password: the group is given up before it is written.
    fn an_agent_changes_their_own_password(host) {
        host.install();
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok().keeps_quiet();
        assert!(host.is_password("agent1", OTHER));
        assert!(!host.is_password("agent1", PASSWORD));
        host.is_in_order();
    }

    /// T1, T2, R24: without the password the answer is the same for everybody and nobody.
    fn without_the_password_everybody_is_nobody(host) {
        host.install();
        host.ccadmin(ROOT, ["user", "deactivate", "agent1"]).run().ok();
        let tries = ["agent2", "nobody.at.all", "agent1"].map(|name| {
            host.change(STRANGER, name, "not their password at all", OTHER).run()
        });
        for done in &tries {
            done.refused(6, "the username or the password is wrong");
            assert_eq!(done, &tries[0]);
        }
        // T7: nor does the right one help somebody who was deactivated.
        assert_eq!(host.change(AGENT1, "agent1", PASSWORD, OTHER).run(), tries[0]);
        assert!(host.is_password("agent2", PASSWORD));
        host.is_in_order();
    }

    /// T1, T2, R25: nobody is signed in, whatever the environment says of who called.
    fn an_agent_may_nothing_else(host) {
        host.install();
        let calls: &[&[&str]] = &[
            &["user", "list"],
            &["user", "list", "--count"],
            &["user", "show", "agent2"],
            &["user", "create", "mallory", "--name", "M", "--role", "admin", "--generate-password"],
            &["user", "update", "agent1", "--add-role", "agent"],
            &["user", "deactivate", "agent2"],
            &["passwd", "agent2", "--generate-password"],
            &["passwd", "agent2", "--expire"],
            &["project", "create", "x"],
            &["project", "list"],
            &["team", "list"],
            &["set-weight", "agent1", "x", "3"],
        ];
        for words in calls {
            let call = host.ccadmin(AGENT1, words.iter().copied());
            let call = call.env("SUDO_UID", "0").env("SUDO_USER", "root").env("USER", "ccadmin");
            let done = call.env("LOGNAME", "root").run();
            done.refused(6, "nobody is signed in");
            assert!(done.out.is_empty(), "{done:?}");
        }
        host.is_in_order();
    }

    /// Completion knows commands and options there, and asks the store for nothing, whoever is
    /// signed in.
    fn no_name_is_completed(host) {
        host.install();
        for words in [["user", "show", ""], ["team", "show", ""]] {
            let call = host.ccadmin(AGENT1, ["__complete", "zsh"].into_iter().chain(words));
            let done = call.run();
            done.ok().keeps_quiet();
            assert_eq!(done.out, "", "{words:?}");
        }
        let done = host.ccadmin(AGENT1, ["__complete", "zsh", "set"]).run();
        assert!(done.ok().out.starts_with("set-weight\t"), "{done:?}");
        host.is_in_order();
    }

    /// R26, R40: the store's own commands are not for agents, nor what moves the store.
    fn what_is_not_for_agents_is_refused(host) {
        host.install();
        for words in [["store", "init"], ["store", "info"], ["store", "check"]] {
            host.ccadmin(AGENT1, words).run().refused(5, "for root and the owner of the store");
        }
        // R33: neither a program is run nor a file written.
        for way in ["email", "sms", "print=/home/agent1/x.txt"] {
            let words = ["passwd", "agent2", "--generate-password", "--hand-out", way];
            let done = host.ccadmin(AGENT1, words).run();
            done.refused(5, "--hand-out is for root and the owner of the store");
        }
        let json = host.ccadmin(AGENT1, ["store", "check", "-o", "json"]).run();
        json.refused(5, r#""code":"forbidden""#);
        for flag in ["--config", "--database"] {
            for path in ["/home/agent1/x", "/proc/self/fd/3", "/etc/shadow", STORE, ""] {
                let done = host.ccadmin(AGENT1, [flag, path, "user", "list"]).run();
                done.refused(2, "is not for this host");
            }
        }
        for name in ["CCADMIN_CONFIG", "CCADMIN_DATABASE"] {
            let done = host.ccadmin(AGENT1, ["user", "list"]).env(name, "/home/agent1/x").run();
            done.refused(2, name);
            host.ccadmin(AGENT1, ["user", "list"]).env(name, "").run().refused(6, "nobody");
        }
        // Help, and what touches nothing, is for everybody.
        host.ccadmin(AGENT1, ["--help"]).run().ok();
        host.ccadmin(AGENT1, ["completions", "bash"]).run().ok();
    }

    /// R26: root and the owner of the store work as anywhere.
    fn root_and_the_owner_work_as_anywhere(host) {
        host.install();
        let owner = Account { name: "ccadmin", id: host.owner() };
        fs::create_dir("/home/ccadmin").unwrap();
        std::os::unix::fs::chown("/home/ccadmin", Some(owner.id), Some(owner.id)).unwrap();
        for (account, home) in [(ROOT, "/root"), (owner, "/home/ccadmin")] {
            let list = || host.ccadmin(account, ["user", "list", "--field", "username"]);
            assert_eq!(list().run().ok().out, "agent1\nagent2\n");
            host.ccadmin(account, ["store", "info"]).run().ok();
            let mine = format!("{home}/mine.db");
            host.ccadmin(account, ["--database", &mine, "store", "init"]).run().ok();
            assert_eq!(host.state(&mine), (account.id, account.id, 0o600));
            let done = list().env("CCADMIN_DATABASE", &mine).run();
            assert_eq!(done.ok().out, "");
            fs::remove_file(&mine).unwrap();
            let mut waiting = host
                .ccadmin(account, ["passwd", "agent1", "--own"])
                .at_terminal("Current password of agent1");
            assert_eq!(groups(waiting.pid()), [account.id; 4]);
            waiting.child.kill().unwrap();
            waiting.end();
        }
        // What they read from their shell's substitutions is theirs as well.
        let line = format!("{PROGRAM} --config <(echo 'output = \"json\"') user list --count");
        let done = host.shell(owner, &line).run();
        assert_eq!((done.code, done.out.as_str()), (Some(0), "2\n"), "{done:?}");
        host.is_in_order();
    }

    /// R33: no program is run here, so no code can be sent, and nobody is let in without one. One's
    /// own password takes none.
    fn a_second_factor_is_not_for_a_shared_host(host) {
        host.install();
        host.settings(
            "[two_factor]\nrequired = true\n\
             [deliver.sms]\ncommand = [\"/usr/bin/touch\", \"/home/agent1/ran\", \"{to}\"]\n",
        );
        for command in ["login", "authenticate"] {
            let words = [command, "agent1", "--password-stdin"];
            let done = host.ccadmin(AGENT1, words).typing(&[PASSWORD]).run();
            done.refused(2, "`two_factor.required` is set, and no code can be sent: on this host");
        }
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
        assert!(host.is_password("agent1", OTHER));
        assert!(!std::path::Path::new("/home/agent1/ran").exists());
        // Which is found before somebody who cannot sign in tells of it.
        let done = host.ccadmin(ROOT, ["store", "check"]).run();
        assert_eq!(done.code, Some(13), "{done:?}");
        assert!(done.out.contains("on a shared host no code is sent"), "{done:?}");
    }

    /// R26: settings that others than root can write are no settings.
    fn settings_are_roots_alone(host) {
        host.install();
        let list = || host.ccadmin(AGENT1, ["user", "list"]).run();
        fs::write("/home/agent1/mine.toml", format!("database = \"{STORE}\"\n")).unwrap();
        let breaks: &[(&str, &str)] = &[
            ("chmod 666 /etc/ccadmin/config.toml", "root alone can write"),
            ("chmod 664 /etc/ccadmin/config.toml", "root alone can write"),
            ("chown agent1 /etc/ccadmin/config.toml", "root alone can write"),
            ("chmod 777 /etc/ccadmin", "root alone can write"),
            ("chown agent1 /etc/ccadmin", "root alone can write"),
            ("ln -sf /home/agent1/mine.toml /etc/ccadmin/config.toml", "cannot be read"),
            ("mv /etc/ccadmin/config.toml /etc/ccadmin/gone", "cannot be read"),
            ("echo 'output = \"table\"' > /etc/ccadmin/config.toml", "names no store"),
            ("echo 'databse = 1' > /etc/ccadmin/config.toml", "unknown key"),
        ];
        for (line, says) in breaks {
            host.shell(ROOT, line).run().ok();
            list().refused(2, says);
            host.shell(ROOT, "rm -rf /etc/ccadmin").run().ok();
            host.installer([PROGRAM]).run().ok();
            list().refused(6, "nobody is signed in");
        }
    }

    /// R16, R32, M1, M14: while the secret is read, the group is put aside and the store is closed; at a
    /// prompt it is gone for good. No other process of the agent's gets at either.
    fn the_group_is_gone_before_anything_is_asked(host) {
        host.install();
        let gid = host.group();
        let reading = host.ccadmin(AGENT1, ["passwd", "agent1", "--own", "--password-stdin"]).start();
        wait_until(|| groups(reading.id()) == [5001, 5001, gid, 5001]);
        assert!(!opened(reading.id()).iter().any(|path| path.starts_with(FOLDER)));
        out_of_reach(host, reading.id());
        let mut child = reading;
        child.kill().unwrap();
        super::host::finish(child);

        let mut asking = host
            .ccadmin(AGENT1, ["passwd", "agent1", "--own"])
            .at_terminal("Current password of agent1");
        assert_eq!(groups(asking.pid()), [5001; 4]);
        assert!(opened(asking.pid()).iter().any(|path| path == STORE));
        out_of_reach(host, asking.pid());
        // R36: nobody waits for somebody who is asked.
        host.change(AGENT2, "agent2", PASSWORD, OTHER).run().ok();
        asking.answer(PASSWORD);
        asking.wait_for("New password of agent1");
        assert_eq!(groups(asking.pid()), [5001; 4]);
        host.change(AGENT2, "agent2", OTHER, PASSWORD).run().ok();
        asking.answer(OTHER);
        asking.wait_for("again");
        asking.answer(OTHER);
        asking.wait_for("changed the password of agent1");
        assert_eq!(asking.end(), Some(0));
        assert!(host.is_password("agent1", OTHER));
        host.is_in_order();
    }

    /// R32, R65: limits that an agent sets on the process once the group is gone make it fail, and what
    /// was tried is charged or verified with its entry all the same.
    fn limits_that_come_late_fail_closed(host) {
        host.install();
        if !has("prlimit") {
            return;
        }
        let tries = || {
            let words = ["audit", "list", "--action", "sign-in", "--field", "outcome"];
            host.ccadmin(ROOT, words).run().ok().out.clone()
        };
        let limit = |pid: u32| {
            let words = ["--pid", &pid.to_string(), "--fsize=0:0"].map(str::to_owned);
            Call::new(AGENT1, "prlimit").words(words.iter().map(String::as_str)).run().ok();
        };
        let begin = || {
            let call = host.ccadmin(AGENT1, ["passwd", "agent1", "--own"]);
            call.at_terminal("Current password of agent1")
        };
        // What cannot be charged is not verified.
        for guess in [PASSWORD, "a guess of mine"] {
            let asking = begin();
            limit(asking.pid());
            asking.answer(guess);
            assert_eq!(asking.end(), Some(1));
            assert_eq!(tries(), "");
        }
        // What is verified is in the log, whatever comes next.
        let mut asking = begin();
        asking.answer(PASSWORD);
        asking.wait_for("New password of agent1");
        assert_eq!(tries(), "done\n");
        limit(asking.pid());
        asking.answer(OTHER);
        asking.wait_for("again");
        asking.answer(OTHER);
        assert_eq!(asking.end(), Some(1));
        assert_eq!(tries(), "done\n");
        assert!(host.is_password("agent1", PASSWORD));
        host.is_in_order();
    }

    /// R24, R25: the way through sudo, for hosts without set-id bits: it runs as the store's owner,
    /// and asks for the name and the current password all the same.
    fn the_owner_is_asked_for_the_password_too(host) {
        host.install();
        tool("chmod", ["755", PROGRAM]);
        let owner = Account { name: "ccadmin", id: host.owner() };
        let mut asking = host.ccadmin(owner, ["passwd", "--own"]).at_terminal("Username");
        asking.answer("agent2");
        asking.wait_for("Current password of agent2");
        asking.answer("a guess of mine");
        asking.wait_for("the username or the password is wrong");
        assert_eq!(asking.end(), Some(6));
    }

    /// R26, R32: a set-user-ID install gives nothing: what it would give is given up unused.
    fn a_set_user_id_install_gives_nothing(host) {
        host.install();
        for (owner, mode) in [("ccadmin:root", "4755"), ("root:root", "4755"), ("root:root", "6755")] {
            tool("chown", [owner, PROGRAM]);
            tool("chmod", [mode, PROGRAM]);
            let done = host.change(AGENT1, "agent1", PASSWORD, OTHER).run();
            done.refused(1, "cannot be opened");
        }
        tool("chown", ["root:ccadmin", PROGRAM]);
        tool("chmod", ["6755", PROGRAM]);
        let mut asking = host
            .ccadmin(AGENT1, ["passwd", "agent1", "--own"])
            .at_terminal("Current password of agent1");
        let status = fs::read_to_string(format!("/proc/{}/status", asking.pid())).unwrap();
        assert!(status.contains("Uid:\t5001\t5001\t5001\t5001"), "{status}");
        assert_eq!(groups(asking.pid()), [5001; 4]);
        asking.child.kill().unwrap();
    }

    /// M2, R25, R38: where the kernel does not honour the bit, nothing is trusted and the cause is
    /// told.
    fn without_the_rights_the_cause_is_told(host) {
        host.install();
        let own = format!("{PROGRAM} passwd agent1 --own --password-stdin <<< 'x\ny'");
        let causes: &[(&str, &str)] = &[
            ("setpriv --no-new-privs", "may gain no rights"),
            ("unshare -U", "user namespace"),
            ("unshare -Ur", "user namespace"),
            ("unshare -U --map-user=65534 --map-group=65534", "user namespace"),
        ];
        for (with, says) in causes {
            for command in ["user list", "user show agent2", "store info", "passwd agent2 --expire"] {
                let done = host.shell(AGENT1, &format!("{with} {PROGRAM} {command}")).run();
                done.refused(1, says);
            }
            let done = host.shell(AGENT1, &format!("{with} bash -c \"{own}\"")).run();
            done.refused(1, says);
        }
        if has("strace") {
            let line = format!("strace -f -o /dev/null {PROGRAM} user list");
            host.shell(AGENT1, &line).run().refused(1, "under a debugger or strace");
        }
        tool("mount", ["-o", "remount,nosuid", "/usr/local/bin"]);
        host.ccadmin(AGENT1, ["user", "list"]).run().refused(1, "mounted nosuid");
        tool("mount", ["-o", "remount,suid", "/usr/local/bin"]);
        // What an upgrade may have done to it.
        tool("chmod", ["755", PROGRAM]);
        host.ccadmin(AGENT1, ["user", "list"]).run().refused(1, "is not set-group-ID");
        tool("chown", ["root:agent2", PROGRAM]);
        tool("chmod", ["2755", PROGRAM]);
        let done = host.ccadmin(AGENT1, ["user", "list"]).run();
        done.refused(1, "which may not open the store");
        host.installer([BUILT]).run().ok();
        host.ccadmin(AGENT1, ["user", "list"]).run().refused(6, "nobody is signed in");
        host.is_in_order();
    }

    /// R25: in a user namespace nobody is trusted by a number: an owner whom it does not know is
    /// nobody's, and root there is somebody else outside.
    fn trust_does_not_enter_a_user_namespace(host) {
        host.install();
        // Somebody careless has let everybody at a store: trust is not for the asking even then.
        host.shell(ROOT, "cp -a /var/lib/ccadmin /home/open && chmod 777 /home/open && chmod 666 /home/open/*")
            .run()
            .ok();
        tool("chmod", ["755", PROGRAM]);
        for with in ["", "unshare -U", "unshare -Ur", "unshare -U --map-user=65534 --map-group=65534"] {
            let line = format!("{with} {PROGRAM} --database /home/open/ccadmin.db user list");
            host.shell(AGENT1, &line).run().refused(6, "nobody is signed in");
        }
        // Their own store is their own there too.
        let line = format!("{PROGRAM} --database ~/mine.db store init; unshare -Ur {PROGRAM} --database ~/mine.db user list --count");
        let done = host.shell(AGENT1, &line).env("HOME", "/home/agent1").run();
        assert_eq!(done.ok().out, "0\n");
    }

    /// T2, M14: no way through the system leads to the data.
    fn no_path_leads_to_the_data(host) {
        host.install();
        let lines = [
            format!("cat {STORE}"),
            format!("cat {STORE}-wal {STORE}-shm"),
            format!("ls {FOLDER}"),
            format!("touch {FOLDER}/x"),
            format!("rm -f {STORE}-wal"),
            format!("ln {STORE} /home/agent1/x"),
            format!("sqlite3 {STORE} .dump"),
            format!("echo x >> {SETTINGS}"),
            format!("echo x > {PROGRAM}"),
        ];
        for line in lines {
            let done = host.shell(AGENT1, &line).run();
            assert_ne!(done.code, Some(0), "{line}");
            done.keeps_quiet();
        }
        let list = host.shell(ROOT, &format!("grep -c '{CANARY}' {STORE} {STORE}-wal")).run();
        assert_eq!(list.code, Some(0), "the canary is where it was looked for: {list:?}");
        host.is_in_order();
    }
}

/// The real, effective, saved and file system's group of a process.
fn groups(pid: u32) -> [u32; 4] {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Gid:")).unwrap_or_default();
    let mut numbers = line.split_ascii_whitespace().map(|number| number.parse().unwrap());
    std::array::from_fn(|_| numbers.next().unwrap_or(u32::MAX))
}

/// What a process has open, as root sees it.
fn opened(pid: u32) -> Vec<String> {
    let folder = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let links = folder.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    links.map(|path| path.display().to_string()).collect()
}

/// M7, M14: the agent sees the arguments of their process, and nothing else of it.
fn out_of_reach(host: &super::host::Host, pid: u32) {
    let shown = host.shell(AGENT1, &format!("tr '\\0' ' ' < /proc/{pid}/cmdline")).run();
    assert!(shown.ok().out.contains("passwd agent1 --own"), "{shown:?}");
    for line in [
        format!("cat /proc/{pid}/environ"),
        format!("cat /proc/{pid}/maps"),
        format!("dd if=/proc/{pid}/mem bs=1 count=1"),
        format!("ls /proc/{pid}/fd/"),
        format!("cat /proc/{pid}/fd/3 /proc/{pid}/fd/4 /proc/{pid}/fd/5"),
        format!("readlink /proc/{pid}/cwd"),
    ] {
        for account in [AGENT1, AGENT2] {
            let done = host.shell(account, &line).run();
            assert_ne!(done.code, Some(0), "{line}: {done:?}");
            done.keeps_quiet();
        }
    }
    if has("strace") {
        let done = Call::new(AGENT1, "strace").words(["-p", &pid.to_string()]).run();
        assert!(done.err.contains("Operation not permitted"), "{done:?}");
    }
    if has("gdb") {
        let call = "call (int)setegid(0)";
        let words = ["-p", &pid.to_string(), "-batch", "-ex", call].map(str::to_owned);
        let done = Call::new(AGENT1, "gdb").words(words.iter().map(String::as_str)).run();
        assert!(done.err.contains("ptrace: Operation not permitted"), "{done:?}");
    }
}
