//! Projects: the language queues of calls that users take part in.

use super::{Description, LanguageTag, ProjectName, State};

/// What is known of a project apart from its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectDetails {
    /// The language of its calls.
    pub language: Option<LanguageTag>,
    /// What it is for.
    pub description: Option<Description>,
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
