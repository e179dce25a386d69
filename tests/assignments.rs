//! `ccadmin assign-project`, `unassign-project` and `set-weight`.

use insta::assert_snapshot;

use crate::common::TestEnv;

fn projects(env: &TestEnv) -> String {
    env.run("user show james -o json").part("projects")
}

#[test]
fn assigning() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    assert_snapshot!(env.run("assign-project james de-support"), @"
    --- stderr ---
    assigned james to de-support
    shares of james: de-support 0 % -> 25 %, en-support 67 % -> 50 %, hu-support 33 % -> 25 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(projects(&env), @r#"[{"from":null,"project":"de-support","share":0.25,"until":null,"weight":10},{"from":null,"project":"en-support","share":0.5,"until":null,"weight":20},{"from":null,"project":"hu-support","share":0.25,"until":null,"weight":10}]"#);
    assert_eq!(env.audit().last().unwrap(), "project.assign james");
}

/// As `set-weight` takes it.
#[test]
fn a_weight_that_stands_alone_is_told_its_place() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("assign-project james hu-support 20"), @"
    --- stderr ---
    error: there is no project `20`
    hint: a weight stands behind a colon: `hu-support:20`
    [exit status: 3]
    ");
    let first = env.run("assign-project james 20 hu-support");
    assert!(!first.stderr.contains("colon"), "{first}");
}

#[test]
fn assigning_again_keeps_the_weight() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james en-support"), @"
    --- stderr ---
    already assigned: james to en-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("assign-project james en-support:20 hu-support"), @"
    --- stderr ---
    already assigned: james to en-support, hu-support
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("assign-project james en-support:5"), @"
    --- stderr ---
    assigned james to en-support
    shares of james: en-support 67 % -> 33 %, hu-support 33 % -> 67 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(projects(&env), @r#"[{"from":null,"project":"en-support","share":0.333,"until":null,"weight":5},{"from":null,"project":"hu-support","share":0.667,"until":null,"weight":10}]"#);
}

#[test]
fn the_weight_option_serves_those_that_have_none() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    let user = env.run("assign-project james hu-support:3 de-support --weight 7 -o json").json();
    assert_snapshot!(user["projects"].to_string(), @r#"[{"from":null,"project":"de-support","share":0.233,"until":null,"weight":7},{"from":null,"project":"en-support","share":0.667,"until":null,"weight":20},{"from":null,"project":"hu-support","share":0.1,"until":null,"weight":3}]"#);
    assert_snapshot!(env.run("assign-project james hu-support --weight 0"), @"
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    ");
    assert_snapshot!(env.run("assign-project james hu-support --weight 101"), @"
    --- stderr ---
    error: the weight 101 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    ");
}

#[test]
fn replacing_takes_him_out_of_all_others() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("assign-project james hu-support --replace"), @"
    --- stderr ---
    assigned james to hu-support
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 100 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(projects(&env), @r#"[{"from":null,"project":"hu-support","share":1.0,"until":null,"weight":10}]"#);
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james hu-support --replace"), @"
    --- stderr ---
    already assigned: james to hu-support
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn several_are_assigned_together_or_not_at_all() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james de-support hu-suport"), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("assign-project james de-support:40 de-support:50"), @"
    --- stderr ---
    error: `de-support` is named twice with different values
    hint: name it once
    [exit status: 2]
    ");
    assert_snapshot!(env.run("assign-project james de-support:50 de-support:50 -o jsonl"), @r#"
    {"username":"james","full_name":"James Carter","email":"james@example.com","phone":"+36201234567","state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[{"skill":"billing","level":3}],"language":"en-GB","project_selection":true,"projects":[{"project":"de-support","weight":50,"share":0.625,"from":null,"until":null},{"project":"en-support","weight":20,"share":0.25,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.125,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
}

#[test]
fn only_call_takers_and_only_active_projects() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    env.run("project deactivate de-support en-support").success();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project eva hu-support"), @"
    --- stderr ---
    error: `eva` takes no calls: only users with the role agent or external-agent can be assigned to projects
    hint: give one of these roles too: `user create --role`, or `user update --add-role`
    [exit status: 4]
    ");
    assert_snapshot!(env.run("assign-project james de-support -o json"), @r#"
    --- stderr ---
    {"error":{"code":"project-inactive","message":"the project `de-support` is inactive","hint":"`ccadmin project activate de-support` activates it","project":"de-support"}}
    [exit status: 4]
    "#);
    assert_snapshot!(env.run("assign-project nobody hu-support"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    // What they have survives the deactivation of either.
    env.run("set-weight james en-support 33").success();
    env.run("user deactivate james").success();
    env.run("project activate de-support").success();
    env.run("assign-project james de-support").success();
}

#[test]
fn unassigning() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("unassign-project james en-support"), @"
    --- stderr ---
    took james out of en-support
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 100 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    [exit status: 0]
    ");
    let before = env.contents();
    assert_snapshot!(env.run("unassign-project james en-support"), @"
    --- stderr ---
    already unassigned: james from en-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("unassign-project eva hu-support -o json").stderr, @r#"{"warning":{"code":"already","message":"already unassigned: eva from hu-support","hint":null}}"#);
    assert_snapshot!(env.run("unassign-project james hu-suport"), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("unassign-project jmaes hu-support"), @"
    --- stderr ---
    error: there is no user `jmaes`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("unassign-project james hu-support en-support -q"), @"
    --- stderr ---
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(projects(&env), @"[]");
}

#[test]
fn weighing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("set-weight james hu-support 60"), @"
    --- stderr ---
    james has weight 60 in hu-support
    shares of james: en-support 67 % -> 25 %, hu-support 33 % -> 75 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(projects(&env), @r#"[{"from":null,"project":"en-support","share":0.25,"until":null,"weight":20},{"from":null,"project":"hu-support","share":0.75,"until":null,"weight":60}]"#);
    let before = env.contents();
    assert_snapshot!(env.run("set-weight james hu-support 60"), @"
    --- stderr ---
    already set: james has weight 60 in hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("set-weight james hu-support 0"), @"
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    ");
    assert_snapshot!(env.run("set-weight james hu-support 101"), @"
    --- stderr ---
    error: the weight 101 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    ");
    assert_snapshot!(env.run("set-weight james hu-support -5"), @"
    --- stderr ---
    error: `-5` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    ");
    assert_snapshot!(env.run("set-weight james hu-support ten -o json"), @r#"
    --- stderr ---
    {"error":{"code":"invalid-weight","message":"`ten` is not a weight: it has to be a whole number, at least 1","hint":null}}
    [exit status: 8]
    "#);
    assert_snapshot!(env.run("set-weight eva hu-support 10"), @"
    --- stderr ---
    error: `eva` is not assigned to `hu-support`
    hint: `ccadmin assign-project eva hu-support` assigns the user
    [exit status: 4]
    ");
    assert_snapshot!(env.run("set-weight james nowhere 10"), @"
    --- stderr ---
    error: there is no project `nowhere`
    hint: `ccadmin project list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("set-weight nobody hu-support 10"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "weight.set james");
}
