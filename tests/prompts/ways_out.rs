//! Signals, ends of input and stops at any prompt: the terminal is as it was, nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use super::{AGAIN, DOWN, NAME, TEMPORARY, USERNAME, snapshot, with_users};
use crate::common::pty::{Desk, GOOD, Home, Signal};

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
