//! Asking somebody at a terminal: a line, a secret, yes or no, one or several of a list.
//!
//! However a question ends (an answer, Ctrl-C, a signal, five minutes of silence), the terminal is
//! afterwards as it was before: echo, cursor, and nothing half-typed for the shell.

mod guard;
mod lent;
mod line;
mod list;
mod secrets;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::stdio::{stderr, stdin};

use self::guard::{Guard, Kind, Tty};
use self::line::{Flaw, Names};
use crate::cli::terminal::escape::escape;
use crate::cli::terminal::style::{ERROR, FAINT, HINT, STRONG, WARNING, paint};

pub(crate) use self::list::PickItem;
pub(crate) use self::secrets::{Secrets, read_hidden_line};

/// How long a question waits for the next key.
pub(crate) const PROMPT_TIMEOUT: Duration = Duration::from_secs(300);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    /// The process is to die of this signal, see [`crate::cli::terminal::signals`].
    #[error("interrupted by signal {0}")]
    Signal(i32),
    /// Ctrl-D, or the terminal has gone.
    #[error("the input ended before there was an answer")]
    EndOfInput,
    /// The question before is wanted again.
    #[error("the question before is wanted again")]
    Back,
    /// Nobody pressed a key for too long.
    #[error("nobody answered in time")]
    TimedOut,
    /// The answer cannot be taken, and is not asked for again.
    #[error("the answer {0}")]
    Refused(String),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Io(#[from] io::Error),
}

/// A question with the cursor behind it.
#[derive(Debug)]
struct Question {
    /// As it is written, with its colours.
    shown: String,
    /// As it is seen.
    seen: String,
}

/// Asks at the terminal. The questions go to standard error, never to standard output.
#[derive(Debug)]
pub(crate) struct Prompter {
    tty: Tty,
    colour: bool,
    plain: bool,
    patience: Duration,
    /// The last question with its answer, which comes back to be edited once it was explained.
    last: Option<(String, String)>,
    refused: Option<(String, String)>,
    /// Whether Esc or `<` goes back to the question before.
    pub(crate) can_go_back: bool,
}

impl Prompter {
    /// Asks on standard error and reads standard input; both have to be a terminal. One that is
    /// `plain` (`TERM` is `dumb` or not set) is sent no control sequence.
    ///
    /// # Errors
    ///
    /// One of the two cannot be duplicated.
    pub(crate) fn new(colour: bool, plain: bool) -> io::Result<Self> {
        let input = stdin().try_clone_to_owned()?;
        let output = stderr().try_clone_to_owned()?;
        Ok(Self::over(input, output, colour, plain))
    }

    fn over(input: OwnedFd, output: OwnedFd, colour: bool, plain: bool) -> Self {
        Self {
            tty: Tty { input: input.into(), output: output.into() },
            colour: colour && !plain,
            plain,
            patience: PROMPT_TIMEOUT,
            last: None,
            refused: None,
            can_go_back: false,
        }
    }

    /// Has the `answer` come back to be edited where the same `question` is asked next.
    pub(crate) fn offer(&mut self, question: &str, answer: &str) {
        self.refused = Some((question.to_owned(), answer.to_owned()));
    }

    /// Waits `patience` for each key instead of five minutes.
    #[must_use]
    pub(crate) fn with_timeout(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Asks for a line of text, as it was typed. An empty answer means the `suggestion`.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn line(
        &mut self,
        question: &str,
        suggestion: Option<&str>,
    ) -> Result<String, PromptError> {
        self.line_of_names(question, suggestion, &|_| Vec::new())
    }

    /// Asks for a line of text whose words Tab completes to one of the `names` that begin so.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn line_of_names(
        &mut self,
        question: &str,
        suggestion: Option<&str>,
        names: &Names<'_>,
    ) -> Result<String, PromptError> {
        let refused = self.refused.take().filter(|(asked, _)| asked == question);
        let refused = refused.map(|(_, answer)| answer).unwrap_or_default();
        let answer = self.asked(question, suggestion, &refused, names)?;
        if self.can_go_back && answer.trim() == "<" {
            return Err(PromptError::Back);
        }
        self.last = Some((question.to_owned(), answer.clone()));
        match suggestion {
            Some(suggestion) if answer.trim().is_empty() => Ok(suggestion.to_owned()),
            _ => Ok(answer),
        }
    }

