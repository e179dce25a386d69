//! A line of bash, taken apart up to the cursor. Nothing in it is expanded or run.

/// A line up to the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BashLine {
    /// The words before the one at the cursor, the program's name first.
    pub(super) words: Vec<String>,
    /// The word at the cursor, as far as it is typed.
    pub(super) typed: String,
    /// Whether any of it is quoted.
    quoted: bool,
}

/// Takes a line apart as the shell does, with quotation marks and backslashes.
pub(super) fn split(line: &str) -> BashLine {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => {
                words.extend(word.take());
                quoted = false;
            }
            '\'' => {
                word.get_or_insert_default()
                    .extend(letters.by_ref().take_while(|one| *one != '\''));
                quoted = true;
            }
            '"' => {
                let word = word.get_or_insert_default();
                quoted = true;
                while let Some(inner) = letters.next().filter(|inner| *inner != '"') {
                    word.extend(if inner == '\\' { letters.next() } else { Some(inner) });
                }
            }
            '\\' => {
                word.get_or_insert_default().extend(letters.next());
                quoted = true;
            }
            letter => word.get_or_insert_default().push(letter),
        }
    }
    if words.is_empty() {
        // The cursor stands in the program's name, which is no affair of ours.
        words.push(word.take().unwrap_or_default());
    }
    BashLine { words, typed: word.unwrap_or_default(), quoted }
}

impl BashLine {
    /// Where the part of the word begins that bash replaces: behind the last of the characters at
    /// which it breaks words, unless they are quoted; an `@`, which could begin the name of a host, it
    /// replaces too.
    pub(super) fn replaced_from(&self, breaks: &str) -> usize {
        if self.quoted {
            return 0;
        }
        let last = self.typed.char_indices().rfind(|(_, letter)| breaks.contains(*letter));
        last.map_or(0, |(at, letter)| if letter == '@' { at } else { at + letter.len_utf8() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Vec<String> {
        let split = split(line);
        [split.words, vec![split.typed]].concat()
    }

    #[test]
    fn words_are_those_of_the_shell() {
        for (line, expected) in [
            ("ccadmin ", vec!["ccadmin", ""]),
            ("ccadmin", vec!["ccadmin", ""]),
            ("", vec!["", ""]),
            ("ccadmin user sh", vec!["ccadmin", "user", "sh"]),
            ("ccadmin  user\t", vec!["ccadmin", "user", ""]),
            ("ccadmin --name 'a b' x", vec!["ccadmin", "--name", "a b", "x"]),
            (r#"ccadmin --name "a \"b" x"#, vec!["ccadmin", "--name", "a \"b", "x"]),
            (r"ccadmin a\ b c", vec!["ccadmin", "a b", "c"]),
            ("ccadmin '' x", vec!["ccadmin", "", "x"]),
            ("ccadmin 'open qu", vec!["ccadmin", "open qu"]),
            ("ccadmin $(rm x) `y`", vec!["ccadmin", "$(rm", "x)", "`y`"]),
            ("ccadmin x\\", vec!["ccadmin", "x"]),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn bash_replaces_what_stands_behind_a_break() {
        let begins = |line: &str| split(line).replaced_from(" \"'@><=;|&(:");
        assert_eq!(begins("ccadmin assign-project eva hu"), 0);
        assert_eq!(begins("ccadmin user show eva@exa"), 3);
        assert_eq!(begins("ccadmin user list --role=ag"), 7);
        assert_eq!(begins("ccadmin user list --role="), 7);
        assert_eq!(begins("ccadmin user show 'eva@exa"), 0);
    }
}
