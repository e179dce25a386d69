//! `ccadmin weight`, all its verbs, and the shares that other commands tell.

use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::common::{PASSWORD, TestEnv};

/// James (hu 10, en 20), Bob (hu 40) and Ann, who is inactive (hu 10).
fn staffed() -> TestEnv {
    let env = TestEnv::with_users();
    for line in [
        "user create bob --name Bob --role agent --project hu-support:40 --generate-password",
        "user create ann --name Ann --role agent --project hu-support --inactive --generate-password",
    ] {
        env.run(line).success();
    }
    env
}

#[test]
fn showing_both_sides() {
    let env = staffed();
    assert_snapshot!(env.run("weight show james"), @"
    PROJECT     STATE   PRIORITY  WEIGHT  SHARE  NEXT CALL
    en-support  active         0      20   67 %      100 %
    hu-support  active         0      10   33 %       20 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight show hu-support"), @"
    USERNAME  STATE     WEIGHT  SHARE  NEXT CALL
    ann       inactive      10    0 %        0 %
    bob       active        40  100 %       80 %
    james     active        10   33 %       20 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight show james -o json"), @r#"
    {
      "username": "james",
      "state": "active",
      "projects": [
        {
          "project": "en-support",
          "state": "active",
          "priority": 0,
          "weight": 20,
          "share": 0.667,
          "next_call": 1.0
        },
        {
          "project": "hu-support",
          "state": "active",
          "priority": 0,
          "weight": 10,
          "share": 0.333,
          "next_call": 0.2
        }
      ],
      "priorities_differ": false,
      "conditions": {
        "share": "while calls wait in all of their active projects",
        "next_call": "while all active agents of the project are free"
      },
      "simulation": null
    }
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("weight show hu-support -o jsonl"), @r#"
    {"project":"hu-support","state":"active","agents":[{"username":"ann","state":"inactive","weight":10,"share":0.0,"next_call":0.0},{"username":"bob","state":"active","weight":40,"share":1.0,"next_call":0.8},{"username":"james","state":"active","weight":10,"share":0.333,"next_call":0.2}],"conditions":{"share":"while calls wait in all of their active projects","next_call":"while all active agents of the project are free"},"simulation":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("weight show hu-support -o csv"), @"
    username,state,weight,share,next_call
    ann,inactive,10,0,0
    bob,active,40,1,0.8
    james,active,10,0.333,0.2
    [exit status: 0]
    ");
}

/// An inactive user has no share, wherever it is told.
#[test]
fn the_same_share_everywhere() {
    let env = staffed();
    let share = |line: &str, list: &str, name: &str| {
        let json = env.run(line).json();
        let all = json[list].as_array().unwrap().clone();
        let found = all.iter().find(|one| one["username"] == name || one["project"] == name);
        found.unwrap()["share"].as_f64().unwrap()
    };
    for (user, wanted) in [("james", 0.333), ("bob", 1.0), ("ann", 0.0)] {
        for told in [
            share(&format!("user show {user} -o json"), "projects", "hu-support"),
            share(&format!("weight show {user} -o json"), "projects", "hu-support"),
            share("project show hu-support -o json", "agents", user),
            share("weight show hu-support -o json", "agents", user),
        ] {
            assert!((told - wanted).abs() < 1e-9, "{user}: {told}");
        }
    }
    assert_snapshot!(env.run("user activate ann"), @"
    --- stderr ---
    activated ann
    shares of ann: hu-support 0 % -> 100 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_snapshot!(
        env.run("user create ben --like james --name Ben --generate-password").stderr, @"
        created ben
        shares of ben: en-support 0 % -> 67 %, hu-support 0 % -> 33 % (while calls wait in all of their active projects)
        ");
}

#[test]
fn names_that_mean_nothing_or_two_things() {
    let env = staffed();
    assert_snapshot!(env.run("weight show hu-suport"), @"
    --- stderr ---
    error: there is no user and no project `hu-suport`
    hint: did you mean `hu-support`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("weight show jmes"), @"
    --- stderr ---
    error: there is no user and no project `jmes`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    env.run("project create james").success();
    assert_snapshot!(env.run("weight show james"), @"
    --- stderr ---
    error: both a user and a project are called `james`
    hint: `--kind user` or `--kind project` says which is meant
    [exit status: 2]
    ");
    env.run("weight show james --kind user").success();
    assert_eq!(env.run("weight show james --kind project -o json").part("project"), "\"james\"");
    assert_snapshot!(env.run("weight solve james hu-support 40% --kind project"), @"
    --- stderr ---
    error: there is no user `hu-support`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
}

#[test]
fn simulating() {
    let env = staffed();
    let line = "weight show james --traffic hu-support=38/h,en-support=10/h --talk 3m";
    let first = env.run(line);
    assert_snapshot!(first, @"
    PROJECT     STATE   PRIORITY  WEIGHT  SHARE  NEXT CALL
    en-support  active         0      20   67 %      100 %
    hu-support  active         0      10   33 %       20 %

    share: the part of their calls, while calls wait in all of their active projects
    next call: the chance to get it, while all active agents of the project are free

    PROJECT     CALLS PER HOUR          PART              WAIT
    hu-support              38  50.2 % ± 0.7       ever longer
    en-support              10  49.8 % ± 0.7  1074.0 s ± 107.3

    part: of the user's calls, in 100000 simulated ones (seed 1), ± with 95 %
    [exit status: 0]
    ");
    assert_eq!(first.stdout, env.run(line).stdout);
    assert_snapshot!(
        env.run("weight show hu-support --traffic hu-support=60/h --talk 3m -o csv"), @"
        project,username,calls_per_hour,part,part_error,wait,wait_error
        hu-support,bob,60,0.5,0.003,,
        hu-support,james,60,0.5,0.003,,
        [exit status: 0]
        ");
    // One agent alone cannot answer so many.
    let told = env.run("weight show james --traffic en-support=30/h --talk 3m -o json").json();
    assert!(told["simulation"]["rows"][0]["wait_seconds"].is_null(), "{told}");
    assert_eq!(told["simulation"]["calls"], 100_000);
    assert_snapshot!(env.run("weight show james --traffic hu-support=38 --talk 3m"), @"
    --- stderr ---
    error: invalid value 'hu-support=38' for '--traffic <P=N/h>': write it like hu-support=38/h, calls an hour
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(
        env.run("weight show james --traffic hu-support=1/h,hu-support=2/h --talk 3m"), @"
        --- stderr ---
        error: --traffic names a project twice
        [exit status: 2]
        ");
    assert_snapshot!(env.run("weight show hu-support --traffic en-support=1/h --talk 3m"), @"
    --- stderr ---
    error: --traffic does not name hu-support
    hint: a simulation of a project tells who takes its calls
    [exit status: 2]
    ");
    assert_snapshot!(env.run("weight show james --traffic nowhere=1/h --talk 3m"), @"
    --- stderr ---
    error: there is no project `nowhere`
    hint: `ccadmin project list` shows those that exist
    [exit status: 3]
    ");
    env.run("project deactivate en-support").success();
    assert_eq!(env.run("weight show james --traffic en-support=1/h --talk 3m").status, Some(4));
}

#[test]
fn solving() {
    let env = staffed();
    let before = env.contents();
    assert_snapshot!(env.run("weight solve james hu-support 40%"), @"
    PROJECT     BEFORE  WEIGHT
    en-support      20      18
    hu-support      10      12
    --- stderr ---
    these weights would give james 40 % of hu-support, while calls wait in all of their active projects (wished: 40%); --apply sets them
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight solve hu-support bob 50% -o json"), @r#"
    {
      "username": "bob",
      "project": "hu-support",
      "wished": 0.5,
      "before": 0.8,
      "given": 0.5,
      "condition": "while all active agents of the project are free",
      "weights": [
        {
          "project": "hu-support",
          "before": 40,
          "weight": 10
        }
      ],
      "applied": false
    }
    [exit status: 0]
    "#);
    assert_eq!(env.contents(), before);
    let entries = env.audit().len();
    assert_snapshot!(env.run("weight solve james hu-support 40% --apply"), @"
    --- stderr ---
    set the weights: james 40 % of hu-support, while calls wait in all of their active projects (wished: 40%)
    shares of james: en-support 67 % -> 60 %, hu-support 33 % -> 40 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
    assert_eq!(env.audit().split_off(entries), ["weight.set james"]);
    assert_snapshot!(env.run("weight solve james hu-support 40% --apply"), @"
    PROJECT     BEFORE  WEIGHT
    en-support      18      18
    hu-support      12      12
    --- stderr ---
    no weights come nearer than those that are there: james 40 % of hu-support, while calls wait in all of their active projects (wished: 40%)
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight solve hu-support bob 50% --apply -o csv"), @"
    project,before,weight
    hu-support,40,12
    --- stderr ---
    set the weights: bob 50 % of hu-support, while all active agents of the project are free (wished: 50%)
    [exit status: 0]
    ");
    assert_eq!(env.audit().split_off(entries), ["weight.set james", "weight.set bob"]);
    assert_snapshot!(env.run("weight solve james hu-support 40"), @"
    --- stderr ---
    error: `40` is not a share
    hint: write it in percent, above 0% and below 100%: 40%, 33.3%
    [exit status: 8]
    ");
    assert_snapshot!(env.run("weight solve eva hu-support 40%"), @"
    --- stderr ---
    error: `eva` is not assigned to `hu-support`
    hint: `ccadmin assign-project eva hu-support` assigns the user
    [exit status: 4]
    ");
}

#[test]
fn the_matrix() {
    let env = staffed();
    env.run("user create cid --name Cid --role external-agent --generate-password").success();
    assert_snapshot!(env.run("weight matrix"), @"
    USER   en-support  hu-support
    ann             -          10
    bob             -          40
    cid             -           -
    james          20          10
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight matrix -o csv"), @"
    username,projects
    ann,hu-support:10
    bob,hu-support:40
    cid,-
    james,en-support:20;hu-support:10
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight matrix --state active -o jsonl"), @r#"
    {"username":"bob","state":"active","projects":[{"project":"hu-support","weight":40,"share":1.0,"from":null,"until":null}]}
    {"username":"cid","state":"active","projects":[]}
    {"username":"james","state":"active","projects":[{"project":"en-support","weight":20,"share":0.667,"from":null,"until":null},{"project":"hu-support","weight":10,"share":0.333,"from":null,"until":null}]}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("weight matrix --project en-support"), @"
    USER   en-support
    james          20
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight matrix --project en-support --project hu-support --search bob -o csv"), @"
    username,projects
    bob,'-en-support;'+hu-support:40
    [exit status: 0]
    ");
    assert_snapshot!(env.run("weight matrix --team chat"), @"
    --- stderr ---
    no agents match
    [exit status: 0]
    ");
}

/// A client program learns who it lets in, and nothing of the password.
#[test]
fn authenticating_prints_the_user_as_json() {
    let env = TestEnv::with_users();
    env.call("passwd james --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let line = "authenticate james --password-stdin -o json";
    assert_snapshot!(env.call(line).stdin(PASSWORD).output(), @r#"
    {
      "username": "james",
      "full_name": "James Carter",
      "email": "james@example.com",
      "phone": "+36201234567",
      "state": "active",
      "from": null,
      "until": null,
      "roles": [
        "agent"
      ],
      "teams": [
        "voice"
      ],
      "skills": [
        {
          "skill": "billing",
          "level": 3
        }
      ],
      "language": "en-GB",
      "project_selection": true,
      "projects": [
        {
          "project": "en-support",
          "weight": 20,
          "share": 0.667,
          "from": null,
          "until": null
        },
        {
          "project": "hu-support",
          "weight": 10,
          "share": 0.333,
          "from": null,
          "until": null
        }
      ],
      "photo": false
    }
    [exit status: 0]
    "#);
    let wrong = env.call(line).stdin("seven wrong words in a row").output();
    assert_eq!((wrong.status, wrong.stdout.as_str()), (Some(6), ""));
    let table = env.call("authenticate james --password-stdin").stdin(PASSWORD).output();
    assert_eq!((table.status, table.stdout.as_str()), (Some(0), ""));
}

/// Whatever the weights are: what the matrix tells imports back to the same matrix.
#[test]
fn any_matrix_imports_back() {
    let env = TestEnv::with_places();
    for name in ["ann", "bob", "cid"] {
        let line = format!("user create {name} --name {name} --role agent --generate-password");
        env.run(line.as_str()).success();
    }
    let weights = || prop::collection::vec(prop::option::of(1_u32..=100), 6);
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(8)
    });
    let set = |weights: &[Option<u32>]| {
        let mut csv = "username,projects\n".to_owned();
        for (user, weights) in ["ann", "bob", "cid"].into_iter().zip(weights.chunks(2)) {
            let places = ["en-support", "hu-support"].iter().zip(weights);
            let cells: Vec<String> = places
                .filter_map(|(project, weight)| weight.map(|weight| format!("{project}:{weight}")))
                .collect();
            let cell = if cells.is_empty() { "-".to_owned() } else { cells.join(";") };
            csv.extend([user, ",", cell.as_str(), "\n"]);
        }
        env.call("user import - --on-conflict update").stdin(csv).output().success();
    };
    runner
        .run(&(weights(), weights(), any::<bool>()), |(first, second, narrowed)| {
            let chosen = if narrowed { " --project en-support" } else { "" };
            set(&first);
            let line = format!("weight matrix{chosen} -o csv");
            let matrix = env.run(line.as_str()).stdout;
            let told = env.run("weight matrix -o json").json();
            set(&second);
            env.call("user import - --on-conflict update").stdin(&matrix).output().success();
            let again = env.run(line.as_str()).stdout;
            if narrowed {
                // Who was in the chosen project has the same weight in it again.
                for row in matrix.lines().skip(1) {
                    prop_assert!(again.lines().any(|one| one == row), "{}: {}", row, again);
                }
            } else {
                prop_assert_eq!(again, matrix);
                prop_assert_eq!(env.run("weight matrix -o json").json(), told);
            }
            Ok(())
        })
        .unwrap();
}
