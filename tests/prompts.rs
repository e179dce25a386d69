//! Asking, at a real terminal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::common::pty::{Desk, GOOD, Home, Signal};

const USERNAME: &str = "Username: ";
const NAME: &str = "Full name: ";
const TEMPORARY: &str = "(at least 15 characters; empty: one is generated): ";
const AGAIN: &str = "The same password again: ";
const DOWN: &str = "\x1b[B";

/// Every file below `folder` with what is in it, but for where the readers of a store stand.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.insert(path.display().to_string(), Vec::new());
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                files.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Marks the items that stand so far below the top, and accepts.
fn picks(desk: &mut Desk, question: &str, items: &[usize]) {
    desk.sees(&format!("{question}: arrows move"));
    let mut at = 0;
    for item in items {
        desk.types(DOWN.repeat(item - at)).types(" ").sees("> [x] ");
        at = *item;
    }
    desk.types("\r").sees(&format!("{question}: "));
}

/// The command that is said to do the same.
fn same_without_asking(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("the same without being asked: "));
    line.unwrap().to_owned()
}

// --- user create -----------------------------------------------------------------------------------

#[test]
fn create_asks_for_what_is_mandatory_and_shows_how_to_do_it_without() {
    let home = Home::new();
    let mut desk = home.sits_at("ccadmin user create");
    desk.is_asked(USERNAME, "james").is_asked(NAME, "James Carter");
    let list = desk.sees("an outside company\n");
    for row in ["> [ ] agent  takes calls\n", "  [ ] admin  administers everything\n"] {
        assert!(list.contains(row), "{list}");
    }
    desk.types(" ").sees("> [x] agent");
    desk.types("\r").sees("Roles: agent\n");
    desk.is_asked(&format!("Temporary password {TEMPORARY}"), GOOD).is_asked(AGAIN, GOOD);
    let end = desk.leaves();
    end.exited(0)
        .hides(GOOD)
        .shows("created james\n")
        .shows("next: ccadmin assign-project james PROJECT\n")
        .shows("there is no active project yet: `ccadmin project create NAME` creates one\n");
    let user = home.user("james");
    assert_eq!(user["full_name"], "James Carter");
    assert_eq!(user["roles"], serde_json::json!(["agent"]));
    assert_eq!(user["password"]["state"], "temporary");
    assert_eq!(user["project_selection"], true);
    assert_eq!(user["email"], serde_json::Value::Null);

    let same = same_without_asking(&end.text);
    assert_eq!(
        same,
        "ccadmin user create james --name 'James Carter' --role agent --password-stdin"
    );
    let other = home.shell(&same.replace("create james", "create anna"), &format!("{GOOD}\n"));
    assert!(other.status.success(), "{other:?}");
    assert_eq!(home.user("anna")["full_name"], "James Carter");
    let own = home.shell(
        "ccadmin passwd james --own --password-stdin",
        &format!("{GOOD}\nan entirely different phrase\n"),
    );
    assert!(own.status.success(), "{own:?}");
}

#[test]
fn create_asks_for_nothing_that_is_taken_over_from_a_model() {
    let home = Home::new();
    home.does(
        "ccadmin project create hu-support && ccadmin user create eva --name Eva --role agent \
         --role requester --language hu --project hu-support:30 --project-selection off \
         --generate-password",
    );
    let mut desk = home.sits_at("ccadmin user create --like eva");
    desk.is_asked(USERNAME, "james").is_asked(NAME, "James Carter");
    desk.is_asked(&format!("Temporary password {TEMPORARY}"), "");
    let end = desk.leaves();
    end.exited(0).shows("created james\n");
    assert_eq!(
        same_without_asking(&end.text),
        "ccadmin user create --like eva james --name 'James Carter' --generate-password"
    );
    for field in ["roles", "language", "projects", "project_selection"] {
        assert_eq!(home.user("james")[field], home.user("eva")[field], "{field}");
    }
}

#[test]
fn create_asks_for_the_optional_ones_where_it_is_told_to() {
    let home = Home::new();
    home.does(
        "ccadmin project create hu-support --language hu && ccadmin project create en-support \
         --description 'English calls' && ccadmin project create gone && ccadmin project deactivate \
         gone && ccadmin team create voice && ccadmin skill create billing",
    );
    let mut desk =
        home.sits_at("ccadmin --database .local/share/ccadmin/ccadmin.db user create -i");
    desk.is_asked(USERNAME, "eva").is_asked(NAME, "Kovács Éva");
    picks(&mut desk, "Roles", &[0, 1]);
    desk.is_asked("E-mail, like james@example.com (empty: none): ", "");
    desk.is_asked("Phone, like +36201234567 (empty: none): ", "+36 (20) 123-4567");
    picks(&mut desk, "Teams", &[0]);
    desk.is_asked("Language, like hu or en-GB (empty: none): ", "en-gb");
    picks(&mut desk, "Skills", &[0]);
    desk.sees("Level of billing: arrows move");
    desk.sees("> 1  the lowest");
    desk.types(DOWN).sees("> 2\n");
    desk.types("\r").sees("Level of billing: 2\n");
    desk.sees("> [ ] en-support  English calls\n  [ ] hu-support  hu\n");
    desk.types(format!("{DOWN} ")).sees("> [x] hu-support");
    desk.types("\r");
    desk.is_asked("Weight in hu-support, 1-100 [10]: ", "0");
    desk.sees("error: ");
    desk.is_asked_again("Weight in hu-support, 1-100 [10]: ", "20");
    desk.is_asked("May the user choose which of their projects to enter? [Y/n]: ", "n");
    desk.is_asked(TEMPORARY, "");
    let end = desk.leaves();
    end.exited(0).shows(
        "the temporary password, shown only this once, works until Sat 28 Nov 2026 09:00:\n",
    );
    assert!(!end.text.contains("next:"), "{}", end.text);
    let user = home.user("eva");
    assert_eq!(user["full_name"], "Kovács Éva");
    assert_eq!(user["roles"], serde_json::json!(["agent", "requester"]));
    assert_eq!(user["phone"], "+36201234567");
    assert_eq!(user["teams"], serde_json::json!(["voice"]));
    assert_eq!(user["language"], "en-GB");
    assert_eq!(user["skills"], serde_json::json!([{"skill": "billing", "level": 2}]));
    assert_eq!(user["projects"][0]["project"], "hu-support");
    assert_eq!(user["projects"][0]["weight"], 20);
    assert_eq!(user["project_selection"], false);

    let same = same_without_asking(&end.text);
    assert!(same.contains("--database .local/share/ccadmin/ccadmin.db"), "{same}");
    home.does(&same.replace("create eva", "create eva2"));
    let twin = home.user("eva2");
    for field in ["roles", "phone", "teams", "skills", "language", "projects", "project_selection"]
    {
        assert_eq!(user[field], twin[field], "{field}");
    }
}

