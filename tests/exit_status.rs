//! Each error code with its exit status, each brought about by a call.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::{FIRST_LAYOUT, Output, PASSWORD, TestEnv};

/// Codes that take more than a call: a fault of ours, a disk that is full, an account that is not
/// the owner's and a file that cannot be written (both in `store.rs`), the last word on a file whose
/// rows were refused, an entry that cannot be undone (`undo.rs`), a store that changes while a file is
/// read (`directory/import/tests.rs`), and a caller who is not the owner and signs in too often (`shared_host/sign_in.rs`).
const ELSEWHERE: &[&str] = &[
    "internal",
    "store-full",
    "sign-in-required",
    "store-read-only",
    "rows-refused",
    "plan-stale",
    "not-undoable",
    "too-many-sign-ins",
];

/// A call in a store with James (agent in both projects), Eva (supervisor) and the admin Boss.
const CALLS: &[(&str, i32, &str)] = &[
    ("user list", 0, ""),
    ("user deactivate eva eva", 0, ""),
    ("user lst", 2, "usage"),
    ("user list --role boss", 2, "usage"),
    ("user list --state gone", 2, "usage"),
    ("user list --columns x", 2, "usage"),
    ("user create", 2, "missing-input"),
    ("user list --config nowhere", 2, "config"),
    ("user show nobody", 3, "user-not-found"),
    ("project show nowhere", 3, "project-not-found"),
    ("audit show 99", 3, "entry-not-found"),
    ("team show nowhere", 3, "team-not-found"),
    ("skill show nowhere", 3, "skill-not-found"),
    ("user list --database nowhere.db", 3, "store-not-found"),
    ("user unlock --caller no-such-account", 3, "account-not-found"),
    ("user create james --name J --role agent --generate-password", 4, "user-exists"),
    ("project create hu-support", 4, "project-exists"),
    ("team create voice", 4, "team-exists"),
    ("skill create billing", 4, "skill-exists"),
    ("store init", 4, "store-exists"),
    ("user export text", 4, "file-exists"),
    ("user deactivate boss", 4, "last-admin"),
    ("user delete boss --yes", 4, "last-admin"),
    ("user delete james", 2, "missing-input"),
    ("user rename james eva", 4, "user-exists"),
    ("user update eva --remove-role supervisor", 4, "last-role"),
    ("assign-project eva hu-support", 4, "not-assignable"),
    ("set-weight eva hu-support 5", 4, "not-assigned"),
    ("assign-project james asleep", 4, "project-inactive"),
    ("project delete hu-support", 4, "in-use"),
    ("user update james --remove-role agent --add-role requester", 4, "still-assigned"),
    ("passwd nopass --expire", 4, "no-password"),
    ("passwd james --own --password-stdin", 6, "authentication-failed"),
    ("user show a/b", 8, "invalid-username"),
    ("user update james --name ''", 8, "invalid-name"),
    ("user update james --email x", 8, "invalid-email"),
    ("user update james --phone x", 8, "invalid-phone"),
    ("user update james --language 'x y'", 8, "invalid-language"),
    ("project show A", 8, "invalid-project"),
    ("team show A", 8, "invalid-team"),
    ("skill show A", 8, "invalid-skill"),
    ("user update james --add-skill billing:6", 8, "invalid-level"),
    ("set-weight james hu-support 0", 8, "invalid-weight"),
    ("weight solve james hu-support 40", 8, "invalid-share"),
    ("project update hu-support --description ''", 8, "invalid-description"),
    ("user list --created-since x", 8, "invalid-time"),
    ("user photo set james text", 8, "invalid-photo"),
    ("user photo get james copy.png", 3, "photo-not-found"),
    ("passwd james --password-stdin", 8, "weak-password"),
    ("user import rows.csv --default roles=boss", 2, "usage"),
    ("user import rows.csv --default phone=1 --no-password", 8, "invalid-phone"),
    ("user import rows.csv --no-password --deactivate-missing", 11, "too-many-deactivations"),
    ("user import role.csv --no-password", 11, "invalid-role"),
    ("roster diff owned.csv --owns team=voice", 11, "not-owned"),
    ("user import state.csv --no-password", 11, "invalid-state"),
    ("user import selection.csv --no-password", 11, "invalid-project-selection"),
    ("user import row.csv --no-password", 11, "invalid-row"),
    ("user import header.csv --no-password", 11, "invalid-header"),
    ("user import twice.csv --no-password", 11, "duplicate-row"),
    ("user list --database text", 13, "store-foreign"),
    ("user list --database newer.db", 13, "store-newer"),
    ("user list --database older.db", 13, "store-older"),
    ("user list --database damaged.db", 13, "store-damaged"),
];

fn code(output: &Output) -> String {
    let line = output.stderr.lines().find(|line| line.starts_with("{\"error\""));
    let object: Option<serde_json::Value> = line.map(|line| serde_json::from_str(line).unwrap());
    object.map_or(String::new(), |object| object["error"]["code"].as_str().unwrap().to_owned())
}

