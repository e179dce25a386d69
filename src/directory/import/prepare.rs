//! What can be done for a row before it is written, and without the store: a new user's
//! profile and password, the ids of their teams, skills and projects, the text for the audit log. A
//! second core does it, ahead of the one that writes.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::existing_names::ExistingNames;
use super::hash_passwords::{RowHash, stale};
use super::plan::{ExpectedUser, ImportPlan};
use super::profile::Profile;
use super::row::ImportRow;
use super::validate::RowValidator;
use super::{ImportPasswords, ROWS_PER_BATCH, reader};
use crate::directory::Error;
use crate::directory::audit::{credential_field, new_user_text, user_fields};
use crate::directory::passwords::hash;
use crate::directory::passwords::password::Password;
use crate::model::{Credential, Entropy, PasswordOrigin, Secret, State, Timestamp, UserId};
use crate::store::{BulkUser, SerializedAudit, StoredCredential};

/// The random bytes that one generated password and its salt take.
pub(super) const RANDOM_BYTES_PER_PASSWORD: usize = 25 + 16;

/// What stands in place of the hash of a typed password in a dry run, which is never committed.
const DRY_RUN_HASH: &str = "-";

/// A new user, ready to be written.
pub(super) struct PreparedUser {
    pub(super) line: u64,
    pub(super) creation: BulkUser,
    pub(super) password: Option<Secret>,
    /// What they have, where somebody wants to see the plan.
    pub(super) fields: Option<Map<String, Value>>,
    /// The same as text, for the audit log.
    pub(super) after: SerializedAudit,
}

/// A row on its way to the store.
pub(super) enum WriteJob {
    Create(Box<PreparedUser>),
    Known(Box<ImportRow>, i64),
}

/// How new users become what is written: everything that this takes, without the store.
pub(super) struct UserBuilder<'a> {
    pub(super) validator: &'a RowValidator<'a>,
    pub(super) labels: &'a ExistingNames,
    pub(super) base: &'a Profile,
    /// The record of a new password, but for where it comes from.
    pub(super) record: Credential,
    pub(super) now: Timestamp,
    /// Whether somebody wants to see the plan.
    pub(super) shown: bool,
}

impl UserBuilder<'_> {
    /// A new user.
    ///
    /// # Errors
    ///
    /// [`Error::PlanStale`], where something that the row needs is not there any more.
    pub(super) fn build(
        &self,
        row: &ImportRow,
        hash: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> Result<PreparedUser, Error> {
        let profile = self.validator.profile(self.base, row, None);
        let (hash, origin, password) = match hash {
            Some(hash) => (Some(hash), PasswordOrigin::Typed, row.password.clone()),
            None if self.validator.options.passwords == ImportPasswords::Generate => {
                let password = Password::generate(entropy).map_err(Error::Entropy)?;
                let mut salt = [0; 16];
                entropy.fill(&mut salt).map_err(Error::Entropy)?;
                let hash = hash::hash_generated(&password, salt).as_str().to_owned();
                let shown = Secret::new(password.expose().to_owned());
                (Some(hash), PasswordOrigin::Generated, Some(shown))
            }
            None => (None, PasswordOrigin::Typed, None),
        };
        let credential = hash.map(|hash| StoredCredential {
            hash,
            record: Credential { origin, ..self.record.clone() },
        });
        let state = |name: &_| self.labels.project_state(name);
        let mut user = profile.to_user(UserId(0), &row.username, self.now, state)?;
        user.credential = credential.as_ref().map(|credential| credential.record.clone());
        let after = new_user_text(&user)
            .and_then(SerializedAudit::new)
            .map_err(|error| Error::Output(error.into()))?;
        let fields = self.shown.then(|| {
            let mut fields = user_fields(&user);
            fields.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            fields
        });
        let mut creation = BulkUser::new(user, credential);
        let gone = |name: &dyn std::fmt::Display| Error::PlanStale { what: format!("`{name}`") };
        for team in &profile.teams {
            creation.teams.push(self.labels.team(team).ok_or_else(|| gone(team))?);
        }
        for (skill, level) in &profile.skills {
            let id = self.labels.skill(skill).ok_or_else(|| gone(skill))?;
            creation.skills.push((id, level.get()));
        }
        for (project, weight) in &profile.projects {
            match self.labels.project(project) {
                Some((id, State::Active)) => creation.projects.push((id, *weight)),
                _ => return Err(Error::PlanStale { what: format!("the project `{project}`") }),
            }
        }
        Ok(PreparedUser { line: row.line, creation, password, fields, after })
    }
}

