//! Phone numbers, checked by form alone, and what is meant by those that people write otherwise.

use super::text::is_invisible;
use super::text_type::text_type;
use super::{Invalid, Rule};

text_type!(
    /// A phone number in E.164: `+`, a digit 1-9, 7 to 15 digits in all.
    Phone,
    |text| Phone::parse(text, None).map(|phone| phone.0)
);

impl Phone {
    /// Reads a number as people write it: international with `+`, or national where `region`
    /// (an ISO 3166 code such as `HU`) is given.
    ///
    /// International numbers are checked by form alone. National ones need the metadata of the
    /// phone-number library, which takes tens of milliseconds to load; nothing else does.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with [`Rule::Phone`] where it is no number.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self, Invalid> {
        let compact = Self::compact(text);
        let shown = text.escape_debug();
        let wrong = |why: String| {
            Invalid::new(Rule::Phone, format!("`{shown}` is not a phone number: {why}"))
        };
        let meant = |what: &str, number: String| {
            let reason = match Self::international(&number) {
                Ok(number) => format!("`{shown}` {what}: `{number}`?"),
                Err(_) => format!("`{shown}` {what}"),
            };
            Invalid::new(Rule::Phone, reason).with_hint("write it like +36201234567")
        };
        if let Some((scheme, rest)) = compact.split_once(':')
            && scheme.eq_ignore_ascii_case("tel")
        {
            return Err(meant("is a link", rest.to_owned()));
        }
        if let Some(number) = without_extension(&compact) {
            return Err(meant("ends with an extension", number));
        }
        if let Some(number) = without_bracketed_trunk_prefix(text) {
            return Err(meant("has a prefix of calls within the country in brackets", number));
        }
        if compact.starts_with('+') {
            let number = Self::international(&compact).map_err(|(why, hint)| {
                let invalid = wrong(why);
                match hint {
                    Some(hint) => invalid.with_hint(hint),
                    None => invalid,
                }
            })?;
            return match number.without_trunk_prefix() {
                None => Ok(number),
                Some(other) => Err(meant("has a prefix of calls within the country", other)),
            };
        }
        match (region, compact.strip_prefix("00")) {
            (Some(region), _) => Self::national(&compact, region).ok_or_else(|| {
                wrong(format!("it is not valid in the region {region} of `phone.default_region`"))
                    .with_hint("write it with its country code, like +36201234567")
            }),
            (None, Some(rest)) => Err(meant("has `00` in place of the `+`", format!("+{rest}"))),
            (None, None) => Err(wrong("it has no country code".into()).with_hint(
                "write it like +36201234567, or set `phone.default_region` in the config",
            )),
        }
    }

    /// A number without what people put between its digits: blanks and dashes of every kind, `(`,
    /// `)`, `.`, `/`, and marks that nobody sees.
    #[must_use]
    pub fn compact(text: &str) -> String {
        let between = |letter: char| {
            letter.is_whitespace()
                || matches!(
                    letter,
                    '-' | '(' | ')' | '.' | '/' | '\u{2010}'
                        ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
                )
                || is_invisible(letter) && !letter.is_control()
        };
        text.chars().filter(|letter| !between(*letter)).collect()
    }

    /// A number that begins with `+` and has nothing between its digits; or why it is none, and how
    /// to mend that.
    fn international(compact: &str) -> Result<Self, (String, Option<&'static str>)> {
        let digits = compact.strip_prefix('+').unwrap_or_default();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(("after the `+` there can only be digits".into(), None));
        }
        if digits.starts_with('0') || digits.is_empty() {
            let hint = Some("write it like +36201234567");
            return Err(("the `+` is followed by the country code".into(), hint));
        }
        match digits.len() {
            count @ 0..7 => {
                Err((format!("it has {count} digits, but at least 7 are needed"), None))
            }
            7..=15 => Ok(Self(compact.into())),
            count => Err((format!("it has {count} digits, but at most 15 are allowed"), None)),
        }
    }

    /// The number that is meant where the prefix of calls within the country stands behind the
    /// country code. Only where a zero stands there the metadata of the phone-number library is
    /// asked; in Italy and some others it belongs to the number.
    fn without_trunk_prefix(&self) -> Option<String> {
        let digits = self.0.get(1..)?;
        let code = country_code(digits);
        if code == "39" || !digits.get(code.len()..)?.starts_with('0') {
            return None;
        }
        let number =
            phonenumber::parse(None, &*self.0).ok().filter(phonenumber::PhoneNumber::is_valid)?;
        let written = number.format().mode(phonenumber::Mode::E164).to_string();
        (written != *self.0).then_some(written)
    }

    /// Whether `digits` would be a number that exists, with a `+` before them. Loads the metadata
    /// of the phone-number library.
    #[must_use]
    pub fn is_international(digits: &str) -> bool {
        phonenumber::parse(None, format!("+{digits}")).is_ok_and(|number| number.is_valid())
    }

    fn national(compact: &str, region: &str) -> Option<Self> {
        if !compact.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let country = region.parse::<phonenumber::country::Id>().ok()?;
        let number = phonenumber::parse(Some(country), compact).ok()?;
        if !number.is_valid() {
            return None;
        }
        Some(Self(number.format().mode(phonenumber::Mode::E164).to_string().into()))
    }
}

