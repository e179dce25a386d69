//! How to reach a person: e-mail addresses and phone numbers, checked by form alone.

use std::sync::Arc;

use super::text_type::text_type;
use super::{Invalid, Rule};

text_type!(
    /// An e-mail address: a dot-atom local part (RFC 5322) that does not begin with `-`, and a
    /// domain name; at most 254 characters (RFC 5321). No quotes, comments or literals.
    Email,
    check_email
);

fn check_email(text: &str) -> Result<Arc<str>, Invalid> {
    let wrong = |why: &str| {
        Err(Invalid::new(
            Rule::Email,
            format!("`{}` is not an e-mail address: {why}", text.escape_debug()),
        )
        .with_hint("write it like james@example.com"))
    };
    if text.len() > 254 {
        return Err(Invalid::new(
            Rule::Email,
            format!(
                "an e-mail address has at most 254 characters, this one has {}",
                text.chars().count()
            ),
        ));
    }
    if !text.is_ascii() {
        return wrong("only ASCII is allowed");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return wrong("there is no `@`");
    };
    if local.is_empty() || local.len() > 64 {
        return wrong("there have to be 1-64 characters before the `@`");
    }
    if local.starts_with('-') {
        return wrong("it cannot begin with `-`");
    }
    if !local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom)) {
        return wrong("the part before the `@` holds a character or a dot that is not allowed");
    }
    if !is_domain(domain) {
        return wrong("the part after the `@` is not a domain name");
    }
    Ok(text.into())
}

/// `atext` of RFC 5322, section 3.2.3.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// Labels of 1-63 letters, digits and inner hyphens (RFC 1123, section 2.1); at least two of them,
/// the last not a number.
fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() >= 2
        && text.len() <= 253
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && labels.last().is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()))
}

text_type!(
    /// A phone number in E.164: `+`, a digit 1-9, up to 15 digits in all. Read from text it is an
    /// international one; a national one needs [`Phone::parse`].
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
        let compact: String = text
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '\u{a0}' | '-' | '(' | ')'))
            .collect();
        let wrong = |why: String| {
            Invalid::new(
                Rule::Phone,
                format!("`{}` is not a phone number: {why}", text.escape_debug()),
            )
        };
        if let Some(digits) = compact.strip_prefix('+') {
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(wrong("after the `+` there can only be digits".into()));
            }
            if digits.starts_with('0') || digits.is_empty() {
                return Err(wrong("the `+` is followed by the country code".into())
                    .with_hint("write it like +36201234567"));
            }
            match digits.len() {
                0..2 => return Err(wrong("one digit is too short".into())),
                2..=15 => {}
                count => {
                    return Err(wrong(format!(
                        "it has {count} digits, but at most 15 are allowed"
                    )));
                }
            }
            return Ok(Self(compact.into()));
        }
        match region {
            Some(region) => Self::national(&compact, region).ok_or_else(|| {
                wrong(format!("it is not valid in the region {region} of `phone.default_region`"))
                    .with_hint("write it with its country code, like +36201234567")
            }),
            None => Err(wrong("it has no country code".into()).with_hint(
                "write it like +36201234567, or set `phone.default_region` in the config",
            )),
        }
    }

    /// Whether `digits` would be a number that exists, with a `+` before them. Loads the metadata
    /// of the phone-number library.
    #[must_use]
    pub fn is_international(digits: &str) -> bool {
        phonenumber::parse(None, format!("+{digits}")).is_ok_and(|number| number.is_valid())
    }

    fn national(compact: &str, region: &str) -> Option<Self> {
        if !compact.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/' || byte == b'.') {
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
                prop_assert!((2..=15).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert!(!digits.starts_with('0'));
                prop_assert_eq!(phone.to_string().parse::<Phone>(), Ok(phone));
            }
        }

        /// An address that was taken is kept as it is and can be an argument and a header.
        #[test]
        fn an_address_is_kept_as_it_is(
            text in "[a-zA-Z0-9.+'-]{0,10}@[a-z0-9.-]{0,12}\\.[a-z]{2,3}|\\PC{0,12}"
        ) {
            if let Ok(email) = text.parse::<Email>() {
                prop_assert_eq!(email.as_str(), text.as_str());
                prop_assert!(!text.starts_with('-') && text.len() <= 254);
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(text.matches('@').count(), 1);
            }
        }
    }

    #[test]
    fn e_mail_addresses_are_dot_atom_and_domain() {
        for good in ["james@example.com", "a.b+c@x-y.co.uk", "o'brien@example.com", "x@1.de"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "james",
            "@example.com",
            "james@",
            "james@localhost",
            "-x@example.com",
            ".x@example.com",
            "x.@example.com",
            "x..y@example.com",
            "\"x\"@example.com",
            "x@[127.0.0.1]",
            "x@-a.com",
            "x@a-.com",
            "x@a..com",
            "x y@example.com",
            "ő@example.com",
            "x@exámple.com",
            "x@1.2.3.4",
            "x@example.com\n",
            "a@b@c.com",
            &format!("{}@example.com", "a".repeat(65)),
            &format!("a@{}.com", "a.".repeat(130)),
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
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
            ("+1", "one digit is too short"),
            ("+1234567890123456", "it has 16 digits, but at most 15"),
        ] {
            let wrong = text.parse::<Phone>().unwrap_err().reason;
            assert!(wrong.contains(why), "{wrong}");
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
