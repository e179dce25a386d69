//! The SQL of users: their rows, and lists of them. What a list asks for is in `user_query.rs`,
//! their memberships are in `memberships.rs`.

use super::credentials::{StoredCredential, credential_columns};
use super::engine::SqlRow;
use super::projects::{read_state, state_to_integer};
use super::user_query::{UserQuery, filters_before_sorting, orders};
use super::window::{edge, read_window, takes_part};
use super::{Reader, StoreError, Transaction};
use crate::model::{
    Credential, CredentialKind, Email, FullName, LanguageTag, Memberships, NewUser, PasswordOrigin,
    Phone, Role, RoleSet, State, Timestamp, User, UserFilter, UserId, Username, fold,
};

/// The columns that [`read_user`] reads, in its order.
macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "SELECT id, username, full_name, email, phone, state, roles, language, ",
            "project_selection, created_at, updated_at, last_sign_in_at, password_origin, ",
            "password_kind, password_set_by, password_changed_at, password_expires_at, ",
            "active_from, active_until, ",
            "(SELECT max(not_before) FROM sign_in_failures WHERE user_id = users.id), ",
            "EXISTS (SELECT 1 FROM photos WHERE user_id = users.id) ",
            "FROM users ",
            $rest
        )
    };
}

/// The users in the first batch of a list, which are read before their memberships: few, so that
/// the first rows appear at once.
const FIRST_BATCH_USERS: usize = 128;

/// The users in the largest batch of a list; each batch is twice the size of the one before.
/// Memberships are read in the order of user ids, so a larger batch reads fewer pages twice.
const MAX_BATCH_USERS: usize = 8_192;

/// The page cache of a look at a few users or of a scan in the order of ids, in KiB. Either visits
/// most pages once, and keeping them in newly allocated memory costs more than reading a few of
/// them again.
pub(super) const SCAN_CACHE_KIB: i64 = 128;

/// A user's row without their memberships.
fn read_user(row: &SqlRow<'_>) -> Result<User, StoreError> {
    let credential = match row.optional_integer(12)? {
        None => None,
        Some(origin) => Some(Credential {
            origin: match origin {
                0 => PasswordOrigin::Typed,
                1 => PasswordOrigin::Generated,
                _ => return Err(row.unexpected(12)),
            },
            kind: match row.integer(13)? {
                0 => CredentialKind::Temporary,
                1 => CredentialKind::Permanent,
                _ => return Err(row.unexpected(13)),
            },
            set_by: row.text(14)?.to_owned(),
            changed_at: Timestamp::from_seconds(row.integer(15)?),
            expires_at: row.optional_integer(16)?.map(Timestamp::from_seconds),
        }),
    };
    Ok(User {
        id: UserId(row.integer(0)?),
        username: Username::from_stored(row.text(1)?),
        full_name: FullName::from_stored(row.text(2)?),
        email: row.optional_text(3)?.map(Email::from_stored),
        phone: row.optional_text(4)?.map(Phone::from_stored),
        set_state: read_state(row, 5)?,
        window: read_window(row, 17)?,
        roles: RoleSet::from_bits(row.integer(6)?).ok_or_else(|| row.unexpected(6))?,
        teams: Vec::new(),
        skills: Vec::new(),
        language: row.optional_text(7)?.map(LanguageTag::from_stored),
        project_selection: row.integer(8)? == 1,
        projects: Vec::new(),
        credential,
        created_at: Timestamp::from_seconds(row.integer(9)?),
        updated_at: Timestamp::from_seconds(row.integer(10)?),
        last_sign_in_at: row.optional_integer(11)?.map(Timestamp::from_seconds),
        locked_until: row.optional_integer(19)?.map(Timestamp::from_seconds),
        photo: row.integer(20)? == 1,
    })
}

