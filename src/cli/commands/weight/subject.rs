//! A name that may be a user's or a project's.

use clap::ValueEnum;

use crate::cli::error::{CliError, CommandEnd};
use crate::directory::{Directory, Error};
use crate::model::{ProjectName, Username};

/// What a name is meant as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SubjectKind {
    /// A user's
    User,
    /// A project's
    Project,
}

/// Whose weights are meant.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    User(Username),
    Project(ProjectName),
}

impl Subject {
    /// What is called `name`: the one of `kind`, else the only one that there is.
    ///
    /// # Errors
    ///
    /// Nothing is called so, or both a user and a project are.
    pub(super) fn find(
        directory: &Directory,
        name: &str,
        kind: Option<SubjectKind>,
    ) -> Result<Self, CliError> {
        match kind {
            Some(SubjectKind::User) => return Ok(Self::User(name.parse()?)),
            Some(SubjectKind::Project) => return Ok(Self::Project(name.parse()?)),
            None => {}
        }
        let username = name.parse::<Username>();
        // Every project's name could be a user's.
        let Ok(project) = name.parse::<ProjectName>() else { return Ok(Self::User(username?)) };
        let username = username?;
        let as_user = directory.find_user(&username);
        let as_project = directory.find_project(&project);
        match (as_user, as_project) {
            (Ok(_), Err(Error::NotFound { .. })) => Ok(Self::User(username)),
            (Err(Error::NotFound { .. }), Ok(_)) => Ok(Self::Project(project)),
            (Ok(_), Ok(_)) => {
                Err(CommandEnd::usage(format!("both a user and a project are called `{name}`"))
                    .with_hint("`--kind user` or `--kind project` says which is meant"))
            }
            (Err(user @ Error::NotFound { .. }), Err(project @ Error::NotFound { .. })) => {
                let likely = matches!(&user, Error::NotFound { nearest: Some(_), .. });
                let failure = CliError::from(if likely { user } else { project });
                let message = format!("there is no user and no project `{name}`");
                Err(CliError { message, ..failure })
            }
            (Err(error), _) | (_, Err(error)) => Err(error.into()),
        }
    }
}
