//! `user create --like`: what the call leaves open is taken over from somebody who is there.

use super::new_user_form::{NewUserForm, not_there};
use crate::cli::error::CommandEnd;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, EntityKind};
use crate::model::{ProjectName, RoleSet, Username};

/// Projects of a model that the new user cannot have.
pub(super) struct SkippedFromTemplate {
    model: Username,
    projects: Vec<ProjectName>,
}

/// Fills what the call does not give itself with what `model` has.
pub(super) fn take_over(
    form: &mut NewUserForm,
    directory: Option<&Directory>,
    model: &Username,
) -> Result<SkippedFromTemplate, CommandEnd> {
    let Some(directory) = directory else {
        return Err(not_there(EntityKind::User, model.as_str()));
    };
    let likeness = directory.user_template(model, form.roles)?;
    form.roles = likeness.roles;
    if form.teams.is_empty() {
        form.teams = likeness.teams;
    }
    if form.skills.is_empty() {
        form.skills = likeness.skills;
    }
    if form.language.is_none() {
        form.language = likeness.language;
    }
    form.project_selection = form.project_selection.or(Some(likeness.project_selection));
    let mut left_out = SkippedFromTemplate { model: model.clone(), projects: Vec::new() };
    if form.projects.is_empty() {
        form.projects = likeness.projects;
        left_out.projects = likeness.left_out;
    }
    Ok(left_out)
}

impl SkippedFromTemplate {
    /// Tells of them, where the new user has these roles.
    pub(super) fn tell(&self, ui: &Ui, roles: RoleSet) {
        let why =
            if roles.takes_calls() { "it is inactive" } else { "none of the roles takes calls" };
        for project in &self.projects {
            let message = format!("the project `{project}` of {} was left out: {why}", self.model);
            ui.warning("project-left-out", &message);
        }
    }
}
