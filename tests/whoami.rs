//! `ccadmin whoami`: an agent's own view.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

/// Ann, who takes calls, and a session of this user.
fn with_ann(options: &str) -> (TestEnv, String) {
    let env = TestEnv::with_places();
    env.run("project create old").success();
    let line = format!(
        "user create ann --name 'Ann Lee' --role agent {options} --password-stdin \
         --permanent-password"
    );
    env.call(line.as_str()).stdin(PASSWORD).output().success();
    let login = env.call("login ann --password-stdin --print").stdin(PASSWORD).output();
    login.success();
    let token = login.stdout.trim().to_owned();
    (env, token)
}

fn whoami(env: &TestEnv, token: &str, options: &str) -> String {
    let line = format!("whoami {options}");
    let output = env.call(line.trim()).env("CCADMIN_SESSION", token).output().to_string();
    // Whoever runs the tests.
    let uid = rustix::process::getuid().as_raw();
    let output = output.replace(&format!("\"os_uid\":{uid},"), "\"os_uid\":<uid>,");
    output.replace(&format!("os uid:              {uid}\n"), "os uid:              <uid>\n")
}

#[test]
fn somebody_who_may_choose_sees_from_what() {
    let (env, token) = with_ann("--project en-support:20 --project hu-support --project old:70");
    env.run("project deactivate old").success();
    assert_snapshot!(whoami(&env, &token, ""), @"
    actor:               ann
    username:            ann
    full name:           Ann Lee
    roles:               agent
    os uid:              <uid>
    caller locked until: -
    password:            permanent
    password expires at: -
    projects:            when your client starts, you choose which of these to enter

    PROJECT     WEIGHT  SHARE
    en-support      20   67 %  #############
    hu-support      10   33 %  #######
    old             70    0 %  inactive

    share: the part of their calls, while calls wait in all of their active projects
    [exit status: 0]
    ");
    assert_snapshot!(whoami(&env, &token, "-o jsonl"), @r#"
    {"actor":"ann","username":"ann","full_name":"Ann Lee","roles":["agent"],"os_uid":<uid>,"caller_locked_until":null,"password":"permanent","password_expires_at":null,"project_selection":true,"projects":[{"project":"en-support","weight":20,"share":0.667},{"project":"hu-support","weight":10,"share":0.333},{"project":"old","weight":70,"share":0.0}]}
    [exit status: 0]
    "#);
}

#[test]
fn somebody_who_may_not_enters_all() {
    let (env, token) = with_ann("--project en-support --project-selection off");
    env.run("passwd ann --expire").success();
    assert_snapshot!(whoami(&env, &token, ""), @"
    actor:               ann
    username:            ann
    full name:           Ann Lee
    roles:               agent
    os uid:              <uid>
    caller locked until: -
    password:            temporary
    password expires at: -
    projects:            you enter all of these

    PROJECT     WEIGHT  SHARE
    en-support      10  100 %  ####################

    share: the part of their calls, while calls wait in all of their active projects
    [exit status: 0]
    ");
}

#[test]
fn somebody_without_projects_enters_none() {
    let (env, token) = with_ann("");
    assert_snapshot!(whoami(&env, &token, ""), @"
    actor:               ann
    username:            ann
    full name:           Ann Lee
    roles:               agent
    os uid:              <uid>
    caller locked until: -
    password:            permanent
    password expires at: -
    projects:            none
    [exit status: 0]
    ");
    assert_eq!(
        env.run("whoami -o json").json()["projects"],
        serde_json::json!([]),
        "the owner of the store is in no project"
    );
}

/// A temporary password says until when it works, to the one whom it lets do nothing else.
#[test]
fn an_end_of_the_password_is_told() {
    let (env, token) = with_ann("");
    env.database()
        .execute_batch("UPDATE users SET password_kind = 0, password_expires_at = 1795338000")
        .unwrap();
    assert_snapshot!(whoami(&env, &token, "-o csv").replace(&format!(",{},", rustix::process::getuid().as_raw()), ",<uid>,"), @"
    actor,username,full_name,roles,os_uid,caller_locked_until,password,password_expires_at,project_selection,projects
    ann,ann,Ann Lee,agent,<uid>,,temporary,2026-11-22T09:00:00Z,true,
    [exit status: 0]
    ");
}
