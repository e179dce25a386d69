//! `ccadmin audit verify`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::terminal::output::{Column, Record, write_one};
use crate::directory::hex;

/// Check that nobody has changed the audit log
///
/// Each entry's hash covers the entry before it, which reveals entries that were edited, inserted,
/// deleted or swapped. Entries cut off at the end are found with `--head`, the hash of a newer
/// entry that was kept elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin audit verify
  ccadmin audit verify --head 5f8ea862c60450c640bcba40f192e63873f0432f5fc4fd4e80d37599e6d3c0d1")]
pub(crate) struct AuditVerifyArgs {
    /// The hash of an entry that has to be in the log
    #[arg(long, value_name = "HASH", value_parser = hash)]
    head: Option<EntryHash>,
}

/// The hash of an entry.
type EntryHash = [u8; 32];

fn hash(text: &str) -> Result<EntryHash, String> {
    let wrong = || "it has to be 64 hexadecimal digits".to_owned();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
    }
    Ok(hash)
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VerifiedView {
    entries: i64,
    head: String,
}

impl Record for VerifiedView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<VerifiedView>; 2] = [
            Column::number("entries", |view, _| view.entries.to_string()),
            Column::text("head", |view, _| view.head.clone()),
        ];
        &COLUMNS
    }
}

impl AuditVerifyArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let directory = context.directory(StoreAccess::Read)?;
        let report = directory.verify_audit(self.head.as_ref())?;
        if let Some((seq, why)) = report.broken {
            let message = format!("the audit log is broken at entry {seq}: {why}");
            return Err(CliError::new(ErrorCode::CheckFailed, message)
                .with_hint("something other than ccadmin has changed it; compare it with a backup")
                .about("seq", seq.to_string())
                .into());
        }
        if self.head.is_some() && !report.anchor_found {
            return Err(CliError::new(
                ErrorCode::CheckFailed,
                "no entry of the audit log has that hash",
            )
            .with_hint("its end was cut off, or the hash is from another store")
            .into());
        }
        let view = VerifiedView { entries: report.entries, head: hex(&report.head) };
        ui.data(|out| write_one(out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| CommandEnd::output(&error))?;
        ui.status("the audit log is intact");
        DONE
    }
}
