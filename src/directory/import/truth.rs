//! Yes and no, as people and spreadsheets write them.

use crate::model::fold;

/// The words for yes and true, those of a language in a line.
const YES: &[&str] = &[
    "1",
    "true",
    "on",
    "yes",
    "y",
    "✓",
    "✔", //
    "igaz",
    "igen",
    "wahr",
    "ja",
    "vrai",
    "oui",
    "verdadero",
    "sí",
    "verdadeiro",
    "sim",
    "vero", //
    "waar",
    "prawda",
    "tak",
    "pravda",
    "ano",
    "áno",
    "adevărat",
    "da",
    "doğru",
    "evet",
    "istina", //
    "resnica",
    "sant",
    "sann",
    "sand",
    "tosi",
    "kyllä",
    "tõene",
    "αληθής",
    "αληθές",
    "ναι", //
    "истина",
    "да",
    "істина",
    "так",
    "правда",
    "benar",
    "ya",
    "đúng",
    "真",
    "是",
    "はい",
    "참",
    "예", //
    "सत्य",
    "हाँ",
    "সত্য",
    "হ্যাঁ",
    "صواب",
    "صحيح",
    "نعم",
    "درست",
    "بله",
    "אמת",
    "כן",
    "จริง",
    "ใช่",
];

/// The words for no and false.
const NO: &[&str] = &[
    "0",
    "false",
    "off",
    "no",
    "n", //
    "hamis",
    "nem",
    "falsch",
    "nein",
    "faux",
    "non",
    "falso",
    "não",
    "onwaar",
    "nee",
    "fałsz", //
    "nie",
    "nepravda",
    "ne",
    "fals",
    "nu",
    "yanlış",
    "hayır",
    "neistina",
    "laž",
    "neresnica", //
    "falskt",
    "nej",
    "usann",
    "nei",
    "falsk",
    "epätosi",
    "ei",
    "väär",
    "ψευδής",
    "ψευδές",
    "όχι", //
    "ложь",
    "лъжа",
    "нет",
    "не",
    "хибність",
    "неправда",
    "ні",
    "salah",
    "tidak",
    "sai",
    "không", //
    "假",
    "否",
    "いいえ",
    "거짓",
    "아니오",
    "असत्य",
    "नहीं",
    "মিথ্যা",
    "না",
    "خطأ",
    "خطا",
    "لا", //
    "نادرست",
    "نه",
    "שקר",
    "לא",
    "เท็จ",
    "ไม่",
];

/// Whether `text` says yes or no.
pub(super) fn truth(text: &str) -> Option<bool> {
    let word = text.trim_start_matches('=').trim_end_matches("()");
    // At the end of a word a small sigma looks different from the others.
    let plain = |word: &str| fold(word).replace('ς', "σ");
    let word = plain(word);
    let said = |words: &[&str]| words.iter().any(|one| plain(one) == word);
    match (said(YES), said(NO)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a spreadsheet writes for its truth values, by the language of the program.
    #[test]
    fn spreadsheets_say_yes_and_no_in_their_language() {
        for (yes, no) in [
            ("TRUE", "FALSE"),
            ("IGAZ", "HAMIS"),
            ("WAHR", "FALSCH"),
            ("VRAI", "FAUX"),
            ("VERDADERO", "FALSO"),
            ("VERDADEIRO", "FALSO"),
            ("VERO", "FALSO"),
            ("WAAR", "ONWAAR"),
            ("PRAWDA", "FAŁSZ"),
            ("PRAVDA", "NEPRAVDA"),
            ("ADEVĂRAT", "FALS"),
            ("DOĞRU", "YANLIŞ"),
            ("SANT", "FALSKT"),
            ("SAND", "FALSK"),
            ("SANN", "USANN"),
            ("TOSI", "EPÄTOSI"),
            ("ΑΛΗΘΗΣ", "ΨΕΥΔΗΣ"),
            ("ИСТИНА", "ЛОЖЬ"),
            ("ИСТИНА", "ЛЪЖА"),
            ("ІСТИНА", "ХИБНІСТЬ"),
            ("BENAR", "SALAH"),
            ("真", "假"),
            ("はい", "いいえ"),
            ("참", "거짓"),
            ("सत्य", "असत्य"),
            ("সত্য", "মিথ্যা"),
            ("صواب", "خطأ"),
            ("אמת", "שקר"),
            ("ĐÚNG", "SAI"),
            ("จริง", "เท็จ"),
            ("yes", "no"),
            ("Igen", "Nem"),
            ("1", "0"),
            ("=TRUE()", "=FALSE()"),
        ] {
            assert_eq!((truth(yes), truth(no)), (Some(true), Some(false)), "{yes} {no}");
        }
        for neither in ["", "maybe", "2", "tr", "-"] {
            assert_eq!(truth(neither), None, "{neither}");
        }
    }

    #[test]
    fn no_word_is_both() {
        for word in YES.iter().chain(NO) {
            assert!(truth(word).is_some(), "{word}");
        }
    }
}
