//! Rows that are transactions of their own: each is answered before the next is read, so that one
//! process can be fed by a script for as long as that likes.

use std::io::Read;

use super::labels::{Labels, Unknown, Unmade};
use super::plan::{Faults, Judge, check_labels, flaws};
use super::ready::Maker;
use super::row::{Edit, Row, RowFlaw};
use super::sheet::Sheet;
use super::write::Writing;
use super::{
    ImportOptions, ImportRemark, ImportSummary, ImportWatch, OnConflict, PlanItem, RawRow,
    RosterField, file,
};
use crate::directory::password::Password;
use crate::directory::users::user;
use crate::directory::{Directory, Error, Noun, Task};
use crate::model::{Action, Secret, User};
use crate::store::{Names, Reader, StoreError};

/// What came of one row.
#[derive(Debug)]
pub enum RowAnswer {
    /// It was done, or was so already.
    Done {
        /// What was done.
        item: PlanItem,
        /// The user as he is now.
        user: Box<User>,
        /// The password that he was created with.
        password: Option<Secret>,
    },
    /// It was refused; nothing was changed.
    Refused {
        /// Why.
        flaws: Vec<RowFlaw>,
        /// The row as it stood in the file.
        raw: RawRow,
    },
}

/// What one row shows of an import.
#[derive(Default)]
struct RowWatch {
    item: Option<PlanItem>,
    password: Option<Secret>,
    remarks: Vec<ImportRemark>,
    faults: Faults,
}

impl ImportWatch for RowWatch {
    fn progress(&mut self, _: super::Phase, _: u64, _: Option<u64>) {}

    fn should_stop(&mut self) -> bool {
        false
    }

    fn refused(&mut self, flaw: RowFlaw) {
        self.faults.push((None, flaw.error));
    }

    fn remark(&mut self, remark: ImportRemark) {
        self.remarks.push(remark);
    }

    fn wants_plan(&self) -> bool {
        true
    }

