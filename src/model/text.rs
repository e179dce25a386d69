//! Free text about people and projects, and the folding that a search compares.

use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::text_type::text_type;
use super::{Invalid, Rule};

/// The longest free text, in characters.
const MAX_TEXT_CHARS: usize = 200;

text_type!(
    /// A person's full name: NFC, 1-200 characters, trimmed, nothing invisible in it.
    FullName,
    |text| check(text, Rule::Name, "name")
);

text_type!(
    /// What a project is for: NFC, 1-200 characters, trimmed, nothing invisible in it.
    Description,
    |text| check(text, Rule::Description, "description")
);

fn check(text: &str, rule: Rule, noun: &str) -> Result<Arc<str>, Invalid> {
    if let Some((position, wrong)) =
        text.chars().enumerate().find(|(_, letter)| is_invisible(*letter))
    {
        return Err(Invalid::new(
            rule,
            format!(
                "a {noun} cannot hold a control or invisible character (U+{:04X} at position {})",
                u32::from(wrong),
                position + 1
            ),
        ));
    }
    let trimmed = text.trim();
    let normal: Arc<str> = if is_surely_nfc(trimmed) {
        trimmed.into()
    } else {
        trimmed.nfc().collect::<String>().into()
    };
    let count = normal.chars().count();
    if count == 0 {
        return Err(Invalid::new(rule, format!("a {noun} cannot be blank")));
    }
    if count > MAX_TEXT_CHARS {
        return Err(Invalid::new(
            rule,
            format!("a {noun} has at most {MAX_TEXT_CHARS} characters, this one has {count}"),
        ));
    }
    Ok(normal)
}

/// Whether a text holds nothing that normalization could touch: no character from U+0300 on, where
/// the first combining mark stands, or none that the quick check of UAX #15 doubts.
fn is_surely_nfc(text: &str) -> bool {
    text.chars().all(|letter| letter < '\u{300}') || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// Whether a character has no business in a line of text: controls, line and paragraph
/// separators, bidirectional controls (CVE-2021-42574), zero-width and other default-ignorable
/// characters, and code points that no character has.
///
/// U+200D (zero-width joiner) and U+200C are refused too: names that differ in nothing that can
/// be seen are a way to pass for somebody else.
#[must_use]
pub fn is_invisible(letter: char) -> bool {
    // What most letters of most names are.
    if letter < '\u{ad}' {
        return letter.is_control();
    }
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{fdd0}'..='\u{fdef}')
        || (u32::from(letter) & 0xfffe) == 0xfffe
}

/// What a search compares: without case and without accents.
///
/// Compatibility decomposition, combining marks dropped, lower case; `ß` becomes `ss`, and letters
/// that carry a stroke instead of an accent (`ø`, `ł`, `đ`) become the plain letter.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        for lower in letter.to_lowercase() {
            match lower {
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' => folded.push('d'),
                'ı' => folded.push('i'),
                // Lower-casing İ leaves a combining dot behind.
                mark if is_combining_mark(mark) => {}
                other => folded.push(other),
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_trimmed_and_normalized() {
        let name: FullName = "  Jo\u{301}zsef Nagy ".parse().unwrap();
        assert_eq!(name.as_str(), "József Nagy");
        assert!("佐藤 葵".parse::<FullName>().is_ok());
        assert!("O'Brien <x> \"q\"".parse::<FullName>().is_ok());
    }

    /// R54: each class is refused, with its position.
    #[test]
    fn invisible_characters_are_refused_with_their_position() {
        for bad in [
            "a\0b",
            "a\nb",
            "a\u{1b}[31m",
            "a\u{7f}",
            "a\u{85}",
            "a\u{9b}",
            "a\u{2028}",
            "a\u{2029}",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200b}",
            "a\u{feff}",
            "a\u{ad}",
            "a\u{e0041}",
            "a\u{fffe}",
            "a\tb",
            "a\r",
        ] {
            let invalid = bad.parse::<FullName>().unwrap_err();
            assert!(invalid.reason.contains("at position 2"), "{bad:?}: {invalid}");
        }
    }

    #[test]
    fn names_have_1_to_200_characters() {
        assert!("".parse::<FullName>().is_err());
        assert!(" \u{a0} ".parse::<FullName>().is_err());
        assert!("é".repeat(200).parse::<FullName>().is_ok());
        assert!("e\u{301}".repeat(200).parse::<FullName>().is_ok());
        assert!("é".repeat(201).parse::<FullName>().is_err());
    }

    #[test]
    fn folding_forgets_case_and_accents() {
        assert_eq!(fold("Kovács ÉVA"), "kovacs eva");
        assert_eq!(fold("Müller-Straße"), "muller-strasse");
        assert_eq!(fold("Søren Łukasz"), "soren lukasz");
        assert_eq!(fold("佐藤"), "佐藤");
    }

    #[test]
    fn no_invisible_character_has_a_place_and_every_other_has() {
        for letter in (' '..='\u{ffff}').chain('\u{e0000}'..='\u{e1000}') {
            let text = format!("x{letter}x");
            let name = text.parse::<FullName>();
            assert_eq!(name.is_err(), is_invisible(letter), "{:04x}", u32::from(letter));
            if let Ok(name) = name {
                assert!(!name.as_str().chars().any(is_invisible), "{:04x}", u32::from(letter));
            }
        }
        for letter in ['a', 'é', '佐', '\u{1f600}', ' ', '\u{a0}', '\u{301}', '-'] {
            assert!(!is_invisible(letter), "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn parsing_what_was_parsed_changes_nothing(text in "\\PC{0,40}") {
            if let Ok(name) = text.parse::<FullName>() {
                prop_assert_eq!(name.as_str().parse::<FullName>().unwrap(), name);
            }
        }
    }
}
