//! A roster goes in as an import does; what it changes is noted, and held to what was shown.

use std::io::{self, Cursor};
use std::path::Path;

use super::change::RosterChange;
use super::source::RosterSource;
use crate::cli::commands::user::{Attempt, Fault, ImportReport};
use crate::cli::context::Context;
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::directory::{
    Directory, Error, ImportObserver, ImportOptions, ImportPhase, ImportWarning, PlannedAction,
    PlannedChange, PlannedPlace, RowError,
};
use crate::model::{Secret, User};

/// Looks on, and notes what changes.
struct RosterObserver<'a> {
    report: ImportReport<'a, 'a>,
    changes: Vec<RosterChange>,
    /// What was shown, where that is to be done and nothing else.
    expected: Option<&'a [RosterChange]>,
    /// The first thing that is not what was shown.
    moved: Option<String>,
}

impl RosterObserver<'_> {
    /// Notes where what is about to be done is not what was shown.
    fn compare(&mut self) {
        let Some(expected) = self.expected else { return };
        let longer = if self.changes.len() < expected.len() { expected } else { &self.changes };
        let differs = |at: &usize| self.changes.get(*at) != expected.get(*at);
        self.moved = (0..longer.len()).find(differs).map(|at| longer[at].name.clone());
    }
}

/// What a plan that does not fit any more is refused with.
pub(super) fn stale(what: &str) -> CliError {
    CliError::new(ErrorCode::PlanStale, format!("{what} changed since the plan was made"))
        .with_hint("nothing was changed; `ccadmin roster diff` shows what is to be done now")
}

/// Imports a roster, or tries to where `options` says so; gives what changes. With `expected` it does
/// that, or nothing.
pub(super) fn carry_out(
    context: &Context,
    directory: &mut Directory,
    roster: &RosterSource,
    options: &ImportOptions,
    credentials: Option<&Path>,
    expected: Option<&[RosterChange]>,
) -> Result<Vec<RosterChange>, CommandEnd> {
    let report = ImportReport::new(context, Credentials::whole(context, credentials)?, None, None)
        .of_file(Path::new(&roster.name))
        .naming_every_row(true);
    let mut observer = RosterObserver { report, changes: Vec::new(), expected, moved: None };
    let imported = directory.import(Cursor::new(&roster.rows), options, &mut observer);
    if imported.is_ok() {
        // Where nothing changes there is no commit that would have looked.
        observer.compare();
    }
    let RosterObserver { report, changes, moved, .. } = observer;
    let mut finished = report.finish(imported.is_ok());
    if let Some(name) = moved {
        return Err(stale(&format!("`{name}`")).into());
    }
    match imported {
        Err(Error::Stopped) => return Err(finished.interrupted()),
        Err(error) => match finished.failure(error)? {
            Attempt::Refused(refused) => return Err(refused.1.into()),
            Attempt::Done(outcome) => {
                outcome?;
            }
        },
        Ok(_) => finished.tell_rest(&context.ui),
    }
    match finished.signal() {
        Some(signal) => Err(CommandEnd::Interrupted(signal)),
        None => Ok(changes),
    }
}

impl ImportObserver for RosterObserver<'_> {
    fn progress(&mut self, phase: ImportPhase, done: u64, total: Option<u64>) {
        self.report.progress(phase, done, total);
    }

    fn should_stop(&mut self) -> bool {
        self.report.should_stop()
    }

    fn refused(&mut self, row_error: RowError) {
        self.report.refused(row_error);
    }

    fn warn(&mut self, remark: ImportWarning) {
        // What was shown before came with its warnings.
        if self.expected.is_none() {
            self.report.warn(remark);
        }
    }

    fn wants_plan(&self) -> bool {
        true
    }

    fn planned(&mut self, change: PlannedChange) -> io::Result<()> {
        if change.action != PlannedAction::Skip {
            self.changes.push(RosterChange::of_user(change));
        }
        Ok(())
    }

    fn place_planned(&mut self, place: PlannedPlace) -> io::Result<()> {
        self.changes.push(RosterChange::of_place(place));
        Ok(())
    }

    fn issued(&mut self, user: &User, password: &Secret) -> io::Result<()> {
        self.report.issued(user, password)
    }

    fn before_commit(&mut self) -> io::Result<()> {
        self.compare();
        if self.moved.is_some() {
            return Err(io::ErrorKind::Other.into());
        }
        self.report.before_commit()
    }
}

/// Tells what is wrong with the form of a roster.
pub(super) fn tell(context: &Context, flaw: RowError) {
    context.ui.error(&Fault::new(flaw).whole());
}
