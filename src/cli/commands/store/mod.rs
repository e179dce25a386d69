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
pub(crate) use backup::BackupView;
pub(crate) use doctor::{StoreReport, examine};
pub(crate) use finding::Finding;
pub(crate) use info::{C_LIBRARY, StoreView};
pub(crate) use restore::RestoreView;
pub(crate) use unlock::HolderView;

/// Administer the store
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum StoreCommand {
    /// Create the store that `--database`, the environment or the config names
    Init(init::StoreInitArgs),
    /// Show where the store is, what it holds, and every setting in force
    Info(info::StoreInfoArgs),
    /// Look for problems with the store and its installation
    Check(check::StoreCheckArgs),
    /// Upgrade a store from an older version
    Upgrade(upgrade::StoreUpgradeArgs),
    /// Copy the store to a new file while others keep working
    Backup(backup::StoreBackupArgs),
    /// Replace the store with a backup
    Restore(restore::StoreRestoreArgs),
    /// Find the process that locks everybody else out of the store, and end it
    Unlock(unlock::StoreUnlockArgs),
    /// Mark the store as moved, so that nobody keeps writing to it
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
