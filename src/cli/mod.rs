//! What a person or a script sees: arguments, prompts, tables, JSON, exit codes.
//!
//! One command, one file: its arguments (whose doc comments are the help), its `run`, its view.

mod args;
mod asking;
mod batch;
mod batch_delete;
mod codes;
mod command_line;
mod commands;
mod complete;
mod context;
mod credentials;
mod delivery;
mod environment;
mod error;
mod global_args;
mod handout;
mod help;
mod hints;
mod impact;
mod input_file;
mod installed_store;
mod likely_call;
mod locked_callers;
mod os_accounts;
mod output_file;
mod parse;
mod password_round;

mod second_factor;
mod session_file;
mod shared_host;
mod shell;
mod stdin_input;
mod terminal;
mod usage_error;
mod value_parsers;
mod weight_share;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory};

use asking::Completed;
use command_line::Cli;
use commands::dry_run;
use commands::store::C_LIBRARY;
use context::Context;
use environment::Environment;
use error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use global_args::OutputOption;
use shell::command_line;
use terminal::signals::exit_by_signal;
use terminal::ui::{ColorChoice, Ui};
use usage_error::usage_error;

use crate::privilege::{self, PrivilegeMode};

/// Runs the command line `arguments` (the program's name first) in the `mode` that
/// [`privilege::begin`] found out.
#[must_use]
pub fn main(arguments: &[OsString], mode: io::Result<PrivilegeMode>) -> ExitCode {
    // A fault of ours is one line and status 1, not a page of numbers.
    panic::set_hook(Box::new(|_| {}));
    let environment = Environment::read();
    let ui = early_ui(arguments, &environment);
    let result = panic::catch_unwind(AssertUnwindSafe(|| run(arguments, &environment, mode)));
    if privilege::give_up_group().is_err() {
        return ExitCode::from(ErrorCode::Internal.status());
    }
    match result {
        Ok((ui, outcome)) => conclude(&ui, outcome),
        Err(cause) => {
            let cause = cause
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| cause.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            let failure = CliError::new(ErrorCode::Internal, format!("a bug in ccadmin: {cause}"))
                .with_hint("please report it with the command that you ran");
            conclude(&ui, Err(failure.into()))
        }
    }
}

