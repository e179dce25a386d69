//! The terminal during one question: its modes, what is typed, and the way back.
//!
//! Nobody but the guard reads the terminal or sets its modes, so that a signal, a stop or five
//! minutes of silence find somebody who puts it right, whatever a library is doing just then.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcdrain,
    tcflush, tcgetattr, tcgetwinsize, tcsetattr,
};
use signal_hook::consts::{SIGINT, SIGQUIT};
use zeroize::Zeroize;

use super::PromptError;
use crate::cli::terminal::signals::{self, Signals, groups};

/// How long after a hang-up its signal may take.
const HANG_UP_GAP: Duration = Duration::from_millis(100);

/// Both ends of the terminal.
#[derive(Debug)]
pub(super) struct Tty {
    pub(super) input: File,
    pub(super) output: File,
}

impl Tty {
    /// Shows `text` whole.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        (&self.output).write_all(text.as_bytes())
    }

    /// The columns; the customary ones where the terminal does not know.
    pub(super) fn columns(&self) -> usize {
        match tcgetwinsize(&self.output) {
            Ok(size) if size.ws_col > 0 => size.ws_col.into(),
            _ => 80,
        }
    }
}

/// A job in the background must not touch the terminal: it belongs to somebody else by now.
fn is_ours() -> bool {
    groups().is_none_or(|[group, _, foreground]| foreground <= 0 || foreground == group)
}

/// What is asked for, and who lets it be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line; rustyline shows it.
    Edited,
    /// One or several of a list; dialoguer shows it, without a cursor.
    List,
    /// A line; the terminal shows it.
    Plain,
    /// A secret: nothing typed before the question or behind the answer counts.
    Secret,
    /// A line that nobody shows; what was typed before it and behind it stays.
    Unseen,
}

impl Kind {
    /// Whether a library takes each key; else the terminal hands on whole lines.
    fn by_key(self) -> bool {
        matches!(self, Self::Edited | Self::List)
    }
}

/// What happened at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Byte(u8),
    /// The process was stopped and is back: the question has to be shown again.
    Resumed,
    /// The library has its answer.
    Answered,
}

/// One question. However it ends, the terminal is left as it was found.
#[derive(Debug)]
pub(super) struct Guard<'tty> {
    pub(super) tty: &'tty Tty,
    kind: Kind,
    saved: Termios,
    signals: Signals,
    patience: Duration,
    entered: bool,
    /// Whether the terminal is to say what was pasted.
    brackets: bool,
}

impl<'tty> Guard<'tty> {
    pub(super) fn open(
        tty: &'tty Tty,
        kind: Kind,
        plain: bool,
        patience: Duration,
    ) -> Result<Self, PromptError> {
        let saved = tcgetattr(&tty.input).map_err(io::Error::from)?;
        let signals = Signals::listen()?;
        let brackets = !plain && matches!(kind, Kind::Edited | Kind::Secret);
        let mut guard = Self { tty, kind, saved, signals, patience, entered: false, brackets };
        guard.enter()?;
        Ok(guard)
    }

    /// Ends the question. A signal that came too late for it goes before its answer.
    pub(super) fn close<T, E: From<PromptError>>(mut self, answer: Result<T, E>) -> Result<T, E> {
        let restored = self.leave(self.kind == Kind::Secret || answer.is_err());
        if let Some(signal) = self.signals.finish() {
            return Err(PromptError::Signal(signal).into());
        }
        let answer = answer?;
        restored.map_err(PromptError::Io)?;
        Ok(answer)
    }

    /// Forgets what was typed and not yet read.
    pub(super) fn flush_input(&self) {
        let _ = tcflush(&self.tty.input, QueueSelector::IFlush);
    }

    /// Waits for the next thing to happen. Everything but an answer comes out as the error it is.
    pub(super) fn next(&mut self, answered: Option<BorrowedFd<'_>>) -> Result<Event, PromptError> {
        loop {
            let heard = self.signals.take();
            if let Some(signal) = heard.fatal {
                return Err(PromptError::Signal(signal));
            }
            if heard.stop {
                if self.kind != Kind::List {
                    self.tty.write("\n")?;
                }
                self.leave(true)?;
                // The terminal is as it was: what kills the process now may do so at once.
                self.signals.act_defaults_out(true);
                signals::stop();
            }
            if heard.stop || heard.continued {
                // Where it was stopped behind our back, the shell has had the terminal meanwhile.
                self.enter()?;
                self.flush_input();
                return Ok(Event::Resumed);
            }
            match self.wait(self.patience, answered)? {
                [_, _, true] => return Ok(Event::Answered),
                [_, true, _] => {}
                [true, ..] => {
                    if let Some(byte) = self.read()? {
                        return Ok(Event::Byte(byte));
                    }
                }
                [false, false, false] => return Err(PromptError::TimedOut),
            }
        }
    }

