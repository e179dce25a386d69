//! The text that a user gets: from a template of the site, in their language where there is one,
//! else from a built-in one. The values are put in as they are and never looked at as a template.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use minijinja::{Environment, ErrorKind, UndefinedBehavior, context, filters};
use zeroize::Zeroizing;

use super::card::Card;
use super::template_check::{ALLOWED_TAGS, misplaced};
use crate::cli::context::Context;
use crate::cli::delivery::Message;
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::installed_store::InstalledStore;
use crate::cli::terminal::output::Medium;
use crate::fs::{Links, distrust, open_to_read, read_at_most};
use crate::model::{LanguageTag, nearest};
use crate::privilege;

/// What a template may name.
const TEMPLATE_FIELDS: [&str; 5] =
    ["full_name", "username", "temporary_password", "expires_at", "next"];

/// The text where the site has none.
const DEFAULT_TEMPLATE: &str = "\
Subject: Your username and your password
{{ full_name }},

your username is: {{ username }}
Your password is: {{ temporary_password }}
{% if expires_at %}It works until {{ expires_at }}, for choosing one of your own:
{% else %}To choose one of your own:
{% endif %}{{ next }}
";

/// The subject where a text brings none.
const DEFAULT_SUBJECT: &str = "Your username and your password";

/// The longest template, in bytes.
const MAX_TEMPLATE_BYTES: usize = 64 * 1_024;

/// The longest text, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1_024;

/// Stands for a password while a template is tried.
const SAMPLE_PASSWORD: &str = "0-the-password-0";

/// The name of the template for everybody; languages have theirs.
const ANY_LANGUAGE: &str = "";

/// Where it is told what a template may be.
const TEMPLATE_HINT: &str = "see `hand_out` in config.example.toml";

/// What a template may name, filled in; what is to be done next comes from the username.
struct TemplateFields<'f> {
    full_name: &'f str,
    username: &'f str,
    password: &'f str,
    expires_at: &'f str,
}

/// Takes no more than a text may be.
struct BoundedText(Zeroizing<Vec<u8>>);

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_TEXT_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Every text, read and found to be right.
pub(super) struct Templates {
    environment: Environment<'static>,
    languages: Vec<LanguageTag>,
    /// Where each comes from, for the messages.
    paths: BTreeMap<String, PathBuf>,
    /// Whether the host is one on which agents change their own password.
    is_set_up: bool,
}

impl Templates {
    /// No text yet.
    fn none() -> Self {
        // No more than a letter needs: some of what there is beside makes gigabytes of a few
        // characters, or shows all that there is, the password with it.
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("capitalize", filters::capitalize);
        environment.add_filter("default", filters::default);
        environment.add_filter("lower", filters::lower);
        environment.add_filter("title", filters::title);
        environment.add_filter("trim", filters::trim);
        environment.add_filter("upper", filters::upper);
        Self { environment, languages: Vec::new(), paths: BTreeMap::new(), is_set_up: false }
    }

    /// Reads the texts of the site.
    pub(super) fn load(context: &Context) -> Result<Self, CliError> {
        let mut texts = Self::none();
        let store = context.store_path().ok().and_then(|(path, _)| InstalledStore::of(path));
        texts.is_set_up = store.is_some_and(|store| store.named && store.is_shared());
        let settings = &context.settings.settings.hand_out;
        match &settings.template {
            None => texts.add(ANY_LANGUAGE, DEFAULT_TEMPLATE.to_owned(), Path::new("built-in"))?,
            Some(file) => {
                texts.read(ANY_LANGUAGE, &context.path_in_settings("hand_out.template", file))?;
            }
        }
        for (language, file) in &settings.templates {
            texts.read(language.as_str(), &context.path_in_settings("hand_out.templates", file))?;
            texts.languages.push(language.clone());
        }
        Ok(texts)
    }

