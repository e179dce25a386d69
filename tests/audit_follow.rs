//! `audit list --after-seq` and `--follow`: a reader that keeps a number misses nothing.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::common::{PASSWORD, PROGRAM, TestEnv, column, thorough};

const FOLLOW: &str = "audit list --follow -o jsonl";

fn follower(env: &TestEnv, line: &str) -> Child {
    env.command(PROGRAM)
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn seq(line: &str) -> i64 {
    serde_json::from_str::<Value>(line).unwrap()["seq"].as_i64().unwrap()
}

#[test]
fn what_is_behind_a_number_begins_with_the_oldest() {
    let env = TestEnv::with_places();
    insta::assert_snapshot!(env.run("audit list --after-seq 3 --columns seq,action,subject"), @r"
    SEQ  ACTION        SUBJECT
      4  team.create   chat
      5  skill.create  billing
      6  skill.create  returns
    [exit status: 0]
    ");
    insta::assert_snapshot!(env.run("audit list --after-seq 3 --limit 1 --field seq"), @r"
    4
    [exit status: 0]
    ");
    insta::assert_snapshot!(env.run("audit list --reverse --limit 2 --field seq"), @r"
    1
    2
    [exit status: 0]
    ");
    insta::assert_snapshot!(env.run("audit list --after-seq 6 -o jsonl"), @"[exit status: 0]");
    assert_eq!(env.run("audit list --after-seq 3 --count").stdout, "3\n");
}

/// A number that the log does not have is no empty answer: its entries would be lost for good.
#[test]
fn a_number_that_the_log_lacks_is_an_error() {
    let env = TestEnv::with_places();
    insta::assert_snapshot!(env.run("audit list --after-seq 7"), @"
    --- stderr ---
    error: the audit log has no entry 7 to go on from
    hint: a backup may have taken the store's place: `ccadmin audit list --action store.restore` shows when
    [exit status: 3]
    ");
    assert_eq!(env.run("audit list --after-seq 7 --follow -o jsonl").status, Some(3));
    insta::assert_snapshot!(env.run("audit list --after-seq -1"), @"
    --- stderr ---
    error: unexpected argument '-1' found
    hint: `ccadmin audit list --help` shows what it takes
    [exit status: 2]
    ");
}

#[test]
fn what_never_ends_is_no_document() {
    let env = TestEnv::with_places();
    insta::assert_snapshot!(env.run("audit list --follow -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"`-o json` is one document, which `--follow` never ends","hint":"`-o jsonl` is one entry a line"}}
    [exit status: 2]
    "#);
    assert_eq!(env.run("audit list --follow --count").status, Some(2));
    assert_eq!(env.run("audit list --follow --until 1d").status, Some(2));
}

#[test]
fn the_entries_that_are_there_come_first_in_every_form() {
    let env = TestEnv::with_places();
    let columns = "--columns seq,subject";
    insta::assert_snapshot!(env.run(format!("audit list --after-seq 4 --follow --limit 2 {columns}").as_str()), @r"
    SEQ  SUBJECT
      5  billing
      6  returns
    [exit status: 0]
    ");
    insta::assert_snapshot!(env.run(format!("audit list --since 1d --follow --limit 1 -o csv {columns}").as_str()), @r"
    seq,subject
    1,hu-support
    [exit status: 0]
    ");
    let team = "audit list --after-seq 0 --action team.create --follow --limit 2 --field subject";
    assert_eq!(env.run(team).stdout, "voice\nchat\n");
    assert_eq!(env.run("audit list --follow --limit 0 -o jsonl").stdout, "");
}

/// Each is there as soon as it is written, and only what is new where nothing else is said.
#[test]
fn a_new_entry_comes_by_itself() {
    let env = TestEnv::with_places();
    let mut child = follower(&env, FOLLOW);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Until it listens, what is written may lie before its beginning.
    let running = AtomicBool::new(true);
    let first = thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                if !running.load(Ordering::SeqCst) {
                    break;
                }
                env.run(format!("team create team-{number}").as_str()).success();
            }
        });
        let first = lines.next().unwrap().unwrap();
        running.store(false, Ordering::SeqCst);
        first
    });
    assert!(seq(&first) > 6, "{first}");
    let newest = column(&env.database(), "SELECT CAST(max(seq) AS TEXT) FROM audit")[0].clone();
    let newest: i64 = newest.parse().unwrap();
    for expected in seq(&first) + 1..=newest {
        assert_eq!(seq(&lines.next().unwrap().unwrap()), expected);
    }
    env.run("skill create chess").success();
    assert!(lines.next().unwrap().unwrap().contains("chess"));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A pipe that nobody reads any more ends it, though there is nothing to write.
#[test]
fn it_ends_quietly_when_nobody_reads() {
    let env = TestEnv::with_places();
    let mut child = follower(&env, "audit list --after-seq 5 --follow -o jsonl");
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut String::new()).unwrap();
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "");
}

/// Whoever loses the right to the log hears no more of it.
#[test]
fn it_ends_with_the_right_to_the_log() {
    let env = TestEnv::with_places();
    let create = "user create boss --name Boss --role admin --password-stdin --permanent-password";
    env.call(create).stdin(PASSWORD).output().success();
    let login = env.call("login boss --password-stdin --print").stdin(PASSWORD).output();
    let mut child = env
        .command(PROGRAM)
        .args(["audit", "list", "--after-seq", "0", "--follow", "-o", "jsonl"])
        .env("CCADMIN_SESSION", login.stdout.trim())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(seq(&lines.next().unwrap().unwrap()), 1);
    env.run("passwd boss --generate-password").success();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(6));
}

/// A reader that is killed at any moment, and goes on behind the last whole line that it got, has got
/// every entry once.
#[test]
fn a_reader_that_is_killed_misses_nothing() {
    let env = TestEnv::with_places();
    let kills = if thorough() { 400 } else { 100 };
    let running = AtomicBool::new(true);
    let mut told: Vec<i64> = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            let rows: String =
                (0..300).fold("name\n".to_owned(), |rows, number| rows + &format!("u{number}\n"));
            let rows = rows.replacen("name", "username", 1);
            env.write("many.csv", rows);
            let mut state = ["deactivate", "activate"].iter().cycle();
            env.run(
                "user import many.csv --default full_name=N --default roles=agent --no-password",
            )
            .success();
            while running.load(Ordering::SeqCst) {
                let word = state.next().unwrap();
                env.sh(&format!("sed 1d many.csv | $ccadmin user {word} -")).output().success();
            }
        });
        let mut moment = 1_u64;
        for _ in 0..kills {
            let last = told.last().copied().unwrap_or_default();
            let line = format!("audit list --after-seq {last} --follow -o jsonl");
            let mut child = follower(&env, &line);
            moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            thread::sleep(Duration::from_micros((moment >> 33) % 120_000));
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            let text = String::from_utf8(output.stdout).unwrap();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            told.extend(whole.lines().map(seq));
        }
        running.store(false, Ordering::SeqCst);
    });
    let last = told.last().copied().unwrap_or_default();
    let rest = env.run(format!("audit list --after-seq {last} -o jsonl").as_str());
    told.extend(rest.stdout.lines().map(seq));
    let newest = column(&env.database(), "SELECT CAST(max(seq) AS TEXT) FROM audit")[0].clone();
    assert_eq!(told, (1..=newest.parse().unwrap()).collect::<Vec<i64>>());
}
