//! The form of a new user: what the call gives, what is missing, and asking for it.

use std::str::FromStr;

use crate::cli::context::Context;
use crate::cli::error::{Code, Failure, Stop};
use crate::cli::password_options;
use crate::cli::terminal::prompt::{Choice, PromptError, Prompter};
use crate::directory::{Directory, LabelKind, PasswordSource, Policy};
use crate::model::{
    AssignmentRequest, Email, Field, FullName, LanguageTag, NewUser, Phone, Role, RoleSet, Secret,
    SkillGrant, SkillLevel, State, TeamName, Username, Weight,
};

/// A new user as far as he is known.
pub(super) struct Form {
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

impl Form {
    /// What is mandatory and missing, as the flags that would give it.
    pub(super) fn missing(&self, policy: &Policy) -> Vec<String> {
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
            policy
                .required
                .iter()
                .filter(|field| self.is_wanted(**field) && self.lacks(**field))
                .map(|field| format!("--{field}")),
        );
        if self.password.is_none() {
            missing.push("--password-stdin (or --password-fd, --generate-password)".to_owned());
        }
        missing
    }

    fn is_wanted(&self, field: Field) -> bool {
        !field.for_call_takers() || self.roles.takes_calls()
    }

    fn lacks(&self, field: Field) -> bool {
        match field {
            Field::Email => self.email.is_none(),
            Field::Phone => self.phone.is_none(),
            Field::Language => self.language.is_none(),
            Field::Team => self.teams.is_empty(),
            Field::Skill => self.skills.is_empty(),
            Field::Project => self.projects.is_empty(),
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

    /// Asks for what is missing, and with `everything` for the optional fields too. A bad answer
    /// is explained and asked again; nothing is written.
    pub(super) fn ask(
        &mut self,
        context: &Context,
        directory: Option<&Directory>,
        everything: bool,
    ) -> Result<(), Stop> {
        let policy = context.policy();
        let mut asker =
            Asker { prompter: context.ui.prompter().map_err(PromptError::Io)?, directory };
        if self.username.is_none() {
            self.username = Some(asker.username()?);
        }
        if self.full_name.is_none() {
            self.full_name = Some(asker.value("Full name")?);
        }
        if self.roles.is_empty() {
            self.roles = asker.roles()?;
        }
        for field in Field::ALL {
            let mandatory = policy.required.contains(&field);
            if self.is_wanted(field) && self.lacks(field) && (mandatory || everything) {
                self.ask_field(context, &mut asker, field, mandatory)?;
            }
        }
        if everything && self.project_selection.is_none() {
            let question = "May choose which of the projects to enter at sign-in?";
            self.project_selection = Some(asker.prompter.confirm(question, true)?);
        }
        if self.password.is_none() {
            let username = self.username.as_ref().map_or("", Username::as_str);
            let full_name = self.full_name.as_ref().map_or("", FullName::as_str);
            let check = |secret: &Secret| Ok(policy.check_password(secret, username, full_name)?);
            let question = "Temporary password (empty: one is made)";
            self.password = Some(password_options::ask(&context.ui, question, true, check)?);
        }
        Ok(())
    }

    fn ask_field(
        &mut self,
        context: &Context,
        asker: &mut Asker<'_>,
        field: Field,
        mandatory: bool,
    ) -> Result<(), Stop> {
        let minimum = usize::from(mandatory);
        match field {
            Field::Email => self.email = asker.optional("E-mail", mandatory, str::parse)?,
            Field::Phone => {
                let region = context.phone_region();
                let parse = |text: &str| Phone::parse(text, region);
                self.phone = asker.optional("Phone", mandatory, parse)?;
            }
            Field::Language => {
                self.language = asker.optional("Language", mandatory, str::parse)?;
            }
            Field::Team => {
                let picked = asker.labels("Teams", LabelKind::Team, minimum)?;
                self.teams = picked.iter().filter_map(|name| name.parse().ok()).collect();
            }
            Field::Skill => {
                for name in asker.labels("Skills", LabelKind::Skill, minimum)? {
                    let level = asker.level(&name)?;
                    if let Ok(skill) = name.parse() {
                        self.skills.push(SkillGrant { skill, level });
                    }
                }
            }
            Field::Project => {
                let weights = context.policy().weights;
                for name in asker.projects("Projects", minimum)? {
                    let question = format!("Weight in {name} ({}-{})", weights.min, weights.max);
                    let weight = asker.number(&question, &weights.default.to_string(), |text| {
                        text.parse::<Weight>().and_then(|weight| weights.check(weight))
                    })?;
                    if let Ok(project) = name.parse() {
                        self.projects.push(AssignmentRequest { project, weight: Some(weight) });
                    }
                }
            }
        }
        Ok(())
    }
}

/// Asks one thing at a time, until the answer is good.
struct Asker<'d> {
    prompter: Prompter,
    directory: Option<&'d Directory>,
}

impl Asker<'_> {
    fn until<T, E: Into<Failure>>(
        &mut self,
        question: &str,
        suggestion: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, Stop> {
        loop {
            let answer = self.prompter.line(question, suggestion)?;
            match parse(answer.trim()) {
                Ok(value) => return Ok(value),
                Err(error) => {
                    let failure: Failure = error.into();
                    self.prompter.explain(&failure.message, failure.hint.as_deref())?;
                }
            }
        }
    }

    fn value<T: FromStr<Err: Into<Failure>>>(&mut self, question: &str) -> Result<T, Stop> {
        self.until(question, None, str::parse)
    }

    fn optional<T, E: Into<Failure>>(
        &mut self,
        question: &str,
        mandatory: bool,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Stop> {
        if mandatory {
            return self.until(question, None, parse).map(Some);
        }
        self.until(&format!("{question} (empty: none)"), None, |text| match text {
            "" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    fn number<T, E: Into<Failure>>(
        &mut self,
        question: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, Stop> {
        self.until(question, Some(default), parse)
    }

    fn username(&mut self) -> Result<Username, Stop> {
        loop {
            let username: Username = self.value("Username")?;
            let taken = match self.directory {
                Some(directory) => directory.user_exists(&username)?,
                None => false,
            };
            if !taken {
                return Ok(username);
            }
            let message = format!("the user `{username}` exists already");
            self.prompter.explain(&message, Some("choose another username"))?;
        }
    }

    fn roles(&mut self) -> Result<RoleSet, Stop> {
        let notes = [
            "administers everything",
            "takes calls",
            "takes calls from outside the house",
            "asks for things, takes no calls",
            "administers agents and requesters",
        ];
        let choices: Vec<Choice> = Role::ALL
            .iter()
            .zip(notes)
            .map(|(role, note)| Choice { label: role.to_string(), note: Some(note.to_owned()) })
            .collect();
        let picked = self.prompter.pick_many("Roles", &choices, &[], 1)?;
        Ok(picked.into_iter().filter_map(|index| Role::ALL.get(index).copied()).collect())
    }

    fn level(&mut self, skill: &str) -> Result<SkillLevel, Stop> {
        let levels: Vec<SkillLevel> = (1..=5).filter_map(SkillLevel::new).collect();
        let choices: Vec<Choice> =
            levels.iter().map(|level| Choice { label: level.to_string(), note: None }).collect();
        let picked = self.prompter.pick_one(&format!("Level of {skill}"), &choices)?;
        Ok(levels.get(picked).copied().unwrap_or_default())
    }

    fn labels(
        &mut self,
        question: &str,
        kind: LabelKind,
        minimum: usize,
    ) -> Result<Vec<String>, Stop> {
        let mut names = Vec::new();
        if let Some(directory) = self.directory {
            directory.labels(kind, |label| {
                names.push(label.name);
                true
            })?;
        }
        self.pick(question, kind.noun().as_str(), &names, minimum)
    }

    fn projects(&mut self, question: &str, minimum: usize) -> Result<Vec<String>, Stop> {
        let mut names = Vec::new();
        if let Some(directory) = self.directory {
            directory.projects(|sheet| {
                if sheet.project.state.is_active() {
                    names.push(sheet.project.name.to_string());
                }
                true
            })?;
        }
        self.pick(question, "project", &names, minimum)
    }

    fn pick(
        &mut self,
        question: &str,
        noun: &str,
        names: &[String],
        minimum: usize,
    ) -> Result<Vec<String>, Stop> {
        if names.is_empty() {
            let message = format!("there are no {noun}s yet");
            let hint = format!("`ccadmin {noun} create NAME` makes the first");
            if minimum > 0 {
                return Err(Failure::new(
                    Code::MissingInput,
                    format!("{message}, and one is mandatory"),
                )
                .hinted(hint)
                .into());
            }
            self.prompter.explain(&message, Some(&hint))?;
            return Ok(Vec::new());
        }
        let choices: Vec<Choice> =
            names.iter().map(|name| Choice { label: name.clone(), note: None }).collect();
        let picked = self.prompter.pick_many(question, &choices, &[], minimum)?;
        Ok(picked.into_iter().filter_map(|index| names.get(index).cloned()).collect())
    }
}