#[test]
fn lists_that_are_empty_say_how_to_make_the_first() {
    let home = Home::new();
    let mut desk = home.sits_at("ccadmin user create ann --name Ann --role agent -i");
    desk.is_asked("E-mail", "").is_asked("Phone", "");
    desk.sees("Teams: there are none yet, `ccadmin team create NAME` creates the first\n");
    desk.is_asked("Language", "");
    desk.sees("Skills: there are none yet, `ccadmin skill create NAME` creates the first\n");
    desk.sees("Projects: there are none yet, `ccadmin project create NAME` creates the first\n");
    desk.is_asked("[Y/n]: ", "").is_asked(TEMPORARY, "");
    let end = desk.leaves();
    end.exited(0);
    assert!(!end.text.contains("error:"), "{}", end.text);
}

#[test]
fn bad_answers_are_explained_and_asked_again_with_the_rest_kept() {
    let home = Home::new();
    home.does("ccadmin user create james --name 'James Carter' --role agent --generate-password");
    let mut desk = home.sits_at("ccadmin user create -i");
    for (bad, why) in [
        ("", "error: "),
        ("ja mes", "error: `ja mes` is not a username: a space at position 3 is not allowed\n"),
        ("józsef", "error: "),
        ("james", "error: the user `james` already exists\nhint: choose another username\n"),
    ] {
        desk.is_asked_again(USERNAME, bad).sees(why);
    }
    desk.is_asked_again(USERNAME, "James");
    desk.sees("warning: there is also a user `james`");
    desk.is_asked(NAME, "   ").sees("error: a name cannot be blank\n");
    desk.is_asked_again(NAME, " James  Carter ");
    desk.sees("arrows move");
    desk.types("\r").sees("error: at least 1 must be picked\nhint: Space marks the one under");
    desk.sees("arrows move");
    desk.types(format!("{DOWN} ")).sees("> [x] requester");
    desk.types("\r");
    // A refused answer comes back to be edited.
    desk.is_asked("E-mail", "james@").sees("hint: write it like james@example.com\n");
    desk.sees("(empty: none): james@");
    desk.answers("example.com");
    desk.is_asked("Phone", "0620123").sees("hint: write it like +36201234567");
    desk.is_asked_again("Phone", "");
    desk.is_asked("Language", "no such").sees("hint: write it like hu or en-GB");
    desk.is_asked_again("Language", "");
    for (weak, why) in [
        ("short", "error: a password has at least 15 characters, this one has 5\n"),
        ("passwordpassword", "error: "),
        ("James James James", "error: "),
    ] {
        desk.is_asked(TEMPORARY, weak).sees(why);
    }
    desk.is_asked(TEMPORARY, GOOD).is_asked(AGAIN, "violet tractor sings at dawn");
    desk.sees("error: the passwords do not match\nhint: type the new password again, both times\n");
    desk.is_asked(TEMPORARY, GOOD).is_asked(AGAIN, GOOD);
    let end = desk.leaves();
    end.exited(0).hides("violet").hides("passwordp");
    assert_eq!(end.text.matches("there is also a user").count(), 1, "{}", end.text);
    let user = home.user("James");
    assert_eq!(user["full_name"], "James  Carter");
    assert_eq!(user["email"], "james@example.com");
    assert_eq!(user["roles"], serde_json::json!(["requester"]));
}

#[test]
fn prompts_never_go_to_stdout_and_a_generated_password_goes_there_alone() {
    let home = Home::new();
    let mut desk = home.sits_at("ccadmin user create > out");
    desk.is_asked(USERNAME, "ann").is_asked(NAME, "Ann");
    picks(&mut desk, "Roles", &[2]);
    desk.is_asked(TEMPORARY, "");
    let end = desk.leaves();
    end.exited(0).shows("created ann\n");
    let out = fs::read_to_string(home.path().join("out")).unwrap();
    let password = out.strip_suffix('\n').unwrap();
    assert_eq!(password.len(), 29, "{out}");
    assert!(password.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()), "{out}");
    end.hides(password);
    assert!(!end.text.contains("only this once"), "{}", end.text);
    let same = same_without_asking(&end.text);
    assert_eq!(same, "ccadmin user create ann --name Ann --role supervisor --generate-password");

    let mut desk = home.sits_at("ccadmin -o json user create bob --role agent > out");
    desk.is_asked(NAME, "Bob").is_asked(TEMPORARY, GOOD).is_asked(AGAIN, GOOD);
    desk.leaves().exited(0);
    let out = fs::read(home.path().join("out")).unwrap();
    let user: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(user["username"], "bob");
}

