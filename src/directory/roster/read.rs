//! A roster's text, read: what it owns, the places, and its users as the rows of an import, each in
//! the line in which it begins.

use serde_json::{Map, Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Owns, fields};
use crate::directory::{Error, RosterPlace, RowError};
use crate::model::{ImportField, Invalid, Priority, ProjectDetails, Rule, State};

/// A roster that was read; its values are checked where it is imported.
#[derive(Debug)]
pub struct Roster {
    /// Which users it owns, where it says so.
    pub owns: Option<Owns>,
    /// The teams, skills and projects.
    pub places: Vec<RosterPlace>,
    /// Its users, as JSONL: each in the line in which it begins.
    pub rows: Vec<u8>,
}

/// A text with the offsets at which its lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// The line of what begins there, counted from 1.
    fn at(&self, offset: usize) -> u64 {
        self.0.partition_point(|begin| *begin <= offset) as u64
    }
}

/// What is wrong, and where.
struct Flaws {
    lines: Lines,
    found: Vec<RowError>,
}

impl Flaws {
    fn add(&mut self, offset: usize, username: Option<&str>, column: Option<&str>, what: Invalid) {
        self.found.push(RowError {
            line: self.lines.at(offset),
            column: column.map(str::to_owned),
            username: username.map(str::to_owned),
            cell: None,
            error: Error::Invalid(what),
            remedy: None,
        });
    }
}

fn wrong(what: impl Into<String>) -> Invalid {
    Invalid::new(Rule::Row, what)
}

/// A table of the text.
type Entries<'t, 'i> = &'t DeTable<'i>;

impl Roster {
    /// Reads a roster.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its form, each with its line.
    pub fn parse(text: &str) -> Result<Self, Vec<RowError>> {
        let mut flaws = Flaws { lines: Lines::of(text), found: Vec::new() };
        let root = match DeTable::parse(text) {
            Ok(root) => root,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                flaws.add(at, None, None, wrong(format!("this is no TOML: {}", error.message())));
                return Err(flaws.found);
            }
        };
        let root = root.get_ref();
        let mut roster = Self { owns: None, places: Vec::new(), rows: Vec::new() };
        let mut owned = None;
        for (name, value) in root {
            let read = match (name.get_ref().as_ref(), value.get_ref()) {
                ("owns", value) => texts(value).and_then(|words| Owns::parse(&words)).map(|owns| {
                    roster.owns = Some(owns);
                }),
                ("fields", value) => texts(value)
                    .and_then(|names| known_fields(&names))
                    .map(|names| owned = Some(names)),
                ("teams", value) => texts(value).and_then(|names| {
                    let team = |name: &String| name.parse().map(RosterPlace::Team);
                    roster.places.extend(names.iter().map(team).collect::<Result<Vec<_>, _>>()?);
                    Ok(())
                }),
                ("skills", value) => texts(value).and_then(|names| {
                    let skill = |name: &String| name.parse().map(RosterPlace::Skill);
                    roster.places.extend(names.iter().map(skill).collect::<Result<Vec<_>, _>>()?);
                    Ok(())
                }),
                ("project" | "user", DeValue::Table(_)) => Ok(()),
                ("project" | "user", _) => Err(wrong("it has to be a table")),
                (name, _) => {
                    Err(wrong(format!("`{}` is no part of a roster", name.escape_debug()))
                        .with_hint("these are: owns, fields, teams, skills, project, user"))
                }
            };
            if let Err(invalid) = read {
                flaws.add(name.span().start, None, Some(name.get_ref()), invalid);
            }
        }
        for (name, value) in entries(root, "project") {
            match project(name.get_ref(), value.get_ref()) {
                Ok(place) => roster.places.push(place),
                Err(invalid) => flaws.add(name.span().start, None, Some("project"), invalid),
            }
        }
        let mut line = 1;
        for (name, value) in entries(root, "user") {
            let begins = flaws.lines.at(name.span().start);
            match user(name.get_ref(), value.get_ref(), owned.as_deref()) {
                Ok(row) => {
                    while line < begins {
                        roster.rows.push(b'\n');
                        line += 1;
                    }
                    roster.rows.extend_from_slice(Value::from(row).to_string().as_bytes());
                    roster.rows.push(b'\n');
                    line += 1;
                }
                Err((field, invalid)) => {
                    flaws.add(name.span().start, Some(name.get_ref()), Some(field), invalid);
                }
            }
        }
        if roster.rows.is_empty() {
            // Without a byte an import takes a file for a mistake.
            roster.rows.push(b'\n');
        }
        if flaws.found.is_empty() { Ok(roster) } else { Err(flaws.found) }
    }
}

