//! One line of an answer while it is typed, and the question it stands behind.

use zeroize::Zeroizing;

use super::PromptError;
use super::keys::Key;
use super::screen::Position;
use super::tty::{Input, Session};
use crate::cli::terminal::escape::escape;

/// A bell rings for a key that does nothing.
const BELL: &str = "\x07";

/// Why an answer cannot be taken. It is said, and asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    TooLong { limit: usize },
    NotUtf8,
    Control,
}

impl Flaw {
    pub(super) fn explanation(self) -> (String, &'static str) {
        let hint = match self {
            Self::TooLong { .. } => "none of it was taken",
            Self::NotUtf8 => "set the terminal to UTF-8, or type it again",
            Self::Control => "paste a single line without tabs",
        };
        (format!("the answer {}", self.what_is_wrong()), hint)
    }

    /// What is wrong with the answer.
    pub(super) fn what_is_wrong(self) -> String {
        match self {
            Self::TooLong { limit } => format!("has more than {limit} bytes"),
            Self::NotUtf8 => "is not UTF-8 text".to_owned(),
            Self::Control => "holds a control character".to_owned(),
        }
    }
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    Bell,
    Typed(char),
    Erased,
    Done,
    EndOfInput,
}

/// The text so far. It never grows beyond the buffer it begins with, which is wiped at the end.
#[derive(Debug)]
pub(super) struct Line {
    text: Zeroizing<String>,
    limit: usize,
    hidden: bool,
    pasting: bool,
    flaw: Option<Flaw>,
}

impl Line {
    pub(super) fn new(limit: usize, hidden: bool) -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(limit)),
            limit,
            hidden,
            pasting: false,
            flaw: None,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The answer, in the buffer it was typed into.
    pub(super) fn finish(self) -> Result<Zeroizing<String>, Flaw> {
        match self.flaw {
            Some(flaw) => Err(flaw),
            None => Ok(self.text),
        }
    }

    pub(super) fn press(&mut self, key: Key) -> Step {
        match key {
            Key::Char(letter) => self.append(letter),
            Key::Invalid => self.spoil(Flaw::NotUtf8),
            Key::Enter => Step::Done,
            Key::EndOfFile if self.text.is_empty() && self.flaw.is_none() => Step::EndOfInput,
            Key::EraseLine => {
                self.flaw = None;
                self.erase_from(0)
            }
            // What did not fit is forgotten, so nobody can tell what the end of the line is.
            Key::Backspace | Key::EraseWord if self.flaw.is_some() => Step::Bell,
            Key::Backspace => self.erase_from(last_letter(&self.text)),
            Key::EraseWord => self.erase_from(last_word(&self.text)),
            Key::PasteStart => {
                self.pasting = true;
                Step::Nothing
            }
            Key::PasteEnd => {
                self.pasting = false;
                Step::Nothing
            }
            // A password is never taken otherwise than it was pasted; of other text it is seen.
            Key::Other if self.pasting && self.hidden => self.spoil(Flaw::Control),
            Key::Escape
            | Key::Up
            | Key::Down
            | Key::PageUp
            | Key::PageDown
            | Key::Home
            | Key::End => Step::Nothing,
            Key::Tab | Key::EndOfFile | Key::Interrupt | Key::Quit | Key::Suspend | Key::Other => {
                Step::Bell
            }
        }
    }

    fn append(&mut self, letter: char) -> Step {
        if self.flaw.is_some() {
            return Step::Nothing;
        }
        if self.text.len() + letter.len_utf8() > self.limit {
            return self.spoil(Flaw::TooLong { limit: self.limit });
        }
        self.text.push(letter);
        Step::Typed(letter)
    }

    fn spoil(&mut self, flaw: Flaw) -> Step {
        if self.flaw.replace(flaw).is_some() {
            return Step::Nothing;
        }
        Step::Bell
    }

    fn erase_from(&mut self, start: usize) -> Step {
        if start == self.text.len() {
            return Step::Bell;
        }
        self.text.truncate(start);
        Step::Erased
    }
}

/// Where the last letter begins, its accents included.
fn last_letter(text: &str) -> usize {
    let mut letters = text.char_indices().rev();
    letters
        .find(|(_, letter)| {
            Position::default().after_char(*letter, usize::MAX) != Position::default()
        })
        .map_or(0, |(start, _)| start)
}

/// Where the last word begins, the blanks behind it included.
fn last_word(text: &str) -> usize {
    text.trim_end()
        .char_indices()
        .rev()
        .find(|(_, letter)| letter.is_whitespace())
        .map_or(0, |(start, letter)| start + letter.len_utf8())
}

/// A question with the cursor behind it.
#[derive(Debug)]
pub(super) struct Question {
    /// As it is written, with its colours.
    pub(super) shown: String,
    /// As it is seen.
    pub(super) seen: String,
}

/// Asks once.
pub(super) fn ask_once(
    session: &mut Session<'_>,
    question: &Question,
    limit: usize,
) -> Result<Result<Zeroizing<String>, Flaw>, PromptError> {
    let mut line = Line::new(limit, session.mode().hidden());
    type_into(session, question, &mut line)?;
    session.drain_paste()?;
    session.tidy_with("");
    session.write("\n")?;
    Ok(line.finish())
}

