//! `config`: where the settings are, what they are, changing one, editing a file.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{NOBODY, TestEnv, can_be_nobody, skipped, write_program};

const FILE: &str = ".config/ccadmin/config.toml";

fn text(env: &TestEnv) -> String {
    fs::read_to_string(env.path(FILE)).unwrap()
}

/// The drafts that were left beside the settings.
fn drafts(env: &TestEnv) -> Vec<String> {
    let entries = fs::read_dir(env.path(FILE).parent().unwrap()).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "config.toml").collect()
}

/// An editor that runs `script` on the file, which is `$1`.
fn editor(env: &TestEnv, script: &str) -> String {
    let path = env.path("editor");
    write_program(&path, script);
    path.display().to_string()
}

#[test]
fn the_files_are_shown_whether_they_are_there_or_not() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("config path -o jsonl"), @r#"
    {"file":"user","path":"<home>/.config/ccadmin/config.toml","exists":false}
    {"file":"system","path":"/etc/ccadmin/config.toml","exists":false}
    [exit status: 0]
    "#);
    env.config("");
    assert_snapshot!(env.run("config path --user"), @"
    <home>/.config/ccadmin/config.toml
    [exit status: 0]
    ");
    assert_snapshot!(env.run("config path --system"), @"
    /etc/ccadmin/config.toml
    [exit status: 0]
    ");
    assert_snapshot!(env.run("config path --user --config other.toml"), @"
    other.toml
    [exit status: 0]
    ");
    assert_snapshot!(env.call("config path --user").env_remove("HOME").output(), @"
    --- stderr ---
    error: there is no place for a settings file: HOME is not set
    hint: name one with --config, or say --system
    [exit status: 2]
    ");
    // It works where the settings are wrong, since that is when one looks for them.
    env.config("nonsense");
    env.run("config path").success();
}

#[test]
fn the_list_says_where_each_comes_from_and_which_file_to_change() {
    let env = TestEnv::new();
    env.config("[sign_in]\nlock = \"30m\"\n");
    let list = env.call("config list -o json").env("CCADMIN_OUTPUT", "csv").output();
    let list = list.json();
    let setting = |name: &str| {
        let list = list.as_array().unwrap();
        list.iter().find(|entry| entry["setting"] == name).unwrap().clone()
    };
    let own = env.path(FILE).display().to_string();
    assert_eq!(setting("sign_in.lock")["value"], "\"30m\"");
    assert_eq!(setting("sign_in.lock")["source"], own);
    assert_eq!(setting("sign_in.lock")["file"], own);
    assert_eq!(setting("output")["source"], "--output");
    assert_eq!(setting("weights.max")["source"], "default");
    assert_eq!(setting("weights.max")["ignored"], serde_json::Value::Null);
    // The example has every one of them, so that no reader has to know what there is.
    for entry in list.as_array().unwrap() {
        let name = entry["setting"].as_str().unwrap();
        env.run(&["config", "get", name]).success();
    }
    assert_snapshot!(env.run("config list --columns setting,value,source --no-header --limit 1"), @"
    --- stderr ---
    error: unexpected argument '--limit' found
    hint: `ccadmin config list --help` shows what it takes
    [exit status: 2]
    ");
}

#[test]
fn one_value_is_printed_bare() {
    let env = TestEnv::new();
    env.config("[user]\nrequire = [\"email\"]\n[hand_out.templates]\nhu = \"hu.txt\"\n");
    let get = |words: &str| env.run(&*format!("config get {words}"));
    assert_eq!(get("sign_in.lock").stdout, "15m\n");
    assert_eq!(get("sign_in.max_failures").stdout, "10\n");
    assert_eq!(get("two_factor.required").stdout, "false\n");
    assert_eq!(get("user.require").stdout, "[\"email\"]\n");
    assert_eq!(get("user.require -o json").stdout, "[\"email\"]\n");
    assert_eq!(get("hand_out.templates -o jsonl").stdout, "{\"hu\":\"hu.txt\"}\n");
    assert_eq!(get("sign_in.lock -o json").stdout, "\"15m\"\n");
    assert_eq!(get("database").stdout, "");
    assert_eq!(get("database -o json").stdout, "null\n");
    assert_snapshot!(get("sign_in.lok"), @"
    --- stderr ---
    error: unknown key `sign_in.lok`
    hint: did you mean `sign_in.lock`?
    [exit status: 2]
    ");
}

#[test]
fn setting_one_keeps_what_people_wrote() {
    let env = TestEnv::new();
    env.config("# ours\n[sign_in]\nlock = \"30m\" # half an hour\n");
    fs::set_permissions(env.path(FILE), Permissions::from_mode(0o640)).unwrap();
    assert_snapshot!(env.run("config set sign_in.lock 1h"), @"
    --- stderr ---
    set `sign_in.lock` in <home>/.config/ccadmin/config.toml
    [exit status: 0]
    ");
    assert_eq!(text(&env), "# ours\n[sign_in]\nlock = \"1h\" # half an hour\n");
    let mode = fs::metadata(env.path(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_snapshot!(env.run("config set sign_in.lock 1h"), @"
    --- stderr ---
    `sign_in.lock` already has that value in <home>/.config/ccadmin/config.toml
    [exit status: 0]
    ");
    env.run("config set access.create_users admin").success();
    assert_eq!(env.run("config get access.create_users -o json").stdout, "[\"admin\"]\n");
    assert_eq!(drafts(&env), [""; 0]);
}

#[test]
fn the_first_setting_makes_the_file() {
    let env = TestEnv::new();
    env.run("config set output jsonl").success();
    assert_eq!(text(&env), "output = \"jsonl\"\n");
    let mode = |path| fs::metadata(env.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(FILE), mode(".config/ccadmin")), (0o600, 0o700));
    env.run("config set output csv --config other.toml").success();
    assert_eq!(fs::read_to_string(env.path("other.toml")).unwrap(), "output = \"csv\"\n");
    // One that is kept elsewhere stays there.
    fs::remove_file(env.path(FILE)).unwrap();
    symlink(env.path("other.toml"), env.path(FILE)).unwrap();
    env.run("config set output table").success();
    assert!(fs::symlink_metadata(env.path(FILE)).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(env.path("other.toml")).unwrap(), "output = \"table\"\n");
}

#[test]
fn what_is_wrong_is_not_written() {
    let env = TestEnv::new();
    env.config("[weights]\nmin = 5\n");
    for (words, says) in [
        ("sign_in.lock soon", "`sign_in.lock` takes a duration, this is `soon`"),
        ("sign_in.lok 1h", "unknown key `sign_in.lok`"),
        ("weights.max 4", "config.toml:3: `weights.min` 5 is above `weights.max` 4"),
        ("user.require emial", "this is `emial`"),
    ] {
        let refused = env.run(&*format!("config set {words}"));
        assert_eq!(refused.status, Some(2), "{refused}");
        assert!(refused.stderr.contains(says), "{refused}");
        assert_eq!(text(&env), "[weights]\nmin = 5\n");
    }
    env.config("[sign_in]\nlock = \"long\"\noutput\n");
    assert_snapshot!(env.run("config set output csv"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:3: key with no value, expected `=`
    hint: `ccadmin config edit` opens the file
    [exit status: 2]
    ");
    // A value that is wrong is put right by setting it.
    env.config("[sign_in]\nlock = \"long\"\n");
    env.run("config set sign_in.lock 1h").success();
    assert_eq!(text(&env), "[sign_in]\nlock = \"1h\"\n");
    assert_snapshot!(env.run("config set output csv --config /dev/null"), @"
    --- stderr ---
    error: /dev/null: cannot be read: it is no regular file
    hint: name a file that this account may read
    [exit status: 2]
    ");
    assert_eq!(drafts(&env), [""; 0]);
}

#[test]
fn a_file_that_may_not_be_written_stays_as_it_is() {
    if !can_be_nobody() {
        return skipped("a file of another account: this takes root");
    }
    let env = TestEnv::new();
    env.config("output = \"csv\"\n");
    for folder in ["", ".config", ".config/ccadmin"] {
        fs::set_permissions(env.path(folder), Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(env.path(FILE), Permissions::from_mode(0o644)).unwrap();
    let refused = env.call("config set output json").under_account(NOBODY).output();
    assert_snapshot!(refused, @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml: cannot be written: permission denied
    hint: nothing was changed
    [exit status: 1]
    ");
    assert_eq!(text(&env), "output = \"csv\"\n");
}

#[test]
fn the_file_that_is_named_is_the_one_that_changes() {
    let env = TestEnv::new();
    env.write("own.toml", "");
    env.config("");
    let call = env.call("config set output json").env("CCADMIN_CONFIG", "own.toml");
    // The file that the environment names stands in the place of the usual one.
    assert_snapshot!(call.output(), @"
    --- stderr ---
    set `output` in own.toml
    [exit status: 0]
    ");
    assert_eq!(text(&env), "");
}

#[test]
fn the_files_are_checked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("config check"), @"
    ok
    [exit status: 0]
    ");
    assert_eq!(env.run("config check -o json").stdout, "{\"ok\":true}\n");
    env.config("[sign_in]\nlok = \"1h\"\n");
    assert_snapshot!(env.run("config check"), @"
    --- stderr ---
    error: <home>/.config/ccadmin/config.toml:2: unknown key `sign_in.lok`
    hint: did you mean `sign_in.lock`?
    [exit status: 2]
    ");
    env.write("draft.toml", "[weights]\nmax = 5\n");
    assert_snapshot!(env.run("config check draft.toml"), @"
    --- stderr ---
    error: draft.toml:2: `weights.default` 10 is above `weights.max` 5
    hint: `weights.min`, `weights.default`, `weights.max` have to be in ascending order
    [exit status: 2]
    ");
    assert_eq!(env.run("config check nowhere.toml").status, Some(2));
    assert_eq!(env.run("config check --config nowhere.toml").status, Some(2));
}

#[test]
fn an_editor_changes_a_file_once_it_is_right() {
    let env = TestEnv::new();
    env.config("output = \"csv\"\n");
    fs::set_permissions(env.path(FILE), Permissions::from_mode(0o640)).unwrap();
    // One that puts a new file in the place of the old one, with a mode of its own.
    let script =
        "sed s/csv/json/ \"$1\" > \"$1.new\" && chmod 666 \"$1.new\" && mv \"$1.new\" \"$1\"";
    let call = env.call("config edit").env("EDITOR", editor(&env, script));
    assert_snapshot!(call.output(), @"
    --- stderr ---
    changed <home>/.config/ccadmin/config.toml
    [exit status: 0]
    ");
    assert_eq!(text(&env), "output = \"json\"\n");
    assert_eq!(fs::metadata(env.path(FILE)).unwrap().permissions().mode() & 0o777, 0o640);
    // A whole command, and VISUAL goes first.
    let call = env.call("config edit").env("VISUAL", "sed -i s/json/table/").env("EDITOR", "false");
    call.output().success();
    assert_eq!(text(&env), "output = \"table\"\n");
    assert_snapshot!(env.call("config edit").env("EDITOR", "true").output(), @"
    --- stderr ---
    nothing was changed
    [exit status: 0]
    ");
    assert_eq!(drafts(&env), [""; 0]);
}

#[test]
fn a_new_file_begins_with_every_setting() {
    let env = TestEnv::new();
    let seen = env.path("seen");
    let script = format!("cp \"$1\" '{}'; echo 'output = \"csv\"' > \"$1\"", seen.display());
    env.call("config edit").env("EDITOR", editor(&env, &script)).output().success();
    assert_eq!(text(&env), "output = \"csv\"\n");
    let begun = fs::read_to_string(&seen).unwrap();
    for entry in env.run("config list -o json").json().as_array().unwrap() {
        let name = entry["setting"].as_str().unwrap();
        let leaf = name.rsplit('.').next().unwrap();
        assert!(begun.contains(&format!("# {leaf} = ")), "{name} in {begun}");
    }
    // As it is, it changes nothing.
    env.run(&["config", "check", seen.to_str().unwrap()]).success();
    let without = env.run("config list -o json --columns setting,value").stdout;
    let call = env.call("config list -o json --columns setting,value").env("CCADMIN_CONFIG", &seen);
    assert_eq!(call.output().stdout, without);
}

#[test]
fn what_was_typed_is_never_lost() {
    let env = TestEnv::new();
    env.config("output = \"csv\"\n");
    let keeps = |script: &str, status: i32, says: &str| {
        let end = env.call("config edit").env("EDITOR", editor(&env, script)).output();
        assert_eq!(end.status, Some(status), "{end}");
        assert!(end.stderr.contains(says), "{end}");
        let left = drafts(&env);
        assert_eq!(left.len(), 1, "{end}");
        assert!(
            end.stderr.contains(&format!(
                "what you typed is in {}",
                env.path(".config/ccadmin").join(&left[0]).display()
            )),
            "{end}"
        );
        let draft = env.path(".config/ccadmin").join(&left[0]);
        let typed = fs::read_to_string(&draft).unwrap();
        fs::remove_file(draft).unwrap();
        typed
    };
    let typed = keeps("echo 'output = \"cvs\"' > \"$1\"", 2, "this is `cvs`");
    assert_eq!(typed, "output = \"cvs\"\n");
    let typed = keeps("echo '# mine' >> \"$1\"; exit 3", 1, "ended with status 3");
    assert_eq!(typed, "output = \"csv\"\n# mine\n");
    assert_eq!(text(&env), "output = \"csv\"\n");
    let other =
        format!("echo '# mine' >> \"$1\"; echo '# theirs' >> '{}'", env.path(FILE).display());
    let typed = keeps(&other, 4, "was changed by somebody else meanwhile");
    assert_eq!(typed, "output = \"csv\"\n# mine\n");
    assert_eq!(text(&env), "output = \"csv\"\n# theirs\n");
    // Where nothing was typed, nothing is left.
    assert_snapshot!(env.call("config edit").env("EDITOR", "no-such-editor").output(), @"
    --- stderr ---
    no-such-editor: 1: eval: no-such-editor: not found
    error: the editor `no-such-editor` ended with status 127
    hint: VISUAL or EDITOR names another one; nothing was changed
    [exit status: 1]
    ");
    assert_eq!(drafts(&env), [""; 0]);
}

#[test]
fn without_a_terminal_an_editor_has_to_be_named() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("config edit"), @"
    --- stderr ---
    error: there is no editor: neither VISUAL nor EDITOR is set, and no terminal for vi
    hint: `ccadmin config set` takes none
    [exit status: 2]
    ");
    assert!(!env.path(FILE).parent().unwrap().exists());
}

#[test]
fn a_person_may_edit_it_again() {
    let home = Home::new();
    home.configure("output = \"csv\"\n");
    // Wrong at first, right when it is opened again.
    let script =
        "if grep -q cvs \"$1\"; then sed -i s/cvs/json/ \"$1\"; else sed -i s/csv/cvs/ \"$1\"; fi";
    let program = home.path().join("editor");
    write_program(&program, script);
    let call = format!("env EDITOR={} ccadmin config edit", program.display());
    let mut desk = home.sits_at(&call);
    desk.sees("this is `cvs`");
    desk.is_asked("Edit it again?", "");
    let end = desk.leaves();
    end.exited(0).shows("changed");
    let text = fs::read_to_string(home.path().join(FILE)).unwrap();
    assert_eq!(text, "output = \"json\"\n");
}

#[test]
fn a_hint_that_names_a_setting_names_its_file() {
    let env = TestEnv::with_users();
    let update = "user update james --phone '06 20 123 4567'";
    let own = "`phone.default_region` in the config (<home>/.config/ccadmin/config.toml)";
    let refused = env.run(update).to_string();
    assert!(refused.contains(own), "{refused}");
    // The one that is read in its place, and the one that sets it.
    env.write("other.toml", "[phone]\ndefault_region = \"\"\n");
    let refused = env.call(update).env("CCADMIN_CONFIG", env.path("other.toml")).output();
    let other = "`phone.default_region` in the config (<home>/other.toml)";
    assert!(refused.to_string().contains(other), "{refused}");
    let json = env.run(&*format!("{update} -o json"));
    assert!(json.stderr.contains(".config/ccadmin/config.toml)"), "{json}");
}

/// A path of a settings file that begins with `~/` is meant from the home.
#[test]
fn a_tilde_in_a_path_is_the_home() {
    let env = TestEnv::new();
    env.config("database = \"~/ours.db\"\n[hand_out]\ntemplate = \"~/texts/none.txt\"\n");
    env.run("store init").success();
    assert!(env.path("ours.db").exists());
    let refused = env.run(
        "user create ann --name Ann --role agent --generate-password --hand-out print=ann.txt",
    );
    let path = env.path("texts/none.txt").display().to_string();
    assert!(refused.stderr.contains(&path), "{refused}");
    // In quotation marks no shell has made a home of it.
    env.config("database = \"sqlite:~/theirs.db\"\n");
    env.run("store init").success();
    assert!(env.path("theirs.db").exists());
}

#[test]
fn colour_is_asked_for_and_refused_by_the_environment() {
    let env = TestEnv::new();
    let coloured = |words: &str, variables: &[(&str, &str)]| {
        let call = env.call(words);
        let call = variables.iter().fold(call, |call, (name, value)| call.env(name, value));
        call.output().stderr.contains("\u{1b}[")
    };
    let wrong = "user show nobody";
    assert!(!coloured(wrong, &[]));
    assert!(coloured(wrong, &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured("user shwo", &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(wrong, &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(wrong, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured("--color never user show nobody", &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured("--color always user show nobody", &[("CLICOLOR", "0")]));
    let home = Home::new();
    home.sits_at("env CLICOLOR=0 ccadmin user show nobody").leaves().exited(3).hides("\u{1b}");
    home.sits_at("env CLICOLOR=1 ccadmin user show nobody").leaves().exited(3);
}
