//! What a user has that can be changed: the one form that a command line, a form and a row of a file
//! are brought into before the rules look at it.

use std::collections::{BTreeMap, BTreeSet};

use super::template::UserTemplate;
use crate::directory::Error;
use crate::model::{
    Assignment, AssignmentRequest, Email, FullName, LanguageTag, NewUser, Phone, ProfileField,
    ProjectName, RoleSet, SkillGrant, SkillLevel, SkillName, State, TeamName, Timestamp, User,
    UserId, Username, Weight, WeightRange, Window,
};

/// A user's details, roles and memberships, each list by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::directory) struct Profile {
    /// `None` only for a new user who has not been given one yet.
    pub(in crate::directory) full_name: Option<FullName>,
    pub(in crate::directory) email: Option<Email>,
    pub(in crate::directory) phone: Option<Phone>,
    pub(in crate::directory) state: State,
    pub(in crate::directory) window: Window,
    pub(in crate::directory) roles: RoleSet,
    pub(in crate::directory) teams: BTreeSet<TeamName>,
    pub(in crate::directory) skills: BTreeMap<SkillName, SkillLevel>,
    pub(in crate::directory) language: Option<LanguageTag>,
    pub(in crate::directory) project_selection: bool,
    pub(in crate::directory) projects: BTreeMap<ProjectName, Placement>,
}

/// How somebody is in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::directory) struct Placement {
    pub(in crate::directory) weight: Weight,
    pub(in crate::directory) window: Window,
}

impl Placement {
    /// What `request` makes of what was there.
    pub(in crate::directory) fn requested(
        request: &AssignmentRequest,
        known: Option<Self>,
        weights: &WeightRange,
    ) -> Self {
        let weight = request.weight.or(known.map(|known| known.weight));
        let window = known.map_or(Window::ALWAYS, |known| known.window);
        Self { weight: weight.unwrap_or(weights.default), window: request.window.apply(window) }
    }
}

impl From<&Assignment> for Placement {
    fn from(one: &Assignment) -> Self {
        Self { weight: one.weight, window: one.window }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            full_name: None,
            email: None,
            phone: None,
            state: State::Active,
            window: Window::ALWAYS,
            roles: RoleSet::empty(),
            teams: BTreeSet::new(),
            skills: BTreeMap::new(),
            language: None,
            project_selection: true,
            projects: BTreeMap::new(),
        }
    }
}

impl Profile {
    /// The profile of a user who exists.
    pub(in crate::directory) fn from_user(user: &User) -> Self {
        Self {
            full_name: Some(user.full_name.clone()),
            email: user.email.clone(),
            phone: user.phone.clone(),
            state: user.set_state,
            window: user.window,
            roles: user.roles,
            teams: user.teams.iter().cloned().collect(),
            skills: user.skills.iter().map(|one| (one.skill.clone(), one.level)).collect(),
            language: user.language.clone(),
            project_selection: user.project_selection,
            projects: user.projects.iter().map(|one| (one.project.clone(), one.into())).collect(),
        }
    }

    /// The profile of a user to be created; what is named twice counts as it was given last.
    pub(super) fn from_new(new: &NewUser, weights: &WeightRange) -> Self {
        Self {
            full_name: Some(new.full_name.clone()),
            email: new.email.clone(),
            phone: new.phone.clone(),
            state: new.state,
            window: new.window,
            roles: new.roles,
            teams: new.teams.iter().cloned().collect(),
            skills: new.skills.iter().map(|one| (one.skill.clone(), one.level)).collect(),
            language: new.language.clone(),
            project_selection: new.project_selection,
            projects: placed(&new.projects, weights),
        }
    }

    /// What a new user begins with who is to be like somebody.
    pub(in crate::directory) fn from_template(
        template: UserTemplate,
        weights: &WeightRange,
    ) -> Self {
        Self {
            roles: template.roles,
            teams: template.teams.into_iter().collect(),
            skills: template.skills.into_iter().map(|one| (one.skill, one.level)).collect(),
            language: template.language,
            project_selection: template.project_selection,
            projects: placed(&template.projects, weights),
            ..Self::default()
        }
    }

    /// Whether there is nothing in `field`.
    pub(in crate::directory) fn lacks(&self, field: ProfileField) -> bool {
        match field {
            ProfileField::Email => self.email.is_none(),
            ProfileField::Phone => self.phone.is_none(),
            ProfileField::Language => self.language.is_none(),
            ProfileField::Team => self.teams.is_empty(),
            ProfileField::Skill => self.skills.is_empty(),
            ProfileField::Project => self.projects.is_empty(),
        }
    }

    /// The user `id` with this profile, without a password.
    ///
    /// # Errors
    ///
    /// [`Error::PlanStale`], where there is no name, or `project_state` does not know a project.
    pub(in crate::directory) fn to_user(
        &self,
        id: UserId,
        username: &Username,
        now: Timestamp,
        project_state: impl Fn(&ProjectName) -> Option<State>,
    ) -> Result<User, Error> {
        let stale = || Error::PlanStale { what: format!("`{username}`") };
        let skill = |(skill, level): (&SkillName, &SkillLevel)| SkillGrant {
            skill: skill.clone(),
            level: *level,
        };
        let mut projects = Vec::with_capacity(self.projects.len());
        for (project, Placement { weight, window }) in &self.projects {
            let project_state = project_state(project).ok_or_else(stale)?;
            let (project, weight, window) = (project.clone(), *weight, *window);
            projects.push(Assignment { project, weight, window, project_state });
        }
        Ok(User {
            id,
            username: username.clone(),
            full_name: self.full_name.clone().ok_or_else(stale)?,
            email: self.email.clone(),
            phone: self.phone.clone(),
            set_state: self.state,
            window: self.window,
            roles: self.roles,
            teams: self.teams.iter().cloned().collect(),
            skills: self.skills.iter().map(skill).collect(),
            language: self.language.clone(),
            project_selection: self.project_selection,
            projects,
            credential: None,
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            locked_until: None,
            photo: false,
        })
    }
}

fn placed(
    requests: &[AssignmentRequest],
    weights: &WeightRange,
) -> BTreeMap<ProjectName, Placement> {
    let placement = |request| Placement::requested(request, None, weights);
    requests.iter().map(|request| (request.project.clone(), placement(request))).collect()
}
