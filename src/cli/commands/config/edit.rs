//! `ccadmin config edit`.

use std::fs;

use clap::Args;
use tempfile::NamedTempFile;

use super::file::{FileArgs, SettingsFile};
use super::set::layers_with;
use crate::cli::context::settings_files::resolve_for_call;
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::editor;
use crate::cli::terminal::ui::Ui;

/// Every setting with its default, for a file that is not there yet.
const EXAMPLE: &str = include_str!("../../../../config.example.toml");

/// Edit a settings file, and check it before it takes effect
///
/// A copy is opened in $VISUAL, $EDITOR or vi. If something is wrong with it, you are told what, and it
/// is opened again; the file in force changes only once the copy is right. A file that does not exist
/// yet starts out with every setting and its default, commented out. Whatever goes wrong, what you
/// typed is kept, and you are told where.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config edit
  ccadmin config edit --config draft.toml")]
pub(crate) struct ConfigEditArgs {
    #[command(flatten)]
    file: FileArgs,
}

impl ConfigEditArgs {
    pub(super) fn run(
        &self,
        ui: &Ui,
        global: &GlobalArgs,
        environment: &Environment,
    ) -> CommandResult {
        // vi waits for keys.
        let editor = environment.editor().or_else(|| ui.can_ask().then(|| "vi".to_owned()));
        let editor = editor.ok_or_else(|| {
            let message =
                "there is no editor: neither VISUAL nor EDITOR is set, and no terminal for vi";
            CliError::new(ErrorCode::MissingInput, message)
                .with_hint("`ccadmin config set` takes none")
        })?;
        let file = if self.file.system {
            SettingsFile::system()
        } else {
            SettingsFile::user(global, environment)?
        };
        let (old, metadata) = file.read()?.unzip();
        let begin = old.clone().unwrap_or_else(commented_example);
        let draft = file.draft(&begin, metadata.as_ref())?;
        loop {
            if let Err(failure) = editor::edit(&editor, draft.path()) {
                return Err(kept(draft, &begin, failure).into());
            }
            let text = match fs::read_to_string(draft.path()) {
                Ok(text) => text,
                Err(error) => {
                    let failure = CliError::new(ErrorCode::Io, format!("the draft: {error}"));
                    return Err(kept(draft, &begin, failure).into());
                }
            };
            if text == begin {
                ui.status("nothing was changed");
                return DONE;
            }
            let checked = layers_with(&file, &text, global, environment)
                .and_then(|layers| resolve_for_call(&layers, global, environment));
            let Err(failure) = checked else {
                return put(ui, &file, draft, &text, old.as_deref());
            };
            if !ui.can_ask() {
                return Err(kept(draft, &begin, failure).into());
            }
            ui.error(&failure);
            match ui.prompter().map(|mut asker| asker.confirm("Edit it again?", true)) {
                Ok(Ok(true)) => {}
                Ok(Err(end)) => {
                    ui.tell("draft-kept", &kept_where(draft, &begin));
                    return Err(end.into());
                }
                Ok(Ok(false)) | Err(_) => return Err(kept(draft, &begin, failure).into()),
            }
        }
    }
}

/// Puts what was edited in the place of the file, where that is what it was when it was opened.
fn put(
    ui: &Ui,
    file: &SettingsFile,
    draft: NamedTempFile,
    text: &str,
    old: Option<&str>,
) -> CommandResult {
    let now = file.read();
    if now.as_ref().is_ok_and(|now| now.as_ref().map(|(text, _)| text.as_str()) != old) {
        let message = format!("{} was changed by somebody else meanwhile", file.shown());
        return Err(kept(draft, "", CliError::new(ErrorCode::PlanStale, message)).into());
    }
    // An editor may have put a new file in the place of the draft, with a mode of its own.
    let metadata = now.ok().flatten().map(|(_, metadata)| metadata);
    let finished = match file.draft(text, metadata.as_ref()).and_then(|draft| file.put(draft)) {
        Ok(()) => draft.close(),
        Err(failure) => return Err(kept(draft, "", failure).into()),
    };
    if let Err(error) = finished {
        ui.warning("draft-kept", &format!("the draft could not be removed: {error}"));
    }
    ui.status(&format!("changed {}", file.shown()));
    DONE
}

/// A failure that says where the draft is.
fn kept(draft: NamedTempFile, begin: &str, failure: CliError) -> CliError {
    let place = kept_where(draft, begin);
    let hint = match &failure.hint {
        Some(hint) => format!("{hint}; {place}"),
        None => place,
    };
    failure.with_hint(hint)
}

/// Keeps what was typed, and says where; a draft in which nothing was is not kept.
fn kept_where(draft: NamedTempFile, begin: &str) -> String {
    let is_as_begun = fs::read_to_string(draft.path()).is_ok_and(|text| text == begin);
    if is_as_begun {
        return "nothing was changed".to_owned();
    }
    let path = draft.path().display().to_string();
    match draft.keep() {
        Ok(_) => format!("what you typed is in {path}"),
        Err(error) => format!("what you typed was in {path}, and cannot be kept: {error}"),
    }
}

/// The example with every setting commented out.
fn commented_example() -> String {
    let is_setting = |line: &str| !line.is_empty() && !line.starts_with(['#', '[']);
    EXAMPLE
        .lines()
        .map(|line| if is_setting(line) { format!("# {line}\n") } else { format!("{line}\n") })
        .collect()
}
