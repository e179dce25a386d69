//! Rows that are transactions of their own: each is answered before the next is read, so that one
//! process can be fed by a script for as long as that likes.

use std::io::Read;

use super::contacts::warn_of_lost_letters;
use super::existing_names::{ExistingNames, NewName, UnknownNames};
use super::prepare::UserBuilder;
use super::profile::Profile;
use super::reader::ColumnNames;
use super::row::{FieldEdit, ImportRow, RowError};
use super::validate::{FieldErrors, RowValidator, check_labels, row_errors};
use super::write::ImportWriter;
use super::{
    ImportObserver, ImportOptions, ImportSummary, ImportWarning, OnConflict, PlannedChange, RawRow,
    reader,
};
use crate::directory::lookup::require_user;
use crate::directory::passwords::password::Password;
use crate::directory::{Directory, EntityKind, Error, Task};
use crate::model::{AuditAction, ImportField, Secret, User};
use crate::store::{Reader, StoreError};

/// What came of one row.
#[derive(Debug)]
pub enum RowOutcome {
    /// It was done, or was so already.
    Done {
        /// What was done.
        item: PlannedChange,
        /// The user as they are now.
        user: Box<User>,
        /// The password that they were created with.
        password: Option<Secret>,
    },
    /// It was refused; nothing was changed.
    Refused {
        /// Why.
        row_errors: Vec<RowError>,
        /// The row as it stood in the file.
        raw: RawRow,
    },
}

/// What one row shows of an import.
#[derive(Default)]
struct RowObserver {
    item: Option<PlannedChange>,
    password: Option<Secret>,
    remarks: Vec<ImportWarning>,
    errors: FieldErrors,
}

impl ImportObserver for RowObserver {
    fn progress(&mut self, _: super::ImportPhase, _: u64, _: Option<u64>) {}

    fn should_stop(&mut self) -> bool {
        false
    }

    fn refused(&mut self, row_error: RowError) {
        self.errors.push((None, row_error.error));
    }

    fn warn(&mut self, remark: ImportWarning) {
        self.remarks.push(remark);
    }

    fn wants_plan(&self) -> bool {
        true
    }

    fn planned(&mut self, item: PlannedChange) -> std::io::Result<()> {
        self.item = Some(item);
        Ok(())
    }

    fn issued(&mut self, _: &User, password: &Secret) -> std::io::Result<()> {
        self.password = Some(password.clone());
        Ok(())
    }

