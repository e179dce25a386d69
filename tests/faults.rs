//! Every system call with which a change reaches the disk fails once, or is the last: the nth
//! write, sync, open, truncation and lock, for every n until there is none left.
//!
//! Whatever fails: what was acknowledged is there, what was refused is not, nothing is half done,
//! the audit log is intact and says what is there, and the next command works. The calls are made to
//! fail by strace, in the real program, without any rights; where there is no strace, this is
//! skipped. By itself it tries some of the moments, `CCADMIN_THOROUGH=1` all of them.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use crate::common::{PASSWORD, PROGRAM, TestEnv, column, skipped, thorough};

const OTHER: &str = "ein ganz anderes Kissen am Fenster";

/// Something that is done to a store, and how it is seen whether it was.
struct Deed {
    line: &'static str,
    stdin: &'static [&'static str],
    done: fn(&TestEnv) -> bool,
    /// What its exit status is where nothing fails.
    status: i32,
    /// Whether it makes files beside the store too, whose names are not known before.
    makes_files: bool,
}

/// What is tried; a command that changes the store in a way of its own is one more here.
const DEEDS: &[Deed] = &[
    Deed {
        line: "user create new --name New --role agent --team voice --project hu-support \
               --password-stdin",
        stdin: &[PASSWORD],
        done: |env| has(env, "SELECT username FROM users WHERE username = 'new'"),
        status: 0,
        makes_files: false,
    },
    Deed {
        line: "passwd james --own --password-stdin",
        stdin: &[PASSWORD, OTHER],
        done: |env| has(env, "SELECT actor FROM audit WHERE action = 'password.change'"),
        status: 0,
        makes_files: false,
    },
    // Whoever sees that a password was wrong was charged for it.
    Deed {
        line: "authenticate james --password-stdin",
        stdin: &["a wrong password"],
        done: |env| has(env, "SELECT 'x' FROM sign_in_failures WHERE user_id = 1 AND failures > 0"),
        status: 6,
        makes_files: false,
    },
    Deed {
        line: "user import roster.csv --generate-passwords --credentials new.csv",
        stdin: &[],
        done: |env| has(env, "SELECT username FROM users WHERE username = 'tom'"),
        status: 0,
        makes_files: true,
    },
    Deed {
        line: "store restore copy.db --yes",
        stdin: &[],
        done: |env| has(env, "SELECT actor FROM audit WHERE action = 'store.restore'"),
        status: 0,
        makes_files: true,
    },
    Deed {
        line: "store backup new.db",
        stdin: &[],
        done: |env| env.path("new.db").exists(),
        status: 0,
        makes_files: true,
    },
];

