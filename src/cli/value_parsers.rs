//! How words on the command line become values, where that is more than a `FromStr`.

use std::error::Error;
use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, ValueEnum};

use crate::cli::error::{CliError, CommandEnd};
use crate::model::{Invalid, ProfileField, Role, RoleSet, SkillLevel, SkillName};

/// A type whose values are a few words.
pub(crate) trait Words: FromStr<Err: Into<Box<dyn Error + Send + Sync>>> {
    /// The words, in the order in which help lists them.
    fn words() -> Vec<&'static str>;
}

impl Words for Role {
    fn words() -> Vec<&'static str> {
        Self::ALL.into_iter().map(Self::as_str).collect()
    }
}

/// Parses as the type does, and tells completions the words that there are.
#[derive(Debug, Clone)]
pub(crate) struct OneOf<T>(PhantomData<fn() -> T>);

impl<T> OneOf<T> {
    pub(crate) const fn words() -> Self {
        Self(PhantomData)
    }
}

impl<T: Words + Clone + Send + Sync + 'static> TypedValueParser for OneOf<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        (|text: &str| text.parse::<T>()).parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(T::words().into_iter().map(PossibleValue::new)))
    }
}

/// A switch that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    On,
    Off,
}

impl OnOff {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// The roles of a repeated option.
pub(crate) fn role_set(roles: &[Role]) -> RoleSet {
    roles.iter().copied().collect()
}

/// A skill to filter by: `billing`, or `billing:3` for level 3 and above.
pub(crate) fn skill_filter(text: &str) -> Result<(SkillName, SkillLevel), Invalid> {
    match text.split_once(':') {
        Some((name, level)) => Ok((name.parse()?, level.parse()?)),
        None => Ok((text.parse()?, SkillLevel::default())),
    }
}

/// A field that can be empty.
pub(crate) fn field(text: &str) -> Result<ProfileField, String> {
    ProfileField::ALL.into_iter().find(|field| field.as_str() == text).ok_or_else(|| {
        let words: Vec<&str> = ProfileField::ALL.iter().map(|field| field.as_str()).collect();
        format!("it has to be one of {}", words.join(", "))
    })
}

/// The items in their order, each name once.
///
/// # Errors
///
/// One name is given twice, with two different numbers.
pub(crate) fn once_each<T: Clone + PartialEq>(
    items: &[T],
    name: impl Fn(&T) -> &str,
) -> Result<Vec<T>, CliError> {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        match kept.iter().find(|earlier| name(earlier) == name(item)) {
            None => kept.push(item.clone()),
            Some(earlier) if earlier == item => {}
            Some(_) => {
                return Err(CommandEnd::usage(format!(
                    "`{}` is named twice with different values",
                    name(item)
                ))
                .with_hint("name it once"));
            }
        }
    }
    Ok(kept)
}
