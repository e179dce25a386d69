//! What a text of the site may do: put its fields in, and choose between two sentences. What would
//! let a few characters become gigabytes (loops, names of its own, multiplication) is refused before
//! anything of it is run; what is left grows no faster than it is written.

/// The words that a tag may begin with.
pub(super) const ALLOWED_TAGS: [&str; 6] = ["if", "elif", "else", "endif", "raw", "endraw"];

/// The first thing in `source` that has no place there, with its line; what is no template at all is
/// for the engine to say.
pub(super) fn misplaced(source: &str) -> Option<(usize, String)> {
    let found = |at: usize, what: &str| {
        let line = 1 + source[..at].matches('\n').count();
        Some((line, what.to_owned()))
    };
    let mut at = 0;
    while let Some((begin, end)) = next_tag(source, &mut at) {
        let inner = &source[begin..end];
        if source[..begin].ends_with("{%") {
            let word = inner.trim_start_matches(['-', '+']).trim_start();
            let word = word.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
            let word = word.unwrap_or_default();
            if !ALLOWED_TAGS.contains(&word) {
                return found(begin, word);
            }
            if word == "raw" {
                at = end_of_raw(source, end);
            }
        }
        if let Some((place, sign)) = sign(inner) {
            return found(begin + place, sign);
        }
    }
    None
}

/// What stands in the next tag from `at` on, which then is behind it; comments are passed over.
fn next_tag(source: &str, at: &mut usize) -> Option<(usize, usize)> {
    loop {
        let open = *at + source[*at..].find('{')?;
        let begin = open + 2;
        let close = match source.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => {
                *at = begin + source[begin..].find("#}")? + 2;
                continue;
            }
            _ => {
                *at = open + 1;
                continue;
            }
        };
        let mut places = unquoted(&source[begin..]).map(|(place, _)| place);
        let length = places.find(|place| source[begin + place..].starts_with(close))?;
        *at = begin + length + close.len();
        return Some((begin, begin + length));
    }
}

/// Where the text behind a `raw` goes on being a template.
fn end_of_raw(source: &str, from: usize) -> usize {
    let ends = source[from..].match_indices("{%").find(|(place, _)| {
        let tag = source[from + place + 2..].trim_start_matches(['-', '+']).trim_start();
        tag.starts_with("endraw")
    });
    ends.map_or(source.len(), |(place, _)| from + place)
}

/// A sign that has no place in a tag: one that multiplies, or that opens a table, whose end could be
/// taken for that of the tag.
fn sign(inner: &str) -> Option<(usize, &str)> {
    let (place, _) = unquoted(inner).find(|(_, letter)| matches!(letter, '*' | '{'))?;
    Some((place, &inner[place..=place]))
}

/// The letters of an expression that stand in no quotation marks, with their places.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut letters = text.char_indices();
    std::iter::from_fn(move || {
        loop {
            let (place, letter) = letters.next()?;
            if quote == Some(letter) {
                quote = None;
            } else if quote.is_some() && letter == '\\' {
                letters.next();
            } else if quote.is_none() && matches!(letter, '"' | '\'') {
                quote = Some(letter);
            } else if quote.is_none() {
                return Some((place, letter));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_choices_have_their_place() {
        for source in [
            "Dear {{ full_name|upper }}, {{temporary_password}}",
            "{%- if expires_at == '{{ * }}' -%}a * b{% elif next %}{{ \"*\\\"*\" }}{%else%}{%+endif%}",
            "{# {% set a = 1 * 2 %} #} 2 * 3 { % set % } {",
            "{% raw %}{% for %}{{ 2 * 3 }}{% endraw %}{{ username }}",
            "{{ full_name",
            "{% ",
            "{# ",
            "{% raw %}",
        ] {
            assert_eq!(misplaced(source), None, "{source}");
        }
    }

    #[test]
    fn what_could_grow_has_none() {
        for (source, line, what) in [
            ("\n{% for a in full_name %}{% endfor %}", 2, "for"),
            ("{%-set a = 1 %}", 1, "set"),
            ("{% if 1 %}{% with a = 1 %}", 1, "with"),
            ("{# x #}{% raw %}{% endraw %}\n\n{{ 'x' * 9 }}", 3, "*"),
            ("{{ 2 ** 9 }}", 1, "*"),
            ("{{ '\\'' * 9 }}", 1, "*"),
            ("{{ {'a': {}} * 9 }}", 1, "{"),
            ("{% include 'x' %}", 1, "include"),
            ("{% %}", 1, ""),
            ("{% raw %}{% end %}{%- endraw %}{% filter upper %}", 1, "filter"),
        ] {
            assert_eq!(misplaced(source), Some((line, what.to_owned())), "{source}");
        }
    }
}
