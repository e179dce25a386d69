//! `ccadmin user show`.

use insta::assert_snapshot;

use crate::common::TestEnv;

#[test]
fn a_table_is_name_and_value_lines() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james"), @"");
}

#[test]
fn json_is_the_documented_shape() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james -o json"), @"");
    assert_snapshot!(env.run("user show eva -o jsonl"), @"");
}

#[test]
fn csv_has_the_columns_of_an_export() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show james -o csv"), @"");
}

#[test]
fn who_is_not_there_is_not_found() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user show James"), @"");
    assert_snapshot!(env.run("user show jmaes"), @"");
    assert_snapshot!(env.run("user show zebulon -o json"), @"");
}

#[test]
fn an_inactive_project_has_no_share() {
    let env = TestEnv::with_users();
    env.run("project deactivate en-support").success();
    assert_snapshot!(env.run("user show james -o json").json()["projects"].to_string(), @"");
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
    assert!(table.stdout.contains("2026-11-21 10:00:00+01:00"), "{table}");
    let json = env.call("user show james -o json").env("TZ", "Europe/Budapest").output().json();
    assert_eq!(json["created_at"], "2026-11-21T09:00:00Z");
}
