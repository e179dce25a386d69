//! `ccadmin store backup`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{BackupReport, hex};

/// Copy the store into a new file, while others go on working
///
/// The copy is of one moment, is looked through before it gets its name, and has mode 0600. It is a
/// store itself: one file, to be kept on another disk and brought back with `store restore`. The
/// hash that is told is that of the audit log's newest entry: kept elsewhere, it shows later whether
/// anybody has cut the log (`audit verify --head`).
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store backup /mnt/backups/ccadmin-$(date +%F).db
  ccadmin store backup /mnt/backups/ccadmin-$(date +%F).db -o json")]
pub(crate) struct StoreBackupArgs {
    /// The file to make; one that is there is never replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct BackupView {
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
            let refused =
                CommandEnd::usage("a backup is a file: it is looked through before it counts");
            return Err(refused.with_hint("name a file; behind `./` a hyphen is a name").into());
        }
        let mut directory = context.directory(StoreAccess::Read)?;
        let (report, recorded) = directory.back_up(&self.file)?;
        if !recorded {
            let message = "the store takes no writes: its log does not tell of this";
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
