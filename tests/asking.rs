//! The one way of asking: every command that can ask, at a real terminal.

use crate::common::TestEnv;
use crate::common::pty::{Desk, GOOD, Home, Signal};
use crate::reference::{commands, help};

const DOWN: &str = "\x1b[B";
const ESC: &str = "\x1b";

/// What a command asks and what is answered, and how it ends.
struct Story {
    /// The command, which is called without an argument or with these options.
    call: &'static str,
    /// Each question, or something else that is seen, and the keys that come then.
    keys: &'static [(&'static str, &'static str)],
    /// What is shown in the end: the same without being asked, where something was done.
    end: &'static str,
}

const fn story(
    call: &'static str,
    keys: &'static [(&'static str, &'static str)],
    end: &'static str,
) -> Story {
    Story { call, keys, end }
}

const STORIES: &[Story] = &[
    story(
        "user create",
        &[
            ("Username: ", "new\r"),
            ("Full name: ", "New\r"),
            ("outside company", " \r"),
            ("Temporary password", "\r"),
        ],
        "ccadmin user create new --name New --role agent --generate-password\n",
    ),
    story("user show", &[("User: ", "bob\r")], "ccadmin user show bob\n"),
    story("user exists", &[("User: ", "bob\r")], "ccadmin user exists bob\n"),
    story(
        "user update",
        &[
            ("User: ", "bob\r"),
            ("Full name [Bob]: ", "Bob Lee\r"),
            ("Roles: ", "\r"),
            ("E-mail, like james@example.com (empty: none): ", "bob@example.com\r"),
            ("Phone (- clears it) [+36201234567]: ", "-\r"),
            ("Teams: ", " \r"),
            ("Language, like hu or en-GB (empty: none): ", "\r"),
            ("Skills: ", "\r"),
            ("projects to enter? [Y/n]: ", "n\r"),
        ],
        "ccadmin user update bob --name 'Bob Lee' --email bob@example.com --clear phone --add-team \
         voice --project-selection off\n",
    ),
    story("user deactivate", &[("Users: ", DOWN), ("> [ ] bob", " \r")], "user deactivate bob\n"),
    story("user activate", &[("Users: ", ""), ("> [ ] zoe", " \r")], "ccadmin user activate zoe\n"),
    story(
        "user rename",
        &[("User: ", "bob\r"), ("New username: ", "rob\r")],
        "user rename bob rob\n",
    ),
    story(
        "user delete",
        &[("Users: ", DOWN), ("> [ ] bob", " \r"), ("for good? [y/N]: ", "y\r")],
        "ccadmin user delete bob --yes\n",
    ),
    story("user photo set", &[("User: ", "bob\r"), ("Picture: ", "gone.jpg\r")], "error: "),
    story("user photo get", &[("User: ", "bob\r"), ("File to write: ", "out.jpg\r")], "error: "),
    story("user photo remove", &[("User: ", "bob\r")], "ccadmin user photo remove bob\n"),
    story(
        "assign-project",
        &[
            ("User: ", "bob\r"),
            ("> [ ] en-support\n  [ ] hu-support  weight 10, 100 %, hu\n", " \r"),
            ("Weight in en-support, 1-100 [10]: ", "30\r"),
        ],
        "ccadmin assign-project bob en-support:30\n",
    ),
    story(
        "unassign-project",
        &[("User: ", "bob\r"), ("> [ ] hu-support  weight 10, 100 %\n", " \r")],
        "ccadmin unassign-project bob hu-support\n",
    ),
    story(
        "set-weight",
        &[
            ("User: ", "bob\r"),
            ("> hu-support  weight 10, 100 %\n", "\r"),
            ("Weight in hu-support, 1-100 [10]: ", "40\r"),
        ],
        "ccadmin set-weight bob hu-support 40\n",
    ),
    story("weight show", &[("User or the project: ", "bob\r")], "ccadmin weight show bob\n"),
    story(
        "weight solve",
        &[("Whose weights", "bob\r"), ("Project of the user", "hu-support\r"), ("share", "50%\r")],
        "ccadmin weight solve bob hu-support 50%\n",
    ),
    story(
        "passwd -i",
        &[
            ("Users: ", DOWN),
            ("> [ ] bob", " \r"),
            ("Expires after a time such as 14d, or at a date [7d]: ", "14d\r"),
            ("Temporary password for bob", "\r"),
        ],
        "ccadmin passwd bob --expires 14d --generate-password\n",
    ),
    story(
        "project create -i",
        &[("Name: ", "de-support\r"), ("Language", "de\r"), ("Description", "German calls\r")],
        "ccadmin project create de-support --language de --description 'German calls'\n",
    ),
    story("project show", &[("Project: ", "\r")], "ccadmin project show en-support\n"),
    story(
        "project update",
        &[
            ("Project: ", "hu\r"),
            ("Language (- clears it) [hu]: ", "\r"),
            ("Description (empty: none): ", "Day and night\r"),
        ],
        "ccadmin project update hu-support --description 'Day and night'\n",
    ),
    story(
        "project rename",
        &[("Project: ", "hu\r"), ("New name: ", "hu-help\r")],
        "ccadmin project rename hu-support hu-help\n",
    ),
    story(
        "project deactivate",
        &[("Projects: ", ""), ("> [ ] en-support", " \r")],
        "ccadmin project deactivate en-support\n",
    ),
    story(
        "project activate",
        &[("Projects: ", ""), ("> [ ] old", " \r")],
        "ccadmin project activate old\n",
    ),
    story(
        "project delete",
        &[("Projects: ", ""), ("> [ ] en-support", " \r")],
        "ccadmin project delete en-support\n",
    ),
    story("team create", &[("Name: ", "chat\r")], "ccadmin team create chat\n"),
    story("team show", &[("Team: ", "\r")], "ccadmin team show voice\n"),
    story(
        "team rename",
        &[
            ("Team: ", "\r"),
            ("New name: ", "Voice\r"),
            ("error: ", ""),
            ("New name: ", "\x15phone\r"),
        ],
        "ccadmin team rename voice phone\n",
    ),
    story("team delete", &[("Teams: ", " \r")], "ccadmin team delete voice\n"),
    story("skill create", &[("Name: ", "sales\r")], "ccadmin skill create sales\n"),
    story("skill show", &[("Skill: ", "\r")], "ccadmin skill show billing\n"),
    story(
        "skill rename",
        &[("Skill: ", "\r"), ("New name: ", "money\r")],
        "ccadmin skill rename billing money\n",
    ),
    story("skill delete", &[("Skills: ", " \r")], "ccadmin skill delete billing\n"),
    story("login", &[("Username", "bob\r"), ("Password of bob", "not the right one\r")], "error: "),
    story("user history", &[("User: ", "bob\r")], "ccadmin user history bob\n"),
    story("roster export", &[("New file", "all.toml\r")], "ccadmin roster export all.toml\n"),
    story("roster diff", &[("Roster", "gone.toml\r")], "error: "),
    story("roster apply", &[("Roster", "gone.toml\r")], "error: "),
    story("audit show", &[("Number of the entry", "1\r")], "ccadmin audit show 1\n"),
    story("store backup", &[("New file", "copy.db\r")], "ccadmin store backup copy.db\n"),
    story("store restore", &[("File, made by", "gone.db\r")], "error: "),
    story(
        "config get",
        &[("Setting, such as", "weights.max\r")],
        "ccadmin config get weights.max\n",
    ),
    story(
        "config set",
        &[("Setting, such as", "weights.max\r"), ("Value: a word", "50\r")],
        "ccadmin config set weights.max 50\n",
    ),
    story("report", &[("File to write", "out.html\r")], "ccadmin report out.html\n"),
    story("completions", &[("Shell: ", "fish\r")], "complete"),
    story("man", &[("Folder", "pages\r")], "ccadmin man pages\n"),
];

