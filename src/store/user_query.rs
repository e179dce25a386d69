//! The statement of a list of users, put together from a filter.

use std::fmt::Write as _;

use super::engine::SqlValue;
use super::window::{is_open, takes_part};
use crate::model::{
    CredentialState, ProfileField, ProjectName, SortKey, State, TeamName, Timestamp, UserFilter,
    fold,
};

/// The orders in which a list is read, one after the other. Those who never signed in come in a
/// second part, since the index holds only those who did.
pub(super) fn orders(filter: &UserFilter) -> &'static [&'static str] {
    match (filter.sort, filter.reverse) {
        (SortKey::Username, false) => &["ORDER BY username"],
        (SortKey::Username, true) => &["ORDER BY username DESC"],
        (SortKey::Name, false) => &["ORDER BY full_name, id"],
        (SortKey::Name, true) => &["ORDER BY full_name DESC, id DESC"],
        (SortKey::Created, false) => &["ORDER BY id"],
        (SortKey::Created, true) => &["ORDER BY id DESC"],
        (SortKey::LastSignIn, false) => &[
            "AND last_sign_in_at IS NOT NULL ORDER BY last_sign_in_at, id",
            "AND last_sign_in_at IS NULL ORDER BY id",
        ],
        (SortKey::LastSignIn, true) => &[
            "AND last_sign_in_at IS NULL ORDER BY id DESC",
            "AND last_sign_in_at IS NOT NULL ORDER BY last_sign_in_at DESC, id DESC",
        ],
    }
}

/// Whether to filter first and sort afterwards, instead of walking the index of `order`: rows are
/// stored in the order of ids, so fetching each in another order takes ten times as long.
///
/// Not where most users match, so that a short list can end early; and not where an index finds the
/// few that can.
pub(super) fn filters_before_sorting(filter: &UserFilter, order: &str) -> bool {
    let in_rowid_order = order.ends_with("ORDER BY id") || order.ends_with("ORDER BY id DESC");
    let by_index = !filter.projects.is_empty()
        || !filter.teams.is_empty()
        || !filter.skills.is_empty()
        || filter.locked;
    let by_profile = filter.state == Some(State::Inactive)
        || !filter.roles.is_empty()
        || !filter.languages.is_empty()
        || !filter.searches.is_empty()
        || !filter.missing.is_empty()
        || !filter.passwords.is_empty()
        || !filter.passwords_set_by.is_empty()
        || filter.never_signed_in
        || filter.created_since.is_some()
        || filter.created_before.is_some()
        || filter.ends_before.is_some();
    by_profile && !by_index && !in_rowid_order
}

/// A value that a query keeps until it is run.
enum BoundValue {
    Integer(i64),
    Text(String),
}

/// A list's statement, put together from fixed pieces, and its values.
pub(super) struct UserQuery {
    pub(super) sql: String,
    bound: Vec<BoundValue>,
}

impl UserQuery {
    /// The statement `select`, then the conditions of `filter`, then `rest` and `order`.
    pub(super) fn new(
        select: &'static str,
        filter: &UserFilter,
        now: Timestamp,
        rest: &'static str,
        order: &'static str,
    ) -> Self {
        let mut query = Self { sql: format!("{select}WHERE 1 "), bound: Vec::new() };
        query.add_profile(filter, now);
        query.add_memberships(filter, now);
        query.add_password(filter, now);
        if filter.locked {
            // Few ever fail to sign in: these are looked at, and not every user.
            query.and(
                "AND id IN (SELECT user_id FROM sign_in_failures WHERE not_before > ?) ",
                BoundValue::Integer(now.seconds()),
            );
        }
        query.sql.push_str(rest);
        query.sql.push_str(order);
        query
    }

    /// Adds that the id is in a range, both ends included, and an order.
    pub(super) fn ids_between(mut self, first: i64, last: i64, order: &'static str) -> Self {
        self.and("AND id BETWEEN ? ", BoundValue::Integer(first));
        self.and("AND ? ", BoundValue::Integer(last));
        self.sql.push_str(order);
        self
    }

