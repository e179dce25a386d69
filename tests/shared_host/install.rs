//! The installer, and `store check`.

use std::fs;

use super::host::{
    AGENT1, Account, BUILT, Call, FOLDER, Host, OPS, OTHER, PASSWORD, PROGRAM, ROOT, SETTINGS,
    STORE, on_a_host, tool,
};
use crate::common::FIRST_LAYOUT;

on_a_host! {
    /// R39: what is installed is in order; once more changes nothing.
    fn installing_twice_changes_nothing(host) {
        let first = host.installer([BUILT]).run();
        assert!(first.ok().out.contains("installed"), "{first:?}");
        let (owner, group) = (host.owner(), host.group());
        assert_eq!(host.state(PROGRAM), (0, group, 0o2755));
        assert_eq!(host.state(FOLDER), (owner, group, 0o2750));
        assert_eq!(host.state(SETTINGS), (0, 0, 0o644));
        for file in files() {
            assert_eq!(host.state(&file), (owner, group, 0o660), "{file}");
        }
        assert_ne!(owner, 0);
        host.is_in_order();
        let before = everything(host);
        for words in [vec![BUILT], vec![PROGRAM]] {
            let again = host.installer(words).run();
            assert_eq!(again.ok().out, "everything was installed already; nothing was changed\n");
        }
        assert_eq!(everything(host), before);
    }

    /// Users of a store that was there before the install: the installer says how to bring them over.
    fn users_of_before_are_brought_over(host) {
        fs::create_dir("/home/boss").unwrap();
        let words = "user create eva --name Eva --role agent --generate-password";
        Call::new(ROOT, BUILT).words(words.split(' ')).env("HOME", "/home/boss").run().ok();
        let said = host.installer([BUILT]).env("HOME", "/home/boss").run();
        let earlier = "/home/boss/.local/share/ccadmin/ccadmin.db";
        let lines = [
            format!("the users in {earlier} are not in this store; to bring them over:\n"),
            format!("  ccadmin --database {earlier} store backup old.db\n"),
            "  sudo ccadmin store restore old.db\n".to_owned(),
        ];
        assert!(said.ok().out.contains(&lines.concat()), "{said:?}");
        let line = format!("cd /home/boss && {} && {} --yes", lines[1].trim(), lines[2].trim());
        host.shell(ROOT, &line.replace("sudo ", "")).run().ok();
        assert_eq!(host.ccadmin(ROOT, ["user", "list", "--field", "username"]).run().ok().out, "eva\n");
        host.is_in_order();
        let again = host.installer([BUILT]).env("HOME", "/home/boss").run();
        assert_eq!(again.ok().out, "everything was installed already; nothing was changed\n");
    }

    /// R39: with an operator of the site's own.
    fn an_operator_of_the_sites_own(host) {
        host.installer(["--operator", "nobody.here", BUILT]).run().refused(1, "no account");
        host.installer(["--operator", "ccops", BUILT]).run().ok();
        assert_eq!(host.owner(), OPS.id);
        let list = host.ccadmin(OPS, ["user", "list", "--count"]).run();
        assert_eq!(list.ok().out, "0\n");
        host.is_in_order();
        // A later run keeps them.
        host.installer([BUILT]).run().ok();
        assert_eq!(host.owner(), OPS.id);
    }

    /// R39: uninstalled, the store stays; purged, nothing stays but what others have put there.
    fn what_uninstalling_leaves(host) {
        host.installer(["--uninstall"]).run().ok();
        host.install();
        host.installer(["--uninstall"]).run().ok();
        assert!(!fs::exists(PROGRAM).unwrap() && !fs::exists("/etc/ccadmin").unwrap());
        assert!(fs::exists(STORE).unwrap());
        // The way back.
        host.installer([BUILT]).run().ok();
        assert!(host.is_password("agent1", PASSWORD));
        host.settings("[password]\nmin_length = 16\n");
        let said = host.installer(["--uninstall"]).run();
        assert!(said.ok().out.contains("kept /etc/ccadmin/config.toml"), "{said:?}");
        fs::write(format!("{FOLDER}/ccadmin-2026.db"), "a backup").unwrap();
        let said = host.installer(["--uninstall", "--purge"]).run();
        assert!(said.ok().out.contains("kept /var/lib/ccadmin"), "{said:?}");
        assert!(!fs::exists(STORE).unwrap());
        fs::remove_file(format!("{FOLDER}/ccadmin-2026.db")).unwrap();
        assert_eq!(host.installer(["--uninstall", "--purge"]).run().ok().err, "");
        for place in [PROGRAM, SETTINGS, FOLDER, "/etc/ccadmin"] {
            assert!(!fs::exists(place).unwrap(), "{place}");
        }
        for file in ["/etc/passwd", "/etc/group"] {
            assert!(!fs::read_to_string(file).unwrap().contains("ccadmin"), "{file}");
        }
        let said = host.installer(["--uninstall", "--purge"]).run();
        assert!(said.ok().out.contains("nothing was changed"), "{said:?}");
    }

    /// R39: planted links are an error, and what they point to stays as it is.
    fn planted_links_are_refused(host) {
        host.install();
        fs::write("/home/target", "precious").unwrap();
        let target = || (host.state("/home/target"), fs::read_to_string("/home/target").unwrap());
        let before = target();
        let places = files().into_iter().chain([SETTINGS, PROGRAM, "/etc/ccadmin", FOLDER].map(str::to_owned));
        for place in places {
            let aside = "/home/aside";
            tool("mv", [place.as_str(), aside]);
            for point in ["/home/target", aside, "/home/nowhere"] {
                tool("ln", ["-sfn", point, &place]);
                let aside_before = host.state(aside);
                host.installer([BUILT]).run().refused(1, "is a symbolic link");
                host.installer(["--uninstall", "--purge"]).run().refused(1, "is a symbolic link");
                assert_eq!((target(), host.state(aside)), (before.clone(), aside_before), "{place}");
                assert!(!fs::exists("/home/nowhere").unwrap());
            }
            tool("rm", [place.as_str()]);
            tool("mv", [aside, &place]);
        }
        host.is_in_order();
    }

    /// R39: a store that is somebody else's, or settings that name another one, are left alone.
    fn what_is_somebody_elses_is_left_alone(host) {
        host.install();
        fs::write(SETTINGS, "database = \"/srv/other.db\"\n").unwrap();
        host.installer([BUILT]).run().refused(1, "does not name the store");
        assert_eq!(fs::read_to_string(SETTINGS).unwrap(), "database = \"/srv/other.db\"\n");
        host.settings("");
        tool("chown", ["agent1", &format!("{STORE}-wal")]);
        host.installer([BUILT]).run().refused(1, "is not ccadmin's");
        assert_eq!(host.state(&format!("{STORE}-wal")).0, AGENT1.id);
        tool("chown", ["ccadmin", &format!("{STORE}-wal")]);
        tool("gpasswd", ["-a", "agent1", "ccadmin"]);
        host.installer([BUILT]).run().refused(1, "has members");
        // Only root.
        let done = host.shell(AGENT1, &format!("sh {}", "/home/agent1/install.sh"));
        tool("cp", [super::host::INSTALLER, "/home/agent1/install.sh"]);
        tool("chmod", ["755", "/home/agent1/install.sh"]);
        done.run().refused(1, "run it as root");
    }

    /// R39: the check finds whatever is broken, one line each, and says what to do.
    fn the_check_finds_what_is_broken(host) {
        host.install();
        let broken: &[(&str, &str, &str)] = &[
            ("chmod 755 /usr/local/bin/ccadmin", "mode 755 instead of root:ccadmin with 2755", ""),
            ("chown agent1 /usr/local/bin/ccadmin; chmod 2755 /usr/local/bin/ccadmin", "is agent1:ccadmin", ""),
            ("chgrp agent1 /usr/local/bin/ccadmin; chmod 2755 /usr/local/bin/ccadmin", "is root:agent1", ""),
            ("chmod 2775 /usr/local/bin/ccadmin", "mode 2775", ""),
            ("mount -o remount,nosuid /usr/local/bin", "mounted nosuid", "mount -o remount,suid /usr/local/bin"),
            ("chmod 777 /usr/local/bin", "/usr/local/bin can be changed by accounts other than root", "chmod 755 /usr/local/bin"),
            ("gpasswd -a agent2 ccadmin", "`agent2` is in the group `ccadmin`", "gpasswd -d agent2 ccadmin"),
            ("usermod -g ccadmin agent2", "`agent2` is in the group `ccadmin`", "usermod -g agent2 agent2"),
            ("gpasswd -A agent2 ccadmin", "`agent2` is in the group `ccadmin`", "gpasswd -A '' ccadmin"),
            ("echo ccadmin:secret | chgpasswd", "has a password", "gpasswd -r ccadmin"),
            ("chmod 2770 /var/lib/ccadmin", "mode 2770 instead of ccadmin:ccadmin with 2750", ""),
            ("chmod 00750 /var/lib/ccadmin", "mode 750", ""),
            ("chown root /var/lib/ccadmin; chmod 2750 /var/lib/ccadmin", "is root:ccadmin", ""),
            ("chmod 777 /var/lib", "move /var/lib/ccadmin to where root alone", "chmod 755 /var/lib"),
            ("chmod 664 /var/lib/ccadmin/ccadmin.db", "mode 664 instead", ""),
            ("chmod 600 /var/lib/ccadmin/ccadmin.db", "mode 600 instead", ""),
            ("chown agent1 /var/lib/ccadmin/ccadmin.db-shm", "ccadmin.db-shm is agent1:ccadmin", "chown ccadmin /var/lib/ccadmin/ccadmin.db-shm"),
            ("chmod 000 /var/lib/ccadmin/ccadmin.db-wal", "ccadmin.db-wal is ccadmin:ccadmin with the mode 0 instead", ""),
            ("rm /var/lib/ccadmin/ccadmin.db-wal /var/lib/ccadmin/ccadmin.db-shm", "ccadmin.db-wal is missing", ""),
            ("install -m 640 /dev/null /var/lib/ccadmin/ccadmin-old.db", "ccadmin-old.db beside the store can be read", "rm /var/lib/ccadmin/ccadmin-old.db"),
            ("chmod 666 /etc/ccadmin/config.toml", "config.toml can be changed by accounts other than root", ""),
            ("chmod 777 /etc/ccadmin", "/etc/ccadmin can be changed by accounts other than root", ""),
            ("mv /etc/ccadmin/config.toml /etc/ccadmin/aside", "does not name this store", "mv /etc/ccadmin/aside /etc/ccadmin/config.toml"),
        ];
        for (line, says, mend) in broken {
            host.shell(ROOT, line).run().ok();
            let done = host.ccadmin(ROOT, ["--database", STORE, "store", "check"]).run();
            assert_eq!(done.code, Some(13), "{line}: {done:?}");
            assert!(done.out.contains(says), "{line}: {done:?}");
            assert!(done.err.contains("the check found"), "{done:?}");
            // What the installer has made it makes again.
            host.shell(ROOT, mend).run().ok();
            let repaired = host.installer([BUILT]).run();
            assert_eq!(repaired.code, Some(0), "{line}: {repaired:?}");
            host.is_in_order();
        }
        let json = || host.ccadmin(ROOT, ["store", "check", "-o", "json"]).run();
        assert_eq!(json().ok().out.trim(), "[]");
        tool("chmod", ["2770", FOLDER]);
        let done = json();
        assert!(done.out.contains(r#""hint":"chown ccadmin:ccadmin /var/lib/ccadmin && chmod 2750"#), "{done:?}");
        assert!(done.err.contains(r#""code":"check-failed""#), "{done:?}");
    }

    /// R39: a store of one's own has its own rules.
    fn the_check_of_a_private_store(host) {
        host.installer([BUILT]).run().ok();
        tool("chmod", ["755", PROGRAM]);
        let check = || {
            let call = host.ccadmin(AGENT1, ["store", "check"]);
            call.env("CCADMIN_DATABASE", "/home/agent1/cc/ccadmin.db").run()
        };
        assert_eq!(check().code, Some(3));
        let init = host.ccadmin(AGENT1, ["store", "init"]);
        init.env("CCADMIN_DATABASE", "/home/agent1/cc/ccadmin.db").run().ok();
        assert_eq!(check().ok().out, "ok\n");
        let broken = [
            ("chmod 606 /home/agent1/cc/ccadmin.db", "ccadmin.db can be read or written by others", "chmod 600 /home/agent1/cc/ccadmin.db*"),
            ("chmod 777 /home/agent1/cc", "the folder /home/agent1/cc can be written by others", "chmod 700 /home/agent1/cc"),
            ("chown agent2 /home/agent1/cc; chmod 755 /home/agent1/cc", "is not agent1's", "chown agent1 /home/agent1/cc; chmod 700 /home/agent1/cc"),
            ("install -m 644 /dev/null /home/agent1/cc/ccadmin.db.bak", "ccadmin.db.bak beside the store", "rm /home/agent1/cc/ccadmin.db.bak"),
        ];
        for (line, says, mend) in broken {
            host.shell(ROOT, line).run().ok();
            let done = check();
            assert_eq!(done.code, Some(13), "{line}: {done:?}");
            assert!(done.out.contains(says), "{line}: {done:?}");
            host.shell(ROOT, mend).run().ok();
            assert_eq!(check().ok().out, "ok\n");
        }
    }

    /// R39: on a shared host the operator's own stores are still their own.
    fn a_private_store_on_a_shared_host(host) {
        host.install();
        host.ccadmin(ROOT, ["--database", "/home/mine/x.db", "store", "init"]).run().ok();
        let done = host.ccadmin(ROOT, ["--database", "/home/mine/x.db", "store", "check"]).run();
        assert_eq!(done.ok().out, "ok\n");
    }

    /// The check finds what is damaged inside.
    fn the_check_finds_damage(host) {
        host.install();
        let sql = "PRAGMA foreign_keys = OFF; INSERT INTO user_teams (user_id, team_id) VALUES (1, 99);";
        let owner = Account { name: "ccadmin", id: host.owner() };
        let done = host.shell(owner, &format!("sqlite3 {STORE} '{sql}'")).run();
        if done.code != Some(0) {
            return;
        }
        host.installer([BUILT]).run();
        let done = host.ccadmin(ROOT, ["store", "check"]).run();
        assert_eq!(done.code, Some(13), "{done:?}");
        assert!(done.out.contains("refers to no row of `teams`"), "{done:?}");
    }

    /// A newer program brings the store along, and everything stays as it was installed.
    fn an_upgrade_upgrades_the_store(host) {
        host.install();
        let older = rusqlite::Connection::open(STORE).unwrap();
        older.execute_batch(FIRST_LAYOUT).unwrap();
        drop(older);
        let owner = host.owner();
        let agent = host.ccadmin(AGENT1, ["passwd", "agent1", "--own", "--password-stdin"]);
        let refused = agent.typing(&[PASSWORD, OTHER]).run();
        assert_eq!(refused.code, Some(13), "{refused:?}");
        let said = host.installer([BUILT]).run();
        assert!(said.ok().out.contains("from version 1 to 7"), "{said:?}");
        host.is_in_order();
        let copies: Vec<_> = fs::read_dir(FOLDER)
            .unwrap()
            .map(|entry| entry.unwrap().path().display().to_string())
            .filter(|path| path.contains("ccadmin-v1-"))
            .collect();
        assert_eq!(copies.len(), 1);
        assert_eq!((host.state(&copies[0]).0, host.state(&copies[0]).2), (owner, 0o600));
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
        let again = host.installer([BUILT]).run();
        assert_eq!(again.ok().out, "everything was installed already; nothing was changed\n");
    }

    /// An upgrade goes in beside running ones, and agents never meet half a program.
    fn an_upgrade_replaces_the_program_whole(host) {
        host.install();
        let mut waiting = host
            .ccadmin(AGENT1, ["passwd", "agent1", "--own"])
            .at_terminal("Current password of agent1");
        tool("cp", [BUILT, "/home/newer"]);
        host.shell(ROOT, "printf x >> /home/newer").run().ok();
        let done = host.installer(["/home/newer"]).run();
        assert!(done.ok().out.contains("installed /usr/local/bin/ccadmin"), "{done:?}");
        waiting.answer(PASSWORD);
        waiting.wait_for("New password");
        waiting.answer(OTHER);
        waiting.wait_for("again");
        waiting.answer(OTHER);
        waiting.wait_for("changed");
        assert_eq!(waiting.end(), Some(0));
        host.is_in_order();
    }
}

fn files() -> Vec<String> {
    ["", "-wal", "-shm"].map(|suffix| format!("{STORE}{suffix}")).to_vec()
}

/// The state, content and age of everything that the installer makes.
fn everything(host: &Host) -> String {
    let line = format!(
        "stat -c '%n %i %u %g %a %y' {FOLDER} {FOLDER}/* /etc/ccadmin {SETTINGS} {PROGRAM} /etc/passwd \
         /etc/group; sha256sum {STORE} {SETTINGS}"
    );
    let text = host.shell(ROOT, &line).run().ok().out.clone();
    // Whoever looks at the store touches its shared memory.
    text.lines().filter(|line| !line.contains("-shm")).collect::<Vec<_>>().join("\n")
}