/// What the table `name` holds, in the order of the text.
fn entries<'t, 'i>(
    root: Entries<'t, 'i>,
    name: &str,
) -> Vec<(&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let table = root.get(name).and_then(|value| value.get_ref().as_table());
    let mut entries: Vec<_> = table.into_iter().flatten().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

/// A list of texts.
fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Invalid> {
    let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
    let list = value.as_array().and_then(|list| list.iter().map(text).collect());
    list.ok_or_else(|| wrong("it has to be a list of strings"))
}

fn known_fields(names: &[String]) -> Result<Vec<ImportField>, Invalid> {
    let known = |name: &String| {
        fields().find(|field| field.as_str() == name).ok_or_else(|| {
            let all: Vec<&str> = fields().map(ImportField::as_str).collect();
            wrong(format!("a roster has no field `{}`", name.escape_debug()))
                .with_hint(format!("these are: {}", all.join(", ")))
        })
    };
    names.iter().map(known).collect()
}

/// A project: what its table does not say, it does not have.
fn project(name: &str, value: &DeValue<'_>) -> Result<RosterPlace, Invalid> {
    let table = value.as_table().ok_or_else(|| wrong("it has to be a table"))?;
    let mut details = ProjectDetails::default();
    let mut state = State::Active;
    for (field, value) in table {
        let text = || {
            let text = value.get_ref().as_str();
            text.ok_or_else(|| wrong(format!("`{}` has to be a string", field.get_ref())))
        };
        match field.get_ref().as_ref() {
            "language" => details.language = Some(text()?.parse()?),
            "description" => details.description = Some(text()?.parse()?),
            "state" => {
                state = match text()? {
                    "active" => State::Active,
                    "inactive" => State::Inactive,
                    _ => return Err(wrong("`state` has to be active or inactive")),
                }
            }
            "priority" => {
                let number = integer(value.get_ref()).and_then(|number| u8::try_from(number).ok());
                let priority = number.and_then(Priority::new);
                details.priority = priority
                    .ok_or_else(|| wrong("`priority` has to be a whole number from 0 to 100"))?;
            }
            other => {
                let what = format!("a project has no `{}`", other.escape_debug());
                return Err(
                    wrong(what).with_hint("these are: language, description, priority, state")
                );
            }
        }
    }
    Ok(RosterPlace::Project(name.parse()?, details, state))
}

/// A user as the row of an import. A field of `owned` that is not there is to be empty.
fn user<'f>(
    name: &str,
    value: &'f DeValue<'_>,
    owned: Option<&[ImportField]>,
) -> Result<Map<String, Value>, (&'f str, Invalid)> {
    let table = value.as_table().ok_or_else(|| ("user", wrong("it has to be a table")))?;
    let mut row = Map::new();
    row.insert("username".to_owned(), name.into());
    for (field, value) in table {
        let field = field.get_ref().as_ref();
        let read = match field {
            "username" => Err(wrong("the name of the table is the username")),
            "temporary_password" => Err(wrong("a roster has no passwords")
                .with_hint("new users get theirs when it is applied")),
            "skills" => list(value.get_ref(), "skill", "level"),
            "projects" => list(value.get_ref(), "project", "weight"),
            _ => json(value.get_ref()),
        };
        row.insert(field.to_owned(), read.map_err(|invalid| (field, invalid))?);
    }
    for field in owned.unwrap_or_default() {
        let empty = match field {
            ImportField::Email
            | ImportField::Phone
            | ImportField::Language
            | ImportField::From
            | ImportField::Until => Value::Null,
            ImportField::Teams | ImportField::Skills | ImportField::Projects => json!([]),
            ImportField::State => State::Active.as_str().into(),
            ImportField::ProjectSelection => true.into(),
            ImportField::Username
            | ImportField::FullName
            | ImportField::Roles
            | ImportField::TemporaryPassword => continue,
        };
        row.entry(field.as_str()).or_insert(empty);
    }
    Ok(row)
}

