//! What is read from stdin or a descriptor: one line a secret, or a list of usernames. Nothing else
//! ever touches stdin.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::os::fd::{AsFd, RawFd};

use zeroize::Zeroizing;

use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::terminal::prompt::{PromptError, read_hidden_line};
use crate::cli::terminal::ui::Ui;
use crate::model::{Secret, Username};
use crate::privilege;

/// So much of the rest of a line that is too long is taken off, in bytes.
const MAX_DRAINED_BYTES: usize = 64 * 1_024;

/// Where a secret is read from without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretInput {
    /// One line of stdin.
    Stdin,
    /// One line of a descriptor that was passed on.
    Descriptor(RawFd),
}

impl SecretInput {
    /// Reads one line, byte by byte, and nothing behind it. `what` completes "waiting for …".
    pub(crate) fn read(self, ui: &Ui, what: &str) -> Result<Secret, CommandEnd> {
        match self {
            Self::Stdin if io::stdin().is_terminal() => {
                let waiting = format!("waiting for {what} on stdin: one line, not shown");
                match read_hidden_line(ui.format.is_json(), ui.prompt_timeout, || {
                    ui.tell("waiting", &waiting);
                }) {
                    Ok(line) if line.expose().is_empty() => {
                        Err(refused("stdin", "is empty").into())
                    }
                    Ok(line) => Ok(line),
                    Err(PromptError::EndOfInput) => Err(no_password("stdin").into()),
                    Err(PromptError::Refused(why)) => Err(refused("stdin", &why).into()),
                    Err(error) => Err(error.into()),
                }
            }
            Self::Stdin => {
                let stdin = io::stdin().as_fd().try_clone_to_owned();
                let stdin = stdin.map_err(|error| unreadable("stdin", &error))?;
                Ok(one_line(&mut File::from(stdin), "stdin")?)
            }
            Self::Descriptor(number) => {
                let name = format!("descriptor {number}");
                let mut file = privilege::duplicate_inherited(number).map_err(|_| {
                    CommandEnd::usage(format!("the {name} of --password-fd is not open"))
                        .with_hint("in a shell: ccadmin ... --password-fd 3 3<FILE")
                })?;
                Ok(one_line(&mut file, &name)?)
            }
        }
    }
}

/// The line of stdin behind the one that was read, where there is one. At a terminal there is none:
/// whoever sits there is asked.
pub(crate) fn next_line() -> Result<Option<Secret>, CliError> {
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let stdin = io::stdin().as_fd().try_clone_to_owned();
    let stdin = stdin.map_err(|error| unreadable("stdin", &error))?;
    let line = bytes_of_line(&mut File::from(stdin), "stdin").and_then(|line| match line {
        Some(line) if line.is_empty() => Ok(None),
        Some(line) => as_secret(&line, "stdin").map(Some),
        None => Ok(None),
    });
    line.map_err(|failure| match failure.code {
        ErrorCode::WeakPassword => CliError::new(
            ErrorCode::AuthenticationFailed,
            "the second line on stdin is not a code: a code has six digits",
        )
        .with_hint("give the password and the code, one a line"),
        _ => failure,
    })
}

fn unreadable(name: &str, error: &io::Error) -> CliError {
    CliError::new(ErrorCode::Io, format!("{name} cannot be read: {error}"))
}

fn refused(name: &str, why: &str) -> CliError {
    CliError::new(ErrorCode::WeakPassword, format!("the password on {name} {why}"))
}

fn no_password(name: &str) -> CliError {
    CliError::new(ErrorCode::MissingInput, format!("{name} has no password"))
        .with_hint("give it on one line")
}

/// One line without its LF or CR LF. Byte by byte, since what stands behind it is not ours.
fn one_line(input: &mut impl Read, name: &str) -> Result<Secret, CliError> {
    match bytes_of_line(input, name)? {
        None => Err(no_password(name)),
        Some(line) if line.is_empty() => Err(refused(name, "is empty")),
        Some(line) => as_secret(&line, name),
    }
}

