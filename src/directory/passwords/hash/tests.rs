//! Passwords hashed and compared, and what no hash may cost or tell.

use std::time::Instant;

use PasswordOrigin::{Generated, Typed};

use super::*;
use crate::model::Secret;

/// As little as argon2 lets be: the tests ask for its place, not for its strength.
const CHEAP: HashParams = HashParams { memory_kib: 64, iterations: 1, parallelism: 1 };

fn password(text: &str) -> Password {
    Password::normalize(&Secret::new(text.to_owned())).unwrap()
}

fn typed(text: &str, params: &HashParams) -> StoredHash {
    hash_typed(&password(text), params, [7; SALT_BYTES], &mut HashMemory::new()).unwrap()
}

fn check(stored: &StoredHash, origin: PasswordOrigin, text: &str) -> Verdict {
    let mut memory = HashMemory::new();
    verify(Some(stored), Some(origin), &password(text), &CHEAP, &mut memory).unwrap()
}

fn matches(stored: &str, origin: PasswordOrigin, text: &str) -> bool {
    check(&StoredHash::from_store(stored.to_owned()), origin, text).matches
}

/// R06: the form, and the same bytes as argon2 computes in memory of its own.
#[test]
fn a_typed_password_becomes_argon2id_as_a_phc_string() {
    let params = HashParams::default();
    let stored = typed("purple otters", &params);
    let mut tag = [0; HASH_BYTES];
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        argon2::Params::new(19_456, 2, 1, Some(HASH_BYTES)).unwrap(),
    )
    .hash_password_into(b"purple otters", &[7; SALT_BYTES], &mut tag)
    .unwrap();
    assert_eq!(
        stored.as_str(),
        format!(
            "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw${}",
            Base64Unpadded::encode_string(&tag)
        )
    );
}

#[test]
fn memory_that_was_used_before_changes_nothing() {
    let mut memory = HashMemory::new();
    memory.blocks(128).unwrap().fill({
        let mut dirty = argon2::Block::new();
        dirty.as_mut().fill(u64::MAX);
        dirty
    });
    for text in ["one", "two", "one"] {
        let params = HashParams { parallelism: 4, ..CHEAP };
        let reused = hash_typed(&password(text), &params, [7; SALT_BYTES], &mut memory).unwrap();
        assert_eq!(reused.as_str(), typed(text, &params).as_str());
    }
}

#[test]
fn the_password_matches_and_no_other() {
    let stored = typed("purple otters", &CHEAP);
    let yes = check(&stored, Typed, "purple otters");
    assert_eq!((yes.matches, yes.rehash), (true, false));
    for text in ["purple otter", "Purple otters", "purple otters "] {
        assert_eq!(check(&stored, Typed, text), Verdict::NO_MATCH, "{text}");
    }
}

/// R05.
#[test]
fn set_in_one_spelling_and_checked_in_another() {
    let stored = typed("e\u{301}te\u{301}\u{a0}indien", &CHEAP);
    assert!(check(&stored, Typed, "\u{e9}t\u{e9} indien").matches);
    let stored = hash_generated(&password("e\u{301}te\u{301}\u{a0}indien"), [7; SALT_BYTES]);
    assert!(check(&stored, Generated, "\u{e9}t\u{e9} indien").matches);
}

/// R08.
#[test]
fn a_generated_password_becomes_a_salted_sha256() {
    let stored = hash_generated(&password("arq5t-wsxrj"), *b"0123456789abcdef");
    let tag = Sha256::digest(b"0123456789abcdefarq5t-wsxrj");
    assert_eq!(
        stored.as_str(),
        format!("$ccadmin-g1$MDEyMzQ1Njc4OWFiY2RlZg${}", Base64Unpadded::encode_string(&tag))
    );
    let yes = check(&stored, Generated, "arq5t-wsxrj");
    assert_eq!((yes.matches, yes.rehash), (true, false));
    assert!(!check(&stored, Generated, "arq5t-wsxrk").matches);
}

/// R08: where the password came from decides, not how its hash looks.
#[test]
fn a_hash_in_the_other_form_never_matches() {
    assert!(!check(&typed("purple otters", &CHEAP), Generated, "purple otters").matches);
    let generated = hash_generated(&password("purple otters"), [7; SALT_BYTES]);
    assert!(!check(&generated, Typed, "purple otters").matches);
    let verdict =
        verify(Some(&generated), None, &password("purple otters"), &CHEAP, &mut HashMemory::new());
    assert_eq!(verdict, Ok(Verdict::NO_MATCH));
}

