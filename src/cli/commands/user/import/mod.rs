//! `ccadmin user import`.

mod call;
mod fault;
mod options;
mod per_row;
mod questions;
mod refused;
mod report;
mod source;
mod template;
mod view;

use std::fs::File;
use std::mem;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::args::time_arg::expiry;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult};
use crate::cli::handout::{self, DeliveryMethod};
use crate::cli::terminal::output::{Format, ListOptions, ListWriter};
use crate::cli::terminal::signals::DeferredSignals;
use crate::cli::value_parsers::OneOf;
use crate::directory::{
    DeactivationLimit, Error, Expiry, ImportSummary, ImportWarning, TextEncoding,
};
use crate::model::{Role, Username};

pub(crate) use fault::Fault;
pub(crate) use options::most;
use refused::RefusedRows;
pub(crate) use report::ImportReport;
use report::spool;
use source::ImportSource;
pub(crate) use view::{PlanView, RowResultView, change_words, changes};

/// Create or change many users from a file
///
/// Everything is checked before anything is written: each bad row is reported, and either the whole
/// file is imported or nothing. CSV has the header that `ccadmin user export` writes, or its usual
/// synonyms; only `username` is required in it. A new user needs a name, a role and a password.
///
/// With `--on-conflict update` an empty cell changes nothing, `-` clears the field and a list
/// replaces the list; a list whose items all begin with + or - adds or removes them: `+vip;-chat`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user import users.csv --dry-run --generate-passwords --credentials passwords.csv
  ccadmin user import users.csv --generate-passwords --credentials passwords.csv
  ccadmin user import users.csv --on-conflict update --no-password
  ccadmin user import other.csv --map 'First name=full_name' --map 'Last name=full_name' \\
      --map 'Cost centre=-' --default roles=agent --no-password
  ccadmin user import old.csv --encoding windows-1250 --header-line 3 --assume-plus \\
      --no-password --dry-run
  ccadmin user import staff.xlsx --sheet Agents --no-password --dry-run
  ccadmin user import --template people.xlsx")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct UserImportArgs {
    /// The file: a workbook, CSV, or JSONL as `user export -o jsonl` writes it; `-` is stdin
    #[arg(value_name = "FILE|-", required_unless_present = "template")]
    file: Option<PathBuf>,

    /// Write an empty workbook to this new file instead, with the columns, an example and lists of
    /// the teams, skills and projects to choose from
    #[arg(long, value_name = "FILE.xlsx", conflicts_with_all = TEMPLATE_CONFLICTS)]
    template: Option<PathBuf>,

    /// Replace the file of --template if it already exists
    #[arg(long)]
    force: bool,

    /// The format of the file [default: detected from its content]
    #[arg(long, value_name = "csv|jsonl|xlsx|xls|ods", hide_possible_values = true)]
    format: Option<FormatOption>,

    /// The sheet of a workbook [default: the first that holds anything]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// The line of the header [default: the first that holds anything]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    header_line: Option<u64>,

    /// The encoding of a CSV file, such as windows-1250 [default: UTF-8, or what its byte order mark
    /// says]
    #[arg(long, value_name = "NAME", value_parser = options::encoding)]
    encoding: Option<TextEncoding>,

    /// What to do with rows about users who already exist
    #[arg(
        long,
        value_name = "fail|skip|update",
        default_value = "fail",
        hide_possible_values = true
    )]
    on_conflict: ConflictOption,

    /// Copy the roles, teams, skills, projects, language and project selection of this user to new
    /// users
    #[arg(long, value_name = "USERNAME")]
    like: Option<Username>,

    /// The value for new users whose row has none (can be repeated)
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    defaults: Vec<String>,

    /// The field that a column with another name stands for; `-` ignores the column; several columns of
    /// a name or a list are joined (can be
    /// repeated)
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    columns: Vec<String>,

    /// The role that another name stands for (can be repeated)
    #[arg(long = "map-role", value_name = "NAME=ROLE")]
    roles: Vec<String>,

    /// The team that another name in the file stands for (can be repeated)
    #[arg(long = "map-team", value_name = "NAME=TEAM")]
    teams: Vec<String>,

    /// The project that another name in the file stands for (can be repeated)
    #[arg(long = "map-project", value_name = "NAME=PROJECT")]
    projects: Vec<String>,

    /// The skill that another name in the file stands for (can be repeated)
    #[arg(long = "map-skill", value_name = "NAME=SKILL")]
    skills: Vec<String>,

    /// Read phone numbers without a `+` as international ones that have lost it
    #[arg(long)]
    assume_plus: bool,

    /// Report every refused row, not each fault once
    #[arg(long)]
    all_errors: bool,

    /// Create the teams, skills and projects that do not exist
    #[arg(long)]
    create_missing: bool,

    /// Deactivate the active agents, requesters and external agents who are not in the file
    #[arg(long, conflicts_with = "each")]
    deactivate_missing: bool,

    /// Deactivate only users who have no other role than this (can be repeated)
    #[arg(
        long = "within-role",
        value_name = "ROLE",
        requires = "deactivate_missing",
        value_parser = OneOf::<Role>::words(),
        hide_possible_values = true
    )]
    within_roles: Vec<Role>,

    /// Refuse to deactivate more users than this number or percentage [default: 10%]
    #[arg(
        long,
        value_name = "N|P%",
        requires = "deactivate_missing",
        value_parser = options::most
    )]
    max_deactivate: Option<DeactivationLimit>,

    /// Generate a temporary password for each new user whose row has none
    #[arg(long, conflicts_with = "no_password")]
    generate_passwords: bool,

    /// Create new users whose row has no password without one
    #[arg(long)]
    no_password: bool,

    /// Write the generated passwords to this new file (mode 0600)
    #[arg(long, value_name = "FILE", requires = "generate_passwords")]
    credentials: Option<PathBuf>,

    /// When the passwords expire: a duration such as 14d, or a date [default: 7d, unless the
    /// settings say otherwise]
    #[arg(long, value_name = "14d|DATE", value_parser = expiry)]
    expires: Option<Expiry>,

    /// Give each new password to its user: email, sms, print=FILE.txt, print=FILE.html
    #[arg(long, value_name = "WAY", conflicts_with_all = ["each", "no_password"])]
    hand_out: Option<DeliveryMethod>,

    /// Apply each row by itself and report its result at once
    #[arg(long, conflicts_with = "dry_run")]
    each: bool,

    /// Write the refused rows to this new file (mode 0600): the reason, then the cells (of JSONL,
    /// the line)
    #[arg(long, value_name = "FILE", requires = "each")]
    rejects: Option<PathBuf>,
}

