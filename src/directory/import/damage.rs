//! What spreadsheets, exports and wrong encodings leave in a cell.

use encoding_rs::{
    Encoding, ISO_8859_2, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
    WINDOWS_1254, WINDOWS_1257,
};

use crate::model::{Invalid, Rule};

/// What stands before the number of an error in a cell of `LibreOffice`, by language.
const NUMBERED_ERRORS: [&str; 16] = [
    "err",
    "error",
    "fehler",
    "hiba",
    "erreur",
    "errore",
    "erro",
    "fout",
    "ошибка",
    "помилка",
    "błąd",
    "chyba",
    "hata",
    "fel",
    "feil",
    "virhe",
];

/// The longest error word, in characters.
const MAX_ERROR_WORD_CHARS: usize = 24;

/// What a cell of a workbook is read as whose formula was never computed: a program that is no
/// spreadsheet wrote it.
pub(super) const UNCOMPUTED: &str = "#FORMULA?";

/// What a cell holds in place of a value, where a spreadsheet could not compute or show one.
pub(super) fn error_word(text: &str) -> Option<Invalid> {
    if text == UNCOMPUTED {
        let invalid = Invalid::new(Rule::Row, "the formula of the cell was never computed");
        return Some(
            invalid.with_hint("open the file in a spreadsheet and save it: that computes it"),
        );
    }
    if !is_error_word(text) {
        return None;
    }
    let invalid = Invalid::new(
        Rule::Row,
        format!("`{}` is an error of the spreadsheet that wrote the file", text.escape_debug()),
    );
    Some(invalid.with_hint("fix the cell there, or write the value in its place"))
}

/// `#NAME?`, `#HIÁNYZIK`, `#¡VALOR!`, `#NV`, `########`, `Err:502`: in any language.
fn is_error_word(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('#') {
        let ends_so = rest.ends_with(['!', '?']);
        let part = |letter: char| {
            letter.is_uppercase()
                || letter.is_ascii_digit()
                || "/._!?¡¿".contains(letter)
                || ends_so && letter.is_alphabetic()
        };
        return rest.chars().take(MAX_ERROR_WORD_CHARS + 1).count() <= MAX_ERROR_WORD_CHARS
            && (rest.len() > 1 && rest.bytes().all(|byte| byte == b'#')
                || rest.chars().all(part) && rest.chars().any(char::is_alphabetic));
    }
    text.split_once(':').is_some_and(|(word, number)| {
        let (word, number) = (word.trim_end().to_lowercase(), number.trim_start());
        number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && NUMBERED_ERRORS.contains(&word.as_str())
    })
}

/// `4.92E+11`: what spreadsheets show of long numbers.
pub(super) fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(&mantissa.replace(['.', ','], "")) && digits(exponent.trim_start_matches(['+', '-']))
}

/// `36201234567.0`: a number that was one with decimals.
pub(super) fn is_fraction(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['.', ',']).is_some_and(|(whole, rest)| {
        whole.len() >= 6
            && digits(whole)
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte == b'0')
    })
}

/// A username that was a long number: with a sign behind the `E`, as spreadsheets write it and
/// hardly anybody else does.
pub(super) fn shortened_number(text: &str) -> Option<Invalid> {
    let signed = text.contains(['E', 'e']) && text.contains(['+', '-']);
    (signed && is_exponent(text)).then(|| {
        let what = format!("`{text}` is what a spreadsheet made of a long number");
        Invalid::new(Rule::Username, what)
            .with_hint("format the column as text and enter the number again, digit by digit")
    })
}

/// What shows in a text that it was read in a wrong encoding before: U+FFFD, or letters that are the
/// bytes of others.
pub(super) fn wrong_letters(text: &str) -> Option<Invalid> {
    if text.is_ascii() {
        return None;
    }
    let shown = text.escape_debug();
    if text.contains('\u{fffd}') {
        let what = format!("`{shown}` has U+FFFD where letters were lost");
        return Some(Invalid::new(Rule::Row, what).with_hint(
            "write the name again; whatever wrote the file read it in a wrong encoding",
        ));
    }
    let original = decoded_once(text)?;
    let what = format!("`{shown}` is text that was decoded twice: `{}`?", original.escape_debug());
    Some(Invalid::new(Rule::Row, what).with_hint(
        "open the original file as UTF-8 (65001) and save it again, or write the name again",
    ))
}

/// What `text` was before UTF-8 was read as an encoding of one byte a letter.
fn decoded_once(text: &str) -> Option<String> {
    const ENCODINGS: [&Encoding; 8] = [
        WINDOWS_1252,
        WINDOWS_1250,
        WINDOWS_1251,
        WINDOWS_1254,
        WINDOWS_1253,
        WINDOWS_1257,
        ISO_8859_2,
        MACINTOSH,
    ];
    ENCODINGS.into_iter().find_map(|encoding| {
        let (bytes, _, lost) = encoding.encode(text);
        let original = std::str::from_utf8(&bytes).ok().filter(|_| !lost)?;
        (original != text && !original.chars().any(char::is_control)).then(|| original.to_owned())
    })
}

