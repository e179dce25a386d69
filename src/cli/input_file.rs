//! A file that the call names and that a command reads: a regular one, opened before the store is.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FsWord, PROC_SUPER_MAGIC, fstatfs};

use crate::cli::error::{CliError, ErrorCode};
use crate::fs::{Links, open_to_read};

/// File systems in which the kernel shows itself: procfs, sysfs, debugfs, tracefs and cgroups.
const KERNEL_FILE_SYSTEMS: [FsWord; 6] =
    [PROC_SUPER_MAGIC, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x0027_e0eb, 0x6367_7270];

/// Opens the file `path` for reading. A pipe, a device or a descriptor in the disguise of a path is
/// none, and neither is a link: what is read is what was named.
///
/// # Errors
///
/// It is not there, cannot be read, or is not a regular file.
pub(crate) fn open(path: &Path) -> Result<File, CliError> {
    let refused = |why: &str| {
        CliError::new(ErrorCode::Io, format!("{} {why}", path.display()))
            .with_hint("name a regular file, or `-` for stdin")
    };
    let (file, metadata) = open_to_read(path, Links::Refuse).map_err(|error| {
        if path.is_symlink() { refused("is a symbolic link") } else { unreadable(path, &error) }
    })?;
    if !metadata.is_file() {
        return Err(refused("is not a regular file"));
    }
    // What the kernel makes up looks like one; the way to it may lead over `..` and links.
    let place = fstatfs(&file).map_err(|error| unreadable(path, &error.into()))?;
    if KERNEL_FILE_SYSTEMS.contains(&place.f_type) {
        return Err(refused("is not your file"));
    }
    Ok(file)
}

/// The error for a file that cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(ErrorCode::Io, format!("{} cannot be read: {error}", path.display()))
        .with_hint("name an existing file that you can read")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    fn refusal(path: &Path) -> String {
        open(path).map(drop).unwrap_err().message
    }

    #[test]
    fn a_regular_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(io::read_to_string(open(&path).unwrap()).unwrap(), "12345");
    }

    /// R30: nothing waits on a pipe, and no link leads elsewhere.
    #[test]
    fn what_is_no_regular_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink("/proc", at("way")).unwrap();
        mkfifoat(CWD, at("pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        for (path, why) in [
            (at("link"), "is a symbolic link"),
            (at("pipe"), "is not a regular file"),
            (folder.path().to_owned(), "is not a regular file"),
            ("/dev/null".into(), "is not a regular file"),
            ("/dev/fd/0".into(), "is a symbolic link"),
            ("/proc/self/fd/0".into(), "is a symbolic link"),
            ("/proc/self/environ".into(), "is not your file"),
            ("/tmp/../proc/self/environ".into(), "is not your file"),
            (at("way/self/environ"), "is not your file"),
        ] {
            assert_eq!(refusal(&path), format!("{} {why}", path.display()));
        }
        assert!(refusal(&at("none")).contains("cannot be read: No such file"));
        assert_eq!(open(&at("none")).unwrap_err().code, ErrorCode::Io);
    }
}
