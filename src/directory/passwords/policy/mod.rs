//! Which passwords a person may choose: NIST SP 800-63B-4, 3.1.1.2, and OWASP ASVS 6.2.
//!
//! Length is what counts, and that the password is not among the first that anybody would try. No
//! kinds of characters are asked for.

#[cfg(test)]
mod tests;

use std::thread;

use thiserror::Error;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::matching::Match;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Score, zxcvbn};

use crate::directory::passwords::hash::hash_typed;
use crate::directory::{HashError, HashMemory, HashParams, Password, StoredHash};
use crate::model::{Invalid, Policy, Rule, fold};

/// What works; the hint of most refusals.
const LONGER_PHRASE_HINT: &str = "use a longer phrase of several unrelated words";

/// Words that say what is used here and where.
const PRODUCT_WORDS: [&str; 6] =
    ["ccadmin", "callcenter", "callcentre", "contactcenter", "contactcentre", "helpdesk"];

/// How much of a password zxcvbn is asked about, in characters. It works for the better part of a
/// second on a hundred that were chosen to keep it busy, and is advice: the length is the policy.
const MAX_ZXCVBN_CHARS: usize = 64;

/// No entry of zxcvbn's word lists has more characters.
const MAX_LISTED_WORD_CHARS: usize = 32;

/// Whose password it is to be: what others would try first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordContext<'a> {
    /// Their username.
    pub username: &'a str,
    /// Their full name.
    pub full_name: &'a str,
}

/// What is asked of a password that a person thought of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest characters (code points of the normalized password) that will do.
    pub min_length: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: Policy::MIN_PASSWORD_CHARS }
    }
}

impl PasswordPolicy {
    /// The most characters; more are refused, never cut off.
    pub const MAX_CHARS: usize = Policy::MAX_PASSWORD_CHARS;

    /// Says whether `password` will do. That it is not the one it replaces is for the caller to see.
    ///
    /// The first call of a process takes some 15 ms, in which zxcvbn reads its word lists;
    /// `check_and_hash` hides them behind the hash.
    ///
    /// # Errors
    ///
    /// [`Rule::Password`], with the reason and what would be better, but never with the password:
    /// it is too short or too long; or it is nothing but the username, words of the full name,
    /// the product, or a common password or word, repeated or with digits added; or zxcvbn's score
    /// for it is below 2.
    pub fn check(self, password: &Password, context: &PasswordContext<'_>) -> Result<(), Invalid> {
        self.check_quickly(password, context)?;
        check_guessable(password, context)
    }

    /// The rules that cost nothing.
    fn check_quickly(
        self,
        password: &Password,
        context: &PasswordContext<'_>,
    ) -> Result<(), Invalid> {
        self.check_length(password)?;
        check_context(password, context)
    }

    fn check_length(self, password: &Password) -> Result<(), Invalid> {
        let count = password.expose().chars().count();
        let (bound, limit, hint) = if count < self.min_length {
            ("least", self.min_length, LONGER_PHRASE_HINT)
        } else if count > Self::MAX_CHARS {
            ("most", Self::MAX_CHARS, "use a shorter one")
        } else {
            return Ok(());
        };
        Err(Invalid::new(
            Rule::Password,
            format!("a password has at {bound} {limit} characters, this one has {count}"),
        )
        .with_hint(hint))
    }
}

/// Why a new password was not hashed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// It breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// Checks a password that a person thought of and hashes it, both at the same time: zxcvbn works on
/// a second thread beside argon2.
///
/// Whoever has many passwords to hash keeps every core busy as it is: they call
/// [`PasswordPolicy::check`] and [`hash_typed`] on threads of their own.
///
/// # Errors
///
/// As [`PasswordPolicy::check`] and [`hash_typed`]; a broken rule comes first.
pub(in crate::directory) fn check_and_hash(
    password: &Password,
    policy: PasswordPolicy,
    context: &PasswordContext<'_>,
    params: &HashParams,
    salt: [u8; 16],
    memory: &mut HashMemory,
) -> Result<StoredHash, PasswordError> {
    policy.check_quickly(password, context)?;
    thread::scope(|scope| {
        let second =
            thread::Builder::new().spawn_scoped(scope, || check_guessable(password, context));
        let hash = hash_typed(password, params, salt, memory);
        match second.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(verdict)) => verdict?,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread to be had: one after the other, then.
            Err(_) => check_guessable(password, context)?,
        }
        Ok(hash?)
    })
}

/// Refuses what is nothing but the words of the context, in any order and number, with whatever
/// digits, signs and spaces before, between and behind.
fn check_context(password: &Password, context: &PasswordContext<'_>) -> Result<(), Invalid> {
    let mut words = context_words(context);
    // `jameson` is to be tried before `james`.
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));

    let folded = Zeroizing::new(fold(password.expose()));
    let mut rest = folded.as_str();
    let mut found = false;
    while let Some(first) = rest.chars().next() {
        let word = words.iter().find_map(|word| rest.strip_prefix(&**word));
        rest = match word {
            Some(behind) => {
                found = true;
                behind
            }
            None if !first.is_alphabetic() => &rest[first.len_utf8()..],
            None => return Ok(()),
        };
    }
    if !found {
        return Ok(());
    }
    Err(Invalid::new(
        Rule::Password,
        "this password is only the username, the full name or the product's name, repeated or with \
         digits or signs added",
    )
    .with_hint(LONGER_PHRASE_HINT))
}

