//! The options that every command takes.

use std::ffi::OsString;
use std::str::FromStr;

use clap::Args;

use crate::cli::environment::Environment;
use crate::cli::terminal::output::{Format, UnknownFormat};
use crate::cli::terminal::ui::{ColorChoice, Ui};
use crate::cli::value_parsers::{OneOf, Words};

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct GlobalArgs {
    /// Read the settings from FILE
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<OsString>,

    /// Use this store: PATH or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<OsString>,

    /// Act as the owner of the store, even if a session is open
    #[arg(long, global = true)]
    pub(crate) as_owner: bool,

    /// Show what would be changed, and change nothing (with commands that change the store)
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,

    /// Output format: table, json, jsonl, csv
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_parser = OneOf::<OutputOption>::words(),
        hide_possible_values = true
    )]
    pub(crate) output: Option<OutputOption>,

    /// Print only errors and warnings
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Also print which store is used and who is acting
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,

    /// Never ask questions
    #[arg(long, global = true)]
    pub(crate) no_input: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

impl GlobalArgs {
    /// How this run talks.
    pub(crate) fn ui(&self, environment: &Environment) -> Ui {
        Ui {
            format: self.output.and_then(OutputOption::format).unwrap_or_default(),
            quiet: self.quiet,
            verbose: self.verbose,
            no_input: self.no_input || environment.no_input,
            color: environment.color(self.color),
            no_color: environment.no_color,
            terminal_is_plain: environment.terminal_is_plain(),
            prompt_timeout: environment.prompt_timeout(),
            rehearses: false,
            pager: None,
        }
    }
}

/// What `-o` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputOption {
    /// A form that every command can write.
    Format(Format),
    /// A workbook, which only an export writes.
    Workbook,
}

impl OutputOption {
    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Format(format) => format.as_str(),
            Self::Workbook => "xlsx",
        }
    }

    /// The form that every command can write.
    pub(crate) const fn format(self) -> Option<Format> {
        match self {
            Self::Format(format) => Some(format),
            Self::Workbook => None,
        }
    }
}

impl FromStr for OutputOption {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        if text == Self::Workbook.as_str() {
            return Ok(Self::Workbook);
        }
        text.parse().map(Self::Format)
    }
}

/// Completions offer what every command can write.
impl Words for OutputOption {
    fn words() -> Vec<&'static str> {
        Format::ALL.into_iter().map(Format::as_str).collect()
    }
}
