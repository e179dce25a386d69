//! Lines: rustyline lets them be edited and completes names; rpassword makes a secret of what was
//! typed unseen; a plain terminal lets a line be edited by itself.

use std::io::Cursor;
use std::time::Duration;

use rpassword::ConfigBuilder;
use rustyline::completion::Completer;
use rustyline::config::CompletionType;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Cmd, Config, Context, Editor, Helper, KeyCode, KeyEvent, Modifiers};
use zeroize::{Zeroize, Zeroizing};

use super::guard::{Event, Guard};
use super::lent::{self, Library};
use super::{PromptError, Question};
use crate::model::Secret;

/// The longest line, in bytes. A terminal that edits it keeps 4,095 and drops the rest unsaid, so
/// that one of more bytes than these was cut.
const MAX_LINE_BYTES: usize = 4094;
/// More names than these are shown only to somebody who says so.
const MANY_NAMES: usize = 100;
/// rustyline shows its line again at F12, which is bound to that, and ends with its input.
const LIBRARY: Library = Library { redraw: b"\x1b[24~", quit: None };

/// What a terminal sends around a paste.
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";
/// How long the rest of a paste may pause.
const PASTE_GAP: Duration = Duration::from_millis(200);

/// What is wrong with an answer, and what helps. It is said, and asked again.
pub(super) type Flaw = (String, &'static str);

/// Says what a word may become that begins so.
pub(super) type Names<'names> = dyn Fn(&str) -> Vec<String> + 'names;

/// Completes the word at the cursor.
struct Completions<'names>(&'names Names<'names>);

impl Completer for Completions<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..cursor).unwrap_or_default();
        let start = typed.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        Ok((start, (self.0)(&typed[start..])))
    }
}

impl Helper for Completions<'_> {}
impl Highlighter for Completions<'_> {}
impl Hinter for Completions<'_> {
    type Hint = String;
}
impl Validator for Completions<'_> {}

/// Asks once, by rustyline; `refused` is an answer that comes back to be edited.
pub(super) fn edit(
    guard: &mut Guard<'_>,
    question: &Question,
    refused: &str,
    names: &Names<'_>,
    can_go_back: bool,
) -> Result<Result<String, Flaw>, PromptError> {
    let pass = |key: &[u8]| {
        Ok(match key {
            b"\x1b" if can_go_back => return Err(PromptError::Back),
            // Alone it would make the next key another.
            b"\x1b" => None,
            key => Some(key.to_vec()),
        })
    };
    let answer = lent::lend(guard, LIBRARY, pass, || {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_prompt_limit(MANY_NAMES)
            // The guard has switched it on.
            .bracketed_paste(false)
            .build();
        let mut editor = Editor::with_history(config, MemHistory::new())?;
        editor.bind_sequence(KeyEvent(KeyCode::F(12), Modifiers::NONE), Cmd::Repaint);
        editor.set_helper(Some(Completions(names)));
        editor.readline_with_initial(&(&*question.seen, &*question.shown), (refused, ""))
    })?;
    match answer {
        // What was copied along with a name ends in a line break.
        Ok(answer) => Ok(checked(answer.trim_end_matches('\n').as_bytes().to_vec())),
        Err(ReadlineError::Eof | ReadlineError::Interrupted) => Err(PromptError::EndOfInput),
        Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            Ok(Err(not_utf8()))
        }
        Err(error) => Err(std::io::Error::other(error).into()),
    }
}

/// Asks once for a line that the terminal itself lets be edited.
pub(super) fn ask(
    guard: &mut Guard<'_>,
    question: &str,
) -> Result<Result<String, Flaw>, PromptError> {
    let line = read(guard, question, MAX_LINE_BYTES)?;
    Ok(checked(line.to_vec()))
}

/// Asks once for a secret.
pub(super) fn ask_secret(
    guard: &mut Guard<'_>,
    question: &str,
) -> Result<Result<Zeroizing<String>, Flaw>, PromptError> {
    let line = read(guard, question, Secret::MAX_BYTES)?;
    guard.tty.write("\n")?;
    if line.starts_with(PASTE_BEGINS) && !line.ends_with(PASTE_ENDS) {
        // What was pasted behind the first line is for nobody: neither an answer nor a command.
        while guard.has_more(PASTE_GAP)? {
            guard.flush_input();
        }
        guard.flush_input();
    }
    // rpassword takes back what a key erases and leaves out what the other keys of a keyboard send.
    let is_text = |letter: char| !letter.is_control() || matches!(letter, '\x1b' | '\x08' | '\x7f');
    if let Some(flaw) = flaw(&line, Secret::MAX_BYTES, is_text) {
        return Ok(Err(flaw));
    }
    // It is never given the terminal: it would set modes that a signal leaves behind. That the line
    // has ended is known here; to rpassword, an end of the input in mid-line is an answer.
    let config = ConfigBuilder::new().input_reader(Cursor::new(line)).output_discard().build();
    match rpassword::read_password_with_config(config) {
        Ok(secret) => Ok(Ok(Zeroizing::new(secret))),
        Err(error) => Err(error.into()),
    }
}

fn checked(line: Vec<u8>) -> Result<String, Flaw> {
    match flaw(&line, MAX_LINE_BYTES, |letter| !letter.is_control()) {
        Some(flaw) => Err(flaw),
        None => String::from_utf8(line).map_err(|_| not_utf8()),
    }
}

fn flaw(line: &[u8], limit: usize, is_text: impl Fn(char) -> bool) -> Option<Flaw> {
    match std::str::from_utf8(line) {
        _ if line.len() > limit => {
            Some((format!("has more than {limit} bytes"), "none of it was taken"))
        }
        Ok(text) if text.chars().all(is_text) => None,
        // A password is never taken otherwise than it was pasted.
        Ok(_) => Some(("holds a control character".to_owned(), "paste a single line without tabs")),
        Err(_) => Some(not_utf8()),
    }
}

fn not_utf8() -> Flaw {
    ("is not UTF-8 text".to_owned(), "set the terminal to UTF-8, or type it again")
}

/// Reads up to the end of the line; an end of the input before it is none. What does not fit is
/// dropped, but for one byte that says so.
fn read(
    guard: &mut Guard<'_>,
    question: &str,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, PromptError> {
    // It never grows, so that nothing of it is left behind elsewhere.
    let mut line = Zeroizing::new(Vec::with_capacity(limit + 1));
    guard.tty.write(question)?;
    loop {
        match guard.next(None) {
            Ok(Event::Byte(b'\n')) => return Ok(line),
            Ok(Event::Byte(byte)) if line.len() <= limit => line.push(byte),
            Ok(Event::Byte(_) | Event::Answered) => {}
            Ok(Event::Resumed) => {
                // Nobody remembers how far they had got with something that they cannot see.
                line.zeroize();
                guard.tty.write(question)?;
            }
            Err(error) => {
                guard.tty.write("\n")?;
                return Err(error);
            }
        }
    }
}
