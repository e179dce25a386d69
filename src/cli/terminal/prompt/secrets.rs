//! Secrets: nothing of one is shown, from the first question of a conversation to the last answer.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::time::Duration;

use rustix::stdio::{stderr, stdin};

use super::guard::{Guard, Kind, Tty};
use super::{PromptError, Prompter, line};
use crate::model::Secret;

/// The questions of one conversation about secrets.
#[derive(Debug)]
pub(crate) struct Secrets<'prompter> {
    prompter: &'prompter Prompter,
    guard: Guard<'prompter>,
}

impl<'prompter> Secrets<'prompter> {
    pub(super) fn new(prompter: &'prompter Prompter, guard: Guard<'prompter>) -> Self {
        Self { prompter, guard }
    }

    /// Ends the conversation.
    pub(super) fn close<T, E: From<PromptError>>(self, outcome: Result<T, E>) -> Result<T, E> {
        self.guard.close(outcome)
    }

    /// Asks for a secret.
    ///
    /// # Errors
    ///
    /// There is no answer, see [`PromptError`].
    pub(crate) fn ask(&mut self, question: &str) -> Result<Secret, PromptError> {
        let question = self.prompter.question(question, None).shown;
        let ask = |guard: &mut Guard<'_>| line::ask_secret(guard, &question);
        let mut answer = self.prompter.without_flaw(&mut self.guard, ask)?;
        Ok(Secret::new(std::mem::take(&mut *answer)))
    }

    /// Says what is wrong with an answer, before it is asked for again.
    ///
    /// # Errors
    ///
    /// The terminal failed.
    pub(crate) fn explain(&mut self, message: &str, hint: Option<&str>) -> Result<(), PromptError> {
        Ok(self.prompter.tty.write(&self.prompter.explanation(message, hint))?)
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
        stderr().try_clone_to_owned()?.into()
    } else {
        File::options().write(true).open("/dev/null")?
    };
    let tty = Tty { input: stdin().try_clone_to_owned()?.into(), output };
    let mut guard = Guard::open(&tty, Kind::Unseen, true, patience)?;
    announce();
    let answer = line::ask_secret(&mut guard, "");
    match guard.close(answer)? {
        Ok(mut answer) => Ok(Secret::new(std::mem::take(&mut *answer))),
        Err((what, _)) => Err(PromptError::Refused(what)),
    }
}
