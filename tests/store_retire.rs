//! `store retire`: a store that has moved away is read and never written.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv, column};

#[test]
fn nothing_is_written_to_a_store_that_has_moved_away() {
    let env = TestEnv::with_users();
    env.call("passwd james --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    assert_snapshot!(env.run("store retire --to new-host:/srv/ccadmin.db"), @"
    --- stderr ---
    the store is retired and has moved to new-host:/srv/ccadmin.db
    [exit status: 0]
    ");
    let before = env.contents();
    for line in [
        "team create more",
        "user delete eva --yes",
        "user update eva --language hu",
        "passwd eva --generate-password",
        "authenticate james --password-stdin",
        "login james --password-stdin --print",
        "user import roster.csv --no-password",
    ] {
        env.write("roster.csv", "username,full_name,roles\nnew,New,agent\n");
        let output = env.call(line).stdin(PASSWORD).output();
        assert_eq!(output.status, Some(13), "{line}: {output}");
        assert!(
            output.stderr.contains("it has moved to new-host:/srv/ccadmin.db"),
            "{line}: {output}"
        );
    }
    assert_snapshot!(env.run("team create more -o json"), @r#"
    --- stderr ---
    {"error":{"code":"store-retired","message":"the store <home>/.local/share/ccadmin/ccadmin.db is retired: it has moved to new-host:/srv/ccadmin.db","hint":"nothing was changed; make the change there"}}
    [exit status: 13]
    "#);
    assert_eq!(env.contents(), before);
    // Reading goes on.
    env.run("user list").success();
    assert_eq!(env.run("store check").to_string(), "ok\n[exit status: 0]");
    let info = env.run("store info -o json").json();
    assert_eq!(info["moved_to"], "new-host:/srv/ccadmin.db");
    assert_eq!(info["retired_at"], "2026-11-21T09:00:00Z");
    assert_snapshot!(env.run("store retire --undo"), @"
    --- stderr ---
    the store accepts changes
    [exit status: 0]
    ");
    env.run("team create more").success();
    let entries = column(
        &env.database(),
        "SELECT before || ' ' || after FROM audit WHERE action = 'store.retire' ORDER BY seq",
    );
    assert_eq!(
        entries,
        [
            r#"{"moved_to":null,"retired":false} {"moved_to":"new-host:/srv/ccadmin.db","retired":true}"#,
            r#"{"moved_to":"new-host:/srv/ccadmin.db","retired":true} {"moved_to":null,"retired":false}"#,
        ]
    );
}

#[test]
fn what_is_already_so_is_no_error() {
    let env = TestEnv::with_users();
    let already = |line: &str, says: &str| {
        let before = env.contents();
        let output = env.run(line);
        output.success();
        assert!(output.stderr.starts_with(&format!("already done: {says}")), "{output}");
        assert_eq!(env.contents(), before);
    };
    already("store retire --undo", "the store accepts changes");
    env.run("store retire").success();
    already("store retire", "the store is retired");
    // Another place is a change.
    let moved = env.run("store retire --to elsewhere -o json").json();
    assert_eq!(moved["moved_to"], "elsewhere");
    already("store retire --to elsewhere", "the store is retired and has moved to elsewhere");
    let refused = env.run("team create more");
    assert_eq!(refused.status, Some(13), "{refused}");
}

/// Everybody who is turned away is told the place.
#[test]
fn a_place_holds_no_password() {
    let env = TestEnv::with_users();
    let refused = env.run("store retire --to postgres://ann:secret@db/ccadmin");
    assert_eq!(refused.status, Some(2), "{refused}");
    assert!(!refused.stderr.contains("secret"), "{refused}");
    env.run("team create more").success();
    env.run("store retire --to postgres://ann@db/ccadmin").success();
    assert_eq!(env.run("store retire --to x --undo").status, Some(2));
}

/// A move: nothing is lost between the backup and the last write, and the copy lives.
#[test]
fn a_backup_of_a_retired_store_is_written_to_where_it_is_restored() {
    let env = TestEnv::with_users();
    env.run("store retire --to new.db").success();
    env.run("store backup move.db").success();
    assert_eq!(env.run("audit list --action store.backup --count").stdout, "1\n");
    env.run("store restore move.db --database new.db").success();
    env.run("team create more --database new.db").success();
    assert_eq!(env.run("store check --database new.db").to_string(), "ok\n[exit status: 0]");
    // The old one is not brought back by a restore either, only by its administrator.
    let refused = env.run("store restore move.db --yes");
    assert_eq!(refused.status, Some(13), "{refused}");
    assert!(refused.stderr.contains("it has moved to new.db"), "{refused}");
    assert_eq!(env.beside_store(), Vec::<std::path::PathBuf>::new());
    env.run("store retire --undo").success();
    env.run("store restore move.db --yes").success();
    env.run("team create more").success();
}
