//! Every setting, declared once: its name, how it is read, how it is shown.
//!
//! A setting is a field of [`Settings`] with its default, a line in [`SETTINGS`], and a line in
//! `config.example.toml`, which a test compares with both.

use std::fmt;

use super::Settings;
use super::to_toml::ToToml;
use super::toml_value::{self, SettingError, TomlValue};
use crate::model::{HashParams, ProfileField, nearest};

/// One setting.
pub(super) struct Setting {
    /// Its name as people write it: `section.leaf`, or the leaf alone.
    pub name: &'static str,
    /// Reads it under its rules.
    pub read: fn(&mut Settings, &TomlValue<'_>) -> Result<(), SettingError>,
    /// Takes it over from the first to the second.
    pub copy: fn(&Settings, &mut Settings),
    /// Its value as TOML text; `None` where it is unset.
    pub show: fn(&Settings) -> Option<String>,
    /// The words that it, or an item of its list, can be; none where they cannot be counted.
    choices: fn() -> Vec<&'static str>,
}

impl fmt::Debug for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// `key!("section.leaf", place, reader(arguments))`: `place` is the field of [`Settings`]. A section
/// may lie in another one.
macro_rules! key {
    (
        $name:literal, $first:ident $(. $rest:ident)*,
        $read:ident ( $($argument:expr)? )
        $(, shown as $show:expr)?
    ) => {
        Setting {
            name: $name,
            read: |settings, value| {
                settings.$first $(.$rest)* = toml_value::$read(value $(, $argument)?)?;
                Ok(())
            },
            copy: |from, to| to.$first $(.$rest)*.clone_from(&from.$first $(.$rest)*),
            show: key!(@show [$first $(.$rest)*] $($show)?),
            choices: key!(@choices $read),
        }
    };
    (@choices flag) => { || vec!["true", "false"] };
    (@choices output) => { || toml_value::OUTPUTS.to_vec() };
    (@choices fields) => { || ProfileField::ALL.map(ProfileField::as_str).to_vec() };
    (@choices creators) => { toml_value::creator_names };
    (@choices $read:ident) => { Vec::new };
    (@show [$($place:tt)+] $show:expr) => { $show };
    (@show [$($place:tt)+]) => { |settings| settings.$($place)+.show() };
}

/// Every setting, in the order of the example file.
pub(super) const SETTINGS: &[Setting] = &[
    key!("database", database, database()),
    key!("output", output, output()),
    key!("user.require", policy.required, fields()),
    key!("password.min_length", policy.password_min_length, min_length(), shown as |settings| {
        settings.policy.min_password_chars().show()
    }),
    key!("password.temporary_ttl", policy.temporary_ttl, duration()),
    key!(
        "password.memory_kib",
        policy.hash.memory_kib,
        number(7_168..=HashParams::MAX_MEMORY_KIB.into())
    ),
    key!(
        "password.iterations",
        policy.hash.iterations,
        number(1..=HashParams::MAX_ITERATIONS.into())
    ),
    key!(
        "password.parallelism",
        policy.hash.parallelism,
        number(1..=HashParams::MAX_PARALLELISM.into())
    ),
    key!("sign_in.max_failures", policy.sign_in.max_failures, number(0..=1_000)),
    key!(
        "sign_in.max_failures_per_caller",
        policy.sign_in.max_failures_per_caller,
        number(0..=1_000)
    ),
    key!("sign_in.lock", policy.sign_in.lock, duration()),
    key!("sign_in.max_successes_per_caller", policy.sign_in.max_successes_per_caller, rate()),
    key!("sign_in.session_idle", policy.sign_in.session_idle, duration()),
    key!("sign_in.session_max", policy.sign_in.session_max, duration()),
    key!("sign_in.max_sessions", policy.sign_in.max_sessions, number(1..=1_000)),
    key!("sign_in.trusted_callers", trusted_callers, callers()),
    key!("two_factor.required", policy.two_factor, flag()),
    key!("two_factor.code_ttl", policy.code_ttl, duration()),
    key!("access.create_users", policy.create_users, creators()),
    key!("access.owner_is_admin", policy.owner_is_admin, flag()),
    key!("weights.min", policy.weights.min, weight()),
    key!("weights.max", policy.weights.max, weight()),
    key!("weights.default", policy.weights.default, weight()),
    key!("phone.default_region", phone.default_region, region(), shown as |settings| {
        settings.phone.default_region.clone().unwrap_or_default().show()
    }),
    key!("deliver.sms.command", deliver.sms.command, command()),
    key!("deliver.email.command", deliver.email.command, command()),
    key!("hand_out.template", hand_out.template, file(), shown as |settings| {
        settings.hand_out.template.clone().unwrap_or_default().show()
    }),
    key!("hand_out.templates", hand_out.templates, files()),
    key!("import.columns", import.columns, columns()),
    key!("switch.asterisk.interface", switch.asterisk.interface, interface()),
    key!("store.busy_timeout", store.busy_timeout, short_duration()),
];

/// The sections that belong to the store, not to the person who uses it.
const POLICY_SECTIONS: [&str; 6] =
    ["user", "password", "sign_in", "two_factor", "access", "weights"];

impl Setting {
    /// The part before the last dot.
    pub(super) fn section(&self) -> Option<&'static str> {
        self.name.rsplit_once('.').map(|(section, _)| section)
    }

