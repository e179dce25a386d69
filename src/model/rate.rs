//! How often something may happen.

use std::fmt;
use std::str::FromStr;

use super::{Duration, Invalid, Rule};

/// So many within a length of time, written `60/1m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at most.
    pub count: u32,
    /// In how long.
    pub period: Duration,
}

impl Rate {
    /// More than anybody means to allow.
    pub const MAX_COUNT: u32 = 1_000_000;
}

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || {
            Invalid::new(Rule::Time, format!("`{}` is not a rate", text.escape_debug()))
                .with_hint("write a whole number and a length of time: 60/1m, 1000/1h")
        };
        let (count, period) = text.split_once('/').ok_or_else(wrong)?;
        let period: Duration = period.parse().map_err(|_| wrong())?;
        let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        let count = count.parse().ok().filter(|count| is_number && *count <= Self::MAX_COUNT);
        match count {
            Some(count) if period.seconds() > 0 => Ok(Self { count, period }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.count, self.period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for text in ["60/1m", "0/1s", "1000000/7d", "1000/90m"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        let rate: Rate = "60/60s".parse().unwrap();
        assert_eq!((rate.count, rate.period.seconds()), (60, 60));
        for text in
            ["", "60", "/", "60/", "/1m", "60/0s", "-1/1m", "+1/1m", "1000001/1m", "6 0/1m", "1/m"]
        {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
