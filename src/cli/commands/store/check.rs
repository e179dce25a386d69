//! `ccadmin store check`.

use clap::Args;
use serde::Serialize;

use super::{install_check, warnings};
use crate::cli::args::list_args::ListArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode, RESTORE_HINT};
use crate::cli::second_factor::SecondFactor;
use crate::cli::terminal::output::{Column, Format, Record, Selection};
use crate::directory::{CheckFinding, FindingKind};

/// Look for what is wrong with the store and with the way it is installed
///
/// Every finding is one line, with what to do about it; where there is one, the exit status is 13.
/// It looks through the whole file, holds every value against its rules and against what the audit
/// log says of it, checks the chain of the log, owners and modes, copies beside the store, and on a
/// shared host the program, its group and the site's settings too. Where codes could not reach
/// everybody, because phone numbers are shared or missing, a warning says so on stderr.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store check
  sudo ccadmin store check -o json")]
pub(crate) struct StoreCheckArgs {
    #[command(flatten)]
    list: ListArgs,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// What it is.
    what: String,
    /// What to do about it.
    hint: Option<String>,
}

impl Finding {
    pub(super) fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: Some(hint.into()) }
    }
}

impl From<CheckFinding> for Finding {
    fn from(flaw: CheckFinding) -> Self {
        let hint = match flaw.kind {
            FindingKind::Damage => RESTORE_HINT,
            FindingKind::Log => {
                "somebody has changed the log, or the disk has: compare it with a backup, or restore \
                 one with `ccadmin store restore FILE`"
            }
            FindingKind::Value => {
                "somebody has changed it past ccadmin, or the disk has: set it again with the command \
                 for it, or restore a backup"
            }
            FindingKind::LockedOut => "`ccadmin user update USERNAME --phone NUMBER` gives one",
        };
        Self::new(flaw.what, hint)
    }
}

impl From<CliError> for Finding {
    fn from(failure: CliError) -> Self {
        Self { what: failure.message, hint: failure.hint }
    }
}

impl Record for Finding {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<Finding>; 2] = [
            Column::text("what", |finding, _| finding.what.clone()),
            Column::text("hint", |finding, _| finding.hint.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}

impl StoreCheckArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let selection = self.list.selection();
        selection.check::<Finding>()?;
        let findings = findings(context)?;
        let found = findings.len();
        let ui = &context.ui;
        if found == 0 && ui.format == Format::Table && matches!(selection, Selection::Default) {
            use std::io::Write as _;

            let printed = ui.stdout().and_then(|mut out| {
                writeln!(out, "ok")?;
                out.flush()
            });
            printed.map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        self.list.print(
            context,
            None,
            |_, each| {
                for finding in findings {
                    if !each(finding) {
                        break;
                    }
                }
                Ok(())
            },
            || Ok(found as u64),
        )?;
        if found == 0 {
            return DONE;
        }
        let things = if found == 1 { "thing" } else { "things" };
        Err(CliError::new(ErrorCode::CheckFailed, format!("the check found {found} {things}"))
            .into())
    }
}

/// Looks at the install first, since opening the store may make files that are missing.
fn findings(context: &Context) -> Result<Vec<Finding>, CommandEnd> {
    let (path, _) = context.store_path()?;
    let mut findings = install_check::look(path, context.now());
    match context.directory(StoreAccess::Read) {
        Ok(directory) => {
            directory.check(|flaw| findings.push(flaw.into()))?;
            // What cannot be read any more has been found.
            if let Err(error) = warnings::print_warnings(context, &directory)
                && findings.is_empty()
            {
                return Err(error.into());
            }
        }
        Err(failure) if failure.code == ErrorCode::StoreNotFound => return Err(failure.into()),
        // What keeps it from being opened is the finding.
        Err(failure) => findings.push(failure.into()),
    }
    if let Err(failure) = SecondFactor::of(context) {
        findings.push(failure.into());
    }
    Ok(findings)
}
