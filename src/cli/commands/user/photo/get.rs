//! `ccadmin user photo get`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::output_file::OutputFile;
use crate::model::{Photo, Username};

/// Write a user's photo to a file or to stdout
///
/// The photo is written exactly as it was set. FILE gets mode 0600; if writing fails, it is not
/// created.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user photo get james james.jpg
  ccadmin user photo get james - | base64")]
pub(crate) struct PhotoGetArgs {
    /// The user
    username: Username,

    /// The file to write; `-` is stdout
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    /// Replace FILE if it already exists
    #[arg(long)]
    force: bool,
}

impl PhotoGetArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let Self { username, file, force } = &self;
        let to_stdout = file == Path::new("-");
        if to_stdout && context.ui.stdout_terminal().is_some() {
            return Err(CommandEnd::usage("a picture cannot be shown on a terminal")
                .with_hint("name a file, or send stdout somewhere else")
                .into());
        }
        if !to_stdout && context.is_in_use(file) {
            let message = format!("{} is a file of the store in use", file.display());
            return Err(CliError::new(ErrorCode::FileExists, message)
                .with_hint("name another file")
                .into());
        }
        let photo = context.directory(StoreAccess::Read)?.photo(username)?;
        if to_stdout {
            let mut out = context.ui.stdout().map_err(|error| CommandEnd::output(&error))?;
            out.write_all(photo.content())
                .and_then(|()| out.flush())
                .map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        write(file, *force, &photo).map_err(|failure| {
            if failure.code == ErrorCode::FileExists && !force && (file.is_file() || !file.exists())
            {
                return failure.with_hint("`--force` replaces it");
            }
            failure
        })?;
        let kind = photo.kind().as_str().to_uppercase();
        context.ui.status(&format!("wrote the photo of {username} to {} ({kind})", file.display()));
        DONE
    }
}

fn write(path: &Path, replace: bool, photo: &Photo) -> Result<(), CliError> {
    let file = OutputFile::create(path, replace)?;
    let mut writer = file.writer();
    let written = writer.write_all(photo.content()).and_then(|()| writer.flush());
    drop(writer);
    written.map_err(|error| file.failure(&error))?;
    file.finish()
}
