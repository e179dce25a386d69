//! `ccadmin store restore`.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{BackupContents, RegainedAccess, restore_damaged, restore_new};
use crate::model::Role;
use crate::privilege::real_uid;

/// So many of those who regain something are named.
const MAX_USERS_NAMED: usize = 20;

/// Replace the store with a backup
///
/// The backup is checked first, and is never changed. The present content of the store is kept in a
/// file beside it, whose name is printed; owner and mode stay the same. All sessions end, failed
/// sign-ins still count, and the audit log continues that of the backup with an entry that says
/// where both ended. Before you are asked, it lists the users who get back what they do not have
/// now: an active account, a role or an older password.
///
/// A damaged store can be replaced too if no other process has it open. If there is no store, the
/// backup becomes the store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store restore /mnt/backups/ccadmin-2026-11-21.db
  ccadmin store restore /mnt/backups/ccadmin-2026-11-21.db --yes")]
pub(crate) struct StoreRestoreArgs {
    /// The file, made by `ccadmin store backup`
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What somebody gets back.
#[derive(Serialize, JsonSchema)]
struct RegainedView {
    username: String,
    becomes_active: bool,
    roles: Vec<&'static str>,
    older_password: bool,
}

impl From<RegainedAccess> for RegainedView {
    fn from(regained: RegainedAccess) -> Self {
        Self {
            username: regained.username.to_string(),
            becomes_active: regained.becomes_active(),
            roles: regained.roles().iter().map(Role::as_str).collect(),
            older_password: regained.has_older_password(),
        }
    }
}

impl RegainedView {
    fn sentence(&self) -> String {
        let mut gets = Vec::new();
        if self.becomes_active {
            gets.push("becomes active".to_owned());
        }
        if !self.roles.is_empty() {
            let noun = if self.roles.len() == 1 { "role" } else { "roles" };
            gets.push(format!("gains the {noun} {}", self.roles.join(", ")));
        }
        if self.older_password {
            gets.push("gets an older password".to_owned());
        }
        format!("`{}` {}", self.username, gets.join(", "))
    }
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct RestoreView {
    path: String,
    restored_from: String,
    kept: Option<String>,
    users: i64,
    audit_entries: i64,
    regained: Vec<RegainedView>,
}

impl Record for RestoreView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<RestoreView>; 6] = [
            Column::text("path", |view, _| view.path.clone()),
            Column::text("restored_from", |view, _| view.restored_from.clone()),
            Column::text("kept", |view, _| view.kept.clone().unwrap_or_default()),
            Column::number("users", |view, _| view.users.to_string()),
            Column::number("audit_entries", |view, _| view.audit_entries.to_string()),
            Column::number("regained", |view, _| view.regained.len().to_string()),
        ];
        &COLUMNS
    }
}

