//! What the value of an argument can be, as far as its place and the name of its value tell.

use clap::Arg;

use super::cursor::CursorPosition;
use crate::cli::args::filters;
use crate::cli::args::value_kind::{ValueKind, value_name};
use crate::cli::commands::audit::EntryView;
use crate::cli::commands::config::SettingView;
use crate::cli::commands::label::LabelView;
use crate::cli::commands::project::ProjectView;
use crate::cli::commands::store::Finding;
use crate::cli::commands::user::UserView;
use crate::cli::context::Context;
use crate::cli::environment::Environment;
use crate::cli::error::CliError;
use crate::cli::global_args::GlobalArgs;
use crate::cli::help::TOPICS;
use crate::cli::terminal::output::Record;
use crate::cli::terminal::ui::ColorChoice;
use crate::config;
use crate::directory::CompletionKind;
use crate::model::{AuditAction, ProfileField};

/// Where the values of an argument come from.
pub(super) enum ValueSource {
    /// Names that the store holds.
    Live(CompletionKind),
    /// These words.
    Words(Vec<String>),
    /// The file system.
    Files,
    /// The head of whoever types.
    Unknown,
}

/// Where the values of `argument` come from.
pub(super) fn source(position: &CursorPosition<'_>, argument: &Arg) -> ValueSource {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let shown = possible.iter().filter(|value| !value.is_hide_set());
        return ValueSource::Words(shown.map(|value| value.get_name().to_owned()).collect());
    }
    let path = position.path.as_slice();
    match value_name(argument) {
        "FILE" | "FILE.html" | "FILE.xlsx" | "DIR" | "URL" => ValueSource::Files,
        "email" | "WAY" if position.typed.starts_with("print=") => ValueSource::Files,
        "email" | "WAY" => words(["email", "sms", "print="]),
        "FIELD" => words(ProfileField::ALL.into_iter().map(ProfileField::as_str)),
        "ACTION" => words(AuditAction::ALL.into_iter().map(AuditAction::as_str)),
        "COMMAND" => help_words(position, argument),
        "KEY" => words(config::setting_names()),
        "VALUE" if path == ["config", "set"] => setting_value(position),
        "COLUMN" | "A,B,C" => words(columns(path)),
        "FIELD=VALUE" if argument.get_id() == "where" => where_field(position),
        name => ValueKind::of(path, name, argument.is_positional())
            .and_then(|kind| kind.candidates(position.value("username")))
            .map_or(ValueSource::Unknown, ValueSource::Live),
    }
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> ValueSource {
    ValueSource::Words(words.into_iter().map(str::to_owned).collect())
}

/// What follows `help`: the topics stand beside the commands, and have nothing below them.
fn help_words(position: &CursorPosition<'_>, argument: &Arg) -> ValueSource {
    let given = position.values(argument);
    let topics = TOPICS.iter().map(|topic| topic.name).filter(|_| given.is_empty());
    words(position.commands_below(&given).into_iter().chain(topics))
}

/// What the setting can be that `config set` is to change.
fn setting_value(position: &CursorPosition<'_>) -> ValueSource {
    let Some(choices) = position.value("key").and_then(config::setting_choices) else {
        return ValueSource::Unknown;
    };
    // In a list, what stands between commas before the cursor stays.
    let end = position.typed.rfind(',').filter(|_| choices.is_list).map_or(0, |comma| comma + 1);
    let before = &position.typed[..end];
    let free = choices.words.iter().filter(|word| !before.split(',').any(|used| used == **word));
    ValueSource::Words(free.map(|word| format!("{before}{word}")).collect())
}

/// What stands behind `--where`: a field, or a value of the one before the `=`.
fn where_field(position: &CursorPosition<'_>) -> ValueSource {
    // The name of the option itself ends with a `=` too.
    match position.field().filter(|field| *field != "--where") {
        None => {
            let names = filters::field_names().into_iter();
            ValueSource::Words(names.map(|name| format!("{name}=")).collect())
        }
        Some(field) => match filters::field_option(field) {
            Some(option) if option.get_action().takes_values() => source(position, &option),
            Some(_) => words(["true"]),
            None => ValueSource::Unknown,
        },
    }
}

