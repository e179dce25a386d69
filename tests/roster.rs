//! `roster export`, `roster diff` and `roster apply`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{PASSWORD, PROGRAM, TestEnv};

/// James (voice), Eva (supervisor), Anna and Bela (chat).
fn staff() -> TestEnv {
    let env = TestEnv::with_users();
    for name in ["anna", "bela"] {
        let line = format!(
            "user create {name} --name {name} --role agent --team chat --generate-password"
        );
        env.run(line.as_str()).success();
    }
    env
}

/// The store without the log, in which an export leaves an entry.
fn users(env: &TestEnv) -> String {
    env.run("user export -o jsonl -").stdout + &env.run("project list -o jsonl").stdout
}

#[test]
fn a_roster_is_sorted_and_has_one_value_a_line() {
    let env = staff();
    env.run("project update hu-support --priority 10 --description 'Hungarian \"calls\"'")
        .success();
    env.run("assign-project james hu-support --until 2027-01-01T00:00:00Z").success();
    env.run("user update james --project-selection off").success();
    assert_snapshot!(env.run("roster export voice.toml --owns team=voice"), @"
    --- stderr ---
    exported 1 user to voice.toml
    [exit status: 0]
    ");
    assert_snapshot!(fs::read_to_string(env.path("voice.toml")).unwrap(), @r#"
    # A roster of ccadmin. A field of `fields` that a user lacks here is to be empty;
    # users who are not among `owns` are never touched.
    owns = [
      "team=voice",
    ]
    fields = [
      "full_name",
      "email",
      "phone",
      "state",
      "roles",
      "teams",
      "skills",
      "language",
      "project_selection",
      "projects",
      "from",
      "until",
    ]
    teams = [
      "voice",
    ]
    skills = [
      "billing",
    ]

    [project.en-support]
    language = "en"

    [project.hu-support]
    language = "hu"
    description = "Hungarian \"calls\""
    priority = 10

    [user.james]
    full_name = "James Carter"
    email = "james@example.com"
    phone = "+36201234567"
    roles = ["agent"]
    teams = ["voice"]
    skills.billing = 3
    language = "en-GB"
    project_selection = false
    projects.en-support = 20
    projects.hu-support = { weight = 10, until = "2027-01-01T00:00:00Z" }
    "#);
    let mode = fs::metadata(env.path("voice.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(env.run("roster export voice.toml").status, Some(4));
    env.run("roster export voice.toml --force --where team=chat").success();
    assert_snapshot!(env.run("roster export voice.csv"), @"
    --- stderr ---
    error: voice.csv is not called .toml
    hint: a roster is TOML; `ccadmin user export` writes the other forms
    [exit status: 2]
    ");
    assert_eq!(env.run("roster export new.toml --owns team=nowhere").status, Some(3));
    let exports = env.run("audit list --action user.export --count");
    assert_eq!(exports.stdout, "2\n");
}

#[test]
fn what_was_exported_changes_nothing() {
    let env = staff();
    env.run("user deactivate bela").success();
    env.run("project deactivate en-support").success();
    env.run("roster export all.toml").success();
    let before = env.contents();
    assert_snapshot!(env.run("roster diff all.toml"), @"
    --- stderr ---
    the same: there is nothing to change
    [exit status: 0]
    ");
    assert_eq!(env.run("roster diff all.toml -o json").stdout, "[]\n");
    assert_snapshot!(env.run("roster apply all.toml --yes"), @"
    --- stderr ---
    the same: there is nothing to change
    [exit status: 0]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn another_store_becomes_what_the_roster_says() {
    let (env, other) = (staff(), TestEnv::new());
    env.run("roster export all.toml").success();
    other.write("all.toml", fs::read(env.path("all.toml")).unwrap());
    other.run("store init").success();
    assert_eq!(other.run("roster diff all.toml").status, Some(14));
    let line = "roster apply all.toml --yes --generate-passwords --credentials new.csv";
    other.run(line).success();
    other.run("roster export again.toml").success();
    let read = |name| fs::read_to_string(other.path(name)).unwrap();
    assert_eq!(read("again.toml"), read("all.toml"));
    assert_eq!(read("new.csv").lines().count(), 5);
    assert_eq!(other.run("roster diff all.toml").status, Some(0));
    other.run("store check").success();
}

const CHANGED: &str = r#"
owns = ["team=voice"]
fields = ["email", "phone", "teams", "skills", "projects"]
teams = ["night", "voice"]

[project.hu-support]
language = "hu"
priority = 5

[project.de-support]

[user.james]
full_name = "James Carter"
roles = ["agent"]
email = "jim@example.com"
teams = ["night", "voice"]
projects.de-support = 30
projects.en-support = 20

[user.zoe]
full_name = "Zoe"
roles = ["agent"]
teams = ["voice"]
"#;

#[test]
fn a_diff_tells_each_old_and_new_value() {
    let env = staff();
    env.write("voice.toml", CHANGED);
    let before = users(&env);
    assert_snapshot!(env.run("roster diff voice.toml"), @"
    LINE  ACTION  OBJECT   NAME        CHANGES
       -  create  team     night       -
       -  update  project  hu-support  priority: 0 -> 5
       -  create  project  de-support  priority: 0; state: active
      12  update  user     james       email: james@example.com -> jim@example.com; phone: +36201234567 -> -; projects: en-support:20,hu-support:10 -> de-support:30,en-support:20; skills: billing:3 -> -; teams: voice -> night,voice
      20  create  user     zoe         full_name: Zoe; project_selection: true; roles: agent; state: active; teams: voice
    --- stderr ---
    warning: the project `hu-support` has no active agent left
    [exit status: 14]
    ");
    assert_snapshot!(env.run("roster diff voice.toml -o jsonl"), @r#"
    {"line":null,"action":"create","object":"team","name":"night","revision":null,"changes":{}}
    {"line":null,"action":"update","object":"project","name":"hu-support","revision":null,"changes":{"priority":{"new":5,"old":0}}}
    {"line":null,"action":"create","object":"project","name":"de-support","revision":null,"changes":{"priority":{"new":0,"old":null},"state":{"new":"active","old":null}}}
    {"line":12,"action":"update","object":"user","name":"james","revision":1,"changes":{"email":{"new":"jim@example.com","old":"james@example.com"},"phone":{"new":null,"old":"+36201234567"},"projects":{"new":[{"project":"de-support","weight":30},{"project":"en-support","weight":20}],"old":[{"project":"en-support","weight":20},{"project":"hu-support","weight":10}]},"skills":{"new":[],"old":[{"level":3,"skill":"billing"}]},"teams":{"new":["night","voice"],"old":["voice"]}}}
    {"line":20,"action":"create","object":"user","name":"zoe","revision":null,"changes":{"full_name":{"new":"Zoe","old":null},"project_selection":{"new":true,"old":null},"roles":{"new":["agent"],"old":null},"state":{"new":"active","old":null},"teams":{"new":["voice"],"old":null}}}
    --- stderr ---
    {"warning":{"code":"no-active-agent","message":"the project `hu-support` has no active agent left","hint":null}}
    [exit status: 14]
    "#);
    // Nobody is asked about what is only tried.
    let tried = env.run("roster apply voice.toml --dry-run");
    assert_eq!(tried.stdout, env.run("roster diff voice.toml").stdout);
    assert!(tried.stderr.ends_with("dry run: nothing was changed\n"), "{tried}");
    assert_eq!(tried.status, Some(0), "{tried}");
    assert_eq!(users(&env), before);
    env.run("roster apply voice.toml --yes").success();
    assert_eq!(env.run("roster diff voice.toml").status, Some(0));
    assert_snapshot!(env.run("user show james --field projects"), @"
    de-support:30;en-support:20
    [exit status: 0]
    ");
    assert_snapshot!(env.run("audit list --limit 5 --columns action,subject,change"), @"
    ACTION          SUBJECT     CHANGE
    user.create     zoe         full name: Zoe; state: active; roles: agent; project selection: yes; teams: voice (batch 13)
    user.update     james       projects: -hu-support, +de-support:30; email: james@example.com -> jim@example.com; phone: +36201234567 -> -; skills: -billing; teams: +night (batch 13)
    project.create  de-support  state: active; priority: 0 (batch 13)
    project.update  hu-support  priority: 0 -> 5 (batch 13)
    team.create     night       batch 13
    [exit status: 0]
    ");
    env.run("store check").success();
}

#[test]
fn what_a_file_does_not_own_is_never_touched() {
    let env = staff();
    let before = env.contents();
    let refused = |text: &str| {
        env.write("r.toml", text);
        env.run("roster apply r.toml --yes")
    };
    let outside = "owns = ['team=voice']\n[user.anna]\nfull_name = 'Anna'\nteams = ['voice']\n";
    assert_snapshot!(refused(outside), @"
    --- stderr ---
    error: line 2, column `username`: `anna` is not, or would not be, among the users that the file owns
    error: 1 row was refused
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    let leaves = "owns = ['team=voice']\n\n[user.james]\nteams = ['chat']\n";
    assert_snapshot!(refused(leaves), @"
    --- stderr ---
    error: line 3: `james` is not, or would not be, among the users that the file owns
    error: 1 row was refused
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    let new = "owns = ['team=voice']\n[user.zoe]\nfull_name = 'Zoe'\nroles = ['agent']\n";
    assert_snapshot!(refused(new), @"
    --- stderr ---
    warning: active users whom the file owns and does not have: 1 (james); `--prune` deactivates them
    error: line 2: `zoe` is not, or would not be, among the users that the file owns
    error: 1 row was refused
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_eq!(refused("owns = ['team=nowhere']").status, Some(3));
    assert_eq!(env.contents(), before);
}

#[test]
fn who_is_not_in_the_file_is_named_and_stays() {
    let env = staff();
    env.write("chat.toml", "owns = ['team=chat']\n[user.anna]\nroles = ['agent']\n");
    assert_snapshot!(env.run("roster diff chat.toml"), @"
    --- stderr ---
    warning: active users whom the file owns and does not have: 1 (bela); `--prune` deactivates them
    the same: there is nothing to change
    [exit status: 0]
    ");
    assert_snapshot!(env.run("roster diff chat.toml --prune"), @"
    --- stderr ---
    error: 1 of 2 active users are not in the file, but at most 0 may be deactivated
    hint: nothing was changed; is the file complete? `--max-deactivate 1` allows it
    [exit status: 11]
    ");
    assert_snapshot!(env.run("roster diff chat.toml --prune --max-deactivate 50%"), @"
    LINE  ACTION      OBJECT  NAME  CHANGES
       -  deactivate  user    bela  state: active -> inactive
    [exit status: 14]
    ");
    env.run("roster apply chat.toml --prune --max-deactivate 1 --yes").success();
    assert_eq!(env.run("user list --state inactive --field username").stdout, "bela\n");
    // A file that says nothing owns nobody.
    env.write("some.csv", "username,language\nanna,hu\n");
    assert_snapshot!(env.run("roster diff some.csv"), @"
    LINE  ACTION  OBJECT  NAME  CHANGES
       2  update  user    anna  language: - -> hu
    [exit status: 14]
    ");
    assert_snapshot!(env.run("roster diff some.csv --prune"), @r#"
    --- stderr ---
    error: nothing says which users the file owns
    hint: say it by `--owns team=voice`, or in the file: owns = ["team=voice"]
    [exit status: 2]
    "#);
    assert_eq!(env.run("roster diff some.csv --owns team=chat --prune").status, Some(14));
}

#[test]
fn the_form_of_a_file_is_checked() {
    let env = staff();
    env.write(
        "r.toml",
        "owner = 1\n\n[user.james]\ntemporary_password = 'x'\n\n[user.eva]\nphon = '1'\n",
    );
    assert_snapshot!(env.run("roster diff r.toml"), @"
    --- stderr ---
    error: line 1, column `owner`: `owner` is no part of a roster
    hint: these are: owns, fields, teams, skills, project, user
    error: line 3, column `temporary_password`: a roster has no passwords
    hint: new users get theirs when it is applied
    error: r.toml is no roster
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write("r.toml", "[user.james]\nemail = 'no address'\n\n[user.eva]\nteams = ['nowhere']\n");
    assert_snapshot!(env.run("roster diff r.toml"), @"
    --- stderr ---
    error: line 1, column `email`: `no address` is not an e-mail address: there is no `@`
    error: line 4, column `teams`: there is no team `nowhere`
    error: 2 rows were refused
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_eq!(env.run("roster diff r.toml --owns colour=red").status, Some(2));
    env.write("r.toml", [0xff]);
    assert_eq!(env.run("roster diff r.toml").status, Some(11));
    assert_eq!(env.run("roster diff nowhere.toml").status, Some(1));
    assert_eq!(env.run("roster apply r.toml").status, Some(2));
}

#[test]
fn a_plan_does_what_was_shown_or_nothing() {
    let env = staff();
    env.write("voice.toml", CHANGED);
    let shown = env.run("roster diff voice.toml --save plan.json -o json");
    assert_eq!(shown.status, Some(14));
    let mode = fs::metadata(env.path("plan.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(env.run("roster diff voice.toml --save plan.json").status, Some(4));
    // Somebody whom it does not touch may change.
    env.run("user update anna --language hu").success();
    // The file may change too: the plan has what was looked at.
    env.write("voice.toml", "");
    let applied = env.run("roster apply plan.json --yes -o json");
    assert_eq!((applied.status, &applied.stdout), (Some(0), &shown.stdout));
    assert_snapshot!(env.run("roster apply plan.json --yes"), @"
    --- stderr ---
    error: `night` changed since the plan was made
    hint: nothing was changed; `ccadmin roster diff` shows what is to be done now
    [exit status: 4]
    ");

    let other = staff();
    other.write("plan.json", fs::read(env.path("plan.json")).unwrap());
    assert_snapshot!(other.run("roster apply plan.json --yes"), @"
    --- stderr ---
    error: the plan is for another store
    hint: nothing was changed; `--database` names the right one
    [exit status: 4]
    ");
    assert_eq!(env.run("roster apply plan.json --yes --prune").status, Some(2));
    env.write("bad.json", "{}");
    assert_eq!(env.run("roster apply bad.json --yes").status, Some(2));
}

#[test]
fn a_plan_is_stale_once_what_it_touches_has_moved() {
    let env = staff();
    env.write("voice.toml", CHANGED);
    assert_eq!(env.run("roster diff voice.toml --save plan.json").status, Some(14));
    // Not what it changes of James, but James.
    env.run("user update james --language hu").success();
    let before = env.contents();
    assert_snapshot!(env.run("roster apply plan.json --yes"), @"
    --- stderr ---
    error: `james` changed since the plan was made
    hint: nothing was changed; `ccadmin roster diff` shows what is to be done now
    [exit status: 4]
    ");
    assert_eq!(env.contents(), before);
}

/// What changes while the question stands is seen.
#[test]
fn it_asks_and_holds_to_what_it_has_shown() {
    let home = Home::new();
    home.does(
        "ccadmin team create voice; ccadmin user create james --name James --role agent --team voice \
         --generate-password; ccadmin roster export r.toml; sed -i 's/^full_name.*/full_name = \"Jim\"/' \
         r.toml",
    );
    let question = "Make 1 change?";
    let mut desk = home.sits_at("ccadmin roster apply r.toml");
    desk.sees("James -> Jim");
    desk.is_asked(question, "n");
    desk.leaves().exited(2).shows("nothing was changed");
    let mut desk = home.sits_at("ccadmin roster apply r.toml");
    desk.sees(question);
    home.does("ccadmin user update james --language hu");
    desk.answers("y");
    desk.leaves().exited(4).shows("`james` changed since the plan was made");
    home.does("ccadmin user update james --clear language");
    let mut desk = home.sits_at("ccadmin roster apply r.toml");
    desk.is_asked(question, "y");
    desk.leaves().exited(0).shows("applied 1 change");
    assert_eq!(home.user("james")["full_name"], "Jim");
}

/// Of two at once one does it, and the other finds it done or its plan stale.
#[test]
fn two_at_once_do_it_once() {
    let env = staff();
    env.write("voice.toml", CHANGED);
    let children: Vec<_> = (0..4)
        .map(|_| {
            env.command(PROGRAM)
                .args(["roster", "apply", "voice.toml", "--yes"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        let status = child.wait().unwrap().code();
        assert!([Some(0), Some(4)].contains(&status), "{status:?}");
    }
    let log = env.audit();
    assert_eq!(log.iter().filter(|entry| *entry == "user.create zoe").count(), 1);
    assert_eq!(env.run("roster diff voice.toml").status, Some(0));
    env.run("audit verify").success();
}

/// Projects, teams and skills are an admin's; the users of a roster are whom an import may change.
#[test]
fn a_supervisor_changes_users_alone() {
    let env = staff();
    env.call("passwd eva --password-stdin --permanent-password").stdin(PASSWORD).output().success();
    let login = env.call("login eva --password-stdin --print").stdin(PASSWORD).output();
    let as_eva = |line: &str| env.call(line).env("CCADMIN_SESSION", login.stdout.trim()).output();
    env.write("r.toml", "[user.james]\nlanguage = 'hu'\n");
    as_eva("roster apply r.toml --yes").success();
    env.write("r.toml", "teams = ['chat', 'new']\n");
    assert_eq!(as_eva("roster apply r.toml --yes").status, Some(5));
    env.write("r.toml", "teams = ['chat']\n[project.hu-support]\nlanguage = 'hu'\n");
    assert_eq!(as_eva("roster diff r.toml").status, Some(0));
    env.write("r.toml", "[user.eva]\nlanguage = 'hu'\n");
    assert_eq!(as_eva("roster diff r.toml").status, Some(11));
}
