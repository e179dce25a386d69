//! The audit log: entries are appended, each chained to the one before by its hash, never changed.
//!
//! An entry's hash is SHA-256 over the hash before it (32 zero bytes for the first) and the JSON
//! array `[seq, at, actor, actor_id, os_uid, action, subject, subject_id, outcome, before, after]`
//! without blanks, in which `before` and `after` are the stored texts. Whoever edits, inserts,
//! deletes or swaps an entry breaks the chain behind it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Reader, StoreError, Transaction};
use crate::model::AuditEntry;

/// The receipt for an audit entry: without one, nothing is committed.
#[must_use = "a change is committed with the receipt for its audit entry"]
#[derive(Debug)]
pub struct Recorded {
    _private: (),
}

/// What is hashed, in the order in which it is hashed.
#[derive(Serialize)]
struct Canonical<'a>(
    i64,
    i64,
    &'a str,
    Option<i64>,
    u32,
    &'a str,
    Option<&'a str>,
    Option<i64>,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
);

impl Reader<'_> {
    /// The number and the hash of the newest entry.
    fn audit_head(&self) -> Result<(i64, [u8; 32]), StoreError> {
        let head = self.engine.optional(
            "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
            &[],
            |row| Ok((row.integer(0)?, row.blob(1)?.try_into().map_err(|_| row.unexpected(1))?)),
        )?;
        Ok(head.unwrap_or((0, [0; 32])))
    }
}

impl Transaction<'_> {
    /// Appends an entry to the log.
    pub(crate) fn record(&self, entry: &AuditEntry) -> Result<Recorded, StoreError> {
        let (last, previous) = self.audit_head()?;
        let seq = last + 1;
        let before = entry.before.as_ref().map(ToString::to_string);
        let after = entry.after.as_ref().map(ToString::to_string);
        let canonical = Canonical(
            seq,
            entry.at.seconds(),
            &entry.actor,
            entry.actor_id,
            entry.os_uid,
            entry.action.as_str(),
            entry.subject.as_deref(),
            entry.subject_id,
            entry.outcome.as_str(),
            before.as_deref(),
            after.as_deref(),
        );
        let text = serde_json::to_vec(&canonical)
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let hash = Sha256::new().chain_update(previous).chain_update(text).finalize();
        self.engine.execute(
            "INSERT INTO audit (seq, at, actor, actor_id, os_uid, action, subject, subject_id, \
             outcome, before, after, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            &[
                seq.into(),
                entry.at.seconds().into(),
                entry.actor.as_str().into(),
                entry.actor_id.into(),
                i64::from(entry.os_uid).into(),
                entry.action.as_str().into(),
                entry.subject.as_deref().into(),
                entry.subject_id.into(),
                entry.outcome.as_str().into(),
                before.as_deref().into(),
                after.as_deref().into(),
                hash.as_slice().into(),
            ],
        )?;
        Ok(Recorded { _private: () })
    }
}
