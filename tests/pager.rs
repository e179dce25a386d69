//! A list that is longer than the screen, at a real terminal.

use std::fs;
use std::path::Path;

use crate::common::pty::{Home, Signal};
use crate::common::skipped;

/// A home with forty teams; the terminals of tests have 24 rows.
fn home() -> Home {
    let home = Home::new();
    home.does("for n in $(seq 10 49); do ccadmin team create team-$n -q || exit; done");
    home
}

/// Every team, as a list shows it, and nothing of a pager.
fn is_plain(text: &str) -> bool {
    text.lines().filter(|line| line.starts_with("team-")).count() == 40
}

#[test]
fn it_goes_through_the_pager_that_the_person_wants() {
    let home = home();
    let end = home.sits_at("env PAGER='sed s/^/:/' ccadmin team list").leaves();
    end.exited(0).shows(":team-10").shows(":team-49");
    // One that ends early, and one that fails: the list is none the worse for it.
    home.sits_at("env PAGER='head -n 3' ccadmin team list").leaves().exited(0).hides("team-49");
    home.sits_at("env PAGER='cat; false' ccadmin team list").leaves().exited(0).shows("team-49");
}

/// What it has shown nobody knows.
#[test]
fn one_that_is_killed_is_told() {
    let home = home();
    fs::write(home.path().join("dies"), "head -n 3; kill -11 $$\n").unwrap();
    for pager in ["kill -9 $$", "sh dies"] {
        let end = home.sits_at(&format!("env PAGER='{pager}' ccadmin team list")).leaves();
        end.exited(1).shows("the pager died of signal");
    }
    // A person's own signal is a way to say that it is enough.
    home.sits_at("env PAGER='kill -2 $$' ccadmin team list").leaves().exited(0);
}

#[test]
fn none_is_wanted_or_there_is_none() {
    let home = home();
    for pager in ["PAGER=", "PAGER=cat", "PAGER=/no/such/program", "PAGER='  '", "TERM=dumb"] {
        let end = home.sits_at(&format!("env {pager} ccadmin team list")).leaves();
        assert!(is_plain(&end.exited(0).text), "{pager}: {}", end.text);
        end.hides("hint:");
    }
}

#[test]
fn only_a_long_table_on_a_terminal_is_paged() {
    let home = home();
    for call in [
        "ccadmin team list --no-input",
        "ccadmin team list --limit 5",
        "ccadmin team list -o json",
        "ccadmin team list -o csv",
        "ccadmin team list --count",
        "ccadmin team show team-10",
        "ccadmin team list > out",
        "ccadmin team list | cat",
    ] {
        let end = home.sits_at(&format!("env PAGER='sed s/^/paged:/' sh -c '{call}'")).leaves();
        assert!(!end.text.contains("paged:"), "{call}: {}", end.text);
    }
    let end = home.sits_at_size("env PAGER='sed s/^/paged:/' ccadmin team list", 60, 80).leaves();
    assert!(is_plain(&end.exited(0).text), "{}", end.text);
}

/// `less` waits for keys; meanwhile nobody is kept from anything, and Ctrl-C is its own affair.
#[test]
fn a_person_at_less() {
    if !Path::new("/usr/bin/less").exists() {
        skipped("there is no less here");
        return;
    }
    let home = home();
    let mut desk = home.sits_at("ccadmin team list");
    desk.sees("team-30");
    // No reader holds the log.
    let store = rusqlite::Connection::open(home.store()).unwrap();
    store.execute_batch("INSERT INTO teams (name) VALUES ('meanwhile')").unwrap();
    let busy: i64 =
        store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0, "a transaction is open");
    desk.signals(Signal::SIGINT);
    desk.types(" ").sees("team-49");
    desk.types("q");
    let end = desk.leaves();
    end.exited(0).hides("meanwhile");
}

/// What the pager runs gets no session.
#[test]
fn no_session_goes_to_the_pager() {
    let home = home();
    let call = "env CCADMIN_SESSION=x PAGER='env | grep -c ^CCADMIN_SESSION=' ccadmin team list --as-owner";
    home.sits_at(call).leaves().exited(0).shows("0\n");
}
