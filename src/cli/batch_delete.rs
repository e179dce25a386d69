//! Deleting several things by name, and what is printed of them.

use std::fmt::Display;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::batch::{print_batch, try_each};
use crate::cli::context::Context;
use crate::cli::error::CommandResult;
use crate::cli::impact;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::{Error, ProjectDeletion, ProjectImpact};

/// Something that is gone, and from how many users it went.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
pub(crate) struct Deleted {
    name: String,
    deleted: bool,
    users: i64,
}

impl Record for Deleted {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<Deleted>; 3] = [
            Column::text("name", |view, _| view.name.clone()),
            Column::text("deleted", |view, _| view.deleted.to_string()),
            Column::number("users", |view, _| view.users.to_string()),
        ];
        &COLUMNS
    }
}

/// What something left behind.
pub(crate) struct Left {
    /// From how many users it went.
    pub(crate) users: i64,
    /// What that did to their shares.
    pub(crate) impact: ProjectImpact,
}

impl From<i64> for Left {
    fn from(users: i64) -> Self {
        Self { users, impact: ProjectImpact::default() }
    }
}

impl From<ProjectDeletion> for Left {
    fn from(ProjectDeletion { users, impact }: ProjectDeletion) -> Self {
        Self { users, impact }
    }
}

/// Deletes one after the other; `delete` gives what each left behind.
pub(crate) fn delete_each<N: Display, L: Into<Left>>(
    context: &Context,
    names: &[N],
    mut delete: impl FnMut(&N) -> Result<L, Error>,
) -> CommandResult {
    let ui = &context.ui;
    let tried = try_each(ui, names, |name| {
        let Left { users, impact } = delete(name)?.into();
        match users {
            0 => ui.status(&format!("deleted {name}")),
            1 => ui.status(&format!("deleted {name}, and took it from 1 user")),
            users => ui.status(&format!("deleted {name}, and took it from {users} users")),
        }
        impact::report_project_impact(ui, &impact);
        Ok(Deleted { name: name.to_string(), deleted: true, users })
    });
    print_batch(context, &tried.done, names.len() > 1)?;
    tried.outcome()
}
