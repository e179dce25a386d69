//! What SQLite reports, as an error of the store.

use std::io;
use std::path::Path;

use rusqlite::{ErrorCode, ffi};

use crate::fs::{folder_of, with_suffix};
use crate::store::StoreError;
use crate::store::file::database_file::{self, DatabaseFile};
use crate::store::file::lock_holder;

pub(super) fn store_error(
    error: &rusqlite::Error,
    path: &Path,
    files: Option<&DatabaseFile>,
) -> StoreError {
    let path = path.to_owned();
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(failure, message) => (failure, message.clone()),
        other => return StoreError::Engine(other.to_string()),
    };
    let reason = message.unwrap_or_else(|| code.to_string());
    match code.code {
        // The last: it was tried again for so long that another one must be at it.
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed => {
            let shm_inode =
                files.and_then(DatabaseFile::shm_inode).or_else(|| database_file::shm_inode(&path));
            StoreError::Busy { holder: shm_inode.and_then(lock_holder::find_lock_holder) }
        }
        ErrorCode::DiskFull => StoreError::Full { path },
        ErrorCode::SystemIoFailure
            if is_over_quota()
                || code.extended_code == ffi::SQLITE_IOERR_WRITE
                    && files.is_some_and(DatabaseFile::disk_is_full) =>
        {
            StoreError::Full { path }
        }
        ErrorCode::ReadOnly => faulty_side_file(&path).unwrap_or_else(|| StoreError::ReadOnly {
            reason: read_only_reason(&path, code.extended_code),
            path,
        }),
        ErrorCode::NotADatabase => {
            StoreError::NotAStore { path, reason: "it is not a database".to_owned() }
        }
        ErrorCode::DatabaseCorrupt => StoreError::Damaged { path, reason },
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            faulty_side_file(&path).unwrap_or(StoreError::Denied { path, reason })
        }
        ErrorCode::SystemIoFailure => StoreError::Io {
            context: format!("the store {}", path.display()),
            source: io::Error::other(reason),
        },
        _ => StoreError::Engine(reason),
    }
}

/// Whether the call that has just failed was refused for want of room. SQLite itself knows a full
/// disk and no quota; the system's word on the last failure is still there.
fn is_over_quota() -> bool {
    let last = io::Error::last_os_error();
    matches!(last.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// The side file that is to blame, where one is: also a missing one that cannot be made.
fn faulty_side_file(path: &Path) -> Option<StoreError> {
    let may_make = rustix::fs::access(folder_of(path), rustix::fs::Access::WRITE_OK).is_ok();
    database_file::find_side_file_problem(path, !may_make)
}

fn read_only_reason(path: &Path, extended: i32) -> String {
    match extended {
        ffi::SQLITE_READONLY_CANTINIT | ffi::SQLITE_READONLY_RECOVERY => format!(
            ": its side files {} and {} are missing or cannot be written",
            with_suffix(path, "-wal").display(),
            with_suffix(path, "-shm").display()
        ),
        ffi::SQLITE_READONLY_DIRECTORY => ": its folder cannot be written".to_owned(),
        ffi::SQLITE_READONLY_DBMOVED => ": it was moved or replaced meanwhile".to_owned(),
        _ => String::new(),
    }
}
