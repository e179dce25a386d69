//! What an audit entry changed, in the words of a person: `projects: en-support 5 -> 10, +hu-sales:3`.

use serde_json::{Map, Value};

use crate::cli::terminal::output::time::{from_utc_time, local_time};

/// The fields that are told first, in this order; all others follow by name.
const FIRST_FIELDS: [&str; 6] = ["username", "name", "full_name", "state", "roles", "projects"];

/// A field's name, and its value before and after in words; `None` where the entry does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldChange {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// Both in one.
    words: String,
}

/// The fields of an entry whose `before` and `after` are these JSON texts.
pub(crate) fn field_changes(before: Option<&str>, after: Option<&str>) -> Vec<FieldChange> {
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    let place = |name: &String| FIRST_FIELDS.iter().position(|first| first == name);
    names.sort_by_key(|name| (place(name).unwrap_or(FIRST_FIELDS.len()), *name));
    names.dedup();
    names.into_iter().map(|name| change(name, before.get(name), after.get(name))).collect()
}

/// The changes in one line; what was made or ended is not told its name, which is the subject's, nor
/// the fields that it had no value in.
pub(crate) fn in_words(before: Option<&str>, after: Option<&str>) -> String {
    let told = field_changes(before, after);
    let told = told.iter().filter(|change| {
        let is_new_or_gone = change.before.is_none() || change.after.is_none();
        let is_subject = is_new_or_gone && ["username", "name"].contains(&change.field.as_str());
        !is_subject && !change.words.is_empty()
    });
    told.map(|change| format!("{}: {}", label(&change.field), change.words))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The fields of a JSON object; what is no object is a field without a name's worth: its text.
fn fields(text: Option<&str>) -> Map<String, Value> {
    let Some(text) = text else { return Map::new() };
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => Map::from_iter([("value".to_owned(), other)]),
        Err(_) => Map::from_iter([("value".to_owned(), text.into())]),
    }
}

fn label(field: &str) -> String {
    field.replace('_', " ")
}

fn change(field: &str, before: Option<&Value>, after: Option<&Value>) -> FieldChange {
    let words = match (before, after) {
        (Some(before), Some(after)) => match (items(before), items(after)) {
            (Some(before), Some(after)) => list_change(&before, &after),
            _ => format!("{} -> {}", or_dash(&brief(before)), or_dash(&brief(after))),
        },
        (one, other) => one.or(other).map(brief).unwrap_or_default(),
    };
    let field = field.to_owned();
    FieldChange { field, before: before.map(show), after: after.map(show), words }
}

/// What a list lost and got, and the items whose number is another one now.
fn list_change(before: &[(String, Option<i64>)], after: &[(String, Option<i64>)]) -> String {
    let of = |items: &[(String, Option<i64>)], name: &str| {
        items.iter().find(|(item, _)| item == name).map(|(_, number)| *number)
    };
    let mut told = Vec::new();
    for item in before {
        match of(after, &item.0) {
            None => told.push(format!("-{}", item.0)),
            Some(number) if number == item.1 => {}
            Some(number) => {
                let shown = |number: Option<i64>| number.map_or("-".to_owned(), |n| n.to_string());
                told.push(format!("{} {} -> {}", item.0, shown(item.1), shown(number)));
            }
        }
    }
    let new = after.iter().filter(|(name, _)| of(before, name).is_none());
    told.extend(new.map(|item| format!("+{}", item_words(item))));
    told.join(", ")
}

/// The items of a list, each with its number where it has one: a weight, a level.
fn items(value: &Value) -> Option<Vec<(String, Option<i64>)>> {
    let list = value.as_array()?;
    list.iter()
        .map(|item| match item {
            Value::String(name) => Some((name.clone(), None)),
            Value::Object(parts) if parts.len() == 2 => {
                let name = parts.values().find_map(Value::as_str)?;
                Some((name.to_owned(), parts.values().find_map(Value::as_i64)))
            }
            _ => None,
        })
        .collect()
}

fn item_words((name, number): &(String, Option<i64>)) -> String {
    match number {
        Some(number) => format!("{name}:{number}"),
        None => name.clone(),
    }
}

/// A value as a person reads it; empty where there is none.
fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => from_utc_time(text).map_or_else(|| text.clone(), local_time),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(list) => match items(value) {
            Some(items) => items.iter().map(item_words).collect::<Vec<_>>().join(", "),
            None => list.iter().map(show).collect::<Vec<_>>().join(", "),
        },
        Value::Object(parts) => parts
            .iter()
            .filter(|(_, part)| !part.is_null())
            .map(|(name, part)| format!("{} {}", label(name), show(part)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Number(_) => value.to_string(),
    }
}

/// A value in short: of a password its kind.
fn brief(value: &Value) -> String {
    match value.get("kind") {
        Some(Value::String(kind)) => kind.clone(),
        _ => show(value),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_words() {
        for (before, after, words) in [
            (
                r#"{"projects": [{"project": "en", "weight": 5}, {"project": "hu", "weight": 1}]}"#,
                r#"{"projects": [{"project": "de", "weight": 3}, {"project": "en", "weight": 10}]}"#,
                "projects: en 5 -> 10, -hu, +de:3",
            ),
            (r#"{"roles": ["agent"]}"#, r#"{"roles": ["agent", "admin"]}"#, "roles: +admin"),
            (
                r#"{"email": null, "phone": "+361"}"#,
                r#"{"email": "a@b.hu", "phone": null}"#,
                "email: - -> a@b.hu; phone: +361 -> -",
            ),
            (
                r#"{"full_name": "A", "state": "active"}"#,
                r#"{"full_name": "B", "state": "inactive"}"#,
                "full name: A -> B; state: active -> inactive",
            ),
        ] {
            assert_eq!(in_words(Some(before), Some(after)), words);
        }
    }

    #[test]
    fn what_is_new_or_gone_is_told_without_what_it_never_had() {
        let user = r#"{"email": null, "full_name": "Al", "project_selection": true,
                       "password": {"expires_at": null, "kind": "temporary"},
                       "skills": [{"level": 2, "skill": "billing"}], "teams": []}"#;
        let words = "full name: Al; password: temporary; project selection: yes; skills: billing:2";
        assert_eq!(in_words(None, Some(user)), words);
        assert_eq!(in_words(Some(user), None), words);
        assert_eq!(in_words(None, None), "");
    }

    /// The log outlives the program: what another version or a stranger wrote is shown as it is.
    #[test]
    fn what_is_not_understood_is_shown() {
        assert_eq!(in_words(None, Some("[1, {}]")), "value: 1, ");
        assert_eq!(in_words(Some("no JSON"), None), "value: no JSON");
        assert_eq!(in_words(Some(r#"{"a": 1}"#), Some(r#"{"a": [2]}"#)), "a: 1 -> 2");
    }
}
