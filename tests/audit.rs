//! `audit list`, `audit show` and `audit verify`.

use crate::common::{TestEnv, column};

fn busy() -> TestEnv {
    let env = TestEnv::with_users();
    env.run("user deactivate james").success();
    env.run("set-weight james hu-support 50").success();
    env
}

#[test]
fn the_newest_entry_comes_first() {
    let env = busy();
    let list = env.run("audit list --limit 2 --columns seq,action,subject,outcome");
    insta::assert_snapshot!(list, @r"
    SEQ  ACTION           SUBJECT  OUTCOME
     10  weight.set       james    done
      9  user.deactivate  james    done
    [exit status: 0]
    ");
    assert_eq!(env.run("audit list --count").stdout, "10\n");
}

#[test]
fn an_entry_says_what_was_there_before() {
    let env = busy();
    let entry = &env.run("audit list --action weight.set -o json").json()[0];
    assert_eq!(entry["seq"], 10);
    assert_eq!(entry["at"], "2026-11-21T09:00:00Z");
    assert_eq!(entry["subject"], "james");
    let weights = |side: &str| entry[side]["projects"][1]["weight"].clone();
    assert_eq!((weights("before"), weights("after")), (10.into(), 50.into()));
    assert_eq!(entry["hash"].as_str().unwrap().len(), 64);
}

#[test]
fn entries_are_found_by_user_actor_action_and_time() {
    let env = busy();
    let count = |filter: &str| {
        let output = env.run(format!("audit list {filter} --count").as_str());
        output.success();
        output.stdout.trim().parse::<u32>().unwrap()
    };
    assert_eq!(count("--user james"), 3);
    assert_eq!(count("--action user.create"), 2);
    assert_eq!(count("--actor nobody"), 0);
    assert_eq!(count("--since 1d"), 10);
    assert_eq!(count("--until 2026-11-21T09:00:00Z"), 0);
    assert_eq!(count("--limit 4"), 4);
    insta::assert_snapshot!(env.run("audit list --user nobody"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
}

#[test]
fn every_format_has_every_entry() {
    let env = busy();
    assert_eq!(env.run("audit list -o jsonl").stdout.lines().count(), 10);
    assert_eq!(env.run("audit list -o csv").stdout.lines().count(), 11);
    assert_eq!(env.run("audit list -o json").json().as_array().unwrap().len(), 10);
    assert_eq!(env.run("audit list").stdout.lines().count(), 11);
}

/// R59: an edit, an insertion, a deletion, a swap and a cut tail are found, and the first bad entry
/// is named.
#[test]
fn whoever_changes_the_log_is_found_out() {
    let untouched = busy();
    let head = column(&untouched.database(), "SELECT lower(hex(hash)) FROM audit WHERE seq = 10");
    untouched.run("audit verify").success();
    untouched.run(format!("audit verify --head {}", head[0]).as_str()).success();
    let first = column(&untouched.database(), "SELECT lower(hex(hash)) FROM audit WHERE seq = 3");
    untouched.run(format!("audit verify --head {}", first[0]).as_str()).success();
    for (what, sql, bad) in [
        ("edit", "UPDATE audit SET actor = 'somebody' WHERE seq = 4", "entry 4"),
        ("deletion", "DELETE FROM audit WHERE seq = 5", "entry 5"),
        (
            "insertion",
            "UPDATE audit SET seq = -seq WHERE seq >= 6; UPDATE audit SET seq = 1 - seq WHERE seq < 0; \
             INSERT INTO audit SELECT 6, at, actor, actor_id, os_uid, action, subject, subject_id, \
             outcome, before, after, hash, batch, undoes FROM audit WHERE seq = 3",
            "entry 6",
        ),
        (
            "swap",
            "UPDATE audit SET seq = 100 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = 8; \
             UPDATE audit SET seq = 8 WHERE seq = 100",
            "entry 7",
        ),
    ] {
        let env = busy();
        let database = env.database();
        let triggers = column(&database, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
        let names = column(&database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
        database.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
        for name in names {
            database.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        database.execute_batch(sql).unwrap();
        for trigger in triggers {
            database.execute_batch(&trigger).unwrap();
        }
        drop(database);
        let output = env.run("audit verify");
        assert_eq!(output.status, Some(13), "{what}: {output}");
        assert!(output.stderr.contains(bad), "{what}: {output}");
    }
}

/// R59: the chain alone does not show that its tail is gone; a hash that was kept elsewhere does.
#[test]
fn a_cut_tail_is_found_with_a_head_that_was_kept() {
    let env = busy();
    let head = column(&env.database(), "SELECT lower(hex(hash)) FROM audit WHERE seq = 10");
    let database = env.database();
    let name =
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'";
    let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'";
    let (names, triggers) = (column(&database, name), column(&database, sql));
    database.execute_batch(&format!("DROP TRIGGER {}", names[0])).unwrap();
    database.execute_batch("DELETE FROM audit WHERE seq = 10").unwrap();
    database.execute_batch(&triggers[0]).unwrap();
    drop(database);
    env.run("audit verify").success();
    let output = env.run(format!("audit verify --head {}", head[0]).as_str());
    insta::assert_snapshot!(output, @r"
    --- stderr ---
    error: no entry of the audit log has that hash
    hint: its end was cut off, or the hash is from another store
    [exit status: 13]
    ");
}

/// A person reads what changed; a program gets all of it.
#[test]
fn a_change_is_told_in_words() {
    let env = busy();
    let list = env.run("audit list --limit 3 --columns seq,action,change");
    insta::assert_snapshot!(list, @"
    SEQ  ACTION           CHANGE
     10  weight.set       projects: hu-support 10 -> 50
      9  user.deactivate  state: active -> inactive
      8  user.create      full name: Kovács Éva; state: active; roles: supervisor; password: temporary; project selection: yes
    [exit status: 0]
    ");
    assert!(!env.run("audit list -o csv").stdout.lines().next().unwrap().contains("change"));
}

#[test]
fn an_entry_is_shown_with_what_was_before_and_after() {
    let env = busy();
    let shown = env.run("audit show 10");
    let shown = shown
        .stdout
        .lines()
        .filter(|line| !["actor", "os uid", "hash"].iter().any(|name| line.starts_with(name)));
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @"
    seq:        10
    at:         Sat 21 Nov 2026 09:00
    action:     weight.set
    subject:    james
    subject id: 1
    outcome:    done
    batch:      -
    undoes:     -
    time zone:  UTC

    FIELD     BEFORE                        AFTER
    projects  en-support:20, hu-support:10  en-support:20, hu-support:50
    ");
    let json = env.run("audit show 10 -o json").json();
    assert_eq!(json, env.run("audit list --limit 1 -o json").json()[0]);
    insta::assert_snapshot!(env.run("audit show 11"), @"
    --- stderr ---
    error: the audit log has no entry 11
    hint: `ccadmin audit list --limit 1` shows the newest
    [exit status: 3]
    ");
}
