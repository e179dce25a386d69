//! What can be done for a row before it is written, and without the store: a new user's sheet, his
//! password, his places' ids, the text for the audit log. A second core does it, ahead of the one that
//! writes.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::hashing::{Hashed, stale};
use super::labels::Labels;
use super::plan::{Expected, Judge, Plan};
use super::row::Row;
use super::sheet::Sheet;
use super::{BATCH, Passwords, file};
use crate::directory::Error;
use crate::directory::audit::{credential_field, new_user_text, user_fields};
use crate::directory::password::Password;
use crate::directory::password_hash;
use crate::model::{
    Assignment, Credential, Entropy, PasswordOrigin, Secret, SkillGrant, State, Timestamp, User,
    UserId, Username,
};
use crate::store::{Creation, Noted, StoredCredential};

/// The random bytes that one generated password and its salt take.
pub(super) const RANDOM: usize = 25 + 16;

/// What stands in place of the hash of a typed password in a dry run, which is never committed.
const NOT_HASHED: &str = "-";

/// A new user, ready to be written.
pub(super) struct Ready {
    pub(super) line: u64,
    pub(super) creation: Creation,
    pub(super) password: Option<Secret>,
    /// What he has, where somebody wants to see the plan.
    pub(super) fields: Option<Map<String, Value>>,
    /// The same as text, for the audit log.
    pub(super) after: Noted,
}

/// A row on its way to the store.
pub(super) enum Job {
    Create(Box<Ready>),
    Known(Box<Row>, i64),
}

/// How new users become what is written: everything that this takes, without the store.
pub(super) struct Maker<'a> {
    pub(super) judge: &'a Judge<'a>,
    pub(super) labels: &'a Labels,
    pub(super) base: &'a Sheet,
    /// The record of a new password, but for where it comes from.
    pub(super) record: Credential,
    pub(super) now: Timestamp,
    /// Whether somebody wants to see the plan.
    pub(super) shown: bool,
}

impl Maker<'_> {
    /// A new user.
    ///
    /// # Errors
    ///
    /// [`Error::PlanStale`], where something that he needs is not there any more.
    pub(super) fn make(
        &self,
        row: &Row,
        hash: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> Result<Ready, Error> {
        let sheet = self.judge.sheet(self.base, row, None);
        let (hash, origin, password) = match hash {
            Some(hash) => (Some(hash), PasswordOrigin::Typed, row.password.clone()),
            None if self.judge.options.passwords == Passwords::Generate => {
                let password = Password::generate(entropy).map_err(Error::Entropy)?;
                let mut salt = [0; 16];
                entropy.fill(&mut salt).map_err(Error::Entropy)?;
                let hash = password_hash::hash_generated(&password, salt).as_str().to_owned();
                let shown = Secret::new(password.expose().to_owned());
                (Some(hash), PasswordOrigin::Generated, Some(shown))
            }
            None => (None, PasswordOrigin::Typed, None),
        };
        let credential = hash.map(|hash| StoredCredential {
            hash,
            record: Credential { origin, ..self.record.clone() },
        });
        let mut user = into_user(UserId(0), &row.username, &sheet, self.labels, self.now)
            .ok_or_else(|| Error::PlanStale { what: format!("`{}`", row.username) })?;
        user.credential = credential.as_ref().map(|credential| credential.record.clone());
        let after = new_user_text(&user)
            .and_then(Noted::new)
            .map_err(|error| Error::Output(error.into()))?;
        let fields = self.shown.then(|| {
            let mut fields = user_fields(&user);
            fields.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            fields
        });
        let mut creation = Creation::new(user, credential);
        let gone = |name: &dyn std::fmt::Display| Error::PlanStale { what: format!("`{name}`") };
        for team in &sheet.teams {
            creation.teams.push(self.labels.team(team).ok_or_else(|| gone(team))?);
        }
        for (skill, level) in &sheet.skills {
            let id = self.labels.skill(skill).ok_or_else(|| gone(skill))?;
            creation.skills.push((id, level.get()));
        }
        for (project, weight) in &sheet.projects {
            match self.labels.project(project) {
                Some((id, State::Active)) => creation.projects.push((id, *weight)),
                _ => return Err(Error::PlanStale { what: format!("the project `{project}`") }),
            }
        }
        Ok(Ready { line: row.line, creation, password, fields, after })
    }
}

