//! What is the same for every command: formats, errors, quietness, escaping.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn in_json_every_line_on_stderr_is_an_object() {
    let env = TestEnv::with_users();
    for line in [
        "user show nobody",
        "user show",
        "user lst",
        "nothing",
        "user create",
        "user create James --name J --role agent --generate-password",
        "user create bad!name",
        "user list --limit x",
        "user list --nonsense",
        "user deactivate james nobody james",
        "passwd",
        "team",
        "user list --config nowhere",
        "user list --database nowhere",
        "user list --columns nonsense",
        "user list -v",
    ] {
        for format in ["json", "jsonl"] {
            let output = env.run(&*format!("{line} -o {format}"));
            assert!(!output.stderr.is_empty() || output.status == Some(0), "{line}");
            for told in output.stderr.lines() {
                let object: serde_json::Value =
                    serde_json::from_str(told).unwrap_or_else(|_| panic!("{line}: {output}"));
                let (kind, inner) = object.as_object().unwrap().iter().next().unwrap();
                assert!(kind == "error" || kind == "warning", "{told}");
                for field in ["code", "message", "hint"] {
                    assert!(inner.get(field).is_some(), "{told}");
                }
            }
        }
    }
}

#[test]
fn a_wrong_call_is_told_in_the_form_that_it_asks_for() {
    let env = TestEnv::new();
    let object = "{\"error\":";
    for line in [
        "user lst -o json",
        "user lst -ojson",
        "user lst -o=json",
        "user lst --output json",
        "-o jsonl user lst",
        "user lst --output=jsonl",
    ] {
        let output = env.run(line);
        assert!(output.stderr.starts_with(object), "{line}: {output}");
    }
    let output = env.call("user lst").env("CCADMIN_OUTPUT", "json").output();
    assert!(output.stderr.starts_with(object), "{output}");
    assert_snapshot!(env.run("user lst -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"unrecognized subcommand 'lst'","hint":"did you mean `list`?"}}
    [exit status: 2]
    "#);
    assert_snapshot!(env.run("user lst -o csv"), @"
    --- stderr ---
    error: unrecognized subcommand 'lst'
    hint: did you mean `list`?
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list -o yaml"), @"
    --- stderr ---
    error: invalid value 'yaml' for '--output <FORMAT>': `yaml` is not an output format; these are: table, json, jsonl, csv
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user show nobody extra -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"unexpected argument 'extra' found","hint":"usage: ccadmin user show [OPTIONS] <USERNAME>"}}
    [exit status: 2]
    "#);
}

#[test]
fn quiet_silences_what_is_no_error_and_no_warning() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team create x -q"), @"[exit status: 0]");
    assert_snapshot!(env.run("team create x --if-not-exists --quiet"), @"[exit status: 0]");
    assert_snapshot!(env.run("team create x -q"), @"
    --- stderr ---
    error: the team `x` already exists
    hint: use `--if-not-exists` to ignore this
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user deactivate james -q"), @"
    --- stderr ---
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --count -q"), @"
    2
    [exit status: 0]
    ");
}

#[test]
fn verbose_says_which_store_and_who_acts() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user list --count -v"), @"
    2
    --- stderr ---
    store: <home>/.local/share/ccadmin/ccadmin.db (default)
    acting: os:<login>, who owns the store, as admin
    [exit status: 0]
    ");
}

