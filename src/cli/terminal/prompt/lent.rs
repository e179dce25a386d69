//! A terminal of its own for a library that asks: keys come to it as the guard hands them on.
//!
//! rustyline and dialoguer read descriptor 0 and set its modes. On the real terminal that loses
//! Ctrl-D in lists (dialoguer ignores it), answers that were typed ahead (rustyline reads up to 1,024
//! bytes at once), and the echo where a signal meets them between two modes; and to dialoguer `a`
//! marks all of a list. So descriptor 0 is a pseudo-terminal while they ask, and they show on the
//! real one. Descriptor 0 comes back when the library has returned, never before: one that still ran
//! would go on at the real terminal.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::{io, panic, thread};

use nix::pty::openpty;
use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::stdio::{dup2_stdin, dup2_stdout, stdin, stdout};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::PromptError;
use super::guard::{Event, Guard};

/// How long the rest of an escape sequence may take. A slow line sends one in pieces.
const ESCAPE_GAP: Duration = Duration::from_millis(100);
/// How long a library may take to say that Enter ended its question, before more keys come.
const ENTER_GAP: Duration = Duration::from_millis(50);

/// Descriptors 0 and 1, which are somebody else's until this is dropped.
struct Lent {
    input: OwnedFd,
    output: OwnedFd,
}

impl Lent {
    fn begin(terminal: &OwnedFd, screen: impl AsFd) -> io::Result<Self> {
        let input = fcntl_dupfd_cloexec(stdin(), 3)?;
        let lent = Self { input, output: fcntl_dupfd_cloexec(stdout(), 3)? };
        dup2_stdin(terminal)?;
        dup2_stdout(screen)?;
        Ok(lent)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let _ = dup2_stdin(&self.input);
        let _ = dup2_stdout(&self.output);
    }
}

/// How a library is spoken to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Library {
    /// The key that has the question shown again.
    pub(super) redraw: &'static [u8],
    /// The key that ends the question; without one, the end of the input does. To console that is
    /// no way: where descriptor 0 is no terminal any more, it opens /dev/tty and waits there.
    pub(super) quit: Option<&'static [u8]>,
}

/// Has a library ask in this thread, while another hands on each key as `pass` says: other bytes, or
/// `None` for one that means nothing.
pub(super) fn lend<T>(
    guard: &mut Guard<'_>,
    library: Library,
    pass: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, PromptError> + Send,
    ask: impl FnOnce() -> T,
) -> Result<T, PromptError> {
    let pty = openpty(None, None).map_err(io::Error::from)?;
    let mut modes = tcgetattr(&pty.slave).map_err(io::Error::from)?;
    modes.make_raw();
    tcsetattr(&pty.slave, OptionalActions::Now, &modes).map_err(io::Error::from)?;
    let _lent = Lent::begin(&pty.slave, &guard.tty.output)?;
    let (asking, answered) = UnixStream::pair()?;
    let keyboard = pty.master;
    thread::scope(|scope| {
        let asking = asking;
        let keys = scope.spawn(move || {
            let handed_on = hand_on(guard, &keyboard, &answered, library.redraw, pass);
            if let (Err(_), Some(quit)) = (&handed_on, library.quit) {
                types(&keyboard, quit)?;
                let _ = poll(&mut [PollFd::new(&answered, PollFlags::IN)], None);
            }
            // The keyboard goes, and with it whoever still reads finds the end of the input.
            handed_on
        });
        // console takes any interruption for Ctrl-C.
        let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK);
        let answer = ask();
        drop(asking);
        let handed_on = keys.join().unwrap_or_else(|failure| panic::resume_unwind(failure));
        before.and_then(|before| before.thread_set_mask()).map_err(io::Error::from)?;
        handed_on.map(|()| answer)
    })
}

/// Hands keys on until the library has `answered`, or something else ends the question.
fn hand_on(
    guard: &mut Guard<'_>,
    keyboard: &OwnedFd,
    answered: &UnixStream,
    redraw: &[u8],
    pass: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, PromptError>,
) -> Result<(), PromptError> {
    loop {
        let mut key = match guard.next(Some(answered.as_fd()))? {
            Event::Answered => return Ok(()),
            Event::Resumed => {
                types(keyboard, redraw)?;
                continue;
            }
            Event::Byte(byte) => vec![byte],
        };
        // Of half a key, console makes another one.
        while !is_whole(&key) && guard.has_more(ESCAPE_GAP)? {
            if let Event::Byte(byte) = guard.next(None)? {
                key.push(byte);
            }
        }
        match pass(&key)? {
            Some(bytes) => types(keyboard, &bytes)?,
            None => guard.tty.write("\x07")?,
        }
        if matches!(*key, [b'\r' | b'\n']) {
            // What was typed ahead is for the next question.
            let mut fds = [PollFd::new(answered, PollFlags::IN)];
            let _ = poll(&mut fds, Timespec::try_from(ENTER_GAP).ok().as_ref());
        }
    }
}

fn types(keyboard: &OwnedFd, bytes: &[u8]) -> io::Result<()> {
    match rustix::io::write(keyboard, bytes) {
        Ok(_) | Err(Errno::IO) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn is_whole(key: &[u8]) -> bool {
    match key {
        // The Linux console sends F1 as ESC [ [ A.
        [0x1b] | [0x1b, b'[' | b'O'] | [0x1b, b'[', b'['] => false,
        [0x1b, b'[', .., last] => (b'@'..=b'~').contains(last),
        [0xc2..=0xdf, ..] => key.len() >= 2,
        [0xe0..=0xef, ..] => key.len() >= 3,
        [0xf0..=0xf4, ..] => key.len() >= 4,
        _ => true,
    }
}
