//! A store that has moved away, and what a process that held its locks leaves in the log.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::change::carry_out;
use super::{Directory, Error, Task};
use crate::model::{AuditAction, Description};
use crate::store::{LockHolder, Retirement, Store};

impl Directory {
    /// Marks the store as one that has moved away, `to` another place where that is known: from then
    /// on nothing is written but this mark. Tells whether that changed anything.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like; [`Error::Store`], where it cannot be written.
    pub fn retire(&mut self, to: Option<&Description>) -> Result<bool, Error> {
        let moved_to = to.map(|place| place.as_str().to_owned());
        let retired = Retirement { at: self.now(), moved_to };
        let changed = self.write_retirement(Some(&retired));
        self.finish(&[], changed)
    }

    /// Takes the mark away. Tells whether there was one.
    ///
    /// # Errors
    ///
    /// As [`Directory::retire`].
    pub fn undo_retirement(&mut self) -> Result<bool, Error> {
        let changed = self.write_retirement(None);
        self.finish(&[], changed)
    }

    fn write_retirement(&self, retired: Option<&Retirement>) -> Result<bool, Error> {
        let action = AuditAction::StoreRetire;
        carry_out(self.begin_although_retired(Task::Administer, action), |transaction, _| {
            let before = transaction.retirement()?;
            let place = |retired: &Retirement| retired.moved_to.clone();
            if before.as_ref().map(place) == retired.map(place) {
                return Ok((false, None));
            }
            transaction.set_retirement(retired)?;
            let told = |retired: Option<&Retirement>| json!({"retired": retired.is_some(), "moved_to": retired.and_then(place)});
            let (before, after) = (told(before.as_ref()), told(retired));
            let entry = self.entry_without_subject(action, Some(before), Some(after));
            Ok((true, Some(transaction.record(&entry)?)))
        })
    }

    /// Writes down that root has ended `holder`, which kept everybody else from the store. Root needs
    /// no right in the directory for that.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be written.
    pub fn note_ended(&mut self, holder: &LockHolder) -> Result<(), Error> {
        let told = json!({
            "pid": holder.pid,
            "os_uid": holder.uid,
            "running_seconds": holder.age_seconds,
            "stopped": holder.is_stopped,
        });
        let mut entry = self.entry_without_subject(AuditAction::StoreUnlock, Some(told), None);
        entry.actor = format!("os:{}", self.caller.login);
        entry.actor_id = None;
        let transaction = self.store.write_although_retired()?;
        let recorded = transaction.record(&entry)?;
        Ok(transaction.commit(recorded)?)
    }
}

/// The processes that keep others from the store at `path` at every look, for as long as `time`.
///
/// # Errors
///
/// [`Error::Store`], where there is no place that could be looked at.
pub fn long_holders(path: &Path, time: Duration) -> Result<Vec<LockHolder>, Error> {
    Ok(Store::long_holders(path, time)?)
}

/// Ends `holder`, where it still is the process that it was and still keeps others from the store at
/// `path`; tells whether it did. Whether the caller may is the operating system's to say.
///
/// # Errors
///
/// [`Error::Store`], where the system refuses.
pub fn end_holder(path: &Path, holder: &LockHolder) -> Result<bool, Error> {
    Ok(Store::end_holder(path, holder)?)
}
