//! Languages of people and projects.

use super::text_type::text_type;
use super::{Invalid, Rule};

text_type!(
    /// A language tag (BCP 47, RFC 5646) in canonical case: `hu`, `en-GB`, `zh-Hant-TW`.
    LanguageTag,
    |text| {
        // RFC 5646 sets no limit; nothing real comes near this one.
        if text.len() <= 64
            && let Ok(tag) = oxilangtag::LanguageTag::parse_and_normalize(text)
        {
            return Ok(tag.into_inner().into());
        }
        Err(Invalid::new(
            Rule::Language,
            format!("`{}` is not a language tag", text.escape_debug()),
        )
        .with_hint("write it like hu or en-GB (BCP 47)"))
    }
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A tag that was read is read the same again, and in any other case.
        #[test]
        fn a_tag_is_read_as_it_is_written(
            text in "[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2}|-[0-9]{3})?(-[a-z0-9]{5,8})?|i-klingon|\\PC{0,8}"
        ) {
            if let Ok(tag) = text.parse::<LanguageTag>() {
                prop_assert_eq!(&tag.to_string().parse::<LanguageTag>().unwrap(), &tag);
                let upper = text.to_ascii_uppercase().parse::<LanguageTag>().unwrap();
                prop_assert_eq!(upper, tag);
            }
        }
    }

    #[test]
    fn tags_get_their_canonical_case() {
        for (text, stored) in [("HU", "hu"), ("en-gb", "en-GB"), ("ZH-hant-tw", "zh-Hant-TW")] {
            assert_eq!(text.parse::<LanguageTag>().unwrap().as_str(), stored);
        }
        for bad in ["", "h", "english language", "en_GB", "-", "en-", "magyar nyelv", "ő"] {
            assert!(bad.parse::<LanguageTag>().is_err(), "{bad}");
        }
    }
}
