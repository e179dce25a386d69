//! `ccadmin project`, all its verbs.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn creating() {
    let env = TestEnv::new();
    env.run("team create x").success();
    assert_snapshot!(
        env.run("project create hu-support --language HU --description 'Hungarian support'"), @"
        --- stderr ---
        created hu-support
        [exit status: 0]
        ");
    assert_snapshot!(env.run("project create en-support -o json"), @r#"
    {
      "name": "en-support",
      "language": null,
      "description": null,
      "state": "active",
      "users": 0
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("project create de-support -o csv -q"), @"
    name,state,language,users,description
    de-support,active,,0,
    [exit status: 0]
    ");
    assert_eq!(
        env.audit().split_off(1),
        ["project.create hu-support", "project.create en-support", "project.create de-support"]
    );
}

#[test]
fn creating_what_is_there() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("project create hu-support"), @"
    --- stderr ---
    error: the project `hu-support` already exists
    hint: use `--if-not-exists` to ignore this
    [exit status: 4]
    ");
    assert_snapshot!(env.run("project create hu-support -o json"), @r#"
    --- stderr ---
    {"error":{"code":"project-exists","message":"the project `hu-support` already exists","hint":"use `--if-not-exists` to ignore this","project":"hu-support"}}
    [exit status: 4]
    "#);
    assert_snapshot!(env.run("project create hu-support --language de --if-not-exists"), @"
    --- stderr ---
    already exists: hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project create hu-support --if-not-exists -o jsonl"), @r#"
    {"name":"hu-support","language":"hu","description":null,"state":"active","users":1,"created":false}
    --- stderr ---
    {"warning":{"code":"already","message":"already exists: hu-support","hint":null}}
    [exit status: 0]
    "#);
    assert_eq!(env.contents(), before);
}

#[test]
fn names_are_slugs() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("project create HU-Support"), @"
    --- stderr ---
    error: `HU-Support` is not a project name: `H` at position 1 is not allowed
    hint: write it in lower case: `hu-support`
    [exit status: 8]
    ");
    assert_snapshot!(env.run("project create 'hu support'"), @"
    --- stderr ---
    error: `hu support` is not a project name: a space at position 3 is not allowed
    hint: use ASCII lower-case letters, digits and `-` `_` `.`
    [exit status: 8]
    ");
    assert_snapshot!(env.run("project create -- -x"), @"
    --- stderr ---
    error: `-x` is not a project name: it has to begin with a letter or a digit
    [exit status: 8]
    ");
    assert_snapshot!(env.run("project create x --language h_u"), @"
    --- stderr ---
    error: `h_u` is not a language tag
    hint: write it like hu or en-GB (BCP 47)
    [exit status: 8]
    ");
    assert_snapshot!(env.run("project create x --description ' '"), @"
    --- stderr ---
    error: a description cannot be blank
    [exit status: 8]
    ");
    assert!(!env.store().exists());
}

#[test]
fn listing() {
    let env = TestEnv::with_users();
    env.run("project update en-support --description 'English, day; night'").success();
    env.run("project deactivate hu-support").success();
    assert_snapshot!(env.run("project list"), @"
    NAME        STATE     LANGUAGE  USERS  DESCRIPTION
    en-support  active    en            1  English, day; night
    hu-support  inactive  hu            1  -
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list -o json"), @r#"
    [
    {"name":"en-support","language":"en","description":"English, day; night","state":"active","users":1},
    {"name":"hu-support","language":"hu","description":null,"state":"inactive","users":1}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("project list -o jsonl"), @r#"
    {"name":"en-support","language":"en","description":"English, day; night","state":"active","users":1}
    {"name":"hu-support","language":"hu","description":null,"state":"inactive","users":1}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("project list -o csv"), @r#"
    name,state,language,users,description
    en-support,active,en,1,"English, day; night"
    hu-support,inactive,hu,1,
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("project list --field name"), @"
    en-support
    hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --columns users,name"), @"
    USERS  NAME
        1  en-support
        1  hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --count"), @"
    2
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --field weight"), @"
    --- stderr ---
    error: there is no column `weight`
    hint: the columns are name, state, language, users, description
    [exit status: 2]
    ");
}

#[test]
fn showing() {
    let env = TestEnv::with_users();
    env.run("user create bob --name Bob --role agent --project hu-support:40 --generate-password")
        .success();
    env.run("user create ann --name Ann --role agent --project hu-support --inactive --generate-password")
        .success();
    assert_snapshot!(env.run("project show hu-support"), @"
    name:        hu-support
    state:       active
    language:    hu
    users:       3
    description: -
    full agents: 1.333

    USER   WEIGHT  SHARE
    ann        10    0 %  inactive
    bob        40  100 %  ####################
    james      10   33 %  #######

    share: the part of their calls, while calls wait in all of their active projects
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project show hu-support -o json"), @r#"
    {
      "name": "hu-support",
      "language": "hu",
      "description": null,
      "state": "active",
      "users": 3,
      "full_agents": 1.333,
      "agents": [
        {
          "username": "ann",
          "state": "inactive",
          "weight": 10,
          "share": 0.0
        },
        {
          "username": "bob",
          "state": "active",
          "weight": 40,
          "share": 1.0
        },
        {
          "username": "james",
          "state": "active",
          "weight": 10,
          "share": 0.333
        }
      ]
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("project show hu-support -o csv"), @"
    name,state,language,users,description
    hu-support,active,hu,3,
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project show hu-suport"), @"
    --- stderr ---
    error: there is no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    env.run("project create empty").success();
    assert_snapshot!(env.run("project show empty"), @"
    name:        empty
    state:       active
    language:    -
    users:       0
    description: -
    full agents: 0.000
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project show empty -o jsonl"), @r#"
    {"name":"empty","language":null,"description":null,"state":"active","users":0,"full_agents":0.0,"agents":[]}
    [exit status: 0]
    "#);
}

#[test]
fn updating() {
    let env = TestEnv::with_places();
    assert_snapshot!(
        env.run("project update hu-support --language hu-hu --description 'Day and night' -o json"),
        @r#"
        {
          "name": "hu-support",
          "language": "hu-HU",
          "description": "Day and night",
          "state": "active",
          "users": 0
        }
        [exit status: 0]
        "#);
    assert_snapshot!(env.run("project update hu-support --clear language,description"), @"
    --- stderr ---
    updated hu-support
    [exit status: 0]
    ");
    let before = env.contents();
    assert_snapshot!(env.run("project update hu-support --clear language"), @"
    --- stderr ---
    already up to date: hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project update hu-support"), @"
    --- stderr ---
    error: nothing to change
    hint: give --language, --description or --clear; on a terminal you are asked
    [exit status: 2]
    ");
    assert_snapshot!(env.run("project update hu-support --language hu --clear language"), @"
    --- stderr ---
    error: a field is both set and cleared
    hint: give either the option or its name in --clear
    [exit status: 2]
    ");
    assert_snapshot!(env.run("project update hu-support --clear name"), @"
    --- stderr ---
    error: invalid value 'name' for '--clear <language,description>' [possible values: language, description]
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("project update nowhere --language hu"), @"
    --- stderr ---
    error: there is no project `nowhere`
    hint: `ccadmin project list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn renaming_keeps_the_users() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("project rename hu-support hu-helpdesk"), @"
    --- stderr ---
    renamed hu-support to hu-helpdesk
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --columns name,users"), @"
    NAME         USERS
    en-support       1
    hu-helpdesk      1
    [exit status: 0]
    ");
    let before = env.contents();
    assert_snapshot!(env.run("project rename hu-helpdesk hu-helpdesk"), @"
    --- stderr ---
    already named hu-helpdesk
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project rename hu-helpdesk en-support"), @"
    --- stderr ---
    error: the project `en-support` already exists
    hint: choose another name
    [exit status: 4]
    ");
    assert_snapshot!(env.run("project rename hu-support x"), @"
    --- stderr ---
    error: there is no project `hu-support`
    hint: did you mean `en-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("project rename hu-helpdesk HU"), @"
    --- stderr ---
    error: `HU` is not a project name: `H` at position 1 is not allowed
    hint: write it in lower case: `hu`
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "project.rename hu-helpdesk");
}

#[test]
fn deactivating_and_activating() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("project deactivate hu-support"), @"
    --- stderr ---
    deactivated hu-support
    shares of james: en-support 67 % -> 100 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    let before = env.contents();
    assert_snapshot!(env.run("project deactivate hu-support"), @"
    --- stderr ---
    already inactive: hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project deactivate hu-support nowhere"), @"
    --- stderr ---
    already inactive: hu-support
    error: there is no project `nowhere`
    hint: `ccadmin project list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("project activate hu-support en-support nowhere -o jsonl"), @r#"
    {"name":"hu-support","language":"hu","description":null,"state":"active","users":1}
    {"name":"en-support","language":"en","description":null,"state":"active","users":1}
    --- stderr ---
    {"warning":{"code":"already","message":"already active: en-support","hint":null}}
    {"error":{"code":"project-not-found","message":"there is no project `nowhere`","hint":"`ccadmin project list` shows those that exist","project":"nowhere"}}
    [exit status: 3]
    "#);
    assert_snapshot!(env.run("project activate"), @"
    --- stderr ---
    error: missing: NAME
    hint: usage: ccadmin project activate <NAME>...
    [exit status: 2]
    ");
}

#[test]
fn deleting() {
    let env = TestEnv::with_users();
    env.run("project create empty").success();
    let before = env.contents();
    assert_snapshot!(env.run("project delete hu-support"), @"
    --- stderr ---
    error: the project `hu-support` is in use by 1 user
    hint: `--yes` takes it away from them too
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("project delete empty hu-support nowhere -o json"), @r#"
    [
    {"name":"empty","deleted":true,"users":0}
    ]
    --- stderr ---
    {"error":{"code":"in-use","message":"the project `hu-support` is in use by 1 user","hint":"`--yes` takes it away from them too","project":"hu-support"}}
    {"error":{"code":"project-not-found","message":"there is no project `nowhere`","hint":"`ccadmin project list` shows those that exist","project":"nowhere"}}
    [exit status: 4]
    "#);
    assert_snapshot!(env.run("project delete hu-support en-support --yes"), @"
    --- stderr ---
    deleted hu-support, and took it from 1 user
    shares of james: en-support 67 % -> 100 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    deleted en-support, and took it from 1 user
    shares of james: en-support 100 % -> 0 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --count"), @"
    0
    [exit status: 0]
    ");
    assert_eq!(env.run("user show james -o json").json()["projects"], serde_json::json!([]));
}

/// What an agent gave a project that is gone goes to their others.
#[test]
fn shares_that_move_are_told() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("project deactivate hu-support"), @"
    --- stderr ---
    deactivated hu-support
    shares of james: en-support 67 % -> 100 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_eq!(env.run("project activate hu-support").stderr, "activated hu-support\n");
    assert_snapshot!(env.run("project delete en-support --yes"), @"
    --- stderr ---
    deleted en-support, and took it from 1 user
    shares of james: en-support 67 % -> 0 %, hu-support 33 % -> 100 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
}
