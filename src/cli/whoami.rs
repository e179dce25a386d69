//! `ccadmin whoami`.

use clap::Args;
use serde::Serialize;

use super::context::{Context, Need};
use super::error::{DONE, Outcome, Stop};
use super::terminal::output::{Column, Record, write_one};
use crate::directory::{Acting, Error};
use crate::model::{Role, RoleSet, Timestamp};
use crate::privilege;

/// Show who you are and what you may do
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin whoami")]
pub(crate) struct WhoamiArgs {}

/// Who is acting.
#[derive(Serialize)]
struct WhoView {
    /// As the audit log names him.
    actor: String,
    username: Option<String>,
    full_name: Option<String>,
    roles: RoleSet,
    os_uid: u32,
    password: Option<&'static str>,
    password_expires_at: Option<Timestamp>,
    projects: Vec<String>,
}

impl Record for WhoView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<WhoView>; 8] = [
            Column::text("actor", |view, _| view.actor.clone()),
            Column::text("username", |view, _| view.username.clone().unwrap_or_default()),
            Column::text("full_name", |view, _| view.full_name.clone().unwrap_or_default()),
            Column::text("roles", |view, medium| medium.list(view.roles.iter())),
            Column::number("os_uid", |view, _| view.os_uid.to_string()),
            Column::text("password", |view, _| view.password.unwrap_or_default().to_owned()),
            Column::text("password_expires_at", |view, medium| {
                view.password_expires_at.map(|end| medium.time(end)).unwrap_or_default()
            }),
            Column::text("projects", |view, medium| medium.list(&view.projects)),
        ];
        &COLUMNS
    }
}

impl WhoamiArgs {
    pub(crate) fn run(context: &Context) -> Outcome {
        let ui = &context.ui;
        let directory = context.directory(Need::Read)?;
        let view = match directory.acting() {
            Acting::Owner { login } => WhoView {
                actor: format!("os:{login}"),
                username: None,
                full_name: None,
                roles: RoleSet::empty().with(Role::Admin),
                os_uid: privilege::real_uid(),
                password: None,
                password_expires_at: None,
                projects: Vec::new(),
            },
            Acting::Stale => return Err(Error::SessionEnded.into()),
            Acting::Nobody => return Err(Error::SignInRequired.into()),
            Acting::User { .. } => {
                let user = directory.myself()?;
                let credential = user.credential.as_ref();
                WhoView {
                    actor: user.username.to_string(),
                    username: Some(user.username.to_string()),
                    full_name: Some(user.full_name.to_string()),
                    roles: user.roles,
                    os_uid: privilege::real_uid(),
                    password: Some(user.password_state(context.now()).as_str()),
                    password_expires_at: credential.and_then(|credential| credential.expires_at),
                    projects: user
                        .projects
                        .iter()
                        .map(|one| format!("{}:{}", one.project, one.weight))
                        .collect(),
                }
            }
        };
        ui.stdout()
            .and_then(|mut out| write_one(&mut out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| Stop::output(&error))?;
        DONE
    }
}
