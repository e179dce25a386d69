//! Commands that are killed at any moment, many at once, and a disk that is full: what was
//! acknowledged is there, what is there has its entry in the log, and the next command works.
//!
//! `CCADMIN_THOROUGH=1` kills ten times as often.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::common::{PASSWORD, PROGRAM, TestEnv, column, is_root, skipped, thorough};

const OTHER: &str = "ein ganz anderes Kissen am Fenster";

/// Moments at random, within a time that learns how long the command takes on this machine: about as
/// many end by themselves as are killed.
struct Moments {
    random: u64,
    /// In microseconds.
    longest: u64,
}

impl Moments {
    fn new(seed: u64) -> Self {
        Self { random: seed, longest: 60_000 }
    }

    fn next(&mut self) -> Duration {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((self.random >> 33) % self.longest)
    }

    /// Learns how a command ended; says whether it was killed.
    fn learn(&mut self, status: ExitStatus) -> bool {
        let killed = status.signal() == Some(9);
        let longest = if killed { self.longest * 5 / 4 } else { self.longest * 3 / 4 };
        self.longest = longest.clamp(2_000, 5_000_000);
        killed
    }
}

/// Runs a command and kills it after `moment`, where it has not ended by then.
fn killed_after(env: &TestEnv, line: &str, stdin: &str, moment: Duration) -> ExitStatus {
    let mut child = env
        .command(PROGRAM)
        .args(line.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap()
}

fn rounds(few: usize) -> usize {
    if thorough() { few * 10 } else { few }
}

/// Takes away what was left by commands that were killed while they made a file.
fn sweep(env: &TestEnv) {
    for path in env.beside_store() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(".ccadmin-") || name.contains("-before-restore-"), "{name}");
        fs::remove_file(path).unwrap();
    }
}

#[track_caller]
fn is_in_order(env: &TestEnv) {
    let checked = env.run("store check");
    assert_eq!(checked.to_string(), "ok\n[exit status: 0]");
}

