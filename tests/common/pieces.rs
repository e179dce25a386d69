//! Text from a fuzzer's bytes: words that mean something where they are put, plain ASCII, and letters
//! that are hard on parsers. A byte is one piece, so that a fuzzer that changes one changes little.

/// What parsers stumble over: ends of lines and of text, what cannot be seen, what turns the text
/// round, what changes its length or form with case and normalization, what stands at the edges of
/// UTF-8's lengths.
const ODD: [&str; 40] = [
    "\0",
    "\u{1}",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\u{1b}[31m",
    "\u{1b}]0;x\u{7}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{9b}",
    "\u{a0}",
    "\u{ad}",
    "é",
    "e\u{301}",
    "\u{301}",
    "ß",
    "İ",
    "ı",
    "ﬁ",
    "ǆ",
    "Å",
    "\u{7ff}",
    "\u{800}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2028}",
    "\u{2066}",
    "\u{3164}",
    "\u{feff}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "佐",
    "👩‍💻",
    "\u{e0041}",
    "\u{10ffff}",
    "١",
];

/// The text of `bytes`: the first of them stand for `words`, the last for odd letters, the others
/// for printable ASCII.
pub(crate) fn text(bytes: &[u8], words: &[&str]) -> String {
    let odd_from = 256 - ODD.len();
    assert!(words.len() <= odd_from - 95, "each word and each printable character has its byte");
    bytes
        .iter()
        .map(|byte| {
            let at = usize::from(*byte);
            match words.get(at) {
                Some(word) => (*word).to_owned(),
                None if at >= odd_from => ODD[at - odd_from].to_owned(),
                None => {
                    char::from(b' ' + byte.wrapping_sub(words.len().to_le_bytes()[0]) % 95).into()
                }
            }
        })
        .collect()
}
