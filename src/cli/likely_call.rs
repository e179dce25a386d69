//! What was probably meant by a word of the command line that is unknown: the name that other tools
//! give to the same thing, or a slip of the fingers.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// More letters than these, counted as edits, make another word.
const MAX_EDITS: usize = 2;

/// What other tools call a command of a noun.
const VERBS: [(&str, &[&str]); 6] = [
    ("create", &["add", "new", "make", "create"]),
    ("delete", &["remove", "rm", "del", "delete"]),
    ("update", &["edit", "modify", "mod", "change", "set", "update"]),
    ("list", &["ls", "list"]),
    ("show", &["get", "info", "view", "describe", "show"]),
    ("rename", &["mv", "rename"]),
];

/// What other tools call a command, and all of the command.
const COMMANDS: [(&str, &str); 22] = [
    ("disable", "user deactivate"),
    ("suspend", "user deactivate"),
    ("lock", "user deactivate"),
    ("deactivate", "user deactivate"),
    ("enable", "user activate"),
    ("activate", "user activate"),
    ("unlock", "user unlock"),
    ("import", "user import"),
    ("export", "user export"),
    ("search", "user list --search"),
    ("find", "user list --search"),
    ("password", "passwd"),
    ("reset", "passwd"),
    ("reset-password", "passwd"),
    ("set-password", "passwd"),
    ("assign", "assign-project"),
    ("unassign", "unassign-project"),
    ("useradd", "user create"),
    ("adduser", "user create"),
    ("usermod", "user update"),
    ("userdel", "user delete"),
    ("deluser", "user delete"),
];

const NOUNS: [&str; 4] = ["user", "project", "team", "skill"];

/// What other tools call an option of the commands that hold one of these words, and what it is here.
const OPTIONS: [(&[&str], &str, &str); 15] = [
    (&["create", "update"], "--fullname", "`--name`"),
    (&["create", "update"], "--full-name", "`--name`"),
    (&["create", "update"], "--mail", "`--email`"),
    (&["create", "update"], "--mobile", "`--phone`"),
    (&["update"], "--team", "`--add-team` or `--remove-team`"),
    (&["update"], "--role", "`--add-role` or `--remove-role`"),
    (&["update"], "--skill", "`--add-skill` or `--remove-skill`"),
    (&["update"], "--project", "`ccadmin assign-project` or `ccadmin unassign-project`"),
    (&["update"], "--weight", "`ccadmin set-weight`"),
    (
        &["create", "update", "passwd", "login", "authenticate"],
        "--password",
        "`--password-stdin` or `--generate-password`",
    ),
    (&["delete", "restore"], "-y", "`--yes`"),
    (&["delete", "restore"], "--force", "`--yes`"),
    (&["list", "show", "create", "update", "import", "export"], "--json", "`-o json`"),
    (&["show", "whoami"], "--field", "`-o json`"),
    (&["show", "whoami"], "--columns", "`-o json`"),
];

/// What was meant, as a hint; `None` where nothing is like it.
pub(super) fn likely_call(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    if let Some(command) = text(ContextKind::InvalidSubcommand) {
        let meant = likely_command(command, arguments)
            .map(|meant| format!("ccadmin {meant}"))
            .or_else(|| slip(command, error.get(ContextKind::SuggestedSubcommand)))?;
        return Some(format!("did you mean `{meant}`?"));
    }
    if error.kind() == ErrorKind::InvalidValue {
        let value = text(ContextKind::InvalidValue)?;
        let meant = slip(value, error.get(ContextKind::SuggestedValue))?;
        return Some(format!("did you mean `{meant}`?"));
    }
    let option = text(ContextKind::InvalidArg)?;
    let option = option.split('=').next().unwrap_or(option);
    let is_called =
        |words: &[&str]| words.iter().any(|word| arguments.iter().any(|typed| typed == word));
    let known = OPTIONS.iter().find(|(words, other, _)| *other == option && is_called(words));
    if let Some((_, _, meant)) = known {
        return Some(format!("did you mean {meant}?"));
    }
    let meant = slip(option, error.get(ContextKind::SuggestedArg))?;
    Some(format!("did you mean `{meant}`?"))
}

