//! `ccadmin user create`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv, is_password};

#[test]
fn a_whole_data_sheet() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run(
        "user create james --name 'James Carter' --email james@example.com \
         --phone '+36 (20) 123-4567' --role agent --role requester --team voice --team chat \
         --skill returns --skill billing:3 --project hu-support --project en-support:20 \
         --language EN-gb --project-selection off --generate-password --expires 14d -o json"
    ), @r#"
    {
      "username": "james",
      "full_name": "James Carter",
      "email": "james@example.com",
      "phone": "+36201234567",
      "state": "active",
      "from": null,
      "until": null,
      "roles": [
        "agent",
        "requester"
      ],
      "teams": [
        "chat",
        "voice"
      ],
      "skills": [
        {
          "skill": "billing",
          "level": 3
        },
        {
          "skill": "returns",
          "level": 1
        }
      ],
      "language": "en-GB",
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
        "expires_at": "2026-12-05T09:00:00Z"
      },
      "locked": false,
      "locked_until": null,
      "photo": false,
      "created_at": "2026-11-21T09:00:00Z",
      "updated_at": "2026-11-21T09:00:00Z",
      "last_sign_in_at": null,
      "temporary_password": "<password>"
    }
    [exit status: 0]
    "#);
    assert_eq!(env.audit().last().unwrap(), "user.create james");
}

#[test]
fn in_table_form_stdout_is_the_password_alone() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("user create james --name James --role admin --generate-password"), @"
    <password>
    --- stderr ---
    created the store <home>/.local/share/ccadmin/ccadmin.db
    created james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user create eva --name Eva --role requester --generate-password -q"), @"
    <password>
    [exit status: 0]
    ");
}

