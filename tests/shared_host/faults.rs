//! Kills at any moment, limits, full disks, failing disks, and side files that are gone or wrong.

use std::fs;
use std::thread;
use std::time::Duration;

use super::host::{
    AGENT1, AGENT2, Account, BUILT, Call, FOLDER, Host, OTHER, PASSWORD, PROGRAM, ROOT, STORE,
    finish, has, on_a_host, tool,
};

on_a_host! {
    /// M4, M9, M10, R28: agents kill their processes at random moments, with a umask that would
    /// leave files which nobody can open: nothing is ever left broken, nothing changes its owner.
    fn kills_at_random_moments_break_nothing(host) {
        host.install();
        patient(host);
        let before = states(host);
        let mut delay = Delay(20_260_101);
        let mut killed = 0;
        for round in 0..60 {
            let (agent, umask) = if round % 2 == 0 { (AGENT1, "777") } else { (AGENT2, "0") };
            let line = format!("umask {umask}; exec {PROGRAM} passwd {0} --own --password-stdin", agent.name);
            let (from, to) = if is(host, agent, PASSWORD) { (PASSWORD, OTHER) } else { (OTHER, PASSWORD) };
            let mut child = host.shell(agent, &line).typing(&[from, to]).start();
            thread::sleep(delay.next());
            let _ = child.kill();
            let done = finish(child);
            killed += i32::from(done.signal == Some(9));
            assert!(done.signal == Some(9) || done.code == Some(0), "{done:?}");
            assert!(is(host, agent, to) || (done.code.is_none() && is(host, agent, from)), "{done:?}");
        }
        assert!(killed > 5, "{killed} were killed");
        assert_eq!(states(host), before);
        host.is_in_order();
    }

    /// M10, R52: killed at each write and each sync in turn: before or after, never between.
    fn killed_at_every_write_it_is_before_or_after(host) {
        host.install();
        at_every_step(host, "signal=KILL");
    }

    /// M11, R47: each write and each sync fails in turn: what was not done is not done, what was
    /// reported is.
    fn failing_at_every_write_it_is_before_or_after(host) {
        host.install();
        at_every_step(host, "error=EIO");
        at_every_step(host, "error=ENOSPC");
    }

    /// M8, R34: limits of the caller's make it fail, never half succeed; soft ones count for nothing.
    fn limits_fail_closed(host) {
        host.install();
        patient(host);
        for limit in ["-f 0", "-f 1", "-n 3", "-n 4", "-n 5", "-n 6", "-v 1000", "-v 30000", "-v 60000", "-s 64", "-d 100"] {
            let line = format!("ulimit {limit}; exec {PROGRAM} passwd agent1 --own --password-stdin");
            let done = host.shell(AGENT1, &line).typing(&[PASSWORD, OTHER]).run();
            if done.code == Some(0) {
                host.change(AGENT1, "agent1", OTHER, PASSWORD).run().ok();
            } else {
                assert!(is(host, AGENT1, PASSWORD), "{limit}: {done:?}");
            }
            assert!(limit != "-f 0" || done.code != Some(0), "{done:?}");
            host.is_in_order();
        }
        for limit in ["-f 0", "-n 4", "-s 64", "-v 1000"] {
            let line = format!(
                "ulimit -S {limit} && ulimit -H {} unlimited 2>/dev/null; exec {PROGRAM} passwd agent1 --own --password-stdin",
                &limit[..2]
            );
            let done = host.shell(AGENT1, &line).typing(&[PASSWORD, OTHER]).run();
            if limit == "-f 0" || limit == "-n 4" {
                done.ok();
            }
            if done.code == Some(0) {
                host.change(AGENT1, "agent1", OTHER, PASSWORD).run().ok();
            }
        }
        assert!(is(host, AGENT1, PASSWORD));
        host.is_in_order();
    }

    /// R47, T4: a full disk, a full device for the output, a reader who has gone.
    fn a_full_disk_changes_nothing(host) {
        tool("mkdir", [FOLDER]);
        tool("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", FOLDER]);
        host.install();
        host.shell(ROOT, &format!("cat /dev/zero > {FOLDER}/filler")).run();
        let done = host.change(AGENT1, "agent1", PASSWORD, OTHER).run();
        assert_eq!(done.code, Some(13), "{done:?}");
        done.refused(13, "is full");
        fs::remove_file(format!("{FOLDER}/filler")).unwrap();
        assert!(is(host, AGENT1, PASSWORD));
        host.is_in_order();
        let own = format!("{PROGRAM} -o json passwd agent1 --own --password-stdin");
        let done = host.shell(AGENT1, &format!("{own} > /dev/full")).typing(&[PASSWORD, OTHER]).run();
        done.refused(1, "output-failed");
        let line = format!("set -o pipefail; {own} | exec 0<&-");
        let done = host.shell(AGENT1, &line).typing(&[OTHER, PASSWORD]).run();
        assert!(done.err.is_empty(), "{done:?}");
        assert!(is(host, AGENT1, PASSWORD));
    }

    /// R31: a disk that is full leaves the file that was to be replaced, and nothing beside it.
    fn a_full_disk_keeps_the_file_that_was_to_be_replaced(host) {
        host.install();
        tool("mkdir", ["/home/disk"]);
        tool("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", "/home/disk"]);
        fs::write("/home/disk/mine", "mine").unwrap();
        host.shell(ROOT, "cat /dev/zero > /home/disk/filler").run();
        for words in [&["user", "export", "/home/disk/mine", "--force"][..], &["user", "export", "/home/disk/new"],
            &["store", "backup", "/home/disk/new"]] {
            let done = host.ccadmin(ROOT, words.iter().copied()).run();
            assert!(matches!(done.code, Some(1 | 13)), "{words:?}: {done:?}");
            assert!(done.err.contains("No space left") || done.err.contains("full"), "{done:?}");
            assert_eq!(fs::read_to_string("/home/disk/mine").unwrap(), "mine");
            assert_eq!(fs::read_dir("/home/disk").unwrap().count(), 2, "{words:?}");
        }
        host.is_in_order();
    }

    /// R48, M4, M9, M10: a side file that is gone or wrong: it is named, with the cure, and never
    /// made in the agent's name.
    fn side_files_are_never_made_for_agents(host) {
        host.install();
        let broken: &[(&str, &str, &str)] = &[
            ("rm {}-wal {}-shm", "ccadmin.db-wal is missing", ""),
            ("rm {}-shm", "ccadmin.db-shm is missing", ""),
            ("rm {}-wal", "ccadmin.db-wal is missing", ""),
            ("chmod 0 {}-wal", "ccadmin.db-wal has the mode 0000 instead of 0660", "chmod 660 {}-wal"),
            ("chmod 0 {}-shm", "ccadmin.db-shm has the mode 0000 instead of 0660", "chmod 660 {}-shm"),
            ("chown agent1 {}-wal", "ccadmin.db-wal belongs to 5001:", "chown ccadmin {}-wal"),
            ("rm {}-wal; mkdir {}-wal", "ccadmin.db-wal is not a file", "rmdir {}-wal"),
            ("rm {}-wal; ln -s /home/agent1/x {}-wal", "ccadmin.db-wal is not a file", "rm {}-wal"),
        ];
        // Also where somebody has made the folder too open.
        for mode in ["2750", "2770"] {
            tool("chmod", [mode, FOLDER]);
            for (line, says, mend) in broken {
                host.shell(ROOT, &line.replace("{}", STORE)).run().ok();
                let done = host.change(AGENT1, "agent1", PASSWORD, OTHER).run();
                done.refused(13, says);
                assert!(done.err.contains("ccadmin store check"), "{done:?}");
                host.shell(ROOT, &mend.replace("{}", STORE)).run().ok();
                // The operator's look at it makes what is missing.
                host.ccadmin(ROOT, ["store", "check"]).run();
                host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
                host.change(AGENT1, "agent1", OTHER, PASSWORD).run().ok();
            }
        }
        tool("chmod", ["2750", FOLDER]);
        host.is_in_order();
    }

    /// R48: a store that cannot be written: the message names it.
    fn a_read_only_store_says_so(host) {
        host.install();
        tool("chmod", ["440", STORE]);
        let done = host.change(AGENT1, "agent1", PASSWORD, OTHER).run();
        done.refused(13, &format!("the store {STORE} is read-only"));
        tool("chmod", ["660", STORE]);
        tool("mount", ["-o", "remount,ro", "/var/lib"]);
        let done = host.change(AGENT1, "agent1", PASSWORD, OTHER).run();
        done.refused(13, STORE);
        tool("mount", ["-o", "remount,rw", "/var/lib"]);
        assert!(is(host, AGENT1, PASSWORD));
        host.is_in_order();
        fs::rename(STORE, "/var/lib/aside").unwrap();
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().refused(3, "there is no store");
        fs::rename("/var/lib/aside", STORE).unwrap();
    }

    /// R40: backups and restores are for root and the owner; afterwards everything is as it was
    /// installed, and agents go on.
    fn a_restore_leaves_the_install_as_it_is(host) {
        host.install();
        let before = states(host);
        host.ccadmin(ROOT, ["store", "backup", "/home/copy.db"]).run().ok();
        assert_eq!(host.state("/home/copy.db"), (0, 0, 0o600));
        for words in [
            ["store", "backup", "/home/agent1/copy.db"],
            ["store", "restore", "/home/copy.db"],
            ["store", "upgrade", "--yes"],
        ] {
            let done = host.ccadmin(AGENT1, words).run();
            assert!(matches!(done.code, Some(2 | 5)), "{done:?}");
        }
        for damage in ["true", "dd if=/dev/zero of={} bs=4096 count=1 conv=notrunc", "rm {}-shm; truncate -s 10000 {}"] {
            host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
            host.shell(ROOT, &damage.replace("{}", STORE)).run().ok();
            let done = host.ccadmin(ROOT, ["store", "restore", "/home/copy.db", "--yes"]).run();
            let done = done.ok();
            assert!(damage != "true" || done.err.contains("`agent1` gets an older password"), "{done:?}");
            for file in fs::read_dir(FOLDER).unwrap() {
                let path = file.unwrap().path();
                let path = path.to_str().unwrap();
                if path.contains("before-restore") || path.contains("damaged") {
                    assert_eq!((host.state(path).0, host.state(path).2), (host.owner(), 0o600));
                    fs::remove_file(path).unwrap();
                }
            }
            assert_eq!(states(host), before, "{damage}");
            host.is_in_order();
            assert!(is(host, AGENT1, PASSWORD), "{damage}");
        }
    }

    /// M10: agents and the operator at once: every change that was reported is there.
    fn everybody_at_once(host) {
        host.install();
        patient(host);
        let before = states(host);
        thread::scope(|scope| {
            for agent in [AGENT1, AGENT2] {
                scope.spawn(move || {
                    for round in 0..10 {
                        let (from, to) = if round % 2 == 0 { (PASSWORD, OTHER) } else { (OTHER, PASSWORD) };
                        host.change(agent, agent.name, from, to).run().ok();
                    }
                });
            }
            scope.spawn(move || {
                for number in 0..20 {
                    host.ccadmin(ROOT, ["project", "create", &format!("p{number}")]).run().ok();
                }
            });
        });
        let count = host.ccadmin(ROOT, ["project", "list", "--count"]).run();
        assert_eq!(count.ok().out, "20\n");
        assert!(is(host, AGENT1, PASSWORD) && is(host, AGENT2, PASSWORD));
        assert_eq!(states(host), before);
        host.is_in_order();
    }

    /// R36: the lock is held for milliseconds, not while a password is hashed.
    fn the_lock_is_short(host) {
        host.install();
        if !has("strace") {
            return;
        }
        let words = ["-f", "-u", "agent1", "-r", "-o", "/run/locks", "-e", "trace=fcntl", PROGRAM];
        let words = words.into_iter().chain(["passwd", "agent1", "--own", "--password-stdin"]);
        Call::new(ROOT, "strace").words(words).typing(&[PASSWORD, OTHER]).run().ok();
        let calls = fs::read_to_string("/run/locks").unwrap();
        let mut since_start = 0.0;
        let mut taken = None;
        let mut longest: f64 = 0.0;
        for line in calls.lines() {
            let mut fields = line.split_ascii_whitespace().skip(1);
            since_start += fields.next().unwrap().parse::<f64>().unwrap();
            if line.contains("l_start=120") && line.contains("F_WRLCK") {
                taken = Some(since_start);
            } else if line.contains("l_start=120") && line.contains("F_UNLCK") {
                let held = since_start - taken.take().unwrap_or(since_start);
                longest = longest.max(held);
            }
        }
        assert!(longest > 0.0, "{calls}");
        assert!(longest < 0.5, "{longest} s with everything traced: {calls}");
    }

    /// The installer finds a store again that lost its side files, and one that is somebody's.
    fn the_installer_repairs(host) {
        host.install();
        host.shell(ROOT, &format!("rm {STORE}-wal {STORE}-shm; chmod 755 {PROGRAM} {FOLDER}; chmod 600 {STORE}")).run().ok();
        host.installer([BUILT]).run().ok();
        host.is_in_order();
        assert!(is(host, AGENT1, PASSWORD));
    }
}

