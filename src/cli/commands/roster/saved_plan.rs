//! A plan in a file: the roster, what it changes, and the state of the store that this is for.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};

use super::change::RosterChange;
use super::source::{RosterSource, ScopeArgs};
use crate::cli::commands::user::most;
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::output_file::OutputFile;
use crate::directory::{ChainHead, DeactivationLimit, RowError, hex};

/// The form that this program writes and reads.
const FORM: u32 = 1;

/// A plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedPlan {
    roster_plan: u32,
    /// The store that it is for.
    pub(super) store: String,
    /// The newest entry of its log when the plan was made.
    pub(super) log_seq: i64,
    pub(super) log_hash: String,
    owns: Vec<String>,
    prune: bool,
    max_deactivate: Option<String>,
    file: String,
    is_toml: bool,
    content_base64: String,
    /// What is to be done, and nothing else.
    pub(super) changes: Vec<RosterChange>,
}

impl SavedPlan {
    pub(super) fn of(
        store: &str,
        head: ChainHead,
        roster: &RosterSource,
        scope: &ScopeArgs,
        changes: Vec<RosterChange>,
    ) -> Self {
        Self {
            roster_plan: FORM,
            store: store.to_owned(),
            log_seq: head.seq,
            log_hash: hex(&head.hash),
            owns: scope.owns.clone(),
            prune: scope.prune,
            max_deactivate: scope.max_deactivate.map(|most| match most {
                DeactivationLimit::Users(users) => users.to_string(),
                DeactivationLimit::Percent(percent) => format!("{percent}%"),
            }),
            file: roster.name.clone(),
            is_toml: roster.is_toml,
            content_base64: Base64::encode_string(&roster.content),
            changes,
        }
    }

    /// Writes it to a new file.
    pub(super) fn write(&self, path: &Path) -> Result<(), CliError> {
        let file = OutputFile::create(path, false)?;
        let mut out = file.writer();
        serde_json::to_writer_pretty(&mut out, self)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush())
            .map_err(|error| file.failure(&error))?;
        drop(out);
        file.finish()
    }

    /// Reads one.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| CliError::io(format!("{shown} cannot be read"), error))?;
        let plan = serde_json::from_str::<Self>(&text).ok().filter(|plan| plan.roster_plan == FORM);
        plan.ok_or_else(|| {
            CommandEnd::usage(format!("{shown} is no plan of a roster"))
                .with_hint("`ccadmin roster diff FILE --save PLAN.json` writes one")
        })
    }

    /// The roster that it was made of, and whom that owns and deactivates.
    pub(super) fn roster(
        &self,
        tell: impl FnMut(RowError),
    ) -> Result<(RosterSource, ScopeArgs), CliError> {
        let damaged = || CommandEnd::usage("the plan is damaged");
        let content = Base64::decode_vec(&self.content_base64).map_err(|_| damaged())?;
        let max_deactivate = self.max_deactivate.as_deref().map(most).transpose();
        let scope = ScopeArgs {
            owns: self.owns.clone(),
            prune: self.prune,
            max_deactivate: max_deactivate.map_err(|_| damaged())?,
        };
        Ok((RosterSource::of(self.file.clone(), content, self.is_toml, tell)?, scope))
    }
}
