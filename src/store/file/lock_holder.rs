//! Finds the processes that hold SQLite's locks, so that an administrator knows who to ask, and
//! ends one that does not let go.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::store::error::LockHolder;

/// The bytes of the `-shm` file that SQLite locks ("WAL-mode file format", 2.3.1): 120 to write,
/// 121 to bring the log in, 122 to recover, 123 to 127 to read, and 128 (`UNIX_SHM_DMS`) to be the
/// first to open the database. Whoever holds one of them for itself can keep everybody else
/// waiting.
const LOCKS: RangeInclusive<u64> = 120..=128;

/// Those that a process shares while it looks at one state of the database.
const READ_LOCKS: RangeInclusive<u64> = 123..=127;

/// A file on which locks are, as the kernel knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct LockedFile {
    /// What it is mounted by, where the kernel says so.
    mount: Option<u64>,
    device: (u32, u32),
    inode: u64,
}

/// How a process holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Hold {
    /// For itself: nobody else gets it meanwhile.
    Exclusive,
    /// For reading: the log cannot be emptied meanwhile.
    Reading,
}

struct Lock {
    pid: u32,
    exclusive: bool,
    first: u64,
    last: u64,
}

impl LockedFile {
    /// The file at `path`, which is not opened: closing it would take away the locks of this
    /// process.
    pub(in crate::store) fn at(path: &Path) -> Option<Self> {
        let wanted = StatxFlags::INO | StatxFlags::MNT_ID;
        let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted).ok()?;
        let has_mount = StatxFlags::from_bits_retain(found.stx_mask).contains(StatxFlags::MNT_ID);
        Some(Self {
            mount: has_mount.then_some(found.stx_mnt_id),
            device: (found.stx_dev_major, found.stx_dev_minor),
            inode: found.stx_ino,
        })
    }

    /// Its device as `/proc/locks` has it: that of the file system, which is not always what a look
    /// at the file tells (btrfs gives each subvolume a number of its own).
    fn device(&self) -> (u32, u32) {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let of_mount = self.mount.and_then(|mount| {
            // 36 35 98:0 /mnt1 /mnt2 rw,noatime ...
            mounts.lines().find_map(|line| {
                let mut fields = line.split(' ');
                (fields.next()?.parse() == Ok(mount)).then_some(())?;
                let (major, minor) = fields.nth(1)?.split_once(':')?;
                Some((major.parse().ok()?, minor.parse().ok()?))
            })
        });
        of_mount.unwrap_or(self.device)
    }

    fn locks(&self) -> Vec<Lock> {
        let device = self.device();
        // Twice: the kernel hands the list out in pieces, and skips a lock in it where others come
        // and go meanwhile.
        let texts = [(); 2].map(|()| fs::read_to_string("/proc/locks").unwrap_or_default());
        let lines = texts.iter().flat_map(|text| text.lines());
        lines.filter_map(|line| lock(line, device, self.inode)).collect()
    }

    /// The processes that hold a lock in this way, one that writes first.
    pub(in crate::store) fn holders(&self, hold: Hold) -> Vec<LockHolder> {
        let mut locks = self.locks();
        locks.retain(|lock| match hold {
            Hold::Exclusive => lock.exclusive && lock.is_among(&LOCKS),
            Hold::Reading => !lock.exclusive && lock.is_among(&READ_LOCKS),
        });
        locks.sort_by_key(|lock| lock.first);
        let mut pids: Vec<u32> = Vec::new();
        for lock in locks {
            if !pids.contains(&lock.pid) {
                pids.push(lock.pid);
            }
        }
        pids.into_iter().map(describe_process).collect()
    }

    /// Ends `holder`, where it still is the process that it was and still holds a lock for itself;
    /// `false` where it does not.
    pub(in crate::store) fn end(&self, holder: &LockHolder) -> rustix::io::Result<bool> {
        let Some(pid) = i32::try_from(holder.pid).ok().and_then(Pid::from_raw) else {
            return Ok(false);
        };
        // From here on the number means this process and no later one.
        let process = match pidfd_open(pid, PidfdFlags::empty()) {
            Err(Errno::SRCH) => return Ok(false),
            opened => opened?,
        };
        if !self.holders(Hold::Exclusive).iter().any(|found| found.is_same(holder)) {
            return Ok(false);
        }
        // Nothing less reaches one that is stopped.
        match pidfd_send_signal(process, Signal::KILL) {
            Err(Errno::SRCH) => Ok(false),
            sent => sent.map(|()| true),
        }
    }
}

