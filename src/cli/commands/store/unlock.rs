//! `ccadmin store unlock`.

use std::time::Duration;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::os_accounts::login;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{LockHolder, end_holder, long_holders};
use crate::privilege::real_uid;

/// Longer than any command but a large import or a restore holds a lock.
const HELD: Duration = Duration::from_secs(5);

/// Find the process that locks everybody else out of the store, and end it
///
/// A process that is stopped or frozen while it holds a lock keeps all others waiting. This lists
/// every process that has held a lock for five seconds, with its account. With `--yes` it kills the
/// process (SIGKILL), after checking that it is still the same one and still holds the lock; its
/// unfinished change is undone, and the audit log gets an entry. A large import or a restore also
/// holds the lock for long although nothing is wrong: check before you give `--yes`.
///
/// For root only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sudo ccadmin store unlock
  sudo ccadmin store unlock --yes")]
pub(crate) struct StoreUnlockArgs {
    /// End the process
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct HolderView {
    pid: u32,
    os_uid: Option<u32>,
    account: Option<String>,
    running_seconds: Option<u64>,
    stopped: bool,
    ended: bool,
}

impl HolderView {
    fn of(holder: &LockHolder) -> Self {
        Self {
            pid: holder.pid,
            os_uid: holder.uid,
            account: holder.uid.map(login),
            running_seconds: holder.age_seconds,
            stopped: holder.is_stopped,
            ended: false,
        }
    }

    fn sentence(&self) -> String {
        let account = self.account.as_deref().unwrap_or("an unknown account");
        let running =
            self.running_seconds.map(|age| format!(", running for {age} s")).unwrap_or_default();
        let stopped = if self.stopped { ", stopped" } else { "" };
        format!("process {} of {account}{running}{stopped}", self.pid)
    }
}

impl Record for HolderView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<HolderView>; 6] = [
            Column::number("pid", |view, _| view.pid.to_string()),
            Column::number("os_uid", |view, _| {
                view.os_uid.map(|uid| uid.to_string()).unwrap_or_default()
            }),
            Column::text("account", |view, _| view.account.clone().unwrap_or_default()),
            Column::number("running_seconds", |view, _| {
                view.running_seconds.map(|age| age.to_string()).unwrap_or_default()
            }),
            Column::text("stopped", |view, _| view.stopped.to_string()),
            Column::text("ended", |view, _| view.ended.to_string()),
        ];
        &COLUMNS
    }
}

impl StoreUnlockArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if real_uid() != 0 {
            let failure =
                CliError::new(ErrorCode::Forbidden, "only root may end other accounts' processes");
            return Err(failure.with_hint("`sudo ccadmin store unlock`").into());
        }
        let (path, _) = context.store_path()?;
        let ui = &context.ui;
        let holders = long_holders(path, HELD)?;
        if holders.is_empty() {
            ui.notice(
                "already",
                "already unlocked: no process has held a lock on the store for long",
            );
        }
        let mut views = Vec::new();
        for holder in &holders {
            let mut view = HolderView::of(holder);
            if !self.yes {
                ui.status(&format!("`--yes` would end {}", view.sentence()));
            } else if end_holder(path, holder)? {
                view.ended = true;
                ui.status(&format!("ended {}", view.sentence()));
            } else {
                ui.status(&format!("{} has released the lock by itself", view.sentence()));
            }
            views.push(view);
        }
        if views.iter().any(|view| view.ended) {
            // Now that it can be opened again.
            let mut directory = context.directory_without_session(StoreAccess::Read)?;
            for (holder, _) in holders.iter().zip(&views).filter(|(_, view)| view.ended) {
                directory.note_ended(holder)?;
            }
        }
        print_batch(context, &views, true)?;
        DONE
    }
}
