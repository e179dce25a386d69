//! `ccadmin user delete`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

#[test]
fn a_deleted_user_is_gone_and_their_projects_are_told() {
    let env = TestEnv::with_users();
    env.run("user create mary --name Mary --role agent --project hu-support --generate-password")
        .success();
    assert_snapshot!(env.run("user delete james --yes"), @"
    --- stderr ---
    deleted james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user show james"), @"
    --- stderr ---
    error: there is no user `james`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user delete james --yes"), @"
    --- stderr ---
    error: there is no user `james`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    // What was done to them is still told, and the name is free for somebody else.
    assert_snapshot!(env.run("audit list --user james --columns action,subject"), @"
    ACTION       SUBJECT
    user.delete  james
    user.create  james
    [exit status: 0]
    ");
    env.run("user create james --name 'James Other' --role agent --generate-password").success();
    assert_eq!(env.run("user show james -o json").json()["projects"], serde_json::json!([]));
    let ids = env.run("audit list --user james --action user.create -o json").json();
    assert_ne!(ids[0]["subject_id"], ids[1]["subject_id"]);
}

#[test]
fn what_is_printed() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user delete james --yes -q"), @"
    --- stderr ---
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user delete nobody eva --yes -o json"), @r#"
    [
    {"username":"eva","deleted":true}
    ]
    --- stderr ---
    {"error":{"code":"user-not-found","message":"there is no user `nobody`","hint":"`ccadmin user list` shows those that exist","username":"nobody"}}
    [exit status: 3]
    "#);
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user delete eva --yes -o jsonl"), @r#"
    {"username":"eva","deleted":true}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user delete james --yes -o csv"), @"
    username,deleted
    james,true
    --- stderr ---
    deleted james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
}

/// Off a terminal nothing is asked, so `--yes` has to be said.
#[test]
fn off_a_terminal_it_has_to_be_said_that_it_is_meant() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user delete james"), @"
    --- stderr ---
    error: missing: --yes
    hint: deleting cannot be undone; on a terminal you are asked first
    [exit status: 2]
    ");
    assert_snapshot!(env.call("user delete - -o json").stdin("james\n").output(), @r#"
    --- stderr ---
    {"error":{"code":"missing-input","message":"missing: --yes","hint":"deleting cannot be undone; on a terminal you are asked first"}}
    [exit status: 2]
    "#);
    assert_snapshot!(env.run("user delete --yes"), @"
    --- stderr ---
    error: missing: USERNAME|-
    hint: usage: ccadmin user delete --yes <USERNAME|->...
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn from_stdin_all_go_or_none() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.call("user delete - --yes").stdin("james\nnobody\n").output(), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.call("user delete - --yes").stdin("james\njames\neva\n").output(), @"
    --- stderr ---
    deleted james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    deleted eva
    [exit status: 0]
    ");
    assert_eq!(env.run("user list --count").stdout, "0\n");
    assert_snapshot!(env.call("user delete - --yes").stdin("").output(), @"
    --- stderr ---
    no username on stdin: nothing to do
    [exit status: 0]
    ");
}

#[test]
fn the_last_admin_stays() {
    let env = TestEnv::with_users();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    let before = env.contents();
    assert_snapshot!(env.run("user delete boss --yes"), @"
    --- stderr ---
    error: `boss` is the last admin who can act
    hint: make another user an admin first
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
}

/// A session ends with its user: it is a wrong token from then on, and never falls back.
#[test]
fn sessions_end_with_their_user() {
    let env = TestEnv::with_places();
    for name in ["boss", "chief"] {
        let line = format!(
            "user create {name} --name X --role admin --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    let login = env.call("login boss --password-stdin --print").stdin(PASSWORD).output();
    let token = login.stdout.trim();
    let signed_in = |line: &str| env.call(line).env("CCADMIN_SESSION", token).output();
    signed_in("user list").success();
    // Somebody may even delete themselves, as long as they are not the last.
    signed_in("user delete boss --yes").success();
    assert_snapshot!(signed_in("user list"), @"
    --- stderr ---
    error: the session has ended
    hint: `ccadmin logout` forgets it (`unset CCADMIN_SESSION` if that is set), `ccadmin login` opens a new one
    [exit status: 6]
    ");
    assert_eq!(signed_in("team create x").status, Some(6));
}
