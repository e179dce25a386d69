//! What is longer than the screen, at a real terminal.

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

/// Help, what a command shows of one thing, a plan: whatever a person reads.
#[test]
fn whatever_is_longer_than_the_screen_is_paged() {
    let home = home();
    home.does(
        "ccadmin project create hu-support; ccadmin project create en-support
         ccadmin user create eva --name 'Kovács Éva' --role agent --project hu-support \
             --generate-password
         (echo username,full_name,roles; for n in $(seq 30); do echo u$n,U $n,agent; done) > u.csv",
    );
    for call in [
        "--help",
        "user --help",
        "user create --help",
        "help user create",
        "help scripts",
        "user show eva",
        "project show hu-support",
        "audit show 1",
        "weight show eva",
        "weight solve eva hu-support 40%",
        "weight matrix",
        "project coverage --min 2",
        "whoami",
        "store info",
        "config list",
        "schema user",
        "user import u.csv --no-password --dry-run",
    ] {
        let paged = format!("env PAGER='sed s/^/paged:/' ccadmin {call}");
        let end = home.sits_at_size(&paged, 2, 80).leaves();
        end.shows("paged:");
        let end = home.sits_at_size(&paged, 500, 80).leaves();
        end.hides("paged:");
        let unasked = format!("{paged} --no-input");
        home.sits_at_size(&unasked, 2, 80).leaves().hides("paged:");
    }
    for call in [
        "help -o json",
        "user show eva -o json",
        "user show eva -o csv",
        "weight show eva -o csv",
        "project coverage --min 2 -o jsonl",
        "user import u.csv --no-password --dry-run -o json",
        // What is shown once stays on the screen alone.
        "user create zoe --name Zoe --role agent --generate-password",
        "passwd eva zoe --generate-password",
        // What a command was called without is told, not shown.
        "user",
    ] {
        let paged = format!("env PAGER='sed s/^/paged:/' ccadmin {call}");
        home.sits_at_size(&paged, 2, 80).leaves().hides("paged:");
    }
}

/// A line that is wider than the screen takes several of its rows.
#[test]
fn wide_lines_count_as_the_rows_that_they_take() {
    let home = home();
    home.does("ccadmin project create hu --description \"$(printf '%0190d' 0)\"");
    let paged = "env PAGER='sed s/^/paged:/' ccadmin project show hu";
    let lines = home.does("ccadmin project show hu").lines().count();
    let rows = u16::try_from(lines + 1).unwrap();
    home.sits_at_size(paged, rows, 80).leaves().exited(0).shows("paged:name:");
    home.sits_at_size(paged, rows, 250).leaves().exited(0).hides("paged:");
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
