//! What one user is told with a new password.

use zeroize::Zeroizing;

use crate::cli::delivery::Channel;
use crate::directory::PasswordIssue;
use crate::model::{Email, FullName, LanguageTag, Phone, Secret, Timestamp, Username};

/// What one user is told.
#[derive(Clone, Copy)]
pub(crate) struct Card<'a> {
    pub(crate) username: &'a Username,
    pub(crate) full_name: &'a FullName,
    pub(crate) email: Option<&'a Email>,
    pub(crate) phone: Option<&'a Phone>,
    pub(crate) language: Option<&'a LanguageTag>,
    pub(crate) password: &'a Secret,
    pub(crate) expires_at: Option<Timestamp>,
}

impl<'a> From<&'a PasswordIssue> for Card<'a> {
    fn from(issue: &'a PasswordIssue) -> Self {
        Self {
            username: &issue.username,
            full_name: &issue.full_name,
            email: issue.email.as_ref(),
            phone: issue.phone.as_ref(),
            language: issue.language.as_ref(),
            password: issue.password(),
            expires_at: issue.expires_at(),
        }
    }
}

impl Card<'_> {
    /// Where a message over `channel` reaches the user.
    pub(super) fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Sms => self.phone.map(Phone::as_str),
            Channel::Email => self.email.map(Email::as_str),
        }
    }
}

/// A text that may hold a secret.
pub(super) type SecretText = Zeroizing<String>;
