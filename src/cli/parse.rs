//! Parsing with no more of the command tree than the call needs.
//!
//! Every command that clap knows of gets a copy of the global options before the first word is
//! looked at: most of the time that a start takes. So the one that is called is parsed alone, and
//! whatever does not fit, help and errors among it, is parsed again with the whole tree.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches};

use super::{Cli, GlobalArgs};

/// Options that take the next word for their value.
const WITH_VALUE: [&str; 5] = ["--config", "--database", "--output", "-o", "--color"];

/// Parses the command line `arguments` (the program's name first): what they mean, and how they
/// stand there.
pub(super) fn parse(arguments: &[OsString]) -> Result<(Cli, ArgMatches), clap::Error> {
    let mut whole = Cli::command();
    let called = called(arguments);
    if let Some(command) = called.and_then(|word| whole.find_subcommand(word)) {
        let lean = GlobalArgs::augment_args(clap::Command::new("ccadmin"))
            .disable_help_subcommand(true)
            .subcommand(command.clone());
        if let Ok(parsed) = lean
            .try_get_matches_from(arguments)
            .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)))
        {
            return Ok(parsed);
        }
    } else if called.is_none() {
        let lean = GlobalArgs::augment_args(clap::Command::new("ccadmin"))
            .version(env!("CARGO_PKG_VERSION"));
        match lean.try_get_matches_from(arguments) {
            Err(error) if error.kind() == ErrorKind::DisplayVersion => return Err(error),
            _ => {}
        }
    }
    let matches = whole.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut whole))?;
    Ok((cli, matches))
}

/// The first word that is neither an option nor the value of one; a wrong guess costs time alone.
fn called(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().skip(1).map(|argument| argument.to_str());
    loop {
        match words.next()? {
            Some(option) if WITH_VALUE.contains(&option) => {
                words.next();
            }
            Some(option) if option.starts_with('-') => {}
            word => return word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(called(&arguments(line)), Some("user"), "{line}");
        }
        assert_eq!(called(&arguments("ccadmin --version")), None);
        assert_eq!(called(&arguments("ccadmin")), None);
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
            "ccadmin help",
            "ccadmin",
        ] {
            let arguments = arguments(line);
            let lean =
                parse(&arguments).map(|(cli, _)| format!("{cli:?}")).map_err(|e| e.to_string());
            let whole = Cli::command()
                .try_get_matches_from(&arguments)
                .and_then(|matches| Cli::from_arg_matches(&matches))
                .map(|cli| format!("{cli:?}"))
                .map_err(|error| error.to_string());
            assert_eq!(lean, whole, "{line}");
        }
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
                assert!(WITH_VALUE.contains(&long.as_str()), "{long}");
            }
        }
    }
}
