//! Where the cursor stands in a call: what was given before it, and what is expected there.

use clap::{Arg, ArgAction, Command};

use super::candidate::Candidate;

/// What is expected at the cursor.
pub(super) enum ExpectedAtCursor<'c> {
    /// Nothing that could be named.
    Nothing,
    /// An option.
    Option,
    /// A command.
    Command,
    /// A value of this argument.
    Value(&'c Arg),
}

/// Where the cursor stands.
pub(crate) struct CursorPosition<'c> {
    /// The whole command line.
    tree: &'c Command,
    /// The command that is called so far, and the words that name it.
    command: &'c Command,
    pub(crate) path: Vec<&'c str>,
    /// The arguments before the cursor, with their values.
    given: Vec<(&'c Arg, String)>,
    /// Whether a word before the cursor stands for nothing that there is.
    lost: bool,
    pub(super) at: ExpectedAtCursor<'c>,
    /// What of the word at the cursor belongs to no candidate: `--role=`, `username,`.
    pub(super) lead: String,
    /// What is typed of the candidate.
    pub(super) typed: String,
}

impl<'c> CursorPosition<'c> {
    /// Follows `words` down the `tree`; `typed` is the word at the cursor.
    pub(crate) fn find(tree: &'c Command, words: &[String], typed: &str) -> Self {
        let mut position = Self {
            tree,
            command: tree,
            path: Vec::new(),
            given: Vec::new(),
            lost: false,
            at: ExpectedAtCursor::Nothing,
            lead: String::new(),
            typed: typed.to_owned(),
        };
        let mut waiting: Option<&Arg> = None;
        let mut only_values = false;
        for word in words {
            if let Some(argument) = waiting.take() {
                position.given.push((argument, word.clone()));
            } else if only_values || !word.starts_with('-') || word == "-" {
                position.word(word);
            } else if word == "--" {
                only_values = true;
            } else {
                waiting = position.option(word);
            }
        }
        position.look(waiting, only_values);
        position
    }

    /// The value of the argument `id`, where it was given.
    pub(crate) fn value(&self, id: &str) -> Option<&str> {
        let found = self.given.iter().rfind(|(argument, _)| argument.get_id() == id);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the call names several users, or those on stdin or of `--where`.
    pub(crate) fn names_several(&self) -> bool {
        let named = self.value("username");
        self.value("where").is_some() || named.is_some_and(|name| name == "-" || name.contains(','))
    }

    /// The arguments without a name of their own that are not given.
    pub(crate) fn open_positionals(&self) -> Vec<&'c Arg> {
        let missing = |argument: &&Arg| self.value(argument.get_id().as_str()).is_none();
        self.command.get_positionals().filter(missing).collect()
    }

    /// Whether an option of the command's own was given.
    pub(crate) fn has_own_option(&self) -> bool {
        self.given.iter().any(|(given, _)| !given.is_positional() && !given.is_global_set())
    }

    /// The values that the argument has before the cursor.
    pub(super) fn values(&self, argument: &Arg) -> Vec<String> {
        let of_it = self.given.iter().filter(|(given, _)| given.get_id() == argument.get_id());
        of_it.map(|(_, value)| value.clone()).collect()
    }

    /// The values that the argument has already, those of the word at the cursor too.
    pub(super) fn used(&self, argument: &Arg) -> Vec<String> {
        let mut used = self.values(argument);
        used.extend(self.lead.split(',').map(str::to_owned));
        used
    }

