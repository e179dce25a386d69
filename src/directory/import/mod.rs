//! Rosters: many users in and changed at once, from a file.
//!
//! An import reads its file twice. The first time every row is checked and compared with the store,
//! which gives a plan: small numbers a row, so that a million rows fit. The second time the plan is
//! carried out in one transaction, in which everything that it was made for is looked at again; a
//! dry run does the same and does not commit. People's passwords are hashed in between, on all
//! cores, while nobody is kept waiting.

mod apply;
mod contacts;
mod damage;
mod deactivate_absent;
mod example;
mod existing_names;
mod hash_passwords;
mod header;
mod mapping;
mod owned;
mod per_row;
mod place;
mod places;
mod plan;
mod planned;
mod prepare;
mod profile;
mod reader;
mod remedy;
mod row;
mod seen_usernames;
#[cfg(test)]
mod tests;
mod truth;
mod validate;
mod warning;
mod write;

use std::io::{self, Read, Seek};
use std::num::NonZero;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::passwords::Expiry;
use super::{Directory, Error, Task};
use crate::model::{
    AuditAction, ImportField, Invalid, ProfileField, Role, RoleSet, Rule, Secret, User, UserFilter,
    Username,
};

pub(super) use example::example_of;
pub use mapping::ImportMapping;
pub use place::RosterPlace;
pub use planned::{PlannedAction, PlannedChange, PlannedPlace};
pub use reader::{FileForm, ImportFormat, RawRow, TextEncoding};
pub use remedy::{ImportRemedy, ManualRemedy};
pub use row::RowError;
pub use warning::ImportWarning;

pub use per_row::RowOutcome;

use row::RowEdits;

/// What happens to a row about somebody who exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// It is refused.
    #[default]
    Fail,
    /// Nothing.
    Skip,
    /// The user becomes what the row says.
    Update,
}

/// Where the password of a new user comes from, where their row has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportPasswords {
    /// From nowhere: the row is refused.
    #[default]
    FromRows,
    /// It is generated.
    Generate,
    /// They get none and cannot sign in.
    None,
}

/// The most users that may be deactivated because they are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeactivationLimit {
    /// So many.
    Users(u64),
    /// So many of a hundred in the scope.
    Percent(u64),
}

/// Deactivating who is not in the file.
#[derive(Debug, Clone, Copy)]
pub struct DeactivateMissing {
    /// Only users who are nothing but this, where the file does not say whom it owns.
    pub within: RoleSet,
    /// At most so many.
    pub most: DeactivationLimit,
}

impl Default for DeactivateMissing {
    fn default() -> Self {
        let within = [Role::Agent, Role::Requester, Role::ExternalAgent].into_iter().collect();
        Self { within, most: DeactivationLimit::Percent(10) }
    }
}

/// What every new user has, unless their row says otherwise.
#[derive(Debug, Clone, Default)]
pub struct ImportDefaults(RowEdits);

impl ImportDefaults {
    /// Takes `FIELD=VALUE` in, as a cell of CSV has it.
    ///
    /// # Errors
    ///
    /// [`Invalid`], where there is no such field, or the value breaks a rule.
    pub fn set(
        &mut self,
        mapping: &ImportMapping,
        field: &str,
        value: &str,
    ) -> Result<(), Invalid> {
        let field: ImportField = field.parse()?;
        if matches!(field, ImportField::Username | ImportField::TemporaryPassword) {
            let what = format!("`{field}` is each user's own");
            return Err(Invalid::new(Rule::Header, what).with_hint("it has to be in the file"));
        }
        mapping.apply(&mut self.0, field, &mapping::cell(value)?).map_err(|flaw| flaw.invalid)?;
        match self.0.unsettled(None).pop() {
            Some((_, Error::Invalid(invalid))) => Err(invalid),
            _ => Ok(()),
        }
    }
}

