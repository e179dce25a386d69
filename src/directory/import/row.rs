//! A row of a roster: what its cells say, before anybody is looked up.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crate::directory::Error;
use crate::model::{
    AssignmentRequest, Email, FullName, Invalid, LanguageTag, Phone, Role, Rule, Secret,
    SkillGrant, State, TeamName, Username, nearest, unescape_formula,
};

/// A column of a roster that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportField {
    /// Who it is.
    Username,
    /// His name.
    FullName,
    /// His e-mail address.
    Email,
    /// His phone number.
    Phone,
    /// Whether he takes part.
    State,
    /// What he may do.
    Roles,
    /// His teams.
    Teams,
    /// His skills.
    Skills,
    /// His language.
    Language,
    /// Whether he chooses which of his projects to enter.
    ProjectSelection,
    /// His projects.
    Projects,
    /// The password that he is created with.
    TemporaryPassword,
}

impl ImportField {
    /// All of them, in the order in which an export has them.
    pub const ALL: [Self; 12] = [
        Self::Username,
        Self::FullName,
        Self::Email,
        Self::Phone,
        Self::State,
        Self::Roles,
        Self::Teams,
        Self::Skills,
        Self::Language,
        Self::ProjectSelection,
        Self::Projects,
        Self::TemporaryPassword,
    ];

    /// Whether many people have the same in it.
    const fn repeats(self) -> bool {
        matches!(
            self,
            Self::State
                | Self::Roles
                | Self::Teams
                | Self::Skills
                | Self::Language
                | Self::ProjectSelection
                | Self::Projects
        )
    }

    /// Its name in a header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::FullName => "full_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::State => "state",
            Self::Roles => "roles",
            Self::Teams => "teams",
            Self::Skills => "skills",
            Self::Language => "language",
            Self::ProjectSelection => "project_selection",
            Self::Projects => "projects",
            Self::TemporaryPassword => "temporary_password",
        }
    }
}

impl fmt::Display for ImportField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// In any case, with blanks around it, and with blanks or hyphens for underscores.
impl FromStr for ImportField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|field| field.as_str() == name).ok_or_else(|| {
            let unknown = Invalid::new(
                Rule::Header,
                format!("there is no field `{}`", text.trim().escape_debug()),
            );
            match nearest(&name, Self::ALL.map(Self::as_str)) {
                Some(field) => unknown.with_hint(format!("did you mean `{field}`?")),
                None => unknown.with_hint(format!(
                    "the fields are: {}",
                    Self::ALL.map(Self::as_str).join(", ")
                )),
            }
        })
    }
}

/// What a row says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum FieldEdit<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It is to be empty.
    Clear,
    /// It is to be this.
    Set(T),
}

/// What a row says of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum ListEdit<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It is to be this, sorted as it was given.
    Replace(Vec<T>),
    /// These are to be added, those to go.
    Change { add: Vec<T>, remove: Vec<T> },
}

impl<T> ListEdit<T> {
    /// What is to go.
    pub(super) fn removed(&self) -> &[T] {
        match self {
            Self::Change { remove, .. } => remove,
            _ => &[],
        }
    }
}

/// A row that was read and whose values are valid.
#[derive(Debug, Clone)]
pub(super) struct ImportRow {
    /// The line that it begins in, counted from 1.
    pub(super) line: u64,
    pub(super) username: Username,
    pub(super) edits: RowEdits,
    pub(super) password: Option<Secret>,
}

/// What a row, or a default for all rows, says of a user's sheet and places.
#[derive(Debug, Clone, Default)]
pub(super) struct RowEdits {
    pub(super) full_name: FieldEdit<FullName>,
    pub(super) email: FieldEdit<Email>,
    pub(super) phone: FieldEdit<Phone>,
    pub(super) state: FieldEdit<State>,
    pub(super) roles: ListEdit<Role>,
    pub(super) teams: ListEdit<TeamName>,
    pub(super) skills: ListEdit<SkillGrant>,
    pub(super) language: FieldEdit<LanguageTag>,
    pub(super) project_selection: FieldEdit<bool>,
    pub(super) projects: ListEdit<AssignmentRequest>,
}

