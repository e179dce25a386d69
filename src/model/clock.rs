//! Time and randomness as parameters: the core reads neither by itself.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{Invalid, Rule};

/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The moment `duration` later.
    #[must_use]
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }

    /// The moment `duration` earlier.
    #[must_use]
    pub const fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.0))
    }
}

/// RFC 3339 in UTC with whole seconds: `2026-11-21T09:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(moment) => moment.fmt(formatter),
            // Only a damaged store holds such a number; the number itself is the best there is.
            Err(_) => write!(formatter, "@{}", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A length of time in whole seconds, written `30s`, `15m`, `12h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

impl Duration {
    /// A hundred years: longer than any setting means, short enough that no sum overflows.
    const MAX_SECONDS: i64 = 100 * 366 * 86_400;

    /// A duration of `seconds`.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// A duration of whole days of 24 hours.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self(days * 86_400)
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Duration {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || {
            Invalid::new(Rule::Time, format!("`{}` is not a duration", text.escape_debug()))
                .with_hint("write a whole number and a unit: 30s, 15m, 12h or 7d")
        };
        let unit = match text.as_bytes().last() {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3_600,
            Some(b'd') => 86_400,
            _ => return Err(wrong()),
        };
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        digits
            .parse::<i64>()
            .ok()
            .and_then(|count| count.checked_mul(unit))
            .filter(|seconds| *seconds <= Self::MAX_SECONDS)
            .map(Self)
            .ok_or_else(|| {
                Invalid::new(Rule::Time, format!("`{text}` is longer than a hundred years"))
            })
    }
}

/// The largest unit that divides it: `7d`, `90m`, `45s`.
impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
            if self.0 != 0 && self.0 % unit == 0 {
                return write!(formatter, "{}{letter}", self.0 / unit);
            }
        }
        write!(formatter, "{}s", self.0)
    }
}

/// Where the time comes from.
pub trait Clock {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Where unpredictable bytes come from: the operating system's generator, except in tests.
pub trait Entropy {
    /// Fills `buffer` with bytes that nobody can predict.
    ///
    /// # Errors
    ///
    /// Fails when the operating system's generator does.
    fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()>;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_duration_is_read_as_it_is_written(seconds in 0..=Duration::MAX_SECONDS) {
            let duration = Duration::from_seconds(seconds);
            prop_assert_eq!(duration.to_string().parse::<Duration>(), Ok(duration));
        }

        #[test]
        fn reading_a_duration_never_fails_otherwise(text in "[0-9]{0,22}[smhdw ]?") {
            if let Ok(duration) = text.parse::<Duration>() {
                prop_assert!((0..=Duration::MAX_SECONDS).contains(&duration.seconds()));
            }
        }

        #[test]
        fn moments_are_shown_as_rfc_3339(seconds in -60_000_000_000_i64..250_000_000_000) {
            let shown = Timestamp::from_seconds(seconds).to_string();
            let read: jiff::Timestamp = shown.parse().unwrap();
            prop_assert_eq!(read.as_second(), seconds);
            prop_assert!(shown.ends_with('Z') && !shown.contains('.'));
        }
    }

    #[test]
    fn no_sum_of_times_overflows() {
        let long = Duration::from_seconds(i64::MAX);
        assert_eq!(Timestamp::from_seconds(1).plus(long).seconds(), i64::MAX);
        assert_eq!(Timestamp::from_seconds(-2).minus(long).seconds(), i64::MIN);
        assert_eq!(Timestamp::from_seconds(5).plus(Duration::from_days(1)).seconds(), 86_405);
    }

    #[test]
    fn the_longest_duration_is_a_hundred_years() {
        assert_eq!("36600d".parse::<Duration>().unwrap().seconds(), Duration::MAX_SECONDS);
        assert!("36601d".parse::<Duration>().is_err());
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("15m", 900), ("12h", 43_200), ("7d", 604_800)] {
            assert_eq!(text.parse::<Duration>().unwrap().seconds(), seconds);
            assert_eq!(Duration::from_seconds(seconds).to_string(), text);
        }
        for text in ["", "d", "7", "-7d", "+7d", "7 d", "7w", "1.5h", "99999999999d", "七d"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }

    #[test]
    fn timestamps_are_shown_in_utc_with_whole_seconds() {
        assert_eq!(Timestamp::from_seconds(1_795_251_600).to_string(), "2026-11-21T09:00:00Z");
        assert_eq!(Timestamp::from_seconds(i64::MAX).to_string(), "@9223372036854775807");
    }
}
