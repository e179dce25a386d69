//! `ccadmin user`: people in the directory.

mod create;
mod created;
mod csv_export;
mod delete;
mod details;
mod exists;
mod export;
mod history;
mod import;
mod list;
mod new_user_form;
mod photo;
mod rename;
mod show;
mod state;
mod template;
mod update;
mod view;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;

pub(crate) use delete::DeletedView;
pub(crate) use export::record_export;
pub(crate) use import::{
    Attempt, Fault, ImportReport, PlanView, RowResultView, change_words, changes, most,
};
pub(crate) use view::{MembershipView, ProfileJson, UserJson, UserView, memberships, print_issued};

/// Administer users
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum UserCommand {
    /// Create a user
    Create(create::UserCreateArgs),
    /// List users
    List(list::UserListArgs),
    /// Show a user
    Show(show::UserShowArgs),
    /// Show who changed what of a user, newest first
    History(history::UserHistoryArgs),
    /// Tell by the exit status whether a user exists
    Exists(exists::UserExistsArgs),
    /// Change a user's details
    Update(update::UserUpdateArgs),
    /// Deactivate users
    Deactivate(state::UserDeactivateArgs),
    /// Activate users
    Activate(state::UserActivateArgs),
    /// Unlock users after too many failed sign-ins
    Unlock(state::UserUnlockArgs),
    /// Rename a user
    Rename(rename::UserRenameArgs),
    /// Delete users
    Delete(delete::UserDeleteArgs),
    /// Set, get or remove a user's photo
    #[command(subcommand)]
    Photo(photo::PhotoCommand),
    /// Write users to a file or to stdout
    Export(export::UserExportArgs),
    /// Create or change many users from a file
    Import(Box<import::UserImportArgs>),
}

impl UserCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Create(args) => args.run(context),
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::History(args) => args.run(context),
            Self::Exists(args) => args.run(context),
            Self::Update(args) => args.run(context),
            Self::Deactivate(args) => args.run(context),
            Self::Activate(args) => args.run(context),
            Self::Unlock(args) => args.run(context),
            Self::Rename(args) => args.run(context),
            Self::Delete(args) => args.run(context),
            Self::Photo(command) => command.run(context),
            Self::Export(args) => args.run(context),
            Self::Import(args) => args.run(context),
        }
    }
}