    /// Whether another byte comes within `time`.
    pub(super) fn has_more(&self, time: Duration) -> Result<bool, PromptError> {
        Ok(self.wait(time, None)?[0])
    }

    fn enter(&mut self) -> Result<(), PromptError> {
        let away = !is_ours();
        if away {
            // Waiting for its output stops a job of the background until the terminal is its own.
            self.signals.act_defaults_out(true);
            tcdrain(&self.tty.input).map_err(io::Error::from)?;
        }
        if away || !self.entered {
            self.saved = tcgetattr(&self.tty.input).map_err(io::Error::from)?;
        }
        self.signals.act_defaults_out(false);
        let mut modes = self.saved.clone();
        // Where Ctrl-S has stopped the output, the way back would wait for Ctrl-Q.
        modes.input_modes.remove(InputModes::IXON);
        // Ctrl-C must not empty the queue between the poll and the read, which would wait in vain.
        modes.local_modes.insert(LocalModes::NOFLSH);
        if self.kind.by_key() {
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::IEXTEN);
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
            modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        } else {
            modes.local_modes.insert(LocalModes::ICANON);
            modes.input_modes.insert(InputModes::ICRNL);
        }
        if self.kind != Kind::Plain {
            modes.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        }
        let action = match self.kind {
            Kind::Secret => OptionalActions::Flush,
            _ => OptionalActions::Now,
        };
        self.entered = true;
        tcsetattr(&self.tty.input, action, &modes).map_err(io::Error::from)?;
        if self.brackets {
            self.tty.write("\x1b[?2004h")?;
        }
        // That the process continues is no news any more. It may have waited for the terminal.
        match self.signals.take().fatal {
            Some(signal) => Err(PromptError::Signal(signal)),
            None => Ok(()),
        }
    }

    fn leave(&mut self, forget_input: bool) -> io::Result<()> {
        if !std::mem::take(&mut self.entered) || !is_ours() {
            return Ok(());
        }
        let written = self.tty.write(match self.kind {
            // dialoguer has hidden it.
            Kind::List => "\x1b[?25h",
            _ if self.brackets => "\x1b[?2004l",
            _ => "",
        });
        let action = if forget_input { OptionalActions::Flush } else { OptionalActions::Now };
        tcsetattr(&self.tty.input, action, &self.saved)?;
        written
    }

    /// Whether a byte, a signal, an answer has come within `time`.
    fn wait(&self, time: Duration, answered: Option<BorrowedFd<'_>>) -> io::Result<[bool; 3]> {
        let answered = answered.unwrap_or_else(|| self.signals.as_fd());
        let mut fds = [
            PollFd::new(&self.tty.input, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::from_borrowed_fd(answered, PollFlags::IN),
        ];
        match poll(&mut fds, Timespec::try_from(time).ok().as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok([false, true, false]),
            Err(error) => return Err(error.into()),
        }
        let [input, signal, answered] = fds.map(|fd| fd.revents());
        if input.contains(PollFlags::NVAL) {
            return Err(Errno::BADF.into());
        }
        Ok([!input.is_empty(), !signal.is_empty(), signal.is_empty() && !answered.is_empty()])
    }

    /// One byte, so that whatever follows the answer stays where the next question finds it.
    fn read(&mut self) -> Result<Option<u8>, PromptError> {
        let mut buffer = [0];
        let read = rustix::io::read(&self.tty.input, &mut buffer);
        let [byte] = buffer;
        buffer.zeroize();
        match (read, byte) {
            (Ok(0) | Err(Errno::IO), _) => {
                // Where the terminal has gone, a signal says so.
                let signals = self.signals.as_fd();
                let mut fds = [PollFd::from_borrowed_fd(signals, PollFlags::IN)];
                let gap = Timespec::try_from(HANG_UP_GAP).ok();
                let _ = poll(&mut fds, gap.as_ref());
                let fatal = self.signals.take().fatal;
                Err(fatal.map_or(PromptError::EndOfInput, PromptError::Signal))
            }
            // The kernel makes no signal of them where the terminal was told not to.
            (Ok(_), 0x03) => Err(PromptError::Signal(SIGINT)),
            (Ok(_), 0x1c) => Err(PromptError::Signal(SIGQUIT)),
            (Ok(_), byte) => Ok(Some(byte)),
            (Err(Errno::INTR | Errno::AGAIN), _) => Ok(None),
            (Err(error), _) => Err(PromptError::Io(error.into())),
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // Whoever needs to know whether this worked has called `close`.
        let _ = self.leave(true);
    }
}
