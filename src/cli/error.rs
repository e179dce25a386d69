//! How a command ends: what went wrong, with its code, its message and what to do about it.

use std::io;
use std::process::ExitCode;

use serde_json::Value;

pub(crate) use crate::cli::codes::ErrorCode;
use crate::config::ConfigError;
use crate::model::Invalid;

/// An error as a person or a script sees it.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) code: ErrorCode,
    /// What happened; not escaped yet.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// What it is about: more fields of the JSON form.
    pub(crate) details: Vec<(&'static str, Value)>,
    /// What led to it, where that says more: told with `-v`, and in JSON.
    pub(crate) source: Option<anyhow::Error>,
}

impl CliError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, details: Vec::new(), source: None }
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Keeps what led to it.
    #[must_use]
    pub(crate) fn because(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What could not be done with the machine or the terminal, and why.
    pub(crate) fn io(what: impl std::fmt::Display, error: io::Error) -> Self {
        let message = format!("{what}: {error}");
        Self::new(ErrorCode::Io, message).because(error)
    }

    /// What led to it, from the near to the far; what the message says itself is left out.
    pub(crate) fn causes(&self) -> Vec<String> {
        let chain = self.source.iter().flat_map(anyhow::Error::chain);
        chain.map(ToString::to_string).filter(|cause| *cause != self.message).collect()
    }

    #[must_use]
    pub(crate) fn about(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((field, value.into()));
        self
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum CommandEnd {
    /// With an error to be told.
    Failed(Box<CliError>),
    /// With a status whose reasons have been told already.
    Reported(u8),
    /// By a signal.
    Interrupted(i32),
    /// At a question, before anything was changed: by a signal, else by Ctrl-D.
    Cancelled(Option<i32>),
    /// Because nobody reads the output any more.
    ClosedPipe,
}

impl CommandEnd {
    /// The same after something was changed.
    pub(crate) fn after_changes(self) -> Self {
        match self {
            Self::Cancelled(Some(signal)) => Self::Interrupted(signal),
            Self::Cancelled(None) => Self::Reported(130),
            other => other,
        }
    }

    /// A call that is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> CliError {
        CliError::new(ErrorCode::Usage, message)
    }

    /// Writing the output failed, and nothing was to be changed.
    pub(crate) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        CliError::new(ErrorCode::OutputFailed, format!("the output cannot be written: {error}"))
            .with_hint("stdout is full or closed: send it somewhere else")
            .into()
    }

    /// Writing the output failed after the change was made.
    pub(crate) fn output_after_change(error: &io::Error, secret: bool) -> Self {
        if !secret {
            return match Self::output(error) {
                Self::Failed(failure) => failure.with_hint("the change itself was made").into(),
                other => other,
            };
        }
        CliError::new(
            ErrorCode::OutputFailed,
            format!("the change was made, but the password cannot be written: {error}"),
        )
        .with_hint("done; re-issue with passwd")
        .into()
    }
}

impl From<CliError> for CommandEnd {
    fn from(failure: CliError) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl<E: Into<CliError>> From<E> for CommandEnd
where
    E: std::error::Error,
{
    fn from(error: E) -> Self {
        error.into().into()
    }
}

impl From<Invalid> for CliError {
    fn from(invalid: Invalid) -> Self {
        Self { hint: invalid.hint, ..Self::new(invalid.rule.into(), invalid.reason) }
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self { hint: error.hint.clone(), ..Self::new(ErrorCode::Config, error.to_string()) }
    }
}

/// What a command comes to: a status of success, or why it stopped.
pub(crate) type CommandResult = Result<ExitCode, CommandEnd>;

/// Everything was done.
pub(crate) const DONE: CommandResult = Ok(ExitCode::SUCCESS);
