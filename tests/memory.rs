//! Memory does not grow with the store: what goes through all of it holds a few rows at a time.

use std::fmt::Write as _;

use crate::common::{PROGRAM, TestEnv};

/// So many users, each with a page of their own in the log and all that a user can have.
const USERS: usize = 10_000;

/// What a command may take for its data, in KiB: about twice what it does take, most of it SQLite's
/// cache, and far less than so many users do in memory.
const KIB: usize = 7 * 1_024;

fn crowd() -> TestEnv {
    let env = TestEnv::new();
    env.run("store init").success();
    let mut roster = String::from(
        "username,full_name,email,phone,roles,teams,skills,language,projects,temporary_password\n",
    );
    for number in 0..USERS {
        // In another order than that in which they are made.
        let name = (number * 7_919) % USERS;
        writeln!(
            roster,
            "u{name:05},Kovács-Szabó Éva {number},u{name}@a-rather-long-domain.example.com,\
             +3620{number:07},agent,voice;chat,billing:3;returns:1,hu-HU,hu-support:10;en:20,"
        )
        .unwrap();
    }
    let path = env.write("roster.csv", roster);
    let line = format!("user import {} --create-missing --no-password -q", path.display());
    env.run(&*line).success();
    env
}

#[test]
fn what_goes_through_the_whole_store_takes_little_memory() {
    let env = crowd();
    let within =
        |line: &str| env.sh(&format!("ulimit -d {KIB} && exec {PROGRAM} {line} > out")).output();
    for line in [
        "user list",
        "user list --sort name -o csv",
        "user list --sort last-sign-in --reverse -o json",
        "user list --search eva --role admin --role agent -o jsonl",
        "user export -o csv",
        "user export -o jsonl",
        "audit list",
        "audit list -o jsonl",
        "audit verify",
        "store check",
        "store backup backup.db",
        "project list -o json",
    ] {
        let output = within(line);
        assert_eq!(output.status, Some(0), "{line}: {output}");
    }
}
