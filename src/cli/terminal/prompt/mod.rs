//! Asking somebody at a terminal: a line, a secret, yes or no, one or several of a list.
//!
//! However a question ends (an answer, Ctrl-C, a signal, five minutes of nobody there), the
//! terminal is afterwards as it was before: echo, cursor, and nothing half-typed for the shell.

mod keys;
mod line;
mod pick;
mod screen;
mod signals;
#[cfg(test)]
mod tests;
mod tty;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::stdio::{stderr, stdin};
use zeroize::Zeroizing;

use self::line::Question;
use self::pick::List;
use self::screen::way_up;
use self::tty::{Input, Kind, Mode, Session, Tty};
use crate::cli::terminal::escape::escape;
use crate::model::Secret;

pub(crate) use self::pick::PickItem;
pub(crate) use self::signals::{DeferredSignals, exit_by_signal};

/// How long a question waits for the next key.
pub(crate) const PROMPT_TIMEOUT: Duration = Duration::from_secs(300);
/// The longest line, in bytes.
const LONGEST_LINE: usize = 4096;
/// The longest secret, in bytes.
const LONGEST_SECRET: usize = 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    /// The process is to die of this signal, see [`exit_by_signal`].
    #[error("interrupted by signal {0}")]
    Signal(i32),
    /// Ctrl-D, or the terminal has gone.
    #[error("the input ended before there was an answer")]
    EndOfInput,
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

/// Asks at the terminal. The questions go to standard error, never to standard output.
#[derive(Debug)]
pub(crate) struct Prompter {
    tty: Tty,
    colour: bool,
    plain: bool,
    patience: Duration,
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
            tty: Tty { input, output },
            colour: colour && !plain,
            plain,
            patience: PROMPT_TIMEOUT,
        }
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
        let question = self.question(question, suggestion);
        let mut answer = self.asked(LONGEST_LINE, &question)?;
        match suggestion {
            Some(suggestion) if answer.trim().is_empty() => Ok(suggestion.to_owned()),
            _ => Ok(std::mem::take(&mut *answer)),
        }
    }

    /// Asks for one secret alone.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    #[cfg(test)]
    pub(crate) fn secret(&mut self, question: &str) -> Result<Secret, PromptError> {
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
        let mode = Mode { kind: Kind::Secret, plain: self.plain };
        let session = Session::open(&self.tty, mode, self.patience)?;
        let mut secrets = Secrets { prompter: self, session };
        let outcome = talk(&mut secrets);
        secrets.session.close(outcome)
    }

    /// Asks yes or no. An empty answer means `default`.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn confirm(&mut self, question: &str, default: bool) -> Result<bool, PromptError> {
        let question = self.question(question, Some(if default { "Y/n" } else { "y/N" }));
        loop {
            let answer = self.asked(LONGEST_LINE, &question)?;
            match answer.trim().to_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.explain("the answer is yes or no", Some("type y or n"))?,
            }
        }
    }

    /// Has one of `items` picked; gives its place among them.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`], or nothing to pick.
    pub(crate) fn pick_one(
        &mut self,
        question: &str,
        items: &[PickItem],
    ) -> Result<usize, PromptError> {
        if items.is_empty() {
            return Err(nothing_to_pick());
        }
        if !self.plain {
            let picked = self.picked(question, items, List::of_one(items))?;
            return picked.first().copied().ok_or_else(nothing_to_pick);
        }
        self.tty.write(&pick::numbered(items))?;
        let question = self.question(&format!("{question} (number or name)"), None);
        loop {
            let answer = self.asked(LONGEST_LINE, &question)?;
            match pick::typed(&answer, items, 1).as_deref() {
                Ok([picked]) => return Ok(*picked),
                Ok(_) => self.explain("only one can be picked", None)?,
                Err(wrong) => self.explain(wrong, None)?,
            }
        }
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
        if items.is_empty() {
            return Err(nothing_to_pick());
        }
        if !self.plain {
            let list = List::of_many(items, preselected, minimum);
            return self.picked(question, items, list);
        }
        let suggestion = names(items, preselected);
        self.tty.write(&pick::numbered(items))?;
        let question = self.question(
            &format!("{question} (numbers or names, with commas between)"),
            (!preselected.is_empty()).then_some(suggestion.as_str()),
        );
        loop {
            let answer = self.asked(LONGEST_LINE, &question)?;
            let answer = match answer.trim() {
                "" if !preselected.is_empty() => suggestion.as_str(),
                // The one way to take back everything that was suggested.
                "-" => "",
                answer => answer,
            };
            match pick::typed(answer, items, minimum) {
                Ok(picked) => return Ok(picked),
                Err(wrong) => self.explain(&wrong, None)?,
            }
        }
    }

    /// Says what is wrong with an answer, before it is asked for again.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn explain(&mut self, message: &str, hint: Option<&str>) -> Result<(), PromptError> {
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
        let warning = self.paint("1;33", "warning:");
        Ok(self.tty.write(&format!("{warning} {}\n", escape(message)))?)
    }

    fn explanation(&self, message: &str, hint: Option<&str>) -> String {
        let mut text = format!("{} {}\n", self.paint("1;31", "error:"), escape(message));
        if let Some(hint) = hint {
            text.push_str(&self.paint("1;36", "hint:"));
            text.push(' ');
            text.push_str(&escape(hint));
            text.push('\n');
        }
        text
    }

    fn question(&self, question: &str, suggestion: Option<&str>) -> Question {
        let question = escape(question);
        let brackets = suggestion.map_or_else(String::new, |it| format!(" [{}]", escape(it)));
        Question {
            shown: format!("{}{}: ", self.paint("1", &question), self.paint("2", &brackets)),
            seen: format!("{question}{brackets}: "),
        }
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn asked(&self, limit: usize, question: &Question) -> Result<Zeroizing<String>, PromptError> {
        let mode = Mode { kind: Kind::Line, plain: self.plain };
        let mut session = Session::open(&self.tty, mode, self.patience)?;
        let answer = self.asked_in(&mut session, limit, question);
        session.close(answer)
    }

    fn asked_in(
        &self,
        session: &mut Session<'_>,
        limit: usize,
        question: &Question,
    ) -> Result<Zeroizing<String>, PromptError> {
        line::ask(session, question, limit, |session, flaw| {
            let (message, hint) = flaw.explanation();
            Ok(session.write(&self.explanation(&message, Some(hint)))?)
        })
    }

    fn picked(
        &self,
        question: &str,
        items: &[PickItem],
        mut list: List<'_>,
    ) -> Result<Vec<usize>, PromptError> {
        let mode = Mode { kind: Kind::List, plain: false };
        let mut session = Session::open(&self.tty, mode, self.patience)?;
        let answer = self.pick_in(&mut session, question, items, &mut list);
        session.close(answer)
    }

    fn pick_in(
        &self,
        session: &mut Session<'_>,
        question: &str,
        items: &[PickItem],
        list: &mut List<'_>,
    ) -> Result<Vec<usize>, PromptError> {
        let asked = self.question(question, None).shown;
        let mut below = 0;
        loop {
            let (rows, columns) = session.size();
            list.fit(rows);
            let shown = list.rows(question, columns, self.colour);
            session.write(&format!("{}\x1b[J{}", way_up(below), shown.join("\n")))?;
            below = shown.len().saturating_sub(1);
            let erase = format!("{}\x1b[J{asked}", way_up(below));
            session.tidy_with(format!("{erase}\n"));
            match session.next()? {
                Input::Resized => {}
                // The list was erased when the process stopped.
                Input::Resumed => below = 0,
                Input::Key(key) => match list.press(key) {
                    pick::Step::Changed => {}
                    pick::Step::Bell => session.write("\x07")?,
                    pick::Step::EndOfInput => return Err(PromptError::EndOfInput),
                    pick::Step::Accepted => {
                        let picked = list.picked();
                        let answer = match names(items, &picked) {
                            names if names.is_empty() => "none".to_owned(),
                            names => escape(&names).into_owned(),
                        };
                        session.tidy_with(format!("{erase}{answer}\n"));
                        return Ok(picked);
                    }
                },
            }
        }
    }
}