/// A list of what has a number each: `en-support = 20`, or a table with more about it.
fn list(value: &DeValue<'_>, name: &str, number: &str) -> Result<Value, Invalid> {
    let Some(table) = value.as_table() else { return json(value) };
    let item = |(key, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let mut item = match json(value.get_ref())? {
            Value::Object(parts) => parts,
            count => Map::from_iter([(number.to_owned(), count)]),
        };
        item.insert(name.to_owned(), key.get_ref().as_ref().into());
        Ok(Value::from(item))
    };
    table.iter().map(item).collect()
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn json(value: &DeValue<'_>) -> Result<Value, Invalid> {
    Ok(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(_) => {
            integer(value).ok_or_else(|| wrong("the number is too large"))?.into()
        }
        DeValue::Boolean(word) => (*word).into(),
        DeValue::Datetime(moment) => moment.to_string().into(),
        DeValue::Float(_) => return Err(wrong("a number has to be a whole one")),
        DeValue::Array(items) => {
            items.iter().map(|item| json(item.get_ref())).collect::<Result<_, _>>()?
        }
        DeValue::Table(parts) => {
            let part =
                |(name, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)| {
                    Ok((name.get_ref().as_ref().to_owned(), json(value.get_ref())?))
                };
            Value::Object(parts.iter().map(part).collect::<Result<_, _>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> String {
        String::from_utf8(Roster::parse(text).unwrap().rows).unwrap()
    }

    fn flaw(text: &str) -> String {
        let flaw = Roster::parse(text).unwrap_err().remove(0);
        format!("{} {:?}: {}", flaw.line, flaw.column, flaw.error)
    }

    #[test]
    fn a_user_is_the_row_of_their_line() {
        let text = "owns = ['all']\n\n[user.zoe]\nfull_name = 'Zoe'\n\n[user.\"a.b\"]\nroles = ['agent']\n\
                    projects.en = 20\nprojects.hu = { weight = 3, until = '2027-01-01' }\nskills.x = 0x2\n";
        assert_eq!(
            rows(text),
            "\n\n{\"full_name\":\"Zoe\",\"username\":\"zoe\"}\n\n\n\
             {\"projects\":[{\"project\":\"en\",\"weight\":20},\
             {\"project\":\"hu\",\"until\":\"2027-01-01\",\"weight\":3}],\"roles\":[\"agent\"],\
             \"skills\":[{\"level\":2,\"skill\":\"x\"}],\"username\":\"a.b\"}\n"
        );
    }

    /// Users on one line have one each all the same.
    #[test]
    fn a_field_that_is_owned_and_missing_is_to_be_empty() {
        let text =
            "fields = ['email', 'teams', 'state']\nuser = { a = {}, b = { email = 'b@c.de' } }";
        assert_eq!(
            rows(text),
            "\n{\"email\":null,\"state\":\"active\",\"teams\":[],\"username\":\"a\"}\n\
             {\"email\":\"b@c.de\",\"state\":\"active\",\"teams\":[],\"username\":\"b\"}\n"
        );
        assert_eq!(rows("user.a = {}"), "{\"username\":\"a\"}\n");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, expected) in [
            ("a = ", "1 None: this is no TOML"),
            ("\nusers = 1", "2 Some(\"users\"): `users` is no part of a roster"),
            ("owns = 'all'", "1 Some(\"owns\"): it has to be a list of strings"),
            ("owns = ['x']", "1 Some(\"owns\"): `x` has no `=`"),
            ("fields = ['password']", "1 Some(\"fields\"): a roster has no field `password`"),
            ("teams = ['No Slug']", "1 Some(\"teams\")"),
            ("user = 1", "1 Some(\"user\"): it has to be a table"),
            ("user.a = 1", "1 Some(\"user\"): it has to be a table"),
            (
                "\n[user.a]\ntemporary_password = 'x'",
                "2 Some(\"temporary_password\"): a roster has no",
            ),
            ("[user.a]\nprojects.x = 1.5", "1 Some(\"projects\"): a number has to be a whole one"),
            ("[project.x]\ncolour = 1", "1 Some(\"project\"): a project has no `colour`"),
            ("[project.x]\npriority = 101", "1 Some(\"project\"): `priority` has to be"),
        ] {
            let flaw = flaw(text);
            assert!(flaw.starts_with(expected), "{text}: {flaw}");
        }
    }
}
