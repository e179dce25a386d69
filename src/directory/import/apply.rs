//! The second reading: the plan is carried out in one transaction.

use std::io::Read;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use zeroize::Zeroizing;

use super::existing_names::ExistingNames;
use super::hash_passwords::{RowHash, stale};
use super::owned::check_owned;
use super::plan::{ExpectedUser, ImportPlan};
use super::prepare::{
    PredrawnBytes, PrepareThread, RANDOM_BYTES_PER_PASSWORD, UserBuilder, WriteJob,
};
use super::reader::RosterInput;
use super::validate::RowValidator;
use super::write::ImportWriter;
use super::{
    ImportObserver, ImportOptions, ImportPasswords, ImportPhase, ImportSummary, ImportWarning,
    MAX_WAITING_BATCHES, ROWS_PER_BATCH,
};
use crate::directory::change::carry_out;
use crate::directory::{Directory, Error, Task};
use crate::model::{AuditAction, Credential, CredentialKind, PasswordOrigin};

/// So many rows are written a second at least, as a rule of thumb.
const MIN_ROWS_PER_SECOND: u64 = 30_000;

impl Directory {
    /// Reads the file once more and does what was planned; in a dry run all but the commit.
    pub(super) fn apply_plan<R: Read + Send>(
        &self,
        input: RosterInput<'_, R>,
        options: &ImportOptions,
        plan: &ImportPlan,
        hashes: &[RowHash],
        observer: &mut dyn ImportObserver,
    ) -> Result<ImportSummary, Error> {
        let record = self.temporary_record(options)?;
        let rows = plan.rows.len() as u64;
        if rows > MIN_ROWS_PER_SECOND {
            observer.warn(ImportWarning::LongWrite {
                rows,
                seconds: rows.div_ceil(MIN_ROWS_PER_SECOND),
            });
        }
        let begun = self.begin_long(Task::Manage, AuditAction::UserImport);
        carry_out(begun, |transaction, _| {
            transaction.begin_batch();
            observer.progress(ImportPhase::Writing, 0, Some(rows));
            let (create, manage) = self.import_authorities(Some(transaction))?;
            let validator = RowValidator { policy: &self.policy, options, create, manage };
            if self.import_authorities(None)? != (create, manage) {
                return Err(Error::PlanStale { what: "your role".to_owned() });
            }
            if let Some((name, revision)) = &plan.like
                && transaction.user_revision(name)? != Some(*revision)
            {
                return Err(Error::PlanStale { what: format!("`{name}`") });
            }
            let creates = plan.rows.iter().filter(|one| **one == ExpectedUser::Absent).count();
            // Where the right ends at case twins, one is looked for before each user is created.
            let creates = if manage.is_limited() { 0 } else { creates };
            let aside = transaction
                .drop_indexes_for_bulk_insert(i64::try_from(creates).unwrap_or(i64::MAX))?;
            let mut writing = ImportWriter::begin(self, transaction, &validator, observer)?;
            writing.write_places(&options.places)?;
            writing.create_names(&plan.names_to_create)?;
            let labels = ExistingNames::read(transaction)?;
            let shown = writing.observer.wants_plan();
            let (base, now) = (&plan.base, self.now());
            let builder =
                UserBuilder { validator: &validator, labels: &labels, base, record, now, shown };
            self.write_rows(input, plan, hashes, &builder, &mut writing)?;
            for missing in &plan.missing {
                writing.deactivate(missing)?;
            }
            transaction.rebuild_indexes(&aside)?;
            let rows = &plan.owned_rows;
            check_owned(transaction, rows, options, self.now(), writing.observer)?;
            let (summary, recorded) = writing.finish()?;
            let recorded = recorded.filter(|_| !options.dry_run);
            if recorded.is_some() {
                observer.before_commit().map_err(Error::Output)?;
                if observer.should_stop() {
                    return Err(Error::Stopped);
                }
            }
            Ok((summary, recorded))
        })
    }

    /// What is kept of a password that an import gives.
    pub(super) fn temporary_record(&self, options: &ImportOptions) -> Result<Credential, Error> {
        let kind = CredentialKind::Temporary;
        Ok(Credential {
            origin: PasswordOrigin::Generated,
            kind,
            set_by: self.actor_name(),
            changed_at: self.now(),
            expires_at: self.end_of(kind, options.expiry)?,
        })
    }

    fn write_rows<R: Read + Send>(
        &self,
        input: RosterInput<'_, R>,
        plan: &ImportPlan,
        hashes: &[RowHash],
        builder: &UserBuilder<'_>,
        writing: &mut ImportWriter<'_>,
    ) -> Result<(), Error> {
        let total = plan.rows.len() as u64;
        thread::scope(|scope| {
            let (jobs, batches) = sync_channel::<Result<Vec<WriteJob>, Error>>(MAX_WAITING_BATCHES);
            let (drawn, source) = sync_channel(MAX_WAITING_BATCHES + 2);
            let (used, returned) = channel::<Vec<WriteJob>>();
            scope.spawn(move || {
                let entropy = PredrawnBytes::new(source);
                PrepareThread { plan, hashes, builder, entropy, jobs, returned }.run(input);
            });
            let generates = writing.validator.options.passwords == ImportPasswords::Generate;
            if generates {
                for _ in 0..=MAX_WAITING_BATCHES {
                    // A short file is read by then, and nobody listens.
                    let _ = drawn.try_send(self.draw()?);
                }
            }
            let mut written = 0;
            while let Ok(batch) = batches.recv() {
                if generates {
                    let _ = drawn.try_send(self.draw()?);
                }
                let mut batch = batch?;
                for job in &mut batch {
                    match job {
                        WriteJob::Create(ready) => writing.create(ready)?,
                        WriteJob::Known(row, revision) => {
                            writing.update_existing(row, *revision, builder.labels)?;
                        }
                    }
                    written += 1;
                }
                // Memory goes back quickest where it came from.
                let _ = used.send(batch);
                writing.observer.progress(ImportPhase::Writing, written, Some(total));
                if writing.observer.should_stop() {
                    return Err(Error::Stopped);
                }
            }
            if written == total { Ok(()) } else { Err(stale()) }
        })
    }

    fn draw(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bytes = Zeroizing::new(vec![0; ROWS_PER_BATCH * RANDOM_BYTES_PER_PASSWORD]);
        self.entropy.borrow_mut().fill(&mut bytes).map_err(Error::Entropy)?;
        Ok(bytes)
    }
}
