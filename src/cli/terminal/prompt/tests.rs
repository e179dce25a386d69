//! The prompter at a pseudo-terminal: somebody types at one end, and it asks at the other.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{Mode as FileMode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

use super::*;

/// Longer than anything here takes.
const AGES: Duration = Duration::from_secs(10);

/// A terminal, and whoever sits at it.
struct Desk {
    keyboard: File,
    terminal: OwnedFd,
    screen: Receiver<u8>,
    seen: Vec<u8>,
    found: Termios,
}

impl Desk {
    fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let terminal = open(name, flags, FileMode::empty()).unwrap();
        let size = Winsize { ws_row: 12, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let found = tcgetattr(&terminal).unwrap();
        let keyboard = File::from(master);
        let mut camera = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok(read @ 1..) = camera.read(&mut bytes) {
                for byte in &bytes[..read] {
                    if sender.send(*byte).is_err() {
                        return;
                    }
                }
            }
        });
        Self { keyboard, terminal, screen, seen: Vec::new(), found }
    }

    /// Asks in a thread of its own.
    fn ask<T: Send + 'static>(
        &self,
        plain: bool,
        ask: impl FnOnce(Prompter) -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let input = self.terminal.try_clone().unwrap();
        let output = self.terminal.try_clone().unwrap();
        let prompter = Prompter::over(input, output, false, plain).with_timeout(AGES);
        thread::spawn(move || ask(prompter))
    }

    fn types(&mut self, bytes: impl AsRef<[u8]>) {
        self.keyboard.write_all(bytes.as_ref()).unwrap();
    }

    /// Waits until `text` has come since the last look, and gives everything up to it.
    #[track_caller]
    fn sees(&mut self, text: &str) -> String {
        let start = Instant::now();
        let mut seen = std::mem::take(&mut self.seen);
        while !seen.ends_with(text.as_bytes()) {
            let left = AGES.saturating_sub(start.elapsed());
            let Ok(byte) = self.screen.recv_timeout(left) else {
                let seen = String::from_utf8_lossy(&seen);
                unreachable!("no {text:?} in {seen:?}");
            };
            seen.push(byte);
        }
        String::from_utf8_lossy(&seen).into_owned()
    }

    /// Everything on the screen since the last look, once it has been quiet for a while.
    fn rest(&mut self) -> String {
        let mut seen = std::mem::take(&mut self.seen);
        while let Ok(byte) = self.screen.recv_timeout(Duration::from_millis(150)) {
            seen.push(byte);
        }
        String::from_utf8_lossy(&seen).into_owned()
    }

    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// The terminal is as it was found, and a shell would get nothing of what was typed.
    #[track_caller]
    fn is_tidy(&mut self) {
        let now = tcgetattr(&self.terminal).unwrap();
        assert_eq!(now.local_modes, self.found.local_modes);
        assert_eq!(now.input_modes, self.found.input_modes);
        for code in
            [rustix::termios::SpecialCodeIndex::VMIN, rustix::termios::SpecialCodeIndex::VTIME]
        {
            assert_eq!(now.special_codes[code], self.found.special_codes[code]);
        }
        assert_eq!(rustix::io::ioctl_fionread(&self.terminal).unwrap(), 0);
    }
}

fn choices(labels: &[&str]) -> Vec<PickItem> {
    labels.iter().map(|label| PickItem { label: (*label).to_owned(), note: None }).collect()
}

#[test]
fn an_empty_line_means_the_suggestion() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| {
        (
            prompter.line("Weight", Some("10")),
            prompter.line("Weight", Some("10")),
            prompter.line("Weight", None),
        )
    });
    desk.sees("Weight [10]: ");
    // Typed ahead: the next question takes it.
    desk.types("\n20\n\n");
    let (first, second, third) = asked.join().unwrap();
    assert_eq!(first.unwrap(), "10");
    assert_eq!(second.unwrap(), "20");
    assert_eq!(third.unwrap(), "");
    desk.is_tidy();
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let mut desk = Desk::new();
    let asked = desk.ask(false, |mut prompter| prompter.secret("Password"));
    desk.sees("Password: ");
    assert!(!desk.echoes());
    desk.types("hunter22\x7f£葵\n");
    assert_eq!(asked.join().unwrap().unwrap().expose(), "hunter2£葵");
    assert_eq!(desk.rest(), "\r\n\x1b[?2004l");
    desk.is_tidy();
}

