//! Files that are made beside their place and put there whole: nobody ever sees half of one, and
//! what already exists is never replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::model::{Entropy, Timestamp};
use crate::store::{StoreError, random_hex};

/// A file that is being made; it is gone when this is dropped.
pub(in crate::store) struct TempFile(PathBuf);

impl TempFile {
    /// An empty file (mode 0600) in the folder of `place`.
    pub(in crate::store) fn create_beside(
        place: &Path,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let number = random_hex(entropy).map_err(io_error("make a number for", place))?;
        Self::create_named(place, &number)
    }

    /// An empty file (mode 0600) in the folder of `place`, whose name has this number.
    pub(in crate::store) fn create_named(place: &Path, number: &str) -> Result<Self, StoreError> {
        let path = folder_of(place).join(format!(".ccadmin-{number}.new"));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        made.map_err(io_error("make a file in", folder_of(place)))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(in crate::store) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the file the owner and the group of `of`, where this process may: a file that root
    /// makes beside a store belongs to the store's owner.
    pub(in crate::store) fn chown_like(&self, of: &Metadata) {
        let own = fs::metadata(&self.0).map(|own| (own.uid(), own.gid()));
        if own.is_ok_and(|own| own != (of.uid(), of.gid())) {
            let _ = chown(&self.0, Some(of.uid()), Some(of.gid()));
        }
    }

    /// Makes sure that all of it is in the one file, once no connection to it is open any more.
    pub(in crate::store) fn check_wal_is_empty(&self) -> Result<(), StoreError> {
        let mut log = self.0.as_os_str().to_owned();
        log.push("-wal");
        match fs::metadata(&log) {
            Ok(log) if log.len() > 0 => {
                Err(io_error("complete", &self.0)(io::Error::other("its log was not taken in")))
            }
            _ => Ok(()),
        }
    }

    /// Puts it in its place; when this returns, it is on the disk. No connection to it is open any
    /// more. Where it fails, there is nothing in its place.
    ///
    /// # Errors
    ///
    /// [`StoreError::AlreadyExists`], where something already exists; [`StoreError::Io`].
    pub(in crate::store) fn persist(self, place: &Path) -> Result<(), StoreError> {
        self.move_into_place(place)?;
        sync_folder(place).inspect_err(|_| {
            let _ = fs::remove_file(place);
        })
    }

    /// As [`TempFile::persist`] for a store, which others may use as soon as it is there: it is not
    /// taken away from them.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotDurable`], where it is there and may not outlive a power loss.
    pub(in crate::store) fn persist_store(self, place: &Path) -> Result<(), StoreError> {
        self.move_into_place(place)?;
        sync_folder(place).map_err(|_| StoreError::NotDurable { path: place.to_owned() })
    }

    fn move_into_place(self, place: &Path) -> Result<(), StoreError> {
        self.check_wal_is_empty()?;
        let synced = File::open(&self.0).and_then(|file| file.sync_all());
        synced.map_err(io_error("write", &self.0))?;
        // A rename that replaces nothing; where the file system has none, a second name.
        let put = match renameat_with(CWD, &self.0, CWD, place, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::hard_link(&self.0, place),
            other => other.map_err(io::Error::from),
        };
        put.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: place.to_owned() },
            _ => io_error("make", place)(error),
        })
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = fs::remove_file(name);
        }
    }
}

/// The folder of a file.
pub(in crate::store) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes down which files are in the folder of `path`.
pub(in crate::store) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(io_error("write", folder))
}

/// The error of something that was tried with a file.
pub(in crate::store) fn io_error(what: &str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let (context, path) = (format!("cannot {what} {}", path.display()), path.to_owned());
    move |source: io::Error| match source.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT) => StoreError::Full { path },
        _ => StoreError::Io { context, source },
    }
}

/// A name beside the store at `path` that tells what the file is and from when:
/// `ccadmin-v1-20261121T090000Z.db`. Where there is one of that name, a number is added.
pub(in crate::store) fn name_beside(path: &Path, what: &str, now: Timestamp) -> PathBuf {
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
