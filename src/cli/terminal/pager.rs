//! What is longer than the screen is shown by the person's pager, as git does it.

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGPIPE, SIGQUIT};

/// Runs the pager, which may be a whole command, with the options that git gives: what fits on the
/// screen needs no key, colours are kept, the text stays on the screen. No session goes with it.
const PAGER_SCRIPT: &str =
    r#"export LESS="${LESS-FRX}" LV="${LV--c}"; unset CCADMIN_SESSION; eval "$0""#;

/// The statuses by which a shell says that it could not run a program.
const CANNOT_RUN_STATUSES: [i32; 2] = [126, 127];

/// The signals by which a person, or the end of a pipe, ends a pager.
const QUIT_SIGNALS: [i32; 3] = [SIGINT, SIGQUIT, SIGPIPE];

/// Shows `text` by the command `pager`; `false` where that could not be run.
///
/// # Errors
///
/// The text could not be handed over, or the pager was killed: nobody knows what was seen of it. That
/// the person has seen enough is none.
pub(crate) fn show(pager: &str, text: &[u8]) -> io::Result<bool> {
    // Ctrl-C is for the pager, which goes on; whoever dies first leaves the other the terminal.
    let noticed = Arc::new(AtomicBool::new(false));
    let held: Vec<_> = [SIGINT, SIGQUIT]
        .into_iter()
        .filter_map(|signal| signal_hook::flag::register(signal, Arc::clone(&noticed)).ok())
        .collect();
    let shown = run(pager, text);
    for signal in held {
        signal_hook::low_level::unregister(signal);
    }
    shown
}

fn run(pager: &str, text: &[u8]) -> io::Result<bool> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", PAGER_SCRIPT, pager]).stdin(Stdio::piped());
    let Ok(mut child) = command.spawn() else { return Ok(false) };
    let written = match child.stdin.take() {
        Some(mut input) => input.write_all(text),
        None => Ok(()),
    };
    let status = child.wait()?;
    if status.code().is_some_and(|code| CANNOT_RUN_STATUSES.contains(&code)) {
        return Ok(false);
    }
    // A shell tells of the death of what it ran by a status above 128.
    let killed = status.signal().or(status.code().and_then(|code| code.checked_sub(128)));
    if let Some(signal) = killed.filter(|signal| (1..=64).contains(signal))
        && !QUIT_SIGNALS.contains(&signal)
    {
        return Err(io::Error::other(format!("the pager died of signal {signal}")));
    }
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(true),
    }
}
