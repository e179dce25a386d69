//! The settings, as they reach a command: which beats which, and what is wrong with a file.

use insta::assert_snapshot;

use crate::common::{TestEnv, is_root, skipped};

#[test]
fn a_flag_beats_the_environment_that_beats_the_file() {
    let env = TestEnv::with_places();
    env.config("output = \"csv\"\n");
    assert_snapshot!(env.run("team list"), @"");
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "jsonl").output(), @"");
    assert_snapshot!(env.call("team list -o json").env("CCADMIN_OUTPUT", "jsonl").output(), @"");
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "").output(), @"");
    assert_snapshot!(env.call("team list").env("CCADMIN_OUTPUT", "xml").output(), @"");
    assert_snapshot!(env.run("team list -o xml"), @"");
}

#[test]
fn a_config_file_can_be_named() {
    let env = TestEnv::with_places();
    env.config("output = \"csv\"\n");
    env.write("other.toml", "output = \"jsonl\"\n");
    env.write("third.toml", "output = \"json\"\n");
    assert_snapshot!(env.run("team list --config other.toml"), @"");
    assert_snapshot!(env.call("team list").env("CCADMIN_CONFIG", "third.toml").output(), @"");
    assert_snapshot!(
        env.call("team list --config other.toml").env("CCADMIN_CONFIG", "third.toml").output(), @"");
    assert_snapshot!(env.run("team list --config nowhere.toml"), @"");
    assert_snapshot!(env.call("team list").env("CCADMIN_CONFIG", "nowhere.toml").output(), @"");
    assert_snapshot!(env.run("team list --config ."), @"");
}

#[test]
fn the_config_folder_can_be_elsewhere() {
    let env = TestEnv::with_places();
    env.write("etc/ccadmin/config.toml", "output = \"jsonl\"\n");
    assert_snapshot!(
        env.call("team list").env("XDG_CONFIG_HOME", env.path("etc")).output(), @"");
    // A relative one is to be ignored, as the specification says.
    assert_snapshot!(env.call("team list").env("XDG_CONFIG_HOME", "etc").output(), @"");
}

#[test]
fn a_wrong_file_is_told_with_line_and_nearest_key() {
    let env = TestEnv::with_places();
    let wrong = |contents: &str| {
        env.config(contents);
        env.run("team list")
    };
    assert_snapshot!(wrong("output = \"table\"\noutptu = \"json\"\n"), @"");
    assert_snapshot!(wrong("[passwrd]\nmin_length = 15\n"), @"");
    assert_snapshot!(wrong("[password]\nmin_length = \"long\"\n"), @"");
    assert_snapshot!(wrong("[password]\nmin_length = 7\n"), @"");
    assert_snapshot!(wrong("[weights]\nmin = 50\n"), @"");
    assert_snapshot!(wrong("[store]\nbusy_timeout = 30\n"), @"");
    assert_snapshot!(wrong("output = \n"), @"");
    assert_snapshot!(wrong("\noutput = \"xml\"\n"), @"");
    env.write(".config/ccadmin/config.toml", b"output = \"\xff\"\n");
    assert_snapshot!(env.run("team list"), @"");
    assert_snapshot!(env.run("team list -o json"), @"");
    env.write(".config/ccadmin/config.toml", vec![b'#'; 2 << 20]);
    assert_snapshot!(env.run("team list"), @"");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let env = TestEnv::with_places();
    env.config("output = \"csv\"\n");
    let path = env.path(".config/ccadmin/config.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if is_root() {
        return skipped("root reads every file");
    }
    assert_snapshot!(env.run("team list"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml: cannot be read: Permission denied (os error 13)
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
    assert_snapshot!(env.run("team list"), @"");
    assert_snapshot!(env.run("store init"), @"");
    env.run("team create a").success();
    assert!(!env.store().exists());
}

#[test]
fn store_info_shows_every_setting_and_where_it_comes_from() {
    let env = TestEnv::with_users();
    env.config("[weights]\nmax = 500\n\n[phone]\ndefault_region = \"HU\"\n");
    assert_snapshot!(env.run("store info"), @"");
    let info = env.call("store info -o json").env("CCADMIN_DATABASE", env.store()).output();
    let info = info.json();
    assert_snapshot!(info["settings"][0].to_string().replace(env.home().to_str().unwrap(), "<home>"), @"");
    assert_eq!(info["users"], 2);
}

#[test]
fn never_asking_can_be_said_in_the_environment() {
    let env = TestEnv::new();
    let output = env.call("user create").env("CCADMIN_NO_INPUT", "1").output();
    assert_eq!(output.status, Some(2), "{output}");
}