/// A call, and what it can fail with.
const FAULTS: &[(&str, &[&str])] = &[
    ("pwrite64", &["error=EIO", "error=ENOSPC", "error=EDQUOT", "error=EINTR", "signal=KILL"]),
    ("fsync,fdatasync", &["error=EIO", "error=ENOSPC", "error=EDQUOT", "signal=KILL"]),
    ("openat", &["error=EIO", "error=ENOSPC", "error=EMFILE", "signal=KILL"]),
    ("ftruncate", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
    ("fcntl", &["error=EIO", "error=ENOLCK", "error=EINTR", "signal=KILL"]),
    ("pread64", &["error=EIO"]),
    ("renameat2,linkat,unlink", &["error=EIO", "error=ENOSPC", "signal=KILL"]),
];

fn has(env: &TestEnv, query: &str) -> bool {
    !column(&env.database(), query).is_empty()
}

/// A store as it was before each try, kept aside.
struct Template {
    env: TestEnv,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Template {
    fn new() -> Self {
        let env = TestEnv::with_users();
        let password = env.call("passwd james --password-stdin --permanent-password");
        password.stdin(PASSWORD).output().success();
        env.run("store backup copy.db").success();
        env.run("user deactivate eva").success();
        env.write("roster.csv", "username,full_name,roles\nann,Ann,agent\ntom,Tom,requester\n");
        let folder = env.store().parent().unwrap().to_owned();
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        Self { env, files }
    }

    fn reset(&self) {
        for made in ["new.db", "new.csv"] {
            let _ = fs::remove_file(self.env.path(made));
        }
        for path in self.env.beside_store() {
            fs::remove_file(path).unwrap();
        }
        for (path, bytes) in &self.files {
            fs::write(path, bytes).unwrap();
        }
    }
}

/// How a try ended: `None` by the signal.
struct Try {
    status: Option<i32>,
    stderr: String,
    /// Whether the fault came to pass.
    met: bool,
}

/// Does `deed` with the `fault` at the nth of the `calls`.
fn attempt(env: &TestEnv, deed: &Deed, calls: &str, fault: &str, n: usize) -> Try {
    let trace = env.path("trace");
    let mut strace = env.command("strace");
    strace.arg("-f").arg("-o").arg(&trace).arg("-e").arg(format!("trace={calls}"));
    strace.arg("-e").arg(format!("inject={calls}:{fault}:when={n}"));
    if !deed.makes_files {
        let store = env.store();
        strace.arg("-P").arg(&store).arg("-P").arg(store.parent().unwrap());
        for suffix in ["-wal", "-shm"] {
            let mut side = store.clone().into_os_string();
            side.push(suffix);
            strace.arg("-P").arg(side);
        }
    }
    strace.arg(PROGRAM).args(deed.line.split_whitespace());
    let mut child =
        strace.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = deed.stdin.join("\n");
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    let output = child.wait_with_output().unwrap();
    let steps = fs::read_to_string(trace).unwrap();
    let met = steps.contains("INJECTED") || steps.contains("killed by SIGKILL");
    // strace dies as its child did.
    let killed = output.status.signal() == Some(9);
    Try {
        status: if killed { None } else { output.status.code() },
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        met,
    }
}

/// Everything that has to hold, whatever failed.
fn holds(env: &TestEnv, deed: &Deed, tried: &Try, at: &str) {
    let Try { status, stderr, .. } = tried;
    let told = format!("{at}: status {status:?}: {stderr}");
    assert!(!stderr.contains("fault of ccadmin"), "{told}");
    let done = (deed.done)(env);
    match status {
        Some(status) if *status == deed.status => assert!(done, "not acknowledged rightly: {told}"),
        // A charge comes before the verdict, whether there is one or not.
        Some(_) if deed.status == 6 => {}
        // What was told only after it was done says so.
        Some(1) if done => assert!(stderr.contains("done"), "done and refused: {told}"),
        // The program itself could not be loaded.
        Some(127) => assert!(!done, "{told}"),
        Some(status) => {
            assert!(!done, "done and refused: {told}");
            // 2 and 6: the settings or the session could not be read.
            assert!([1, 2, 6, 9, 13].contains(status), "{told}");
        }
        None => {}
    }
    let drafts = |name: &str| name.starts_with(".ccadmin-");
    for folder in [env.home().to_owned(), env.store().parent().unwrap().to_owned()] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if drafts(&path.file_name().unwrap().to_string_lossy()) && path.is_file() {
                assert_eq!(*status, None, "a draft was left: {told}");
                fs::remove_file(path).unwrap();
            }
        }
    }
    let next = env.run("team create next");
    assert_eq!(next.status, Some(0), "{told}: the next command: {next}");
    let checked = env.run("store check");
    assert_eq!(checked.status, Some(0), "{told}: {checked}");
    if deed.status == 6 {
        let log = env.run("audit list --action sign-in --field outcome");
        let charged =
            "SELECT '' || failures FROM sign_in_failures WHERE user_id = 1 AND os_uid >= 0";
        let charged = column(&env.database(), charged);
        let logged = log.stdout.matches("failed").count().to_string();
        assert_eq!(charged.first().map_or("0", String::as_str), logged, "{told}: {log}");
    }
    if deed.line.contains("new.csv") {
        let kept = fs::read_to_string(env.path("new.csv")).unwrap_or_default();
        let ann = has(env, "SELECT username FROM users WHERE username = 'ann'");
        assert_eq!(ann, done, "half an import: {told}");
        if done {
            assert!(kept.contains("\nann,") && kept.contains("\ntom,"), "lost passwords: {told}");
        } else if status.is_some() {
            assert_eq!(kept, "", "passwords of nobody: {told}");
        }
    }
    if deed.line.contains("new.db") && done {
        let copy = env.run("store check --database new.db");
        assert_eq!(copy.status, Some(0), "{told}: the backup: {copy}");
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(env.path(&format!("new.db{suffix}"))).unwrap();
        }
    }
}

/// R52; R58, R65: what a try was charged is in the log, wherever it was killed.
#[test]
fn whatever_fails_it_is_before_or_after() {
    if Command::new("strace").arg("-V").output().is_err() {
        return skipped("calls are made to fail by strace, which is not here");
    }
    thread::scope(|scope| {
        for deed in DEEDS {
            scope.spawn(move || {
                let template = Template::new();
                for (calls, faults) in FAULTS {
                    for (number, fault) in faults.iter().enumerate() {
                        every_moment(&template, deed, calls, fault, number);
                    }
                }
            });
        }
    });
}

fn every_moment(template: &Template, deed: &Deed, calls: &str, fault: &str, number: usize) {
    // By itself another part of the moments for each fault.
    let step = if thorough() {
        1
    } else if deed.makes_files {
        61
    } else {
        12
    };
    let mut n = 1 + number % step;
    loop {
        template.reset();
        let tried = attempt(&template.env, deed, calls, fault, n);
        let at = format!("{}: {calls}:{fault}:when={n}", deed.line);
        if !tried.met {
            assert_eq!(tried.status, Some(deed.status), "{at}: {}", tried.stderr);
            break;
        }
        holds(&template.env, deed, &tried, &at);
        n += step;
        assert!(n < 5_000, "{at} never ends");
    }
}
