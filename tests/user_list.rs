//! `ccadmin user list`: filters, orders, columns.

use insta::assert_snapshot;

use crate::common::{NOW, PASSWORD, TestEnv};

/// Six users who differ in everything that a filter looks at.
fn crowd() -> TestEnv {
    let env = TestEnv::with_places();
    for (days, line) in [
        "user create anna --name 'Nagy Anna' --role agent --team voice --skill billing:1 \
         --language hu --email anna@example.com --phone +36201111111 --project hu-support:20 \
         --generate-password",
        "user create Bea --name 'Kovács Béa' --role agent --role requester --team chat \
         --skill billing:4 --language en-GB --email bea@example.com --project hu-support \
         --project en-support:30 --generate-password",
        "user create carl --name 'Carl Grün' --role external-agent --team voice --team chat \
         --skill returns:2 --language en --phone +4930222222 --project en-support \
         --generate-password --permanent-password",
        "user create dora --name 'Dora Straße' --role supervisor --language enm \
         --generate-password --expires 1d",
        "user create erik --name 'Erik Ødegård' --role requester --inactive --generate-password",
        "user create anna.b --name 'Barna Anna' --role admin --role agent --language EN \
         --generate-password",
    ]
    .into_iter()
    .enumerate()
    {
        env.call(line).later(days as i64 * 86_400).output().success();
    }
    env
}

/// The usernames that a list of the crowd shows on the seventh day.
fn names(env: &TestEnv, options: &str) -> String {
    let line = format!("user list --field username {options}");
    let output = env.call(&*line).later(6 * 86_400).output().success();
    output.stdout.lines().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_table_is_a_header_and_a_row_a_line() {
    assert_snapshot!(crowd().run("user list"), @"");
}

#[test]
fn json_jsonl_and_csv() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user list -o jsonl"), @"");
    assert_snapshot!(env.run("user list -o csv"), @"");
    let array = env.run("user list -o json").json();
    let lines = env.run("user list -o jsonl");
    let lines: Vec<serde_json::Value> =
        lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array, serde_json::Value::from(lines));
}

#[test]
fn an_empty_list() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("user list"), @"");
    assert_snapshot!(env.run("user list -o json"), @"");
    assert_snapshot!(env.run("user list -o jsonl"), @"");
    assert_snapshot!(env.run("user list -o csv"), @"");
    assert_snapshot!(env.run("user list --count"), @"");
    assert_snapshot!(env.run("user list --field username"), @"");
}

#[test]
fn columns_field_and_count() {
    let env = crowd();
    assert_snapshot!(
        env.run("user list --columns username,phone,project_selection,created_at --limit 2"), @"");
    assert_snapshot!(
        env.run("user list --columns username,projects,password_set_by -o csv --limit 2"), @"");
    assert_snapshot!(
        env.run("user list --columns username,projects,password_expires_at -o jsonl --limit 2"), @"");
    assert_snapshot!(env.run("user list --field email"), @"");
    assert_snapshot!(env.run("user list --field full_name -o json"), @"");
    assert_snapshot!(env.run("user list --field username -o csv --limit 1"), @"");
    assert_snapshot!(env.run("user list --count --role agent"), @"");
    assert_snapshot!(env.run("user list --count -o json"), @"");
    assert_snapshot!(env.run("user list --columns username,fullname"), @"");
    assert_snapshot!(env.run("user list --field projets -o json"), @"");
    assert_snapshot!(env.run("user list --field username --count"), @"");
}

#[test]
fn filters_by_what_a_user_is() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names(""), @"");
    assert_snapshot!(names("--state active"), @"");
    assert_snapshot!(names("--state inactive"), @"");
    assert_snapshot!(names("--role requester"), @"");
    assert_snapshot!(names("--role requester --role SUPERVISOR"), @"");
    assert_snapshot!(names("--role operator"), @"");
    assert_snapshot!(names("--language en"), @"");
    assert_snapshot!(names("--language en-gb"), @"");
    assert_snapshot!(names("--language hu"), @"");
}

#[test]
fn filters_by_places() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--project hu-support"), @"");
    assert_snapshot!(names("--project hu-support --project en-support"), @"");
    assert_snapshot!(names("--team voice"), @"");
    assert_snapshot!(names("--team voice --team chat"), @"");
    assert_snapshot!(names("--skill billing"), @"");
    assert_snapshot!(names("--skill billing:4"), @"");
    assert_snapshot!(names("--skill billing:5"), @"");
    assert_snapshot!(names("--skill billing:4 --skill returns:2"), @"");
}

#[test]
fn searches_without_regard_to_case_and_accents() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--search KOVACS"), @"");
    assert_snapshot!(names("--search bé"), @"");
    assert_snapshot!(names("--search strasse"), @"");
    assert_snapshot!(names("--search odegard"), @"");
    assert_snapshot!(names("--search ANNA@EXAMPLE"), @"");
    assert_snapshot!(names("--search 2222"), @"");
    assert_snapshot!(names("--search anna"), @"");
    assert_snapshot!(names("--search a%"), @"");
    assert_snapshot!(names("--search _"), @"");
}

#[test]
fn filters_by_what_is_missing() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--missing email"), @"");
    assert_snapshot!(names("--missing phone"), @"");
    assert_snapshot!(names("--missing team"), @"");
    assert_snapshot!(names("--missing skill"), @"");
    assert_snapshot!(names("--missing language"), @"");
    assert_snapshot!(names("--missing project"), @"");
    // Several values of one option: any of them.
    assert_snapshot!(names("--missing email --missing phone"), @"");
}

