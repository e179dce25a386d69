//! Questions whose answers are names of the store: from lists with what helps to tell the items
//! apart, or typed with Tab where there are too many for one.

use super::interview::{Answer, Interview, Stop, an_answer_is_required, words};
use crate::cli::args::question::{Argument, Field, Question};
use crate::cli::args::value_kind::ValueKind;
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::terminal::prompt::PickItem;
use crate::cli::weight_share::percent;
use crate::directory::{CompletionKind, EntityKind, LabelKind};
use crate::model::{Memberships, ProjectName, State, Timestamp, User, UserFilter, Weight};

/// The most names that one is picked of in a list. In a longer one, what is typed may put another
/// name above the one that is meant; it is typed whole instead, with Tab.
const MAX_LISTED: usize = 20;

impl Interview<'_> {
    /// Where one of a list is required and the list is empty, no answer will do.
    pub(super) fn check_there_is_one(&self, question: &Question) -> Result<(), CliError> {
        let (kind, entity) = match question {
            Question::Field(field, true) if !self.is_left_out(*field) => match field.entity() {
                Some(entity) => {
                    let active = (entity == EntityKind::Project).then_some(State::Active);
                    (ValueKind::Existing(entity, active), entity)
                }
                None => return Ok(()),
            },
            Question::Argument(Argument { kind: Some(kind @ ValueKind::Existing(..)), .. }) => {
                (*kind, kind.entity().unwrap_or(EntityKind::User))
            }
            _ => return Ok(()),
        };
        let (Some(names), Some(directory)) = (kind.candidates(None), self.directory) else {
            return Ok(());
        };
        if !directory.complete_names(&names, "")?.is_empty() {
            return Ok(());
        }
        let (object, makes) = (entity.as_str(), makes_the_first(entity));
        let (message, hint) = match names {
            CompletionKind::Users(Some(state)) | CompletionKind::Projects(Some(state)) => {
                (format!("there is no {state} {object}, and one is required"), makes)
            }
            _ => (format!("there are no {object}s yet, and one is required"), makes),
        };
        Err(CliError::new(ErrorCode::MissingInput, message).with_hint(hint))
    }

    /// Has one or several picked that the store holds.
    pub(super) fn ask_existing(
        &mut self,
        question: &str,
        kind: ValueKind,
        argument: &Argument,
        before: Option<&Answer>,
    ) -> Result<Answer, Stop> {
        let Some(items) = self.items(kind, argument)? else {
            return self.ask_by_name(question, kind, argument, before);
        };
        if items.is_empty() {
            let entity = kind.entity().unwrap_or(EntityKind::User).as_str();
            let of = self.value("username").map(|name| format!(" of `{name}`")).unwrap_or_default();
            let message = format!("there is no {entity}{of} to choose from");
            return Err(CliError::new(ErrorCode::MissingInput, message).into());
        }
        if argument.weights {
            return Ok(self.pick_with_weights(question, &items, before, 1)?.into_positional());
        }
        if argument.several {
            let picked = self.pick(question, &items, before, &[], 1)?;
            return Ok(Answer::picked(picked.clone()).positional(picked));
        }
        let chosen = before.and_then(|answer| answer.picked.first());
        let first = items.iter().position(|item| Some(&item.label) == chosen);
        let picked = self.prompter.pick_one(question, &items, first)?;
        let name = items.get(picked).map(|item| item.label.clone()).unwrap_or_default();
        Ok(Answer::picked(vec![name.clone()]).positional(vec![name]))
    }

    /// Asks for one or several by their names, which Tab completes.
    fn ask_by_name(
        &mut self,
        question: &str,
        kind: ValueKind,
        argument: &Argument,
        before: Option<&Answer>,
    ) -> Result<Answer, Stop> {
        let (directory, user) = (self.directory, self.one_username());
        let several = argument.several;
        let parse = |text: &str| -> Result<Vec<String>, CliError> {
            let words = words(text, several);
            for word in &words {
                if word.is_empty() {
                    return Err(an_answer_is_required());
                }
                kind.check(directory, user.as_deref(), word)?;
            }
            if words.is_empty() { Err(an_answer_is_required()) } else { Ok(words) }
        };
        let how = if several { " (several are separated by spaces)" } else { "" };
        let question = format!("{question}{how}");
        let names = kind.candidates(user.as_deref());
        let words = self.until(&question, None, before, names.as_ref(), parse)?;
        Ok(Answer::typed(words.join(" ")).positional(words))
    }

    /// What can be picked; `None` where there is too much, or where it cannot be looked at.
    fn items(&self, kind: ValueKind, argument: &Argument) -> Result<Option<Vec<PickItem>>, Stop> {
        let Some(directory) = self.directory else {
            return match self.context.open_read_only() {
                // It is upgraded by the command itself.
                Err(failure) if failure.code == ErrorCode::StoreOlder => Ok(None),
                Err(failure) => Err(failure.into()),
                Ok(_) => Ok(None),
            };
        };
        let mut items = Vec::new();
        match kind {
            ValueKind::Existing(EntityKind::User, state) => {
                let limit = u64::try_from(MAX_LISTED + 1).ok();
                let filter = UserFilter { state, limit, ..UserFilter::default() };
                directory.list_users(&filter, Memberships::NONE, |user| {
                    items.push(PickItem::new(&user.username, Some(&user.full_name)));
                    true
                })?;
            }
            ValueKind::ProjectOfUser => {
                let Some(user) = self.user()? else { return Ok(None) };
                let note = |one| assignment_note(&user, one, directory.now());
                let places = user.projects.iter();
                items = places.map(|one| PickItem::new(&one.project, note(&one.project))).collect();
            }
            ValueKind::Existing(EntityKind::Project, state) => {
                let user = if argument.weights { self.user()? } else { None };
                items = self.projects(state, user.as_ref())?;
            }
            ValueKind::Existing(EntityKind::Team, _) => items = self.labels(LabelKind::Team)?,
            ValueKind::Existing(EntityKind::Skill, _) => items = self.labels(LabelKind::Skill)?,
            ValueKind::Free(_) | ValueKind::Weight => return Ok(None),
        }
        let is_user = kind.entity() == Some(EntityKind::User);
        let listed = items.len() <= MAX_LISTED || argument.several && !is_user;
        Ok(listed.then_some(items))
    }

    fn labels(&self, kind: LabelKind) -> Result<Vec<PickItem>, Stop> {
        let mut items = Vec::new();
        if let Some(directory) = self.directory {
            directory.labels(kind, |label| {
                items.push(PickItem::new(label.name, None::<&str>));
                true
            })?;
        }
        Ok(items)
    }

    /// The projects in `state`, each with the weight and share that `user` has in it, else with what
    /// it is.
    fn projects(&self, state: Option<State>, user: Option<&User>) -> Result<Vec<PickItem>, Stop> {
        let mut items = Vec::new();
        if let Some(directory) = self.directory {
            directory.projects(|summary| {
                let project = summary.project;
                if state.is_none_or(|state| project.state == state) {
                    let details = &project.details;
                    let language = details.language.as_ref().map(ToString::to_string);
                    let description = details.description.as_ref().map(ToString::to_string);
                    let place =
                        user.and_then(|user| assignment_note(user, &project.name, directory.now()));
                    let notes: Vec<String> =
                        place.into_iter().chain(language).chain(description).collect();
                    let note = (!notes.is_empty()).then(|| notes.join(", "));
                    items.push(PickItem::new(&project.name, note));
                }
                true
            })?;
        }
        Ok(items)
    }

    /// What a field is picked from; where there is nothing, that is said and nothing asked.
    pub(super) fn offered(&mut self, field: Field) -> Result<Option<Vec<PickItem>>, Stop> {
        let (items, entity) = match field {
            Field::Teams => (self.labels(LabelKind::Team)?, EntityKind::Team),
            Field::Skills => (self.labels(LabelKind::Skill)?, EntityKind::Skill),
            _ => (self.projects(Some(State::Active), None)?, EntityKind::Project),
        };
        if items.is_empty() {
            let (label, first) = (entity.as_str(), makes_the_first(entity));
            let mut letters = label.chars();
            let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
            let label: String = capital.into_iter().chain(letters).collect();
            self.prompter.remark(&format!("{label}s: there are none yet, {first}"))?;
            return Ok(None);
        }
        Ok(Some(items))
    }

    /// Has at least `minimum` items picked; those of the answer `before`, else those that are
    /// `present`, are marked to begin with.
    pub(super) fn pick(
        &mut self,
        question: &str,
        items: &[PickItem],
        before: Option<&Answer>,
        present: &[String],
        minimum: usize,
    ) -> Result<Vec<String>, Stop> {
        let marked = before.map_or(present, |answer| &answer.picked);
        let marked: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| marked.contains(&item.label))
            .map(|(at, _)| at)
            .collect();
        let picked = self.prompter.pick_many(question, items, &marked, minimum)?;
        Ok(picked.into_iter().filter_map(|at| Some(items.get(at)?.label.clone())).collect())
    }

    /// Has projects picked and asks for the weight in each: `hu-support:20`.
    pub(super) fn pick_with_weights(
        &mut self,
        question: &str,
        items: &[PickItem],
        before: Option<&Answer>,
        minimum: usize,
    ) -> Result<Answer, Stop> {
        let mut before = before.cloned();
        loop {
            let picked = self.pick(question, items, before.as_ref(), &[], minimum)?;
            before = Some(Answer::picked(picked.clone()));
            match self.each(&picked, |interview, project| interview.weight_in(project, None)) {
                Err(Stop::Back) => {}
                Err(stop) => return Err(stop),
                Ok(weights) => {
                    let with_weights =
                        weights.into_iter().map(|(project, weight)| format!("{project}:{weight}"));
                    return Ok(Answer { words: with_weights.collect(), ..Answer::picked(picked) });
                }
            }
        }
    }

    /// Asks the same of each of `names`; back from the first is back to what gave them.
    pub(super) fn each<T>(
        &mut self,
        names: &[String],
        ask: impl Fn(&mut Self, &str) -> Result<T, Stop>,
    ) -> Result<Vec<(String, T)>, Stop> {
        let could_go_back = std::mem::replace(&mut self.prompter.can_go_back, true);
        let mut answers = Vec::new();
        while let Some(name) = names.get(answers.len()) {
            match ask(self, name) {
                Ok(answer) => answers.push((name.clone(), answer)),
                Err(Stop::Back) if answers.pop().is_some() => {}
                Err(stop) => {
                    self.prompter.can_go_back = could_go_back;
                    return Err(stop);
                }
            }
        }
        self.prompter.can_go_back = could_go_back;
        Ok(answers)
    }

    pub(super) fn ask_weight(&mut self, before: Option<&Answer>) -> Result<Answer, Stop> {
        let project = self.value("project").unwrap_or_default();
        let weight = self.weight_in(&project, before)?;
        Ok(Answer::typed(weight.clone()).positional(vec![weight]))
    }

    /// Asks for the weight in a project: the one that there is, or that everybody begins with, unless
    /// another is typed.
    fn weight_in(&mut self, project: &str, before: Option<&Answer>) -> Result<String, Stop> {
        let weights = self.context.policy().weights;
        let present = self.user()?.and_then(|user| {
            let place = user.projects.iter().find(|one| one.project.as_str() == project);
            place.map(|place| place.weight)
        });
        let suggestion = present.unwrap_or(weights.default).to_string();
        let question = format!("Weight in {project}, {}-{}", weights.min, weights.max);
        let parse = |text: &str| -> Result<String, CliError> {
            Ok(weights.check(text.parse::<Weight>()?)?.to_string())
        };
        self.until(&question, Some(&suggestion), before, None, parse)
    }
}

impl Answer {
    fn into_positional(self) -> Self {
        Self { positional: true, ..self }
    }
}

/// The weight of `user` in a project, and what it comes to.
fn assignment_note(user: &User, project: &ProjectName, now: Timestamp) -> Option<String> {
    let place = user.projects.iter().find(|one| one.project == *project)?;
    Some(format!("weight {}, {}", place.weight, percent(user.share(place, now))))
}

fn makes_the_first(entity: EntityKind) -> String {
    match entity {
        EntityKind::User => "`ccadmin user create` creates one".to_owned(),
        other => format!("`ccadmin {} create NAME` creates the first", other.as_str()),
    }
}
