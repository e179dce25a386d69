//! Traffic on the command line: `hu-support=38/h,en-support=10/h`.

use std::str::FromStr;

use crate::directory::Traffic;

/// The most calls an hour of a project.
const MAX_CALLS_PER_HOUR: f64 = 1_000_000.0;

/// The traffic of a project.
#[derive(Debug, Clone)]
pub(super) struct TrafficArg(pub(super) Traffic);

impl FromStr for TrafficArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it like hu-support=38/h, calls an hour".to_owned();
        let (project, rate) = text.split_once('=').ok_or_else(wrong)?;
        let project = project.trim().parse().map_err(|_| wrong())?;
        let number = rate.trim().strip_suffix("/h").ok_or_else(wrong)?.trim_end();
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(wrong());
        }
        let per_hour: f64 = number.parse().map_err(|_| wrong())?;
        if !(per_hour > 0.0 && per_hour <= MAX_CALLS_PER_HOUR) {
            return Err(format!("{number} calls an hour is not above 0 and up to a million"));
        }
        Ok(Self(Traffic { project, per_hour }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_an_hour() {
        let TrafficArg(traffic) = "hu-support=38.5/h".parse().unwrap();
        assert_eq!((traffic.project.as_str(), traffic.per_hour), ("hu-support", 38.5));
        for bad in [
            "", "hu", "hu=", "hu=5", "hu=5/d", "HU=5/h", "hu=0/h", "hu=-1/h", "hu=1e3/h",
            "hu=inf/h", "hu=./h",
        ] {
            assert!(bad.parse::<TrafficArg>().is_err(), "{bad}");
        }
    }
}
