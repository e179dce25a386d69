//! A row of a roster: what its cells say, before anybody is looked up.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crate::directory::Error;
use crate::model::{
    AssignmentRequest, Email, FullName, Invalid, LanguageTag, Phone, Role, Rule, Secret,
    SkillGrant, State, TeamName, Username, restore_cell,
};

/// A column of a roster that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RosterField {
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

impl RosterField {
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

impl fmt::Display for RosterField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// In any case, with blanks around it, and with blanks or hyphens for underscores.
impl FromStr for RosterField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|field| field.as_str() == name).ok_or_else(|| {
            let near = Self::ALL
                .into_iter()
                .map(|field| (strsim::osa_distance(field.as_str(), &name), field))
                .min_by_key(|(distance, _)| *distance)
                .filter(|(distance, field)| *distance <= 1 + field.as_str().len() / 4);
            let unknown = Invalid::new(
                Rule::Header,
                format!("there is no field `{}`", text.trim().escape_debug()),
            );
            match near {
                Some((_, field)) => unknown.hinted(format!("did you mean `{field}`?")),
                None => unknown
                    .hinted(format!("the fields are: {}", Self::ALL.map(Self::as_str).join(", "))),
            }
        })
    }
}

/// What a row says of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Edit<T> {
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
pub(super) struct Row {
    /// The line that it begins in, counted from 1.
    pub(super) line: u64,
    pub(super) username: Username,
    pub(super) edits: Edits,
    pub(super) password: Option<Secret>,
}

/// What a row, or a default for all rows, says of a user's sheet and places.
#[derive(Debug, Clone, Default)]
pub(super) struct Edits {
    pub(super) full_name: Edit<FullName>,
    pub(super) email: Edit<Email>,
    pub(super) phone: Edit<Phone>,
    pub(super) state: Edit<State>,
    pub(super) roles: ListEdit<Role>,
    pub(super) teams: ListEdit<TeamName>,
    pub(super) skills: ListEdit<SkillGrant>,
    pub(super) language: Edit<LanguageTag>,
    pub(super) project_selection: Edit<bool>,
    pub(super) projects: ListEdit<AssignmentRequest>,
}

impl Edits {
    /// Says of a field that [repeats](RosterField::repeats) what `other` says of it.
    fn copy(&mut self, field: RosterField, other: &Self) {
        match field {
            RosterField::State => self.state = other.state.clone(),
            RosterField::Roles => self.roles.clone_from(&other.roles),
            RosterField::Teams => self.teams.clone_from(&other.teams),
            RosterField::Skills => self.skills.clone_from(&other.skills),
            RosterField::Language => self.language.clone_from(&other.language),
            RosterField::ProjectSelection => {
                self.project_selection = other.project_selection.clone();
            }
            RosterField::Projects => self.projects.clone_from(&other.projects),
            RosterField::Username
            | RosterField::FullName
            | RosterField::Email
            | RosterField::Phone
            | RosterField::TemporaryPassword => {}
        }
    }
}

/// What cells said that come again and again, such as lists of teams: each is read once.
#[derive(Default)]
pub(super) struct Familiar(BTreeMap<RosterField, HashMap<String, Edits>>);

impl Familiar {
    /// So many different cells of a field are remembered.
    const MOST: usize = 1024;

    /// Puts what a cell of CSV says into `edits`.
    pub(super) fn apply(
        &mut self,
        dialect: &Dialect,
        edits: &mut Edits,
        field: RosterField,
        text: &str,
    ) -> Result<(), Invalid> {
        if !field.repeats() {
            return dialect.apply(edits, field, &cell(text)?);
        }
        let known = self.0.entry(field).or_default();
        if let Some(known) = known.get(text) {
            edits.copy(field, known);
            return Ok(());
        }
        let mut read = Edits::default();
        dialect.apply(&mut read, field, &cell(text)?)?;
        edits.copy(field, &read);
        if known.len() < Self::MOST {
            known.insert(text.to_owned(), read);
        }
        Ok(())
    }
}