/// Whether question marks stand where letters may have been; an error word has one of its own.
pub(super) fn may_lack_letters(name: &str) -> bool {
    if is_error_word(name) {
        return false;
    }
    let letters: Vec<char> = name.chars().collect();
    letters
        .windows(2)
        .any(|pair| matches!(pair, ['?', letter] | [letter, '?'] if letter.is_alphabetic()))
}

/// Whether `new` is `old` with question marks where other letters were: one for each, or one for
/// each of its bytes.
pub(super) fn lacks_letters_of(new: &str, old: &str) -> bool {
    if !new.contains('?') || new == old {
        return false;
    }
    let mut rest = new;
    old.chars().all(|letter| {
        if let Some(behind) = rest.strip_prefix(letter) {
            rest = behind;
            return true;
        }
        let marks = rest.bytes().take_while(|byte| *byte == b'?').count().min(letter.len_utf8());
        // As many marks as the letter has bytes, unless what stands behind needs one of them.
        let taken = if letter.is_ascii() { 0 } else { marks };
        rest = rest.get(taken..).unwrap_or_default();
        taken > 0
    }) && rest.is_empty()
        || one_mark_each(new, old)
}

/// As [`lacks_letters_of`], with one question mark for each letter.
fn one_mark_each(new: &str, old: &str) -> bool {
    new.chars().count() == old.chars().count()
        && new
            .chars()
            .zip(old.chars())
            .all(|(new, old)| new == old || new == '?' && !old.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_words_of_any_language_are_known() {
        for word in [
            "#NAME?",
            "#name?",
            "#REF!",
            "#N/A",
            "#DIV/0!",
            "#HIÁNYZIK",
            "#ÉRTÉK!",
            "#WERT!",
            "#NV",
            "#SPILL!",
            "#¡VALOR!",
            "#¿NOMBRE?",
            "#BEZUG!",
            "#ИМЯ?",
            "#Н/Д",
            "#ZÉRÓOSZTÓ!",
            "#SAYI/0!",
            "#GETTING_DATA",
            "########",
            "Err:502",
            "Hiba:508",
            "Fehler: 522",
            "#DZIEL/0!",
        ] {
            assert!(is_error_word(word), "{word}");
        }
        for word in
            ["", "#", "#1", "#12", "# A", "#Anna", "#vip", "Err", "Err:1", "Anna:502", "A#B"]
        {
            assert!(!is_error_word(word), "{word}");
        }
    }

    #[test]
    fn text_that_was_decoded_twice_is_seen() {
        for (text, original) in [
            ("KovÃ¡cs Ã‰va", "Kovács Éva"),
            ("KovĂˇcs", "Kovács"),
            ("MÃ¼ller", "Müller"),
            ("РђРЅРЅР°", "Анна"),
            ("Å½eljko", "Željko"),
        ] {
            assert_eq!(decoded_once(text).as_deref(), Some(original));
        }
        for name in [
            "Kovács Éva",
            "Tóth Őszkár",
            "Müller",
            "Ångström",
            "Łukasz Żółć",
            "Анна Петрова",
            "ΑΛΈΞΗΣ",
            "佐藤 葵",
            "Nuñez",
            "Gonçalves",
            "Çağrı Şahin",
            "Đặng Văn",
            "İpek",
            "ÜNAL",
        ] {
            assert_eq!(decoded_once(name), None, "{name}");
        }
    }

    #[test]
    fn lost_letters_are_seen() {
        for (new, old) in [
            ("T?th ?szk?r", "Tóth Őszkár"),
            ("Kov??cs", "Kovács"),
            ("Kov?cs ?va", "Kovács Éva"),
            ("??", "佐藤"),
            ("??????", "佐藤"),
        ] {
            assert!(lacks_letters_of(new, old), "{new} {old}");
        }
        for (new, old) in [
            ("Kovacs", "Kovács"),
            ("Kov?cs", "Nagy"),
            ("Kov?cs", "Kov?cs"),
            ("T?th", "Tath"),
            ("T?th Anna", "Tóth"),
            ("", "Tóth"),
        ] {
            assert!(!lacks_letters_of(new, old), "{new} {old}");
        }
        assert!(may_lack_letters("T?th") && may_lack_letters("?va"));
        assert!(!may_lack_letters("?") && !may_lack_letters("a ? b"));
        assert!(!may_lack_letters("#NAME?") && !may_lack_letters(UNCOMPUTED));
    }

    #[test]
    fn numbers_that_were_shortened_are_seen() {
        for text in ["4.92E+11", "4,92e+11", "5E+11", "1.2E-05"] {
            assert!(shortened_number(text).is_some(), "{text}");
        }
        for text in ["492000000000", "1e5", "e+11", "a.b+c", "anna.e+1"] {
            assert!(shortened_number(text).is_none(), "{text}");
        }
    }
}