#[test]
fn what_was_typed_before_a_secret_is_no_part_of_it() {
    let mut desk = Desk::new();
    desk.types("early");
    assert_eq!(desk.rest(), "early");
    let asked = desk.ask(false, |mut prompter| prompter.secret("Password"));
    desk.sees("Password: ");
    desk.types("late\n");
    assert_eq!(asked.join().unwrap().unwrap().expose(), "late");
}

#[test]
fn an_over_long_secret_is_refused_whole_and_asked_again() {
    let mut desk = Desk::new();
    let asked = desk.ask(false, |mut prompter| prompter.secret("Password"));
    desk.sees("Password: ");
    desk.types("x".repeat(5000) + ";id\n");
    let said = desk.sees("Password: ");
    assert!(said.contains("more than 1024 bytes"), "{said:?}");
    assert!(!said.contains("xx"), "{said:?}");
    desk.types("y".repeat(1024) + "\n");
    assert_eq!(asked.join().unwrap().unwrap().expose(), "y".repeat(1024));
    desk.is_tidy();
}

#[test]
fn an_over_long_line_is_refused_whole_and_asked_again() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| prompter.line("Name", None));
    desk.sees("Name: ");
    desk.types("x".repeat(4097) + "\n");
    assert!(desk.sees("\nName: ").contains("more than 4094 bytes"));
    desk.types("Anna\n");
    assert_eq!(asked.join().unwrap().unwrap(), "Anna");
    desk.is_tidy();
}

#[test]
fn what_is_not_utf8_is_explained_and_asked_again() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| prompter.line("Name", None));
    desk.sees("Name: ");
    desk.types(b"J\xf3zsef\n");
    assert!(desk.sees("\nName: ").contains("not UTF-8"));
    desk.types("József\n");
    assert_eq!(asked.join().unwrap().unwrap(), "József");
}

#[test]
fn the_rest_of_a_paste_goes_nowhere() {
    let mut desk = Desk::new();
    let asked =
        desk.ask(false, |mut prompter| (prompter.secret("Password"), prompter.secret("Name")));
    desk.sees("Password: ");
    desk.types("\x1b[200~hunter2\nid\nrm\n");
    // The paste is a slow one.
    thread::sleep(Duration::from_millis(100));
    desk.types("more\n\x1b[201~");
    desk.sees("Name: ");
    desk.types("\x1b[200~Anna\nid\n\x1b[201~");
    let (secret, name) = asked.join().unwrap();
    assert_eq!(secret.unwrap().expose(), "hunter2");
    assert_eq!(name.unwrap().expose(), "Anna");
    desk.is_tidy();
}

#[test]
fn ctrl_d_ends_the_input_on_an_empty_line() {
    for ask in [
        (|mut prompter: Prompter| prompter.line("Q", None).map(drop)) as fn(Prompter) -> _,
        |mut prompter| prompter.secret("Q").map(drop),
        |mut prompter| prompter.line("Q", None).map(drop),
    ] {
        let mut desk = Desk::new();
        let asked = desk.ask(true, ask);
        desk.sees("Q: ");
        desk.types("\x04");
        assert!(matches!(asked.join().unwrap(), Err(PromptError::EndOfInput)));
        assert!(desk.rest().contains("\r\n"));
        desk.is_tidy();
    }
}