impl Lock {
    fn is_among(&self, bytes: &RangeInclusive<u64>) -> bool {
        self.first <= *bytes.end() && self.last >= *bytes.start()
    }
}

/// The lock of a line of `/proc/locks`, where it is one on this file. Whoever waits for one (`->`)
/// holds none, and a lock of an open file (`OFDLCK`) has no process.
fn lock(line: &str, device: (u32, u32), inode: u64) -> Option<Lock> {
    // 12: POSIX  ADVISORY  WRITE 4242 fe:00:131 120 120
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [_, "POSIX", _, kind, pid, file, first, last] = fields[..] else { return None };
    let mut parts = file.split(':');
    let mut hex = || u32::from_str_radix(parts.next()?, 16).ok();
    if (hex()?, hex()?) != device || parts.next()?.parse() != Ok(inode) {
        return None;
    }
    Some(Lock {
        pid: pid.parse().ok().filter(|pid| *pid > 0)?,
        exclusive: kind == "WRITE",
        first: first.parse().ok()?,
        last: if last == "EOF" { u64::MAX } else { last.parse().ok()? },
    })
}

/// The process that keeps others from the database whose shared-memory file this is, as
/// `/proc/locks` tells; `None` where the lock is free again or the system does not say.
pub(in crate::store) fn find_lock_holder(locked: LockedFile) -> Option<LockHolder> {
    locked.holders(Hold::Exclusive).into_iter().next()
}

/// A process that holds a lock.
pub(in crate::store) fn describe_process(pid: u32) -> LockHolder {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks and brackets; the other fields begin behind the last
    // one.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_ascii_whitespace().collect())
        .unwrap_or_default();
    let started = fields.get(19).and_then(|ticks| ticks.parse().ok());
    LockHolder {
        pid,
        uid: process_uid(pid),
        age_seconds: started.and_then(process_age_seconds),
        started,
        is_stopped: matches!(fields.first(), Some(&"T" | &"t")),
    }
}

fn process_uid(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Seconds since the process began: `starttime` of `/proc/PID/stat` against `/proc/uptime`.
fn process_age_seconds(ticks: u64) -> Option<u64> {
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let uptime: u64 = uptime.split('.').next()?.parse().ok()?;
    // USER_HZ is 100 on every Linux that userland sees.
    Some(uptime.saturating_sub(ticks / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R63: device and inode both count, and so does every byte that SQLite locks.
    #[test]
    fn a_lock_is_one_on_this_very_file() {
        let on = |line: &str| lock(line, (0xfe, 0x10), 131);
        for byte in 120..=128 {
            let line = format!("12: POSIX  ADVISORY  WRITE 4242 fe:10:131 {byte} {byte}");
            let found = on(&line).unwrap();
            assert!(found.pid == 4242 && found.exclusive && found.is_among(&LOCKS), "{line}");
        }
        for other in [
            "12: POSIX  ADVISORY  WRITE 4242 fe:11:131 120 120",
            "12: POSIX  ADVISORY  WRITE 4242 10:fe:131 120 120",
            "12: POSIX  ADVISORY  WRITE 4242 fe:10:132 120 120",
            "12: -> POSIX  ADVISORY  WRITE 4242 fe:10:131 120 120",
            "12: OFDLCK ADVISORY  WRITE -1 fe:10:131 120 120",
            "12: FLOCK  ADVISORY  WRITE 4242 fe:10:131 0 EOF",
            "nonsense",
            "",
        ] {
            assert!(on(other).is_none(), "{other}");
        }
        for outside in ["0 119", "129 EOF"] {
            let found = on(&format!("1: POSIX ADVISORY WRITE 7 fe:10:131 {outside}")).unwrap();
            assert!(!found.is_among(&LOCKS), "{outside}");
        }
        let wide = on("1: POSIX ADVISORY READ 7 fe:10:131 0 EOF").unwrap();
        assert!(wide.is_among(&LOCKS) && wide.is_among(&READ_LOCKS) && !wide.exclusive);
    }
}
