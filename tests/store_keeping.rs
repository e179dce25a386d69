//! Backups of the store, restoring one, and stores of an older version.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use insta::assert_snapshot;

use crate::common::pty::{Home, Signal};
use crate::common::{
    FIRST_LAYOUT, NOBODY, Output, PASSWORD, TestEnv, can_be_nobody, column, contents, is_root,
    skipped,
};
use crate::store::check_chain;

/// Output without the hashes of audit entries, which differ from account to account.
fn plain(output: &Output) -> String {
    let text = output.to_string();
    let is_hash =
        |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words: Vec<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    words.into_iter().filter(is_hash).fold(text.clone(), |text, hash| text.replace(hash, "<hash>"))
}

fn database(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

/// What a store holds but for what a restore ends or adds to.
fn kept(path: &Path) -> String {
    let text = contents(&database(path));
    let (mut tables, mut skip) = (String::new(), false);
    for line in text.lines() {
        if !line.starts_with('[') {
            skip = ["audit", "sessions", "codes", "sign_in_failures", "store"].contains(&line);
        }
        if !skip {
            tables.push_str(line);
            tables.push('\n');
        }
    }
    tables
}

/// The one file beside the store.
fn only_one_beside(env: &TestEnv) -> PathBuf {
    let mut files = env.beside_store();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

fn is_in_order(env: &TestEnv) {
    let checked = env.run("store check");
    assert_eq!(checked.to_string(), "ok\n[exit status: 0]");
    check_chain(env);
}

#[test]
fn a_backup_is_a_store_of_its_own() {
    let env = TestEnv::with_users();
    assert_snapshot!(plain(&env.run("store backup copy.db")), @"
    --- stderr ---
    backed up 2 users and 9 audit entries to copy.db
    the audit log ends with <hash>
    [exit status: 0]
    ");
    let copy = env.path("copy.db");
    assert_eq!(fs::metadata(&copy).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(contents(&database(&copy)), env.contents());
    let listed = env.run("user list --database copy.db --field username");
    assert_eq!(listed.to_string(), "eva\njames\n[exit status: 0]");
    assert_eq!(env.run("store check --database copy.db").stdout, "ok\n");
    assert!(env.beside_store().is_empty());
    let json = env.run("store backup second.db -o json").json();
    let head = json["head"].as_str().unwrap();
    env.run(&*format!("audit verify --head {head}")).success();
    assert_eq!(json["audit_entries"], 10);
    assert_eq!(json["bytes"], fs::metadata(env.path("second.db")).unwrap().len());
    // The folder of the backup holds nothing that was only used to make it.
    let names: Vec<_> =
        fs::read_dir(env.home()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains(".ccadmin-")), "{names:?}");
}

#[test]
fn a_backup_replaces_nothing() {
    let env = TestEnv::with_users();
    env.write("there", "precious");
    assert_snapshot!(env.run("store backup there"), @"
    --- stderr ---
    error: there already exists
    hint: it is left unchanged; name another place
    [exit status: 4]
    ");
    assert_eq!(fs::read(env.path("there")).unwrap(), b"precious");
    assert_snapshot!(env.run("store backup nowhere/copy.db"), @"
    --- stderr ---
    error: cannot make a file in nowhere: No such file or directory (os error 2)
    hint: nothing was changed
    [exit status: 1]
    ");
    assert_snapshot!(env.run("store backup -"), @"
    --- stderr ---
    error: a backup has to be a file, since it is checked once it is written
    hint: name a file; one that begins with a hyphen is written `./-FILE`
    [exit status: 2]
    ");
    std::os::unix::fs::symlink(env.path("target"), env.path("link")).unwrap();
    assert_eq!(env.run("store backup link").status, Some(4));
    assert!(!env.path("target").exists());
    assert_eq!(env.run("store backup .").status, Some(4));
}

#[test]
fn a_damaged_store_makes_no_backup() {
    let env = TestEnv::with_users();
    env.database()
        .execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO user_teams VALUES (1, 99)")
        .unwrap();
    assert_snapshot!(env.run("store backup copy.db"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db is damaged: a row of `user_teams` refers to no row of `teams`
    hint: stop using it and restore a backup: `ccadmin store restore FILE`
    [exit status: 13]
    ");
    assert!(!env.path("copy.db").exists());
}

/// R50: twenty backups while eight write: each is whole, and of one moment.
#[test]
fn backups_under_eight_writers_are_whole() {
    let env = TestEnv::new();
    env.run("team create first").success();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..8 {
            let (env, done) = (&env, &done);
            scope.spawn(move || {
                let mut number = 0;
                while !done.load(Ordering::Relaxed) {
                    env.run(&*format!("team create w{writer}-{number}")).success();
                    number += 1;
                }
            });
        }
        for number in 0..20 {
            env.run(&*format!("store backup copy{number}.db")).success();
        }
        done.store(true, Ordering::Relaxed);
    });
    let mut before = 0;
    for number in 0..20 {
        let copy = database(&env.path(&format!("copy{number}.db")));
        assert_eq!(column(&copy, "PRAGMA integrity_check"), ["ok"]);
        let teams: i64 =
            copy.query_row("SELECT count(*) FROM teams", [], |row| row.get(0)).unwrap();
        let entries: i64 =
            copy.query_row("SELECT max(seq) FROM audit", [], |row| row.get(0)).unwrap();
        let backups: i64 = copy
            .query_row("SELECT count(*) FROM audit WHERE action = 'store.backup'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(backups, number + 1, "each copy with its own entry");
        assert_eq!(teams + backups, entries, "each team with its entry");
        assert!(teams >= before);
        before = teams;
    }
    is_in_order(&env);
}

#[test]
fn a_restore_brings_back_what_was() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let before = kept(&env.store());
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let store = inode(&env.store());
    env.run("user deactivate james").success();
    env.call("passwd eva --generate-password").later(60).output().success();
    env.run("user update eva --remove-role supervisor --add-role requester").success();
    env.run("user create late --name Late --role agent --generate-password").success();
    let lost = env.contents();
    assert_snapshot!(env.run("store restore copy.db"), @"
    --- stderr ---
    warning: `eva` gains the role supervisor, gets an older password
    warning: `james` becomes active
    error: missing: --yes
    hint: `--yes` puts the backup in the place of what the store holds, which is kept beside it
    [exit status: 2]
    ");
    assert_eq!(env.contents(), lost);
    assert_snapshot!(env.run("store restore copy.db --yes"), @"
    --- stderr ---
    warning: `eva` gains the role supervisor, gets an older password
    warning: `james` becomes active
    restored <home>/.local/share/ccadmin/ccadmin.db from copy.db
    what it held is kept in <home>/.local/share/ccadmin/ccadmin-before-restore-20261121T090000Z.db
    every session has ended
    [exit status: 0]
    ");
    assert_eq!(kept(&env.store()), before);
    assert_eq!(inode(&env.store()), store);
    assert_eq!(contents(&database(&only_one_beside(&env))), lost);
    assert_eq!(fs::metadata(only_one_beside(&env)).unwrap().mode() & 0o7777, 0o600);
    is_in_order(&env);
    let entry = env.run("audit list --limit 1 -o jsonl").json();
    let end_of = |database: &rusqlite::Connection| {
        column(
            database,
            "SELECT seq || ' ' || lower(hex(hash)) FROM audit ORDER BY seq DESC LIMIT 1",
        )
    };
    let told = |field: &str| {
        format!("{} {}", entry[field]["entries"], entry[field]["head"].as_str().unwrap())
    };
    assert_eq!(entry["action"], "store.restore");
    assert_eq!([told("after")].as_slice(), end_of(&database(&env.path("copy.db"))));
    assert_eq!([told("before")].as_slice(), end_of(&database(&only_one_beside(&env))));
    // No id is given again, not even one that the backup knows nothing of.
    env.run("user create later --name Later --role agent --generate-password").success();
    let id = "SELECT CAST(id AS TEXT) FROM users WHERE username = 'later'";
    assert_eq!(column(&env.database(), id), ["4"]);
    is_in_order(&env);
}

#[test]
fn in_json_everybody_is_named() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    env.run("user deactivate james").success();
    let restored = env.run("store restore copy.db --yes -o json");
    assert_snapshot!(restored, @r#"
    {
      "path": "<home>/.local/share/ccadmin/ccadmin.db",
      "restored_from": "copy.db",
      "kept": "<home>/.local/share/ccadmin/ccadmin-before-restore-20261121T090000Z.db",
      "users": 2,
      "audit_entries": 10,
      "regained": [
        {
          "username": "james",
          "becomes_active": true,
          "roles": [],
          "older_password": false
        }
      ]
    }
    --- stderr ---
    {"warning":{"code":"regained","message":"`james` becomes active","hint":null}}
    [exit status: 0]
    "#);
}

#[test]
fn of_many_the_first_are_named() {
    let env = TestEnv::new();
    let names: Vec<String> = (10..33).map(|number| format!("u{number}")).collect();
    for name in &names {
        let line = format!("user create {name} --name N --role agent --generate-password");
        env.run(&*line).success();
    }
    env.run("store backup copy.db").success();
    env.call("user deactivate -").stdin(names.join("\n")).output().success();
    let refused = env.run("store restore copy.db");
    let warnings: Vec<&str> =
        refused.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 21);
    assert_eq!(warnings[0], "warning: `u10` becomes active");
    assert_eq!(
        warnings[20],
        "warning: 3 more users get back what they do not have now; `-o json` names them"
    );
    let json = env.run("store restore copy.db --yes -o json").json();
    assert_eq!(json["regained"].as_array().unwrap().len(), 23);
}

#[test]
fn sessions_and_codes_end_and_failures_count_on() {
    let env = TestEnv::with_users();
    env.run("passwd eva --generate-password --permanent-password").success();
    env.call("passwd james --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let log_in = || env.call("login james --password-stdin --print").stdin(PASSWORD).output();
    let in_backup = log_in().stdout.trim().to_owned();
    env.database()
        .execute_batch("INSERT INTO codes VALUES (1, zeroblob(16), zeroblob(32), 0, 9e9)")
        .unwrap();
    env.run("store backup copy.db").success();
    let present = log_in().stdout.trim().to_owned();
    for _ in 0..3 {
        let wrong = env.call("authenticate james --password-stdin").stdin("wrong").output();
        assert_eq!(wrong.status, Some(6));
    }
    let failures =
        "SELECT user_id || ' ' || os_uid || ' ' || failures FROM sign_in_failures ORDER BY 1";
    let counted = column(&env.database(), failures);
    assert!(!counted.is_empty());
    env.run("store restore copy.db --yes").success();
    for token in [in_backup, present] {
        let who = env.call("whoami").env("CCADMIN_SESSION", token).output();
        assert_eq!(who.status, Some(6), "{who}");
    }
    assert_eq!(column(&env.database(), failures), counted);
    assert_eq!(env.contents().matches("codes\n[").count(), 0);
    is_in_order(&env);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let env = TestEnv::with_users();
    env.run("store backup good.db").success();
    let before = env.contents();
    env.write("text", "no backup at all\n".repeat(300));
    env.write("empty", "");
    fs::create_dir(env.path("folder")).unwrap();
    fs::copy(env.store(), env.path("live.db")).unwrap();
    env.write("live.db-wal", "");
    let good = fs::read(env.path("good.db")).unwrap();
    env.write("short.db", &good[..good.len() - 8_192]);
    let mut flipped = good.clone();
    let name = b"user.create";
    let at = flipped.windows(name.len()).position(|window| window == name).unwrap();
    flipped[at] ^= 0x20;
    env.write("flipped.db", flipped);
    let damaged = FIRST_LAYOUT.replace("DROP TABLE photos; ", "");
    for (name, change) in [
        ("newer.db", "PRAGMA user_version = 99"),
        ("planted.db", "CREATE TRIGGER x AFTER INSERT ON teams BEGIN DELETE FROM users; END"),
        ("loose.db", "PRAGMA foreign_keys = OFF; INSERT INTO user_teams VALUES (1, 99)"),
        ("other.db", "PRAGMA application_id = 7"),
        // One of the first version that is damaged.
        ("older.db", damaged.as_str()),
    ] {
        fs::copy(env.path("good.db"), env.path(name)).unwrap();
        let database = database(&env.path(name));
        database.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
        database.execute_batch(change).unwrap();
    }
    let mut told = String::new();
    for name in [
        "nowhere",
        "text",
        "empty",
        "folder",
        "live.db",
        "short.db",
        "flipped.db",
        "newer.db",
        "planted.db",
        "loose.db",
        "other.db",
        "older.db",
    ] {
        let output = env.run(&["store", "restore", name, "--yes"]);
        told.push_str(name);
        told.push_str(": ");
        told.push_str(&output.to_string().replace("--- stderr ---\n", ""));
        told.push('\n');
        assert!(env.beside_store().is_empty(), "{:?}", env.beside_store());
    }
    assert_snapshot!(told, @"
    nowhere: error: there is no backup nowhere
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 3]
    text: error: text is not a ccadmin store: it is not a database
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    empty: error: empty is not a ccadmin store: it is empty
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    folder: error: folder is not a ccadmin store: it is not a file
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    live.db: error: live.db is not a ccadmin store: it is a store that is in use (it has side files): take a backup of it first
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    short.db: error: the store short.db is damaged: database disk image is malformed
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    flipped.db: error: the store flipped.db is damaged: entry 8 of its audit log: its hash does not fit
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    newer.db: error: the store newer.db has version 99, this program knows versions up to 7
    hint: use the newer version of ccadmin that wrote it
    [exit status: 13]
    planted.db: error: the store planted.db is damaged: its tables are not the ones that this program makes
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    loose.db: error: the store loose.db is damaged: a row of `user_teams` refers to no row of `teams`
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    other.db: error: other.db is not a ccadmin store: it was made by another program
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    older.db: error: the store older.db is damaged: its tables are not the ones that this program makes
    hint: nothing was changed; give a file that `ccadmin store backup` has made
    [exit status: 13]
    ");
    let itself = env.run(&["store", "restore", env.store().to_str().unwrap(), "--yes"]);
    assert_eq!(itself.status, Some(13), "{itself}");
    assert_eq!(env.contents(), before);
    is_in_order(&env);
}

/// What the first version has left is restored as well, and the file itself stays as it is.
#[test]
fn a_backup_of_an_older_version_is_upgraded_on_its_way() {
    let env = TestEnv::with_users();
    let before = kept(&env.store());
    let now = env.path("now.db");
    env.run("store backup now.db").success();
    database(&now).execute_batch(&format!("PRAGMA journal_mode = DELETE; {FIRST_LAYOUT}")).unwrap();
    let bytes = fs::read(&now).unwrap();
    env.run("user deactivate james").success();
    env.run("store restore now.db --yes").success();
    assert_eq!(kept(&env.store()), before);
    assert_eq!(fs::read(&now).unwrap(), bytes);
    is_in_order(&env);
}

#[test]
fn on_a_new_host_a_backup_becomes_the_store() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let id = env.run("store info -o json").json()["store_id"].clone();
    let before = kept(&env.store());
    let other = TestEnv::new();
    fs::copy(env.path("copy.db"), other.path("copy.db")).unwrap();
    assert_snapshot!(other.run("store restore copy.db"), @"
    --- stderr ---
    restored <home>/.local/share/ccadmin/ccadmin.db from copy.db
    [exit status: 0]
    ");
    assert_eq!(kept(&other.store()), before);
    assert_eq!(other.run("store info -o json").json()["store_id"], id);
    assert_eq!(fs::metadata(other.store()).unwrap().mode() & 0o7777, 0o600);
    assert!(other.beside_store().is_empty());
    is_in_order(&other);
}

/// Whoever has the store open when it is restored goes on with what was restored.
#[test]
fn who_has_it_open_meanwhile_writes_into_the_restored_store() {
    let home = Home::new();
    home.does("ccadmin team create a && ccadmin store backup copy.db && ccadmin team create b");
    let mut desk = home.sits_at("ccadmin user create james --name James --role agent --team a");
    desk.sees("empty: one is generated): ");
    let reader = database(&home.store());
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(column(&reader, "SELECT name FROM teams ORDER BY 1"), ["a", "b"]);
    home.does("ccadmin store restore copy.db --yes");
    // A reader sees its one moment to the end.
    assert_eq!(column(&reader, "SELECT name FROM teams ORDER BY 1"), ["a", "b"]);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(column(&reader, "SELECT name FROM teams ORDER BY 1"), ["a"]);
    desk.answers("");
    desk.leaves().exited(0);
    assert_eq!(
        home.does("ccadmin user list --columns username,teams").lines().last(),
        Some("james     a")
    );
    assert_eq!(home.does("ccadmin store check"), "ok\n");
}

/// Where somebody moves the store by hand, who has it open writes nothing into what was put aside.
#[test]
fn nothing_is_written_into_a_store_that_was_moved_away() {
    for (hand, there) in [
        ("mv STORE aside.db", false),
        ("mv STORE aside.db && cp copy.db STORE", true),
        ("cp copy.db next.db && mv STORE aside.db && mv next.db STORE", true),
    ] {
        let home = Home::new();
        home.does("ccadmin team create a && ccadmin store backup copy.db && cp copy.db .copy");
        let mut desk = home.sits_at("ccadmin user create james --name James --role agent");
        desk.sees("empty: one is generated): ");
        let store = home.store();
        home.does(&hand.replace("STORE", store.to_str().unwrap()));
        let before = fs::read(home.path().join("aside.db")).unwrap();
        desk.answers("");
        desk.leaves().exited(9).shows("was moved or replaced in the meantime");
        assert!(fs::read(home.path().join("aside.db")).unwrap() == before);
        if there {
            assert_eq!(home.does("ccadmin user list --count"), "0\n");
            assert_eq!(home.does("ccadmin store check"), "ok\n");
        }
    }
}

/// R50: while others write it is refused; never is anything lost that was acknowledged.
#[test]
fn a_restore_under_load_is_refused_or_before_or_after() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    env.config("[store]\nbusy_timeout = \"60s\"\n");
    let holder = env.database();
    holder.execute_batch("BEGIN IMMEDIATE; INSERT INTO teams (name) VALUES ('x')").unwrap();
    env.config("[store]\nbusy_timeout = \"0s\"\n");
    let refused = env.run("store restore copy.db --yes");
    assert_eq!(refused.status, Some(9), "{refused}");
    assert!(refused.stderr.contains("the store is busy: process"), "{refused}");
    holder.execute_batch("ROLLBACK").unwrap();
    assert!(env.beside_store().is_empty());
    env.config("[store]\nbusy_timeout = \"60s\"\n");

    let done = AtomicBool::new(false);
    let mut statuses = Vec::new();
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (env, done) = (&env, &done);
                scope.spawn(move || {
                    let mut made = Vec::new();
                    while !done.load(Ordering::Relaxed) {
                        let name = format!("w{writer}-{}", made.len());
                        env.run(&*format!("team create {name}")).success();
                        made.push(name);
                    }
                    made
                })
            })
            .collect();
        for _ in 0..10 {
            statuses.push(env.run("store restore copy.db --yes").status);
        }
        done.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, Some(0 | 9))), "{statuses:?}");
    // Each of them is in the store or in one of those that were put aside.
    let mut everywhere = column(&env.database(), "SELECT name FROM teams");
    for path in env.beside_store() {
        everywhere.extend(column(&database(&path), "SELECT name FROM teams"));
    }
    for name in acknowledged {
        assert!(everywhere.contains(&name), "{name} was acknowledged and is nowhere");
    }
    is_in_order(&env);
}

#[test]
fn it_asks_at_a_terminal() {
    let home = Home::new();
    home.does("ccadmin team create a && ccadmin store backup copy.db && ccadmin team create b");
    let mut desk = home.sits_at("ccadmin store restore copy.db");
    desk.sees("(0 users)? [y/N]: ");
    desk.answers("");
    let end = desk.leaves();
    end.exited(1).shows("nothing was changed");
    assert_eq!(home.does("ccadmin team list --field name"), "a\nb\n");
    let mut desk = home.sits_at("ccadmin store restore copy.db");
    desk.sees("(0 users)? [y/N]: ");
    desk.answers("y");
    desk.leaves().exited(0).shows("restored ");
    assert_eq!(home.does("ccadmin team list --field name"), "a\n");
}

/// Whatever the damage, what is there is put aside as it is and the file goes on being the store.
#[test]
fn a_damaged_store_is_replaced() {
    type Damage = fn(&Path);
    let kinds: [(&str, Damage); 5] = [
        ("header", |path| overwrite(path, 0, &[0; 4_096])),
        ("empty", |path| fs::File::options().write(true).open(path).unwrap().set_len(0).unwrap()),
        ("short", |path| {
            fs::File::options().write(true).open(path).unwrap().set_len(4_096 * 3 + 100).unwrap();
        }),
        ("pages", |path| overwrite(path, 4_096, &vec![0xa5; 4_096 * 20])),
        ("planted", |path| database(path).execute_batch("CREATE TABLE planted (x)").unwrap()),
    ];
    for (name, damage) in kinds {
        let env = TestEnv::with_users();
        env.run("store backup copy.db").success();
        let before = kept(&env.store());
        // Another program that closes the store takes the side files away.
        env.run("user list").success();
        damage(&env.store());
        let damaged = fs::read(env.store()).unwrap();
        let inode = fs::metadata(env.store()).unwrap().ino();
        assert_eq!(env.run("user list").status, Some(13), "{name}");
        let restored = env.run("store restore copy.db --yes");
        assert_eq!(restored.status, Some(0), "{name}: {restored}");
        assert_eq!(kept(&env.store()), before, "{name}");
        assert_eq!(fs::metadata(env.store()).unwrap().ino(), inode);
        let aside = only_one_beside(&env);
        assert!(aside.to_string_lossy().contains("-damaged-"), "{aside:?}");
        assert!(fs::read(&aside).unwrap() == damaged, "{name}: it is not as it was");
        is_in_order(&env);
        if name == "header" {
            assert_snapshot!(restored, @"
            --- stderr ---
            warning: the store <home>/.local/share/ccadmin/ccadmin.db is damaged: it is not a database; users who were deactivated, lost a role or changed their password since the backup get it back
            restored <home>/.local/share/ccadmin/ccadmin.db from copy.db
            what it held is kept in <home>/.local/share/ccadmin/ccadmin-damaged-20261121T090000Z.db
            every session has ended
            [exit status: 0]
            ");
        }
    }
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;

    fs::File::options().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

/// What another process has open is not replaced under it.
#[test]
fn a_damaged_store_that_is_open_elsewhere_is_not_touched() {
    let home = Home::new();
    home.configure("[store]\nbusy_timeout = \"0s\"\n");
    home.does("ccadmin team create a && ccadmin store backup copy.db");
    let mut desk = home.sits_at("ccadmin user create james --name James --role agent");
    desk.sees("empty: one is generated): ");
    let store = home.store();
    let (store, restore) = (store.display(), "ccadmin store restore copy.db --yes 2>&1");
    home.does(&format!(
        "dd if=/dev/zero of={store} bs=100 count=1 conv=notrunc; cp {store} damaged"
    ));
    let refused = home.does(&format!("{restore}; test $? = 9"));
    assert!(refused.contains("error: the store is busy: process "), "{refused}");
    home.does(&format!("cmp {store} damaged"));
    desk.types("\u{3}");
    desk.leaves().died_of(Signal::SIGINT);
    assert!(home.does(restore).contains("-damaged-"));
    assert_eq!(home.does("ccadmin store check && ccadmin team list --field name"), "ok\na\n");
}

/// A file that was never a store is not taken for a damaged one.
#[test]
fn what_is_no_store_is_not_replaced() {
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    env.write("letter", "Dear Sir or Madam,\n".repeat(400));
    let refused = env.run("--database letter store restore copy.db --yes");
    assert_eq!(refused.status, Some(13), "{refused}");
    assert!(fs::read_to_string(env.path("letter")).unwrap().starts_with("Dear Sir"));
}

/// R40: the store stays its owner's when root restores it.
#[test]
fn owner_and_mode_stay() {
    if !is_root() {
        return skipped("only root restores what is another's");
    }
    let env = TestEnv::with_users();
    env.run("store backup copy.db").success();
    let folder = env.store().parent().unwrap().to_owned();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o660)).unwrap();
    }
    chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
    let states = || {
        let mut states = Vec::new();
        for suffix in ["", "-wal", "-shm"] {
            let mut path = env.store().into_os_string();
            path.push(suffix);
            let found = fs::metadata(path).unwrap();
            states.push((found.uid(), found.gid(), found.mode() & 0o7777));
        }
        states
    };
    let before = states();
    for damaged in [false, true] {
        if damaged {
            overwrite(&env.store(), 0, &[0; 4_096]);
        }
        env.run("store restore copy.db --yes").success();
        assert_eq!(states(), before);
    }
    for aside in env.beside_store() {
        let found = fs::metadata(&aside).unwrap();
        assert_eq!((found.uid(), found.mode() & 0o7777), (NOBODY, 0o600), "{aside:?}");
    }
}

/// Nobody but the owner can say who they are where nothing can be read.
#[test]
fn a_damaged_store_is_its_owners_to_restore() {
    if !can_be_nobody() {
        return skipped("another account can be tried by root alone");
    }
    let env = TestEnv::with_users();
    env.run("store init --database x.db").success();
    env.run("store backup copy.db --database x.db").success();
    fs::set_permissions(env.home(), Permissions::from_mode(0o777)).unwrap();
    for name in ["x.db", "x.db-wal", "x.db-shm", "copy.db"] {
        fs::set_permissions(env.path(name), Permissions::from_mode(0o666)).unwrap();
    }
    overwrite(&env.path("x.db"), 0, &[0; 4_096]);
    let refused =
        env.call("store restore copy.db --yes --database x.db").under_account(NOBODY).output();
    assert_eq!(refused.status, Some(6), "{refused}");
    assert_eq!(env.run("user list --database x.db").status, Some(13));
}

#[test]
fn an_older_store_is_upgraded_by_its_owners_next_write() {
    let env = TestEnv::with_users();
    let before = kept(&env.store()).replace("codes\nphotos\n", "");
    let same = |path: &Path| kept(path).replace("photos\n", "") == before.replace("photos\n", "");
    env.make_older();
    let older = env.contents();
    assert_snapshot!(env.run("user list"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db has version 1, this program needs version 7
    hint: its owner upgrades it with `ccadmin store upgrade`
    [exit status: 13]
    ");
    assert_eq!(env.run("store info").status, Some(13));
    assert_eq!(env.contents(), older);
    assert!(env.beside_store().is_empty());
    assert_snapshot!(env.run("team create new -q"), @"
    --- stderr ---
    upgraded the store <home>/.local/share/ccadmin/ccadmin.db from version 1 to 7; it is kept as it was in <home>/.local/share/ccadmin/ccadmin-v1-20261121T090000Z.db
    [exit status: 0]
    ");
    let backup = only_one_beside(&env);
    assert_eq!(contents(&database(&backup)), older);
    assert_eq!(fs::metadata(&backup).unwrap().mode() & 0o7777, 0o600);
    env.run("team delete new").success();
    assert!(same(&env.store()));
    is_in_order(&env);
    // And only once.
    env.run("team create newer").success();
    assert_eq!(env.beside_store().len(), 1);
    assert_eq!(
        env.run("store upgrade").to_string(),
        "--- stderr ---\nalready up to date: the store has version 7\n[exit status: 0]"
    );
}

#[test]
fn an_older_store_is_upgraded_when_that_is_asked_for() {
    let env = TestEnv::with_users();
    env.make_older();
    let upgraded = env.run("store upgrade");
    assert_snapshot!(upgraded, @"
    --- stderr ---
    upgraded the store <home>/.local/share/ccadmin/ccadmin.db from version 1 to 7; it is kept as it was in <home>/.local/share/ccadmin/ccadmin-v1-20261121T090000Z.db
    [exit status: 0]
    ");
    is_in_order(&env);
    env.run("user list").success();
    assert_eq!(env.run("store upgrade").status, Some(0));
    assert_eq!(env.beside_store().len(), 1);
    assert_eq!(env.run("store upgrade -o json").json()["version"], 7);
    assert_eq!(env.run("store upgrade --database nowhere.db").status, Some(3));
}

#[test]
fn of_many_who_upgrade_all_go_on_in_one_store() {
    let env = TestEnv::with_users();
    env.make_older();
    thread::scope(|scope| {
        for number in 0..6 {
            let env = &env;
            scope.spawn(move || env.run(&*format!("team create t{number}")).success());
        }
    });
    assert_eq!(env.run("team list --count").stdout, "8\n");
    is_in_order(&env);
}

#[test]
fn an_older_store_is_nobody_elses_to_upgrade() {
    if !can_be_nobody() {
        return skipped("another account can be tried by root alone");
    }
    let env = TestEnv::with_users();
    env.make_older();
    for path in [env.home().to_owned(), env.path(".local"), env.path(".local/share")] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    let folder = env.store().parent().unwrap().to_owned();
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mut path = env.store().into_os_string();
        path.push(suffix);
        // The side files are gone where another program has closed the store.
        let _ = fs::set_permissions(path, Permissions::from_mode(0o666));
    }
    for line in ["team create x", "store upgrade", "user list"] {
        let refused = env.call(line).under_account(NOBODY).output();
        assert_eq!(refused.status, Some(13), "{line}: {refused}");
        assert!(
            refused.stderr.contains("has version 1, this program needs version 7"),
            "{refused}"
        );
    }
    assert!(env.beside_store().is_empty());
}