    pub(super) fn values(&self) -> Vec<SqlValue<'_>> {
        self.bound
            .iter()
            .map(|value| match value {
                BoundValue::Integer(number) => SqlValue::Integer(*number),
                BoundValue::Text(text) => SqlValue::Text(text),
            })
            .collect()
    }

    /// Adds a piece of the statement whose one `?` is `value`.
    fn and(&mut self, piece: &'static str, value: BoundValue) {
        self.sql.push_str(piece);
        self.bound.push(value);
    }

    /// Adds a piece of the statement that names the moment `now` and nothing else.
    fn and_now(&mut self, piece: &'static str, now: Timestamp) {
        for _ in piece.matches('?') {
            self.bound.push(BoundValue::Integer(now.seconds()));
        }
        self.sql.push_str(piece);
    }

    fn add_profile(&mut self, filter: &UserFilter, now: Timestamp) {
        match filter.state {
            None => {}
            Some(State::Active) => {
                self.and_now(concat!("AND ", takes_part!("users", "?"), " "), now);
            }
            Some(State::Inactive) => {
                self.and_now(concat!("AND NOT (", takes_part!("users", "?"), ") "), now);
            }
        }
        if !filter.roles.is_empty() {
            self.and("AND roles & ? <> 0 ", BoundValue::Integer(filter.roles.bits()));
        }
        self.any(&filter.languages, |query, language| {
            query.and("language = ? ", BoundValue::Text(language.clone()));
            // Everything that begins with the prefix and a hyphen; `.` follows `-` in ASCII.
            query.and("OR language >= ? ", BoundValue::Text(format!("{language}-")));
            query.and("AND language < ? ", BoundValue::Text(format!("{language}.")));
        });
        self.any(&filter.searches, |query, text| match fold(text) {
            // A newline stands between two fields, and in none.
            text if text.contains('\n') => query.sql.push_str("1 = 0 "),
            text => query.and("instr(search, ?) > 0 ", BoundValue::Text(text)),
        });
        self.any(&filter.missing, |query, field| query.and_now(missing_condition(*field), now));
        if filter.never_signed_in {
            self.sql.push_str("AND last_sign_in_at IS NULL ");
        }
        if let Some(since) = filter.created_since {
            self.and("AND created_at >= ? ", BoundValue::Integer(since.seconds()));
        }
        if let Some(before) = filter.created_before {
            self.and("AND created_at < ? ", BoundValue::Integer(before.seconds()));
        }
        if let Some(before) = filter.ends_before {
            self.and("AND active_until < ? ", BoundValue::Integer(before.seconds()));
        }
    }

    fn add_memberships(&mut self, filter: &UserFilter, now: Timestamp) {
        if !filter.projects.is_empty() {
            self.and_now(
                concat!(
                    "AND id IN (SELECT user_id FROM assignments JOIN projects ON id = project_id \
                     WHERE ",
                    is_open!("assignments", "?"),
                    " "
                ),
                now,
            );
            self.any_of("AND name IN (", filter.projects.iter().map(ProjectName::as_str));
        }
        self.any_of(
            "AND id IN (SELECT user_id FROM user_teams JOIN teams ON id = team_id \
             WHERE name IN (",
            filter.teams.iter().map(TeamName::as_str),
        );
        if !filter.skills.is_empty() {
            // From the wanted skills to the users who have them, each by an index: with an OR over
            // two tables SQLite would use none.
            self.sql.push_str("AND id IN (SELECT user_id FROM (VALUES ");
            for (at, (skill, level)) in filter.skills.iter().enumerate() {
                self.sql.push_str(if at == 0 { "(" } else { ", (" });
                self.and("?, ", BoundValue::Text(skill.as_str().to_owned()));
                self.and("?)", BoundValue::Integer(level.get().into()));
            }
            self.sql.push_str(
                ") AS wished JOIN skills ON name = column1 \
                 JOIN user_skills ON skill_id = skills.id AND level >= column2) ",
            );
        }
    }

    /// Adds that one of these conditions is met, where there are any.
    fn any<T>(&mut self, values: &[T], condition: impl Fn(&mut Self, &T)) {
        for (at, value) in values.iter().enumerate() {
            self.sql.push_str(if at == 0 { "AND (" } else { "OR " });
            condition(self, value);
        }
        if !values.is_empty() {
            self.sql.push_str(") ");
        }
    }

    fn any_of<'n>(&mut self, piece: &'static str, names: impl Iterator<Item = &'n str>) {
        let before = self.bound.len();
        self.bound.extend(names.map(|name| BoundValue::Text(name.to_owned())));
        let count = self.bound.len() - before;
        if count > 0 {
            let _ = write!(self.sql, "{piece}?{})) ", ", ?".repeat(count - 1));
        }
    }

    fn add_password(&mut self, filter: &UserFilter, now: Timestamp) {
        self.any(&filter.passwords, |query, worth| {
            let condition = match worth {
                CredentialState::None => "password_kind IS NULL ",
                CredentialState::Expired => "password_expires_at <= ? ",
                CredentialState::Temporary => {
                    "password_kind = 0 AND coalesce(password_expires_at > ?, 1) "
                }
                CredentialState::Permanent => {
                    "password_kind = 1 AND coalesce(password_expires_at > ?, 1) "
                }
            };
            query.and_now(condition, now);
        });
        self.any(&filter.passwords_set_by, |query, setter| {
            query.and("password_set_by = ? ", BoundValue::Text(setter.clone()));
        });
    }
}

/// The condition that a field is missing.
fn missing_condition(field: ProfileField) -> &'static str {
    match field {
        ProfileField::Email => "email IS NULL ",
        ProfileField::Phone => "phone IS NULL ",
        ProfileField::Language => "language IS NULL ",
        ProfileField::Team => "NOT EXISTS (SELECT 1 FROM user_teams WHERE user_id = users.id) ",
        ProfileField::Skill => "NOT EXISTS (SELECT 1 FROM user_skills WHERE user_id = users.id) ",
        ProfileField::Project => {
            concat!(
                "NOT EXISTS (SELECT 1 FROM assignments WHERE user_id = users.id AND ",
                is_open!("assignments", "?"),
                ") "
            )
        }
    }
}
