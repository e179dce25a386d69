//! Where a session's token comes from, and the file that keeps it between two commands.

use std::fs::{self, DirBuilder};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::cli::error::{CliError, ErrorCode};
use crate::fs::{AtomicFile, Existing, Links, folder_of, open_to_read};
use crate::model::Secret;
use crate::privilege;

/// A token is a few dozen characters; whatever is longer is none.
const MAX_TOKEN_BYTES: u64 = 256;

/// The file of the session for the store `store_id`.
pub(crate) fn file(folder: &Path, store_id: &str) -> PathBuf {
    folder.join(format!("session-{store_id}"))
}

/// The token in a session file; `None` where there is no file.
///
/// # Errors
///
/// The file is somebody else's, others may read it, or it is not a regular file.
pub(crate) fn read(path: &Path) -> Result<Option<Secret>, CliError> {
    let refused = |why: &str| {
        Err(CliError::new(
            ErrorCode::SignInRequired,
            format!("the session file {} is refused: {why}", path.display()),
        )
        .with_hint("`ccadmin logout` removes it, `ccadmin login` makes a new one"))
    };
    let (file, metadata) = match open_to_read(path, Links::Refuse) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return refused(&error.to_string()),
    };
    if !metadata.is_file() {
        return refused("it is not a regular file");
    }
    if metadata.uid() != privilege::real_uid() {
        return refused("it belongs to another account");
    }
    if metadata.mode() & 0o077 != 0 {
        return refused("others may read or write it");
    }
    let mut text = String::new();
    match file.take(MAX_TOKEN_BYTES).read_to_string(&mut text) {
        Ok(_) if text.trim_end().is_empty() => refused("it is empty"),
        Ok(_) => Ok(Some(Secret::new(text.trim_end().to_owned()))),
        Err(error) => refused(&error.to_string()),
    }
}

/// Keeps a token in a session file, mode 0600, put there whole.
pub(crate) fn write(path: &Path, token: &Secret) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder_of(path))?;
    let file = AtomicFile::create(path)?;
    file.file().write_all(token.expose().as_bytes())?;
    file.file().write_all(b"\n")?;
    file.persist(Existing::Replace)
}

/// Removes a session file; tells whether there was one.
pub(crate) fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever stands in the file: a token of a length that one can have, or a refusal.
    #[test]
    fn fuzz_session_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "0123456789abcdef");
        write(&path, &Secret::new("token".to_owned())).unwrap();
        bolero::check!().with_max_len(600).with_iterations(300).for_each(|bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            match read(&path) {
                Ok(token) => {
                    let token = token.unwrap();
                    assert!(!token.expose().is_empty());
                    assert!(token.expose().len() as u64 <= MAX_TOKEN_BYTES);
                    assert!(bytes.starts_with(token.expose().as_bytes()));
                }
                Err(failure) => assert_eq!(failure.code, ErrorCode::SignInRequired),
            }
        });
    }
}
