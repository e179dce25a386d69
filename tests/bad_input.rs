//! Bad input of every kind: each has its message, its hint and its status, and leaves the store as
//! it was. Nothing panics.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::{Output, PASSWORD, PROGRAM, TestEnv};

/// The outputs of several calls below each other, each under its call; none changes anything.
fn refused(env: &TestEnv, lines: &[&str]) -> String {
    let before = env.store().exists().then(|| env.contents());
    let mut told = String::new();
    for line in lines {
        let output = env.run(*line);
        assert!(matches!(output.status, Some(2..=13)), "{line}: {output}");
        assert_eq!(output.stdout, "", "{line}");
        told.push_str(&format!("$ {line}\n{output}\n"));
    }
    assert_eq!(env.store().exists().then(|| env.contents()), before);
    told
}

#[test]
fn wrong_option_values() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "user list --role boss",
        "user list --state sleeping",
        "user list --sort age",
        "user list --limit many",
        "user list --limit 1.5",
        "user list -o xml",
        "user list --color blue",
        "user create x --project-selection maybe",
        "user create x --language ''",
        "user create x --language e",
        "user create x --skill billing:0",
        "user create x --skill billing:6",
        "user create x --skill billing:x",
        "user create x --skill :3",
        "user create x --project hu-support:",
        "user create x --project :5",
        "user create x --expires 0d",
        "user create x --expires 7",
        "user create x --expires 99999999999999d",
        "user update james --clear name",
        "passwd james --password-fd -1",
        "user list --created-since 2026-02-30",
        "completions tcsh",
    ]), @"");
}

#[test]
fn wrong_calls() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "usr",
        "user creat",
        "user show",
        "user show james eva",
        "user list extra",
        "user list --colums username",
        "user list --nonsense",
        "user list -x",
        "user create james eva",
        "user create --name",
        "set-weight james hu-support",
        "assign-project james",
        "project rename hu-support",
        "user list --limit 1 --limit 2",
        "user create x --name A --name B",
        "user list --password",
    ]), @"");
}

#[test]
fn usernames() {
    let env = TestEnv::with_users();
    let mut lines = vec![
        "user show ''".to_owned(),
        "user show ' '".to_owned(),
        "user show 'jam es'".to_owned(),
        "user show -- -rf".to_owned(),
        "user show -rf".to_owned(),
        "user show .james".to_owned(),
        "user show ../james".to_owned(),
        "user show 'james\n'".to_owned(),
        "user show 'james\u{1b}[31m'".to_owned(),
        "user show jámes".to_owned(),
        "user show j\u{430}mes".to_owned(),
        "user show ᴮᴵᴳ".to_owned(),
        "user show a:b".to_owned(),
        "user show a;b".to_owned(),
        "user deactivate james@".to_owned(),
        "user deactivate --yes".to_owned(),
    ];
    lines.push(format!("user show {}", "a".repeat(65)));
    lines.push("user create -- --name".to_owned());
    lines.push("user create '' --name X --role agent --generate-password".to_owned());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_snapshot!(refused(&env, &lines), @"");
    let longest = "a".repeat(64);
    env.run(&*format!("user create {longest} --name A --role agent --generate-password")).success();
    env.run("user create -q --name A --role agent --generate-password -- 7.of_9-x@y+z").success();
}

#[test]
fn names_of_people_and_descriptions() {
    let env = TestEnv::with_users();
    let long = format!("user update james --name '{}'", "é".repeat(201));
    assert_snapshot!(refused(&env, &[
        "user update james --name ''",
        "user update james --name '   '",
        "user update james --name 'a\tb'",
        "user update james --name 'a\nb'",
        "user update james --name 'a\u{202e}b'",
        "user update james --name 'a\u{200b}b'",
        "project update hu-support --description 'a\u{7}'",
        &long,
    ]), @"");
    env.run(&*format!("user update james --name '{}'", "é".repeat(200))).success();
}

#[test]
fn phone_numbers_and_addresses() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "user update james --phone ''",
        "user update james --phone 12345",
        "user update james --phone '+36 20 abc'",
        "user update james --phone +0612345678",
        "user update james --phone +1234567890123456",
        "user update james --phone 4.92E+11",
        "user update james --phone 0036201234567",
        "user update james --email james",
        "user update james --email ''",
        "user update james --email james@localhost",
        "user update james --email '\"j\"@example.com'",
        "user update james --email jámes@example.com",
        "user update james --email=-x@example.com",
        "user update james --email 'a@b.com, c@d.com'",
        "user update james --email 'a@b.com\u{a}bcc:x@y.com'",
    ]), @"");
    let long = format!("user update james --email {}@{}.com", "a".repeat(64), "b.".repeat(100));
    assert_eq!(env.run(&*long).status, Some(8));
}

#[test]
fn names_that_are_not_there() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "user show Eva",
        "user show jame",
        "user show amesj",
        "user update jims --name X",
        "project show hu_support",
        "team show Voice",
        "team show chta",
        "skill show bill",
        "assign-project james en-suport",
        "user list --team voicee",
        "user list --skill return",
    ]), @"");
}

