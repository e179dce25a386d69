//! A file that a command writes: mode 0600, there whole or not at all, and never in the place of
//! another one unless that was asked for.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use crate::cli::error::{CliError, ErrorCode};
use crate::fs::{AtomicFile, Existing};

/// A file that is being written.
pub(crate) struct OutputFile {
    file: AtomicFile,
    existing: Existing,
}

impl OutputFile {
    /// Begins the file `path`. What already exists is replaced in the end, where it may be.
    ///
    /// # Errors
    ///
    /// Something is there that may not be replaced, or no file can be made there.
    pub(crate) fn create(path: &Path, replace: bool) -> Result<Self, CliError> {
        check_place(path, replace)?;
        let file = AtomicFile::create(path).map_err(|error| unwritable(path, &error))?;
        let existing = if replace { Existing::Replace } else { Existing::Keep };
        Ok(Self { file, existing })
    }

    /// What is written goes through this, and has to be flushed.
    pub(crate) fn writer(&self) -> BufWriter<&File> {
        BufWriter::with_capacity(64 * 1024, self.file.file())
    }

    /// Lets everybody read it, for what is no secret.
    pub(crate) fn let_all_read(&self) -> io::Result<()> {
        self.file.let_all_read()
    }

    /// The error for what could not be written into it.
    pub(crate) fn failure(&self, error: &io::Error) -> CliError {
        unwritable(self.file.path(), error)
    }

    /// Puts it into its place; when this returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// It cannot be written, or something has come to its place meanwhile; then it is gone.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        let Self { file, existing } = self;
        let path = file.path().to_owned();
        file.persist(existing).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&path),
            _ => unwritable(&path, &error),
        })
    }
}

/// Refuses a place before anything is done for it. A symbolic link counts as what it is: it may be
/// replaced, and what it leads to stays as it is; one to a device or a pipe is meant as that.
fn check_place(path: &Path, replace: bool) -> Result<(), CliError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let leads_to_other = || fs::metadata(path).is_ok_and(|found| !found.is_file());
    if !found.is_file() && (!found.is_symlink() || leads_to_other()) {
        let shown = path.display();
        let message = format!("{shown} exists and is not a regular file: it is left unchanged");
        return Err(CliError::new(ErrorCode::FileExists, message)
            .with_hint("name a file, or `-` for stdout"));
    }
    if replace { Ok(()) } else { Err(exists(path)) }
}

fn exists(path: &Path) -> CliError {
    CliError::new(ErrorCode::FileExists, format!("{} already exists", path.display()))
        .with_hint("name another file, or remove it first")
}

/// The error for a file that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(ErrorCode::Io, format!("{} cannot be written: {error}", path.display()))
        .with_hint("name a file in a folder that you can write to, with enough space")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn refusal(path: &Path, replace: bool) -> ErrorCode {
        OutputFile::create(path, replace).map(drop).unwrap_err().code
    }

    #[test]
    fn only_what_may_be_replaced_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        let file = OutputFile::create(&path, false).unwrap();
        fs::write(&path, "somebody else's").unwrap();
        assert_eq!(file.finish().unwrap_err().code, ErrorCode::FileExists);
        assert_eq!(refusal(&path, false), ErrorCode::FileExists);
        OutputFile::create(&path, true).unwrap().finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn what_is_no_file_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("/dev/null", &link).unwrap();
        for place in [Path::new("/dev/null"), Path::new("/tmp"), &link] {
            assert_eq!(refusal(place, true), ErrorCode::FileExists);
        }
        assert_eq!(refusal(Path::new("/nowhere/users.csv"), true), ErrorCode::Io);
    }
}