    fn planned(&mut self, item: PlanItem) -> std::io::Result<()> {
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
    /// Imports a roster row by row. `watch` sees each password before its user is committed;
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
        watch: &mut dyn ImportWatch,
        mut answer: impl FnMut(&mut dyn ImportWatch, RowAnswer) -> std::io::Result<()>,
    ) -> Result<ImportSummary, Error> {
        self.authorize(Task::Manage, Some(Action::UserImport))
            .or_else(|error| self.settle(Err(error)))?;
        if options.create_missing {
            self.authorize(Task::Administer, Some(Action::UserImport))
                .or_else(|error| self.settle(Err(error)))?;
        }
        let mut rows = super::begin(input, options, watch)?;
        let mut summary = ImportSummary::default();
        let mut refused = 0;
        loop {
            let next = match rows.next() {
                Ok(Some(next)) => next,
                Ok(None) => break,
                Err(file::Stopped::Failed(error)) => return Err(Error::Input(error)),
                Err(file::Stopped::Flawed(flaws)) => {
                    // Nothing behind it can be read.
                    let raw = RawRow { header: rows.raw().header, cells: Vec::new() };
                    let refusal = RowAnswer::Refused { flaws, raw };
                    answer(watch, refusal).map_err(Error::Unanswered)?;
                    return Err(Error::RowsRefused { count: refused + 1 });
                }
            };
            if watch.should_stop() {
                return Err(Error::Stopped);
            }
            let flaws = match next {
                file::Next::Flawed(flaws, _) => flaws,
                file::Next::Row(row) => {
                    match self.import_row(&row, options, watch, &mut summary)? {
                        Ok(done) => {
                            answer(watch, done).map_err(Error::Unanswered)?;
                            continue;
                        }
                        Err(flaws) => flaws,
                    }
                }
            };
            refused += 1;
            let raw = rows.raw();
            answer(watch, RowAnswer::Refused { flaws, raw }).map_err(Error::Unanswered)?;
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
        row: &Row,
        options: &ImportOptions,
        watch: &mut dyn ImportWatch,
        summary: &mut ImportSummary,
    ) -> Result<Result<RowAnswer, Vec<RowFlaw>>, Error> {
        match self.try_import_row(row, options, watch, summary) {
            Ok(Ok(answer)) => Ok(Ok(answer)),
            Ok(Err(faults)) => {
                for (_, error) in &faults {
                    if let Error::Forbidden { action, .. } = error {
                        self.note_denial(*action, row.username.as_str());
                    }
                }
                Ok(Err(flaws(row, faults, options).collect()))
            }
            Err(error) if is_of_the_row(&error) => {
                let faults = vec![(None, error)];
                Ok(Err(flaws(row, faults, options).collect()))
            }
            Err(error) => Err(error),
        }
    }

    fn try_import_row(
        &mut self,
        row: &Row,
        options: &ImportOptions,
        watch: &mut dyn ImportWatch,
        summary: &mut ImportSummary,
    ) -> Result<Result<RowAnswer, Faults>, Error> {
        let record = self.temporary_record(options)?;
        let hash = match self.hash_row(row)? {
            Ok(hash) => hash,
            Err(faults) => return Ok(Err(faults)),
        };
        let directory = &*self;
        let (transaction, _) = directory.begin(Task::Manage, Action::UserImport)?;
        let (create, manage) = directory.import_authorities(Some(&transaction))?;
        let judge = Judge { policy: &directory.policy, options, create, manage };
        let labels = Labels::read(&transaction)?;
        let (base, ..) = directory.base(&transaction, options)?;
        let mut row_watch = RowWatch::default();
        let to_make = match judge_row(&judge, &transaction, row, &base, &labels, &mut row_watch)? {
            Ok(to_make) => to_make,
            Err(faults) => return Ok(Err(faults)),
        };
        let revision = transaction.user_revision(&row.username)?;
        let twin = match revision {
            None => transaction.case_twins(Names::Users, row.username.as_str())?.into_iter().next(),
            Some(_) => None,
        };
        let mut writing = Writing::begin(directory, &transaction, &judge, &mut row_watch)?;
        writing.make_labels(&to_make)?;
        let labels = Labels::read(&transaction)?;
        match revision {
            Some(revision) => writing.known(row, revision, &labels)?,
            // He was there a moment ago, and is not any more.
            None if row.password.is_some() && hash.is_none() => {
                return Err(Error::PlanStale { what: format!("`{}`", row.username) });
            }
            None => {
                let now = directory.now();
                let (judge, labels, base) = (&judge, &labels, &base);
                let maker = Maker { judge, labels, base, record, now, shown: true };
                let mut entropy = directory.entropy.borrow_mut();
                writing.create(&mut maker.make(row, hash, &mut **entropy)?)?;
            }
        }
        let finished = writing.finish();
        let RowWatch { item, password, remarks, faults } = row_watch;
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let (done, recorded) = finished?;
        let user = user(&transaction, &row.username)?;
        if let Some(recorded) = recorded.filter(|_| !options.dry_run) {
            if let Some(password) = &password {
                watch.issued(&user, password).map_err(Error::Output)?;
            }
            watch.before_commit().map_err(Error::Output)?;
            transaction.commit(recorded)?;
        }
        for remark in remarks {
            watch.remark(remark);
        }
        if let Some(twin) = twin {
            let (username, twin) = (row.username.clone(), format!("`{twin}`"));
            watch.remark(ImportRemark::CaseTwin { line: row.line, username, twin });
        }
        summary.created += done.created;
        summary.updated += done.updated;
        summary.skipped += done.skipped;
        summary.labels += done.labels;
        let item = item.ok_or_else(|| Error::PlanStale { what: format!("`{}`", row.username) })?;
        Ok(Ok(RowAnswer::Done { item, user: Box::new(user), password }))
    }

    /// Hashes a row's password before anybody is kept waiting, where its user is not there;
    /// whether he is, is looked at again when the store is locked.
    fn hash_row(&mut self, row: &Row) -> Result<Result<Option<String>, Faults>, Error> {
        let Some(typed) = &row.password else { return Ok(Ok(None)) };
        if self.store.read()?.user_revision(&row.username)?.is_some() {
            return Ok(Ok(None));
        }
        let full_name = match &row.edits.full_name {
            Edit::Set(name) => name.as_str(),
            _ => "",
        };
        let hashed = Password::normalize(typed)
            .map_err(Error::from)
            .and_then(|password| self.check_and_hash(&password, row.username.as_str(), full_name));
        match hashed {
            Ok(hash) => Ok(Ok(Some(hash.as_str().to_owned()))),
            Err(error @ Error::Invalid(_)) => {
                Ok(Err(vec![(Some(RosterField::TemporaryPassword), error)]))
            }
            Err(error) => Err(error),
        }
    }
}

/// What a row needs that is not there and is to be made, or what is wrong with it.
fn judge_row(
    judge: &Judge<'_>,
    reader: &Reader<'_>,
    row: &Row,
    base: &Sheet,
    labels: &Labels,
    watch: &mut RowWatch,
) -> Result<Result<Vec<Unmade>, Faults>, Error> {
    let old = reader.find_user(&row.username)?;
    let options = judge.options;
    if old.is_some() && options.on_conflict == OnConflict::Fail {
        let error = Error::Exists { noun: Noun::User, name: row.username.to_string() };
        return Ok(Err(vec![(Some(RosterField::Username), error)]));
    }
    if old.is_some() && options.on_conflict == OnConflict::Skip {
        return Ok(Ok(Vec::new()));
    }
    let sheet = judge.sheet(base, row, old.as_ref());
    if old.is_some() && row.password.is_some() {
        watch.remark(ImportRemark::PasswordsKept { count: 1 });
    }
    let (mut unknown, make) = (Unknown::default(), options.create_missing);
    let known = old.as_ref();
    let edits = (&row.edits, &sheet);
    if known.is_some_and(|old| Sheet::of(old) == sheet) {
        let faults = check_labels(reader, labels, known, edits, make, &mut unknown, watch)?;
        return Ok(if faults.is_empty() { Ok(Vec::new()) } else { Err(faults) });
    }
    let mut faults = judge.faults(row, old.as_ref(), &sheet);
    let authority = if old.is_none() { judge.create } else { Some(judge.manage) };
    if let Some(Err(error)) = authority.map(|one| one.covers_twins(reader, &row.username)) {
        faults.push((Some(RosterField::Username), error));
    }
    faults.extend(check_labels(reader, labels, known, edits, make, &mut unknown, watch)?);
    Ok(if faults.is_empty() { Ok(unknown.to_make.into_iter().collect()) } else { Err(faults) })
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
