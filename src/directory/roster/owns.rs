//! Which users a roster owns: `team=voice`, or all.

use crate::model::{Invalid, LanguageTag, Rule, SkillLevel, UserFilter};

/// What stands for all users.
const EVERYBODY: &str = "all";

/// Which users a roster owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owns {
    words: Vec<String>,
    filter: UserFilter,
}

impl Owns {
    /// Takes words such as `team=voice` together: the same field, any of them; different fields, all.
    ///
    /// # Errors
    ///
    /// [`Invalid`], where a word names no field by which users are owned, or a value breaks a rule.
    pub fn parse(words: &[String]) -> Result<Self, Invalid> {
        let mut filter = UserFilter::default();
        let mut sorted: Vec<String> = words.iter().map(|word| word.trim().to_owned()).collect();
        sorted.sort();
        sorted.dedup();
        if sorted.iter().any(|word| word == EVERYBODY) && sorted.len() > 1 {
            let what = format!("`{EVERYBODY}` stands for all users, and nothing goes beside it");
            return Err(Invalid::new(Rule::Row, what));
        }
        for word in sorted.iter().filter(|word| *word != EVERYBODY) {
            add(&mut filter, word)?;
        }
        Ok(Self { words: sorted, filter })
    }

    /// The words, sorted.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The users, in the order of their names.
    #[must_use]
    pub fn filter(&self) -> &UserFilter {
        &self.filter
    }
}

fn add(filter: &mut UserFilter, word: &str) -> Result<(), Invalid> {
    let wrong = |what: String| {
        Invalid::new(Rule::Row, what)
            .with_hint("write team=, project=, skill=, role= or language= with a value, or `all`")
    };
    let (field, value) =
        word.split_once('=').ok_or_else(|| wrong(format!("`{word}` has no `=`")))?;
    match field {
        "team" => filter.teams.push(value.parse()?),
        "project" => filter.projects.push(value.parse()?),
        "skill" => filter.skills.push((value.parse()?, SkillLevel::default())),
        "role" => {
            let role = value.parse().map_err(|error| wrong(format!("{error}")))?;
            filter.roles = filter.roles.with(role);
        }
        "language" => filter.languages.push(value.parse::<LanguageTag>()?.to_string()),
        _ => return Err(wrong(format!("users are not owned by their `{field}`"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owns(words: &[&str]) -> Result<Owns, Invalid> {
        Owns::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_become_a_filter() {
        let some = owns(&["team=voice", "role=agent", "team=chat", "team=chat"]).unwrap();
        assert_eq!(some.words(), ["role=agent", "team=chat", "team=voice"]);
        assert_eq!(some.filter().teams.len(), 2);
        assert_eq!(*owns(&["all"]).unwrap().filter(), UserFilter::default());
    }

    #[test]
    fn what_is_no_such_word_is_refused() {
        for words in [
            &["all", "team=voice"][..],
            &["voice"],
            &["state=active"],
            &["team=Not A Slug"],
            &["role=boss"],
            &[""],
        ] {
            assert!(owns(words).is_err(), "{words:?}");
        }
    }
}