    fn before_commit(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Directory {
    /// Imports a roster row by row. `observer` sees each password before its user is committed;
    /// `answer` gets what came of each row, at once.
    ///
    /// # Errors
    ///
    /// [`Error::RowsRefused`], where rows were refused, or the file cannot be read on;
    /// [`Error::Input`], [`Error::Output`], [`Error::Stopped`], and what ends every command: that
    /// the actor may not act any more, that the store cannot be written.
    pub fn import_each(
        &mut self,
        input: impl Read,
        options: &ImportOptions,
        observer: &mut dyn ImportObserver,
        mut answer: impl FnMut(&mut dyn ImportObserver, RowOutcome) -> std::io::Result<()>,
    ) -> Result<ImportSummary, Error> {
        self.permit(Task::Manage, AuditAction::UserImport, &[])?;
        if options.create_missing {
            self.permit(Task::Administer, AuditAction::UserImport, &[])?;
        }
        let mut input = input;
        let mut start = [0; 8];
        // Of a pipe what is there is enough: a workbook begins with all of it.
        let count = input.read(&mut start).map_err(Error::Input)?;
        let start = start.get(..count).unwrap_or_default();
        let mut input = std::io::Cursor::new(start).chain(input);
        let sheet = reader::open_workbook(start, &mut input, &options.form)
            .map_err(|stopped| super::refuse(stopped, observer))?;
        if let Some(remark) = sheet.as_ref().and_then(|sheet| sheet.remark.clone()) {
            observer.warn(remark);
        }
        let input = match &sheet {
            Some(sheet) => reader::RosterInput::Sheet(sheet),
            None => reader::RosterInput::Text(input),
        };
        let mut rows = super::begin(input, options, observer)?;
        let columns = rows.columns();
        let mut summary = ImportSummary::default();
        let mut refused = 0;
        loop {
            let next = match rows.next() {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(reader::ReadError::Failed(error)) => return Err(Error::Input(error)),
                Err(reader::ReadError::Flawed(row_errors)) => {
                    // Nothing behind it can be read.
                    let raw = RawRow { header: rows.raw().header, cells: Vec::new() };
                    let refusal = RowOutcome::Refused { row_errors, raw };
                    answer(observer, refusal).map_err(Error::Unanswered)?;
                    return Err(Error::RowsRefused { count: refused + 1 });
                }
            };
            for remark in rows.take_remarks() {
                observer.warn(remark);
            }
            if observer.should_stop() {
                return Err(Error::Stopped);
            }
            let row_errors = match next {
                reader::ParsedRow::Flawed(row_errors, _) => row_errors,
                reader::ParsedRow::Row(row) => {
                    match self.import_row(&row, options, &columns, observer, &mut summary)? {
                        Ok(done) => {
                            answer(observer, done).map_err(Error::Unanswered)?;
                            continue;
                        }
                        Err(row_errors) => row_errors,
                    }
                }
            };
            refused += 1;
            let raw = rows.raw();
            answer(observer, RowOutcome::Refused { row_errors, raw }).map_err(Error::Unanswered)?;
        }
        for remark in rows.take_remarks() {
            observer.warn(remark);
        }
        if refused > 0 {
            return Err(Error::RowsRefused { count: refused });
        }
        Ok(summary)
    }

    /// Does what a row says; the inner error is what is wrong with the row, the outer one ends it
    /// all.
    fn import_row(
        &mut self,
        row: &ImportRow,
        options: &ImportOptions,
        columns: &ColumnNames,
        observer: &mut dyn ImportObserver,
        summary: &mut ImportSummary,
    ) -> Result<Result<RowOutcome, Vec<RowError>>, Error> {
        match self.try_import_row(row, options, observer, summary) {
            Ok(Ok(answer)) => Ok(Ok(answer)),
            Ok(Err(errors)) => {
                for (_, error) in &errors {
                    if let Error::Forbidden { action, .. } = error {
                        self.record_denials(*action, &[Some(row.username.as_str())]);
                    }
                }
                Ok(Err(row_errors(row, errors, columns).collect()))
            }
            Err(error) if is_of_the_row(&error) => {
                let errors = vec![(None, error)];
                Ok(Err(row_errors(row, errors, columns).collect()))
            }
            Err(error) => Err(error),
        }
    }

    fn try_import_row(
        &mut self,
        row: &ImportRow,
        options: &ImportOptions,
        observer: &mut dyn ImportObserver,
        summary: &mut ImportSummary,
    ) -> Result<Result<RowOutcome, FieldErrors>, Error> {
        let record = self.temporary_record(options)?;
        let hash = match self.hash_row(row)? {
            Ok(hash) => hash,
            Err(errors) => return Ok(Err(errors)),
        };
        let directory = &*self;
        let mut row_watch = RowObserver::default();
        let (subjects, action) = ([row.username.as_str()], AuditAction::UserImport);
        let written = directory.change(Task::Manage, action, &subjects, |transaction, _| {
            let (create, manage) = directory.import_authorities(Some(transaction))?;
            let validator = RowValidator { policy: &directory.policy, options, create, manage };
            let labels = ExistingNames::read(transaction)?;
            let (base, ..) = directory.base(transaction, options)?;
            let names_to_create =
                match judge_row(&validator, transaction, row, &base, &labels, &mut row_watch)? {
                    Ok(names_to_create) => names_to_create,
                    Err(errors) => return Ok((Err(errors), None)),
                };
            let revision = transaction.user_revision(&row.username)?;
            let twin = match revision {
                None => transaction.case_twin(&row.username)?,
                Some(_) => None,
            };
            let mut writing =
                ImportWriter::begin(directory, transaction, &validator, &mut row_watch)?;
            writing.create_names(&names_to_create)?;
            let labels = ExistingNames::read(transaction)?;
            match revision {
                Some(revision) => writing.update_existing(row, revision, &labels)?,
                // Its user was there a moment ago, and is not any more.
                None if row.password.is_some() && hash.is_none() => {
                    return Err(Error::PlanStale { what: format!("`{}`", row.username) });
                }
                None => {
                    let now = directory.now();
                    let (validator, labels, base) = (&validator, &labels, &base);
                    let builder = UserBuilder { validator, labels, base, record, now, shown: true };
                    let mut entropy = directory.entropy.borrow_mut();
                    writing.create(&mut builder.build(row, hash, &mut **entropy)?)?;
                }
            }
            let finished = writing.finish();
            if !row_watch.errors.is_empty() {
                return Ok((Err(std::mem::take(&mut row_watch.errors)), None));
            }
            let (done, recorded) = finished?;
            let user = require_user(transaction, &row.username)?;
            let recorded = recorded.filter(|_| !options.dry_run);
            if recorded.is_some() {
                if let Some(password) = &row_watch.password {
                    observer.issued(&user, password).map_err(Error::Output)?;
                }
                observer.before_commit().map_err(Error::Output)?;
            }
            Ok((Ok((user, twin, done)), recorded))
        })?;
        let (user, twin, done) = match written {
            Ok(written) => written,
            Err(errors) => return Ok(Err(errors)),
        };
        let RowObserver { item, password, remarks, .. } = row_watch;
        for remark in remarks {
            observer.warn(remark);
        }
        if let Some(twin) = twin {
            let (username, twin) = (row.username.clone(), format!("`{twin}`"));
            observer.warn(ImportWarning::CaseTwin { line: row.line, username, twin });
        }
        summary.created += done.created;
        summary.updated += done.updated;
        summary.skipped += done.skipped;
        summary.labels += done.labels;
        let item = item.ok_or_else(|| Error::PlanStale { what: format!("`{}`", row.username) })?;
        Ok(Ok(RowOutcome::Done { item, user: Box::new(user), password }))
    }

    /// Hashes a row's password before anybody is kept waiting, where its user is not there;
    /// whether they are, is looked at again when the store is locked.
    fn hash_row(&mut self, row: &ImportRow) -> Result<Result<Option<String>, FieldErrors>, Error> {
        let Some(typed) = &row.password else { return Ok(Ok(None)) };
        if self.store.read()?.user_revision(&row.username)?.is_some() {
            return Ok(Ok(None));
        }
        let full_name = match &row.edits.full_name {
            FieldEdit::Set(name) => name.as_str(),
            _ => "",
        };
        let hashed = Password::normalize(typed)
            .map_err(Error::from)
            .and_then(|password| self.check_and_hash(&password, row.username.as_str(), full_name));
        match hashed {
            Ok(hash) => Ok(Ok(Some(hash.as_str().to_owned()))),
            Err(error @ Error::Invalid(_)) => {
                Ok(Err(vec![(Some(ImportField::TemporaryPassword), error)]))
            }
            Err(error) => Err(error),
        }
    }
}

/// What a row needs that is not there and is to be made, or what is wrong with it.
fn judge_row(
    validator: &RowValidator<'_>,
    reader: &Reader<'_>,
    row: &ImportRow,
    base: &Profile,
    labels: &ExistingNames,
    observer: &mut RowObserver,
) -> Result<Result<Vec<NewName>, FieldErrors>, Error> {
    let old = reader.find_user(&row.username)?;
    let options = validator.options;
    if old.is_some() && options.on_conflict == OnConflict::Fail {
        let error = Error::Exists { object: EntityKind::User, name: row.username.to_string() };
        return Ok(Err(vec![(Some(ImportField::Username), error)]));
    }
    if old.is_some() && options.on_conflict == OnConflict::Skip {
        return Ok(Ok(Vec::new()));
    }
    let profile = validator.profile(base, row, old.as_ref());
    if old.is_some() && row.password.is_some() {
        observer.warn(ImportWarning::PasswordsKept { count: 1 });
    }
    let (mut unknown, make) = (UnknownNames::default(), options.create_missing);
    let known = old.as_ref();
    let edits = (&row.edits, &profile);
    if known.is_some_and(|old| Profile::from_user(old) == profile) {
        let errors = check_labels(reader, labels, known, edits, make, &mut unknown, observer)?;
        return Ok(if errors.is_empty() { Ok(Vec::new()) } else { Err(errors) });
    }
    let mut errors = validator.errors(row, old.as_ref(), &profile);
    let authority = if old.is_none() { validator.create } else { Some(validator.manage) };
    if old.is_none() {
        warn_of_lost_letters(row, observer);
    }
    if let Some(Err(error)) = authority.map(|one| one.covers_case_twins(reader, &row.username)) {
        errors.push((Some(ImportField::Username), error));
    }
    errors.extend(check_labels(reader, labels, known, edits, make, &mut unknown, observer)?);
    Ok(if errors.is_empty() {
        Ok(unknown.names_to_create.into_iter().collect())
    } else {
        Err(errors)
    })
}

/// Whether an error says something about the row alone, and the next one may well do.
fn is_of_the_row(error: &Error) -> bool {
    // Somebody else writes for long: this row was not done, the next one may be.
    if matches!(error, Error::Store(StoreError::Busy { .. })) {
        return true;
    }
    !matches!(
        error,
        Error::Store(_)
            | Error::Entropy(_)
            | Error::Hash(_)
            | Error::Output(_)
            | Error::Unanswered(_)
            | Error::Input(_)
            | Error::SessionEnded
            | Error::SignInRequired
            | Error::PasswordChangeRequired
            | Error::Forbidden { subject: None, .. }
    )
}
