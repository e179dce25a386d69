//! stdin belongs to the shell: a `while read` loop around any command gets all its lines.

use crate::common::TestEnv;
use crate::reference::leaves;

/// A call of each command that gets far; a new command has to be named here.
const CALLS: &[&str] = &[
    "user create new$line --name New --role agent --generate-password",
    "user list",
    "user show james",
    "user exists james",
    "user update james --name $line",
    "user deactivate james eva",
    "user activate james",
    "user unlock james",
    "user unlock --caller nobody",
    "user rename james james",
    "user delete eva --yes",
    "user photo set james face.png",
    "user photo get james -",
    "user photo remove james",
    "user export",
    "user import roster.csv --on-conflict update",
    "roster export roster.toml --force",
    "roster diff roster.csv",
    "roster apply roster.csv --yes",
    "assign-project james hu-support",
    "unassign-project james hu-support",
    "set-weight james hu-support 5",
    "weight show james",
    "weight solve james hu-support 40%",
    "weight matrix",
    "project coverage",
    "project export --for json -",
    "report report.html --force",
    "config path",
    "config list",
    "config get output",
    "config set output table",
    "config check",
    "config edit",
    "doctor",
    "passwd james --generate-password",
    "project create p$line",
    "project list",
    "project show hu-support",
    "project update hu-support --description $line",
    "project rename hu-support hu-support",
    "project deactivate hu-support",
    "project activate hu-support",
    "project delete en-support --yes",
    "team create t$line",
    "team list",
    "team show voice",
    "team rename voice voice",
    "team delete chat",
    "skill create s$line",
    "skill list",
    "skill show billing",
    "skill rename billing billing",
    "skill delete returns",
    "login james",
    "logout",
    "whoami",
    "authenticate james",
    "audit list",
    "audit show 1",
    "audit verify",
    "user history james",
    "undo 1",
    "store init",
    "store info",
    "store check",
    "store upgrade",
    "store backup copy.db",
    "store restore copy.db --yes",
    "store unlock",
    "store retire",
    "store retire --undo",
    "completions bash",
    "man pages",
    "schema user",
    "help exit-status",
];

fn echoed(env: &TestEnv, call: &str) -> String {
    let line = format!("while read line; do $ccadmin {call} >out 2>&1; echo $line; done");
    env.sh(&line).stdin("1\n2\n3\n").output().stdout
}

#[test]
fn no_command_swallows_a_line() {
    let env = TestEnv::with_users();
    for words in leaves(&env) {
        let command = words.join(" ");
        let call = CALLS
            .iter()
            .find(|call| **call == command || call.starts_with(&format!("{command} ")))
            .unwrap_or_else(|| panic!("CALLS names no `{command}`"));
        assert_eq!(echoed(&env, call), "1\n2\n3\n", "{call}");
        assert_eq!(echoed(&env, &command), "1\n2\n3\n", "{command}, without arguments");
    }
    for call in ["passwd james --own", "passwd", "passwd james --expire", "user create -i"] {
        assert_eq!(echoed(&env, call), "1\n2\n3\n", "{call}");
    }
}

#[test]
fn a_password_takes_one_line_and_nothing_behind_it() {
    let env = TestEnv::with_users();
    let line = "$ccadmin passwd james --password-stdin -q; $ccadmin passwd james --own \
                --password-stdin -q; cat";
    let lines = "verwunschene Teekanne im Regal\nverwunschene Teekanne im Regal\n\
                 ein anderes Kissen am Fenster\nthe rest\nof it";
    let output = env.sh(line).stdin(lines).output();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("the rest\nof it", ""));
}

#[test]
fn a_loop_over_a_roster_can_be_run_again() {
    let env = TestEnv::with_places();
    env.write(
        "roster.csv",
        "anna,Nagy Anna,hu-support\nbea,Kovács Béa,en-support\ncarl,Carl,hu-support\n",
    );
    let lines = "while IFS=, read -r username name project; do
        $ccadmin user create \"$username\" --name \"$name\" --role agent --project \"$project\" \
            --generate-password --if-not-exists -q || exit
    done <roster.csv";
    let first = env.sh(lines).output();
    first.success();
    assert_eq!(first.stdout.lines().count(), 3);
    let before = env.contents();
    let second = env.sh(lines).output();
    second.success();
    assert_eq!((second.stdout.as_str(), second.stderr.as_str()), ("", ""));
    assert_eq!(env.contents(), before);
}