/// Hands out random bytes that were drawn before.
pub(super) struct PredrawnBytes {
    bytes: Zeroizing<Vec<u8>>,
    source: Receiver<Zeroizing<Vec<u8>>>,
}

impl PredrawnBytes {
    pub(super) fn new(source: Receiver<Zeroizing<Vec<u8>>>) -> Self {
        Self { bytes: Zeroizing::default(), source }
    }
}

impl Entropy for PredrawnBytes {
    fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
        if self.bytes.len() < buffer.len() {
            self.bytes = self.source.recv().map_err(std::io::Error::other)?;
        }
        let rest = self.bytes.len().checked_sub(buffer.len());
        let rest = rest.ok_or_else(|| std::io::Error::other("too few random bytes were drawn"))?;
        buffer.copy_from_slice(self.bytes.get(rest..).unwrap_or_default());
        self.bytes.truncate(rest);
        Ok(())
    }
}

/// The thread that reads ahead.
pub(super) struct PrepareThread<'a> {
    pub(super) plan: &'a ImportPlan,
    pub(super) hashes: &'a [RowHash],
    pub(super) builder: &'a UserBuilder<'a>,
    pub(super) entropy: PredrawnBytes,
    pub(super) jobs: SyncSender<Result<Vec<WriteJob>, Error>>,
    /// Batches that were written.
    pub(super) returned: Receiver<Vec<WriteJob>>,
}

impl PrepareThread<'_> {
    pub(super) fn run(mut self, input: reader::RosterInput<'_, impl Read>) {
        if let Err(error) = self.read(input) {
            // Nobody listens any more where the other side has failed.
            let _ = self.jobs.send(Err(error));
        }
    }

    fn read(&mut self, input: reader::RosterInput<'_, impl Read>) -> Result<(), Error> {
        let options = self.builder.validator.options;
        let changed = |stopped| match stopped {
            reader::ReadError::Failed(error) => Error::Input(error),
            reader::ReadError::Flawed(_) => stale(),
        };
        let mut rows =
            reader::RosterReader::begin(input, &options.form, &options.mapping).map_err(changed)?;
        let mut batch = Vec::with_capacity(ROWS_PER_BATCH);
        let mut hashes = self.hashes.iter().peekable();
        let mut index = 0;
        while let Some(next) = rows.next().map_err(changed)? {
            let reader::ParsedRow::Row(row) = next else { return Err(stale()) };
            let job = match self.plan.rows.get(index).ok_or_else(stale)? {
                ExpectedUser::Revision(revision) => WriteJob::Known(row, *revision),
                ExpectedUser::Absent => {
                    let made = hashes.next_if(|(row, _)| *row == index);
                    let hash = match (&row.password, made) {
                        (Some(_), Some((_, hash))) => Some(hash.as_str().to_owned()),
                        (Some(_), None) if options.dry_run => Some(DRY_RUN_HASH.to_owned()),
                        (Some(_), None) => return Err(stale()),
                        (None, _) => None,
                    };
                    WriteJob::Create(Box::new(self.builder.build(&row, hash, &mut self.entropy)?))
                }
            };
            index += 1;
            batch.push(job);
            if batch.len() == ROWS_PER_BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(ROWS_PER_BATCH));
                if self.jobs.send(Ok(full)).is_err() {
                    return Ok(());
                }
                self.returned.try_iter().for_each(drop);
            }
        }
        if rows.digest() != self.plan.digest {
            return Err(stale());
        }
        let _ = self.jobs.send(Ok(batch));
        Ok(())
    }
}
