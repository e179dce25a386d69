//! What clap finds wrong with a command line, as an error of ours.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::model::Invalid;

/// What clap found wrong, in our form: the first paragraph, and its tip or the usage as the hint.
pub(super) fn usage_error(error: &clap::Error) -> CliError {
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
    let hint = paragraphs
        .map(str::trim)
        .find_map(|paragraph| {
            paragraph.strip_prefix("tip: ").map(str::to_owned).or_else(|| {
                paragraph.strip_prefix("Usage: ").map(|usage| format!("usage: {usage}"))
            })
        })
        .unwrap_or_else(|| "add `--help` to the command to see how it is used".to_owned());
    CommandEnd::usage(message.join(" ").trim_end().to_owned()).with_hint(hint)
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
