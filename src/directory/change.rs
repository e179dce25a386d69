//! How a change is made: the right to it, one transaction, its entry in the audit log, and the entry
//! of a denial where there is no right.

use std::collections::HashSet;

use super::lookup::require_user;
use super::{Directory, Error, LabelKind, Task};
use crate::directory::permissions::{Authority, Scope};
use crate::model::{AuditAction, AuditOutcome, User, Username};
use crate::store::{Reader, Recorded, Transaction};

/// This many denials of one actor among the newest entries are written down; more tell nothing new
/// and would let the actor fill the disk.
const MAX_RECORDED_DENIALS: i64 = 20;

/// The names of users, as the subjects of a change.
pub(super) fn names(usernames: &[Username]) -> Vec<&str> {
    usernames.iter().map(Username::as_str).collect()
}

/// What came of a change of one user.
pub(super) fn only<T>(changes: Vec<T>) -> Result<T, Error> {
    changes.into_iter().next().ok_or(Error::Stopped)
}

/// Does `work` in a transaction that was begun, and commits with the entry that it has recorded;
/// without one nothing is committed.
pub(super) fn carry_out<T>(
    begun: Result<(Transaction<'_>, Authority), Error>,
    work: impl FnOnce(&Transaction<'_>, Authority) -> Result<(T, Option<Recorded>), Error>,
) -> Result<T, Error> {
    let (transaction, authority) = begun?;
    let (done, recorded) = work(&transaction, authority)?;
    if let Some(recorded) = recorded {
        transaction.commit(recorded)?;
    }
    Ok(done)
}

impl Directory {
    /// Makes a change: begins the transaction that `work` writes in, asks in it whether the actor may
    /// do `task`, and commits with the entry that `work` has recorded. Without an entry nothing was
    /// changed, and nothing is committed.
    ///
    /// `subjects` are the names that the change is about: a denial that comes before anything is
    /// looked up tells all of them.
    pub(super) fn change<T>(
        &self,
        task: Task,
        action: AuditAction,
        subjects: &[&str],
        work: impl FnOnce(&Transaction<'_>, Authority) -> Result<(T, Option<Recorded>), Error>,
    ) -> Result<T, Error> {
        let done = carry_out(self.begin(task, action), |transaction, authority| {
            // What is done to several at once can be found, and taken back, as one.
            if subjects.len() > 1 {
                transaction.begin_batch();
            }
            work(transaction, authority)
        });
        self.finish(subjects, done)
    }

    /// Makes the same change to several users, in one transaction: all of them or, where one cannot be
    /// changed, none. Who is named twice is changed once.
    ///
    /// `work` changes one of them, whom the actor may change, and gives the entry that it has recorded;
    /// none where nothing was changed.
    pub(super) fn change_users<T>(
        &self,
        task: Task,
        action: AuditAction,
        usernames: &[Username],
        mut work: impl FnMut(&Transaction<'_>, Authority, User) -> Result<(T, Option<Recorded>), Error>,
    ) -> Result<Vec<T>, Error> {
        self.change(task, action, &names(usernames), |transaction, authority| {
            let mut changes = Vec::with_capacity(usernames.len());
            let mut last = None;
            let mut seen = HashSet::new();
            for username in usernames.iter().filter(|username| seen.insert(*username)) {
                let user = require_user(transaction, username)?;
                authority.covers(transaction, &user, user.roles)?;
                let (change, recorded) = work(transaction, authority, user)?;
                changes.push(change);
                last = recorded.or(last);
            }
            Ok((changes, last))
        })
    }

    /// Lets through whoever may do `task`, before anything is looked up.
    pub(super) fn permit(
        &self,
        task: Task,
        action: AuditAction,
        subjects: &[&str],
    ) -> Result<Scope, Error> {
        self.finish(subjects, self.authorize(task, Some(action)))
    }

    /// What every change ends with, once no transaction is open any more: a denial leaves its trace in
    /// the audit log, and a name that is not there brings the nearest one, for those who may list.
    pub(super) fn finish<T>(
        &self,
        subjects: &[&str],
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        match result {
            Err(Error::Forbidden { action, subject }) => {
                let denied = match &subject {
                    Some(subject) => vec![Some(subject.as_str())],
                    None if subjects.is_empty() => vec![None],
                    None => subjects.iter().map(|name| Some(*name)).collect(),
                };
                self.record_denials(action, &denied);
                Err(Error::Forbidden { action, subject })
            }
            result if self.authorize_reading().is_ok() => self.suggest(result),
            result => result,
        }
    }

    /// Writes denials down, one for each subject. That they cannot be written makes them no more
    /// allowed.
    pub(super) fn record_denials(&self, action: AuditAction, subjects: &[Option<&str>]) {
        let _ = self.try_record_denials(action, subjects);
    }

    fn try_record_denials(
        &self,
        action: AuditAction,
        subjects: &[Option<&str>],
    ) -> Result<(), Error> {
        let transaction = self.store.write()?;
        let mut recorded = None;
        for subject in subjects {
            let mut entry = self.entry_without_subject(action, None, None);
            if transaction.recent_denials(&entry.actor)? >= MAX_RECORDED_DENIALS {
                break;
            }
            // What was typed where a name belongs may be a password.
            entry.subject = subject.filter(|name| is_a_name(&transaction, name)).map(str::to_owned);
            entry.outcome = AuditOutcome::Denied;
            recorded = Some(transaction.record(&entry)?);
        }
        if let Some(recorded) = recorded {
            transaction.commit(recorded)?;
        }
        Ok(())
    }
}

/// Whether anything in the store is called so.
fn is_a_name(reader: &Reader<'_>, name: &str) -> bool {
    let is_user = || {
        let username = name.parse::<Username>().ok()?;
        reader.find_user(&username).ok().flatten()
    };
    let is_label = |kind| matches!(reader.label_id(kind, name), Ok(Some(_)));
    is_user().is_some()
        || matches!(reader.find_project(name), Ok(Some(_)))
        || is_label(LabelKind::Team)
        || is_label(LabelKind::Skill)
}
