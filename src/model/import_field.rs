//! The columns of a roster: what an export writes and an import reads.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, Rule};

/// A column of a roster that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportField {
    /// Who it is.
    Username,
    /// Their name.
    FullName,
    /// Their e-mail address.
    Email,
    /// Their phone number.
    Phone,
    /// Whether they take part.
    State,
    /// What they may do.
    Roles,
    /// Their teams.
    Teams,
    /// Their skills.
    Skills,
    /// Their language.
    Language,
    /// Whether they choose which of their projects to enter.
    ProjectSelection,
    /// Their projects.
    Projects,
    /// The password that they are created with.
    TemporaryPassword,
}

impl ImportField {
    /// All of them, in the order in which an export has them.
    pub const ALL: [Self; 12] = [
        Self::Username,
        Self::FullName,
        Self::Email,
        Self::Phone,
        Self::State,
        Self::Roles,
        Self::Teams,
        Self::Skills,
        Self::Language,
        Self::ProjectSelection,
        Self::Projects,
        Self::TemporaryPassword,
    ];

    /// Whether many people have the same in it.
    pub(crate) const fn repeats(self) -> bool {
        matches!(
            self,
            Self::State
                | Self::Roles
                | Self::Teams
                | Self::Skills
                | Self::Language
                | Self::ProjectSelection
                | Self::Projects
        )
    }

    /// The field that is nearly called so.
    pub(crate) fn nearest(name: &str) -> Option<Self> {
        // The cost grows with the length, and nothing that long is a slip of the fingers.
        if name.len() > 64 {
            return None;
        }
        Self::ALL
            .into_iter()
            .map(|field| (strsim::osa_distance(field.as_str(), name), field))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, field)| *distance <= 1 + field.as_str().len() / 4)
            .map(|(_, field)| field)
    }

    /// Its name in a header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::FullName => "full_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::State => "state",
            Self::Roles => "roles",
            Self::Teams => "teams",
            Self::Skills => "skills",
            Self::Language => "language",
            Self::ProjectSelection => "project_selection",
            Self::Projects => "projects",
            Self::TemporaryPassword => "temporary_password",
        }
    }
}

impl fmt::Display for ImportField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// In any case, with blanks around it, and with blanks or hyphens for underscores.
impl FromStr for ImportField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|field| field.as_str() == name).ok_or_else(|| {
            let unknown = Invalid::new(
                Rule::Header,
                format!("there is no field `{}`", text.trim().escape_debug()),
            );
            match Self::nearest(&name) {
                Some(field) => unknown.with_hint(format!("did you mean `{field}`?")),
                None => unknown.with_hint(format!(
                    "the fields are: {}",
                    Self::ALL.map(Self::as_str).join(", ")
                )),
            }
        })
    }
}
