//! Streams, files and limits that fail.

use std::fs::File;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::{Output, PROGRAM, TestEnv};

#[test]
fn passwords_that_are_no_line_of_text() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let set = |bytes: &[u8]| env.call("passwd james --password-stdin").stdin(bytes).output();
    assert_snapshot!(set(b""), @"
    --- stderr ---
    error: stdin has no password
    hint: give it on one line
    [exit status: 2]
    ");
    assert_snapshot!(set(b"\n"), @"
    --- stderr ---
    error: the password on stdin is empty
    [exit status: 8]
    ");
    assert_snapshot!(set(b"\r\nverwunschene Teekanne im Regal\n"), @"
    --- stderr ---
    error: the password on stdin is empty
    [exit status: 8]
    ");
    assert_snapshot!(set(b"verwunschene\0Teekanne im Regal\n"), @"
    --- stderr ---
    error: the password on stdin contains a NUL byte
    [exit status: 8]
    ");
    assert_snapshot!(set(b"verwunschene\xff\xfeTeekanne im Regal\n"), @"
    --- stderr ---
    error: the password on stdin is not UTF-8
    [exit status: 8]
    ");
    assert_snapshot!(set("verwunschene\u{7}Teekanne im Regal\n".as_bytes()), @"
    --- stderr ---
    error: a password cannot hold the kind of character at position 13
    hint: use letters of any language, digits, punctuation and spaces
    [exit status: 8]
    ");
    assert_snapshot!(set(&[b'x'; 1_025]), @"
    --- stderr ---
    error: the password on stdin has more than 1024 bytes
    [exit status: 8]
    ");
    assert_snapshot!(set("Teekanne ".repeat(29).as_bytes()), @"
    --- stderr ---
    error: a password has at most 256 characters, this one has 261
    hint: use a shorter one
    [exit status: 8]
    ");
    assert_snapshot!(set(&vec![b'x'; 4 << 20]), @"
    --- stderr ---
    error: the password on stdin has more than 1024 bytes
    [exit status: 8]
    ");
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
    assert_snapshot!(env.sh("$ccadmin passwd james --password-stdin <&-").output(), @"
    --- stderr ---
    error: stdin has no password
    hint: give it on one line
    [exit status: 2]
    ");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-stdin <.").output(), @"
    --- stderr ---
    error: stdin cannot be read: Is a directory (os error 21)
    [exit status: 1]
    ");
    assert_snapshot!(env.sh("$ccadmin user deactivate - <.").output(), @"
    --- stderr ---
    error: stdin cannot be read: Is a directory (os error 21)
    [exit status: 1]
    ");
    assert_snapshot!(env.sh("$ccadmin user deactivate - <&-").output(), @"
    --- stderr ---
    no username on stdin: nothing to do
    [exit status: 0]
    ");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-fd 9").output(), @"
    --- stderr ---
    error: the descriptor 9 of --password-fd is not open
    hint: in a shell: ccadmin ... --password-fd 3 3<FILE
    [exit status: 2]
    ");
    assert_snapshot!(env.sh("$ccadmin passwd james --password-fd 3 3>out").output(), @"
    --- stderr ---
    error: descriptor 3 cannot be read: Bad file descriptor (os error 9)
    [exit status: 1]
    ");
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
fn a_full_stdout() {
    let env = TestEnv::with_users();
    let full = |line: &str| env.sh(&format!("$ccadmin {line} >/dev/full")).output();
    assert_snapshot!(full("user list"), @"
    --- stderr ---
    error: the output cannot be written: No space left on device (os error 28)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    assert_snapshot!(full("user show james -o json"), @r#"
    --- stderr ---
    {"error":{"code":"output-failed","message":"the output cannot be written: No space left on device (os error 28)","hint":"stdout is full or closed: send it somewhere else"}}
    [exit status: 1]
    "#);
    assert_snapshot!(full("user list --count"), @"
    --- stderr ---
    error: the output cannot be written: No space left on device (os error 28)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    assert_snapshot!(full("--help"), @"
    --- stderr ---
    error: the output cannot be written: No space left on device (os error 28)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    assert_snapshot!(full("completions bash"), @"
    --- stderr ---
    error: the output cannot be written: No space left on device (os error 28)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    assert_snapshot!(full("store info"), @"
    --- stderr ---
    error: the output cannot be written: No space left on device (os error 28)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    // Behind a change: it is done.
    assert_snapshot!(full("user create new --name New --role agent --generate-password"), @"
    --- stderr ---
    created new
    error: the change was made, but the password cannot be written: No space left on device (os error 28)
    hint: done; re-issue with passwd
    [exit status: 1]
    ");
    env.run("user show new").success();
    assert_snapshot!(full("team create x -o json"), @r#"
    --- stderr ---
    {"error":{"code":"output-failed","message":"the output cannot be written: No space left on device (os error 28)","hint":"the change itself was made"}}
    [exit status: 1]
    "#);
    env.run("team show x").success();
    assert_snapshot!(full("user deactivate james"), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(full("passwd james eva --generate-password -o jsonl"), @r#"
    --- stderr ---
    {"error":{"code":"output-failed","message":"the change was made, but the password cannot be written: No space left on device (os error 28)","hint":"done; re-issue with passwd"}}
    [exit status: 1]
    "#);
}

#[test]
fn a_closed_stdout() {
    let env = TestEnv::with_users();
    let closed = |line: &str| env.sh(&format!("$ccadmin {line} >&-")).output();
    assert_snapshot!(closed("user list"), @"
    --- stderr ---
    error: the output cannot be written: Bad file descriptor (os error 9)
    hint: stdout is full or closed: send it somewhere else
    [exit status: 1]
    ");
    assert_snapshot!(closed("user create new --name New --role agent --generate-password"), @"
    --- stderr ---
    created new
    error: the change was made, but the password cannot be written: Bad file descriptor (os error 9)
    hint: done; re-issue with passwd
    [exit status: 1]
    ");
    env.run("user show new").success();
    assert_snapshot!(closed("user deactivate james"), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
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
    assert_snapshot!(gone("user list"), @"[exit status: 0]");
    assert_snapshot!(gone("user list -o json"), @"[exit status: 0]");
    assert_snapshot!(gone("user list -o csv"), @"[exit status: 0]");
    assert_snapshot!(gone("--help"), @"[exit status: 0]");
    assert_snapshot!(gone("completions zsh"), @"[exit status: 0]");
    assert_snapshot!(gone("project show hu-support"), @"[exit status: 0]");
    assert_snapshot!(gone("user deactivate james -o json"), @r#"
    --- stderr ---
    {"warning":{"code":"no-active-agent","message":"the project `en-support` has no active agent left","hint":null}}
    {"warning":{"code":"no-active-agent","message":"the project `hu-support` has no active agent left","hint":null}}
    [exit status: 0]
    "#);
    assert_snapshot!(gone("passwd james --generate-password"), @"
    --- stderr ---
    set the password of james
    error: the change was made, but the password cannot be written: Broken pipe (os error 32)
    hint: done; re-issue with passwd
    [exit status: 1]
    ");
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

/// R57: a file of one line without an end, of a million columns, or of bytes that are no text is
/// refused within the memory that any other takes.
#[test]
fn a_hostile_file_takes_no_memory() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let header = "username,full_name,roles";
    env.write("columns.csv", format!("{header}{}\n", ",x".repeat(1_000_000)));
    env.write("cells.csv", format!("{header}\na,A,agent{}\n", ",x".repeat(1_000_000)));
    env.write("quote.csv", format!("{header}\na,\"{}", "x\n".repeat(4_000_000)));
    env.write("nul.csv", format!("\u{feff}{header}\r\na\0,A,agent\r\n"));
    env.write("bytes.csv", [header.as_bytes(), b"\n\xff\xfe,A,agent\n"].concat());
    env.write("object.jsonl", format!("{{\"username\":{}", "[".repeat(1_000_000)));
    for ending in ["csv", "jsonl"] {
        let file = File::create(env.path(&format!("line.{ending}"))).unwrap();
        // One line of NUL bytes that takes no room on the disk.
        file.set_len(1 << 30).unwrap();
    }
    for name in [
        "columns.csv",
        "cells.csv",
        "quote.csv",
        "nul.csv",
        "bytes.csv",
        "object.jsonl",
        "line.csv",
        "line.jsonl",
    ] {
        let line = format!("ulimit -v 300000; $ccadmin user import {name} --no-password");
        let output = env.sh(&line).output();
        assert_eq!(output.status, Some(11), "{name}: {output}");
        assert_eq!(env.contents(), before, "{name}");
    }
    // A line that would be larger than all the memory.
    for format in ["csv", "jsonl"] {
        let line = format!(
            "ulimit -v 300000; head -c 1G /dev/zero | tr '\\0' x | $ccadmin user import - \
             --format {format} --no-password"
        );
        let output = env.sh(&line).output();
        assert_eq!(output.status, Some(11), "{format}: {output}");
        assert_eq!(env.contents(), before, "{format}");
    }
}