#[test]
fn what_the_settings_require_is_asked_for() {
    let home = Home::new();
    home.configure("[user]\nrequire = [\"email\", \"phone\", \"project\"]\n");
    home.does("ccadmin project create hu-support");
    let mut desk = home.sits_at("ccadmin user create ann --name Ann");
    picks(&mut desk, "Roles", &[1]);
    desk.is_asked("E-mail, like james@example.com: ", "").sees("error: ");
    desk.is_asked("E-mail, like james@example.com: ", "ann@example.com");
    desk.is_asked("Phone, like +36201234567: ", "+36201234567");
    desk.is_asked(TEMPORARY, "");
    desk.leaves().exited(0);
    // Only who takes calls has to have a project.
    let mut desk =
        home.sits_at("ccadmin user create bob --name Bob --role agent --phone +3612345678");
    desk.is_asked("E-mail, like james@example.com: ", "bob@example.com");
    desk.sees("> [ ] hu-support");
    desk.types("\r").sees("at least 1 must be picked");
    desk.sees("> [ ] hu-support");
    desk.types(" ").sees("> [x] hu-support");
    desk.types("\r");
    desk.is_asked("Weight in hu-support, 1-100 [10]: ", "").is_asked(TEMPORARY, "");
    desk.leaves().exited(0);
    assert_eq!(home.user("bob")["projects"][0]["weight"], 10);

    home.configure("[user]\nrequire = [\"team\"]\n");
    home.sits_at("ccadmin user create").leaves().exited(2).shows(
        "error: there are no teams yet, and one is required\n\
         hint: `ccadmin team create NAME` creates the first\n",
    );
}

#[test]
fn the_address_of_a_hand_out_is_asked_for() {
    let home = Home::new();
    home.configure("[deliver.email]\ncommand = [\"/bin/true\", \"{to}\"]\n");
    let mut desk = home.sits_at(
        "ccadmin user create james --name James --role agent --hand-out email --generate-password",
    );
    desk.is_asked("E-mail, like james@example.com: ", "james@example.com");
    let end = desk.leaves();
    end.exited(0).shows("sent the password of james to james@example.com\n");
    assert_eq!(
        same_without_asking(&end.text),
        "ccadmin user create james --name James --role agent --hand-out email \
         --generate-password --email james@example.com"
    );
    assert!(!end.text.contains("shown only this once"), "{}", end.text);
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let home = Home::new();
    let mut desk = home.sits_at("ccadmin user create ann --name Ann --generate-password");
    picks(&mut desk, "Roles", &[0]);
    let end = desk.leaves();
    end.exited(0);
    for other in [USERNAME, NAME, "password ("] {
        end.hides(other);
    }
    let call = "ccadmin user create bob --name B --role agent --generate-password \
                --permanent-password";
    let end = home.sits_at(call).leaves();
    end.exited(0).hides("without asking").hides(": arrows");
    end.shows("the password, shown only this once:\n");
}

#[test]
fn nobody_types_for_nothing() {
    let home = Home::new();
    let absent = home.sits_at("ccadmin user create --team voice").leaves();
    absent.exited(3).shows("error: there is no team `voice`").hides(USERNAME);
    assert!(!home.path().join(".local").exists());
    home.does(
        "ccadmin team create voice && ccadmin project create hu-support && ccadmin project create \
         old && ccadmin project deactivate old && ccadmin user create ann --name Ann --role agent \
         --generate-password",
    );
    home.sits_at("ccadmin user create --team vioce").leaves().exited(3).shows("`voice`?");
    home.sits_at("ccadmin user create --project old").leaves().exited(4).hides(USERNAME);
    let mut desk = home.sits_at("ccadmin user create ANN");
    desk.sees("warning: there is also a user `ann`");
    desk.sees(NAME);
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
    home.sits_at("ccadmin user create ann").leaves().exited(4).hides(NAME);
    home.sits_at("ccadmin user create ann --if-not-exists").leaves().exited(0).hides(NAME);
    home.sits_at("ccadmin passwd nobody").leaves().exited(3).hides(TEMPORARY);
    let mut desk = home.sits_at("ccadmin user create bob --name Bob --project hu-support");
    picks(&mut desk, "Roles", &[1]);
    desk.sees("error: only agents can be in a project\nhint: pick agent or external-agent too\n");
    picks(&mut desk, "Roles", &[0, 1]);
    desk.is_asked(TEMPORARY, "");
    desk.leaves().exited(0);
}

#[test]
fn nobody_is_asked_who_cannot_or_will_not_answer() {
    let home = Home::new();
    let all = "error: missing: USERNAME, --name, --role, --password-stdin";
    for call in [
        "ccadmin --no-input user create",
        "env CCADMIN_NO_INPUT=1 ccadmin user create",
        "ccadmin user create < /dev/null",
    ] {
        home.sits_at(call).leaves().exited(2).shows(all).hides(USERNAME);
    }
    home.sits_at("ccadmin user create 2> err").leaves().exited(2);
    let err = fs::read_to_string(home.path().join("err")).unwrap();
    assert!(err.starts_with(all), "{err}");
    home.configure("[user]\nrequire = [\"email\", \"skill\"]\n");
    let end = home.sits_at("ccadmin --no-input user create ann --role agent").leaves();
    end.exited(2).shows("error: missing: --name, --email, --skill, --password-stdin");
    home.sits_at("ccadmin user create -i < /dev/null").leaves().exited(2);
    assert!(!home.path().join(".local").exists());
    home.does("ccadmin team create voice");
    for (call, missing) in [
        ("ccadmin passwd --no-input", "missing: USERNAME"),
        ("ccadmin passwd ann --no-input", "missing: a password"),
        ("ccadmin passwd ann --own < /dev/null", "missing: the current and the new password"),
    ] {
        home.sits_at(call).leaves().exited(2).shows(missing);
    }
}

#[test]
fn a_terminal_that_knows_no_control_sequences_gets_none() {
    let home = Home::new();
    let mut desk = home.sits_at("env TERM=dumb ccadmin user create");
    desk.is_asked(USERNAME, "ann").is_asked(NAME, "Ann");
    let list = desk.sees("Roles (numbers or names, with commas between): ");
    assert!(list.contains("1) agent  takes calls\n"), "{list}");
    desk.answers("1, supervisor").is_asked(TEMPORARY, "");
    desk.leaves().exited(0).hides("\x1b");
    assert_eq!(home.user("ann")["roles"], serde_json::json!(["agent", "supervisor"]));
}

// --- passwd and update -----------------------------------------------------------------------------

