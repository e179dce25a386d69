//! A password as it is judged, hashed and compared: normalized, in a buffer that is wiped.

use std::io;

use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use precis_profiles::precis_core::{Error as PrecisError, UnexpectedError};
use zeroize::Zeroizing;

use crate::model::{Entropy, Invalid, Rule, Secret};

/// The longest text in bytes that is looked at as a password at all: the longest password of
/// [`crate::directory::PasswordPolicy::MAX_CHARS`] characters has as many.
pub(in crate::directory) const MAX_PASSWORD_BYTES: usize = 1024;

/// A password, normalized as RFC 8265 has it (`OpaqueString`: NFC, every space is U+0020, not
/// empty), so that it is the same from every keyboard. `Debug` shows nothing of it.
///
/// NIST SP 800-63B-4 would have NFKC, the OWASP ASVS no change at all; this takes the profile made
/// for passwords. Characters without a meaning in Unicode yet are refused, and the normal form of
/// all others never changes, so a password of today is the same one under any later version.
#[derive(Debug, Clone)]
pub struct Password(Secret);

impl Password {
    /// The password that somebody typed.
    ///
    /// This alone does not make it a good one: see [`crate::directory::PasswordPolicy::check`].
    ///
    /// # Errors
    ///
    /// [`Rule::Password`] if it is empty, has more than 1,024 bytes, or holds a control, an
    /// invisible or an unassigned character.
    pub fn normalize(typed: &Secret) -> Result<Self, Invalid> {
        let text = typed.expose();
        if text.is_empty() {
            return Err(Invalid::new(Rule::Password, "a password cannot be empty"));
        }
        if text.len() > MAX_PASSWORD_BYTES {
            return Err(Invalid::new(
                Rule::Password,
                format!("a password has at most {MAX_PASSWORD_BYTES} bytes"),
            )
            .with_hint("use a shorter one"));
        }
        OpaqueString::enforce(text)
            .map(|normal| Self(Secret::new(normal.into_owned())))
            .map_err(|error| refused(&error))
    }

    /// A password from 125 random bits: `arq5t-wsxrj-995yk-8hmt4-kd2ue`.
    ///
    /// Its 32 letters and digits leave out what is easily taken for another (`0` `o` `1` `l`) and
    /// each is five bits of the random byte it comes from, so all are equally likely.
    ///
    /// # Errors
    ///
    /// Fails when `entropy` does.
    pub fn generate(entropy: &mut dyn Entropy) -> io::Result<Self> {
        const ALPHABET: [u8; 32] = *b"abcdefghijkmnpqrstuvwxyz23456789";
        const GROUP_CHARS: usize = 5;
        const GROUP_COUNT: usize = 5;

        let mut random = Zeroizing::new([0; GROUP_CHARS * GROUP_COUNT]);
        entropy.fill(random.as_mut_slice())?;
        // As long as it gets, so that it is never moved and leaves nothing behind.
        let mut text = String::with_capacity(random.len() + GROUP_COUNT - 1);
        for (index, byte) in random.iter().enumerate() {
            if index > 0 && index % GROUP_CHARS == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Ok(Self(Secret::new(text)))
    }

    /// The password itself. Every call is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Says where, and never what: the error must not hold a part of the password.
fn refused(error: &PrecisError) -> Invalid {
    let reason = match error {
        PrecisError::BadCodepoint(wrong)
        | PrecisError::Unexpected(
            UnexpectedError::ContextRuleNotApplicable(wrong)
            | UnexpectedError::MissingContextRule(wrong),
        ) => format!(
            "a password cannot hold the kind of character at position {}",
            wrong.position + 1
        ),
        PrecisError::Invalid | PrecisError::Unexpected(_) => {
            "a password cannot hold one of these characters".to_owned()
        }
    };
    Invalid::new(Rule::Password, reason)
        .with_hint("use letters of any language, digits, punctuation and spaces")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    struct System;

    impl Entropy for System {
        #[expect(clippy::disallowed_methods, reason = "what the program hands in")]
        fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
            getrandom::fill(buffer).map_err(io::Error::other)
        }
    }

    fn normalize(text: &str) -> Result<Password, Invalid> {
        Password::normalize(&Secret::new(text.to_owned()))
    }

    /// R05.
    #[test]
    fn composed_and_decomposed_are_the_same() {
        let composed = normalize("\u{e9}t\u{e9} \u{e0} Gy\u{151}r").unwrap();
        let decomposed = normalize("e\u{301}te\u{301} a\u{300} Gyo\u{30b}r").unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
    }

    /// R05.
    #[test]
    fn every_space_is_the_same() {
        for space in ['\u{a0}', '\u{1680}', '\u{2003}', '\u{202f}', '\u{3000}'] {
            let text = format!("two{space}words");
            assert_eq!(normalize(&text).unwrap().expose(), "two words", "{space:?}");
        }
        assert_eq!(normalize("  at the edges  ").unwrap().expose().len(), 16);
    }

    /// R02 and R05.
    #[test]
    fn what_is_no_password_is_refused() {
        assert_eq!(normalize("").unwrap_err().reason, "a password cannot be empty");
        assert_eq!(
            normalize("tab\tinside").unwrap_err().reason,
            "a password cannot hold the kind of character at position 4"
        );
        assert_eq!(
            normalize("é\u{200b}").unwrap_err().reason,
            "a password cannot hold the kind of character at position 2"
        );
        for text in ["\0", "a\nb", "\u{7f}", "\u{202e}x", "\u{378}"] {
            let wrong = normalize(text).unwrap_err();
            assert_eq!(wrong.rule, Rule::Password, "{text:?}");
        }
        assert!(normalize(&"x".repeat(MAX_PASSWORD_BYTES)).is_ok());
        let wrong = normalize(&"x".repeat(MAX_PASSWORD_BYTES + 1)).unwrap_err();
        assert_eq!(wrong.reason, "a password has at most 1024 bytes");
    }

    /// R18.
    #[test]
    fn debug_shows_nothing() {
        let password = normalize("correct horse").unwrap();
        assert_eq!(format!("{password:?}"), "Password(Secret(…))");
    }

    /// R07.
    #[test]
    fn ten_thousand_generated_ones_differ_and_are_already_normal() {
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let password = Password::generate(&mut System).unwrap();
            let text = password.expose().to_owned();
            assert_eq!(normalize(&text).unwrap().expose(), text);
            assert!(!text.contains(['0', 'o', 'O', '1', 'l', 'I']), "{text}");
            assert_eq!(text.len(), 29);
            assert!(text.split('-').all(|group| group.len() == 5), "{text}");
            assert!(seen.insert(text));
        }
    }

