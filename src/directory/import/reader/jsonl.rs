//! JSONL: one object a line, of the shape in which users are exported.

use std::fmt;
use std::io::{BufRead, Read};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::input::TextInput;
use super::record::{MAX_ROW_BYTES, ParsedRow, RawRow, ReadError, RowBuilder, row_error};
use crate::directory::import::mapping::{CellValue, ImportMapping};
use crate::directory::import::remedy::{Flaw, ManualRemedy};
use crate::model::{ImportField, Invalid, Rule, Secret};

/// What an export holds beside what can be set.
const READ_ONLY_FIELDS: [&str; 8] = [
    "password",
    "locked",
    "locked_until",
    "photo",
    "created_at",
    "updated_at",
    "last_sign_in_at",
    "created",
];

/// More fields than these no user has.
const MAX_JSON_FIELDS: usize = 200;

/// The lines of a file.
pub(in crate::directory::import) struct JsonlReader<R> {
    input: TextInput<R>,
    line: Vec<u8>,
    number: u64,
}

/// An object with its fields in their order, each once.
struct JsonObject(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = JsonObject;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
                let mut fields: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.iter().any(|(earlier, _)| *earlier == name) {
                        let name = name.escape_debug();
                        return Err(serde::de::Error::custom(format!("`{name}` appears twice")));
                    }
                    fields.push((name, value));
                    if fields.len() > MAX_JSON_FIELDS {
                        return Err(serde::de::Error::custom("it has too many fields"));
                    }
                }
                Ok(JsonObject(fields))
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

impl<R: Read> JsonlReader<R> {
    pub(in crate::directory::import) fn new(input: TextInput<R>) -> Self {
        Self { input, line: Vec::new(), number: 0 }
    }

    pub(in crate::directory::import) fn next(
        &mut self,
        mapping: &ImportMapping,
    ) -> Result<Option<ParsedRow>, ReadError> {
        if !self.read()? {
            return Ok(None);
        }
        let mut draft = RowBuilder::at(self.number);
        let object = std::str::from_utf8(self.line.trim_ascii_end())
            .map_err(|_| Flaw::from(Invalid::new(Rule::Row, "the line is not UTF-8")))
            .and_then(|text| {
                serde_json::from_str::<JsonObject>(text).map_err(|error| {
                    // Its "line 1" is not the line of the file.
                    let text = error.to_string();
                    let what =
                        text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
                    let place = error.column();
                    let what = format!("the line is not a JSON object: {what} (byte {place})");
                    Flaw::new(Invalid::new(Rule::Row, what), ManualRemedy::JsonLines)
                })
            });
        let JsonObject(fields) = match object {
            Ok(object) => object,
            Err(flaw) => {
                return Ok(Some(ParsedRow::Flawed(vec![row_error(self.number, flaw)], None)));
            }
        };
        let mut seen: Vec<ImportField> = Vec::new();
        for (name, value) in &fields {
            if READ_ONLY_FIELDS.contains(&name.as_str()) && !mapping.maps(name) {
                continue;
            }
            let taken = match mapping.member(name) {
                Ok(None) => continue,
                Ok(Some(field)) if seen.contains(&field) => {
                    Err(Invalid::new(Rule::Row, format!("`{field}` appears twice")).into())
                }
                Ok(Some(field)) => {
                    seen.push(field);
                    take(&mut draft, mapping, field, value)
                }
                Err(invalid) => {
                    let hint = invalid.hint.unwrap_or_default();
                    let what = format!("unknown field `{}`", name.escape_debug());
                    Err(Invalid::new(Rule::Row, what).with_hint(hint).into())
                }
            };
            if let Err(flaw) = taken {
                draft.note(Some(name), None, flaw);
            }
        }
        Ok(Some(draft.finish("username", None)))
    }

