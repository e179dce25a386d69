//! The files of a database: what has to be known of them while it is open, and whether its side
//! files are there as they have to be.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::lock_holder::LockedFile;
use crate::fs::with_suffix;
use crate::store::error::StoreError;

/// What SQLite puts beside a database in WAL mode.
const SIDE_FILES: [&str; 2] = ["-wal", "-shm"];

/// How an account shows that a user namespace does not know.
const OVERFLOW_UID: u32 = 65_534;

/// Whose a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileOwner {
    /// An account of the operating system.
    Account(u32),
    /// An account that the user namespace of this process does not know.
    Unknown,
    /// Nobody's: it is in memory.
    Memory,
}

impl FileOwner {
    /// Whether it is `uid`.
    pub(crate) fn is(self, uid: u32) -> bool {
        self == Self::Account(uid)
    }

    /// Whether it is `uid`, or that is root. Nobody is trusted where the owner is not known, root
    /// neither, who is somebody else outside.
    pub(crate) fn trusts(self, uid: u32) -> bool {
        match self {
            Self::Account(owner) => uid == 0 || uid == owner,
            Self::Unknown => false,
            Self::Memory => uid == 0,
        }
    }
}

/// The file of a database, held without being opened: closing a second descriptor that is open for
/// reading would drop SQLite's locks. It answers when its folder may not be entered any more.
pub(in crate::store) struct DatabaseFile {
    database: File,
    shm_inode: Option<LockedFile>,
}

impl DatabaseFile {
    /// Takes hold of what is at `path`, a symbolic link itself included.
    pub(in crate::store) fn hold(path: &Path) -> io::Result<Self> {
        let flags = (OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC).bits().cast_signed();
        let database = File::options().read(true).custom_flags(flags).open(path)?;
        Ok(Self { database, shm_inode: None })
    }

    /// What it is.
    pub(in crate::store) fn metadata(&self) -> io::Result<Metadata> {
        self.database.metadata()
    }

    /// Whose it is.
    pub(in crate::store) fn owner(&self) -> io::Result<FileOwner> {
        Ok(match self.metadata()?.uid() {
            OVERFLOW_UID if is_in_user_namespace() => FileOwner::Unknown,
            owner => FileOwner::Account(owner),
        })
    }

    /// Whether it is still what is at `path`.
    pub(in crate::store) fn is_same_file(&self, path: &Path) -> bool {
        let (Ok(held), Ok(there)) = (self.metadata(), fs::symlink_metadata(path)) else {
            return false;
        };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }

    /// Whether something else is at `path` now, or nothing. Where the folder may not be looked into
    /// any more that is not known, and taken for no.
    pub(in crate::store) fn was_replaced(&self, path: &Path) -> bool {
        match fs::symlink_metadata(path) {
            Ok(there) => self
                .metadata()
                .is_ok_and(|held| (held.dev(), held.ino()) != (there.dev(), there.ino())),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Remembers the shared-memory file, by which the holder of a lock is found.
    pub(in crate::store) fn remember_shm_inode(&mut self, path: &Path) {
        self.shm_inode = shm_inode(path);
    }

    /// The shared-memory file.
    pub(in crate::store) fn shm_inode(&self) -> Option<LockedFile> {
        self.shm_inode
    }

    /// A quota or a limit on file sizes shows as a failed write, not as `SQLITE_FULL`.
    pub(in crate::store) fn disk_is_full(&self) -> bool {
        rustix::fs::fstatvfs(&self.database).is_ok_and(|disk| disk.f_bavail == 0)
    }
}

fn is_in_user_namespace() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    !map.split_ascii_whitespace().eq(["0", "0", "4294967295"])
}

/// The shared-memory file of the database at `path`.
pub(in crate::store) fn shm_inode(path: &Path) -> Option<LockedFile> {
    LockedFile::at(&with_suffix(path, "-shm"))
}

/// The first side file of the database at `path` that is not as it has to be: the database's owner
/// and group, and no less of a mode. One that is not there counts where `must_exist`.
pub(in crate::store) fn find_side_file_problem(
    path: &Path,
    must_exist: bool,
) -> Option<StoreError> {
    let database = fs::symlink_metadata(path).ok()?;
    SIDE_FILES.iter().find_map(|suffix| {
        let path = with_suffix(path, suffix);
        let problem = match fs::symlink_metadata(&path) {
            Ok(found) => side_file_problem(&found, &database)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && must_exist => {
                "is missing".to_owned()
            }
            Err(_) => return None,
        };
        Some(StoreError::SideFile { path, problem })
    })
}

fn side_file_problem(found: &Metadata, database: &Metadata) -> Option<String> {
    let mode = |metadata: &Metadata| metadata.mode() & 0o777;
    if !found.is_file() {
        return Some("is not a file".to_owned());
    }
    if (found.uid(), found.gid()) != (database.uid(), database.gid()) {
        return Some(format!(
            "belongs to {}:{} instead of {}:{}",
            found.uid(),
            found.gid(),
            database.uid(),
            database.gid()
        ));
    }
    // Every account that may use the database has to be able to use its side files.
    (mode(found) & mode(database) != mode(database))
        .then(|| format!("has the mode {:04o} instead of {:04o}", mode(found), mode(database)))
}
