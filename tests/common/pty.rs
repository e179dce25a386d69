//! The real program on a real pseudo-terminal, and whoever sits at it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use expectrl::process::Process;
use expectrl::process::unix::{UnixProcess, WaitStatus};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, Termios, Winsize, isatty, tcgetattr, tcgetwinsize, tcsetwinsize,
};

pub(crate) use expectrl::process::unix::Signal;

/// Longer than anything here takes, on a machine that has a lot else to do.
const AGES: Duration = Duration::from_secs(60);

/// A password that passes.
pub(crate) const GOOD: &str = "violet tractor sings at dusk";

/// A home of its own, in which nobody has ever used the program.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the store is that nobody named.
    pub(crate) fn store(&self) -> PathBuf {
        self.path().join(".local/share/ccadmin/ccadmin.db")
    }

    pub(crate) fn configure(&self, settings: &str) {
        let folder = self.path().join(".config/ccadmin");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), settings).unwrap();
    }

    fn settle(&self, command: &mut Command) {
        let path = Path::new(env!("CARGO_BIN_EXE_ccadmin")).parent().unwrap();
        command
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", path.display()))
            .env("TERM", "xterm")
            .env("EDITOR", "true")
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("PS1", "ready$ ")
            .env("CCADMIN_TEST_NOW", "1795251600")
            .current_dir(self.path());
    }

    /// Runs `script` off any terminal; gives what it did.
    pub(crate) fn shell(&self, script: &str, stdin: &str) -> Output {
        let mut command = Command::new("/bin/sh");
        self.settle(&mut command);
        command.args(["-c", script]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever does not read it need not.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs `script`, which has to succeed; gives its standard output.
    #[track_caller]
    pub(crate) fn does(&self, script: &str) -> String {
        let output = self.shell(script, "");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one user of that name, as JSON.
    #[track_caller]
    pub(crate) fn user(&self, username: &str) -> serde_json::Value {
        serde_json::from_str(&self.does(&format!("ccadmin -o json user show {username}"))).unwrap()
    }

    /// Sits down at a terminal of 24 rows and 80 columns where `command` runs. The shell is replaced
    /// by the program, so that its end is the end of the process at the terminal.
    pub(crate) fn sits_at(&self, command: &str) -> Desk {
        self.sits_at_size(command, 24, 80)
    }

    pub(crate) fn sits_at_size(&self, command: &str, rows: u16, columns: u16) -> Desk {
        self.at_desk(&format!("read -r _; exec {command}"), rows, columns)
    }

    /// Sits down at a shell.
    pub(crate) fn sits_at_shell(&self) -> Desk {
        let mut desk = self.sits_at("bash --norc --noprofile -i");
        desk.sees("ready$ ");
        desk
    }

    fn at_desk(&self, script: &str, rows: u16, columns: u16) -> Desk {
        let mut command = Command::new("/bin/sh");
        self.settle(&mut command);
        command.args(["-c", script]);
        let mut process = UnixProcess::spawn_command(command).unwrap();
        // The driver switches it off, and a person has it on.
        process.set_echo(true, None).unwrap();
        let master = process.get_raw_handle().unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        assert_eq!(tcgetwinsize(&master).unwrap().ws_col, columns);
        assert!(isatty(&master));
        let found = tcgetattr(&master).unwrap();
        assert!(found.local_modes.contains(LocalModes::ECHO | LocalModes::ICANON));
        let mut desk = Desk { process, master, found, raw: Vec::new(), looked: 0 };
        // The shell has waited for this.
        desk.types("\n");
        desk.sees("\n");
        desk
    }
}

/// A terminal, and what has come on its screen.
pub(crate) struct Desk {
    process: UnixProcess,
    master: File,
    found: Termios,
    raw: Vec<u8>,
    /// So much of the text has been looked at.
    looked: usize,
}

/// How it ended.
pub(crate) struct End {
    pub(crate) status: WaitStatus,
    /// Everything that was sent to the screen.
    pub(crate) raw: String,
    /// The same without control sequences and CR.
    pub(crate) text: String,
}

impl End {
    /// The exit status; `None` where a signal has ended it.
    pub(crate) fn status_code(&self) -> Option<i32> {
        match self.status {
            WaitStatus::Exited(_, status) => Some(status),
            _ => None,
        }
    }

    #[track_caller]
    pub(crate) fn exited(&self, status: i32) -> &Self {
        assert!(
            matches!(self.status, WaitStatus::Exited(_, got) if got == status),
            "{:?} instead of {status}: {}",
            self.status,
            self.text
        );
        self
    }

    #[track_caller]
    pub(crate) fn died_of(&self, signal: Signal) -> &Self {
        assert!(
            matches!(self.status, WaitStatus::Signaled(_, got, _) if got == signal),
            "{:?} instead of {signal}: {}",
            self.status,
            self.text
        );
        self
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "no {text:?} in {}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn hides(&self, text: &str) -> &Self {
        assert!(!self.raw.contains(text), "{text:?} in {}", self.text);
        self
    }
}

impl Desk {
    pub(crate) fn types(&mut self, keys: impl AsRef<[u8]>) -> &mut Self {
        self.master.write_all(keys.as_ref()).unwrap();
        self
    }

    /// The number of the program's process.
    pub(crate) fn pid(&self) -> i32 {
        self.process.pid().as_raw()
    }

    /// Types `keys` and presses Enter.
    pub(crate) fn answers(&mut self, keys: &str) -> &mut Self {
        self.types(format!("{keys}\r"))
    }

    /// Waits until `text` has come on the screen since the last look; gives everything up to it.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let screen = shown(&self.raw);
            let unseen = &screen[self.looked.min(screen.len())..];
            if let Some(at) = unseen.find(text) {
                let end = at + text.len();
                let seen = unseen[..end].to_owned();
                self.looked += end;
                return seen;
            }
            let gone = !self.reads_on(AGES.saturating_sub(start.elapsed()));
            assert!(!gone, "no {text:?} in {unseen:?} of {screen:?}");
        }
    }

    /// Waits as [`Self::sees`] does, or for the end of the program; `false` where that came first.
    pub(crate) fn sees_or_ends(&mut self, text: &str) -> bool {
        let start = Instant::now();
        loop {
            let screen = shown(&self.raw);
            let unseen = &screen[self.looked.min(screen.len())..];
            if let Some(at) = unseen.find(text) {
                self.looked += at + text.len();
                return true;
            }
            if !self.reads_on(AGES.saturating_sub(start.elapsed())) {
                return false;
            }
        }
    }

    /// Waits until the bell has rung.
    #[track_caller]
    pub(crate) fn hears_the_bell(&mut self) {
        let start = Instant::now();
        while !self.raw.contains(&0x07) {
            let came = self.reads_on(AGES.saturating_sub(start.elapsed()));
            assert!(came, "no bell in {:?}", shown(&self.raw));
        }
    }

    /// Waits for `question` and answers it.
    #[track_caller]
    pub(crate) fn is_asked(&mut self, question: &str, answer: &str) -> &mut Self {
        self.sees(question);
        self.answers(answer)
    }

    /// Waits for `question`, behind which a refused answer has come back, and answers it anew.
    #[track_caller]
    pub(crate) fn is_asked_again(&mut self, question: &str, answer: &str) -> &mut Self {
        self.sees(question);
        self.answers(&format!("\x15{answer}"))
    }

    /// Whether the terminal shows by itself what is typed.
    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(&self.master).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    pub(crate) fn signals(&mut self, signal: Signal) -> &mut Self {
        self.process.kill(signal).unwrap();
        self
    }

    /// Waits for the end. The terminal has to be as it was found.
    #[track_caller]
    pub(crate) fn leaves(mut self) -> End {
        let start = Instant::now();
        while self.reads_on(AGES.saturating_sub(start.elapsed())) {}
        let status = loop {
            match self.process.status().unwrap() {
                WaitStatus::StillAlive => {
                    assert!(start.elapsed() < AGES, "no end of {}", shown(&self.raw));
                    std::thread::sleep(Duration::from_millis(2));
                }
                status => break status,
            }
        };
        let now = tcgetattr(&self.master).unwrap();
        let screen = shown(&self.raw);
        assert_eq!(now.local_modes, self.found.local_modes, "{screen}");
        assert_eq!(now.input_modes, self.found.input_modes, "{screen}");
        assert_eq!(now.output_modes, self.found.output_modes, "{screen}");
        assert_eq!(now.control_modes, self.found.control_modes, "{screen}");
        assert_eq!(
            format!("{:?}", now.special_codes),
            format!("{:?}", self.found.special_codes),
            "{screen}"
        );
        let raw = String::from_utf8_lossy(&self.raw).into_owned();
        for (off, on) in [("\x1b[?25l", "\x1b[?25h"), ("\x1b[?2004h", "\x1b[?2004l")] {
            assert!(raw.rfind(on) >= raw.rfind(off), "{off:?} was not undone: {raw:?}");
        }
        End { status, raw, text: screen }
    }

    /// Takes what comes within `time`; `false` where nothing came or nobody is there any more.
    fn reads_on(&mut self, time: Duration) -> bool {
        let mut fds = [PollFd::new(&self.master, PollFlags::IN)];
        let time = Timespec::try_from(time).unwrap();
        if poll(&mut fds, Some(&time)).unwrap() == 0 {
            return false;
        }
        let mut bytes = [0; 4096];
        // Where the last one has left, Linux says EIO.
        match self.master.read(&mut bytes) {
            Ok(read @ 1..) => {
                self.raw.extend_from_slice(&bytes[..read]);
                true
            }
            _ => false,
        }
    }
}

/// What is seen of `raw`, as far as it has come whole: no control sequences, no CR, no bell.
fn shown(raw: &[u8]) -> String {
    let whole = match std::str::from_utf8(raw) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&raw[..error.valid_up_to()]).unwrap(),
    };
    let mut text = String::with_capacity(whole.len());
    let mut letters = whole.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' => {
                if letters.next() == Some('[') {
                    letters.by_ref().find(|letter| ('@'..='~').contains(letter));
                }
            }
            '\r' | '\x07' => {}
            letter => text.push(letter),
        }
    }
    text
}
