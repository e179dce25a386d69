//! Puts a whole database in the place of one that SQLite cannot read, in the same file.
//!
//! Not by a rename: a process that has opened the old file, and waits for its turn, would go on
//! with the old file and with the side files of the new one, and when it ends move what others have
//! written from those into the wrong file. So the file stays and its content changes, while nobody
//! else has it open: SQLite's own lock for that is taken, on the bytes that its file format sets
//! aside for locks. A process that waits for it finds the new content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};
use rustix::fs::OFlags;

use super::database_file;
use super::lock_holder;
use super::temp_file::io_error;
use crate::fs::{folder_of, sync_folder_of, with_suffix};
use crate::store::error::StoreError;

/// What stands at the beginning while the rest is written: no database, and known again.
const UNFINISHED_MARK: &[u8] = b"ccadmin: this restore was cut short; do it again\0";

/// Where SQLite's locks begin (`PENDING_BYTE`), and how many bytes they take.
const LOCK_RANGE: (libc::off_t, libc::off_t) = (0x4000_0000, 512);

/// The first page is written last: without it nothing reads the rest.
const FIRST_PAGE_BYTES: u64 = 4_096;

/// Whether the file at `path` was left by an [`replace_in_place`] that did not come to its end.
pub(in crate::store) fn is_unfinished(path: &Path) -> bool {
    let mut start = [0; UNFINISHED_MARK.len()];
    let read =
        open(path, OpenOptions::new().read(true)).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == UNFINISHED_MARK
}

/// Puts what is in the file `with` into the database file at `path`, which nobody else may have
/// open; `keep` is given that file before, to put its content aside.
pub(crate) fn replace_in_place<T>(
    path: &Path,
    with: &Path,
    busy_timeout: Duration,
    keep: impl FnOnce(&mut File) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut file =
        open(path, OpenOptions::new().read(true).write(true)).map_err(io_error("open", path))?;
    lock(&file, path, busy_timeout)?;
    let is_it = fs::symlink_metadata(path).and_then(|there| {
        let held = file.metadata()?;
        Ok((there.dev(), there.ino()) == (held.dev(), held.ino()))
    });
    if !is_it.unwrap_or(false) {
        return Err(StoreError::Moved { path: path.to_owned() });
    }
    let kept = keep(&mut file)?;
    write_content(&mut file, path, with).map_err(io_error("write", path))?;
    sync_folder_of(path).map_err(io_error("write", folder_of(path)))?;
    Ok(kept)
}

fn write_content(file: &mut File, path: &Path, with: &Path) -> io::Result<()> {
    let mut new = File::open(with)?;
    let mut first = Vec::new();
    (&mut new).take(FIRST_PAGE_BYTES).read_to_end(&mut first)?;
    file.write_all_at(UNFINISHED_MARK, 0)?;
    file.sync_all()?;
    // The old database's log must not be applied to the new content.
    match open(&with_suffix(path, "-wal"), OpenOptions::new().write(true)) {
        Ok(log) => {
            log.set_len(0)?;
            log.sync_all()?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.seek(SeekFrom::Start(FIRST_PAGE_BYTES))?;
    io::copy(&mut new, file)?;
    file.set_len(new.metadata()?.len())?;
    file.sync_all()?;
    file.write_all_at(&first, 0)?;
    file.sync_all()
}

fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits().cast_signed();
    options.custom_flags(flags).open(path)
}

/// Takes the exclusive lock on the database; it ends with `file`.
fn lock(file: &File, path: &Path, busy_timeout: Duration) -> Result<(), StoreError> {
    let since = Instant::now();
    loop {
        let wanted = exclusive_lock();
        if fcntl(file.as_fd(), FcntlArg::F_OFD_SETLK(&wanted)).is_ok() {
            return Ok(());
        }
        if since.elapsed() >= busy_timeout {
            let mut held = exclusive_lock();
            let found = fcntl(file.as_fd(), FcntlArg::F_OFD_GETLK(&mut held)).is_ok();
            let pid = u32::try_from(held.l_pid).ok().filter(|pid| found && *pid > 0);
            let writer = database_file::shm_inode(path).and_then(lock_holder::find_lock_holder);
            return Err(StoreError::Busy {
                holder: writer.or(pid.map(lock_holder::describe_process)),
            });
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "0 and 1, which C keeps in a short")]
fn exclusive_lock() -> libc::flock {
    libc::flock {
        l_type: libc::F_WRLCK as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: LOCK_RANGE.0,
        l_len: LOCK_RANGE.1,
        l_pid: 0,
    }
}
