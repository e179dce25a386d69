//! `ccadmin user update`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

#[test]
fn what_is_not_named_stays() {
    let env = TestEnv::with_users();
    let mut expected = env.run("user show james -o json").json();
    assert_snapshot!(env.run("user update james --email j.carter@example.com"), @"
    --- stderr ---
    updated james
    [exit status: 0]
    ");
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
    ), @r#"
    {
      "username": "james",
      "full_name": "Jim Carter",
      "email": "jim@example.com",
      "phone": "+12125550100",
      "state": "active",
      "from": null,
      "until": null,
      "roles": [
        "agent",
        "requester"
      ],
      "teams": [
        "chat"
      ],
      "skills": [
        {
          "skill": "billing",
          "level": 5
        },
        {
          "skill": "returns",
          "level": 1
        }
      ],
      "language": "hu",
      "project_selection": false,
      "projects": [
        {
          "project": "en-support",
          "weight": 20,
          "share": 0.667,
          "from": null,
          "until": null
        },
        {
          "project": "hu-support",
          "weight": 10,
          "share": 0.333,
          "from": null,
          "until": null
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
    assert_snapshot!(env.run("user update james --remove-skill billing --remove-role requester -o jsonl"), @r#"
    {"username":"james","full_name":"Jim Carter","email":"jim@example.com","phone":"+12125550100","state":"active","from":null,"until":null,"roles":["agent"],"teams":["chat"],"skills":[{"skill":"returns","level":1}],"language":"hu","project_selection":false,"projects":[{"project":"en-support","weight":20,"share":0.667,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.333,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user update james --clear email,phone --clear language -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
    james,Jim Carter,,,active,agent,chat,returns:1,,false,en-support:20;hu-support:10,,,
    --- stderr ---
    updated james
    [exit status: 0]
    ");
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
    assert_snapshot!(env.run("user update james"), @"
    --- stderr ---
    error: nothing to change
    hint: give --name, --email, --phone, --language, --project-selection, --from, --until, --clear, or --add- or --remove- with role, team or skill; on a terminal you are asked
    [exit status: 2]
    ");
    assert_snapshot!(
        env.run("user update james --add-role agent --add-team voice --add-skill billing:3 \
                 --remove-team chat --remove-role requester --language en-gb"),
        @"
        --- stderr ---
        already up to date: james
        [exit status: 0]
        ");
    env.call("user update james --name 'James Carter' -o json").later(60).output().success();
    assert_eq!(env.contents(), before);
}

#[test]
fn the_search_finds_the_new_name() {
    let env = TestEnv::with_users();
    env.run("user update james --name 'Żółw Ągata'").success();
    assert_snapshot!(env.run("user list --search zolw --field username"), @"
    james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --search carter --count"), @"
    0
    [exit status: 0]
    ");
}

#[test]
fn contradictions_are_refused() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james --email x@example.com --clear email"), @"
    --- stderr ---
    error: a field is both set and cleared
    hint: give either the option or its name in --clear
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --add-role agent --remove-role operator"), @"
    --- stderr ---
    error: a role is both added and removed
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --add-team chat --remove-team chat"), @"
    --- stderr ---
    error: a team is both added and removed
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --add-skill returns:2 --remove-skill returns"), @"
    --- stderr ---
    error: a skill is both added and removed
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --clear name"), @"
    --- stderr ---
    error: invalid value 'name' for '--clear <email,phone,language,from,until>' [possible values: email, phone, language, from, until]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --unassign"), @"
    --- stderr ---
    error: missing: --remove-role <ROLE>
    hint: usage: ccadmin user update --remove-role <ROLE> --unassign <USERNAME|->
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --keep-password --generate-password"), @"
    --- stderr ---
    error: the argument '--keep-password' cannot be used with '--generate-password'
    hint: usage: ccadmin user update --keep-password <USERNAME|->
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --expires 3d"), @"
    --- stderr ---
    error: missing: a new password
    hint: give --password-stdin, --password-fd or --generate-password
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update nobody --name X"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user update james --add-team voise"), @"
    --- stderr ---
    error: there is no team `voise`
    hint: did you mean `voice`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user update james --remove-skill cooking"), @"
    --- stderr ---
    error: there is no skill `cooking`
    hint: `ccadmin skill list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn nobody_is_left_without_a_role() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user update eva --remove-role supervisor"), @"
    --- stderr ---
    error: `eva` would be left without a role
    hint: give the user another role with `--add-role`
    [exit status: 4]
    ");
    env.run("user update eva --remove-role supervisor --add-role requester").success();
}

#[test]
fn the_last_role_that_takes_calls_takes_the_projects_along() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user update james --remove-role agent --add-role requester"), @"
    --- stderr ---
    error: `james` is still assigned to `en-support`, `hu-support`
    hint: `--unassign` takes the user out of them too
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(
        env.run("user update james --remove-role agent --add-role requester --unassign"), @"
    --- stderr ---
    updated james
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["roles"], user["projects"]), @r#"["requester"] []"#);
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
    assert_snapshot!(env.run("user update james --add-role supervisor"), @"
    --- stderr ---
    error: granting `supervisor` to `james` requires a new temporary password
    hint: give `--generate-password` or `--password-stdin`, or `--keep-password`
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --add-role admin -o json"), @r#"
    --- stderr ---
    {"error":{"code":"missing-input","message":"granting `admin` to `james` requires a new temporary password","hint":"give `--generate-password` or `--password-stdin`, or `--keep-password`","username":"james"}}
    [exit status: 2]
    "#);
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("user update james --add-role supervisor --generate-password"), @"
    <password>
    --- stderr ---
    updated james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user update eva --add-role admin --keep-password"), @"
    --- stderr ---
    updated eva
    [exit status: 0]
    ");
    assert_snapshot!(
        env.call("user update james --add-role admin --password-stdin -o json")
            .stdin(format!("{PASSWORD}\n"))
            .output()
            .part("password"),
        @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z","set_by":"os:<login>","state":"temporary"}"#);
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
    assert_snapshot!(env.run("user update boss --remove-role admin"), @"
    --- stderr ---
    error: `boss` is the last admin who can act
    hint: make another user an admin first
    [exit status: 4]
    ");
}

#[test]
fn what_the_site_wants_cannot_be_cleared() {
    let env = TestEnv::with_users();
    env.config("[user]\nrequire = [\"phone\"]\n");
    assert_snapshot!(env.run("user update james --clear phone"), @"
    --- stderr ---
    error: missing: --phone
    hint: the settings of this site require them: `user.require`, and for a phone number `two_factor.required` (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    // Who has never had one can be changed all the same.
    env.run("user update eva --name 'Eva Kovács'").success();
}