#[test]
fn weights() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "set-weight james hu-support 0",
        "set-weight james hu-support 101",
        "set-weight james hu-support -1",
        "set-weight james hu-support 1.0",
        "set-weight james hu-support ''",
        "set-weight james hu-support 4294967296",
        "set-weight james hu-support ١٢",
        "set-weight james hu-support +5",
        "assign-project james hu-support:0",
        "assign-project james hu-support:5:5",
        "assign-project james hu-support --weight 500",
    ]), @"");
}

#[test]
fn weak_passwords() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let mut told = String::new();
    for password in [
        "short",
        "fourteen chars",
        "password password",
        "passwordpassword123",
        "jamesjamesjames1",
        "James Carter 2026!",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "123456789012345678",
        "contactcenter2026",
    ] {
        let output =
            env.call("passwd james --password-stdin").stdin(format!("{password}\n")).output();
        assert_eq!(output.status, Some(8), "{password}: {output}");
        assert!(!output.stderr.contains(password), "{output}");
        told.push_str(&format!("> {password}\n{output}\n"));
    }
    assert_snapshot!(told, @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn passwords_that_are_no_line_of_text() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let set = |bytes: &[u8]| env.call("passwd james --password-stdin").stdin(bytes).output();
    assert_snapshot!(set(b""), @"");
    assert_snapshot!(set(b"\n"), @"");
    assert_snapshot!(set(b"\r\nverwunschene Teekanne im Regal\n"), @"");
    assert_snapshot!(set(b"verwunschene\0Teekanne im Regal\n"), @"");
    assert_snapshot!(set(b"verwunschene\xff\xfeTeekanne im Regal\n"), @"");
    assert_snapshot!(set("verwunschene\u{7}Teekanne im Regal\n".as_bytes()), @"");
    assert_snapshot!(set(&[b'x'; 1_025]), @"");
    assert_snapshot!(set("Teekanne ".repeat(29).as_bytes()), @"");
    assert_snapshot!(set(&vec![b'x'; 4 << 20]), @"");
    assert_eq!(env.contents(), before);
    // Without a line end, and with spaces that count.
    set(b"  verwunschene Teekanne im Regal ").success();
    env.call("passwd james --own --password-stdin")
        .stdin("  verwunschene Teekanne im Regal \r\nein anderes Kissen am Fenster")
        .output()
        .success();
}

#[test]
fn stdin_that_cannot_be_read() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.sh("$ccadmin passwd james --password-stdin <&-").output(), @"");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-stdin <.").output(), @"");
    assert_snapshot!(env.sh("$ccadmin user deactivate - <.").output(), @"");
    assert_snapshot!(env.sh("$ccadmin user deactivate - <&-").output(), @"");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-fd 9").output(), @"");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-fd 3 3>out").output(), @"");
}

#[test]
fn long_lines_on_stdin() {
    let env = TestEnv::with_users();
    let long = "a".repeat(10_000);
    let output = env.call("user deactivate -").stdin(format!("{long}\njames\n")).output();
    assert_eq!(output.status, Some(8), "{output}");
    assert!(output.stderr.len() < 8_000, "{}", output.stderr.len());
}

#[test]
fn invalid_utf_8_on_the_command_line() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let bad = OsStr::from_bytes(b"jam\xff\xfees");
    let call = |words: &[&OsStr]| env.run(words).to_string();
    let word = OsStr::new;
    assert_snapshot!(call(&[word("user"), word("show"), bad]), @"");
    assert_snapshot!(call(&[bad]), @"");
    assert_snapshot!(call(&[word("user"), word("update"), word("james"), word("--name"), bad]), @"");
    assert_snapshot!(call(&[word("user"), word("list"), word("--search"), bad, word("-o"), word("json")]), @"");
    assert_snapshot!(call(&[word("user"), word("list"), word("--database"), bad]), @"");
    assert_snapshot!(call(&[word("user"), word("list"), word("--config"), bad]), @"");
    assert_snapshot!(call(&[word("user"), word("list"), word("-o"), bad]), @"");
    assert_eq!(env.contents(), before);
    for name in ["CCADMIN_DATABASE", "CCADMIN_CONFIG", "CCADMIN_OUTPUT"] {
        let output = env.call("user list").env(name, bad).output();
        assert_eq!(output.status, Some(2), "{name}: {output}");
    }
    let output = env.call("user list").env("HOME", bad).output();
    assert_eq!(output.status, Some(3), "{output}");
}

#[test]
fn a_full_stdout() {
    let env = TestEnv::with_users();
    let full = |line: &str| env.sh(&format!("$ccadmin {line} >/dev/full")).output();
    assert_snapshot!(full("user list"), @"");
    assert_snapshot!(full("user show james -o json"), @"");
    assert_snapshot!(full("user list --count"), @"");
    assert_snapshot!(full("--help"), @"");
    assert_snapshot!(full("completions bash"), @"");
    assert_snapshot!(full("store info"), @"");
    // Behind a change: it is done.
    assert_snapshot!(full("user create new --name New --role agent --generate-password"), @"");
    env.run("user show new").success();
    assert_snapshot!(full("team create x -o json"), @"");
    env.run("team show x").success();
    assert_snapshot!(full("user deactivate james"), @"");
    assert_snapshot!(full("passwd james eva --generate-password -o jsonl"), @"");
}

