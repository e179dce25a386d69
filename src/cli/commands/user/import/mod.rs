//! `ccadmin user import`.

mod credentials;
mod options;
mod per_row;
mod report;
mod source;
mod view;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::time_arg::expiry;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult};
use crate::cli::handout::{self, DeliveryMethod};
use crate::cli::terminal::output::{Format, ListOptions, ListWriter};
use crate::cli::terminal::prompt::DeferredSignals;
use crate::cli::value_parsers::OneOf;
use crate::directory::{DeactivationLimit, Error, Expiry, ImportSummary};
use crate::model::{Role, Username};

use credentials::Credentials;
use report::{ImportReport, spool};
use source::ImportSource;
use view::PlanView;

/// Create or change many users from a file
///
/// Everything is checked before anything is written: each bad row is reported, and either the whole
/// file is imported or nothing. CSV has the header that `ccadmin user export` writes; only
/// `username` is required in it. A new user needs a name, a role and a password.
///
/// With `--on-conflict update` an empty cell changes nothing, `-` clears the field and a list
/// replaces the list; a list whose items all begin with + or - adds or removes them: `+vip;-chat`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user import users.csv --dry-run --generate-passwords --credentials passwords.csv
  ccadmin user import users.csv --generate-passwords --credentials passwords.csv
  ccadmin user import users.csv --on-conflict update --no-password
  ccadmin user import other.csv --map Login=username --map 'Full name=full_name' \\
      --map 'Cost centre=-' --default roles=agent --no-password")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct UserImportArgs {
    /// The file: CSV, or JSONL as `user export -o jsonl` writes it; `-` is stdin
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    /// The format of the file [default: detected from its content]
    #[arg(long, value_name = "csv|jsonl", hide_possible_values = true)]
    format: Option<FormatOption>,

    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,

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

    /// The field that a column with another name stands for; `-` ignores the column (can be
    /// repeated)
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    columns: Vec<String>,

    /// The role that another name stands for (can be repeated)
    #[arg(long = "map-role", value_name = "NAME=ROLE")]
    roles: Vec<String>,

    /// Create the teams, skills and projects that do not exist
    #[arg(long)]
    create_missing: bool,

    /// Deactivate the active agents, requesters and external agents who are not in the file
    #[arg(long, conflicts_with = "each")]
    deactivate_missing: bool,

    /// Only those who have no other role than this (can be repeated)
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatOption {
    Csv,
    Jsonl,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ConflictOption {
    Fail,
    Skip,
    Update,
}

impl UserImportArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
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
        let mut hand_out = handout::begin(context, self.hand_out.as_ref())?;
        let input = ImportSource::open(&context.ui, &self.file)?.whole()?;
        let credentials = Credentials::whole(self.credentials.as_deref())?;
        let need = if self.dry_run { StoreAccess::Read } else { StoreAccess::Write };
        let mut directory = context.directory(need)?;
        let list = ListOptions {
            format: context.ui.format,
            terminal: context.ui.stdout_terminal(),
            ..ListOptions::default()
        };
        let mut shown = spool();
        let plan = if self.dry_run || context.ui.format != Format::Table {
            Some(ListWriter::<PlanView>::new(&mut shown, &list)?)
        } else {
            None
        };
        let mut report = ImportReport::new(context, credentials, hand_out.as_mut(), plan);
        let imported = directory.import(input, &options, &mut report);
        let mut finished = report.finish(imported.is_ok());
        let summary = match imported {
            Err(Error::Stopped) => return Err(finished.interrupted()),
            other => other.map_err(|error| finished.failure(error))?,
        };
        // Whatever becomes of the output: what is ready to be handed out is handed out.
        let printed = finished.print(&context.ui, &mut shown);
        context.ui.status(&told(&summary, self.dry_run));
        finished.tell_rest(&context.ui);
        let handed = finished.deliver();
        printed.map_err(|error| {
            if self.dry_run {
                CommandEnd::output(&error)
            } else {
                CommandEnd::output_after_change(&error, false)
            }
        })?;
        match finished.signal() {
            Some(signal) => Err(CommandEnd::Interrupted(signal)),
            None => handed,
        }
    }
}

/// What came of it, in a line.
fn told(summary: &ImportSummary, dry_run: bool) -> String {
    let ImportSummary { created, updated, skipped, deactivated, labels } = summary;
    let users =
        |count: u64| if count == 1 { "1 user".to_owned() } else { format!("{count} users") };
    let mut parts = vec![format!("{} created", users(*created))];
    parts.push(format!("{updated} changed"));
    parts.push(format!("{skipped} left unchanged"));
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
