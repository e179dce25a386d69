//! `ccadmin project export`.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::switch_format::{Place, Written, asterisk, freeswitch, json, vicidial};
use super::switch_state::{self, differences, line_differences};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::input_file::{open, unreadable};
use crate::cli::output_file::OutputFile;
use crate::cli::terminal::escape::escape;
use crate::directory::{Directory, SwitchPlan, hex};
use crate::fs::read_at_most;
use crate::model::{ProjectName, QueueMember, QueueTables};

/// The longest file that is compared with what would be written.
const MAX_COMPARED_BYTES: usize = 64 * 1_024 * 1_024;

/// More differences than these are only counted.
const MAX_DIFFERENCES: usize = 20;

/// Write the weights for a switch
///
/// Writes the active agents of active projects in a stable order; the first line has the store's
/// number and the head of its audit log. Warnings on stderr tell what the switch cannot express.
///
/// asterisk: queues.conf with `strategy = wrandom` and penalties that choose as the weights do; a
/// member's interface is `switch.asterisk.interface` of the settings. With --as realtime it is an
/// SQLite database with the tables `queues` and `queue_members`, changed in one transaction if it
/// already exists. freeswitch: the tiers of `mod_callcenter`. vicidial: grades as CSV. json: the
/// weights as they are.
///
/// --check writes nothing: if FILE differs beyond its first line, it prints the differences and the
/// exit status is 13. With `-` it reads stdin, also what the switch itself shows: `queue show`,
/// `callcenter_config tier list`, or the rows of `vicidial_inbound_group_agents`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin project export --for asterisk
  ccadmin project export --for asterisk queues.conf --force
  ccadmin project export --for asterisk queues.conf --check
  ccadmin project export --for asterisk --as realtime queues.db")]
pub(crate) struct ProjectExportArgs {
    /// The file to write; `-` is stdout, or stdin with --check
    #[arg(value_name = "FILE|-", default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// The switch to write for
    #[arg(long = "for", value_name = "asterisk|freeswitch|vicidial|json")]
    switch: Switch,

    /// In which form: a file of settings, or the tables of Asterisk's realtime engine
    #[arg(long = "as", value_name = "conf|realtime", default_value = "conf")]
    form: Form,

    /// Only this project (can be repeated)
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectName>,

    /// Replace FILE if it already exists
    #[arg(long, conflicts_with = "check")]
    force: bool,

