//! How one TOML value becomes a setting.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use toml::Spanned;
use toml::de::DeValue;

use super::DeliverCommand;
use crate::model::{
    Duration, ImportField, LanguageTag, Policy, ProfileField, Rate, Role, RoleSet, Weight,
    is_invisible, nearest,
};

/// A value in a file, with its place there.
pub(super) type TomlValue<'t> = Spanned<DeValue<'t>>;

/// Why a value is refused.
#[derive(Debug)]
pub(super) struct SettingError {
    /// Completes "`key` …".
    pub message: String,
    /// How to fix it.
    pub hint: Option<String>,
    /// Where in the file, in bytes; `None` where it is not about one value.
    pub at: Option<usize>,
}

impl SettingError {
    pub(super) fn new(message: String) -> Self {
        Self { message, hint: None, at: None }
    }

    fn unexpected(value: &TomlValue<'_>, wanted: &str, found: &str) -> Self {
        Self {
            at: Some(value.span().start),
            ..Self::new(format!("takes {wanted}, this is {found}"))
        }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What a value is, for people.
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Text out of a file between backticks: nothing invisible in it and never long.
pub(super) fn quoted(text: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 60;
    let mut shown = String::from("`");
    for (count, letter) in text.chars().enumerate() {
        if count == MAX_QUOTED_CHARS {
            shown.push('…');
            break;
        }
        if is_invisible(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown.push('`');
    shown
}

/// `true` or `false`.
pub(super) fn flag(value: &TomlValue<'_>) -> Result<bool, SettingError> {
    let inner = value.get_ref();
    inner.as_bool().ok_or_else(|| SettingError::unexpected(value, "true or false", kind_of(inner)))
}

/// A whole number within `range`.
pub(super) fn number<T: TryFrom<i64>>(
    value: &TomlValue<'_>,
    range: RangeInclusive<i64>,
) -> Result<T, SettingError> {
    let inner = value.get_ref();
    let Some(written) = inner.as_integer() else {
        return Err(SettingError::unexpected(value, "a whole number", kind_of(inner)));
    };
    i64::from_str_radix(written.as_str(), written.radix())
        .ok()
        .filter(|number| range.contains(number))
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| {
            let wanted = format!("a whole number from {} to {}", range.start(), range.end());
            SettingError::unexpected(value, &wanted, &quoted(written.as_str()))
        })
}

/// The least number of characters of a password.
pub(super) fn min_length(value: &TomlValue<'_>) -> Result<Option<usize>, SettingError> {
    const MIN: usize = Policy::MIN_PASSWORD_CHARS_TWO_FACTOR;
    const MAX: usize = Policy::MAX_PASSWORD_CHARS;
    #[expect(clippy::cast_possible_wrap, reason = "a few hundred")]
    const RANGE: RangeInclusive<i64> = MIN as i64..=MAX as i64;
    number(value, RANGE).map(Some).map_err(|error| {
        let below = number::<usize>(value, 0..=i64::MAX).is_ok_and(|length| length < MIN);
        if below {
            error.with_hint("NIST SP 800-63B-4 allows no minimum below 8 characters")
        } else {
            error
        }
    })
}

/// A weight that a setting can allow.
pub(super) fn weight(value: &TomlValue<'_>) -> Result<Weight, SettingError> {
    const MAX_WEIGHT: i64 = 10_000;
    let number = number(value, 1..=MAX_WEIGHT)?;
    Weight::new(number).ok_or_else(|| SettingError::unexpected(value, "a weight", "none"))
}

/// A length of time from `range`, in seconds.
fn duration_within(
    value: &TomlValue<'_>,
    range: RangeInclusive<i64>,
    wanted: &str,
) -> Result<Duration, SettingError> {
    let written = string(value, "a duration such as \"30s\", \"15m\", \"12h\" or \"7d\"")?;
    let duration: Duration = written.parse().map_err(|_| {
        SettingError::unexpected(value, "a duration", &quoted(written)).with_hint(
            "write a whole number and a unit: 30s, 15m, 12h or 7d, a hundred years at most",
        )
    })?;
    if range.contains(&duration.seconds()) {
        return Ok(duration);
    }
    Err(SettingError::unexpected(value, wanted, &quoted(written)))
}

/// A length of time above zero.
pub(super) fn duration(value: &TomlValue<'_>) -> Result<Duration, SettingError> {
    duration_within(value, 1..=i64::MAX, "a duration above 0s")
}

/// A length of time up to an hour, or none at all.
pub(super) fn short_duration(value: &TomlValue<'_>) -> Result<Duration, SettingError> {
    duration_within(value, 0..=3_600, "a duration from 0s to 1h")
}

/// A number within a length of time.
pub(super) fn rate(value: &TomlValue<'_>) -> Result<Rate, SettingError> {
    let written = string(value, "a rate such as \"60/1m\"")?;
    written.parse().map_err(|_| {
        SettingError::unexpected(value, "a rate", &quoted(written)).with_hint(format!(
            "write a whole number up to {}, a slash and a duration above 0s: 60/1m",
            Rate::MAX_COUNT
        ))
    })
}

fn string<'v>(value: &'v TomlValue<'_>, wanted: &str) -> Result<&'v str, SettingError> {
    let inner = value.get_ref();
    inner.as_str().ok_or_else(|| SettingError::unexpected(value, wanted, kind_of(inner)))
}

/// One of the words.
fn word<'v>(value: &'v TomlValue<'_>, words: &[&str]) -> Result<&'v str, SettingError> {
    let wanted = || words.join(", ");
    let written = string(value, &wanted())?;
    if words.contains(&written) {
        return Ok(written);
    }
    let error = SettingError::unexpected(value, &wanted(), &quoted(written));
    Err(match nearest(written, words.iter().copied()) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    })
}

/// A list, item by item; what stands in it twice is kept once.
fn list<T: PartialEq>(
    value: &TomlValue<'_>,
    read: impl Fn(&TomlValue<'_>) -> Result<T, SettingError>,
) -> Result<Vec<T>, SettingError> {
    const MAX_LIST_ITEMS: usize = 1_000;
    let inner = value.get_ref();
    let Some(items) = inner.as_array() else {
        return Err(SettingError::unexpected(value, "a list", kind_of(inner)));
    };
    if items.len() > MAX_LIST_ITEMS {
        let wanted = format!("a list of at most {MAX_LIST_ITEMS} items");
        return Err(SettingError::unexpected(value, &wanted, "a longer one"));
    }
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        let item = read(item)?;
        if !list.contains(&item) {
            list.push(item);
        }
    }
    Ok(list)
}

/// The store.
pub(super) fn database(value: &TomlValue<'_>) -> Result<Option<String>, SettingError> {
    const EXPECTED: &str = "a path or `sqlite:PATH`";
    let written = string(value, EXPECTED)?;
    if written.is_empty() {
        return Err(SettingError::unexpected(value, EXPECTED, "empty"));
    }
    if written.chars().any(char::is_control) {
        return Err(SettingError::unexpected(value, EXPECTED, &quoted(written)));
    }
    Ok(Some(written.to_owned()))
}

/// What the form of the output can be.
pub(super) const OUTPUTS: [&str; 4] = ["table", "json", "jsonl", "csv"];

/// The form of the output.
pub(super) fn output(value: &TomlValue<'_>) -> Result<String, SettingError> {
    word(value, &OUTPUTS).map(str::to_owned)
}

/// Fields of a user.
pub(super) fn fields(value: &TomlValue<'_>) -> Result<Vec<ProfileField>, SettingError> {
    let names = ProfileField::ALL.map(ProfileField::as_str);
    list(value, |item| {
        let name = word(item, &names)?;
        ProfileField::ALL
            .into_iter()
            .find(|field| field.as_str() == name)
            .ok_or_else(|| SettingError::unexpected(item, "a field", &quoted(name)))
    })
}

/// The roles that can be allowed to create users.
pub(super) fn creator_names() -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|role| !role.is_ordinary()).map(Role::as_str).collect()
}

