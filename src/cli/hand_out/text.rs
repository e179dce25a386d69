//! The text that a user gets: from a template of the site, in his language where there is one, else
//! from a built-in one. The values are put in as they are and never looked at as a template.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use zeroize::Zeroizing;

use super::Card;
use crate::cli::context::Context;
use crate::cli::delivery::Message;
use crate::cli::error::{Code, Failure};
use crate::cli::terminal::output::Medium;
use crate::config::Source;
use crate::model::LanguageTag;

/// What a template may name.
const FIELDS: [&str; 5] = ["full_name", "username", "temporary_password", "expires_at", "next"];

/// The text where the site has none.
const BUILT_IN: &str = "\
Subject: Your username and your password
{{ full_name }},

your username is: {{ username }}
Your password is: {{ temporary_password }}
{% if expires_at %}It works until {{ expires_at }}, for choosing one of your own:
{% else %}To choose one of your own:
{% endif %}{{ next }}
";

/// The subject where a text brings none.
const SUBJECT: &str = "Your username and your password";

/// The longest template, in bytes.
const LONGEST: u64 = 64 * 1_024;

/// The name of the template for everybody; languages have theirs.
const EVERYBODY: &str = "";

/// Every text, read and found to be right.
pub(super) struct Texts {
    environment: Environment<'static>,
    languages: Vec<LanguageTag>,
    /// Where each comes from, for the messages.
    paths: BTreeMap<String, PathBuf>,
}

impl Texts {
    /// Reads the texts of the site.
    pub(super) fn load(context: &Context) -> Result<Self, Failure> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let mut texts = Self { environment, languages: Vec::new(), paths: BTreeMap::new() };
        let settings = &context.settings.settings.hand_out;
        match &settings.template {
            None => texts.add(EVERYBODY, BUILT_IN.to_owned(), Path::new("built-in"))?,
            Some(file) => {
                texts.read(EVERYBODY, &place(context, "hand_out.template", file))?;
            }
        }
        for (language, file) in &settings.templates {
            texts.read(language.as_str(), &place(context, "hand_out.templates", file))?;
            texts.languages.push(language.clone());
        }
        Ok(texts)
    }

    fn read(&mut self, name: &str, path: &Path) -> Result<(), Failure> {
        let wrong = |why: &str| wrong(path, why, "see `hand_out` in config.example.toml");
        let mut source = String::new();
        let file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
        let read = file.take(LONGEST + 1).read_to_string(&mut source);
        read.map_err(|error| wrong(&error.to_string()))?;
        if source.len() as u64 > LONGEST {
            return Err(wrong("it is larger than 64 KiB"));
        }
        self.add(name, source, path)
    }

    /// Takes a template that names nothing unknown, not even where it is never reached.
    fn add(&mut self, name: &str, source: String, path: &Path) -> Result<(), Failure> {
        let refuse = |error: &minijinja::Error| refused(path, error);
        self.paths.insert(name.to_owned(), path.to_owned());
        self.environment
            .add_template_owned(name.to_owned(), source)
            .map_err(|error| refuse(&error))?;
        let template = self.environment.get_template(name).map_err(|error| refuse(&error))?;
        let globals: Vec<&str> = self.environment.globals().map(|(name, _)| name).collect();
        let mut unknown: Vec<String> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(|field| !FIELDS.contains(&&**field) && !globals.contains(&&**field))
            .collect();
        unknown.sort_unstable();
        let Some(first) = unknown.first() else { return Ok(()) };
        let near = FIELDS
            .into_iter()
            .map(|field| (field, strsim::jaro_winkler(first, field)))
            .filter(|(_, likeness)| *likeness >= 0.8)
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        let hint = match near {
            Some((near, _)) => format!("did you mean `{near}`?"),
            None => format!("the fields are: {}", FIELDS.join(", ")),
        };
        Err(wrong(path, &format!("there is no field `{first}`"), &hint))
    }

    /// What the user of `card` is told.
    pub(super) fn message(&self, card: &Card<'_>) -> Result<Message, Failure> {
        let name = self.language(card).map_or(EVERYBODY, LanguageTag::as_str);
        let expires_at = card.expires_at.map(|end| Medium::Table.time(end)).unwrap_or_default();
        let template = self.environment.get_template(name);
        let text = template
            .and_then(|template| {
                template.render(context! {
                    full_name => card.full_name.as_str(),
                    username => card.username.as_str(),
                    temporary_password => card.password.expose(),
                    expires_at,
                    next => format!("ccadmin passwd {} --own", card.username),
                })
            })
            .map_err(|error| {
                refused(self.paths.get(name).map_or(Path::new(name), PathBuf::as_path), &error)
            })?;
        Ok(with_subject(Zeroizing::new(text)))
    }

    /// The language of the text for `card`, the nearest to its user's: `hu-HU`, else `hu`; `None` for
    /// the text that is for everybody.
    pub(super) fn language(&self, card: &Card<'_>) -> Option<&LanguageTag> {
        let mut prefix = card.language?.as_str();
        loop {
            let found = self.languages.iter().find(|language| language.as_str() == prefix);
            if found.is_some() {
                return found;
            }
            prefix = prefix.rsplit_once('-')?.0;
        }
    }
}

/// A first line `Subject: ...` is the subject of an e-mail and not a part of the text.
fn with_subject(text: Zeroizing<String>) -> Message {
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    match first.strip_prefix("Subject:") {
        Some(subject) => Message {
            subject: subject.trim().to_owned(),
            text: Zeroizing::new(rest.trim_start_matches(['\r', '\n']).to_owned()),
        },
        None => Message { subject: SUBJECT.to_owned(), text },
    }
}

/// A path in a settings file is meant from where that file is.
fn place(context: &Context, setting: &str, path: &str) -> PathBuf {
    match context.settings.source(setting) {
        Source::System(file) | Source::User(file) => {
            file.parent().unwrap_or(Path::new("")).join(path)
        }
        _ => PathBuf::from(path),
    }
}

fn wrong(path: &Path, why: &str, hint: &str) -> Failure {
    Failure::new(Code::Config, format!("the text {} cannot be used: {why}", path.display()))
        .hinted(hint)
}

fn refused(path: &Path, error: &minijinja::Error) -> Failure {
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let why = format!("{line}{}{detail}", error.kind());
    wrong(path, &why, &format!("the fields are: {}", FIELDS.join(", ")))
}