/// A home with users who have `GOOD` as their temporary password.
fn with_users(usernames: &[&str]) -> Home {
    let home = Home::new();
    for username in usernames {
        let call = format!(
            "ccadmin user create {username} --name 'Some Body' --role agent --password-stdin"
        );
        assert!(home.shell(&call, &format!("{GOOD}\n")).status.success());
    }
    home
}

#[test]
fn ones_own_password_takes_the_current_one_and_the_new_one_twice() {
    const NEW: &str = "an entirely different phrase";

    let home = with_users(&["james"]);
    let before = home.user("james");
    let mut desk = home.sits_at("ccadmin passwd james --own");
    desk.is_asked("Current password of james: ", "not the one that it is");
    let end = desk.leaves();
    end.exited(6).shows("error: the username or the password is wrong").hides("New password");
    assert_eq!(home.user("james"), before);

    let mut desk = home.sits_at("ccadmin passwd");
    desk.is_asked(USERNAME, "jam es").sees("error: ");
    desk.is_asked_again(USERNAME, "james").sees("> set");
    desk.types(DOWN).sees("> change");
    desk.types("\r");
    desk.is_asked("Current password of james: ", GOOD);
    let new = "New password of james (at least 15 characters): ";
    desk.is_asked(new, GOOD).sees("error: the new password is the one it replaces\n");
    desk.is_asked(new, "").sees("error: a password cannot be empty\n");
    desk.is_asked(new, "james").sees("error: ");
    desk.is_asked(new, NEW).is_asked(AGAIN, NEW);
    let end = desk.leaves();
    end.exited(0).shows("changed the password of james\n").hides(GOOD).hides(NEW);
    assert_eq!(home.user("james")["password"]["state"], "permanent");
}

#[test]
fn signing_in_with_a_temporary_password_leads_to_ones_own() {
    const NEW: &str = "an entirely different phrase";

    let home = with_users(&["james"]);
    let before = home.user("james");
    let sessions = home.path().join(".local/state");
    let mut desk = home.sits_at("ccadmin login");
    desk.is_asked(USERNAME, "james").is_asked("Password of james: ", "not the one that it is");
    desk.leaves().exited(6).hides("New password");
    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", GOOD);
    desk.sees("the password is temporary: choose your own now\nNew password of james");
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
    assert_eq!(home.user("james")["password"], before["password"]);
    assert!(!sessions.exists());

    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", GOOD).is_asked("New password of james", GOOD);
    desk.sees("error: the new password is the one it replaces\n");
    desk.is_asked("New password of james", NEW).is_asked(AGAIN, NEW);
    desk.leaves().exited(0).shows("signed in as james").hides(GOOD).hides(NEW);
    let mut desk = home.sits_at("ccadmin passwd");
    desk.is_asked("Current password of james: ", NEW).is_asked("New password of james", GOOD);
    desk.is_asked(AGAIN, GOOD);
    desk.leaves().exited(0).shows("changed the password of james\n").hides(USERNAME);
}

/// A question holds no lock, and what it was asked for may have changed when it is answered.
#[test]
fn a_password_that_was_reset_meanwhile_is_not_changed() {
    const NEW: &str = "an entirely different phrase";

    let home = with_users(&["james"]);
    let mut desk = home.sits_at("ccadmin passwd james --own");
    desk.is_asked("Current password of james: ", GOOD).sees("New password");
    home.does("ccadmin passwd james --generate-password");
    let before = home.user("james");
    desk.answers(NEW).is_asked(AGAIN, NEW);
    desk.leaves().exited(6).shows("error: ");
    assert_eq!(home.user("james"), before);

    let mut desk = home.sits_at("ccadmin user create --generate-password");
    desk.is_asked(USERNAME, "ann");
    desk.sees(NAME);
    home.does("ccadmin user create ann --name Ann --role agent --generate-password");
    desk.answers("Another Ann");
    picks(&mut desk, "Roles", &[0]);
    desk.leaves().exited(4).shows("error: ");
    assert_eq!(home.user("ann")["full_name"], "Ann");
}

/// Typed ahead, while the answers before are looked at: not shown, and not lost either.
#[test]
fn secrets_that_are_typed_ahead_are_not_shown() {
    let home = with_users(&["james"]);
    let mut desk = home.sits_at("ccadmin passwd james --own");
    desk.sees("Current password of james: ");
    desk.types(format!("{GOOD}\ran entirely different phrase\ran entirely different phrase\r"));
    desk.leaves().exited(0).hides("violet").hides("entirely");
    assert_eq!(home.user("james")["password"]["state"], "permanent");
}

#[test]
fn somebodys_password_is_asked_for_one_by_one() {
    let home = with_users(&["ann", "bob"]);
    let mut desk = home.sits_at("ccadmin passwd ann nobody bob");
    desk.is_asked(&format!("Temporary password for ann {TEMPORARY}"), "");
    desk.sees("set the password of ann\n");
    desk.sees("error: there is no user `nobody`\n");
    let new = "an entirely different phrase";
    desk.is_asked(&format!("Temporary password for bob {TEMPORARY}"), new).is_asked(AGAIN, new);
    let end = desk.leaves();
    end.exited(3).shows("shown only this once, works until Sat 28 Nov 2026 09:00:\nann\t");
    assert!(!end.text.contains("bob\t"), "{}", end.text);

    // What was set and is known to nobody else is shown, even where the rest is broken off.
    let mut desk = home.sits_at("ccadmin passwd ann bob");
    desk.is_asked(TEMPORARY, "").sees("Temporary password for bob");
    desk.sees(TEMPORARY);
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT).shows(":\nann\t");
}

#[test]
fn granting_admin_asks_for_a_fresh_password() {
    let home = with_users(&["james"]);
    let before = snapshot(home.path());
    let mut desk = home.sits_at("ccadmin user update james --add-role admin");
    desk.sees("granting admin requires a new temporary password (`--keep-password` keeps");
    desk.sees(&format!("Temporary password for james {TEMPORARY}"));
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
    assert_eq!(snapshot(home.path()), before);
    let mut desk = home.sits_at("ccadmin user update james --add-role admin --expires 2d");
    desk.is_asked(&format!("Temporary password for james {TEMPORARY}"), "");
    desk.leaves().exited(0).shows("updated james\n").shows("only this once");
    let user = home.user("james");
    assert_eq!(user["roles"], serde_json::json!(["admin", "agent"]));
    assert_eq!(user["password"]["expires_at"], "2026-11-23T09:00:00Z");
}

