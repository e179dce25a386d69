//! `ccadmin store backup`.

use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{BackupReport, hex};

/// Copy the store to a new file while others keep working
///
/// The copy shows the store at one moment, is checked before it gets its name, and has mode 0600.
/// It is a store itself: a single file to keep on another disk and bring back with `store restore`.
/// The hash that is printed is that of the newest entry of the audit log: keep it elsewhere, and
/// `audit verify --head` will show later whether the log was cut.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store backup /mnt/backups/ccadmin-$(date +%F).db
  ccadmin store backup /mnt/backups/ccadmin-$(date +%F).db -o json")]
pub(crate) struct StoreBackupArgs {
    /// The new file; an existing one is never replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct BackupView {
    path: String,
    bytes: u64,
    users: i64,
    audit_entries: i64,
    head: String,
}

impl From<BackupReport> for BackupView {
    fn from(backup: BackupReport) -> Self {
        Self {
            path: backup.path.display().to_string(),
            bytes: backup.bytes,
            users: backup.users,
            audit_entries: backup.head.seq,
            head: hex(&backup.head.hash),
        }
    }
}

impl Record for BackupView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<BackupView>; 5] = [
            Column::text("path", |view, _| view.path.clone()),
            Column::number("bytes", |view, _| view.bytes.to_string()),
            Column::number("users", |view, _| view.users.to_string()),
            Column::number("audit_entries", |view, _| view.audit_entries.to_string()),
            Column::text("head", |view, _| view.head.clone()),
        ];
        &COLUMNS
    }
}

impl StoreBackupArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if self.file.as_os_str() == "-" {
            let refused = CommandEnd::usage(
                "a backup has to be a file, since it is checked once it is written",
            );
            return Err(refused
                .with_hint("name a file; one that begins with a hyphen is written `./-FILE`")
                .into());
        }
        let mut directory = context.directory(StoreAccess::Read)?;
        let (report, recorded) = directory.back_up(&self.file)?;
        if !recorded {
            let message = "the store accepts no changes, so this is not in the audit log";
            context.ui.warning("not-audited", message);
        }
        let view = BackupView::from(report);
        context.ui.status(&format!(
            "backed up {} {} and {} audit entries to {}",
            view.users,
            if view.users == 1 { "user" } else { "users" },
            view.audit_entries,
            view.path
        ));
        context.ui.status(&format!("the audit log ends with {}", view.head));
        print_batch(context, &[view], false)?;
        DONE
    }
}
