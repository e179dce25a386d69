//! Parsing with no more of the command tree than the call needs.
//!
//! Every command that clap knows of gets a copy of the global options before the first word is
//! looked at: most of the time that a start takes. So the one that is called is parsed alone, without
//! its sisters, and whatever does not fit, help and errors among it, is parsed again with the whole
//! tree.

use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Subcommand};

use crate::cli::command_line::Cli;
use crate::cli::commands::assign_project::AssignProjectArgs;
use crate::cli::commands::audit;
use crate::cli::commands::config;
use crate::cli::commands::label;
use crate::cli::commands::project;
use crate::cli::commands::roster;
use crate::cli::commands::set_weight::SetWeightArgs;
use crate::cli::commands::store;
use crate::cli::commands::unassign_project::UnassignProjectArgs;
use crate::cli::commands::user;
use crate::cli::commands::weight;
use crate::cli::global_args::GlobalArgs;

/// Options that take the next word for their value.
const GLOBAL_OPTIONS_WITH_VALUE: [&str; 5] =
    ["--config", "--database", "--output", "-o", "--color"];

/// Parses the command line `arguments` (the program's name first): what they mean, and how they
/// stand there.
pub(super) fn parse(arguments: &[OsString]) -> Result<(Cli, ArgMatches), clap::Error> {
    let help = help_first(arguments);
    let arguments = help.as_deref().unwrap_or(arguments);
    let mut words = words(arguments);
    let lean = match words.next() {
        Some(first) => called(first, words.next()),
        None => Some(clap::Command::new("ccadmin").version(env!("CARGO_PKG_VERSION"))),
    };
    if let Some(lean) = lean {
        let parsed = GlobalArgs::augment_args(fitted(lean, arguments))
            .disable_help_subcommand(true)
            .try_get_matches_from(arguments)
            .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
        match parsed {
            Ok(parsed) => return Ok(parsed),
            Err(error) if error.kind() == ErrorKind::DisplayVersion => return Err(error),
            Err(_) => {}
        }
    }
    let mut whole = fitted(Cli::command(), arguments);
    let matches = whole.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut whole))?;
    Ok((cli, matches))
}

/// The `tree` for these words: where `--where` says whom a command is about, what follows the command
/// is no username.
pub(crate) fn fitted(tree: clap::Command, words: &[impl AsRef<OsStr>]) -> clap::Command {
    let mut words = words.iter().map(AsRef::as_ref).take_while(|word| *word != "--");
    if !words.any(|word| word == "--where" || word.as_encoded_bytes().starts_with(b"--where=")) {
        return tree;
    }
    let tree = with_fitted::<AssignProjectArgs>(tree, "assign-project");
    let tree = with_fitted::<UnassignProjectArgs>(tree, "unassign-project");
    with_fitted::<SetWeightArgs>(tree, "set-weight")
}

fn with_fitted<A: Args>(tree: clap::Command, name: &str) -> clap::Command {
    match tree.find_subcommand(name) {
        Some(_) => tree.mut_subcommand(name, |command| command.defer(without_username::<A>)),
        None => tree,
    }
}

/// A command whose first word is what otherwise follows the username.
fn without_username<A: Args>(command: clap::Command) -> clap::Command {
    A::augment_args(command)
        .mut_arg("username", |argument| argument.long("no-username").hide(true).required(false))
}

/// `user help create` as `help user create`; `None` where no help of a group is called.
fn help_first(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let mut words = words(arguments);
    group(words.next()?)?;
    words.next().filter(|second| *second == "help")?;
    let place = arguments.iter().position(|word| word == "help")?;
    let mut ordered = arguments.to_vec();
    let help = ordered.remove(place);
    ordered.insert(1, help);
    Some(ordered)
}

/// The program with nothing but the command that these words call, where they call one.
fn called(first: &str, second: Option<&str>) -> Option<clap::Command> {
    let called = match (group(first), second) {
        (Some(group), Some(second)) => {
            let sister = group.find_subcommand(second)?.clone();
            clap::Command::new(group.get_name().to_owned()).subcommand(sister)
        }
        (Some(_), None) => return None,
        (None, _) => Cli::command().find_subcommand(first)?.clone(),
    };
    Some(clap::Command::new("ccadmin").subcommand(called))
}

/// The commands that have commands of their own.
fn group(word: &str) -> Option<clap::Command> {
    Some(match word {
        "user" => user::UserCommand::augment_subcommands(clap::Command::new("user")),
        "project" => project::ProjectCommand::augment_subcommands(clap::Command::new("project")),
        "team" => label::TeamCommand::augment_subcommands(clap::Command::new("team")),
        "skill" => label::SkillCommand::augment_subcommands(clap::Command::new("skill")),
        "audit" => audit::AuditCommand::augment_subcommands(clap::Command::new("audit")),
        "weight" => weight::WeightCommand::augment_subcommands(clap::Command::new("weight")),
        "config" => config::ConfigCommand::augment_subcommands(clap::Command::new("config")),
        "roster" => roster::RosterCommand::augment_subcommands(clap::Command::new("roster")),
        "store" => store::StoreCommand::augment_subcommands(clap::Command::new("store")),
        _ => return None,
    })
}