/// Commands that never ask although they want a value: it is that of an option.
const NEVER_ASK: &[&str] = &["authenticate", "project export"];

fn home() -> Home {
    let home = Home::new();
    home.does(
        "ccadmin project create hu-support --language hu && ccadmin project create en-support && \
         ccadmin project create old && ccadmin project deactivate old && ccadmin team create voice \
         && ccadmin skill create billing && printf 'username,full_name,roles,phone,projects,state\n\
         ann,Ann,agent,,,active\nbob,Bob,agent,+36201234567,hu-support,active\n\
         zoe,Zoe,agent,,,inactive\n' | ccadmin user import - --no-password",
    );
    home
}

#[track_caller]
fn plays(desk: &mut Desk, keys: &[(&str, &str)]) {
    for (seen, typed) in keys {
        desk.sees(seen);
        desk.types(typed);
    }
}

#[test]
fn every_command_that_can_ask_has_its_story() {
    let asks = |help: &str| {
        let usage = help.lines().find(|line| line.starts_with("Usage: ")).unwrap_or_default();
        usage.contains('<') && !usage.contains("<COMMAND>") || help.contains("--interactive")
    };
    let env = TestEnv::new();
    for command in commands(&env) {
        let name = command.join(" ");
        let told = STORIES.iter().any(|story| {
            story.call == name || story.call.strip_suffix(" -i") == Some(name.as_str())
        });
        if asks(&help(&env, &command)) && !NEVER_ASK.contains(&name.as_str()) {
            assert!(told, "`ccadmin {name}` asks, and no story tells how");
        }
    }
}