/// Creates and changes of one's own password, each killed at a moment of its own, all in one store.
#[test]
fn a_storm_over_creates_and_passwords() {
    let env = TestEnv::with_places();
    // Whoever is killed while they prove who they are was charged for it.
    env.config("[sign_in]\nmax_failures = 1000\nmax_failures_per_caller = 1000\n");
    for name in ["al", "bo"] {
        let line = format!(
            "user create {name} --name N --role agent --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    let mut acknowledged: Vec<String> = Vec::new();
    let mut kills = 0;
    thread::scope(|scope| {
        let creators: Vec<_> = (0..2_u64)
            .map(|worker| {
                let env = &env;
                scope.spawn(move || {
                    let mut moments = Moments::new(worker + 1);
                    let (mut made, mut kills) = (Vec::new(), 0);
                    for round in 0..rounds(30) {
                        let name = format!("u{worker}-{round}");
                        let line = format!(
                            "user create {name} --name N --role agent --project hu-support:7 \
                             --team voice --generate-password"
                        );
                        let status = killed_after(env, &line, "", moments.next());
                        kills += usize::from(moments.learn(status));
                        if status.success() {
                            made.push(name);
                        }
                    }
                    (made, kills)
                })
            })
            .collect();
        for (worker, name) in ["al", "bo"].into_iter().enumerate() {
            let env = &env;
            scope.spawn(move || {
                let mut moments = Moments::new(worker as u64 + 10);
                let (mut now, mut new) = (PASSWORD, OTHER);
                for _ in 0..rounds(20) {
                    let line = format!("passwd {name} --own --password-stdin");
                    let lines = format!("{now}\n{new}\n");
                    let status = killed_after(env, &line, &lines, moments.next());
                    moments.learn(status);
                    let is = |password: &str| {
                        let line = format!("authenticate {name} --password-stdin");
                        let done = env.call(line.as_str()).stdin(password).output();
                        assert!(matches!(done.status, Some(0 | 6)), "{done}");
                        done.status == Some(0)
                    };
                    let changed = is(new);
                    assert!(changed || !status.success(), "acknowledged and not there");
                    assert!(changed || is(now), "neither the old one nor the new one");
                    if changed {
                        std::mem::swap(&mut now, &mut new);
                    }
                }
            });
        }
        for creator in creators {
            let (made, more) = creator.join().unwrap();
            acknowledged.extend(made);
            kills += more;
        }
    });
    assert!(kills > 5 && acknowledged.len() > 5, "{kills} kills, {} done", acknowledged.len());
    let there = column(&env.database(), "SELECT username FROM users");
    for name in &acknowledged {
        assert!(there.contains(name), "{name} was acknowledged and is not there");
    }
    is_in_order(&env);
    // Nobody is there by half.
    let places = "SELECT username FROM users WHERE username LIKE 'u%' AND (id NOT IN \
                  (SELECT user_id FROM assignments) OR id NOT IN (SELECT user_id FROM user_teams))";
    assert_eq!(column(&env.database(), places), [""; 0]);
    env.run("team create after").success();
}

/// R46: an import is killed at any moment: all of it is there or nothing, and whoever is there has their
/// password in the file.
#[test]
fn a_storm_over_imports() {
    use std::fmt::Write as _;

    const ROWS: usize = 300;
    let env = TestEnv::with_places();
    let mut file = "username,full_name,roles,projects\n".to_owned();
    for number in 0..ROWS {
        writeln!(file, "u{number},U {number},agent,hu-support:7").unwrap();
    }
    env.write("roster.csv", file);
    let import = "user import roster.csv --generate-passwords --credentials new.csv";
    let mut moments = Moments::new(5);
    let (mut kills, mut done) = (0, 0);
    for round in 0..rounds(30) {
        let status = killed_after(&env, import, "", moments.next());
        kills += usize::from(moments.learn(status));
        let there = column(&env.database(), "SELECT username FROM users");
        assert!(there.is_empty() || there.len() == ROWS, "{} of {ROWS}", there.len());
        assert!(!status.success() || there.len() == ROWS, "acknowledged and not there");
        if there.len() == ROWS {
            done += 1;
            let kept = fs::read_to_string(env.path("new.csv")).unwrap();
            let kept: Vec<&str> = kept.lines().filter_map(|line| line.split(',').next()).collect();
            assert_eq!(kept.len(), ROWS + 1);
            assert!(there.iter().all(|name| kept.contains(&name.as_str())), "{round}");
            is_in_order(&env);
            env.sh("$ccadmin user list --field username | $ccadmin user delete - --yes -q")
                .output()
                .success();
        }
        let _ = fs::remove_file(env.path("new.csv"));
    }
    assert!(kills > 5 && done > 0, "{kills} kills, {done} done");
    is_in_order(&env);
}

/// R58, R65: wrong passwords whose process is killed at any moment, or may write no file any further:
/// each is charged and in the log, or neither.
#[test]
fn a_storm_over_wrong_passwords() {
    let env = TestEnv::new();
    env.config("[sign_in]\nmax_failures = 1000\n");
    let create = "user create al --name Al --role agent --password-stdin --permanent-password";
    env.call(create).stdin(PASSWORD).output().success();
    let charged_as_logged = || {
        // Who reads the log writes what is missing.
        let log = env.run("audit list --action sign-in --field outcome");
        let logged = log.stdout.lines().filter(|outcome| *outcome == "failed").count();
        let charged = "SELECT '' || failures FROM sign_in_failures WHERE os_uid >= 0";
        let charged = column(&env.database(), charged);
        assert_eq!(charged.first().map_or("0", String::as_str), logged.to_string());
        logged
    };
    let mut moments = Moments::new(58);
    let mut kills = 0;
    for _ in 0..rounds(60) {
        let line = "authenticate al --password-stdin";
        let status = killed_after(&env, line, "a wrong password", moments.next());
        kills += usize::from(moments.learn(status));
    }
    let logged = charged_as_logged();
    assert!(kills > 5 && logged > 5, "{kills} kills, {logged} charged");
    let (mut refused, mut failed) = (0, 0);
    for blocks in (0..200).step_by(8) {
        let line =
            format!("ulimit -f {blocks}; $ccadmin authenticate al --password-stdin; exit $?");
        let output = env.sh(&line).stdin("a wrong password").output();
        refused += usize::from(output.status == Some(6));
        failed += usize::from(output.status != Some(6));
        charged_as_logged();
    }
    assert!(failed > 3 && refused > 3, "{failed} failed, {refused} refused");
    is_in_order(&env);
}

/// A restore is killed at any moment: the store is what it was, or what the backup was.
#[test]
fn a_storm_over_restores() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let mut moments = Moments::new(77);
    let (mut kills, mut done) = (0, 0);
    for round in 0..rounds(40) {
        env.run("team create later --if-not-exists").success();
        let before = column(&env.database(), "SELECT lower(hex(hash)) FROM audit ORDER BY seq");
        let status = killed_after(&env, "store restore copy.db --yes", "", moments.next());
        kills += usize::from(moments.learn(status));
        let restored =
            column(&env.database(), "SELECT name FROM teams WHERE name = 'later'").is_empty();
        let entry =
            column(&env.database(), "SELECT actor FROM audit WHERE action = 'store.restore'");
        assert!(restored || !status.success(), "acknowledged and not there");
        if restored {
            done += 1;
            assert_eq!(entry.len(), 1);
        } else {
            let after = column(&env.database(), "SELECT lower(hex(hash)) FROM audit ORDER BY seq");
            assert_eq!(after, before);
        }
        sweep(&env);
        if round % 5 == 0 {
            is_in_order(&env);
        }
    }
    assert!(kills > 5 && done > 5, "{kills} kills, {done} done");
    is_in_order(&env);
}

/// A damaged store whose restore is killed is damaged still, or restored; trying again mends it.
#[test]
fn a_storm_over_restores_of_a_damaged_store() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let good = fs::read(env.store()).unwrap();
    let mut moments = Moments::new(99);
    let mut again = 0;
    for _ in 0..rounds(15) {
        env.run("user list").success();
        let mut damaged = good.clone();
        damaged[..100].fill(0);
        fs::write(env.store(), &damaged).unwrap();
        let status = killed_after(&env, "store restore copy.db --yes", "", moments.next());
        moments.learn(status);
        let listed = env.run("user list --field username");
        match listed.status {
            Some(0) => assert_eq!(listed.stdout, "eva\njames\n"),
            Some(13) => again += 1,
            _ => panic!("{listed}"),
        }
        env.run("store restore copy.db --yes").success();
        is_in_order(&env);
        for path in env.beside_store() {
            fs::remove_file(path).unwrap();
        }
    }
    assert!(again > 0);
}

