//! `ccadmin user import`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{PASSWORD, TestEnv, is_password};

const TWO: &str = "\
username,full_name,email,phone,roles,teams,skills,projects
ann,Ann Lee,ann@example.com,+36301234567,agent,voice,billing:2,hu-support:20;en-support
tom,Tom Lee,,,requester,,,
";

/// What an admin sees who tries, and tries again.
#[test]
fn a_roster_goes_in_as_a_whole() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO);
    assert_snapshot!(env.run("user import two.csv"), @"
    --- stderr ---
    error: 2 users are new and have no temporary_password, first `ann` in line 2
    error: 2 rows were refused
    hint: give it in the row, or give `--generate-passwords` or `--no-password`
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import two.csv --generate-passwords --credentials passwords.csv
    [exit status: 11]
    ");
    assert_snapshot!(env.run("user import two.csv --generate-passwords"), @"
    --- stderr ---
    error: the generated passwords would be lost
    hint: give `--credentials FILE` or `--hand-out email|sms|print=FILE`
    [exit status: 2]
    ");
    let before = env.contents();
    let import = "user import two.csv --generate-passwords --credentials new.csv";
    assert_snapshot!(env.run(&*format!("{import} --dry-run")), @"
    LINE  ACTION  USERNAME  CHANGES
       2  create  ann       email: ann@example.com; full_name: Ann Lee; password: generated; phone: +36301234567; project_selection: true; projects: en-support:10,hu-support:20; roles: agent; skills: billing:2; state: active; teams: voice
       3  create  tom       full_name: Tom Lee; password: generated; project_selection: true; roles: requester; state: active
    --- stderr ---
    dry run, nothing was changed; it would be: 2 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
    assert!(!env.path("new.csv").exists());
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    2 users created, 0 changed, 0 left unchanged
    the passwords are in new.csv
    [exit status: 0]
    ");
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    error: new.csv already exists
    hint: name another file, or remove it first
    [exit status: 4]
    ");
    fs::rename(env.path("new.csv"), env.path("old.csv")).unwrap();
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    error: everybody in the file is there: 2 users exist already, first `ann` in line 2
    error: 2 rows were refused
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import two.csv --generate-passwords --credentials new.csv --on-conflict update
    [exit status: 11]
    ");
    assert!(!env.path("new.csv").exists());
    assert_snapshot!(env.run("user list --columns username,roles,teams,skills,projects"), @"
    USERNAME  ROLES       TEAMS  SKILLS     PROJECTS
    ann       agent       voice  billing:2  en-support:10, hu-support:20
    eva       supervisor  -      -          -
    james     agent       voice  billing:3  en-support:20, hu-support:10
    tom       requester   -      -          -
    [exit status: 0]
    ");
}

#[test]
fn the_credentials_are_a_file_for_its_owner_alone() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO.replace("Tom Lee", "\"Lee, Tom\""));
    env.run("user import two.csv --generate-passwords --credentials new.csv").success();
    let path = env.path("new.csv");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header, ["username", "full_name", "temporary_password", "expires_at"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1][0], &rows[1][1]), ("tom", "Lee, Tom"));
    assert_eq!(&rows[0][3], "2026-11-28T09:00:00Z");
    for row in &rows {
        assert!(is_password(&row[2]), "{row:?}");
        let call = format!("authenticate {} --password-stdin", &row[0]);
        let output = env.call(&*call).stdin(&row[2]).output();
        assert_eq!(output.status, Some(7), "{output}");
    }
    // It is said nowhere else.
    let stored = fs::read(env.store()).unwrap();
    let secret = rows[0][2].as_bytes();
    assert!(!stored.windows(secret.len()).any(|window| window == secret));
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO);
    env.write("new.csv", "mine");
    let before = env.contents();
    assert_snapshot!(
        env.run("user import two.csv --generate-passwords --credentials new.csv"), @"
    --- stderr ---
    error: new.csv already exists
    hint: name another file, or remove it first
    [exit status: 4]
    ");
    assert_snapshot!(
        env.run("user import two.csv --generate-passwords --credentials no/new.csv"), @"
    --- stderr ---
    error: no/new.csv cannot be written: No such file or directory (os error 2)
    hint: name a file in a folder that you can write to, with enough space
    [exit status: 1]
    ");
    assert_snapshot!(env.run("user import none.csv --no-password"), @"
    --- stderr ---
    error: none.csv cannot be read: No such file or directory (os error 2)
    hint: name a workbook or a file of CSV or JSONL, or `-` for stdin
    [exit status: 1]
    ");
    assert_snapshot!(env.run("user import . --no-password"), @"
    --- stderr ---
    error: . cannot be read: is a directory
    hint: name a workbook or a file of CSV or JSONL, or `-` for stdin
    [exit status: 1]
    ");
    assert_eq!(env.contents(), before);
    assert_eq!(fs::read_to_string(env.path("new.csv")).unwrap(), "mine");
}

#[test]
fn every_bad_row_is_named() {
    let env = TestEnv::with_users();
    env.write(
        "bad.csv",
        "username,full_name,phone,roles,projects,temporary_password\n\
         james,James,,agent,,\nann,Ann,36301234567,agent,hu-suport,\nann,Ann,,agent,,\n\
         bo b,Bob,,agent,,\nsam,Sam,,chef,,short\n",
    );
    let before = env.contents();
    assert_snapshot!(env.run("user import bad.csv --no-password"), @"
    --- stderr ---
    error: line 2, column `username`: the user `james` already exists
    error: line 3, column `phone`: `36301234567` has no `+`: a spreadsheet has removed it
    error: line 3, column `projects`: there is no project `hu-suport`
    error: line 4, column `username`: `ann` is already in line 3
    error: line 5, column `username`: `bo b` is not a username: a space at position 3 is not allowed
    error: line 6, column `roles`: `chef` is not a role
    error: line 6, column `temporary_password`: a password has at least 15 characters, this one has 5
    error: 5 rows were refused
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers
    hint: `hu-suport`: did you mean `hu-support`?
    hint: each user has one row: remove one of them
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    hint: it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import bad.csv --no-password --assume-plus --map-role chef=agent --on-conflict update --map-project hu-suport=hu-support
    [exit status: 11]
    ");
    assert_snapshot!(env.run("user import bad.csv --no-password -o json"), @r#"
    --- stderr ---
    {"error":{"code":"user-exists","message":"line 2, column `username`: the user `james` already exists","hint":"`--on-conflict skip` leaves them as they are, `--on-conflict update` changes them","column":"username","line":2,"username":"james"}}
    {"error":{"code":"invalid-phone","message":"line 3, column `phone`: `36301234567` has no `+`: a spreadsheet has removed it","hint":"write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers","column":"phone","line":3,"username":"ann"}}
    {"error":{"code":"project-not-found","message":"line 3, column `projects`: there is no project `hu-suport`","hint":"`hu-suport`: did you mean `hu-support`?","column":"projects","line":3,"username":"ann"}}
    {"error":{"code":"duplicate-row","message":"line 4, column `username`: `ann` is already in line 3","hint":"each user has one row: remove one of them","column":"username","line":4,"username":"ann"}}
    {"error":{"code":"invalid-username","message":"line 5, column `username`: `bo b` is not a username: a space at position 3 is not allowed","hint":"use ASCII letters, digits and `.` `_` `-` `@` `+`","column":"username","line":5}}
    {"error":{"code":"invalid-role","message":"line 6, column `roles`: `chef` is not a role","hint":"it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others","column":"roles","line":6,"username":"sam"}}
    {"error":{"code":"weak-password","message":"line 6, column `temporary_password`: a password has at least 15 characters, this one has 5","hint":"use a longer phrase of several unrelated words","column":"temporary_password","line":6,"username":"sam"}}
    {"error":{"code":"rows-refused","message":"5 rows were refused","hint":"nothing was changed; fix the file and try again","call":"ccadmin user import bad.csv --no-password -o json --assume-plus --map-role chef=agent --on-conflict update --map-project hu-suport=hu-support"}}
    [exit status: 11]
    "#);
    assert_eq!(env.contents(), before);
    env.write("header.csv", "Username;fone;Cost centre\njames;1;2\n");
    assert_snapshot!(env.run("user import header.csv"), @"
    --- stderr ---
    error: line 1, column `fone`: unknown column `fone`
    error: line 1, column `Cost centre`: unknown column `Cost centre`
    error: the file was refused
    hint: did you mean `phone`? `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out
    hint: the fields are: username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, temporary_password; `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import header.csv --map fone=phone --map 'Cost centre=-'
    [exit status: 11]
    ");
    let update = "user import header.csv --on-conflict update --map fone=phone --map 'Cost centre=-' \
                  --dry-run";
    assert_snapshot!(env.run(update), @"
    --- stderr ---
    error: line 2, column `fone`: `1` is not a phone number: it has no country code
    error: 1 row was refused
    hint: write it like +36201234567, or set `phone.default_region` in the config
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

#[test]
fn an_update_tells_the_old_and_the_new() {
    let env = TestEnv::with_users();
    env.write(
        "changes.csv",
        "username,full_name,email,teams,skills,projects\n\
         james,,-,+chat,-billing,hu-support:50\neva,Kovács Éva,,,,\n",
    );
    let import = "user import changes.csv --on-conflict update";
    assert_snapshot!(env.run(&*format!("{import} --dry-run")), @"
    LINE  ACTION  USERNAME  CHANGES
       2  update  james     email: james@example.com -> -; projects: en-support:20,hu-support:10 -> hu-support:50; skills: billing:3 -> -; teams: voice -> chat,voice
    --- stderr ---
    warning: the project `en-support` has no active agent left
    dry run, nothing was changed; it would be: 0 users created, 1 changed, 1 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(env.run(&*format!("{import} --dry-run -o jsonl")), @r#"
    {"line":2,"action":"update","username":"james","changes":{"email":{"new":null,"old":"james@example.com"},"projects":{"new":[{"project":"hu-support","weight":50}],"old":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}]},"skills":{"new":[],"old":[{"level":3,"skill":"billing"}]},"teams":{"new":["chat","voice"],"old":["voice"]}}}
    {"line":3,"action":"skip","username":"eva","changes":{}}
    --- stderr ---
    {"warning":{"code":"no-active-agent","message":"the project `en-support` has no active agent left","hint":null}}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    warning: the project `en-support` has no active agent left
    0 users created, 1 changed, 1 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    0 users created, 0 changed, 2 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user show james -o jsonl"), @r#"
    {"username":"james","full_name":"James Carter","email":null,"phone":"+36201234567","state":"active","roles":["agent"],"teams":["chat","voice"],"skills":[],"language":"en-GB","project_selection":true,"projects":[{"project":"hu-support","weight":50,"share":1.0}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
    env.run("audit verify").success();
}

const UNCHANGED: &str = "\
--- stderr ---
0 users created, 0 changed, 4 left unchanged
[exit status: 0]";

/// Export, import into a fresh store, export: the same bytes.
#[test]
fn what_was_exported_comes_back() {
    let first = TestEnv::with_users();
    first
        .run(
            "user create odd --name '=1+1' --email o@example.com --role agent --role requester \
             --project hu-support --inactive --project-selection off --generate-password",
        )
        .success();
    first.run("user create dash --name - --role admin --generate-password").success();
    for format in ["csv", "jsonl"] {
        let call = format!("user export -o {format}");
        let exported = first.run(&*call).stdout;
        let second = TestEnv::with_places();
        second.call("user import - --no-password -q").stdin(&exported).output().success();
        if format == "csv" {
            assert_eq!(second.run(&*call).stdout, exported);
        } else {
            let csv = "user export";
            assert_eq!(second.run(csv).stdout, first.run(csv).stdout);
        }
        let third = TestEnv::new();
        let into = "user import - --create-missing --generate-passwords --credentials new.csv -q";
        let output = third.call(into).stdin(&exported).output();
        output.success();
        assert_eq!(third.run("user export").stdout, first.run("user export").stdout);
        let again = third.call("user import - --on-conflict update").stdin(&exported).output();
        assert_eq!(again.to_string(), UNCHANGED);
    }
}

#[test]
fn passwords_of_the_file_are_hashed() {
    let env = TestEnv::with_places();
    let rows = (0..6)
        .map(|n| format!("u{n},User {n},agent,correct horse battery staple {n}\n"))
        .collect::<Vec<_>>()
        .concat();
    let file = format!("username,full_name,roles,temporary_password\n{rows}");
    assert_snapshot!(env.call("user import -").stdin(&file).output(), @"
    --- stderr ---
    6 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    for number in [0, 5] {
        let call = format!("authenticate u{number} --password-stdin");
        let secret = format!("correct horse battery staple {number}");
        assert_eq!(env.call(&*call).stdin(&secret).output().status, Some(7));
        let wrong = format!("correct horse battery staple {}", number + 1);
        assert_eq!(env.call(&*call).stdin(&wrong).output().status, Some(6));
    }
    let text = env.contents();
    assert!(!text.contains("correct horse"));
}

#[test]
fn the_rest_are_deactivated_within_bounds() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO);
    env.run("user import two.csv --no-password").success();
    env.write("left.csv", "username\nann\ntom\n");
    let import = "user import left.csv --on-conflict update --deactivate-missing";
    assert_snapshot!(env.run(import), @"
    --- stderr ---
    error: 1 of 3 active users are not in the file, but at most 0 may be deactivated
    hint: nothing was changed; is the file complete? `--max-deactivate 1` allows it
    [exit status: 11]
    ");
    assert_snapshot!(env.run(&*format!("{import} --max-deactivate 1 --dry-run")), @"
    LINE  ACTION      USERNAME  CHANGES
       -  deactivate  james     state: active -> inactive
    --- stderr ---
    dry run, nothing was changed; it would be: 0 users created, 0 changed, 2 left unchanged, 1 deactivated
    [exit status: 0]
    ");
    assert_snapshot!(env.run(&*format!("{import} --max-deactivate 50%")), @"
    --- stderr ---
    0 users created, 0 changed, 2 left unchanged, 1 deactivated
    [exit status: 0]
    ");
    assert_snapshot!(env.run(&*format!("{import} --max-deactivate 101%")), @"
    --- stderr ---
    error: invalid value '101%' for '--max-deactivate <N|P%>': write a number of users such as 25, or a part such as 10%
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user import left.csv --max-deactivate 1"), @"
    --- stderr ---
    error: missing: --deactivate-missing
    hint: usage: ccadmin user import --deactivate-missing --max-deactivate <N|P%> <FILE|->
    [exit status: 2]
    ");
}

#[test]
fn new_passwords_are_handed_out() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO);
    let before = env.contents();
    let import = "user import two.csv --generate-passwords --hand-out";
    env.config(
        "[deliver.email]\ncommand = [\"/bin/sh\", \"-c\", \"cat >>mails\", \"sh\", \"{to}\"]\n",
    );
    assert_snapshot!(env.run(&*format!("{import} email")), @"
    --- stderr ---
    error: line 3: missing: email
    error: 1 row was refused
    hint: the settings of this site (`user.require`) or the hand-out require them
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run(&*format!("{import} print=cards.txt")), @"
    --- stderr ---
    2 users created, 0 changed, 0 left unchanged
    wrote 2 cards to cards.txt
    [exit status: 0]
    ");
    let cards = fs::read_to_string(env.path("cards.txt")).unwrap();
    assert!(cards.contains("ann") && cards.contains("tom"), "{cards}");
    env.write("one.csv", "username,full_name,roles,email\nkim,Kim,agent,kim@example.com\n");
    env.config("[deliver.email]\ncommand = [\"/bin/false\", \"{to}\"]\n");
    let failed = env.run("user import one.csv --generate-passwords --hand-out email");
    assert_eq!(failed.status, Some(12), "{failed}");
    env.run("user show kim").success();
    assert_snapshot!(env.run("user import one.csv --hand-out email --each"), @"
    --- stderr ---
    error: the argument '--hand-out <WAY>' cannot be used with '--each'
    hint: usage: ccadmin user import --hand-out <WAY> <FILE|->
    [exit status: 2]
    ");
}

/// A co-process: each row is answered before the next is written.
#[test]
fn each_row_is_answered_at_once() {
    let env = TestEnv::with_users();
    let mut command = env.command(crate::common::PROGRAM);
    command.args(["user", "import", "-", "--each", "-o", "jsonl", "--generate-passwords"]);
    command.args(["--rejects", "rejects.csv"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut rows = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    writeln!(rows, "username,full_name,roles,projects").unwrap();
    let mut ask = |row: &str| -> serde_json::Value {
        writeln!(rows, "{row}").unwrap();
        serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap()
    };
    let first = ask("ann,Ann,agent,hu-support");
    assert_eq!((&first["line"], &first["action"]), (&2.into(), &"create".into()));
    assert_eq!(first["user"]["projects"][0]["project"], "hu-support");
    assert!(is_password(first["temporary_password"].as_str().unwrap()));
    // Other writers get their turn between two rows.
    env.run("team create between").success();
    let refused = ask("james,James,agent,");
    assert_eq!(
        (&refused["action"], &refused["error"]["code"]),
        (&"refuse".into(), &"user-exists".into())
    );
    assert_eq!(ask("kim,,agent,")["error"]["code"], "missing-input");
    assert_eq!(ask("kim,Kim,agent,,x")["error"]["code"], "invalid-row");
    assert_eq!(ask("tom,Tom,agent,")["action"], "create");
    drop(rows);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(11));
    assert_snapshot!(fs::read_to_string(env.path("rejects.csv")).unwrap(), @r#"
    reason,username,full_name,roles,projects
    "line 3, column `username`: the user `james` already exists",james,James,agent,
    line 4: `kim` is new and has no full_name,kim,,agent,
    "line 5: the row has a cell too many: `x` is in the fifth column, and the header has 4",kim,Kim,agent,,x
    "#);
    let mode = fs::metadata(env.path("rejects.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    // What was mended goes in as it is, with the column of the reasons.
    let mended = fs::read_to_string(env.path("rejects.csv")).unwrap().replace("kim,,", "kim,Kim,");
    let again = "user import - --each --on-conflict skip --no-password";
    assert_snapshot!(env.call(again).stdin(&mended).output(), @"
    --- stderr ---
    james: left unchanged
    kim: created
    error: line 4: the row has a cell too many: `x` is in the sixth column, and the header has 5
    hint: is a cell with a separator not quoted?
    error: 1 row was refused
    hint: the other rows are done; fix these and import them again
    [exit status: 11]
    ");
}

#[test]
fn each_keeps_what_it_makes() {
    let env = TestEnv::with_users();
    let call = "user import - --each --generate-passwords";
    let output = env.call(call).stdin(TWO).output();
    output.success();
    let lines: Vec<(&str, &str)> =
        output.stdout.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line.0).collect::<Vec<_>>(), ["ann", "tom"]);
    let other = "username,full_name,roles\nkim,Kim,agent\n";
    let call = "user import - --each --generate-passwords --credentials new.csv -o csv";
    assert_snapshot!(env.call(call).stdin(other).output(), @"
    line,action,username,temporary_password,code,message
    2,create,kim,,,
    --- stderr ---
    kim: created
    [exit status: 0]
    ");
    let text = fs::read_to_string(env.path("new.csv")).unwrap();
    assert!(
        text.starts_with("username,full_name,temporary_password,expires_at\nkim,Kim,"),
        "{text}"
    );
    let nothing = "user import - --each --generate-passwords --credentials none.csv";
    assert_eq!(env.call(nothing).stdin("username\njames\n").output().status, Some(11));
    assert!(!env.path("none.csv").exists());
}

/// What was made ready for users who are there reaches them, whoever reads the output.
#[test]
fn a_closed_output_keeps_no_card_back() {
    let env = TestEnv::with_users();
    env.write("two.csv", TWO);
    let import =
        "$ccadmin user import two.csv --generate-passwords --hand-out print=cards.txt -o jsonl";
    let output = env.sh(&format!("{import} >/dev/full")).output();
    assert_eq!(output.status, Some(1), "{output}");
    let cards = fs::read_to_string(env.path("cards.txt")).unwrap();
    assert!(cards.contains("ann") && cards.contains("tom"), "{cards}");
    env.run("user show tom").success();
}

/// A plan that is too long for memory and has nowhere to be kept is no empty plan.
#[test]
fn a_plan_that_cannot_be_kept_is_told() {
    let env = TestEnv::with_users();
    let name = "n".repeat(200);
    let mail = format!("{}@{}.example.com", "m".repeat(60), "d".repeat(60));
    let teams = (0..15).map(|n| format!("{n}{}", "t".repeat(60))).collect::<Vec<_>>().join(";");
    let row = |n: usize| format!("u{n},{name},{mail},agent,{teams}\n");
    let rows = (0..950).map(row).collect::<Vec<_>>().concat();
    env.write("wide.csv", format!("username,full_name,email,roles,teams\n{rows}"));
    let line = "user import wide.csv --no-password --create-missing --dry-run";
    let output = env.call(line).env("TMPDIR", "/nowhere").output();
    assert_eq!((output.status, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
    env.run(line).success();
}

/// Rows keep their shape among the rejects, so that nothing is lost in mending them.
#[test]
fn rejects_are_the_rows_as_they_were() {
    let env = TestEnv::with_users();
    let rows = "username,full_name,roles,teams\nbob,Bob,agent,voice,chat\nsue,Sue\n";
    let call = "user import - --no-password --each --rejects bad.csv -q";
    let output = env.call(call).stdin(rows).output();
    assert_eq!(output.status, Some(11), "{output}");
    assert_snapshot!(fs::read_to_string(env.path("bad.csv")).unwrap(), @r#"
    reason,username,full_name,roles,teams
    "line 2: the row has a cell too many: `chat` is in the fifth column, and the header has 4",bob,Bob,agent,voice,chat
    line 3: `sue` is new and has no roles,sue,Sue
    "#);
    let again = env.run("user import bad.csv --no-password --each -q");
    assert_eq!(again.status, Some(11), "{again}");
    assert_eq!(env.run("user list --count").stdout, "2\n");
}

/// Whoever reads the answers slowly keeps nobody waiting; whoever goes away ends it.
#[test]
fn somebody_who_goes_away() {
    let env = TestEnv::with_users();
    let rows = (0..50).map(|n| format!("u{n},U,agent\n")).collect::<Vec<_>>().concat();
    env.write("many.csv", format!("username,full_name,roles\n{rows}"));
    let line = "$ccadmin user import many.csv --dry-run --no-password -o jsonl | head -1";
    let output = env.sh(line).output();
    assert_eq!(output.stderr, "");
    assert_eq!(output.stdout.lines().count(), 1);
    let full = env.sh("$ccadmin user import many.csv --dry-run --no-password >/dev/full").output();
    assert_eq!(full.status, Some(1), "{full}");
}

#[test]
fn a_bar_shows_how_far_it_is() {
    let home = Home::new();
    home.does("ccadmin project create hu-support");
    let rows =
        (0..8).map(|n| format!("u{n},U {n},agent,{PASSWORD} {n}\n")).collect::<Vec<_>>().concat();
    fs::write(
        home.path().join("r.csv"),
        format!("username,full_name,roles,temporary_password\n{rows}"),
    )
    .unwrap();
    let mut desk = home.sits_at("ccadmin user import r.csv");
    desk.sees("hashing passwords");
    desk.sees("8 users created");
    desk.leaves().exited(0);
    let mut desk = home.sits_at("ccadmin user import r.csv -q");
    desk.sees("exist already");
    desk.leaves().exited(11).hides("reading rows");
}
