//! What can be asked for: fields with what they are called, arguments without a name of their own,
//! and what a command wants of them.

use super::value_kind::ValueKind;
use crate::directory::EntityKind;
use crate::model::{ProfileField, RoleSet, Username};

/// One thing to be asked for.
#[derive(Debug)]
pub(crate) enum Question {
    /// An argument without a name of its own.
    Argument(Argument),
    /// A field, and whether it has to have a value.
    Field(Field, bool),
}

impl Question {
    /// What a new user is called.
    pub(crate) fn username() -> Self {
        let kind = Some(ValueKind::Free(EntityKind::User));
        Self::Argument(Argument {
            kind,
            several: false,
            weights: false,
            words: Vec::new(),
            help: String::new(),
        })
    }
}

/// An argument without a name of its own.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) kind: Option<ValueKind>,
    pub(crate) several: bool,
    /// Whether each comes with a weight.
    pub(crate) weights: bool,
    /// The words that it can be, where these are all.
    pub(crate) words: Vec<String>,
    /// What the help says of it.
    pub(crate) help: String,
}

/// A field of a user or of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    FullName,
    Roles,
    Email,
    Phone,
    Language,
    Teams,
    Skills,
    Projects,
    ProjectSelection,
    Description,
    Expires,
}

impl From<ProfileField> for Field {
    fn from(field: ProfileField) -> Self {
        match field {
            ProfileField::Email => Self::Email,
            ProfileField::Phone => Self::Phone,
            ProfileField::Language => Self::Language,
            ProfileField::Team => Self::Teams,
            ProfileField::Skill => Self::Skills,
            ProfileField::Project => Self::Projects,
        }
    }
}

impl Field {
    /// The fields that the command at `path` asks for where it asks for all.
    pub(crate) fn of(path: &[&str]) -> &'static [Self] {
        match path {
            ["user", "update"] => &[
                Self::FullName,
                Self::Roles,
                Self::Email,
                Self::Phone,
                Self::Teams,
                Self::Language,
                Self::Skills,
                Self::ProjectSelection,
            ],
            ["project", "create" | "update"] => &[Self::Language, Self::Description],
            ["passwd"] => &[Self::Expires],
            _ => &[],
        }
    }

    /// The option that sets it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::FullName => "name",
            Self::Roles => "role",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Language => "language",
            Self::Teams => "team",
            Self::Skills => "skill",
            Self::Projects => "project",
            Self::ProjectSelection => "project-selection",
            Self::Description => "description",
            Self::Expires => "expires",
        }
    }

    /// What it is called in a question, and how a value looks.
    pub(crate) fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::FullName => ("Full name", ""),
            Self::Roles => ("Roles", ""),
            Self::Email => ("E-mail", ", like james@example.com"),
            Self::Phone => ("Phone", ", like +36201234567"),
            Self::Language => ("Language", ", like hu or en-GB"),
            Self::Teams => ("Teams", ""),
            Self::Skills => ("Skills", ""),
            Self::Projects => ("Projects", ""),
            Self::ProjectSelection => ("May the user choose which of their projects to enter?", ""),
            Self::Description => ("Description", ""),
            Self::Expires => ("Expires after a time such as 14d, or at a date", ""),
        }
    }

    /// Whether only those who take calls have it.
    pub(crate) fn is_for_call_takers(self) -> bool {
        matches!(self, Self::Skills | Self::Projects | Self::ProjectSelection)
    }

    /// What there is a list of.
    pub(crate) fn entity(self) -> Option<EntityKind> {
        match self {
            Self::Teams => Some(EntityKind::Team),
            Self::Skills => Some(EntityKind::Skill),
            Self::Projects => Some(EntityKind::Project),
            _ => None,
        }
    }
}

/// What a command that creates somebody wants to have asked.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) questions: Vec<Question>,
    /// The roles that are known already.
    pub(crate) roles: RoleSet,
}

/// Said of a user whose name differs from that of another only in case.
pub(crate) fn twin_warning(twin: &Username) -> String {
    format!("there is also a user `{twin}`: usernames are case sensitive, so these are two users")
}
