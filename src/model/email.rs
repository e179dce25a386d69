//! E-mail addresses, checked by form alone.

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
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
}