#[test]
fn each_asks_and_shows_afterwards_how_to_do_it_without() {
    for story in STORIES {
        let home = home();
        let mut desk = home.sits_at(&format!("env PAGER= ccadmin {}", story.call));
        plays(&mut desk, story.keys);
        desk.sees(story.end);
        let end = desk.leaves();
        let same = "the same without being asked: ";
        assert_eq!(end.text.contains(same), !story.end.starts_with("error"), "{}", end.text);
    }
}

#[test]
fn what_an_update_changed_is_said_and_nothing_is_no_change() {
    let home = home();
    let mut desk = home.sits_at("ccadmin project update hu-support");
    plays(&mut desk, &[("[hu]: ", "-\r"), ("Description", "\r")]);
    desk.leaves().exited(0).shows("changed language: hu -> -\n");
    let mut desk = home.sits_at("ccadmin project update hu-support");
    plays(&mut desk, &[("Language", "\r"), ("Description", "\r")]);
    desk.leaves().exited(0).shows("nothing was changed: hu-support\n").hides("without being asked");
    let end = home.shell("ccadmin project update hu-support; ccadmin user update bob", "");
    let told = String::from_utf8_lossy(&end.stderr).into_owned();
    assert!(told.contains("--language, --description"), "{told}");
    assert!(told.contains("--name, --email, --phone"), "{told}");
    let end = home.shell("ccadmin project rename hu-support hu -i", "");
    assert_eq!(end.status.code(), Some(2), "{end:?}");
}

#[test]
fn one_goes_back_to_the_question_before_and_finds_the_answer_there() {
    let home = home();
    let mut desk = home.sits_at("ccadmin user create --generate-password");
    desk.sees("Esc or < goes back to the question before, Ctrl-C cancels\n");
    plays(
        &mut desk,
        &[
            ("Username: ", "jonn\r"),
            ("Full name: ", ESC),
            ("Username: jonn", "\x7f\x7fhn\r"),
            ("Full name: ", "John\r"),
            ("outside company\n", "<"),
            ("Full name: John", " Lee\r"),
            ("outside company\n", " \r"),
        ],
    );
    desk.leaves().exited(0).shows("created john\n");
    assert_eq!(home.user("john")["full_name"], "John Lee");

    // From the weight in the second project to that in the first, to the projects, to the user.
    let mut desk = home.sits_at("ccadmin assign-project");
    plays(
        &mut desk,
        &[
            ("User: ", "ann\r"),
            ("> [ ] en-support", " \x1b[B \r"),
            ("Weight in en-support, 1-100 [10]: ", "7\r"),
            ("Weight in hu-support, 1-100 [10]: ", "<\r"),
            ("Weight in en-support, 1-100 [10]: ", "<\r"),
            ("> [x] en-support", ESC),
            ("User: arrows", "bob\r"),
            ("> [ ] en-support", " \r"),
            ("Weight in en-support", "9\r"),
        ],
    );
    desk.leaves().exited(0).shows("assigned bob to en-support\n");
}

#[test]
fn who_may_not_is_told_before_anything_is_typed() {
    let home = home();
    home.shell(
        "ccadmin passwd ann --password-stdin; ccadmin passwd ann --own --password-stdin; ",
        "",
    );
    assert!(
        home.shell("ccadmin passwd ann --password-stdin", &format!("{GOOD}\n")).status.success()
    );
    let own = format!("{GOOD}\nan entirely different phrase\n");
    assert!(home.shell("ccadmin passwd ann --own --password-stdin", &own).status.success());
    let signed_in =
        home.shell("ccadmin login ann --password-stdin", "an entirely different phrase\n");
    assert!(signed_in.status.success(), "{signed_in:?}");
    for call in ["set-weight", "user rename", "user update bob", "user create", "team delete"] {
        home.sits_at(&format!("ccadmin {call}"))
            .leaves()
            .exited(5)
            .hides(": arrows")
            .hides("name: ");
    }
    home.does("ccadmin logout");
    let mut desk = home.sits_at("ccadmin user rename");
    plays(&mut desk, &[("User: ", "\x04")]);
    desk.leaves().exited(130).shows("cancelled: nothing was changed\n");
    let mut desk = home.sits_at("ccadmin user rename");
    plays(&mut desk, &[("User: ", "bob\r"), ("New username: ", "\x03")]);
    desk.leaves().died_of(Signal::SIGINT).shows("cancelled: nothing was changed\n");
}

/// The name of the account that runs the tests.
fn account(home: &Home) -> String {
    home.does("id -un").trim().to_owned()
}

