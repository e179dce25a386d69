//! Teams, skills and projects as a roster says that they are.

use crate::model::{ProjectDetails, ProjectName, SkillName, State, TeamName};

/// Something that is to be there, made where it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterPlace {
    /// A team.
    Team(TeamName),
    /// A skill.
    Skill(SkillName),
    /// A project, with all that is known of it.
    Project(ProjectName, ProjectDetails, State),
}

impl RosterPlace {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Team(name) => name.as_str(),
            Self::Skill(name) => name.as_str(),
            Self::Project(name, ..) => name.as_str(),
        }
    }
}
