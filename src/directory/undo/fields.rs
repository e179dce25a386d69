//! The fields of an entry of the log, taken back: what a value becomes, and the profile that they are.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::directory::users::profile::{Placement, Profile};
use crate::model::{Phone, SkillLevel, SkillName, State, Timestamp, Weight, Window};

/// What `now` becomes where the change from `before` to `after` is taken back; `None` where what that
/// change made is not there any more. Of a list only the items count that the change touched.
pub(super) fn taken_back(now: &Value, before: &Value, after: &Value) -> Option<Value> {
    let (Value::Array(present), Value::Array(before), Value::Array(after)) = (now, before, after)
    else {
        return (now == after).then(|| before.clone());
    };
    let (present, before, after) = (by_name(present), by_name(before), by_name(after));
    let mut items = present.clone();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    for name in names {
        let (was, made) = (before.get(name), after.get(name));
        if was == made {
            continue;
        }
        if present.get(name) != made {
            return None;
        }
        match was {
            Some(was) => items.insert(name, was),
            None => items.remove(name),
        };
    }
    Some(items.into_values().cloned().collect())
}

/// The items of a list by what tells them apart.
fn by_name(items: &[Value]) -> BTreeMap<&str, &Value> {
    let named = items.iter().filter_map(|item| {
        let name = match item {
            Value::Object(parts) => parts.get("project").or(parts.get("skill"))?.as_str(),
            item => item.as_str(),
        };
        Some((name?, item))
    });
    named.collect()
}

/// The profile that these fields of the log describe; `None` where they are not of this program.
pub(super) fn profile_of(fields: &Map<String, Value>) -> Option<Profile> {
    let items =
        |name: &str| fields.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let skill = |item: &Value| {
        let name: SkillName = parse(item.get("skill")?)?;
        let level = u8::try_from(item.get("level")?.as_i64()?).ok()?;
        Some((name, level.to_string().parse::<SkillLevel>().ok()?))
    };
    let project = |item: &Value| {
        let weight = Weight::new(item.get("weight")?.as_i64()?)?;
        let window = Window { from: moment(item.get("from"))?, until: moment(item.get("until"))? };
        Some((parse(item.get("project")?)?, Placement { weight, window }))
    };
    let state = match fields.get("state")?.as_str()? {
        "active" => State::Active,
        "inactive" => State::Inactive,
        _ => return None,
    };
    let phone = match present(fields.get("phone")) {
        Some(value) => Some(Phone::parse(value.as_str()?, None).ok()?),
        None => None,
    };
    Some(Profile {
        full_name: Some(parse(fields.get("full_name")?)?),
        email: optional(fields.get("email"))?,
        phone,
        state,
        window: Window { from: moment(fields.get("from"))?, until: moment(fields.get("until"))? },
        roles: items("roles").iter().map(parse).collect::<Option<_>>()?,
        teams: items("teams").iter().map(parse).collect::<Option<_>>()?,
        skills: items("skills").iter().map(skill).collect::<Option<_>>()?,
        language: optional(fields.get("language"))?,
        project_selection: fields.get("project_selection")?.as_bool()?,
        projects: items("projects").iter().map(project).collect::<Option<_>>()?,
    })
}

/// The text of a value, parsed.
pub(super) fn parse<T: FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

/// A value that is not null.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// The same of a value that may be absent.
#[expect(clippy::option_option, reason = "whether it is understood, and whether it is there")]
pub(super) fn optional<T: FromStr>(value: Option<&Value>) -> Option<Option<T>> {
    match present(value) {
        Some(value) => parse(value).map(Some),
        None => Some(None),
    }
}

/// A moment that may be absent.
#[expect(clippy::option_option, reason = "whether it is understood, and whether it is there")]
fn moment(value: Option<&Value>) -> Option<Option<Timestamp>> {
    match present(value) {
        Some(value) => {
            let moment: jiff::Timestamp = value.as_str()?.parse().ok()?;
            Some(Some(Timestamp::from_seconds(moment.as_second())))
        }
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_goes_back_where_it_is_still_the_one_that_was_made() {
        let back = |now, before, after| taken_back(&now, &before, &after);
        assert_eq!(back(json!("b"), json!("a"), json!("b")), Some(json!("a")));
        assert_eq!(back(json!("c"), json!("a"), json!("b")), None);
        assert_eq!(back(json!(null), json!("a"), json!(null)), Some(json!("a")));
        // What came to the list later stays, and does not stand in the way.
        let (before, after) = (json!(["x", "y"]), json!(["y", "z"]));
        assert_eq!(
            back(json!(["n", "y", "z"]), before.clone(), after.clone()),
            Some(json!(["n", "x", "y"]))
        );
        assert_eq!(back(json!(["n", "y"]), before.clone(), after.clone()), None);
        assert_eq!(back(json!(["x", "y", "z"]), before, after), None);
        let weight = |weight: i64| json!([{"project": "hu", "weight": weight}]);
        assert_eq!(back(weight(20), weight(10), weight(20)), Some(weight(10)));
        assert_eq!(back(weight(30), weight(10), weight(20)), None);
        assert_eq!(back(weight(20), json!([]), weight(20)), Some(json!([])));
    }
}