/// On a disk of its own, which root can mount where nobody else sees it: a backup and a restore that
/// find no room leave everything as it was.
#[test]
fn a_full_disk_keeps_what_is_there() {
    let env = TestEnv::new();
    let line = "mkdir disk && mount -t tmpfs -o mode=700,size=900k none disk || exit 99
        export CCADMIN_DATABASE=disk/x.db
        $ccadmin store init -q || exit 98
        $ccadmin team create a && $ccadmin store backup copy.db && $ccadmin team create b || exit 97
        head -c 400k /dev/zero >disk/filler
        $ccadmin store backup disk/copy.db; echo $?
        rm -f disk/copy.db; cat /dev/zero >disk/filler 2>/dev/null
        $ccadmin store backup disk/copy.db; echo $?
        $ccadmin store restore copy.db --yes; echo $?
        ls -A disk
        rm disk/filler
        $ccadmin team list --field name; $ccadmin store check
        $ccadmin store restore copy.db --yes -q && $ccadmin team list --field name";
    let output = env.sh(&format!("unshare -m sh -c '{line}'")).output();
    if !is_root() || output.status == Some(99) || output.stderr.starts_with("unshare") {
        return skipped("a disk is mounted by root alone");
    }
    let words: Vec<&str> = output.stdout.split_whitespace().collect();
    assert_eq!(
        words,
        ["0", "13", "13", "filler", "x.db", "x.db-shm", "x.db-wal", "a", "b", "ok", "a"],
        "{output}"
    );
}

