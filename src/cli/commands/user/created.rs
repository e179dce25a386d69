//! What is told of a user who was created, or was there already.

use super::template::SkippedFromTemplate;
use super::view::{UserView, print_issued};
use crate::cli::args::question::twin_warning;
use crate::cli::context::Context;
use crate::cli::error::{CommandEnd, CommandResult};
use crate::cli::handout::PreparedHandout;
use crate::cli::impact::report_first_shares;
use crate::cli::second_factor;
use crate::cli::shell::command_line;
use crate::directory::{CreatedUser, Directory, Error};
use crate::model::Username;

/// Shows the user who already exists; `false` where there is none.
pub(super) fn found(
    context: &Context,
    directory: &Directory,
    username: &Username,
) -> Result<bool, CommandEnd> {
    let user = match directory.find_user(username) {
        Err(Error::NotFound { .. }) => return Ok(false),
        other => other?,
    };
    context.ui.notice("already", &format!("already exists: {username}"));
    print_issued(context, &[UserView::found(user, directory.now())], false)?;
    Ok(true)
}

/// Tells what came of it: of the user, of what stayed behind, and what to type next.
pub(super) fn report(
    context: &Context,
    directory: &Directory,
    mut created: CreatedUser,
    prepared: Option<PreparedHandout<'_, '_>>,
    left_out: Option<&SkippedFromTemplate>,
) -> CommandResult {
    let ui = &context.ui;
    let now = directory.now();
    let username = created.user.username.clone();
    let idle = created.user.roles.takes_calls() && created.user.projects.is_empty();
    ui.status(&format!("created {username}"));
    report_first_shares(ui, &created.user);
    if let Some(twin) = created.twin.as_ref().filter(|_| !context.was_asked()) {
        ui.warning("case-twin", &twin_warning(twin));
    }
    if let Some(other) = &created.shares_phone {
        second_factor::warn_shared_phone(ui, &username, other);
    }
    if let Some(left_out) = left_out {
        left_out.tell(ui, created.user.roles);
    }
    if prepared.as_ref().is_some_and(PreparedHandout::hides_passwords) {
        created.generated = None;
    }
    let handed = prepared.map(PreparedHandout::deliver).unwrap_or_default();
    print_issued(context, &[UserView::issued(created.user, now, created.generated)], false)?;
    if context.was_asked() && idle {
        print_next_step(context, directory, &username)?;
    }
    handed.outcome()
}

/// What somebody who takes calls and has no project needs now.
fn print_next_step(
    context: &Context,
    directory: &Directory,
    username: &Username,
) -> Result<(), CommandEnd> {
    const MAX_PROJECTS_NAMED: usize = 8;
    let mut projects = Vec::new();
    directory.projects(|summary| {
        if summary.project.state.is_active() {
            projects.push(summary.project.name.to_string());
        }
        projects.len() <= MAX_PROJECTS_NAMED
    })?;
    let mut arguments = context.same_program();
    arguments.extend(["assign-project", username.as_str(), "PROJECT"].map(str::to_owned));
    context.ui.notice("next", &format!("next: {}", command_line(&arguments)));
    let there_are = match projects.len() {
        0 => "there is no active project yet: `ccadmin project create NAME` creates one".to_owned(),
        1..=MAX_PROJECTS_NAMED => format!("PROJECT is one of: {}", projects.join(", ")),
        _ => "`ccadmin project list` shows the projects".to_owned(),
    };
    context.ui.notice("projects", &there_are);
    Ok(())
}