/// How a roster is imported.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// How the file is written down.
    pub form: FileForm,
    /// How its values are read.
    pub mapping: ImportMapping,
    /// Whether nothing to change.
    pub dry_run: bool,
    /// What happens to rows about users who exist.
    pub on_conflict: OnConflict,
    /// Whose roles, teams, skills, projects, language and project selection new users get.
    pub like: Option<Username>,
    /// What new users have where their row says nothing.
    pub defaults: ImportDefaults,
    /// Whether teams, skills and projects that are not there are made.
    pub create_missing: bool,
    /// Teams, skills and projects that are to be there, and what they are to be.
    pub places: Vec<RosterPlace>,
    /// The users whom the file owns: it touches no others, and whom it changes stays among them.
    pub owned: Option<UserFilter>,
    /// Whether users who are not in the file are deactivated.
    pub deactivate_missing: Option<DeactivateMissing>,
    /// Where passwords come from.
    pub passwords: ImportPasswords,
    /// Until when they work.
    pub expiry: Expiry,
    /// What every new user has to have, so that their password reaches them.
    pub needed: Option<ProfileField>,
}

/// What an import does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPhase {
    /// Rows are read and checked.
    Reading,
    /// Passwords are hashed.
    Hashing,
    /// Rows are written; other writers wait.
    Writing,
}

/// Whoever looks on while a roster is imported, and can stop it.
pub trait ImportObserver {
    /// How far it is: `done` of `total`, where that is known.
    fn progress(&mut self, phase: ImportPhase, done: u64, total: Option<u64>);
    /// Whether it is to stop; nothing is changed then.
    fn should_stop(&mut self) -> bool;
    /// A row was refused, or the file was.
    fn refused(&mut self, row_error: RowError);
    /// Something that may not be what was meant.
    fn warn(&mut self, remark: ImportWarning);
    /// Whether [`ImportObserver::planned`] is to be called.
    fn wants_plan(&self) -> bool;
    /// What becomes of somebody, in the order of the file.
    ///
    /// # Errors
    ///
    /// It cannot be noted: the import stops, and nothing is changed.
    fn planned(&mut self, item: PlannedChange) -> io::Result<()>;
    /// What becomes of a team, skill or project of [`ImportOptions::places`]; nothing where it is so
    /// already.
    ///
    /// # Errors
    ///
    /// It cannot be noted: the import stops, and nothing is changed.
    fn place_planned(&mut self, _place: PlannedPlace) -> io::Result<()> {
        Ok(())
    }
    /// The password that a user gets, before they have it: one that was made, or that of their row, as
    /// their record says.
    ///
    /// # Errors
    ///
    /// It cannot be noted: the import stops, and nothing is changed.
    fn issued(&mut self, user: &User, password: &Secret) -> io::Result<()>;
    /// Everything was handed on; when this returns, the users are committed.
    ///
    /// # Errors
    ///
    /// What was handed on is not safe: the import stops, and nothing is changed.
    fn before_commit(&mut self) -> io::Result<()>;
}

/// What an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportSummary {
    /// Users who were created.
    pub created: u64,
    /// Users who were changed.
    pub updated: u64,
    /// Users who were left unchanged.
    pub skipped: u64,
    /// Users who were deactivated.
    pub deactivated: u64,
    /// Teams, skills and projects that were made.
    pub labels: u64,
}

impl Directory {
    /// Imports a roster: everything is checked before anything is written, and it goes in as a
    /// whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::RowsRefused`], where rows were handed to [`ImportObserver::refused`];
    /// [`Error::PlanStale`], where somebody of the plan changed meanwhile;
    /// [`Error::TooManyDeactivations`]; [`Error::Stopped`]; [`Error::Input`] and
    /// [`Error::Output`]; [`Error::NotFound`] for the user of [`ImportOptions::like`].
    pub fn import(
        &mut self,
        mut input: impl Read + Seek + Send,
        options: &ImportOptions,
        observer: &mut dyn ImportObserver,
    ) -> Result<ImportSummary, Error> {
        let done = self.try_import(&mut input, options, observer);
        self.finish(&[], done)
    }

