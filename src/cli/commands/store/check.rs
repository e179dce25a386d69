//! `ccadmin store check`.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::finding::Finding;
use super::{install_check, warnings};
use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::installed_store::InstalledStore;
use crate::cli::second_factor::SecondFactor;
use crate::cli::terminal::output::{Format, Selection};

/// Look for problems with the store and its installation
///
/// Each finding is one line that also says what to do about it; if there is any, the exit status is
/// 13. The check reads the whole file, compares every value with its rules and with the audit log,
/// and verifies the chain of the log, owners and modes, copies beside the store and, on a shared
/// host, the program, its group and the site's settings. Warnings on stderr tell of phone numbers
/// that are shared or missing, so that codes could not reach everybody, and of password hashes that
/// are weaker than the settings ask for.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store check
  sudo ccadmin store check -o json")]
pub(crate) struct StoreCheckArgs {
    #[command(flatten)]
    list: ListArgs,
}

/// How long somebody reads one state of the store, at most, who is at work: a list is read into its
/// page, and an export goes on for longer only among very many users.
const PINNED: Duration = Duration::from_secs(2);

impl StoreCheckArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let selection = self.list.selection();
        self.list.check::<Finding>()?;
        let findings = findings(context)?;
        let found = findings.len();
        let ui = &context.ui;
        if found == 0 && ui.format == Format::Table && matches!(selection, Selection::Default) {
            use std::io::Write as _;

            let printed = ui.stdout().and_then(|mut out| {
                writeln!(out, "ok")?;
                out.flush()
            });
            printed.map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        self.list.print(
            context,
            ListedThings { plural: "findings", create: None, filtered: false },
            None,
            |_, each| {
                for finding in findings {
                    if !each(finding) {
                        break;
                    }
                }
                Ok(())
            },
            || Ok(found as u64),
        )?;
        if found == 0 {
            return DONE;
        }
        let things = if found == 1 { "thing" } else { "things" };
        Err(CliError::new(ErrorCode::CheckFailed, format!("the check found {found} {things}"))
            .into())
    }
}

/// What is wrong with `sign_in.trusted_callers`: names that mean nobody, by a slip or since their
/// account is gone.
pub(super) fn unknown_callers(context: &Context) -> impl Iterator<Item = Finding> {
    context.unknown_callers.iter().map(|name| {
        Finding::new(
            format!(
                "`sign_in.trusted_callers` names `{name}`, and /etc/passwd has no such account: \
                 nobody is trusted by it"
            ),
            "correct the name or take it out; an account of another name service goes by its \
             number",
        )
    })
}

/// What is wrong where a second factor is wanted on a shared host, on which no program is run.
fn codes_that_are_never_sent(context: &Context, path: &Path) -> Option<Finding> {
    let is_wanted = context.settings.settings.policy.two_factor;
    let is_shared = InstalledStore::of(path).is_some_and(|store| store.is_shared());
    (is_wanted && is_shared).then(|| {
        Finding::new(
            "`two_factor.required` is set, and on a shared host no code is sent: `ccadmin login` and \
             `ccadmin authenticate` are refused there to everybody but root and the store's owner",
            "set it to false, or have a service of the store's owner ask `ccadmin authenticate`",
        )
    })
}

/// Looks at the install first, since opening the store may make files that are missing.
pub(super) fn findings(context: &Context) -> Result<Vec<Finding>, CommandEnd> {
    let (path, _) = context.store_path()?;
    let mut findings = install_check::look(path, context.now());
    match context.directory(StoreAccess::Read) {
        Ok(directory) => {
            directory.check(|flaw| findings.push(flaw.into()))?;
            // That it cannot be tried is found by the rest, or is a store that is only read.
            if let Ok(Some(pinned)) = directory.pinned_log(PINNED) {
                findings.push(pinned.into());
            }
            // What cannot be read any more has been found.
            if let Err(error) = warnings::print_warnings(context, &directory)
                && findings.is_empty()
            {
                return Err(error.into());
            }
        }
        Err(failure) if failure.code == ErrorCode::StoreNotFound => return Err(failure.into()),
        // What keeps it from being opened is the finding.
        Err(failure) => findings.push(failure.into()),
    }
    findings.extend(unknown_callers(context));
    findings.extend(codes_that_are_never_sent(context, path));
    if let Err(failure) = SecondFactor::of(context) {
        findings.push(failure.into());
    }
    Ok(findings)
}
