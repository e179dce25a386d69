//! The help of every command in one file, so that a change of it is seen; and what help has to hold.
//!
//! `INSTA_UPDATE=always cargo test reference` writes `command_reference.snap` anew, as it does the
//! files of other snapshots; those inside the tests are changed by `cargo insta` or by hand.

use std::fmt::Write as _;

use insta::{assert_snapshot, with_settings};

use crate::common::TestEnv;

/// Every command that does something, and every group, as the words behind `ccadmin`.
pub(crate) fn commands(env: &TestEnv) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(words) = open.pop() {
        let below = subcommands(&help(env, &words));
        open.extend(below.into_iter().rev().map(|name| [words.clone(), vec![name]].concat()));
        found.push(words);
    }
    assert!(found.len() > 30, "{found:?}");
    found
}

/// Those that do something by themselves.
pub(crate) fn leaves(env: &TestEnv) -> Vec<Vec<String>> {
    let mut leaves = commands(env);
    leaves.retain(|words| subcommands(&help(env, words)).is_empty());
    leaves
}

pub(crate) fn help(env: &TestEnv, words: &[String]) -> String {
    let mut call: Vec<&str> = words.iter().map(String::as_str).collect();
    call.push("--help");
    let output = env.run(&*call);
    output.success();
    assert_eq!(output.stderr, "");
    output.stdout
}

fn subcommands(help: &str) -> Vec<String> {
    let mut lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let mut names = Vec::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        names.extend(line.split_whitespace().next().map(str::to_owned));
    }
    names
}

#[test]
fn the_help_of_every_command() {
    let env = TestEnv::new();
    let mut reference = String::new();
    for words in commands(&env) {
        let title = [vec!["ccadmin".to_owned()], words.clone()].concat().join(" ");
        let _ = writeln!(reference, "# {title}\n\n{}", help(&env, &words));
    }
    with_settings!({
        snapshot_path => ".",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("command_reference", reference);
    });
}

#[test]
fn every_command_says_what_it_does() {
    let env = TestEnv::new();
    for words in commands(&env) {
        let help = help(&env, &words);
        let about = help.lines().next().unwrap();
        assert!(!about.starts_with("Usage:"), "`{}` says nothing of itself", words.join(" "));
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        for line in lines.take_while(|line| !line.is_empty()) {
            assert!(line.split_whitespace().count() > 1, "nothing is said of {line}");
        }
    }
}

#[test]
fn every_command_that_does_something_has_an_example() {
    let env = TestEnv::new();
    for words in leaves(&env) {
        let words_of_it = words.join(" ");
        let help = help(&env, &words);
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        assert!(examples.contains(&words_of_it), "no example of `{words_of_it}`");
    }
}

#[test]
fn help_is_asked_for_and_a_missing_command_is_an_error() {
    let env = TestEnv::new();
    let asked = env.run("--help");
    let none = env.run(&[""; 0]);
    assert_eq!((asked.status, none.status), (Some(0), Some(2)));
    assert_eq!((none.stdout.as_str(), asked.stderr.as_str()), ("", ""));
    assert!(none.stderr.contains("Usage: ccadmin"), "{none}");
    let version = env.run("--version");
    assert_eq!(version.stdout, concat!("ccadmin ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(env.run("-h").status, Some(0));
    // A program that is linked statically gets no fixes from the system: it says what is in it.
    let more = env.run("--version -v");
    let lines: Vec<&str> = more.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{more}");
    assert_eq!(format!("{}\n", lines[0]), version.stdout);
    assert_eq!(lines[1], format!("SQLite {}", rusqlite::version()));
    let linked = lines[2].strip_prefix("C library ").unwrap();
    assert!(linked.ends_with(", linked statically") || linked.ends_with(", linked dynamically"));
    assert_eq!(env.run("--verbose --version").stdout, more.stdout);
    assert!(!env.store().exists());
}
