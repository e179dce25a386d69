//! The SQL of names that differ in nothing but case. Every look-up is exact and has no limit, since
//! rights hang on it; usernames are ASCII, and so is what `lower` folds.

use super::{Reader, StoreError};
use crate::model::{RoleSet, Username};

impl Reader<'_> {
    /// The first by name whose name differs from `username` only in case.
    pub(crate) fn case_twin(&self, username: &Username) -> Result<Option<Username>, StoreError> {
        let twin = self.engine.optional(
            "SELECT min(username) FROM users WHERE lower(username) = ?1 AND username <> ?2",
            &[folded(username).as_str().into(), username.as_str().into()],
            |row| Ok(row.optional_text(0)?.map(Username::from_stored)),
        )?;
        Ok(twin.flatten())
    }

    /// The roles of all whose names differ from `username` in nothing but case, taken together.
    pub(crate) fn case_twin_roles(&self, username: &Username) -> Result<RoleSet, StoreError> {
        let mut all = RoleSet::empty();
        self.engine.each(
            "SELECT roles FROM users WHERE lower(username) = ?1 AND username <> ?2",
            &[folded(username).as_str().into(), username.as_str().into()],
            |row| {
                let roles = RoleSet::from_bits(row.integer(0)?).ok_or_else(|| row.unexpected(0))?;
                all = roles.iter().fold(all, RoleSet::with);
                Ok::<_, StoreError>(true)
            },
        )?;
        Ok(all)
    }
}

fn folded(username: &Username) -> String {
    username.as_str().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::model::{Role, RoleSet, Timestamp, Username};
    use crate::store::Store;

    /// A store whose users have these names and roles.
    fn store(users: &[(&str, Role)]) -> Store {
        let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
        for (name, role) in users {
            let bits = RoleSet::empty().with(*role).bits();
            store.sql(&format!(
                "INSERT INTO users (username, full_name, state, roles, project_selection, search, \
                 created_at, updated_at) VALUES ('{name}', 'x', 1, {bits}, 1, '', 0, 0)"
            ));
        }
        store
    }

    fn name(text: &str) -> Username {
        text.parse().unwrap()
    }

    /// R53.
    #[test]
    fn a_twin_differs_in_nothing_but_case() {
        let names = ["BOB", "Bob", "James", "JAMES.", "anna", "annA"];
        let store = store(&names.map(|name| (name, Role::Agent)));
        let reader = store.read().unwrap();
        for (wanted, twin) in [
            ("bob", Some("BOB")),
            ("BOB", Some("Bob")),
            ("Bob", Some("BOB")),
            ("james", Some("James")),
            ("James", None),
            ("james.", Some("JAMES.")),
            ("anna", Some("annA")),
            ("ann", None),
            ("annaa", None),
        ] {
            let found = reader.case_twin(&name(wanted)).unwrap();
            assert_eq!(found.as_ref().map(Username::as_str), twin, "{wanted}");
        }
    }

    /// R61: the admin is found behind any number of twins who are none.
    #[test]
    fn the_roles_of_all_twins_count() {
        let mut names: Vec<String> = (0..1_u32 << 10)
            .map(|upper| {
                let fold = |(at, letter): (u32, char)| match upper >> at & 1 {
                    1 => letter.to_ascii_uppercase(),
                    _ => letter,
                };
                (0..).zip("abcdefghij".chars()).map(fold).collect()
            })
            .collect();
        let boss = names.remove(700);
        let mut users: Vec<_> = names.iter().map(|name| (name.as_str(), Role::Agent)).collect();
        users.push((&boss, Role::Admin));
        let store = store(&users);
        let reader = store.read().unwrap();
        for twin in &names {
            let roles = reader.case_twin_roles(&name(twin)).unwrap();
            assert_eq!(roles, RoleSet::empty().with(Role::Agent).with(Role::Admin), "{twin}");
        }
        let own = reader.case_twin_roles(&name(&boss)).unwrap();
        assert_eq!(own, RoleSet::empty().with(Role::Agent), "one's own roles are no twin's");
        assert_eq!(reader.case_twin_roles(&name("abcdefghi")).unwrap(), RoleSet::empty());
    }
}
