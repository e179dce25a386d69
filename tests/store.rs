//! The store: where it is, who may open it, what is no store, and what is kept in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use insta::assert_snapshot;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::{NOBODY, TestEnv, can_be_nobody, is_root, skipped};

fn mode(path: &Path) -> String {
    format!("{:o}", fs::metadata(path).unwrap().mode() & 0o7777)
}

#[test]
fn the_first_command_that_writes_makes_it_and_says_where() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create hu-support"), @"
    --- stderr ---
    created the store <home>/.local/share/ccadmin/ccadmin.db
    created hu-support
    [exit status: 0]
    ");
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create hu-support -q"), @"
    --- stderr ---
    created the store <home>/.local/share/ccadmin/ccadmin.db
    [exit status: 0]
    ");
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create hu-support -o json"), @r#"
    {
      "name": "hu-support",
      "language": null,
      "description": null,
      "state": "active",
      "priority": 0,
      "users": 0
    }
    --- stderr ---
    {"warning":{"code":"store-created","message":"created the store <home>/.local/share/ccadmin/ccadmin.db","hint":null}}
    [exit status: 0]
    "#);
}

#[test]
fn a_refused_value_makes_no_store_and_a_refused_change_leaves_an_empty_one() {
    let env = TestEnv::new();
    assert_eq!(env.run("set-weight james hu-support 0").status, Some(8));
    assert!(!env.path(".local").exists());
    assert_eq!(env.run("user deactivate james").status, Some(3));
    assert_eq!(env.audit(), [""; 0]);
}

#[test]
fn nobody_else_can_read_it() {
    let env = TestEnv::new();
    env.sh("umask 000; $ccadmin team create voice").output().success();
    let folder = env.store().parent().unwrap().to_owned();
    assert_eq!(mode(&folder), "700");
    assert_eq!(mode(&env.path(".local")), "700");
    for name in ["ccadmin.db", "ccadmin.db-wal", "ccadmin.db-shm"] {
        assert_eq!(mode(&folder.join(name)), "600", "{name}");
    }
}

