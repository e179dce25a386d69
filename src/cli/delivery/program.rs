//! Running a program that takes one message on its stdin: no shell, a bounded time, a bounded
//! answer, nothing of this process but a minimal environment.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use super::message::Undelivered;
use crate::cli::os_accounts::home;
use crate::privilege;

/// Where the program finds others.
const PROGRAM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// So much of the end of what the program says is kept, in bytes.
const MAX_OUTPUT_TAIL_BYTES: usize = 4_096;

/// So much of its last line is told, in characters.
const MAX_REPORTED_CHARS: usize = 300;

/// Runs `words` (the program first) with `input` on its stdin, for `limit` at most. That it does not
/// read everything is its own business, as long as it ends well. It is killed where `stop` becomes
/// readable before it has ended.
pub(super) fn run(
    words: &[&str],
    input: &[u8],
    limit: Duration,
    stop: Option<BorrowedFd<'_>>,
) -> Result<(), Undelivered> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Undelivered("there is no program".to_owned()));
    };
    privilege::close_descriptors_in_programs()?;
    let (output, said) = io::pipe()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", PROGRAM_PATH)
        .env("LANG", "C.UTF-8")
        .current_dir("/")
        // Of its own, so that whatever it starts ends with it.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(said.try_clone()?)
        .stderr(said);
    if let Some(home) = home(privilege::real_uid()) {
        command.env("HOME", home);
    }
    let child = command
        .spawn()
        .map_err(|error| Undelivered(format!("{program} cannot be run: {error}")))?;
    // The command holds the other end of the pipe open.
    drop(command);
    let mut running = RunningProgram::new(child, File::from(OwnedFd::from(output)))?;
    let ended = running.feed(input, limit, stop)?;
    let why = match ended {
        ProgramEnd::Ended(status) if status.success() => return Ok(()),
        ProgramEnd::Ended(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("{program} ended with status {code}"),
            (None, signal) => format!("{program} died of signal {}", signal.unwrap_or_default()),
        },
        ProgramEnd::Stopped => format!("{program} was interrupted"),
        ProgramEnd::TooLong => {
            let seconds = limit.as_secs();
            format!("{program} had not finished after {seconds} s and was killed")
        }
    };
    Err(Undelivered(match running.said.last_line() {
        Some(line) => format!("{why}: {line}"),
        None => why,
    }))
}

/// How it came to its end.
enum ProgramEnd {
    Ended(ExitStatus),
    TooLong,
    Stopped,
}

/// What was heard of it.
struct ReadState {
    ended: bool,
    stop: bool,
}

/// A program that runs; it is killed, with all that it started, where nobody waits for it any more.
struct RunningProgram {
    child: Child,
    pid: Pid,
    /// Readable once it has ended.
    end: OwnedFd,
    stdin: Option<ChildStdin>,
    output: Option<File>,
    said: OutputTail,
    is_over: bool,
}

impl RunningProgram {
    fn new(mut child: Child, output: File) -> io::Result<Self> {
        let pid = Pid::from_child(&child);
        let stdin = child.stdin.take();
        let watched = pidfd_open(pid, PidfdFlags::empty()).and_then(|end| {
            rustix::io::ioctl_fionbio(&output, true)?;
            if let Some(stdin) = &stdin {
                rustix::io::ioctl_fionbio(stdin, true)?;
            }
            Ok(end)
        });
        match watched {
            Ok(end) => {
                let (output, said) = (Some(output), OutputTail::default());
                Ok(Self { child, pid, end, stdin, output, said, is_over: false })
            }
            Err(error) => {
                let _ = kill_process_group(pid, Signal::KILL);
                let _ = child.wait();
                Err(error.into())
            }
        }
    }

    /// Gives it `input` and hears what it says until it has ended, or is killed: after `limit`, or
    /// once `stop` is readable.
    fn feed(
        &mut self,
        input: &[u8],
        limit: Duration,
        stop: Option<BorrowedFd<'_>>,
    ) -> io::Result<ProgramEnd> {
        let deadline = Instant::now() + limit;
        let mut left = input;
        while let Some(wait) = deadline.checked_duration_since(Instant::now()) {
            let heard = self.wait(wait, stop)?;
            self.write(&mut left);
            self.read();
            if heard.ended {
                let status = self.child.wait()?;
                self.is_over = true;
                // What it said last may have come between the two looks.
                self.read();
                return Ok(ProgramEnd::Ended(status));
            }
            if heard.stop {
                self.kill();
                return Ok(ProgramEnd::Stopped);
            }
        }
        self.kill();
        self.read();
        Ok(ProgramEnd::TooLong)
    }

