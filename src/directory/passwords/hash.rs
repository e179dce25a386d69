//! How passwords are kept, and how one is compared with what is kept.
//!
//! What a person thought of is hashed with argon2id. What this tool made from 125 random bits
//! nobody can guess, however fast they try, so a salted SHA-256 does (NIST SP 800-63B-4, 3.1.2.2);
//! that is what lets an import of a hundred thousand users take seconds. Which of the two it is
//! says the record of who made the password, never the look of the hash.

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Version};
use base64ct::{Base64Unpadded, Encoding};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::directory::{HashMemory, Password};
use crate::model::{HashParams, PasswordOrigin};

/// The name in front of the hash of a generated password.
const GENERATED_SCHEME: &str = "ccadmin-g1";

/// The length of a hash in bytes, of both kinds.
const HASH_BYTES: usize = 32;

/// The length of a salt in bytes, of both kinds.
const SALT_BYTES: usize = 16;

/// What a hash that nobody will look at is salted with.
const NO_SALT: [u8; SALT_BYTES] = [0; SALT_BYTES];

impl HashParams {
    /// Says whether a hash can be made with these, at a cost that somebody can have meant.
    ///
    /// # Errors
    ///
    /// [`HashError::Params`] if not.
    pub fn validate(&self) -> Result<(), HashError> {
        self.for_argon2().map(drop)
    }

    fn for_argon2(&self) -> Result<argon2::Params, HashError> {
        let bounded = self.memory_kib <= Self::MAX_MEMORY_KIB
            && self.iterations <= Self::MAX_ITERATIONS
            && self.parallelism <= Self::MAX_PARALLELISM;
        argon2::Params::new(self.memory_kib, self.iterations, self.parallelism, Some(HASH_BYTES))
            .ok()
            .filter(|_| bounded)
            .ok_or(HashError::Params(*self))
    }

    /// Whether a guess costs less than with `other`: less memory, or less work in all.
    fn weaker_than(&self, other: &Self) -> bool {
        self.memory_kib < other.memory_kib || self.work() < other.work()
    }

    /// How many KiB are written in all. Lanes do not count, they only spread the work.
    fn work(&self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.iterations)
    }

    /// The hashes that cost together what is left of one at `self` after one at `spent`: whole passes
    /// over all the memory, and one over a part of it.
    fn rest_after(&self, spent: &Self) -> impl Iterator<Item = Self> {
        let left = self.work().saturating_sub(spent.work());
        let memory = u64::from(self.memory_kib).max(1);
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let passes = Self { iterations: narrow(left / memory), ..*self };
        let part = Self { memory_kib: narrow(left % memory), iterations: 1, ..*self };
        [passes, part].into_iter().filter(|params| params.validate().is_ok())
    }
}

/// Why a hash could not be computed. It has nothing to do with what the password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HashError {
    /// The parameters are out of bounds.
    #[error(
        "no password can be hashed with {} KiB of memory, {} passes and {} lanes",
        .0.memory_kib, .0.iterations, .0.parallelism
    )]
    Params(HashParams),
    /// There is not so much memory, in KiB.
    #[error("there is no memory to hash a password: {0} KiB are needed")]
    Memory(u32),
}

/// The hash of a password as the store keeps it. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct StoredHash(String);

impl StoredHash {
    /// What the store has. Nothing is checked: a text that is no hash matches no password.
    #[must_use]
    pub const fn from_store(text: String) -> Self {
        Self(text)
    }

    /// Whether it has the form of a hash of a password that comes from there.
    #[must_use]
    pub(in crate::directory) fn is_one_of(&self, origin: PasswordOrigin) -> bool {
        match origin {
            PasswordOrigin::Typed => TypedHash::parse(self).is_some(),
            PasswordOrigin::Generated => generated_parts(self).is_some(),
        }
    }

    /// Whether it is that of a password that a person thought of, and costs a guess less than the
    /// settings ask for.
    pub(in crate::directory) fn is_weaker_than(&self, params: &HashParams) -> bool {
        TypedHash::parse(self).is_some_and(|typed| typed.params.weaker_than(params))
    }

    /// The text for the store. Every call is a place to look at in a review.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StoredHash(…)")
    }
}

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the password.
    pub matches: bool,
    /// Whether it is, and its hash is weaker than the settings now ask for: hash it again.
    pub rehash: bool,
}

impl Verdict {
    const NO_MATCH: Self = Self { matches: false, rehash: false };
}

/// Hashes a password that a person thought of: argon2id, version 19, as a PHC string.
///
/// `salt` comes from the operating system's generator, afresh for every hash.
///
/// # Errors
///
/// [`HashError`] if `params` are out of bounds or there is not so much memory.
pub(in crate::directory) fn hash_typed(
    password: &Password,
    params: &HashParams,
    salt: [u8; SALT_BYTES],
    memory: &mut HashMemory,
) -> Result<StoredHash, HashError> {
    let tag = argon2id(password.expose(), params, &salt, memory)?;
    Ok(StoredHash(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        params.memory_kib,
        params.iterations,
        params.parallelism,
        Base64Unpadded::encode_string(&salt),
        Base64Unpadded::encode_string(&tag),
    )))
}

/// Hashes a password that [`Password::generate`] made: salted SHA-256, `$ccadmin-g1$salt$hash`.
///
/// For anything else it would be far too fast.
#[must_use]
pub(in crate::directory) fn hash_generated(
    password: &Password,
    salt: [u8; SALT_BYTES],
) -> StoredHash {
    StoredHash(format!(
        "${GENERATED_SCHEME}${}${}",
        Base64Unpadded::encode_string(&salt),
        Base64Unpadded::encode_string(&salted_sha256(password, salt)),
    ))
}