impl RowEdits {
    /// Says of a field that [repeats](ImportField::repeats) what `other` says of it.
    fn copy(&mut self, field: ImportField, other: &Self) {
        match field {
            ImportField::State => self.state = other.state.clone(),
            ImportField::Roles => self.roles.clone_from(&other.roles),
            ImportField::Teams => self.teams.clone_from(&other.teams),
            ImportField::Skills => self.skills.clone_from(&other.skills),
            ImportField::Language => self.language.clone_from(&other.language),
            ImportField::ProjectSelection => {
                self.project_selection = other.project_selection.clone();
            }
            ImportField::Projects => self.projects.clone_from(&other.projects),
            ImportField::Username
            | ImportField::FullName
            | ImportField::Email
            | ImportField::Phone
            | ImportField::TemporaryPassword => {}
        }
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
    ) -> Result<(), Invalid> {
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

/// Why a row was refused, and where.
#[derive(Debug)]
pub struct RowError {
    /// The line that the row begins in, counted from 1; 0 where it is about no line.
    pub line: u64,
    /// The column, as the file calls it.
    pub column: Option<String>,
    /// Whom the row is about, where that could be read.
    pub username: Option<String>,
    /// Why.
    pub error: Error,
}

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
    /// Roles as another system calls them.
    pub roles: Vec<(String, Role)>,
}

impl ImportMapping {
    /// What a column of this name means: `Ok(None)` where it is to be ignored.
    pub(super) fn column(&self, name: &str) -> Result<Option<ImportField>, Invalid> {
        let named = name.trim();
        let mapped = self.columns.iter().find(|(column, _)| same(column, named));
        match mapped {
            Some((_, field)) => Ok(*field),
            // What `--rejects` adds, so that a mended file can be read as it is.
            None if same(named, "reason") => Ok(None),
            None => named.parse().map(Some),
        }
    }

    /// The columns that are given a meaning and that a header does not have.
    pub(super) fn unused(&self, header: &[(String, Option<ImportField>)]) -> Vec<String> {
        let missing = |name: &&String| !header.iter().any(|(column, _)| same(column, name));
        self.columns.iter().map(|(name, _)| name).filter(missing).cloned().collect()
    }

    /// Whether a column of this name is given a meaning.
    pub(super) fn maps(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| same(column, name))
    }

    /// What the file calls a field.
    pub(super) fn name_of(&self, field: ImportField) -> String {
        let mapped = self.columns.iter().find(|(_, meaning)| *meaning == Some(field));
        mapped.map_or_else(|| field.to_string(), |(column, _)| column.clone())
    }

    fn role(&self, text: &str) -> Result<Role, Invalid> {
        if let Some((_, role)) = self.roles.iter().find(|(name, _)| same(name, text)) {
            return Ok(*role);
        }
        text.parse().map_err(|_| {
            Invalid::new(Rule::Role, format!("`{}` is not a role", text.escape_debug())).with_hint(
                "it has to be one of admin, agent, external-agent, requester, supervisor; \
                 `--map-role NAME=ROLE` translates others",
            )
        })
    }

    /// Puts a value into `edits`.
    pub(super) fn apply(
        &self,
        edits: &mut RowEdits,
        field: ImportField,
        value: &CellValue<'_>,
    ) -> Result<(), Invalid> {
        use ImportField as F;
        match field {
            F::Username | F::TemporaryPassword => {}
            F::FullName => edits.full_name = refuse_clear(one(value, str::parse)?, field)?,
            F::Email => edits.email = one(value, str::parse)?,
            F::Phone => edits.phone = one(value, |text| self.phone(text))?,
            F::State => edits.state = refuse_clear(one(value, state)?, field)?,
            F::Roles => {
                let roles = list(value, |text| self.role(text), |one, other| one == other)?;
                if matches!(&roles, ListEdit::Replace(roles) if roles.is_empty()) {
                    return Err(cannot_clear(field));
                }
                edits.roles = roles;
            }
            F::Teams => edits.teams = list(value, str::parse, |one, other| one == other)?,
            F::Skills => {
                let same = |one: &SkillGrant, other: &SkillGrant| one.skill == other.skill;
                edits.skills = list(value, str::parse, same)?;
            }
            F::Language => edits.language = one(value, str::parse)?,
            F::ProjectSelection => {
                edits.project_selection = refuse_clear(one(value, switch)?, field)?;
            }
            F::Projects => {
                let same = |one: &AssignmentRequest, other: &AssignmentRequest| {
                    one.project == other.project
                };
                edits.projects = list(value, str::parse, same)?;
            }
        }
        Ok(())
    }