// --- the ways out ----------------------------------------------------------------------------------

/// How to come to a prompt of every kind: the call, what is on the screen, what has been typed.
const PROMPTS: [(&str, &str, &str); 6] = [
    ("ccadmin user create", USERNAME, ""),
    ("ccadmin user create", USERNAME, "jame"),
    ("ccadmin user create ann --name Ann --role agent", TEMPORARY, ""),
    ("ccadmin user create ann --name Ann --role agent", TEMPORARY, "hunter2"),
    ("ccadmin user create ann --name Ann", "an outside company\n", ""),
    ("ccadmin user create ann --name Ann", "an outside company\n", DOWN),
];

fn at_a_prompt(home: &Home, (call, seen, typed): (&str, &str, &str)) -> Desk {
    let mut desk = home.sits_at(call);
    desk.sees(seen);
    assert!(!desk.echoes());
    desk.types(typed);
    // What is on its way to the terminal has to have come, or the next to read it is somebody else.
    match typed {
        // The terminal keeps a secret until the line ends, and nothing tells that it has it.
        "hunter2" => std::thread::sleep(Duration::from_millis(50)),
        DOWN => drop(desk.sees("> [ ] requester")),
        typed => drop(desk.sees(typed)),
    }
    desk
}

/// R17: echo and cursor are as they were, and the process dies of the signal.
#[test]
fn a_signal_at_any_prompt_puts_the_terminal_right_and_kills() {
    let home = Home::new();
    for prompt in PROMPTS {
        for (signal, key) in [
            (Signal::SIGINT, ""),
            (Signal::SIGTERM, ""),
            (Signal::SIGHUP, ""),
            (Signal::SIGQUIT, ""),
            (Signal::SIGINT, "\x03"),
            (Signal::SIGQUIT, "\x1c"),
        ] {
            let mut desk = at_a_prompt(&home, prompt);
            match key {
                "" => desk.signals(signal),
                key => desk.types(key),
            };
            desk.leaves().died_of(signal).hides("hunter2");
        }
    }
    assert_eq!(snapshot(home.path()), BTreeMap::new());
}

/// R17: so they are at the end of input.
#[test]
fn ctrl_d_ends_any_prompt_with_130() {
    let home = with_users(&["james"]);
    let before = snapshot(home.path());
    for prompt in PROMPTS {
        let mut desk = at_a_prompt(&home, prompt);
        // Ctrl-D ends an empty line; Ctrl-U empties it.
        desk.types("\x15\x04");
        desk.leaves().exited(130).hides("hunter2");
    }
    for call in ["ccadmin passwd james", "ccadmin passwd james --own"] {
        let mut desk = home.sits_at(call);
        desk.sees("): ".get(usize::from(call.ends_with("own"))..).unwrap());
        desk.types("\x04");
        desk.leaves().exited(130);
    }
    assert_eq!(snapshot(home.path()), before);
}

/// R17, R22: so they are when time is up.
#[test]
fn a_prompt_that_is_left_alone_ends() {
    let home = Home::new();
    for prompt in PROMPTS {
        let call = format!("env CCADMIN_TEST_PATIENCE=1 {}", prompt.0);
        let desk = at_a_prompt(&home, (&call, prompt.1, prompt.2));
        desk.leaves().exited(2).shows("error: no answer for five minutes").hides("hunter2");
    }
    assert_eq!(snapshot(home.path()), BTreeMap::new());
}

#[test]
fn a_job_of_the_background_leaves_the_terminal_alone_until_it_is_called() {
    let home = Home::new();
    let mut desk = home.sits_at_shell();
    desk.answers("ccadmin user create ann --name Ann --role agent &").sees("ready$ ");
    // The shell says that it has stopped before it asks for the next command.
    while !desk.answers("").sees("ready$ ").contains("Stopped") {
        std::thread::sleep(Duration::from_millis(10));
    }
    desk.answers("fg").is_asked(TEMPORARY, "").sees("created ann\n");
    desk.sees("ready$ ");
    desk.answers("exit 0");
    desk.leaves().exited(0);
}

/// A home whose next `user create` has more projects to ask for than are shown at once.
fn with_many_projects() -> Home {
    let home = Home::new();
    home.configure("[user]\nrequire = [\"project\"]\n");
    home.does("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ccadmin project create queue-$i; done");
    home
}

const LONG_LIST: &str = "ccadmin user create ann --name Ann --role agent --generate-password";

/// However it dies, at whatever moment, the terminal is as it was: `leaves` looks.
#[track_caller]
fn survives_signals(home: &Home, call: &str, keys: &str) {
    let all = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];
    for (round, signal) in all.into_iter().cycle().take(50).enumerate() {
        let mut desk = home.sits_at(call);
        desk.types(keys);
        // From before the question to long after it.
        std::thread::sleep(Duration::from_micros(round as u64 * 7_919 * 13 % 120_000));
        desk.signals(signal);
        desk.leaves().died_of(signal);
    }
}

#[test]
fn fifty_signals_at_a_line_leave_the_terminal_as_it_was() {
    survives_signals(&Home::new(), "ccadmin user create", "jam\x1b[D");
}

#[test]
fn fifty_signals_at_a_secret_leave_the_terminal_as_it_was() {
    let call = "ccadmin user create ann --name Ann --role agent";
    survives_signals(&Home::new(), call, "hunter2");
}

#[test]
fn fifty_signals_at_a_short_list_leave_the_terminal_as_it_was() {
    survives_signals(&Home::new(), "ccadmin user create ann --name Ann", "\x1b[B ");
}

#[test]
fn fifty_signals_at_a_long_list_leave_the_terminal_as_it_was() {
    survives_signals(&with_many_projects(), LONG_LIST, "queue");
}

