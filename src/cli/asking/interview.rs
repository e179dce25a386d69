//! One conversation: question after question, back to the one before, and the call that the answers
//! make.

use std::ffi::OsString;

use clap::Command;

use crate::cli::args::question::{Argument, Field, Question, twin_warning};
use crate::cli::args::value_kind::ValueKind;
use crate::cli::complete::{CursorPosition, is_plain};
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::parse::parse;
use crate::cli::terminal::prompt::{PickItem, PromptError, Prompter};
use crate::cli::usage_error::{missing_arguments, usage_error};
use crate::directory::{CompletionKind, Directory, EntityKind, Error};
use crate::model::{Project, Role, RoleSet, User, Username};

/// Why a question has no answer.
pub(super) enum Stop {
    /// The question before is wanted again.
    Back,
    End(CommandEnd),
}

impl From<CliError> for Stop {
    fn from(failure: CliError) -> Self {
        Self::End(failure.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        CliError::from(error).into()
    }
}

impl From<PromptError> for Stop {
    fn from(error: PromptError) -> Self {
        match error {
            PromptError::Back => Self::Back,
            other => Self::End(other.into()),
        }
    }
}

impl Stop {
    /// Back from where there is no question before is no way on.
    fn into_end(self) -> CommandEnd {
        match self {
            Self::Back => CommandEnd::Cancelled(None),
            Self::End(end) => end,
        }
    }
}

/// What somebody answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// As it was typed.
    pub(super) typed: Option<String>,
    /// The names that were picked.
    pub(super) picked: Vec<String>,
    /// The words that it adds to the call.
    pub(super) words: Vec<String>,
    /// Whether they stand without an option.
    pub(super) positional: bool,
    /// What it changes, in words.
    pub(super) told: Vec<String>,
}

impl Answer {
    pub(super) fn typed(text: impl Into<String>) -> Self {
        Self { typed: Some(text.into()), ..Self::default() }
    }

    pub(super) fn picked(picked: Vec<String>) -> Self {
        Self { picked, ..Self::default() }
    }

    /// Adds an option; one whose value looks like an option stands with it in one word.
    pub(super) fn option(mut self, option: &str, value: &str) -> Self {
        if value.starts_with('-') {
            self.words.push(format!("--{option}={value}"));
        } else {
            self.words.extend([format!("--{option}"), value.to_owned()]);
        }
        self
    }

    pub(super) fn told(mut self, told: String) -> Self {
        self.told.push(told);
        self
    }

    pub(super) fn positional(mut self, words: Vec<String>) -> Self {
        self.words = words;
        self.positional = true;
        self
    }
}

/// What an interview came to.
#[derive(Debug)]
pub(crate) enum Completed {
    /// This call, whose answers change what is told.
    Call { arguments: Vec<OsString>, told: Vec<String> },
    /// Every field is to stay as it is.
    Unchanged(String),
}

/// One conversation.
pub(super) struct Interview<'c> {
    pub(super) context: &'c Context,
    pub(super) directory: Option<&'c Directory>,
    pub(super) prompter: Prompter,
    tree: &'c Command,
    /// The call so far, the name of the program first, without what has it ask.
    given: Vec<OsString>,
    answers: Vec<Option<Answer>>,
    roles: RoleSet,
}

impl<'c> Interview<'c> {
    pub(super) fn begin(
        context: &'c Context,
        directory: Option<&'c Directory>,
        tree: &'c Command,
        arguments: &[OsString],
        roles: RoleSet,
    ) -> Result<Self, CommandEnd> {
        let asks = |word: &&OsString| *word == "-i" || *word == "--interactive";
        let given = arguments.iter().filter(|word| !asks(word)).cloned().collect();
        let prompter = context.ui.prompter().map_err(CommandEnd::from)?;
        Ok(Self { context, directory, prompter, tree, given, answers: Vec::new(), roles })
    }

    /// Asks all `questions`, one after the other and back.
    pub(super) fn complete(mut self, questions: &[Question]) -> Result<Completed, CommandEnd> {
        for question in questions {
            self.check_there_is_one(question)?;
        }
        if let (true, Some(username)) = (self.path() == ["user", "create"], self.value("username"))
        {
            self.tell_twin(&username).map_err(Stop::into_end)?;
        }
        if questions.len() > 1 {
            self.prompter.remark("Esc or < goes back to the question before, Ctrl-C cancels")?;
        }
        self.answers.resize_with(questions.len(), || None);
        let mut trail = Vec::new();
        let mut at = 0;
        while let Some(question) = questions.get(at) {
            let before = self.answers.get_mut(at).and_then(Option::take);
            self.prompter.can_go_back = !trail.is_empty();
            let answered = match question {
                Question::Argument(argument) => self.argument(argument, before.as_ref()).map(Some),
                Question::Field(field, mandatory) => {
                    self.field(*field, *mandatory, before.as_ref())
                }
            };
            match answered {
                Ok(answer) => {
                    if answer.is_some() {
                        trail.push(at);
                    }
                    if let Some(kept) = self.answers.get_mut(at) {
                        *kept = answer;
                    }
                    at += 1;
                }
                Err(Stop::Back) => at = trail.pop().unwrap_or_default(),
                Err(Stop::End(end)) => return Err(end),
            }
        }
        let updates = self.path().last().is_some_and(|word| word == "update");
        // What is only made now was nothing before.
        let answers = self.answers.iter().flatten().filter(|_| updates);
        let told: Vec<String> = answers.flat_map(|answer| answer.told.clone()).collect();
        let nothing = !self
            .answers
            .iter()
            .flatten()
            .any(|answer| !answer.positional && !answer.words.is_empty());
        if updates && nothing && self.has_no_option() {
            let name = self.value("username").or_else(|| self.value("name")).unwrap_or_default();
            return Ok(Completed::Unchanged(name));
        }
        Ok(Completed::Call { arguments: self.call(), told })
    }

