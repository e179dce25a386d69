//! `ccadmin user photo set`.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::commands::user::{UserView, print_issued};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandResult, DONE};
use crate::cli::input_file::{open, unreadable};
use crate::fs::read_at_most;
use crate::model::{Photo, Username};

/// Set a user's photo, replacing the one they have
///
/// The photo is a PNG or JPEG of at most 1 MiB, judged by its content, not its name. It is kept as
/// it is, including any other data in the file (a camera may add when and where it was taken).
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user photo set james james.jpg")]
pub(crate) struct PhotoSetArgs {
    /// The user
    username: Username,

    /// The picture; `-` is stdin
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

impl PhotoSetArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let Self { username, file } = self;
        let photo = read(&file)?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let change = directory.set_photo(&username, &photo)?;
        if change.changed {
            context.ui.status(&format!("set the photo of {username}"));
        } else {
            context.ui.notice("already", &format!("already set: the photo of {username}"));
        }
        print_issued(context, &[UserView::issued(change.user, context.now(), None)], false)?;
        DONE
    }
}

/// The picture in `file`, read and looked at before any store is opened.
fn read(file: &Path) -> Result<Photo, CliError> {
    let is_stdin = file == Path::new("-");
    let name = if is_stdin { "stdin".to_owned() } else { file.display().to_string() };
    let content = if is_stdin {
        read_at_most(io::stdin().lock(), Photo::MAX_BYTES)
    } else {
        read_at_most(open(file)?, Photo::MAX_BYTES)
    };
    let content = content.map_err(|error| unreadable(Path::new(&name), &error))?;
    let photo = content.ok_or_else(Photo::too_large).and_then(Photo::parse);
    photo.map_err(|invalid| {
        let failure = CliError::from(invalid);
        CliError { message: format!("{name}: {}", failure.message), ..failure }
    })
}
