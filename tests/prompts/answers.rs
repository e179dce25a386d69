//! Answers: lines that are edited and completed, lists, yes and no.

use super::{LONG_LIST, NAME, USERNAME, snapshot, with_many_projects, with_users};
use crate::common::pty::{Home, Signal};

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