/// Any number of guesses is allowed, wrong and right, since they are not what is tested.
pub(super) fn patient(host: &Host) {
    host.settings(
        "[sign_in]\nmax_failures = 1000\nmax_failures_per_caller = 1000\n\
         max_successes_per_caller = \"100000/1m\"\n",
    );
}

fn is(host: &Host, agent: Account, password: &str) -> bool {
    host.is_password(agent.name, password)
}

/// Owner, group and mode of the store, its side files and its folder.
fn states(host: &Host) -> Vec<(u32, u32, u32)> {
    let side = |suffix: &str| host.state(&format!("{STORE}{suffix}"));
    assert_eq!(fs::read_dir(FOLDER).unwrap().count(), 3);
    vec![side(""), side("-wal"), side("-shm"), host.state(FOLDER)]
}

/// Changes the password again and again, with `fault` at one write or sync after the other, until
/// one run meets none.
fn at_every_step(host: &Host, fault: &str) {
    if !has("strace") {
        return;
    }
    patient(host);
    let before = states(host);
    for calls in ["pwrite64", "fdatasync,fsync", "ftruncate"] {
        for step in 1..100 {
            let filter = format!("trace={calls}");
            let inject = format!("inject={calls}:{fault}:when={step}");
            let words =
                ["-f", "-u", "agent1", "-o", "/run/steps", "-e", &filter, "-e", &inject, PROGRAM];
            let words = words.into_iter().chain(["passwd", "agent1", "--own", "--password-stdin"]);
            let done = Call::new(ROOT, "strace").words(words).typing(&[PASSWORD, OTHER]).run();
            let steps = fs::read_to_string("/run/steps").unwrap();
            let met = steps.contains("INJECTED") || steps.contains("killed by SIGKILL");
            let changed = is(host, AGENT1, OTHER);
            assert!(changed || is(host, AGENT1, PASSWORD), "{inject}: {done:?}");
            assert!(changed || done.code != Some(0), "{inject}: {done:?}");
            assert!(!done.err.contains("fault of ccadmin"), "{inject}: {done:?}");
            if changed {
                host.change(AGENT1, "agent1", OTHER, PASSWORD).run().ok();
            }
            if !met {
                assert_eq!(done.code, Some(0), "{done:?}");
                break;
            }
            assert!(step < 99, "{calls} never ends");
        }
    }
    assert_eq!(states(host), before);
    host.is_in_order();
}

/// Moments that differ, the same in every run.
struct Delay(u64);

impl Delay {
    fn next(&mut self) -> Duration {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((self.0 >> 33) % 120_000)
    }
}