/// The kernel makes no signal of Ctrl-C where the terminal is not the controlling one.
#[test]
fn a_control_c_that_comes_as_a_byte_is_a_signal() {
    for (byte, signal) in [("\x03", 2), ("\x1c", 3)] {
        let mut desk = Desk::new();
        let mut raw = desk.found.clone();
        raw.local_modes.remove(LocalModes::ISIG);
        rustix::termios::tcsetattr(&desk.terminal, rustix::termios::OptionalActions::Now, &raw)
            .unwrap();
        desk.found = raw;
        let asked = desk.ask(false, |mut prompter| prompter.secret("Password"));
        desk.sees("Password: ");
        desk.types("half");
        desk.types(byte);
        desk.types("typed\n");
        let answer = asked.join().unwrap();
        assert!(matches!(answer, Err(PromptError::Signal(got)) if got == signal));
    }
}

#[test]
fn nobody_there_times_out_and_the_half_typed_answer_is_forgotten() {
    let mut desk = Desk::new();
    let asked = desk.ask(false, |prompter| {
        prompter.with_timeout(Duration::from_millis(600)).secret("Password")
    });
    desk.sees("Password: ");
    desk.types("half");
    assert!(matches!(asked.join().unwrap(), Err(PromptError::TimedOut)));
    assert_eq!(desk.rest(), "\r\n\x1b[?2004l");
    desk.is_tidy();
}

#[test]
fn a_terminal_that_goes_away_ends_the_input() {
    let mut desk = Desk::new();
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    desk.terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, FileMode::empty()).unwrap();
    let asked = desk.ask(true, |mut prompter| prompter.line("Name", None));
    thread::sleep(Duration::from_millis(100));
    drop(master);
    assert!(asked.join().unwrap().is_err());
}

#[test]
fn yes_and_no_are_explained_to_whoever_says_neither() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| {
        (prompter.confirm("Delete?", false), prompter.confirm("Sure?", true))
    });
    desk.sees("Delete? [y/N]: ");
    desk.types("perhaps\n");
    assert!(desk.sees("Delete? [y/N]: ").contains("hint: type y or n"));
    desk.types("YES\n");
    desk.sees("Sure? [Y/n]: ");
    desk.types("\n");
    let (delete, sure) = asked.join().unwrap();
    assert!(delete.unwrap());
    assert!(sure.unwrap());
    desk.is_tidy();
}

#[test]
fn a_dumb_terminal_gets_numbers_and_no_control_sequence() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| {
        let roles = choices(&["admin", "agent", "requester"]);
        (
            prompter.pick_many("Roles", &roles, &[1], 1),
            prompter.pick_many("Roles", &roles, &[], 1),
            prompter.pick_one("Role", &roles, None),
        )
    });
    let mut seen = desk.sees("between) [agent]: ");
    assert!(seen.contains("1) admin\r\n2) agent\r\n3) requester\r\n"));
    desk.types("\n");
    seen += &desk.sees("between): ");
    desk.types("boss\n");
    seen += &desk.sees("between): ");
    assert!(seen.contains("boss is not in the list"), "{seen:?}");
    desk.types("3x\x7f, Admin\n");
    seen += &desk.sees("Role (number or name): ");
    desk.types("1,2\n");
    seen += &desk.sees("Role (number or name): ");
    assert!(seen.contains("only one"), "{seen:?}");
    desk.types("2\n");
    let (first, second, third) = asked.join().unwrap();
    assert_eq!(first.unwrap(), [1]);
    assert_eq!(second.unwrap(), [0, 2]);
    assert_eq!(third.unwrap(), 1);
    seen += &desk.rest();
    assert!(!seen.contains('\x1b'), "{seen:?}");
    desk.is_tidy();
}

#[test]
fn nothing_invisible_is_shown_raw() {
    let mut desk = Desk::new();
    let asked = desk.ask(true, |mut prompter| {
        prompter.explain("no \x1b]0;x\x07", Some("\u{202e}"))?;
        prompter.line("Na\x1bme", Some("\u{9b}31m"))
    });
    desk.sees("]: ");
    desk.types("a\u{202e}b\n");
    assert_eq!(asked.join().unwrap().unwrap(), "a\u{202e}b");
}