impl StoreRestoreArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let (place, _) = context.store_path()?;
        match context.directory(StoreAccess::Read) {
            Ok(mut directory) => {
                directory.may_restore()?;
                let incoming = self.read(place)?;
                let mut regained = Vec::new();
                let each = |one| regained.push(RegainedView::from(one));
                let compared = match directory.compare(&incoming, each).map_err(CliError::from) {
                    Err(failure) if failure.code == ErrorCode::StoreDamaged => {
                        drop(directory);
                        return self.replace_damaged(context, place, incoming, &failure);
                    }
                    compared => compared?,
                };
                warn(context, &regained);
                self.ask(context, place, &incoming)?;
                let kept = directory.restore(&incoming, compared, context.busy_timeout())?;
                report(context, self.view(place, &incoming, Some(&kept), regained))
            }
            Err(failure) if failure.code == ErrorCode::StoreNotFound => {
                let incoming = self.read(place)?;
                let told = self.view(place, &incoming, None, Vec::new());
                // What is made here belongs to whoever makes it.
                restore_new(incoming, place, &context.caller(true), context.clock())?;
                report(context, told)
            }
            Err(failure) if failure.code == ErrorCode::StoreDamaged => {
                let incoming = self.read(place)?;
                self.replace_damaged(context, place, incoming, &failure)
            }
            Err(failure) if failure.code == ErrorCode::StoreForeign => {
                let hint = "nothing was changed; where it was a store once, move it away and do \
                            this again";
                Err(failure.with_hint(hint).into())
            }
            Err(failure) => Err(failure.into()),
        }
    }

    fn replace_damaged(
        &self,
        context: &Context,
        place: &Path,
        incoming: BackupContents,
        damage: &CliError,
    ) -> CommandResult {
        let lost = "users who were deactivated, lost a role or changed their password since the \
            backup get it back";
        context.ui.warning("damaged", &format!("{}; {lost}", damage.message));
        self.ask(context, place, &incoming)?;
        let mut told = self.view(place, &incoming, None, Vec::new());
        let is_owner = fs::metadata(place).is_ok_and(|found| found.uid() == real_uid());
        let kept = restore_damaged(
            incoming,
            place,
            &context.caller(is_owner),
            context.clock(),
            context.busy_timeout(),
        )?;
        told.kept = Some(kept.display().to_string());
        report(context, told)
    }

    fn read(&self, place: &Path) -> Result<BackupContents, CliError> {
        BackupContents::read(&self.file, place).map_err(|error| {
            let failure = CliError::from(error);
            let message = match failure.code {
                ErrorCode::StoreNotFound => format!("there is no backup {}", self.file.display()),
                ErrorCode::StoreForeign | ErrorCode::StoreDamaged => failure.message,
                _ => return failure,
            };
            let hint = "nothing was changed; give a file that `ccadmin store backup` has made";
            CliError { message, ..failure }.with_hint(hint)
        })
    }

    fn ask(
        &self,
        context: &Context,
        place: &Path,
        incoming: &BackupContents,
    ) -> Result<(), CommandEnd> {
        if self.yes {
            return Ok(());
        }
        if !context.ui.can_ask() {
            let hint = "`--yes` puts the backup in the place of what the store holds, which is kept \
                        beside it";
            return Err(CliError::new(ErrorCode::MissingInput, "missing: --yes")
                .with_hint(hint)
                .into());
        }
        let question = format!(
            "Replace {} with {} ({} users)?",
            place.display(),
            self.file.display(),
            incoming.users()
        );
        let mut prompter = context.ui.prompter()?;
        if prompter.confirm(&question, false)? {
            return Ok(());
        }
        context.ui.status("nothing was changed");
        Err(CommandEnd::Reported(ErrorCode::Io.status()))
    }

    fn view(
        &self,
        place: &Path,
        incoming: &BackupContents,
        kept: Option<&Path>,
        regained: Vec<RegainedView>,
    ) -> RestoreView {
        RestoreView {
            path: place.display().to_string(),
            restored_from: self.file.display().to_string(),
            kept: kept.map(|path| path.display().to_string()),
            users: incoming.users(),
            // That of the restore itself.
            audit_entries: incoming.head().seq + 1,
            regained,
        }
    }
}

fn warn(context: &Context, regained: &[RegainedView]) {
    for one in regained.iter().take(MAX_USERS_NAMED) {
        context.ui.warning("regained", &one.sentence());
    }
    let more = regained.len().saturating_sub(MAX_USERS_NAMED);
    if more > 0 {
        let message =
            format!("{more} more users get back what they do not have now; `-o json` names them");
        context.ui.warning("regained", &message);
    }
}

fn report(context: &Context, view: RestoreView) -> CommandResult {
    let ui = &context.ui;
    ui.status(&format!("restored {} from {}", view.path, view.restored_from));
    if let Some(kept) = &view.kept {
        ui.status(&format!("what it held is kept in {kept}"));
        ui.status("every session has ended");
    }
    print_batch(context, &[view], false)?;
    DONE
}