    /// What spreadsheets make of numbers is looked for first: some of it could be a number as well.
    fn phone(&self, text: &str) -> Result<Phone, Invalid> {
        if text.starts_with('+') {
            return Phone::parse(text, None);
        }
        let shown = text.escape_debug();
        if is_exponent(text) || is_fraction(text) {
            let what =
                format!("`{shown}` is a phone number that a spreadsheet has turned into a number");
            return Err(Invalid::new(Rule::Phone, what).with_hint(
                "format the column as text and enter the number again, digit by digit",
            ));
        }
        let plain = text.chars().all(|letter| letter.is_ascii_digit() || " -()".contains(letter));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let region = self.phone_region.as_deref();
        let lost = plain && (8..=15).contains(&digits.len()) && !digits.starts_with('0');
        if lost && (region.is_none() || Phone::is_international(&digits)) {
            let what = format!("`{shown}` has no `+`: a spreadsheet has removed it");
            return Err(Invalid::new(Rule::Phone, what).with_hint(format!(
                "write it as +{digits}, in a column that is formatted as text"
            )));
        }
        Phone::parse(text, region)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// `4.92E+11`: what spreadsheets show of long numbers.
fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(&mantissa.replace(['.', ','], "")) && digits(exponent.trim_start_matches(['+', '-']))
}

/// `36201234567.0`: a number that was one with decimals.
fn is_fraction(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['.', ',']).is_some_and(|(whole, rest)| {
        whole.len() >= 6
            && digits(whole)
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte == b'0')
    })
}

fn state(text: &str) -> Result<State, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "active" => Ok(State::Active),
        "inactive" => Ok(State::Inactive),
        _ => Err(Invalid::new(Rule::State, format!("`{}` is not a state", text.escape_debug()))
            .with_hint("it has to be active or inactive")),
    }
}

fn switch(text: &str) -> Result<bool, Invalid> {
    match text.to_lowercase().as_str() {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        _ => Err(Invalid::new(
            Rule::ProjectSelection,
            format!("`{}` is not a project selection", text.escape_debug()),
        )
        .with_hint("it has to be true or false")),
    }
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

fn refuse_clear<T>(edit: FieldEdit<T>, field: ImportField) -> Result<FieldEdit<T>, Invalid> {
    match edit {
        FieldEdit::Clear => Err(cannot_clear(field)),
        edit => Ok(edit),
    }
}

fn one<T>(
    value: &CellValue<'_>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<FieldEdit<T>, Invalid> {
    match value {
        CellValue::Absent => Ok(FieldEdit::Keep),
        CellValue::Clear => Ok(FieldEdit::Clear),
        CellValue::Text(text) => parse(text).map(FieldEdit::Set),
        CellValue::List(_) => {
            Err(Invalid::new(Rule::Row, "it is a list, but has to be a single value"))
        }
    }
}

/// The most items of a list; nobody has so many teams.
const MAX_LIST_ITEMS: usize = 1_000;

/// A list: of a text, its parts between `;`. Items that all begin with `+` or `-` change it.
fn list<T: PartialEq>(
    value: &CellValue<'_>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
    same: impl Fn(&T, &T) -> bool,
) -> Result<ListEdit<T>, Invalid> {
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
            .with_hint("`-` empties it; an empty cell leaves it unchanged"));
    }
    if items.len() > MAX_LIST_ITEMS {
        let what = format!("the list has more than {MAX_LIST_ITEMS} items");
        return Err(Invalid::new(Rule::Row, what));
    }
    let changes = items.iter().filter(|(sign, _)| sign.is_some()).count();
    if changes > 0 && changes < items.len() {
        return Err(Invalid::new(Rule::Row, "some items begin with `+` or `-` and some do not")
            .with_hint("give every item a `+` or `-` to change the list, or none to replace it"));
    }
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for (sign, text) in items {
        let item = parse(text)?;
        let list = if sign == Some(false) { &mut remove } else { &mut add };
        match list.iter().find(|earlier| same(earlier, &item)) {
            None => list.push(item),
            Some(earlier) if *earlier == item => {}
            Some(_) => {
                return Err(Invalid::new(
                    Rule::Row,
                    format!("`{}` contradicts another item of the list", text.escape_debug()),
                )
                .with_hint("name it once"));
            }
        }
    }
    if add.iter().any(|item| remove.iter().any(|other| same(item, other))) {
        return Err(Invalid::new(Rule::Row, "an item is both added and removed"));
    }
    Ok(if changes > 0 { ListEdit::Change { add, remove } } else { ListEdit::Replace(add) })
}

/// What a cell of CSV says. Spreadsheets leave their marks: blanks around it, a `'` before what
/// would be a formula, an error in place of a value.
pub(super) fn cell(text: &str) -> Result<CellValue<'_>, Invalid> {
    const ERRORS: [&str; 8] =
        ["#NAME?", "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!", "#ERROR!"];
    let trimmed = text.trim();
    let looks_so = trimmed.starts_with('#');
    if looks_so && ERRORS.iter().any(|error| trimmed.eq_ignore_ascii_case(error)) {
        return Err(Invalid::new(
            Rule::Row,
            format!("`{trimmed}` is an error of the spreadsheet that wrote the file"),
        )
        .with_hint("fix the cell there, or write the value in its place"));
    }
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
