//! How a command ends when a question has no answer or a column does not exist.

use super::output::UnknownColumn;
use super::prompt::PromptError;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};

impl From<PromptError> for CommandEnd {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::Signal(signal) => Self::Cancelled(Some(signal)),
            // Nobody is let back where there is no question before.
            PromptError::EndOfInput | PromptError::Back => Self::Cancelled(None),
            PromptError::TimedOut => {
                CliError::new(ErrorCode::MissingInput, "no answer for five minutes").into()
            }
            error @ PromptError::Refused(_) => {
                CliError::new(ErrorCode::WeakPassword, error.to_string()).into()
            }
            PromptError::Io(error) => CliError::io("the terminal", error).into(),
        }
    }
}

impl From<UnknownColumn> for CliError {
    fn from(error: UnknownColumn) -> Self {
        CommandEnd::usage(error.to_string()).with_hint(error.hint())
    }
}