    /// The options that can still be given.
    pub(super) fn options(&self) -> Vec<Candidate> {
        let repeats =
            |argument: &Arg| matches!(argument.get_action(), ArgAction::Append | ArgAction::Count);
        let given = |argument: &Arg| self.value(argument.get_id().as_str()).is_some();
        self.command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set() && (repeats(argument) || !given(argument)))
            .filter_map(|argument| {
                let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
                Some(Candidate { word: format!("--{}", argument.get_long()?), about })
            })
            .collect()
    }

    /// The names of the commands below the one that `words` call; none where they call none.
    pub(super) fn commands_below(&self, words: &[String]) -> Vec<&'c str> {
        let called = words.iter().try_fold(self.tree, |tree, word| tree.find_subcommand(word));
        let below = called.into_iter().flat_map(Command::get_subcommands);
        below.filter(|command| !command.is_hide_set()).map(Command::get_name).collect()
    }

    /// The commands below the one that is called so far.
    pub(super) fn commands(&self) -> Vec<Candidate> {
        let below = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        below
            .map(|command| {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                Candidate { word: command.get_name().to_owned(), about }
            })
            .collect()
    }

    /// Takes a word that is no option.
    fn word(&mut self, word: &str) {
        if let Some(below) = self.command.find_subcommand(word) {
            self.command = below;
            self.path.push(below.get_name());
        } else if let Some(argument) = self.positional() {
            self.given.push((argument, word.to_owned()));
        } else {
            self.lost = true;
        }
    }

    /// The argument that the next word is for.
    fn positional(&self) -> Option<&'c Arg> {
        self.command.get_positionals().find(|argument| {
            let several = argument.get_num_args().is_some_and(|range| range.max_values() > 1);
            several || self.value(argument.get_id().as_str()).is_none()
        })
    }

    /// Takes an option; gives it back where its value is the next word.
    fn option(&mut self, word: &str) -> Option<&'c Arg> {
        let command = self.command;
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            let argument = command.get_arguments().find(|one| one.get_long() == Some(name))?;
            return self.take(argument, value);
        }
        let letters = word.get(1..)?;
        for (at, letter) in letters.char_indices() {
            let mut arguments = command.get_arguments();
            let argument = arguments.find(|one| one.get_short() == Some(letter))?;
            let rest = &letters[at + letter.len_utf8()..];
            if argument.get_action().takes_values() {
                let rest = rest.strip_prefix('=').unwrap_or(rest);
                return self.take(argument, (!rest.is_empty()).then_some(rest));
            }
            self.take(argument, None);
        }
        None
    }

    fn take(&mut self, argument: &'c Arg, value: Option<&str>) -> Option<&'c Arg> {
        if value.is_none() && argument.get_action().takes_values() {
            return Some(argument);
        }
        self.given.push((argument, value.unwrap_or_default().to_owned()));
        None
    }

    /// Finds out what is expected at the cursor.
    fn look(&mut self, waiting: Option<&'c Arg>, only_values: bool) {
        let option = self.typed.strip_prefix("--").filter(|_| waiting.is_none() && !only_values);
        self.at = if self.lost {
            ExpectedAtCursor::Nothing
        } else if let Some(argument) = waiting {
            ExpectedAtCursor::Value(argument)
        } else if let Some((name, _)) = option.and_then(|option| option.split_once('=')) {
            let mut arguments = self.command.get_arguments();
            match arguments.find(|one| one.get_long() == Some(name)) {
                Some(argument) if argument.get_action().takes_values() => {
                    self.lead(name.len() + 3);
                    ExpectedAtCursor::Value(argument)
                }
                _ => ExpectedAtCursor::Nothing,
            }
        } else if self.typed.starts_with('-') && !only_values {
            ExpectedAtCursor::Option
        } else if self.command.has_subcommands() {
            ExpectedAtCursor::Command
        } else {
            self.positional().map_or(ExpectedAtCursor::Nothing, ExpectedAtCursor::Value)
        };
        if let ExpectedAtCursor::Value(argument) = self.at
            && let Some(delimiter) = argument.get_value_delimiter()
            && let Some(at) = self.typed.rfind(delimiter)
        {
            self.lead(at + delimiter.len_utf8());
        }
        if let ExpectedAtCursor::Value(argument) = self.at
            && argument.get_id() == "where"
            && let Some(at) = self.typed.find('=')
        {
            self.lead(at + 1);
        }
    }

    /// The field whose value is typed, behind the `=` of `FIELD=VALUE`.
    pub(super) fn field(&self) -> Option<&str> {
        let words = self.lead.strip_suffix('=')?;
        Some(words.rsplit('=').next().unwrap_or(words))
    }

    /// Moves the first `length` bytes of what is typed to the lead.
    fn lead(&mut self, length: usize) {
        let rest = self.typed.split_off(length);
        self.lead.push_str(&self.typed);
        self.typed = rest;
    }
}
