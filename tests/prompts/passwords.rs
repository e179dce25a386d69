//! Passwords that are asked for: the own one, somebody's, and with a granted role.

use super::{AGAIN, DOWN, NAME, TEMPORARY, USERNAME, picks, snapshot, with_users};
use crate::common::pty::{GOOD, Signal};

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
    desk.is_asked_again(USERNAME, "james").sees("> theirs");
    desk.types(DOWN).sees("> my own");
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