fn env() -> TestEnv {
    let env = TestEnv::with_users();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    env.run("user create nopass --name Nopass --role agent --generate-password").success();
    env.run("project create asleep").success();
    env.run("project deactivate asleep").success();
    env.database()
        .execute_batch(
            "UPDATE users SET password_hash = NULL, password_origin = NULL, password_kind = NULL, \
             password_set_by = NULL, password_changed_at = NULL, password_expires_at = NULL \
             WHERE username = 'nopass'",
        )
        .unwrap();
    env.write("text", "no database".repeat(100));
    for (name, file) in [
        ("rows.csv", "username,full_name,roles\nnew,New,agent\n"),
        ("role.csv", "username,roles\nnew,boss\n"),
        ("owned.csv", "username,language\neva,hu\n"),
        ("state.csv", "username,state\nnew,asleep\n"),
        ("selection.csv", "username,project_selection\nnew,maybe\n"),
        ("row.csv", "username,full_name,roles\nnew,New,agent,more\n"),
        ("header.csv", "username,fone\n"),
        ("twice.csv", "username,full_name,roles\nnew,New,agent\nnew,New,agent\n"),
    ] {
        env.write(name, file);
    }
    for (name, change) in [
        ("newer.db", "PRAGMA user_version = 99"),
        ("older.db", FIRST_LAYOUT),
        ("damaged.db", "CREATE TABLE planted (x)"),
    ] {
        env.run(&["store", "init", "--database", name]).success();
        let database = rusqlite::Connection::open(env.path(name)).unwrap();
        database.execute_batch(change).unwrap();
    }
    env
}

#[test]
fn each_code_has_its_status() {
    let env = env();
    let mut seen = BTreeSet::new();
    let mut check = |output: Output, status: i32, wanted: &str, line: &str| {
        assert_eq!(output.status, Some(status), "{line}: {output}");
        assert_eq!(code(&output), wanted, "{line}: {output}");
        seen.insert(wanted.to_owned());
    };
    for (line, status, wanted) in CALLS {
        let output = env.call(&*format!("{line} -o jsonl")).stdin("short\nshort\n").output();
        check(output, *status, wanted, line);
    }
    let full = env.sh("$ccadmin user list -o jsonl >/dev/full").output();
    check(full, 1, "output-failed", "/dev/full");
    let closed = env.sh("$ccadmin passwd eva --password-stdin -o jsonl <.").output();
    check(closed, 1, "io", "stdin is a folder");
    env.call("passwd james --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let session = env.call("login james --password-stdin --print").stdin(PASSWORD).output();
    let denied =
        env.call("project create new -o jsonl").env("CCADMIN_SESSION", session.stdout.trim());
    check(denied.output(), 5, "forbidden", "an agent");
    env.call("passwd boss --password-stdin").stdin(PASSWORD).output().success();
    let temporary =
        env.call("authenticate boss --password-stdin -o jsonl").stdin(PASSWORD).output();
    check(temporary, 7, "password-change-required", "a temporary password");
    let verified = env.run(format!("audit verify --head {} -o jsonl", "0".repeat(64)).as_str());
    check(verified, 13, "check-failed", "no such entry");
    env.config("[deliver.sms]\ncommand = [\"/bin/false\", \"{to}\"]\n");
    env.run("user update james --phone +36201234567").success();
    let unsent = env.run("passwd james --generate-password --hand-out sms -o jsonl");
    check(unsent, 12, "delivery-failed", "a program that fails");
    env.config(
        "[two_factor]\nrequired = true\n[deliver.sms]\ncommand = [\"/bin/true\", \"{to}\"]\n",
    );
    env.call("passwd james --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let asked = env.call("authenticate james --password-stdin -o jsonl").stdin(PASSWORD).output();
    check(asked, 10, "code-required", "the password alone");
    env.config("[store]\nbusy_timeout = \"0s\"\n");
    let holder = env.database();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    check(env.run("user deactivate james -o jsonl"), 9, "store-busy", "busy");
    drop(holder);
    env.run("store retire").success();
    check(env.run("team create more -o jsonl"), 13, "store-retired", "a store that has moved away");

    // No code of the sources goes untried.
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/codes.rs");
    let source = fs::read_to_string(source).unwrap();
    let table = source.split("codes! {").nth(1).unwrap().split("\n}").next().unwrap();
    let mut known = 0;
    for line in table.lines().filter(|line| line.contains('"')) {
        let code = line.split('"').nth(1).unwrap();
        assert!(seen.contains(code) || ELSEWHERE.contains(&code), "no call brings about {code}");
        known += 1;
    }
    assert!(known > 40);
}

#[test]
fn every_error_has_a_hint_or_needs_none() {
    let env = env();
    // Where the message says it all.
    let bare = [
        "invalid-username",
        "invalid-name",
        "invalid-level",
        "invalid-weight",
        "invalid-description",
    ];
    for (line, status, wanted) in CALLS {
        let output = env.call(&**line).stdin("short\nshort\n").output();
        assert_eq!(output.status, Some(*status), "{line}: {output}");
        if *status != 0 && !bare.contains(wanted) {
            assert!(output.stderr.contains("hint: "), "{line}: {output}");
        }
    }
}

#[test]
fn an_expired_password_is_not_authenticated() {
    let env = TestEnv::new();
    env.call("user create a --name A --role agent --password-stdin")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    let output = env
        .call("passwd a --own --password-stdin -o json")
        .stdin(format!("{PASSWORD}\nein anderes Kissen am Fenster\n"))
        .later(10 * 86_400)
        .output();
    assert_eq!((output.status, &*code(&output)), (Some(6), "authentication-failed"));
}
