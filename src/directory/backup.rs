//! Keeping the store: backups, and restoring one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::change::carry_out;
use super::{Caller, Directory, Error, Scope, Task};
use crate::model::{AuditAction, AuditEntry, AuditOutcome, Clock, UserFilter};
use crate::store::{
    BackupContents, BackupReport, ChainHead, RegainedAccess, Store, StoreError, hex,
};

/// What a restore is compared with before it is done.
#[derive(Debug, Clone, Copy)]
pub struct RestoreComparison(ChainHead);

impl Directory {
    /// Copies the store as it is at one moment into the new file `place`, once the copy was found
    /// to be whole. Its entry stands in the log, and so in the copy, before anything is copied: a
    /// copy that is taken and then hidden leaves its trace. Gives whether there is one: a store that
    /// takes no writes is copied all the same.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::Store`], where something is at `place`, or the store is
    /// damaged.
    pub fn back_up(&mut self, place: &Path) -> Result<(BackupReport, bool), Error> {
        self.authorize(Task::Administer, None)?;
        Store::check_is_free(place)?;
        let users = self.store.read()?.count_users(&UserFilter::default(), self.now())?;
        let file = place.file_name().map(|name| name.to_string_lossy());
        let after = json!({"users": users, "file": file});
        let recorded = self.record_copy(Task::Administer, AuditAction::StoreBackup, after)?;
        Ok((self.store.back_up(place)?, recorded))
    }

    /// Notes that the users whom `filter` lets through are written out, to the file called `file` or
    /// to stdout. It is noted before the first of them is: who stops in between has them all the
    /// same. Gives whether it could be: a store that takes no writes is read from all the same.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::NotFound`], where a project, team or skill of the filter is not
    /// there; [`Error::Store`], where the store is busy, full or damaged.
    pub fn record_export(&self, filter: &UserFilter, file: Option<&str>) -> Result<bool, Error> {
        let mut after = json!({"users": self.count_users(filter)?, "file": file});
        if filter.is_narrowed() {
            after["filtered"] = true.into();
        }
        self.finish(&[], self.record_copy(Task::Read, AuditAction::UserExport, after))
    }

    fn record_copy(&self, task: Task, action: AuditAction, after: Value) -> Result<bool, Error> {
        let mut entry = self.entry(action, "", 0, None, Some(after));
        (entry.subject, entry.subject_id) = (None, None);
        // A copy of a store that has moved away is told of as well.
        let begun = self.begin_although_retired(task, action);
        let recorded =
            carry_out(begun, |transaction, _| Ok(((), Some(transaction.record(&entry)?))));
        match recorded {
            Err(Error::Store(StoreError::ReadOnly { .. } | StoreError::Retired { .. })) => {
                Ok(false)
            }
            recorded => recorded.map(|()| true),
        }
    }

    /// Lets through whoever may restore, before a backup is read.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and its like.
    pub fn may_restore(&self) -> Result<(), Error> {
        self.permit(Task::Administer, AuditAction::StoreRestore, &[]).map(|_| ())
    }

    /// Hands everybody to `each` to whom `incoming` would give something that they do not have:
    /// their account back, a role, an older password.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::Store`], where the store cannot be read.
    pub fn compare(
        &self,
        incoming: &BackupContents,
        each: impl FnMut(RegainedAccess),
    ) -> Result<RestoreComparison, Error> {
        self.may_restore()?;
        Ok(RestoreComparison(self.store.compare(incoming, self.now(), each)?))
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
        incoming: &BackupContents,
        compared: RestoreComparison,
        patience: Duration,
    ) -> Result<PathBuf, Error> {
        self.may_restore()?;
        let mut entry = restore_entry(&*self.clock, &self.caller, Some(compared.0), incoming);
        entry.actor = self.actor_name();
        entry.actor_id = self.actor_id();
        // Its session ends with the others.
        self.touched.set(true);
        let now = self.now();
        let restored = self.store.replace(incoming, compared.0, patience, now, |transaction| {
            // What the actor may do at the moment at which nobody else can write.
            let acting = self.actor_now(&*self.store.read()?)?;
            if self.scope_of(&acting, Task::Administer)? == Scope::None {
                let action = AuditAction::StoreRestore;
                return Err(Error::Forbidden { action, subject: None });
            }
            Ok(transaction.record(&entry)?)
        });
        self.finish(&[], restored)
    }
}

/// Makes the store at `place`, where there is none, of a backup.
///
/// # Errors
///
/// [`Error::Store`], where somebody else has made one, or it cannot be written.
pub fn restore_new(
    incoming: BackupContents,
    place: &Path,
    caller: &Caller,
    clock: &dyn Clock,
) -> Result<(), Error> {
    let entry = restore_entry(clock, caller, None, &incoming);
    incoming.install_as_new(place, |transaction| Ok(transaction.record(&entry)?))
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
    incoming: BackupContents,
    place: &Path,
    caller: &Caller,
    clock: &dyn Clock,
    patience: Duration,
) -> Result<PathBuf, Error> {
    if !Store::is_file_owned_by(place, caller.real_uid)? {
        return Err(Error::SignInRequired);
    }
    let entry = restore_entry(clock, caller, None, &incoming);
    incoming.replace_damaged(place, patience, clock.now(), |transaction| {
        Ok(transaction.record(&entry)?)
    })
}