    /// Reads the next line that holds anything; `false` at the end.
    fn read(&mut self) -> Result<bool, ReadError> {
        let limit = u64::try_from(MAX_ROW_BYTES + 1).unwrap_or(u64::MAX);
        loop {
            self.line.clear();
            self.number += 1;
            if self.input.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(false);
            }
            if self.line.len() > MAX_ROW_BYTES {
                let what = format!("the line is longer than {MAX_ROW_BYTES} bytes");
                return Err(ReadError::at(self.number, Invalid::new(Rule::Row, what)));
            }
            if self.line.contains(&0) {
                let invalid = Invalid::new(Rule::Row, "the line contains a NUL byte");
                return Err(ReadError::at(self.number, invalid));
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    pub(in crate::directory::import) fn digest(&self) -> u64 {
        self.input.digest()
    }

    pub(in crate::directory::import) fn raw(&self) -> RawRow {
        RawRow { header: vec![b"row".to_vec()], cells: vec![self.line.trim_ascii_end().to_vec()] }
    }
}

fn take(
    draft: &mut RowBuilder,
    mapping: &ImportMapping,
    field: ImportField,
    value: &Value,
) -> Result<(), Flaw> {
    match (field, value) {
        (ImportField::Username, Value::String(text)) => draft.username = Some(text.clone()),
        (ImportField::Username, _) => {
            return Err(Invalid::new(Rule::Username, "the username has to be a string").into());
        }
        (ImportField::TemporaryPassword, Value::Null) => {}
        (ImportField::TemporaryPassword, Value::String(text)) => {
            draft.password = Some(Secret::new(text.clone()));
        }
        (ImportField::TemporaryPassword, _) => {
            return Err(Invalid::new(Rule::Password, "a password has to be a string").into());
        }
        (_, Value::Null) => mapping.apply(&mut draft.edits, field, &CellValue::Clear)?,
        (ImportField::ProjectSelection, Value::Bool(on)) => {
            let text = if *on { "true" } else { "false" };
            mapping.apply(&mut draft.edits, field, &CellValue::Text(text.into()))?;
        }
        (
            ImportField::Roles | ImportField::Teams | ImportField::Skills | ImportField::Projects,
            _,
        ) => {
            let items = items(field, value)?;
            if items.is_empty() && value.is_object() {
                return Ok(());
            }
            let items = items.iter().map(|(sign, text)| (*sign, text.as_str())).collect();
            mapping.apply(&mut draft.edits, field, &CellValue::List(items))?;
        }
        (_, Value::String(text)) => {
            mapping.apply(&mut draft.edits, field, &CellValue::Text(text.into()))?;
        }
        (_, _) => {
            return Err(Invalid::new(Rule::Row, format!("`{field}` has to be a string")).into());
        }
    }
    Ok(())
}

/// The items of a list, in the form that they have on a command line.
fn items(field: ImportField, value: &Value) -> Result<Vec<(Option<bool>, String)>, Invalid> {
    let wrong = || {
        Invalid::new(Rule::Row, format!("`{field}` has to be a list"))
            .with_hint("or an object with the lists `add` and `remove`")
    };
    match value {
        Value::Array(items) => items.iter().map(|value| Ok((None, item(field, value)?))).collect(),
        Value::Object(lists) => {
            let mut found = Vec::new();
            for (name, list) in lists {
                let sign = match name.as_str() {
                    "add" => true,
                    "remove" => false,
                    _ => return Err(wrong()),
                };
                for value in list.as_array().ok_or_else(wrong)? {
                    found.push((Some(sign), item(field, value)?));
                }
            }
            Ok(found)
        }
        _ => Err(wrong()),
    }
}

/// `"billing:3"`, or `{"skill": "billing", "level": 3}`, a project with `from` and `until` too; what
/// else an export has is left out.
fn item(field: ImportField, value: &Value) -> Result<String, Invalid> {
    let (name, number, others): (_, _, &[&str]) = match field {
        ImportField::Skills => ("skill", "level", &[]),
        ImportField::Projects => ("project", "weight", &["from", "until", "share"]),
        _ => ("", "", &[]),
    };
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Object(parts) if !name.is_empty() => {
            let known = |part: &String| part == name || part == number;
            if let Some(other) =
                parts.keys().find(|part| !known(part) && !others.contains(&part.as_str()))
            {
                let what = format!("unknown field `{}` in `{field}`", other.escape_debug());
                return Err(Invalid::new(Rule::Row, what));
            }
            let text = parts.get(name).and_then(Value::as_str).ok_or_else(|| {
                Invalid::new(Rule::Row, format!("an item of `{field}` has no `{name}`"))
            })?;
            let number = match parts.get(number) {
                None | Some(Value::Null) => String::new(),
                Some(Value::Number(number)) => format!(":{number}"),
                Some(_) => {
                    let what = format!("`{number}` has to be a whole number");
                    return Err(Invalid::new(Rule::Row, what));
                }
            };
            Ok(format!("{text}{number}{}", window(parts)?))
        }
        _ => Err(Invalid::new(Rule::Row, format!("an item of `{field}` is not valid"))),
    }
}

/// The window of a project, as the command line has it; nothing where it has none.
fn window(parts: &Map<String, Value>) -> Result<String, Invalid> {
    let edge = |name: &str| match parts.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(Invalid::new(Rule::Row, format!("`{name}` has to be a string"))),
    };
    match (edge("from")?, edge("until")?) {
        ("", "") => Ok(String::new()),
        (from, until) => Ok(format!("@{from}/{until}")),
    }
}
