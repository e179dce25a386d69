//! `ccadmin assign-project`, `unassign-project` and `set-weight`.

use insta::assert_snapshot;

use crate::common::TestEnv;

fn projects(env: &TestEnv) -> String {
    env.run("user show james -o json").json()["projects"].to_string()
}

#[test]
fn assigning() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    assert_snapshot!(env.run("assign-project james de-support"), @"");
    assert_snapshot!(projects(&env), @"");
    assert_eq!(env.audit().last().unwrap(), "project.assign james");
}

#[test]
fn assigning_again_keeps_the_weight() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james en-support"), @"");
    assert_snapshot!(env.run("assign-project james en-support:20 hu-support"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("assign-project james en-support:5"), @"");
    assert_snapshot!(projects(&env), @"");
}

#[test]
fn the_weight_option_serves_those_that_have_none() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    let user = env.run("assign-project james hu-support:3 de-support --weight 7 -o json").json();
    assert_snapshot!(user["projects"].to_string(), @"");
    assert_snapshot!(env.run("assign-project james hu-support --weight 0"), @"");
    assert_snapshot!(env.run("assign-project james hu-support --weight 101"), @"");
}

#[test]
fn replacing_takes_him_out_of_all_others() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("assign-project james hu-support --replace"), @"");
    assert_snapshot!(projects(&env), @"");
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james hu-support --replace"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn several_are_assigned_together_or_not_at_all() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project james de-support hu-suport"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("assign-project james de-support:40 de-support:50 -o jsonl"), @"");
}

#[test]
fn only_call_takers_and_only_active_projects() {
    let env = TestEnv::with_users();
    env.run("project create de-support").success();
    env.run("project deactivate de-support en-support").success();
    let before = env.contents();
    assert_snapshot!(env.run("assign-project eva hu-support"), @"");
    assert_snapshot!(env.run("assign-project james de-support -o json"), @"");
    assert_snapshot!(env.run("assign-project nobody hu-support"), @"");
    assert_eq!(env.contents(), before);
    // What he has survives the deactivation of either.
    env.run("set-weight james en-support 33").success();
    env.run("user deactivate james").success();
    env.run("project activate de-support").success();
    env.run("assign-project james de-support").success();
}

#[test]
fn unassigning() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("unassign-project james en-support"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("unassign-project james en-support"), @"");
    assert_snapshot!(env.run("unassign-project eva hu-support -o json").stderr, @"");
    assert_snapshot!(env.run("unassign-project james hu-suport"), @"");
    assert_snapshot!(env.run("unassign-project jmaes hu-support"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("unassign-project james hu-support en-support -q"), @"");
    assert_snapshot!(projects(&env), @"");
}

#[test]
fn weighing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("set-weight james hu-support 60"), @"");
    assert_snapshot!(projects(&env), @"");
    let before = env.contents();
    assert_snapshot!(env.run("set-weight james hu-support 60"), @"");
    assert_snapshot!(env.run("set-weight james hu-support 0"), @"");
    assert_snapshot!(env.run("set-weight james hu-support 101"), @"");
    assert_snapshot!(env.run("set-weight james hu-support -5"), @"");
    assert_snapshot!(env.run("set-weight james hu-support ten -o json"), @"");
    assert_snapshot!(env.run("set-weight eva hu-support 10"), @"");
    assert_snapshot!(env.run("set-weight james nowhere 10"), @"");
    assert_snapshot!(env.run("set-weight nobody hu-support 10"), @"");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "weight.set james");
}
