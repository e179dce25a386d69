//! `ccadmin project export`.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::switch_format::{Written, asterisk, freeswitch, json, vicidial};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::input_file::{open, unreadable};
use crate::cli::output_file::OutputFile;
use crate::fs::read_at_most;
use crate::model::ProjectName;

/// The longest file that is compared with what would be written.
const MAX_COMPARED_BYTES: usize = 64 * 1_024 * 1_024;

/// Write the weights for a switch
///
/// Active agents in active projects, in a stable order; the first line has the store's number and
/// the head of its audit log. What a switch cannot express is told on stderr.
///
/// asterisk: queues.conf with `strategy = wrandom` and the penalties that draw as the weights do;
/// a member's interface is `switch.asterisk.interface` of the settings. freeswitch: the tiers of
/// `mod_callcenter`. vicidial: grades as CSV. json: the weights as they are.
///
/// --check writes nothing: where FILE (or stdin, for `-`) differs beyond its first line the exit
/// status is 13.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project export --for asterisk
  ccadmin project export --for asterisk queues.conf --force
  ccadmin project export --for asterisk queues.conf --check")]
pub(crate) struct ProjectExportArgs {
    /// Where to; `-` is stdout, or stdin with --check
    #[arg(value_name = "FILE|-", default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// For which switch
    #[arg(long = "for", value_name = "asterisk|freeswitch|vicidial|json")]
    switch: Switch,

    /// Only this project (can be repeated)
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectName>,

    /// Replace FILE where it is there already
    #[arg(long, conflicts_with = "check")]
    force: bool,

    /// Compare with what FILE holds, and write nothing
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    Asterisk,
    Freeswitch,
    Vicidial,
    Json,
}

impl ProjectExportArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        if !self.check && context.is_in_use(&self.file) {
            let message = format!("{} is a file of the store in use", self.file.display());
            return Err(CliError::new(ErrorCode::FileExists, message)
                .with_hint("name another file")
                .into());
        }
        let directory = context.directory(StoreAccess::Read)?;
        let plan = directory.switch_plan(&self.projects)?;
        let Written { text, notices } = match self.switch {
            Switch::Asterisk => {
                asterisk(&plan, &context.settings.settings.switch.asterisk.interface)
            }
            Switch::Freeswitch => freeswitch(&plan),
            Switch::Vicidial => vicidial(&plan),
            Switch::Json => {
                json(&plan).map_err(|error| CommandEnd::output(&io::Error::from(error)))?
            }
        };
        if self.check {
            return self.compare(context, &text);
        }
        for notice in notices {
            ui.notice("switch", &notice);
        }
        if self.file == Path::new("-") {
            ui.stdout()
                .and_then(|mut out| {
                    out.write_all(text.as_bytes())?;
                    out.flush()
                })
                .map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        let file = OutputFile::create(&self.file, self.force)?;
        let mut out = file.writer();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| file.failure(&error))?;
        drop(out);
        file.finish()?;
        ui.status(&format!("exported {} projects to {}", plan.queues.len(), self.file.display()));
        DONE
    }

    /// Says whether the file holds what would be written, whatever its first line tells.
    fn compare(&self, context: &Context, text: &str) -> CommandResult {
        let shown = self.file.display();
        let from_stdin = self.file == Path::new("-");
        let input: Box<dyn Read> =
            if from_stdin { Box::new(io::stdin().lock()) } else { Box::new(open(&self.file)?) };
        // What is longer than this is not what would be written.
        let there = read_at_most(input, MAX_COMPARED_BYTES)
            .map_err(|error| unreadable(&self.file, &error))?
            .unwrap_or_default();
        let body = |text: &[u8]| -> Vec<u8> {
            let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| at + 1);
            text[end..].to_vec()
        };
        if body(&there) == body(text.as_bytes()) {
            context.ui.status(&format!("{shown} is up to date"));
            return DONE;
        }
        Err(CliError::new(ErrorCode::CheckFailed, format!("{shown} is not up to date"))
            .with_hint("write it again without --check")
            .into())
    }
}
