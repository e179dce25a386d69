//! What is wrong with a settings file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A settings file that cannot be used: `FILE:LINE: what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1, where it is about one.
    pub line: Option<usize>,
    /// What is wrong, without a final full stop.
    pub message: String,
    /// How to fix it, where there is something to say.
    pub hint: Option<String>,
}

impl ConfigError {
    /// Something is wrong with the file as a whole.
    pub(crate) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_path_buf(), line: None, message: message.into(), hint: None }
    }

    /// Something is wrong in one line.
    pub(super) fn at(path: &Path, line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::whole(path, message) }
    }

    pub(super) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

/// The place and what is wrong there; the hint is for the caller to show.
impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.line {
            Some(line) => write!(formatter, "{path}:{line}: {}", self.message),
            None => write!(formatter, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for ConfigError {}
