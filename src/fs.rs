//! Files whose content this program acts upon: settings name programs that it runs, templates name
//! what it tells people. Whether anybody else could have written them is found out here.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bits of a mode that let others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

/// The bit of a folder in which nobody removes or renames what is somebody else's.
const STICKY: u32 = 0o1000;

/// Why the account `reader` (a user id) must not trust the file at `path`, which is open with this
/// `metadata`; `None` where it may: the file is its own or root's, and neither it nor the folder that
/// holds it can be written by others.
///
/// # Errors
///
/// The folder cannot be looked at.
pub(crate) fn distrust(
    path: &Path,
    metadata: &Metadata,
    reader: u32,
) -> io::Result<Option<&'static str>> {
    let is_ours = |found: &Metadata| found.uid() == reader || found.uid() == 0;
    if !metadata.is_file() {
        return Ok(None);
    }
    if !is_ours(metadata) {
        return Ok(Some("it belongs to another account"));
    }
    if metadata.mode() & OTHERS_WRITE != 0 {
        return Ok(Some("other accounts can write to it"));
    }
    let folder = folder_of(&path.canonicalize()?).metadata()?;
    if !is_ours(&folder) {
        return Ok(Some("its folder belongs to another account"));
    }
    if folder.mode() & OTHERS_WRITE != 0 && folder.mode() & STICKY == 0 {
        return Ok(Some("other accounts can write to its folder"));
    }
    Ok(None)
}

/// The folder that holds what is at `path`.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) => PathBuf::from("."),
        None => PathBuf::from("/"),
    }
}
