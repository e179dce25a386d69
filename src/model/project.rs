//! Projects: the language queues of calls that users take part in.

use super::{Description, LanguageTag, ProjectName, State};

/// How early a project's calls go: those of a higher one first, however long the others have waited.
/// Among equals the weights decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Priority(u8);

impl Priority {
    /// The highest.
    pub const MAX: u8 = 100;

    /// The priority `number`; `None` above [`Priority::MAX`].
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (number <= Self::MAX).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// What is known of a project apart from its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectDetails {
    /// The language of its calls.
    pub language: Option<LanguageTag>,
    /// What it is for.
    pub description: Option<Description>,
    /// How early its calls go.
    pub priority: Priority,
}

/// A project as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The id behind the name.
    pub id: i64,
    /// Its name.
    pub name: ProjectName,
    /// Its details.
    pub details: ProjectDetails,
    /// Whether users take its calls.
    pub state: State,
}