/// Which of admin and supervisor may create users; at least one of them.
pub(super) fn creators(value: &TomlValue<'_>) -> Result<RoleSet, SettingError> {
    const EXPECTED: &str = "admin, supervisor";
    let roles = list(value, |item| {
        let written = string(item, EXPECTED)?;
        written
            .parse::<Role>()
            .ok()
            .filter(|role| !role.is_ordinary())
            .ok_or_else(|| SettingError::unexpected(item, EXPECTED, &quoted(written)))
    })?;
    if roles.is_empty() {
        return Err(SettingError::unexpected(value, EXPECTED, "an empty list")
            .with_hint("write [\"admin\"] where only admins create users"));
    }
    Ok(roles.into_iter().collect())
}

/// OS accounts: login names, or numeric ids written as strings.
pub(super) fn callers(value: &TomlValue<'_>) -> Result<Vec<String>, SettingError> {
    const EXPECTED: &str = "names or numeric ids of OS accounts, as strings";
    list(value, |item| {
        let written = string(item, EXPECTED)?;
        let is_number = written.bytes().all(|byte| byte.is_ascii_digit());
        let possible = (1..=256).contains(&written.len())
            && written.trim() == written
            && !written
                .chars()
                .any(|letter| letter == ':' || is_invisible(letter))
            // The highest id is what the system calls "no account".
            && (!is_number || written.parse::<u32>().is_ok_and(|id| id != u32::MAX));
        if possible {
            Ok(written.to_owned())
        } else {
            Err(SettingError::unexpected(item, EXPECTED, &quoted(written)))
        }
    })
}

