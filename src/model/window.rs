//! From when until when a user or an assignment counts: two optional edges in time, evaluated
//! whenever they are read.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Invalid, Rule, Timestamp};

/// A stretch of time that may be open at either end. `from` belongs to it, `until` no longer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The first moment in it; `None`: it has always been open.
    pub from: Option<Timestamp>,
    /// The first moment after it; `None`: it does not end.
    pub until: Option<Timestamp>,
}

impl Window {
    /// The window without edges.
    pub const ALWAYS: Self = Self { from: None, until: None };

    /// Whether `now` is in it. The clock alone decides: one that is set back opens it again.
    #[must_use]
    pub fn contains(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether it has ended by `now`.
    #[must_use]
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Refuses a window that no moment is in.
    ///
    /// # Errors
    ///
    /// It does not begin before it ends.
    pub fn check(self) -> Result<(), Invalid> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => {
                let what = format!("it ends {until}, which is not after it begins, {from}");
                Err(Invalid::new(Rule::Time, what))
            }
            _ => Ok(()),
        }
    }
}

/// `FROM/UNTIL`, as an ISO 8601 interval; an edge that is not there is empty.
impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from {
            write!(formatter, "{from}")?;
        }
        formatter.write_str("/")?;
        if let Some(until) = self.until {
            write!(formatter, "{until}")?;
        }
        Ok(())
    }
}

/// With offsets, so that it means the same everywhere.
impl FromStr for Window {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || {
            let what = format!("`{}` does not say from when until when", text.escape_debug());
            Invalid::new(Rule::Time, what)
                .with_hint("write FROM/UNTIL, one of which may be left out: 2026-12-01T00:00:00Z/")
        };
        let edge = |text: &str| match text {
            "" => Ok(None),
            text => match text.parse::<jiff::Timestamp>() {
                Ok(moment) => Ok(Some(Timestamp::from_seconds(moment.as_second()))),
                Err(_) => Err(wrong()),
            },
        };
        let (from, until) = text.split_once('/').ok_or_else(wrong)?;
        let window = Self { from: edge(from)?, until: edge(until)? };
        if window == Self::ALWAYS {
            return Err(wrong());
        }
        window.check()?;
        Ok(window)
    }
}

/// What is to become of the edges of a window: `None` leaves one, `Some(None)` takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WindowEdit {
    /// The beginning.
    pub from: Option<Option<Timestamp>>,
    /// The end.
    pub until: Option<Option<Timestamp>>,
}

impl WindowEdit {
    /// Neither edge changes.
    pub const KEEP: Self = Self { from: None, until: None };

    /// Both edges become those of `window`.
    #[must_use]
    pub const fn to(window: Window) -> Self {
        Self { from: Some(window.from), until: Some(window.until) }
    }

    /// The window that `old` becomes.
    #[must_use]
    pub fn apply(self, old: Window) -> Window {
        Window { from: self.from.unwrap_or(old.from), until: self.until.unwrap_or(old.until) }
    }
}

impl Timestamp {
    /// Reads a moment: RFC 3339, or a date or a date with a time as clocks in `zone` show it. A date
    /// alone is its first moment there, which is not midnight where that night has none.
    #[must_use]
    pub fn parse_in(text: &str, zone: &TimeZone) -> Option<Self> {
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Some(Self::from_seconds(moment.as_second()));
        }
        // jiff would read what stands behind these as well, and then ignore it.
        if !matches!(text.len(), 10 | 16 | 19) {
            return None;
        }
        let local: DateTime = text.parse().ok()?;
        let moment = local.to_zoned(zone.clone()).ok()?;
        Some(Self::from_seconds(moment.timestamp().as_second()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn window(from: Option<i64>, until: Option<i64>) -> Window {
        Window { from: from.map(at), until: until.map(at) }
    }

    #[test]
    fn the_first_moment_is_in_it_and_the_last_edge_is_not() {
        let both = window(Some(10), Some(20));
        for (now, open) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(both.contains(at(now)), open, "{now}");
        }
        assert!(window(None, Some(20)).contains(at(i64::MIN)));
        assert!(!window(None, Some(20)).contains(at(20)));
        assert!(window(Some(10), None).contains(at(i64::MAX)));
        assert!(Window::ALWAYS.contains(at(0)));
    }

    #[test]
    fn a_window_that_no_moment_is_in_is_refused() {
        assert!(window(Some(10), Some(11)).check().is_ok());
        assert!(window(Some(10), Some(10)).check().is_err());
        assert!(window(Some(11), Some(10)).check().is_err());
        assert!(window(Some(11), None).check().is_ok());
    }

    #[test]
    fn an_edit_leaves_sets_or_clears_each_edge() {
        let old = window(Some(1), Some(2));
        assert_eq!(WindowEdit::KEEP.apply(old), old);
        let edit = WindowEdit { from: Some(None), until: Some(Some(at(9))) };
        assert_eq!(edit.apply(old), window(None, Some(9)));
        assert_eq!(WindowEdit::to(Window::ALWAYS).apply(old), Window::ALWAYS);
    }

    /// A day of 23 hours, one of 25, and one that has no midnight.
    #[test]
    fn a_date_is_its_first_moment_there() {
        let day = |zone: &str, date: &str| {
            let zone = TimeZone::get(zone).unwrap();
            Timestamp::parse_in(date, &zone).unwrap()
        };
        let hours = |zone: &str, one: &str, next: &str| {
            (day(zone, next).seconds() - day(zone, one).seconds()) / 3_600
        };
        assert_eq!(hours("Europe/Budapest", "2026-03-29", "2026-03-30"), 23);
        assert_eq!(hours("Europe/Budapest", "2026-10-25", "2026-10-26"), 25);
        assert_eq!(hours("Europe/Budapest", "2026-10-26", "2026-10-27"), 24);
        // Clocks went from 00:00 to 01:00.
        assert_eq!(day("America/Sao_Paulo", "2018-11-04").to_string(), "2018-11-04T03:00:00Z");
    }

    #[test]
    fn moments_are_local_or_have_an_offset() {
        let zone = TimeZone::get("Europe/Budapest").unwrap();
        let read = |text: &str| Timestamp::parse_in(text, &zone).map(|moment| moment.to_string());
        let shown = |text: &str| Some(text.to_owned());
        assert_eq!(read("2026-12-01"), shown("2026-11-30T23:00:00Z"));
        assert_eq!(read("2026-12-01 08:30"), shown("2026-12-01T07:30:00Z"));
        assert_eq!(read("2026-12-01T08:30:15"), shown("2026-12-01T07:30:15Z"));
        assert_eq!(read("2026-12-01T08:30:15Z"), shown("2026-12-01T08:30:15Z"));
        assert_eq!(read("2026-12-01T08:30:15+02:00"), shown("2026-12-01T06:30:15Z"));
        for bad in ["", "2026-13-01", "2026-12-1", "01.12.2026", "7d", "2026-12-01[UTC]"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
