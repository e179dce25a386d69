//! Who may do what: every command of the program, by every kind of actor, on every kind of target.

use std::collections::BTreeSet;
use std::fs;

use crate::common::{PASSWORD, TestEnv, column, is_root};
use crate::reference::leaves;
use crate::user_photo::PNG;

/// What a command is, as far as rights go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Admins and supervisors look at everything.
    Look,
    /// As [`Kind::Look`], and it finds something.
    Find,
    /// Admins do it to everybody, supervisors to agents and requesters.
    Manage,
    /// As [`Kind::Manage`], but what a supervisor may not do is a row that is refused.
    Rows,
    /// As [`Kind::Rows`], and it finds something.
    Differ,
    /// Admins alone.
    Administer,
    /// Whoever is signed in, also with a temporary password.
    Open,
    /// Root alone, whoever is signed in.
    Root,
    /// It asks for a password or opens nothing: nobody needs to be signed in. It ends with this.
    Anybody(i32),
}

/// Every command of the program, with a call of it; `TARGET` stands for the username.
const COMMANDS: &[(&str, &str, Kind)] = &[
    ("user create", "--name New --role ROLE --generate-password new", Kind::Manage),
    ("user list", "", Kind::Look),
    ("user show", "TARGET", Kind::Look),
    ("user exists", "TARGET", Kind::Look),
    ("user update", "TARGET --language hu", Kind::Manage),
    ("user deactivate", "TARGET", Kind::Manage),
    ("user activate", "TARGET", Kind::Manage),
    ("user unlock", "TARGET", Kind::Manage),
    ("user rename", "TARGET new", Kind::Administer),
    ("user photo set", "TARGET other.png", Kind::Manage),
    ("user photo get", "TARGET copy.png --force", Kind::Look),
    ("user photo remove", "TARGET", Kind::Manage),
    ("user delete", "TARGET --yes", Kind::Administer),
    ("user export", "", Kind::Look),
    ("user import", "roster.csv --on-conflict update", Kind::Rows),
    ("roster export", "copy.toml --force", Kind::Look),
    ("roster diff", "roster.csv", Kind::Differ),
    ("roster apply", "roster.csv --yes", Kind::Rows),
    ("assign-project", "TARGET hu-support", Kind::Manage),
    ("unassign-project", "TARGET en-support", Kind::Manage),
    ("set-weight", "TARGET en-support 50", Kind::Manage),
    ("weight show", "TARGET", Kind::Look),
    ("weight solve", "TARGET en-support 50% --apply", Kind::Manage),
    ("weight matrix", "", Kind::Look),
    ("passwd", "TARGET --generate-password", Kind::Manage),
    ("report", "page.html --force", Kind::Administer),
    ("project create", "new", Kind::Administer),
    ("project list", "", Kind::Look),
    ("project show", "hu-support", Kind::Look),
    ("project coverage", "", Kind::Find),
    ("project export", "--for json", Kind::Look),
    ("project update", "hu-support --language de", Kind::Administer),
    ("project rename", "hu-support new", Kind::Administer),
    ("project deactivate", "hu-support", Kind::Administer),
    ("project activate", "hu-support", Kind::Administer),
    ("project delete", "hu-support --yes", Kind::Administer),
    ("team create", "new", Kind::Administer),
    ("team list", "", Kind::Look),
    ("team show", "voice", Kind::Look),
    ("team rename", "voice new", Kind::Administer),
    ("team delete", "voice --yes", Kind::Administer),
    ("skill create", "new", Kind::Administer),
    ("skill list", "", Kind::Look),
    ("skill show", "billing", Kind::Look),
    ("skill rename", "billing new", Kind::Administer),
    ("skill delete", "billing --yes", Kind::Administer),
    ("login", "boss --password-stdin --print", Kind::Anybody(0)),
    ("logout", "", Kind::Anybody(0)),
    ("whoami", "", Kind::Open),
    ("authenticate", "boss --password-stdin", Kind::Anybody(0)),
    ("audit list", "", Kind::Administer),
    ("audit show", "1", Kind::Administer),
    ("audit verify", "", Kind::Administer),
    ("undo", "4", Kind::Administer),
    ("user history", "TARGET", Kind::Administer),
    ("store init", "", Kind::Anybody(4)),
    ("store info", "", Kind::Administer),
    ("store check", "", Kind::Administer),
    ("store upgrade", "", Kind::Administer),
    ("store backup", "new.db", Kind::Administer),
    ("store restore", "template.db --yes", Kind::Administer),
    ("store unlock", "", Kind::Root),
    ("store retire", "", Kind::Administer),
    ("config path", "", Kind::Anybody(0)),
    ("config list", "", Kind::Anybody(0)),
    ("config get", "output", Kind::Anybody(0)),
    ("config set", "output table", Kind::Anybody(0)),
    ("config check", "", Kind::Anybody(0)),
    ("config edit", "", Kind::Anybody(2)),
    ("doctor", "", Kind::Anybody(0)),
    ("completions", "bash", Kind::Anybody(0)),
    ("man", "pages", Kind::Anybody(0)),
    ("schema", "user", Kind::Anybody(0)),
    ("help", "exit-status", Kind::Anybody(0)),
];