    /// The part behind the last dot.
    pub(super) fn leaf(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, leaf)| leaf)
    }

    /// Whether it belongs to the store.
    pub(super) fn is_policy(&self) -> bool {
        self.section().is_some_and(|section| POLICY_SECTIONS.contains(&section))
    }
}

/// What a setting can be.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingChoices {
    /// The words.
    pub words: Vec<&'static str>,
    /// Whether it can be several of them.
    pub is_list: bool,
}

/// The name of every setting.
pub fn setting_names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.name)
}

/// What the setting called `name` can be; `None` where there is none, or it is not one of a set.
#[must_use]
pub fn setting_choices(name: &str) -> Option<SettingChoices> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    let words = (setting.choices)();
    let shown = (setting.show)(&Settings::default());
    let is_list = shown.is_some_and(|text| text.starts_with('['));
    (!words.is_empty()).then_some(SettingChoices { words, is_list })
}

/// The setting `leaf` of `section`.
pub(super) fn find(section: Option<&str>, leaf: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|key| key.section() == section && key.leaf() == leaf)
}

/// Whether there is such a section, of settings or of sections.
pub(super) fn is_section(name: &str) -> bool {
    let begins = |section: &str| {
        section.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    SETTINGS.iter().filter_map(Setting::section).any(begins)
}

/// The setting or section that an unknown name probably means: one of the same section, else a
/// section, else one of another section.
pub(super) fn suggest(section: Option<&str>, leaf: &str) -> Option<&'static str> {
    // `"section.leaf"` in quotation marks is one name to TOML.
    if let Some(key) = SETTINGS.iter().find(|key| key.name == leaf) {
        return Some(key.name);
    }
    let neighbours = SETTINGS.iter().filter(|key| key.section() == section);
    if let Some(near) = nearest(leaf, neighbours.map(Setting::leaf)) {
        return find(section, near).map(|key| key.name);
    }
    if section.is_none()
        && let Some(near) = nearest(leaf, SETTINGS.iter().filter_map(Setting::section))
    {
        return Some(near);
    }
    let near = nearest(leaf, SETTINGS.iter().map(Setting::leaf))?;
    SETTINGS.iter().find(|key| key.leaf() == near).map(|key| key.name)
}

/// A rule for several settings at once, checked when all layers are in.
pub(super) struct CrossCheck {
    /// The settings it is about.
    pub names: &'static [&'static str],
    /// The rule; the message of its refusal is a whole sentence.
    pub check: fn(&Settings) -> Result<(), SettingError>,
}

/// Every such rule.
pub(super) const CROSS_CHECKS: &[CrossCheck] = &[
    CrossCheck { names: &["password.memory_kib", "password.iterations"], check: hash_cost },
    CrossCheck { names: &["weights.min", "weights.max", "weights.default"], check: weights },
];

/// The cost of a password's hash: at least as much as one of the settings of Argon2id that the
/// OWASP Password Storage Cheat Sheet gives as equally strong.
fn hash_cost(settings: &Settings) -> Result<(), SettingError> {
    const OWASP_MINIMUMS: [(u32, u32); 5] =
        [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
    let HashParams { memory_kib: memory, iterations, .. } = settings.policy.hash;
    let needed = OWASP_MINIMUMS
        .iter()
        .filter(|(_, least)| *least <= iterations)
        .map(|(least, _)| *least)
        .min()
        .unwrap_or(u32::MAX);
    if memory >= needed {
        return Ok(());
    }
    Err(SettingError::new(format!(
        "`password.memory_kib` {memory} with `password.iterations` {iterations} is too weak \
         (OWASP Password Storage Cheat Sheet)"
    ))
    .with_hint(format!(
        "with `password.iterations` {iterations}, `password.memory_kib` has to be at least {needed}"
    )))
}

/// Smallest, default and largest weight, in that order.
fn weights(settings: &Settings) -> Result<(), SettingError> {
    let range = &settings.policy.weights;
    for (lower_name, lower, upper_name, upper) in [
        ("min", range.min, "max", range.max),
        ("min", range.min, "default", range.default),
        ("default", range.default, "max", range.max),
    ] {
        if lower > upper {
            return Err(SettingError::new(format!(
                "`weights.{lower_name}` {lower} is above `weights.{upper_name}` {upper}"
            ))
            .with_hint(
                "`weights.min`, `weights.default`, `weights.max` have to be in ascending order",
            ));
        }
    }
    Ok(())
}
