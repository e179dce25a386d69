//! Keeping the store: backups, and restoring one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::{Caller, Directory, Error, Task};
use crate::model::{Action, AuditEntry, Clock, Entropy, Outcome};
use crate::store::{Backup, Head, Incoming, Regained, Store, hex};

/// What a restore is compared with before it is done.
#[derive(Debug, Clone, Copy)]
pub struct Compared(Head);

impl Directory {
    /// Copies the store as it is at one moment into the new file `place`, once the copy was found
    /// to be whole.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where something is at `place`, or the store is
    /// damaged.
    pub fn back_up(&mut self, place: &Path) -> Result<Backup, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.back_up(place, &mut **self.entropy.get_mut())?)
    }

    /// Lets through whoever may restore, before a backup is read.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_restore(&self) -> Result<(), Error> {
        self.settle(self.authorize(Task::Administer, Some(Action::StoreRestore)).map(|_| ()))
    }

    /// Hands everybody to `each` to whom `incoming` would give something that he does not have:
    /// his account back, a role, an older password.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::Store`], where the store cannot be read.
    pub fn compare(
        &self,
        incoming: &Incoming,
        each: impl FnMut(Regained),
    ) -> Result<Compared, Error> {
        self.may_restore()?;
        Ok(Compared(self.store.compare(incoming, each)?))
    }

    /// Puts `incoming` in the place of what the store holds; gives where that is kept. All sessions
    /// and codes have ended then, and the audit log goes on from that of the backup.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::Store`], where somebody has written since it was
    /// [compared](Directory::compare), or it cannot be written.
    pub fn restore(
        &mut self,
        incoming: &Incoming,
        compared: Compared,
        patience: Duration,
    ) -> Result<PathBuf, Error> {
        self.may_restore()?;
        let mut entry = restore_entry(&*self.clock, &self.caller, Some(compared.0), incoming);
        entry.actor = self.actor_name();
        entry.actor_id = self.actor_id();
        // Its session ends with the others.
        self.touched.set(true);
        let now = self.now();
        let Self { store, entropy, .. } = self;
        store.replace(
            incoming,
            compared.0,
            patience,
            now,
            &mut **entropy.get_mut(),
            |transaction| Ok(transaction.record(&entry)?),
        )
    }
}

/// Makes the store at `place`, where there is none, of a backup.
///
/// # Errors
///
/// [`Error::Store`], where somebody else has made one, or it cannot be written.
pub fn restore_new(
    incoming: Incoming,
    place: &Path,
    caller: &Caller,
    clock: &dyn Clock,
) -> Result<(), Error> {
    let entry = restore_entry(clock, caller, None, &incoming);
    incoming.become_new(place, |transaction| Ok(transaction.record(&entry)?))
}

/// Puts a backup in the place of the store at `place`, which cannot be read any more: nobody can be
/// signed in there, so this is for the owner of the file and for root. Gives where the damaged
/// content is kept.
///
/// # Errors
///
/// [`Error::SignInRequired`] for everybody else; [`Error::Store`], where somebody has it open, or it
/// cannot be written.
pub fn restore_damaged(
    incoming: Incoming,
    place: &Path,
    caller: &Caller,
    clock: &dyn Clock,
    entropy: &mut dyn Entropy,
    patience: Duration,
) -> Result<PathBuf, Error> {
    if !Store::is_file_of(place, caller.uid)? {
        return Err(Error::SignInRequired);
    }
    let entry = restore_entry(clock, caller, None, &incoming);
    incoming.replace_damaged(place, patience, clock.now(), entropy, |transaction| {
        Ok(transaction.record(&entry)?)
    })
}

/// The entry with which the log of the backup goes on: where it ended, and where that of the store
/// did, where that can be read.
fn restore_entry(
    clock: &dyn Clock,
    caller: &Caller,
    before: Option<Head>,
    incoming: &Incoming,
) -> AuditEntry {
    let head = |head: Head| json!({"entries": head.seq, "head": hex(&head.hash)});
    AuditEntry {
        at: clock.now(),
        actor: format!("os:{}", caller.login),
        actor_id: None,
        os_uid: caller.uid,
        action: Action::StoreRestore,
        subject: None,
        subject_id: None,
        outcome: Outcome::Done,
        before: before.map(head),
        after: Some(head(incoming.head())),
    }
}
