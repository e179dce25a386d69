//! `store check`: nothing is found where nothing is wrong, and what other hands have changed is.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, UNIX_EPOCH};

use insta::assert_snapshot;

use crate::common::{NOW, PASSWORD, TestEnv};

/// What `ccadmin` itself has done, whatever it was, is what its log says.
#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let env = TestEnv::with_users();
    for line in [
        "user create boss --name Boss --role admin --phone +36201111111 --generate-password",
        "user create ann --name Ann --role agent --role requester --generate-password \
         --project hu-support:5 --team voice --team chat --skill billing:2 --skill returns",
        "user create gone --name Gone --role agent --team voice --project hu-support --inactive \
         --project-selection off --language hu --email gone@example.com --generate-password",
        "team rename voice telephone",
        "team rename telephone voice",
        "team rename voice phone",
        "skill rename billing invoices",
        "project rename hu-support hu-help",
        "assign-project ann en-support:7",
        "team rename chat talk",
        "set-weight james hu-help 33",
        "unassign-project james en-support",
        "user update ann --add-team talk --remove-team phone --add-skill invoices:5",
        "user update ann --remove-role agent --unassign",
        "user update ann --name 'Ann Óx' --language de",
        "user update ann --clear language",
        "user update eva --add-role agent --project-selection off",
        "user update eva --add-role admin --generate-password",
        "user deactivate james",
        "user activate james",
        "user rename james jim",
        "user deactivate gone",
        "user delete gone --yes",
        "project create asleep --description Nothing",
        "project update asleep --language hu --description 'Still nothing'",
        "project deactivate asleep",
        "project delete hu-help --yes",
        "project create hu-help",
        "team delete phone --yes",
        "team create phone",
        "skill delete returns --yes",
        "skill create returns",
        "skill create last",
        "skill delete last",
        "skill create another",
        "passwd jim --expire",
        "passwd jim --generate-password --expires 14d",
        "passwd jim --generate-password --permanent-password",
        "passwd jim --expire",
    ] {
        env.run(line).success();
    }
    let typed = |line: &str, stdin: &str| env.call(line).stdin(stdin).output();
    typed("passwd jim --password-stdin --permanent-password", PASSWORD).success();
    typed(
        "passwd jim --own --password-stdin",
        &format!("{PASSWORD}\nein anderes Kissen am Fenster\n"),
    )
    .success();
    typed("login jim --password-stdin", "ein anderes Kissen am Fenster\n").success();
    assert_eq!(typed("authenticate jim --password-stdin", "wrong").status, Some(6));
    env.run("logout").success();
    env.run("user unlock jim").success();
    env.write(
        "roster.csv",
        "username,full_name,roles,teams,projects\nzoe,Zoë,agent;requester,phone,en-support:3\n\
         jim,James,,,\nbob,Bob,agent,+phone,\n",
    );
    env.run("user import roster.csv --no-password --on-conflict update").success();
    let checked = env.run("store check");
    assert_snapshot!(checked, @"
    ok
    [exit status: 0]
    ");
    assert_eq!(env.run("store check -o json").stdout, "[]\n");
}

