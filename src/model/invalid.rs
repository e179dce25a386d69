//! One error for every value that breaks a rule: which rule, what is wrong, how to mend it.

use std::fmt;

/// The rule that a value broke; each has its own error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A username.
    Username,
    /// A person's full name.
    Name,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A BCP 47 language tag.
    Language,
    /// A project's name.
    Project,
    /// A team's name.
    Team,
    /// A skill's name.
    Skill,
    /// A skill's level.
    Level,
    /// An assignment's weight.
    Weight,
    /// A wished share.
    Share,
    /// A project's description.
    Description,
    /// A password that a person typed.
    Password,
    /// A time or a duration.
    Time,
    /// A picture of a user.
    Photo,
    /// A role.
    Role,
    /// A state.
    State,
    /// A project selection.
    ProjectSelection,
    /// A roster's header.
    Header,
    /// A roster's row.
    Row,
    /// A roster's row about a user that another row is about too.
    Duplicate,
}

/// A value that breaks a rule.
///
/// `reason` completes the sentence "*value* …" for people; neither it nor `hint` ever contains the
/// value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Which rule was broken.
    pub rule: Rule,
    /// What is wrong, without a final full stop.
    pub reason: String,
    /// How to fix it, where there is something to say.
    pub hint: Option<String>,
}

impl Invalid {
    /// A broken rule with its reason.
    pub fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self { rule, reason: reason.into(), hint: None }
    }

    /// Adds how to fix it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for Invalid {}
