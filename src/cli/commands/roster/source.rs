//! The file of a roster: TOML with everything in it, or a table of users as an import reads it.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;

use crate::cli::commands::user::most;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::directory::{
    DeactivateMissing, DeactivationLimit, FileForm, ImportFormat, ImportOptions, ImportPasswords,
    OnConflict, Owns, Roster, RosterPlace, RowError,
};
use crate::model::Invalid;

/// What a roster owns, and what becomes of those whom it owns and does not have.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ScopeArgs {
    /// The users whom the file owns: team=, project=, skill=, role=, language=, or all (can be
    /// repeated) [default: what the file says]
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(super) owns: Vec<String>,

    /// Deactivate the active users whom the file owns and does not have
    #[arg(long)]
    pub(super) prune: bool,

    /// Refuse to deactivate more users than this number or percentage [default: 10%]
    #[arg(long, value_name = "N|P%", requires = "prune", value_parser = most)]
    pub(super) max_deactivate: Option<DeactivationLimit>,
}

impl ScopeArgs {
    pub(super) fn is_given(&self) -> bool {
        !self.owns.is_empty() || self.prune
    }
}

/// Reads `--owns`; `None` where it is not given.
pub(super) fn owns(words: &[String]) -> Result<Option<Owns>, CliError> {
    if words.is_empty() {
        return Ok(None);
    }
    let wrong = |Invalid { reason, hint, .. }: Invalid| CliError {
        hint,
        ..CommandEnd::usage(format!("--owns: {reason}"))
    };
    Owns::parse(words).map(Some).map_err(wrong)
}

/// A roster that was read.
#[derive(Debug, Default)]
pub(super) struct RosterSource {
    /// What it is called.
    pub(super) name: String,
    /// Its bytes, for a plan that keeps them.
    pub(super) content: Vec<u8>,
    pub(super) is_toml: bool,
    pub(super) owns: Option<Owns>,
    places: Vec<RosterPlace>,
    /// Its users, as an import reads them.
    pub(super) rows: Vec<u8>,
}

impl RosterSource {
    /// Reads the file at `path`; `-` is stdin, and TOML there.
    ///
    /// # Errors
    ///
    /// It cannot be read; or a fault of its form, each told by `tell`.
    pub(super) fn read(path: &Path, tell: impl FnMut(RowError)) -> Result<Self, CliError> {
        let is_toml = path == Path::new("-")
            || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let mut content = Vec::new();
        let read = if path == Path::new("-") {
            io::stdin().lock().read_to_end(&mut content).map(drop)
        } else {
            fs::read(path).map(|bytes| content = bytes)
        };
        read.map_err(|error| {
            CliError::io(format!("{} cannot be read", path.display()), error)
                .with_hint("name a roster (`ccadmin roster export FILE.toml` writes one)")
        })?;
        Self::of(path.display().to_string(), content, is_toml, tell)
    }

    /// The roster in `content`.
    pub(super) fn of(
        name: String,
        content: Vec<u8>,
        is_toml: bool,
        tell: impl FnMut(RowError),
    ) -> Result<Self, CliError> {
        if !is_toml {
            let rows = content.clone();
            return Ok(Self { name, content, rows, ..Self::default() });
        }
        let refused = |name: &str, hint: &str| {
            CliError::new(ErrorCode::RowsRefused, format!("{name} is no roster")).with_hint(hint)
        };
        let Ok(text) = std::str::from_utf8(&content) else {
            return Err(refused(&name, "nothing was changed; save it as UTF-8"));
        };
        match Roster::parse(text) {
            Ok(Roster { owns, places, rows }) => {
                Ok(Self { name, content, is_toml, owns, places, rows })
            }
            Err(flaws) => {
                flaws.into_iter().for_each(tell);
                Err(refused(&name, "nothing was changed; fix the file and try again"))
            }
        }
    }

    /// How it is imported.
    ///
    /// # Errors
    ///
    /// Nobody says what it owns, and `--prune` is given.
    pub(super) fn options(&self, scope: &ScopeArgs) -> Result<ImportOptions, CliError> {
        let owned = owns(&scope.owns)?.or(self.owns.clone());
        if scope.prune && owned.is_none() {
            return Err(CommandEnd::usage("nothing says which users the file owns").with_hint(
                "say it by `--owns team=voice`, or in the file: owns = [\"team=voice\"]",
            ));
        }
        let most = scope.max_deactivate.unwrap_or(DeactivateMissing::default().most);
        let format = self.is_toml.then_some(ImportFormat::Jsonl);
        Ok(ImportOptions {
            form: FileForm { format, ..FileForm::default() },
            on_conflict: OnConflict::Update,
            passwords: ImportPasswords::None,
            places: self.places.clone(),
            owned: owned.map(|owns| owns.filter().clone()),
            deactivate_missing: scope
                .prune
                .then(|| DeactivateMissing { most, ..DeactivateMissing::default() }),
            ..ImportOptions::default()
        })
    }
}
