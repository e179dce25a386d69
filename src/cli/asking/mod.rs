//! Asking for what a call leaves open. Every question of every command comes from here; the answers
//! become words of the call, which then runs as if they had been typed to begin with.

mod fields;
mod interview;
mod picks;

use std::ffi::OsString;

use clap::{Arg, ArgMatches, CommandFactory};

use crate::cli::args::question::{Argument, Field, Question, Wanted};
use crate::cli::args::value_kind::{ValueKind, value_name};
use crate::cli::command_line::{Cli, Command};
use crate::cli::commands::user::UserCommand;
use crate::cli::complete::{self, CursorPosition};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::parse::fitted;
use crate::cli::shared_host::called;
use crate::cli::terminal::ui::Ui;
use crate::cli::usage_error::missing_arguments;
use crate::directory::Directory;
use crate::model::RoleSet;
use fields::is_given;
use interview::Interview;

pub(crate) use interview::Completed;

/// An argument as a question.
fn argument_of(path: &[&str], argument: &Arg) -> Argument {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    Argument {
        // Of what can be a user or a project, neither list has all.
        kind: ValueKind::of(path, value_name(argument), true).filter(|_| !is_either(argument)),
        words: argument
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect(),
        several: argument.get_num_args().is_some_and(|range| range.max_values() > 1),
        weights: argument
            .get_value_names()
            .is_some_and(|names| names.iter().any(|name| name.ends_with("[:WEIGHT]"))),
        help,
    }
}

/// Whether an error shows the argument so: it has `<NAME>` where a help has `[NAME]`, of what can also
/// be said in another way.
fn is_shown_as(argument: &Arg, shown: &str) -> bool {
    let name = |text: &str| text.trim_matches(['<', '>', '[', ']', '.']).to_owned();
    name(&argument.to_string()) == name(shown)
}

fn is_either(argument: &Arg) -> bool {
    let names = argument.get_value_names().unwrap_or_default();
    names.iter().any(|name| name.contains('|') && !name.ends_with("|-"))
}

/// Asks for the arguments that a call lacks; `None` where what is wrong cannot be asked for.
pub(super) fn complete_missing(
    ui: &Ui,
    environment: &Environment,
    arguments: &[OsString],
    error: &clap::Error,
) -> Result<Option<Completed>, CommandEnd> {
    let Some(missing) = missing_arguments(error).filter(|_| ui.can_ask()) else {
        return Ok(None);
    };
    let (tree, words) = tree_and_words(arguments);
    let position = CursorPosition::find(&tree, &words, "");
    let wanted = position.open_positionals();
    if !missing.iter().all(|shown| wanted.iter().any(|one| is_shown_as(one, shown))) {
        return Ok(None);
    }
    let mut context = complete::context(&position, environment)?;
    context.ui = ui.clone();
    let questions = questions(&position, missing);
    let directory = look(&context)?;
    Interview::begin(&context, directory.as_ref(), &tree, arguments, RoleSet::default())?
        .complete(&questions)
        .map(Some)
}

/// Asks for the rest of a call that could be run, where it says so or changes nothing yet.
pub(super) fn complete_call(
    context: &Context,
    cli: &Cli,
    matches: &ArgMatches,
    arguments: &[OsString],
) -> Result<Option<Completed>, CommandEnd> {
    let (path, leaf) = called(matches);
    let interactive = leaf.try_get_one("interactive").ok().flatten() == Some(&true);
    let creates = path == "user create";
    let updates = ["user update", "project update"].contains(&path.as_str());
    if !context.ui.can_ask() {
        // What a new user lacks is named by the command itself.
        if interactive && !creates {
            return Err(CommandEnd::usage("--interactive needs a terminal to ask on").into());
        }
        return Ok(None);
    }
    if !interactive && !creates && !updates {
        return Ok(None);
    }
    let (tree, words) = tree_and_words(arguments);
    let position = CursorPosition::find(&tree, &words, "");
    if updates && !interactive && position.has_own_option() {
        return Ok(None);
    }
    // What is there now can be shown of one user alone.
    if updates && position.names_several() {
        if interactive {
            return Err(CommandEnd::usage("--interactive is about one user").into());
        }
        return Ok(None);
    }
    let directory = if context.is_shared_host() {
        // It can be opened only once.
        Some(context.directory(StoreAccess::Change)?)
    } else {
        look(context)?
    };
    let wanted = match &cli.command {
        Command::User(command) => match &**command {
            UserCommand::Create(args) => args.wanted(context, directory.as_ref(), interactive)?,
            _ => Wanted { questions: questions(&position, &[]), roles: RoleSet::default() },
        },
        _ => Wanted { questions: questions(&position, &[]), roles: RoleSet::default() },
    };
    let completed = if wanted.questions.is_empty() {
        None
    } else {
        let interview =
            Interview::begin(context, directory.as_ref(), &tree, arguments, wanted.roles)?;
        Some(interview.complete(&wanted.questions)?)
    };
    if context.is_shared_host() {
        context.keep_open(directory);
    }
    Ok(completed)
}

/// The whole command line, and the words of a call without the one that has it ask.
fn tree_and_words(arguments: &[OsString]) -> (clap::Command, Vec<String>) {
    let mut tree = fitted(Cli::command(), arguments);
    tree.build();
    let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    (tree, words.collect())
}

/// The store for a look at what is there; `None` where there is none yet, or only its upgrade by the
/// command itself lets anybody see.
fn look(context: &Context) -> Result<Option<Directory>, CliError> {
    match context.open_read_only() {
        Ok(directory) => Ok(Some(directory)),
        Err(failure)
            if matches!(failure.code, ErrorCode::StoreNotFound | ErrorCode::StoreOlder) =>
        {
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// What is to be asked at this place: the arguments that are `missing`, and the fields where the call
/// says so or an update names none.
fn questions(position: &CursorPosition<'_>, missing: &[String]) -> Vec<Question> {
    let path = position.path.as_slice();
    let asks = position.value("interactive").is_some();
    let open = position.open_positionals().into_iter();
    let mut questions: Vec<Question> = open
        .filter(|argument| {
            let is_missing = missing.iter().any(|shown| is_shown_as(argument, shown));
            asks || argument.is_required_set() || is_missing
        })
        .map(|argument| Question::Argument(argument_of(path, argument)))
        .collect();
    let updates = matches!(path, ["user" | "project", "update"]);
    if asks || updates && !position.has_own_option() {
        let open = Field::of(path).iter().filter(|field| !is_given(**field, position));
        questions.extend(open.map(|field| Question::Field(*field, false)));
    }
    questions
}
