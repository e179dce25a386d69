//! "Did you mean": which of a few known words was meant by one that is unknown.

/// The similarity, from 0 to 1, below which a word was not a slip for another one.
const MIN_SIMILARITY: f64 = 0.78;

/// The similarity of a word with one that it is a whole part of: `ttl` with `code_ttl`.
const PART_SIMILARITY: f64 = 0.9;

/// The longest word that is compared, in bytes: the cost grows with the length, and nothing longer is
/// a slip of the fingers.
const MAX_WORD_BYTES: usize = 64;

/// The candidate that `word` is most like, where it is like one at all; case does not count in
/// `word`.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if word.len() > MAX_WORD_BYTES {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (candidate, similarity(&word, candidate)))
        .filter(|(_, similarity)| *similarity >= MIN_SIMILARITY)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(candidate, _)| candidate)
}

fn similarity(word: &str, candidate: &str) -> f64 {
    let is_part = candidate.split(['_', '-']).any(|part| part == word);
    let least = if is_part { PART_SIMILARITY } else { 0.0 };
    strsim::jaro_winkler(word, candidate).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_parts_are_found_and_nothing_else() {
        let known = ["username", "full_name", "email", "phone", "code_ttl", "min_length"];
        for (word, meant) in [
            ("emial", Some("email")),
            ("PHNOE", Some("phone")),
            ("fone", Some("phone")),
            ("user", Some("username")),
            ("ttl", Some("code_ttl")),
            ("name", Some("full_name")),
            ("min_lenght", Some("min_length")),
            ("roles", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(nearest(&"e".repeat(MAX_WORD_BYTES + 1), ["e"]), None);
    }
}