/// The columns of a list.
fn columns(path: &[&str]) -> Vec<&'static str> {
    fn names<R: Record>() -> Vec<&'static str> {
        R::columns().iter().map(|column| column.name).collect()
    }
    match path {
        ["user", "list" | "show"] => names::<UserView>(),
        ["project", "list"] => names::<ProjectView>(),
        ["team" | "skill", "list"] => names::<LabelView>(),
        ["audit", "list"] | ["user", "history"] => names::<EntryView>(),
        ["config", "list"] => names::<SettingView>(),
        ["store", "check"] => names::<Finding>(),
        _ => Vec::new(),
    }
}

/// The names that are there, in the store that the call is for; `None` where it cannot be asked.
pub(super) fn live(
    position: &CursorPosition<'_>,
    environment: &Environment,
    choice: &CompletionKind,
) -> Option<Vec<String>> {
    let context = context(position, environment).ok()?;
    let names = context.open_read_only().ok()?.complete_names(choice, &position.typed).ok()?;
    Some(names.into_iter().filter(|name| is_plain(name)).collect())
}

/// Whether it is a name that a shell or a terminal can be handed: a store that others have changed
/// may hold anything.
pub(crate) fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte))
}

/// What the call works with, as far as its words tell.
pub(crate) fn context(
    position: &CursorPosition<'_>,
    environment: &Environment,
) -> Result<Context, CliError> {
    let path = |option: &str| {
        let value = position.value(option)?;
        // What the shell would have done before running the command.
        let home = environment.home_folder().filter(|_| value.starts_with("~/"));
        Some(home.map_or_else(|| value.into(), |home| home.join(&value[2..]).into_os_string()))
    };
    let global = GlobalArgs {
        config: path("config"),
        database: path("database"),
        dry_run: false,
        as_owner: position.value("as_owner").is_some(),
        output: None,
        quiet: true,
        verbose: false,
        no_input: true,
        color: ColorChoice::Never,
    };
    Context::new(&global, environment, None)
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::cli::command_line::Cli;

    /// Values that only whoever types can know.
    const UNKNOWN: &[&str] = &[
        "SEQ",
        "SHARE",
        "14d",
        "COLUMN=FIELD",
        "DURATION",
        "EMAIL",
        "FIELD=VALUE",
        "HASH",
        "N",
        "NAME",
        "NAME=PROJECT",
        "NAME=ROLE",
        "NAME=SKILL",
        "NAME=TEAM",
        "NEW",
        "P=N/h",
        "PHONE",
        "TAG",
        "TEXT",
        "TIME",
        "UID",
        "USERNAME",
        "VALUE",
        "WEIGHT",
    ];

    #[test]
    fn every_value_was_thought_about() {
        fn visit(command: &Command, path: &mut Vec<String>, unknown: &mut Vec<String>) {
            let words: Vec<String> = path.clone();
            let mut tree = Cli::command();
            tree.build();
            let position =
                CursorPosition::find(&tree, &[words, vec!["somebody".to_owned()]].concat(), "");
            for argument in command.get_arguments().filter(|one| one.get_action().takes_values()) {
                let name = value_name(argument);
                match source(&position, argument) {
                    ValueSource::Unknown if !UNKNOWN.contains(&name) => {
                        unknown.push(format!("{name} of {} {}", path.join(" "), argument.get_id()));
                    }
                    // `somebody` is no command whose words could follow.
                    ValueSource::Words(words) => {
                        assert!(!words.is_empty() || path == &["help"], "{path:?} {argument}");
                    }
                    _ => {}
                }
            }
            for below in command.get_subcommands() {
                path.push(below.get_name().to_owned());
                visit(below, path, unknown);
                path.pop();
            }
        }
        let mut tree = Cli::command();
        tree.build();
        let mut unknown = Vec::new();
        visit(&tree, &mut Vec::new(), &mut unknown);
        assert!(unknown.is_empty(), "say in `source` or in UNKNOWN what these are: {unknown:#?}");
    }
}