    fn try_import(
        &mut self,
        mut input: &mut (impl Read + Seek + Send),
        options: &ImportOptions,
        observer: &mut dyn ImportObserver,
    ) -> Result<ImportSummary, Error> {
        self.authorize(Task::Manage, Some(AuditAction::UserImport))?;
        if options.create_missing {
            self.authorize(Task::Administer, Some(AuditAction::UserImport))?;
        }
        input.rewind().map_err(Error::Input)?;
        let mut start = Vec::new();
        input.by_ref().take(SIGNATURE_BYTES).read_to_end(&mut start).map_err(Error::Input)?;
        input.rewind().map_err(Error::Input)?;
        let sheet = reader::open_workbook(&start, &mut input, &options.form)
            .map_err(|stopped| refuse(stopped, observer))?;
        if let Some(remark) = sheet.as_ref().and_then(|sheet| sheet.remark.clone()) {
            observer.warn(remark);
        }
        let sheet = sheet.as_ref();
        let plan = self.plan(whole(&mut input, sheet)?, options, observer)?;
        let mut hashes = Vec::new();
        if plan.typed > 0 && !options.dry_run {
            hashes = self.hash_typed(whole(&mut input, sheet)?, options, &plan, observer)?;
        }
        self.apply_plan(whole(&mut input, sheet)?, options, &plan, &hashes, observer)
    }
}

/// So many bytes at the beginning tell a workbook from a text.
const SIGNATURE_BYTES: u64 = 8;

/// A file from its beginning, or the sheet that it is.
fn whole<R: Read + Seek>(
    mut input: R,
    sheet: Option<&reader::Sheet>,
) -> Result<reader::RosterInput<'_, R>, Error> {
    if let Some(sheet) = sheet {
        return Ok(reader::RosterInput::Sheet(sheet));
    }
    input.rewind().map_err(Error::Input)?;
    Ok(reader::RosterInput::Text(input))
}

/// How many threads work at once.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Rows that are handed from one thread to another at a time.
const ROWS_PER_BATCH: usize = 256;

/// Batches that may wait.
const MAX_WAITING_BATCHES: usize = 4;

/// Rows that follow one another.
struct RowBatch {
    rows: Vec<reader::ParsedRow>,
    /// What was noticed meanwhile.
    remarks: Vec<ImportWarning>,
    /// Why there are no further ones, where there are none.
    end: Option<Result<(), reader::ReadError>>,
}

impl RowBatch {
    fn read<R: Read>(rows: &mut reader::RosterReader<'_, R>) -> Self {
        let rows_of_batch = Vec::with_capacity(ROWS_PER_BATCH);
        let mut batch = Self { rows: rows_of_batch, remarks: Vec::new(), end: None };
        while batch.rows.len() < ROWS_PER_BATCH {
            match rows.next() {
                Ok(Some(next)) => batch.rows.push(next),
                end => {
                    batch.end = Some(end.map(drop));
                    break;
                }
            }
        }
        batch.remarks = rows.take_remarks();
        batch
    }
}

/// Hands the rows of a file to `each`, batch by batch; a second thread reads ahead. Gives the digest
/// of the file.
fn each_batch<R: Read + Send>(
    mut rows: reader::RosterReader<'_, R>,
    observer: &mut dyn ImportObserver,
    mut each: impl FnMut(
        &mut dyn ImportObserver,
        Vec<reader::ParsedRow>,
        Vec<ImportWarning>,
    ) -> Result<(), Error>,
) -> Result<u64, Error> {
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(MAX_WAITING_BATCHES);
        let reader = scope.spawn(move || {
            loop {
                let batch = RowBatch::read(&mut rows);
                let over = batch.end.is_some();
                // Nobody listens any more where the other side has failed.
                if sender.send(batch).is_err() || over {
                    return rows.digest();
                }
            }
        });
        for RowBatch { rows, remarks, end } in batches {
            each(observer, rows, remarks)?;
            if let Some(Err(stopped)) = end {
                return Err(refuse(stopped, observer));
            }
        }
        Ok(reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

fn begin<'d, R: Read>(
    input: reader::RosterInput<'d, R>,
    options: &'d ImportOptions,
    observer: &mut dyn ImportObserver,
) -> Result<reader::RosterReader<'d, R>, Error> {
    reader::RosterReader::begin(input, &options.form, &options.mapping)
        .map_err(|stopped| refuse(stopped, observer))
}

fn refuse(stopped: reader::ReadError, observer: &mut dyn ImportObserver) -> Error {
    match stopped {
        reader::ReadError::Failed(error) => Error::Input(error),
        reader::ReadError::Flawed(row_errors) => {
            for row_error in row_errors {
                observer.refused(row_error);
            }
            Error::RowsRefused { count: 0 }
        }
    }
}