/// The output has stopped, and who puts the terminal right must not wait for it to go on.
#[test]
fn a_signal_is_heeded_where_the_output_was_stopped() {
    let home = Home::new();
    for prompt in PROMPTS {
        let mut desk = at_a_prompt(&home, prompt);
        desk.types("\x13");
        desk.signals(Signal::SIGTERM);
        desk.leaves().died_of(Signal::SIGTERM);
    }
}

#[test]
fn a_question_that_is_cancelled_says_that_nothing_was_changed() {
    let home = with_users(&["ann", "bob"]);
    let said = "cancelled: nothing was changed\n";
    for prompt in PROMPTS {
        let (call, seen, typed) = prompt;
        let call = call.replace("create ann", "create carl");
        let mut desk = at_a_prompt(&home, (&call, seen, typed));
        desk.types("\x03");
        desk.leaves().died_of(Signal::SIGINT).shows(said);
        let mut desk = at_a_prompt(&home, (&call, seen, typed));
        desk.types("\x15\x04");
        desk.leaves().exited(130).shows(said);
    }
    // Somebody has a new password by then.
    let mut desk = home.sits_at("ccadmin passwd ann bob");
    desk.is_asked(TEMPORARY, "").sees("Temporary password for bob");
    desk.sees(TEMPORARY);
    desk.types("\x04");
    desk.leaves().exited(130).hides("nothing was changed");
}

#[test]
fn wide_and_combining_letters_are_edited_in_the_middle_of_a_line() {
    const LEFT: &str = "\x1b[D";
    const HOME: &str = "\x1b[H";
    const DELETE: &str = "\x1b[3~";

    let cases = [
        (format!("佐藤葵{LEFT}{LEFT}x"), "佐x藤葵"),
        (format!("佐藤葵{LEFT}\x7f"), "佐葵"),
        (format!("xe\u{301}y{LEFT}\x7f"), "xy"),
        (format!("xe\u{301}y{HOME}{DELETE}{DELETE}z"), "zy"),
        (format!("佐e\u{301}葵\x01{DELETE}a\x05b"), "ae\u{301}葵b"),
        ("one two\x17three".to_owned(), "one three"),
        (format!("one{HOME}\x1b[200~two \x1b[201~"), "two one"),
    ];
    let home = Home::new();
    for (round, (keys, name)) in cases.into_iter().enumerate() {
        let mut desk = home
            .sits_at(&format!("ccadmin user create user-{round} --role agent --generate-password"));
        desk.is_asked(NAME, &keys);
        desk.leaves().exited(0);
        let stored = home.user(&format!("user-{round}"))["full_name"].clone();
        // A name is kept with its accents composed.
        assert_eq!(stored, name.replace("e\u{301}", "é"), "{keys:?}");
    }
}

/// Makes more users than one is picked of in a list.
const MANY_MORE: &str = "{ echo username,full_name,roles; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 \
                         16 17 18 19 20; do echo user$i,User,agent; done; } | ccadmin user import - \
                         --no-password -q";

#[test]
fn tab_completes_the_names_that_are_there() {
    let home = with_users(&["ann", "anna", "bob"]);
    home.does("ccadmin project create hu-support && ccadmin assign-project bob hu-support");
    home.does(MANY_MORE);
    let mut desk = home.sits_at("ccadmin set-weight");
    desk.sees("User: ");
    desk.types("b\t").sees("bob");
    desk.types("\r").sees("Project: arrows move");
    // The one project that bob is in.
    desk.sees("> hu-support  weight 10, 100 %\n");
    desk.types("\r");
    desk.is_asked("Weight in hu-support, 1-100 [10]: ", "20");
    desk.leaves().exited(0).shows("ccadmin set-weight bob hu-support 20\n");

    let mut desk = home.sits_at("ccadmin passwd --own");
    desk.sees(USERNAME);
    desk.types("a\t").sees("ann");
    // More than one begins so: they are shown, and what was typed stays.
    desk.types("\t").sees("anna");
    desk.types("\r").sees("Current password of ann: ");
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
}

#[test]
fn a_long_list_is_searched_and_its_first_row_accepts() {
    let home = with_many_projects();
    let mut desk = home.sits_at(LONG_LIST);
    desk.sees("Projects: arrows move, Enter marks, typing filters; the first row accepts\n");
    // Nothing is marked yet, so the cursor is below the row that accepts.
    let list = desk.sees("  [ ] queue-9\n");
    assert!(list.starts_with("  accept none\n> [ ] queue-1\n"), "{list}");
    desk.types("\x1b[A\r").sees("error: at least 1 must be picked\n");
    desk.sees("  [ ] queue-9\n");
    desk.types("zz").sees("Projects: zz\n");
    // Esc shows them all again.
    desk.types("\x1b").sees("arrows move");
    desk.sees("  [ ] queue-9\n");
    desk.types("e-12").sees("> [ ] queue-12\n");
    desk.types("\r").sees("> accept the 1 marked\n");
    desk.sees("[x] queue-12\n");
    desk.types("e-7").sees("> [ ] queue-7\n");
    desk.types("\r").sees("> accept the 2 marked\n");
    desk.types("\r").sees("Projects: queue-12, queue-7\n");
    desk.is_asked("Weight in queue-12, 1-100 [10]: ", "");
    desk.is_asked("Weight in queue-7, 1-100 [10]: ", "");
    desk.leaves().exited(0);
    assert_eq!(home.user("ann")["projects"][1]["project"], "queue-7");
}

/// To dialoguer `a` is all of a list, roles of an admin among them, and `q` the end of it.
#[test]
fn letters_mark_nothing_in_a_short_list() {
    let home = Home::new();
    let mut desk = home.sits_at("ccadmin user create ann --name Ann --generate-password");
    desk.sees("an outside company\n");
    desk.types("agentq").hears_the_bell();
    desk.types(" ").sees("> [x] agent");
    desk.types("\r").sees("Roles: agent\n");
    desk.leaves().exited(0);
}

