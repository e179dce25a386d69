//! The whole command line: the global options, and every command with the file that runs it.

use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::commands;
use crate::cli::context::Context;
use crate::cli::environment::Environment;
use crate::cli::error::{CommandResult, DONE};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::ui::Ui;

/// Administer the users of a contact center
///
/// Who they are, what they may do, their passwords, and the projects that they take calls from,
/// each with a weight.
#[derive(Debug, Parser)]
#[command(name = "ccadmin", version, propagate_version = false, disable_help_subcommand = true)]
#[command(after_help = "Examples:
  ccadmin project create hu-support
  ccadmin user create
  ccadmin user list --project hu-support

Topics, such as spreadsheets, shared-host and scripts: ccadmin help")]
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
    /// Remove a user from projects
    UnassignProject(commands::unassign_project::UnassignProjectArgs),
    /// Set the weight of a user in a project
    SetWeight(commands::set_weight::SetWeightArgs),
    /// Show, solve and compare weights
    #[command(subcommand)]
    Weight(commands::weight::WeightCommand),
    /// Write a page about the center, to view or to print
    Report(commands::report::ReportArgs),
    /// Keep users in a file: show what it would change, and change it
    #[command(subcommand)]
    Roster(Box<commands::roster::RosterCommand>),
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
    /// Read and verify the audit log
    #[command(subcommand)]
    Audit(commands::audit::AuditCommand),
    /// Undo a change, or all changes of a batch
    Undo(commands::undo::UndoArgs),
    /// Administer the store
    #[command(subcommand)]
    Store(commands::store::StoreCommand),
    /// Show and change the settings
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    /// Check everything that the program depends on
    Doctor(commands::doctor::DoctorArgs),
    /// Print the completion script for a shell
    Completions(commands::completions::CompletionsArgs),
    /// Write the manual pages
    Man(commands::man::ManArgs),
    /// Print the JSON Schema of what -o json prints
    Schema(commands::schema::SchemaArgs),
    /// Print the help of a command or of a topic
    Help(commands::help::HelpArgs),
}

impl Command {
    /// Runs a command that needs neither settings nor a store; `None` for every other one.
    pub(crate) fn run_without_context(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> Option<CommandResult> {
        match self {
            Self::Config(command) => command.run_without_context(ui, global, environment),
            Self::Doctor(_) => Some(commands::doctor::DoctorArgs::run(ui, global, environment)),
            Self::Completions(args) => Some(args.run(ui, Cli::command())),
            Self::Man(args) => Some(args.run(ui, Cli::command())),
            Self::Help(args) => Some(args.run(ui, Cli::command())),
            Self::Schema(args) => Some(args.run(ui)),
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
            Self::Report(args) => args.run(context),
            Self::Roster(command) => command.run(context),
            Self::Passwd(args) => args.run(context),
            Self::Project(command) => command.run(context),
            Self::Team(command) => command.run(context),
            Self::Skill(command) => command.run(context),
            Self::Login(args) => args.run(context),
            Self::Logout(args) => args.run(context),
            Self::Whoami(_) => commands::whoami::WhoamiArgs::run(context),
            Self::Authenticate(args) => args.run(context),
            Self::Audit(command) => command.run(context),
            Self::Undo(args) => args.run(context),
            Self::Store(command) => command.run(context),
            Self::Config(command) => command.run(context),
            // It has run before there was a context.
            Self::Doctor(_) => DONE,
            Self::Completions(args) => args.run(&context.ui, Cli::command()),
            Self::Man(args) => args.run(&context.ui, Cli::command()),
            Self::Help(args) => args.run(&context.ui, Cli::command()),
            Self::Schema(args) => args.run(&context.ui),
        }
    }
}

/// Every command that does something, as it is typed.
#[cfg(test)]
pub(crate) fn command_names() -> Vec<String> {
    fn add(command: &clap::Command, path: &str, names: &mut Vec<String>) {
        for inner in command.get_subcommands() {
            let path = format!("{path} {}", inner.get_name());
            if inner.has_subcommands() {
                add(inner, &path, names);
            } else {
                names.push(path.trim().to_owned());
            }
        }
    }
    let mut tree = <Cli as clap::CommandFactory>::command();
    tree.build();
    let mut names = Vec::new();
    add(&tree, "", &mut names);
    names
}