/// Somebody who is signed in, or thinks so.
struct Actor {
    name: &'static str,
    token: String,
}

/// A store with somebody of each kind, and their sessions.
fn staffed() -> (TestEnv, Vec<Actor>) {
    let env = TestEnv::with_places();
    let people = [
        ("boss", "--role admin"),
        ("ada", "--role admin --role agent --project en-support"),
        ("sue", "--role supervisor"),
        ("max", "--role supervisor --role agent --project en-support"),
        ("al", "--role agent"),
        ("tom", "--role agent"),
        ("ann", "--role agent --role requester --project en-support"),
    ];
    for (name, options) in people {
        let line = format!(
            "user create {name} --name {name} {options} --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    env.write("face.png", PNG);
    env.write("other.png", [PNG, b"more"].concat());
    for name in ["ann", "max", "ada", "al"] {
        env.run(format!("user photo set {name} face.png").as_str()).success();
    }
    let actors = ["boss", "sue", "al", "tom"].map(|name| {
        let output = env
            .call(format!("login {name} --password-stdin --print").as_str())
            .stdin(PASSWORD)
            .output();
        output.success();
        Actor { name, token: output.stdout.trim().to_owned() }
    });
    // Their session is open when their password becomes one that they have to change.
    env.run("passwd tom --expire").success();
    let mut actors = Vec::from(actors);
    let stale = actors[0].token.replace('a', "b");
    assert_ne!(stale, actors[0].token);
    actors.push(Actor { name: "stale", token: stale });
    (env, actors)
}

/// The status that a call ends with. `elevated` says that its target is a supervisor or an admin.
#[expect(clippy::match_same_arms, reason = "a table, in which the first row that fits counts")]
fn expected(kind: Kind, actor: &str, elevated: bool) -> i32 {
    let allowed = match (kind, actor) {
        (Kind::Anybody(status), _) => return status,
        (Kind::Root, _) => is_root(),
        (_, "stale") => return 6,
        (Kind::Open, _) => true,
        (_, "tom") => return 7,
        (Kind::Look | Kind::Find, "sue") => true,
        (Kind::Manage, "sue") => !elevated,
        (Kind::Rows | Kind::Differ, "sue") if elevated => return 11,
        (Kind::Rows | Kind::Differ, "sue") => true,
        (_, actor) => actor == "boss",
    };
    match (allowed, kind) {
        (false, _) => 5,
        (true, Kind::Find) => 13,
        (true, Kind::Differ) => 14,
        (true, _) => 0,
    }
}

fn denials(env: &TestEnv) -> usize {
    column(&env.database(), "SELECT action FROM audit WHERE outcome = 'denied'").len()
}

/// R23, contract 6: role x command x target.
#[test]
fn every_command_is_for_those_whom_it_is_for() {
    let (env, actors) = staffed();
    let template = env.path("template.db");
    fs::copy(env.store(), &template).unwrap();
    let mut wrong = Vec::new();
    for actor in &actors {
        for (command, arguments, kind) in COMMANDS {
            for (target, role) in [("ann", "agent"), ("max", "supervisor"), ("ada", "admin")] {
                let elevated = role != "agent";
                env.write("roster.csv", format!("username,language\n{target},hu\n"));
                if elevated
                    && ![Kind::Manage, Kind::Rows, Kind::Differ].contains(kind)
                    && !arguments.contains("TARGET")
                {
                    continue;
                }
                for suffix in ["-wal", "-shm"] {
                    let mut side = env.store().into_os_string();
                    side.push(suffix);
                    let _ = fs::remove_file(side);
                }
                fs::copy(&template, env.store()).unwrap();
                let _ = fs::remove_file(env.path("new.db"));
                let before = denials(&env);
                let line = format!("{command} {arguments}")
                    .replace("TARGET", target)
                    .replace("ROLE", role);
                let output = env
                    .call(line.trim())
                    .env("CCADMIN_SESSION", &actor.token)
                    .stdin(PASSWORD)
                    .output();
                let status = expected(*kind, actor.name, elevated);
                if output.status != Some(status) {
                    wrong.push(format!("{}: {line}: expected {status}: {output}", actor.name));
                }
                let denied = denials(&env) - before;
                let writes = matches!(kind, Kind::Manage | Kind::Rows | Kind::Administer)
                    && ![
                        "audit list",
                        "user history",
                        "report",
                        "audit show",
                        "audit verify",
                        "store info",
                        "store check",
                        "store upgrade",
                        "store backup",
                    ]
                    .contains(command);
                if [5, 11].contains(&status) && writes && denied != 1 {
                    wrong.push(format!("{}: {line}: {denied} denials in the log", actor.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A command that is not in the table above has not been thought about.
#[test]
fn no_command_is_missing_from_the_table() {
    let env = TestEnv::new();
    let found: BTreeSet<String> = leaves(&env).iter().map(|words| words.join(" ")).collect();
    let listed: BTreeSet<String> =
        COMMANDS.iter().map(|(command, ..)| (*command).to_owned()).collect();
    assert_eq!(found, listed);
}

#[test]
fn an_agent_sees_and_changes_only_their_own_record() {
    let (env, actors) = staffed();
    let al = &actors.iter().find(|actor| actor.name == "al").unwrap().token;
    env.call("user show al").env("CCADMIN_SESSION", al).output().success();
    env.call("user photo get al al.png").env("CCADMIN_SESSION", al).output().success();
    let set = env.call("user photo set al face.png").env("CCADMIN_SESSION", al).output();
    assert_eq!(set.status, Some(5), "a photo is given, not chosen");
    let other = env.call("user show ann").env("CCADMIN_SESSION", al).output();
    let unknown = env.call("user show nobody").env("CCADMIN_SESSION", al).output();
    assert_eq!(other.status, Some(5));
    assert_eq!(other.to_string(), unknown.to_string(), "who exists is not told");
    let two_lines = format!("{PASSWORD}\nein ganz anderer langer Satz\n");
    let own = env.call("passwd --password-stdin").env("CCADMIN_SESSION", al).stdin(&two_lines);
    own.output().success();
}

/// Whoever may not do it is told that before anything that is missing or wrong with the call.
#[test]
fn who_may_not_learns_that_first() {
    let (env, actors) = staffed();
    let al = &actors.iter().find(|actor| actor.name == "al").unwrap().token;
    for line in [
        "passwd sue",
        "passwd sue ann",
        "passwd nobody",
        "passwd sue --expires 3d",
        "passwd sue --generate-password --hand-out print=/nowhere/x.txt",
        "passwd sue --generate-password --hand-out email",
        "user delete sue",
        "user delete -",
        "user create",
        "user create new --name New",
        "user create new --name New --role agent --generate-password --hand-out email",
        "user update sue --expires 3d",
        "user update sue --generate-password --hand-out print=/nowhere/x.txt",
        "project delete nothing",
        "store restore nothing.db",
    ] {
        let before = denials(&env);
        let output = env.call(line).env("CCADMIN_SESSION", al).output();
        assert_eq!(output.status, Some(5), "{line}: {output}");
        // An entry for each of several users.
        let named = if line.starts_with("passwd sue ann") { 2 } else { 1 };
        assert!(denials(&env) <= before + named, "{line}");
    }
}

/// A supervisor makes no user whose name looks like an admin's.
#[test]
fn a_case_twin_of_an_admin_is_an_admins_to_make() {
    let (env, actors) = staffed();
    let sue = &actors.iter().find(|actor| actor.name == "sue").unwrap().token;
    let create = |name: &str| {
        env.call(format!("user create {name} --name X --role agent --generate-password").as_str())
            .env("CCADMIN_SESSION", sue)
            .output()
    };
    assert_eq!(create("BOSS").status, Some(5));
    create("Ann").success();
}

/// A store with the admin `anna.mueller` and a thousand agents whose names look almost like it; and
/// Sue's session.
fn with_decoys() -> (TestEnv, String) {
    let (env, actors) = staffed();
    let sue = actors.into_iter().find(|actor| actor.name == "sue").unwrap().token;
    let admin = "--name A --role admin --generate-password";
    env.run(format!("user create anna.mueller {admin}").as_str()).success();
    let mut decoys = "username,full_name,roles\n".to_owned();
    for upper in 0..1_u32 << 10 {
        for (at, letter) in (0..).zip("annamuelle".chars()) {
            let is_upper = upper >> at & 1 == 1;
            decoys.push(if is_upper { letter.to_ascii_uppercase() } else { letter });
            decoys.push_str(if at == 3 { "." } else { "" });
        }
        decoys.push_str("q,D,agent\n");
    }
    env.write("decoys.csv", decoys);
    let import = env.call("user import decoys.csv --no-password").env("CCADMIN_SESSION", &sue);
    import.output().success();
    (env, sue)
}

/// Each of `calls` by Sue, in a store as it is now, ends with its status and with one denial.
fn are_denied(env: &TestEnv, sue: &str, calls: &[(&str, i32)]) {
    let template = env.path("template.db");
    env.run("store backup template.db").success();
    let mut wrong = Vec::new();
    for (line, status) in calls {
        for path in ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", env.store().display()))
        {
            let _ = fs::remove_file(path);
        }
        fs::copy(&template, env.store()).unwrap();
        let before = denials(env);
        let output = env.call(*line).env("CCADMIN_SESSION", sue).stdin(PASSWORD).output();
        if output.status != Some(*status) || denials(env) != before + 1 {
            wrong.push(format!("{line}: {output}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// R61: however many names look almost like an admin's, that of a twin is the admins' alone to give.
#[test]
fn decoys_hide_no_case_twin_that_is_made() {
    let (env, sue) = with_decoys();
    env.write("new.csv", "username,full_name,roles\nANNA.MUELLER,A,agent\n");
    let create = "user create ANNA.MUELLER --name A --role agent --generate-password";
    let calls = [
        (create, 5),
        ("user rename al ANNA.mueller", 5),
        ("user import new.csv --no-password", 11),
        ("user import new.csv --no-password --each", 11),
    ];
    are_denied(&env, &sue, &calls);
    let warned = env.run(create);
    warned.success();
    assert!(warned.stderr.contains("anna.mueller"), "an admin is told of the twin: {warned}");
}

/// R61: nor is anything done to a twin by somebody else.
#[test]
fn decoys_hide_no_case_twin_that_is_there() {
    let (env, sue) = with_decoys();
    env.run("user create ANNA.MUELLER --name A --role agent --generate-password").success();
    env.write("change.csv", "username,language\nANNA.MUELLER,hu\n");
    env.write("absent.csv", "username\nann\nal\ntom\n");
    let calls = [
        ("user update ANNA.MUELLER --language hu", 5),
        ("user update ANNA.MUELLER --add-role requester", 5),
        ("user deactivate ANNA.MUELLER", 5),
        ("user activate ANNA.MUELLER", 5),
        ("user unlock ANNA.MUELLER", 5),
        ("user rename ANNA.MUELLER other", 5),
        ("user delete ANNA.MUELLER --yes", 5),
        ("user photo set ANNA.MUELLER face.png", 5),
        ("assign-project ANNA.MUELLER hu-support", 5),
        ("passwd ANNA.MUELLER --generate-password", 5),
        ("passwd ANNA.MUELLER --expire", 5),
        ("user import absent.csv --on-conflict skip --deactivate-missing --max-deactivate 100%", 5),
        ("user import change.csv --on-conflict update", 11),
        ("user import change.csv --on-conflict update --each", 11),
    ];
    are_denied(&env, &sue, &calls);
}

/// Nor does they end one by leaving them out of a file.
#[test]
fn a_case_twin_of_an_admin_is_an_admins_to_leave_out() {
    let (env, actors) = staffed();
    env.run("user create BOSS --name X --role agent --generate-password").success();
    env.write("left.csv", "username\nann\nal\ntom\n");
    let sue = &actors.iter().find(|actor| actor.name == "sue").unwrap().token;
    let import =
        "user import left.csv --on-conflict skip --deactivate-missing --max-deactivate 100%";
    let output = env.call(import).env("CCADMIN_SESSION", sue).output();
    assert_eq!(output.status, Some(5), "{output}");
    env.run(import).success();
}

/// R23: nobody is given power by being made like somebody who has it.
#[test]
fn a_supervisor_copies_no_power() {
    let (env, actors) = staffed();
    let sue = &actors.iter().find(|actor| actor.name == "sue").unwrap().token;
    let create = |name: &str, options: &str| {
        let line = format!("user create {name} --name X {options} --generate-password");
        env.call(line.as_str()).env("CCADMIN_SESSION", sue).output().status
    };
    assert_eq!(create("a", "--like boss"), Some(5));
    assert_eq!(create("b", "--like sue"), Some(5));
    assert_eq!(create("c", "--like max --role agent"), Some(0));
    assert_eq!(create("d", "--like ann"), Some(0));
    assert_eq!(denials(&env), 2);
    let al = &actors.iter().find(|actor| actor.name == "al").unwrap().token;
    for model in ["ann", "nobody"] {
        let line = format!("user create e --name X --like {model} --generate-password");
        let output = env.call(line.as_str()).env("CCADMIN_SESSION", al).output();
        assert_eq!(output.status, Some(5), "{output}");
    }
}

#[test]
fn the_settings_say_who_creates_users() {
    let (env, actors) = staffed();
    env.config("[access]\ncreate_users = [\"admin\"]\n");
    let create = |actor: &Actor| {
        env.call("user create new --name New --role agent --generate-password")
            .env("CCADMIN_SESSION", &actor.token)
            .output()
            .status
    };
    assert_eq!(create(&actors[1]), Some(5));
    assert_eq!(create(&actors[0]), Some(0));
}

#[test]
fn the_owner_steps_back_for_an_admin_who_can_sign_in() {
    let env = TestEnv::with_places();
    env.config("[access]\nowner_is_admin = false\n");
    env.run("user create boss --name Boss --role admin --generate-password").success();
    env.run("user list").success();
    env.call("passwd boss --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    assert_eq!(env.run("user list").status, Some(6));
    let session = env.call("login boss --password-stdin --print").stdin(PASSWORD).output();
    session.success();
    env.call("user list").env("CCADMIN_SESSION", session.stdout.trim()).output().success();
}

/// R72, R60: what was typed where a name belongs may be a password; a denial keeps it only where
/// somebody or something is called so.
#[test]
fn a_denial_keeps_no_word_that_names_nothing() {
    let env = TestEnv::with_places();
    for (name, role) in [("al", "agent"), ("ann", "admin")] {
        let line = format!(
            "user create {name} --name {name} --role {role} --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    let session = env.call("login al --password-stdin --print").stdin(PASSWORD).output();
    for subject in ["Tr0ub4dor-secret", "ann"] {
        for verb in ["user update --email a@b.hu", "user deactivate", "passwd --generate-password"]
        {
            let line = format!("{verb} {subject}");
            let output = env.call(&*line).env("CCADMIN_SESSION", session.stdout.trim()).output();
            assert_eq!(output.status, Some(5), "{output}");
        }
    }
    let denied = env.run("audit list -o jsonl").stdout;
    assert!(!denied.contains("Tr0ub4dor"), "{denied}");
    let kept = denied.lines().filter(|line| line.contains("\"denied\""));
    assert_eq!(kept.clone().count(), 6, "{denied}");
    assert_eq!(kept.filter(|line| line.contains("\"subject\":\"ann\"")).count(), 3, "{denied}");
}
