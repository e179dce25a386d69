//! What a person or a script sees: arguments, prompts, tables, JSON, exit codes.
//!
//! One command, one file: its arguments (whose doc comments are the help), its `run`, its view.

mod args;
mod batch;
mod batch_delete;
mod commands;
mod complete;
mod context;
mod delivery;
mod environment;
mod error;
mod handout;
mod impact;
mod input_file;
mod os_accounts;
mod output_file;
mod parse;
mod prompt_missing_args;
mod second_factor;
mod session_file;
mod shared_host;
mod shell;
mod stdin_input;
mod terminal;
mod weight_share;

use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use args::value_parsers::OneOf;
use context::Context;
use environment::Environment;
use error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use terminal::output::Format;
use terminal::prompt::exit_by_signal;
use terminal::ui::{ColorChoice, Ui};

use crate::privilege::{self, PrivilegeMode};

/// The C library that this program was built with, and how it was linked.
const C_LIBRARY: &str = env!("CCADMIN_C_LIBRARY");

/// Administer the users of a contact center
///
/// Who they are, what they may do, which projects they take calls from and with which weight, and
/// their passwords.
#[derive(Debug, Parser)]
#[command(name = "ccadmin", version, propagate_version = false, disable_help_subcommand = true)]
#[command(after_help = "Examples:
  ccadmin project create hu-support
  ccadmin user create
  ccadmin user list --project hu-support

Exit status: 0 done, 1 the tool or the machine failed, 2 wrong call,
3 not found, 4 conflict, 5 not allowed, 6 not authenticated, 7 change your
password first, 8 a value breaks a rule, 9 the store is busy, 10 a code was
sent, 11 rows of an import were refused, 12 done, but the hand-out could not be
delivered, 13 the store is damaged, read-only or full, or a check found
something.")]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,

    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
struct GlobalArgs {
    /// Read the settings from FILE
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<OsString>,

    /// Use this store: a path or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    database: Option<OsString>,

    /// Act as the owner of the store, whatever session there is
    #[arg(long, global = true)]
    as_owner: bool,

    /// Print in this form: table, json, jsonl, csv
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_parser = OneOf::<Format>::words(),
        hide_possible_values = true
    )]
    output: Option<Format>,

    /// Say nothing but errors and warnings
    #[arg(short, long, global = true)]
    quiet: bool,

    /// Say which store is used and who is acting
    #[arg(short, long, global = true)]
    verbose: bool,

    /// Never ask
    #[arg(long, global = true)]
    no_input: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

