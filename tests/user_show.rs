//! `ccadmin user show`.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn a_table_is_name_and_value_lines() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james"), @"
    username:            james
    full name:           James Carter
    email:               james@example.com
    phone:               +36201234567
    state:               active
    roles:               agent
    teams:               voice
    skills:              billing:3
    language:            en-GB
    project selection:   on
    projects:            en-support:20, hu-support:10
    password:            temporary
    password set by:     os:<login>
    password changed at: 2026-11-21 09:00:00+00:00
    password expires at: 2026-11-28 09:00:00+00:00
    locked:              false
    locked until:        -
    photo:               false
    created at:          2026-11-21 09:00:00+00:00
    updated at:          2026-11-21 09:00:00+00:00
    last sign in at:     -
    [exit status: 0]
    ");
}

#[test]
fn json_is_the_documented_shape() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james -o json"), @r#"
    {
      "username": "james",
      "full_name": "James Carter",
      "email": "james@example.com",
      "phone": "+36201234567",
      "state": "active",
      "roles": [
        "agent"
      ],
      "teams": [
        "voice"
      ],
      "skills": [
        {
          "skill": "billing",
          "level": 3
        }
      ],
      "language": "en-GB",
      "project_selection": true,
      "projects": [
        {
          "project": "en-support",
          "weight": 20,
          "share": 0.667
        },
        {
          "project": "hu-support",
          "weight": 10,
          "share": 0.333
        }
      ],
      "password": {
        "state": "temporary",
        "set_by": "os:<login>",
        "changed_at": "2026-11-21T09:00:00Z",
        "expires_at": "2026-11-28T09:00:00Z"
      },
      "locked": false,
      "locked_until": null,
      "photo": false,
      "created_at": "2026-11-21T09:00:00Z",
      "updated_at": "2026-11-21T09:00:00Z",
      "last_sign_in_at": null
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user show eva -o jsonl"), @r#"
    {"username":"eva","full_name":"Kovács Éva","email":null,"phone":null,"state":"active","roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
}

#[test]
fn csv_has_the_columns_of_an_export() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10
    [exit status: 0]
    ");
}

#[test]
fn who_is_not_there_is_not_found() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show James"), @"
    --- stderr ---
    error: there is no user `James`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user show jmaes"), @"
    --- stderr ---
    error: there is no user `jmaes`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user show zebulon -o json"), @r#"
    --- stderr ---
    {"error":{"code":"user-not-found","message":"there is no user `zebulon`","hint":"`ccadmin user list` shows what there is","username":"zebulon"}}
    [exit status: 3]
    "#);
}

#[test]
fn an_inactive_project_has_no_share() {
    let env = TestEnv::with_users();
    env.run("project deactivate en-support").success();
    assert_snapshot!(env.run("user show james -o json").part("projects"), @r#"[{"project":"en-support","share":0.0,"weight":20},{"project":"hu-support","share":1.0,"weight":10}]"#);
}

#[test]
fn a_password_expires_by_the_clock() {
    let env = TestEnv::with_users();
    let state = |seconds| {
        env.call("user show james -o json").later(seconds).output().json()["password"]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(state(7 * 86_400 - 1), "temporary");
    assert_eq!(state(7 * 86_400), "expired");
}

#[test]
fn times_are_local_in_a_table_and_utc_elsewhere() {
    let env = TestEnv::with_users();
    let table = env.call("user show james").env("TZ", "Europe/Budapest").output();
    assert!(table.stdout.contains("2026-11-21 10:00:00+01:00"), "{table}");
    let json = env.call("user show james -o json").env("TZ", "Europe/Budapest").output().json();
    assert_eq!(json["created_at"], "2026-11-21T09:00:00Z");
}
