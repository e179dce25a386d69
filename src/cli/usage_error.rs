//! What clap finds wrong with a command line, as an error of ours.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::likely_call::likely_call;
use crate::model::Invalid;

/// What clap found wrong, in our form: the first paragraph, and its tip or the usage as the hint.
pub(super) fn usage_error(error: &clap::Error, arguments: &[OsString]) -> CliError {
    let failure = explained(error, arguments);
    if let Some(hint) = word_processor_hint(arguments) {
        return failure.with_hint(hint);
    }
    match (error.kind(), not_utf8(arguments)) {
        (ErrorKind::InvalidUtf8, Some(message)) => CliError { message, ..failure },
        _ => failure,
    }
}

/// What to type in the place of what a word processor has made of dashes and quotation marks.
fn word_processor_hint(arguments: &[OsString]) -> Option<String> {
    const DASHES: [char; 5] = ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}'];
    const QUOTES: [char; 6] =
        ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{201a}'];
    let words = || arguments.iter().skip(1).filter_map(|word| word.to_str());
    if let Some(word) = words().find(|word| word.starts_with(DASHES)) {
        let name = word.trim_start_matches(DASHES).trim_start_matches('-');
        let dashes =
            if name.chars().nth(1).is_none_or(|letter| letter == '=') { "-" } else { "--" };
        let name = name.split('=').next().unwrap_or(name);
        return Some(format!(
            "type `{dashes}{name}`: `{word}` begins with a dash of a word processor"
        ));
    }
    words().find(|word| word.starts_with(QUOTES)).map(|word| {
        format!("type ' or \" around a text: `{word}` has the quotation marks of a word processor")
    })
}

/// Which argument is no text, and where it stands.
fn not_utf8(arguments: &[OsString]) -> Option<String> {
    let (place, bad) = arguments.iter().enumerate().find(|(_, word)| word.to_str().is_none())?;
    Some(match arguments.get(place.wrapping_sub(1)).and_then(|before| before.to_str()) {
        Some(option) if option.starts_with('-') => {
            format!("the value of {option}, `{}`, is not UTF-8", bad.to_string_lossy())
        }
        _ => format!("argument {place}, `{}`, is not UTF-8", bad.to_string_lossy()),
    })
}

fn explained(error: &clap::Error, arguments: &[OsString]) -> CliError {
    use std::error::Error as _;

    if let Some(invalid) = error.source().and_then(|source| source.downcast_ref::<Invalid>()) {
        return invalid.clone().into();
    }
    if let Some(failure) = missing_input(error) {
        return failure;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return CommandEnd::usage("a command is missing")
            .with_hint("add `--help` to what you typed to list the commands");
    }
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let message: Vec<&str> = message.lines().map(str::trim).collect();
    let is_unknown = matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::InvalidValue
    );
    let shown = || {
        paragraphs.map(str::trim).find_map(|paragraph| {
            // What clap takes for near is often another thing, and `-- --team` is never meant.
            let tip = paragraph.strip_prefix("tip: ").filter(|_| !is_unknown);
            tip.map(str::to_owned).or_else(|| {
                paragraph.strip_prefix("Usage: ").map(|usage| format!("usage: {usage}"))
            })
        })
    };
    let hint = likely_call(error, arguments)
        .or_else(|| help_of_unknown(error))
        .or_else(shown)
        .unwrap_or_else(|| "add `--help` to the command to see how it is used".to_owned());
    CommandEnd::usage(message.join(" ").trim_end().to_owned()).with_hint(hint)
}

/// Where to look what there is, for a word that is none of it. clap's usage would name the option that
/// it takes for near: `--verbose` for `--reverse`.
fn help_of_unknown(error: &clap::Error) -> Option<String> {
    let what = match error.kind() {
        ErrorKind::UnknownArgument => "what it takes",
        ErrorKind::InvalidSubcommand => "the commands",
        _ => return None,
    };
    let usage = error.get(ContextKind::Usage)?.to_string();
    let command = usage.trim().trim_start_matches("Usage:").split_whitespace();
    let command: Vec<&str> =
        command.take_while(|word| !word.starts_with(['-', '<', '['])).collect();
    (!command.is_empty()).then(|| format!("`{} --help` shows {what}", command.join(" ")))
}

/// The arguments that clap misses, as it shows them: `<NAME>`, `<USERNAME|->...`.
pub(super) fn missing_arguments(error: &clap::Error) -> Option<&[String]> {
    if error.kind() != ErrorKind::MissingRequiredArgument {
        return None;
    }
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(arguments)) => Some(arguments),
        _ => None,
    }
}

/// The failure for arguments that cannot be asked for.
fn missing_input(error: &clap::Error) -> Option<CliError> {
    let arguments = missing_arguments(error)?;
    let names: Vec<&str> = arguments
        .iter()
        .map(|shown| {
            let shown = shown.trim_end_matches("...");
            // An option is shown with its value, an argument by its name.
            shown.strip_prefix('<').and_then(|name| name.strip_suffix('>')).unwrap_or(shown)
        })
        .collect();
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let usage = usage.trim().trim_start_matches("Usage: ").to_owned();
    Some(
        CliError::new(ErrorCode::MissingInput, format!("missing: {}", names.join(", ")))
            .with_hint(format!("usage: {usage}")),
    )
}
