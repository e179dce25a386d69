//! Where a roster comes from: a file, which is read as often as it takes, or a pipe, which is kept
//! in a file without a name meanwhile.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use crate::cli::error::{CliError, ErrorCode};
use crate::cli::terminal::ui::Ui;

/// What stdin is called.
const STDIN_NAME: &str = "stdin";

/// An open roster.
#[derive(Debug)]
pub(super) struct ImportSource {
    file: File,
    name: PathBuf,
}

impl ImportSource {
    /// Opens `path`; `-` is stdin.
    pub(super) fn open(ui: &Ui, path: &Path) -> Result<Self, CliError> {
        let name = path.to_owned();
        if path == Path::new("-") {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                ui.tell("waiting", "waiting for a file on stdin, then Ctrl-D");
            }
            let file = stdin.as_fd().try_clone_to_owned().map(File::from);
            let name = PathBuf::from(STDIN_NAME);
            return file.map(|file| Self { file, name }).map_err(|error| unreadable(path, &error));
        }
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(unreadable(path, &io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self { file, name })
    }

    /// The file, or what came through the pipe, to be read more than once.
    pub(super) fn whole(mut self) -> Result<File, CliError> {
        // Of stdin only what is left of it is meant.
        let stdin = self.name == Path::new(STDIN_NAME);
        if !stdin && self.file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(self.file);
        }
        let kept = tempfile::tempfile().and_then(|mut kept| {
            io::copy(&mut self.file, &mut kept)?;
            Ok(kept)
        });
        kept.map_err(|error| {
            unreadable(&self.name, &error)
                .with_hint("it is kept in TMPDIR meanwhile: is there room?")
        })
    }

    /// What comes, as it comes.
    pub(super) fn stream(self) -> impl Read {
        self.file
    }
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(ErrorCode::Io, format!("{} cannot be read: {error}", path.display()))
        .with_hint("name a file of CSV or JSONL, or `-` for stdin")
}
