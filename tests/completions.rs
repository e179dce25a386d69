//! Completions: the files under `completions/` are what the program prints, and what bash, zsh and
//! fish make of them.
//!
//! `CCADMIN_REGENERATE=1 cargo test completions` writes those that are generated anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, mkfifoat};

use crate::common::pty::Home;
use crate::common::{PASSWORD, PROGRAM, TestEnv, column, skipped};

const FILES: [(&str, &str); 5] = [
    ("bash", "ccadmin.bash"),
    ("zsh", "_ccadmin"),
    ("fish", "ccadmin.fish"),
    ("powershell", "_ccadmin.ps1"),
    ("elvish", "ccadmin.elv"),
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

fn generated(shell: &str) -> String {
    let mut command = Command::new(PROGRAM);
    let output = command.env_clear().args(["completions", shell]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

/// Whether that shell is here; a line says so where it is not.
fn is_here(shell: &str) -> bool {
    let found = ["/bin", "/usr/bin"].iter().any(|folder| Path::new(folder).join(shell).exists());
    if !found {
        skipped(&format!("there is no {shell} here"));
    }
    found
}

/// What a shell makes of a script.
fn run(shell: &str, arguments: &[&str]) {
    if !is_here(shell) {
        return;
    }
    let mut command = Command::new(shell);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", "/nowhere");
    let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{shell} {arguments:?}: {said}");
    assert_eq!(said, "", "{shell} {arguments:?}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so; not the program")]
fn completions_are_what_the_program_prints() {
    for (shell, name) in FILES {
        let script = generated(shell);
        if std::env::var_os("CCADMIN_REGENERATE").is_some() {
            fs::write(file(name), &script).unwrap();
        }
        let kept = fs::read_to_string(file(name)).unwrap_or_default();
        assert!(
            kept == script,
            "completions/{name} is out of date: CCADMIN_REGENERATE=1 cargo test completions"
        );
    }
}

#[test]
fn completions_are_good_scripts() {
    let path = |name: &str| file(name).to_str().unwrap().to_owned();
    run("bash", &["-n", &path("ccadmin.bash")]);
    run("zsh", &["-f", "-n", &path("_ccadmin")]);
    run("fish", &["--no-execute", &path("ccadmin.fish")]);
    let check = "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile(\
                 $args[0], [ref]$null, [ref]$errors); exit $errors.Count";
    run("pwsh", &["-NoProfile", "-Command", check, &path("_ccadmin.ps1")]);
    run("elvish", &["-compileonly", &path("ccadmin.elv")]);
}

/// What the program offers behind `words`, the last of which is being typed.
fn offered(env: &TestEnv, words: &[&str]) -> Vec<String> {
    let call = [&["__complete", "zsh"], words].concat();
    let output = env.run(&*call);
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""), "{words:?}");
    let lines = output.stdout.lines();
    lines.map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

/// Two users who act, one who doesn't, and a project that rests.
fn staff() -> TestEnv {
    let env = TestEnv::with_users();
    env.run("project create hu-sales").success();
    env.run("project deactivate hu-sales").success();
    env.run("user create jane@x.org --name Jane --role agent --generate-password").success();
    env.run("user create jack --name Jack --role agent --inactive --generate-password").success();
    env
}

#[test]
fn commands_options_and_words() {
    let env = TestEnv::new();
    for (line, expected) in [
        ("set", "set-weight"),
        ("user de", "deactivate delete"),
        ("-q user dea", "deactivate"),
        ("--output json user dea", "deactivate"),
        ("project cr", "create"),
        ("user create --gen", "--generate-password"),
        ("user list --state ", "active inactive"),
        ("user list --state=in", "--state=inactive"),
        ("user list --missing e", "email"),
        ("completions po", "powershell"),
        ("-o ", "table json jsonl csv"),
        ("user list -oj", ""),
        ("user create --role sup", "supervisor"),
        ("user create x --project-selection o", "on off"),
        ("user list --columns us", "username"),
        ("user list --columns username,st", "username,state"),
        ("user list --columns username,state,us", ""),
        ("user list --field last", "last_sign_in_at"),
        ("team list --field n", "name"),
        ("audit list --columns se", "seq"),
        ("audit list --action user.cre", "user.create"),
        ("user list --reverse --rev", ""),
        ("user list -- --rev", ""),
        ("user list --name-nobody-has ", ""),
        ("set-weight eva hu-support ", ""),
        ("no such thing ", ""),
        ("__comp", ""),
        ("user export ", ":files"),
        ("passwd james --hand-out ", "email sms print="),
        ("passwd james --hand-out=pr", "--hand-out=print="),
        ("user import x --hand-out print=ca", ":files"),
        ("config get user.", "user.require"),
        ("config set two_factor.r", "two_factor.required"),
        ("config set two_factor.required ", "true false"),
        ("config set output js", "json jsonl"),
        ("config set output json,", ""),
        ("config set user.require e", "email"),
        ("config set user.require email,ph", "email,phone"),
        ("config set user.require email,em", ""),
        ("config set access.create_users ", "admin supervisor"),
        ("config set sign_in.lock ", ""),
        ("config set no.such.key ", ""),
        ("help sp", "spreadsheets"),
        ("help user cr", "create"),
        ("help user create ", ""),
        ("help spreadsheets ", ""),
        ("user deactivate --where st", "state="),
        ("user list --where=st", "--where=state="),
        ("user update --where state=in", "state=inactive"),
        ("user update --where=state=in", "--where=state=inactive"),
        ("user list --where locked=", "locked=true"),
        ("user list --where never_signed_in=", "never_signed_in=true"),
        ("user list --where nothing=", ""),
        ("user list --where where=", ""),
        ("--config ", ":files"),
        ("--database=", ":files"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(offered(&env, &words).join(" "), expected, "{line}");
    }
    assert!(!env.path(".local").exists(), "a store was made");
}

#[test]
fn names_that_are_there_and_make_sense() {
    let env = staff();
    for (line, expected) in [
        ("user show ", "eva jack james jane@x.org"),
        ("user show ja", "jack james jane@x.org"),
        ("user show jack ", ""),
        ("user create ", ""),
        ("user create --like ja", "jack james jane@x.org"),
        ("user activate ja", "jack"),
        ("user deactivate ", "eva james jane@x.org"),
        ("user deactivate eva ja", "james jane@x.org"),
        ("passwd james e", "eva"),
        ("set-weight james ", "en-support hu-support"),
        ("set-weight eva ", ""),
        ("set-weight nobody ", ""),
        ("unassign-project james e", "en-support"),
        ("unassign-project james en-support ", "hu-support"),
        ("assign-project eva ", "en-support hu-support"),
        ("assign-project eva hu-support:", ""),
        ("user list --project hu", "hu-sales hu-support"),
        ("user list --project=hu-sa", "--project=hu-sales"),
        ("project activate ", "hu-sales"),
        ("project deactivate ", "en-support hu-support"),
        ("project show h", "hu-sales hu-support"),
        ("team delete ", "chat voice"),
        ("skill rename ", "billing returns"),
        ("skill rename billing ", ""),
        ("user create x --team v", "voice"),
        ("user update x --add-skill ", "billing returns"),
        ("audit list --user ev", "eva"),
        ("user update eva,ja", "eva,jack eva,james eva,jane@x.org"),
        ("user delete --where project=hu", "project=hu-sales project=hu-support"),
        ("assign-project --where team=", "team=chat team=voice"),
        ("assign-project --where team=voice ", "en-support hu-support"),
        ("set-weight --where team=voice e", "en-support"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(offered(&env, &words).join(" "), expected, "{line}");
    }
}

/// Also the store and the settings that the line names, and the session.
#[test]
fn it_is_the_store_of_the_line_and_whoever_is_signed_in() {
    let env = staff();
    env.run("store init --database other.db").success();
    env.run("team create elsewhere --database other.db").success();
    env.config("database = \"/nowhere/at-all.db\"\n");
    env.write("set.toml", "database = \"other.db\"\n");
    assert_eq!(offered(&env, &["team", "show", ""]), [""; 0]);
    for line in [
        "--database other.db team show ",
        "team show --database=sqlite:other.db ",
        "team --database ~/other.db show ",
        "--config set.toml team show ",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(offered(&env, &words), ["elsewhere"], "{line}");
    }
    fs::remove_file(env.path(".config/ccadmin/config.toml")).unwrap();

    let token = |name: &str| {
        let line = format!("passwd {name} --password-stdin --permanent-password");
        env.call(line.as_str()).stdin(PASSWORD).output().success();
        let line = format!("login {name} --password-stdin --print");
        env.call(line.as_str()).stdin(PASSWORD).output().stdout.trim().to_owned()
    };
    let as_seen = |token: &str| {
        let call = env.call("__complete zsh user show ja").env("CCADMIN_SESSION", token);
        let output = call.later(120).output();
        assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
        output.stdout.lines().count()
    };
    let (supervisor, agent) = (token("eva"), token("james"));
    let before = env.contents();
    assert_eq!(as_seen(&supervisor), 3);
    assert_eq!(as_seen(&agent), 0, "an agent may not list");
    assert_eq!(as_seen("nonsense"), 0);
    assert_eq!(env.contents(), before, "a look leaves no trace");
}

/// Whatever is wrong: nothing is said, nothing is made, nobody is waited for.
#[test]
fn nothing_is_said_where_nothing_can_be_known() {
    let env = staff();
    let nothing = |words: &[&str]| assert_eq!(offered(&env, words), [""; 0], "{words:?}");
    env.write("text", "no database");
    env.write("bad.toml", "nonsense = [");
    nothing(&["--database", "text", "user", "show", ""]);
    nothing(&["--database", "nowhere.db", "user", "show", ""]);
    nothing(&["--database", "postgres://x", "user", "show", ""]);
    nothing(&["--config", "bad.toml", "user", "show", ""]);
    mkfifoat(CWD, env.path("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
    nothing(&["--config", "pipe", "user", "show", ""]);
    assert!(!env.path("nowhere.db").exists());
    for call in ["__complete", "__complete zsh", "__complete bash", "__complete tcsh x y"] {
        let output = env.run(call);
        assert_eq!(output.to_string(), "[exit status: 0]", "{call}");
    }
    // A name that other hands have put there.
    let planted = "UPDATE users SET username = 'jx\u{1b}[31m;rm' WHERE username = 'jack'";
    env.database().execute_batch(planted).unwrap();
    assert_eq!(offered(&env, &["user", "show", "j"]), ["james", "jane@x.org"]);
    // A writer who does not end.
    let database = env.database();
    database.execute_batch("BEGIN IMMEDIATE; UPDATE users SET full_name = 'x'").unwrap();
    assert_eq!(offered(&env, &["user", "show", "e"]), ["eva"]);
    drop(database);
    let database = env.database();
    database.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    database.execute_batch("UPDATE users SET full_name = 'x'").unwrap();
    let start = std::time::Instant::now();
    let _ = offered(&env, &["user", "show", "e"]);
    assert!(start.elapsed().as_secs() < 10, "it has waited");
}

/// Neither files beside the store, nor in it, nor a session that is over: Tab is no command.
#[test]
fn everything_is_left_as_it_was_found() {
    let env = staff();
    let set = "passwd eva --password-stdin --permanent-password";
    env.call(set).stdin(PASSWORD).output().success();
    let login = env.call("login eva --password-stdin --print").stdin(PASSWORD).output();
    let token = login.stdout.trim();
    let sessions = || column(&env.database(), "SELECT CAST(user_id AS TEXT) FROM sessions").len();
    assert_eq!(sessions(), 1);
    let late = env.call("__complete zsh user show ja").env("CCADMIN_SESSION", token);
    assert_eq!(late.later(20 * 3_600).output().to_string(), "[exit status: 0]");
    assert_eq!(sessions(), 1, "it was buried");
    let late = env.call("user list").env("CCADMIN_SESSION", token).later(20 * 3_600).output();
    assert_eq!((late.status, sessions()), (Some(6), 0));

    let folder = env.store().parent().unwrap().to_owned();
    let files = || {
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files.retain(|(name, _)| !name.ends_with("-shm"));
        files
    };
    let look = || assert_eq!(offered(&env, &["user", "show", "e"]), ["eva"]);
    // The engine's own shell takes the log away, a command makes it anew.
    env.run("user list").success();
    let found = files();
    assert_eq!(found.len(), 2);
    look();
    assert_eq!(files(), found);
    // A log with something in it that nobody has brought in yet.
    {
        let database = env.database();
        let no_checkpoint = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        database.set_db_config(no_checkpoint, true).unwrap();
        database.execute_batch("UPDATE users SET full_name = 'x'").unwrap();
    }
    let found = files();
    assert!(found.iter().any(|(name, content)| name.ends_with("-wal") && !content.is_empty()));
    look();
    assert_eq!(files(), found);
    // And none, as a copy or another program leaves it.
    let database = env.database();
    let persist = "PRAGMA wal_checkpoint(TRUNCATE)";
    database.query_row(persist, [], |_| Ok(())).unwrap();
    drop(database);
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("ccadmin.db{suffix}")));
    }
    look();
    let names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["ccadmin.db"]);
}

/// What bash offers at the end of `line`, by the function that it calls.
fn bash(env: &TestEnv, line: &str) -> Vec<String> {
    let script = r#"
        PATH=$1:$PATH
        source "$2"
        COMP_LINE=$3 COMP_POINT=${#3}
        _ccadmin
        printf '%s\n' "${COMPREPLY[@]}""#;
    let folder = Path::new(PROGRAM).parent().unwrap().to_str().unwrap();
    let path = file("ccadmin.bash");
    let mut command = env.command("bash");
    command.args(["--noprofile", "--norc", "-c", script, "bash", folder, path.to_str().unwrap()]);
    let output = command.arg(line).stdin(Stdio::null()).output().unwrap();
    let output = env.outcome(output);
    assert_eq!(output.stderr, "", "{line}");
    output.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn bash_replaces_no_more_than_it_has_broken_off() {
    if !is_here("bash") {
        return;
    }
    let env = staff();
    for (line, expected) in [
        ("ccadmin set", "set-weight"),
        ("ccadmin user show ja", "jack james jane@x.org"),
        ("ccadmin user show jane@", "@x.org"),
        ("ccadmin user show jane@x.o", "@x.org"),
        ("ccadmin user list --project=hu-support --search=jane@", ""),
        ("ccadmin user show 'jane@", "jane@x.org"),
        ("ccadmin user list --state=", "active inactive"),
        ("ccadmin user list --where state=", "active inactive"),
        ("ccadmin user list --where=state=in", "inactive"),
        ("ccadmin user list --project=hu-sa", "hu-sales"),
        ("ccadmin user create x --name \"a b\" --team v", "voice"),
        ("ccadmin user list --columns username,sta", "username,state"),
        ("ccadmin passwd eva --hand-out pr", "print="),
        ("ccadmin passwd eva --hand-out=pr", "print="),
        ("/usr/bin/ccadmin user act", "activate"),
    ] {
        assert_eq!(bash(&env, line).join(" "), expected, "{line}");
    }
}

/// A real bash, somebody who types, and Tab.
#[test]
fn a_person_at_bash() {
    if !is_here("bash") {
        return;
    }
    let home = home();
    let mut desk = home.sits_at_shell();
    desk.types(format!("source {}\r", file("ccadmin.bash").display())).sees("ready$ ");
    desk.types("ccadmin user sh\t").sees("show ");
    desk.types("ev\t").sees("eva ");
    desk.types("--fie\x15").types("ccadmin user export cred\t");
    desk.sees("credits.csv");
    desk.types("\x15ccadmin passwd eva --hand-out pr\tcred\t").sees("print=credits.csv");
    // It breaks words at the `@`, and keeps it.
    desk.types("\x15ccadmin user exists anna.kiss@ex\t&& echo fo''und\r").sees("found");
    desk.sees("ready$ ");
    desk.types("shopt -u hostcomplete\r").sees("ready$ ");
    desk.types("ccadmin user exists anna.kiss@ex\t&& echo fo''und\r").sees("found");
    desk.sees("ready$ ");
    desk.types("exit\r");
    desk.leaves().exited(0);
}

#[test]
fn a_person_at_zsh() {
    if !is_here("zsh") {
        return;
    }
    let home = home();
    let script = format!(
        "fpath=({} $fpath); autoload -U compinit; compinit -u -D; PS1='ready%% '",
        file("").display()
    );
    let mut desk = home.sits_at("zsh -f -i");
    desk.types(format!("{script}; print loa''ded\r")).sees("loaded");
    desk.types("ccadmin user sh\t").sees("show ");
    desk.types("ev\t").sees("eva ");
    desk.types("\x15ccadmin assign-project eva hu-su\t").sees("hu-support ");
    desk.types("\x15ccadmin user export cred\t").sees("credits.csv");
    desk.types("\x15ccadmin passwd eva --hand-out pr\tcred\t").sees("print=credits.csv");
    desk.types("\x15exit\r");
    desk.leaves().exited(0);
}

/// fish says by itself what it would offer.
#[test]
fn what_fish_offers() {
    if !is_here("fish") {
        return;
    }
    let env = staff();
    env.write("credits.csv", "");
    let folder = Path::new(PROGRAM).parent().unwrap().display();
    for (line, expected) in [
        ("ccadmin set", "set-weight\tSet the weight of a user in a project"),
        ("ccadmin user show ja", "jack james jane@x.org"),
        ("ccadmin user activate ", "jack"),
        ("ccadmin user list --state=", "--state=active --state=inactive"),
        (
            "ccadmin user create --generate-p",
            "--generate-password\tGenerate a password and show it once",
        ),
        ("ccadmin user export cred", "credits.csv"),
        ("ccadmin passwd eva --hand-out pr", "print="),
        ("ccadmin passwd eva --hand-out print=cred", "print=credits.csv"),
        ("ccadmin user import x --credentials=cred", "--credentials=credits.csv"),
    ] {
        let script = format!(
            "set -x PATH {folder} $PATH; source {}; complete -C '{line}'",
            file("ccadmin.fish").display()
        );
        let mut command = env.command("fish");
        let output = command.args(["--no-config", "-c", &script]).stdin(Stdio::null()).output();
        let output = env.outcome(output.unwrap());
        assert_eq!(output.stderr, "", "{line}");
        assert_eq!(output.stdout.trim_end().replace('\n', " "), expected, "{line}");
    }
}

fn home() -> Home {
    let home = Home::new();
    home.does(
        "ccadmin project create hu-support && ccadmin user create eva --name Eva --role agent \
         --generate-password && ccadmin user create anna.kiss@example.com --name 'Anna Kiss' \
         --role agent --generate-password && touch credits.csv",
    );
    home
}
