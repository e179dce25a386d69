//! Calls that make no sense: words, options and names that are not there.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use insta::assert_snapshot;

use super::refused;
use crate::common::{PROGRAM, TestEnv};

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
    ]), @"
    $ user list --role boss
    --- stderr ---
    error: invalid value 'boss' for '--role <ROLE>': `boss` is not a role: it has to be one of admin, agent, external-agent, requester, supervisor
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user list --state sleeping
    --- stderr ---
    error: invalid value 'sleeping' for '--state <active|inactive>' [possible values: active, inactive]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user list --sort age
    --- stderr ---
    error: there is no column `age`
    hint: the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at
    [exit status: 2]
    $ user list --limit many
    --- stderr ---
    error: invalid value 'many' for '--limit <N>': invalid digit found in string
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user list --limit 1.5
    --- stderr ---
    error: invalid value '1.5' for '--limit <N>': invalid digit found in string
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user list -o xml
    --- stderr ---
    error: invalid value 'xml' for '--output <FORMAT>': `xml` is not an output format; these are: table, json, jsonl, csv
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user list --color blue
    --- stderr ---
    error: invalid value 'blue' for '--color <WHEN>' [possible values: auto, always, never]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user create x --project-selection maybe
    --- stderr ---
    error: invalid value 'maybe' for '--project-selection <on|off>' [possible values: on, off]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ user create x --language ''
    --- stderr ---
    error: `` is not a language tag
    hint: write it like hu or en-GB (BCP 47)
    [exit status: 8]
    $ user create x --language e
    --- stderr ---
    error: `e` is not a language tag
    hint: write it like hu or en-GB (BCP 47)
    [exit status: 8]
    $ user create x --skill billing:0
    --- stderr ---
    error: `0` is not a skill level: it has to be a whole number from 1 to 5
    [exit status: 8]
    $ user create x --skill billing:6
    --- stderr ---
    error: `6` is not a skill level: it has to be a whole number from 1 to 5
    [exit status: 8]
    $ user create x --skill billing:x
    --- stderr ---
    error: `x` is not a skill level: it has to be a whole number from 1 to 5
    [exit status: 8]
    $ user create x --skill :3
    --- stderr ---
    error: a skill name cannot be empty
    [exit status: 8]
    $ user create x --project hu-support:
    --- stderr ---
    error: `` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ user create x --project :5
    --- stderr ---
    error: a project name cannot be empty
    [exit status: 8]
    $ user create x --expires 0d
    --- stderr ---
    error: missing: --name, --role, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    $ user create x --expires 7
    --- stderr ---
    error: `7` is not a time
    hint: write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z
    [exit status: 8]
    $ user create x --expires 99999999999999d
    --- stderr ---
    error: `99999999999999d` is not a time
    hint: write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z
    [exit status: 8]
    $ user update james --clear name
    --- stderr ---
    error: invalid value 'name' for '--clear <email,phone,language,from,until>' [possible values: email, phone, language, from, until]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ passwd james --password-fd -1
    --- stderr ---
    error: unexpected argument '-1' found
    hint: `ccadmin passwd --help` shows what it takes
    [exit status: 2]
    $ user list --created-since 2026-02-30
    --- stderr ---
    error: `2026-02-30` is not a time
    hint: write 7d (that long ago), 2026-11-21, or 2026-11-21T09:00:00Z
    [exit status: 8]
    $ completions tcsh
    --- stderr ---
    error: invalid value 'tcsh' for '<SHELL>' [possible values: bash, elvish, fish, powershell, zsh]
    hint: did you mean `zsh`?
    [exit status: 2]
    ");
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
    ]), @"
    $ usr
    --- stderr ---
    error: unrecognized subcommand 'usr'
    hint: did you mean `user`?
    [exit status: 2]
    $ user creat
    --- stderr ---
    error: unrecognized subcommand 'creat'
    hint: did you mean `create`?
    [exit status: 2]
    $ user show
    --- stderr ---
    error: missing: USERNAME
    hint: usage: ccadmin user show <USERNAME>
    [exit status: 2]
    $ user show james eva
    --- stderr ---
    error: unexpected argument 'eva' found
    hint: `ccadmin user show --help` shows what it takes
    [exit status: 2]
    $ user list extra
    --- stderr ---
    error: unexpected argument 'extra' found
    hint: `ccadmin user list --help` shows what it takes
    [exit status: 2]
    $ user list --colums username
    --- stderr ---
    error: unexpected argument '--colums' found
    hint: did you mean `--columns`?
    [exit status: 2]
    $ user list --nonsense
    --- stderr ---
    error: unexpected argument '--nonsense' found
    hint: `ccadmin user list --help` shows what it takes
    [exit status: 2]
    $ user list -x
    --- stderr ---
    error: unexpected argument '-x' found
    hint: `ccadmin user list --help` shows what it takes
    [exit status: 2]
    $ user create james eva
    --- stderr ---
    error: unexpected argument 'eva' found
    hint: `ccadmin user create --help` shows what it takes
    [exit status: 2]
    $ user create --name
    --- stderr ---
    error: a value is required for '--name <NAME>' but none was supplied
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ set-weight james hu-support
    --- stderr ---
    error: missing: WEIGHT
    hint: usage: ccadmin set-weight <USERNAME|-> <PROJECT> <WEIGHT>
    [exit status: 2]
    $ assign-project james
    --- stderr ---
    error: missing: PROJECT[:WEIGHT]
    hint: usage: ccadmin assign-project <USERNAME|-> <PROJECT[:WEIGHT]>...
    [exit status: 2]
    $ project rename hu-support
    --- stderr ---
    error: missing: NEW
    hint: usage: ccadmin project rename <NAME> <NEW>
    [exit status: 2]
    $ user list --limit 1 --limit 2
    --- stderr ---
    error: the argument '--limit <N>' cannot be used multiple times
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    $ user create x --name A --name B
    --- stderr ---
    error: the argument '--name <NAME>' cannot be used multiple times
    hint: usage: ccadmin user create [OPTIONS] [USERNAME]
    [exit status: 2]
    $ user list --password
    --- stderr ---
    error: a value is required for '--password <temporary|permanent|expired|none>' but none was supplied [possible values: temporary, permanent, expired, none]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
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
    ]), @"
    $ user show Eva
    --- stderr ---
    error: there is no user `Eva`
    hint: did you mean `eva`?
    [exit status: 3]
    $ user show jame
    --- stderr ---
    error: there is no user `jame`
    hint: did you mean `james`?
    [exit status: 3]
    $ user show amesj
    --- stderr ---
    error: there is no user `amesj`
    hint: did you mean `james`?
    [exit status: 3]
    $ user update jims --name X
    --- stderr ---
    error: there is no user `jims`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    $ project show hu_support
    --- stderr ---
    error: there is no project `hu_support`
    hint: did you mean `hu-support`?
    [exit status: 3]
    $ team show Voice
    --- stderr ---
    error: `Voice` is not a team name: `V` at position 1 is not allowed
    hint: write it in lower case: `voice`
    [exit status: 8]
    $ team show chta
    --- stderr ---
    error: there is no team `chta`
    hint: did you mean `chat`?
    [exit status: 3]
    $ skill show bill
    --- stderr ---
    error: there is no skill `bill`
    hint: `ccadmin skill list` shows those that exist
    [exit status: 3]
    $ assign-project james en-suport
    --- stderr ---
    error: there is no project `en-suport`
    hint: did you mean `en-support`?
    [exit status: 3]
    $ user list --team voicee
    --- stderr ---
    error: there is no team `voicee`
    hint: did you mean `voice`?
    [exit status: 3]
    $ user list --skill return
    --- stderr ---
    error: there is no skill `return`
    hint: did you mean `returns`?
    [exit status: 3]
    ");
}

