//! `ccadmin whoami`.

use std::io;

use clap::Args;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::cli::commands::user::{MembershipView, memberships};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Column, Format, Record, lines, write_lines, write_one};
use crate::cli::weight_share::{shares_of_user, write_weight_shares};
use crate::directory::{Actor, Error};
use crate::model::{CredentialState, FullName, Role, RoleSet, Timestamp, User, Username};
use crate::privilege;

/// Show who you are and what you may do
///
/// Also shows when your password expires and which projects you take calls from. With project
/// selection on, you choose which of them to enter when your client starts, otherwise you enter all
/// of them. The share of a project is the part of your attention that it gets.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin whoami")]
pub(crate) struct WhoamiArgs {}

/// Who is acting.
struct WhoamiView {
    /// As the audit log names the user.
    actor: String,
    roles: RoleSet,
    os_uid: u32,
    /// Until when that account is turned away whatever username it gives, where it is.
    caller_locked_until: Option<Timestamp>,
    now: Timestamp,
    /// `None` where it is the owner of the store.
    user: Option<User>,
}

impl WhoamiView {
    fn password(&self) -> Option<CredentialState> {
        self.user.as_ref().map(|user| user.password_state(self.now))
    }

    fn password_expires_at(&self) -> Option<Timestamp> {
        self.user.as_ref().and_then(|user| user.credential.as_ref()?.expires_at)
    }
}

/// Who is acting, as JSON shows it; the owner of the store is no user.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WhoamiJson<'v> {
    actor: &'v str,
    username: Option<&'v Username>,
    full_name: Option<&'v FullName>,
    roles: RoleSet,
    os_uid: u32,
    caller_locked_until: Option<Timestamp>,
    password: Option<CredentialState>,
    password_expires_at: Option<Timestamp>,
    project_selection: Option<bool>,
    projects: Vec<MembershipView<'v>>,
}

impl Serialize for WhoamiView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let user = self.user.as_ref();
        let json = WhoamiJson {
            actor: &self.actor,
            username: user.map(|user| &user.username),
            full_name: user.map(|user| &user.full_name),
            roles: self.roles,
            os_uid: self.os_uid,
            caller_locked_until: self.caller_locked_until,
            password: self.password(),
            password_expires_at: self.password_expires_at(),
            project_selection: user.map(|user| user.project_selection),
            projects: user.map(|user| memberships(user, self.now)).unwrap_or_default(),
        };
        json.serialize(serializer)
    }
}

impl Record for WhoamiView {
    fn columns() -> &'static [Column<Self>] {
        fn of(view: &WhoamiView, text: fn(&User) -> String) -> String {
            view.user.as_ref().map(text).unwrap_or_default()
        }
        static COLUMNS: [Column<WhoamiView>; 10] = [
            Column::text("actor", |view, _| view.actor.clone()),
            Column::text("username", |view, _| of(view, |user| user.username.to_string())),
            Column::text("full_name", |view, _| of(view, |user| user.full_name.to_string())),
            Column::text("roles", |view, medium| medium.list(view.roles.iter())),
            Column::number("os_uid", |view, _| view.os_uid.to_string()),
            Column::text("caller_locked_until", |view, medium| {
                view.caller_locked_until.map(|end| medium.time(end)).unwrap_or_default()
            }),
            Column::text("password", |view, _| {
                view.password().map_or("", CredentialState::as_str).to_owned()
            }),
            Column::time("password_expires_at", |view, medium| {
                view.password_expires_at().map(|end| medium.time(end)).unwrap_or_default()
            }),
            Column::text("project_selection", |view, _| {
                of(view, |user| user.project_selection.to_string())
            }),
            Column::text("projects", |view, medium| {
                let projects = view.user.iter().flat_map(|user| &user.projects);
                medium.list(projects)
            }),
        ];
        &COLUMNS
    }
}

impl WhoamiArgs {
    pub(crate) fn run(context: &Context) -> CommandResult {
        let directory = context.directory(StoreAccess::Read)?;
        let (actor, roles, user) = match directory.acting() {
            Actor::Owner { login } => {
                (format!("os:{login}"), RoleSet::empty().with(Role::Admin), None)
            }
            Actor::Stale => return Err(Error::SessionEnded.into()),
            Actor::EmptyToken => return Err(Error::EmptyToken.into()),
            Actor::Nobody => return Err(Error::SignInRequired.into()),
            Actor::User { .. } => {
                let user = directory.myself()?;
                (user.username.to_string(), user.roles, Some(user))
            }
        };
        let os_uid = privilege::real_uid();
        let caller_locked_until = directory.own_lock()?;
        let view =
            WhoamiView { actor, roles, os_uid, caller_locked_until, now: context.now(), user };
        print(context, &view).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn print(context: &Context, view: &WhoamiView) -> io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    if ui.format != Format::Table {
        return ui.data(|out| write_one(out, view, ui.format, terminal));
    }
    let mut fields = lines(view);
    fields.retain(|(name, _)| !["project_selection", "projects"].contains(name));
    let Some(user) = &view.user else {
        return ui.data(|out| write_lines(out, fields, terminal));
    };
    let entered = match (user.projects.len(), user.project_selection) {
        (0, _) => "none",
        (_, true) => "when your client starts, you choose which of these to enter",
        (_, false) => "you enter all of these",
    };
    fields.push(("projects", entered.into()));
    ui.data(|out| {
        write_lines(out, fields, terminal)?;
        if !user.projects.is_empty() {
            writeln!(out)?;
            write_weight_shares(out, "PROJECT", &shares_of_user(user, view.now), terminal)?;
        }
        Ok(())
    })
}
