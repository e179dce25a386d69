//! `ccadmin help`.

mod tree;

pub(crate) use tree::CommandView;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::iter;

use clap::error::ErrorKind;
use clap::{Args, Command};

use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE};
use crate::cli::help::{TOPICS, Topic};
use crate::cli::terminal::ui::Ui;
use crate::cli::usage_error::usage_error;
use crate::model::nearest;

/// The widest lines of a text: longer ones are hard to read.
const MAX_WIDTH: usize = 100;

/// Print the help of a command or of a topic
///
/// Without an argument, it lists the commands and the topics. With -o json, it describes a command and
/// all commands below it, with their arguments, for programs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin help user create
  ccadmin help spreadsheets
  ccadmin help -o json")]
pub(crate) struct HelpArgs {
    /// The command or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

impl HelpArgs {
    /// Prints a topic, or what `--help` prints after a command of `tree`, the whole command line.
    pub(crate) fn run(&self, ui: &Ui, mut tree: Command) -> CommandResult {
        let topic = self.words.first().filter(|_| self.words.len() == 1);
        if let Some(word) = topic
            && Topic::named(word).is_none()
            && tree.find_subcommand(word).is_none()
        {
            return Err(neither_command_nor_topic(word, &tree).into());
        }
        let text = if let Some(topic) = topic.and_then(|name| Topic::named(name)) {
            let width = ui.stdout_terminal().map_or(80, |terminal| terminal.width.min(MAX_WIDTH));
            topic.text(width.try_into().unwrap_or(80))
        } else if ui.format.is_json() {
            tree.build();
            tree::describe(self.command(&tree)?)?
        } else {
            self.command_help(&mut tree)?
        };
        ui.page(text.as_bytes()).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }

    /// The command that the words name.
    fn command<'a>(&self, tree: &'a Command) -> Result<&'a Command, CommandEnd> {
        let mut words = self.words.iter();
        words
            .try_fold(tree, |command, word| command.find_subcommand(word))
            .ok_or_else(|| no_such_command().into())
    }

    /// What `--help` prints after the words; without any, with the topics.
    fn command_help(&self, tree: &mut Command) -> Result<String, CommandEnd> {
        let words = self.words.iter().map(String::as_str);
        let call = iter::once("ccadmin").chain(words).chain(iter::once("--help"));
        let call: Vec<OsString> = call.map(OsString::from).collect();
        let mut text = match tree.try_get_matches_from_mut(&call) {
            Err(help) if help.kind() == ErrorKind::DisplayHelp => help.render().to_string(),
            Err(error) => return Err(usage_error(&error, &call).into()),
            Ok(_) => return Err(no_such_command().into()),
        };
        if self.words.is_empty() {
            text.push_str("\nTopics (ccadmin help TOPIC):\n");
            for topic in TOPICS {
                // Writing into a string cannot fail.
                _ = writeln!(text, "  {:<16}{}", topic.name, topic.title());
            }
        }
        Ok(text)
    }
}

/// The error for a single word that names nothing.
fn neither_command_nor_topic(word: &str, tree: &Command) -> CliError {
    let commands = tree.get_subcommands().map(Command::get_name);
    let topics = TOPICS.iter().map(|topic| topic.name);
    let hint = match nearest(word, commands.chain(topics)) {
        Some(meant) => format!("did you mean `ccadmin help {meant}`?"),
        None => "`ccadmin help` lists the commands and the topics".to_owned(),
    };
    CommandEnd::usage(format!("`{word}` is neither a command nor a topic")).with_hint(hint)
}

fn no_such_command() -> CliError {
    CommandEnd::usage("this is not the name of a command")
        .with_hint("`ccadmin help` lists the commands and the topics")
}