    /// Asks for one secret alone.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    #[cfg(test)]
    pub(crate) fn secret(&mut self, question: &str) -> Result<crate::model::Secret, PromptError> {
        self.secrets(|secrets| secrets.ask(question))
    }

    /// Asks for several secrets. From the first question to the last answer nothing that is typed is
    /// shown, not even what is typed while the answers are looked at. A signal is heeded at the next
    /// question, or at the end.
    ///
    /// # Errors
    ///
    /// Those of `talk`, and [`PromptError`] where the terminal fails or a signal came.
    pub(crate) fn secrets<T, E: From<PromptError>>(
        &mut self,
        talk: impl FnOnce(&mut Secrets<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut secrets = Secrets::new(self, self.guard(Kind::Secret)?);
        let outcome = talk(&mut secrets);
        secrets.close(outcome)
    }

    /// Asks yes or no. An empty answer means `default`.
    ///
    /// It is a line: dialoguer's `Confirm` looks at single keys, to which `no way` ends in a yes,
    /// and has nothing to say about an answer that is neither.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn confirm(&mut self, question: &str, default: bool) -> Result<bool, PromptError> {
        let choice = if default { "Y/n" } else { "y/N" };
        loop {
            let answer = self.asked(question, Some(choice), "", &|_| Vec::new())?;
            match answer.trim().to_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.explain("the answer is yes or no", Some("type y or n"))?,
            }
        }
    }

    /// Has one of `items` picked, the `first` where nothing else is; gives its place among them.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`], or nothing to pick.
    pub(crate) fn pick_one(
        &mut self,
        question: &str,
        items: &[PickItem],
        first: Option<usize>,
    ) -> Result<usize, PromptError> {
        let picked = if self.plain || items.is_empty() {
            self.typed(&format!("{question} (number or name)"), items, first.as_slice(), 1, 1)?
        } else {
            let mut guard = self.guard(Kind::List)?;
            let first = first.unwrap_or_default();
            let picked = list::one(&mut guard, question, items, first, self.look());
            let picked = vec![guard.close(picked)?];
            self.show_picked(question, items, &picked)?;
            picked
        };
        picked.first().copied().ok_or_else(nothing_to_pick)
    }

    /// Has at least `minimum` of `items` picked; gives their places in the order of the list.
    /// Those `preselected` are marked to begin with.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`], or nothing to pick.
    pub(crate) fn pick_many(
        &mut self,
        question: &str,
        items: &[PickItem],
        preselected: &[usize],
        minimum: usize,
    ) -> Result<Vec<usize>, PromptError> {
        let minimum = minimum.min(items.len());
        if self.plain || items.is_empty() {
            let question = format!("{question} (numbers or names, with commas between)");
            return self.typed(&question, items, preselected, minimum, usize::MAX);
        }
        let mut marked: Vec<bool> =
            (0..items.len()).map(|item| preselected.contains(&item)).collect();
        loop {
            let mut guard = self.guard(Kind::List)?;
            let answer = list::many(&mut guard, question, items, &mut marked, self.look());
            guard.close(answer)?;
            let picked: Vec<usize> =
                (0..items.len()).filter(|item| marked.get(*item) == Some(&true)).collect();
            if picked.len() >= minimum {
                self.show_picked(question, items, &picked)?;
                return Ok(picked);
            }
            self.explain(&too_few(minimum), Some(list::how_to_mark(items)))?;
        }
    }

    /// Has `minimum` to `maximum` items typed, by their numbers or names.
    fn typed(
        &mut self,
        question: &str,
        items: &[PickItem],
        preselected: &[usize],
        minimum: usize,
        maximum: usize,
    ) -> Result<Vec<usize>, PromptError> {
        if items.is_empty() {
            return Err(nothing_to_pick());
        }
        self.tty.write(&list::numbered(items))?;
        let suggestion = (!preselected.is_empty()).then(|| names(items, preselected));
        loop {
            let answer = self.line(question, suggestion.as_deref())?;
            // A dash is the one way to take back everything that was suggested.
            let answer = if answer.trim() == "-" { "" } else { &answer };
            match list::typed(answer, items) {
                Ok(picked) if picked.len() < minimum => self.explain(&too_few(minimum), None)?,
                Ok(picked) if picked.len() > maximum => {
                    self.explain("only one can be picked", None)?;
                }
                Ok(picked) => return Ok(picked),
                Err(wrong) => self.explain(&wrong, None)?,
            }
        }
    }

    fn show_picked(
        &self,
        question: &str,
        items: &[PickItem],
        picked: &[usize],
    ) -> Result<(), PromptError> {
        let answer = if picked.is_empty() { "none".to_owned() } else { names(items, picked) };
        let question = self.question(question, None).shown;
        Ok(self.tty.write(&format!("{question}{}\n", escape(&answer)))?)
    }

    /// Says what is wrong with an answer, before it is asked for again.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn explain(&mut self, message: &str, hint: Option<&str>) -> Result<(), PromptError> {
        self.refused = self.last.take();
        Ok(self.tty.write(&self.explanation(message, hint))?)
    }

    /// Says something between two questions that is no fault.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn remark(&mut self, message: &str) -> Result<(), PromptError> {
        Ok(self.tty.write(&format!("{}\n", escape(message)))?)
    }

    /// Warns between two questions.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn warn(&mut self, message: &str) -> Result<(), PromptError> {
        let warning = paint("warning:", WARNING, self.colour);
        Ok(self.tty.write(&format!("{warning} {}\n", escape(message)))?)
    }

    fn explanation(&self, message: &str, hint: Option<&str>) -> String {
        let error = paint("error:", ERROR, self.colour);
        let hint = hint.map_or_else(String::new, |hint| {
            format!("{} {}\n", paint("hint:", HINT, self.colour), escape(hint))
        });
        format!("{error} {}\n{hint}", escape(message))
    }

    fn question(&self, question: &str, suggestion: Option<&str>) -> Question {
        let question = escape(question);
        let brackets = suggestion.map_or_else(String::new, |it| format!(" [{}]", escape(it)));
        let bold = paint(&question, STRONG, self.colour);
        let shown = format!("{bold}{}: ", paint(&brackets, FAINT, self.colour));
        Question { shown, seen: format!("{question}{brackets}: ") }
    }

    fn look(&self) -> list::Style {
        list::Style { colour: self.colour, can_go_back: self.can_go_back }
    }

    fn guard(&self, kind: Kind) -> Result<Guard<'_>, PromptError> {
        Guard::open(&self.tty, kind, self.plain, self.patience)
    }

    fn asked(
        &self,
        question: &str,
        suggestion: Option<&str>,
        refused: &str,
        names: &Names<'_>,
    ) -> Result<String, PromptError> {
        let question = self.question(question, suggestion);
        let mut guard = self.guard(if self.plain { Kind::Plain } else { Kind::Edited })?;
        let answer = self.without_flaw(&mut guard, |guard| {
            if self.plain {
                line::ask(guard, &question.shown)
            } else {
                line::edit(guard, &question, refused, names, self.can_go_back)
            }
        });
        guard.close(answer)
    }

    /// Asks until there is an answer that can be taken.
    fn without_flaw<T>(
        &self,
        guard: &mut Guard<'_>,
        mut ask: impl FnMut(&mut Guard<'_>) -> Result<Result<T, Flaw>, PromptError>,
    ) -> Result<T, PromptError> {
        loop {
            match ask(guard)? {
                Ok(answer) => return Ok(answer),
                Err((what, hint)) => {
                    guard.flush_input();
                    let message = format!("the answer {what}");
                    self.tty.write(&self.explanation(&message, Some(hint)))?;
                }
            }
        }
    }
}

fn too_few(minimum: usize) -> String {
    format!("at least {minimum} must be picked")
}

/// The labels of `picked`, as they are shown behind a question.
fn names(items: &[PickItem], picked: &[usize]) -> String {
    let labels: Vec<&str> =
        picked.iter().filter_map(|item| items.get(*item)).map(|item| item.label.as_str()).collect();
    labels.join(", ")
}

fn nothing_to_pick() -> PromptError {
    io::Error::new(io::ErrorKind::InvalidInput, "there is nothing to pick").into()
}