/// The questions of one conversation about secrets.
#[derive(Debug)]
pub(crate) struct Secrets<'prompter> {
    prompter: &'prompter Prompter,
    session: Session<'prompter>,
}

impl Secrets<'_> {
    /// Asks for a secret.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn ask(&mut self, question: &str) -> Result<Secret, PromptError> {
        let question = self.prompter.question(question, None);
        let mut answer = self.prompter.asked_in(&mut self.session, LONGEST_SECRET, &question)?;
        Ok(Secret::new(std::mem::take(&mut *answer)))
    }

    /// Says what is wrong with an answer, before it is asked for again.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn explain(&mut self, message: &str, hint: Option<&str>) -> Result<(), PromptError> {
        Ok(self.session.write(&self.prompter.explanation(message, hint))?)
    }
}

/// Reads one line from the terminal that standard input is, without showing it; `announce` says so,
/// once nothing is shown any more. Nothing is asked, and what was typed before the line and behind
/// it stays for whoever reads next.
///
/// # Errors
///
/// There is no line, see [`PromptError`].
pub(crate) fn read_hidden_line(
    silent: bool,
    patience: Duration,
    announce: impl FnOnce(),
) -> Result<Secret, PromptError> {
    let output = if !silent && io::stderr().is_terminal() {
        stderr().try_clone_to_owned()?
    } else {
        File::options().write(true).open("/dev/null")?.into()
    };
    let tty = Tty { input: stdin().try_clone_to_owned()?, output };
    let mode = Mode { kind: Kind::UnseenLine, plain: true };
    let mut session = Session::open(&tty, mode, patience)?;
    announce();
    let nothing = Question { shown: String::new(), seen: String::new() };
    let answer = line::ask_once(&mut session, &nothing, LONGEST_SECRET);
    let answer = session.close(answer)?;
    answer
        .map(|mut line| Secret::new(std::mem::take(&mut *line)))
        .map_err(|flaw| PromptError::Refused(flaw.what_is_wrong()))
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
