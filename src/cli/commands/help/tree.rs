//! The command tree as data, for programs that call ccadmin or write about it.

use clap::{Arg, ArgAction, Command};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::error::CommandEnd;

#[derive(Serialize, JsonSchema)]
pub(crate) struct CommandView {
    name: String,
    about: Option<String>,
    usage: String,
    /// What stands behind the arguments: titles and examples.
    notes: Option<String>,
    arguments: Vec<ArgumentView>,
    commands: Vec<CommandView>,
}

#[derive(Serialize, JsonSchema)]
struct ArgumentView {
    /// The option with its dashes, or the name of what stands by itself.
    name: String,
    short: Option<String>,
    /// What its value is called; none for a switch.
    value: Option<String>,
    /// The words that it may be, where it is one of a set.
    choices: Vec<String>,
    default: Option<String>,
    required: bool,
    repeatable: bool,
    global: bool,
    help: Option<String>,
}

/// `command`, which is built, and all below it, as a JSON document.
pub(super) fn describe(command: &Command) -> Result<String, CommandEnd> {
    let mut text = serde_json::to_string_pretty(&view(command)).map_err(|error| {
        CommandEnd::output(&std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    })?;
    text.push('\n');
    Ok(text)
}

fn view(command: &Command) -> CommandView {
    let usage = command.clone().render_usage().to_string();
    let shown = |one: &&Arg| !one.is_hide_set() && !is_help(one);
    CommandView {
        name: command.get_name().to_owned(),
        about: command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string),
        usage: usage.trim_start_matches("Usage: ").to_owned(),
        notes: command.get_after_help().map(ToString::to_string),
        arguments: command.get_arguments().filter(shown).map(argument).collect(),
        commands: command.get_subcommands().filter(|one| !one.is_hide_set()).map(view).collect(),
    }
}

fn is_help(argument: &Arg) -> bool {
    matches!(
        argument.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    )
}

fn argument(argument: &Arg) -> ArgumentView {
    let takes_value = argument.get_action().takes_values();
    let value = argument.get_value_names().and_then(|names| names.first());
    let value = value.filter(|_| takes_value).map(ToString::to_string);
    let id = argument.get_id().as_str().to_owned();
    let choices = argument.get_possible_values().into_iter().filter(|one| !one.is_hide_set());
    ArgumentView {
        name: match argument.get_long() {
            Some(long) => format!("--{long}"),
            None => value.clone().unwrap_or(id),
        },
        short: argument.get_short().map(|letter| format!("-{letter}")),
        value,
        choices: choices
            .filter(|_| takes_value)
            .map(|choice| choice.get_name().to_owned())
            .collect(),
        default: argument
            .get_default_values()
            .first()
            .filter(|_| takes_value)
            .map(|value| value.to_string_lossy().into_owned()),
        required: argument.is_required_set(),
        repeatable: matches!(argument.get_action(), ArgAction::Append | ArgAction::Count)
            || argument.get_num_args().is_some_and(|count| count.max_values() > 1),
        global: argument.is_global_set(),
        help: argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string),
    }
}