/// Why a row was refused, and where.
#[derive(Debug)]
pub struct RowFlaw {
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
pub(super) enum RawValue<'a> {
    /// It says nothing.
    Absent,
    /// It is to be empty.
    Clear,
    /// Text, trimmed (but for passwords).
    Text(&'a str),
    /// A list; each item with whether it is added (`Some(true)`), removed or just there.
    List(Vec<(Option<bool>, &'a str)>),
}

/// How the values of a file are read.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// The region of national phone numbers.
    pub phone_region: Option<String>,
    /// What a header's columns mean; `None`: nothing, they are ignored.
    pub columns: Vec<(String, Option<RosterField>)>,
    /// Roles as another system calls them.
    pub roles: Vec<(String, Role)>,
}

impl Dialect {
    /// What a column of this name means: `Ok(None)` where it is to be ignored.
    pub(super) fn column(&self, name: &str) -> Result<Option<RosterField>, Invalid> {
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
    pub(super) fn unused(&self, header: &[(String, Option<RosterField>)]) -> Vec<String> {
        let missing = |name: &&String| !header.iter().any(|(column, _)| same(column, name));
        self.columns.iter().map(|(name, _)| name).filter(missing).cloned().collect()
    }

    /// Whether a column of this name is given a meaning.
    pub(super) fn maps(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| same(column, name))
    }

    /// What the file calls a field.
    pub(super) fn name_of(&self, field: RosterField) -> String {
        let mapped = self.columns.iter().find(|(_, meaning)| *meaning == Some(field));
        mapped.map_or_else(|| field.to_string(), |(column, _)| column.clone())
    }

    fn role(&self, text: &str) -> Result<Role, Invalid> {
        if let Some((_, role)) = self.roles.iter().find(|(name, _)| same(name, text)) {
            return Ok(*role);
        }
        text.parse().map_err(|_| {
            Invalid::new(Rule::Role, format!("`{}` is not a role", text.escape_debug())).hinted(
                "it is one of admin, agent, external-agent, requester, supervisor; \
                 `--map-role NAME=ROLE` translates others",
            )
        })
    }

    /// Puts a value into `edits`.
    pub(super) fn apply(
        &self,
        edits: &mut Edits,
        field: RosterField,
        value: &RawValue<'_>,
    ) -> Result<(), Invalid> {
        use RosterField as F;
        match field {
            F::Username | F::TemporaryPassword => {}
            F::FullName => edits.full_name = mandatory(one(value, str::parse)?, field)?,
            F::Email => edits.email = one(value, str::parse)?,
            F::Phone => edits.phone = one(value, |text| self.phone(text))?,
            F::State => edits.state = mandatory(one(value, state)?, field)?,
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
                edits.project_selection = mandatory(one(value, switch)?, field)?;
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
            let what = format!("`{shown}` is what a spreadsheet made of a phone number");
            return Err(Invalid::new(Rule::Phone, what)
                .hinted("format the column as text and enter the number again, digit by digit"));
        }
        let plain = text.chars().all(|letter| letter.is_ascii_digit() || " -()".contains(letter));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let region = self.phone_region.as_deref();
        let lost = plain && (8..=15).contains(&digits.len()) && !digits.starts_with('0');
        if lost && (region.is_none() || Phone::is_international(&digits)) {
            let what = format!("`{shown}` has no `+`, which a spreadsheet takes away");
            return Err(Invalid::new(Rule::Phone, what)
                .hinted(format!("write it as +{digits}, in a column that is formatted as text")));
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
            .hinted("it is active or inactive")),
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
        .hinted("it is true or false")),
    }
}

fn cannot_clear(field: RosterField) -> Invalid {
    let rule = match field {
        RosterField::FullName => Rule::Name,
        RosterField::State => Rule::State,
        RosterField::ProjectSelection => Rule::ProjectSelection,
        RosterField::Roles => Rule::Role,
        _ => Rule::Row,
    };
    Invalid::new(rule, format!("`{field}` cannot be empty"))
        .hinted("an empty cell leaves it as it is")
}

fn mandatory<T>(edit: Edit<T>, field: RosterField) -> Result<Edit<T>, Invalid> {
    match edit {
        Edit::Clear => Err(cannot_clear(field)),
        edit => Ok(edit),
    }
}

fn one<T>(
    value: &RawValue<'_>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Edit<T>, Invalid> {
    match value {
        RawValue::Absent => Ok(Edit::Keep),
        RawValue::Clear => Ok(Edit::Clear),
        RawValue::Text(text) => parse(text).map(Edit::Set),
        RawValue::List(_) => Err(Invalid::new(Rule::Row, "it is a list and has to be one value")),
    }
}

/// The most items of a list; nobody has so many teams.
const LONGEST_LIST: usize = 1_000;

/// A list: of a text, its parts between `;`. Items that all begin with `+` or `-` change it.
fn list<T: PartialEq>(
    value: &RawValue<'_>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
    same: impl Fn(&T, &T) -> bool,
) -> Result<ListEdit<T>, Invalid> {
    let items: Vec<(Option<bool>, &str)> = match value {
        RawValue::Absent => return Ok(ListEdit::Keep),
        RawValue::Clear => return Ok(ListEdit::Replace(Vec::new())),
        RawValue::List(items) => items.clone(),
        RawValue::Text(text) => text
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
    if items.is_empty() && !matches!(value, RawValue::List(_)) {
        return Err(Invalid::new(Rule::Row, "there is nothing in the list")
            .hinted("`-` empties it; an empty cell leaves it as it is"));
    }
    if items.len() > LONGEST_LIST {
        let what = format!("the list has more than {LONGEST_LIST} items");
        return Err(Invalid::new(Rule::Row, what));
    }
    let changes = items.iter().filter(|(sign, _)| sign.is_some()).count();
    if changes > 0 && changes < items.len() {
        return Err(Invalid::new(Rule::Row, "some items have a `+` or `-` and some have none")
            .hinted("all of them change the list, or all of them are the list"));
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
                .hinted("name it once"));
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
pub(super) fn cell(text: &str) -> Result<RawValue<'_>, Invalid> {
    const ERRORS: [&str; 8] =
        ["#NAME?", "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!", "#ERROR!"];
    let trimmed = text.trim();
    let looks_so = trimmed.starts_with('#');
    if looks_so && ERRORS.iter().any(|error| trimmed.eq_ignore_ascii_case(error)) {
        return Err(Invalid::new(
            Rule::Row,
            format!("`{trimmed}` is an error of the spreadsheet that wrote the file"),
        )
        .hinted("mend the cell there, or write the value in its place"));
    }
    if trimmed.contains('\0') {
        return Err(Invalid::new(Rule::Row, "it holds a NUL byte"));
    }
    Ok(match trimmed {
        "" => RawValue::Absent,
        "-" => RawValue::Clear,
        trimmed => RawValue::Text(restore_cell(trimmed)),
    })
}

/// What a cell with a password says; its blanks may be meant or be an accident, so they are refused.
pub(super) fn password_cell(text: &str) -> Result<Option<Secret>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.trim() != text {
        return Err(Invalid::new(Rule::Password, "the password begins or ends with a blank")
            .hinted(
                "blanks at the ends are nearly always an accident of the file: take them away",
            ));
    }
    Ok(Some(Secret::new(text.to_owned())))
}