    /// Waits until something happens.
    fn wait(&self, at_most: Duration, stop: Option<BorrowedFd<'_>>) -> io::Result<ReadState> {
        // Without anything that stops it the end is watched twice; it may come between the two looks.
        let mut watched = vec![
            PollFd::new(&self.end, PollFlags::IN),
            PollFd::from_borrowed_fd(stop.unwrap_or(self.end.as_fd()), PollFlags::IN),
        ];
        if let Some(stdin) = &self.stdin {
            watched.push(PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::OUT));
        }
        if let Some(output) = &self.output {
            watched.push(PollFd::from_borrowed_fd(output.as_fd(), PollFlags::IN));
        }
        let time = Timespec::try_from(at_most).map_err(io::Error::other)?;
        match poll(&mut watched, Some(&time)) {
            Ok(_) => {
                let is_ready =
                    |at: usize| watched.get(at).is_some_and(|fd| !fd.revents().is_empty());
                Ok(ReadState { ended: is_ready(0), stop: stop.is_some() && is_ready(1) })
            }
            Err(rustix::io::Errno::INTR) => Ok(ReadState { ended: false, stop: false }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes as much of `left` as it takes; it may close its stdin whenever it likes.
    fn write(&mut self, left: &mut &[u8]) {
        while let Some(stdin) = &mut self.stdin {
            match stdin.write(left) {
                Ok(written) => *left = left.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.stdin = None,
            }
            if left.is_empty() {
                self.stdin = None;
            }
        }
    }

    /// Hears what it has said so far: a bounded piece, since it may say more than we can read.
    fn read(&mut self) {
        let mut buffer = [0; 16 * 1_024];
        for _ in 0..16 {
            let Some(output) = &mut self.output else { return };
            match output.read(&mut buffer) {
                Ok(0) => self.output = None,
                Ok(read) => self.said.push(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.output = None,
            }
        }
    }

    fn kill(&mut self) {
        let _ = kill_process_group(self.pid, Signal::KILL);
        let _ = self.child.wait();
        self.is_over = true;
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        if !self.is_over {
            self.kill();
        }
    }
}

/// The end of what was said, however much it was.
#[derive(Default)]
struct OutputTail(Vec<u8>);

impl OutputTail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        if self.0.len() > 2 * MAX_OUTPUT_TAIL_BYTES {
            self.0.drain(..self.0.len() - MAX_OUTPUT_TAIL_BYTES);
        }
    }

    /// The last line that is not blank, or its beginning.
    fn last_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.0);
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
        Some(line.chars().take(MAX_REPORTED_CHARS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, input: &[u8], limit: Duration) -> Result<(), String> {
        run(&["/bin/sh", "-c", script], input, limit, None).map_err(|error| error.to_string())
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_program_gets_its_message_and_little_else() {
        sh("test \"$(cat)\" = 'grüß dich'", "grüß dich\n".as_bytes(), LONG).unwrap();
        sh("test \"$PATH:$LANG:$TERM$USER\" = \"$0\"; env | grep -vE '^(PATH|LANG|HOME|PWD|_|SHLVL|OLDPWD)=' >&2; exit 3", b"", LONG)
            .map_err(|said| assert_eq!(said, "/bin/sh ended with status 3"))
            .unwrap_err();
        sh("test \"$PWD\" = /", b"", LONG).unwrap();
    }

    #[test]
    fn the_last_line_is_told() {
        let failed = |script| sh(script, b"", LONG).unwrap_err();
        assert_eq!(
            failed("echo one; echo two >&2; echo; exit 4"),
            "/bin/sh ended with status 4: two"
        );
        assert_eq!(failed("exit 1"), "/bin/sh ended with status 1");
        assert_eq!(failed("kill -9 $$"), "/bin/sh died of signal 9");
        assert!(failed("printf '\\377\\n'; exit 1").ends_with(": \u{fffd}"));
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let said = run(&["/nowhere/send", "x"], b"", LONG, None).unwrap_err().to_string();
        assert_eq!(said, "/nowhere/send cannot be run: No such file or directory (os error 2)");
    }

    /// Neither is a fault: it read what it wanted.
    #[test]
    fn a_program_may_close_its_stdin() {
        let much = vec![b'x'; 1_000_000];
        sh("exec <&-; sleep 0.2", &much, LONG).unwrap();
        sh("true", &much, LONG).unwrap();
        assert_eq!(sh("exec <&-; exit 2", &much, LONG), Err("/bin/sh ended with status 2".into()));
    }

    #[test]
    fn megabytes_do_not_fill_memory() {
        let script = "yes 'so much to say' | head -c 20000000; echo; echo at last; exit 1";
        assert_eq!(sh(script, b"x", LONG), Err("/bin/sh ended with status 1: at last".into()));
        let mut tail = OutputTail::default();
        for _ in 0..10_000 {
            tail.push(&[b'x'; 1_000]);
            assert!(tail.0.len() <= 2 * MAX_OUTPUT_TAIL_BYTES + 1_000);
        }
        assert_eq!(tail.last_line().unwrap().len(), MAX_REPORTED_CHARS);
    }

    /// What it started goes with it.
    #[test]
    fn a_program_that_hangs_is_killed_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("echo waiting; sleep 600 & echo $! > {}; wait", file.display());
        let started = Instant::now();
        let said = sh(&script, b"x", Duration::from_secs(1)).unwrap_err();
        assert_eq!(said, "/bin/sh had not finished after 1 s and was killed: waiting");
        assert!(started.elapsed() < Duration::from_secs(60));
        let pid: u32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let is_gone = || match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) => stat.contains(") Z "),
            Err(_) => true,
        };
        while !is_gone() {
            assert!(started.elapsed() < Duration::from_secs(60), "it lives on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// One that leaves something running behind it (a queue, say) has ended all the same.
    #[test]
    fn what_a_program_leaves_behind_is_not_waited_for() {
        let started = Instant::now();
        sh("sleep 3 & exit 0", b"x", LONG).unwrap();
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}
