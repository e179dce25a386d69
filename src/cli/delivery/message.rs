//! A message to a person, and why one was not delivered.

use std::fmt;

use zeroize::Zeroizing;

/// What is to reach somebody.
pub(crate) struct Message {
    /// Of an e-mail; nothing else has one.
    pub(crate) subject: String,
    /// The text, which may hold a secret.
    pub(crate) text: Zeroizing<String>,
}

/// Why a message was not delivered.
#[derive(Debug)]
pub(crate) struct Undelivered(pub(super) String);

impl From<std::io::Error> for Undelivered {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
