//! What `user create` asks for, and what it leaves alone.

use std::fs;

use super::{AGAIN, DOWN, NAME, TEMPORARY, USERNAME, picks, same_without_asking};
use crate::common::pty::{GOOD, Home, Signal};

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
