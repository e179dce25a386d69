//! `ccadmin roster export`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::source::owns;
use crate::cli::commands::user::record_export;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::output_file::OutputFile;
use crate::directory::{Directory, Error, Owns};

/// Write users, and what they are in, to a roster
///
/// The file is TOML (mode 0600), sorted, one value a line, and says which users it owns. It has no
/// passwords. `ccadmin help rosters` describes it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin roster export roster.toml
  ccadmin roster export voice.toml --owns team=voice")]
pub(crate) struct RosterExportArgs {
    /// The new file, called .toml; `-` is stdout
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    /// The users: team=, project=, skill=, role=, language=, or all (can be repeated) [default: all]
    #[arg(long, visible_alias = "where", value_name = "FIELD=VALUE")]
    owns: Vec<String>,

    /// Replace the file if it already exists
    #[arg(long)]
    force: bool,
}

impl RosterExportArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let all = || Owns::parse(&["all".to_owned()]).map_err(CliError::from);
        let owns = owns(&self.owns)?.map_or_else(all, Ok)?;
        if self.file == Path::new("-") {
            let directory = context.directory(StoreAccess::Read)?;
            record_export(context, &directory, owns.filter(), None)?;
            let mut out = context.ui.stdout().map_err(|error| CommandEnd::output(&error))?;
            write(&directory, &owns, &mut out, CommandEnd::output)?;
            return DONE;
        }
        if self.file.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("toml")) {
            return Err(CommandEnd::usage(format!("{} is not called .toml", self.file.display()))
                .with_hint("a roster is TOML; `ccadmin user export` writes the other forms")
                .into());
        }
        if context.is_in_use(&self.file) {
            let message = format!("{} is a file of the store in use", self.file.display());
            return Err(CliError::new(ErrorCode::FileExists, message)
                .with_hint("name another file")
                .into());
        }
        let file = OutputFile::create(&self.file, self.force)?;
        let directory = context.directory(StoreAccess::Read)?;
        record_export(context, &directory, owns.filter(), self.file.file_name())?;
        let failed = |error: &_| CommandEnd::from(file.failure(error));
        let count = write(&directory, &owns, &mut file.writer(), failed)?;
        file.finish()?;
        let users = if count == 1 { "user" } else { "users" };
        context.ui.status(&format!("exported {count} {users} to {}", self.file.display()));
        DONE
    }
}

fn write(
    directory: &Directory,
    owns: &Owns,
    out: &mut dyn Write,
    failed: impl Fn(&std::io::Error) -> CommandEnd,
) -> Result<u64, CommandEnd> {
    let count = directory.export_roster(owns, out).map_err(|error| match error {
        Error::Output(error) => failed(&error),
        other => other.into(),
    })?;
    out.flush().map_err(|error| failed(&error))?;
    Ok(count)
}