    fn read(&mut self, name: &str, path: &Path) -> Result<(), CliError> {
        let wrong = |why: &str| wrong(path, why, TEMPLATE_HINT);
        // A link will do, a pipe would not end.
        let (file, metadata) =
            open_to_read(path, Links::Follow).map_err(|error| wrong(&error.to_string()))?;
        if !metadata.is_file() {
            return Err(wrong("it is not a file"));
        }
        let reason = distrust(path, &metadata, privilege::real_uid())
            .map_err(|error| wrong(&error.to_string()))?;
        if let Some(reason) = reason {
            return Err(wrong(reason));
        }
        let read =
            read_at_most(file, MAX_TEMPLATE_BYTES).map_err(|error| wrong(&error.to_string()))?;
        let bytes = read.ok_or_else(|| wrong("it is larger than 64 KiB"))?;
        let source = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
        self.add(name, source, path)
    }

    /// Takes a template that names nothing unknown, not even where it is never reached.
    fn add(&mut self, name: &str, source: String, path: &Path) -> Result<(), CliError> {
        let refuse = |error: &minijinja::Error| refused(path, error);
        if let Some((line, what)) = misplaced(&source) {
            let why = format!("line {line}: `{what}` is not allowed in it");
            let hint = format!("it can contain fields and the tags {}", ALLOWED_TAGS.join(", "));
            return Err(wrong(path, &why, &hint));
        }
        self.paths.insert(name.to_owned(), path.to_owned());
        self.environment
            .add_template_owned(name.to_owned(), source)
            .map_err(|error| refuse(&error))?;
        let template = self.environment.get_template(name).map_err(|error| refuse(&error))?;
        let mut unknown: Vec<String> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(|field| !TEMPLATE_FIELDS.contains(&&**field))
            .collect();
        unknown.sort_unstable();
        let Some(first) = unknown.first() else { return self.try_out(name) };
        let hint = match nearest(first, TEMPLATE_FIELDS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the fields are: {}", TEMPLATE_FIELDS.join(", ")),
        };
        Err(wrong(path, &format!("there is no field `{first}`"), &hint))
    }

    /// Takes a template that tells the password, and not in the subject: that is shown, and written
    /// down, by every program that the mail passes.
    fn try_out(&self, name: &str) -> Result<(), CliError> {
        for expires_at in ["", "Thu 1 Jan 2026 00:00"] {
            let fields = TemplateFields {
                full_name: "Ann Example",
                username: "ann",
                password: SAMPLE_PASSWORD,
                expires_at,
            };
            if self.render(name, &fields)?.subject.contains(SAMPLE_PASSWORD) {
                return Err(wrong(
                    self.path(name),
                    "its subject holds the password",
                    "put {{ temporary_password }} into the text below",
                ));
            }
        }
        Ok(())
    }

    /// What the user of `card` is told.
    pub(super) fn message(&self, card: &Card<'_>) -> Result<Message, CliError> {
        let name = self.language(card).map_or(ANY_LANGUAGE, LanguageTag::as_str);
        let expires_at = card.expires_at.map(|end| Medium::Table.time(end)).unwrap_or_default();
        let fields = TemplateFields {
            full_name: card.full_name.as_str(),
            username: card.username.as_str(),
            password: card.password.expose(),
            expires_at: &expires_at,
        };
        self.render(name, &fields)
    }

    fn render(&self, name: &str, fields: &TemplateFields<'_>) -> Result<Message, CliError> {
        // As large as it may become: what is moved leaves a copy behind.
        let mut text = BoundedText(Zeroizing::new(Vec::with_capacity(MAX_TEXT_BYTES)));
        let rendered = self.environment.get_template(name).and_then(|template| {
            let own = format!("ccadmin passwd {} --own", fields.username);
            let next =
                if self.is_set_up { own } else { format!("{own}, where the administrator says") };
            let values = context! {
                full_name => fields.full_name,
                username => fields.username,
                temporary_password => fields.password,
                expires_at => fields.expires_at,
                next,
            };
            template.render_captured_to(values, &mut text).map(drop)
        });
        rendered.map_err(|error| match error.kind() {
            ErrorKind::WriteFailure => {
                wrong(self.path(name), "the finished text is larger than 64 KiB", TEMPLATE_HINT)
            }
            _ => refused(self.path(name), &error),
        })?;
        let text = String::from_utf8_lossy(&text.0);
        let message = with_subject(Zeroizing::new(text.into_owned()));
        if !message.text.contains(fields.password) {
            return Err(wrong(
                self.path(name),
                "it does not contain the password, or not always",
                "put {{ temporary_password }} into it, as it is",
            ));
        }
        Ok(message)
    }

