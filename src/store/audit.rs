//! The audit log: entries are appended, each chained to the one before by its hash, never changed.
//!
//! An entry's hash is SHA-256 over the hash before it (32 zero bytes for the first) and the JSON
//! array `[seq, at, actor, actor_id, os_uid, action, subject, subject_id, outcome, before, after]`
//! without blanks, in which `before` and `after` are the stored texts; an entry that has a batch or
//! takes another one back has `batch, undoes` behind them. To edit, insert, delete or
//! swap an entry breaks the chain behind it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::engine::{SqlRow, SqlValue};
use super::{Batch, Reader, StoreError, Transaction};
use crate::model::{AuditEntry, AuditFilter, AuditRecord, Timestamp};

/// The receipt for an audit entry: without one, nothing is committed.
#[must_use = "a change is committed with the receipt for its audit entry"]
#[derive(Debug)]
pub struct Recorded {
    _private: (),
}

impl Recorded {
    pub(super) fn new() -> Self {
        Self { _private: () }
    }
}

/// The `before` or `after` of an entry as text, and the same as a JSON string, which is what is
/// hashed. Quoting is the slowest part of an entry, so an import does it before the entry's turn to
/// be written.
pub(crate) struct SerializedAudit {
    text: String,
    quoted: Vec<u8>,
}

impl SerializedAudit {
    pub(crate) fn new(text: String) -> Result<Self, serde_json::Error> {
        let quoted = if text.bytes().any(|byte| byte < b' ') {
            serde_json::to_vec(&text)?
        } else {
            json_string(&text)
        };
        Ok(Self { text, quoted })
    }
}

/// A text without control characters as a string of JSON: what [`serde_json`] makes of it, in a
/// third of the time where every few characters there is a quotation mark.
fn json_string(text: &str) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(2 * text.len() + 2);
    quoted.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

/// What is hashed, in the order in which it is hashed.
pub(super) struct CanonicalEntry<'a> {
    fields: EntryFields<'a>,
    before: Option<&'a SerializedAudit>,
    after: Option<&'a SerializedAudit>,
    batch: Option<i64>,
    undoes: Option<i64>,
}

#[derive(Serialize)]
struct EntryFields<'a>(
    i64,
    i64,
    &'a str,
    Option<i64>,
    i64,
    &'a str,
    Option<&'a str>,
    Option<i64>,
    &'a str,
);

/// Where the chain ends: its newest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// Its number; 0 where there is none.
    pub seq: i64,
    /// Its hash; 32 zero bytes where there is none.
    pub hash: [u8; 32],
}

impl<'a> CanonicalEntry<'a> {
    /// The entry `seq` of the batch, if any, whose `before` and `after` are these texts.
    pub(super) fn of(
        (seq, batch): (i64, Option<i64>),
        entry: &'a AuditEntry,
        before: Option<&'a SerializedAudit>,
        after: Option<&'a SerializedAudit>,
    ) -> Self {
        let fields = EntryFields(
            seq,
            entry.at.seconds(),
            &entry.actor,
            entry.actor_id,
            entry.os_uid.into(),
            entry.action.as_str(),
            entry.subject.as_deref(),
            entry.subject_id,
            entry.outcome.as_str(),
        );
        Self { fields, before, after, batch, undoes: entry.undoes }
    }

    /// The values of [`INSERT_ENTRY`].
    pub(super) fn values(&self, hash: &'a [u8; 32]) -> [SqlValue<'a>; 14] {
        let EntryFields(seq, at, actor, actor_id, os_uid, action, subject, subject_id, outcome) =
            self.fields;
        [
            seq.into(),
            at.into(),
            actor.into(),
            actor_id.into(),
            os_uid.into(),
            action.into(),
            subject.into(),
            subject_id.into(),
            outcome.into(),
            self.before.map(|serialized| serialized.text.as_str()).into(),
            self.after.map(|serialized| serialized.text.as_str()).into(),
            hash.as_slice().into(),
            self.batch.into(),
            self.undoes.into(),
        ]
    }
}

/// Appends an entry.
pub(super) const INSERT_ENTRY: &str = "INSERT INTO audit (seq, at, actor, actor_id, os_uid, action, subject, \
     subject_id, outcome, before, after, hash, batch, undoes) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

impl Reader<'_> {
    /// The newest entry.
    pub(crate) fn audit_head(&self) -> Result<ChainHead, StoreError> {
        let head = self.engine.optional(
            "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
            &[],
            |row| {
                let hash = row.blob(1)?.try_into().map_err(|_| row.unexpected(1))?;
                Ok(ChainHead { seq: row.integer(0)?, hash })
            },
        )?;
        Ok(head.unwrap_or(ChainHead { seq: 0, hash: [0; 32] }))
    }

    /// The hash of the entry `seq`, where there is one.
    pub(crate) fn audit_hash(&self, seq: i64) -> Result<Option<[u8; 32]>, StoreError> {
        self.engine.optional("SELECT hash FROM audit WHERE seq = ?1", &[seq.into()], |row| {
            row.blob(0)?.try_into().map_err(|_| row.unexpected(0))
        })
    }
}