/// The whole command that an unknown word of one stands for.
fn likely_command(unknown: &str, arguments: &[OsString]) -> Option<String> {
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let before = words.by_ref().take_while(|word| *word != unknown).last();
    let after = words.next();
    let noun_of = |word: &str| {
        let one = word.strip_suffix('s').unwrap_or(word);
        NOUNS.into_iter().find(|noun| *noun == one)
    };
    let noun = before.and_then(noun_of).or(after.and_then(noun_of));
    if let (Some(noun), Some(verb), None) = (noun_of(unknown), after, before) {
        let verb = VERBS.iter().find(|(_, others)| others.contains(&verb));
        return verb.map(|(verb, _)| format!("{noun} {verb}"));
    }
    let verb = VERBS.iter().find(|(_, others)| others.contains(&unknown));
    if let (Some((verb, _)), Some(noun)) = (verb, noun) {
        return Some(format!("{noun} {verb}"));
    }
    let command = COMMANDS.iter().find(|(other, _)| *other == unknown);
    command.map(|(_, command)| (*command).to_owned())
}

/// The word that clap found near, where it is a slip away: at most half of the letters differ.
fn slip(word: &str, near: Option<&ContextValue>) -> Option<String> {
    let candidates = match near? {
        ContextValue::String(one) => std::slice::from_ref(one),
        ContextValue::Strings(several) => several,
        _ => return None,
    };
    let edits = |candidate: &&String| strsim::osa_distance(word, candidate);
    let max_edits = MAX_EDITS.min(word.chars().count() / 2);
    candidates.iter().filter(|candidate| edits(candidate) <= max_edits).min_by_key(edits).cloned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::command_line::Cli;

    fn hint(line: &str) -> Option<String> {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = Cli::command().try_get_matches_from(&arguments).unwrap_err();
        likely_call(&error, &arguments)
    }

    #[test]
    fn what_other_tools_say_is_understood() {
        for (line, meant) in [
            ("ccadmin create user", "`ccadmin user create`"),
            ("ccadmin user add james", "`ccadmin user create`"),
            ("ccadmin project rm en", "`ccadmin project delete`"),
            ("ccadmin -q team ls", "`ccadmin team list`"),
            ("ccadmin user disable james", "`ccadmin user deactivate`"),
            ("ccadmin useradd james", "`ccadmin user create`"),
            ("ccadmin list users", "`ccadmin user list`"),
            ("ccadmin users ls", "`ccadmin user list`"),
            ("ccadmin users", "`user`"),
            ("ccadmin reset james", "`ccadmin passwd`"),
            ("ccadmin user find james", "`ccadmin user list --search`"),
            ("ccadmin team show voice --field name", "`-o json`"),
            ("ccadmin user craete", "`create`"),
            ("ccadmin user update james --team voice", "`--add-team` or `--remove-team`"),
            ("ccadmin user create --fullname=James", "`--name`"),
            (
                "ccadmin passwd james --password secret",
                "`--password-stdin` or `--generate-password`",
            ),
            ("ccadmin user delete james -y", "`--yes`"),
            ("ccadmin user list --serach x", "`--search`"),
            ("ccadmin user list --state actve", "`active`"),
            ("ccadmin schema uesr", "`user`"),
        ] {
            assert_eq!(hint(line), Some(format!("did you mean {meant}?")), "{line}");
        }
    }

    /// A word that is like nothing is not made into something else.
    #[test]
    fn what_is_like_nothing_is_left_alone() {
        for line in [
            "ccadmin frobnicate",
            "ccadmin user list --descending",
            "ccadmin team show voice --reverse",
            "ccadmin whoami --team x",
            "ccadmin user list --state gone",
            "ccadmin schema nothing",
        ] {
            assert_eq!(hint(line), None, "{line}");
        }
    }
}
