//! The terminal during one question: its modes, what is typed, what is shown, and the way back.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
    tcgetwinsize, tcsetattr,
};
use zeroize::Zeroize;

use super::PromptError;
use super::keys::{Decoder, Key};
use super::signals::{self, Signals, groups};

/// How long the rest of a paste may pause.
const PASTE_GAP: Duration = Duration::from_secs(1);
/// How long after a hang-up its signal may take.
const HANG_UP_GAP: Duration = Duration::from_millis(100);

/// Both ends of the terminal.
#[derive(Debug)]
pub(super) struct Tty {
    pub(super) input: OwnedFd,
    pub(super) output: OwnedFd,
}

impl Tty {
    /// Shows `text` whole.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match rustix::io::write(&self.output, rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let mut fds = [PollFd::new(&self.output, PollFlags::OUT)];
                    match poll(&mut fds, None) {
                        Ok(_) | Err(Errno::INTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Rows and columns; the customary ones where the terminal does not know.
    pub(super) fn size(&self) -> (usize, usize) {
        let or = |size: u16, default| if size == 0 { default } else { size.into() };
        tcgetwinsize(&self.output)
            .map_or((24, 80), |size| (or(size.ws_row, 24), or(size.ws_col, 80)))
    }
}

/// A job in the background must not touch the terminal: it belongs to somebody else by now.
fn is_ours() -> bool {
    groups().is_none_or(|[group, _, foreground]| foreground <= 0 || foreground == group)
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line that is seen.
    Line,
    /// A secret: nothing typed before the question or behind the answer counts.
    Secret,
    /// A line that is not seen; what was typed before it and behind it stays.
    UnseenLine,
    /// One or several of a list: the cursor would only be in the way.
    List,
}

/// What a question needs of the terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    pub(super) kind: Kind,
    /// The terminal knows no control sequences.
    pub(super) plain: bool,
}

impl Mode {
    /// Whether nothing of the answer is shown.
    pub(super) fn hidden(self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::UnseenLine)
    }

    fn flushes(self) -> bool {
        self.kind == Kind::Secret
    }

    fn cursorless(self) -> bool {
        self.kind == Kind::List
    }
}

/// What happened at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Key(Key),
    /// The process was stopped and is back: the question has to be shown again.
    Resumed,
    Resized,
}

enum Ready {
    Signal,
    Input,
    Nothing,
}

/// One question. However it ends, the terminal is left as it was found.
#[derive(Debug)]
pub(super) struct Session<'tty> {
    tty: &'tty Tty,
    mode: Mode,
    saved: Termios,
    signals: Signals,
    decoder: Decoder,
    queued: [Option<Key>; 2],
    patience: Duration,
    last_key: Instant,
    entered: bool,
    /// What makes the screen presentable when the question ends here and now.
    tidy: String,
}

impl<'tty> Session<'tty> {
    pub(super) fn open(
        tty: &'tty Tty,
        mode: Mode,
        patience: Duration,
    ) -> Result<Self, PromptError> {
        let mut session = Self {
            tty,
            mode,
            saved: tcgetattr(&tty.input).map_err(io::Error::from)?,
            signals: Signals::listen()?,
            decoder: Decoder::default(),
            queued: [None, None],
            patience,
            last_key: Instant::now(),
            entered: false,
            tidy: String::new(),
        };
        session.resume()?;
        Ok(session)
    }

