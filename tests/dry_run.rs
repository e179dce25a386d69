//! `--dry-run`: what a command would change, and that it changes nothing.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::TestEnv;
use crate::user_photo::PNG;

#[test]
fn a_change_is_told_field_by_field_with_what_it_does_to_shares() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user deactivate james --dry-run"), @"
    ACTION           SUBJECT  CHANGE
    user.deactivate  james    state: active -> inactive
    --- stderr ---
    dry run: deactivated james
    dry run: shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(env.run("set-weight james hu-support 40 --dry-run -o json"), @r#"
    [
    {"actor":"os:<login>","action":"weight.set","subject":"james","subject_id":1,"before":{"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}]},"after":{"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":40}]}}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("--dry-run user update james --clear email --add-team chat"), @"
    ACTION       SUBJECT  CHANGE
    user.update  james    email: james@example.com -> -; teams: +chat
    --- stderr ---
    dry run: updated james
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user activate james --dry-run"), @"
    --- stderr ---
    already active: james
    dry run: there is nothing to change
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user activate james --dry-run -o json"), @r#"
    []
    --- stderr ---
    {"warning":{"code":"already","message":"already active: james","hint":null}}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user delete james zoe eva --dry-run -q"), @"
    ACTION       SUBJECT  CHANGE
    user.delete  james    full name: James Carter; state: active; roles: agent; projects: en-support:20, hu-support:10; email: james@example.com; language: en-GB; password: temporary; phone: +36201234567; project selection: yes; skills: billing:3; teams: voice
    user.delete  eva      full name: Kovács Éva; state: active; roles: supervisor; password: temporary; project selection: yes
    --- stderr ---
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    error: there is no user `zoe`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn no_password_is_made_and_nothing_is_handed_out() {
    let env = TestEnv::with_users();
    env.config("[deliver.email]\ncommand = [\"/bin/false\", \"{to}\"]\n");
    let before = env.contents();
    assert_snapshot!(env.run("passwd james eva --generate-password --credentials new.csv --dry-run"), @"
    ACTION          SUBJECT  CHANGE
    password.reset  james    password: temporary -> temporary
    password.reset  eva      password: temporary -> temporary
    --- stderr ---
    dry run: set the password of james
    dry run: set the password of eva
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(env.run("passwd james --generate-password --hand-out email --dry-run"), @"
    ACTION          SUBJECT  CHANGE
    password.reset  james    password: temporary -> temporary
    --- stderr ---
    dry run: set the password of james
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(
        env.run("user create zoe --name Zoe --role agent --generate-password --hand-out print=zoe.txt --dry-run -o csv"),
        @r#"
    actor,action,subject,subject_id,before,after
    os:<login>,user.create,zoe,3,,"{""email"":null,""from"":null,""full_name"":""Zoe"",""language"":null,""password"":{""expires_at"":""2026-11-28T09:00:00Z"",""kind"":""temporary"",""origin"":""generated"",""set_by"":""os:<login>""},""phone"":null,""project_selection"":true,""projects"":[],""roles"":[""agent""],""skills"":[],""state"":""active"",""teams"":[],""until"":null,""username"":""zoe""}"
    --- stderr ---
    dry run: created zoe
    dry run: nothing was changed
    [exit status: 0]
    "#
    );
    assert!(!env.path("new.csv").exists() && !env.path("zoe.txt").exists());
    // What would be refused is.
    env.write("new.csv", "somebody's");
    assert_snapshot!(env.run("passwd james --generate-password --credentials new.csv --dry-run"), @"
    --- stderr ---
    error: new.csv already exists
    hint: name another file, or remove it first
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user create zoe --name Zoe --role agent --dry-run"), @"
    --- stderr ---
    error: missing: --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(env.call("user create zoe --name Zoe --role agent --password-stdin --dry-run").stdin("zoe\n").output(), @"
    --- stderr ---
    error: a password has at least 15 characters, this one has 3
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
}

/// What is tried sees what was tried before it in the same call.
#[test]
fn several_are_tried_one_after_the_other() {
    let env = TestEnv::with_users();
    for name in ["boss", "ada"] {
        let line = format!(
            "user create {name} --name Boss --role admin --generate-password --permanent-password"
        );
        env.run(line.as_str()).success();
    }
    let before = env.contents();
    let output = env.run("user deactivate boss ada james --dry-run");
    assert!(output.stderr.contains("`ada` is the last admin who can act"), "{output}");
    assert_snapshot!(output, @"
    ACTION           SUBJECT  CHANGE
    user.deactivate  boss     state: active -> inactive
    user.deactivate  james    state: active -> inactive
    --- stderr ---
    dry run: deactivated boss
    error: `ada` is the last admin who can act
    hint: make another user an admin first
    dry run: deactivated james
    dry run: shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    dry run: nothing was changed
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn nothing_is_made_for_a_dry_run() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create hu-support --dry-run"), @"
    --- stderr ---
    error: there is no store at <home>/.local/share/ccadmin/ccadmin.db
    hint: `ccadmin store init` creates one
    [exit status: 3]
    ");
    assert!(!env.store().exists());
    let env = TestEnv::with_users();
    env.make_older();
    assert_snapshot!(env.run("team create night --dry-run"), @"
    --- stderr ---
    error: the store <home>/.local/share/ccadmin/ccadmin.db has version 1, this program needs version 7
    hint: its owner upgrades it with `ccadmin store upgrade`
    [exit status: 13]
    ");
    assert_eq!(env.beside_store(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn what_cannot_be_tried_says_so() {
    let env = TestEnv::with_users();
    for call in [
        "user list",
        "login james --password-stdin",
        "weight solve james hu-support 50% --apply",
        "store backup copy.db",
        "config set output json",
        "user export -",
    ] {
        let output = env.run(format!("{call} --dry-run").as_str());
        assert_eq!(output.status, Some(2), "{output}");
        assert!(output.stderr.contains("`--dry-run` does not go with `ccadmin"), "{output}");
    }
    assert_snapshot!(env.run("audit list --dry-run"), @"
    --- stderr ---
    error: `--dry-run` does not go with `ccadmin audit list`
    hint: it changes nothing: leave the option out
    [exit status: 2]
    ");
    let own = env.call("passwd james --own --password-stdin --dry-run").stdin("a\nb\n").output();
    assert_snapshot!(own, @"
    --- stderr ---
    error: changing one's own password cannot be tried
    hint: every try with a current password is counted: leave `--dry-run` out
    [exit status: 2]
    ");
}

/// Each command that changes the store of people: what the dry run lists is what the log gets.
#[test]
fn the_list_is_what_the_log_gets() {
    let env = TestEnv::with_users();
    env.write("face.png", PNG);
    for call in [
        "project create de-support --language de --priority 5",
        "project update de-support --description Deutsch",
        "project rename de-support de",
        "team create night",
        "team rename night late",
        "skill create repairs",
        "user create zoe --name Zoe --role agent --project de:30 --team late --generate-password",
        "user update zoe --name Zoë --add-skill repairs:4 --phone +36201234568",
        "user rename zoe zoë.x",
        "user rename zoe zoe2",
        "user photo set zoe2 face.png",
        "assign-project zoe2 hu-support en-support:7",
        "set-weight zoe2 en-support 70",
        "unassign-project zoe2 en-support",
        "passwd zoe2 --generate-password",
        "user deactivate zoe2 james",
        "user activate zoe2",
        "user unlock zoe2",
        "project deactivate de",
        "project activate de",
        "skill delete repairs --yes",
        "team delete late",
        "team delete late --yes",
        "project delete de --yes",
        "user photo remove zoe2",
        "user delete zoe2 --yes",
    ] {
        let before = env.contents();
        let tried = env.run(format!("{call} --dry-run -o json").as_str());
        assert_eq!(env.contents(), before, "{call}");
        let newest = env.run("audit list --limit 1 -o json").json()[0]["seq"].as_i64().unwrap();
        let done = env.run(call);
        assert_eq!(tried.status, done.status, "{call}: {tried}");
        let planned: Vec<Value> = if tried.stdout.is_empty() {
            Vec::new()
        } else {
            tried.json().as_array().unwrap().clone()
        };
        let log = env.run("audit list -o json").json();
        let mut written: Vec<Value> = log.as_array().unwrap().clone();
        written.retain(|entry| entry["seq"].as_i64().unwrap() > newest);
        written.reverse();
        let written: Vec<Value> = written
            .iter()
            .map(|entry| {
                let field = |name: &str| entry[name].clone();
                json!({
                    "actor": field("actor"), "action": field("action"), "subject": field("subject"),
                    "subject_id": field("subject_id"), "before": field("before"),
                    "after": field("after"),
                })
            })
            .collect();
        assert_eq!(planned, written, "{call}");
    }
}
