//! Names that begin with what somebody has typed so far: a few look-ups in the index of names,
//! however many there are.

use super::engine::SqlRow;
use super::projects::state_to_integer;
use super::window::takes_part;
use super::{Reader, StoreError};
use crate::model::{State, Timestamp, Username};

/// The most names that are returned: nobody reads more.
const MAX_NAMES: usize = 400;

/// The most names that are read to find those in the wanted state: about ten milliseconds' work.
const MAX_NAMES_READ: usize = 8_000;

/// Which names a shell or a prompt completes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletionKind {
    /// Users, all or those in a state.
    Users(Option<State>),
    /// Projects, all or those in a state.
    Projects(Option<State>),
    /// The projects of a user.
    ProjectsOf(Username),
    /// Teams.
    Teams,
    /// Skills.
    Skills,
}

impl CompletionKind {
    /// The statement that gives names and states from `?1` up to before `?2`, forwards and
    /// backwards.
    fn sql(&self) -> [&'static str; 2] {
        match self {
            // The index of names is enough for this one.
            Self::Users(None) => [
                "SELECT username, 1 FROM users WHERE username >= ?1 AND username < ?2 \
                 ORDER BY username",
                "SELECT username, 1 FROM users WHERE username >= ?1 AND username < ?2 \
                 ORDER BY username DESC",
            ],
            Self::Users(Some(_)) => [
                concat!(
                    "SELECT username, CASE WHEN ",
                    takes_part!("users", "?3"),
                    " THEN 1 ELSE 0 END FROM users \
                     WHERE username >= ?1 AND username < ?2 ORDER BY username"
                ),
                concat!(
                    "SELECT username, CASE WHEN ",
                    takes_part!("users", "?3"),
                    " THEN 1 ELSE 0 END FROM users \
                     WHERE username >= ?1 AND username < ?2 ORDER BY username DESC"
                ),
            ],
            Self::Projects(_) => [
                "SELECT name, state FROM projects WHERE name >= ?1 AND name < ?2 ORDER BY name",
                "SELECT name, state FROM projects WHERE name >= ?1 AND name < ?2 \
                 ORDER BY name DESC",
            ],
            Self::ProjectsOf(_) => [
                "SELECT name, 1 FROM assignments JOIN projects ON id = project_id \
                 WHERE name >= ?1 AND name < ?2 AND user_id = (SELECT id FROM users WHERE username = ?3) ORDER BY name",
                "SELECT name, 1 FROM assignments JOIN projects ON id = project_id \
                 WHERE name >= ?1 AND name < ?2 AND user_id = (SELECT id FROM users WHERE username = ?3) ORDER BY name DESC",
            ],
            Self::Teams => [
                "SELECT name, 1 FROM teams WHERE name >= ?1 AND name < ?2 ORDER BY name",
                "SELECT name, 1 FROM teams WHERE name >= ?1 AND name < ?2 ORDER BY name DESC",
            ],
            Self::Skills => [
                "SELECT name, 1 FROM skills WHERE name >= ?1 AND name < ?2 ORDER BY name",
                "SELECT name, 1 FROM skills WHERE name >= ?1 AND name < ?2 ORDER BY name DESC",
            ],
        }
    }

    fn has_wanted_state(&self, row: &SqlRow<'_>) -> Result<bool, StoreError> {
        let (Self::Users(Some(wanted)) | Self::Projects(Some(wanted))) = self else {
            return Ok(true);
        };
        Ok(row.integer(1)? == state_to_integer(*wanted))
    }
}

