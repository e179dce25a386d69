//! `ccadmin passwd`: somebody's password, and one's own.

use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv, is_password};

const OTHER: &str = "ein anderes Kissen am Fenster";

/// James, with the password of the tests, which he did not choose himself.
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
    assert_snapshot!(env.run("passwd james --generate-password"), @"");
    assert_snapshot!(env.run("passwd james --generate-password -q"), @"");
    assert_snapshot!(env.run("passwd james eva --generate-password"), @"");
    let user = env.run("passwd james --generate-password --expires 1d -o json").json();
    assert!(is_password(user["temporary_password"].as_str().unwrap()));
    assert_snapshot!(user["password"].to_string(), @"");
    assert_snapshot!(env.run("passwd james --generate-password -o csv"), @"");
    let lines = env.run("passwd james eva --generate-password -o jsonl").success();
    assert_eq!(lines.stdout.lines().count(), 2);
    assert_eq!(env.audit().last().unwrap(), "password.reset eva");
}

#[test]
fn setting_one_that_is_typed() {
    let env = with_james();
    assert_snapshot!(
        env.call("passwd james --password-stdin").stdin(format!("{OTHER}\n")).output(), @"");
    env.write("secret", OTHER);
    assert_snapshot!(
        env.sh("$ccadmin passwd james --password-fd 5 --permanent-password -o json 5<secret")
            .output()
            .json()["password"]
            .to_string(),
        @"");
    assert_snapshot!(
        env.call("passwd james eva --password-stdin").stdin(format!("{OTHER}\n")).output(), @"");
    assert_snapshot!(env.run("passwd james"), @"");
    assert_snapshot!(
        env.call("passwd james --password-stdin").stdin("short\n").output(), @"");
    assert_snapshot!(env.run("passwd nobody --generate-password"), @"");
}

#[test]
fn each_of_several_is_tried() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("passwd james nobody eva --generate-password"), @"");
    assert_snapshot!(env.run("passwd nobody james --expire"), @"");
}

#[test]
fn from_stdin_all_or_none() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(
        env.call("passwd - --generate-password").stdin("james\nnobody\n").output(), @"");
    assert_snapshot!(env.call("passwd - --password-stdin").stdin("james\n").output(), @"");
    assert_snapshot!(env.call("passwd -").stdin("james\n").output(), @"");
    assert_eq!(env.contents(), before);
    assert_snapshot!(
        env.call("passwd - --generate-password").stdin("james\neva\n").output(), @"");
    assert_snapshot!(
        env.call("passwd - --generate-password -o csv").stdin("eva\n").output(), @"");
}

#[test]
fn one_s_own() {
    let env = with_james();
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output(), @"");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(user["password"].to_string(), @"");
    let log = "SELECT action || ' by ' || actor || ' ' || coalesce(actor_id, '') || ' ' || before || ' ' || after FROM audit ORDER BY seq DESC LIMIT 1";
    assert_snapshot!(crate::common::column(&env.database(), log).remove(0).replace("os:root", "os:<login>"), @"");
    // The old one is worth nothing now.
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n{OTHER}!\n")).output(), @"");
    own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).output().success();
    env.write("both", format!("{PASSWORD}\n{OTHER}\n"));
    assert_snapshot!(
        env.sh("$ccadmin passwd james --own --password-fd 3 -o jsonl 3<both").output(), @"");
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
    assert_snapshot!(wrong, @"");
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
    assert_snapshot!(own(&env, "james", &right).later(eight_days).output(), @"");
    assert_snapshot!(
        own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).later(eight_days).output().stderr, @"");
}

#[test]
fn the_new_one_is_checked() {
    let env = with_james();
    let before = env.contents();
    let change = |new: &str| own(&env, "james", &format!("{PASSWORD}\n{new}\n")).output();
    assert_snapshot!(change(PASSWORD), @"");
    assert_snapshot!(change("jamesjamesjames1"), @"");
    assert_snapshot!(own(&env, "james", &format!("{PASSWORD}\n")).output(), @"");
    assert_snapshot!(own(&env, "james", "").output(), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn expiring_keeps_the_password() {
    let env = with_james();
    own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output().success();
    assert_snapshot!(env.run("passwd james --expire"), @"");
    let before = env.contents();
    assert_snapshot!(env.run("passwd james --expire"), @"");
    assert_eq!(env.contents(), before);
    assert_eq!(env.audit().last().unwrap(), "password.expire james");
    let user = env.run("user show james -o json").json();
    assert_snapshot!(user["password"].to_string(), @"");
    own(&env, "james", &format!("{OTHER}\n{PASSWORD}\n")).output().success();
    assert_snapshot!(
        env.call("passwd - --expire -o jsonl").stdin("james\n").output().json()["password"]["state"]
            .to_string(),
        @"");
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
    assert_snapshot!(env.run("passwd james --expire"), @"");
    let none = own(&env, "james", &format!("{PASSWORD}\n{OTHER}\n")).output();
    assert_eq!(none.status, Some(6), "{none}");
}

#[test]
fn calls_that_make_no_sense() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("passwd"), @"");
    assert_snapshot!(env.run("passwd --generate-password"), @"");
    assert_snapshot!(env.run("passwd --expire"), @"");
    assert_snapshot!(env.call("passwd --password-stdin").stdin("a\nb\n").output(), @"");
    assert_snapshot!(env.run("passwd james --own"), @"");
    assert_snapshot!(env.run("passwd james eva --own"), @"");
    assert_snapshot!(env.run("passwd james --own --generate-password"), @"");
    assert_snapshot!(env.run("passwd james --expire --generate-password"), @"");
}
