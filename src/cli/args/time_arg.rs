//! Moments on the command line: RFC 3339, a date (local midnight), or a duration ago.

use jiff::civil::Date;

use crate::cli::terminal::output::time::zone;
use crate::directory::Expiry;
use crate::model::{Duration, Invalid, Rule, Timestamp};

/// A moment as it was typed; a duration counts back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeArg {
    Ago(Duration),
    At(Timestamp),
}

impl TimeArg {
    /// The moment, where the present one is `now`.
    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(duration) => now.minus(duration),
            Self::At(moment) => moment,
        }
    }

    /// Reads `--since` and its like.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        if let Ok(duration) = text.parse() {
            return Ok(Self::Ago(duration));
        }
        point(text).map(Self::At).ok_or_else(|| {
            wrong(text).with_hint("write 7d (that long ago), 2026-11-21, or 2026-11-21T09:00:00Z")
        })
    }
}

/// Reads `--expires`: a duration from now, or a date.
pub(crate) fn expiry(text: &str) -> Result<Expiry, Invalid> {
    if let Ok(duration) = text.parse() {
        return Ok(Expiry::After(duration));
    }
    point(text).map(Expiry::At).ok_or_else(|| {
        wrong(text).with_hint("write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z")
    })
}

fn wrong(text: &str) -> Invalid {
    Invalid::new(Rule::Time, format!("`{}` is not a time", text.escape_debug()))
}

fn point(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_seconds(moment.as_second()));
    }
    // A date alone; jiff would read the date of a longer text as well.
    let date: Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
    let midnight = date.to_zoned(zone().clone()).ok()?;
    Some(Timestamp::from_seconds(midnight.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_durations_dates_or_rfc_3339() {
        let now = Timestamp::from_seconds(1_795_251_600);
        let at = |text: &str| TimeArg::parse(text).unwrap().resolve(now).seconds();
        assert_eq!(at("1d"), 1_795_251_600 - 86_400);
        assert_eq!(at("2026-11-21T09:00:00Z"), 1_795_251_600);
        assert_eq!(at("2026-11-21T10:00:00+01:00"), 1_795_251_600);
        assert!(TimeArg::parse("2026-11-21").is_ok());
        for bad in ["", "yesterday", "2026-13-01", "2026-11-21T25:00:00Z", "21.11.2026", "7"] {
            assert!(TimeArg::parse(bad).is_err(), "{bad}");
        }
    }

    /// Whatever is typed: a moment that can be shown, or an error.
    #[test]
    fn fuzz_moments() {
        let words = [
            "2026-11-21",
            "T09:00:00",
            "Z",
            "+01:00",
            "[Europe/Budapest]",
            "7d",
            "30s",
            "-",
            "T",
            ":",
            "9999-12-31",
            "-009999-01-01",
            "00:00:00",
            "24:00:00",
            "23:59:60",
            ".999999999",
            "+25:59",
        ];
        bolero::check!().with_max_len(8).with_iterations(2_000).for_each(|bytes: &[u8]| {
            let text = crate::pieces::text(bytes, &words);
            let now = Timestamp::from_seconds(1_795_251_600);
            if let Ok(moment) = TimeArg::parse(&text) {
                let moment = moment.resolve(now);
                assert_eq!(point(&moment.to_string()), Some(moment), "{text:?}");
                assert!(expiry(&text).is_ok(), "{text:?}");
            } else {
                assert!(expiry(&text).is_err(), "{text:?}");
            }
        });
    }
}
