//! Bad input of every kind: each has its message, its hint and its status, and leaves the store as
//! it was. Nothing panics.

mod calls;
mod streams;
mod values;

use std::fmt::Write as _;

use ccadmin::model::is_invisible;
use insta::assert_snapshot;

use crate::common::{PASSWORD, TestEnv};

/// The outputs of several calls below each other, each under its call; none changes anything.
fn refused(env: &TestEnv, lines: &[&str]) -> String {
    let before = env.store().exists().then(|| env.contents());
    let mut told = String::new();
    for line in lines {
        let output = env.run(*line);
        assert!(matches!(output.status, Some(2..=13)), "{line}: {output}");
        assert_eq!(output.stdout, "", "{line}");
        let _ = writeln!(told, "$ {}\n{output}", visible(line));
    }
    assert_eq!(env.store().exists().then(|| env.contents()), before);
    told
}

fn visible(line: &str) -> String {
    let shown = |letter: char| match letter {
        letter if is_invisible(letter) => letter.escape_default().to_string(),
        letter => letter.to_string(),
    };
    line.chars().map(shown).collect()
}

#[test]
fn a_good_call_still_works_after_all_that() {
    let env = TestEnv::with_users();
    let output = env.call("passwd james --password-stdin").stdin(format!("{PASSWORD}\n")).output();
    assert_snapshot!(output, @"
    --- stderr ---
    set the password of james
    [exit status: 0]
    ");
}
