//! stdout and stderr: data goes to the one, everything else to the other; prompts are opened here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use anstyle::Style;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::escape::escape;
use super::output::{Format, TerminalShape};
use super::pager;
use super::prompt::{PromptError, Prompter};
use super::style::{ERROR, HINT, WARNING, paint};
use crate::cli::error::CliError;
use crate::privilege;

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A line of stderr, in its JSON form.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StderrLine<'a> {
    Error(StderrMessage<'a>),
    Warning(StderrMessage<'a>),
}

/// What is told.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StderrMessage<'a> {
    code: &'a str,
    message: Cow<'a, str>,
    hint: Option<Cow<'a, str>>,
    /// What it is about, by name: `username`, `line`, ...
    #[serde(flatten)]
    details: BTreeMap<&'a str, Value>,
}

/// A detail whose text can be shown.
fn visible(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(text).into_owned()),
        Value::Array(items) => items.iter().map(visible).collect(),
        other => other.clone(),
    }
}

/// Whether stdout is a terminal on which `text` and the prompt that follows have no room.
fn is_longer_than_screen(text: &[u8]) -> bool {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout().as_fd()) else { return false };
    let [rows, columns] = [size.ws_row, size.ws_col].map(usize::from);
    let lines = String::from_utf8_lossy(text);
    // What is wider than the screen goes on in the next row.
    let taken = lines.lines().map(|line| line.width().max(1).div_ceil(columns.max(1)));
    rows > 0 && taken.sum::<usize>() >= rows
}

/// How this run talks.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Ui {
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) no_input: bool,
    pub(crate) color: ColorChoice,
    pub(crate) no_color: bool,
    pub(crate) terminal_is_plain: bool,
    /// How long a question waits for the next key.
    pub(crate) prompt_timeout: Duration,
    /// What shows what is longer than the screen, if anything may.
    pub(crate) pager: Option<String>,
}