#[test]
fn an_argument_that_is_missing_is_asked_for() {
    let home = with_users(&["ann"]);
    home.does("ccadmin project create hu-support && ccadmin assign-project ann hu-support");
    let mut desk = home.sits_at("ccadmin set-weight ann");
    desk.is_asked("Project: ", "hu-support");
    desk.is_asked("Weight in hu-support, 1-100 [10]: ", "-5").sees("`-5` is not a weight");
    desk.is_asked_again("Weight in hu-support, 1-100 [10]: ", "20");
    desk.leaves()
        .exited(0)
        .shows("the same without being asked: ccadmin set-weight ann hu-support 20\n");
    assert_eq!(home.user("ann")["projects"][0]["weight"], 20);
}

#[test]
fn delete_asks_whether_it_is_meant() {
    let home = Home::new();
    home.does(
        "ccadmin user create james --name 'James Carter' --role agent --generate-password && \
         ccadmin user create eva --name Eva --role agent --generate-password",
    );
    let before = snapshot(home.path());
    for answer in ["", "n", "no"] {
        let mut desk = home.sits_at("ccadmin user delete james");
        desk.is_asked("Delete james (James Carter) for good? [y/N]: ", answer);
        desk.leaves().exited(2).shows("nothing was deleted\n");
    }
    let mut desk = home.sits_at("ccadmin user delete james eva");
    desk.sees("Delete 2 users (james, eva) for good? [y/N]: ");
    desk.types("\x03");
    desk.leaves().died_of(Signal::SIGINT);
    // Whoever is not there is told before anything is asked.
    home.sits_at("ccadmin user delete jame").leaves().exited(3).hides("for good");
    assert!(snapshot(home.path()) == before, "something was written");
    let mut desk = home.sits_at("ccadmin user delete james");
    desk.is_asked("Delete james (James Carter) for good? [y/N]: ", "y");
    desk.leaves().exited(0).shows("deleted james\n");
    home.sits_at("ccadmin user delete eva --yes").leaves().exited(0).hides("for good");
    assert_eq!(home.does("ccadmin user list --count"), "0\n");
}

/// What is typed at a question is a value: it neither confirms nor changes what the call does.
#[test]
fn an_answer_that_looks_like_an_option_is_none() {
    let home = with_users(&["ann"]);
    home.does(MANY_MORE);
    let question = "Users (several are separated by spaces): ";
    let mut desk = home.sits_at("ccadmin user delete");
    desk.is_asked(question, "ann --yes").sees("`--yes` is not a username");
    desk.is_asked_again(question, "ann");
    desk.is_asked("Delete ann (Some Body) for good? [y/N]: ", "n");
    desk.leaves().exited(2);
    home.user("ann");
}

/// Nothing but what is asked for touches stdin.
#[test]
fn a_while_read_loop_around_questions_is_safe() {
    let home = with_users(&["ann", "bob"]);
    home.does("printf 'ann\\nbob\\n' > list");
    let script = "sh -c 'while read -r name; do ccadmin passwd $name < /dev/tty; done < list'";
    let mut desk = home.sits_at(script);
    desk.is_asked(&format!("Temporary password for ann {TEMPORARY}"), "");
    desk.is_asked(&format!("Temporary password for bob {TEMPORARY}"), "");
    desk.leaves().exited(0);
    // Without a terminal on stdin there is no asking, and the list is left alone.
    let end = home.sits_at(&script.replace("< /dev/tty", "")).leaves();
    assert_eq!(end.text.matches("missing: a password").count(), 2, "{}", end.text);
}

/// R17: the shell hears of the signal, and gets none of the bytes that were typed.
#[test]
fn a_shell_loop_stops_too_and_the_shell_gets_nothing_of_what_was_typed() {
    let home = Home::new();
    let mut desk = home.sits_at_shell();
    desk.answers("for i in 1 2 3; do ccadmin user create; echo round $i; done; echo \"status $?\"");
    desk.sees(USERNAME);
    desk.types("half\x03").sees("ready$ ");
    desk.answers("echo now $((40 + 2))");
    let seen = desk.sees("now 42\n");
    assert!(!seen.contains("round") && !seen.contains(USERNAME), "{seen}");

    desk.sees("ready$ ");
    desk.answers("ccadmin user create ann --name Ann --role agent");
    desk.sees(TEMPORARY);
    desk.types("hunter2\x03").sees("ready$ ");
    desk.answers("echo \"status $?\"").sees("status 130\n");
    desk.sees("ready$ ");
    desk.answers("ccadmin user create ann --name Ann; echo \"status $?\"");
    desk.sees("an outside company\n");
    desk.types("\x04").sees("status 130\n");
    desk.sees("ready$ ");
    desk.answers("exit 0");
    desk.leaves().exited(0).hides("hunter2").hides("not found");
}

/// R17: what was asked is asked again after a stop.
#[test]
fn a_prompt_can_be_stopped_and_resumed() {
    let home = Home::new();
    let mut desk = home.sits_at_shell();
    desk.answers("ccadmin user create");
    desk.sees(USERNAME);
    desk.types("jam").sees("jam");
    desk.types("\x1a").sees("ready$ ");
    desk.answers("fg").sees("Username: jam");
    desk.answers("es").is_asked(NAME, "James");
    desk.sees("an outside company\n");
    desk.types(" ").sees("> [x] agent");
    desk.types("\x1a").sees("ready$ ");
    desk.answers("fg").sees("> [x] agent");
    desk.types("\r").sees(TEMPORARY);
    for _ in 0..3 {
        desk.types("forgotten\x1a").sees("ready$ ");
        desk.answers("fg").sees(TEMPORARY);
    }
    desk.answers(GOOD).is_asked(AGAIN, GOOD).sees("created james\n");
    desk.sees("ready$ ");
    desk.answers("exit 0");
    desk.leaves().exited(0).hides("forgotten").hides(GOOD);
}

