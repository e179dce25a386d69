//! Moments for people, in their own zone, and for programs, in UTC.

use std::sync::OnceLock;

use jiff::tz::TimeZone;

use crate::model::Timestamp;

static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// The zone of the person who reads and types times, found out when it is first needed.
pub(crate) fn zone() -> &'static TimeZone {
    ZONE.get_or_init(TimeZone::system)
}

/// Local time, short: `Sat 21 Nov 2026 10:00`. [`zone_name`] is told once beside the times.
pub(crate) fn local_time(moment: Timestamp) -> String {
    in_zone(moment, zone())
}

/// The local time of day, for what is over today: `10:00`.
pub(crate) fn clock_time(moment: Timestamp) -> String {
    let shown = local_time(moment);
    shown.rsplit(' ').next().map(str::to_owned).unwrap_or(shown)
}

/// The name of the zone: `Europe/Budapest`, or `UTC+01` where it is an offset alone.
pub(crate) fn zone_name() -> String {
    let zone = zone();
    match (zone.iana_name(), zone.to_fixed_offset()) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(offset)) => format!("UTC{offset}"),
        (None, Err(_)) => "local time".to_owned(),
    }
}

/// The moment that [`utc_time`] shows as `text`, where it is one.
pub(crate) fn from_utc_time(text: &str) -> Option<Timestamp> {
    let moment = Timestamp::from_seconds(text.parse::<jiff::Timestamp>().ok()?.as_second());
    (utc_time(moment) == text).then_some(moment)
}

/// RFC 3339 in UTC with whole seconds: `2026-11-21T09:00:00Z`.
pub(crate) fn utc_time(moment: Timestamp) -> String {
    moment.to_string()
}

fn in_zone(moment: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_second(moment.seconds()) {
        Ok(instant) => instant.to_zoned(zone.clone()).strftime("%a %-d %b %Y %H:%M").to_string(),
        // Only a damaged store holds such a number; it is shown as it is.
        Err(_) => moment.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    #[test]
    fn a_time_is_short_and_in_its_zone() {
        let moment = Timestamp::from_seconds(1_795_251_600);
        assert_eq!(in_zone(moment, &TimeZone::fixed(offset(1))), "Sat 21 Nov 2026 10:00");
        assert_eq!(in_zone(moment, &TimeZone::UTC), "Sat 21 Nov 2026 09:00");
        assert_eq!(utc_time(moment), "2026-11-21T09:00:00Z");
        assert_eq!(
            in_zone(Timestamp::from_seconds(i64::MAX), &TimeZone::UTC),
            "@9223372036854775807"
        );
    }
}