fn run(
    arguments: &[OsString],
    environment: &Environment,
    mode: io::Result<PrivilegeMode>,
) -> (Ui, CommandResult) {
    let early = early_ui(arguments, environment);
    let shared = match mode {
        Ok(PrivilegeMode::Plain) => None,
        Ok(PrivilegeMode::Shared(shared)) => Some(shared),
        Err(error) => {
            let failure = CliError::io("the process cannot be made safe", error);
            return (early, Err(failure.into()));
        }
    };
    let pager = |no_input| environment.pager_for(no_input, shared.is_some());
    let early = Ui { pager: pager(no_input(arguments, environment)), ..early };
    if arguments.get(1).is_some_and(|word| word == complete::COMPLETE_COMMAND) {
        let tree = Cli::command();
        complete::run(&arguments[2..], tree, environment, &early, shared.is_none());
        return (early, DONE);
    }
    let mut call = Call { arguments: Cow::Borrowed(arguments), told: None };
    let parsed = match parse::parse(arguments) {
        Ok(parsed) => Ok(parsed),
        Err(error) => {
            // On a shared host nothing is asked while the process has rights that its caller lacks.
            let no_input = shared.is_some() || no_input(arguments, environment);
            let asking = Ui { no_input, ..early.clone() };
            match asking::complete_missing(&asking, environment, arguments, &error) {
                Ok(Some(completed)) => {
                    if !call.take_over(completed, &asking) {
                        return (early, DONE);
                    }
                    parse::parse(&call.arguments)
                }
                Ok(None) => Err(error),
                Err(stop) => return (early, Err(stop)),
            }
        }
    };
    let (mut cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let outcome = explain_usage(&early, &error, &call.arguments);
            return (early, outcome);
        }
    };
    let ui = cli.global.ui(environment);
    let ui = Ui { pager: pager(ui.no_input), ..ui };
    if let Some(shared) = &shared
        && let Err(failure) = shared_host::check(shared, &cli.global, &matches)
    {
        return (Ui { format: early.format, ..ui }, Err(failure.into()));
    }
    let rehearses = match dry_run::is_rehearsal(&cli.global, &matches) {
        Ok(rehearses) => rehearses,
        Err(failure) => return (ui, Err(failure.into())),
    };
    if cli.global.output == Some(OutputOption::Workbook) && !is_user_export(&matches) {
        let failure = CommandEnd::usage("`-o xlsx` is a form of `user export` alone")
            .with_hint("the others are table, json, jsonl, csv");
        return (ui, Err(failure.into()));
    }
    if let Some(outcome) = cli.command.run_without_context(&ui, &cli.global, environment) {
        call.tell_same(&ui, &call.words(), &outcome);
        return (ui, outcome);
    }
    let mut context = match Context::new(&cli.global, environment, shared) {
        Ok(context) => context,
        Err(failure) => return (Ui { format: early.format, ..ui }, Err(failure.into())),
    };
    if rehearses {
        context.rehearse();
    }
    if call.told.is_none() {
        match asking::complete_call(&context, &cli, &matches, arguments) {
            Ok(None) => {}
            Ok(Some(completed)) => {
                if !call.take_over(completed, &context.ui) {
                    return (context.ui, DONE);
                }
                match parse::parse(&call.arguments) {
                    Ok((completed, _)) => cli = completed,
                    Err(error) => {
                        let outcome = explain_usage(&context.ui, &error, &call.arguments);
                        return (context.ui, outcome);
                    }
                }
            }
            Err(stop) => return (context.ui, Err(stop)),
        }
    }
    context.note_call(call.words(), call.told.is_some());
    let done = cli.command.run(&context);
    let done = if rehearses { tell_tried(&context, done) } else { done };
    let outcome = done.map_err(|end| naming_settings_files(&context, end));
    if context.was_asked() {
        call.told.get_or_insert_default();
    }
    call.tell_same(&context.ui, &context.call(), &outcome);
    (context.ui, outcome)
}

/// An end whose hint names the file of each setting in it. A call that is wrong is put right by another
/// call.
fn naming_settings_files(context: &Context, end: CommandEnd) -> CommandEnd {
    match end {
        CommandEnd::Failed(failure) if failure.code != ErrorCode::Usage => {
            CommandEnd::Failed(Box::new(CliError {
                hint: failure.hint.map(|hint| context.with_settings_files(&hint)),
                ..*failure
            }))
        }
        other => other,
    }
}

/// Prints what a dry run would have changed, unless it was stopped.
fn tell_tried(context: &Context, outcome: CommandResult) -> CommandResult {
    if matches!(outcome, Ok(_) | Err(CommandEnd::Reported(_))) {
        dry_run::print(context)?;
    }
    outcome
}

/// The call as it is run.
struct Call<'a> {
    arguments: Cow<'a, [OsString]>,
    /// Where somebody was asked: what their answers change.
    told: Option<Vec<String>>,
}

impl Call<'_> {
    /// The words, as somebody would type them.
    fn words(&self) -> Vec<String> {
        let words = self.arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        std::iter::once("ccadmin".to_owned()).chain(words).collect()
    }

    /// Tells what the answers changed, and the call that does the same and asks nothing, where it was
    /// done.
    fn tell_same(&self, ui: &Ui, words: &[String], outcome: &CommandResult) {
        let (Some(told), Ok(_)) = (&self.told, outcome) else { return };
        if !told.is_empty() {
            ui.status(&format!("changed {}", told.join("; ")));
        }
        let message = format!("the same without being asked: {}", command_line(words));
        ui.notice("same-without-asking", &message);
    }

    /// Goes on with what was answered; `false` where that leaves nothing to do.
    fn take_over(&mut self, completed: Completed, ui: &Ui) -> bool {
        match completed {
            Completed::Call { arguments, told } => {
                self.arguments = Cow::Owned(arguments);
                self.told = Some(told);
                true
            }
            Completed::Unchanged(name) => {
                ui.notice("already", &format!("nothing was changed: {name}"));
                false
            }
        }
    }
}