    /// The call with what was answered so far: first what stands without an option, unless that would
    /// make an option of it.
    fn call(&self) -> Vec<OsString> {
        let (positional, options): (Vec<&Answer>, Vec<&Answer>) =
            self.answers.iter().flatten().partition(|answer| answer.positional);
        let words = |answers: Vec<&Answer>| -> Vec<OsString> {
            answers.into_iter().flat_map(|answer| &answer.words).map(OsString::from).collect()
        };
        let (positional, options) = (words(positional), words(options));
        let end = self.given.iter().position(|word| word == "--");
        let (head, tail) = self.given.split_at(end.unwrap_or(self.given.len()));
        let mut call = head.to_vec();
        let hidden = |word: &OsString| {
            let text = word.to_string_lossy();
            text.len() > 1 && text.starts_with('-')
        };
        if end.is_none() && !positional.iter().any(hidden) {
            call.extend(positional);
            call.extend(options);
        } else {
            call.extend(options);
            if end.is_none() {
                call.push("--".into());
            }
            call.extend(tail.iter().cloned().chain(positional));
        }
        call
    }

    fn with_position<T>(&self, look: impl FnOnce(&CursorPosition<'_>) -> T) -> T {
        let call = self.call();
        let words: Vec<String> =
            call.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
        look(&CursorPosition::find(self.tree, &words, ""))
    }

    /// The value that an argument has by now.
    pub(super) fn value(&self, id: &str) -> Option<String> {
        self.with_position(|position| position.value(id).map(str::to_owned))
    }

    fn has_no_option(&self) -> bool {
        self.with_position(|position| !position.has_own_option())
    }

    pub(super) fn path(&self) -> Vec<String> {
        self.with_position(|position| position.path.iter().map(|word| (*word).to_owned()).collect())
    }

    /// Whether it is about something that is not there yet.
    pub(super) fn creates(&self) -> bool {
        self.path().last().is_some_and(|word| word == "create")
    }

    /// The roles that somebody new is to have.
    pub(super) fn roles(&self) -> RoleSet {
        let words = self.answers.iter().flatten().flat_map(|answer| answer.words.windows(2));
        let answered = words.filter_map(|pair| match pair {
            [option, role] if option == "--role" => role.parse::<Role>().ok(),
            _ => None,
        });
        answered.fold(self.roles, RoleSet::with)
    }

    /// The name of the user that the call is about, where it is about one.
    pub(super) fn one_username(&self) -> Option<String> {
        let is_one = self.with_position(|position| !position.names_several());
        self.value("username").filter(|_| is_one)
    }

    /// The user that the call is about, where there is one.
    pub(super) fn user(&self) -> Result<Option<User>, Stop> {
        let (false, Some(directory)) = (self.creates(), self.directory) else { return Ok(None) };
        let Some(username) = self.one_username() else { return Ok(None) };
        let username: Username = username.parse().map_err(CliError::from)?;
        Ok(Some(directory.find_user(&username)?))
    }

    fn project(&self) -> Result<Option<Project>, Stop> {
        let (false, Some(directory)) = (self.creates(), self.directory) else { return Ok(None) };
        let Some(name) = self.value("name") else { return Ok(None) };
        let name = name.parse().map_err(CliError::from)?;
        Ok(Some(directory.find_project(&name)?.project))
    }

    /// The value that a field has in the store.
    pub(super) fn present(&self, field: Field) -> Result<Option<String>, Stop> {
        if self.path().first().is_some_and(|word| word == "project") {
            let details = self.project()?.map(|project| project.details);
            return Ok(details.and_then(|details| match field {
                Field::Language => details.language.map(|language| language.to_string()),
                _ => details.description.map(|description| description.to_string()),
            }));
        }
        if field == Field::Expires {
            return Ok(Some(self.context.policy().temporary_ttl.to_string()));
        }
        Ok(self.user()?.and_then(|user| match field {
            Field::FullName => Some(user.full_name.to_string()),
            Field::Email => user.email.map(|email| email.to_string()),
            Field::Phone => user.phone.map(|phone| phone.to_string()),
            Field::Language => user.language.map(|language| language.to_string()),
            _ => None,
        }))
    }

    fn argument(&mut self, argument: &Argument, before: Option<&Answer>) -> Result<Answer, Stop> {
        let path = self.path();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(kind) = argument.kind else { return self.ask_unknown(argument, before) };
        let question = kind.question(&path, argument.several);
        match kind {
            ValueKind::Existing(..) | ValueKind::ProjectOfUser => {
                self.ask_existing(question, kind, argument, before)
            }
            ValueKind::Weight => self.ask_weight(before),
            ValueKind::Free(_) => {
                let directory = self.directory;
                let parse =
                    |text: &str| kind.check(directory, None, text).map(|()| text.to_owned());
                let name = self.until(question, None, before, None, parse)?;
                if kind == ValueKind::Free(EntityKind::User) {
                    self.tell_twin(&name)?;
                }
                Ok(Answer::typed(name.clone()).positional(vec![name]))
            }
        }
    }

    /// Asks for what nobody but the person who types can know, by what the help says of it.
    fn ask_unknown(
        &mut self,
        argument: &Argument,
        before: Option<&Answer>,
    ) -> Result<Answer, Stop> {
        let help = argument.help.split(", or `-`").next().unwrap_or_default();
        let help = help.split("; `-`").next().unwrap_or_default();
        let mut letters = help.strip_prefix("The ").unwrap_or(help).chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string());
        let several = if argument.several { " (several are separated by spaces)" } else { "" };
        let question = format!("{}{}{several}", first.unwrap_or_default(), letters.as_str());
        if !argument.words.is_empty() {
            let items: Vec<PickItem> =
                argument.words.iter().map(|word| PickItem::new(word, None::<&str>)).collect();
            let picked = self.prompter.pick_one(&question, &items, None)?;
            let word = argument.words.get(picked).cloned().unwrap_or_default();
            return Ok(Answer::picked(vec![word.clone()]).positional(vec![word]));
        }
        let (several, call) = (argument.several, self.call());
        let parse = |text: &str| -> Result<Vec<String>, CliError> {
            let words = words(text, several);
            if words.iter().all(String::is_empty) {
                return Err(an_answer_is_required());
            }
            // An answer is a value, never an option.
            let mut tried = call.clone();
            tried.push("--".into());
            tried.extend(words.iter().map(OsString::from));
            match parse(&tried) {
                Err(error) if missing_arguments(&error).is_none() => {
                    Err(usage_error(&error, &tried))
                }
                _ => Ok(words),
            }
        };
        let words: Vec<String> = self.until(&question, None, before, None, parse)?;
        Ok(Answer::typed(words.join(" ")).positional(words))
    }

