//! Signals at random moments, at every kind of prompt and through a whole conversation: the terminal
//! is as it was, and the process has died of the signal or goes on where it was stopped.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal as KillSignal, kill_process};

use super::{AGAIN, LONG_LIST, with_many_projects, with_users};
use crate::common::pty::{GOOD, Home, Signal};

/// So often a signal comes.
const ROUNDS: u32 = 50;

/// A moment of each of [`ROUNDS`] between nothing and `longest`, in no order and always the same.
fn moment(round: u32, longest: Duration) -> Duration {
    longest * (round * 37 % ROUNDS) / ROUNDS
}

/// However it dies, at whatever moment, the terminal is as it was: `leaves` looks.
#[track_caller]
fn survives_signals(home: &Home, call: &str, keys: &str) {
    let all = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];
    for (round, signal) in (0..ROUNDS).zip(all.into_iter().cycle()) {
        let mut desk = home.sits_at(call);
        desk.types(keys);
        // From before the question to long after it.
        thread::sleep(moment(round, Duration::from_millis(120)));
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

#[test]
fn fifty_signals_at_a_choice_of_one_leave_the_terminal_as_it_was() {
    survives_signals(&with_users(&["ann", "bob"]), "ccadmin user show", "b");
}

#[test]
fn fifty_signals_at_yes_or_no_leave_the_terminal_as_it_was() {
    let home = with_users(&["ann"]);
    survives_signals(&home, "ccadmin user delete ann", "ye");
    home.does("ccadmin user exists ann");
}

#[test]
fn fifty_signals_at_a_numbered_list_leave_the_terminal_as_it_was() {
    survives_signals(&Home::new(), "env TERM=dumb ccadmin user create ann --name Ann", "1,");
}

/// A conversation with every kind of prompt: each question, and the keys that answer it.
const CONVERSATION: [(&str, &str); 14] = [
    ("Full name: ", "Ann\r"),
    ("an outside company\n", " \r"),
    ("E-mail, like james@example.com (empty: none): ", "ann@example.com\r"),
    ("Phone, like +36201234567 (empty: none): ", "\r"),
    ("Teams: arrows move", " \r"),
    ("Language, like hu or en-GB (empty: none): ", "hu\r"),
    ("Skills: arrows move", " \r"),
    ("Level of billing: arrows move", "3\r"),
    ("Projects: arrows move", "12\r"),
    ("accept the 1 marked", "\r"),
    ("Weight in queue-12, 1-100 [10]: ", "20\r"),
    ("which of their projects to enter? [Y/n]: ", "n\r"),
    ("Temporary password", "violet tractor sings at dusk\r"),
    (AGAIN, "violet tractor sings at dusk\r"),
];

/// What the conversation is about.
fn with_all_kinds() -> Home {
    let home = Home::new();
    home.does(
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ccadmin project create queue-$i; done
         ccadmin team create voice; ccadmin skill create billing",
    );
    home
}

#[test]
fn fifty_signals_through_all_prompts_leave_the_terminal_as_it_was() {
    assert_eq!(CONVERSATION[12].1.trim(), GOOD);
    let home = with_all_kinds();
    let all = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];
    let kills = [KillSignal::INT, KillSignal::TERM, KillSignal::HUP, KillSignal::QUIT];
    let mut longest = Duration::ZERO;
    for round in 0..=ROUNDS {
        let begun = Instant::now();
        let mut desk = home.sits_at(&format!("ccadmin user create ann-{round} -i"));
        let program = Pid::from_raw(desk.pid()).unwrap();
        let which = usize::try_from(round % 4).unwrap();
        // The first one nobody disturbs: it says how long it takes.
        let killer = (round > 0).then(|| {
            let moment = moment(round - 1, longest);
            thread::spawn(move || {
                thread::sleep(moment);
                kill_process(program, kills[which])
            })
        });
        for (question, keys) in CONVERSATION {
            if !desk.sees_or_ends(question) {
                break;
            }
            desk.types(keys);
        }
        let end = desk.leaves();
        match killer {
            None => {
                end.exited(0).hides(GOOD);
                longest = begun.elapsed();
            }
            // Nobody has waited for the program yet, so the number was its own.
            Some(killer) if killer.is_finished() => {
                killer.join().unwrap().unwrap();
                if end.status_code() != Some(0) {
                    end.died_of(all[which]);
                }
            }
            Some(killer) => {
                end.exited(0);
                let _ = killer.join();
            }
        }
    }
}

/// Ctrl-Z at random moments: the shell has its terminal, and what was asked is asked again.
#[test]
fn fifty_stops_through_all_prompts_change_nothing() {
    let home = with_all_kinds();
    let mut desk = home.sits_at_shell();
    desk.answers("ccadmin user create ann -i");
    let mut stops = 0;
    for (question, keys) in CONVERSATION {
        desk.sees(question);
        // What is half typed into a list would be a choice. A list that comes back may have lost its
        // first line, never the item that Enter takes.
        let is_list = question.contains("arrows move");
        let half = if is_list || question.ends_with('\n') { "" } else { &keys[..keys.len() / 2] };
        let back = if is_list { "> " } else { question.trim_end() };
        for _ in 0..5 {
            desk.types(half);
            thread::sleep(moment(stops, Duration::from_millis(40)));
            desk.types("\x1a").sees("ready$ ");
            desk.answers("fg").sees(back);
            stops += 1;
        }
        // Whatever is left of the halves.
        if !half.is_empty() {
            desk.types("\x15");
        }
        desk.types(keys);
    }
    assert!(stops >= ROUNDS, "{stops}");
    desk.sees("created ann\n");
    desk.sees("ready$ ");
    desk.answers("exit 0");
    desk.leaves().exited(0).hides(GOOD).hides(&GOOD[..GOOD.len() / 2]);
    let user = home.user("ann");
    assert_eq!(user["full_name"], "Ann");
    assert_eq!(user["skills"][0]["level"], 3);
    assert_eq!(user["projects"][0]["project"], "queue-12");
    assert_eq!(user["projects"][0]["weight"], 20);
    assert_eq!(user["project_selection"], false);
}