#[test]
fn nothing_of_an_over_long_or_pasted_secret_reaches_the_shell() {
    let home = Home::new();
    let mut desk = home.sits_at_shell();
    desk.answers("ccadmin user create ann --name Ann --role agent");
    desk.sees(TEMPORARY);
    desk.types("x".repeat(5_000)).types(";echo o''ops\r");
    desk.sees("error: the answer has more than 1024 bytes\nhint: none of it was taken\n");
    desk.sees(TEMPORARY);
    desk.types(format!("\x1b[200~{GOOD}\recho o''ops\recho o''ops\r\x1b[201~"));
    desk.sees(AGAIN);
    desk.types(format!("\x1b[200~{GOOD}\x1b[201~\r")).sees("created ann\n");
    desk.sees("ready$ ");
    desk.answers("ccadmin passwd ann --password-stdin");
    desk.sees("waiting for the password on stdin: one line, not shown\n");
    desk.types("x".repeat(5_000)).types(";echo o''ops\r");
    desk.sees("error: the password on stdin has more than 1024 bytes\n");
    desk.sees("ready$ ");
    desk.answers("exit 0");
    desk.leaves().exited(0).hides("oops").hides("xxx").hides("violet");
}

#[test]
fn a_password_on_stdin_is_waited_for_and_not_shown() {
    const NEW: &str = "an entirely different phrase";

    let home = with_users(&["james"]);
    let waiting = "waiting for the password on stdin: one line, not shown\n";
    let mut desk = home.sits_at("ccadmin passwd james --password-stdin");
    desk.sees(waiting);
    desk.answers(NEW);
    desk.leaves().exited(0).hides(NEW);
    let mut desk = home.sits_at("ccadmin passwd james --own --password-stdin");
    desk.sees("waiting for the current password on stdin: one line, not shown\n");
    // What was pasted at once is two lines all the same.
    desk.types(format!("{NEW}\n{GOOD}\n"));
    desk.leaves().exited(0).hides(NEW).hides(GOOD);
    let mut desk = home.sits_at("ccadmin passwd james --password-stdin 2> err");
    let said = || fs::read_to_string(home.path().join("err")).is_ok_and(|text| text == waiting);
    while !said() {
        std::thread::sleep(Duration::from_millis(2));
    }
    desk.types("hunter2\x03");
    desk.leaves().died_of(Signal::SIGINT).hides("hunter2");
    let mut desk = home.sits_at("ccadmin passwd james --password-stdin");
    desk.sees(waiting);
    desk.types("\x04");
    desk.leaves().exited(2).shows("error: stdin has no password\n");
    let mut desk = home.sits_at("ccadmin -o json passwd james --password-stdin");
    desk.sees("\"waiting\"");
    desk.answers("short");
    let end = desk.leaves();
    end.exited(8);
    for line in end.text.lines().filter(|line| !line.is_empty()) {
        assert!(line.starts_with('{'), "{line}");
    }
}

// --- tables ----------------------------------------------------------------------------------------

#[test]
fn a_table_fits_the_terminal_and_is_coloured_there_only() {
    let home = Home::new();
    home.does(
        "ccadmin user create ann --name 'Ann-Margaret Featherstonehaugh-Cholmondeley of the Fens' \
         --role agent --role requester --generate-password",
    );
    let header = "\x1b[1mUSERNAME";
    let end = home.sits_at_size("ccadmin user list", 24, 60).leaves();
    end.exited(0).shows("Ann-Mar").hides("Fens");
    assert!(end.raw.contains(header), "{:?}", end.raw);
    for width in [60, 40] {
        let end = home.sits_at_size("ccadmin user list", 24, width).leaves();
        let fits = |line: &str| line.chars().count() <= usize::from(width);
        let told = |line: &&str| !line.contains("no room for: ");
        assert!(end.text.lines().filter(told).all(fits), "{}", end.text);
    }
    let wide = home.sits_at_size("ccadmin user list", 24, 200).leaves();
    wide.shows("Featherstonehaugh-Cholmondeley of the Fens");
    for plain in [
        "ccadmin --color never user list",
        "env NO_COLOR=1 ccadmin user list",
        "env TERM=dumb ccadmin user list",
        "ccadmin -o csv user list",
        "ccadmin -o json user list",
    ] {
        home.sits_at(plain).leaves().exited(0).hides("\x1b").shows("Ann-Margaret");
    }
    home.sits_at("ccadmin user list > out").leaves().exited(0);
    let out = fs::read_to_string(home.path().join("out")).unwrap();
    assert!(out.contains("of the Fens") && !out.contains('\x1b'), "{out}");
    assert_eq!(out.lines().count(), 2);
    let end = home.sits_at("ccadmin --color never user show nobody").leaves();
    end.exited(3).hides("\x1b");
    let end = home.sits_at("ccadmin user show nobody").leaves();
    assert!(end.raw.contains("\x1b[1;31merror:\x1b[0m"), "{:?}", end.raw);
}

#[test]
fn a_table_on_a_terminal_shows_a_thousand_rows_and_says_how_many_more() {
    let home = Home::new();
    home.does("ccadmin team create team-0");
    let store = rusqlite::Connection::open(home.store()).unwrap();
    store
        .execute_batch(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1233)
             INSERT INTO teams (name) SELECT 'team-' || i FROM n;",
        )
        .unwrap();
    drop(store);
    let end = home.sits_at("env PAGER= ccadmin team list").leaves();
    end.exited(0).shows("1000 of 1234 teams; a pipe or a file gets all\n");
    assert_eq!(end.text.lines().filter(|line| line.starts_with("team-")).count(), 1_000);
    let more = home.sits_at("ccadmin team list > out").leaves();
    more.hides("more");
    let out = fs::read_to_string(home.path().join("out")).unwrap();
    assert_eq!(out.lines().count(), 1_235);
    let end = home.sits_at("env PAGER= ccadmin team list 2> err").leaves();
    end.hides("more");
    let err = fs::read_to_string(home.path().join("err")).unwrap();
    assert_eq!(err.lines().count(), 1, "{err}");
    let csv = home.sits_at("ccadmin -o csv team list").leaves();
    csv.hides("more");
    assert_eq!(csv.text.lines().filter(|line| line.starts_with("team-")).count(), 1_234);
}
