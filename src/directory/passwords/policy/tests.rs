//! Passwords that will do, and those that others would try first.

use proptest::prelude::*;

use super::*;
use crate::directory::passwords::hash::verify;
use crate::model::{PasswordOrigin, Secret};

const JAMES: PasswordContext<'_> =
    PasswordContext { username: "james.k", full_name: "James Kovács-Brown" };

const CHEAP: HashParams = HashParams { memory_kib: 64, iterations: 1, parallelism: 1 };

fn password(text: &str) -> Password {
    Password::normalize(&Secret::new(text.to_owned())).unwrap()
}

fn check(text: &str) -> Result<(), Invalid> {
    PasswordPolicy::default().check(&password(text), &JAMES)
}

fn reason(text: &str) -> String {
    let wrong = check(text).expect_err(text);
    assert_eq!(wrong.rule, Rule::Password);
    assert!(wrong.hint.is_some(), "{text}");
    wrong.reason
}

/// `count` characters of many different words.
fn phrase(count: usize) -> String {
    let words = "purple otters drink cold tea while seven grumpy lamps sing to a copper bridge \
                 near my uncle's rusty harbour and nobody knows which blanket the moon forgot \
                 under those yellow stairs of wintry marble; quick, hide eleven pancakes before \
                 that old volcano finds its spectacles again on Thursday";
    assert!(words.len() > 257);
    words.chars().take(count).collect()
}

/// R01.
#[test]
fn fourteen_characters_are_refused_and_fifteen_accepted() {
    assert_eq!(reason(&phrase(14)), "a password has at least 15 characters, this one has 14");
    assert_eq!(check(&phrase(15)), Ok(()));
}

/// R01.
#[test]
fn length_is_counted_after_normalization() {
    let length = |text: &str| PasswordPolicy::default().check_length(&password(text));
    assert_eq!(length(&"e\u{301}".repeat(15)), Ok(()));
    assert_eq!(
        length(&"e\u{301}".repeat(14)).unwrap_err().reason,
        "a password has at least 15 characters, this one has 14"
    );
    assert_eq!(length(&"\u{1f600}".repeat(15)), Ok(()));
    assert_eq!(check("e\u{301}tage be\u{301}zier qu"), Ok(()));
}

/// R01: another minimum.
#[test]
fn eight_characters_do_where_two_factors_are_asked_for() {
    let policy = PasswordPolicy { min_length: Policy::MIN_PASSWORD_CHARS_TWO_FACTOR };
    assert_eq!(policy.check(&password("w4ltz vex"), &JAMES), Ok(()));
    for text in ["w4ltz v", "iloveyou", "Password1", "jamesjames"] {
        assert!(policy.check(&password(text), &JAMES).is_err(), "{text}");
    }
}

/// R02.
#[test]
fn up_to_256_characters_are_accepted_and_257_refused() {
    assert_eq!(check(&phrase(64)), Ok(()));
    assert_eq!(check(&phrase(256)), Ok(()));
    assert_eq!(reason(&phrase(257)), "a password has at most 256 characters, this one has 257");
    let four_bytes_each = "\u{1f600}".repeat(256);
    let length = PasswordPolicy::default().check_length(&password(&four_bytes_each));
    assert_eq!(length, Ok(()));
}