/// Whether a call is one of `user export`.
fn is_user_export(matches: &ArgMatches) -> bool {
    let group = matches.subcommand_matches("user");
    group.is_some_and(|group| group.subcommand_name() == Some("export"))
}

fn conclude(ui: &Ui, outcome: CommandResult) -> ExitCode {
    match outcome {
        Ok(status) => status,
        Err(CommandEnd::Failed(failure)) => {
            ui.error(&failure);
            ExitCode::from(failure.code.status())
        }
        Err(CommandEnd::Reported(status)) => ExitCode::from(status),
        Err(CommandEnd::Interrupted(signal)) => exit_by_signal(signal),
        Err(CommandEnd::Cancelled(signal)) => {
            ui.notice("cancelled", "cancelled: nothing was changed");
            signal.map_or(ExitCode::from(130), exit_by_signal)
        }
        Err(CommandEnd::ClosedPipe) => ExitCode::SUCCESS,
    }
}

/// Help and version go to stdout; what is wrong with a call is told in the form that it asked for.
fn explain_usage(ui: &Ui, error: &clap::Error, arguments: &[OsString]) -> CommandResult {
    use std::fmt::Write as _;
    use std::io::Write as _;

    let mut text = error.render().to_string();
    if is_verbose(arguments) && error.kind() == ErrorKind::DisplayVersion {
        let _ = writeln!(text, "SQLite {}", crate::directory::sqlite_version());
        let _ = writeln!(text, "C library {C_LIBRARY}");
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            ui.page(text.as_bytes()).map_err(|error| CommandEnd::output(&error))?;
            Ok(ExitCode::SUCCESS)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !ui.format.is_json() => {
            if ui.stdout_terminal().is_some() {
                // Whoever types a word of a command to see what follows begins with the first line.
                ui.page(text.as_bytes()).map_err(|error| CommandEnd::output(&error))?;
            } else {
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
            Err(CommandEnd::Reported(ErrorCode::Usage.status()))
        }
        _ => Err(usage_error(error, arguments).into()),
    }
}

/// Whether more is to be told, as far as that can be seen before the call is understood.
fn is_verbose(arguments: &[OsString]) -> bool {
    arguments.iter().any(|argument| ["-v", "--verbose"].iter().any(|word| argument == word))
}

/// Whether nothing may be asked, as far as that can be seen before the call is understood.
fn no_input(arguments: &[OsString], environment: &Environment) -> bool {
    environment.no_input || arguments.iter().any(|argument| argument == "--no-input")
}

/// How to talk before the call is understood: whether it asks for JSON can be seen without.
fn early_ui(arguments: &[OsString], environment: &Environment) -> Ui {
    let words = || arguments.iter().map(|argument| argument.to_string_lossy());
    let behind = words().zip(words().skip(1)).find_map(|(option, value)| {
        matches!(&*option, "-o" | "--output").then(|| value.into_owned())
    });
    let joined = || {
        words().find_map(|word| {
            word.strip_prefix("--output=")
                .or_else(|| word.strip_prefix("-o=").or_else(|| word.strip_prefix("-o")))
                .map(str::to_owned)
        })
    };
    let asked = behind
        .or_else(joined)
        .or_else(|| environment.output.as_ref().map(|value| value.to_string_lossy().into_owned()));
    Ui {
        format: asked.and_then(|word| word.parse().ok()).unwrap_or_default(),
        quiet: false,
        verbose: false,
        no_input: true,
        color: environment.color(ColorChoice::Auto),
        no_color: environment.no_color,
        terminal_is_plain: environment.terminal_is_plain(),
        prompt_timeout: environment.prompt_timeout(),
        rehearses: false,
        pager: None,
    }
}