#[test]
fn the_name_of_the_account_is_offered_where_it_is_a_users() {
    let home = home();
    let mut desk = home.sits_at("ccadmin login");
    plays(&mut desk, &[("Username: ", "\x03")]);
    desk.leaves().died_of(Signal::SIGINT);
    let own = account(&home);
    let create = format!("ccadmin user create {own} --name Own --role admin --password-stdin");
    assert!(home.shell(&create, &format!("{GOOD}\n")).status.success());
    for call in ["login", "passwd", "passwd --own"] {
        let mut desk = home.sits_at(&format!("ccadmin {call}"));
        desk.is_asked(&format!("Username [{own}]: "), "");
        desk.sees(&format!("assword of {own}: "));
        desk.types("\x03");
        desk.leaves().died_of(Signal::SIGINT);
    }
}

#[test]
fn the_owner_who_names_somebody_else_is_asked_whose_way_it_is_and_charged_nothing() {
    let home = home();
    let mut desk = home.sits_at("ccadmin passwd");
    plays(
        &mut desk,
        &[
            ("Username: ", "bob\r"),
            ("> theirs  give bob a temporary password\n  my own  I am bob and know the", "\r"),
        ],
    );
    desk.is_asked("Temporary password for bob", GOOD).is_asked("again: ", GOOD);
    let end = desk.leaves();
    end.exited(0).shows("set the password of bob\n");
    end.shows("the same without being asked: ccadmin passwd bob --password-stdin\n");
    let mut desk = home.sits_at("ccadmin passwd");
    plays(&mut desk, &[("Username: ", "bob\r"), ("> theirs", DOWN), ("> my own", "\r")]);
    desk.is_asked("Current password of bob: ", GOOD);
    desk.sees("New password of bob");
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
    home.sits_at("ccadmin passwd bbo").leaves().exited(3).shows("did you mean `bob`?");
}

#[test]
fn somebody_without_a_store_of_their_own_is_told_who_can_help() {
    let home = Home::new();
    for call in ["passwd eszter --own", "passwd", "passwd eszter", "--database x.db passwd --own"] {
        let end = home.sits_at(&format!("ccadmin {call}")).leaves();
        end.exited(3).shows("`ccadmin help shared-host` says what the administrator has to do");
        end.hides("store init");
    }
    assert!(home.shell("ccadmin help shared-host", "").status.success());
}

#[test]
fn generated_passwords_go_to_a_file_of_ones_own() {
    use std::os::unix::fs::PermissionsExt;

    let home = home();
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let out = home.does(
        "ccadmin user create tom --name 'Tom, Jr' --role agent --generate-password --credentials t.csv",
    );
    assert_eq!(out, "");
    let told = read("t.csv");
    assert!(
        told.starts_with("username,full_name,temporary_password,expires_at\ntom,\"Tom, Jr\","),
        "{told}"
    );
    let mode = std::fs::metadata(home.path().join("t.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = home.shell("ccadmin passwd bob --generate-password --credentials t.csv", "");
    assert_eq!(again.status.code(), Some(4), "{again:?}");
    assert_eq!(read("t.csv"), told);
    let out = home.does("ccadmin passwd bob ann --generate-password --credentials two.csv -o json");
    assert!(!out.contains("temporary_password\":\""), "{out}");
    let lines = read("two.csv");
    assert_eq!(
        lines.lines().map(|line| line.split(',').next().unwrap()).collect::<Vec<_>>(),
        ["username", "bob", "ann"]
    );
    // Nobody is left with a password in a file that is not theirs.
    let taken =
        "ccadmin user create bob --name Bob --role agent --generate-password --credentials n.csv";
    assert_eq!(home.shell(taken, "").status.code(), Some(4));
    assert!(!home.path().join("n.csv").exists());
    // What is in the file works.
    let password = lines.lines().nth(1).unwrap().split(',').nth(2).unwrap();
    let own =
        home.shell("ccadmin passwd bob --own --password-stdin", &format!("{password}\n{GOOD}\n"));
    assert!(own.status.success(), "{own:?}");
}

#[test]
fn what_led_to_an_error_is_told_to_whoever_wants_to_know() {
    let home = home();
    home.does("touch file");
    let script = "ccadmin store backup file/copy.db";
    let plain = home.shell(script, "");
    let verbose = home.shell(&format!("{script} -v"), "");
    let json = home.shell(&format!("{script} -o json"), "");
    let told = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(plain.status, verbose.status);
    assert!(!told(&plain).contains("caused by"), "{}", told(&plain));
    assert!(told(&verbose).contains("caused by: "), "{}", told(&verbose));
    assert!(told(&json).contains("\"causes\":[\""), "{}", told(&json));
}
