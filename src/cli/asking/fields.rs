//! The fields of users and projects as questions: what each is called, what it takes, and the words
//! of a call that its answer becomes.

use super::interview::{Answer, Interview, Stop};
use crate::cli::args::question::{Field, Question};
use crate::cli::args::time_arg::expiry;
use crate::cli::complete::CursorPosition;
use crate::cli::error::CliError;
use crate::cli::terminal::prompt::PickItem;
use crate::model::{Description, Email, FullName, LanguageTag, Phone, Role, RoleSet, SkillLevel};

/// The roles as they are picked: first those that most people have.
const ROLE_CHOICES: [(Role, &str); 5] = [
    (Role::Agent, "takes calls"),
    (Role::Requester, "asks for things, takes no calls"),
    (Role::Supervisor, "administers agents and requesters"),
    (Role::Admin, "administers everything"),
    (Role::ExternalAgent, "takes calls for an outside company"),
];

/// Whether the call sets or clears a field already.
pub(super) fn is_given(field: Field, position: &CursorPosition<'_>) -> bool {
    if field == Field::Expires {
        let others = ["expires", "own", "expire", "permanent_password"];
        return others.iter().any(|id| position.value(id).is_some());
    }
    let option = field.option();
    let id = option.replace('-', "_");
    [id, format!("add_{option}s"), format!("remove_{option}s")]
        .iter()
        .any(|id| position.value(id).is_some())
        || position.value("clear").is_some_and(|list| list.split(',').any(|one| one == option))
}

