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
    use std::os::unix::ffi::OsStringExt;

    use super::*;
    use crate::cli::error::Failure;

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
            --clear email,phone --add-role --keep-password --if-not-exists --each --rejects";
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
            let whole = Cli::command()
                .try_get_matches_from(&arguments)
                .and_then(|matches| Cli::from_arg_matches(&matches));
            let text = |error: clap::Error| Failure::from(error).message;
            assert_eq!(lean.map_err(text), whole.map(|cli| format!("{cli:?}")).map_err(text));
        });
    }
}
