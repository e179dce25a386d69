//! `ccadmin user photo get`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::context::{Context, Need};
use crate::cli::error::{Code, DONE, Failure, Outcome, Stop};
use crate::cli::output_file::OutputFile;
use crate::model::{Photo, Username};

/// Write a user's photo to a file or to stdout
///
/// Byte by byte as it was given. FILE gets mode 0600 and is there whole or not at all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user photo get james james.jpg
  ccadmin user photo get james - | base64")]
pub(crate) struct PhotoGetArgs {
    /// Whose
    username: Username,

    /// Where to; `-` is stdout
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    /// Replace FILE where it is there already
    #[arg(long)]
    force: bool,
}

impl PhotoGetArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let Self { username, file, force } = &self;
        let to_stdout = file == Path::new("-");
        if to_stdout && context.ui.stdout_terminal().is_some() {
            return Err(Stop::usage("a picture is no text for a terminal")
                .hinted("name a file, or send stdout somewhere else")
                .into());
        }
        if !to_stdout && context.is_in_use(file) {
            let message = format!("{} is a file of the store in use", file.display());
            return Err(Failure::new(Code::FileExists, message).hinted("name another file").into());
        }
        let photo = context.directory(Need::Read)?.photo(username)?;
        if to_stdout {
            let mut out = context.ui.stdout().map_err(|error| Stop::output(&error))?;
            out.write_all(photo.content())
                .and_then(|()| out.flush())
                .map_err(|error| Stop::output(&error))?;
            return DONE;
        }
        write(file, *force, &photo).map_err(|failure| {
            if failure.code == Code::FileExists && !force && (file.is_file() || !file.exists()) {
                return failure.hinted("`--force` replaces it");
            }
            failure
        })?;
        let kind = photo.kind().as_str().to_uppercase();
        context.ui.status(&format!("wrote the photo of {username} to {} ({kind})", file.display()));
        DONE
    }
}

fn write(path: &Path, replace: bool, photo: &Photo) -> Result<(), Failure> {
    let file = OutputFile::create(path, replace)?;
    let mut writer = file.writer();
    let written = writer.write_all(photo.content()).and_then(|()| writer.flush());
    drop(writer);
    written.map_err(|error| file.failure(&error))?;
    file.finish()
}