/// R03.
#[test]
fn no_kind_of_character_is_asked_for() {
    for text in [
        "correct horse battery staple",
        "purpleottersdrinkcoldtea",
        "PURPLE OTTERS DRINK",
        "лиловые выдры пьют",
        "八十三番目の紫色のカワウソは冷茶を飲む",
        "8302 7714 9906 2583 1",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

/// R04: the username, words of the name and the product.
#[test]
fn the_context_alone_repeated_or_with_digits_is_refused() {
    for text in [
        "jamesjamesjames",
        "JamesJamesJames",
        "james2026112100",
        "123456789james0",
        "james 1 james 2",
        "james.james-james",
        "kovacskovacs2026",
        "Kovács Kovács 26",
        "brown/brown/brown",
        "kovács-brown2026",
        "james.k james.k!",
        "JAMES.K20261121",
        "James Kovács-Brown",
        "kovacs james 2026",
        "ccadminccadmin1",
        "ContactCenter26",
        "2026callcentre!",
    ] {
        assert_eq!(
            reason(text),
            "this password is only the username, the full name or the product's name, repeated or with digits or signs added",
            "{text}"
        );
    }
    for text in
        ["james drinks cold tea", "my contactcenter smells of tea", "kovacs the purple otter"]
    {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

/// R04: words that begin alike, and contexts without words.
#[test]
fn the_longest_word_of_the_context_is_tried_first() {
    let context = PasswordContext { username: "jameson", full_name: "James" };
    let wrong = check_context(&password("jamesonjames123"), &context);
    assert!(wrong.is_err());
    let context = PasswordContext { username: "", full_name: " - " };
    assert_eq!(check_context(&password("830277149906258"), &context), Ok(()));
}

/// R04: zxcvbn's lists, also where its score is high enough.
#[test]
fn a_common_password_alone_repeated_or_with_digits_is_refused() {
    for text in [
        "verwaltungsgemeinschaft",
        "passwordpassword",
        "password password",
        "Password-1-password-2",
        "PasswordPassword",
        "Password12345678",
        "830277149dragon25",
        "dragon8473625194",
        "dragondragon8302771",
        "123456123456123456",
        "christopher12345",
        "pássword83027714!",
    ] {
        assert_eq!(
            reason(text),
            "this password is only a common password or word, repeated or with digits or signs added",
            "{text}"
        );
    }
    for text in ["my dragon drinks cold tea", "password of the otters"] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

/// R04: what zxcvbn scores below 2 is refused with its reason.
#[test]
fn what_is_easy_to_guess_is_refused_with_the_reason() {
    for (text, weakness) in [
        ("aaaaaaaaaaaaaaaa", "it repeats one character"),
        ("abcdefghijklmnopq", "it is a sequence such as abc or 6543"),
        ("x7!x7!x7!x7!x7!x7!", "it repeats a few characters over and over"),
        ("qwertyuiopasdfgh", "it is very similar to a common password"),
    ] {
        assert_eq!(reason(text), format!("this password is easy to guess: {weakness}"), "{text}");
    }
    let wrong = check("P4sswordp4ssword").unwrap_err();
    assert!(!wrong.reason.ends_with('.'));
    assert!(wrong.hint.unwrap().starts_with(LONGER_PHRASE_HINT));
}

#[test]
fn the_part_that_is_repeated() {
    for (text, part) in [
        ("", ""),
        ("a", "a"),
        ("aaa", "a"),
        ("abab", "ab"),
        ("ababa", "ababa"),
        ("\u{e9}x\u{e9}x", "\u{e9}x"),
        ("\u{e9}\u{e8}", "\u{e9}\u{e8}"),
    ] {
        assert_eq!(repeated_part(text), part);
    }
}

#[test]
fn checked_and_hashed_at_once() {
    let mut memory = HashMemory::new();
    let mut set = |text: &str, params: &HashParams| {
        let policy = PasswordPolicy::default();
        let password = password(text);
        check_and_hash(&password, policy, &JAMES, params, [7; 16], &mut memory)
    };
    for weak in ["too short", "jamesjamesjames", "aaaaaaaaaaaaaaaa"] {
        let wrong = set(weak, &CHEAP).unwrap_err();
        assert!(matches!(wrong, PasswordError::Invalid(_)), "{weak}");
        let told = format!("{wrong} {wrong:?}");
        assert!(!told.contains(weak), "{told}");
    }
    let hash = set("purple otters drink", &CHEAP).unwrap();
    let verdict = verify(
        Some(&hash),
        Some(PasswordOrigin::Typed),
        &password("purple otters drink"),
        &CHEAP,
        &mut memory,
    )
    .unwrap();
    assert!(verdict.matches && !verdict.rehash);
    let impossible = HashParams { iterations: 0, ..CHEAP };
    let mut memory = HashMemory::new();
    let wrong = check_and_hash(
        &password("purple otters drink"),
        PasswordPolicy::default(),
        &JAMES,
        &impossible,
        [7; 16],
        &mut memory,
    );
    assert_eq!(wrong.unwrap_err(), PasswordError::Hash(HashError::Params(impossible)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is typed, checking it neither fails nor tells it to others.
    #[test]
    fn no_refusal_tells_the_password(text in "\\PC{8,40}", name in "\\PC{0,20}") {
        let Ok(password) = Password::normalize(&Secret::new(text)) else {
            return Ok(());
        };
        let context = PasswordContext { username: &name, full_name: &name };
        if let Err(wrong) = PasswordPolicy::default().check(&password, &context) {
            let told = format!("{wrong:?}");
            prop_assert!(!told.contains(password.expose()));
        }
    }
}