/// The country code that `digits` begin with (ITU-T E.164, the list of assigned codes).
fn country_code(digits: &str) -> &str {
    const OF_TWO_DIGITS: &[u8] = &[
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55,
        56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ];
    let length = match digits.get(..2).and_then(|two| two.parse().ok()) {
        Some(10..20 | 70..80) => 1,
        Some(two) if OF_TWO_DIGITS.contains(&two) => 2,
        _ => 3,
    };
    digits.get(..length).unwrap_or(digits)
}

/// The number before an extension: `+3612345678 ext. 12`, `...x12`, `...;ext=12`, `...#12`.
fn without_extension(compact: &str) -> Option<String> {
    let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '+';
    let (number, rest) = compact.split_at(compact.find(|letter| !is_of_number(letter))?);
    let extension = rest.trim_start_matches(|letter: char| {
        letter.is_alphabetic() || [',', ';', '#', '*', '=', ':'].contains(&letter)
    });
    let is_one = extension.len() < rest.len()
        && (1..=7).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit());
    (is_one && Phone::international(number).is_ok()).then(|| number.to_owned())
}

/// The number that is meant by one with a prefix of calls within the country in brackets:
/// `+44 (0)20 ...`, `+36 (06) 20 ...`, `+49 (0176) ...`. In Italy the zero belongs to the number.
fn without_bracketed_trunk_prefix(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('(')?;
    let (inside, behind) = rest.split_once(')')?;
    let [code, inside, behind] = [before, inside, behind].map(Phone::compact);
    let digits = code.strip_prefix('+')?;
    if digits.is_empty() || country_code(digits) != digits {
        return None;
    }
    let rest = match (digits, inside.as_str()) {
        ("39", "0") => "0",
        ("7", "8") => "",
        ("36", inside) if inside.starts_with("06") => inside.strip_prefix("06")?,
        ("39", _) => return None,
        (_, inside) => inside.strip_prefix('0')?,
    };
    Some(format!("+{digits}{rest}{behind}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A number that was read has the form of E.164, and is read the same again.
        #[test]
        fn a_number_is_read_as_it_is_written(text in "\\+?[0-9 ()-]{0,20}|\\PC{0,8}") {
            if let Ok(phone) = text.parse::<Phone>() {
                let digits = phone.as_str().strip_prefix('+').unwrap();
                prop_assert!((7..=15).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert!(!digits.starts_with('0'));
                prop_assert_eq!(phone.to_string().parse::<Phone>(), Ok(phone));
            }
        }
    }

    #[test]
    fn phone_numbers_become_e164() {
        for (text, stored) in [
            ("+36201234567", "+36201234567"),
            ("+36 (20) 123-4567", "+36201234567"),
            ("+1 212 555 0100", "+12125550100"),
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), stored);
        }
        for bad in [
            "",
            "+",
            "+0612345",
            "06201234567",
            "+3620123456789012",
            "+36x",
            "++36",
            "4.92E+11",
            "+٣٦٢٠",
            "36201234567",
            "+1",
        ] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
        for (text, why) in [
            ("+1", "it has 1 digits, but at least 7"),
            ("+1234567890123456", "it has 16 digits, but at"),
        ] {
            let wrong = text.parse::<Phone>().unwrap_err().reason;
            assert!(wrong.contains(why), "{wrong}");
        }
    }

    /// What stands between digits is left out, of whatever alphabet it comes.
    #[test]
    fn marks_between_digits_are_left_out() {
        for text in [
            "+36\u{a0}20\u{a0}123\u{a0}4567",
            "+36\u{202f}20\u{202f}1234567",
            "\u{202a}+36201234567\u{202c}",
            "+36\u{2013}20\u{2013}123\u{2011}4567",
            "+36 (20) 123.45/67",
            "\u{feff}+36\u{200b}20\u{2212}1234567\u{200e}",
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), "+36201234567", "{text:?}");
        }
        assert!("+36\u{1b}201234567".parse::<Phone>().is_err());
    }

    #[test]
    fn a_number_that_is_meant_is_named() {
        for (text, meant) in [
            ("+44 (0)20 7946 0958", "in brackets: `+442079460958`?"),
            ("+49 (0) 176 12345678", "in brackets: `+4917612345678`?"),
            ("+49 (0176) 12345678", "in brackets: `+4917612345678`?"),
            ("+36 (06) 20 123 4567", "in brackets: `+36201234567`?"),
            ("+7 (8) 495 1234567", "in brackets: `+74951234567`?"),
            ("+39 (0)6 1234 5678", "in brackets: `+390612345678`?"),
            ("+3606201234567", "within the country: `+36201234567`?"),
            ("+4402079460958", "within the country: `+442079460958`?"),
            ("0036 20 123 4567", "in place of the `+`: `+36201234567`?"),
            ("tel:+36-20-123-4567", "is a link: `+36201234567`?"),
            ("TEL: +36 20 123 4567", "is a link: `+36201234567`?"),
            ("+36 1 234 5678 ext. 12", "an extension: `+3612345678`?"),
            ("+36 1 234 5678 x12", "an extension: `+3612345678`?"),
            ("+36 1 234 5678;ext=12", "an extension: `+3612345678`?"),
            ("+36 1 234 5678 #12", "an extension: `+3612345678`?"),
            ("+36 1 234 5678 mellék 12", "an extension: `+3612345678`?"),
            ("+12", "it has 2 digits, but at least 7 are needed"),
            ("+1 555", "it has 4 digits, but at least 7 are needed"),
            ("+36 20 123 4567, +36 30 123 4567", "there can only be digits"),
        ] {
            let reason = text.parse::<Phone>().unwrap_err().reason;
            assert!(reason.ends_with(meant), "{text}: {reason}");
        }
        for text in
            ["+39 06 1234 5678", "+39 (06) 12345678", "+7 (495) 123-45-67", "+1 (212) 555 0100"]
        {
            assert!(text.parse::<Phone>().is_ok(), "{text}");
        }
    }

    #[test]
    fn national_numbers_need_a_region() {
        assert_eq!(Phone::parse("06 20 123 4567", Some("HU")).unwrap().as_str(), "+36201234567");
        assert!(Phone::parse("12", Some("HU")).is_err());
        let hint = Phone::parse("06201234567", None).unwrap_err().hint.unwrap();
        assert!(hint.contains("phone.default_region"));
    }
}
