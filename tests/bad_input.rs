//! Bad input of every kind: each has its message, its hint and its status, and leaves the store as
//! it was. Nothing panics.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use ccadmin::model::is_invisible;
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
        let _ = writeln!(told, "$ {}\n{output}", visible(line));
    }
    assert_eq!(env.store().exists().then(|| env.contents()), before);
    told
}

fn visible(line: &str) -> String {
    let shown = |letter: char| match letter {
        letter if is_invisible(letter) => letter.escape_default().to_string(),
        letter => letter.to_string(),
    };
    line.chars().map(shown).collect()
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
    error: invalid value 'age' for '--sort <KEY>' [possible values: username, name, created, last-sign-in]
    hint: add `--help` to the command to see how it is used
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
    hint: usage: ccadmin passwd [OPTIONS] [USERNAME|-]...
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
    hint: usage: ccadmin user show [OPTIONS] <USERNAME>
    [exit status: 2]
    $ user list extra
    --- stderr ---
    error: unexpected argument 'extra' found
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    $ user list --colums username
    --- stderr ---
    error: unexpected argument '--colums' found
    hint: did you mean `--columns`?
    [exit status: 2]
    $ user list --nonsense
    --- stderr ---
    error: unexpected argument '--nonsense' found
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    $ user list -x
    --- stderr ---
    error: unexpected argument '-x' found
    hint: usage: ccadmin user list [OPTIONS]
    [exit status: 2]
    $ user create james eva
    --- stderr ---
    error: unexpected argument 'eva' found
    hint: usage: ccadmin user create [OPTIONS] [USERNAME]
    [exit status: 2]
    $ user create --name
    --- stderr ---
    error: a value is required for '--name <NAME>' but none was supplied
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    $ set-weight james hu-support
    --- stderr ---
    error: missing: WEIGHT
    hint: usage: ccadmin set-weight <USERNAME> <PROJECT> <WEIGHT>
    [exit status: 2]
    $ assign-project james
    --- stderr ---
    error: missing: PROJECT[:WEIGHT]
    hint: usage: ccadmin assign-project <USERNAME> <PROJECT[:WEIGHT]>...
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
    assert_snapshot!(refused(&env, &lines), @r"
    $ user show ''
    --- stderr ---
    error: a username cannot be empty
    [exit status: 8]
    $ user show ' '
    --- stderr ---
    error: ` ` is not a username: a space at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'jam es'
    --- stderr ---
    error: `jam es` is not a username: a space at position 4 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show -- -rf
    --- stderr ---
    error: `-rf` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user show -rf
    --- stderr ---
    error: unexpected argument '-r' found
    hint: usage: ccadmin user show [OPTIONS] <USERNAME>
    [exit status: 2]
    $ user show .james
    --- stderr ---
    error: `.james` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user show ../james
    --- stderr ---
    error: `../james` is not a username: `/` at position 3 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'james\n'
    --- stderr ---
    error: `james\n` is not a username: `\n` at position 6 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'james\u{1b}[31m'
    --- stderr ---
    error: `james\u{1b}[31m` is not a username: `\u{1b}` at position 6 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show jámes
    --- stderr ---
    error: `jámes` is not a username: `á` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show jаmes
    --- stderr ---
    error: `jаmes` is not a username: `а` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show ᴮᴵᴳ
    --- stderr ---
    error: `ᴮᴵᴳ` is not a username: `ᴮ` at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show a:b
    --- stderr ---
    error: `a:b` is not a username: `:` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show a;b
    --- stderr ---
    error: `a;b` is not a username: `;` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user deactivate james@
    --- stderr ---
    error: there is no user `james@`
    hint: did you mean `james`?
    [exit status: 3]
    $ user deactivate --yes
    --- stderr ---
    error: unexpected argument '--yes' found
    hint: usage: ccadmin user deactivate [OPTIONS] <USERNAME|->...
    [exit status: 2]
    $ user show aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    --- stderr ---
    error: a username has at most 64 characters, this one has 65
    [exit status: 8]
    $ user create -- --name
    --- stderr ---
    error: `--name` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user create '' --name X --role agent --generate-password
    --- stderr ---
    error: a username cannot be empty
    [exit status: 8]
    ");
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
    ]), @r"
    $ user update james --name ''
    --- stderr ---
    error: a name cannot be blank
    [exit status: 8]
    $ user update james --name '   '
    --- stderr ---
    error: a name cannot be blank
    [exit status: 8]
    $ user update james --name 'a\tb'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+0009 at position 2)
    [exit status: 8]
    $ user update james --name 'a\nb'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+000A at position 2)
    [exit status: 8]
    $ user update james --name 'a\u{202e}b'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+202E at position 2)
    [exit status: 8]
    $ user update james --name 'a\u{200b}b'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+200B at position 2)
    [exit status: 8]
    $ project update hu-support --description 'a\u{7}'
    --- stderr ---
    error: a description cannot hold a control or invisible character (U+0007 at position 2)
    [exit status: 8]
    $ user update james --name 'ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé'
    --- stderr ---
    error: a name has at most 200 characters, this one has 201
    [exit status: 8]
    ");
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
    ]), @r#"
    $ user update james --phone ''
    --- stderr ---
    error: `` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone 12345
    --- stderr ---
    error: `12345` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone '+36 20 abc'
    --- stderr ---
    error: `+36 20 abc` is not a phone number: after the `+` there can only be digits
    [exit status: 8]
    $ user update james --phone +0612345678
    --- stderr ---
    error: `+0612345678` is not a phone number: the `+` is followed by the country code
    hint: write it like +36201234567
    [exit status: 8]
    $ user update james --phone +1234567890123456
    --- stderr ---
    error: `+1234567890123456` is not a phone number: it has 16 digits, but at most 15 are allowed
    [exit status: 8]
    $ user update james --phone 4.92E+11
    --- stderr ---
    error: `4.92E+11` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone 0036201234567
    --- stderr ---
    error: `0036201234567` has `00` in place of the `+`: `+36201234567`?
    hint: write it like +36201234567
    [exit status: 8]
    $ user update james --email james
    --- stderr ---
    error: `james` is not an e-mail address: there is no `@`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email ''
    --- stderr ---
    error: `` is not an e-mail address: there is no `@`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email james@localhost
    --- stderr ---
    error: `james@localhost` is not an e-mail address: the part after the `@` is not a domain name
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email '"j"@example.com'
    --- stderr ---
    error: `\"j\"@example.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email jámes@example.com
    --- stderr ---
    error: `jámes@example.com` is not an e-mail address: only ASCII is allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email=-x@example.com
    --- stderr ---
    error: `-x@example.com` is not an e-mail address: it cannot begin with `-`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email 'a@b.com, c@d.com'
    --- stderr ---
    error: `a@b.com, c@d.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email 'a@b.com\nbcc:x@y.com'
    --- stderr ---
    error: `a@b.com\nbcc:x@y.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    "#);
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
    ]), @"
    $ set-weight james hu-support 0
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 101
    --- stderr ---
    error: the weight 101 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    $ set-weight james hu-support -1
    --- stderr ---
    error: `-1` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 1.0
    --- stderr ---
    error: `1.0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support ''
    --- stderr ---
    error: `` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 4294967296
    --- stderr ---
    error: `4294967296` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support ١٢
    --- stderr ---
    error: `١٢` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support +5
    --- stderr ---
    error: `+5` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support:0
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support:5:5
    --- stderr ---
    error: `5:5` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support --weight 500
    --- stderr ---
    error: the weight 500 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    ");
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
        let _ = writeln!(told, "> {password}\n{output}");
    }
    assert_snapshot!(told, @"
    > short
    --- stderr ---
    error: a password has at least 15 characters, this one has 5
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > fourteen chars
    --- stderr ---
    error: a password has at least 15 characters, this one has 14
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > password password
    --- stderr ---
    error: this password is only a common password or word, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > passwordpassword123
    --- stderr ---
    error: this password is only a common password or word, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > jamesjamesjames1
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > James Carter 2026!
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > aaaaaaaaaaaaaaaa
    --- stderr ---
    error: this password is easy to guess: it repeats one character
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > abcdefghijklmnop
    --- stderr ---
    error: this password is easy to guess: it is a sequence such as abc or 6543
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > qwertyuiopasdfgh
    --- stderr ---
    error: this password is easy to guess: it is very similar to a common password
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > 123456789012345678
    --- stderr ---
    error: this password is easy to guess: it is a sequence such as abc or 6543
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > contactcenter2026
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
}

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
    hint: usage: ccadmin [OPTIONS] <COMMAND>
    [exit status: 2]
    ");
    assert_snapshot!(call(&[word("user"), word("update"), word("james"), word("--name"), bad]), @"
    --- stderr ---
    error: the value of --name, `jam��es`, is not UTF-8
    hint: usage: ccadmin user update [OPTIONS] <USERNAME>
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

#[test]
fn a_good_call_still_works_after_all_that() {
    let env = TestEnv::with_users();
    let output = env.call("passwd james --password-stdin").stdin(format!("{PASSWORD}\n")).output();
    assert_snapshot!(output, @"
    --- stderr ---
    set the password of james
    [exit status: 0]
    ");
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
