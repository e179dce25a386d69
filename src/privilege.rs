//! The process itself: what it inherits is cleaned before anything else happens, and descriptors
//! that the caller passes are taken over here.
#![expect(unsafe_code, reason = "descriptors by their numbers: `inherited`, `look_at_stdout`")]

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, setrlimit, umask};
use signal_hook::consts::SIGXFSZ;

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Before `main` the standard library opens `/dev/null` in the place of a stdout that is closed, and
/// a password that is written there is lost without a word; so this looks still before that.
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK_AT_STDOUT: extern "C" fn() = look_at_stdout;

extern "C" fn look_at_stdout() {
    // SAFETY: the descriptor is only asked for its flags, which fails with EBADF where it is not
    // open; no other thread runs yet.
    let stdout = unsafe { BorrowedFd::borrow_raw(1) };
    STDOUT_WAS_CLOSED.store(rustix::io::fcntl_getfd(stdout).is_err(), Ordering::Relaxed);
}

/// Whether the process was started without a stdout.
#[must_use]
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// Makes the process harmless: files that it makes are its owner's alone, it leaves no memory dump
/// with passwords in it, and a limit on file sizes is a failed write instead of a death in the
/// middle.
pub fn clean() {
    umask(Mode::RWXG | Mode::RWXO);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// The real user id of the process: never the effective one, never what the environment says.
#[must_use]
pub fn real_uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// A copy of the descriptor `number` that the caller passed on.
///
/// # Errors
///
/// There is no such descriptor.
pub fn inherited(number: RawFd) -> io::Result<File> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the descriptor is only duplicated, which fails with EBADF where it is not open, and
    // nothing in this process closes descriptors that it was started with meanwhile.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned().map(File::from)
}
