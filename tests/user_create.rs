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
    ), @"");
    assert_eq!(env.audit().last().unwrap(), "user.create james");
}

#[test]
fn in_table_form_stdout_is_the_password_alone() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("user create james --name James --role admin --generate-password"), @"");
    assert_snapshot!(env.run("user create eva --name Eva --role requester --generate-password -q"), @"");
}

#[test]
fn csv_and_jsonl_carry_the_password_too() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run(
        "user create james --name James --role agent --phone +36201234567 --skill billing:5 \
         --project hu-support:20 --project en-support --generate-password -o csv"
    ), @"");
    assert_snapshot!(
        env.run("user create eva --name Eva --role requester --generate-password -o jsonl"), @"");
}

#[test]
fn a_password_that_somebody_chose_is_not_shown() {
    let env = TestEnv::new();
    assert_snapshot!(
        env.call("user create james --name James --role admin --password-stdin")
            .stdin(format!("{PASSWORD}\n"))
            .output(),
        @"");
    env.write("secret", format!("{PASSWORD}\r\nnever read\n"));
    assert_snapshot!(
        env.sh("$ccadmin user create eva --name Eva --role admin --password-fd 3 -o json 3<secret")
            .output(),
        @"");
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
    let state = |line: &str| env.run(line).json()["password"].to_string();
    assert_snapshot!(
        state("user create a --name A --role agent --generate-password --permanent-password -o json"),
        @"");
    assert_snapshot!(
        state("user create b --name B --role agent --generate-password --expires 2026-12-24 -o json"),
        @"");
    assert_snapshot!(
        state("user create c --name C --role agent --generate-password --expires 2026-12-24T10:00:00+01:00 -o json"),
        @"");
    env.config("[password]\ntemporary_ttl = \"12h\"\n");
    assert_snapshot!(
        state("user create d --name D --role agent --generate-password -o json"), @"");
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires 2020-01-01"),
        @"");
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires soon"), @"");
    assert_snapshot!(
        env.run("user create e --name E --role agent --generate-password --expires 7d --permanent-password"),
        @"");
}

#[test]
fn what_is_missing_is_named_at_once() {
    let env = TestEnv::new();
    assert_snapshot!(env.run("user create"), @"");
    assert_snapshot!(env.run("user create james --role agent --no-input"), @"");
    assert_snapshot!(env.run("user create -i"), @"");
    assert!(!env.store().exists());
}

#[test]
fn a_site_can_ask_for_more() {
    let env = TestEnv::with_places();
    env.config("[user]\nrequire = [\"email\", \"team\", \"project\", \"skill\", \"language\"]\n");
    assert_snapshot!(env.run("user create james --name James --role agent"), @"");
    assert_snapshot!(
        env.run("user create james --name James --role requester --generate-password"), @"");
    env.run(
        "user create james --name James --role requester --email j@example.com --team voice \
         --language hu --generate-password",
    )
    .success();

    env.config("[two_factor]\nrequired = true\n");
    assert_snapshot!(env.run("user create eva --name Eva --role admin --generate-password"), @"");
    env.call("user create eva --name Eva --role admin --phone +36201234567 --password-stdin")
        .stdin("Teekanne\n")
        .output();
}

#[test]
fn if_not_exists_takes_it_as_done() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let line = "user create james --name Other --role admin --generate-password --if-not-exists";
    assert_snapshot!(env.run(line), @"");
    assert_snapshot!(env.run(&*format!("{line} -q")), @"");
    assert_snapshot!(env.run(&*format!("{line} -o json")), @"");
    assert_snapshot!(env.run(&*format!("{line} -o csv")), @"");
    env.call("user create james --name Other --role admin --password-stdin --if-not-exists")
        .stdin(format!("{PASSWORD}\n"))
        .output()
        .success();
    assert_eq!(env.contents(), before);

    let made = env.run("user create new --name New --role agent --generate-password --if-not-exists -o json");
    assert!(is_password(made.json()["temporary_password"].as_str().unwrap()));
}