impl Reader<'_> {
    /// The user of that name, with their memberships.
    pub(crate) fn find_user(&self, username: &Username) -> Result<Option<User>, StoreError> {
        let found = self.engine.optional(
            select_user!("WHERE username = ?1"),
            &[username.as_str().into()],
            read_user,
        )?;
        match found {
            Some(mut user) => {
                self.load_memberships(&mut user)?;
                Ok(Some(user))
            }
            None => Ok(None),
        }
    }

    /// The user behind an id, without their memberships.
    pub(crate) fn user_by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.engine.optional(select_user!("WHERE id = ?1"), &[id.0.into()], read_user)
    }

    /// Whether any active admin has a permanent password that works at `now`, and a phone where one
    /// is needed.
    pub(crate) fn has_working_admin(
        &self,
        now: Timestamp,
        needs_phone: bool,
    ) -> Result<bool, StoreError> {
        let found = self.engine.optional(
            concat!(
                "SELECT 1 FROM users WHERE roles & ?1 <> 0 AND ",
                takes_part!("users", "?2"),
                " AND password_kind = 1 AND coalesce(password_expires_at > ?2, 1) \
                 AND (phone IS NOT NULL OR NOT ?3) LIMIT 1"
            ),
            &[
                RoleSet::empty().with(Role::Admin).bits().into(),
                now.seconds().into(),
                needs_phone.into(),
            ],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Hands every user that matches `filter` to `each`, in its order, until that returns `false`.
    ///
    /// The caller has looked up the labels that the filter names: one that does not exist matches
    /// nobody here.
    pub(crate) fn list_users<E: From<StoreError>>(
        &self,
        filter: &UserFilter,
        now: Timestamp,
        memberships: Memberships,
        mut each: impl FnMut(User) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut reader = self.membership_reader(memberships)?;
        let mut left = filter.limit.and_then(|limit| limit.try_into().ok()).unwrap_or(usize::MAX);
        let mut size = left.clamp(1, FIRST_BATCH_USERS);
        if left <= FIRST_BATCH_USERS {
            self.engine.set_cache_kib(SCAN_CACHE_KIB)?;
        }
        let mut batch = Vec::with_capacity(size);
        let mut flush_batch = |batch: &mut Vec<User>| {
            reader.load(batch)?;
            for user in batch.drain(..) {
                if !each(user)? {
                    return Ok(false);
                }
            }
            Ok::<_, E>(true)
        };
        for order in orders(filter) {
            let mut go_on = true;
            let query = if filters_before_sorting(filter, order) {
                let found = select_user!("WHERE +id IN (SELECT id FROM users ");
                UserQuery::new(found, filter, now, ") ", order)
            } else {
                UserQuery::new(select_user!(""), filter, now, "", order)
            };
            self.engine.each(&query.sql, &query.values(), |row| {
                batch.push(read_user(row)?);
                if batch.len() == size {
                    left = left.saturating_sub(size);
                    size = (size * 2).min(left).clamp(1, MAX_BATCH_USERS);
                    go_on = flush_batch(&mut batch)?;
                }
                Ok::<_, E>(go_on)
            })?;
            if !(go_on && flush_batch(&mut batch)?) {
                break;
            }
        }
        Ok(())
    }

    /// How many users match `filter`, whatever its limit.
    pub(crate) fn count_users(
        &self,
        filter: &UserFilter,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.engine.set_cache_kib(SCAN_CACHE_KIB)?;
        let query = UserQuery::new("SELECT count(*) FROM users ", filter, now, "", "");
        let count = self.engine.optional(&query.sql, &query.values(), |row| row.integer(0))?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    /// Whether another user than `id` is an active admin with a password that works at `now`.
    pub(crate) fn has_other_working_admin(
        &self,
        id: UserId,
        now: Timestamp,
        needs_phone: bool,
    ) -> Result<bool, StoreError> {
        let found = self.engine.optional(
            concat!(
                "SELECT 1 FROM users WHERE roles & ?1 <> 0 AND ",
                takes_part!("users", "?3"),
                " AND id <> ?2 AND password_kind IS NOT NULL \
                 AND coalesce(password_expires_at > ?3, 1) \
                 AND (phone IS NOT NULL OR NOT ?4) LIMIT 1"
            ),
            &[
                RoleSet::empty().with(Role::Admin).bits().into(),
                id.0.into(),
                now.seconds().into(),
                needs_phone.into(),
            ],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}

/// What a search compares; the newline keeps a search from matching across two fields.
pub(super) fn search_text(
    username: &Username,
    name: &FullName,
    email: Option<&Email>,
    phone: Option<&Phone>,
) -> String {
    let mut text = fold(username.as_str());
    let fields = [Some(name.as_str()), email.map(Email::as_str), phone.map(Phone::as_str)];
    for field in fields.into_iter().flatten() {
        text.push('\n');
        text.push_str(&fold(field));
    }
    text
}

impl Transaction<'_> {
    /// Writes a new user's row, without their memberships; `None` where the username is taken.
    pub(crate) fn insert_user(
        &self,
        user: &NewUser,
        credential: Option<&StoredCredential>,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let search =
            search_text(&user.username, &user.full_name, user.email.as_ref(), user.phone.as_ref());
        let [hash, origin, kind, set_by, changed_at, expires_at] = credential_columns(credential);
        self.engine.optional(
            "INSERT INTO users (id, username, full_name, email, phone, state, roles, language, \
             project_selection, search, created_at, updated_at, password_hash, password_origin, \
             password_kind, password_set_by, password_changed_at, password_expires_at, \
             active_from, active_until) SELECT max(coalesce((SELECT max(id) FROM users), 0) + 1, next_user_id), \
             ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
             ?17, ?18 FROM store WHERE store.id = 1 ON CONFLICT (username) DO NOTHING RETURNING id",
            &[
                user.username.as_str().into(),
                user.full_name.as_str().into(),
                user.email.as_ref().map(Email::as_str).into(),
                user.phone.as_ref().map(Phone::as_str).into(),
                state_to_integer(user.state).into(),
                user.roles.bits().into(),
                user.language.as_ref().map(LanguageTag::as_str).into(),
                user.project_selection.into(),
                search.as_str().into(),
                now.seconds().into(),
                hash,
                origin,
                kind,
                set_by,
                changed_at,
                expires_at,
                edge(user.window.from),
                edge(user.window.until),
            ],
            |row| row.integer(0).map(UserId),
        )
    }

    /// Writes the row of a user who was there before, with the number and the times that they had;
    /// `false` where the username or the number is taken.
    pub(crate) fn restore_user(
        &self,
        user: &User,
        credential: Option<&StoredCredential>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let search =
            search_text(&user.username, &user.full_name, user.email.as_ref(), user.phone.as_ref());
        let [hash, origin, kind, set_by, changed_at, expires_at] = credential_columns(credential);
        let rows = self.engine.execute(
            "INSERT INTO users (id, username, full_name, email, phone, state, roles, language, \
             project_selection, search, created_at, updated_at, last_sign_in_at, password_hash, \
             password_origin, password_kind, password_set_by, password_changed_at, \
             password_expires_at, active_from, active_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \
             ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21) \
             ON CONFLICT DO NOTHING",
            &[
                user.id.0.into(),
                user.username.as_str().into(),
                user.full_name.as_str().into(),
                user.email.as_ref().map(Email::as_str).into(),
                user.phone.as_ref().map(Phone::as_str).into(),
                state_to_integer(user.set_state).into(),
                user.roles.bits().into(),
                user.language.as_ref().map(LanguageTag::as_str).into(),
                user.project_selection.into(),
                search.as_str().into(),
                user.created_at.seconds().into(),
                now.seconds().into(),
                user.last_sign_in_at.map(Timestamp::seconds).into(),
                hash,
                origin,
                kind,
                set_by,
                changed_at,
                expires_at,
                edge(user.window.from),
                edge(user.window.until),
            ],
        )?;
        Ok(rows == 1)
    }

    /// Updates the row of a user: everything but username, memberships and password.
    pub(crate) fn update_user(&self, user: &User, now: Timestamp) -> Result<(), StoreError> {
        let search =
            search_text(&user.username, &user.full_name, user.email.as_ref(), user.phone.as_ref());
        // A code that is on its way was sent to the old phone number.
        self.engine.execute(
            "DELETE FROM codes WHERE user_id = ?1 \
             AND NOT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND phone = ?2)",
            &[user.id.0.into(), user.phone.as_ref().map(Phone::as_str).into()],
        )?;
        self.engine.execute(
            "UPDATE users SET full_name = ?2, email = ?3, phone = ?4, state = ?5, roles = ?6, \
             language = ?7, project_selection = ?8, search = ?9, updated_at = ?10, \
             active_from = ?11, active_until = ?12, revision = revision + 1 WHERE id = ?1",
            &[
                user.id.0.into(),
                user.full_name.as_str().into(),
                user.email.as_ref().map(Email::as_str).into(),
                user.phone.as_ref().map(Phone::as_str).into(),
                state_to_integer(user.set_state).into(),
                user.roles.bits().into(),
                user.language.as_ref().map(LanguageTag::as_str).into(),
                user.project_selection.into(),
                search.as_str().into(),
                now.seconds().into(),
                edge(user.window.from),
                edge(user.window.until),
            ],
        )?;
        Ok(())
    }

    /// Renames a user, also in the record of their password where they set it themselves; `false`
    /// where the name is taken.
    pub(crate) fn rename_user(
        &self,
        user: &User,
        new: &Username,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let search = search_text(new, &user.full_name, user.email.as_ref(), user.phone.as_ref());
        let rows = self.engine.execute(
            "UPDATE users SET username = ?2, search = ?3, updated_at = ?4, \
             revision = revision + 1, password_set_by = \
             CASE WHEN password_set_by = ?5 THEN ?2 ELSE password_set_by END \
             WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM users WHERE username = ?2)",
            &[
                user.id.0.into(),
                new.as_str().into(),
                search.as_str().into(),
                now.seconds().into(),
                user.username.as_str().into(),
            ],
        )?;
        Ok(rows == 1)
    }

    /// Deletes a user with all that is theirs: memberships, sessions, failures, photo. Their number
    /// is never given again.
    pub(crate) fn delete_user(&self, id: UserId) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE store SET next_user_id = ?1 WHERE id = 1 AND next_user_id < ?1",
            &[(id.0 + 1).into()],
        )?;
        self.engine.execute("DELETE FROM sign_in_failures WHERE user_id = ?1", &[id.0.into()])?;
        self.engine.execute("DELETE FROM users WHERE id = ?1", &[id.0.into()])?;
        Ok(())
    }

    /// Sets whether a user takes part.
    pub(crate) fn set_user_state(
        &self,
        id: UserId,
        new: State,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE users SET state = ?2, updated_at = ?3, revision = revision + 1 WHERE id = ?1",
            &[id.0.into(), state_to_integer(new).into(), now.seconds().into()],
        )?;
        Ok(())
    }

    /// Notes that a user's memberships changed.
    pub(crate) fn touch_user(&self, id: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.engine.execute(
            "UPDATE users SET updated_at = ?2, revision = revision + 1 WHERE id = ?1",
            &[id.0.into(), now.seconds().into()],
        )?;
        Ok(())
    }
}