/// A region whose national phone numbers are understood; empty for none.
pub(super) fn region(value: &TomlValue<'_>) -> Result<Option<String>, SettingError> {
    const EXPECTED: &str = "the two letters of a region, such as \"HU\"";
    let written = string(value, EXPECTED)?;
    if written.is_empty() {
        return Ok(None);
    }
    let upper = written.to_ascii_uppercase();
    let known = upper.len() == 2
        && upper.bytes().all(|byte| byte.is_ascii_uppercase())
        && upper.parse::<phonenumber::country::Id>().is_ok();
    if known {
        Ok(Some(upper))
    } else {
        Err(SettingError::unexpected(value, EXPECTED, &quoted(written)))
    }
}

/// The pattern of an interface: one word without what separates the fields of a configuration,
/// with a place for what tells members apart.
pub(super) fn interface(value: &TomlValue<'_>) -> Result<String, SettingError> {
    const EXPECTED: &str = "an interface such as \"PJSIP/{username}\", with {username} or {phone}";
    let written = string(value, EXPECTED)?;
    let rest = written.replace("{username}", "").replace("{phone}", "");
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"{},;#\"\\[]=<>".contains(&byte);
    if rest != written && rest.bytes().all(plain) && written.len() <= 200 {
        return Ok(written.to_owned());
    }
    Err(SettingError::unexpected(value, EXPECTED, &quoted(written)))
}

