//! The files under `examples/`, run as their readers would run them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A password that keeps every rule.
const PASSWORD: &str = "verwunschene Teekanne im Regal";

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::with_prefix("ccadmin-examples-").unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, contents).unwrap();
        path
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let folder = PathBuf::from(env!("CARGO_BIN_EXE_ccadmin"));
        let path = format!("{}:/usr/bin:/bin", folder.parent().unwrap().display());
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    fn ccadmin(&self, arguments: &[&str]) -> String {
        let output = self.command(env!("CARGO_BIN_EXE_ccadmin")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn create_users(&self, roster: &Path) -> Output {
        self.command(example("create-users.sh")).arg(roster).output().unwrap()
    }

    fn change_password(&self, username: &str, lines: &str) -> Option<i32> {
        let mut command = self.command(example("change-my-password.sh"));
        let mut child = command.arg(username).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        child.wait().unwrap().code()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// `username<TAB>password` lines.
fn passwords(output: &Output) -> Vec<(String, String)> {
    text(&output.stdout)
        .lines()
        .map(|line| line.split_once('\t').map(|(name, word)| (name.into(), word.into())).unwrap())
        .collect()
}

#[test]
fn create_users_makes_the_whole_roster_and_can_be_run_twice() {
    let home = Home::new();
    let roster = example("roster.csv");
    let first = home.create_users(&roster);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    assert!(text(&first.stderr).ends_with("12 created, 0 already there\n"));

    // What `user list` prints as CSV is the roster itself, sorted.
    let sorted = |csv: &str| {
        let mut rows: Vec<String> = csv.lines().map(str::to_owned).collect();
        rows.sort_unstable();
        rows
    };
    let before = home.ccadmin(&["user", "list", "-o", "csv"]);
    // But for the dates, which the roster has none of.
    let undated = before.replace(",,\n", "\n").replace(",from,until\n", "\n");
    assert_eq!(sorted(&undated), sorted(&fs::read_to_string(&roster).unwrap()));

    let second = home.create_users(&roster);
    assert_eq!(second.status.code(), Some(0));
    assert_eq!(text(&second.stdout), "");
    assert_eq!(text(&second.stderr), "0 created, 12 already there\n");
    assert_eq!(home.ccadmin(&["user", "list", "-o", "csv"]), before);

    let made = passwords(&first);
    assert_eq!(made.len(), 12);
    let (username, password) = &made[0];
    assert_eq!(home.change_password(username, &format!("{password}\n{PASSWORD}\n")), Some(0));
}

#[test]
fn create_users_takes_what_a_spreadsheet_saves() {
    let home = Home::new();
    let roster = home.write(
        "roster.csv",
        "\u{feff}projects,roles,full_name,username\r\nhu-support;en-support:3,agent,Kovács \
         Éva,eva\r\n\r\n,requester;Supervisor,Béla,bela",
    );
    let output = home.create_users(&roster);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        home.ccadmin(&["user", "list", "--columns", "username,full_name,roles,projects"]),
        "USERNAME  FULL NAME   ROLES                  PROJECTS\n\
         bela      Béla        requester, supervisor  -\n\
         eva       Kovács Éva  agent                  en-support:3, hu-support:10\n"
    );
}

#[test]
fn create_users_ends_at_a_bad_row_and_goes_on_from_there() {
    let home = Home::new();
    let rows =
        "username,full_name,roles\neva,Kovács Éva,agent\nbela,Nagy Béla,ROLE\nzoe,Zoe,agent\n";
    let roster = home.write("roster.csv", &rows.replace("ROLE", "pilot"));
    let output = home.create_users(&roster);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(passwords(&output).len(), 1);
    let said = text(&output.stderr);
    let told = format!("{}, line 3 (bela): not created; the rows above are done", roster.display());
    assert!(said.contains("pilot") && said.contains(&told), "{said}");

    let roster = home.write("roster.csv", &rows.replace("ROLE", "agent"));
    let output = home.create_users(&roster);
    assert_eq!(output.status.code(), Some(0));
    let names: Vec<String> = passwords(&output).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bela", "zoe"]);
}

#[test]
fn create_users_has_the_status_of_the_rule_that_a_row_breaks() {
    let home = Home::new();
    for (row, status) in [
        ("-eva,Kovács Éva,agent,,,,", 8),
        (",Kovács Éva,agent,,,,", 8),
        ("eva,,agent,,,,", 8),
        ("eva,Kovács Éva,,,,,", 2),
        ("eva,Kovács Éva,agent,12,,,", 8),
        ("eva,Kovács Éva,agent,,hu-support:0,,", 8),
        ("eva,Kovács Éva,supervisor,,hu-support,,", 4),
        ("eva,Kovács Éva,agent,,Hu Support,,", 8),
        ("eva,Kovács Éva,agent,,,asleep,", 2),
        ("eva,Kovács Éva,agent,,,,maybe", 2),
    ] {
        let header = "username,full_name,roles,phone,projects,state,project_selection";
        let roster = home.write("roster.csv", &format!("{header}\n{row}\n"));
        let output = home.create_users(&roster);
        assert_eq!(output.status.code(), Some(status), "{row}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{row}");
    }
    assert_eq!(home.ccadmin(&["user", "list", "--count"]), "0\n");
}

#[test]
fn create_users_refuses_what_it_cannot_read_before_anything_is_written() {
    let home = Home::new();
    for (contents, reason) in [
        ("", "is empty"),
        ("username,full_name\n", "no column `roles`"),
        ("username,full_name,roles,shoe_size\n", "unknown column `shoe_size`"),
        ("username,full_name,roles\neva,\"Kovács, Éva\",agent\n", "line 2: quoted cells"),
        ("username,full_name,roles\neva,Kovács, Éva,agent\n", "line 2: more cells"),
    ] {
        let roster = home.write("roster.csv", contents);
        let output = home.create_users(&roster);
        assert_eq!(output.status.code(), Some(2), "{contents}");
        assert!(text(&output.stderr).contains(reason), "{contents}: {}", text(&output.stderr));
    }
    assert_eq!(home.create_users(&home.path("nowhere.csv")).status.code(), Some(1));
    assert!(!home.path(".local").exists());
}

#[test]
fn change_my_password_has_the_status_of_ccadmin() {
    let home = Home::new();
    let made = home.ccadmin(&[
        "user",
        "create",
        "eva",
        "--name",
        "Kovács Éva",
        "--role",
        "agent",
        "--generate-password",
    ]);
    let made = made.trim();
    assert_eq!(home.change_password("eva", &format!("wrong\n{PASSWORD}\n")), Some(6));
    assert_eq!(home.change_password("Eva", &format!("{made}\n{PASSWORD}\n")), Some(6));
    assert_eq!(home.change_password("eva", &format!("{made}\nshort\n")), Some(8));
    assert_eq!(home.change_password("eva", &format!("{made}\n{PASSWORD}\n")), Some(0));
    assert_eq!(home.change_password("eva", &format!("{made}\n{PASSWORD}\n")), Some(6));
}

#[test]
fn a_program_uses_the_library_without_the_command_line() {
    let home = Home::new();
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_ccadmin"));
    let program = folder.parent().unwrap().join("examples/directory");
    assert!(program.exists(), "`cargo test` builds it first; so does `cargo build --examples`");
    let run = || {
        let output = home.command(&program).arg("a.db").output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let first = run();
    let lines: Vec<&str> = first.lines().collect();
    assert!(
        matches!(lines[..], ["made hu-support", eva, "eva takes calls from hu-support with 20"]
        if eva.starts_with("made eva, temporary password "))
    );
    let second = "hu-support is there\neva is there\neva takes calls from hu-support with 20\n";
    assert_eq!(run(), second);
    assert_eq!(
        home.ccadmin(&["--database", "a.db", "user", "list", "--field", "username"]),
        "eva\n"
    );
}

#[test]
fn one_process_is_fed_with_users() {
    let home = Home::new();
    home.ccadmin(&["project", "create", "hu-support"]);
    home.ccadmin(&[
        "user",
        "create",
        "old",
        "--name",
        "Old",
        "--role",
        "agent",
        "--generate-password",
    ]);
    let mut command = home.command(example("feed-users.sh"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let rows = "eva\tKovács \"Éva\" \\ K\thu-support:20\nold\tOld\t\nbad name\tX\t\n\
                tom\tTom\t\nkim\tKim\tnowhere\n";
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(11), "{said}");
    assert!(said.contains("bad name") && said.contains("there is no project `nowhere`"), "{said}");
    let made = passwords(&output);
    assert_eq!(made.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["eva", "tom"]);
    let (username, password) = &made[0];
    assert_eq!(home.change_password(username, &format!("{password}\n{PASSWORD}\n")), Some(0));
    assert_eq!(
        home.ccadmin(&["user", "list", "--columns", "username,full_name,projects", "-o", "csv"]),
        "username,full_name,projects\neva,\"Kovács \"\"Éva\"\" \\ K\",hu-support:20\n\
         old,Old,\ntom,Tom,\n"
    );
}

#[test]
fn a_team_is_taken_on() {
    let home = Home::new();
    let run =
        |arguments: &[&str]| home.command(example("onboard.sh")).args(arguments).output().unwrap();
    let roster = example("roster.csv");
    let roster = roster.to_str().unwrap();
    let output = run(&[roster, "cards.html"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("12 users created"), "{}", text(&output.stderr));
    assert!(fs::read_to_string(home.path("cards.html")).unwrap().contains("bela.nagy"));
    let late = run(&["--late"]);
    assert_eq!(late.status.code(), Some(0), "{}", text(&late.stderr));
    assert_eq!(text(&late.stdout).lines().count(), 1, "nobody is late on the first day");
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn users_move_over_from_another_system() {
    let home = Home::new();
    let export = example("other-system.csv");
    let run = |arguments: &[&str]| {
        let mut command = home.command(example("migrate.sh"));
        command.arg(&export).args(arguments).output().unwrap()
    };
    home.ccadmin(&["store", "init"]);
    let plan = run(&[]);
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stderr));
    assert_eq!(text(&plan.stdout).lines().count(), 3);
    assert_eq!(home.ccadmin(&["user", "list", "--count"]), "0\n");
    let done = run(&["passwords.csv"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert_eq!(
        home.ccadmin(&["user", "export"]),
        "username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until\n\
         mueller,Müller; Jürgen,j.mueller@example.com,+4915112345678,active,supervisor,,,de,true,,,\n\
         schulz,Schulz Anke,a.schulz@example.com,+4915187654321,active,agent,,,de,true,de-sales:10;de-support:20,,\n\
         weber,Weber Nils,,+491512345678,active,agent,,,de,true,de-support:10,,\n"
    );
    fs::rename(home.path("passwords.csv"), home.path("old.csv")).unwrap();
    let again = run(&["passwords.csv"]);
    assert_eq!(text(&again.stderr), "0 users created, 0 changed, 3 left unchanged\n");
}

/// The files for systemd-sysusers and systemd-tmpfiles, against the script that does the same by hand.
#[test]
fn systemd_makes_what_the_installer_makes() {
    let lines = |name: &str| {
        let text = fs::read_to_string(example(name)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        lines("ccadmin.sysusers.conf"),
        ["g ccadmin -", "u ccadmin -:nogroup \"owner of the store of ccadmin\" /nonexistent"]
    );
    assert_eq!(lines("ccadmin.tmpfiles.conf"), ["d /var/lib/ccadmin 2750 ccadmin ccadmin -"]);
    let script = fs::read_to_string(example("install-shared-host.sh")).unwrap();
    for part in [
        "group=ccadmin\naccount=ccadmin\nfolder=/var/lib/ccadmin\n",
        "--home-dir /nonexistent",
        "--gid nogroup --comment 'owner of the store of ccadmin'",
        "chown \"$owner:$group\" -- \"$folder\"\n        chmod 2750 -- \"$folder\"",
    ] {
        assert!(script.contains(part), "{part}");
    }
}