    /// R07: 25 characters of 5 bits each.
    #[test]
    fn every_byte_gives_each_character_equally_often() {
        struct Counting(u8);
        impl Entropy for Counting {
            fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
                for byte in buffer {
                    *byte = self.0;
                    self.0 = self.0.wrapping_add(1);
                }
                Ok(())
            }
        }
        let mut counts = std::collections::HashMap::new();
        let mut entropy = Counting(0);
        for _ in 0..256 {
            let password = Password::generate(&mut entropy).unwrap();
            for letter in password.expose().chars().filter(|letter| *letter != '-') {
                *counts.entry(letter).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 32);
        assert!(counts.values().all(|count| *count == 256 * 25 / 32));
    }

    #[test]
    fn a_generator_that_fails_is_an_error() {
        struct Broken;
        impl Entropy for Broken {
            fn fill(&mut self, _: &mut [u8]) -> io::Result<()> {
                Err(io::Error::other("no entropy"))
            }
        }
        assert!(Password::generate(&mut Broken).is_err());
    }

    proptest! {
        /// R05.
        #[test]
        fn normalizing_twice_changes_nothing(text in "\\PC{0,60}") {
            if let Ok(once) = normalize(&text) {
                let twice = normalize(once.expose()).unwrap();
                prop_assert_eq!(twice.expose(), once.expose());
            }
        }
    }

    /// Whatever is typed: what becomes of it is the same when it is typed again.
    #[test]
    fn fuzz_passwords() {
        let long = "jelszó ".repeat(120);
        let words = ["correct horse", &long, "\u{3000}", "\u{1d400}", "ＡＢ", "\u{0345}"];
        bolero::check!().with_max_len(40).with_iterations(2_000).for_each(|bytes: &[u8]| {
            let text = crate::pieces::text(bytes, &words);
            match normalize(&text) {
                Ok(password) => {
                    let again = normalize(password.expose()).unwrap();
                    assert_eq!(again.expose(), password.expose(), "{text:?}");
                }
                Err(invalid) => assert_eq!(invalid.rule, Rule::Password),
            }
        });
    }
}
