//! Users, projects, teams and skills by name, where they have to be there; the nearest name is
//! looked for after the transaction.

use super::{EntityKind, Error, LabelKind};
use crate::model::{Project, ProjectName, User, Username};
use crate::store::Reader;

/// The user who has to be there.
pub(super) fn require_user(reader: &Reader<'_>, username: &Username) -> Result<User, Error> {
    reader.find_user(username)?.ok_or_else(|| Error::NotFound {
        object: EntityKind::User,
        name: username.to_string(),
        nearest: None,
    })
}

/// The project that has to be there.
pub(super) fn require_project(reader: &Reader<'_>, name: &ProjectName) -> Result<Project, Error> {
    reader.find_project(name.as_str())?.ok_or_else(|| Error::NotFound {
        object: EntityKind::Project,
        name: name.to_string(),
        nearest: None,
    })
}

/// The project that somebody is to be assigned to: it has to be there and active.
pub(super) fn assignable_project(
    reader: &Reader<'_>,
    name: &ProjectName,
) -> Result<Project, Error> {
    let project = require_project(reader, name)?;
    if project.state.is_active() {
        Ok(project)
    } else {
        Err(Error::ProjectInactive { project: project.name })
    }
}

/// The id of a label that has to be there; the nearest name is looked for where it is not.
pub(super) fn label_id(reader: &Reader<'_>, kind: LabelKind, name: &str) -> Result<i64, Error> {
    reader.label_id(kind, name)?.ok_or_else(|| Error::NotFound {
        object: kind.entity(),
        name: name.to_owned(),
        nearest: None,
    })
}