impl Interview<'_> {
    /// Whether it is a field of those who take calls, and this new user does not.
    pub(super) fn is_left_out(&self, field: Field) -> bool {
        self.creates() && field.is_for_call_takers() && !self.roles().takes_calls()
    }

    /// Asks for a field; `None` where this user has none.
    pub(super) fn field(
        &mut self,
        field: Field,
        mandatory: bool,
        before: Option<&Answer>,
    ) -> Result<Option<Answer>, Stop> {
        if self.is_left_out(field) {
            return Ok(None);
        }
        self.check_there_is_one(&Question::Field(field, mandatory))?;
        match field {
            Field::Roles => self.ask_roles(before).map(Some),
            Field::Teams => self.ask_teams(mandatory, before),
            Field::Skills => self.ask_skills(mandatory, before),
            Field::Projects => self.ask_new_projects(mandatory, before),
            Field::ProjectSelection => self.ask_project_selection(before).map(Some),
            text => self.ask_text(text, mandatory, before).map(Some),
        }
    }

    fn ask_text(
        &mut self,
        field: Field,
        mandatory: bool,
        before: Option<&Answer>,
    ) -> Result<Answer, Stop> {
        let present = self.present(field)?;
        let mandatory = mandatory || matches!(field, Field::FullName | Field::Expires);
        let (label, example) = field.label();
        let question = match &present {
            _ if mandatory => format!("{label}{example}"),
            Some(_) => format!("{label} (- clears it)"),
            None => format!("{label}{example} (empty: none)"),
        };
        let region = self.context.phone_region().map(str::to_owned);
        let parse = |text: &str| -> Result<Option<String>, CliError> {
            Ok(Some(match field {
                _ if !mandatory && (text.is_empty() || text == "-") => return Ok(None),
                Field::FullName => text.parse::<FullName>()?.to_string(),
                Field::Email => text.parse::<Email>()?.to_string(),
                Field::Phone => Phone::parse(text, region.as_deref())?.to_string(),
                Field::Expires => expiry(text).map(|_| text.to_owned())?,
                Field::Language => text.parse::<LanguageTag>()?.to_string(),
                _ => text.parse::<Description>()?.to_string(),
            }))
        };
        let value = self.until(&question, present.as_deref(), before, None, parse)?;
        let option = field.option();
        Ok(match (&present, value) {
            (present, value) if *present == value => Answer::typed(value.unwrap_or_default()),
            (_, Some(value)) => {
                let told = change(label, present.as_deref(), Some(&value));
                Answer::typed(value.clone()).option(option, &value).told(told)
            }
            (_, None) => {
                let told = change(label, present.as_deref(), None);
                Answer::typed("-").option("clear", option).told(told)
            }
        })
    }

    fn ask_roles(&mut self, before: Option<&Answer>) -> Result<Answer, Stop> {
        let present: Vec<String> =
            self.user()?.iter().flat_map(|user| user.roles.iter()).map(|r| r.to_string()).collect();
        let items: Vec<PickItem> =
            ROLE_CHOICES.iter().map(|(role, note)| PickItem::new(role, Some(note))).collect();
        loop {
            let picked = self.pick("Roles", &items, before, &present, 1)?;
            let roles: RoleSet =
                picked.iter().filter_map(|role| role.parse::<Role>().ok()).collect();
            if roles.takes_calls() || !self.creates() || self.value("projects").is_none() {
                return Ok(self.list_answer(Field::Roles, &present, picked));
            }
            let hint = "pick agent or external-agent too";
            self.prompter.explain("only agents can be in a project", Some(hint))?;
        }
    }

    fn ask_teams(
        &mut self,
        mandatory: bool,
        before: Option<&Answer>,
    ) -> Result<Option<Answer>, Stop> {
        let user = self.user()?;
        let present: Vec<String> =
            user.iter().flat_map(|user| &user.teams).map(ToString::to_string).collect();
        let Some(items) = self.offered(Field::Teams)? else { return Ok(None) };
        let picked = self.pick("Teams", &items, before, &present, usize::from(mandatory))?;
        Ok(Some(self.list_answer(Field::Teams, &present, picked)))
    }

    fn ask_skills(
        &mut self,
        mandatory: bool,
        before: Option<&Answer>,
    ) -> Result<Option<Answer>, Stop> {
        let user = self.user()?;
        let present: Vec<(String, SkillLevel)> = user
            .iter()
            .flat_map(|user| &user.skills)
            .map(|grant| (grant.skill.to_string(), grant.level))
            .collect();
        let names: Vec<String> = present.iter().map(|(name, _)| name.clone()).collect();
        let Some(items) = self.offered(Field::Skills)? else { return Ok(None) };
        let mut before = before.cloned();
        loop {
            let minimum = usize::from(mandatory);
            let picked = self.pick("Skills", &items, before.as_ref(), &names, minimum)?;
            before = Some(Answer::picked(picked.clone()));
            let level_of = |skill: &str| {
                present.iter().find(|(name, _)| name == skill).map(|(_, level)| *level)
            };
            match self.each(&picked, |interview, skill| interview.level(skill, level_of(skill))) {
                Err(Stop::Back) => {}
                Err(stop) => return Err(stop),
                Ok(levels) => {
                    let mut answer = Answer::picked(picked);
                    let with_levels =
                        levels.iter().map(|(skill, level)| format!("{skill}:{level}"));
                    let wanted: Vec<String> = with_levels.collect();
                    let had: Vec<String> =
                        present.iter().map(|(skill, level)| format!("{skill}:{level}")).collect();
                    let option = if self.creates() { "skill" } else { "add-skill" };
                    for skill in wanted.iter().filter(|skill| !had.contains(skill)) {
                        answer = answer.option(option, skill).told(format!("skills: +{skill}"));
                    }
                    for skill in names.iter().filter(|skill| !answer.picked.contains(skill)) {
                        let told = format!("skills: -{skill}");
                        answer.words.extend(["--remove-skill".to_owned(), skill.clone()]);
                        answer.told.push(told);
                    }
                    return Ok(Some(answer));
                }
            }
        }
    }

    fn level(&mut self, skill: &str, present: Option<SkillLevel>) -> Result<String, Stop> {
        let items: Vec<PickItem> = (1..=5)
            .map(|level| {
                let note = match level {
                    1 => Some("the lowest"),
                    5 => Some("the highest"),
                    _ => None,
                };
                PickItem::new(level, note.as_ref())
            })
            .collect();
        let first = present.map(|level| usize::from(level.get()) - 1);
        let picked = self.prompter.pick_one(&format!("Level of {skill}"), &items, first)?;
        Ok((picked + 1).to_string())
    }

    fn ask_new_projects(
        &mut self,
        mandatory: bool,
        before: Option<&Answer>,
    ) -> Result<Option<Answer>, Stop> {
        let Some(items) = self.offered(Field::Projects)? else { return Ok(None) };
        let minimum = usize::from(mandatory);
        let answer = self.pick_with_weights("Projects", &items, before, minimum)?;
        let words = answer.words.iter();
        let words = words.flat_map(|project| ["--project".to_owned(), project.clone()]).collect();
        Ok(Some(Answer { words, positional: false, ..answer }))
    }

    fn ask_project_selection(&mut self, before: Option<&Answer>) -> Result<Answer, Stop> {
        let present = self.user()?.is_none_or(|user| user.project_selection);
        let default =
            before.and_then(|answer| answer.typed.as_deref()).map_or(present, |on| on == "on");
        let (question, _) = Field::ProjectSelection.label();
        let on = self.prompter.confirm(question, default)?;
        let word = |on: bool| if on { "on" } else { "off" };
        let answer = Answer::typed(word(on));
        Ok(if on == present {
            answer
        } else {
            let told = change("project selection", Some(word(present)), Some(word(on)));
            answer.option("project-selection", word(on)).told(told)
        })
    }

    /// What a list of names becomes: of somebody new all of them, else what was added and removed.
    fn list_answer(&self, field: Field, present: &[String], picked: Vec<String>) -> Answer {
        let option = field.option();
        let label = field.label().0.to_lowercase();
        let mut answer = Answer::picked(picked);
        let added: Vec<String> =
            answer.picked.iter().filter(|name| !present.contains(name)).cloned().collect();
        let add = if self.creates() { option.to_owned() } else { format!("add-{option}") };
        for name in &added {
            answer = answer.option(&add, name).told(format!("{label}: +{name}"));
        }
        for name in present {
            if !answer.picked.contains(name) {
                let told = format!("{label}: -{name}");
                answer = answer.option(&format!("remove-{option}"), name).told(told);
            }
        }
        answer
    }
}

/// A change in words.
fn change(label: &str, before: Option<&str>, after: Option<&str>) -> String {
    format!("{}: {} -> {}", label.to_lowercase(), before.unwrap_or("-"), after.unwrap_or("-"))
}
