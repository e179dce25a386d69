//! A user on one screen: their details, their projects with shares, their password and sessions,
//! and what was last changed.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::cli::commands::audit::in_words;
use crate::cli::terminal::output::{
    Column, ListOptions, ListWriter, Medium, Record, TerminalShape, write_lines, zone_line,
};
use crate::cli::weight_share::{shares_of_user, write_weight_shares};
use crate::directory::UserRecord;
use crate::model::{AuditRecord, CredentialState, Timestamp, User};

/// So many changes are shown.
pub(super) const MAX_CHANGES_SHOWN: usize = 5;

/// One of the last changes.
#[derive(Serialize)]
struct ChangeView {
    at: Timestamp,
    actor: String,
    action: String,
    /// What it changed, in words.
    change: String,
}

impl From<AuditRecord> for ChangeView {
    fn from(record: AuditRecord) -> Self {
        let change = match record.before {
            Some(_) => in_words(record.before.as_deref(), record.after.as_deref()),
            // What was made anew stands above, in full.
            None => String::new(),
        };
        Self { at: record.at, actor: record.actor, action: record.action, change }
    }
}

impl Record for ChangeView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<ChangeView>; 4] = [
            Column::time("last_changes", |view, medium| medium.time(view.at)),
            Column { gives_way: 1, ..Column::whole("by", |view, _| view.actor.clone()) },
            Column::whole("action", |view, _| view.action.clone()),
            Column::text("change", |view, _| view.change.clone()),
        ];
        &COLUMNS
    }
}

/// Writes the whole of it.
pub(super) fn write(
    out: &mut dyn Write,
    record: UserRecord,
    now: Timestamp,
    terminal: Option<TerminalShape>,
) -> io::Result<()> {
    write_lines(out, lines(&record, now), terminal)?;
    if !record.user.projects.is_empty() {
        writeln!(out)?;
        write_weight_shares(out, "PROJECT", &shares_of_user(&record.user), terminal)?;
    }
    let changes = record.changes.unwrap_or_default();
    if !changes.is_empty() {
        writeln!(out)?;
        let options = ListOptions { terminal, ..ListOptions::default() };
        let mut list = ListWriter::whole(out, &options);
        for change in changes {
            list.push(&ChangeView::from(change))?;
        }
        list.finish(None)?;
    }
    out.flush()
}

fn lines(record: &UserRecord, now: Timestamp) -> Vec<(&'static str, Cow<'_, str>)> {
    let UserRecord { user, sessions, session_used_at, .. } = record;
    let table = Medium::Table;
    let skills = user.skills.iter().map(|one| format!("{}:{}", one.skill, one.level));
    let yes = |answer: bool| if answer { "yes" } else { "no" };
    let mut lines: Vec<(&'static str, Cow<'_, str>)> = vec![
        ("username", user.username.as_str().into()),
        ("full_name", user.full_name.as_str().into()),
        ("email", user.email.as_ref().map_or("", |email| email.as_str()).into()),
        ("phone", user.phone.as_ref().map_or("", |phone| phone.as_str()).into()),
        ("language", user.language.as_ref().map_or("", |language| language.as_str()).into()),
        ("state", user.state.as_str().into()),
        ("roles", table.list(user.roles.iter()).into()),
        ("teams", table.list(&user.teams).into()),
        ("skills", table.list(skills).into()),
        ("project_selection", if user.project_selection { "on" } else { "off" }.into()),
        ("password", password(user, now).into()),
    ];
    if let Some(credential) = &user.credential {
        let changed_at = table.time(credential.changed_at);
        lines.push(("password_set_by", format!("{}, {changed_at}", credential.set_by).into()));
    }
    let locked = user.locked_until(now).map(|end| format!("until {}", table.time(end)));
    let sessions = match (sessions, session_used_at) {
        (0, _) | (_, None) => "none".to_owned(),
        (count, Some(used_at)) => format!("{count}, last used {}", table.time(*used_at)),
    };
    let signed_in = user.last_sign_in_at.map(|moment| table.time(moment));
    lines.extend([
        ("locked", locked.map_or("no".into(), Cow::Owned)),
        ("last_sign_in", signed_in.map_or("never".into(), Cow::Owned)),
        ("sessions", sessions.into()),
        ("photo", yes(user.photo).into()),
        ("created", table.time(user.created_at).into()),
        ("updated", table.time(user.updated_at).into()),
        zone_line(),
    ]);
    lines
}

/// What a password is worth, and until when.
fn password(user: &User, now: Timestamp) -> String {
    let state = user.password_state(now);
    let end = user.credential.as_ref().and_then(|credential| credential.expires_at);
    match (state, end) {
        (CredentialState::Expired, Some(end)) => format!("expired {}", Medium::Table.time(end)),
        (_, Some(end)) => format!("{}, expires {}", state.as_str(), Medium::Table.time(end)),
        (_, None) => state.as_str().to_owned(),
    }
}
