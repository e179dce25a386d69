//! Moments on the command line: RFC 3339, a date (local midnight), or a duration ago.

use clap::Args;

use crate::cli::terminal::output::time::zone;
use crate::directory::Expiry;
use crate::model::{Duration, Invalid, Rule, Timestamp, WindowEdit};

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

/// A moment to come, as it was typed; a duration counts from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComingTime {
    In(Duration),
    At(Timestamp),
}

impl ComingTime {
    /// The moment, where the present one is `now`.
    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::In(duration) => now.plus(duration),
            Self::At(moment) => moment,
        }
    }

    /// Reads `--ends-before` and its like.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        if let Ok(duration) = text.parse() {
            return Ok(Self::In(duration));
        }
        point(text).map(Self::At).ok_or_else(|| {
            wrong(text)
                .with_hint("write 14d (that long from now), 2026-12-24, or 2026-12-24T09:00:00Z")
        })
    }
}

/// Reads `--expires`: a duration from now, or a date.
pub(crate) fn expiry(text: &str) -> Result<Expiry, Invalid> {
    Ok(match ComingTime::parse(text)? {
        ComingTime::In(duration) => Expiry::After(duration),
        ComingTime::At(moment) => Expiry::At(moment),
    })
}

/// From when until when, on a command line.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct WindowArgs {
    /// From when on it counts: 14d (from now), 2026-12-01 (the first moment of that day), RFC 3339,
    /// or none
    #[arg(long, value_name = "TIME", value_parser = Edge::parse)]
    from: Option<Edge>,

    /// Until when it counts: 14d, 2026-12-31 (that day is no longer in it), RFC 3339, or none
    #[arg(long, value_name = "TIME", value_parser = Edge::parse)]
    until: Option<Edge>,
}

impl WindowArgs {
    /// Whether neither was given.
    pub(crate) fn are_empty(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Whether an edge was given, each alone.
    pub(crate) fn given(self) -> (bool, bool) {
        (self.from.is_some(), self.until.is_some())
    }

    /// What is to become of a window, where the present moment is `now`.
    pub(crate) fn edit(self, now: Timestamp) -> WindowEdit {
        let edge = |edge: Edge| edge.0.map(|moment| moment.resolve(now));
        WindowEdit { from: self.from.map(edge), until: self.until.map(edge) }
    }
}

/// An edge of a window; `none` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge(Option<ComingTime>);

impl Edge {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        ComingTime::parse(text).map(|moment| Self(Some(moment)))
    }
}

fn wrong(text: &str) -> Invalid {
    Invalid::new(Rule::Time, format!("`{}` is not a time", text.escape_debug()))
}

fn point(text: &str) -> Option<Timestamp> {
    Timestamp::parse_in(text, zone())
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
