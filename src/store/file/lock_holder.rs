//! Finds the process that holds SQLite's write lock, so that an error can name it.

use std::fs;

use crate::store::error::LockHolder;

/// The byte of the `-shm` file that a writer locks (`WAL_WRITE_LOCK` in SQLite's file format
/// documentation, "WAL-mode file format", 2.3.1).
const WRITE_LOCK_BYTE: &str = "120";

/// The holder of the write lock of the database whose shared-memory file has the inode `shm_inode`,
/// from `/proc/locks`; `None` where the lock is free again or the system does not say.
pub(in crate::store) fn find_lock_holder(shm_inode: u64) -> Option<LockHolder> {
    let inode = shm_inode.to_string();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let pid = locks.lines().find_map(|line| {
        // 12: POSIX  ADVISORY  WRITE 4242 fe:00:131 120 120
        let mut fields = line.split_ascii_whitespace().filter(|field| *field != "->");
        let (kind, pid, file, start) =
            (fields.nth(3)?, fields.next()?, fields.next()?, fields.next()?);
        (kind == "WRITE"
            && file.rsplit(':').next() == Some(inode.as_str())
            && start == WRITE_LOCK_BYTE)
            .then(|| pid.parse::<u32>().ok())
            .flatten()
    })?;
    Some(describe_process(pid))
}

/// A process that holds a lock.
pub(in crate::store) fn describe_process(pid: u32) -> LockHolder {
    LockHolder { pid, uid: process_uid(pid), age_seconds: process_age_seconds(pid) }
}

fn process_uid(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Seconds since the process began: `starttime` of `/proc/PID/stat` against `/proc/uptime`.
fn process_age_seconds(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold blanks and brackets; the numbers begin behind the last one.
    let ticks: u64 = stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()?;
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: u64 = uptime.split('.').next()?.parse().ok()?;
    // USER_HZ is 100 on every Linux that userland sees.
    Some(uptime.saturating_sub(ticks / 100))
}