/// M8, R34: limits make a command fail, never half succeed.
#[test]
fn limits_fail_closed() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let limits = [
        "-f 0", "-f 1", "-f 40", "-f 100", "-n 3", "-n 4", "-n 5", "-n 6", "-n 7", "-n 8", "-n 9",
        "-v 1000", "-v 20000", "-v 40000", "-v 60000", "-d 100",
    ];
    let lines = [
        "user create new --name N --role agent --project hu-support --generate-password",
        "store backup new.db",
        "store restore copy.db --yes",
    ];
    let mut failed = 0;
    for limit in limits {
        for line in lines {
            let output = env.sh(&format!("ulimit {limit}; $ccadmin {line}; exit $?")).output();
            failed += usize::from(output.status != Some(0));
            let there = env.path("new.db").exists();
            assert_eq!(
                there,
                line.contains("new.db") && output.status == Some(0),
                "{limit}: {output}"
            );
            if there {
                assert_eq!(env.run("store check --database new.db").stdout, "ok\n", "{limit}");
                for suffix in ["", "-wal", "-shm"] {
                    fs::remove_file(env.path(&format!("new.db{suffix}"))).unwrap();
                }
            }
            let created = env.run("user show new").status == Some(0);
            assert_eq!(
                created,
                line.contains("create") && output.status == Some(0),
                "{limit}: {output}"
            );
            if created {
                env.run("user delete new --yes").success();
            }
            sweep(&env);
            is_in_order(&env);
        }
    }
    assert!(failed > 10, "{failed} failed");
}

/// A clock that was set back: backups, restores and upgrades go by no time.
#[test]
fn a_clock_set_back_is_no_matter() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let early = |line: &str| env.call(line).later(-40 * 86_400).output();
    early("store backup early.db").success();
    early("store restore copy.db --yes").success();
    is_in_order(&env);
    env.make_older();
    early("team create early").success();
    assert_eq!(early("store check").stdout, "ok\n");
}

/// R48: what cannot be written is told, and read as far as it can be.
#[test]
fn a_read_only_disk_makes_a_backup_and_takes_no_restore() {
    let env = TestEnv::new();
    let line = "mkdir disk && mount -t tmpfs -o mode=700,size=4m none disk || exit 99
        export CCADMIN_DATABASE=disk/x.db
        $ccadmin store init -q && $ccadmin team create a && $ccadmin store backup first.db || exit 98
        $ccadmin team create b || exit 97
        mount -o remount,ro disk || exit 96
        $ccadmin team list --field name; $ccadmin store backup copy.db; echo $?
        $ccadmin store backup disk/copy.db; echo $?
        $ccadmin store restore first.db --yes; echo $?
        $ccadmin store upgrade; echo $?
        mount -o remount,rw disk
        $ccadmin store check; $ccadmin team list --field name";
    let output = env.sh(&format!("unshare -m sh -c '{line}'")).output();
    if !is_root() || output.status == Some(99) || output.stderr.starts_with("unshare") {
        return skipped("a disk is mounted by root alone");
    }
    let words: Vec<&str> = output.stdout.split_whitespace().collect();
    assert_eq!(words, ["a", "b", "0", "1", "13", "0", "ok", "a", "b"], "{output}");
}
