//! Signals that arrive while something is asked: noted, so that the terminal is put right first.
//!
//! Handlers do their work during a prompt only. At any other time a signal does what it always
//! did: once installed, the handlers themselves act the default out.

use std::io;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::{AsFd, BorrowedFd};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use signal_hook::low_level::emulate_default_handler;

const FATAL: [i32; 4] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];

/// Dies of `signal`, so that the shell sees it and a loop in a script stops too. Where even that
/// fails, the status says the same.
pub(crate) fn exit_by_signal(signal: i32) -> ExitCode {
    let _ = emulate_default_handler(signal);
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
}

/// Stops the process as Ctrl-Z does; returns when it is continued.
pub(crate) fn stop() {
    let _ = emulate_default_handler(SIGTSTP);
}

/// Keeps fatal signals waiting until it is dropped, so that what was done can be told first.
#[derive(Debug)]
pub(crate) struct DeferredSignals(Signals);

impl DeferredSignals {
    pub(crate) fn begin() -> io::Result<Self> {
        let signals = Signals::listen()?;
        signals.act_defaults_out(false);
        Ok(Self(signals))
    }

    /// The signal that waits, if one does.
    pub(crate) fn pending(&mut self) -> Option<i32> {
        self.0.take().fatal
    }
}

/// Readable once something has arrived.
impl AsFd for DeferredSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What has arrived since the last look.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Heard {
    pub(crate) fatal: Option<i32>,
    pub(crate) stop: bool,
    pub(crate) continued: bool,
}

/// Listens until it is dropped. At first a fatal signal still kills at once.
#[derive(Debug)]
pub(crate) struct Signals {
    delivery: SignalDelivery<UnixStream, SignalOnly>,
    defaults: Arc<Defaults>,
    /// What a fatal signal did before: whoever listens already goes on listening.
    acted: bool,
}

impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        let defaults = Defaults::installed()?;
        let (read, write) = UnixStream::pair()?;
        let heeded = defaults.heeded.iter().chain(&[SIGCONT]);
        let delivery = SignalDelivery::with_pipe(read, write, SignalOnly, heeded)?;
        let acted = defaults.act.load(Ordering::SeqCst);
        Ok(Self { delivery, defaults, acted })
    }

    pub(crate) fn take(&mut self) -> Heard {
        let mut heard = Heard::default();
        for signal in self.delivery.pending() {
            match signal {
                SIGCONT => heard.continued = true,
                SIGTSTP => heard.stop = true,
                fatal => heard.fatal = heard.fatal.or(Some(fatal)),
            }
        }
        heard
    }

    /// Whether a fatal signal kills at once, as it does while nothing is asked, or is heard first.
    pub(crate) fn act_defaults_out(&self, act: bool) {
        self.defaults.act.store(act, Ordering::SeqCst);
    }

    /// The question is over; gives the fatal signal that nobody has looked at yet.
    pub(crate) fn finish(&mut self) -> Option<i32> {
        // In this order: a signal in between kills at once, and none is lost.
        self.act_defaults_out(true);
        self.take().fatal
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.delivery.get_read().as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.act_defaults_out(self.acted);
    }
}

/// The handlers that stay for good, because taking one away does not bring the default back.
#[derive(Debug)]
struct Defaults {
    act: Arc<AtomicBool>,
    /// The signals that do anything at all: what was ignored from the start (`nohup`) stays so.
    heeded: Vec<i32>,
}

impl Defaults {
    fn installed() -> io::Result<Arc<Self>> {
        static INSTALLED: Mutex<Option<Arc<Defaults>>> = Mutex::new(None);
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(defaults) = &*installed {
            return Ok(Arc::clone(defaults));
        }
        let ignored = ignored();
        let mut heeded = FATAL.to_vec();
        if has_job_control() {
            heeded.push(SIGTSTP);
        }
        heeded.retain(|signal| ignored & (1 << (signal - 1)) == 0);
        let act = Arc::new(AtomicBool::new(true));
        for signal in &heeded {
            signal_hook::flag::register_conditional_default(*signal, Arc::clone(&act))?;
        }
        let defaults = Arc::new(Self { act, heeded });
        *installed = Some(Arc::clone(&defaults));
        Ok(defaults)
    }
}

/// The process group, the session, and the group in the foreground of the terminal, as
/// `/proc/self/stat` numbers them: 0 is what lies outside the own PID namespace, -1 no terminal.
/// Read there, since the calls that ask for them take an answer of 0 for impossible.
pub(crate) fn groups() -> Option<[i32; 3]> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold blanks and brackets; the numbers begin behind the last one.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(2);
    let mut next = || fields.next()?.parse().ok();
    let (group, session) = (next()?, next()?);
    let _terminal = next()?;
    Some([group, session, next()?])
}

/// A shell with job control puts every job in a group of its own. In the group of the session
/// leader there is nobody who would continue us, and Ctrl-Z is left to the kernel, which knows.
fn has_job_control() -> bool {
    groups().is_some_and(|[group, session, _]| group != 0 && session != group)
}

/// The signals that are ignored, as a bit set; none where the system does not tell.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
