//! `ccadmin user deactivate` and `ccadmin user activate`.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn places_and_password_stay_for_the_return() {
    let env = TestEnv::with_users();
    let before = env.run("user show james -o json").json();
    assert_snapshot!(env.run("user deactivate james"), @"");
    assert_snapshot!(env.run("user deactivate james"), @"");
    let inactive = env.run("user show james -o json").json();
    assert_eq!(inactive["projects"], before["projects"]);
    assert_eq!(inactive["password"], before["password"]);
    assert_snapshot!(env.run("user activate james"), @"");
    assert_snapshot!(env.run("user activate james -q"), @"");
    assert_eq!(env.run("user show james -o json").json(), before);
    assert_eq!(
        env.audit().split_off(env.audit().len() - 2),
        ["user.deactivate james", "user.activate james"]
    );
}

#[test]
fn json_is_the_user_as_he_is_now() {
    let env = TestEnv::with_users();
    let one = env.run("user deactivate james -o json");
    assert_eq!(one.stderr.lines().count(), 2, "{one}");
    assert_eq!(one.json(), env.run("user show james -o json").json());
    let several = env.run("user activate james eva -o json").json();
    assert_eq!(several.as_array().unwrap().len(), 2);
    assert_eq!(several[0]["state"], "active");
    assert_snapshot!(env.run("user deactivate james eva -o csv"), @"");
}

#[test]
fn each_of_several_is_tried_and_reported() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user deactivate eva Eva jmaes james eva"), @"");
    assert_snapshot!(env.run("user activate eva nobody james -o jsonl"), @"");
}

#[test]
fn the_status_is_that_of_the_first_that_failed() {
    let env = TestEnv::new();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    env.run("user create bob --name Bob --role agent --generate-password").success();
    assert_eq!(env.run("user deactivate bob boss nobody").status, Some(4));
    assert_eq!(env.run("user deactivate nobody boss").status, Some(3));
}

#[test]
fn from_stdin_all_succeed_or_none() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.call("user deactivate -").stdin("james\nnobody\neva\n").output(), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.call("user deactivate -").stdin("james\r\n\neva").output(), @"");
    assert_snapshot!(env.call("user activate - -o jsonl").stdin("eva\n").output(), @"");
    assert_snapshot!(env.call("user activate -").stdin("").output(), @"");
    assert_snapshot!(env.call("user activate -").stdin("james\nno good\n").output(), @"");
    assert_snapshot!(env.call("user activate -").stdin(b"james\n\xff\xfe\n").output(), @"");
    assert_snapshot!(env.call("user activate - james").stdin("eva\n").output(), @"");
}

#[test]
fn a_pipe_from_a_list_works() {
    let env = TestEnv::with_users();
    let line = "$ccadmin user list --project hu-support --field username | $ccadmin user deactivate -";
    assert_snapshot!(env.sh(line).output(), @"");
}

#[test]
fn a_project_without_an_active_agent_is_warned_of() {
    let env = TestEnv::with_users();
    env.run("user create bob --name Bob --role agent --project hu-support --generate-password")
        .success();
    assert_snapshot!(env.run("user deactivate james"), @"");
    assert_snapshot!(env.run("user deactivate bob -q"), @"");
    env.run("user activate bob").success();
    assert_snapshot!(env.run("user deactivate bob -o json").stderr, @"");
}

#[test]
fn the_last_admin_stays() {
    let env = TestEnv::new();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    assert_snapshot!(env.run("user deactivate boss"), @"");
    env.run("user create second --name Second --role admin --generate-password").success();
    env.run("user deactivate boss").success();
    assert_eq!(env.run("user deactivate second").status, Some(4));
    assert_eq!(env.call("user deactivate second").later(8 * 86_400).output().status, Some(0));
}

#[test]
fn usernames_are_mandatory() {
    assert_snapshot!(TestEnv::new().run("user deactivate"), @"");
}
