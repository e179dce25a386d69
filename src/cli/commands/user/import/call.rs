//! The call that would let a file in that was refused: the one that was given, with what was missing.

use super::fault::FaultKind;
use crate::cli::context::Context;
use crate::cli::shell::command_line;
use crate::directory::ImportRemedy;
use crate::model::{ImportField, Role, fold};

/// Options that stand once in a call: a new value takes the place of the old one.
const SINGLE_OPTIONS: [&str; 4] = ["--on-conflict", "--encoding", "--header-line", "--sheet"];

/// The options of the likeliest remedies.
pub(super) fn additions<'k>(
    remedies: &[ImportRemedy],
    kinds: impl Iterator<Item = &'k FaultKind>,
) -> Vec<String> {
    let mut options: Vec<String> = remedies.iter().flat_map(of_remedy).collect();
    for kind in kinds {
        let words: &[&str] = match kind {
            FaultKind::Exists => &["--on-conflict", "update"],
            FaultKind::Lacks(what) if what.contains(&"temporary_password") => {
                &["--generate-passwords", "--credentials", "passwords.csv"]
            }
            FaultKind::Lacks(what) if what.contains(&"roles") => &["--default", "roles=agent"],
            FaultKind::NoSuch(field, word, Some(nearest)) => {
                options.extend(translation(*field, word, nearest));
                continue;
            }
            FaultKind::NoSuch(_, _, None)
                if !options.iter().any(|one| one == "--create-missing") =>
            {
                &["--create-missing"]
            }
            _ => &[],
        };
        if words.first().is_some_and(|first| !options.iter().any(|one| one == first)) {
            options.extend(words.iter().map(|word| (*word).to_owned()));
        }
    }
    options
}

fn of_remedy(remedy: &ImportRemedy) -> Vec<String> {
    match remedy {
        ImportRemedy::Encoding(name) => {
            vec!["--encoding".to_owned(), name.to_ascii_lowercase()]
        }
        ImportRemedy::HeaderLine(line) => vec!["--header-line".to_owned(), line.to_string()],
        ImportRemedy::Column { name, likely, .. } => {
            let meaning = likely.map_or("-", ImportField::as_str);
            vec!["--map".to_owned(), format!("{name}={meaning}")]
        }
        ImportRemedy::SecondColumn { name, .. } => vec!["--map".to_owned(), format!("{name}=-")],
        ImportRemedy::Word { field, word } => translation(*field, word, &likeliest(*field, word)),
        ImportRemedy::AssumePlus => vec!["--assume-plus".to_owned()],
        ImportRemedy::Manual(_) => Vec::new(),
    }
}

/// The option that says what a word of a list is here.
pub(super) fn translation(field: ImportField, word: &str, meaning: &str) -> Vec<String> {
    let option = match field {
        ImportField::Roles => "--map-role",
        ImportField::Teams => "--map-team",
        ImportField::Skills => "--map-skill",
        ImportField::Projects => "--map-project",
        _ => return Vec::new(),
    };
    vec![option.to_owned(), format!("{word}={meaning}")]
}

/// What a word probably is: a role that is nearly called so, else the one that most have; a name as
/// names are written.
pub(super) fn likeliest(field: ImportField, word: &str) -> String {
    let folded = fold(word);
    if field == ImportField::Roles {
        let near = |role: &Role| strsim::osa_distance(role.as_str(), &folded);
        let nearest = Role::ALL.into_iter().min_by_key(near).filter(|role| near(role) <= 2);
        return nearest.unwrap_or(Role::Agent).to_string();
    }
    let parts =
        folded.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_.".contains(letter));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// The call that was given, with more options.
pub(super) fn with(context: &Context, additions: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    let call = context.call();
    let mut given = call.iter().peekable();
    let replaced = |option: &str| {
        SINGLE_OPTIONS.contains(&option) && additions.iter().any(|one| one == option)
    };
    while let Some(word) = given.next() {
        if replaced(word) {
            given.next();
        } else if word.split_once('=').is_none_or(|(option, _)| !replaced(option)) {
            words.push(word.clone());
        }
    }
    words.extend_from_slice(additions);
    command_line(&words)
}
