//! How passwords are kept, and how one is compared with what is kept.
//!
//! What a person thought of is hashed with argon2id. What this tool made from 125 random bits
//! nobody can guess, however fast they try, so a salted SHA-256 does (NIST SP 800-63B-4, 3.1.2.2);
//! that is what lets an import of a hundred thousand users take seconds. Which of the two it is
//! says the record of who made the password, never the look of the hash.

#[cfg(test)]
mod tests;

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
