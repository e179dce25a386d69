//! `ccadmin project`, all its verbs.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn creating() {
    let env = TestEnv::new();
    env.run("team create x").success();
    assert_snapshot!(
        env.run("project create hu-support --language HU --description 'Hungarian support'"), @"");
    assert_snapshot!(env.run("project create en-support -o json"), @"");
    assert_snapshot!(env.run("project create de-support -o csv -q"), @"");
    assert_eq!(
        env.audit().split_off(1),
        ["project.create hu-support", "project.create en-support", "project.create de-support"]
    );
}

#[test]
fn creating_what_is_there() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("project create hu-support"), @"");
    assert_snapshot!(env.run("project create hu-support -o json"), @"");
    assert_snapshot!(env.run("project create hu-support --language de --if-not-exists"), @"");
    assert_snapshot!(env.run("project create hu-support --if-not-exists -o jsonl"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn names_are_slugs() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create HU-Support"), @"");
    assert_snapshot!(env.run("project create 'hu support'"), @"");
    assert_snapshot!(env.run("project create -- -x"), @"");
    assert_snapshot!(env.run("project create x --language magyarul"), @"");
    assert_snapshot!(env.run("project create x --description ' '"), @"");
    assert!(!env.store().exists());
}

#[test]
fn listing() {
    let env = TestEnv::with_users();
    env.run("project update en-support --description 'English, day; night'").success();
    env.run("project deactivate hu-support").success();
    assert_snapshot!(env.run("project list"), @"");
    assert_snapshot!(env.run("project list -o json"), @"");
    assert_snapshot!(env.run("project list -o jsonl"), @"");
    assert_snapshot!(env.run("project list -o csv"), @"");
    assert_snapshot!(env.run("project list --field name"), @"");
    assert_snapshot!(env.run("project list --columns users,name"), @"");
    assert_snapshot!(env.run("project list --count"), @"");
    assert_snapshot!(env.run("project list --field weight"), @"");
}

#[test]
fn showing() {
    let env = TestEnv::with_users();
    env.run("user create bob --name Bob --role agent --project hu-support:40 --generate-password")
        .success();
    env.run("user create ann --name Ann --role agent --project hu-support --inactive --generate-password")
        .success();
    assert_snapshot!(env.run("project show hu-support"), @"");
    assert_snapshot!(env.run("project show hu-support -o json"), @"");
    assert_snapshot!(env.run("project show hu-support -o csv"), @"");
    assert_snapshot!(env.run("project show hu-suport"), @"");
    env.run("project create empty").success();
    assert_snapshot!(env.run("project show empty"), @"");
    assert_snapshot!(env.run("project show empty -o jsonl"), @"");
}

#[test]
fn updating() {
    let env = TestEnv::with_places();
    assert_snapshot!(
        env.run("project update hu-support --language hu-hu --description 'Day and night' -o json"),
        @"");
    assert_snapshot!(env.run("project update hu-support --clear language,description"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("project update hu-support --clear language"), @"");
    assert_snapshot!(env.run("project update hu-support"), @"");
    assert_snapshot!(env.run("project update hu-support --language hu --clear language"), @"");
    assert_snapshot!(env.run("project update hu-support --clear name"), @"");
    assert_snapshot!(env.run("project update nowhere --language hu"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn renaming_keeps_the_users() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("project rename hu-support hu-helpdesk"), @"");
    assert_snapshot!(env.run("project list --columns name,users"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("project rename hu-helpdesk hu-helpdesk"), @"");
    assert_snapshot!(env.run("project rename hu-helpdesk en-support"), @"");
    assert_snapshot!(env.run("project rename hu-support x"), @"");
    assert_snapshot!(env.run("project rename hu-helpdesk HU"), @"");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "project.rename hu-helpdesk");
}

#[test]
fn deactivating_and_activating() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("project deactivate hu-support"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("project deactivate hu-support"), @"");
    assert_snapshot!(env.run("project deactivate hu-support nowhere"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("project activate hu-support en-support nowhere -o jsonl"), @"");
    assert_snapshot!(env.run("project activate"), @"");
}

#[test]
fn deleting() {
    let env = TestEnv::with_users();
    env.run("project create empty").success();
    let before = env.contents();
    assert_snapshot!(env.run("project delete hu-support"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("project delete empty hu-support nowhere -o json"), @"");
    assert_snapshot!(env.run("project delete hu-support en-support --yes"), @"");
    assert_snapshot!(env.run("project list --count"), @"");
    assert_eq!(env.run("user show james -o json").json()["projects"], serde_json::json!([]));
}
