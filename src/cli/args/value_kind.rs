//! What stands in an argument's place: what a question calls it, where its candidates come from and
//! how it is checked against the store. Prompts, completion and did-you-mean go by this one table.

use clap::Arg;

use crate::cli::error::CliError;
use crate::directory::{CompletionKind, Directory, EntityKind, Error, LabelKind};
use crate::model::{ProjectName, SkillName, State, TeamName, Username, Weight};

/// What the value of an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// The name of something that the store holds, where it matters in this state.
    Existing(EntityKind, Option<State>),
    /// A name that is not taken.
    Free(EntityKind),
    /// A project that the user who is named before is in.
    ProjectOfUser,
    /// A weight.
    Weight,
}

impl ValueKind {
    /// What a value of that `name` is, behind the commands of `path`.
    pub(crate) fn of(path: &[&str], name: &str, positional: bool) -> Option<Self> {
        use EntityKind::{Project, Skill, Team, User};

        let noun = match path {
            ["user", ..] => Some(User),
            ["project", ..] => Some(Project),
            ["team", ..] => Some(Team),
            ["skill", ..] => Some(Skill),
            _ => None,
        };
        Some(match (path, name) {
            (["user", "create"], "USERNAME") if positional => Self::Free(User),
            (["project" | "team" | "skill", "create"], "NAME") | ([_, "rename"], "NEW") => {
                Self::Free(noun?)
            }
            (["user", "activate"], "USERNAME") => Self::Existing(User, Some(State::Inactive)),
            (["user", "deactivate"], "USERNAME") => Self::Existing(User, Some(State::Active)),
            (_, "USERNAME" | "USER" | "ACTOR") => Self::Existing(User, None),
            (["project", "activate"], "NAME") => Self::Existing(Project, Some(State::Inactive)),
            (["project", "deactivate"], "NAME") => Self::Existing(Project, Some(State::Active)),
            (["set-weight" | "unassign-project"], "PROJECT") => Self::ProjectOfUser,
            (["assign-project"] | ["user", "create" | "update"], "PROJECT") => {
                Self::Existing(Project, Some(State::Active))
            }
            (_, "PROJECT") => Self::Existing(Project, None),
            (_, "TEAM") => Self::Existing(Team, None),
            (_, "SKILL") => Self::Existing(Skill, None),
            (["project" | "team" | "skill", ..], "NAME") => Self::Existing(noun?, None),
            (["set-weight"], "WEIGHT") => Self::Weight,
            _ => return None,
        })
    }

    /// What it is the name of.
    pub(crate) fn entity(self) -> Option<EntityKind> {
        match self {
            Self::Existing(entity, _) | Self::Free(entity) => Some(entity),
            Self::ProjectOfUser => Some(EntityKind::Project),
            Self::Weight => None,
        }
    }

    /// What a question calls one or `several` of them.
    pub(crate) fn question(self, path: &[&str], several: bool) -> &'static str {
        match (self, path) {
            (Self::Free(EntityKind::User), [_, "create"]) => "Username",
            (Self::Free(EntityKind::User), _) => "New username",
            (Self::Free(_), [_, "create"]) => "Name",
            (Self::Free(_), _) => "New name",
            (Self::Weight, _) => "Weight",
            (Self::Existing(EntityKind::User, _), _) if several => "Users",
            (Self::Existing(EntityKind::User, _), _) => "User",
            (Self::Existing(EntityKind::Team, _), _) if several => "Teams",
            (Self::Existing(EntityKind::Team, _), _) => "Team",
            (Self::Existing(EntityKind::Skill, _), _) if several => "Skills",
            (Self::Existing(EntityKind::Skill, _), _) => "Skill",
            (Self::Existing(EntityKind::Project, _) | Self::ProjectOfUser, _) if several => {
                "Projects"
            }
            (Self::Existing(EntityKind::Project, _) | Self::ProjectOfUser, _) => "Project",
        }
    }

    /// The names of the store that fit; `user` is the one who is named before, if it is one.
    pub(crate) fn candidates(self, user: Option<&str>) -> Option<CompletionKind> {
        Some(match self {
            Self::Existing(EntityKind::User, state) => CompletionKind::Users(state),
            Self::Existing(EntityKind::Project, state) => CompletionKind::Projects(state),
            Self::Existing(EntityKind::Team, _) => CompletionKind::Teams,
            Self::Existing(EntityKind::Skill, _) => CompletionKind::Skills,
            // Of several users, or of those who are not named, there is no list.
            Self::ProjectOfUser => match user.and_then(|user| user.parse().ok()) {
                Some(user) => CompletionKind::ProjectsOf(user),
                None => CompletionKind::Projects(None),
            },
            Self::Free(_) | Self::Weight => return None,
        })
    }

    /// Checks an answer, against the store where there is one; `user` is the one who is named before.
    ///
    /// # Errors
    ///
    /// It cannot be one of these, it is not there, or it is taken.
    pub(crate) fn check(
        self,
        directory: Option<&Directory>,
        user: Option<&str>,
        text: &str,
    ) -> Result<(), CliError> {
        match self {
            Self::Weight => {
                let weight = text.parse::<Weight>()?;
                if let Some(directory) = directory {
                    directory.policy().weights.check(weight)?;
                }
            }
            Self::Existing(entity, _) => find(entity, directory, text)?,
            Self::Free(entity) => match find(entity, directory, text) {
                Err(Error::NotFound { .. }) => {}
                Ok(()) if directory.is_none() => {}
                Ok(()) => {
                    let taken = Error::Exists { object: entity, name: text.to_owned() };
                    let hint = match entity {
                        EntityKind::User => "choose another username",
                        _ => "choose another name",
                    };
                    return Err(CliError::from(taken).with_hint(hint));
                }
                Err(other) => return Err(other.into()),
            },
            Self::ProjectOfUser => {
                find(EntityKind::Project, directory, text)?;
                let (Some(directory), Some(user)) = (directory, user) else { return Ok(()) };
                let (username, project) = (user.parse::<Username>()?, text.parse::<ProjectName>()?);
                let found = directory.find_user(&username)?;
                if !found.projects.iter().any(|one| one.project == project) {
                    return Err(Error::NotAssigned { username, project }.into());
                }
            }
        }
        Ok(())
    }
}

/// Looks a name up; where there is no store, its form alone is checked.
fn find(entity: EntityKind, directory: Option<&Directory>, text: &str) -> Result<(), Error> {
    match entity {
        EntityKind::User => {
            let name = text.parse::<Username>()?;
            directory.map_or(Ok(()), |directory| directory.find_user(&name).map(drop))
        }
        EntityKind::Project => {
            let name = text.parse::<ProjectName>()?;
            directory.map_or(Ok(()), |directory| directory.find_project(&name).map(drop))
        }
        EntityKind::Team => {
            let name = text.parse::<TeamName>()?;
            let find = |directory: &Directory| directory.find_label(LabelKind::Team, name.as_str());
            directory.map_or(Ok(()), |directory| find(directory).map(drop))
        }
        EntityKind::Skill => {
            let name = text.parse::<SkillName>()?;
            let find =
                |directory: &Directory| directory.find_label(LabelKind::Skill, name.as_str());
            directory.map_or(Ok(()), |directory| find(directory).map(drop))
        }
    }
}

/// The name of its value up to what may be added: `PROJECT` of `PROJECT[:WEIGHT]`.
pub(crate) fn value_name(argument: &Arg) -> &str {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map_or(argument.get_id().as_str(), |name| name.as_str());
    name.split(['[', '|']).next().unwrap_or(name)
}
