//! What `ccadmin store check` finds: what is wrong, and what to do about it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::hints::RESTORE_HINT;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{CheckFinding, FindingKind, PinnedLog};

/// Something that is not as it should be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// What it is.
    pub(super) what: String,
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
                "something other than ccadmin, or a failing disk, has changed the log: compare it \
                 with a backup, or restore one with `ccadmin store restore FILE`"
            }
            FindingKind::Value => {
                "something other than ccadmin, or a failing disk, has changed it: set it again \
                 with its command, or restore a backup"
            }
            FindingKind::LockedOut => "`ccadmin user update USERNAME --phone NUMBER` sets one",
            FindingKind::WithoutPhone => {
                "`ccadmin user list --missing phone --state active` lists them, `ccadmin user \
                 update USERNAME --phone NUMBER` sets one"
            }
        };
        Self::new(flaw.what, hint)
    }
}

impl From<PinnedLog> for Finding {
    fn from(log: PinnedLog) -> Self {
        let readers: Vec<String> = log
            .readers
            .iter()
            .map(|reader| {
                let account = reader.uid.map(|uid| format!(" (account {uid})")).unwrap_or_default();
                let stopped = if reader.is_stopped { ", stopped" } else { "" };
                format!("process {}{account}{stopped}", reader.pid)
            })
            .collect();
        Self::new(
            format!(
                "the write-ahead log beside the store has {} bytes and cannot be emptied: {} has \
                 been reading all the time",
                log.bytes,
                readers.join(", ")
            ),
            "see what it does, and end it if nobody needs it: `kill -9 PID`",
        )
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
            Column::whole("what", |finding, _| finding.what.clone()),
            Column::whole("hint", |finding, _| finding.hint.clone().unwrap_or_default()),
        ];
        &COLUMNS
    }
}
