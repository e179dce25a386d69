//! A plan as it is shown, and the answers to single rows.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::view::{UserJson, UserView};
use crate::cli::error::CliError;
use crate::cli::terminal::output::{Column, Medium, Record};
use crate::directory::{PlannedAction, PlannedChange};
use crate::model::{Secret, Timestamp, User};

/// One part of a plan.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PlanView {
    line: Option<u64>,
    action: &'static str,
    username: String,
    /// By field: `{"old": ..., "new": ...}`.
    changes: Map<String, Value>,
}

impl PlanView {
    pub(super) fn new(item: PlannedChange) -> Self {
        let PlannedChange { line, username, action, before, after, .. } = item;
        let changes = changes(action, before, after);
        Self { line, action: action.as_str(), username: username.to_string(), changes }
    }
}

/// The fields that change, each with its `old` and `new` value; of what is new those that it has.
pub(crate) fn changes(
    action: PlannedAction,
    mut before: Map<String, Value>,
    mut after: Map<String, Value>,
) -> Map<String, Value> {
    if action == PlannedAction::Create {
        before.clear();
        after.retain(|field, value| !["username", "name"].contains(&&**field) && !is_empty(value));
    }
    let mut changes = Map::new();
    for (field, new) in after {
        let old = before.remove(&field).unwrap_or(Value::Null);
        changes.insert(field, json!({"old": old, "new": new}));
    }
    changes
}

/// The same in a cell.
pub(crate) fn change_words(action: &str, changes: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (field, change) in changes {
        let separator = if text.is_empty() { "" } else { "; " };
        let (old, new) = (&change["old"], &change["new"]);
        // Writing into a string cannot fail.
        _ = match action {
            "create" => write!(text, "{separator}{field}: {}", words(new)),
            _ => write!(text, "{separator}{field}: {} -> {}", words(old), words(new)),
        };
    }
    text
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A value in a cell: lists joined, a number behind its name.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(","),
        Value::Object(parts) => {
            let named = [("skill", "level"), ("project", "weight")].into_iter().find_map(
                |(name, number)| {
                    Some(format!("{}:{}", parts.get(name)?.as_str()?, parts.get(number)?))
                },
            );
            let origin = || parts.get("origin").and_then(Value::as_str).map(str::to_owned);
            named.or_else(origin).unwrap_or_else(|| value.to_string())
        }
        other => other.to_string(),
    }
}

impl Record for PlanView {
    fn columns() -> &'static [Column<Self>] {
        const {
            &[
                Column::number("line", |view, _| {
                    view.line.map(|line| line.to_string()).unwrap_or_default()
                }),
                Column::whole("action", |view, _| view.action.to_owned()),
                Column::whole("username", |view, _| view.username.clone()),
                // Somebody decides by it: a long one wraps.
                Column::whole("changes", |view, _| change_words(view.action, &view.changes)),
            ]
        }
    }
}

/// What came of one row.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RowResultView {
    line: u64,
    action: &'static str,
    username: Option<String>,
    /// The password that was made, where it goes nowhere else.
    temporary_password: Option<String>,
    #[schemars(with = "Option<UserJson<'static>>")]
    user: Option<UserView>,
    error: Option<RowRefusal>,
}

#[derive(Serialize, JsonSchema)]
struct RowRefusal {
    code: &'static str,
    message: String,
    hint: Option<String>,
    column: Option<String>,
}

impl RowResultView {
    pub(super) fn done(
        item: &PlannedChange,
        user: User,
        now: Timestamp,
        shown: Option<&Secret>,
    ) -> Self {
        Self {
            line: item.line.unwrap_or_default(),
            action: item.action.as_str(),
            username: Some(user.username.to_string()),
            temporary_password: shown.map(|secret| secret.expose().to_owned()),
            user: Some(UserView::new(user, now)),
            error: None,
        }
    }

    pub(super) fn refused(line: u64, failure: &CliError) -> Self {
        let detail = |name: &str| {
            let found = failure.details.iter().find(|(field, _)| *field == name);
            found.and_then(|(_, value)| value.as_str().map(str::to_owned))
        };
        Self {
            line,
            action: "refuse",
            username: detail("username"),
            temporary_password: None,
            user: None,
            error: Some(RowRefusal {
                code: failure.code.as_str(),
                message: failure.message.clone(),
                hint: failure.hint.clone(),
                column: detail("column"),
            }),
        }
    }
}

impl Record for RowResultView {
    fn columns() -> &'static [Column<Self>] {
        const {
            &[
                Column::number("line", |view, _| view.line.to_string()),
                Column::whole("action", |view, _| view.action.to_owned()),
                Column::whole("username", |view, _| view.username.clone().unwrap_or_default()),
                Column {
                    raw_in_csv: true,
                    ..Column::text("temporary_password", |view, _: Medium| {
                        view.temporary_password.clone().unwrap_or_default()
                    })
                },
                Column::text("code", |view, _| {
                    view.error.as_ref().map_or(String::new(), |error| error.code.to_owned())
                }),
                Column::text("message", |view, _| {
                    view.error.as_ref().map_or(String::new(), |error| error.message.clone())
                }),
            ]
        }
    }
}
