//! One change for many users: named with commas, on stdin, or by `--where FIELD=VALUE`.

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{PASSWORD, TestEnv};

/// Four users: ann and bob in the team voice, bob inactive, cid in chat; dan takes no calls.
fn crowd() -> TestEnv {
    let env = TestEnv::with_places();
    for line in [
        "user create ann --name Ann --role agent --team voice --language hu --generate-password",
        "user create bob --name Bob --role agent --team voice --inactive --generate-password",
        "user create cid --name Cid --role agent --team chat --language en --generate-password",
        "user create dan --name Dan --role requester --generate-password",
    ] {
        env.run(line).success();
    }
    env
}

/// Signs somebody in who is to have this role.
fn session_of(env: &TestEnv, username: &str, role: &str) -> String {
    let line = format!(
        "user create {username} --name {username} --role {role} --password-stdin --permanent-password"
    );
    env.call(line.as_str()).stdin(PASSWORD).output().success();
    let login = format!("login {username} --password-stdin --print");
    let output = env.call(login.as_str()).stdin(PASSWORD).output();
    output.success();
    output.stdout.trim().to_owned()
}

#[test]
fn a_list_shows_who_is_meant() {
    let env = crowd();
    let names = |fields: &str| {
        let output = env.run(format!("user list --field username {fields}").as_str());
        output.success();
        output.stdout.lines().collect::<Vec<_>>().join(" ")
    };
    for (fields, expected) in [
        ("--where team=voice", "ann bob"),
        ("--where team=voice --where team=chat", "ann bob cid"),
        ("--where team=voice --where state=active", "ann"),
        ("--where state=active --where state=inactive", "ann bob cid dan"),
        ("--where language=hu --where language=en", "ann cid"),
        ("--where search=an --where search=ob", "ann bob dan"),
        ("--where search=a=b", ""),
        ("--where password=none --where password=temporary", "ann bob cid dan"),
        ("--where password-set-by=os:root --where password_set_by=nobody", "ann bob cid dan"),
        ("--where never_signed_in=true --where role=requester", "dan"),
        ("--where missing=team", "dan"),
        ("--where created-since=1d --where created-since=2030-01-01", "ann bob cid dan"),
        ("--where created-before=2030-01-01 --where created-before=1d", "ann bob cid dan"),
        // Beside the options of the same name.
        ("--team chat --where team=voice", "ann bob cid"),
        ("--role agent --where state=inactive", "bob"),
        ("--language hu --language en", "ann cid"),
        ("--state active --state inactive", "ann bob cid dan"),
    ] {
        assert_eq!(names(fields), expected, "{fields}");
    }
    assert_eq!(env.run("user export - -o csv --where team=voice").stdout.lines().count(), 3);
    let matrix = env.run("weight matrix -o csv --where team=chat --where role=agent");
    assert_eq!(matrix.stdout, "username,projects\ncid,-\n");
}