/// R57: bytes that are no text are refused.
#[test]
fn invalid_utf_8_on_the_command_line() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let bad = OsStr::from_bytes(b"jam\xff\xfees");
    let call = |words: &[&OsStr]| env.run(words).to_string();
    let word = OsStr::new;
    assert_snapshot!(call(&[word("user"), word("show"), bad]), @"
    --- stderr ---
    error: argument 3, `jam��es`, is not UTF-8
    hint: usage: ccadmin user show [OPTIONS] <USERNAME>
    [exit status: 2]
    ");
    assert_snapshot!(call(&[bad]), @"
    --- stderr ---
    error: unrecognized subcommand 'jam��es'
    hint: `ccadmin --help` shows the commands
    [exit status: 2]
    ");
    assert_snapshot!(call(&[word("user"), word("update"), word("james"), word("--name"), bad]), @"
    --- stderr ---
    error: the value of --name, `jam��es`, is not UTF-8
    hint: usage: ccadmin user update [OPTIONS] [USERNAME|-]
    [exit status: 2]
    ");
    assert_snapshot!(call(&[word("user"), word("list"), word("--search"), bad, word("-o"), word("json")]), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"the value of --search, `jam��es`, is not UTF-8","hint":"usage: ccadmin user list [OPTIONS]"}}
    [exit status: 2]
    "#);
    assert_snapshot!(call(&[word("user"), word("list"), word("--database"), bad]), @"
    --- stderr ---
    error: the path of the store is not UTF-8
    hint: name it by another path
    [exit status: 2]
    ");
    assert_snapshot!(call(&[word("user"), word("list"), word("--config"), bad]), @"
    --- stderr ---
    error: jam��es: cannot be read: No such file or directory (os error 2)
    hint: name a file that this account can read
    [exit status: 2]
    ");
    assert_snapshot!(call(&[word("user"), word("list"), word("-o"), bad]), @"
    --- stderr ---
    error: the value of -o, `jam��es`, is not UTF-8
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
    for name in ["CCADMIN_DATABASE", "CCADMIN_CONFIG", "CCADMIN_OUTPUT"] {
        let output = env.call("user list").env(name, bad).output();
        assert_eq!(output.status, Some(2), "{name}: {output}");
    }
    let output = env.call("user list").env("HOME", bad).output();
    assert_eq!(output.status, Some(3), "{output}");
}

/// R57: no arguments make it panic.
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
    ] {
        let output = env.run(&*words);
        assert!(matches!(output.status, Some(0 | 2 | 3 | 8)), "{words:?}: {output}");
    }
}

/// R57: an empty `argv[0]`.
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
fn what_a_word_processor_has_made_of_dashes_and_quotes_is_told() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run(&["user", "update", "james", "\u{2013}name", "James"]), @"
    --- stderr ---
    error: unexpected argument '–name' found
    hint: type `--name`: `–name` begins with a dash of a word processor
    [exit status: 2]
    ");
    assert_snapshot!(env.run(&["user", "list", "\u{2014}role=agent"]), @"
    --- stderr ---
    error: unexpected argument '—role=agent' found
    hint: type `--role`: `—role=agent` begins with a dash of a word processor
    [exit status: 2]
    ");
    assert_snapshot!(env.run(&["user", "list", "\u{2013}q"]), @"
    --- stderr ---
    error: unexpected argument '–q' found
    hint: type `-q`: `–q` begins with a dash of a word processor
    [exit status: 2]
    ");
    let words = ["user", "update", "james", "--name", "\u{201e}James", "Carter\u{201d}"];
    assert_snapshot!(env.run(&words), @r#"
    --- stderr ---
    error: unexpected argument 'Carter”' found
    hint: type ' or " around a text: `„James` has the quotation marks of a word processor
    [exit status: 2]
    "#);
    // In a value that is one word they are what was typed.
    env.run(&["user", "update", "james", "--name", "\u{201e}James\u{201d}"]).success();
}