#[test]
fn who_is_there_already_is_a_conflict() {
    let env = TestEnv::with_users();
    let before = env.contents();
    assert_snapshot!(
        env.run("user create james --name James --role agent --generate-password"), @"");
    assert_snapshot!(
        env.call("user create james --name James --role agent --password-stdin -o json")
            .stdin(format!("{PASSWORD}\n"))
            .output(),
        @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn a_case_twin_is_another_user_and_warned_of() {
    let env = TestEnv::with_users();
    assert_snapshot!(
        env.run("user create James --name 'Other James' --role agent --generate-password"), @"");
    assert_snapshot!(
        env.run("user create JAMES --name 'Third James' --role agent --generate-password -q -o jsonl")
            .stderr,
        @"");
    assert_snapshot!(env.run("user list --field username"), @"");
}

#[test]
fn roles_are_read_in_any_case_and_operator_is_an_agent() {
    let env = TestEnv::new();
    let roles = |line: &str| env.run(line).json()["roles"].to_string();
    assert_snapshot!(
        roles("user create a --name A --role Supervisor --role ADMIN --role agent --generate-password -o json"),
        @"");
    assert_snapshot!(
        roles("user create b --name B --role Operator --role agent --generate-password -o json"),
        @"");
    assert_snapshot!(
        roles("user create c --name C --role External-Agent --generate-password -o json"), @"");
    assert_snapshot!(env.run("user create d --name D --role boss --generate-password"), @"");
}

#[test]
fn what_was_given_last_counts() {
    let env = TestEnv::with_places();
    let user = env.run(
        "user create a --name A --role agent --team voice --team voice --skill billing:2 \
         --skill billing:4 --project hu-support:5 --project hu-support:7 --generate-password -o json",
    );
    let user = user.json();
    assert_snapshot!(
        format!("{} {} {}", user["teams"], user["skills"], user["projects"]), @"");
}

#[test]
fn an_inactive_user_can_be_made() {
    let env = TestEnv::with_places();
    let user = env.run(
        "user create a --name A --role agent --project hu-support --inactive \
         --generate-password -o json",
    );
    let user = user.json();
    assert_snapshot!(format!("{} {}", user["state"], user["projects"]), @"");
}

#[test]
fn names_that_are_not_there_are_not_found() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let create = "user create bob --name Bob --role agent --generate-password";
    assert_snapshot!(env.run(&*format!("{create} --project hu-suport")), @"");
    assert_snapshot!(env.run(&*format!("{create} --team nowhere")), @"");
    assert_snapshot!(env.run(&*format!("{create} --skill biling -o json")), @"");
    assert_eq!(env.contents(), before);
}

#[test]
fn only_call_takers_get_projects_and_only_active_ones() {
    let env = TestEnv::with_users();
    env.run("project deactivate en-support").success();
    let before = env.contents();
    assert_snapshot!(
        env.run("user create bob --name Bob --role requester --project hu-support --generate-password"),
        @"");
    assert_snapshot!(
        env.run("user create bob --name Bob --role agent --project en-support --generate-password"),
        @"");
    assert_eq!(env.contents(), before);
    env.run("user create bob --name Bob --role external-agent --project hu-support --generate-password")
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
    assert_snapshot!(env.run(&*format!("{create}:0")), @"");
    assert_snapshot!(env.run(&*format!("{create}:101")), @"");
    env.config("[weights]\nmin = 10\ndefault = 50\nmax = 1000\n");
    assert_snapshot!(env.run(&*format!("{create}:5")), @"");
    let user = env.run(&*format!("{create} --project en-support:1000 -o json")).json();
    assert_snapshot!(user["projects"].to_string(), @"");
}

#[test]
fn a_national_phone_number_needs_a_region() {
    let env = TestEnv::new();
    let create = "user create bob --name Bob --role agent --generate-password --phone '06 20 123 4567'";
    assert_snapshot!(env.run(create), @"");
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
        env.run("user create a --name A --role agent --generate-password --password-stdin"), @"");
    assert_snapshot!(
        env.run("user create a --name A --role agent --password-fd 3 --password-stdin"), @"");
    assert_snapshot!(env.run("user create a --name A --role agent --password-fd 7"), @"");
    assert_snapshot!(env.run("user create a --name A --role agent --password-fd x"), @"");
    assert!(!env.store().exists());
}