impl GlobalArgs {
    fn ui(&self, environment: &Environment) -> Ui {
        Ui {
            format: self.output.unwrap_or_default(),
            quiet: self.quiet,
            verbose: self.verbose,
            no_input: self.no_input || environment.no_input,
            color: self.color,
            no_color: environment.no_color,
            terminal_is_plain: environment.terminal_is_plain(),
            prompt_timeout: environment.prompt_timeout(),
            pager: None,
        }
    }
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    // The list of commands shows these lines: what a command says of itself is deferred with it.
    /// Administer users
    #[command(subcommand)]
    User(Box<commands::user::UserCommand>),
    /// Assign a user to projects
    AssignProject(commands::assign_project::AssignProjectArgs),
    /// Take a user out of projects
    UnassignProject(commands::unassign_project::UnassignProjectArgs),
    /// Set the weight of a user in a project
    SetWeight(commands::set_weight::SetWeightArgs),
    /// Change your own password, or set somebody's
    Passwd(commands::passwd::PasswdArgs),
    /// Administer projects
    #[command(subcommand)]
    Project(commands::project::ProjectCommand),
    /// Administer teams
    #[command(subcommand)]
    Team(commands::label::TeamCommand),
    /// Administer skills
    #[command(subcommand)]
    Skill(commands::label::SkillCommand),
    /// Open a session
    Login(commands::login::LoginArgs),
    /// End the session
    Logout(commands::logout::LogoutArgs),
    /// Show who you are and what you may do
    Whoami(commands::whoami::WhoamiArgs),
    /// Check a user's password for a client program
    Authenticate(commands::authenticate::AuthenticateArgs),
    /// Look at the audit log
    #[command(subcommand)]
    Audit(commands::audit::AuditCommand),
    /// Administer the store
    #[command(subcommand)]
    Store(commands::store::StoreCommand),
    /// Print the completions for a shell
    Completions(commands::completions::CompletionsArgs),
    /// Write the manual pages
    Man(commands::man::ManArgs),
}

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
            let failure =
                CliError::new(ErrorCode::Internal, format!("a fault of ccadmin: {cause}"))
                    .with_hint("please report it, with the command that you gave");
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
            let failure = CliError::new(ErrorCode::Io, format!("the process is not safe: {error}"));
            return (early, Err(failure.into()));
        }
    };
    if arguments.get(1).is_some_and(|word| word == complete::COMPLETE_COMMAND) {
        complete::run(&arguments[2..], environment, &early, shared.is_none());
        return (early, DONE);
    }
    let (cli, matches) = match parse::parse(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // On a shared host nothing is asked while the process has rights that its caller lacks.
            let no_input = shared.is_some() || no_input(arguments, environment);
            let asking = Ui { no_input, ..early.clone() };
            match prompt_missing_args::ask(&asking, arguments, &error) {
                Ok(Some(parsed)) => parsed,
                Ok(None) => {
                    let outcome = explain_usage(&early, error, is_verbose(arguments));
                    return (early, outcome);
                }
                Err(stop) => return (early, Err(stop)),
            }
        }
    };
    let ui = cli.global.ui(environment);
    if let Some(shared) = &shared
        && let Err(failure) = shared_host::check(shared, &cli.global, &matches)
    {
        return (Ui { format: early.format, ..ui }, Err(failure.into()));
    }
    // What needs neither settings nor a store.
    let outcome = match &cli.command {
        Command::Completions(args) => Some(args.run(&ui)),
        Command::Man(args) => Some(args.run(&ui)),
        _ => None,
    };
    if let Some(outcome) = outcome {
        return (ui, outcome);
    }
    match Context::new(&cli.global, environment, shared) {
        Ok(mut context) => {
            context.note_call(arguments);
            let outcome = cli.command.run(&context);
            (context.ui, outcome)
        }
        Err(failure) => (Ui { format: early.format, ..ui }, Err(failure.into())),
    }
}

impl Command {
    fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::User(command) => command.run(context),
            Self::AssignProject(args) => args.run(context),
            Self::UnassignProject(args) => args.run(context),
            Self::SetWeight(args) => args.run(context),
            Self::Passwd(args) => args.run(context),
            Self::Project(command) => command.run(context),
            Self::Team(command) => command.run(context),
            Self::Skill(command) => command.run(context),
            Self::Login(args) => args.run(context),
            Self::Logout(args) => args.run(context),
            Self::Whoami(_) => commands::whoami::WhoamiArgs::run(context),
            Self::Authenticate(args) => args.run(context),
            Self::Audit(command) => command.run(context),
            Self::Store(command) => command.run(context),
            Self::Completions(args) => args.run(&context.ui),
            Self::Man(args) => args.run(&context.ui),
        }
    }
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
        Err(CommandEnd::ClosedPipe) => ExitCode::SUCCESS,
    }
}

/// Help and version go to stdout; what is wrong with a call is told in the form that it asked for.
fn explain_usage(ui: &Ui, error: clap::Error, verbose: bool) -> CommandResult {
    use std::fmt::Write as _;
    use std::io::Write as _;

    let mut text = error.render().to_string();
    if verbose && error.kind() == ErrorKind::DisplayVersion {
        let _ = writeln!(text, "SQLite {}", crate::directory::sqlite_version());
        let _ = writeln!(text, "C library {C_LIBRARY}");
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = ui.stdout().and_then(|mut out| {
                out.write_all(text.as_bytes())?;
                out.flush()
            });
            printed.map_err(|error| CommandEnd::output(&error))?;
            Ok(ExitCode::SUCCESS)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !ui.format.is_json() => {
            let _ = std::io::stderr().write_all(text.as_bytes());
            Err(CommandEnd::Reported(ErrorCode::Usage.status()))
        }
        _ => Err(CliError::from(error).into()),
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
        color: ColorChoice::Auto,
        no_color: environment.no_color,
        terminal_is_plain: environment.terminal_is_plain(),
        prompt_timeout: environment.prompt_timeout(),
        pager: None,
    }
}
