//! `ccadmin roster apply`.

use std::path::PathBuf;

use clap::Args;

use super::change::{RosterChange, print};
use super::import::{carry_out, stale, tell};
use super::saved_plan::SavedPlan;
use super::source::{RosterSource, ScopeArgs};
use crate::cli::args::time_arg::expiry;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::terminal::output::Format;
use crate::directory::{Directory, Expiry, ImportOptions, ImportPasswords, hex};

/// Make users what a roster says
///
/// Shows what is to be changed, asks, and does all of it or nothing, by the rules of `user import`.
/// With a plan that `roster diff --save` has written it does what the plan says, as long as nothing
/// that the plan touches has changed. New users cannot sign in without `--generate-passwords`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin roster apply roster.toml --yes
  ccadmin roster apply plan.json --yes
  ccadmin roster apply roster.toml --yes --generate-passwords --credentials new-users.csv")]
pub(crate) struct RosterApplyArgs {
    /// The roster: TOML, or users as CSV, JSONL or a workbook; a plan, called .json; `-` is stdin
    /// (TOML)
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    #[command(flatten)]
    scope: ScopeArgs,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Generate a temporary password for each new user
    #[arg(long, requires = "credentials")]
    generate_passwords: bool,

    /// Write the generated passwords to this new file (mode 0600)
    #[arg(long, value_name = "FILE", requires = "generate_passwords")]
    credentials: Option<PathBuf>,

    /// When the passwords expire: a duration such as 14d, or a date [default: 7d, unless the
    /// settings say otherwise]
    #[arg(
        long,
        value_name = "14d|DATE",
        requires = "generate_passwords",
        value_parser = expiry
    )]
    expires: Option<Expiry>,
}

impl RosterApplyArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        if !self.yes && !context.dry_run && !ui.can_ask() {
            return Err(CliError::new(ErrorCode::MissingInput, "missing: --yes")
                .with_hint("`ccadmin roster diff` shows what would be changed; on a terminal you are asked")
                .into());
        }
        let plan = match self.file.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("json") => {
                if self.scope.is_given() {
                    let what = "a plan says itself what it owns and whom it deactivates";
                    return Err(CommandEnd::usage(what).into());
                }
                Some(SavedPlan::read(&self.file)?)
            }
            _ => None,
        };
        let flaw = |flaw| tell(context, flaw);
        let (roster, scope) = match &plan {
            Some(plan) => plan.roster(flaw)?,
            None => (RosterSource::read(&self.file, flaw)?, self.scope.clone()),
        };
        let options = ImportOptions {
            passwords: if self.generate_passwords {
                ImportPasswords::Generate
            } else {
                ImportPasswords::None
            },
            expiry: self.expires.unwrap_or_default(),
            ..roster.options(&scope)?
        };
        let mut directory = context.directory(StoreAccess::Write)?;
        if let Some(plan) = &plan {
            check_place(&directory, plan)?;
        }
        let saved = plan.as_ref().map(|plan| plan.changes.as_slice());
        let trial = ImportOptions { dry_run: true, ..options.clone() };
        let changes = carry_out(context, &mut directory, &roster, &trial, None, saved)?;
        if changes.is_empty() {
            ui.status("the same: there is nothing to change");
            if ui.format != Format::Table {
                print(context, &changes)?;
            }
            return DONE;
        }
        print(context, &changes)?;
        if context.dry_run {
            ui.status("dry run: nothing was changed");
            return DONE;
        }
        if !self.yes && !is_meant(context, &changes)? {
            ui.notice("not-applied", "nothing was changed");
            return Err(CommandEnd::Reported(ErrorCode::MissingInput.status()));
        }
        let credentials = self.credentials.as_deref();
        carry_out(context, &mut directory, &roster, &options, credentials, Some(&changes))?;
        ui.status(&format!("applied {}", counted(&changes)));
        DONE
    }
}

/// Refuses a plan of another store, or of one whose log is another one since.
fn check_place(directory: &Directory, plan: &SavedPlan) -> Result<(), CommandEnd> {
    if plan.store != directory.store_id() {
        return Err(CliError::new(ErrorCode::PlanStale, "the plan is for another store")
            .with_hint("nothing was changed; `--database` names the right one")
            .into());
    }
    let found = directory.log_hash(plan.log_seq)?.map(|hash| hex(&hash));
    if plan.log_seq > 0 && found.as_ref() != Some(&plan.log_hash) {
        return Err(stale("the audit log").into());
    }
    Ok(())
}

fn is_meant(context: &Context, changes: &[RosterChange]) -> Result<bool, CommandEnd> {
    let question = format!("Make {}?", counted(changes));
    let meant = context.ui.prompter()?.confirm(&question, false)?;
    if meant {
        context.note_answer("--yes");
    }
    Ok(meant)
}

fn counted(changes: &[RosterChange]) -> String {
    match changes.len() {
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    }
}
