//! `ccadmin help`.

use std::iter;

use clap::error::ErrorKind;
use clap::{Args, Command};

use crate::cli::codes::exit_statuses;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::ui::Ui;
use crate::cli::usage_error::usage_error;

/// Print the help of a command or of a topic
///
/// Topics: exit-status, what each exit status means.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin help user create
  ccadmin help exit-status")]
pub(crate) struct HelpArgs {
    /// The command or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

/// Something that is explained besides the commands: its name, and what makes its text.
type Topic = (&'static str, fn() -> String);

/// Every topic.
pub(crate) const TOPICS: [Topic; 1] = [("exit-status", exit_statuses)];

impl HelpArgs {
    /// Prints a topic, or what `--help` prints after a command of `tree`, the whole command line.
    pub(crate) fn run(&self, ui: &Ui, mut tree: Command) -> CommandResult {
        let topic = TOPICS.iter().find(|(name, _)| self.words == [*name]);
        let text = if let Some((_, text)) = topic {
            text()
        } else {
            let words = self.words.iter().map(String::as_str);
            let call = iter::once("ccadmin").chain(words).chain(iter::once("--help"));
            match tree.try_get_matches_from_mut(call) {
                Err(help) if help.kind() == ErrorKind::DisplayHelp => help.render().to_string(),
                Err(error) => return Err(usage_error(&error).into()),
                Ok(_) => return Err(CommandEnd::usage("this is not the name of a command").into()),
            }
        };
        ui.print(text.as_bytes()).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