#[test]
fn its_folder_follows_the_data_home() {
    let env = TestEnv::new();
    let output = env.call("team create a").env("XDG_DATA_HOME", env.path("data")).output();
    assert_snapshot!(output, @"
    --- stderr ---
    created the store <home>/data/ccadmin/ccadmin.db
    created a
    [exit status: 0]
    ");
    // A relative one is to be ignored, as the specification says.
    let output = env.call("team create a").env("XDG_DATA_HOME", "data").output();
    assert_snapshot!(output, @"
    --- stderr ---
    created the store <home>/.local/share/ccadmin/ccadmin.db
    created a
    [exit status: 0]
    ");
}

#[test]
fn reading_what_is_not_there() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("user list"), @"
    --- stderr ---
    error: there is no store at <home>/.local/share/ccadmin/ccadmin.db
    hint: `ccadmin store init` creates one
    [exit status: 3]
    ");
    assert_snapshot!(env.run("store info -o json"), @r#"
    --- stderr ---
    {"error":{"code":"store-not-found","message":"there is no store at <home>/.local/share/ccadmin/ccadmin.db","hint":"`ccadmin store init` creates one"}}
    [exit status: 3]
    "#);
    assert!(!env.path(".local").exists());
}

#[test]
fn without_a_home_a_store_has_to_be_named() {
    let env = TestEnv::new();
    assert_snapshot!(env.call("team create a").env_remove("HOME").output(), @"
    --- stderr ---
    error: there is no place for a store: HOME is not set
    hint: name one with --database or CCADMIN_DATABASE
    [exit status: 3]
    ");
    assert_snapshot!(env.call("user list -o json").env("HOME", "").output(), @r#"
    --- stderr ---
    {"error":{"code":"store-not-found","message":"there is no place for a store: HOME is not set","hint":"name one with --database or CCADMIN_DATABASE"}}
    [exit status: 3]
    "#);
    env.call("store init --database x.db").env_remove("HOME").output().success();
    env.call("team create a --database x.db").env_remove("HOME").output().success();
}

#[test]
fn a_named_one_is_never_made_by_itself() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("team create a --database x.db"), @"
    --- stderr ---
    error: there is no store at <home>/x.db
    hint: `ccadmin --database x.db store init` creates one
    [exit status: 3]
    ");
    let output = env.call("team create a").env("CCADMIN_DATABASE", "x.db").output();
    assert_eq!(output.status, Some(3), "{output}");
    env.config("database = \"x.db\"\n");
    assert_snapshot!(env.run("user create a --name A --role agent --generate-password"), @"
    --- stderr ---
    error: there is no store at <home>/.config/ccadmin/x.db
    hint: `ccadmin store init` creates one
    [exit status: 3]
    ");
    assert!(!env.path("x.db").exists());
}

#[test]
fn init_makes_it_where_it_is_told() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("store init --database deep/down/x.db"), @"
    --- stderr ---
    created the store deep/down/x.db
    [exit status: 0]
    ");
    assert_eq!(mode(&env.path("deep/down/x.db")), "600");
    assert_eq!(mode(&env.path("deep")), "700");
    assert_snapshot!(env.run("store init --database deep/down/x.db"), @"
    --- stderr ---
    error: deep/down/x.db already exists
    hint: it is left unchanged; name another place
    [exit status: 4]
    ");
    env.write("full", "x");
    assert_snapshot!(env.run("store init --database full"), @"
    --- stderr ---
    error: full already exists
    hint: it is left unchanged; name another place
    [exit status: 4]
    ");
    assert_eq!(fs::read(env.path("full")).unwrap(), b"x");
    assert_snapshot!(env.run("store init --database full/x.db"), @"
    --- stderr ---
    error: cannot make the folder full: File exists (os error 17)
    hint: nothing was changed
    [exit status: 1]
    ");
    let made = env.run("store init -o json");
    made.success();
    assert_snapshot!(made.redact(&made.stderr), @r#"{"warning":{"code":"store-created","message":"created the store <home>/.local/share/ccadmin/ccadmin.db","hint":null}}"#);
    assert_eq!(made.json()["users"], 0);
    assert_eq!(made.json()["version"], 7);
}

#[test]
fn forms_of_its_name() {
    let env = TestEnv::new();
    env.run("store init --database x.db").success();
    let list = |database: &str| env.run(&["team", "list", "--count", "--database", database]);
    for good in
        ["x.db", "./x.db", "sqlite:x.db", "sqlite:./x.db", env.path("x.db").to_str().unwrap()]
    {
        assert_eq!(list(good).to_string(), "0\n[exit status: 0]", "{good}");
    }
    assert_snapshot!(list(""), @"
    --- stderr ---
    error: the path of the store is empty
    [exit status: 2]
    ");
    assert_snapshot!(list("sqlite:"), @"
    --- stderr ---
    error: the path of the store is empty
    [exit status: 2]
    ");
    assert_snapshot!(list("postgres://localhost/ccadmin"), @"
    --- stderr ---
    error: `postgres:` names no store that ccadmin knows
    hint: give a path, or sqlite:PATH; a path with a colon is written `./PATH`
    [exit status: 2]
    ");
    assert_snapshot!(list("sqlite://x.db"), @"
    --- stderr ---
    error: there is no store at /x.db
    hint: `ccadmin --database //x.db store init` creates one
    [exit status: 3]
    ");
    assert_snapshot!(list("file:x.db?mode=memory"), @"
    --- stderr ---
    error: `file:` names no store that ccadmin knows
    hint: give a path, or sqlite:PATH; a path with a colon is written `./PATH`
    [exit status: 2]
    ");
    assert_snapshot!(list(":memory:"), @"
    --- stderr ---
    error: there is no store at <home>/:memory:
    hint: `ccadmin --database :memory: store init` creates one
    [exit status: 3]
    ");
    assert_snapshot!(list("."), @"
    --- stderr ---
    error: . is not a ccadmin store: it is a folder
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(list("/"), @"
    --- stderr ---
    error: / is not a ccadmin store: it is a folder
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(list("nowhere/x.db"), @"
    --- stderr ---
    error: there is no store at nowhere/x.db
    hint: `ccadmin --database nowhere/x.db store init` creates one
    [exit status: 3]
    ");
    assert_snapshot!(list("x.db/y.db"), @"
    --- stderr ---
    error: the store <home>/x.db/y.db cannot be opened: Not a directory (os error 20)
    hint: ask the owner of the file for permission
    [exit status: 1]
    ");
    assert_snapshot!(env.run("store init --database file:y.db?mode=memory").status.unwrap(), @"2");
    assert!(!env.path("y.db").exists());
}

#[test]
fn the_flag_beats_the_environment_that_beats_the_config() {
    let env = TestEnv::new();
    for name in ["flag", "environment", "config"] {
        env.run(&["store", "init", "--database", &format!("{name}.db")]).success();
    }
    env.config(&format!("database = \"{}\"\n", env.path("config.db").display()));
    assert_snapshot!(env.run("team create a -v"), @"
    --- stderr ---
    store: <home>/config.db (<home>/.config/ccadmin/config.toml)
    acting: os:<login>, who owns the store, as admin
    created a
    [exit status: 0]
    ");
    let call = env.call("team create a -v").env("CCADMIN_DATABASE", "environment.db");
    assert_snapshot!(call.output(), @"
    --- stderr ---
    store: <home>/environment.db (CCADMIN_DATABASE)
    acting: os:<login>, who owns the store, as admin
    created a
    [exit status: 0]
    ");
    let call = env.call("team create a -v -o json --database flag.db");
    assert_snapshot!(call.env("CCADMIN_DATABASE", "environment.db").output(), @r#"
    {
      "name": "a",
      "users": 0
    }
    --- stderr ---
    {"warning":{"code":"detail","message":"store: <home>/flag.db (--database)","hint":null}}
    {"warning":{"code":"detail","message":"acting: os:<login>, who owns the store, as admin","hint":null}}
    [exit status: 0]
    "#);
}

#[test]
fn a_link_to_the_file_is_refused_and_one_to_the_folder_is_not() {
    let env = TestEnv::new();
    env.run("store init --database real/x.db").success();
    symlink(env.path("real/x.db"), env.path("link.db")).unwrap();
    symlink(env.path("real"), env.path("folder")).unwrap();
    assert_snapshot!(env.run("team create a --database link.db"), @"
    --- stderr ---
    error: <home>/link.db is not a ccadmin store: it is a symbolic link
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    env.run("team create a --database folder/x.db").success();
    symlink(env.path("nowhere"), env.path("dangling.db")).unwrap();
    assert_snapshot!(env.run("team list --database dangling.db"), @"
    --- stderr ---
    error: <home>/dangling.db is not a ccadmin store: it is a symbolic link
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_eq!(env.run("store init --database dangling.db").status, Some(4));
    assert!(!env.path("nowhere").exists());
}

#[test]
fn what_is_no_store_is_left_alone() {
    let env = TestEnv::new();
    env.write(
        "text",
        "not a database at all, but longer than a header of a hundred bytes\n".repeat(40),
    );
    env.write("empty", "");
    env.write("short", "SQLite format 3\0");
    rusqlite::Connection::open(env.path("other"))
        .unwrap()
        .execute_batch("CREATE TABLE t (x); PRAGMA application_id = 7; PRAGMA user_version = 1")
        .unwrap();
    fs::create_dir(env.path("folder")).unwrap();
    env.sh("mkfifo pipe").output().success();
    let try_both = |name: &str| {
        let before = fs::metadata(env.path(name)).unwrap().len();
        let read = env.run(&["user", "list", "--database", name]);
        let write = env.run(&["team", "create", "a", "--database", name]);
        assert_eq!(read.to_string(), write.to_string());
        assert_eq!(fs::metadata(env.path(name)).unwrap().len(), before);
        read
    };
    assert_snapshot!(try_both("text"), @"
    --- stderr ---
    error: <home>/text is not a ccadmin store: it is not a database
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(try_both("empty"), @"
    --- stderr ---
    error: <home>/empty is not a ccadmin store: it is empty
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(try_both("short"), @"
    --- stderr ---
    error: <home>/short is not a ccadmin store: it is not a database
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(try_both("other"), @"
    --- stderr ---
    error: <home>/other is not a ccadmin store: it was made by another program
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(try_both("folder"), @"
    --- stderr ---
    error: <home>/folder is not a ccadmin store: it is not a file
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_snapshot!(try_both("pipe"), @"
    --- stderr ---
    error: <home>/pipe is not a ccadmin store: it is not a file
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
}

#[test]
fn other_versions_are_refused() {
    let env = TestEnv::with_users();
    env.database().execute_batch("PRAGMA user_version = 8").unwrap();
    assert_snapshot!(env.run("user list"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db has version 8, this program knows versions up to 7
    hint: use the newer version of ccadmin that wrote it
    [exit status: 13]
    ");
    assert_snapshot!(env.run("team create x -o json"), @r#"
    --- stderr ---
    {"error":{"code":"store-newer","message":"the store <home>/.local/share/ccadmin/ccadmin.db has version 8, this program knows versions up to 7","hint":"use the newer version of ccadmin that wrote it"}}
    [exit status: 13]
    "#);
    env.database().execute_batch("PRAGMA user_version = 0").unwrap();
    assert_snapshot!(env.run("user list"), @"
    --- stderr ---
    error: <home>/.local/share/ccadmin/ccadmin.db is not a ccadmin store: its version is 0, and there is none before 1
    hint: name the right file with --database, CCADMIN_DATABASE or `database` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 13]
    ");
    assert_eq!(env.run("store upgrade").status, Some(13));
    env.database().execute_batch("PRAGMA user_version = 7").unwrap();
    env.run("user list").success();
}

#[test]
fn what_other_hands_planted_is_noticed() {
    for planted in [
        "CREATE TRIGGER helper AFTER UPDATE ON users BEGIN UPDATE users SET roles = 1; END",
        "CREATE VIEW helper AS SELECT 1",
        "CREATE TABLE helper (x)",
        "DROP INDEX users_by_name",
        "DROP TRIGGER audit_is_not_updated",
    ] {
        let env = TestEnv::with_places();
        env.database().execute_batch(planted).unwrap();
        let output = env.run("team create x");
        assert_eq!(output.status, Some(13), "{planted}: {output}");
        assert_eq!(env.run("team list").to_string(), output.to_string());
    }
    let env = TestEnv::with_places();
    env.database().execute_batch("CREATE TABLE helper (x)").unwrap();
    assert_snapshot!(env.run("team list"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db is damaged: its tables are not the ones that this program makes
    hint: stop using it and restore a backup: `ccadmin store restore FILE`
    [exit status: 13]
    ");
}

#[test]
fn damage_is_noticed() {
    let env = TestEnv::with_users();
    env.database()
        .execute_batch("UPDATE users SET full_name = CAST(x'4aff' AS TEXT) WHERE username = 'eva'")
        .unwrap();
    assert_snapshot!(env.run("user show eva"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db is damaged: column `full_name` holds a value that cannot be there
    hint: stop using it and restore a backup: `ccadmin store restore FILE`
    [exit status: 13]
    ");
    assert_snapshot!(env.run("user list -o jsonl --field username"), @r#"
    --- stderr ---
    {"error":{"code":"store-damaged","message":"the store <home>/.local/share/ccadmin/ccadmin.db is damaged: column `full_name` holds a value that cannot be there","hint":"stop using it and restore a backup: `ccadmin store restore FILE`"}}
    [exit status: 13]
    "#);

    let env = TestEnv::with_users();
    let mut bytes = fs::read(env.store()).unwrap();
    for byte in &mut bytes[4_096 * 2..] {
        *byte = 0xa5;
    }
    fs::write(env.store(), bytes).unwrap();
    let output = env.run("user list");
    assert_eq!(output.status, Some(13), "{output}");
    assert!(output.stderr.contains("hint: stop using it and restore a backup"), "{output}");

    let env = TestEnv::with_users();
    let file = fs::OpenOptions::new().write(true).open(env.store()).unwrap();
    file.set_len(4_096 * 3 + 100).unwrap();
    let output = env.run("user list");
    assert_eq!(output.status, Some(13), "{output}");
}

/// A flipped byte is noticed or does no harm, but nothing panics or hangs.
#[test]
fn flipped_bytes_are_survived() {
    let env = TestEnv::with_users();
    let good = fs::read(env.store()).unwrap();
    for at in (0..good.len()).step_by(good.len() / 60) {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        fs::write(env.store(), bytes).unwrap();
        let output = env.run("user list -o jsonl");
        assert!(matches!(output.status, Some(0 | 13)), "byte {at}: {output}");
    }
}

#[test]
fn a_read_only_one_can_be_read() {
    let env = TestEnv::with_users();
    let folder = env.store().parent().unwrap().to_owned();
    let account = if is_root() {
        if !can_be_nobody() {
            return skipped("root writes to read-only files, and nobody cannot run the program");
        }
        for path in [env.home().to_owned(), env.path(".local"), env.path(".local/share")] {
            fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
        }
        for entry in folder.read_dir().unwrap() {
            chown(entry.unwrap().path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        NOBODY
    } else {
        rustix::process::getuid().as_raw()
    };
    let run = |line: &str| {
        let call = env.call(line);
        if is_root() { call.under_account(account).output() } else { call.output() }
    };
    run("user list --count").success();
    let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    set(&env.store(), 0o400);
    assert_snapshot!(run("user list --field username"), @"
    eva
    james
    [exit status: 0]
    ");
    assert_snapshot!(run("team create x"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db is read-only
    hint: nothing was changed; its owner needs write permission for <home>/.local/share/ccadmin/ccadmin.db and its folder
    [exit status: 13]
    ");
    set(&folder, 0o500);
    run("user list --count").success();
    assert_snapshot!(run("team create x -o json"), @r#"
    --- stderr ---
    {"error":{"code":"store-read-only","message":"the store <home>/.local/share/ccadmin/ccadmin.db is read-only","hint":"nothing was changed; its owner needs write permission for <home>/.local/share/ccadmin/ccadmin.db and its folder"}}
    [exit status: 13]
    "#);
    set(&env.store(), 0o600);
    assert_snapshot!(run("team create y"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db is read-only
    hint: nothing was changed; its owner needs write permission for <home>/.local/share/ccadmin/ccadmin.db and its folder
    [exit status: 13]
    ");
    set(&env.store(), 0o000);
    assert_snapshot!(run("user list"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db cannot be opened: unable to open database file: <home>/.local/share/ccadmin/ccadmin.db
    hint: ask the owner of the file for permission
    [exit status: 1]
    ");
    set(&folder, 0o700);
    set(&env.store(), 0o600);
    for name in ["ccadmin.db-wal", "ccadmin.db-shm"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    set(&folder, 0o500);
    assert_snapshot!(run("user list --count"), @"
    --- stderr ---
    error: the store cannot be used: its side file <home>/.local/share/ccadmin/ccadmin.db-wal is missing
    hint: the store's owner or root runs `ccadmin store check`: that creates a missing one and says what is wrong with the others
    [exit status: 13]
    ");
    assert_snapshot!(run("team create x"), @"
    --- stderr ---
    error: the store cannot be used: its side file <home>/.local/share/ccadmin/ccadmin.db-wal is missing
    hint: the store's owner or root runs `ccadmin store check`: that creates a missing one and says what is wrong with the others
    [exit status: 13]
    ");
    set(&folder, 0o700);
    run("user list --count").success();
    set(&folder, 0o000);
    assert_snapshot!(run("user list"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db cannot be opened: Permission denied (os error 13)
    hint: ask the owner of the file for permission
    [exit status: 1]
    ");
    set(&folder, 0o700);
}

#[test]
fn only_its_owner_and_root_may_use_it() {
    if !can_be_nobody() {
        return skipped("another account can be tried by root alone");
    }
    let env = TestEnv::new();
    env.run("store init --database x.db").success();
    env.run("team create a --database x.db").success();
    fs::set_permissions(env.home(), Permissions::from_mode(0o777)).unwrap();
    for name in ["x.db", "x.db-wal", "x.db-shm"] {
        fs::set_permissions(env.path(name), Permissions::from_mode(0o666)).unwrap();
    }
    let nobody = |line: &str| env.call(line).under_account(NOBODY).output();
    assert_snapshot!(nobody("team list --database x.db"), @"
    --- stderr ---
    warning: others can read or write the store <home>/x.db: `chmod 600 <home>/x.db`
    error: nobody is signed in
    hint: `ccadmin login` opens a session
    [exit status: 6]
    ");
    for line in [
        "user list --count",
        "user show x",
        "user create x --name X --role agent --generate-password",
        "user update x --name Y",
        "user deactivate x",
        "user activate x",
        "assign-project x y",
        "unassign-project x y",
        "set-weight x y 5",
        "passwd x --generate-password",
        "passwd x --expire",
        "project create x",
        "project list",
        "project show x",
        "project update x --language hu",
        "project rename x y",
        "project deactivate x",
        "project activate x",
        "project delete x",
        "team create x",
        "team rename a b",
        "team delete a",
        "skill list",
        "store info",
    ] {
        let output = nobody(&format!("{line} --database x.db"));
        assert_eq!(output.status, Some(6), "{line}: {output}");
    }
    assert_eq!(env.run("team list --database x.db --field name").stdout, "a\n");
    // One's own password takes no more than knowing it.
    let call = env.call("passwd x --own --password-stdin --database x.db").under_account(NOBODY);
    assert_snapshot!(call.stdin("a\nb\n").output(), @"
    --- stderr ---
    warning: others can read or write the store <home>/x.db: `chmod 600 <home>/x.db`
    error: the username or the password is wrong, or the account cannot sign in
    hint: names are case sensitive, several wrong passwords close an account for a while, the administrator can reset it
    [exit status: 6]
    ");
}

#[test]
fn a_busy_one_is_waited_for_and_its_holder_named() {
    let env = TestEnv::with_users();
    env.config("[store]\nbusy_timeout = \"1s\"\n");
    let holder = env.database();
    holder.execute_batch("BEGIN IMMEDIATE; DELETE FROM user_teams").unwrap();
    let before = env.contents();
    let output = env.run("user deactivate james");
    assert_eq!(output.status, Some(9), "{output}");
    let pid = std::process::id();
    let message = output.stderr.lines().next().unwrap();
    let wanted = format!("error: the store is busy: process {pid} holds its lock (account ");
    assert!(message.starts_with(&wanted), "{output}");
    let hint = format!("hint: nothing was changed; try again, or see what process {pid} is doing");
    assert_eq!(output.stderr.lines().nth(1).unwrap(), hint);
    // Readers are not kept, and see what was there before.
    env.run("user list").success();
    assert_eq!(env.contents(), before);
    holder.execute_batch("ROLLBACK").unwrap();
    env.run("user deactivate james").success();
}

/// Checks every entry's hash as `src/store/audit.rs` says that it is made.
pub(crate) fn check_chain(env: &TestEnv) {
    let database = env.database();
    let mut statement = database
        .prepare(
            "SELECT seq, at, actor, actor_id, os_uid, action, subject, subject_id, outcome, \
             before, after, hash, batch, undoes FROM audit ORDER BY seq",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut previous = vec![0; 32];
    let mut seq = 0;
    while let Some(row) = rows.next().unwrap() {
        seq += 1;
        let text = |at| row.get::<_, Option<String>>(at).unwrap();
        let number = |at| row.get::<_, Option<i64>>(at).unwrap();
        assert_eq!(number(0), Some(seq));
        let mut entry = json!([
            number(0),
            number(1),
            text(2),
            number(3),
            number(4),
            text(5),
            text(6),
            number(7),
            text(8),
            text(9),
            text(10),
        ]);
        if let (Some(_), _) | (_, Some(_)) = (number(12), number(13)) {
            entry.as_array_mut().unwrap().extend([json!(number(12)), json!(number(13))]);
        }
        let digest =
            Sha256::new().chain_update(&previous).chain_update(entry.to_string()).finalize();
        previous = row.get::<_, Vec<u8>>(11).unwrap();
        assert_eq!(previous, digest.as_slice(), "entry {seq}");
    }
    assert!(seq > 0);
}

#[test]
fn every_change_is_an_entry_of_the_chain() {
    let env = TestEnv::with_users();
    for line in [
        "user update james --name 'James \"Jim\" Cärter' --clear phone",
        "assign-project james hu-support:7",
        "set-weight james en-support 9",
        "unassign-project james en-support",
        "passwd james --generate-password --permanent-password",
        "passwd james --expire",
        "user deactivate james",
        "user activate james",
        "project update hu-support --description 'Héllo'",
        "project deactivate hu-support",
        "project delete hu-support --yes",
        "team rename voice phone",
        "team delete phone --yes",
        "skill delete billing --yes",
    ] {
        let before = env.audit().len();
        env.run(line).success();
        // What a deletion takes from its one user is an entry about them.
        let entries = if line.ends_with("--yes") { 2 } else { 1 };
        assert_eq!(env.audit().len(), before + entries, "{line}");
    }
    check_chain(&env);
    assert_snapshot!(env.audit().join("\n"), @"
    project.create hu-support
    project.create en-support
    team.create voice
    team.create chat
    skill.create billing
    skill.create returns
    user.create james
    user.create eva
    user.update james
    project.assign james
    weight.set james
    project.unassign james
    password.reset james
    password.expire james
    user.deactivate james
    user.activate james
    project.update hu-support
    project.deactivate hu-support
    project.unassign james
    project.delete hu-support
    team.rename phone
    user.update james
    team.delete phone
    user.update james
    skill.delete billing
    ");
}

#[test]
fn an_entry_tells_what_was_and_what_is() {
    let env = TestEnv::with_users();
    env.run("user update james --name Jim --add-team chat").success();
    env.run("set-weight james hu-support 15").success();
    env.run("passwd james --generate-password --permanent-password").success();
    let entries = crate::common::column(
        &env.database(),
        "SELECT action || ' ' || coalesce(before, '-') || ' ' || coalesce(after, '-') FROM audit \
         WHERE subject = 'james' ORDER BY seq",
    );
    let entries = env.run("user list").redact(&entries.join("\n"));
    assert_snapshot!(entries, @r#"
    user.create - {"email":"james@example.com","from":null,"full_name":"James Carter","language":"en-GB","password":{"expires_at":"2026-11-28T09:00:00Z","kind":"temporary","origin":"generated","set_by":"os:<login>"},"phone":"+36201234567","project_selection":true,"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}],"roles":["agent"],"skills":[{"level":3,"skill":"billing"}],"state":"active","teams":["voice"],"until":null,"username":"james"}
    user.update {"full_name":"James Carter","teams":["voice"]} {"full_name":"Jim","teams":["chat","voice"]}
    weight.set {"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}]} {"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":15}]}
    password.reset {"password":{"expires_at":"2026-11-28T09:00:00Z","kind":"temporary","origin":"generated","set_by":"os:<login>"}} {"password":{"expires_at":null,"kind":"permanent","origin":"generated","set_by":"os:<login>"}}
    "#);
}

#[test]
fn the_log_is_never_changed() {
    let env = TestEnv::with_users();
    let database = env.database();
    for (statement, message) in [
        ("UPDATE audit SET actor = 'x' WHERE seq = 1", "the audit log is never changed"),
        ("DELETE FROM audit WHERE seq = 1", "the audit log is never cut"),
    ] {
        let error = database.execute(statement, []).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    check_chain(&env);
}

#[test]
fn the_write_ahead_log_is_empty_after_each_command() {
    let env = TestEnv::with_users();
    let wal = env.path(".local/share/ccadmin/ccadmin.db-wal");
    for line in ["team create x", "user list", "user deactivate james", "passwd eva --expire"] {
        let _ = env.run(line);
        assert_eq!(fs::metadata(&wal).unwrap().len(), 0, "{line}");
    }
}

/// On a disk of its own, which root can mount where nobody else sees it.
#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let env = TestEnv::new();
    let line = "mkdir disk && mount -t tmpfs -o size=512k none disk || exit 99
        $ccadmin store init --database disk/x.db || exit 98
        i=0
        while $ccadmin team create t$i --database disk/x.db -q -o json >out 2>error; do
            i=$((i + 1))
            head -c 32k /dev/zero >disk/filler$i
        done 2>/dev/null
        echo $? $i $($ccadmin team list --count --database disk/x.db)
        rm disk/filler*
        $ccadmin team create last --database disk/x.db";
    let output = env.sh(&format!("unshare -m sh -c '{line}'")).output();
    if !is_root() || output.status == Some(99) || output.stderr.starts_with("unshare") {
        return skipped("a disk is mounted by root alone");
    }
    let error = fs::read_to_string(env.path("error")).unwrap();
    assert!(error.contains("\"code\":\"store-full\""), "{error}{output}");
    let numbers: Vec<&str> = output.stdout.lines().next().unwrap().split(' ').collect();
    assert_eq!(numbers[1], numbers[2], "{output}");
    assert_eq!(output.status, Some(0), "{output}");
}

#[test]
fn info() {
    let env = TestEnv::with_users();
    let info = env.run("store info -o json").json();
    let keys: Vec<&String> = info.as_object().unwrap().keys().collect();
    assert_snapshot!(format!("{keys:?}"), @r#"["acting", "audit_entries", "c_library", "created_at", "locked_callers", "moved_to", "path", "projects", "retired_at", "settings", "skills", "sqlite", "store_id", "teams", "users", "version"]"#);
    assert_eq!(info["audit_entries"], 8);
    assert_eq!(info["path"], env.store().to_str().unwrap());
    assert_snapshot!(env.run("store info -o csv").stdout.lines().next().unwrap(), @"path,store_id,version,created_at,acting,users,projects,teams,skills,audit_entries,locked_callers,retired_at,moved_to,sqlite,c_library");
}
