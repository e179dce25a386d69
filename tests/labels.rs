//! `ccadmin team` and `ccadmin skill`, all their verbs.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn creating() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("team create back-office"), @"
    --- stderr ---
    created back-office
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill create vip -o json"), @r#"
    {
      "name": "vip",
      "users": 0
    }
    [exit status: 0]
    "#);
    let before = env.contents();
    assert_snapshot!(env.run("team create voice"), @"
    --- stderr ---
    error: the team `voice` already exists
    hint: use `--if-not-exists` to ignore this
    [exit status: 4]
    ");
    assert_snapshot!(env.run("skill create billing -o json"), @r#"
    --- stderr ---
    {"error":{"code":"skill-exists","message":"the skill `billing` already exists","hint":"use `--if-not-exists` to ignore this","skill":"billing"}}
    [exit status: 4]
    "#);
    assert_snapshot!(env.run("team create voice --if-not-exists"), @"
    --- stderr ---
    already exists: voice
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill create billing --if-not-exists -o json"), @r#"
    {
      "name": "billing",
      "users": 0,
      "created": false
    }
    --- stderr ---
    {"warning":{"code":"already","message":"already exists: billing","hint":null}}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("team create Voice"), @"
    --- stderr ---
    error: `Voice` is not a team name: `V` at position 1 is not allowed
    hint: write it in lower case: `voice`
    [exit status: 8]
    ");
    assert_snapshot!(env.run("skill create 'a b'"), @"
    --- stderr ---
    error: `a b` is not a skill name: a space at position 2 is not allowed
    hint: use ASCII lower-case letters, digits and `-` `_` `.`
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn listing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team list"), @"
    NAME   USERS
    chat       0
    voice      1
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill list -o json"), @r#"
    [
    {"name":"billing","users":1},
    {"name":"returns","users":0}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("skill list -o jsonl"), @r#"
    {"name":"billing","users":1}
    {"name":"returns","users":0}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("team list -o csv"), @"
    name,users
    chat,0
    voice,1
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill list --field name"), @"
    billing
    returns
    [exit status: 0]
    ");
    assert_snapshot!(env.run("team list --count"), @"
    2
    [exit status: 0]
    ");
    assert_snapshot!(env.run("team list --columns users -o json"), @r#"
    [
    {"users":0},
    {"users":1}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("skill list --columns level"), @"
    --- stderr ---
    error: there is no column `level`
    hint: the columns are name, users
    [exit status: 2]
    ");
}

#[test]
fn showing() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team show voice"), @"
    name:  voice
    users: 1
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill show billing -o json"), @r#"
    {
      "name": "billing",
      "users": 1
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("team show voise"), @"
    --- stderr ---
    error: there is no team `voise`
    hint: did you mean `voice`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("skill show cooking -o json"), @r#"
    --- stderr ---
    {"error":{"code":"skill-not-found","message":"there is no skill `cooking`","hint":"`ccadmin skill list` shows those that exist","skill":"cooking"}}
    [exit status: 3]
    "#);
}

#[test]
fn renaming_keeps_the_users() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("team rename voice phone"), @"
    --- stderr ---
    renamed voice to phone
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill rename billing invoices -o json"), @r#"
    {
      "name": "invoices",
      "users": 1
    }
    [exit status: 0]
    "#);
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["teams"], user["skills"]), @r#"["phone"] [{"level":3,"skill":"invoices"}]"#);
    let before = env.contents();
    assert_snapshot!(env.run("team rename phone phone"), @"
    --- stderr ---
    already named phone
    [exit status: 0]
    ");
    assert_snapshot!(env.run("team rename phone chat"), @"
    --- stderr ---
    error: the team `chat` already exists
    hint: choose another name
    [exit status: 4]
    ");
    assert_snapshot!(env.run("skill rename billing x"), @"
    --- stderr ---
    error: there is no skill `billing`
    hint: `ccadmin skill list` shows those that exist
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn deleting() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("team delete voice"), @"
    --- stderr ---
    error: the team `voice` is in use by 1 user
    hint: `--yes` takes it away from them too
    [exit status: 4]
    ");
    assert_snapshot!(env.run("skill delete billing -o json"), @r#"
    --- stderr ---
    {"error":{"code":"in-use","message":"the skill `billing` is in use by 1 user","hint":"`--yes` takes it away from them too","skill":"billing"}}
    [exit status: 4]
    "#);
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("team delete chat voice nowhere"), @"
    --- stderr ---
    deleted chat
    error: the team `voice` is in use by 1 user
    hint: `--yes` takes it away from them too
    error: there is no team `nowhere`
    hint: `ccadmin team list` shows those that exist
    [exit status: 4]
    ");
    assert_snapshot!(env.run("team delete voice --yes"), @"
    --- stderr ---
    deleted voice, and took it from 1 user
    [exit status: 0]
    ");
    assert_snapshot!(env.run("skill delete billing returns --yes -o csv"), @"
    name,deleted,users
    billing,true,1
    returns,true,0
    --- stderr ---
    deleted billing, and took it from 1 user
    deleted returns
    [exit status: 0]
    ");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(format!("{} {}", user["teams"], user["skills"]), @"[] []");
    assert_eq!(
        env.audit().split_off(env.audit().len() - 6),
        [
            "team.delete chat",
            "user.update james",
            "team.delete voice",
            "user.update james",
            "skill.delete billing",
            "skill.delete returns",
        ]
    );
}

#[test]
fn a_verb_is_mandatory() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("team"), @"
    --- stderr ---
    Administer teams

    Usage: ccadmin team [OPTIONS] <COMMAND>

    Commands:
      create  Create a team
      list    List teams
      show    Show a team
      rename  Rename a team; its users keep it
      delete  Delete teams

    Options:
      -h, --help  Print help (see more with '--help')

    Global options:
          --config <FILE>    Read the settings from FILE
          --database <URL>   Use this store: PATH or sqlite:PATH
          --as-owner         Act as the owner of the store, even if a session is open
          --dry-run          Show what would be changed, and change nothing (with commands that change
                             the store)
      -o, --output <FORMAT>  Output format: table, json, jsonl, csv
      -q, --quiet            Print only errors and warnings
      -v, --verbose          Also print which store is used and who is acting
          --no-input         Never ask questions
          --color <WHEN>     When to use colour [default: auto] [possible values: auto, always, never]
    [exit status: 2]
    ");
    assert_snapshot!(env.run("skill -o json"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"'ccadmin skill' requires a subcommand but one was not provided [subcommands: create, list, show, rename, delete]","hint":"usage: ccadmin skill [OPTIONS] <COMMAND>"}}
    [exit status: 2]
    "#);
    assert_snapshot!(env.run("skill lst"), @"
    --- stderr ---
    error: unrecognized subcommand 'lst'
    hint: did you mean `list`?
    [exit status: 2]
    ");
}
