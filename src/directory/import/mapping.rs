//! How the values of a file become those of users: the words of this site and of spreadsheets for what
//! there is.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::damage::{error_word, is_exponent, is_fraction};
use super::remedy::{Doubt, Flaw, ImportRemedy};
use super::row::{FieldEdit, ListEdit, RowEdits};
use super::truth::truth;
use crate::model::{
    AssignmentRequest, ImportField, Invalid, Phone, ProjectName, Role, Rule, Secret, SkillGrant,
    SkillName, State, TeamName, unescape_formula,
};

/// A value as a file has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CellValue<'a> {
    /// It says nothing.
    Absent,
    /// It is to be empty.
    Clear,
    /// Text, trimmed (but for passwords).
    Text(Cow<'a, str>),
    /// A list; each item with whether it is added (`Some(true)`), removed or just there.
    List(Vec<(Option<bool>, &'a str)>),
}

/// How the values of a file are read.
#[derive(Debug, Clone, Default)]
pub struct ImportMapping {
    /// The region of national phone numbers.
    pub phone_region: Option<String>,
    /// What a header's columns mean; `None`: nothing, they are ignored.
    pub columns: Vec<(String, Option<ImportField>)>,
    /// The same, as the site's settings say it of every file.
    pub site_columns: Vec<(String, Option<ImportField>)>,
    /// Roles as another system calls them.
    pub roles: Vec<(String, Role)>,
    /// Teams as another system calls them.
    pub teams: Vec<(String, TeamName)>,
    /// Skills as another system calls them.
    pub skills: Vec<(String, SkillName)>,
    /// Projects as another system calls them.
    pub projects: Vec<(String, ProjectName)>,
    /// Whether digits without a `+` are an international number.
    pub assume_plus: bool,
}

impl ImportMapping {
    /// Puts a value into `edits`.
    pub(super) fn apply(
        &self,
        edits: &mut RowEdits,
        field: ImportField,
        value: &CellValue<'_>,
    ) -> Result<(), Flaw> {
        use ImportField as F;
        match field {
            F::Username | F::TemporaryPassword => {}
            F::FullName => edits.full_name = refuse_clear(one(value, parsed)?, field)?,
            F::Email => edits.email = one(value, parsed)?,
            F::Phone => edits.phone = one(value, |text| self.phone(text, &mut edits.doubts))?,
            F::State => edits.state = refuse_clear(one(value, state)?, field)?,
            F::Roles => {
                let roles = list(value, |text| self.role(text), |one, other| one == other)?;
                if matches!(&roles, ListEdit::Replace(roles) if roles.is_empty()) {
                    return Err(cannot_clear(field).into());
                }
                edits.roles = roles;
            }
            F::Teams => {
                let team = |text: &str| translated(&self.teams, field, text);
                edits.teams = list(value, team, |one, other| one == other)?;
            }
            F::Skills => {
                let same = |one: &SkillGrant, other: &SkillGrant| one.skill == other.skill;
                let skill = |text: &str| translated_with_number(&self.skills, field, text);
                edits.skills = list(value, skill, same)?;
            }
            F::Language => edits.language = one(value, parsed)?,
            F::ProjectSelection => {
                edits.project_selection = refuse_clear(one(value, switch)?, field)?;
            }
            F::Projects => {
                let same = |one: &AssignmentRequest, other: &AssignmentRequest| {
                    one.project == other.project
                };
                let project = |text: &str| translated_with_number(&self.projects, field, text);
                edits.projects = list(value, project, same)?;
            }
        }
        Ok(())
    }

    fn role(&self, text: &str) -> Result<Role, Flaw> {
        if let Some((_, role)) = self.roles.iter().find(|(name, _)| same(name, text)) {
            return Ok(*role);
        }
        text.parse().map_err(|_| {
            let invalid =
                Invalid::new(Rule::Role, format!("`{}` is not a role", text.escape_debug()));
            let word = text.to_owned();
            let hint = "it has to be one of admin, agent, external-agent, requester, supervisor";
            let remedy = ImportRemedy::Word { field: ImportField::Roles, word };
            Flaw::new(invalid.with_hint(hint), remedy)
        })
    }

    /// What spreadsheets make of numbers is looked for first: some of it could be a number as well.
    fn phone(&self, text: &str, doubts: &mut Vec<Doubt>) -> Result<Phone, Flaw> {
        let whole = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        // What nearly every row has.
        if text.strip_prefix('+').is_some_and(whole) {
            return Ok(Phone::parse(text, None)?);
        }
        let shown = text.escape_debug();
        if is_exponent(text) || is_fraction(text.trim_start_matches('+')) {
            let what =
                format!("`{shown}` is a phone number that a spreadsheet has turned into a number");
            let invalid = Invalid::new(Rule::Phone, what)
                .with_hint("format the column as text and enter the number again, digit by digit");
            return Err(invalid.into());
        }
        let digits = Phone::compact(text);
        let region = self.phone_region.as_deref();
        let lost = whole(&digits) && (8..=15).contains(&digits.len()) && !digits.starts_with('0');
        if lost && (region.is_none() || Phone::is_international(&digits)) {
            let phone = Phone::parse(&format!("+{digits}"), None)?;
            if !self.assume_plus {
                let what = format!("`{shown}` has no `+`: a spreadsheet has removed it");
                let invalid = Invalid::new(Rule::Phone, what)
                    .with_hint("write the `+`, in a column that is formatted as text");
                let flaw = Flaw::new(invalid, ImportRemedy::AssumePlus);
                doubts.push(Doubt { field: ImportField::Phone, flaw });
            }
            return Ok(phone);
        }
        Ok(Phone::parse(text, region)?)
    }
}

/// What cells said that come again and again, such as lists of teams: each is read once.
#[derive(Default)]
pub(super) struct CellCache(BTreeMap<ImportField, HashMap<String, RowEdits>>);

impl CellCache {
    /// So many different cells of a field are remembered.
    const MAX_CELLS_PER_FIELD: usize = 1024;

    /// Puts what a cell of CSV says into `edits`.
    pub(super) fn apply(
        &mut self,
        mapping: &ImportMapping,
        edits: &mut RowEdits,
        field: ImportField,
        text: &str,
    ) -> Result<(), Flaw> {
        if !field.repeats() {
            return mapping.apply(edits, field, &cell(text)?);
        }
        let known = self.0.entry(field).or_default();
        if let Some(known) = known.get(text) {
            edits.copy(field, known);
            return Ok(());
        }
        let mut read = RowEdits::default();
        mapping.apply(&mut read, field, &cell(text)?)?;
        edits.copy(field, &read);
        if known.len() < Self::MAX_CELLS_PER_FIELD {
            known.insert(text.to_owned(), read);
        }
        Ok(())
    }
}

/// Whether two words are the same to people.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn parsed<T: std::str::FromStr<Err = Invalid>>(text: &str) -> Result<T, Flaw> {
    Ok(text.parse()?)
}

/// A name, or what `words` say that it is here.
fn translated<T: std::str::FromStr<Err = Invalid> + Clone>(
    words: &[(String, T)],
    field: ImportField,
    text: &str,
) -> Result<T, Flaw> {
    if let Some((_, name)) = words.iter().find(|(word, _)| same(word, text)) {
        return Ok(name.clone());
    }
    text.parse()
        .map_err(|invalid| Flaw::new(invalid, ImportRemedy::Word { field, word: text.to_owned() }))
}

/// The same with a number behind a colon: `billing:3`.
fn translated_with_number<T: std::str::FromStr<Err = Invalid>, N: std::fmt::Display>(
    words: &[(String, N)],
    field: ImportField,
    text: &str,
) -> Result<T, Flaw> {
    let named = |word: &str| words.iter().find(|(one, _)| same(one, word)).map(|(_, name)| name);
    if let Some(name) = named(text) {
        return Ok(name.to_string().parse()?);
    }
    let (word, number) = match text.rsplit_once(':') {
        Some((word, number)) => (word.trim(), Some(number.trim())),
        None => (text, None),
    };
    if let (Some(name), Some(number)) = (named(word), number) {
        return Ok(format!("{name}:{number}").parse()?);
    }
    text.parse().map_err(|invalid: Invalid| match invalid.rule {
        Rule::Skill | Rule::Project => {
            Flaw::new(invalid, ImportRemedy::Word { field, word: word.to_owned() })
        }
        _ => invalid.into(),
    })
}

fn state(text: &str) -> Result<State, Flaw> {
    match text.to_ascii_lowercase().as_str() {
        "active" => Ok(State::Active),
        "inactive" => Ok(State::Inactive),
        _ => Err(Invalid::new(Rule::State, format!("`{}` is not a state", text.escape_debug()))
            .with_hint("it has to be active or inactive")
            .into()),
    }
}

fn switch(text: &str) -> Result<bool, Flaw> {
    truth(text).ok_or_else(|| {
        let what = format!("`{}` is not a project selection", text.escape_debug());
        Invalid::new(Rule::ProjectSelection, what).with_hint("it has to be true or false").into()
    })
}

fn cannot_clear(field: ImportField) -> Invalid {
    let rule = match field {
        ImportField::FullName => Rule::Name,
        ImportField::State => Rule::State,
        ImportField::ProjectSelection => Rule::ProjectSelection,
        ImportField::Roles => Rule::Role,
        _ => Rule::Row,
    };
    Invalid::new(rule, format!("`{field}` cannot be empty"))
        .with_hint("an empty cell leaves it unchanged")
}

fn refuse_clear<T>(edit: FieldEdit<T>, field: ImportField) -> Result<FieldEdit<T>, Flaw> {
    match edit {
        FieldEdit::Clear => Err(cannot_clear(field).into()),
        edit => Ok(edit),
    }
}

fn one<T>(
    value: &CellValue<'_>,
    parse: impl FnOnce(&str) -> Result<T, Flaw>,
) -> Result<FieldEdit<T>, Flaw> {
    match value {
        CellValue::Absent => Ok(FieldEdit::Keep),
        CellValue::Clear => Ok(FieldEdit::Clear),
        CellValue::Text(text) => parse(text).map(FieldEdit::Set),
        CellValue::List(_) => {
            Err(Invalid::new(Rule::Row, "it is a list, but has to be a single value").into())
        }
    }
}

/// The most items of a list; nobody has so many teams.
const MAX_LIST_ITEMS: usize = 1_000;

/// A list: of a text, its parts between `;`. Items that all begin with `+` or `-` change it.
fn list<T: PartialEq>(
    value: &CellValue<'_>,
    parse: impl Fn(&str) -> Result<T, Flaw>,
    same: impl Fn(&T, &T) -> bool,
) -> Result<ListEdit<T>, Flaw> {
    let items: Vec<(Option<bool>, &str)> = match value {
        CellValue::Absent => return Ok(ListEdit::Keep),
        CellValue::Clear => return Ok(ListEdit::Replace(Vec::new())),
        CellValue::List(items) => items.clone(),
        CellValue::Text(text) => text
            .split(';')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| match item.split_at_checked(1) {
                Some(("+", name)) => (Some(true), name.trim()),
                Some(("-", name)) => (Some(false), name.trim()),
                _ => (None, item),
            })
            .collect(),
    };
    if items.is_empty() && !matches!(value, CellValue::List(_)) {
        return Err(Invalid::new(Rule::Row, "the list is empty")
            .with_hint("`-` empties it; an empty cell leaves it unchanged")
            .into());
    }
    if items.len() > MAX_LIST_ITEMS {
        let what = format!("the list has more than {MAX_LIST_ITEMS} items");
        return Err(Invalid::new(Rule::Row, what).into());
    }
    let changes = items.iter().filter(|(sign, _)| sign.is_some()).count();
    if changes > 0 && changes < items.len() {
        return Err(Invalid::new(Rule::Row, "some items begin with `+` or `-` and some do not")
            .with_hint("give every item a `+` or `-` to change the list, or none to replace it")
            .into());
    }
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for (sign, text) in items {
        let item = parse(text).map_err(|flaw| otherwise_joined(text, value).unwrap_or(flaw))?;
        let list = if sign == Some(false) { &mut remove } else { &mut add };
        match list.iter().find(|earlier| same(earlier, &item)) {
            None => list.push(item),
            Some(earlier) if *earlier == item => {}
            Some(_) => {
                return Err(Invalid::new(
                    Rule::Row,
                    format!("`{}` contradicts another item of the list", text.escape_debug()),
                )
                .with_hint("name it once")
                .into());
            }
        }
    }
    if add.iter().any(|item| remove.iter().any(|other| same(item, other))) {
        return Err(Invalid::new(Rule::Row, "an item is both added and removed").into());
    }
    Ok(if changes > 0 { ListEdit::Change { add, remove } } else { ListEdit::Replace(add) })
}

