//! A place in the audit log, for a program that goes on from there whenever there is more.

use super::audit::{require_entry, with_subjects};
use super::permissions::Scope;
use super::{ChainHead, Directory, Error, Task};
use crate::model::{AuditFilter, AuditRecord};

/// How far the log has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCursor {
    /// The number of the last entry that was looked at; 0 before the first.
    seq: i64,
    /// Its hash, once it is known: another one is another log.
    hash: Option<[u8; 32]>,
}

impl AuditCursor {
    /// Behind the entry `seq`.
    #[must_use]
    pub fn after(seq: i64) -> Self {
        Self { seq, hash: None }
    }
}

impl Directory {
    /// The end of the log as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], or [`Error::Store`] where it cannot be read.
    pub fn audit_end(&self) -> Result<AuditCursor, Error> {
        self.authorize(Task::Administer, None)?;
        let head = self.store.read()?.audit_head()?;
        Ok(AuditCursor { seq: head.seq, hash: Some(head.hash).filter(|_| head.seq > 0) })
    }

    /// The newest entry by its number and hash: what a plan is made at.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], or [`Error::Store`] where it cannot be read.
    pub fn log_head(&self) -> Result<ChainHead, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.audit_head()?)
    }

    /// The hash of the entry `seq`, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], or [`Error::Store`] where it cannot be read.
    pub fn log_hash(&self, seq: i64) -> Result<Option<[u8; 32]>, Error> {
        self.authorize_reading()?;
        Ok(self.store.read()?.audit_hash(seq)?)
    }

    /// At most `most` of the entries behind `cursor` that `filter` lets through, oldest first, with
    /// `user` only those about them; moves `cursor` behind what was looked at. Fewer than `most` are
    /// all that there are.
    ///
    /// Whoever asks again and again is asked each time for the right to it.
    ///
    /// # Errors
    ///
    /// As [`Directory::audit`]; [`Error::SessionEnded`].
    pub fn audit_after(
        &self,
        cursor: &mut AuditCursor,
        filter: &AuditFilter,
        user: Option<&str>,
        most: usize,
    ) -> Result<Vec<AuditRecord>, Error> {
        let _ = self.complete_log_if_free();
        let _ = self.touch_session_if_free();
        let snapshot = self.store.read()?;
        let acting = self.actor_now(&snapshot)?;
        if self.scope_of(&acting, Task::Administer)? == Scope::None {
            return Err(Error::NotAllowed);
        }
        require_entry(&snapshot, cursor.seq, cursor.hash)?;
        let filter = AuditFilter {
            after_seq: Some(cursor.seq),
            oldest_first: true,
            ..with_subjects(&snapshot, filter, user)?
        };
        let mut found = Vec::new();
        snapshot.audit_records(&filter, |record| {
            if found.len() < most {
                found.push(record);
            }
            Ok::<_, Error>(found.len() < most)
        })?;
        let head = snapshot.audit_head()?;
        (cursor.seq, cursor.hash) = match found.last() {
            Some(last) if found.len() == most => (last.seq, Some(last.hash)),
            _ if head.seq > cursor.seq => (head.seq, Some(head.hash)),
            _ => (cursor.seq, cursor.hash.or(Some(head.hash)).filter(|_| cursor.seq > 0)),
        };
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fixture::TestDirectory;

    fn seqs(house: &TestDirectory, cursor: &mut AuditCursor, most: usize) -> Vec<i64> {
        let found = house.audit_after(cursor, &AuditFilter::default(), None, most).unwrap();
        found.into_iter().map(|record| record.seq).collect()
    }

    #[test]
    fn every_entry_is_given_once_in_pages() {
        let mut house = TestDirectory::new();
        house.teams(&["a", "b", "c", "d", "e"]);
        let mut cursor = AuditCursor::after(1);
        assert_eq!(seqs(&house, &mut cursor, 2), [2, 3]);
        assert_eq!(seqs(&house, &mut cursor, 2), [4, 5]);
        assert!(seqs(&house, &mut cursor, 2).is_empty());
        house.teams(&["f"]);
        assert_eq!(seqs(&house, &mut cursor, 2), [6]);
        assert_eq!(cursor, house.audit_end().unwrap());
    }

    /// What is passed over is not looked at again.
    #[test]
    fn entries_that_do_not_match_move_the_cursor_too() {
        let mut house = TestDirectory::new();
        house.teams(&["a"]);
        let nobody = AuditFilter { actor: Some("nobody".to_owned()), ..AuditFilter::default() };
        let mut cursor = AuditCursor::after(0);
        assert!(house.audit_after(&mut cursor, &nobody, None, 10).unwrap().is_empty());
        assert_eq!(cursor, house.audit_end().unwrap());
    }

    #[test]
    fn a_log_that_is_another_one_is_noticed() {
        let (mut house, mut other) = (TestDirectory::new(), TestDirectory::new());
        house.teams(&["a"]);
        other.teams(&["b"]);
        let mut cursor = house.audit_end().unwrap();
        let all = AuditFilter::default();
        let replaced = |cursor: &mut AuditCursor| {
            matches!(other.audit_after(cursor, &all, None, 10), Err(Error::LogReplaced { .. }))
        };
        assert!(replaced(&mut cursor));
        assert!(replaced(&mut AuditCursor::after(2)));
        assert!(!replaced(&mut AuditCursor::after(1)));
    }
}