#[test]
fn filters_by_the_password() {
    let env = crowd();
    env.call("passwd Bea --own --password-stdin")
        .stdin("no password of hers\nirrelevant words here\n")
        .output();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--password temporary"), @"");
    assert_snapshot!(names("--password permanent"), @"");
    assert_snapshot!(names("--password expired"), @"");
    assert_snapshot!(names("--password none"), @"");
    assert_snapshot!(names("--password-set-by nobody"), @"");
    let setter = env.run("user show anna -o json").json()["password"]["set_by"].to_string();
    assert_snapshot!(names(&format!("--password-set-by {}", setter.trim_matches('"'))), @"");
    env.database().execute("UPDATE users SET last_sign_in_at = 5 WHERE username = 'carl'", [])
        .unwrap();
    assert_snapshot!(names("--never-signed-in"), @"");
}

#[test]
fn whoever_has_no_password_is_found() {
    let env = TestEnv::with_users();
    env.database()
        .execute(
            "UPDATE users SET password_hash = NULL, password_origin = NULL, password_kind = NULL, \
             password_set_by = NULL, password_changed_at = NULL, password_expires_at = NULL \
             WHERE username = 'eva'",
            [],
        )
        .unwrap();
    assert_eq!(names(&env, "--password none"), "eva");
    assert_snapshot!(env.run("user show eva -o json").json()["password"].to_string(), @"");
}

#[test]
fn filters_by_when_they_were_created() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--created-since 3d"), @"");
    assert_snapshot!(names("--created-since 2026-11-23"), @"");
    assert_snapshot!(names("--created-before 2026-11-23"), @"");
    assert_snapshot!(names("--created-since 2026-11-22T09:00:00Z --created-before 2026-11-23T10:00:00+01:00"), @"");
    assert_snapshot!(env.run("user list --created-since yesterday"), @"");
}

#[test]
fn different_filters_are_all_held() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--project hu-support --project en-support --team voice"), @"");
    assert_snapshot!(names("--role agent --language en --missing project"), @"");
    assert_snapshot!(names("--role agent --role external-agent --skill billing:2 --search a"), @"");
    assert_snapshot!(names("--state inactive --role agent"), @"");
}

#[test]
fn orders() {
    let env = crowd();
    env.database()
        .execute_batch(
            "UPDATE users SET last_sign_in_at = 20 WHERE username = 'carl';
             UPDATE users SET last_sign_in_at = 10 WHERE username = 'dora';",
        )
        .unwrap();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--sort username"), @"");
    assert_snapshot!(names("--sort name"), @"");
    assert_snapshot!(names("--sort created"), @"");
    assert_snapshot!(names("--sort last-sign-in"), @"");
    assert_snapshot!(names("--reverse"), @"");
    assert_snapshot!(names("--sort name --reverse"), @"");
    assert_snapshot!(names("--sort created --reverse"), @"");
    assert_snapshot!(names("--sort last-sign-in --reverse"), @"");
    assert_snapshot!(env.run("user list --sort age"), @"");
}

#[test]
fn a_limit_cuts_behind_the_order() {
    let env = crowd();
    let names = |options: &str| names(&env, options);
    assert_snapshot!(names("--sort created --limit 2"), @"");
    assert_snapshot!(names("--sort last-sign-in --limit 4 --reverse"), @"");
    assert_snapshot!(names("--limit 0"), @"");
    assert_snapshot!(env.run("user list --limit 3 --count"), @"");
    assert_snapshot!(env.run("user list --limit -1"), @"");
    assert_snapshot!(env.run("user list --limit x -o json"), @"");
}

#[test]
fn a_name_that_is_not_there_is_no_empty_list() {
    let env = crowd();
    assert_snapshot!(env.run("user list --project hu-suport"), @"");
    assert_snapshot!(env.run("user list --team voise --count"), @"");
    assert_snapshot!(env.run("user list --skill cooking:3 -o jsonl"), @"");
    assert_snapshot!(env.run("user list --skill billing:9"), @"");
    assert_snapshot!(env.run("user list --state asleep"), @"");
    assert_snapshot!(env.run("user list --missing soul"), @"");
    assert_snapshot!(env.run("user list --password weak"), @"");
}

#[test]
fn a_list_off_a_terminal_has_no_limit() {
    let env = TestEnv::new();
    env.run("team create x").success();
    let database = env.database();
    database
        .execute_batch(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
             INSERT INTO users (username, full_name, state, roles, project_selection, search,
                                created_at, updated_at)
             SELECT printf('u%05d', i), 'User ' || i, 1, 2, 1, 'u', {NOW}, {NOW} FROM n"
        ))
        .unwrap();
    for (options, lines) in
        [("", 2_501), ("-o csv", 2_501), ("-o jsonl", 2_500), ("--field username", 2_500)]
    {
        let output = env.run(&*format!("user list {options}"));
        assert_eq!(output.stdout.lines().count(), lines, "{options}");
        assert_eq!(output.stderr, "");
    }
    assert_eq!(env.run("user list -o json").json().as_array().unwrap().len(), 2_500);
}

#[test]
fn one_s_own_change_shows_who_set_the_password() {
    let env = TestEnv::new();
    env.call("user create anna --name Anna --role agent --password-stdin")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    env.call("passwd anna --own --password-stdin")
        .stdin(format!("{PASSWORD}\nein anderes Kissen am Fenster\n"))
        .output()
        .success();
    assert_eq!(names(&env, "--password-set-by anna --password permanent"), "anna");
}
