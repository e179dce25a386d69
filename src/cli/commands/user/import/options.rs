//! The options of an import as the directory takes them.

use std::str::FromStr;

use super::{ConflictOption, FormatOption, UserImportArgs};
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::handout::DeliveryMethod;
use crate::cli::terminal::output::time::zone;
use crate::directory::{
    DeactivateMissing, DeactivationLimit, FileForm, ImportDefaults, ImportFormat, ImportMapping,
    ImportOptions, ImportPasswords, OnConflict, TextEncoding,
};
use crate::model::{Invalid, Rule};

impl UserImportArgs {
    pub(super) fn options(&self, context: &Context) -> Result<ImportOptions, CliError> {
        let mut mapping = ImportMapping {
            phone_region: context.phone_region().map(str::to_owned),
            time_zone: Some(zone().clone()),
            site_columns: context.settings.settings.import.columns.clone().into_iter().collect(),
            teams: translations("--map-team", &self.teams)?,
            skills: translations("--map-skill", &self.skills)?,
            projects: translations("--map-project", &self.projects)?,
            assume_plus: self.assume_plus,
            ..ImportMapping::default()
        };
        for text in &self.columns {
            let (column, field) = parts("--map", text, "COLUMN=FIELD", str::rsplit_once)?;
            let field = match field.trim() {
                "-" => None,
                name => Some(name.parse().map_err(|error| wrong("--map", error))?),
            };
            if mapping.columns.iter().any(|(one, _)| one.to_lowercase() == column.to_lowercase()) {
                return Err(CommandEnd::usage(format!("--map: `{column}` is given two meanings"))
                    .with_hint("give it one"));
            }
            mapping.columns.push((column.to_owned(), field));
        }
        for text in &self.roles {
            let (name, role) = parts("--map-role", text, "NAME=ROLE", str::rsplit_once)?;
            let role = role.parse().map_err(|error| {
                CommandEnd::usage(format!("--map-role: {error}")).with_hint("write it as NAME=ROLE")
            })?;
            mapping.roles.push((name.to_owned(), role));
        }
        let mut defaults = ImportDefaults::default();
        for text in &self.defaults {
            let (field, value) = parts("--default", text, "FIELD=VALUE", str::split_once)?;
            defaults.set(&mapping, field, value).map_err(|error| wrong("--default", error))?;
        }
        Ok(ImportOptions {
            form: FileForm {
                format: self.format.map(|format| match format {
                    FormatOption::Csv => ImportFormat::Csv,
                    FormatOption::Jsonl => ImportFormat::Jsonl,
                    FormatOption::Xlsx | FormatOption::Xls | FormatOption::Ods => {
                        ImportFormat::Workbook
                    }
                }),
                encoding: self.encoding,
                header_line: self.header_line,
                sheet: self.sheet.clone(),
            },
            mapping,
            dry_run: context.dry_run,
            on_conflict: match self.on_conflict {
                ConflictOption::Fail => OnConflict::Fail,
                ConflictOption::Skip => OnConflict::Skip,
                ConflictOption::Update => OnConflict::Update,
            },
            like: self.like.clone(),
            defaults,
            create_missing: self.create_missing,
            places: Vec::new(),
            owned: None,
            deactivate_missing: self.deactivate_missing.then(|| self.missing()),
            passwords: match (self.generate_passwords, self.no_password) {
                (true, _) => ImportPasswords::Generate,
                (_, true) => ImportPasswords::None,
                _ => ImportPasswords::FromRows,
            },
            expiry: self.expires.unwrap_or_default(),
            needed: self.hand_out.as_ref().and_then(DeliveryMethod::needs),
        })
    }

    fn missing(&self) -> DeactivateMissing {
        let default = DeactivateMissing::default();
        let within = match self.within_roles.as_slice() {
            [] => default.within,
            roles => roles.iter().copied().collect(),
        };
        DeactivateMissing { within, most: self.max_deactivate.unwrap_or(default.most) }
    }
}

/// Reads `--max-deactivate`: a number, or a part of a hundred.
pub(crate) fn most(text: &str) -> Result<DeactivationLimit, String> {
    let (digits, percent) = match text.strip_suffix('%') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let number = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
    match number {
        Some(percents @ 0..=100) if percent => Ok(DeactivationLimit::Percent(percents)),
        Some(users) if !percent => Ok(DeactivationLimit::Users(users)),
        _ => Err("write a number of users such as 25, or a part such as 10%".to_owned()),
    }
}

/// `NAME=NAME`, as often as it is given.
fn translations<T: FromStr<Err = Invalid>>(
    option: &str,
    texts: &[String],
) -> Result<Vec<(String, T)>, CliError> {
    let translation = |text: &String| {
        let (word, name) = parts(option, text, "NAME=NAME", str::rsplit_once)?;
        let name = name.trim().parse().map_err(|error| wrong(option, error))?;
        Ok((word.to_owned(), name))
    };
    texts.iter().map(translation).collect()
}

/// Reads `--encoding`.
pub(super) fn encoding(text: &str) -> Result<TextEncoding, String> {
    text.parse().map_err(|invalid: Invalid| invalid.hint.unwrap_or(invalid.reason))
}

fn parts<'t>(
    option: &str,
    text: &'t str,
    form: &str,
    split: fn(&'t str, char) -> Option<(&'t str, &'t str)>,
) -> Result<(&'t str, &'t str), CliError> {
    split(text, '=').filter(|(name, _)| !name.trim().is_empty()).ok_or_else(|| {
        CommandEnd::usage(format!("{option}: `{text}` has no `=`"))
            .with_hint(format!("write {form}"))
    })
}

/// A value on the command line that breaks a rule; a word that is none of a few is a wrong call.
fn wrong(option: &str, invalid: Invalid) -> CliError {
    let code = match invalid.rule {
        Rule::Header | Rule::Row | Rule::Role | Rule::State | Rule::ProjectSelection => {
            ErrorCode::Usage
        }
        rule => rule.into(),
    };
    CliError { hint: invalid.hint, ..CliError::new(code, format!("{option}: {}", invalid.reason)) }
}