#[test]
fn csv_and_jsonl_carry_the_password_too() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run(
        "user create james --name James --role agent --phone +36201234567 --skill billing:5 \
         --project hu-support:20 --project en-support --generate-password -o csv"
    ), @"
        username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
        james,James,,+36201234567,active,agent,,billing:5,,true,en-support:10;hu-support:20,,,<password>
        --- stderr ---
        created james
        shares of james: en-support 0 % -> 33 %, hu-support 0 % -> 67 % (while calls wait in all of their active projects)
        [exit status: 0]
        ");
    assert_snapshot!(
        env.run("user create eva --name Eva --role requester --generate-password -o jsonl"), @r#"
        {"username":"eva","full_name":"Eva","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["requester"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null,"temporary_password":"<password>"}
        [exit status: 0]
        "#);
}

#[test]
fn a_password_that_somebody_chose_is_not_shown() {
    let env = TestEnv::new();
    assert_snapshot!(
        env.call("user create james --name James --role admin --password-stdin")
            .stdin(format!("{PASSWORD}\n"))
            .output(),
        @"
    --- stderr ---
    created the store <home>/.local/share/ccadmin/ccadmin.db
    created james
    [exit status: 0]
    ");
    env.write("secret", format!("{PASSWORD}\r\nnever read\n"));
    assert_snapshot!(
        env.sh("$ccadmin user create eva --name Eva --role admin --password-fd 3 -o json 3<secret")
            .output(),
        @r#"
        {
          "username": "eva",
          "full_name": "Eva",
          "email": null,
          "phone": null,
          "state": "active",
          "from": null,
          "until": null,
          "roles": [
            "admin"
          ],
          "teams": [],
          "skills": [],
          "language": null,
          "project_selection": true,
          "projects": [],
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
    for username in ["james", "eva"] {
        env.call(&["passwd", username, "--own", "--password-stdin"])
            .stdin(format!("{PASSWORD}\nein anderes Kissen am Fenster\n"))
            .output()
            .success();
    }
}

#[test]
fn a_password_may_be_permanent_or_expire_when_it_is_said() {
    let env = TestEnv::new();
    let state = |line: &str| env.run(line).part("password");
    assert_snapshot!(
        state("user create a --name A --role agent --generate-password --permanent-password -o json"),
        @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":null,"set_by":"os:<login>","state":"permanent"}"#);
    assert_snapshot!(
        state("user create b --name B --role agent --generate-password --expires 2026-12-24 -o json"),
        @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-12-24T00:00:00Z","set_by":"os:<login>","state":"temporary"}"#);
    assert_snapshot!(
        state("user create c --name C --role agent --generate-password --expires 2026-12-24T10:00:00+01:00 -o json"),
        @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-12-24T09:00:00Z","set_by":"os:<login>","state":"temporary"}"#);
    env.config("[password]\ntemporary_ttl = \"12h\"\n");
    assert_snapshot!(
        state("user create d --name D --role agent --generate-password -o json"), @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-21T21:00:00Z","set_by":"os:<login>","state":"temporary"}"#);
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires 2020-01-01"),
        @"
        --- stderr ---
        error: a password cannot expire in the past
        hint: give a duration such as 14d, or a later date
        [exit status: 8]
        ");
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires soon"), @"
        --- stderr ---
        error: `soon` is not a time
        hint: write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z
        [exit status: 8]
        ");
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires 7d --permanent-password"),
        @"
        --- stderr ---
        error: the argument '--expires <14d|DATE>' cannot be used with '--permanent-password'
        hint: usage: ccadmin user create --name <NAME> --role <ROLE> --generate-password --expires <14d|DATE> <USERNAME>
        [exit status: 2]
        ");
}

#[test]
fn what_is_missing_is_named_at_once() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("user create"), @"
    --- stderr ---
    error: missing: USERNAME, --name, --role, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user create james --role agent --no-input"), @"
    --- stderr ---
    error: missing: --name, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user create -i"), @"
    --- stderr ---
    error: missing: USERNAME, --name, --role, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert!(!env.store().exists());
}

#[test]
fn a_site_can_ask_for_more() {
    let env = TestEnv::with_places();
    env.config("[user]\nrequire = [\"email\", \"team\", \"project\", \"skill\", \"language\"]\n");
    assert_snapshot!(env.run("user create james --name James --role agent"), @"
    --- stderr ---
    error: missing: --email, --team, --language, --skill, --project, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(
        env.run("user create james --name James --role requester --generate-password"), @"
        --- stderr ---
        error: missing: --email, --team, --language
        hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
        [exit status: 2]
        ");
    env.run(
        "user create james --name James --role requester --email j@example.com --team voice \
         --language hu --generate-password",
    )
    .success();

    env.config("[two_factor]\nrequired = true\n");
    assert_snapshot!(env.run("user create eva --name Eva --role admin --generate-password"), @"
    --- stderr ---
    error: missing: --phone
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    // With a second factor a shorter password will do.
    env.call("user create eva --name Eva --role admin --phone +36201234567 --password-stdin")
        .stdin("Teekanne7\n")
        .output()
        .success();
}

#[test]
fn if_not_exists_takes_it_as_done() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let line = "user create james --name Other --role admin --generate-password --if-not-exists";
    assert_snapshot!(env.run(line), @"
    --- stderr ---
    already exists: james
    [exit status: 0]
    ");
    assert_snapshot!(env.run(&*format!("{line} -q")), @"[exit status: 0]");
    assert_snapshot!(env.run(&*format!("{line} -o json")), @r#"
    {
      "username": "james",
      "full_name": "James Carter",
      "email": "james@example.com",
      "phone": "+36201234567",
      "state": "active",
      "from": null,
      "until": null,
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
      "last_sign_in_at": null,
      "created": false
    }
    --- stderr ---
    {"warning":{"code":"already","message":"already exists: james","hint":null}}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run(&*format!("{line} -o csv")), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10,,,
    --- stderr ---
    already exists: james
    [exit status: 0]
    ");
    env.call("user create james --name Other --role admin --password-stdin --if-not-exists")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    assert_eq!(env.contents(), before);

    let made = env
        .run("user create new --name New --role agent --generate-password --if-not-exists -o json");
    assert!(is_password(made.json()["temporary_password"].as_str().unwrap()));
}

#[test]
fn who_is_there_already_is_a_conflict() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(
        env.run("user create james --name James --role agent --generate-password"), @"
        --- stderr ---
        error: the user `james` already exists
        hint: use `--if-not-exists` to ignore this
        [exit status: 4]
        ");
    assert_snapshot!(
        env.call("user create james --name James --role agent --password-stdin -o json")
            .stdin(format!("{PASSWORD}\n"))
            .output(),
        @r#"
        --- stderr ---
        {"error":{"code":"user-exists","message":"the user `james` already exists","hint":"use `--if-not-exists` to ignore this","username":"james"}}
        [exit status: 4]
        "#);
    assert_eq!(env.contents(), before);
}

#[test]
fn a_case_twin_is_another_user_and_warned_of() {
    let env = TestEnv::with_users();
    assert_snapshot!(
        env.run("user create James --name 'Other James' --role agent --generate-password"), @"
    <password>
    --- stderr ---
    created James
    warning: there is also a user `james`: usernames are case sensitive, so these are two users
    [exit status: 0]
    ");
    assert_snapshot!(
        env.run("user create JAMES --name 'Third James' --role agent --generate-password -q -o jsonl")
            .stderr,
        @r#"{"warning":{"code":"case-twin","message":"there is also a user `James`: usernames are case sensitive, so these are two users","hint":null}}"#);
    assert_snapshot!(env.run("user list --field username"), @"
    JAMES
    James
    eva
    james
    [exit status: 0]
    ");
}

#[test]
fn roles_are_read_in_any_case_and_operator_is_an_agent() {
    let env = TestEnv::new();
    let roles = |line: &str| env.run(line).part("roles");
    assert_snapshot!(
        roles("user create a --name A --role Supervisor --role ADMIN --role agent --generate-password -o json"),
        @r#"["admin","agent","supervisor"]"#);
    assert_snapshot!(
        roles("user create b --name B --role Operator --role agent --generate-password -o json"),
        @r#"["agent"]"#);
    assert_snapshot!(
        roles("user create c --name C --role External-Agent --generate-password -o json"), @r#"["external-agent"]"#);
    assert_snapshot!(env.run("user create d --name D --role boss --generate-password"), @"
    --- stderr ---
    error: invalid value 'boss' for '--role <ROLE>': `boss` is not a role: it has to be one of admin, agent, external-agent, requester, supervisor
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
}

#[test]
fn what_is_named_twice_has_to_be_the_same() {
    let env = TestEnv::with_places();
    let create = "user create a --name A --role agent --generate-password";
    for contradiction in
        ["--skill billing:2 --skill billing:4", "--project hu-support:5 --project hu-support:7"]
    {
        let output = env.run(&*format!("{create} {contradiction}"));
        assert_eq!(output.status, Some(2), "{output}");
        assert!(output.stderr.contains("is named twice with different values"), "{output}");
    }
    let user = env.run(&*format!(
        "{create} --team voice --team voice --skill billing:2 --skill billing:2 -o json"
    ));
    let user = user.json();
    assert_snapshot!(
        format!("{} {}", user["teams"], user["skills"]), @r#"["voice"] [{"level":2,"skill":"billing"}]"#);
}

#[test]
fn an_inactive_user_can_be_made() {
    let env = TestEnv::with_places();
    let user = env.run(
        "user create a --name A --role agent --project hu-support --inactive \
         --generate-password -o json",
    );
    let user = user.json();
    assert_snapshot!(format!("{} {}", user["state"], user["projects"]), @r#""inactive" [{"from":null,"project":"hu-support","share":0.0,"until":null,"weight":10}]"#);
}

#[test]
fn names_that_are_not_there_are_not_found() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let create = "user create bob --name Bob --role agent --generate-password";
    assert_snapshot!(env.run(&*format!("{create} --project hu-suport")), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run(&*format!("{create} --team nowhere")), @"
    --- stderr ---
    error: there is no team `nowhere`
    hint: `ccadmin team list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run(&*format!("{create} --skill biling -o json")), @r#"
    --- stderr ---
    {"error":{"code":"skill-not-found","message":"there is no skill `biling`","hint":"did you mean `billing`?","skill":"biling"}}
    [exit status: 3]
    "#);
    assert_eq!(env.contents(), before);
}

#[test]
fn only_call_takers_get_projects_and_only_active_ones() {
    let env = TestEnv::with_users();
    env.run("project deactivate en-support").success();
    let before = env.contents();
    assert_snapshot!(
        env.run("user create bob --name Bob --role requester --project hu-support --generate-password"),
        @"
        --- stderr ---
        error: `bob` takes no calls: only users with the role agent or external-agent can be assigned to projects
        hint: give one of these roles too: `user create --role`, or `user update --add-role`
        [exit status: 4]
        ");
    assert_snapshot!(
        env.run("user create bob --name Bob --role agent --project en-support --generate-password"),
        @"
    --- stderr ---
    error: the project `en-support` is inactive
    hint: `ccadmin project activate en-support` activates it
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
    env.run(
        "user create bob --name Bob --role external-agent --project hu-support --generate-password",
    )
    .success();
}

#[test]
fn weights_keep_to_the_settings() {
    let env = TestEnv::with_places();
    let create = "user create bob --name Bob --role agent --generate-password --project hu-support";
    for weight in ["0", "101", "-1", "1.5", "", "x", "99999999999999999999"] {
        let output = env.run(&*format!("{create}:{weight}"));
        assert_eq!(output.status, Some(8), "{weight}: {output}");
    }
    assert_snapshot!(env.run(&*format!("{create}:0")), @"
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    ");
    assert_snapshot!(env.run(&*format!("{create}:101")), @"
    --- stderr ---
    error: the weight 101 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    ");
    env.config("[weights]\nmin = 10\ndefault = 50\nmax = 1000\n");
    assert_snapshot!(env.run(&*format!("{create}:5")), @"
    --- stderr ---
    error: the weight 5 is not within 10 and 1000
    hint: give a whole number from 10 to 1000
    [exit status: 8]
    ");
    let user = env.run(&*format!("{create} --project en-support:1000 -o json")).json();
    assert_snapshot!(user["projects"].to_string(), @r#"[{"from":null,"project":"en-support","share":0.952,"until":null,"weight":1000},{"from":null,"project":"hu-support","share":0.048,"until":null,"weight":50}]"#);
}

#[test]
fn a_national_phone_number_needs_a_region() {
    let env = TestEnv::new();
    let create =
        "user create bob --name Bob --role agent --generate-password --phone '06 20 123 4567'";
    assert_snapshot!(env.run(create), @"
    --- stderr ---
    error: `06 20 123 4567` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    ");
    env.config("[phone]\ndefault_region = \"HU\"\n");
    assert_eq!(env.run(&*format!("{create} -o json")).json()["phone"], "+36201234567");
}

#[test]
fn names_are_trimmed_and_composed() {
    let env = TestEnv::new();
    let user = env.run(
        "user create a --name '  Jo\u{301}zsef \"Joe\" O;Brien  ' --role agent --generate-password -o json",
    );
    assert_eq!(user.json()["full_name"], "J\u{f3}zsef \"Joe\" O;Brien");
}

#[test]
fn sources_of_a_password_exclude_each_other() {
    let env = TestEnv::new();
    assert_snapshot!(
        env.run("user create a --name A --role agent --generate-password --password-stdin"), @"
        --- stderr ---
        error: the argument '--generate-password' cannot be used with '--password-stdin'
        hint: usage: ccadmin user create --name <NAME> --role <ROLE> --generate-password <USERNAME>
        [exit status: 2]
        ");
    assert_snapshot!(
        env.run("user create a --name A --role agent --password-fd 3 --password-stdin"), @"
        --- stderr ---
        error: the argument '--password-fd <N>' cannot be used with '--password-stdin'
        hint: usage: ccadmin user create --name <NAME> --role <ROLE> --password-fd <N> <USERNAME>
        [exit status: 2]
        ");
    assert_snapshot!(env.run("user create a --name A --role agent --password-fd 7"), @"
    --- stderr ---
    error: the descriptor 7 of --password-fd is not open
    hint: in a shell: ccadmin ... --password-fd 3 3<FILE
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user create a --name A --role agent --password-fd x"), @"
    --- stderr ---
    error: invalid value 'x' for '--password-fd <N>': invalid digit found in string
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert!(!env.store().exists());
}

/// Somebody whose place in the house others are to have.
fn with_a_model() -> TestEnv {
    let env = TestEnv::with_places();
    env.run("project create old").success();
    env.run(
        "user create eva --name 'Kovács Éva' --email eva@example.com --phone +36201234567 \
         --role agent --team voice --skill billing:4 --language hu --project-selection off \
         --project hu-support:30 --project old:7 --inactive --generate-password",
    )
    .success();
    env.run("project deactivate old").success();
    env
}

#[test]
fn like_somebody_takes_places_over_and_nothing_personal() {
    let env = with_a_model();
    assert_snapshot!(
        env.run("user create james --name James --like eva --generate-password -o jsonl"), @r#"
    {"username":"james","full_name":"James","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[{"skill":"billing","level":4}],"language":"hu","project_selection":false,"projects":[{"project":"hu-support","weight":30,"share":1.0,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null,"temporary_password":"<password>"}
    --- stderr ---
    {"warning":{"code":"project-left-out","message":"the project `old` of eva was left out: it is inactive","hint":null}}
    [exit status: 0]
    "#);
}

#[test]
fn an_option_beside_like_replaces_the_whole_list() {
    let env = with_a_model();
    assert_snapshot!(env.run(
        "user create james --name James --like eva --role external-agent --team chat \
         --skill returns --project en-support:5 --language en --project-selection on \
         --generate-password -o csv"
    ), @"
        username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
        james,James,,,active,external-agent,chat,returns:1,en,true,en-support:5,,,<password>
        --- stderr ---
        created james
        shares of james: en-support 0 % -> 100 % (while calls wait in all of their active projects)
        [exit status: 0]
        ");
    assert_snapshot!(env.run(
        "user create rita --name Rita --like eva --role requester --generate-password -o csv"
    ), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
    rita,Rita,,,active,requester,voice,billing:4,hu,false,,,,<password>
    --- stderr ---
    created rita
    warning: the project `hu-support` of eva was left out: none of the roles takes calls
    warning: the project `old` of eva was left out: none of the roles takes calls
    [exit status: 0]
    ");
}

#[test]
fn like_needs_a_model_and_what_it_does_not_give() {
    let env = with_a_model();
    let before = env.contents();
    assert_snapshot!(env.run("user create james --like eva"), @"
    --- stderr ---
    error: missing: --name, --password-stdin (or --password-fd, --generate-password)
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user create james --name James --like Eva --generate-password"), @"
    --- stderr ---
    error: there is no user `Eva`
    hint: did you mean `eva`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user create eva --name Eva --like nobody --generate-password"), @"
    --- stderr ---
    error: the user `eva` already exists
    hint: use `--if-not-exists` to ignore this
    [exit status: 4]
    ");
    assert_snapshot!(
        env.run("user create eva --like nobody --if-not-exists -q"), @"[exit status: 0]");
    assert_eq!(env.contents(), before);
    let nothing = TestEnv::new();
    assert_snapshot!(
        nothing.run("user create james --name James --like eva --generate-password"), @"
    --- stderr ---
    error: there is no user `eva`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert!(!nothing.store().exists());
}
