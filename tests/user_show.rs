//! `ccadmin user show`.

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{Output, PASSWORD, TestEnv};

/// A whole screen, in which the last table is as wide as the name of the account that runs the tests
/// asks for: its gaps are one blank here.
fn screen(output: &Output) -> String {
    let text = output.to_string();
    let (above, changes) = text.split_once("LAST CHANGES").unwrap();
    let narrow = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let changes: Vec<String> = changes.lines().map(narrow).collect();
    format!("{above}LAST CHANGES {}", changes.join("\n"))
}

#[test]
fn everything_is_on_one_screen() {
    let env = TestEnv::with_users();
    env.run("project create old").success();
    env.run("assign-project james old:70").success();
    env.run("project deactivate old").success();
    env.run("user update james --add-team chat --language hu").success();
    env.run("set-weight james en-support 30").success();
    assert_snapshot!(screen(&env.run("user show james")), @"
    username:          james
    full name:         James Carter
    email:             james@example.com
    phone:             +36201234567
    language:          hu
    state:             active
    roles:             agent
    teams:             chat, voice
    skills:            billing:3
    project selection: on
    password:          temporary, expires Sat 28 Nov 2026 09:00
    password set by:   os:<login>, Sat 21 Nov 2026 09:00
    locked:            no
    last sign in:      never
    sessions:          none
    photo:             no
    created:           Sat 21 Nov 2026 09:00
    updated:           Sat 21 Nov 2026 09:00
    time zone:         UTC

    PROJECT     WEIGHT  SHARE
    en-support      30   75 %  ###############
    hu-support      10   25 %  #####
    old             70    0 %  inactive

    share: the part of their calls, while calls wait in all of their active projects

    LAST CHANGES (UTC) BY ACTION CHANGE
    Sat 21 Nov 2026 09:00 os:<login> weight.set projects: en-support 20 -> 30
    Sat 21 Nov 2026 09:00 os:<login> user.update language: en-GB -> hu; teams: +chat
    Sat 21 Nov 2026 09:00 os:<login> project.assign projects: +old:70
    Sat 21 Nov 2026 09:00 os:<login> user.create -
    [exit status: 0]
    ");
    assert_snapshot!(screen(&env.run("user show eva")), @"
    username:          eva
    full name:         Kovács Éva
    email:             -
    phone:             -
    language:          -
    state:             active
    roles:             supervisor
    teams:             -
    skills:            -
    project selection: on
    password:          temporary, expires Sat 28 Nov 2026 09:00
    password set by:   os:<login>, Sat 21 Nov 2026 09:00
    locked:            no
    last sign in:      never
    sessions:          none
    photo:             no
    created:           Sat 21 Nov 2026 09:00
    updated:           Sat 21 Nov 2026 09:00
    time zone:         UTC

    LAST CHANGES (UTC) BY ACTION CHANGE
    Sat 21 Nov 2026 09:00 os:<login> user.create -
    [exit status: 0]
    ");
}

/// On a terminal the bars have colour, where colour is wanted.
#[test]
fn bars_are_painted_on_a_terminal() {
    let home = Home::new();
    home.does(
        "ccadmin project create hu && ccadmin user create ann --name Ann --role agent \
         --project hu --generate-password",
    );
    let bar = "\u{2588}".repeat(20);
    let shown = home.sits_at("env PAGER= ccadmin user show ann").leaves();
    shown.exited(0).shows(&format!("hu           10  100 %  {bar}\n"));
    let plain = home.sits_at("env PAGER= ccadmin user show ann --color never").leaves();
    plain.exited(0).shows(&bar);
    assert!(shown.raw.contains(&format!("\x1b[36m{bar}\x1b[0m")));
    assert!(!plain.raw.contains("\x1b[36m"));
}

/// No more than the last five changes, and neither sign-ins nor what was done to others.
#[test]
fn the_last_changes_are_few() {
    let env = TestEnv::with_users();
    for weight in 1..=7 {
        env.run(format!("set-weight james en-support {weight}").as_str()).success();
    }
    let shown = env.run("user show james").stdout;
    assert_eq!(shown.lines().filter(|line| line.contains("weight.set")).count(), 5, "{shown}");
}

/// Sessions and locks are shown to whoever may look, changes to admins alone.
#[test]
fn each_sees_what_is_for_them() {
    let env = TestEnv::with_users();
    for name in ["james", "eva"] {
        let line = format!("passwd {name} --password-stdin --permanent-password");
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    let signs_in = |name: &str| {
        let line = format!("login {name} --password-stdin --print");
        let output = env.call(line.as_str()).stdin(PASSWORD).output();
        output.success();
        output.stdout.trim().to_owned()
    };
    signs_in("james");
    let (james, eva) = (signs_in("james"), signs_in("eva"));
    for token in [james, eva] {
        let shown = env.call("user show james").env("CCADMIN_SESSION", token).output();
        let wanted = "sessions:          2, last used Sat 21 Nov 2026 09:00\n";
        assert!(shown.stdout.contains(wanted), "{shown}");
        assert!(!shown.stdout.contains("LAST CHANGES"), "{shown}");
    }
    assert!(env.run("user show james").stdout.contains("LAST CHANGES"));
    for _ in 0..10 {
        let wrong = env.call("login james --password-stdin --print").stdin("wrong").output();
        assert_eq!(wrong.status, Some(6), "{wrong}");
    }
    let shown = env.run("user show james").stdout;
    assert!(shown.contains("locked:            until Sat 21 Nov 2026 09:15\n"), "{shown}");
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
      "last_sign_in_at": null
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user show eva -o jsonl"), @r#"
    {"username":"eva","full_name":"Kovács Éva","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
}

#[test]
fn csv_has_the_columns_of_an_export() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10,,
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
    {"error":{"code":"user-not-found","message":"there is no user `zebulon`","hint":"`ccadmin user list` shows those that exist","username":"zebulon"}}
    [exit status: 3]
    "#);
}

#[test]
fn an_inactive_project_has_no_share() {
    let env = TestEnv::with_users();
    env.run("project deactivate en-support").success();
    assert_snapshot!(env.run("user show james -o json").part("projects"), @r#"[{"from":null,"project":"en-support","share":0.0,"until":null,"weight":20},{"from":null,"project":"hu-support","share":1.0,"until":null,"weight":10}]"#);
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
    assert!(table.stdout.contains("created:           Sat 21 Nov 2026 10:00\n"), "{table}");
    assert!(table.stdout.contains("time zone:         Europe/Budapest\n"), "{table}");
    let json = env.call("user show james -o json").env("TZ", "Europe/Budapest").output().json();
    assert_eq!(json["created_at"], "2026-11-21T09:00:00Z");
}

#[test]
fn whether_somebody_exists_is_told_by_the_status_alone() {
    let env = TestEnv::with_users();
    for (line, status) in [
        ("user exists james", 0),
        ("user exists James", 3),
        ("user exists James -o json", 3),
        ("user exists no.body", 3),
    ] {
        let output = env.run(line);
        assert_eq!(output.status, Some(status), "{line}");
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""), "{line}");
    }
}

/// What a shell script puts into a variable: bare, and never a list.
#[test]
fn one_field_is_its_value_alone() {
    let env = TestEnv::with_users();
    let field = |arguments: &str| {
        let output = env.run(format!("user show james --field {arguments}").as_str());
        assert_eq!((output.stderr.as_str(), output.status), ("", Some(0)), "{arguments}");
        output.stdout
    };
    assert_eq!(field("email"), "james@example.com\n");
    assert_eq!(field("full-name -o json"), "\"James Carter\"\n");
    assert_eq!(field("teams -o jsonl"), "[\"voice\"]\n");
    assert_eq!(field("locked-until -o json"), "null\n");
    assert_eq!(field("phone -o csv"), "phone\n+36201234567\n");
    assert_snapshot!(env.run("user show james --field mail").stderr, @"
    error: there is no column `mail`
    hint: did you mean `email`? the columns are username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, password, password_set_by, password_changed_at, password_expires_at, locked, locked_until, photo, created_at, updated_at, last_sign_in_at
    ");
    assert_eq!(env.run("user show nobody --field email").status, Some(3));
}
