//! The form of a new user: what the call gives, and what is missing.

use crate::cli::args::password_options;
use crate::cli::args::question::{Field, Question};
use crate::cli::context::Context;
use crate::cli::error::CommandEnd;
use crate::directory::{Directory, EntityKind, Error, LabelKind, PasswordSource};
use crate::model::{
    AssignmentRequest, Email, FullName, LanguageTag, NewUser, Phone, ProfileField, RoleSet,
    SkillGrant, State, TeamName, Username,
};

/// A new user, as far as known.
pub(super) struct NewUserForm {
    pub(super) username: Option<Username>,
    pub(super) full_name: Option<FullName>,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
    pub(super) state: State,
    pub(super) roles: RoleSet,
    pub(super) teams: Vec<TeamName>,
    pub(super) skills: Vec<SkillGrant>,
    pub(super) language: Option<LanguageTag>,
    pub(super) project_selection: Option<bool>,
    pub(super) projects: Vec<AssignmentRequest>,
    pub(super) password: Option<PasswordSource>,
}

impl NewUserForm {
    /// What is mandatory and missing, as the flags that would give it.
    pub(super) fn missing(&self, required: &[ProfileField]) -> Vec<String> {
        let mut missing = Vec::new();
        if self.username.is_none() {
            missing.push("USERNAME".to_owned());
        }
        if self.full_name.is_none() {
            missing.push("--name".to_owned());
        }
        if self.roles.is_empty() {
            missing.push("--role".to_owned());
        }
        missing.extend(
            required
                .iter()
                .filter(|field| self.is_wanted(**field) && self.lacks(**field))
                .map(|field| format!("--{field}")),
        );
        if self.password.is_none() {
            missing.push("--password-stdin (or --password-fd, --generate-password)".to_owned());
        }
        missing
    }

    fn is_wanted(&self, field: ProfileField) -> bool {
        !field.for_call_takers() || self.roles.takes_calls()
    }

    fn lacks(&self, field: ProfileField) -> bool {
        match field {
            ProfileField::Email => self.email.is_none(),
            ProfileField::Phone => self.phone.is_none(),
            ProfileField::Language => self.language.is_none(),
            ProfileField::Team => self.teams.is_empty(),
            ProfileField::Skill => self.skills.is_empty(),
            ProfileField::Project => self.projects.is_empty(),
        }
    }

    /// The user, where nothing mandatory is missing.
    pub(super) fn complete(self) -> Option<(NewUser, PasswordSource)> {
        let user = NewUser {
            username: self.username?,
            full_name: self.full_name?,
            email: self.email,
            phone: self.phone,
            state: self.state,
            roles: self.roles,
            teams: self.teams,
            skills: self.skills,
            language: self.language,
            project_selection: self.project_selection.unwrap_or(true),
            projects: self.projects,
        };
        Some((user, self.password?))
    }

    /// What is to be asked: what is missing, and with `everything` the optional fields too.
    pub(super) fn questions(&self, required: &[ProfileField], everything: bool) -> Vec<Question> {
        let mut questions = Vec::new();
        if self.username.is_none() {
            questions.push(Question::username());
        }
        if self.full_name.is_none() {
            questions.push(Question::Field(Field::FullName, true));
        }
        if self.roles.is_empty() {
            questions.push(Question::Field(Field::Roles, true));
        }
        for field in ProfileField::ALL {
            let mandatory = required.contains(&field);
            if self.lacks(field) && (mandatory || everything) {
                questions.push(Question::Field(field.into(), mandatory));
            }
        }
        if everything && self.project_selection.is_none() {
            questions.push(Question::Field(Field::ProjectSelection, false));
        }
        questions
    }

    /// Asks for the password.
    pub(super) fn ask_password(&mut self, context: &Context) -> Result<(), CommandEnd> {
        if self.password.is_none()
            && let (Some(username), Some(full_name)) = (&self.username, &self.full_name)
        {
            let names = (username.as_str(), full_name.as_str());
            self.password = Some(password_options::ask(context, "Temporary password", names)?);
        }
        Ok(())
    }

    /// Refuses what the call names and the store has not, before anybody has typed for nothing.
    pub(super) fn check_names(&self, directory: Option<&Directory>) -> Result<(), CommandEnd> {
        let labels = self
            .teams
            .iter()
            .map(|team| (LabelKind::Team, team.as_str()))
            .chain(self.skills.iter().map(|grant| (LabelKind::Skill, grant.skill.as_str())));
        for (kind, name) in labels {
            match directory {
                Some(directory) => drop(directory.find_label(kind, name)?),
                None => return Err(not_there(kind.entity(), name)),
            }
        }
        for request in &self.projects {
            let Some(directory) = directory else {
                return Err(not_there(EntityKind::Project, request.project.as_str()));
            };
            let project = directory.find_project(&request.project)?.project;
            if !project.state.is_active() {
                return Err(Error::ProjectInactive { project: project.name }.into());
            }
            if let Some(weight) = request.weight {
                directory.policy().weights.check(weight)?;
            }
        }
        Ok(())
    }
}

pub(super) fn not_there(object: EntityKind, name: &str) -> CommandEnd {
    Error::NotFound { object, name: name.to_owned(), nearest: None }.into()
}
