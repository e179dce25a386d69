//! Numbers that people give: an assignment's weight and a skill's level.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Invalid, Rule};

/// How strongly calls of a project draw a user, relative to their other projects.
///
/// An agent with calls waiting in several of their projects gets the next one from project *p* with
/// probability weight(*p*) / sum of the weights of those projects. At least 1; the settings bound
/// it further ([`WeightRange`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Weight(u32);

impl Weight {
    /// The weight `number`; `None` for 0 and below, and for what no setting can allow.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|number| *number >= 1).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl FromStr for Weight {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        whole_number(text).and_then(Self::new).ok_or_else(|| {
            Invalid::new(
                Rule::Weight,
                format!(
                    "`{}` is not a weight: it has to be a whole number, at least 1",
                    text.escape_debug()
                ),
            )
        })
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The weights that the settings allow, and the one that is meant when none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightRange {
    /// The smallest.
    pub min: Weight,
    /// The largest.
    pub max: Weight,
    /// The one that is meant when none is given.
    pub default: Weight,
}

impl WeightRange {
    /// Whether `weight` is allowed.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with [`Rule::Weight`] where it is not, with the bounds.
    pub fn check(&self, weight: Weight) -> Result<Weight, Invalid> {
        if (self.min..=self.max).contains(&weight) {
            return Ok(weight);
        }
        Err(Invalid::new(
            Rule::Weight,
            format!("the weight {weight} is not within {} and {}", self.min, self.max),
        )
        .with_hint(format!("give a whole number from {} to {}", self.min, self.max)))
    }
}

impl Default for WeightRange {
    fn default() -> Self {
        Self { min: Weight(1), max: Weight(100), default: Weight(10) }
    }
}

/// How well a user has a skill: 1 (the default) to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct SkillLevel(u8);

impl SkillLevel {
    /// The level `number`, where it is 1 to 5.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| (1..=5).contains(number)).map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for SkillLevel {
    fn default() -> Self {
        Self(1)
    }
}

impl FromStr for SkillLevel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        whole_number(text).and_then(Self::new).ok_or_else(|| {
            Invalid::new(
                Rule::Level,
                format!(
                    "`{}` is not a skill level: it has to be a whole number from 1 to 5",
                    text.escape_debug()
                ),
            )
        })
    }
}

impl fmt::Display for SkillLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Digits alone: `+5`, ` 5` and `5.0` are typing errors, not numbers.
fn whole_number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_read_as_they_are_written(number in -2_i64..i64::from(u32::MAX) + 2) {
            let weight = number.to_string().parse::<Weight>().ok();
            prop_assert_eq!(weight, Weight::new(number));
            prop_assert_eq!(
                weight.map(|weight| weight.to_string()),
                (1..=i64::from(u32::MAX)).contains(&number).then(|| number.to_string())
            );
        }

        #[test]
        fn levels_are_read_as_they_are_written(number in -300_i64..300) {
            let level = number.to_string().parse::<SkillLevel>().ok();
            prop_assert_eq!(level, SkillLevel::new(number));
            prop_assert_eq!(level.is_some(), (1..=5).contains(&number));
        }
    }

    #[test]
    fn weights_are_whole_numbers_within_the_range() {
        let range = WeightRange::default();
        assert_eq!(range.check("100".parse().unwrap()).unwrap().get(), 100);
        assert!(range.check("101".parse().unwrap()).is_err());
        for bad in ["", "0", "-1", "+1", "1.5", "ten", " 1", "99999999999999999999"] {
            assert!(bad.parse::<Weight>().is_err(), "{bad}");
        }
    }

    #[test]
    fn skill_levels_are_1_to_5() {
        assert_eq!("5".parse::<SkillLevel>().unwrap().get(), 5);
        assert_eq!(SkillLevel::default().get(), 1);
        for bad in ["0", "6", "x", ""] {
            assert!(bad.parse::<SkillLevel>().is_err(), "{bad}");
        }
    }
}