impl Ui {
    /// What the terminal that stdout is can do; `None` where it is none.
    pub(crate) fn stdout_terminal(&self) -> Option<TerminalShape> {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return None;
        }
        let width = rustix::termios::tcgetwinsize(stdout.as_fd())
            .map(|size| usize::from(size.ws_col))
            .ok()
            .filter(|width| *width > 0)
            .unwrap_or(80);
        Some(TerminalShape { width, colour: self.is_coloured(true) })
    }

    /// The data's way out, unbuffered by the standard library and buffered by us. Nothing is
    /// printed with rights that the caller does not have.
    #[expect(clippy::unused_self, reason = "the one way to stdout stays with the rest")]
    pub(crate) fn stdout(&self) -> io::Result<BufWriter<File>> {
        privilege::give_up_group()?;
        let file = if privilege::stdout_was_closed() {
            // Opened for reading: writing fails with the error that a closed descriptor gives.
            File::open("/dev/null")?
        } else {
            File::from(io::stdout().as_fd().try_clone_to_owned()?)
        };
        Ok(BufWriter::with_capacity(64 * 1024, file))
    }

    /// Waits for so long, or until nobody can read stdout any more; says whether that is so.
    pub(crate) fn stdout_closes_within(wait: Duration) -> io::Result<bool> {
        let stdout = io::stdout();
        // No event is asked for: what cannot be written any more is told all the same.
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        match poll(&mut watched, Some(&wait)) {
            Ok(_) => Ok(watched[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Prints a text that is complete.
    pub(crate) fn print(&self, text: &[u8]) -> io::Result<()> {
        let mut out = self.stdout()?;
        out.write_all(text)?;
        out.flush()
    }

    /// Prints the data that `write` writes; a table for a person is put together first, since it may
    /// go through the pager.
    pub(crate) fn data(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.format == Format::Table && io::stdout().is_terminal() {
            let mut page = Vec::new();
            write(&mut page)?;
            return self.page(&page);
        }
        let mut out = self.stdout()?;
        write(&mut out)?;
        out.flush()
    }

    /// Prints what was put together, by the pager where it is for people, stdout is a terminal, and
    /// it is longer than the screen.
    pub(crate) fn page(&self, text: &[u8]) -> io::Result<()> {
        if let Some(pager) = &self.pager
            && self.format == Format::Table
            && is_longer_than_screen(text)
            && pager::show(pager, text)?
        {
            return Ok(());
        }
        self.print(text)
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// What asks. It may take its time, so the store has to be open by then where the program is
    /// set-group-ID: what it may do beyond its caller ends here.
    pub(crate) fn prompter(&self) -> Result<Prompter, PromptError> {
        privilege::give_up_group()?;
        let colour = self.is_coloured(io::stderr().is_terminal());
        let prompter = Prompter::new(colour, self.terminal_is_plain)?;
        Ok(prompter.with_timeout(self.prompt_timeout))
    }

    /// Tells what was done; silenced by `-q`, and not said in JSON, where the data says it.
    pub(crate) fn status(&self, message: &str) {
        if !self.quiet && !self.format.is_json() {
            self.line(&escape(message));
        }
    }

    /// Tells something worth knowing that is no fault; silenced by `-q`.
    pub(crate) fn notice(&self, code: &str, message: &str) {
        if !self.quiet {
            self.tell(code, message);
        }
    }

    /// Tells something that `-q` does not silence and that is no fault.
    pub(crate) fn tell(&self, code: &str, message: &str) {
        if self.format.is_json() {
            self.object(StderrLine::Warning, code, message, None, &[]);
        } else {
            self.line(&escape(message));
        }
    }

    /// Tells where things are, for `-v`.
    pub(crate) fn detail(&self, message: &str) {
        if self.verbose {
            self.tell("detail", message);
        }
    }

    /// Warns: something was done that may not be what was meant.
    pub(crate) fn warning(&self, code: &str, message: &str) {
        if self.format.is_json() {
            self.object(StderrLine::Warning, code, message, None, &[]);
        } else {
            self.line(&format!("{} {}", self.paint("warning:", WARNING), escape(message)));
        }
    }

    /// Tells what went wrong and what to do about it.
    pub(crate) fn error(&self, failure: &CliError) {
        let hint = failure.hint.as_deref();
        if self.format.is_json() {
            let code = failure.code.as_str();
            let causes = failure.causes();
            let causes = (!causes.is_empty()).then(|| ("causes", Value::from(causes)));
            let details: Vec<_> = failure.details.iter().cloned().chain(causes).collect();
            self.object(StderrLine::Error, code, &failure.message, hint, &details);
            return;
        }
        self.line(&format!("{} {}", self.paint("error:", ERROR), escape(&failure.message)));
        if self.verbose {
            for cause in failure.causes() {
                self.line(&format!("caused by: {}", escape(&cause)));
            }
        }
        if let Some(hint) = hint {
            self.hint(hint);
        }
    }

    /// Says what to do, on a line of its own; in JSON a hint stands in what it belongs to.
    pub(crate) fn hint(&self, hint: &str) {
        if !self.format.is_json() {
            self.line(&format!("{} {}", self.paint("hint:", HINT), escape(hint)));
        }
    }

    fn object<'m>(
        &self,
        kind: fn(StderrMessage<'m>) -> StderrLine<'m>,
        code: &'m str,
        message: &'m str,
        hint: Option<&'m str>,
        details: &[(&'static str, Value)],
    ) {
        let told = StderrMessage {
            code,
            message: escape(message),
            hint: hint.map(escape),
            details: details.iter().map(|(field, value)| (*field, visible(value))).collect(),
        };
        let text = serde_json::to_string(&kind(told)).unwrap_or_default();
        self.line(&text);
    }

    /// One line on stderr in one write, so that lines of parallel runs do not mix. That nobody can
    /// read it is no reason to stop.
    #[expect(clippy::unused_self, reason = "the one way to stderr stays with the rest")]
    fn line(&self, text: &str) {
        let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
    }

    /// A word of stderr in its style.
    fn paint(&self, text: &str, style: Style) -> String {
        paint(text, style, self.is_coloured(io::stderr().is_terminal()))
    }

    fn is_coloured(&self, terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !self.no_color && !self.terminal_is_plain,
        }
    }
}
