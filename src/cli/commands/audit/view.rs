//! An entry of the audit log as it is shown.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::change::in_words;
use crate::cli::terminal::output::{Column, Record};
use crate::directory::hex;
use crate::model::{AuditRecord, Timestamp};

/// An entry as it is shown.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EntryView {
    seq: i64,
    at: Timestamp,
    actor: String,
    os_uid: i64,
    action: String,
    subject: Option<String>,
    subject_id: Option<i64>,
    outcome: String,
    #[serde(serialize_with = "stored_json")]
    #[schemars(with = "Value")]
    before: Option<String>,
    #[serde(serialize_with = "stored_json")]
    #[schemars(with = "Value")]
    after: Option<String>,
    hash: String,
    /// The number of the first entry of the batch that it belongs to.
    batch: Option<i64>,
    /// The number of the entry that it takes back.
    undoes: Option<i64>,
}

/// Stored JSON goes out as it is; what is no JSON any more goes out as text.
#[expect(clippy::ref_option, reason = "serde's signature")]
pub(crate) fn stored_json<S: Serializer>(
    text: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match text.as_deref().map(serde_json::from_str::<&RawValue>) {
        None => serializer.serialize_none(),
        Some(Ok(value)) => value.serialize(serializer),
        Some(Err(_)) => text.serialize(serializer),
    }
}

impl From<AuditRecord> for EntryView {
    fn from(record: AuditRecord) -> Self {
        Self {
            seq: record.seq,
            at: record.at,
            actor: record.actor,
            os_uid: record.os_uid,
            action: record.action,
            subject: record.subject,
            subject_id: record.subject_id,
            outcome: record.outcome,
            before: record.before,
            after: record.after,
            hash: hex(&record.hash),
            batch: record.batch,
            undoes: record.undoes,
        }
    }
}

impl Record for EntryView {
    fn columns() -> &'static [Column<Self>] {
        fn text(value: Option<&String>) -> String {
            value.cloned().unwrap_or_default()
        }
        fn number(value: Option<i64>) -> String {
            value.map(|number| number.to_string()).unwrap_or_default()
        }
        static COLUMNS: [Column<EntryView>; 14] = [
            Column::number("seq", |view, _| view.seq.to_string()),
            Column::time("at", |view, medium| medium.time(view.at)),
            Column { gives_way: 1, ..Column::whole("actor", |view, _| view.actor.clone()) },
            Column {
                in_table: false,
                ..Column::number("os_uid", |view, _| view.os_uid.to_string())
            },
            Column { gives_way: 1, ..Column::whole("action", |view, _| view.action.clone()) },
            Column {
                gives_way: 1,
                ..Column::whole("subject", |view, _| text(view.subject.as_ref()))
            },
            Column {
                in_table: false,
                ..Column::number("subject_id", |view, _| number(view.subject_id))
            },
            Column { gives_way: 2, ..Column::whole("outcome", |view, _| view.outcome.clone()) },
            Column {
                in_csv: false,
                ..Column::text("change", |view, _| {
                    let words = in_words(view.before.as_deref(), view.after.as_deref());
                    let batch = view.batch.map(|batch| format!("batch {batch}"));
                    let undoes = view.undoes.map(|seq| format!("undoes {seq}"));
                    let notes: Vec<String> = [batch, undoes].into_iter().flatten().collect();
                    match (words.is_empty(), notes.is_empty()) {
                        (_, true) => words,
                        (true, _) => notes.join(", "),
                        _ => format!("{words} ({})", notes.join(", ")),
                    }
                })
            },
            Column {
                in_table: false,
                ..Column::text("before", |view, _| text(view.before.as_ref()))
            },
            Column {
                in_table: false,
                ..Column::text("after", |view, _| text(view.after.as_ref()))
            },
            Column { in_table: false, ..Column::whole("hash", |view, _| view.hash.clone()) },
            Column { in_table: false, ..Column::number("batch", |view, _| number(view.batch)) },
            Column { in_table: false, ..Column::number("undoes", |view, _| number(view.undoes)) },
        ];
        &COLUMNS
    }
}