/// A program that delivers messages, with its arguments; an empty list for none.
pub(super) fn command(value: &TomlValue<'_>) -> Result<Vec<String>, SettingError> {
    const EXPECTED: &str = "a list: the absolute path of a program, then its arguments";
    const MAX_COMMAND_WORDS: usize = 100;
    let inner = value.get_ref();
    let Some(items) = inner.as_array() else {
        return Err(SettingError::unexpected(value, EXPECTED, kind_of(inner)));
    };
    if items.len() > MAX_COMMAND_WORDS {
        return Err(SettingError::unexpected(value, "a list of at most 100 items", "a longer one"));
    }
    let mut words = Vec::with_capacity(items.len());
    for item in items {
        let word = string(item, EXPECTED)?;
        let address = DeliverCommand::ADDRESS;
        if word.contains('\0') {
            return Err(SettingError::unexpected(
                item,
                "arguments without NUL characters",
                &quoted(word),
            ));
        }
        if words.is_empty() && !Path::new(word).is_absolute() {
            return Err(SettingError::unexpected(
                item,
                "the absolute path of a program first",
                &quoted(word),
            )
            .with_hint("neither a shell nor PATH is used: write it like \"/usr/sbin/sendmail\""));
        }
        if word != address && word.contains(address) {
            return Err(SettingError::unexpected(
                item,
                "{to} as an argument of its own",
                &quoted(word),
            )
            .with_hint("write it as \"{to}\", after \"--\" if the program knows that"));
        }
        words.push(word.to_owned());
    }
    if !words.is_empty() && !words.iter().skip(1).any(|word| word == DeliverCommand::ADDRESS) {
        return Err(SettingError::unexpected(
            value,
            "{to} among the arguments",
            "a list without it",
        )
        .with_hint("it stands for the address; the message is given to the program as its input"));
    }
    Ok(words)
}

/// A file; empty for none.
pub(super) fn file(value: &TomlValue<'_>) -> Result<Option<String>, SettingError> {
    let path = path(value)?;
    Ok((!path.is_empty()).then_some(path))
}

fn path(value: &TomlValue<'_>) -> Result<String, SettingError> {
    const EXPECTED: &str = "the path of a file";
    let written = string(value, EXPECTED)?;
    if written.chars().any(char::is_control) {
        return Err(SettingError::unexpected(value, EXPECTED, &quoted(written)));
    }
    Ok(written.to_owned())
}

/// A file for each of several languages.
pub(super) fn files(value: &TomlValue<'_>) -> Result<BTreeMap<LanguageTag, String>, SettingError> {
    const EXPECTED: &str = "a language and a file, such as hu = \"hu.txt\"";
    let inner = value.get_ref();
    let Some(table) = inner.as_table() else {
        return Err(SettingError::unexpected(value, EXPECTED, kind_of(inner)));
    };
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| name.span().start);
    let mut files = BTreeMap::new();
    for (name, file) in entries {
        let language: LanguageTag = name.get_ref().parse().map_err(|_| SettingError {
            at: Some(name.span().start),
            ..SettingError::new(format!(
                "takes languages like hu or en-GB (BCP 47), this is {}",
                quoted(name.get_ref())
            ))
        })?;
        let path = path(file)?;
        if path.is_empty() {
            return Err(SettingError::unexpected(file, "the path of a file", "empty"));
        }
        if files.insert(language, path).is_some() {
            return Err(SettingError {
                at: Some(name.span().start),
                ..SettingError::new(format!("has the language {} twice", quoted(name.get_ref())))
            });
        }
    }
    Ok(files)
}

/// What columns of a file mean: the name of a field, `-` for nothing.
pub(super) fn columns(
    value: &TomlValue<'_>,
) -> Result<BTreeMap<String, Option<ImportField>>, SettingError> {
    const EXPECTED: &str = "columns and fields, such as \"Név\" = \"full_name\"";
    const MAX_COLUMNS: usize = 1_000;
    let inner = value.get_ref();
    let Some(table) = inner.as_table() else {
        return Err(SettingError::unexpected(value, EXPECTED, kind_of(inner)));
    };
    if table.len() > MAX_COLUMNS {
        return Err(SettingError::unexpected(value, "at most 1000 columns", "more"));
    }
    let mut columns = BTreeMap::new();
    for (name, field) in table {
        let written = string(field, "the name of a field, or \"-\" for none")?;
        let meaning = match written {
            "-" => None,
            name => Some(name.parse::<ImportField>().map_err(|invalid| {
                let error = SettingError::unexpected(field, "a field", &quoted(written));
                SettingError { hint: invalid.hint, ..error }
            })?),
        };
        columns.insert(name.get_ref().to_string(), meaning);
    }
    Ok(columns)
}