/// How a look through the whole chain ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the newest; 32 zero bytes where there is none.
    pub head: [u8; 32],
    /// The first entry that does not fit, and why.
    pub broken: Option<(i64, &'static str)>,
    /// Whether the hash that was looked for is that of an entry.
    pub anchor_found: bool,
}

impl Reader<'_> {
    /// Hands the entries that `filter` lets through to `each`, in its order, until that says stop.
    pub(crate) fn audit_records<E: From<StoreError>>(
        &self,
        filter: &AuditFilter,
        mut each: impl FnMut(AuditRecord) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut conditions: Vec<String> = Vec::new();
        let mut values: Vec<SqlValue<'_>> = Vec::new();
        let mut ask = |condition: &str, value| {
            conditions.push(condition.to_owned());
            values.push(value);
        };
        if let Some(seq) = filter.seq {
            ask("seq = ?", SqlValue::Integer(seq));
        }
        if let Some(seq) = filter.after_seq {
            ask("seq > ?", SqlValue::Integer(seq));
        }
        if let Some(actor) = &filter.actor {
            ask("actor = ?", actor.as_str().into());
        }
        if let Some(action) = &filter.action {
            ask("action = ?", action.as_str().into());
        }
        if let Some(since) = filter.since {
            ask("at >= ?", since.seconds().into());
        }
        if let Some(until) = filter.until {
            ask("at < ?", until.seconds().into());
        }
        if let Some(subjects) = &filter.subjects {
            // Ids of projects and labels are counted by themselves: these are the actions on users.
            conditions.push(format!(
                "(action LIKE 'user.%' OR action LIKE 'password.%' OR action LIKE 'sign-%' \
                 OR action LIKE 'photo.%' \
                 OR action IN ('project.assign', 'project.unassign', 'weight.set')) \
                 AND subject_id IN ({})",
                vec!["?"; subjects.len()].join(", ")
            ));
            values.extend(subjects.iter().map(|id| SqlValue::Integer(*id)));
        }
        let mut sql = "SELECT seq, at, actor, actor_id, os_uid, action, subject, subject_id, \
                       outcome, before, after, hash, batch, undoes FROM audit"
            .to_owned();
        for (place, condition) in conditions.iter().enumerate() {
            sql.push_str(if place == 0 { " WHERE " } else { " AND " });
            sql.push_str(condition);
        }
        sql.push_str(if filter.oldest_first { " ORDER BY seq" } else { " ORDER BY seq DESC" });
        self.engine.each(&sql, &values, |row| each(read_record(row)?))
    }

    /// How many of the newest two hundred entries are denials of this actor.
    pub(crate) fn recent_denials(&self, actor: &str) -> Result<i64, StoreError> {
        let count = self.engine.optional(
            "SELECT count(*) FROM audit WHERE seq > (SELECT max(seq) FROM audit) - 200 \
             AND actor = ?1 AND outcome = 'denied'",
            &[actor.into()],
            |row| row.integer(0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// The ids of the users who had this name when an entry was written.
    pub(crate) fn audited_ids(&self, username: &str) -> Result<Vec<i64>, StoreError> {
        self.engine.all(
            // The `+`: in the order of the index the whole log would be read crosswise.
            "SELECT DISTINCT subject_id FROM audit WHERE subject = ?1 \
             AND +subject_id IS NOT NULL AND action LIKE 'user.%'",
            &[username.into()],
            |row| row.integer(0),
        )
    }

    /// Recomputes the whole chain, oldest first, and looks for the hash `anchor` in it.
    pub(crate) fn verify_chain(&self, anchor: Option<&[u8]>) -> Result<ChainReport, StoreError> {
        let mut report =
            ChainReport { entries: 0, head: [0; 32], broken: None, anchor_found: false };
        let mut hashed = Vec::new();
        self.engine.each(
            "SELECT seq, at, actor, actor_id, os_uid, action, subject, subject_id, \
             outcome, before, after, hash, batch, undoes FROM audit ORDER BY seq",
            &[],
            |row| {
                let mut entry = read_record(row)?;
                let expected = report.entries + 1;
                if report.broken.is_none() {
                    if entry.seq != expected {
                        report.broken = Some((expected, "it is missing"));
                    } else if record_hash(&report.head, &mut entry, &mut hashed)? != entry.hash {
                        report.broken = Some((entry.seq, "its hash does not fit"));
                    }
                }
                report.entries = entry.seq;
                report.head = entry.hash;
                report.anchor_found |= anchor == Some(entry.hash.as_slice());
                Ok::<_, StoreError>(true)
            },
        )?;
        Ok(report)
    }
}

fn read_record(row: &SqlRow<'_>) -> Result<AuditRecord, StoreError> {
    let text = |column| row.optional_text(column).map(|text| text.map(str::to_owned));
    Ok(AuditRecord {
        seq: row.integer(0)?,
        at: Timestamp::from_seconds(row.integer(1)?),
        actor: row.text(2)?.to_owned(),
        actor_id: row.optional_integer(3)?,
        os_uid: row.integer(4)?,
        action: row.text(5)?.to_owned(),
        subject: text(6)?,
        subject_id: row.optional_integer(7)?,
        outcome: row.text(8)?.to_owned(),
        before: text(9)?,
        after: text(10)?,
        hash: row.blob(11)?.try_into().map_err(|_| row.unexpected(11))?,
        batch: row.optional_integer(12)?,
        undoes: row.optional_integer(13)?,
    })
}

/// The hash of `entry` behind one whose hash is `previous`; its `before` and `after` are used up.
/// `text` is where what is hashed is put together.
fn record_hash(
    previous: &[u8; 32],
    entry: &mut AuditRecord,
    text: &mut Vec<u8>,
) -> Result<[u8; 32], StoreError> {
    let (before, after) =
        (serialize_text(entry.before.take())?, serialize_text(entry.after.take())?);
    let fields = EntryFields(
        entry.seq,
        entry.at.seconds(),
        &entry.actor,
        entry.actor_id,
        entry.os_uid,
        &entry.action,
        entry.subject.as_deref(),
        entry.subject_id,
        &entry.outcome,
    );
    let (before, after) = (before.as_ref(), after.as_ref());
    let (batch, undoes) = (entry.batch, entry.undoes);
    let canonical = CanonicalEntry { fields, before, after, batch, undoes };
    chain_hash(previous, &canonical, text)
}

fn serialize_text(text: Option<String>) -> Result<Option<SerializedAudit>, StoreError> {
    text.map(SerializedAudit::new)
        .transpose()
        .map_err(|error| StoreError::Engine(error.to_string()))
}

/// The hash of an entry behind one whose hash is `previous`; `text` is where what is hashed is put
/// together.
pub(super) fn chain_hash(
    previous: &[u8; 32],
    canonical: &CanonicalEntry<'_>,
    text: &mut Vec<u8>,
) -> Result<[u8; 32], StoreError> {
    text.clear();
    serde_json::to_writer(&mut *text, &canonical.fields)
        .map_err(|error| StoreError::Engine(error.to_string()))?;
    // The array goes on.
    text.pop();
    for serialized in [canonical.before, canonical.after] {
        text.push(b',');
        text.extend_from_slice(serialized.map_or(b"null", |serialized| &serialized.quoted));
    }
    if canonical.batch.is_some() || canonical.undoes.is_some() {
        for number in [canonical.batch, canonical.undoes] {
            text.push(b',');
            serde_json::to_writer(&mut *text, &number)
                .map_err(|error| StoreError::Engine(error.to_string()))?;
        }
    }
    text.push(b']');
    Ok(Sha256::new().chain_update(previous).chain_update(text).finalize().into())
}

impl Transaction<'_> {
    /// From here on the entries belong together: the log has them as one batch.
    pub(crate) fn begin_batch(&self) {
        self.batch.set(Batch::Begun);
    }

    /// The number of the batch that the entry `seq` belongs to.
    pub(super) fn batch_at(&self, seq: i64) -> Option<i64> {
        if self.batch.get() == Batch::Begun {
            self.batch.set(Batch::From(seq));
        }
        match self.batch.get() {
            Batch::From(first) => Some(first),
            Batch::None | Batch::Begun => None,
        }
    }

    /// Appends an entry to the log.
    pub(crate) fn record(&self, entry: &AuditEntry) -> Result<Recorded, StoreError> {
        let head = self.audit_head()?;
        let text = |value: &Option<serde_json::Value>| {
            serialize_text(value.as_ref().map(ToString::to_string))
        };
        let (before, after) = (text(&entry.before)?, text(&entry.after)?);
        let place = (head.seq + 1, self.batch_at(head.seq + 1));
        let canonical = CanonicalEntry::of(place, entry, before.as_ref(), after.as_ref());
        let hash = chain_hash(&head.hash, &canonical, &mut Vec::with_capacity(1024))?;
        self.engine.execute(INSERT_ENTRY, &canonical.values(&hash))?;
        Ok(Recorded::new())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever checks the chain with another program quotes as everybody does.
        #[test]
        fn a_text_is_quoted_as_json(text in "\\PC*|[\\x00-\\x20\"\\\\a\u{e9}]*") {
            let serialized = SerializedAudit::new(text.clone()).unwrap();
            prop_assert_eq!(serialized.quoted, serde_json::to_vec(&text).unwrap());
        }
    }
}