impl Reader<'_> {
    /// Names that begin with `prefix`, sorted.
    ///
    /// Where there are too many, those that are given have the same letters in common as all of
    /// them: a shell types these, and must not be misled.
    pub(crate) fn complete_names(
        &self,
        names: &CompletionKind,
        prefix: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let [forwards, backwards] = names.sql();
        let (mut found, whole) = self.read_names(names, forwards, prefix, now, MAX_NAMES)?;
        // The first is known where any is; what lies between it and the last shares their letters.
        if !whole && !found.is_empty() {
            match self.read_names(names, backwards, prefix, now, 1)?.0.pop() {
                Some(last) if found.last() == Some(&last) => {}
                Some(last) => found.push(last),
                None => found.clear(),
            }
        }
        Ok(found)
    }

    /// At most `most` names, and whether these are all.
    fn read_names(
        &self,
        names: &CompletionKind,
        sql: &str,
        prefix: &str,
        now: Timestamp,
        most: usize,
    ) -> Result<(Vec<String>, bool), StoreError> {
        // Names are ASCII: everything that begins with the prefix is less than this.
        let end = format!("{prefix}\u{7f}");
        let mut values = vec![prefix.into(), end.as_str().into()];
        match names {
            CompletionKind::ProjectsOf(user) => values.push(user.as_str().into()),
            CompletionKind::Users(Some(_)) => values.push(now.seconds().into()),
            _ => {}
        }
        let mut found = Vec::new();
        let mut looked_at = 0;
        let mut whole = true;
        self.engine.each(sql, &values, |row| {
            looked_at += 1;
            whole = found.len() < most && looked_at <= MAX_NAMES_READ;
            if whole && names.has_wanted_state(row)? {
                found.push(row.text(0)?.to_owned());
            }
            Ok::<_, StoreError>(whole)
        })?;
        Ok((found, whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::store::Store;

    fn crowd(count: u32, state: &str) -> Store {
        let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
        store.sql(&format!(
            "INSERT INTO users (username, full_name, state, roles, project_selection, search, \
             created_at, updated_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
             WHERE i < {count}) SELECT char(97 + i * 26 / ({count} + 1)) || printf('%06d', i), 'x', \
             {state}, 1, 1, '', 0, 0 FROM n"
        ));
        store
    }

    fn names(store: &Store, names: &CompletionKind, prefix: &str) -> Vec<String> {
        store.read().unwrap().complete_names(names, prefix, Timestamp::from_seconds(0)).unwrap()
    }

    #[test]
    fn all_that_begin_so_and_no_others() {
        let store = crowd(100, "i % 2");
        let all = names(&store, &CompletionKind::Users(None), "");
        assert_eq!(all.len(), 100);
        assert!(all.is_sorted());
        for prefix in ["a", "b0", "z0001", "z", "{", "A", "a000001", "a0000011"] {
            let expected: Vec<_> = all.iter().filter(|name| name.starts_with(prefix)).collect();
            assert_eq!(
                names(&store, &CompletionKind::Users(None), prefix).iter().collect::<Vec<_>>(),
                expected
            );
        }
        let active = names(&store, &CompletionKind::Users(Some(State::Active)), "");
        let inactive = names(&store, &CompletionKind::Users(Some(State::Inactive)), "");
        assert_eq!((active.len(), inactive.len()), (50, 50));
        assert!(active.iter().all(|name| !inactive.contains(name)));
    }

    /// A shell types what all the names have in common: a list that is cut must not have more.
    #[test]
    fn a_list_that_is_cut_has_no_more_in_common_than_the_whole() {
        let store = crowd(20_000, "i % 9999 <> 0");
        let all = names(&store, &CompletionKind::Users(None), "");
        assert_eq!(all.len(), MAX_NAMES + 1);
        assert_eq!(all.last().map(String::as_str), Some("z020000"));
        let within = names(&store, &CompletionKind::Users(Some(State::Active)), "c");
        assert_eq!(within.len(), MAX_NAMES + 1);
        assert!(within.last() > within.first() && within.last().unwrap().starts_with("c0"));
        // Two of them, far from both ends: too far to be found in time, so nothing is said of them.
        assert_eq!(names(&store, &CompletionKind::Users(Some(State::Inactive)), ""), [""; 0]);
        let second = names(&store, &CompletionKind::Users(Some(State::Inactive)), "z");
        assert_eq!(second, ["z019998"]);
    }
}