    fn path<'t>(&'t self, name: &'t str) -> &'t Path {
        self.paths.get(name).map_or(Path::new(name), PathBuf::as_path)
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
        None => Message { subject: DEFAULT_SUBJECT.to_owned(), text },
    }
}

fn wrong(path: &Path, why: &str, hint: &str) -> CliError {
    CliError::new(ErrorCode::Config, format!("the text {} cannot be used: {why}", path.display()))
        .with_hint(hint)
}

fn refused(path: &Path, error: &minijinja::Error) -> CliError {
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let why = format!("{line}{}{detail}", error.kind());
    wrong(path, &why, &format!("the fields are: {}", TEMPLATE_FIELDS.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::model::Secret;

    /// Whatever a site writes: a text that tells the password, soon; or an error that says where.
    #[test]
    fn fuzz_templates() {
        let words = "\
            {{¦}}¦{{ ¦ }}¦{%¦%}¦{% ¦ %}¦{#¦#}¦full_name¦username¦{{ temporary_password }}¦\
            {{ temporary_password }}¦expires_at¦next¦if¦else¦endif¦for¦in¦endfor¦set¦endset¦\
            block¦endblock¦macro¦endmacro¦raw¦endraw¦with¦endwith¦filter¦endfilter¦loop¦\
            loop.index¦range¦range(999999999)¦dict¦namespace¦debug()¦cycle¦|¦|upper¦|replace¦\
            |join¦|batch(2)¦|indent(999999999)¦|list¦|sort¦|tojson¦|format¦(¦)¦[¦]¦[::-1]¦.¦,¦\
            ~¦*¦* 999999999¦**¦// 0¦%¦-¦==¦not¦is¦is defined¦\"¦'x'¦1e308¦9223372036854775807¦\
            none¦self¦{% for a in range(9999) %}¦{% endfor %}¦{% if expires_at %}¦{% endif %}¦\
            Subject: ¦\n¦{% include 'x' %}¦{% extends '' %}¦{% include '' %}¦\
            {% macro m() %}{{ m() }}{% endmacro %}¦{{ m() }}¦caller()¦recursive";
        let words: Vec<&str> = words.split('¦').collect();
        let card = Card {
            username: &"eva".parse().unwrap(),
            full_name: &"{{ next }} Éva".parse().unwrap(),
            email: None,
            phone: None,
            language: None,
            password: &Secret::new("purple-otters".to_owned()),
            expires_at: None,
        };
        bolero::check!().with_max_len(40).with_iterations(1_000).for_each(|bytes: &[u8]| {
            let template = crate::pieces::text(bytes, &words);
            let begun = Instant::now();
            let mut texts = Templates::none();
            let made = texts
                .add(ANY_LANGUAGE, template.clone(), Path::new("text"))
                .and_then(|()| texts.message(&card));
            match made {
                Ok(message) => {
                    assert!(message.text.contains("purple-otters"), "{template:?}");
                    assert!(message.text.len() <= MAX_TEXT_BYTES, "{template:?}");
                }
                Err(failure) => {
                    assert_eq!(failure.code, ErrorCode::Config, "{template:?}");
                    assert!(failure.message.starts_with("the text text "), "{}", failure.message);
                    assert!(failure.message.len() < 4_096, "{}", failure.message);
                }
            }
            assert!(begun.elapsed().as_secs() < 5, "{template:?}");
        });
    }
}
