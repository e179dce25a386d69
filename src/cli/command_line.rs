//! The whole command line: the global options, and every command with the file that runs it.

use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::commands;
use crate::cli::context::Context;
use crate::cli::error::CommandResult;
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::ui::Ui;

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
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
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
    /// Show, solve and compare weights
    #[command(subcommand)]
    Weight(commands::weight::WeightCommand),
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

impl Command {
    /// Runs a command that needs neither settings nor a store; `None` for every other one.
    pub(crate) fn run_without_context(&self, ui: &Ui) -> Option<CommandResult> {
        match self {
            Self::Completions(args) => Some(args.run(ui, Cli::command())),
            Self::Man(args) => Some(args.run(ui, Cli::command())),
            _ => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::User(command) => command.run(context),
            Self::AssignProject(args) => args.run(context),
            Self::UnassignProject(args) => args.run(context),
            Self::SetWeight(args) => args.run(context),
            Self::Weight(command) => command.run(context),
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
            Self::Completions(args) => args.run(&context.ui, Cli::command()),
            Self::Man(args) => args.run(&context.ui, Cli::command()),
        }
    }
}
