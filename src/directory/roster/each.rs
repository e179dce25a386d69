//! Rows that are transactions of their own: each is answered before the next is read, so that one
//! process can be fed by a script for as long as that likes.

use std::io::Read;

use super::labels::{Labels, Unknown};
use super::plan::{Expected, Judge, check_labels, flaws};
use super::row::{Row, RowFlaw};
use super::write::{Maker, Writing};
use super::{
    ImportOptions, ImportRemark, ImportSummary, ImportWatch, OnConflict, PlanItem, RawRow, file,
};
use crate::directory::password::Password;
use crate::directory::password_policy::{self, Context, PasswordPolicy};
use crate::directory::{Directory, Error, Noun, Task};
use crate::model::{Action, Entropy, Secret, User};
use crate::store::Names;

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
    faults: super::plan::Faults,
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
                Err(stopped) => return Err(super::refuse(stopped, watch)),
            };
            if watch.should_stop() {
                return Err(Error::Stopped);
            }
            let flaws = match next {
                file::Next::Flawed(flaws, _) => flaws,
                file::Next::Row(row) => {
                    match self.import_row(&row, options, watch, &mut summary)? {
                        Ok(done) => {
                            answer(watch, done).map_err(Error::Output)?;
                            continue;
                        }
                        Err(flaws) => flaws,
                    }
                }
            };
            refused += 1;
            let raw = rows.raw();
            answer(watch, RowAnswer::Refused { flaws, raw }).map_err(Error::Output)?;
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
    ) -> Result<Result<RowAnswer, super::plan::Faults>, Error> {
        let record = self.temporary_record(options)?;
        // Hashed before anybody is kept waiting; whether he is there is looked at again below.
        let hash = match &row.password {
            Some(typed) if self.store.read()?.user_revision(&row.username)?.is_none() => {
                let mut full_name = String::new();
                if let super::row::Edit::Set(name) = &row.edits.full_name {
                    full_name = name.to_string();
                }
                let password = Password::normalize(typed)?;
                let salt = self.fill_random()?;
                let policy = PasswordPolicy { min_length: self.policy.password_min_length };
                let context = Context { username: row.username.as_str(), full_name: &full_name };
                let params = self.policy.hash;
                let memory = &mut self.memory;
                let hash = password_policy::check_and_hash(
                    &password, policy, &context, &params, salt, memory,
                );
                match hash {
                    Ok(hash) => Some(hash.as_str().to_owned()),
                    Err(error) => {
                        let field = Some(super::RosterField::TemporaryPassword);
                        return Ok(Err(vec![(field, error.into())]));
                    }
                }
            }
            _ => None,
        };
        let directory = &*self;
        let (transaction, _) = directory.begin(Task::Manage, Action::UserImport)?;
        let (create, manage) = directory.import_authorities(Some(&transaction))?;
        let judge = Judge { policy: &directory.policy, options, create, manage };
        let mut labels = Labels::read(&transaction)?;
        let (base, _) = directory.base(&transaction, options)?;
        let old = transaction.find_user(&row.username)?;
        let revision = transaction.user_revision(&row.username)?;
        let mut row_watch = RowWatch::default();
        if old.is_some() && options.on_conflict == OnConflict::Fail {
            let error = Error::Exists { noun: Noun::User, name: row.username.to_string() };
            return Ok(Err(vec![(Some(super::RosterField::Username), error)]));
        }
        let changes = old.is_none() || options.on_conflict == OnConflict::Update;
        let mut unknown = Unknown::default();
        if changes {
            let sheet = judge.sheet(&base, row, old.as_ref());
            let mut faults = judge.faults(row, old.as_ref(), &sheet);
            let authority = if old.is_none() { create } else { Some(manage) };
            if let Some(Err(error)) =
                authority.map(|one| one.covers_twins(&transaction, &row.username))
            {
                faults.push((Some(super::RosterField::Username), error));
            }
            let make = options.create_missing;
            faults.extend(check_labels(
                &transaction,
                &labels,
                old.as_ref(),
                &sheet,
                make,
                &mut unknown,
                &mut row_watch,
            )?);
            if !faults.is_empty() {
                return Ok(Err(faults));
            }
        }
        let twin = match &old {
            None => transaction.case_twins(Names::Users, row.username.as_str())?.into_iter().next(),
            Some(_) => None,
        };
        let to_make: Vec<_> = unknown.to_make.into_iter().collect();
        let mut writing = Writing::begin(directory, &transaction, &judge, &mut row_watch)?;
        if !to_make.is_empty() {
            writing.make_labels(&to_make)?;
            labels = Labels::read(&transaction)?;
        }
        let expected = revision.map_or(Expected::Absent, Expected::Revision);
        match expected {
            Expected::Revision(revision) => writing.known(row, revision, &labels)?,
            Expected::Absent => {
                if row.password.is_some() && hash.is_none() {
                    // He was there a moment ago, and is not any more.
                    return Err(Error::PlanStale { what: format!("`{}`", row.username) });
                }
                let now = directory.now();
                let (judge, labels, base) = (&judge, &labels, &base);
                let maker = Maker { judge, labels, base, record, now, shown: true };
                let mut entropy = directory.entropy.borrow_mut();
                let entropy: &mut dyn Entropy = &mut **entropy;
                let ready = maker.make(row, hash, entropy)?;
                writing.create(ready)?;
            }
        }
        let finished = writing.finish();
        let RowWatch { item, password, remarks, faults } = row_watch;
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let (done, recorded) = finished?;
        let user = crate::directory::users::user(&transaction, &row.username)?;
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
        let Some(item) = item else {
            return Err(Error::PlanStale { what: format!("`{}`", row.username) });
        };
        Ok(Ok(RowAnswer::Done { item, user: Box::new(user), password }))
    }
}

/// Whether an error says something about the row alone, and the next one may well do.
fn is_of_the_row(error: &Error) -> bool {
    !matches!(
        error,
        Error::Store(_)
            | Error::Entropy(_)
            | Error::Hash(_)
            | Error::Output(_)
            | Error::Input(_)
            | Error::SessionEnded
            | Error::SignInRequired
            | Error::PasswordChangeRequired
            | Error::Forbidden { subject: None, .. }
    )
}