    /// Ends the question. A signal that came too late for it goes before its answer.
    pub(super) fn close<T, E: From<PromptError>>(mut self, answer: Result<T, E>) -> Result<T, E> {
        let restored = self.leave(self.mode.flushes() || answer.is_err());
        if let Some(signal) = self.signals.finish() {
            return Err(PromptError::Signal(signal).into());
        }
        let answer = answer?;
        restored.map_err(PromptError::Io)?;
        Ok(answer)
    }

    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        self.tty.write(text)
    }

    pub(super) fn size(&self) -> (usize, usize) {
        self.tty.size()
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Says what to write when the question ends as things stand on the screen.
    pub(super) fn tidy_with(&mut self, text: impl Into<String>) {
        self.tidy = text.into();
    }

    /// Forgets what was typed and not yet read.
    pub(super) fn flush_input(&self) {
        let _ = tcflush(&self.tty.input, QueueSelector::IFlush);
    }

    /// Waits for the next thing to happen. Everything but an answer comes out as the error it is.
    pub(super) fn next(&mut self) -> Result<Input, PromptError> {
        loop {
            if let Some(input) = self.heed_signals()? {
                return Ok(input);
            }
            let [first, second] = &mut self.queued;
            if let Some(key) = first.take().or_else(|| second.take()) {
                match key {
                    Key::Interrupt => return Err(PromptError::Signal(signal_hook::consts::SIGINT)),
                    Key::Quit => return Err(PromptError::Signal(signal_hook::consts::SIGQUIT)),
                    Key::Suspend if self.signals.may_stop() => {
                        self.suspend()?;
                        return Ok(Input::Resumed);
                    }
                    Key::Suspend => return Ok(Input::Key(Key::Other)),
                    key => return Ok(Input::Key(key)),
                }
            }
            let left = self.patience.saturating_sub(self.last_key.elapsed());
            let wait = self.decoder.gap().unwrap_or(left);
            match self.wait(wait)? {
                Ready::Signal => {}
                Ready::Nothing if self.decoder.gap().is_some() => {
                    self.queued = [Some(self.decoder.lapse()), None];
                }
                Ready::Nothing => return Err(PromptError::TimedOut),
                Ready::Input => {
                    if let Some(byte) = self.read()? {
                        self.last_key = Instant::now();
                        self.queued = self.decoder.feed(byte);
                    }
                }
            }
        }
    }

    /// Reads the rest of a paste whose first line was the answer: nobody else is to get it.
    pub(super) fn drain_paste(&mut self) -> Result<(), PromptError> {
        while self.decoder.pasting() {
            match self.wait(PASTE_GAP)? {
                Ready::Nothing => break,
                Ready::Signal => {
                    if let Some(signal) = self.signals.take().fatal {
                        return Err(PromptError::Signal(signal));
                    }
                }
                Ready::Input => {
                    if let Some(byte) = self.read()? {
                        let _ = self.decoder.feed(byte);
                    }
                }
            }
        }
        Ok(())
    }

    fn heed_signals(&mut self) -> Result<Option<Input>, PromptError> {
        let heard = self.signals.take();
        if let Some(signal) = heard.fatal {
            return Err(PromptError::Signal(signal));
        }
        if heard.stop {
            self.suspend()?;
            return Ok(Some(Input::Resumed));
        }
        if heard.continued {
            // Stopped behind our back: the shell has had the terminal in the meantime.
            self.forget_half_typed();
            self.resume()?;
            return Ok(Some(Input::Resumed));
        }
        Ok(heard.resized.then_some(Input::Resized))
    }

    fn suspend(&mut self) -> Result<(), PromptError> {
        self.leave(true)?;
        self.forget_half_typed();
        // The terminal is as it was: what kills the process now may do so at once.
        self.signals.act_defaults_out(true);
        signals::stop();
        self.resume()
    }

    /// The rest of a sequence or a paste is flushed, so its beginning means nothing. And a secret
    /// begins anew: not with the key that came last before the stop.
    fn forget_half_typed(&mut self) {
        self.decoder = Decoder::default();
        if self.mode.hidden() {
            self.queued = [None, None];
        }
    }

    fn resume(&mut self) -> Result<(), PromptError> {
        self.enter()?;
        // That the process continues is no news any more. It may have waited for the terminal.
        match self.signals.take().fatal {
            Some(signal) => Err(PromptError::Signal(signal)),
            None => Ok(()),
        }
    }

    fn enter(&mut self) -> io::Result<()> {
        if !is_ours() {
            // Setting what is set already stops a job of the background until it is ours.
            self.signals.act_defaults_out(true);
            tcsetattr(&self.tty.input, OptionalActions::Now, &self.saved)?;
        }
        self.signals.act_defaults_out(false);
        let mut raw = self.saved.clone();
        raw.local_modes.remove(
            LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL | LocalModes::IEXTEN,
        );
        // Ctrl-C must not empty the queue between the poll and the read, which would wait in vain.
        raw.local_modes.insert(LocalModes::NOFLSH);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        let action =
            if self.mode.flushes() { OptionalActions::Flush } else { OptionalActions::Now };
        self.entered = true;
        tcsetattr(&self.tty.input, action, &raw)?;
        self.last_key = Instant::now();
        if !self.mode.plain {
            self.write("\x1b[?2004h")?;
            if self.mode.cursorless() {
                self.write("\x1b[?25l")?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, forget_input: bool) -> io::Result<()> {
        if !std::mem::take(&mut self.entered) || !is_ours() {
            return Ok(());
        }
        let mut last = std::mem::take(&mut self.tidy);
        if !self.mode.plain {
            last.push_str("\x1b[?2004l");
            if self.mode.cursorless() {
                last.push_str("\x1b[?25h");
            }
        }
        let written = self.write(&last);
        let action = if forget_input { OptionalActions::Flush } else { OptionalActions::Now };
        tcsetattr(&self.tty.input, action, &self.saved)?;
        written
    }

    fn wait(&self, time: Duration) -> io::Result<Ready> {
        let time = Timespec::try_from(time).ok();
        let mut fds = [
            PollFd::new(&self.tty.input, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
        ];
        match poll(&mut fds, time.as_ref()) {
            Err(Errno::INTR) => return Ok(Ready::Signal),
            Err(error) => return Err(error.into()),
            Ok(0) => return Ok(Ready::Nothing),
            Ok(_) => {}
        }
        let [input, signal] = fds.map(|fd| fd.revents());
        if !signal.is_empty() {
            return Ok(Ready::Signal);
        }
        if input.contains(PollFlags::NVAL) {
            return Err(Errno::BADF.into());
        }
        Ok(Ready::Input)
    }

    /// One byte, so that whatever follows the answer stays where it can be flushed.
    fn read(&mut self) -> Result<Option<u8>, PromptError> {
        let mut buffer = [0];
        let read = rustix::io::read(&self.tty.input, &mut buffer);
        let [byte] = buffer;
        buffer.zeroize();
        match read {
            Ok(0) | Err(Errno::IO) => Err(self.hung_up()?),
            Ok(_) => Ok(Some(byte)),
            Err(Errno::INTR | Errno::AGAIN) => Ok(None),
            Err(error) => Err(PromptError::Io(error.into())),
        }
    }

    /// The terminal has gone: of the signal that says so, or else as at the end of the input.
    fn hung_up(&mut self) -> io::Result<PromptError> {
        let gap = Timespec::try_from(HANG_UP_GAP).ok();
        let mut fds = [PollFd::new(&self.signals, PollFlags::IN)];
        match poll(&mut fds, gap.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.signals.take().fatal.map_or(PromptError::EndOfInput, PromptError::Signal))
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Whoever needs to know whether this worked has called `close`.
        let _ = self.leave(true);
    }
}
