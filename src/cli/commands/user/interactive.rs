//! The form of a new user: what the call gives, what is missing, and asking for it.

use std::str::FromStr;

use crate::cli::args::password_options;
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::terminal::prompt::{PickItem, PromptError, Prompter};
use crate::directory::{Directory, EntityKind, Error, LabelKind, PasswordSource, ProjectSummary};
use crate::model::{
    AssignmentRequest, Email, FullName, LanguageTag, NewUser, Phone, ProfileField, Role, RoleSet,
    Secret, SkillGrant, SkillLevel, State, TeamName, Username, Weight, Window, WindowEdit,
};

/// A new user, as far as known.
pub(super) struct NewUserForm {
    pub(super) username: Option<Username>,
    /// Whether somebody was warned that there is another user of that name but for its case.
    pub(super) twin_told: bool,
    pub(super) full_name: Option<FullName>,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
    pub(super) state: State,
    pub(super) window: Window,
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
            window: self.window,
            roles: self.roles,
            teams: self.teams,
            skills: self.skills,
            language: self.language,
            project_selection: self.project_selection.unwrap_or(true),
            projects: self.projects,
        };
        Some((user, self.password?))
    }

    /// Asks for what is missing, and with `everything` for the optional fields too. A bad answer
    /// is explained and asked again; nothing is written.
    pub(super) fn ask(
        &mut self,
        context: &Context,
        directory: Option<&Directory>,
        required: &[ProfileField],
        everything: bool,
    ) -> Result<(), CommandEnd> {
        let policy = context.policy();
        let mut asker =
            Interview { prompter: context.ui.prompter().map_err(PromptError::Io)?, directory };
        self.check_names(directory)?;
        for field in required.iter().filter(|field| self.is_wanted(**field)) {
            if self.lacks(*field) {
                asker.check_there_is_one(*field)?;
            }
        }
        if self.username.is_none() {
            let (username, twin_told) = asker.username()?;
            self.username = Some(username);
            self.twin_told = twin_told;
        } else if let Some(username) = &self.username {
            self.twin_told = asker.tells_twin(username)?;
        }
        if self.full_name.is_none() {
            self.full_name = Some(asker.value("Full name")?);
        }
        if self.roles.is_empty() {
            self.roles = asker.roles(!self.projects.is_empty())?;
        }
        for field in ProfileField::ALL {
            let mandatory = required.contains(&field);
            if self.is_wanted(field) && self.lacks(field) && (mandatory || everything) {
                self.ask_field(context, &mut asker, field, mandatory)?;
            }
        }
        if everything && self.project_selection.is_none() && self.roles.takes_calls() {
            let question = "May the user choose which of their projects to enter?";
            self.project_selection = Some(asker.prompter.confirm(question, true)?);
        }
        if self.password.is_none() {
            let username = self.username.as_ref().map_or("", Username::as_str);
            let full_name = self.full_name.as_ref().map_or("", FullName::as_str);
            let check = |secret: &Secret| Ok(policy.check_password(secret, username, full_name)?);
            let question = "Temporary password";
            let least = policy.min_password_chars();
            self.password = Some(password_options::ask(&context.ui, question, least, check)?);
        }
        Ok(())
    }

    /// Refuses what the call names and the store has not, before anybody has typed for nothing.
    fn check_names(&self, directory: Option<&Directory>) -> Result<(), CommandEnd> {
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

    fn ask_field(
        &mut self,
        context: &Context,
        asker: &mut Interview<'_>,
        field: ProfileField,
        mandatory: bool,
    ) -> Result<(), CommandEnd> {
        let minimum = usize::from(mandatory);
        if mandatory {
            asker.check_there_is_one(field)?;
        }
        match field {
            ProfileField::Email => {
                let question = "E-mail, like james@example.com";
                self.email = asker.optional(question, mandatory, str::parse)?;
            }
            ProfileField::Phone => {
                let region = context.phone_region();
                let parse = |text: &str| Phone::parse(text, region);
                self.phone = asker.optional("Phone, like +36201234567", mandatory, parse)?;
            }
            ProfileField::Language => {
                let question = "Language, like hu or en-GB";
                self.language = asker.optional(question, mandatory, str::parse)?;
            }
            ProfileField::Team => {
                let picked = asker.labels("Teams", LabelKind::Team, minimum)?;
                self.teams = picked.iter().filter_map(|name| name.parse().ok()).collect();
            }
            ProfileField::Skill => {
                for name in asker.labels("Skills", LabelKind::Skill, minimum)? {
                    let level = asker.level(&name)?;
                    if let Ok(skill) = name.parse() {
                        self.skills.push(SkillGrant { skill, level });
                    }
                }
            }
            ProfileField::Project => {
                let weights = context.policy().weights;
                for name in asker.projects("Projects", minimum)? {
                    let question = format!("Weight in {name}, {}-{}", weights.min, weights.max);
                    let weight = asker.number(&question, &weights.default.to_string(), |text| {
                        text.parse::<Weight>().and_then(|weight| weights.check(weight))
                    })?;
                    if let Ok(project) = name.parse() {
                        self.projects.push(AssignmentRequest {
                            project,
                            weight: Some(weight),
                            window: WindowEdit::KEEP,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

pub(super) fn not_there(object: EntityKind, name: &str) -> CommandEnd {
    Error::NotFound { object, name: name.to_owned(), nearest: None }.into()
}

/// The roles as they are picked: first those that most people have.
const ROLE_CHOICES: [(Role, &str); 5] = [
    (Role::Agent, "takes calls"),
    (Role::Requester, "asks for things, takes no calls"),
    (Role::Supervisor, "administers agents and requesters"),
    (Role::Admin, "administers everything"),
    (Role::ExternalAgent, "takes calls for an outside company"),
];

/// Asks one thing at a time, until the answer is good.
struct Interview<'d> {
    prompter: Prompter,
    directory: Option<&'d Directory>,
}

impl Interview<'_> {
    fn until<T, E: Into<CliError>>(
        &mut self,
        question: &str,
        suggestion: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, CommandEnd> {
        loop {
            let answer = self.prompter.line(question, suggestion)?;
            match parse(answer.trim()) {
                Ok(value) => return Ok(value),
                Err(error) => {
                    let failure: CliError = error.into();
                    self.prompter.explain(&failure.message, failure.hint.as_deref())?;
                }
            }
        }
    }

    fn value<T: FromStr<Err: Into<CliError>>>(&mut self, question: &str) -> Result<T, CommandEnd> {
        self.until(question, None, str::parse)
    }

    fn optional<T, E: Into<CliError>>(
        &mut self,
        question: &str,
        mandatory: bool,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, CommandEnd> {
        if mandatory {
            return self.until(question, None, parse).map(Some);
        }
        self.until(&format!("{question} (empty: none)"), None, |text| match text {
            "" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    fn number<T, E: Into<CliError>>(
        &mut self,
        question: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, CommandEnd> {
        self.until(question, Some(default), parse)
    }

    /// A username that is free, and whether there is one like it but for its case.
    fn username(&mut self) -> Result<(Username, bool), CommandEnd> {
        loop {
            let username: Username = self.value("Username")?;
            let Some(directory) = self.directory else {
                return Ok((username, false));
            };
            if directory.user_exists(&username)? {
                let message = format!("the user `{username}` already exists");
                self.prompter.explain(&message, Some("choose another username"))?;
                continue;
            }
            let told = self.tells_twin(&username)?;
            return Ok((username, told));
        }
    }

    /// Warns of a user whose name differs only in case, before anybody goes on.
    fn tells_twin(&mut self, username: &Username) -> Result<bool, CommandEnd> {
        let Some(directory) = self.directory else {
            return Ok(false);
        };
        let twin = directory.case_twin(username)?;
        if let Some(twin) = &twin {
            self.prompter.warn(&twin_warning(twin))?;
        }
        Ok(twin.is_some())
    }

    fn roles(&mut self, must_take_calls: bool) -> Result<RoleSet, CommandEnd> {
        let choices: Vec<PickItem> = ROLE_CHOICES
            .iter()
            .map(|(role, note)| PickItem {
                label: role.to_string(),
                note: Some((*note).to_owned()),
            })
            .collect();
        loop {
            let picked = self.prompter.pick_many("Roles", &choices, &[], 1)?;
            let roles: RoleSet =
                picked.into_iter().filter_map(|index| Some(ROLE_CHOICES.get(index)?.0)).collect();
            if roles.takes_calls() || !must_take_calls {
                return Ok(roles);
            }
            let hint = "pick agent or external-agent too";
            self.prompter.explain("only agents can be in a project", Some(hint))?;
        }
    }

    fn level(&mut self, skill: &str) -> Result<SkillLevel, CommandEnd> {
        let levels: Vec<SkillLevel> = (1..=5).filter_map(SkillLevel::new).collect();
        let note = |level: &SkillLevel| match level.get() {
            1 => Some("the lowest".to_owned()),
            5 => Some("the highest".to_owned()),
            _ => None,
        };
        let choices: Vec<PickItem> = levels
            .iter()
            .map(|level| PickItem { label: level.to_string(), note: note(level) })
            .collect();
        let picked = self.prompter.pick_one(&format!("Level of {skill}"), &choices)?;
        Ok(levels.get(picked).copied().unwrap_or_default())
    }

    fn labels(
        &mut self,
        question: &str,
        kind: LabelKind,
        minimum: usize,
    ) -> Result<Vec<String>, CommandEnd> {
        let choices = self.label_choices(kind)?;
        self.pick(question, kind.entity(), &choices, minimum)
    }

    fn label_choices(&self, kind: LabelKind) -> Result<Vec<PickItem>, CommandEnd> {
        let mut choices = Vec::new();
        if let Some(directory) = self.directory {
            directory.labels(kind, |label| {
                choices.push(PickItem { label: label.name, note: None });
                true
            })?;
        }
        Ok(choices)
    }

    fn projects(&mut self, question: &str, minimum: usize) -> Result<Vec<String>, CommandEnd> {
        let choices = self.project_choices()?;
        self.pick(question, EntityKind::Project, &choices, minimum)
    }

    fn project_choices(&self) -> Result<Vec<PickItem>, CommandEnd> {
        let mut choices = Vec::new();
        if let Some(directory) = self.directory {
            directory.projects(|ProjectSummary { project, .. }| {
                if project.state.is_active() {
                    let details = &project.details;
                    let language = details.language.as_ref().map(ToString::to_string);
                    let description = details.description.as_ref().map(ToString::to_string);
                    let notes: Vec<String> = language.into_iter().chain(description).collect();
                    let note = (!notes.is_empty()).then(|| notes.join(", "));
                    choices.push(PickItem { label: project.name.to_string(), note });
                }
                true
            })?;
        }
        Ok(choices)
    }

    /// Where one of a list is mandatory and the list is empty, no answer will do.
    fn check_there_is_one(&self, field: ProfileField) -> Result<(), CommandEnd> {
        let (object, choices) = match field {
            ProfileField::Team => (EntityKind::Team, self.label_choices(LabelKind::Team)?),
            ProfileField::Skill => (EntityKind::Skill, self.label_choices(LabelKind::Skill)?),
            ProfileField::Project => (EntityKind::Project, self.project_choices()?),
            ProfileField::Email | ProfileField::Phone | ProfileField::Language => return Ok(()),
        };
        if !choices.is_empty() {
            return Ok(());
        }
        let object = object.as_str();
        let message = format!("there are no {object}s yet, and one is required");
        Err(CliError::new(ErrorCode::MissingInput, message)
            .with_hint(makes_the_first(object))
            .into())
    }

    fn pick(
        &mut self,
        question: &str,
        object: EntityKind,
        choices: &[PickItem],
        minimum: usize,
    ) -> Result<Vec<String>, CommandEnd> {
        if choices.is_empty() {
            let first = makes_the_first(object.as_str());
            self.prompter.remark(&format!("{question}: there are none yet, {first}"))?;
            return Ok(Vec::new());
        }
        let picked = self.prompter.pick_many(question, choices, &[], minimum)?;
        let label = |index: usize| choices.get(index).map(|choice| choice.label.clone());
        Ok(picked.into_iter().filter_map(label).collect())
    }
}

fn makes_the_first(object: &str) -> String {
    format!("`ccadmin {object} create NAME` creates the first")
}

/// Said of a user whose name differs from that of another only in case.
pub(super) fn twin_warning(twin: &Username) -> String {
    format!("there is also a user `{twin}`: usernames are case sensitive, so these are two users")
}
