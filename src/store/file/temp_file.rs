//! Files that are made beside their place and put there whole: nobody ever sees half of one, and
//! what already exists is never replaced.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use tempfile::TempPath;

use crate::fs::{create_temp_beside, folder_of, sync_folder_of, with_suffix};
use crate::model::Timestamp;
use crate::store::StoreError;

/// A database file that is being made; it is gone when this is dropped. It has a name from the
/// beginning, since SQLite opens files by name.
pub(in crate::store) struct TempFile {
    path: TempPath,
    // Dropped last: they are not needed any more wherever the file went.
    _side_files: SideFiles,
}

/// What SQLite puts beside the database at this path; gone when this is dropped.
struct SideFiles(PathBuf);

impl Drop for SideFiles {
    fn drop(&mut self) {
        for suffix in ["-wal", "-shm", "-journal"] {
            let path = with_suffix(&self.0, suffix);
            // Once more where it fails: it may be a page of the store that is left there.
            let removed = fs::remove_file(&path);
            if removed.is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

impl TempFile {
    /// An empty file (mode 0600) in the folder of `place`.
    pub(in crate::store) fn create_beside(place: &Path) -> Result<Self, StoreError> {
        let made = create_temp_beside(place).map_err(io_error("make a file in", folder_of(place)));
        let path = made?.into_temp_path();
        let side_files = SideFiles(path.to_owned());
        Ok(Self { path, _side_files: side_files })
    }

    /// Where it is.
    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file the owner and the group of `of`, where this process may: a file that root
    /// makes beside a store belongs to the store's owner.
    pub(in crate::store) fn chown_like(&self, of: &Metadata) {
        let own = fs::metadata(&self.path).map(|own| (own.uid(), own.gid()));
        if own.is_ok_and(|own| own != (of.uid(), of.gid())) {
            let _ = chown(&self.path, Some(of.uid()), Some(of.gid()));
        }
    }

    /// Makes sure that all of it is in the one file, once no connection to it is open any more.
    pub(in crate::store) fn check_wal_is_empty(&self) -> Result<(), StoreError> {
        match fs::metadata(with_suffix(&self.path, "-wal")) {
            Ok(log) if log.len() > 0 => {
                Err(io_error("complete", &self.path)(io::Error::other("its log was not taken in")))
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
        sync_folder_of(place).map_err(|error| {
            let _ = fs::remove_file(place);
            io_error("write", folder_of(place))(error)
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
        sync_folder_of(place).map_err(|_| StoreError::NotDurable { path: place.to_owned() })
    }

    fn move_into_place(self, place: &Path) -> Result<(), StoreError> {
        self.check_wal_is_empty()?;
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(io_error("write", &self.path))?;
        let Self { path, _side_files } = self;
        path.persist_noclobber(place).map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: place.to_owned() },
            _ => io_error("make", place)(failed.error),
        })
    }
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