#[test]
fn a_closed_stdout() {
    let env = TestEnv::with_users();
    let closed = |line: &str| env.sh(&format!("$ccadmin {line} >&-")).output();
    assert_snapshot!(closed("user list"), @"");
    assert_snapshot!(closed("user create new --name New --role agent --generate-password"), @"");
    env.run("user show new").success();
    assert_snapshot!(closed("user deactivate james"), @"");
    // Nothing lands in the store's file by way of a descriptor that was free.
    let all = env.sh("$ccadmin team create x <&- >&- 2>&-").output();
    assert_eq!(all.status, Some(0));
    env.run("team show x").success();
}

#[test]
fn a_reader_that_is_gone() {
    let env = TestEnv::with_users();
    let gone = |line: &str| -> Output {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let words = crate::common::Arguments::words(line);
        let output = env
            .command(PROGRAM)
            .args(words)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        env.outcome(output)
    };
    assert_snapshot!(gone("user list"), @"");
    assert_snapshot!(gone("user list -o json"), @"");
    assert_snapshot!(gone("user list -o csv"), @"");
    assert_snapshot!(gone("--help"), @"");
    assert_snapshot!(gone("completions zsh"), @"");
    assert_snapshot!(gone("project show hu-support"), @"");
    assert_snapshot!(gone("user deactivate james -o json"), @"");
    assert_snapshot!(gone("passwd james --generate-password"), @"");
}

#[test]
fn a_full_or_closed_stderr_changes_nothing() {
    let env = TestEnv::with_users();
    for (line, status) in [
        ("team create a 2>/dev/full", 0),
        ("team create b 2>&-", 0),
        ("user show nobody 2>/dev/full", 3),
        ("user show nobody 2>&-", 3),
        ("user lst 2>/dev/full", 2),
    ] {
        let output = env.sh(&format!("$ccadmin {line}")).output();
        assert_eq!(output.status, Some(status), "{line}");
    }
    assert_eq!(env.run("team list --field name").stdout, "a\nb\nchat\nvoice\n");
}

#[test]
fn a_limit_on_resources_is_no_panic() {
    let env = TestEnv::with_users();
    let before = env.contents();
    for limit in ["ulimit -f 0", "ulimit -n 4", "ulimit -v 20000"] {
        let line = format!("{limit}; $ccadmin team create x");
        let output = env.sh(&line).output();
        assert!(!matches!(output.status, Some(0 | 101 | 134) | None), "{limit}: {output}");
        assert_eq!(env.contents(), before, "{limit}");
    }
}

#[test]
fn odd_arguments_are_no_panic() {
    let env = TestEnv::with_users();
    let long = "x".repeat(100_000);
    for words in [
        vec![""],
        vec!["", ""],
        vec!["--"],
        vec!["-"],
        vec!["user", ""],
        vec!["user", "--"],
        vec!["-o"],
        vec!["-o", ""],
        vec!["--output="],
        vec!["user", "show", &long],
        vec![&long],
        vec!["user", "list", "--search", ""],
        vec!["user", "list", "--search", &long],
        vec!["user", "list", "--columns", ""],
        vec!["user", "list", "--columns", ",,"],
        vec!["user", "list", "--limit", "18446744073709551615"],
        vec!["user", "list", "--limit", "9223372036854775808"],
        vec!["user", "list", "--created-since", "9999-12-31"],
        vec!["user", "list", "--created-since", "-9999-01-01"],
        vec!["user", "list", "--created-since", "0001-01-01"],
        vec!["user", "list", "--created-since", "9999999d"],
        vec!["passwd", "james", "--generate-password", "--expires", "9999-12-31"],
        vec!["passwd", "james", "--generate-password", "--expires", "999999999d"],
        vec!["user", "show", "james", "-o", "json", "-o", "csv"],
        vec!["user", "list", "-qqq"],
        vec!["user", "deactivate", "-", "-"],
        vec!["user", "list", "--skill", "billing:"],
        vec!["user", "list", "--password-set-by", "\u{0}x".trim_start_matches('\0')],
    ] {
        let output = env.run(&*words);
        assert!(matches!(output.status, Some(0 | 2 | 3 | 8)), "{words:?}: {output}");
    }
}

/// An empty `argv[0]` or none at all.
#[test]
fn a_program_without_a_name() {
    use std::os::unix::process::CommandExt;

    let env = TestEnv::with_users();
    let output = env.command(PROGRAM).arg0("").arg("user").arg("lst").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = env.command(PROGRAM).arg0("").args(["team", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_good_call_still_works_after_all_that() {
    let env = TestEnv::with_users();
    let output = env.call("passwd james --password-stdin").stdin(format!("{PASSWORD}\n")).output();
    assert_snapshot!(output, @"");
}