/// The bytes of one line without its LF or CR LF; `None` where there is nothing any more.
fn bytes_of_line(
    input: &mut impl Read,
    name: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, CliError> {
    let mut line = Zeroizing::new(Vec::with_capacity(Secret::MAX_BYTES + 2));
    let mut surplus = 0;
    let mut byte = Zeroizing::new([0_u8]);
    loop {
        match input.read(byte.as_mut_slice()) {
            Ok(0) if line.is_empty() => return Ok(None),
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            // The rest of the line is taken off, so that no shell runs the tail of a password.
            Ok(_) if line.len() > Secret::MAX_BYTES => {
                surplus += 1;
                if surplus > MAX_DRAINED_BYTES {
                    break;
                }
            }
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(name, &error)),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    if line.len() > Secret::MAX_BYTES || surplus > 0 {
        return Err(refused(name, "has more than 1024 bytes"));
    }
    Ok(Some(line))
}

fn as_secret(line: &[u8], name: &str) -> Result<Secret, CliError> {
    let refused = |why| Err(refused(name, why));
    if line.contains(&0) {
        return refused("contains a NUL byte");
    }
    match std::str::from_utf8(line) {
        Ok(text) => Ok(Secret::new(text.to_owned())),
        Err(_) => refused("is not UTF-8"),
    }
}

/// The usernames on stdin, one a line; blank lines do not count.
pub(crate) fn usernames(ui: &Ui) -> Result<Vec<Username>, CliError> {
    if io::stdin().is_terminal() {
        ui.tell("waiting", "waiting for usernames on stdin, one a line, then Ctrl-D");
    }
    let found = usernames_of(io::stdin().lock())?;
    if found.is_empty() {
        ui.notice("nothing-to-do", "no username on stdin: nothing to do");
    }
    Ok(found)
}

fn usernames_of(mut input: impl BufRead) -> Result<Vec<Username>, CliError> {
    let mut found = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let limit = (&mut input).take(4_096).read_until(b'\n', &mut line);
        if limit.map_err(|error| unreadable("stdin", &error))? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        // Editors of Windows mark the beginning of a file.
        let text = text.strip_prefix('\u{feff}').filter(|_| number == 1).unwrap_or(&text);
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        let username = text.parse::<Username>().map_err(|invalid| {
            let failure = CliError::from(invalid);
            CliError { message: format!("line {number}: {}", failure.message), ..failure }
        })?;
        found.push(username);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, ErrorCode> {
        one_line(&mut &*bytes, "stdin")
            .map(|secret| secret.expose().to_owned())
            .map_err(|failure| failure.code)
    }

    #[test]
    fn a_secret_is_one_line_and_keeps_its_blanks() {
        assert_eq!(read(b" correct horse \nnext").as_deref(), Ok(" correct horse "));
        assert_eq!(read(b"correct\r\n").as_deref(), Ok("correct"));
        assert_eq!(read(b"correct").as_deref(), Ok("correct"));
        assert_eq!(read("jelszó".as_bytes()).as_deref(), Ok("jelszó"));
    }

    /// R02, R16: nothing is cut, nothing is guessed.
    #[test]
    fn what_is_no_line_of_text_is_refused() {
        assert_eq!(read(b""), Err(ErrorCode::MissingInput));
        assert_eq!(read(b"\n"), Err(ErrorCode::WeakPassword));
        assert_eq!(read(b"\r\n"), Err(ErrorCode::WeakPassword));
        assert_eq!(read(b"a\0b\n"), Err(ErrorCode::WeakPassword));
        assert_eq!(read(b"\xff\xfe\n"), Err(ErrorCode::WeakPassword));
        assert!(read(&[b'a'; 1_024]).is_ok());
        assert!(read(&[&[b'a'; 1_024][..], b"\r\n"].concat()).is_ok());
        assert_eq!(read(&[b'a'; 1_025]), Err(ErrorCode::WeakPassword));
        assert_eq!(read(&[b'a'; 5_000]), Err(ErrorCode::WeakPassword));
    }

    #[test]
    fn nothing_behind_the_line_is_read() {
        let mut input: &[u8] = b"first\nsecond\n";
        one_line(&mut input, "stdin").unwrap();
        assert_eq!(input, b"second\n");
    }

    /// Whatever stands there: the line without its end, or a refusal; nothing behind it is read.
    #[test]
    fn fuzz_secrets() {
        let long = "x".repeat(1_020);
        let words = ["\n", "\r\n", "\r", "\0", "correct horse", &long];
        bolero::check!().with_max_len(12).with_iterations(2_000).for_each(|bytes: &[u8]| {
            let text = crate::pieces::text(bytes, &words);
            let mut input = text.as_bytes();
            if let Ok(secret) = one_line(&mut input, "stdin") {
                let line = text.split('\n').next().unwrap_or_default();
                assert_eq!(secret.expose(), line.strip_suffix('\r').unwrap_or(line));
                assert!(secret.expose().len() <= Secret::MAX_BYTES);
                let behind = text.split_once('\n').map_or("", |(_, rest)| rest);
                assert_eq!(input, behind.as_bytes());
            }
        });
    }

    /// Whatever stands there: who is named, a line each, or the line that names nobody.
    #[test]
    fn fuzz_usernames() {
        let long = "\r".repeat(4_096);
        let words = ["\n", "\n", "\r\n", "\r", "eva", "james.carter", "x@example.com", &long];
        bolero::check!().with_max_len(24).with_iterations(2_000).for_each(|bytes: &[u8]| {
            let text = crate::pieces::text(bytes, &words);
            let unmarked = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let lines = unmarked.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
            let named: Result<Vec<Username>, usize> = (1..)
                .zip(lines)
                .filter(|(_, line)| !line.is_empty())
                .map(|(number, line)| line.parse().map_err(|_| number))
                .collect();
            match (usernames_of(text.as_bytes()), named) {
                (Ok(found), named) => assert_eq!(Ok(found), named),
                (Err(failure), named) => {
                    let line = format!("line {}: ", named.unwrap_err());
                    assert!(failure.message.starts_with(&line), "{}", failure.message);
                }
            }
        });
    }
}
