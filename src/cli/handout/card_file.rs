//! The file that is printed: a card a user, as text or as HTML with a page a card. Nobody else can
//! read it, and what already exists is never touched.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use minijinja::{AutoEscape, Environment, context};
use zeroize::Zeroizing;

use super::card::{Card, SecretText};
use super::template::Templates;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::fs::{create_new, folder_of};
use crate::model::LanguageTag;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardFormat {
    /// Plain text.
    Text,
    /// HTML that prints a card a page.
    Page,
}

impl CardFormat {
    /// The form that a name asks for by its end.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        if extension.eq_ignore_ascii_case("txt") {
            Some(Self::Text)
        } else if extension.eq_ignore_ascii_case("html") {
            Some(Self::Page)
        } else {
            None
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Page => HTML_HEAD,
        }
    }

    fn foot(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Page => HTML_FOOT,
        }
    }
}

const HTML_HEAD: &str = "\
<!doctype html>
<html>
<head>
<meta charset=\"utf-8\">
<title>Usernames and passwords</title>
<style>
pre { font: 14pt/1.5 monospace; white-space: pre-wrap; margin: 0 }
.card { padding: 2em; border-bottom: 1px dashed }
@media print { .card { border: 0; break-after: page } .card:last-child { break-after: auto } }
</style>
</head>
<body>
";

const HTML_CARD: &str = "<section class=\"card\"{% if language %} lang=\"{{ language }}\"{% endif %}>\
                    <pre>{{ text }}</pre></section>";

const HTML_FOOT: &str = "</body>\n</html>\n";

/// Between two cards of plain text.
const TEXT_CARD_SEPARATOR: &str =
    "\n----------------------------------------------------------------------\n\n";

/// A file of cards, made with the first of them.
pub(super) struct CardFile {
    path: PathBuf,
    form: CardFormat,
    file: Option<File>,
    /// Where the last card ends.
    end: u64,
}

/// Where a card ended before others were added.
#[derive(Debug, Clone, Copy)]
pub(super) struct CardFileMark(u64);

impl CardFile {
    /// A file that is not there yet, in a folder that is.
    pub(super) fn new(path: PathBuf, form: CardFormat) -> Result<Self, CliError> {
        if fs::symlink_metadata(&path).is_ok() {
            return Err(is_there(&path));
        }
        let folder = folder_of(&path);
        if !folder.is_dir() {
            return Err(CommandEnd::usage(format!("there is no folder {}", folder.display()))
                .with_hint("make it, or name a file elsewhere"));
        }
        Ok(Self { path, form, file: None, end: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds cards; they are on the disk when this returns.
    pub(super) fn add(
        &mut self,
        cards: &[Card<'_>],
        texts: &Templates,
    ) -> Result<CardFileMark, CliError> {
        let mut whole = Zeroizing::new(String::new());
        for card in cards {
            let text = texts.message(card)?.text;
            let is_first = self.end == 0 && whole.is_empty();
            match self.form {
                CardFormat::Text => {
                    whole.push_str(if is_first { "" } else { TEXT_CARD_SEPARATOR });
                    whole.push_str(text.trim_end());
                    whole.push('\n');
                }
                CardFormat::Page => {
                    whole.push_str(if is_first { self.form.head() } else { "" });
                    whole.push_str(&html(&text, texts.language(card))?);
                    whole.push('\n');
                }
            }
        }
        let mark = CardFileMark(self.end);
        if cards.is_empty() {
            return Ok(mark);
        }
        match self.write(&whole) {
            Ok(end) => {
                self.end = end;
                Ok(mark)
            }
            Err(error) => {
                let failure = match error.kind() {
                    io::ErrorKind::AlreadyExists => is_there(&self.path),
                    _ => CliError::new(
                        ErrorCode::Io,
                        format!("{} cannot be written: {error}", self.path.display()),
                    )
                    .with_hint("nothing was changed; name a file elsewhere"),
                };
                self.take_back(mark);
                Err(failure)
            }
        }
    }

    fn write(&mut self, cards: &str) -> io::Result<u64> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(create_new(&self.path)?),
        };
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(cards.as_bytes())?;
        let end = file.stream_position()?;
        file.write_all(self.form.foot().as_bytes())?;
        file.sync_all()?;
        Ok(end)
    }

    /// Takes the cards back that were added since `mark`; without any the file goes too. What
    /// cannot be taken back are passwords that nobody has.
    pub(super) fn take_back(&mut self, mark: CardFileMark) {
        let Some(file) = &mut self.file else { return };
        self.end = mark.0;
        if self.end == 0 {
            self.file = None;
            let _ = fs::remove_file(&self.path);
            return;
        }
        let _ = file
            .set_len(self.end)
            .and_then(|()| file.seek(SeekFrom::Start(self.end)))
            .and_then(|_| file.write_all(self.form.foot().as_bytes()))
            .and_then(|()| file.sync_all());
    }
}

fn html(text: &str, language: Option<&LanguageTag>) -> Result<SecretText, CliError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let language = language.map(LanguageTag::as_str);
    environment
        .render_str(HTML_CARD, context! { language, text => text.trim_end() })
        .map(Zeroizing::new)
        .map_err(|error| CliError::new(ErrorCode::Internal, format!("a card: {error}")))
}

fn is_there(path: &Path) -> CliError {
    CommandEnd::usage(format!("{} already exists", path.display()))
        .with_hint("it is left unchanged; name another file")
}
