//! Locks: who keeps everybody else from the store is named and can be ended, and the log is emptied.

use std::fs::{self, File};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::process::Child;

use nix::fcntl::{FcntlArg, fcntl};

use super::attacks::stopped;
use super::host::{
    AGENT1, AGENT2, Account, Call, Done, Host, OTHER, PASSWORD, PROGRAM, ROOT, STORE, STRANGER,
    finish, has, on_a_host, wait_until,
};

/// The unit that keeps a connection open.
const UNIT: &str = include_str!("../../examples/ccadmin-keep-open.service");

on_a_host! {
    /// R37, R63: a process that is stopped in the lock of whoever opens the store first (byte 128)
    /// or of whoever writes (byte 120) is named; root ends it with one command, nobody else does.
    fn who_keeps_everybody_out_is_named_and_ended(host) {
        host.install();
        if !has("strace") {
            return;
        }
        host.settings("[store]\nbusy_timeout = \"1s\"\n");
        // The shared memory is cut in the one lock, the log is synced in the other.
        for calls in ["ftruncate", "fsync,fdatasync"] {
            let (holder, pid) = stop_agent1_at(calls);
            let named = format!("process {pid} holds its lock (account 5001");
            host.change(AGENT2, "agent2", PASSWORD, OTHER).run().refused(9, &named);
            host.ccadmin(AGENT2, ["store", "unlock", "--yes"]).run().refused(5, "for root");
            let would = host.ccadmin(ROOT, ["store", "unlock"]).run();
            let sentence = format!("`--yes` would end process {pid} of agent1");
            assert!(would.ok().err.contains(&sentence), "{calls}: {would:?}");
            assert_eq!(stopped(), pid);
            if calls == "ftruncate" {
                let done = host.ccadmin(ROOT, ["store", "check"]).run();
                assert!(done.code == Some(13) && done.out.contains(&named), "{done:?}");
                let (out, err) = (done.out, host.ccadmin(ROOT, ["user", "list"]).run().err);
                assert!(err.contains(&named), "{out} {err}");
            }
            let ended = host.ccadmin(ROOT, ["store", "unlock", "--yes", "-o", "json"]).run();
            let json = ended.ok().out.clone();
            assert!(json.contains(&format!(r#""pid":{pid},"os_uid":5001,"account":"agent1""#)), "{json}");
            assert!(json.contains(r#""stopped":true,"ended":true"#), "{json}");
            assert_eq!(stopped(), "");
            finish(holder);
            let entries = host.ccadmin(ROOT, ["audit", "list", "--action", "store.unlock", "-o", "json"]).run();
            assert!(entries.ok().out.contains(&format!(r#""pid":{pid}"#)), "{entries:?}");
            let again = host.ccadmin(ROOT, ["store", "unlock", "--yes"]).run();
            assert!(again.ok().err.contains("no process has held a lock"), "{again:?}");
            host.change(AGENT2, "agent2", PASSWORD, OTHER).run().ok();
            host.change(AGENT2, "agent2", OTHER, PASSWORD).run().ok();
            assert!(host.is_password("agent1", PASSWORD));
            host.is_in_order();
        }
    }

    /// R63: a lock on another file system's file with the same inode number is nobody's.
    fn a_decoy_is_not_named(host) {
        host.install();
        if !has("strace") {
            return;
        }
        host.settings("[store]\nbusy_timeout = \"1s\"\n");
        let decoy = decoy();
        let lock = libc::flock {
            l_type: libc::c_short::try_from(libc::F_WRLCK).unwrap(),
            l_whence: 0,
            l_start: 120,
            l_len: 9,
            l_pid: 0,
        };
        fcntl(decoy.as_fd(), FcntlArg::F_SETLK(&lock)).unwrap();
        let none = host.ccadmin(ROOT, ["store", "unlock"]).run();
        assert!(none.ok().err.contains("no process has held a lock"), "{none:?}");
        let (holder, pid) = stop_agent1_at("ftruncate");
        let named = format!("process {pid} holds its lock (account 5001");
        host.change(AGENT2, "agent2", PASSWORD, OTHER).run().refused(9, &named);
        host.ccadmin(ROOT, ["store", "unlock", "--yes"]).run().ok();
        finish(holder);
        drop(decoy);
    }

    /// R64: an account that is turned away, for what failed or for what succeeded, waits for no lock
    /// and changes no byte.
    fn who_is_turned_away_waits_for_nobody(host) {
        host.install();
        host.settings(
            "[store]\nbusy_timeout = \"1s\"\n[sign_in]\nmax_failures_per_caller = 2\n\
             max_successes_per_caller = \"1/1d\"\n",
        );
        for _ in 0..2 {
            host.change(AGENT1, "nobody", PASSWORD, OTHER).run().refused(6, "");
        }
        host.change(AGENT2, "agent2", PASSWORD, OTHER).run().ok();
        let writer = rusqlite::Connection::open(STORE).unwrap();
        writer.execute_batch("BEGIN IMMEDIATE").unwrap();
        // By another process: closing a file here would give up the locks that this one has on it.
        let files = || host.shell(ROOT, &format!("sha256sum {STORE} {STORE}-wal")).run().ok().out.clone();
        let before = files();
        for name in ["agent1", "agent2", "nobody"] {
            let charged = host.change(AGENT1, name, PASSWORD, OTHER).run();
            charged.refused(6, "the username or the password is wrong");
            let often = host.change(AGENT2, name, OTHER, PASSWORD).run();
            often.refused(6, "has signed in too often");
        }
        assert_eq!(files(), before);
        host.change(STRANGER, "agent1", PASSWORD, OTHER).run().refused(9, "");
        writer.execute_batch("ROLLBACK").unwrap();
        host.change(STRANGER, "agent1", PASSWORD, OTHER).run().ok();
        host.is_in_order();
    }

    /// R44, R68: an agent's command leaves an empty log, alone and beside a connection that is open.
    fn an_agents_command_empties_the_log(host) {
        host.install();
        host.change(AGENT1, "agent1", PASSWORD, OTHER).run().ok();
        assert_eq!(log_bytes(), 0);
        let keeper = keep_open(host);
        host.change(AGENT1, "agent1", OTHER, PASSWORD).run().ok();
        assert_eq!(log_bytes(), 0);
        assert_eq!(ended(keeper).code, Some(0));
        host.is_in_order();
    }

    /// R63: beside the connection that the unit keeps open nobody is the first to open the store.
    fn the_unit_closes_the_window(host) {
        host.install();
        if !has("strace") {
            return;
        }
        assert!(takes_first_lock(host));
        let keeper = keep_open(host);
        assert!(!takes_first_lock(host));
        assert_eq!(ended(keeper).code, Some(0));
        assert!(takes_first_lock(host));
        // Another store in its place is opened anew.
        let keeper = keep_open(host);
        fs::rename(STORE, "/var/lib/aside").unwrap();
        let done = finish(keeper);
        assert_eq!(done.code, Some(9), "{done:?}");
        fs::rename("/var/lib/aside", STORE).unwrap();
        host.is_in_order();
    }
}

/// A process of agent1's that is stopped at its first call of these, and its number.
fn stop_agent1_at(calls: &str) -> (Child, String) {
    let inject = format!("inject={calls}:signal=STOP:when=1");
    let trace = format!("trace={calls}");
    let _ = fs::remove_file("/run/trace");
    let strace = ["-f", "-u", "agent1", "-o", "/run/trace", "-e", &trace, "-e", &inject, PROGRAM];
    let words = strace.into_iter().chain(["passwd", "agent1", "--own", "--password-stdin"]);
    let holder = Call::new(ROOT, "strace").words(words).typing(&[PASSWORD, OTHER]).start();
    // Under strace it is stopped for a moment at each call.
    wait_until(|| {
        let said = fs::read_to_string("/run/trace").unwrap_or_default();
        said.contains("stopped by SIGSTOP")
    });
    (holder, stopped())
}

/// A file on a file system of its own that has the number of the store's shared memory.
fn decoy() -> File {
    let wanted = fs::metadata(format!("{STORE}-shm")).unwrap().ino();
    fs::create_dir("/run/decoys").unwrap();
    super::host::tool("mount", ["-t", "tmpfs", "tmpfs", "/run/decoys"]);
    for number in 0..100_000 {
        let file = File::create_new(format!("/run/decoys/{number}")).unwrap();
        if file.metadata().unwrap().ino() == wanted {
            return file;
        }
    }
    panic!("no file gets the number {wanted}");
}

fn log_bytes() -> u64 {
    fs::metadata(format!("{STORE}-wal")).unwrap().len()
}

/// What the unit runs, as the account that it names.
fn keep_open(host: &Host) -> Child {
    let setting = |name: &str| {
        UNIT.lines().find_map(|line| line.strip_prefix(name)).expect("a setting of the unit")
    };
    let owner = Account { name: "ccadmin", id: host.owner() };
    assert_eq!(setting("User="), owner.name);
    let mut words = setting("ExecStart=").split(' ');
    assert_eq!(words.next(), Some(PROGRAM));
    let child = host.ccadmin(owner, words).start();
    wait_until(|| {
        let files =
            fs::read_dir(format!("/proc/{}/fd", child.id())).into_iter().flatten().flatten();
        let open = files.filter_map(|file| fs::read_link(file.path()).ok());
        open.into_iter().any(|file| file.to_str().is_some_and(|file| file.ends_with("-shm")))
    });
    child
}

fn ended(child: Child) -> Done {
    super::host::tool("kill", ["-TERM", &child.id().to_string()]);
    finish(child)
}

/// Whether an agent's command takes the lock of whoever opens the store first.
fn takes_first_lock(_host: &Host) -> bool {
    let strace = ["-f", "-u", "agent1", "-o", "/run/trace", "-e", "trace=fcntl", PROGRAM];
    let words = strace.into_iter().chain(["passwd", "agent1", "--own", "--password-stdin"]);
    Call::new(ROOT, "strace").words(words).typing(&["wrong", OTHER]).run();
    let calls = fs::read_to_string("/run/trace").unwrap();
    let locks = |start: &str| {
        calls
            .lines()
            .any(|line| line.contains("F_WRLCK") && line.contains(&format!("l_start={start},")))
    };
    assert!(locks("120"), "{calls}");
    locks("128")
}
