//! What a new user takes over from one who is there: their place in the house, never what makes them a
//! person or lets them in.

use crate::directory::{Directory, Error};
use crate::model::{
    AssignmentRequest, LanguageTag, ProjectName, RoleSet, SkillGrant, TeamName, Timestamp, User,
    Username, WindowEdit,
};

/// What somebody takes over from a model: never their name, how to reach them, their state or their
/// password. Who is given a list of their own takes none over in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserTemplate {
    /// What they may do.
    pub roles: RoleSet,
    /// Their teams.
    pub teams: Vec<TeamName>,
    /// Their skills, with their levels.
    pub skills: Vec<SkillGrant>,
    /// Their language.
    pub language: Option<LanguageTag>,
    /// Whether they choose which of their projects to enter.
    pub project_selection: bool,
    /// Their projects, with their weights and dates.
    pub projects: Vec<AssignmentRequest>,
    /// Projects of the model that nobody can be assigned to now, since they are inactive, and those
    /// in which their time is over; all of them, where the roles take no calls.
    pub left_out: Vec<ProjectName>,
}

impl UserTemplate {
    /// What somebody like `model` takes over. Where `roles` are given they take the place of the
    /// model's, and decide whether there can be projects.
    #[must_use]
    pub fn from_user(model: &User, roles: RoleSet, now: Timestamp) -> Self {
        let roles = if roles.is_empty() { model.roles } else { roles };
        let (assignable, left_out): (Vec<_>, Vec<_>) = model.projects.iter().partition(|one| {
            roles.takes_calls() && one.project_state.is_active() && !one.window.is_over(now)
        });
        Self {
            roles,
            teams: model.teams.clone(),
            skills: model.skills.clone(),
            language: model.language.clone(),
            project_selection: model.project_selection,
            projects: assignable
                .into_iter()
                .map(|one| AssignmentRequest {
                    project: one.project.clone(),
                    weight: Some(one.weight),
                    window: WindowEdit {
                        from: one.window.from.map(Some),
                        until: one.window.until.map(Some),
                    },
                })
                .collect(),
            left_out: left_out.into_iter().map(|one| one.project.clone()).collect(),
        }
    }
}

impl Directory {
    /// What somebody like the user `model` takes over, as they are now; see [`UserTemplate::from_user`]. Whether
    /// the actor may give it is decided when the new user is created.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is no user of that name.
    pub fn user_template(&self, model: &Username, roles: RoleSet) -> Result<UserTemplate, Error> {
        Ok(UserTemplate::from_user(&self.find_user(model)?, roles, self.now()))
    }
}