/// R49: what is valid to the engine, and is not what was written.
#[test]
fn what_other_hands_have_changed_is_found() {
    let hands: &[(&str, &str)] = &[
        (
            "UPDATE users SET full_name = 'Jamez Carter' WHERE id = 1",
            "`full_name` is \"Jamez Carter\", and entry 7 of the audit log says \"James Carter\"",
        ),
        ("UPDATE users SET username = 'jamez' WHERE id = 1", "`username` is \"jamez\""),
        (
            "UPDATE users SET email = 'james@example.con' WHERE id = 1",
            "`email` is \"james@example.con\"",
        ),
        ("UPDATE users SET phone = NULL WHERE id = 1", "`phone` is null"),
        ("UPDATE users SET roles = 3 WHERE id = 1", "`roles` is "),
        ("UPDATE users SET state = 0 WHERE id = 2", "`state` is \"inactive\""),
        ("UPDATE users SET language = 'en-IE' WHERE id = 1", "`language` is \"en-IE\""),
        ("UPDATE users SET project_selection = 0 WHERE id = 1", "`project_selection` is false"),
        ("UPDATE users SET password_kind = 1 WHERE id = 1", "\"kind\":\"permanent\""),
        ("UPDATE users SET password_expires_at = NULL WHERE id = 1", "\"expires_at\":null"),
        ("UPDATE users SET password_set_by = 'james' WHERE id = 1", "\"set_by\":\"james\""),
        (
            "UPDATE users SET password_hash = 'secret' WHERE id = 1",
            "the password of the user `james` is not stored as a hash",
        ),
        ("UPDATE users SET search = 'x' WHERE id = 1", "a search does not find the user `james`"),
        (
            "UPDATE users SET full_name = ' James' WHERE id = 1",
            "`full_name` holds ` James`, which breaks its rule",
        ),
        (
            "UPDATE users SET email = 'x', search = 'x' WHERE id = 1",
            "`email` holds `x`, which breaks its rule",
        ),
        (
            "UPDATE users SET phone = '0620' WHERE id = 1",
            "`phone` holds `0620`, which breaks its rule",
        ),
        (
            "UPDATE users SET roles = 16 WHERE id = 1",
            "the user `james` is assigned to projects but takes no calls",
        ),
        ("UPDATE users SET id = 9 WHERE id = 2", "does not say who created it"),
        ("DELETE FROM users WHERE id = 2", "the user `eva` is in the audit log but does not exist"),
        ("UPDATE assignments SET weight = 99 WHERE project_id = 1", "`projects` is "),
        ("DELETE FROM assignments WHERE project_id = 1", "`projects` is "),
        ("UPDATE user_skills SET level = 5", "`skills` is "),
        ("INSERT INTO user_teams VALUES (2, 2)", "the user `eva`: `teams` is [\"chat\"]"),
        (
            "UPDATE projects SET name = 'hu-suppor' WHERE id = 1",
            "the project `hu-suppor`: `name` is \"hu-suppor\"",
        ),
        (
            "UPDATE projects SET name = 'HU' WHERE id = 1",
            "`name` holds `HU`, which breaks its rule",
        ),
        (
            "UPDATE projects SET state = 0 WHERE id = 1",
            "the project `hu-support`: `state` is \"inactive\"",
        ),
        (
            "UPDATE projects SET language = 'de' WHERE id = 1",
            "the project `hu-support`: `language` is \"de\"",
        ),
        (
            "INSERT INTO projects VALUES (9, 'planted', NULL, NULL, 1, 0, 0, 0)",
            "the project `planted` exists, but the audit log does not say who created it",
        ),
        (
            "UPDATE teams SET name = 'voize' WHERE id = 1",
            "the team `voize`: `name` is \"voize\", and entry 3 of the audit log says \"voice\"",
        ),
        (
            "DELETE FROM teams WHERE id = 2",
            "the team `chat` is in the audit log but does not exist",
        ),
        ("UPDATE skills SET name = 'bill' WHERE id = 1", "the skill `bill`: `name` is \"bill\""),
        (
            "INSERT INTO photos VALUES (1, 0, x'00')",
            "the photo of the user `james` is not a picture",
        ),
        (
            "INSERT INTO audit SELECT 10, at, actor, actor_id, os_uid, action, subject, subject_id, outcome, before, after, hash, batch, undoes FROM audit WHERE seq = 8",
            "entry 9 of the audit log: it is missing",
        ),
        (
            "DROP TRIGGER audit_is_not_updated; UPDATE audit SET actor = 'x' WHERE seq = 3; \
          CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit\nBEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END",
            "entry 3 of the audit log: its hash does not fit",
        ),
        (
            "PRAGMA foreign_keys = OFF; INSERT INTO user_teams VALUES (1, 99)",
            "a row of `user_teams` refers to no row of `teams`",
        ),
        (
            "PRAGMA ignore_check_constraints = ON; UPDATE users SET roles = 77 WHERE id = 1",
            "CHECK constraint failed in users",
        ),
        ("PRAGMA journal_mode = DELETE", "it is in the journal mode `delete` instead of `wal`"),
        (
            "UPDATE users SET full_name = CAST(x'4aff' AS TEXT) WHERE id = 1",
            "column `full_name` holds a value that cannot be there",
        ),
        ("CREATE TABLE planted (x)", "its tables are not the ones that this program makes"),
        ("PRAGMA user_version = 9", "has version 9"),
    ];
    let env = TestEnv::with_users();
    let good = env.path("good.db");
    fs::copy(env.store(), &good).unwrap();
    for (hand, says) in hands {
        for suffix in ["-wal", "-shm"] {
            let mut side = env.store().into_os_string();
            side.push(suffix);
            let _ = fs::remove_file(side);
        }
        fs::copy(&good, env.store()).unwrap();
        let database = env.database();
        database.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        database.execute_batch(hand).unwrap_or_else(|error| panic!("{hand}: {error}"));
        drop(database);
        let checked = env.run("store check -o jsonl");
        assert_eq!(checked.status, Some(13), "{hand}: {checked}");
        let findings: Vec<serde_json::Value> =
            checked.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found = findings.iter().any(|one| one["what"].as_str().unwrap().contains(says));
        assert!(found, "{hand}: no `{says}` in {checked}");
        assert!(findings.iter().all(|one| one["hint"].is_string()), "{hand}: {checked}");
    }
}