/// R06.
#[test]
fn a_weaker_hash_is_to_be_made_again_after_a_match_alone() {
    let weak = [HashParams { memory_kib: 32, iterations: 4, ..CHEAP }, CHEAP];
    let wanted = HashParams { iterations: 2, ..CHEAP };
    let mut memory = HashMemory::new();
    let mut ask = |stored: &StoredHash, text: &str| {
        verify(Some(stored), Some(Typed), &password(text), &wanted, &mut memory).unwrap()
    };
    for params in weak {
        let stored = typed("purple otters", &params);
        let yes = ask(&stored, "purple otters");
        assert_eq!((yes.matches, yes.rehash), (true, true), "{params:?}");
        assert_eq!(ask(&stored, "purple"), Verdict::NO_MATCH, "{params:?}");
    }
    let stronger = HashParams { memory_kib: 128, iterations: 1, parallelism: 2 };
    for params in [wanted, stronger] {
        let yes = ask(&typed("purple otters", &params), "purple otters");
        assert_eq!((yes.matches, yes.rehash), (true, false), "{params:?}");
    }
}

/// R06.
#[test]
fn parameters_beyond_measure_are_refused_fast() {
    let tag = "BwcHBwcHBwcHBwcHBwcHBw$BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let start = Instant::now();
    for cost in [
        "m=4194304,t=2,p=1",
        "m=4294967295,t=2,p=1",
        "m=19456,t=65,p=1",
        "m=19456,t=4294967295,p=1",
        "m=19456,t=2,p=17",
        "m=8,t=2,p=2",
        "m=0,t=0,p=0",
    ] {
        let stored = format!("$argon2id$v=19${cost}${tag}");
        assert!(!matches(&stored, Typed, "purple otters"), "{cost}");
    }
    assert!(start.elapsed().as_millis() < 500);
}

#[test]
fn parameters_beyond_measure_are_never_used() {
    for params in [
        HashParams { memory_kib: HashParams::MAX_MEMORY_KIB + 1, ..CHEAP },
        HashParams { iterations: 0, ..CHEAP },
        HashParams { parallelism: 17, memory_kib: 1024, ..CHEAP },
        HashParams { memory_kib: 7, ..CHEAP },
    ] {
        let mut memory = HashMemory::new();
        let wrong = HashError::Params(params);
        assert_eq!(params.validate(), Err(wrong));
        let hashed = hash_typed(&password("x"), &params, [7; SALT_BYTES], &mut memory);
        assert_eq!(hashed.unwrap_err(), wrong);
        let verdict = verify(None, None, &password("x"), &params, &mut memory);
        assert_eq!(verdict, Err(wrong));
    }
    assert_eq!(HashParams::default().validate(), Ok(()));
}

#[test]
fn what_is_no_hash_matches_nothing() {
    let good = typed("x", &CHEAP);
    let good = good.as_str();
    assert!(matches(good, Typed, "x"));
    for stored in [
        String::new(),
        "$".into(),
        "*".into(),
        "x".into(),
        good.replace("argon2id", "argon2i"),
        good.replace("v=19", "v=16"),
        good.replace("v=19$", ""),
        good.replace("p=1", "p=1,data=AAAA"),
        good.replace(",p=1", ""),
        good[..good.len() - 1].to_owned(),
        good[..good.rfind('$').unwrap()].to_owned(),
        format!("{good}$"),
        format!(" {good}"),
    ] {
        assert!(!matches(&stored, Typed, "x"), "{stored}");
    }
    let good = hash_generated(&password("x"), [7; SALT_BYTES]);
    let good = good.as_str();
    assert!(matches(good, Generated, "x"));
    for stored in [
        String::new(),
        "$ccadmin-g1$".into(),
        "$ccadmin-g1$$".into(),
        good.replace("g1", "g2"),
        good.replace("BwcH", ""),
        good[..good.len() - 4].to_owned(),
        format!("{good}="),
        format!("{good}$"),
    ] {
        assert!(!matches(&stored, Generated, "x"), "{stored}");
    }
}

/// R14: every block of the working memory is written, whatever there is to compare with.
#[test]
fn every_comparison_costs_a_whole_argon2() {
    let typed = typed("x", &CHEAP);
    let generated = hash_generated(&password("x"), [7; SALT_BYTES]);
    let broken = StoredHash::from_store("$argon2id$".into());
    let cases = [
        (None, None),
        (None, Some(Typed)),
        (Some(&typed), Some(Typed)),
        (Some(&typed), Some(Generated)),
        (Some(&typed), None),
        (Some(&generated), Some(Generated)),
        (Some(&generated), Some(Typed)),
        (Some(&broken), Some(Typed)),
        (Some(&broken), Some(Generated)),
    ];
    let mut memory = HashMemory::new();
    let untouched = argon2::Block::new();
    let mut costs = |compare: &dyn Fn(&mut HashMemory)| {
        memory.blocks(64).unwrap().fill(untouched);
        compare(&mut memory);
        let mut blocks = memory.blocks(64).unwrap().iter();
        assert!(blocks.all(|block| block.as_ref() != untouched.as_ref()));
    };
    for (stored, origin) in cases {
        for text in ["x", "y"] {
            costs(&|memory| {
                verify(stored, origin, &password(text), &CHEAP, memory).unwrap();
            });
        }
    }
    costs(&|memory| assert_eq!(verify_nothing(&CHEAP, memory), Ok(Verdict::NO_MATCH)));
}