/// The entry with which the log of the backup goes on: where it ended, and where that of the store
/// did, where that can be read.
fn restore_entry(
    clock: &dyn Clock,
    caller: &Caller,
    before: Option<ChainHead>,
    incoming: &BackupContents,
) -> AuditEntry {
    let head = |head: ChainHead| json!({"entries": head.seq, "head": hex(&head.hash)});
    AuditEntry {
        at: clock.now(),
        actor: format!("os:{}", caller.login),
        actor_id: None,
        os_uid: caller.uid,
        action: AuditAction::StoreRestore,
        subject: None,
        subject_id: None,
        outcome: AuditOutcome::Done,
        before: before.map(head),
        after: Some(head(incoming.head())),
        undoes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fixture::{GOOD_PASSWORD, TEST_START, TestDirectory, new_user, typed};
    use crate::directory::{NewPassword, SignInPolicy};
    use crate::model::{CredentialKind, Role};

    const AT_ONCE: Duration = Duration::ZERO;

    /// R22: who may restore is asked again when nobody else can write any more.
    #[test]
    fn a_session_that_ends_meanwhile_restores_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (place, file) = (folder.path().join("x.db"), folder.path().join("copy.db"));
        let mut house = TestDirectory::on(&place);
        let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
        house.create_user(&new_user("boss", &[Role::Admin]), Some(&password)).unwrap();
        house.back_up(&file).unwrap();
        house.acts_as("boss");
        let incoming = BackupContents::read(&file, &place).unwrap();
        let compared = house.compare(&incoming, |_| {}).unwrap();
        house.clock.set(TEST_START.plus(SignInPolicy::default().session_max));
        let error = house.refused(|house| house.restore(&incoming, compared, AT_ONCE));
        assert!(matches!(error, Error::SessionEnded), "{error}");
        let names =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let kept: Vec<_> =
            names.filter(|name| name.to_string_lossy().contains("before-restore")).collect();
        assert!(kept.is_empty(), "{kept:?}");
        house.clock.set(TEST_START);
        house.restore(&incoming, compared, AT_ONCE).unwrap();
        let entry = house.store().log().pop().unwrap();
        assert_eq!((&entry["action"], &entry["actor"]), (&"store.restore".into(), &"boss".into()));
    }

    /// R58: whoever has lost the right meanwhile leaves the trace of a denial.
    #[test]
    fn a_right_that_is_lost_meanwhile_leaves_a_denial() {
        let folder = tempfile::tempdir().unwrap();
        let (place, file) = (folder.path().join("x.db"), folder.path().join("copy.db"));
        let mut house = TestDirectory::on(&place);
        let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
        house.create_user(&new_user("boss", &[Role::Admin]), Some(&password)).unwrap();
        house.create_user(&new_user("ann", &[Role::Agent]), None).unwrap();
        house.back_up(&file).unwrap();
        house.acts_as("boss");
        let incoming = BackupContents::read(&file, &place).unwrap();
        let compared = house.compare(&incoming, |_| {}).unwrap();
        let agents = "SELECT roles FROM users WHERE username = 'ann'";
        house.store().sql(&format!("UPDATE users SET roles = ({agents}) WHERE username = 'boss'"));
        let error = house.restore(&incoming, compared, AT_ONCE).unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{error}");
        let entry = house.store().log().pop().unwrap();
        let told = ["action", "actor", "outcome"].map(|field| entry[field].as_str().unwrap());
        assert_eq!(told, ["store.restore", "boss", "denied"]);
    }

    /// R50: what was written since it was compared is not lost unseen.
    #[test]
    fn what_was_compared_has_to_be_so_still() {
        let folder = tempfile::tempdir().unwrap();
        let (place, file) = (folder.path().join("x.db"), folder.path().join("copy.db"));
        let mut house = TestDirectory::on(&place);
        house.teams(&["a"]).back_up(&file).unwrap();
        let incoming = BackupContents::read(&file, &place).unwrap();
        let compared = house.compare(&incoming, |_| {}).unwrap();
        house.teams(&["b"]);
        let error = house.refused(|house| house.restore(&incoming, compared, AT_ONCE));
        assert!(matches!(error, Error::Store(crate::store::StoreError::Changed { .. })), "{error}");
        let compared = house.compare(&incoming, |_| {}).unwrap();
        house.restore(&incoming, compared, AT_ONCE).unwrap();
    }
}
