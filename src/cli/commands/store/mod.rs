//! `ccadmin store`: the file that everything is kept in.

mod backup;
mod check;
mod doctor;
mod finding;
mod info;
mod init;
mod install_check;
mod restore;
mod retire;
mod unlock;
mod upgrade;
mod warnings;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;
pub(crate) use doctor::{StoreReport, examine};
pub(crate) use finding::Finding;
pub(crate) use info::C_LIBRARY;

/// Administer the store
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum StoreCommand {
    /// Make a store where `--database`, the environment or the config say
    Init(init::StoreInitArgs),
    /// Show where the store is, what it holds, and every setting in force
    Info(info::StoreInfoArgs),
    /// Look for what is wrong with the store and with the way it is installed
    Check(check::StoreCheckArgs),
    /// Upgrade a store that an older version has made
    Upgrade(upgrade::StoreUpgradeArgs),
    /// Copy the store into a new file, while others go on working
    Backup(backup::StoreBackupArgs),
    /// Put a backup in the place of the store
    Restore(restore::StoreRestoreArgs),
    /// Find the process that keeps everybody else from the store, and end it
    Unlock(unlock::StoreUnlockArgs),
    /// Say that the store has moved away, so that nobody goes on writing to it
    Retire(retire::StoreRetireArgs),
}

impl StoreCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Init(_) => init::StoreInitArgs::run(context),
            Self::Info(args) => args.run(context),
            Self::Check(args) => args.run(context),
            Self::Upgrade(_) => upgrade::StoreUpgradeArgs::run(context),
            Self::Backup(args) => args.run(context),
            Self::Restore(args) => args.run(context),
            Self::Unlock(args) => args.run(context),
            Self::Retire(args) => args.run(context),
        }
    }
}