/// What is said of an item of a cell that is several, joined by something else than `;`.
fn otherwise_joined(item: &str, value: &CellValue<'_>) -> Option<Flaw> {
    let CellValue::Text(text) = value else { return None };
    let (separator, shown) =
        [(',', "`,`"), ('|', "`|`"), ('\n', "a line break"), ('\r', "a line break")]
            .into_iter()
            .find(|(separator, _)| item.contains(*separator))?;
    let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
    let meant = parts.collect::<Vec<_>>().join(";");
    let what = format!("lists are joined by `;`, and `{}` by {shown}", text.escape_debug());
    Some(
        Invalid::new(Rule::Row, what).with_hint(format!("write `{}`", meant.escape_debug())).into(),
    )
}

/// What a cell of a table says. Spreadsheets leave their marks: blanks around it, a `'` before what
/// would be a formula, an error in place of a value.
pub(super) fn cell(text: &str) -> Result<CellValue<'_>, Invalid> {
    match error_word(text.trim()) {
        Some(invalid) => Err(invalid),
        None => plain_cell(text),
    }
}

/// As [`cell`], where what looks like an error may be what somebody is called.
pub(super) fn plain_cell(text: &str) -> Result<CellValue<'_>, Invalid> {
    let trimmed = text.trim();
    if trimmed.contains('\0') {
        return Err(Invalid::new(Rule::Row, "it contains a NUL byte"));
    }
    Ok(match trimmed {
        "" => CellValue::Absent,
        "-" => CellValue::Clear,
        trimmed => CellValue::Text(unescape_formula(trimmed)),
    })
}

/// What a cell with a password says; its blanks may be meant or be an accident, so they are refused.
pub(super) fn password_cell(text: &str) -> Result<Option<Secret>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.trim() != text {
        return Err(Invalid::new(Rule::Password, "the password begins or ends with a blank")
            .with_hint(
                "blanks at either end are almost always a mistake in the file: remove them",
            ));
    }
    Ok(Some(Secret::new(text.to_owned())))
}