/// A user with a sheet; `None` where a project of his is not there.
pub(super) fn into_user(
    id: UserId,
    username: &Username,
    sheet: &Sheet,
    labels: &Labels,
    now: Timestamp,
) -> Option<User> {
    let skill = |(skill, level): (&_, &_)| SkillGrant { skill: Clone::clone(skill), level: *level };
    let mut projects = Vec::with_capacity(sheet.projects.len());
    for (project, weight) in &sheet.projects {
        let (_, project_state) = labels.project(project)?;
        projects.push(Assignment { project: project.clone(), weight: *weight, project_state });
    }
    Some(User {
        id,
        username: username.clone(),
        full_name: sheet.full_name.clone()?,
        email: sheet.email.clone(),
        phone: sheet.phone.clone(),
        state: sheet.state,
        roles: sheet.roles,
        teams: sheet.teams.iter().cloned().collect(),
        skills: sheet.skills.iter().map(skill).collect(),
        language: sheet.language.clone(),
        project_selection: sheet.project_selection,
        projects,
        credential: None,
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
        locked_until: None,
        photo: false,
    })
}

/// Hands out random bytes that were drawn before.
pub(super) struct Drawn {
    bytes: Zeroizing<Vec<u8>>,
    source: Receiver<Zeroizing<Vec<u8>>>,
}

impl Drawn {
    pub(super) fn from(source: Receiver<Zeroizing<Vec<u8>>>) -> Self {
        Self { bytes: Zeroizing::default(), source }
    }
}

impl Entropy for Drawn {
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
pub(super) struct Reading<'a> {
    pub(super) plan: &'a Plan,
    pub(super) hashes: &'a [Hashed],
    pub(super) maker: &'a Maker<'a>,
    pub(super) entropy: Drawn,
    pub(super) jobs: SyncSender<Result<Vec<Job>, Error>>,
    /// Batches that were written.
    pub(super) returned: Receiver<Vec<Job>>,
}

impl Reading<'_> {
    pub(super) fn run(mut self, input: impl Read) {
        if let Err(error) = self.read(input) {
            // Nobody listens any more where the other side has failed.
            let _ = self.jobs.send(Err(error));
        }
    }

    fn read(&mut self, input: impl Read) -> Result<(), Error> {
        let options = self.maker.judge.options;
        let changed = |stopped| match stopped {
            file::Stopped::Failed(error) => Error::Input(error),
            file::Stopped::Flawed(_) => stale(),
        };
        let mut rows =
            file::Rows::begin(input, options.format, &options.dialect).map_err(changed)?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut hashes = self.hashes.iter().peekable();
        let mut index = 0;
        while let Some(next) = rows.next().map_err(changed)? {
            let file::Next::Row(row) = next else { return Err(stale()) };
            let job = match self.plan.rows.get(index).ok_or_else(stale)? {
                Expected::Revision(revision) => Job::Known(row, *revision),
                Expected::Absent => {
                    let made = hashes.next_if(|(row, _)| *row == index);
                    let hash = match (&row.password, made) {
                        (Some(_), Some((_, hash))) => Some(hash.as_str().to_owned()),
                        (Some(_), None) if options.dry_run => Some(NOT_HASHED.to_owned()),
                        (Some(_), None) => return Err(stale()),
                        (None, _) => None,
                    };
                    Job::Create(Box::new(self.maker.make(&row, hash, &mut self.entropy)?))
                }
            };
            index += 1;
            batch.push(job);
            if batch.len() == BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
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
