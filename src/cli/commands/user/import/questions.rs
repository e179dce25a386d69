//! What is asked on a terminal about a file that was refused: once for each column, word or kind of
//! number. The answers are options of the call.

use super::call::translation;
use super::fault::FaultKind;
use crate::cli::context::Context;
use crate::cli::error::CommandEnd;
use crate::cli::terminal::prompt::{PickItem, Prompter};
use crate::directory::{Directory, ImportRemedy, LabelKind};
use crate::model::{ImportField, Role};

/// More questions than these nobody answers: the file is to be mended.
const MAX_QUESTIONS: usize = 40;

/// Asks what `remedies` leave open and was not asked before; gives the options that came of it.
///
/// # Errors
///
/// There is no answer, or the store cannot be read.
pub(super) fn ask(
    context: &Context,
    directory: &Directory,
    remedies: &[ImportRemedy],
    asked: &mut Vec<ImportRemedy>,
) -> Result<Vec<String>, CommandEnd> {
    let mut open: Vec<&ImportRemedy> =
        remedies.iter().filter(|remedy| !asked.contains(remedy)).take(MAX_QUESTIONS).collect();
    // In another encoding the words are others.
    let encoding = |remedy: &&ImportRemedy| matches!(remedy, ImportRemedy::Encoding(_));
    if open.iter().any(encoding) {
        open.retain(encoding);
    }
    let mut options = Vec::new();
    if open.is_empty() {
        return Ok(options);
    }
    let mut prompter = context.ui.prompter()?;
    for remedy in open {
        options.extend(answer(&mut prompter, directory, remedy)?);
        asked.push(remedy.clone());
    }
    Ok(options)
}

/// The remedies of faults that bring none: names that are not there.
pub(super) fn of_faults<'k>(
    kinds: impl Iterator<Item = &'k FaultKind>,
) -> impl Iterator<Item = ImportRemedy> {
    kinds.filter_map(|kind| match kind {
        FaultKind::NoSuch(field, word, _) => {
            Some(ImportRemedy::Word { field: *field, word: word.clone() })
        }
        _ => None,
    })
}

/// The options that one answer comes to; none where it is left as it is.
fn answer(
    prompter: &mut Prompter,
    directory: &Directory,
    remedy: &ImportRemedy,
) -> Result<Vec<String>, CommandEnd> {
    let option = |words: [&str; 2]| words.map(str::to_owned).to_vec();
    let options = match remedy {
        ImportRemedy::Encoding(name) => {
            let name = name.to_ascii_lowercase();
            let question = format!("The file is not UTF-8. Read it as {name}?");
            let yes = prompter.confirm(&question, true)?;
            if yes { option(["--encoding", &name]) } else { Vec::new() }
        }
        ImportRemedy::HeaderLine(line) => {
            let question = format!("Line {line} looks like the header. Read the file from there?");
            let yes = prompter.confirm(&question, true)?;
            if yes { option(["--header-line", &line.to_string()]) } else { Vec::new() }
        }
        ImportRemedy::AssumePlus => {
            let question =
                "Phone numbers have no `+`. Are they international numbers that lost it?";
            if prompter.confirm(question, false)? {
                vec!["--assume-plus".to_owned()]
            } else {
                Vec::new()
            }
        }
        ImportRemedy::Column { name, samples, likely } => column(prompter, name, samples, *likely)?,
        ImportRemedy::SecondColumn { name, samples } => column(prompter, name, samples, None)?,
        ImportRemedy::Word { field, word } => {
            let mut names = names(directory, *field)?;
            if names.is_empty() {
                return Ok(Vec::new());
            }
            names.sort_by_key(|name| strsim::osa_distance(name, &word.to_lowercase()));
            let mut items: Vec<PickItem> =
                names.into_iter().map(|label| PickItem { label, note: None }).collect();
            let none = PickItem { label: "-".to_owned(), note: Some("none of them".to_owned()) };
            items.push(none);
            let picked =
                prompter.pick_one(&format!("What is `{word}` in {field}?"), &items, None)?;
            match items.get(picked).map(|item| item.label.as_str()) {
                None | Some("-") => Vec::new(),
                Some(name) => translation(*field, word, name),
            }
        }
        ImportRemedy::Manual(_) => Vec::new(),
    };
    Ok(options)
}

/// Asks what a column means.
fn column(
    prompter: &mut Prompter,
    name: &str,
    samples: &[String],
    likely: Option<ImportField>,
) -> Result<Vec<String>, CommandEnd> {
    let mut fields: Vec<ImportField> = likely.into_iter().collect();
    fields.extend(ImportField::ALL.into_iter().filter(|field| Some(*field) != likely));
    let mut items: Vec<PickItem> =
        fields.iter().map(|field| PickItem { label: field.to_string(), note: None }).collect();
    let nothing = PickItem { label: "-".to_owned(), note: Some("leave it out".to_owned()) };
    items.insert(usize::from(likely.is_some()), nothing);
    let shown = match samples {
        [] => String::new(),
        samples => format!(" ({})", samples.join(", ")),
    };
    let picked =
        prompter.pick_one(&format!("What is the column `{name}`{shown}?"), &items, None)?;
    let meaning = items.get(picked).map_or("-", |item| item.label.as_str());
    Ok(vec!["--map".to_owned(), format!("{name}={meaning}")])
}

/// What there is for a word of a list to stand for.
fn names(directory: &Directory, field: ImportField) -> Result<Vec<String>, CommandEnd> {
    let mut names = Vec::new();
    let labels = match field {
        ImportField::Roles => return Ok(Role::ALL.iter().map(ToString::to_string).collect()),
        ImportField::Teams => LabelKind::Team,
        ImportField::Skills => LabelKind::Skill,
        ImportField::Projects => {
            directory.projects(|summary| {
                names.push(summary.project.name.to_string());
                true
            })?;
            return Ok(names);
        }
        _ => return Ok(names),
    };
    directory.labels(labels, |label| {
        names.push(label.name);
        true
    })?;
    Ok(names)
}