    /// Compare with the content of FILE, and write nothing
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    Asterisk,
    Freeswitch,
    Vicidial,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Conf,
    Realtime,
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
        if self.form == Form::Realtime && self.switch != Switch::Asterisk {
            return Err(CommandEnd::usage("--as realtime is a form of --for asterisk").into());
        }
        if self.form == Form::Realtime && self.file == Path::new("-") {
            let what = "a database cannot be written to stdout, or read from stdin";
            return Err(CommandEnd::usage(what).with_hint("name a FILE").into());
        }
        let directory = context.directory(StoreAccess::Read)?;
        let plan = directory.switch_plan(&self.projects)?;
        let Written { text, notices, places } = match self.switch {
            Switch::Asterisk => {
                asterisk(&plan, &context.settings.settings.switch.asterisk.interface)
            }
            Switch::Freeswitch => freeswitch(&plan),
            Switch::Vicidial => vicidial(&plan),
            Switch::Json => json(&plan).map_err(|error| CommandEnd::output(&error))?,
        };
        let tables = (self.form == Form::Realtime).then(|| queue_tables(&plan, &places));
        if self.check {
            return match tables {
                Some(tables) => self.compare_tables(context, &directory, &tables),
                None => self.compare(context, &text, &places),
            };
        }
        let tell = |file: Option<&Path>| {
            for notice in &notices {
                ui.notice("switch", notice);
            }
            if let Some(file) = file {
                let count = plan.queues.len();
                ui.status(&format!("exported {count} projects to {}", file.display()));
            }
        };
        if let Some(tables) = tables {
            if !self.force && self.file.symlink_metadata().is_ok() {
                let message = format!("{} already exists", self.file.display());
                return Err(CliError::new(ErrorCode::FileExists, message)
                    .with_hint("`--force` changes what it holds")
                    .into());
            }
            if !directory.write_queue_tables(&self.file, &tables)? {
                return Err(self.other_tables().into());
            }
            tell(Some(&self.file));
            return DONE;
        }
        if self.file == Path::new("-") {
            let is_terminal = ui.stdout_terminal().is_some();
            ui.stdout()
                .and_then(|mut out| {
                    for line in text.lines() {
                        let shown = if is_terminal { escape(line) } else { line.into() };
                        writeln!(out, "{shown}")?;
                    }
                    out.flush()
                })
                .map_err(|error| CommandEnd::output(&error))?;
            tell(None);
            return DONE;
        }
        let file = OutputFile::create(&self.file, self.force)?;
        let mut out = file.writer();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| file.failure(&error))?;
        drop(out);
        file.finish()?;
        tell(Some(&self.file));
        DONE
    }

    /// What is compared, in words.
    fn compared(&self) -> String {
        if self.file == Path::new("-") {
            return "what stdin tells".to_owned();
        }
        self.file.display().to_string()
    }

    /// What is there is no database of queues.
    fn other_tables(&self) -> CliError {
        let message = format!("{} holds something else than queues", self.file.display());
        CliError::new(ErrorCode::FileExists, message).with_hint("name another file")
    }

    /// Says whether the database holds what would be written.
    fn compare_tables(
        &self,
        context: &Context,
        directory: &Directory,
        wanted: &QueueTables,
    ) -> CommandResult {
        let there = directory.read_queue_tables(&self.file)?.ok_or_else(|| self.other_tables())?;
        if there.is_like(wanted) {
            context.ui.status(&format!("{} is up to date", self.file.display()));
            return DONE;
        }
        let place = |member: &QueueMember| {
            let place = Place::new(&member.queue, &member.name, member.penalty);
            Place { interface: member.interface.clone(), ..place }
        };
        let places = |tables: &QueueTables| tables.members.iter().map(place).collect::<Vec<_>>();
        self.differs(context, &differences(&places(&there), &places(wanted)))
    }

    /// Tells what differs, and ends with 13.
    fn differs(&self, context: &Context, told: &[String]) -> CommandResult {
        for difference in told.iter().take(MAX_DIFFERENCES) {
            context.ui.notice("differs", difference);
        }
        if told.len() > MAX_DIFFERENCES {
            let more = told.len() - MAX_DIFFERENCES;
            context.ui.notice("differs", &format!("and {more} more"));
        }
        let message = format!("{} is not up to date", self.compared());
        Err(CliError::new(ErrorCode::CheckFailed, message)
            .with_hint("write it again without --check")
            .into())
    }

    /// Says whether the file holds what would be written, whatever its first line tells, or whether
    /// the switch has it.
    fn compare(&self, context: &Context, text: &str, places: &[Place]) -> CommandResult {
        let from_stdin = self.file == Path::new("-");
        let input: Box<dyn Read> =
            if from_stdin { Box::new(io::stdin().lock()) } else { Box::new(open(&self.file)?) };
        // What is longer than this is not what would be written.
        let there = read_at_most(input, MAX_COMPARED_BYTES)
            .map_err(|error| unreadable(&self.file, &error))?
            .unwrap_or_default();
        let there = String::from_utf8_lossy(&there);
        let body = |text: &str| text.split_once('\n').map(|(_, body)| body.to_owned());
        let shown = self.switch != Switch::Json;
        let on_switch = shown.then(|| switch_state::places(&there)).flatten();
        let mut wanted = places.to_vec();
        wanted.sort_unstable();
        let is_same = body(&there) == body(text)
            || on_switch.as_ref().is_some_and(|there| differences(there, &wanted).is_empty());
        if is_same {
            context.ui.status(&format!("{} is up to date", self.compared()));
            return DONE;
        }
        let told = match on_switch {
            Some(there) => differences(&there, &wanted),
            None if is_of_this_form(&there, text) => line_differences(&there, text),
            None => Vec::new(),
        };
        self.differs(context, &told)
    }
}

/// Whether the first line of `there` begins as that of `wanted`, up to the number of the store.
fn is_of_this_form(there: &str, wanted: &str) -> bool {
    wanted.split_once("store").is_some_and(|(begins, _)| there.starts_with(begins))
}

/// The tables of Asterisk's realtime engine.
fn queue_tables(plan: &SwitchPlan, places: &[Place]) -> QueueTables {
    let members = places.iter().map(|place| QueueMember {
        queue: place.queue.clone(),
        interface: place.interface.clone(),
        name: place.member.clone(),
        penalty: place.number,
    });
    QueueTables {
        store: plan.store_id.clone(),
        audit_seq: plan.head.seq,
        audit_hash: hex(&plan.head.hash),
        queues: plan
            .queues
            .iter()
            .map(|queue| (queue.project.to_string(), queue.priority.get()))
            .collect(),
        members: members.collect(),
    }
}