#[test]
fn csv_is_rfc_4180_and_runs_in_no_spreadsheet() {
    let env = TestEnv::new();
    for (username, name) in [
        ("a", "=1+1"),
        ("b", "+36 Main Street"),
        ("c", "-x"),
        ("d", "@cmd"),
        ("e", "''=quoted"),
        ("f", "O'Brien, \"Pat\""),
        ("g", "'"),
        ("h", "a=b"),
    ] {
        let name = format!("--name={name}");
        env.run(&[
            "user",
            "create",
            username,
            &name,
            "--role",
            "agent",
            "--generate-password",
            "--phone",
            "+36201234567",
        ])
        .success();
    }
    assert_snapshot!(env.run("user list -o csv --columns username,full_name,phone"), @r#"
    username,full_name,phone
    a,'=1+1,+36201234567
    b,'+36 Main Street,+36201234567
    c,'-x,+36201234567
    d,'@cmd,+36201234567
    e,'''=quoted,+36201234567
    f,"O'Brien, ""Pat""",+36201234567
    g,',+36201234567
    h,a=b,+36201234567
    [exit status: 0]
    "#);
    env.run(&["project", "create", "x", "--description", "=HYPERLINK(\"http://x\")"]).success();
    assert_snapshot!(env.run("project list -o csv"), @r#"
    name,state,language,priority,users,description
    x,active,,0,0,"'=HYPERLINK(""http://x"")"
    [exit status: 0]
    "#);
    // Nothing is changed where no spreadsheet reads.
    assert_snapshot!(env.run("user list --field full_name --limit 2"), @"
    =1+1
    +36 Main Street
    [exit status: 0]
    ");
    assert_eq!(env.run("user show a -o json").json()["full_name"], "=1+1");
}

#[test]
fn a_table_is_padded_by_width_not_by_bytes() {
    let env = TestEnv::new();
    for (username, name) in [("aoi", "佐藤 葵"), ("eva", "Kovács Éva"), ("x", "Bob")] {
        env.run(&[
            "user",
            "create",
            username,
            "--name",
            name,
            "--role",
            "agent",
            "--generate-password",
        ])
        .success();
    }
    assert_snapshot!(env.run("user list --columns full_name,username"), @"
    FULL NAME   USERNAME
    佐藤 葵     aoi
    Kovács Éva  eva
    Bob         x
    [exit status: 0]
    ");
}

/// Stored by other hands, since no command takes it.
#[test]
fn invisible_characters_of_stored_text_are_made_visible() {
    let env = TestEnv::with_users();
    let evil = "x\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\n\t\u{200b}\u{7f}y";
    let database = env.database();
    database
        .execute("UPDATE users SET full_name = ?1, email = ?1, username = 'j' || ?1 WHERE username = 'james'", [evil])
        .unwrap();
    for table in ["projects", "teams", "skills"] {
        let sql = format!("UPDATE {table} SET name = name || ?1 WHERE id = 1");
        database.execute(&sql, [evil]).unwrap();
    }
    database.execute("UPDATE projects SET description = ?1", [evil]).unwrap();
    drop(database);
    for line in ["user list", "project list", "team list", "skill list", "project show en-support"]
    {
        // CSV off a terminal is for programs, and holds what is stored.
        for format in ["table", "json", "jsonl"] {
            let output = env.run(&*format!("{line} -o {format}"));
            output.success();
            check_visible(&output.stdout, &format!("{line} -o {format}"));
        }
    }
    check_visible(&env.run("user list --field full_name").stdout, "--field");
    check_visible(&env.run("user list --field email -o json").stdout, "--field -o json");
    assert_snapshot!(env.run("user list --columns username,full_name --limit 2"), @r"
    USERNAME                                                   FULL NAME
    eva                                                        Kovács Éva
    jx\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\n\t\u{200b}\u{7f}y  x\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\n\t\u{200b}\u{7f}y
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --columns full_name -o jsonl --limit 2"), @r#"
    {"full_name":"Kovács Éva"}
    {"full_name":"x\u001b]0;title\u0007\u009b31m\u202e\n\t\u200b\u007fy"}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("team list --field name"), @r"
    chat
    voicex\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\n\t\u{200b}\u{7f}y
    [exit status: 0]
    ");
}

/// The columns of every list are what it is sorted by.
#[test]
fn every_list_is_sorted_by_its_columns() {
    let env = TestEnv::with_users();
    env.run("project update hu-support --priority 5").success();
    let first = |line: &str| env.run(line).stdout.replace('\n', " ");
    assert_snapshot!(first("project list --field name"), @"en-support hu-support");
    assert_snapshot!(first("project list --field name --reverse"), @"hu-support en-support");
    assert_snapshot!(first("project list --field name --sort language --reverse"), @"hu-support en-support");
    assert_snapshot!(first("project list --field name --sort priority"), @"en-support hu-support");
    assert_snapshot!(first("team list --field name --sort users"), @"chat voice");
    assert_snapshot!(first("skill list --field name --sort users --reverse"), @"billing returns");
    assert_snapshot!(first("audit list --field seq --limit 3"), @"9 8 7");
    assert_snapshot!(first("audit list --field seq --limit 3 --reverse"), @"1 2 3");
    assert_snapshot!(first("audit list --field seq --limit 3 --sort seq"), @"1 2 3");
    assert_snapshot!(first("audit list --field seq --limit 3 --sort seq --reverse"), @"9 8 7");
    assert_snapshot!(first("audit list --columns action,seq --sort action --limit 3 --no-header"), @"project.create    2 project.create    1 project.update    9");
    let settings = first("config list --field setting");
    let mut names: Vec<&str> = settings.split_whitespace().collect();
    names.sort_unstable();
    let sorted = first("config list --field setting --sort setting");
    assert_eq!(sorted.split_whitespace().collect::<Vec<_>>(), names);
    for list in ["user", "project", "team", "skill", "audit", "config"] {
        let output = env.run(format!("{list} list --sort colour").as_str());
        assert_eq!(output.status, Some(2), "{list}: {output}");
        assert!(output.stderr.contains("there is no column `colour`"), "{list}: {output}");
    }
    assert_snapshot!(env.run("store check --sort fidning"), @"
    --- stderr ---
    error: there is no column `fidning`
    hint: the columns are what, hint
    [exit status: 2]
    ");
}

#[test]
fn invisible_characters_of_arguments_are_made_visible() {
    let env = TestEnv::with_users();
    let evil = "a\u{1b}[31m\u{202e}\nb";
    for call in [
        vec!["user", "show", evil],
        vec!["user", "create", "a", "--name", evil, "--role", "agent"],
        vec!["user", "create", "a", "--email", evil],
        vec!["user", "create", "a", "--phone", evil],
        vec!["user", "create", "a", "--role", evil],
        vec!["user", "create", "a", "--language", evil],
        vec!["user", "list", "--sort", evil],
        vec!["user", "list", "--state", evil],
        vec!["user", "list", "--columns", evil],
        vec!["user", "list", "--missing", evil],
        vec!["user", "list", "--created-since", evil],
        vec!["user", "list", evil],
        vec![evil],
        vec!["user", evil],
        vec!["user", "list", "-o", evil],
        vec!["user", "list", "--config", evil],
        vec!["user", "list", "--database", evil],
        vec!["team", "show", evil],
        vec!["set-weight", "james", "hu-support", evil],
        vec!["passwd", "james", "--expires", evil],
        vec!["completions", evil],
    ] {
        let output = env.run(&*call);
        assert!(matches!(output.status, Some(2 | 3 | 8)), "{call:?}: {output}");
        assert_eq!(output.stdout, "");
        check_visible(&output.stderr, &format!("{call:?}"));
        let mut call = call;
        call.extend(["-o", "json"]);
        check_visible(&env.run(&*call).stderr, &format!("{call:?}"));
    }
}

#[track_caller]
fn check_visible(text: &str, what: &str) {
    let invisible = |letter: char| {
        letter.is_control() && letter != '\n' || ['\u{202e}', '\u{200b}'].contains(&letter)
    };
    assert!(!text.contains(invisible), "{what}: {text:?}");
}

#[test]
fn colour_is_for_terminals() {
    let env = TestEnv::with_users();
    let plain = env.run("user list");
    assert!(!plain.stdout.contains('\u{1b}'));
    let error = env.run("user show nobody --color always");
    assert!(error.stderr.starts_with("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m"), "{error}");
    let error = env.run("user show nobody --color auto");
    assert!(!error.stderr.contains('\u{1b}'), "{error}");
    assert_snapshot!(env.run("user list --color sometimes"), @"
    --- stderr ---
    error: invalid value 'sometimes' for '--color <WHEN>' [possible values: auto, always, never]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    let json = env.run("user list -o json --color always");
    assert!(!json.stdout.contains('\u{1b}'), "{json}");
}

#[test]
fn completions_are_written_for_each_shell() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = env.run(&["completions", shell]);
        output.success();
        assert!(output.stdout.contains("ccadmin"), "{shell}");
        assert_eq!(output.stderr, "");
    }
    assert_snapshot!(env.run("completions tcsh"), @"
    --- stderr ---
    error: invalid value 'tcsh' for '<SHELL>' [possible values: bash, elvish, fish, powershell, zsh]
    hint: did you mean `zsh`?
    [exit status: 2]
    ");
    assert!(!env.store().exists());
}
