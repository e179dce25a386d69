//! Mandatory arguments that a call lacks: asked for on a terminal, else named all at once.

use std::ffi::OsString;

use clap::{ArgMatches, Command, CommandFactory};

use crate::cli::command_line::Cli;
use crate::cli::error::CommandEnd;
use crate::cli::parse::parse;
use crate::cli::shell::command_line;
use crate::cli::terminal::prompt::PromptError;
use crate::cli::terminal::ui::Ui;
use crate::cli::usage_error::{missing_arguments, usage_error};

/// Parses again and again, asking for one missing argument after the other; a bad answer is
/// explained and asked again. `None` where what is wrong cannot be asked for.
pub(super) fn ask(
    ui: &Ui,
    arguments: &[OsString],
    error: &clap::Error,
) -> Result<Option<(Cli, ArgMatches)>, CommandEnd> {
    let Some(wanted) = missing_arguments(error) else { return Ok(None) };
    let wanted = wanted.to_vec();
    let tree = Cli::command();
    let mut given = arguments.to_vec();
    let questions: Option<Vec<String>> =
        wanted.iter().map(|shown| question(called(&tree, arguments), shown)).collect();
    let (Some(questions), true) = (questions, ui.can_ask()) else { return Ok(None) };
    let mut prompter = ui.prompter().map_err(PromptError::Io)?;
    for (shown, question) in wanted.iter().zip(questions) {
        loop {
            let answer = prompter.line(&question, None)?;
            if answer.trim().is_empty() {
                prompter.explain("an answer is required", None)?;
                continue;
            }
            let words: Vec<&str> = if shown.ends_with("...") {
                answer.split_whitespace().collect()
            } else {
                vec![answer.trim()]
            };
            let mut tried = given.clone();
            // An answer is a value, never an option: `--yes` typed here waves no question away.
            let like_an_option = |word: &&str| word.len() > 1 && word.starts_with('-');
            if words.iter().any(like_an_option) && !tried.iter().any(|word| word == "--") {
                tried.push("--".into());
            }
            tried.extend(words.into_iter().map(OsString::from));
            match parse(&tried) {
                Err(error) if missing_arguments(&error).is_none() => {
                    let failure = usage_error(&error);
                    prompter.explain(&failure.message, failure.hint.as_deref())?;
                }
                _ => {
                    given = tried;
                    break;
                }
            }
        }
    }
    let parsed = parse(&given).map_err(|error| usage_error(&error))?;
    let words: Vec<String> = std::iter::once("ccadmin".to_owned())
        .chain(given.iter().skip(1).map(|word| word.to_string_lossy().into_owned()))
        .collect();
    ui.notice(
        "same-without-asking",
        &format!("the same without being asked: {}", command_line(&words)),
    );
    Ok(Some(parsed))
}

/// The command that the words lead to.
fn called<'c>(tree: &'c Command, arguments: &[OsString]) -> &'c Command {
    let mut command = tree;
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(next) = command.find_subcommand(word) {
            command = next;
        }
    }
    command
}

/// The question for an argument without a name of its own; `None` for an option. It is the help of
/// the argument without its article, and without `-`, which nobody at a terminal means.
fn question(command: &Command, shown: &str) -> Option<String> {
    let mut command = command.clone();
    command.build();
    let argument = command.get_positionals().find(|argument| argument.to_string() == shown)?;
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.split(", or `-`").next().unwrap_or_default();
    let help = help.split("; `-`").next().unwrap_or_default();
    let mut letters = help.strip_prefix("The ").unwrap_or(help).chars();
    let first = letters.next()?.to_uppercase();
    let several = if shown.ends_with("...") { " (several are separated by spaces)" } else { "" };
    Some(format!("{first}{}{several}", letters.as_str()))
}
