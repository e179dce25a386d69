//! `ccadmin team` and `ccadmin skill`, all their verbs.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn creating() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("team create back-office"), @"");
    assert_snapshot!(env.run("skill create vip -o json"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("team create voice"), @"");
    assert_snapshot!(env.run("skill create billing -o json"), @"");
    assert_snapshot!(env.run("team create voice --if-not-exists"), @"");
    assert_snapshot!(env.run("skill create billing --if-not-exists -o json"), @"");
    assert_snapshot!(env.run("team create Voice"), @"");
    assert_snapshot!(env.run("skill create 'a b'"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn listing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team list"), @"");
    assert_snapshot!(env.run("skill list -o json"), @"");
    assert_snapshot!(env.run("skill list -o jsonl"), @"");
    assert_snapshot!(env.run("team list -o csv"), @"");
    assert_snapshot!(env.run("skill list --field name"), @"");
    assert_snapshot!(env.run("team list --count"), @"");
    assert_snapshot!(env.run("team list --columns users -o json"), @"");
    assert_snapshot!(env.run("skill list --columns level"), @"");
}

#[test]
fn showing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team show voice"), @"");
    assert_snapshot!(env.run("skill show billing -o json"), @"");
    assert_snapshot!(env.run("team show voise"), @"");
    assert_snapshot!(env.run("skill show cooking -o json"), @"");
}

#[test]
fn renaming_keeps_the_users() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team rename voice phone"), @"");
    assert_snapshot!(env.run("skill rename billing invoices -o json"), @"");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["teams"], user["skills"]), @"");
    let before = env.contents();
    assert_snapshot!(env.run("team rename phone phone"), @"");
    assert_snapshot!(env.run("team rename phone chat"), @"");
    assert_snapshot!(env.run("skill rename billing x"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn deleting() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("team delete voice"), @"");
    assert_snapshot!(env.run("skill delete billing -o json"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("team delete chat voice nowhere"), @"");
    assert_snapshot!(env.run("team delete voice --yes"), @"");
    assert_snapshot!(env.run("skill delete billing returns --yes -o csv"), @"");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["teams"], user["skills"]), @"");
    assert_eq!(
        env.audit().split_off(env.audit().len() - 4),
        ["team.delete chat", "team.delete voice", "skill.delete billing", "skill.delete returns"]
    );
}

#[test]
fn a_verb_is_mandatory() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("team"), @"");
    assert_snapshot!(env.run("skill -o json"), @"");
    assert_snapshot!(env.run("skill lst"), @"");
}