#[test]
fn what_is_no_field() {
    let env = crowd();
    assert_snapshot!(env.run("user list --where teams=voice"), @"
    --- stderr ---
    error: --where: there is no field `teams`
    hint: did you mean `team`?
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --where shoe-size=44"), @"
    --- stderr ---
    error: --where: there is no field `shoe-size`
    hint: the fields are state, role, project, team, skill, language, search, missing, password, password-set-by, locked, never-signed-in, created-since, created-before, ends-before
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --where voice"), @"
    --- stderr ---
    error: --where: `voice` has no `=`
    hint: write FIELD=VALUE, such as `team=voice`
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list --where locked=maybe"), @"
    --- stderr ---
    error: --where: `locked` is true, or left out
    hint: write locked=true
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user deactivate --where state=activ --yes"), @"
    --- stderr ---
    error: invalid value 'activ' for '--state <active|inactive>' [possible values: active, inactive]
    hint: did you mean `active`?
    [exit status: 2]
    ");
    for (call, status) in [
        ("user list --where team=nowhere", 3),
        ("user delete --where team=nowhere --yes", 3),
        ("user list --where where=team=voice", 2),
        ("user list --where =voice", 2),
        ("user list --where team=", 8),
    ] {
        assert_eq!(env.run(call).status, Some(status), "{call}");
    }
}

#[test]
fn a_program_says_that_all_are_meant() {
    let env = crowd();
    let before = env.contents();
    assert_snapshot!(env.run("user deactivate --where team=voice"), @"
    --- stderr ---
    error: missing: --yes, to change 2 users (ann, bob)
    hint: `ccadmin user list` with the same --where lists them
    [exit status: 2]
    ");
    for refused in [
        "user deactivate ann --where team=voice --yes",
        "user deactivate",
        "user deactivate --where team=voice --yes --ignore-missing",
        "user unlock --caller root --where team=voice",
        "user delete --where team=voice",
        "user update ann --where team=voice --language hu",
        "user update --language hu",
        "user update --where team=voice --yes",
        "assign-project --where team=voice hu-support",
        "assign-project --where team=voice --yes",
        "set-weight --where team=voice hu-support --yes",
        "passwd --where team=voice --generate-password",
        "passwd --where team=voice --yes",
        "passwd --own --where team=voice --yes",
    ] {
        assert_eq!(env.run(refused).status, Some(2), "{refused}");
    }
    for typed in [
        "passwd --where team=voice --yes",
        "user update --where team=voice --yes",
        "passwd ann bob",
    ] {
        let output = env.call(&*format!("{typed} --password-stdin")).stdin(PASSWORD).output();
        assert_eq!(output.status, Some(2), "{output}");
        assert!(output.stderr.contains("one typed password"), "{output}");
    }
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("user deactivate --where team=voice --yes"), @"
    --- stderr ---
    deactivated ann
    already inactive: bob
    [exit status: 0]
    ");
    let nobody = env.run("user deactivate --where team=voice --where state=active --yes -o json");
    assert_snapshot!(nobody, @"
    []
    [exit status: 0]
    ");
    env.run("user activate --where state=inactive --yes").success();
    assert_eq!(env.run("user list --state active --count").stdout, "4\n");
    let made = env.run("passwd --where team=voice --generate-password --yes -o jsonl");
    assert_eq!(made.stdout.lines().count(), 2, "{made}");
    env.run("passwd --where team=voice --expire --yes").success();
    env.run("user unlock --where team=voice --yes").success();
    env.run("user delete --where team=voice --yes").success();
    assert_eq!(env.run("user list --field username").stdout, "cid\ndan\n");
}

#[test]
fn places_and_weights_of_many() {
    let env = crowd();
    assert_snapshot!(env.run("assign-project --where team=voice hu-support:20 en-support --yes"), @"
    --- stderr ---
    assigned ann to hu-support, en-support
    shares of ann: en-support 0 % -> 33 %, hu-support 0 % -> 67 % (while calls wait in all of their active projects)
    assigned bob to hu-support, en-support
    [exit status: 0]
    ");
    assert_snapshot!(env.run("set-weight --where project=hu-support hu-support 40 --yes -o jsonl -q"), @r#"
    {"username":"ann","full_name":"Ann","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[],"language":"hu","project_selection":true,"projects":[{"project":"en-support","weight":10,"share":0.2,"from":null,"until":null},{"project":"hu-support","weight":40,"share":0.8,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    {"username":"bob","full_name":"Bob","email":null,"phone":null,"state":"inactive","from":null,"until":null,"roles":["agent"],"teams":["voice"],"skills":[],"language":null,"project_selection":true,"projects":[{"project":"en-support","weight":10,"share":0.0,"from":null,"until":null},{"project":"hu-support","weight":40,"share":0.0,"from":null,"until":null}],"password":{"state":"temporary","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":"2026-11-28T09:00:00Z"},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("unassign-project ann,bob,cid en-support"), @"
    --- stderr ---
    took ann out of en-support
    shares of ann: en-support 20 % -> 0 %, hu-support 80 % -> 100 % (while calls wait in all of their active projects)
    warning: the project `en-support` has no active agent left
    took bob out of en-support
    already unassigned: cid from en-support
    [exit status: 0]
    ");
    let names = "bob\nann\n";
    assert_snapshot!(env.call("set-weight - hu-support 7").stdin(names).output(), @"
    --- stderr ---
    bob has weight 7 in hu-support
    ann has weight 7 in hu-support
    [exit status: 0]
    ");
    env.call("assign-project - en-support").stdin(names).output().success();
    env.call("unassign-project - en-support").stdin(names).output().success();
    assert_snapshot!(env.run("user list --columns username,projects"), @"
    USERNAME  PROJECTS
    ann       hu-support:7
    bob       hu-support:7
    cid       -
    dan       -
    [exit status: 0]
    ");
    // One who cannot be: named, the others are; on stdin, nobody is.
    assert_snapshot!(env.run("assign-project dan,gone,cid hu-support"), @"
    --- stderr ---
    error: `dan` takes no calls: only users with the role agent or external-agent can be assigned to projects
    hint: give one of these roles too: `user create --role`, or `user update --add-role`
    error: there is no user `gone`
    hint: `ccadmin user list` shows those that exist
    assigned cid to hu-support
    shares of cid: hu-support 0 % -> 100 % (while calls wait in all of their active projects)
    [exit status: 4]
    ");
    let before = env.contents();
    for call in ["assign-project - en-support", "set-weight - hu-support 9"] {
        let output = env.call(call).stdin("ann\ndan\n").output();
        assert_eq!(output.status, Some(4), "{output}");
    }
    assert_eq!(env.contents(), before);
    assert_snapshot!(env.run("unassign-project gone,ann hu-support --ignore-missing"), @"
    --- stderr ---
    not there: gone
    took ann out of hu-support
    shares of ann: hu-support 100 % -> 0 % (while calls wait in all of their active projects)
    [exit status: 0]
    ");
}

#[test]
fn updates_of_many() {
    let env = crowd();
    assert_snapshot!(env.run("user update ann,bob --add-team chat --language de"), @"
    --- stderr ---
    updated ann
    updated bob
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user update --where team=chat --remove-team voice --yes"), @"
    --- stderr ---
    updated ann
    updated bob
    already up to date: cid
    [exit status: 0]
    ");
    assert_snapshot!(env.call("user update - --clear language").stdin("cid\nann\n").output(), @"
    --- stderr ---
    updated cid
    updated ann
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user update cid,gone --language hu"), @"
    --- stderr ---
    updated cid
    error: there is no user `gone`
    hint: `ccadmin user list` shows those that exist
    [exit status: 3]
    ");
    let before = env.contents();
    let output = env.call("user update - --language fr").stdin("cid\ngone\n").output();
    assert_eq!((output.status, env.contents()), (Some(3), before), "{output}");
    // Each gets a password of their own.
    let line =
        "user update --where team=chat --add-role supervisor --generate-password --yes -o json";
    let output = env.run(line);
    let views = output.json();
    let passwords: std::collections::BTreeSet<_> = views
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["temporary_password"].to_string())
        .collect();
    assert_eq!(passwords.len(), 3, "{output}");
    assert!(!passwords.contains("null"));
    env.run("user update ann,bob --add-role admin --generate-password --credentials new.csv -q")
        .success();
    let made = std::fs::read_to_string(env.path("new.csv")).unwrap();
    assert_eq!(made.lines().count(), 3, "{made}");
    assert_eq!(env.run("user update ann, --language hu").status, Some(8));
    let both = env.call("user update - --password-stdin").stdin("ann\n").output();
    assert_eq!(both.status, Some(2), "{both}");
}

/// One whom the rights do not reach keeps all others as they are, and whoever may do nothing is told
/// so before anybody is looked for.
#[test]
fn rights_hold_for_all_or_none() {
    let env = crowd();
    let supervisor = session_of(&env, "sue", "supervisor");
    let agent = session_of(&env, "al", "agent");
    session_of(&env, "boss", "admin");
    let count = |env: &TestEnv| env.run("user list --state inactive --count").stdout;
    let before = count(&env);
    for call in [
        "user deactivate --where state=active --yes",
        "user update --where state=active --language hu --yes",
        "set-weight --where search=boss hu-support 20 --yes",
        "unassign-project --where state=active hu-support --yes",
        "passwd --where state=active --expire --yes",
        "user delete --where team=voice --yes",
    ] {
        let output = env.call(call).env("CCADMIN_SESSION", &supervisor).output();
        assert_eq!(output.status, Some(5), "{call}: {output}");
        assert!(
            env.run("audit list --limit 1 --field outcome").stdout.contains("denied"),
            "{call}"
        );
        let output = env.call(call).env("CCADMIN_SESSION", &agent).output();
        assert_eq!(output.status, Some(5), "{call}: {output}");
    }
    assert_eq!(count(&env), before);
    assert_snapshot!(env.run("audit list --limit 2 --columns actor,action,outcome"), @"
    ACTOR  ACTION       OUTCOME
    al     user.delete  denied
    sue    user.delete  denied
    [exit status: 0]
    ");
    let own = "user deactivate --where team=voice --yes";
    env.call(own).env("CCADMIN_SESSION", &supervisor).output().success();
    assert_snapshot!(env.run("user delete --where role=admin --yes --as-owner"), @"
    --- stderr ---
    error: `boss` is the last admin who can act
    hint: make another user an admin first
    [exit status: 4]
    ");
}

#[test]
fn a_person_is_asked() {
    let home = Home::new();
    home.does("ccadmin team create voice && ccadmin project create hu-support");
    for name in ["ann", "bob"] {
        home.does(&format!(
            "ccadmin user create {name} --name X --role agent --team voice --generate-password"
        ));
    }
    let mut desk = home.sits_at("ccadmin user deactivate --where team=voice");
    desk.is_asked("Deactivate 2 users (ann, bob)? [y/N]: ", "n");
    desk.leaves().exited(2).shows("nothing was changed");
    for (call, question, done) in [
        (
            "ccadmin user update --where team=voice --language hu --name 'A B'",
            "Update 2 users (ann, bob) with --language hu --name 'A B'? [y/N]: ",
            "updated bob",
        ),
        (
            "ccadmin assign-project --where team=voice hu-support --replace",
            "Assign 2 users (ann, bob) to hu-support, and take them out of all others? [y/N]: ",
            "assigned bob to hu-support",
        ),
        (
            "ccadmin set-weight --where team=voice hu-support 20",
            "Give 2 users (ann, bob) weight 20 in hu-support? [y/N]: ",
            "bob has weight 20 in hu-support",
        ),
        (
            "ccadmin unassign-project --where search=ann hu-support",
            "Take 1 user (ann) out of hu-support? [y/N]: ",
            "took ann out of hu-support",
        ),
        (
            "ccadmin passwd --where team=voice --expire",
            "Expire the passwords of 2 users (ann, bob)? [y/N]: ",
            "bob",
        ),
        (
            "ccadmin passwd --where team=voice --generate-password",
            "Set the passwords of 2 users (ann, bob)? [y/N]: ",
            "set the password of bob",
        ),
        (
            "ccadmin user delete --where team=voice",
            "Delete 2 users (ann, bob) for good? [y/N]: ",
            "deleted bob",
        ),
    ] {
        let mut desk = home.sits_at(call);
        desk.is_asked(question, "y");
        desk.leaves().exited(0).shows(done);
    }
    // What there is now can be shown of one user alone.
    home.sits_at("ccadmin user update ann,bob").leaves().exited(2).shows("nothing to change");
    home.sits_at("ccadmin user update ann,bob -i").leaves().exited(2).shows("one user");
}