/// Asks until there is an answer without a flaw.
pub(super) fn ask(
    session: &mut Session<'_>,
    question: &Question,
    limit: usize,
    explain: impl Fn(&Session<'_>, Flaw) -> Result<(), PromptError>,
) -> Result<Zeroizing<String>, PromptError> {
    loop {
        match ask_once(session, question, limit)? {
            Ok(text) => return Ok(text),
            Err(flaw) => {
                session.flush_input();
                explain(session, flaw)?;
            }
        }
    }
}

fn type_into(
    session: &mut Session<'_>,
    question: &Question,
    line: &mut Line,
) -> Result<(), PromptError> {
    let mode = session.mode();
    let mut columns = session.size().1;
    let place = |line: &Line, columns| {
        let behind = Position::default().after(&question.seen, columns);
        if mode.hidden() { behind } else { behind.after(&escape(line.text()), columns) }
    };
    session.tidy_with("\n");
    session.write(&question.shown)?;
    let mut cursor = place(line, columns);
    loop {
        let key = match session.next()? {
            Input::Key(key) => key,
            Input::Resized => {
                columns = session.size().1;
                cursor = place(line, columns);
                continue;
            }
            Input::Resumed => {
                if mode.hidden() {
                    // Nobody remembers how far he had got with something he cannot see.
                    *line = Line::new(line.limit, true);
                }
                session.tidy_with("\n");
                session.write(&question.shown)?;
                if !mode.hidden() {
                    session.write(&escape(line.text()))?;
                }
                columns = session.size().1;
                cursor = place(line, columns);
                continue;
            }
        };
        match line.press(key) {
            Step::Done => return Ok(()),
            Step::EndOfInput => return Err(PromptError::EndOfInput),
            Step::Bell => session.write(BELL)?,
            Step::Typed(letter) if !mode.hidden() => {
                let mut utf8 = [0; 4];
                let echo = escape(letter.encode_utf8(&mut utf8));
                session.write(&echo)?;
                cursor = cursor.after(&echo, columns);
            }
            Step::Erased if !mode.hidden() => {
                let after = place(line, columns);
                let paint = if mode.plain {
                    let gone = cursor.columns_since(after, columns);
                    "\x08 \x08".repeat(gone)
                } else {
                    let text = escape(line.text());
                    format!("{}\x1b[J{}{text}", cursor.way_back(), question.shown)
                };
                session.write(&paint)?;
                cursor = after;
            }
            Step::Typed(_) | Step::Erased | Step::Nothing => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::keys::Decoder;
    use super::*;

    fn typed(limit: usize, hidden: bool, bytes: &[u8]) -> (Line, Vec<Step>) {
        let mut decoder = Decoder::default();
        let mut line = Line::new(limit, hidden);
        let steps = bytes
            .iter()
            .flat_map(|byte| decoder.feed(*byte))
            .flatten()
            .map(|key| line.press(key))
            .collect();
        (line, steps)
    }

    fn answer(bytes: &[u8]) -> Result<String, Flaw> {
        let (line, _) = typed(64, false, bytes);
        line.finish().map(|text| text.to_string())
    }

    #[test]
    fn characters_are_erased_whole() {
        assert_eq!(answer("Évá\x7fa".as_bytes()).unwrap(), "Éva");
        assert_eq!(answer("佐藤\x08".as_bytes()).unwrap(), "佐");
        assert_eq!(answer("ae\u{301}\x7f".as_bytes()).unwrap(), "a");
        assert_eq!(answer(b"\x7f\x7fa").unwrap(), "a");
    }

    #[test]
    fn words_and_lines_are_erased() {
        assert_eq!(answer(b"James  Carter \x17").unwrap(), "James  ");
        assert_eq!(answer(b"James\x17").unwrap(), "");
        assert_eq!(answer(b"James Carter\x15Anna").unwrap(), "Anna");
    }

    #[test]
    fn sequences_and_controls_leave_no_trace() {
        assert_eq!(answer(b"a\x1b[Db\x1b[3~\tc\x01\x1bOH").unwrap(), "abc");
        assert_eq!(answer("a\u{9b}31mb".as_bytes()).unwrap(), "a31mb");
    }

    #[test]
    fn an_answer_that_does_not_fit_is_refused_whole() {
        let (line, steps) = typed(8, false, b"123456789abc");
        assert_eq!(line.finish().unwrap_err(), Flaw::TooLong { limit: 8 });
        assert_eq!(steps.iter().filter(|step| **step == Step::Bell).count(), 1);
        let (line, _) = typed(8, false, b"123456789\x15abc");
        assert_eq!(*line.finish().unwrap(), "abc");
        let (line, _) = typed(8, false, "1234567é".as_bytes());
        assert_eq!(line.finish().unwrap_err(), Flaw::TooLong { limit: 8 });
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert_eq!(answer(b"J\xf3zsef").unwrap_err(), Flaw::NotUtf8);
    }

    #[test]
    fn a_control_character_spoils_a_pasted_secret_only() {
        let paste = b"\x1b[200~a\tb\x1b[201~";
        assert_eq!(typed(64, true, paste).0.finish().unwrap_err(), Flaw::Control);
        assert_eq!(*typed(64, false, paste).0.finish().unwrap(), "ab");
    }

    #[test]
    fn the_input_ends_on_an_empty_line_only() {
        assert_eq!(typed(8, false, b"\x04").1, [Step::EndOfInput]);
        assert_eq!(typed(8, false, b"a\x04").1[1], Step::Bell);
    }

    #[test]
    fn a_secret_stays_in_the_buffer_it_was_typed_into() {
        let (line, _) = typed(1024, true, b"correct horse\x7f\x7f");
        let capacity = line.text.capacity();
        assert!(capacity >= 1024);
        assert_eq!(line.finish().unwrap().capacity(), capacity);
    }

    proptest! {
        #[test]
        fn the_buffer_never_grows(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (line, _) = typed(64, true, &bytes);
            prop_assert_eq!(line.text.capacity(), Line::new(64, true).text.capacity());
            prop_assert!(line.text.len() <= 64);
        }
    }
}