#[test]
fn a_finding_says_what_to_do() {
    let env = TestEnv::with_users();
    env.database()
        .execute_batch("UPDATE users SET full_name = 'Jamez Carter' WHERE id = 1")
        .unwrap();
    assert_snapshot!(env.run("store check"), @r#"
    WHAT                                                                                               HINT
    a search does not find the user `james` by name                                                    something other than ccadmin, or a failing disk, has changed it: set it again with its command, or restore a backup
    the user `james`: `full_name` is "Jamez Carter", and entry 7 of the audit log says "James Carter"  something other than ccadmin, or a failing disk, has changed it: set it again with its command, or restore a backup
    --- stderr ---
    error: the check found 2 things
    [exit status: 13]
    "#);
    assert_snapshot!(env.run("store check -o json"), @r#"
    [
    {"what":"a search does not find the user `james` by name","hint":"something other than ccadmin, or a failing disk, has changed it: set it again with its command, or restore a backup"},
    {"what":"the user `james`: `full_name` is \"Jamez Carter\", and entry 7 of the audit log says \"James Carter\"","hint":"something other than ccadmin, or a failing disk, has changed it: set it again with its command, or restore a backup"}
    ]
    --- stderr ---
    {"error":{"code":"check-failed","message":"the check found 2 things","hint":null}}
    [exit status: 13]
    "#);
    assert_eq!(env.run("store check --count").stdout, "2\n");
}

#[test]
fn an_admin_without_a_phone_is_warned_of() {
    let env = TestEnv::with_users();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    assert_eq!(env.run("store check").status, Some(0));
    // Before it locks them out: a site that can send codes is about to want them.
    let sms = "[deliver.sms]\ncommand = [\"/bin/true\", \"{to}\"]\n";
    env.config(sms);
    assert_snapshot!(env.run("store check"), @"
    ok
    --- stderr ---
    warning: 2 active users have no phone number, the admin `boss` among them: nobody without one could sign in if `two_factor.required` were set (`ccadmin user list --missing phone --state active`)
    [exit status: 0]
    ");
    env.config(&format!("[two_factor]\nrequired = true\n{sms}"));
    let found = |expected: &[&str]| {
        let checked = env.run("store check -o json");
        let found: Vec<String> = checked
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| {
                let text = |field: &str| finding[field].as_str().unwrap().to_owned();
                let names_them = text("hint").contains("`ccadmin user list --missing phone");
                assert_eq!(names_them, text("what").starts_with("1 active"), "{checked}");
                text("what")
            })
            .collect();
        assert_eq!(found, expected, "{checked}");
    };
    let others = "1 active user who is no admin has no phone number, and `two_factor.required` is \
                  set: without one nobody can sign in";
    found(&[
        "`boss` is an admin without a phone number, and `two_factor.required` is set: they cannot sign in",
        others,
    ]);
    // Whom the check names can be given one; whoever is inactive need not sign in.
    env.run("user update boss --phone +36201111111").success();
    found(&[others]);
    env.run("user deactivate eva").success();
    found(&[]);
}

/// R12: a name that no account has makes nobody a trusted caller, and that is told.
#[test]
fn trusted_callers_that_are_nobody_are_told() {
    let env = TestEnv::with_users();
    // A number counts, whichever name service knows the account.
    env.config("[sign_in]\ntrusted_callers = [\"root\", \"4711\"]\n");
    assert_snapshot!(env.run("store check"), @"
    ok
    [exit status: 0]
    ");
    assert_eq!(env.run("store info --quiet").stderr, "");
    env.config("[sign_in]\ntrusted_callers = [\"root\", \"no-such-account\", \"nor.this\"]\n");
    assert_snapshot!(env.run("store check"), @"
    WHAT                                                                                                             HINT
    `sign_in.trusted_callers` names `no-such-account`, and /etc/passwd has no such account: nobody is trusted by it  correct the name or take it out; an account of another name service goes by its number
    `sign_in.trusted_callers` names `nor.this`, and /etc/passwd has no such account: nobody is trusted by it         correct the name or take it out; an account of another name service goes by its number
    --- stderr ---
    error: the check found 2 things
    [exit status: 13]
    ");
    assert_snapshot!(env.run("store check -o json"), @r#"
    [
    {"what":"`sign_in.trusted_callers` names `no-such-account`, and /etc/passwd has no such account: nobody is trusted by it","hint":"correct the name or take it out; an account of another name service goes by its number"},
    {"what":"`sign_in.trusted_callers` names `nor.this`, and /etc/passwd has no such account: nobody is trusted by it","hint":"correct the name or take it out; an account of another name service goes by its number"}
    ]
    --- stderr ---
    {"error":{"code":"check-failed","message":"the check found 2 things","hint":null}}
    [exit status: 13]
    "#);
    assert_snapshot!(env.run("store info").stderr, @"
    warning: `sign_in.trusted_callers` names `no-such-account`, and /etc/passwd has no such account: nobody is trusted by it
    warning: `sign_in.trusted_callers` names `nor.this`, and /etc/passwd has no such account: nobody is trusted by it
    ");
    assert_snapshot!(env.run("store info -o json").stderr, @r#"
    {"warning":{"code":"unknown-caller","message":"`sign_in.trusted_callers` names `no-such-account`, and /etc/passwd has no such account: nobody is trusted by it","hint":null}}
    {"warning":{"code":"unknown-caller","message":"`sign_in.trusted_callers` names `nor.this`, and /etc/passwd has no such account: nobody is trusted by it","hint":null}}
    "#);
}

#[test]
fn copies_and_drafts_beside_the_store_are_found() {
    let env = TestEnv::with_users();
    let folder = env.store().parent().unwrap().to_owned();
    let beside = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    env.run(&["store", "backup", &beside("monday.db")]).success();
    fs::write(beside("notes.txt"), "nothing of ours").unwrap();
    fs::set_permissions(beside("notes.txt"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(env.run("store check").to_string(), "ok\n[exit status: 0]");
    fs::set_permissions(beside("monday.db"), Permissions::from_mode(0o640)).unwrap();
    fs::write(beside("ccadmin-copy"), "").unwrap();
    fs::set_permissions(beside("ccadmin-copy"), Permissions::from_mode(0o604)).unwrap();
    // One that is being made is not found.
    for (name, age) in [(".ccadmin-1.new", 10), (".ccadmin-2.new-wal", 7_200)] {
        let draft = File::create(beside(name)).unwrap();
        let touched = UNIX_EPOCH + Duration::from_secs((NOW - age).unsigned_abs());
        draft.set_modified(touched).unwrap();
        fs::set_permissions(beside(name), Permissions::from_mode(0o600)).unwrap();
    }
    assert_snapshot!(env.run("store check -o csv"), @"
    what,hint
    <home>/.local/share/ccadmin/ccadmin-copy beside the store can be read by others,chmod 600 <home>/.local/share/ccadmin/ccadmin-copy
    <home>/.local/share/ccadmin/monday.db beside the store can be read by others,chmod 600 <home>/.local/share/ccadmin/monday.db
    <home>/.local/share/ccadmin/.ccadmin-2.new-wal was left by a command that was killed,rm <home>/.local/share/ccadmin/.ccadmin-2.new-wal
    --- stderr ---
    error: the check found 3 things
    [exit status: 13]
    ");
}

/// Everybody who has it would get the codes of the others; without two-factor it is no fault.
#[test]
fn phones_that_users_share_are_told() {
    let env = TestEnv::with_users();
    for name in ["james", "eva"] {
        env.run(format!("user update {name} --phone +36201234567").as_str()).success();
    }
    assert_snapshot!(env.run("store check"), @"
    ok
    --- stderr ---
    warning: `eva` and `james` have the phone number +36201234567
    [exit status: 0]
    ");
    env.run("user create boss --name Boss --role admin --phone +36201234567 --generate-password")
        .success();
    assert_snapshot!(env.run("store check -o json"), @r#"
    []
    --- stderr ---
    {"warning":{"code":"phone-shared","message":"`boss`, `james` and 1 more have the phone number +36201234567","hint":null}}
    [exit status: 0]
    "#);
}

/// What the findings of a check say to do.
fn hints(env: &TestEnv, database: &std::path::Path) -> (Vec<String>, String) {
    let database = database.to_str().unwrap();
    let checked = env.run(&["--database", database, "store", "check", "-o", "json"]);
    let findings = checked.json();
    let hints =
        findings.as_array().unwrap().iter().map(|one| one["hint"].as_str().unwrap().to_owned());
    (hints.collect(), checked.stderr)
}

/// R71: whatever mode a store of one's own has, it is no shared host, and nothing but the store's own
/// file and folder is to be changed.
#[test]
fn a_private_store_that_others_may_open_is_closed_and_nothing_else() {
    let env = TestEnv::with_users();
    let store = env.store();
    let folder = store.parent().unwrap();
    let close = format!("chmod 600 {}", store.display());
    let close_folder = format!("chmod 700 {}", folder.display());
    for mode in [0o640, 0o644, 0o660, 0o664, 0o666, 0o777] {
        fs::set_permissions(&store, Permissions::from_mode(mode)).unwrap();
        let (found, said) = hints(&env, &store);
        assert_eq!(found, [close.as_str()], "{mode:o}");
        assert_eq!(said.matches("store-open-to-others").count(), 1, "{mode:o}: {said}");
        fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
        let (found, _) = hints(&env, &store);
        assert_eq!(found[..2], [close_folder.as_str(), close.as_str()], "{mode:o}");
        // SQLite gives an empty log the mode of the database.
        assert!(found[2..].iter().all(|hint| *hint == format!("{close}-wal")), "{found:?}");
        // Who follows the advice is done.
        env.sh(&found.join(" && ")).output().success();
        assert_eq!(env.run("store check").to_string(), "ok\n[exit status: 0]", "{mode:o}");
    }
    fs::set_permissions(&store, Permissions::from_mode(0o664)).unwrap();
    assert_snapshot!(env.run("team list --count"), @"
    2
    --- stderr ---
    warning: others can read or write the store <home>/.local/share/ccadmin/ccadmin.db: `chmod 600 <home>/.local/share/ccadmin/ccadmin.db`
    [exit status: 0]
    ");
}

/// R71: a folder that others keep their files in too, as `/tmp` is, is not the store's to be closed.
#[test]
fn a_store_in_a_folder_of_everybodys() {
    let env = TestEnv::new();
    let common = env.path("tmp");
    fs::create_dir(&common).unwrap();
    fs::set_permissions(&common, Permissions::from_mode(0o1777)).unwrap();
    let store = common.join("x.db");
    env.run(&["--database", store.to_str().unwrap(), "store", "init"]).success();
    fs::set_permissions(&store, Permissions::from_mode(0o664)).unwrap();
    let (found, _) = hints(&env, &store);
    let elsewhere = "keep the store in a folder of its own, with the mode 700".to_owned();
    assert_eq!(found, [elsewhere, format!("chmod 600 {}", store.display())]);
}

/// R67: a log that cannot be emptied is a finding, with the process that keeps it.
#[test]
fn a_log_that_somebody_pins_is_found() {
    let env = TestEnv::with_users();
    let reader = env.database();
    reader.execute_batch("BEGIN; SELECT count(*) FROM users").unwrap();
    env.run("team create more").success();
    let checked = env.run("store check -o jsonl");
    assert_eq!(checked.status, Some(13), "{checked}");
    let found: serde_json::Value = serde_json::from_str(checked.stdout.trim()).unwrap();
    let what = found["what"].as_str().unwrap();
    assert!(what.contains("cannot be emptied"), "{what}");
    assert!(what.contains(&format!("process {} (account ", std::process::id())), "{what}");
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(env.run("store check").to_string(), "ok\n[exit status: 0]");
    let mut log = env.store().into_os_string();
    log.push("-wal");
    assert_eq!(fs::metadata(log).unwrap().len(), 0);
}
