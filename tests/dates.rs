//! `--from` and `--until` of users and assignments, and the priority of projects.

use insta::assert_snapshot;

use crate::common::TestEnv;

/// The local zone, in which clocks go from 03:00 to 02:00 on 2026-10-25.
const ZONE: &str = "Europe/Budapest";

fn fields(env: &TestEnv, username: &str) -> String {
    let user = env.run(format!("user show {username} -o json").as_str()).json();
    format!("{} {} {}", user["state"], user["from"], user["until"])
}

#[test]
fn a_user_takes_part_within_their_dates() {
    let env = TestEnv::with_places();
    env.run("user create ann --name Ann --role agent --from 1d --until 2026-12-24T10:00:00Z --generate-password")
        .success();
    assert_snapshot!(fields(&env, "ann"), @r#""inactive" "2026-11-22T09:00:00Z" "2026-12-24T10:00:00Z""#);
    env.run("user create bob --name Bob --role agent --until 14d --generate-password").success();
    assert_snapshot!(fields(&env, "bob"), @r#""active" null "2026-12-05T09:00:00Z""#);
    assert_snapshot!(env.run("user list --state active --field username"), @"
    bob
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --ends-before 15d --columns username,until"), @"
    USERNAME  UNTIL (UTC)
    bob       Sat 5 Dec 2026 09:00
    [exit status: 0]
    ");
    env.run("user update bob --clear until --from none").success();
    assert_snapshot!(fields(&env, "bob"), @r#""active" null null"#);
    assert_snapshot!(env.run("user update bob --until 2026-11-21T09:00:00Z"), @"
    --- stderr ---
    updated bob
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user activate bob"), @"
    --- stderr ---
    already active: bob
    bob is inactive all the same: their time ended Sat 21 Nov 2026 09:00 (`ccadmin user update bob --clear until`)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user update bob --until 3d --from 3d"), @"
    --- stderr ---
    error: it ends 2026-11-24T09:00:00Z, which is not after it begins, 2026-11-24T09:00:00Z
    [exit status: 8]
    ");
    assert_snapshot!(env.run("user update bob --until 3d --clear until"), @"
    --- stderr ---
    error: a field is both set and cleared
    hint: give either the option or its name in --clear
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update bob --until yesterday"), @"
    --- stderr ---
    error: `yesterday` is not a time
    hint: write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z
    [exit status: 8]
    ");
}

/// A date is its first moment where the caller is, also on a day of 25 hours and of 23.
#[test]
fn dates_are_local() {
    let env = TestEnv::with_places();
    let create = "user create ann --name Ann --role agent --generate-password";
    env.run(create).success();
    for (date, until) in [
        ("2026-12-31", "2026-12-30T23:00:00Z"),
        ("2027-03-28", "2027-03-27T23:00:00Z"),
        ("2027-03-29", "2027-03-28T22:00:00Z"),
        ("2027-10-31", "2027-10-30T22:00:00Z"),
        ("2027-11-01", "2027-10-31T23:00:00Z"),
    ] {
        let update = format!("user update ann --until {date}");
        env.call(update.as_str()).env("TZ", ZONE).output().success();
        let shown = env.run("user show ann -o json").json();
        assert_eq!(shown["until"], until, "{date}");
    }
}

#[test]
fn an_assignment_has_dates_of_its_own() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("assign-project james hu-support --until 2026-12-01T00:00:00Z"), @"
    --- stderr ---
    assigned james to hu-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user show james -o json").part("projects"), @r#"[{"from":null,"project":"en-support","share":0.667,"until":null,"weight":20},{"from":null,"project":"hu-support","share":0.333,"until":"2026-12-01T00:00:00Z","weight":10}]"#);
    assert_snapshot!(env.run("assign-project james hu-support:30 --from 1d"), @"
    --- stderr ---
    assigned james to hu-support
    shares of james: en-support 67 % -> 100 %, hu-support 33 % -> 0 % (while calls wait in all of their active projects)
    warning: the project `hu-support` has no active agent left
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user list --project hu-support --count"), @"
    0
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project show hu-support -o jsonl").part("agents"), @r#"[{"from":"2026-11-22T09:00:00Z","share":0.0,"state":"active","until":"2026-12-01T00:00:00Z","username":"james","weight":30}]"#);
    env.run("assign-project james hu-support --from none --until none").success();
    let projects = env.run("user show james -o json").part("projects");
    assert!(!projects.contains("2026"), "{projects}");
}

/// What is exported is imported again: dates and states as they were set.
#[test]
fn dates_go_out_and_come_back() {
    let env = TestEnv::with_users();
    env.run("user update james --from 1d --until 30d").success();
    env.run("assign-project james hu-support --until 5d").success();
    env.run("user create gone --name Gone --role agent --until 2d --inactive --generate-password")
        .success();
    assert_snapshot!(env.run("user export - -o csv").stdout, @"
    username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
    james,James Carter,james@example.com,+36201234567,active,agent,voice,billing:3,en-GB,true,en-support:20;hu-support:10@/2026-11-26T09:00:00Z,2026-11-22T09:00:00Z,2026-12-21T09:00:00Z
    eva,Kovács Éva,,,active,supervisor,,,,true,,,
    gone,Gone,,,inactive,agent,,,,true,,,2026-11-23T09:00:00Z
    ");
    for form in ["csv", "jsonl", "xlsx"] {
        let file = env.home().join(format!("users.{form}"));
        let file = file.to_str().unwrap();
        env.run(format!("user export {file}").as_str()).success();
        let copy = TestEnv::with_places();
        copy.run(format!("user import {file} --no-password").as_str()).success();
        let whole = |env: &TestEnv| env.run("user export - -o csv").stdout;
        assert_eq!(whole(&copy), whole(&env), "{form}");
        // Nothing is left to change.
        let again =
            copy.run(format!("user import {file} --no-password --on-conflict update").as_str());
        assert!(again.stderr.contains("0 changed, 3 left unchanged"), "{}", again.stderr);
    }
}

#[test]
fn a_row_sets_and_clears_dates() {
    let env = TestEnv::with_users();
    let import = |row: &str| {
        let file = format!("username,until,projects\n{row}\n");
        env.call("user import - --on-conflict update --no-password").stdin(&file).output()
    };
    import("james,2026-12-31 18:00,+hu-support:5@/2026-12-01T00:00:00Z").success();
    let james = env.run("user show james -o json").json();
    assert_eq!(james["until"], "2026-12-31T18:00:00Z");
    assert_eq!(james["projects"][1]["until"], "2026-12-01T00:00:00Z");
    // A weight alone leaves the dates.
    import("james,-,+hu-support:7").success();
    let james = env.run("user show james -o json").json();
    assert_eq!(james["until"], serde_json::Value::Null);
    assert_eq!(james["projects"][1]["until"], "2026-12-01T00:00:00Z");
    let refused = import("james,soon,").stderr;
    assert!(refused.contains("`soon` is not a time"), "{refused}");
}

#[test]
fn a_project_has_a_priority() {
    let env = TestEnv::with_users();
    env.run("project create vip --priority 7").success();
    assert_eq!(env.run("project show vip -o json").json()["priority"], 7);
    assert_snapshot!(env.run("project update vip --priority 100"), @"
    --- stderr ---
    updated vip
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project list --columns name,priority"), @"
    NAME        PRIORITY
    en-support         0
    hu-support         0
    vip              100
    [exit status: 0]
    ");
    // Beside a share it is said what goes before weights.
    env.run("assign-project james vip:10").success();
    let shown = env.run("weight show james");
    assert!(shown.stdout.contains("priority: calls of a project with a higher"), "{shown}");
    let solved = env.run("weight solve james vip 40%");
    assert!(solved.stderr.contains("warning: calls of a project with a higher"), "{solved}");
    let alike = env.run("weight show eva");
    assert!(!alike.stdout.contains("priority:"), "{alike}");
    assert_eq!(env.run("project update vip --priority 101").status, Some(2));
    assert_eq!(env.run("project update vip --priority -1").status, Some(2));
    let queues = env.run("project export --for asterisk --project vip").stdout;
    assert!(queues.contains("[vip]\nstrategy = wrandom\nweight = 100\n"), "{queues}");
    let changes = env.run("audit list --action project.update -o jsonl --limit 1").stdout;
    assert!(changes.contains(r#""before":{"priority":7},"after":{"priority":100}"#), "{changes}");
}