/// The words that others would try first, folded; none is empty.
fn context_words(context: &PasswordContext<'_>) -> Vec<String> {
    let full_name = fold(context.full_name);
    let parts = full_name.split(|letter: char| !letter.is_alphanumeric());
    std::iter::once(fold(context.username))
        .chain(full_name.split_whitespace().map(str::to_owned))
        .chain(parts.map(str::to_owned))
        .chain(PRODUCT_WORDS.map(str::to_owned))
        .filter(|word| !word.is_empty())
        .collect()
}

/// Refuses what zxcvbn says is easily guessed, and what is nothing but one entry of its lists of
/// common passwords, words and names, repeated or with digits or signs added.
fn check_guessable(password: &Password, context: &PasswordContext<'_>) -> Result<(), Invalid> {
    let words = context_words(context);
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let asked =
        Zeroizing::new(password.expose().chars().take(MAX_ZXCVBN_CHARS).collect::<String>());
    let whole = zxcvbn(&asked, &inputs);

    if is_listed(whole.sequence()) || holds_one_listed(password) {
        return Err(Invalid::new(
            Rule::Password,
            "this password is only a common password or word, repeated or with digits or signs \
             added",
        )
        .with_hint(LONGER_PHRASE_HINT));
    }
    if whole.score() >= Score::Two {
        return Ok(());
    }
    let feedback = whole.feedback();
    let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning);
    let weakness = warning.map_or("it can be guessed within a million tries", reason_text);
    let suggestions = feedback.map_or(&[][..], |feedback| feedback.suggestions());
    let hint = match suggestions.iter().copied().find_map(suggestion_text) {
        Some(what) => format!("{LONGER_PHRASE_HINT}; {what}"),
        None => LONGER_PHRASE_HINT.to_owned(),
    };
    Err(Invalid::new(Rule::Password, format!("this password is easy to guess: {weakness}"))
        .with_hint(hint))
}

/// Whether the password without what stands before and behind its letters, or the part that it
/// repeats, is in a list as it is.
fn holds_one_listed(password: &Password) -> bool {
    let folded = Zeroizing::new(fold(password.expose()));
    let core = folded.trim_matches(|letter: char| !letter.is_alphabetic());
    let mut words =
        folded.split(|letter: char| !letter.is_alphabetic()).filter(|it| !it.is_empty());
    let first = words.next().unwrap_or_default();
    let word = if words.all(|other| other == first) { first } else { "" };
    let mut units = [repeated_part(&folded), core, repeated_part(core), word];
    units.sort_unstable();
    units.iter().enumerate().any(|(index, unit)| {
        // The whole password was asked about already, and nothing is to be asked about twice.
        let new = !unit.eq_ignore_ascii_case(password.expose()) && !units[..index].contains(unit);
        !unit.is_empty()
            && new
            && unit.chars().count() <= MAX_LISTED_WORD_CHARS
            && is_listed(zxcvbn(unit, &[]).sequence())
    })
}

/// The shortest part that makes up all of `text` when it is repeated; `text` where none does.
fn repeated_part(text: &str) -> &str {
    let parts = text.char_indices().skip(1).map(|(end, _)| &text[..end]);
    parts
        .take_while(|part| part.len() * 2 <= text.len())
        .find(|part| {
            let mut pieces = text.as_bytes().chunks(part.len());
            pieces.all(|piece| piece == part.as_bytes())
        })
        .unwrap_or(text)
}

/// Whether zxcvbn found all of it as one entry of a list, as it stands there.
fn is_listed(sequence: &[Match]) -> bool {
    match sequence {
        [only] => matches!(
            &only.pattern,
            MatchPattern::Dictionary(word) if !word.l33t && !word.reversed
        ),
        _ => false,
    }
}

const fn reason_text(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "it is a row of neighbouring keys",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "it is a short pattern on the keyboard",
        Warning::RepeatsLikeAaaAreEasyToGuess => "it repeats one character",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "it repeats a few characters over and over"
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword => "it is a common password",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "it is very similar to a common password",
        Warning::SequencesLikeAbcAreEasyToGuess => "it is a sequence such as abc or 6543",
        Warning::RecentYearsAreEasyToGuess => "most of it is a recent year",
        Warning::AWordByItselfIsEasyToGuess => "it is a single word",
        Warning::DatesAreOftenEasyToGuess => "most of it is a date",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "it is a single name",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "most of it is a common name",
    }
}

/// What somebody did to make the password better, and it did not; the general suggestions say no
/// more than [`LONGER_PHRASE_HINT`].
const fn suggestion_text(suggestion: Suggestion) -> Option<&'static str> {
    match suggestion {
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            Some("capital letters hardly help")
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => {
            Some("words written backwards hardly help")
        }
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
            Some("signs in place of letters hardly help")
        }
        Suggestion::UseAFewWordsAvoidCommonPhrases
        | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
        | Suggestion::AddAnotherWordOrTwo
        | Suggestion::UseALongerKeyboardPatternWithMoreTurns
        | Suggestion::AvoidRepeatedWordsAndCharacters
        | Suggestion::AvoidSequences
        | Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => None,
    }
}
