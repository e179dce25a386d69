//! `ccadmin user rename`.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

#[test]
fn everything_but_the_name_stays() {
    let env = TestEnv::with_users();
    let mut expected = env.run("user show james -o json").json();
    assert_snapshot!(env.run("user rename james james.carter"), @"
    --- stderr ---
    renamed james to james.carter
    [exit status: 0]
    ");
    expected["username"] = "james.carter".into();
    assert_eq!(env.run("user show james.carter -o json").json(), expected);
    assert_snapshot!(env.run("user show james"), @"
    --- stderr ---
    error: there is no user `james`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user rename james.carter james.carter"), @"
    --- stderr ---
    already named james.carter
    [exit status: 0]
    ");
    assert_eq!(env.run("user rename james.carter james -o json").json()["username"], "james");
    assert_snapshot!(
        env.run("audit list --user james.carter --columns action,subject,before,after"), @r#"
    ACTION       SUBJECT       BEFORE                       AFTER
    user.rename  james         {"username":"james.carter"}  {"username":"james"}
    user.rename  james.carter  {"username":"james"}         {"username":"james.carter"}
    user.create  james         -                            {"email":"james@example.com","from":null,"full_name":"James Carter","language":"en-GB","password":{"expires_at":"2026-11-28T09:00:00Z","kind":"temporary","origin":"generated","set_by":"os:<login>"},"phone":"+36201234567","project_selection":true,"projects":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}],"roles":["agent"],"skills":[{"level":3,"skill":"billing"}],"state":"active","teams":["voice"],"until":null,"username":"james"}
    [exit status: 0]
    "#);
}

#[test]
fn a_name_has_to_be_free_and_a_name() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(env.run("user rename james eva"), @"
    --- stderr ---
    error: the user `eva` already exists
    hint: choose another name
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user rename jame eva"), @"
    --- stderr ---
    error: there is no user `jame`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user rename james 'é va'"), @"
    --- stderr ---
    error: `é va` is not a username: `é` at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    ");
    assert_snapshot!(env.run("user rename james"), @"
    --- stderr ---
    error: missing: NEW
    hint: usage: ccadmin user rename <USERNAME> <NEW>
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn a_namesake_but_for_case_is_warned_of() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user rename james Eva"), @"
    --- stderr ---
    renamed james to Eva
    warning: there is also a user `eva`: usernames are case sensitive, so these are two users
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user rename Eva EVA -o jsonl"), @r#"
    {"username":"EVA","full_name":"James Carter","email":"james@example.com","phone":"+36201234567","state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[{"skill":"billing","level":3}],"language":"en-GB","project_selection":true,"projects":[{"project":"en-support","weight":20,"share":0.667,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.333,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    --- stderr ---
    {"warning":{"code":"case-twin","message":"there is also a user `eva`: usernames are case sensitive, so these are two users","hint":null}}
    [exit status: 0]
    "#);
}

/// Who is signed in goes on as the one they are, and signs in by their new name.
#[test]
fn a_session_outlives_its_users_name() {
    let env = TestEnv::with_places();
    env.call("user create boss --name Boss --role admin --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let signs_in = |name: &str| {
        let line = format!("login {name} --password-stdin --print");
        env.call(line.as_str()).stdin(PASSWORD).output()
    };
    let login = signs_in("boss");
    login.success();
    let token = login.stdout.trim();
    let signed_in = |line: &str| env.call(line).env("CCADMIN_SESSION", token).output();
    signed_in("user rename boss chief").success();
    // Somebody else gets the old name, and nothing with it.
    env.run("user create boss --name Other --role agent --generate-password").success();
    assert_eq!(signed_in("whoami -o json").json()["actor"], "chief");
    signed_in("team create night").success();
    let log = env.run("audit list --limit 1 -o json").json();
    assert_eq!(log[0]["actor"], "chief");
    assert_eq!(signs_in("boss").status, Some(6));
    signs_in("chief").success();
}