/// R14, R66: a hash that was made under weaker settings costs what they ask for now, in work and in
/// memory, be the password right or wrong.
#[test]
fn a_weaker_hash_costs_what_the_settings_ask_for() {
    let params = |memory_kib, iterations| HashParams { memory_kib, iterations, parallelism: 1 };
    let cases = [
        (params(19_456, 2), params(19_456, 2)),
        (params(19_456, 2), params(65_536, 3)),
        (params(19_456, 2), params(19_456, 3)),
        (params(19_456, 2), params(20_480, 2)),
        (params(7_168, 5), params(47_104, 1)),
        (params(12_288, 3), params(1_048_576, 64)),
    ];
    for (spent, wanted) in cases {
        let rest: Vec<HashParams> = wanted.rest_after(&spent).collect();
        let work = spent.work() + rest.iter().map(HashParams::work).sum::<u64>();
        // Argon2 has no less than 8 KiB a lane.
        assert!(wanted.work() - work < 8, "{spent:?} {wanted:?} {rest:?}");
        let memory = rest.iter().map(|one| one.memory_kib).max().unwrap_or(spent.memory_kib);
        assert!(memory <= wanted.memory_kib.max(spent.memory_kib));
    }
    // Nothing is added to one that costs more.
    assert_eq!(params(19_456, 2).rest_after(&params(65_536, 3)).count(), 0);
    // The memory that the settings ask for is written, all of it.
    let weak = typed("x", &CHEAP);
    let wanted = HashParams { memory_kib: 256, iterations: 2, parallelism: 1 };
    let untouched = argon2::Block::new();
    for text in ["x", "y"] {
        let mut memory = HashMemory::new();
        memory.blocks(256).unwrap().fill(untouched);
        let verdict =
            verify(Some(&weak), Some(Typed), &password(text), &wanted, &mut memory).unwrap();
        assert_eq!((verdict.matches, verdict.rehash), (text == "x", text == "x"));
        let mut blocks = memory.blocks(256).unwrap().iter();
        assert!(blocks.all(|block| block.as_ref() != untouched.as_ref()));
    }
}

/// R18.
#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", StoredHash::from_store("$ccadmin-g1$".into())), "StoredHash(…)");
}

/// Whatever the store holds: no hash, or one in the one form that it is written in, at a cost
/// within bounds.
#[test]
fn fuzz_stored_hashes() {
    let words = [
        "$argon2id$v=19$m=64,t=1,p=1$",
        "BwcHBwcHBwcHBwcHBwcHBw",
        "$BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
        "$ccadmin-g1$",
        "$",
        "$",
        "argon2id",
        "argon2i",
        "argon2d",
        "scrypt",
        "v=19",
        "v=16",
        "v=4294967296",
        "m=",
        "t=",
        "p=",
        "m=64",
        "t=1",
        "p=1",
        ",",
        "=",
        "19456",
        "1048576",
        "1048577",
        "4294967295",
        "18446744073709551616",
        "0",
        "64",
        "65",
        "16",
        "17",
        "data=AAAA",
        "keyid=A",
        "A",
        "AA",
        "AAAA",
        "B",
        "/",
        "+",
        "=",
    ];
    bolero::check!().with_max_len(24).with_iterations(3_000).for_each(|bytes: &[u8]| {
        let text = crate::pieces::text(bytes, &words);
        let stored = StoredHash::from_store(text.clone());
        let typed = TypedHash::parse(&stored);
        assert_eq!(stored.is_one_of(Typed), typed.is_some());
        if let Some(TypedHash { params, salt, tag }) = &typed {
            assert_eq!(params.validate(), Ok(()), "{text:?}");
            let written = format!(
                "$argon2id$v=19$m={},t={},p={}${}${}",
                params.memory_kib,
                params.iterations,
                params.parallelism,
                Base64Unpadded::encode_string(salt),
                Base64Unpadded::encode_string(tag.as_ref()),
            );
            assert_eq!(written, text);
        }
        if let Some((salt, tag)) = generated_parts(&stored) {
            let (salt, tag) =
                (Base64Unpadded::encode_string(&salt), Base64Unpadded::encode_string(tag.as_ref()));
            assert_eq!(format!("${GENERATED_SCHEME}${salt}${tag}"), text);
        }
        let cheap = |params: &HashParams| params.memory_kib <= 1024 && params.iterations <= 4;
        if typed.as_ref().is_none_or(|typed| cheap(&typed.params)) {
            assert!(!matches(&text, Typed, "purple otters"), "{text:?}");
            assert!(!matches(&text, Generated, "purple otters"), "{text:?}");
        }
    });
}
