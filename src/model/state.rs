//! Whether somebody or something takes part.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Whether a user or a project takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Takes part.
    #[default]
    Active,
    /// Can do nothing; everything is kept for the return.
    Inactive,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Whether it is [`State::Active`].
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
