//! What a caller controls of the process: environment, descriptors, arguments, signals.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::host::{
    AGENT1, AGENT2, Call, FOLDER, OTHER, PASSWORD, PROGRAM, ROOT, STORE, finish, has, on_a_host,
    tool, wait_until,
};

on_a_host! {
    /// R26, R27, M1, M6: nothing in the environment leads anywhere.
    fn a_hostile_environment_leads_nowhere(host) {
        host.install();
        let evil = "/home/agent1/evil";
        host.shell(AGENT1, &format!("mkdir -p {evil}/ccadmin {evil}/.config && ln -s {evil} {evil}/.config/x"))
            .run().ok();
        let planted = format!("database = \"{evil}/mine.db\"\noutput = \"json\"\n");
        fs::write(format!("{evil}/ccadmin/config.toml"), planted).unwrap();
        let paths = [
            "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR",
            "SQLITE_TMPDIR", "TZDIR", "LOCPATH", "TERMINFO", "TERMINFO_DIRS", "PWD", "PATH",
            "LD_LIBRARY_PATH", "GCONV_PATH", "HOSTALIASES", "NLSPATH", "SSL_CERT_FILE", "COMPLETE",
        ];
        let files = ["LD_PRELOAD", "LD_AUDIT", "TZ", "PAGER", "EDITOR", "SHELL", "BASH_ENV", "LANG", "LC_ALL",
            "TERM", "LC_MESSAGES", "LANGUAGE", "CCADMIN_OUTPUT"];
        let plain = host.ccadmin(AGENT1, ["user", "list"]).run();
        plain.refused(6, "nobody is signed in");
        let mut call = host.ccadmin(AGENT1, ["user", "list"]);
        let mut traced = Call::new(ROOT, "strace").words(trace("%file", &["user", "list"]));
        for (name, value) in paths.map(|name| (name, evil.to_owned())).into_iter().chain(
            files.map(|name| (name, format!("{evil}/file"))),
        ) {
            call = call.env(name, &value);
            // strace itself needs to be found, and finds the program by its path.
            if !name.starts_with("LD_") && name != "PATH" {
                traced = traced.env(name, value);
            }
        }
        let more = [("RUST_BACKTRACE", "full"), ("RUST_LOG", "trace"), ("MALLOC_PERTURB_", "7"),
            ("GLIBC_TUNABLES", "glibc.malloc.check=3"), ("RUST_MIN_STACK", "1")];
        for (name, value) in more {
            call = call.env(name, value);
            traced = traced.env(name, value);
        }
        assert_eq!(call.run(), plain);
        if has("strace") {
            assert_eq!(traced.run(), plain);
            let calls = fs::read_to_string(TRACE).unwrap();
            assert!(calls.contains(STORE), "{calls}");
            assert!(!calls.lines().any(|line| line.contains("open") && line.contains(evil)), "{calls}");
            assert!(!calls.contains(&format!("{evil}/ccadmin")), "{calls}");
        }
        host.is_in_order();
    }

    /// R27: where a variable of ours is kept, it still works.
    fn plain_variables_of_ours_still_work(host) {
        host.install();
        let list = || host.ccadmin(AGENT1, ["user", "list"]);
        let done = list().env("CCADMIN_OUTPUT", "json").run();
        done.refused(6, r#""code":"sign-in-required""#);
        list().env("CCADMIN_OUTPUT", "nonsense").run().refused(2, "CCADMIN_OUTPUT");
        list().env("CCADMIN_OUTPUT", "../x").run().refused(6, "error: nobody");
        let coloured = |name: &str, value: &str| {
            let line = format!("{PROGRAM} --color=always user list");
            host.shell(AGENT1, &line).env(name, value).run().err.contains('\u{1b}')
        };
        assert!(coloured("TERM", "xterm"));
    }

    /// R33: nothing is executed and no name service is asked: a child would be the caller's to read.
    fn nothing_is_executed(host) {
        host.install();
        if !has("strace") {
            return;
        }
        let words = ["passwd", "agent1", "--own", "--password-stdin"];
        let calls = "execve,execveat,fork,vfork,clone,clone3,socket,connect,%file";
        let call = Call::new(ROOT, "strace").words(trace(calls, &words));
        call.typing(&[PASSWORD, OTHER]).run().ok();
        let calls = fs::read_to_string(TRACE).unwrap();
        let count = |what: &str| calls.lines().filter(|line| line.contains(what)).count();
        assert_eq!(count("execve"), 1, "{calls}");
        for what in ["fork(", "socket(", "connect(", "libnss", "nsswitch", "nscd", "/dev/log"] {
            assert_eq!(count(what), 0, "{what}: {calls}");
        }
        assert!(host.is_password("agent1", OTHER));
    }

    /// R16: a descriptor that was not there at the start is none, and the store is not opened for it.
    fn a_descriptor_has_to_be_open_at_the_start(host) {
        host.install();
        for number in ["3", "4", "5", "9", "255", "-1", "99999999999"] {
            let option = format!("--password-fd={number}");
            let done = host.ccadmin(AGENT1, ["passwd", "agent1", "--own", &option]).run();
            assert_eq!(done.code, Some(2), "{done:?}");
        }
        if has("strace") {
            let words = ["passwd", "agent1", "--own", "--password-fd", "4"];
            let done = Call::new(ROOT, "strace").words(trace("%file", &words)).run();
            done.refused(2, "descriptor 4");
            let calls = fs::read_to_string(TRACE).unwrap();
            assert!(!calls.lines().any(|line| line.contains("open") && line.contains(FOLDER)), "{calls}");
        }
        // One that is there is read, and what is behind the two lines is left alone.
        let line = format!(
            "exec 7< <(printf '{PASSWORD}\\n{OTHER}\\nrest\\n'); \
             {PROGRAM} passwd agent1 --own --password-fd 7 && cat <&7"
        );
        assert_eq!(host.shell(AGENT1, &line).run().ok().out, "rest\n");
        assert!(host.is_password("agent1", OTHER));
    }

    /// R29: closed standard descriptors, and five hundred others.
    fn descriptors_are_put_in_order(host) {
        host.install();
        fs::write("/home/agent1/both", format!("{PASSWORD}\n{OTHER}\n")).unwrap();
        fs::write("/home/agent1/back", format!("{OTHER}\n{PASSWORD}\n")).unwrap();
        tool("chown", ["agent1", "/home/agent1/both", "/home/agent1/back"]);
        let own = format!("{PROGRAM} passwd agent1 --own --password-fd 3");
        let line = format!("{own} 3</home/agent1/both 0<&- 1>&- 2>&-");
        host.shell(AGENT1, &line).run().ok();
        assert!(host.is_password("agent1", OTHER));
        let many = "for i in $(seq 10 509); do eval \"exec $i</dev/null\"; done";
        let line = format!("{many}; {own} 3</home/agent1/back");
        host.shell(AGENT1, &line).run().ok();
        assert!(host.is_password("agent1", PASSWORD));
        host.is_in_order();
        // They are closed before the secret is read.
        let line = format!("{many}; exec 4</dev/null; exec {PROGRAM} passwd agent1 --own --password-stdin");
        let mut reading = host.shell(AGENT1, &line).start();
        let folder = format!("/proc/{}/fd", reading.id());
        wait_until(|| {
            let name = fs::read_to_string(format!("/proc/{}/comm", reading.id())).unwrap_or_default();
            name == "ccadmin\n" && fs::read_dir(&folder).is_ok_and(|found| found.count() <= 5)
        });
        reading.kill().unwrap();
        finish(reading);
    }

    /// A caller decides about every argument, the program's own name too.
    fn strange_arguments_are_only_wrong(host) {
        host.install();
        let mut nameless = Command::new(PROGRAM);
        let output = nameless.arg0("").arg("user").arg("list").uid(5001).gid(5001).output().unwrap();
        assert_eq!(output.status.code(), Some(6));
        let strange: &[&[&str]] = &[
            &["\u{1b}]0;x\u{7}"],
            &["passwd", "../../etc/passwd", "--own", "--password-stdin"],
            &["passwd", "agent1", "--own", "--password-stdin", "--password-fd", "3"],
            &["--output", "x", "user", "list"],
            &["-o", "json", "nonsense"],
        ];
        for words in strange {
            let done = host.ccadmin(AGENT1, words.iter().copied()).run();
            assert!(matches!(done.code, Some(2 | 8)), "{done:?}");
            assert!(!done.err.contains('\u{1b}') && !done.err.contains('\u{7}'), "{done:?}");
        }
    }

    /// T4, M3, R37: a process that is stopped while it holds the lock keeps the others waiting no
    /// longer than the settings say, and they learn whose it is; killed, it leaves nothing behind.
    fn who_holds_the_lock_is_named(host) {
        host.install();
        if !has("strace") {
            return;
        }
        host.settings("[store]\nbusy_timeout = \"1s\"\n");
        let words = ["passwd", "agent1", "--own", "--password-stdin"];
        let stop = ["-e", "inject=fsync,fdatasync:signal=STOP:when=1"];
        let call = Call::new(ROOT, "strace").words(stop).words(trace("fsync,fdatasync", &words));
        let holder = call.typing(&[PASSWORD, OTHER]).start();
        let mut pid = String::new();
        wait_until(|| {
            pid = stopped();
            !pid.is_empty()
        });
        let done = host.change(AGENT2, "agent2", PASSWORD, OTHER).run();
        done.refused(9, &format!("process {pid} holds its lock (account 5001"));
        // Reading goes on.
        host.ccadmin(ROOT, ["user", "list"]).run().ok();
        // It is their own process (M3).
        host.shell(AGENT1, &format!("kill -9 {pid}")).run().ok();
        finish(holder);
        host.change(AGENT2, "agent2", PASSWORD, OTHER).run().ok();
        assert!(host.is_password("agent1", PASSWORD));
        host.is_in_order();
    }
}

/// Where strace writes.
const TRACE: &str = "/run/trace";

/// The words of strace, run by root, for the program as agent1: it is set-group-ID then too.
pub(super) fn trace<'w>(calls: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    let strace = ["-f", "-u", "agent1", "-s", "300", "-o", TRACE, "-e"];
    let filter = match calls {
        "%file" => "trace=%file",
        "fsync,fdatasync" => "trace=fsync,fdatasync",
        "pwrite64" => "trace=pwrite64",
        _ => "trace=execve,execveat,fork,vfork,clone,clone3,socket,connect,%file",
    };
    [&strace[..], &[filter, PROGRAM], words].concat()
}

/// The process of ccadmin that is stopped.
pub(super) fn stopped() -> String {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let found = processes.map(|entry| entry.path()).find(|path| {
        let stat = fs::read_to_string(path.join("stat")).unwrap_or_default();
        stat.contains("(ccadmin) t") || stat.contains("(ccadmin) T")
    });
    found.and_then(|path| Some(path.file_name()?.to_str()?.to_owned())).unwrap_or_default()
}

/// However it is linked, where it lies in memory is random: its file says `ET_DYN` (System V ABI,
/// "ELF Header").
#[cfg(target_endian = "little")]
#[test]
fn the_program_is_position_independent() {
    let program = fs::read(env!("CARGO_BIN_EXE_ccadmin")).unwrap();
    assert_eq!((&program[..4], &program[16..18]), (&b"\x7fELF"[..], &[3, 0][..]));
}
