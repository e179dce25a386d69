//! `ccadmin user deactivate` and `ccadmin user activate`.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn places_and_password_stay_for_the_return() {
    let env = TestEnv::with_users();
    let before = env.run("user show james -o json").json();
    assert_snapshot!(env.run("user deactivate james"), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user deactivate james"), @"
    --- stderr ---
    already inactive: james
    [exit status: 0]
    ");
    let inactive = env.run("user show james -o json").json();
    let weights = |user: &serde_json::Value| {
        let all = user["projects"].as_array().unwrap().clone();
        all.into_iter()
            .map(|one| (one["project"].clone(), one["weight"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(weights(&inactive), weights(&before));
    assert_eq!(inactive["projects"][0]["share"], 0.0);
    assert_eq!(inactive["password"], before["password"]);
    assert_snapshot!(env.run("user activate james"), @"
    --- stderr ---
    activated james
    shares of james: en-support 0 % -> 67 %, hu-support 0 % -> 33 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user activate james -q"), @"[exit status: 0]");
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
    assert_snapshot!(env.run("user deactivate james eva -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
    james,James Carter,james@example.com,+36201234567,inactive,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10,,,
    eva,Kovács Éva,,,inactive,supervisor,,,,true,,,,
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    deactivated eva
    [exit status: 0]
    ");
}

#[test]
fn each_of_several_is_tried_and_reported() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user deactivate eva Eva jmaes james eva"), @"
    --- stderr ---
    deactivated eva
    error: there is no user `Eva`
    hint: did you mean `eva`?
    error: there is no user `jmaes`
    hint: did you mean `james`?
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user activate eva nobody james -o jsonl"), @r#"
    {"username":"eva","full_name":"Kovács Éva","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    {"username":"james","full_name":"James Carter","email":"james@example.com","phone":"+36201234567","state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[{"skill":"billing","level":3}],"language":"en-GB","project_selection":true,"projects":[{"project":"en-support","weight":20,"share":0.667,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.333,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    --- stderr ---
    {"error":{"code":"user-not-found","message":"there is no user `nobody`","hint":"`ccadmin user list` shows those that exist","username":"nobody"}}
    [exit status: 3]
    "#);
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
    assert_snapshot!(env.call("user deactivate -").stdin("james\nnobody\neva\n").output(), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.call("user deactivate -").stdin("james\r\n\neva").output(), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    deactivated eva
    [exit status: 0]
    ");
    assert_snapshot!(env.call("user activate - -o jsonl").stdin("eva\n").output(), @r#"
    {"username":"eva","full_name":"Kovács Éva","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.call("user activate -").stdin("").output(), @"
    --- stderr ---
    no username on stdin: nothing to do
    [exit status: 0]
    ");
    assert_snapshot!(env.call("user activate -").stdin("james\nno good\n").output(), @"
    --- stderr ---
    error: line 2: `no good` is not a username: a space at position 3 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    ");
    assert_snapshot!(env.call("user activate -").stdin(b"james\n\xff\xfe\n").output(), @"
    --- stderr ---
    error: line 2: `��` is not a username: `�` at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    ");
    assert_snapshot!(env.call("user activate - james").stdin("eva\n").output(), @"
    --- stderr ---
    error: `-` (usernames from stdin) cannot be combined with other usernames
    hint: give usernames as arguments or on stdin, not both
    [exit status: 2]
    ");
}

#[test]
fn a_pipe_from_a_list_works() {
    let env = TestEnv::with_users();
    let line =
        "$ccadmin user list --project hu-support --field username | $ccadmin user deactivate -";
    assert_snapshot!(env.sh(line).output(), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
}

#[test]
fn a_project_without_an_active_agent_is_warned_of() {
    let env = TestEnv::with_users();
    env.run("user create bob --name Bob --role agent --project hu-support --generate-password")
        .success();
    assert_snapshot!(env.run("user deactivate james"), @"
    --- stderr ---
    deactivated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user deactivate bob -q"), @"
    --- stderr ---
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    env.run("user activate bob").success();
    assert_snapshot!(env.run("user deactivate bob -o json").stderr, @r#"{"warning":{"code":"no-active-agent","message":"the project `hu-support` has no active agent left","hint":null}}"#);
}

#[test]
fn the_last_admin_stays() {
    let env = TestEnv::new();
    env.run("user create boss --name Boss --role admin --generate-password").success();
    assert_snapshot!(env.run("user deactivate boss"), @"
    --- stderr ---
    error: `boss` is the last admin who can act
    hint: make another user an admin first
    [exit status: 4]
    ");
    env.run("user create second --name Second --role admin --generate-password").success();
    env.run("user deactivate boss").success();
    assert_eq!(env.run("user deactivate second").status, Some(4));
    assert_eq!(env.call("user deactivate second").later(8 * 86_400).output().status, Some(0));
}

#[test]
fn usernames_are_mandatory() {
    assert_snapshot!(TestEnv::new().run("user deactivate"), @"
    --- stderr ---
    error: missing: USERNAME|-
    hint: usage: ccadmin user deactivate <USERNAME|->...
    [exit status: 2]
    ");
}
