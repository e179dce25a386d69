//! Names that identify: usernames (case kept and significant) and the slugs of projects, teams
//! and skills.

use std::sync::Arc;

use super::text_type::text_type;
use super::{Invalid, Rule};

/// The longest name, in characters (all of them ASCII).
const MAX_NAME_BYTES: usize = 64;

text_type!(
    /// Who a user is: 1-64 ASCII letters, digits and `._-@+`, beginning with a letter or digit.
    ///
    /// Case is kept and matters: `James` and `james` are two users.
    Username,
    |text| {
        check(
            text,
            Rule::Username,
            "username",
            "letters, digits and `.` `_` `-` `@` `+`",
            |byte| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte),
        )?;
        Ok(text.into())
    }
);

text_type!(
    /// A project's name: a slug such as `hu-support`.
    ProjectName,
    |text| check_slug(text, Rule::Project, "project name")
);

text_type!(
    /// A team's name: a slug such as `night-shift`.
    TeamName,
    |text| check_slug(text, Rule::Team, "team name")
);

text_type!(
    /// A skill's name: a slug such as `billing`.
    SkillName,
    |text| check_slug(text, Rule::Skill, "skill name")
);

fn check_slug(text: &str, rule: Rule, noun: &str) -> Result<Arc<str>, Invalid> {
    check(text, rule, noun, "lower-case letters, digits and `-` `_` `.`", |byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte)
    })
    .map(|()| text.into())
    .map_err(|invalid| {
        let lower = text.to_ascii_lowercase();
        if lower != text && check_slug(&lower, rule, noun).is_ok() {
            invalid.with_hint(format!("write it in lower case: `{lower}`"))
        } else {
            invalid
        }
    })
}

fn check(
    text: &str,
    rule: Rule,
    noun: &str,
    alphabet: &str,
    allowed: impl Fn(u8) -> bool,
) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(rule, format!("a {noun} cannot be empty")));
    }
    if text.len() > MAX_NAME_BYTES {
        let count = text.chars().count();
        return Err(Invalid::new(
            rule,
            format!("a {noun} has at most {MAX_NAME_BYTES} characters, this one has {count}"),
        ));
    }
    let shown = text.escape_debug();
    if let Some((position, wrong)) =
        text.chars().enumerate().find(|(_, letter)| !u8::try_from(*letter).is_ok_and(&allowed))
    {
        let wrong =
            if wrong == ' ' { "a space".to_owned() } else { format!("`{}`", wrong.escape_debug()) };
        return Err(Invalid::new(
            rule,
            format!(
                "`{shown}` is not a {noun}: {wrong} at position {} is not allowed",
                position + 1
            ),
        )
        .with_hint(format!("use ASCII {alphabet}")));
    }
    if !text.as_bytes()[0].is_ascii_alphanumeric() {
        return Err(Invalid::new(
            rule,
            format!("`{shown}` is not a {noun}: it has to begin with a letter or a digit"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// R53: what is a username is decided by this pattern alone, and it is kept as it is.
        #[test]
        fn a_username_is_what_the_pattern_says(text in "[A-Za-z0-9._@+-]{1,70}|.{0,6}") {
            let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
            let rest =
                text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte));
            match text.parse::<Username>() {
                Ok(name) => {
                    prop_assert!(first && rest && text.len() <= 64);
                    prop_assert_eq!(name.to_string(), text);
                }
                Err(invalid) => {
                    prop_assert!(!(first && rest && text.len() <= 64));
                    prop_assert_eq!(invalid.rule, Rule::Username);
                }
            }
        }

        #[test]
        fn a_slug_is_what_the_pattern_says(text in "[a-z0-9._-]{1,70}|[A-Za-z0-9 ._-]{0,6}") {
            let first = text
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            let rest = text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            });
            let valid = first && rest && text.len() <= 64;
            prop_assert_eq!(text.parse::<ProjectName>().is_ok(), valid);
            prop_assert_eq!(text.parse::<TeamName>().is_ok(), valid);
            match text.parse::<SkillName>() {
                Ok(name) => prop_assert_eq!(name.to_string(), text),
                Err(invalid) => prop_assert_eq!(invalid.rule, Rule::Skill),
            }
        }
    }

    #[test]
    fn usernames_keep_their_case() {
        let upper: Username = "James".parse().unwrap();
        let lower: Username = "james".parse().unwrap();
        assert_ne!(upper, lower);
        for good in ["a", "7", "james.carter@example.com", "x+y_z-1", &"a".repeat(64)] {
            assert_eq!(good.parse::<Username>().unwrap().as_str(), good);
        }
    }

    /// R53: no look-alikes, no paths, nothing that reads as an option.
    #[test]
    fn hostile_usernames_are_refused() {
        for bad in [
            "",
            " ",
            "ᴮᴵᴳᴮᴵᴿᴰ",
            "j\u{430}mes",
            "../x",
            "-rf",
            "...",
            ".x",
            "a b",
            "a\0b",
            "a/b",
            "a\n",
            &"a".repeat(65),
        ] {
            assert_eq!(bad.parse::<Username>().unwrap_err().rule, Rule::Username, "{bad:?}");
        }
    }

    #[test]
    fn the_reason_names_the_character_and_its_place() {
        let invalid = "jam es".parse::<Username>().unwrap_err();
        assert_eq!(
            invalid.reason,
            "`jam es` is not a username: a space at position 4 is not allowed"
        );
    }

    #[test]
    fn slugs_are_lower_case_and_say_so() {
        assert!("hu-support.2_x".parse::<ProjectName>().is_ok());
        let invalid = "HU-Support".parse::<ProjectName>().unwrap_err();
        assert_eq!(invalid.hint.as_deref(), Some("write it in lower case: `hu-support`"));
        for bad in ["", "-a", "a b", "ő", "a@b", &"a".repeat(65)] {
            assert!(bad.parse::<TeamName>().is_err(), "{bad:?}");
            assert!(bad.parse::<SkillName>().is_err(), "{bad:?}");
        }
    }
}
