//! What a try to sign in shows of itself to who made it: the pages that it writes, the locks that it
//! waits for, the time that it takes. None of it tells whether there is a user of that name.

use std::fs;
use std::process::{Command, Stdio};

use crate::common::{NOW, PASSWORD, PROGRAM, TestEnv, column, skipped};

/// A wrong password for everybody.
const WRONG: &str = "certainly not the right one";

/// Why a try fails: a name for each reason.
const NAMES: [&str; 4] = ["known", "unknown", "inactive", "generated"];

/// A store in which each of [`NAMES`] fails for another reason.
fn staffed() -> TestEnv {
    let env = TestEnv::new();
    for name in ["known", "inactive"] {
        let line = format!(
            "user create {name} --name N --role agent --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    env.run("user create generated --name N --role agent --generate-password").success();
    env.run("user deactivate inactive").success();
    env
}

fn authenticate(env: &TestEnv, name: &str, password: &str) -> Option<i32> {
    let line = format!("authenticate {name} --password-stdin");
    env.call(line.as_str()).stdin(password).output().status
}

/// R14, R66: each try writes as many pages, whoever it names: those in the log beside the store,
/// which goes on for as long as somebody reads.
#[test]
fn every_try_writes_the_same_pages() {
    let written = NAMES.map(|name| {
        let env = staffed();
        let reader = env.database();
        reader.execute_batch("BEGIN; SELECT count(*) FROM users").unwrap();
        let log = env.path(".local/share/ccadmin/ccadmin.db-wal");
        let bytes = || fs::metadata(&log).unwrap().len();
        let grown = (0..10).map(|_| {
            let before = bytes();
            assert_eq!(authenticate(&env, name, WRONG), Some(6), "{name}");
            bytes() - before
        });
        grown.collect::<Vec<u64>>()
    });
    assert!(written[0].iter().all(|bytes| *bytes > 0), "{written:?}");
    for (name, grown) in NAMES.iter().zip(&written) {
        assert_eq!(grown, &written[0], "{name}");
    }
}

/// R14, R66: each try makes the same calls that write and sync, those of the checkpoint among them.
#[test]
fn every_try_makes_the_same_calls() {
    if Command::new("strace").arg("-V").output().is_err() {
        return skipped("calls are counted by strace, which is not here");
    }
    let made = NAMES.map(|name| {
        let env = staffed();
        // The first try makes rows that the next ones change.
        assert_eq!(authenticate(&env, name, WRONG), Some(6));
        let trace = env.path("trace");
        let mut strace = env.command("strace");
        strace.arg("-f").arg("-o").arg(&trace).args(["-e", "trace=pwrite64,fsync,fdatasync"]);
        strace.arg(PROGRAM).args(["authenticate", name, "--password-stdin"]);
        let passwords = env.write("password", WRONG);
        strace.stdin(fs::File::open(passwords).unwrap()).stdout(Stdio::null());
        assert_eq!(strace.stderr(Stdio::null()).status().unwrap().code(), Some(6));
        let calls = fs::read_to_string(trace).unwrap();
        let count = |call: &str| calls.lines().filter(|line| line.contains(call)).count();
        ["pwrite64(", "sync("].map(count)
    });
    assert!(made[0].iter().all(|count| *count > 0), "{made:?}");
    for (name, calls) in NAMES.iter().zip(made) {
        assert_eq!(calls, made[0], "{name}");
    }
}

/// R14, R66: each try takes as long as a hash at the cost that the settings ask for, also for a hash
/// that was made at another one, and where the account is locked.
#[test]
fn every_try_takes_the_same_time() {
    let env = staffed();
    let line = "user create locked --name N --role agent --password-stdin --permanent-password";
    env.call(line).stdin(PASSWORD).output().success();
    let planted = format!(
        "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before) \
         SELECT id, -1, 100, {} FROM users WHERE username = 'locked'",
        NOW + 3_600
    );
    env.database().execute_batch(&planted).unwrap();
    let names: Vec<&str> = NAMES.into_iter().chain(["locked"]).collect();
    for settings in ["", "memory_kib = 65536\n", "memory_kib = 8192\niterations = 5\n"] {
        env.config(&format!("[sign_in]\nmax_failures = 1000\n[password]\n{settings}"));
        let mut least = vec![u64::MAX; names.len()];
        // In turn, so that what else the machine does hits all of them.
        for _ in 0..5 {
            for (name, least) in names.iter().zip(&mut least) {
                *least = (*least).min(milliseconds(&env, name));
            }
        }
        let (quickest, slowest) = (least.iter().min().unwrap(), least.iter().max().unwrap());
        assert!(slowest * 2 < quickest * 3, "{settings}: {names:?} take {least:?} ms");
    }
}

/// What a try takes of a processor, which hardly depends on what else the machine does.
fn milliseconds(env: &TestEnv, name: &str) -> u64 {
    let line = format!("TIMEFORMAT='%3U %3S'; time {PROGRAM} authenticate {name} --password-stdin");
    let mut bash = env.command("bash");
    bash.args(["-c", &line]).stdin(fs::File::open(env.write("password", WRONG)).unwrap());
    let output = bash.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let times = said.lines().last().unwrap().split(' ');
    times.map(|seconds| seconds.replace('.', "").parse::<u64>().unwrap()).sum()
}

/// R64: who is turned away waits for no lock and changes no byte, whatever they give.
#[test]
fn who_is_turned_away_waits_for_nobody() {
    let env = staffed();
    env.config("[store]\nbusy_timeout = \"1s\"\n");
    for name in ["known", "unknown"] {
        for _ in 0..10 {
            assert_eq!(authenticate(&env, name, WRONG), Some(6));
        }
    }
    let writer = env.database();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    // By another process: closing a file here would give up the locks that this one has on it.
    let files = || env.sh("cd .local/share/ccadmin; sha256sum ccadmin.db ccadmin.db-wal").output();
    let before = files().stdout;
    for name in ["known", "unknown"] {
        for password in [WRONG, PASSWORD] {
            assert_eq!(authenticate(&env, name, password), Some(6), "{name}");
            let login = format!("login {name} --password-stdin");
            assert_eq!(env.call(login.as_str()).stdin(password).output().status, Some(6));
            let own = format!("passwd {name} --own --password-stdin");
            let lines = format!("{password}\nein ganz anderer langer Satz\n");
            assert_eq!(env.call(own.as_str()).stdin(lines).output().status, Some(6));
        }
    }
    assert_eq!(files().stdout, before);
    assert_eq!(authenticate(&env, "generated", WRONG), Some(9), "who is charged waits");
    writer.execute_batch("ROLLBACK").unwrap();
    let counted = "SELECT DISTINCT '' || failures FROM sign_in_failures";
    assert_eq!(column(&env.database(), counted), ["10"]);
}
