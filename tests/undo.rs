//! `ccadmin undo` and `ccadmin user history`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

#[test]
fn a_history_is_told_in_words_and_a_change_of_it_undone() {
    let env = TestEnv::with_users();
    env.run("user update james --phone +36201234568 --add-skill returns:2").success();
    env.run("user rename james jim").success();
    env.run("set-weight jim hu-support 40").success();
    assert_snapshot!(env.run("user history jim --columns seq,action,subject,change"), @"
    SEQ  ACTION       SUBJECT  CHANGE
     11  weight.set   jim      projects: hu-support 10 -> 40
     10  user.rename  jim      username: james -> jim
      9  user.update  james    phone: +36201234567 -> +36201234568; skills: +returns:2
      7  user.create  james    full name: James Carter; state: active; roles: agent; projects: en-support:20, hu-support:10; email: james@example.com; language: en-GB; password: temporary; phone: +36201234567; project selection: yes; skills: billing:3; teams: voice
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo 9 --dry-run"), @"
    ACTION       SUBJECT  CHANGE
    user.update  jim      phone: +36201234568 -> +36201234567; skills: -returns
    --- stderr ---
    dry run: undid user.update of jim (entry 9)
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo 9"), @"
    --- stderr ---
    undid user.update of jim (entry 9)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo 9"), @"
    --- stderr ---
    error: entry 9 cannot be undone: `phone` of `james` was changed again by entry 12
    hint: nothing was changed; `ccadmin audit show 12` shows it, and `ccadmin undo 12` undoes it first
    [exit status: 4]
    ");
    assert_snapshot!(env.run("undo 11 -o json"), @r#"
    {
      "undoes": 11,
      "action": "weight.set",
      "subject": "jim",
      "subject_id": 1,
      "before": {
        "projects": [
          {
            "project": "en-support",
            "weight": 20
          },
          {
            "project": "hu-support",
            "weight": 40
          }
        ]
      },
      "after": {
        "projects": [
          {
            "project": "en-support",
            "weight": 20
          },
          {
            "project": "hu-support",
            "weight": 10
          }
        ]
      }
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user history jim --limit 2 --columns seq,action,change"), @"
    SEQ  ACTION       CHANGE
     13  weight.set   projects: hu-support 40 -> 10 (undoes 11)
     12  user.update  phone: +36201234568 -> +36201234567; skills: -returns (undoes 9)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user history nobody"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user history james --count"), @"
    6
    [exit status: 0]
    ");
    assert_eq!(env.run("audit show 13 -o json").json()["undoes"], 11);
}

#[test]
fn a_deleted_user_comes_back_with_a_new_password() {
    let env = TestEnv::with_users();
    let columns = "user list --columns username,full_name,email,phone,roles,teams,skills,projects";
    let before = env.run(columns);
    env.run("user delete james eva --yes").success();
    assert_snapshot!(env.run("undo 9"), @"
    --- stderr ---
    error: missing: a new password for james
    hint: give --password-stdin, --password-fd or --generate-password
    [exit status: 2]
    ");
    assert_snapshot!(env.run("undo 9 --dry-run"), @"
    ACTION       SUBJECT  CHANGE
    user.create  james    full name: James Carter; state: active; roles: agent; projects: en-support:20, hu-support:10; email: james@example.com; language: en-GB; password: temporary; phone: +36201234567; project selection: yes; skills: billing:3; teams: voice
    --- stderr ---
    dry run: undid user.delete of james (entry 9)
    dry run: shares of james: en-support 0 % -> 67 %, hu-support 0 % -> 33 % (while calls wait in all of their active projects)
    dry run: nothing was changed
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo 9 --generate-password"), @"
    <password>
    --- stderr ---
    undid user.delete of james (entry 9)
    shares of james: en-support 0 % -> 67 %, hu-support 0 % -> 33 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(env.call("undo 10 --password-stdin").stdin(PASSWORD).output(), @"
    --- stderr ---
    undid user.delete of eva (entry 10)
    [exit status: 0]
    ");
    assert_eq!(env.run(columns).to_string(), before.to_string());
    assert_snapshot!(env.run("undo 7 --generate-password"), @"
    --- stderr ---
    error: nobody comes back who would need a password
    hint: leave the password options out
    [exit status: 2]
    ");
    env.run("store check").success();
}

/// An import, and a call for several users from stdin, each is one thing.
#[test]
fn a_batch_has_a_number() {
    let env = TestEnv::with_users();
    env.write("new.csv", "username,full_name,roles\nanna,Anna,agent\nbea,Bea,agent\n");
    env.run("user import new.csv --no-password").success();
    env.call("user deactivate -").stdin("anna\nbea\n").output().success();
    assert_snapshot!(env.run("audit list --limit 4 -o csv --columns seq,action,subject,batch,undoes"), @"
    seq,action,subject,batch,undoes
    12,user.deactivate,bea,11,
    11,user.deactivate,anna,11,
    10,user.create,bea,9,
    9,user.create,anna,9,
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo --batch 9"), @"
    --- stderr ---
    error: entry 10 cannot be undone: `state` of `bea` was changed again by entry 12
    hint: nothing was changed; `ccadmin audit show 12` shows it, and `ccadmin undo 12` undoes it first
    [exit status: 4]
    ");
    assert_snapshot!(env.run("undo --batch 11"), @"
    --- stderr ---
    undid user.deactivate of bea (entry 12)
    undid user.deactivate of anna (entry 11)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo --batch 9 -o jsonl --dry-run"), @r#"
    {"actor":"os:<login>","action":"user.delete","subject":"bea","subject_id":4,"before":{"email":null,"from":null,"full_name":"Bea","language":null,"password":null,"phone":null,"project_selection":true,"projects":[],"roles":["agent"],"skills":[],"state":"active","teams":[],"until":null,"username":"bea"},"after":null}
    {"actor":"os:<login>","action":"user.delete","subject":"anna","subject_id":3,"before":{"email":null,"from":null,"full_name":"Anna","language":null,"password":null,"phone":null,"project_selection":true,"projects":[],"roles":["agent"],"skills":[],"state":"active","teams":[],"until":null,"username":"anna"},"after":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("undo --batch 9"), @"
    --- stderr ---
    undid user.create of bea (entry 10)
    undid user.create of anna (entry 9)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("undo --batch 10"), @"
    --- stderr ---
    error: the audit log has no batch 10
    hint: `ccadmin audit list` and `ccadmin user history USERNAME` show the numbers
    [exit status: 3]
    ");
    env.run("audit verify").success();
}

#[test]
fn what_cannot_be_undone_says_why() {
    let env = TestEnv::with_users();
    env.run("passwd james --generate-password").success();
    assert_snapshot!(env.run("undo 9"), @"
    --- stderr ---
    error: entry 9 (`password.reset`) cannot be undone: a password is never brought back
    hint: `ccadmin passwd USERNAME` sets another password
    [exit status: 4]
    ");
    assert_snapshot!(env.run("undo 9 -o json"), @r#"
    --- stderr ---
    {"error":{"code":"not-undoable","message":"entry 9 (`password.reset`) cannot be undone: a password is never brought back","hint":"`ccadmin passwd USERNAME` sets another password","seq":9}}
    [exit status: 4]
    "#);
    assert_snapshot!(env.run("undo 1"), @"
    --- stderr ---
    error: the project `hu-support` is in use by 1 user
    hint: undo what gave it to them first, or delete it
    [exit status: 4]
    ");
    assert_snapshot!(env.run("undo"), @"
    --- stderr ---
    error: missing: SEQ
    hint: usage: ccadmin undo <SEQ>
    [exit status: 2]
    ");
    assert_snapshot!(env.run("undo 99"), @"
    --- stderr ---
    error: the audit log has no entry 99
    hint: `ccadmin audit list` and `ccadmin user history USERNAME` show the numbers
    [exit status: 3]
    ");
}