/// What says how a file is read, and means nothing where none is.
const TEMPLATE_CONFLICTS: [&str; 27] = [
    "file",
    "format",
    "sheet",
    "header_line",
    "encoding",
    "dry_run",
    "on_conflict",
    "like",
    "defaults",
    "columns",
    "roles",
    "teams",
    "projects",
    "skills",
    "assume_plus",
    "all_errors",
    "create_missing",
    "deactivate_missing",
    "within_roles",
    "max_deactivate",
    "generate_passwords",
    "no_password",
    "credentials",
    "expires",
    "hand_out",
    "each",
    "rejects",
];

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatOption {
    Csv,
    Jsonl,
    Xlsx,
    Xls,
    Ods,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ConflictOption {
    Fail,
    Skip,
    Update,
}

impl UserImportArgs {
    pub(super) fn run(mut self, context: &Context) -> CommandResult {
        if let Some(path) = &self.template {
            return template::write(context, path, self.force);
        }
        if self.force {
            return Err(CommandEnd::usage("there is nothing that `--force` could replace")
                .with_hint("it goes with `--template FILE`")
                .into());
        }
        let options = self.options(context)?;
        let seen = self.credentials.is_some() || self.hand_out.is_some() || self.each;
        if self.generate_passwords && !seen {
            return Err(CommandEnd::usage("the generated passwords would be lost")
                .with_hint("give `--credentials FILE` or `--hand-out email|sms|print=FILE`")
                .into());
        }
        if self.each {
            return self.run_each(context, &options);
        }
        let input = ImportSource::open(&context.ui, self.file())?.whole()?;
        let (mut asked, mut answers) = (Vec::new(), Vec::new());
        let mut warnings = Vec::new();
        loop {
            let refused = match self.attempt(context, &input, &mut warnings)? {
                Attempt::Done(outcome) => {
                    if !answers.is_empty() {
                        let call = call::with(context, &answers);
                        context.ui.status(&format!("the same without being asked: {call}"));
                    }
                    return outcome;
                }
                Attempt::Refused(refused) => refused,
            };
            let (rows, failure) = *refused;
            let mut given = Vec::new();
            if context.ui.can_ask() {
                let directory = context.directory(StoreAccess::Read)?;
                given = questions::ask(context, &directory, &rows.remedies(), &mut asked)?;
            }
            if given.is_empty() {
                return Err(rows.tell(context, failure, &answers, self.all_errors));
            }
            self.take(&given);
            answers.extend(given);
        }
    }

    /// The file to read.
    fn file(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new("-"))
    }

    /// Takes the answers to questions for options of the call.
    fn take(&mut self, answers: &[String]) {
        let mut words = answers.iter();
        while let Some(option) = words.next() {
            if option == "--assume-plus" {
                self.assume_plus = true;
                continue;
            }
            let Some(value) = words.next().cloned() else { return };
            match option.as_str() {
                "--map" => self.columns.push(value),
                "--map-role" => self.roles.push(value),
                "--map-team" => self.teams.push(value),
                "--map-skill" => self.skills.push(value),
                "--map-project" => self.projects.push(value),
                "--encoding" => self.encoding = value.parse().ok(),
                "--header-line" => self.header_line = value.parse().ok(),
                _ => {}
            }
        }
    }

    /// Imports the file once. A warning among `warnings` is not given again, and new ones join them.
    fn attempt(
        &self,
        context: &Context,
        input: &File,
        warnings: &mut Vec<ImportWarning>,
    ) -> Result<Attempt, CommandEnd> {
        let options = self.options(context)?;
        let mut hand_out = handout::begin(context, self.hand_out.as_ref())?;
        let credentials = Credentials::whole(context, self.credentials.as_deref())?;
        let need = if context.dry_run { StoreAccess::Read } else { StoreAccess::Write };
        let mut directory = context.directory(need)?;
        let list = ListOptions {
            format: context.ui.format,
            terminal: context.ui.stdout_terminal(),
            ..ListOptions::default()
        };
        let mut shown = spool();
        let plan = if context.dry_run || context.ui.format != Format::Table {
            Some(ListWriter::<PlanView>::new(&mut shown, &list)?)
        } else {
            None
        };
        let mut report = ImportReport::new(context, credentials, hand_out.as_mut(), plan)
            .of_file(self.file())
            .naming_every_row(self.all_errors)
            .after_warnings(mem::take(warnings));
        let imported = directory.import(input, &options, &mut report);
        let mut finished = report.finish(imported.is_ok());
        *warnings = finished.take_warnings();
        let summary = match imported {
            Err(Error::Stopped) => return Err(finished.interrupted()),
            Err(error) => return finished.failure(error),
            Ok(summary) => summary,
        };
        // Whatever becomes of the output: what is ready to be handed out is handed out.
        let printed = finished.print(&context.ui, &mut shown);
        context.ui.status(&told(&summary, context.dry_run));
        finished.tell_rest(&context.ui);
        let handed = finished.deliver();
        printed.map_err(|error| {
            if context.dry_run {
                CommandEnd::output(&error)
            } else {
                CommandEnd::output_after_change(&error, false)
            }
        })?;
        match finished.signal() {
            Some(signal) => Err(CommandEnd::Interrupted(signal)),
            None => Ok(Attempt::Done(handed)),
        }
    }
}

/// What came of reading a file once.
pub(crate) enum Attempt {
    /// It is in, or would be; and whether the hand-out was delivered.
    Done(CommandResult),
    /// Rows of it, or all of it, were refused: why, and the error of the whole.
    Refused(Box<(RefusedRows, CliError)>),
}

/// What came of it, in a line.
fn told(summary: &ImportSummary, dry_run: bool) -> String {
    let ImportSummary { created, updated, skipped, deactivated, labels } = summary;
    let users =
        |count: u64| if count == 1 { "1 user".to_owned() } else { format!("{count} users") };
    let mut parts = vec![
        format!("{} created", users(*created)),
        format!("{updated} changed"),
        format!("{skipped} left unchanged"),
    ];
    if *deactivated > 0 {
        parts.push(format!("{deactivated} deactivated"));
    }
    if *labels > 0 {
        let what =
            if *labels == 1 { "team, skill or project" } else { "teams, skills and projects" };
        parts.push(format!("{labels} {what} created"));
    }
    let parts = parts.join(", ");
    if dry_run { format!("dry run, nothing was changed; it would be: {parts}") } else { parts }
}

/// Signals wait from the first row that is written.
fn hold_signals() -> Option<DeferredSignals> {
    DeferredSignals::begin().ok()
}
