//! The settings, as they reach a command: which beats which, and what is wrong with a file.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use insta::assert_snapshot;
use rustix::fs::{CWD, Mode, mkfifoat};

use crate::common::{NOBODY, TestEnv, can_be_nobody, is_root, skipped};

#[test]
fn a_flag_beats_the_environment_that_beats_the_file() {
    let env = TestEnv::with_places();
    env.config("output = \"csv\"\n");
    assert_snapshot!(env.run("team list"), @"
    name,users
    chat,0
    voice,0
    [exit status: 0]
    ");
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "jsonl").output(), @r#"
    {"name":"chat","users":0}
    {"name":"voice","users":0}
    [exit status: 0]
    "#);
    assert_snapshot!(env.call("team list -o json").env("CCADMIN_OUTPUT", "jsonl").output(), @r#"
    [
    {"name":"chat","users":0},
    {"name":"voice","users":0}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "").output(), @"
    name,users
    chat,0
    voice,0
    [exit status: 0]
    ");
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "xml").output(), @"
    --- stderr ---
    error: CCADMIN_OUTPUT: `xml` is not an output format; these are: table, json, jsonl, csv
    [exit status: 2]
    ");
    assert_snapshot!(env.run("team list -o xml"), @"
    --- stderr ---
    error: invalid value 'xml' for '--output <FORMAT>': `xml` is not an output format; these are: table, json, jsonl, csv
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
}

#[test]
fn a_config_file_can_be_named() {
    let env = TestEnv::with_places();
    env.config("output = \"csv\"\n");
    env.write("other.toml", "output = \"jsonl\"\n");
    env.write("third.toml", "output = \"json\"\n");
    assert_snapshot!(env.run("team list --config other.toml"), @r#"
    {"name":"chat","users":0}
    {"name":"voice","users":0}
    [exit status: 0]
    "#);
    assert_snapshot!(env.call("team list").env("CCADMIN_CONFIG", "third.toml").output(), @r#"
    [
    {"name":"chat","users":0},
    {"name":"voice","users":0}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(
        env.call("team list --config other.toml").env("CCADMIN_CONFIG", "third.toml").output(), @r#"
        {"name":"chat","users":0}
        {"name":"voice","users":0}
        [exit status: 0]
        "#);
    assert_snapshot!(env.run("team list --config nowhere.toml"), @"
    --- stderr ---
    error: nowhere.toml: cannot be read: No such file or directory (os error 2)
    hint: name a file that this account can read
    [exit status: 2]
    ");
    assert_snapshot!(env.call("team list").env("CCADMIN_CONFIG", "nowhere.toml").output(), @"
    --- stderr ---
    error: nowhere.toml: cannot be read: No such file or directory (os error 2)
    hint: name a file that this account can read
    [exit status: 2]
    ");
    assert_snapshot!(env.run("team list --config ."), @"
    --- stderr ---
    error: .: cannot be read: it is not a regular file
    hint: name a file that this account can read
    [exit status: 2]
    ");
}

#[test]
fn the_config_folder_can_be_elsewhere() {
    let env = TestEnv::with_places();
    env.write("etc/ccadmin/config.toml", "output = \"jsonl\"\n");
    assert_snapshot!(
        env.call("team list").env("XDG_CONFIG_HOME", env.path("etc")).output(), @r#"
        {"name":"chat","users":0}
        {"name":"voice","users":0}
        [exit status: 0]
        "#);
    // A relative one is to be ignored, as the specification says.
    assert_snapshot!(env.call("team list").env("XDG_CONFIG_HOME", "etc").output(), @"
    NAME   USERS
    chat       0
    voice      0
    [exit status: 0]
    ");
}

#[test]
fn a_wrong_file_is_told_with_line_and_nearest_key() {
    let env = TestEnv::with_places();
    let wrong = |contents: &str| {
        env.config(contents);
        env.run("team list")
    };
    assert_snapshot!(wrong("output = \"table\"\noutptu = \"json\"\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: unknown key `outptu`
    hint: did you mean `output`?
    [exit status: 2]
    ");
    assert_snapshot!(wrong("[passwrd]\nmin_length = 15\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:1: unknown section `passwrd`
    hint: did you mean `password`?
    [exit status: 2]
    ");
    assert_snapshot!(wrong("[password]\nmin_length = \"long\"\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: `password.min_length` takes a whole number, this is a string
    [exit status: 2]
    ");
    assert_snapshot!(wrong("[password]\nmin_length = 7\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: `password.min_length` takes a whole number from 8 to 256, this is `7`
    hint: NIST SP 800-63B-4 allows no minimum below 8 characters
    [exit status: 2]
    ");
    assert_snapshot!(wrong("[weights]\nmin = 50\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: `weights.min` 50 is above `weights.default` 10
    hint: `weights.min`, `weights.default`, `weights.max` have to be in ascending order
    [exit status: 2]
    ");
    assert_snapshot!(wrong("[store]\nbusy_timeout = 30\n"), @r#"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: `store.busy_timeout` takes a duration such as "30s", "15m", "12h" or "7d", this is a whole number
    [exit status: 2]
    "#);
    assert_snapshot!(wrong("output = \n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:1: string values must be quoted, expected literal string
    [exit status: 2]
    ");
    assert_snapshot!(wrong("\noutput = \"xml\"\n"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: `output` takes table, json, jsonl, csv, this is `xml`
    [exit status: 2]
    ");
    env.write(".config/ccadmin/config.toml", b"output = \"\xff\"\n");
    assert_snapshot!(env.run("team list"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:1: is not UTF-8 text
    [exit status: 2]
    ");
    assert_snapshot!(env.run("team list -o json"), @r#"
    --- stderr ---
    {"error":{"code":"config","message":"<home>/.config/ccadmin/config.toml:1: is not UTF-8 text","hint":null}}
    [exit status: 2]
    "#);
    env.write(".config/ccadmin/config.toml", vec![b'#'; 2 << 20]);
    assert_snapshot!(env.run("team list"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml: is larger than 1 MiB
    [exit status: 2]
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let env = TestEnv::new();
    env.config("output = \"csv\"\n");
    let set = |name: &str, mode| {
        std::fs::set_permissions(env.path(name), Permissions::from_mode(mode)).unwrap();
    };
    for folder in ["", ".config", ".config/ccadmin"] {
        set(folder, 0o755);
    }
    set(".config/ccadmin/config.toml", 0o000);
    let call = env.call("team list");
    let output = match (is_root(), can_be_nobody()) {
        (false, _) => call.output(),
        (true, true) => call.under_account(NOBODY).output(),
        (true, false) => return skipped("root reads every file"),
    };
    assert_snapshot!(output, @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml: cannot be read: Permission denied (os error 13)
    hint: name a file that this account can read
    [exit status: 2]
    ");
}

#[test]
fn a_wrong_config_is_no_reason_to_keep_help_and_completions() {
    let env = TestEnv::new();
    env.config("nonsense\n");
    env.run("--help").success();
    env.run("--version").success();
    env.run("completions bash").success();
    env.run("user create --help").success();
}

#[test]
fn a_store_that_a_file_names_is_meant_from_there() {
    let env = TestEnv::new();
    env.config("database = \"data/x.db\"\n");
    assert_snapshot!(env.run("team list"), @"
    --- stderr ---
    error: there is no store at <home>/.config/ccadmin/data/x.db
    hint: `ccadmin store init` creates one
    [exit status: 3]
    ");
    assert_snapshot!(env.run("store init"), @"
    --- stderr ---
    created the store <home>/.config/ccadmin/data/x.db
    [exit status: 0]
    ");
    env.run("team create a").success();
    assert!(!env.store().exists());
}

#[test]
fn store_info_shows_every_setting_and_where_it_comes_from() {
    let env = TestEnv::with_users();
    env.config("[weights]\nmax = 500\n\n[phone]\ndefault_region = \"HU\"\n");
    let info = env.run("store info").to_string();
    let told = env.run("--version -v").stdout;
    let inside = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let info =
        info.replace(inside("SQLite "), "<sqlite>").replace(inside("C library "), "<c-library>");
    assert_snapshot!(info, @r#"
    path:           <home>/.local/share/ccadmin/ccadmin.db
    store id:       <store-id>
    version:        7
    created at:     Sat 21 Nov 2026 09:00
    acting:         os:<login>, who owns the store, as admin
    users:          2
    projects:       2
    teams:          2
    skills:         2
    audit entries:  8
    locked callers: -
    retired at:     -
    moved to:       -
    sqlite:         <sqlite>
    c library:      <c-library>
    time zone:      UTC

    SETTING                           VALUE                    SOURCE                                           IGNORED
    database                          -                        default                                          -
    output                            "table"                  default                                          -
    user.require                      []                       default                                          -
    password.min_length               15                       default                                          -
    password.temporary_ttl            "7d"                     default                                          -
    password.memory_kib               19456                    default                                          -
    password.iterations               2                        default                                          -
    password.parallelism              1                        default                                          -
    sign_in.max_failures              10                       default                                          -
    sign_in.max_failures_per_caller   20                       default                                          -
    sign_in.lock                      "15m"                    default                                          -
    sign_in.max_successes_per_caller  "60/1m"                  default                                          -
    sign_in.session_idle              "1h"                     default                                          -
    sign_in.session_max               "12h"                    default                                          -
    sign_in.max_sessions              10                       default                                          -
    sign_in.trusted_callers           []                       default                                          -
    two_factor.required               false                    default                                          -
    two_factor.code_ttl               "5m"                     default                                          -
    access.create_users               ["admin", "supervisor"]  default                                          -
    access.owner_is_admin             true                     default                                          -
    weights.min                       1                        default                                          -
    weights.max                       500                      <home>/.config/ccadmin/config.toml  -
    weights.default                   10                       default                                          -
    phone.default_region              "HU"                     <home>/.config/ccadmin/config.toml  -
    deliver.sms.command               []                       default                                          -
    deliver.email.command             []                       default                                          -
    hand_out.template                 ""                       default                                          -
    hand_out.templates                {}                       default                                          -
    import.columns                    {}                       default                                          -
    switch.asterisk.interface         "PJSIP/{username}"       default                                          -
    store.busy_timeout                "30s"                    default                                          -
    [exit status: 0]
    "#);
    let info = env.call("store info -o json").env("CCADMIN_DATABASE", env.store()).output();
    let first = info.json()["settings"][0].to_string();
    assert_snapshot!(info.redact(&first), @r#"{"ignored":null,"setting":"database","source":"CCADMIN_DATABASE","value":"\"<home>/.local/share/ccadmin/ccadmin.db\""}"#);
    assert_eq!(info.json()["users"], 2);
}

#[test]
fn never_asking_can_be_said_in_the_environment() {
    let env = TestEnv::new();
    let output = env.call("user create").env("CCADMIN_NO_INPUT", "1").output();
    assert_eq!(output.status, Some(2), "{output}");
}

/// Nothing waits for what is no file, `/dev/null` says nothing; what a shell substitutes is read.
#[test]
fn settings_are_in_a_regular_file() {
    let env = TestEnv::new();
    mkfifoat(CWD, env.path("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
    assert_snapshot!(env.run("user list --config pipe"), @"
    --- stderr ---
    error: pipe: cannot be read: it is not a regular file
    hint: name a file that this account can read
    [exit status: 2]
    ");
    let line = "(sleep 0.2; echo 'output = \"nonsense\"') | $ccadmin user list --config /dev/fd/0";
    let output = env.sh(line).output();
    assert!(output.stderr.contains("/dev/fd/0:1: `output`"), "{output}");
    for path in ["/dev/zero", "/dev/tty", "."] {
        let output = env.call("user list").env("CCADMIN_CONFIG", path).output();
        assert_eq!(output.status, Some(2), "{path}: {output}");
    }
    let without = env.call("user list").env("CCADMIN_CONFIG", "/dev/null").output();
    assert_eq!(without.to_string(), env.run("user list").to_string());
}

/// R70: what names programs that are run is read only where nobody else could have written it, by root
/// as by everybody.
#[test]
fn settings_that_others_could_write_are_refused() {
    let env = TestEnv::with_places();
    env.config("[user]\nrequire = [\"email\"]\n");
    let file = env.path(".config/ccadmin/config.toml");
    let folder = file.parent().unwrap().to_owned();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    let refused = |why: &str| {
        let output = env.run("team list");
        assert_eq!(output.status, Some(2), "{output}");
        assert!(output.stderr.contains(&format!("is refused: {why}")), "{output}");
        let named = env.run(&*format!("team list --config {}", file.display()));
        assert_eq!(named.status, Some(2), "{named}");
    };
    for writable in [0o666, 0o620, 0o602] {
        mode(&file, writable);
        refused("other accounts can write to it");
    }
    mode(&file, 0o644);
    env.run("team list").success();
    for writable in [0o777, 0o770] {
        mode(&folder, writable);
        refused("other accounts can write to its folder");
    }
    mode(&folder, 0o1777);
    env.run("team list").success();
    mode(&folder, 0o755);
    if !is_root() {
        return skipped("files are given away by root alone");
    }
    chown(&file, Some(4242), None).unwrap();
    refused("it belongs to another account");
    chown(&file, Some(0), None).unwrap();
    chown(&folder, Some(4242), None).unwrap();
    refused("its folder belongs to another account");
}

/// R70: so are the texts that are sent to people.
#[test]
fn templates_that_others_could_write_are_refused() {
    let env = TestEnv::with_places();
    let template = env.write("text.txt", "{{ full_name }}: {{ temporary_password }}\n");
    env.config("hand_out.template = \"../../text.txt\"");
    let create =
        "user create eva --name Eva --role agent --generate-password --hand-out print=x.txt";
    fs::set_permissions(&template, Permissions::from_mode(0o666)).unwrap();
    let output = env.run(create);
    assert_eq!(output.status, Some(2), "{output}");
    assert!(output.stderr.contains("other accounts can write to it"), "{output}");
    assert_eq!(env.run("user list --count").stdout, "0\n");
    fs::set_permissions(&template, Permissions::from_mode(0o644)).unwrap();
    env.run(create).success();
}
