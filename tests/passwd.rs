//! `ccadmin passwd`: somebody's password, and one's own.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv, column, is_password};

const OTHER: &str = "ein anderes Kissen am Fenster";

/// James, with the password of the tests, which they did not choose themselves.
fn with_james() -> TestEnv {
    let env = TestEnv::new();
    env.call("user create james --name 'James Carter' --role agent --password-stdin")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    env
}

fn own<'e>(env: &'e TestEnv, username: &str, lines: &str) -> crate::common::Call<'e> {
    env.call(&["passwd", username, "--own", "--password-stdin"]).stdin(lines)
}

#[test]
fn setting_one_that_is_made() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("passwd james --generate-password"), @"
    <password>
    --- stderr ---
    set the password of james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("passwd james --generate-password -q"), @"
    <password>
    [exit status: 0]
    ");
    assert_snapshot!(env.run("passwd james eva --generate-password"), @"
    james	<password>
    eva	<password>
    --- stderr ---
    set the password of james
    set the password of eva
    [exit status: 0]
    ");
    let user = env.run("passwd james --generate-password --expires 1d -o json").json();
    assert!(is_password(user["temporary_password"].as_str().unwrap()));
    assert_snapshot!(user["password"].to_string(), @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-22T09:00:00Z","set_by":"os:root","state":"temporary"}"#);
    assert_snapshot!(env.run("passwd james --generate-password -o csv"), @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10,,,<password>
    --- stderr ---
    set the password of james
    [exit status: 0]
    ");
    let lines = env.run("passwd james eva --generate-password -o jsonl");
    lines.success();
    assert_eq!(lines.stdout.lines().count(), 2);
    assert_eq!(env.audit().last().unwrap(), "password.reset eva");
}

/// How many a call names decides, with `-o`, about the form; never how many there are.
#[test]
fn one_form_for_one_and_one_for_several() {
    let env = TestEnv::with_users();
    for how in ["--generate-password", "--expire"] {
        let run = |who: &str, form: &str| {
            let call = format!("passwd {who} {how} --ignore-missing -o {form}");
            env.call(call.as_str()).stdin("james\n").output()
        };
        assert!(run("james", "json").json().is_object(), "{how}");
        assert!(run("james eva", "json").json().is_array(), "{how}");
        assert!(run("james nobody", "json").json().is_array(), "{how}");
        assert!(run("-", "json").json().is_array(), "{how}");
        for (who, count) in [("james", 1), ("james eva", 2), ("james nobody", 1), ("-", 1)] {
            assert_eq!(run(who, "jsonl").stdout.lines().count(), count, "{how} {who}");
            assert_eq!(run(who, "csv").stdout.lines().count(), count + 1, "{how} {who}");
        }
    }
    assert_snapshot!(env.run("passwd james nobody --generate-password --ignore-missing"), @"
    james	<password>
    --- stderr ---
    not there: nobody
    set the password of james
    [exit status: 0]
    ");
    assert_snapshot!(env.call("passwd - --generate-password").stdin("eva\n").output(), @"
    eva	<password>
    --- stderr ---
    set the password of eva
    [exit status: 0]
    ");
}

#[test]
fn setting_one_that_is_typed() {
    let env = with_james();
    assert_snapshot!(
        env.call("passwd james --password-stdin").stdin(format!("{OTHER}\n")).output(), @"
        --- stderr ---
        set the password of james
        [exit status: 0]
        ");
    env.write("secret", OTHER);
    assert_snapshot!(
        env.sh("$ccadmin passwd james --password-fd 5 --permanent-password -o json 5<secret")
            .output()
            .part("password"),
        @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":null,"set_by":"os:<login>","state":"permanent"}"#);
    assert_snapshot!(
        env.call("passwd james eva --password-stdin").stdin(format!("{OTHER}\n")).output(), @"
        --- stderr ---
        error: one typed password cannot be given to several users
        hint: --generate-password makes one for each
        [exit status: 2]
        ");
    assert_snapshot!(env.run("passwd james"), @"
    --- stderr ---
    error: missing: a password
    hint: give --password-stdin, --password-fd or --generate-password
    [exit status: 2]
    ");
    assert_snapshot!(
        env.call("passwd james --password-stdin").stdin("short\n").output(), @"
        --- stderr ---
        error: a password has at least 15 characters, this one has 5
        hint: use a longer phrase of several unrelated words
        [exit status: 8]
        ");
    assert_snapshot!(env.run("passwd nobody --generate-password"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
}

#[test]
fn each_of_several_is_tried() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("passwd james nobody eva --generate-password"), @"
    james	<password>
    eva	<password>
    --- stderr ---
    set the password of james
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    set the password of eva
    [exit status: 3]
    ");
    assert_snapshot!(env.run("passwd nobody james --expire"), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    already has to change the password: james
    [exit status: 3]
    ");
}

#[test]
fn from_stdin_all_or_none() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(
        env.call("passwd - --generate-password").stdin("james\nnobody\n").output(), @"
    --- stderr ---
    error: there is no user `nobody`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    assert_snapshot!(env.call("passwd - --password-stdin").stdin("james\n").output(), @"
    --- stderr ---
    error: usernames and a password cannot both be on stdin
    hint: give the password with --password-fd, or let it be generated
    [exit status: 2]
    ");
    assert_snapshot!(env.call("passwd -").stdin("james\n").output(), @"
    --- stderr ---
    error: missing: a password
    hint: give --password-stdin, --password-fd or --generate-password
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
    assert_snapshot!(
        env.call("passwd - --generate-password").stdin("james\neva\n").output(), @"
        james	<password>
        eva	<password>
        --- stderr ---
        set the password of james
        set the password of eva
        [exit status: 0]
        ");
    assert_snapshot!(
        env.call("passwd - --generate-password -o csv").stdin("eva\n").output(), @"
        username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until,temporary_password
        eva,Kovács Éva,,,active,supervisor,,,,true,,,,<password>
        --- stderr ---
        set the password of eva
        [exit status: 0]
        ");
}

#[test]
fn changing_the_own() {
    let env = with_james();
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output(), @"
    --- stderr ---
    changed the password of james
    [exit status: 0]
    ");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(user["password"].to_string(), @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":null,"set_by":"james","state":"permanent"}"#);
    let log = "SELECT action || ' by ' || actor || ' ' || coalesce(actor_id, '') || ' ' || before || ' ' || after FROM audit ORDER BY seq DESC LIMIT 1";
    let entry = crate::common::column(&env.database(), log).remove(0);
    assert_snapshot!(env.run("user list").redact(&entry), @r#"password.change by james 1 {"password":{"expires_at":"2026-11-28T09:00:00Z","kind":"temporary","origin":"typed","set_by":"os:<login>"}} {"password":{"expires_at":null,"kind":"permanent","origin":"typed","set_by":"james"}}"#);
    // The old one is worth nothing now.
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n{OTHER}!\n")).output(), @"
    --- stderr ---
    error: the username or the password is wrong, or the account cannot sign in
    hint: names are case sensitive, several wrong passwords close an account for a while, the administrator can reset it
    [exit status: 6]
    ");
    own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).output().success();
    env.write("both", format!("{PASSWORD}\n{OTHER}\n"));
    assert_snapshot!(
        env.sh("$ccadmin passwd james --own --password-fd 3 -o jsonl 3<both").output(), @r#"
        {"username":"james","full_name":"James Carter","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["agent"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"permanent","set_by":"james","changed_at":"2026-11-21T09:00:00Z","expires_at":null},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
        [exit status: 0]
        "#);
}

#[test]
fn a_generated_one_can_be_changed() {
    let env = TestEnv::with_users();
    let made = env.run("passwd james --generate-password -q").stdout;
    own(&env, "james", &format!("{made}{OTHER}\n")).output().success();
}

#[test]
fn unknown_wrong_and_inactive_are_told_alike() {
    let env = with_james();
    let wrong = own(&env, "james", &format!("{OTHER}\n{PASSWORD}!\n")).output();
    assert_snapshot!(wrong, @"
    --- stderr ---
    error: the username or the password is wrong, or the account cannot sign in
    hint: names are case sensitive, several wrong passwords close an account for a while, the administrator can reset it
    [exit status: 6]
    ");
    let unknown = own(&env, "nobody", &format!("{PASSWORD}\n{OTHER}\n")).output();
    let odd = own(&env, "james", &format!("\u{7}\n{OTHER}\n")).output();
    env.run("user deactivate james").success();
    let inactive = own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output();
    for output in [unknown, odd, inactive] {
        assert_eq!(output.to_string(), wrong.to_string());
    }
}

#[test]
fn only_the_right_one_learns_that_it_is_too_late() {
    let env = with_james();
    let right = format!("{PASSWORD}\n{OTHER}\n");
    let eight_days = 8 * 86_400;
    assert_snapshot!(own(&env, "james", &right).later(eight_days).output(), @"
    --- stderr ---
    error: the temporary password has expired
    hint: ask the administrator for a new one
    [exit status: 6]
    ");
    assert_snapshot!(
        own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).later(eight_days).output().stderr, @"
        error: the username or the password is wrong, or the account cannot sign in
        hint: names are case sensitive, several wrong passwords close an account for a while, the administrator can reset it
        ");
}

/// The users with their passwords; that somebody proved who they are was counted elsewhere.
fn sheets(env: &TestEnv) -> Vec<String> {
    column(&env.database(), "SELECT username || password_hash || revision FROM users ORDER BY id")
}

#[test]
fn the_new_one_is_checked() {
    let env = with_james();
    let before = sheets(&env);
    let change = |new: &str| own(&env, "james", &format!("{PASSWORD}\n{new}\n")).output();
    assert_snapshot!(change(PASSWORD), @"
    --- stderr ---
    error: the new password is the one it replaces
    hint: choose another one
    [exit status: 8]
    ");
    assert_snapshot!(change("jamesjamesjames1"), @"
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    ");
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n")).output(), @"
    --- stderr ---
    error: stdin has no password
    hint: give it on one line
    [exit status: 2]
    ");
    assert_snapshot!(own(&env, "james", "").output(), @"
    --- stderr ---
    error: stdin has no password
    hint: give it on one line
    [exit status: 2]
    ");
    assert_eq!(sheets(&env), before);
}

#[test]
fn expiring_keeps_the_password() {
    let env = with_james();
    own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output().success();
    assert_snapshot!(env.run("passwd james --expire"), @"
    --- stderr ---
    james has to change the password
    [exit status: 0]
    ");
    let before = env.contents();
    assert_snapshot!(env.run("passwd james --expire"), @"
    --- stderr ---
    already has to change the password: james
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "password.expire james");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(user["password"].to_string(), @r#"{"changed_at":"2026-11-21T09:00:00Z","expires_at":null,"set_by":"james","state":"temporary"}"#);
    own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).output().success();
    assert_snapshot!(
        env.call("passwd - --expire -o jsonl").stdin("james\n").output().json()["password"]["state"]
            .to_string(),
        @r#""temporary""#);
}

/// It cannot even be changed any more, and that is what whoever asks for it has to know.
#[test]
fn one_that_has_expired_needs_a_successor() {
    let env = with_james();
    env.run("passwd james --generate-password --expires 1d").success();
    let before = env.contents();
    assert_snapshot!(env.call("passwd james --expire").later(2 * 86_400).output(), @"
    --- stderr ---
    already expired: the password of james; `ccadmin passwd james` gives a new one
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn whoever_has_no_password_cannot_be_made_to_change_it() {
    let env = with_james();
    env.database()
        .execute_batch(
            "UPDATE users SET password_hash = NULL, password_origin = NULL, password_kind = NULL, \
             password_set_by = NULL, password_changed_at = NULL, password_expires_at = NULL",
        )
        .unwrap();
    assert_snapshot!(env.run("passwd james --expire"), @"
    --- stderr ---
    error: `james` has no password
    hint: `ccadmin passwd james` sets one
    [exit status: 4]
    ");
    let none = own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output();
    assert_eq!(none.status, Some(6), "{none}");
}

#[test]
fn calls_that_make_no_sense() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("passwd"), @"
    --- stderr ---
    error: missing: USERNAME
    hint: ccadmin passwd USERNAME --own
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd --generate-password"), @"
    --- stderr ---
    error: your own password is typed, not generated
    hint: ccadmin passwd USERNAME --generate-password sets somebody else's
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd --expire"), @"
    --- stderr ---
    error: missing: USERNAME
    hint: ccadmin passwd USERNAME --expire
    [exit status: 2]
    ");
    assert_snapshot!(env.call("passwd --password-stdin").stdin("a\nb\n").output(), @"
    --- stderr ---
    error: missing: USERNAME
    hint: ccadmin passwd USERNAME --own
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --own"), @"
    --- stderr ---
    error: missing: the current and the new password
    hint: give both with --password-stdin, one a line, or run it on a terminal
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james eva --own"), @"
    --- stderr ---
    error: --own takes one username
    hint: ccadmin passwd USERNAME --own
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --own --generate-password"), @"
    --- stderr ---
    error: the argument '--own' cannot be used with '--generate-password'
    hint: usage: ccadmin passwd --own <USERNAME|->...
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --expire --generate-password"), @"
    --- stderr ---
    error: the argument '--expire' cannot be used with '--generate-password'
    hint: usage: ccadmin passwd --expire <USERNAME|->...
    [exit status: 2]
    ");
}
