//! `ccadmin user update`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

#[test]
fn what_is_not_named_stays() {
    let env = TestEnv::with_users();
    let mut expected = env.run("user show james -o json").json();
    assert_snapshot!(env.run("user update james --email j.carter@example.com"), @"");
    expected["email"] = "j.carter@example.com".into();
    assert_eq!(env.run("user show james -o json").json(), expected);
}

#[test]
fn every_field() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run(
        "user update james --name 'Jim Carter' --email jim@example.com --phone '+1 212 555 0100' \
         --add-role requester --add-team chat --remove-team voice --add-skill billing:5 \
         --add-skill returns --language hu --project-selection off -o json"
    ), @"");
    assert_snapshot!(env.run("user update james --remove-skill billing --remove-role requester -o jsonl"), @"");
    assert_snapshot!(env.run("user update james --clear email,phone --clear language -o csv"), @"");
    assert_eq!(env.audit().iter().filter(|entry| *entry == "user.update james").count(), 3);
}

#[test]
fn the_moment_of_the_change_is_kept() {
    let env = TestEnv::with_users();
    env.call("user update james --name Jim").later(60).output().success();
    let user = env.run("user show james -o json").json();
    assert_eq!(user["created_at"], "2026-11-21T09:00:00Z");
    assert_eq!(user["updated_at"], "2026-11-21T09:01:00Z");
}

#[test]
fn what_is_so_already_is_no_change() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james"), @"");
    assert_snapshot!(
        env.run("user update james --add-role agent --add-team voice --add-skill billing:3 \
                 --remove-team chat --remove-role requester --language en-gb"),
        @"");
    env.call("user update james --name 'James Carter' -o json").later(60).output().success();
    assert_eq!(env.contents(), before);
}

#[test]
fn the_search_finds_the_new_name() {
    let env = TestEnv::with_users();
    env.run("user update james --name 'Żółw Ągata'").success();
    assert_snapshot!(env.run("user list --search zolw --field username"), @"");
    assert_snapshot!(env.run("user list --search carter --count"), @"");
}

#[test]
fn contradictions_are_refused() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james --email x@example.com --clear email"), @"");
    assert_snapshot!(env.run("user update james --add-role agent --remove-role operator"), @"");
    assert_snapshot!(env.run("user update james --add-team chat --remove-team chat"), @"");
    assert_snapshot!(env.run("user update james --add-skill returns:2 --remove-skill returns"), @"");
    assert_snapshot!(env.run("user update james --clear name"), @"");
    assert_snapshot!(env.run("user update james --unassign"), @"");
    assert_snapshot!(env.run("user update james --keep-password --generate-password"), @"");
    assert_snapshot!(env.run("user update james --expires 3d"), @"");
    assert_snapshot!(env.run("user update nobody --name X"), @"");
    assert_snapshot!(env.run("user update james --add-team voise"), @"");
    assert_snapshot!(env.run("user update james --remove-skill cooking"), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn nobody_is_left_without_a_role() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user update eva --remove-role supervisor"), @"");
    env.run("user update eva --remove-role supervisor --add-role requester").success();
}

#[test]
fn the_last_role_that_takes_calls_takes_the_projects_along() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james --remove-role agent --add-role requester"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(
        env.run("user update james --remove-role agent --add-role requester --unassign"), @"");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["roles"], user["projects"]), @"");
}

#[test]
fn another_role_that_takes_calls_keeps_the_projects() {
    let env = TestEnv::with_users();
    env.run("user update james --remove-role agent --add-role external-agent --unassign").success();
    let user = env.run("user show james -o json").json();
    assert_eq!(user["projects"].as_array().unwrap().len(), 2);
}

#[test]
fn granting_power_takes_a_fresh_password() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james --add-role supervisor"), @"");
    assert_snapshot!(env.run("user update james --add-role admin -o json"), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("user update james --add-role supervisor --generate-password"), @"");
    assert_snapshot!(env.run("user update eva --add-role admin --keep-password"), @"");
    assert_snapshot!(
        env.call("user update james --add-role admin --password-stdin -o json")
            .stdin(format!("{PASSWORD}\n"))
            .output()
            .json()["password"]
            .to_string(),
        @"");
    assert_eq!(
        env.audit().split_off(env.audit().len() - 5),
        [
            "user.update james",
            "password.reset james",
            "user.update eva",
            "user.update james",
            "password.reset james"
        ]
    );
}

#[test]
fn the_last_admin_keeps_the_role() {
    let env = TestEnv::new();
    env.run("user create boss --name Boss --role admin --role agent --generate-password").success();
    assert_snapshot!(env.run("user update boss --remove-role admin"), @"");
}

#[test]
fn what_the_site_wants_cannot_be_cleared() {
    let env = TestEnv::with_users();
    env.config("[user]\nrequire = [\"phone\"]\n");
    assert_snapshot!(env.run("user update james --clear phone"), @"");
    // Who has never had one can be changed all the same.
    env.run("user update eva --name 'Eva Kovács'").success();
}