/// The words that are neither options nor values of global ones; a wrong guess costs time alone.
fn words(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    let mut words = arguments.iter().skip(1).map(|argument| argument.to_str());
    std::iter::from_fn(move || {
        loop {
            match words.next()? {
                Some(option) if GLOBAL_OPTIONS_WITH_VALUE.contains(&option) => {
                    words.next();
                }
                Some(option) if option.starts_with('-') => {}
                word => return word,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;
    use crate::cli::usage_error::usage_error;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_command_is_found_behind_global_options() {
        for line in [
            "ccadmin user list",
            "ccadmin -q --no-input user list",
            "ccadmin -o json --database x.db user list",
            "ccadmin --output=json user list",
        ] {
            let arguments = arguments(line);
            assert_eq!(words(&arguments).collect::<Vec<_>>(), ["user", "list"], "{line}");
        }
        assert_eq!(words(&arguments("ccadmin --version")).next(), None);
        assert_eq!(words(&arguments("ccadmin")).next(), None);
    }

    /// A new group has to be known here, and every command of one is found alone.
    #[test]
    fn every_command_is_called_without_its_sisters() {
        let mut whole = Cli::command();
        whole.build();
        for command in whole.get_subcommands().filter(|one| one.get_name() != "help") {
            let first = command.get_name();
            let has_own = command.has_subcommands();
            assert_eq!(group(first).is_some(), has_own, "{first}");
            assert_eq!(called(first, None).is_none(), has_own, "{first}");
            for own in command.get_subcommands().filter(|one| one.get_name() != "help") {
                let lean = called(first, Some(own.get_name())).unwrap();
                let [group] = lean.get_subcommands().collect::<Vec<_>>()[..] else { panic!() };
                let names: Vec<_> = group.get_subcommands().map(clap::Command::get_name).collect();
                assert_eq!(names, [own.get_name()]);
            }
        }
    }

    /// What the lean way accepts, the whole tree accepts as well, and the other way round.
    #[test]
    fn both_ways_agree() {
        for line in [
            "ccadmin user list --role agent",
            "ccadmin --database user list",
            "ccadmin -o json whoami",
            "ccadmin user list --nonsense",
            "ccadmin usr list",
            "ccadmin --version",
            "ccadmin user --version",
            "ccadmin user --help",
            "ccadmin user",
            "ccadmin user nonsense",
            "ccadmin user list user",
            "ccadmin user photo set eva x.png",
            "ccadmin user -q show eva -o json",
            "ccadmin team --database x.db delete a b --yes",
            "ccadmin set-weight eva hu-support 20",
            "ccadmin set-weight --where team=voice hu-support 20",
            "ccadmin assign-project --where=team=voice hu-support en-support",
            "ccadmin assign-project eva -- --where",
            "ccadmin unassign-project --where team=voice",
            "ccadmin help",
            "ccadmin",
        ] {
            let arguments = arguments(line);
            let lean =
                parse(&arguments).map(|(cli, _)| format!("{cli:?}")).map_err(|e| e.to_string());
            let whole = fitted(Cli::command(), &arguments)
                .try_get_matches_from(&arguments)
                .and_then(|matches| Cli::from_arg_matches(&matches))
                .map(|cli| format!("{cli:?}"))
                .map_err(|error| error.to_string());
            assert_eq!(lean, whole, "{line}");
        }
    }

    #[test]
    fn help_of_a_group_is_help() {
        let debug = |line: &str| format!("{:?}", parse(&arguments(line)).unwrap().0);
        let expected = debug("ccadmin -q help user create");
        assert_eq!(debug("ccadmin -q user help create"), expected);
        // It may be the name of something.
        assert!(debug("ccadmin user show help").contains("Show"));
    }

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    /// A new global option that takes a value has to be known here.
    #[test]
    fn every_global_option_with_a_value_is_listed() {
        for argument in GlobalArgs::augment_args(clap::Command::new("ccadmin")).get_arguments() {
            if argument.get_action().takes_values() {
                let long = format!("--{}", argument.get_long().unwrap());
                assert!(GLOBAL_OPTIONS_WITH_VALUE.contains(&long.as_str()), "{long}");
            }
        }
    }

    /// Whatever is called: no panic, and the short way finds what the whole tree finds.
    #[test]
    fn fuzz_arguments() {
        let words = "\
            user create list show update rename delete deactivate unlock import export photo \
            set get assign-project set-weight passwd project team skill login whoami audit \
            verify store backup restore completions man --help -h --version -- - --role \
            --role= agent external-agent --project hu-support:20 --skill billing:9 --team \
            --language en-GB --search --missing --password expired --password-stdin \
            --password-fd 3 --generate-password --expires 14d 2026-12-24 --hand-out \
            print=x.txt email --sort name --limit -1 18446744073709551616 --columns username, \
            --field --count -o json -ojson --output=csv -q -v --config --database --no-input \
            --color always --yes --like eva --default roles=agent --map A=- --max-deactivate \
            10% --deactivate-missing --on-conflict --since 1d --head --weight 100 --replace \
            --clear email,phone --where team=voice --add-role --keep-password --if-not-exists --each --rejects";
        let words: Vec<&str> = words.split_inclusive(' ').collect();
        bolero::check!().with_max_len(24).with_iterations(600).for_each(|bytes: &[u8]| {
            let line = crate::pieces::text(bytes, &words);
            let arguments: Vec<OsString> = std::iter::once("ccadmin")
                .chain(line.split(' ').filter(|word| !word.is_empty()))
                .map(|word| match word.strip_suffix('\u{fffd}') {
                    // What is no text at all.
                    Some(word) => OsString::from_vec([word.as_bytes(), b"\xff"].concat()),
                    None => OsString::from(word),
                })
                .collect();
            let lean = parse(&arguments).map(|(cli, _)| format!("{cli:?}"));
            let whole = fitted(Cli::command(), &arguments)
                .try_get_matches_from(&arguments)
                .and_then(|matches| Cli::from_arg_matches(&matches));
            let text = |error: clap::Error| usage_error(&error, &[]).message;
            assert_eq!(lean.map_err(text), whole.map(|cli| format!("{cli:?}")).map_err(text));
        });
    }
}