/// Says whether `password` is the one that `stored` was made from.
///
/// Whatever there is to compare with, it costs an argon2 hash at `params`, for nothing where there is
/// none, and what a weaker stored one saves is spent as well: so that the time tells nobody whether a
/// user exists, has a password, has one that was generated, or has had it for long. `origin` is from the store and decides which of the two forms
/// `stored` must have; one in the other form, or with parameters beyond all measure, matches
/// nothing.
///
/// # Errors
///
/// [`HashError`] if `params` are out of bounds or there is not enough memory: that says nothing
/// about the password, and it is the same for every user.
pub(in crate::directory) fn verify(
    stored: Option<&StoredHash>,
    origin: Option<PasswordOrigin>,
    password: &Password,
    params: &HashParams,
    memory: &mut HashMemory,
) -> Result<Verdict, HashError> {
    let typed = match (stored, origin) {
        (Some(stored), Some(PasswordOrigin::Typed)) => TypedHash::parse(stored),
        _ => None,
    };
    let (cost, salt) =
        typed.as_ref().map_or((params, &NO_SALT), |typed| (&typed.params, &typed.salt));
    // The one hash of every call; without a typed one to compare with, it is for nothing.
    let tag = black_box(argon2id(password.expose(), cost, salt, memory)?);
    for rest in params.rest_after(cost) {
        black_box(argon2id(password.expose(), &rest, &NO_SALT, memory)?);
    }

    Ok(match (stored, origin, typed) {
        (_, _, Some(typed)) => {
            let matches = same(&typed.tag, &tag);
            Verdict { matches, rehash: matches && typed.params.weaker_than(params) }
        }
        (Some(stored), Some(PasswordOrigin::Generated), None) => {
            Verdict { matches: generated_matches(stored, password), rehash: false }
        }
        _ => Verdict::NO_MATCH,
    })
}

/// The answer to an attempt whose text is no password at all ([`Password::normalize`] refused it):
/// it never matches and costs as much as [`verify`].
///
/// # Errors
///
/// As [`verify`].
pub(in crate::directory) fn verify_nothing(
    params: &HashParams,
    memory: &mut HashMemory,
) -> Result<Verdict, HashError> {
    black_box(argon2id("", params, &NO_SALT, memory)?);
    Ok(Verdict::NO_MATCH)
}

/// A hash in the form that [`hash_typed`] writes, taken apart.
struct TypedHash {
    params: HashParams,
    salt: [u8; SALT_BYTES],
    tag: Output,
}

impl TypedHash {
    /// `None` if it has another form, or parameters that nobody can have meant.
    fn parse(stored: &StoredHash) -> Option<Self> {
        let hash = PasswordHash::new(stored.as_str()).ok()?;
        let number = |name| hash.params.get_decimal(name);
        let params = HashParams {
            memory_kib: number("m")?,
            iterations: number("t")?,
            parallelism: number("p")?,
        };
        let ours = hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && hash.params.iter().count() == 3
            && params.validate().is_ok();
        Some(Self {
            params,
            salt: hash.salt?.as_ref().try_into().ok()?,
            tag: hash.hash.filter(|tag| ours && tag.len() == HASH_BYTES)?,
        })
    }
}

fn generated_parts(stored: &StoredHash) -> Option<([u8; SALT_BYTES], Output)> {
    let (salt, tag) = stored
        .as_str()
        .strip_prefix('$')?
        .strip_prefix(GENERATED_SCHEME)?
        .strip_prefix('$')?
        .split_once('$')?;
    let mut buffer = [0; SALT_BYTES];
    let salt: [u8; SALT_BYTES] = Base64Unpadded::decode(salt, &mut buffer).ok()?.try_into().ok()?;
    Some((salt, Output::decode(tag).ok()?))
}

fn generated_matches(stored: &StoredHash, password: &Password) -> bool {
    generated_parts(stored).is_some_and(|(salt, tag)| same(&tag, &salted_sha256(password, salt)))
}

/// Compares in a time that does not depend on where the two differ, as [`Output`] does.
fn same(stored: &Output, tag: &[u8; HASH_BYTES]) -> bool {
    Output::new(tag).is_ok_and(|tag| *stored == tag)
}

fn argon2id(
    password: &str,
    params: &HashParams,
    salt: &[u8; SALT_BYTES],
    memory: &mut HashMemory,
) -> Result<[u8; HASH_BYTES], HashError> {
    let checked = params.for_argon2()?;
    let blocks =
        memory.blocks(checked.block_count()).ok_or(HashError::Memory(params.memory_kib))?;
    let mut tag = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, checked)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut tag, blocks)
        .map_err(|_| HashError::Params(*params))?;
    Ok(tag)
}

fn salted_sha256(password: &Password, salt: [u8; SALT_BYTES]) -> [u8; HASH_BYTES] {
    Sha256::new().chain_update(salt).chain_update(password.expose()).finalize().into()
}

#[cfg(test)]
mod tests {
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
            let reused =
                hash_typed(&password(text), &params, [7; SALT_BYTES], &mut memory).unwrap();
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
        let verdict = verify(
            Some(&generated),
            None,
            &password("purple otters"),
            &CHEAP,
            &mut HashMemory::new(),
        );
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
                let (salt, tag) = (
                    Base64Unpadded::encode_string(&salt),
                    Base64Unpadded::encode_string(tag.as_ref()),
                );
                assert_eq!(format!("${GENERATED_SCHEME}${salt}${tag}"), text);
            }
            let cheap = |params: &HashParams| params.memory_kib <= 1024 && params.iterations <= 4;
            if typed.as_ref().is_none_or(|typed| cheap(&typed.params)) {
                assert!(!matches(&text, Typed, "purple otters"), "{text:?}");
                assert!(!matches(&text, Generated, "purple otters"), "{text:?}");
            }
        });
    }
}
