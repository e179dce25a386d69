//! What could stand at the cursor, for the scripts that `ccadmin completions` prints: commands,
//! options, words, and the names that the store holds.
//!
//! Whoever presses Tab wants a name or nothing: no store is made, nothing is written, nobody is
//! waited for, and what is wrong goes unsaid. The scripts call it as `ccadmin __complete bash
//! WORDBREAKS LINE`, or as `ccadmin __complete zsh WORD...` with the words that the shell has found.

mod bash_line;
mod candidate;
mod cursor;
mod value_source;

use std::ffi::OsString;

use clap::Command;

use crate::cli::environment::Environment;
use crate::cli::parse::fitted;
use crate::cli::terminal::ui::Ui;
use candidate::Candidate;
use cursor::ExpectedAtCursor;
use value_source::{ValueSource, source};

pub(crate) use cursor::CursorPosition;
pub(crate) use value_source::{context, is_plain};

/// The first word of a call that asks.
pub(super) const COMPLETE_COMMAND: &str = "__complete";

/// The answer where the shell knows better: it completes files.
const COMPLETE_FILES: &str = ":files\n";

/// Prints what could stand at the cursor, one a line, with a tab before what is said of it. `tree`
/// is the whole command line; `live` says whether the store may be asked.
pub(super) fn run(
    call: &[OsString],
    tree: Command,
    environment: &Environment,
    ui: &Ui,
    live: bool,
) {
    let answer = answer(call, tree, environment, live).unwrap_or_default();
    // Whoever does not want it any more need not have it.
    let _ = ui.print(answer.as_bytes());
}

fn answer(
    call: &[OsString],
    tree: Command,
    environment: &Environment,
    live: bool,
) -> Option<String> {
    let call: Vec<String> = call.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let (shell, rest) = call.split_first()?;
    let (words, typed, done) = match (shell.as_str(), rest) {
        ("bash", [breaks, text]) => {
            let mut split = bash_line::split(text);
            split.words.remove(0);
            let done = split.replaced_from(breaks);
            (split.words, split.typed, done)
        }
        ("zsh" | "fish", [words @ .., typed]) => (words.to_vec(), typed.clone(), 0),
        _ => return None,
    };
    let mut tree = fitted(tree, &words);
    tree.build();
    let position = CursorPosition::find(&tree, &words, &typed);
    let Some(found) = candidates(&position, environment, live) else {
        return Some(COMPLETE_FILES.to_owned());
    };
    let mut text = String::new();
    for Candidate { word, about } in found {
        // Bash replaces no more than what stands behind the last of its word breaks.
        let Some(word) = word.get(done..) else { continue };
        text.push_str(word);
        if shell != "bash" && !about.is_empty() {
            text.push('\t');
            text.push_str(&about);
        }
        text.push('\n');
    }
    Some(text)
}

/// The words that fit; `None` where files do.
fn candidates(
    position: &CursorPosition<'_>,
    environment: &Environment,
    live: bool,
) -> Option<Vec<Candidate>> {
    let mut found = match &position.at {
        ExpectedAtCursor::Nothing => Vec::new(),
        ExpectedAtCursor::Option => position.options(),
        ExpectedAtCursor::Command => position.commands(),
        ExpectedAtCursor::Value(argument) => {
            let from = |words: Vec<String>| {
                words.into_iter().map(|word| Candidate { word, about: String::new() }).collect()
            };
            let used = position.used(argument);
            match source(position, argument) {
                ValueSource::Files => return None,
                ValueSource::Words(words) => from(words),
                ValueSource::Live(choice) if live => {
                    from(value_source::live(position, environment, &choice).unwrap_or_default())
                }
                ValueSource::Live(_) | ValueSource::Unknown => Vec::new(),
            }
            .into_iter()
            .filter(|candidate: &Candidate| !used.contains(&candidate.word))
            .collect()
        }
    };
    for candidate in &mut found {
        candidate.word.insert_str(0, &position.lead);
    }
    let whole = format!("{}{}", position.lead, position.typed);
    found.retain(|candidate| candidate.word.starts_with(&whole));
    Some(found)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::command_line::Cli;

    /// Whatever stands on the line: no panic, and every answer goes on with what is typed.
    #[test]
    fn fuzz_lines() {
        let words = [
            " ",
            " ",
            " ",
            "ccadmin ",
            "user ",
            "list ",
            "passwd ",
            "set-weight ",
            "--role ",
            "--role=",
            "--role='",
            "--columns ",
            "username,",
            "--columns=",
            "-o",
            "-o ",
            "-o=",
            "-qo",
            "-qv",
            "--",
            "-- ",
            "-",
            "ag",
            "\"",
            "'",
            "\\",
            "@",
            ":",
            "=",
            "--pass",
            "--hand-out print=",
            "eva",
            "user import ",
            "store backup ",
            "completions ",
            "completions ba",
            "audit list --action ",
        ];
        let environment = Environment::read();
        let breaks = " \"'@><=;|&(:";
        bolero::check!().with_max_len(16).with_iterations(150).for_each(|bytes: &[u8]| {
            let line = crate::pieces::text(bytes, &words);
            let call: Vec<OsString> = ["bash", breaks, &line].map(OsString::from).into();
            let answer = answer(&call, Cli::command(), &environment, false).unwrap();
            let split = bash_line::split(&line);
            let typed = &split.typed[split.replaced_from(breaks)..];
            if answer != COMPLETE_FILES {
                assert!(answer.lines().all(|word| word.starts_with(typed)), "{line:?}: {answer:?}");
            }
            let call: Vec<OsString> = [&["fish".into()], &*split.words, &[split.typed]]
                .concat()
                .into_iter()
                .map(OsString::from)
                .collect();
            assert!(super::answer(&call, Cli::command(), &environment, false).is_some());
        });
    }
}
