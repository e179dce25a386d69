//! Files that are made beside their place and put there whole: nobody ever sees half of one, and
//! what is there already is never replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::{StoreError, random_hex};
use crate::model::{Entropy, Timestamp};

/// A file that is being made; it is gone when this is dropped.
pub(super) struct Draft(PathBuf);

impl Draft {
    /// An empty file (mode 0600) in the folder of `place`.
    pub(super) fn beside(place: &Path, entropy: &mut dyn Entropy) -> Result<Self, StoreError> {
        let number = random_hex(entropy).map_err(failed("make a number for", place))?;
        Self::named(place, &number)
    }

    /// An empty file (mode 0600) in the folder of `place`, whose name has this number.
    pub(super) fn named(place: &Path, number: &str) -> Result<Self, StoreError> {
        let path = folder(place).join(format!(".ccadmin-{number}.new"));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        made.map_err(failed("make a file in", folder(place)))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it to the account and the group that `of` belongs to, where this process may: what root
    /// puts beside somebody's store is his.
    pub(super) fn belong_as(&self, of: &Metadata) {
        let own = fs::metadata(&self.0).map(|own| (own.uid(), own.gid()));
        if own.is_ok_and(|own| own != (of.uid(), of.gid())) {
            let _ = chown(&self.0, Some(of.uid()), Some(of.gid()));
        }
    }

    /// Makes sure that all of it is in the one file, once no connection to it is open any more.
    pub(super) fn check_closed(&self) -> Result<(), StoreError> {
        let mut log = self.0.as_os_str().to_owned();
        log.push("-wal");
        match fs::metadata(&log) {
            Ok(log) if log.len() > 0 => {
                Err(failed("complete", &self.0)(io::Error::other("its log was not taken in")))
            }
            _ => Ok(()),
        }
    }

    /// Puts it in its place; when this returns, it is on the disk. No connection to it is open any
    /// more. Where it fails, there is nothing in its place.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`], where something is there already; [`StoreError::Io`].
    pub(super) fn publish(self, place: &Path) -> Result<(), StoreError> {
        self.put(place)?;
        sync_folder(place).inspect_err(|_| {
            let _ = fs::remove_file(place);
        })
    }

    /// As [`Draft::publish`] for a store, which others may use as soon as it is there: it is not taken
    /// away from them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unsure`], where it is there and may not outlive a power loss.
    pub(super) fn publish_store(self, place: &Path) -> Result<(), StoreError> {
        self.put(place)?;
        sync_folder(place).map_err(|_| StoreError::Unsure { path: place.to_owned() })
    }

    fn put(self, place: &Path) -> Result<(), StoreError> {
        self.check_closed()?;
        let synced = File::open(&self.0).and_then(|file| file.sync_all());
        synced.map_err(failed("write", &self.0))?;
        // A rename that replaces nothing; where the file system has none, a second name.
        let put = match renameat_with(CWD, &self.0, CWD, place, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::hard_link(&self.0, place),
            other => other.map_err(io::Error::from),
        };
        put.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists { path: place.to_owned() },
            _ => failed("make", place)(error),
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = fs::remove_file(name);
        }
    }
}

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes down which files are in the folder of `path`.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = folder(path);
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(failed("write", folder))
}

/// The error of something that was tried with a file.
pub(super) fn failed(what: &str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let (context, path) = (format!("cannot {what} {}", path.display()), path.to_owned());
    move |source: io::Error| match source.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT) => StoreError::Full { path },
        _ => StoreError::Io { context, source },
    }
}

/// A name beside the store at `path` that tells what the file is and from when:
/// `ccadmin-v1-20261121T090000Z.db`. Where there is one of that name, a number is added.
pub(super) fn name_beside(path: &Path, what: &str, now: Timestamp) -> PathBuf {
    let moment: String =
        now.to_string().chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|text| format!(".{}", text.to_string_lossy()));
    let extension = extension.unwrap_or_default();
    let named =
        |number: &str| path.with_file_name(format!("{stem}-{what}-{moment}{number}{extension}"));
    let mut name = named("");
    let mut number = 2;
    while fs::symlink_metadata(&name).is_ok() {
        name = named(&format!("-{number}"));
        number += 1;
    }
    name
}