    /// Asks until there is a good answer. A bad one is explained, and comes back to be edited.
    pub(super) fn until<T>(
        &mut self,
        question: &str,
        suggestion: Option<&str>,
        before: Option<&Answer>,
        names: Option<&CompletionKind>,
        parse: impl Fn(&str) -> Result<T, CliError>,
    ) -> Result<T, Stop> {
        let directory = self.directory;
        let complete = |typed: &str| -> Vec<String> {
            let found = names
                .as_ref()
                .zip(directory)
                .and_then(|(kind, directory)| directory.complete_names(kind, typed).ok());
            found.unwrap_or_default().into_iter().filter(|name| is_plain(name)).collect()
        };
        if let Some(typed) = before.and_then(|answer| answer.typed.as_deref()) {
            self.prompter.offer(question, typed);
        }
        loop {
            let answer = self.prompter.line_of_names(question, suggestion, &complete)?;
            match parse(answer.trim()) {
                Ok(value) => return Ok(value),
                Err(failure) if can_be_mended(&failure) => {
                    self.prompter.explain(&failure.message, failure.hint.as_deref())?;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Warns of a user whose name differs only in case, before anybody goes on.
    fn tell_twin(&mut self, username: &str) -> Result<(), Stop> {
        let (Some(directory), Ok(username)) = (self.directory, username.parse::<Username>()) else {
            return Ok(());
        };
        if let Some(twin) = directory.case_twin(&username)? {
            self.prompter.warn(&twin_warning(&twin))?;
        }
        Ok(())
    }
}

/// The one name, or the names between blanks, that were typed.
pub(super) fn words(text: &str, several: bool) -> Vec<String> {
    if several {
        text.split_whitespace().map(str::to_owned).collect()
    } else {
        vec![text.to_owned()]
    }
}

pub(super) fn an_answer_is_required() -> CliError {
    CliError::new(ErrorCode::MissingInput, "an answer is required")
}

/// Whether another answer would do.
fn can_be_mended(failure: &CliError) -> bool {
    matches!(failure.code.status(), 2 | 3 | 4 | 8) && failure.code != ErrorCode::StoreNotFound
}
