//! The kinds of things that have a name.

/// A kind of thing that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// A user.
    User,
    /// A project.
    Project,
    /// A team.
    Team,
    /// A skill.
    Skill,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::User, Self::Project, Self::Team, Self::Skill];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Project => "project",
            Self::Team => "team",
            Self::Skill => "skill",
        }
    }
}

/// A kind of name that users are labelled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// A team.
    Team,
    /// A skill.
    Skill,
}

impl LabelKind {
    /// What it is.
    #[must_use]
    pub const fn entity(self) -> EntityKind {
        match self {
            Self::Team => EntityKind::Team,
            Self::Skill => EntityKind::Skill,
        }
    }
}
