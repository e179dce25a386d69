//! `ccadmin user`: people in the directory.

mod create;
mod form;
mod list;
mod show;
mod state;
mod update;
mod view;

use clap::Subcommand;

use super::context::Context;
use super::error::Outcome;

pub(crate) use view::{UserView, print_issued};

/// Administer users
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    Create(create::UserCreateArgs),
    List(list::UserListArgs),
    Show(show::UserShowArgs),
    Update(update::UserUpdateArgs),
    Deactivate(state::UserDeactivateArgs),
    Activate(state::UserActivateArgs),
    Unlock(state::UserUnlockArgs),
}

impl UserCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Create(args) => args.run(context),
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Update(args) => args.run(context),
            Self::Deactivate(args) => args.run(context),
            Self::Activate(args) => args.run(context),
            Self::Unlock(args) => args.run(context),
        }
    }
}
