//! The SQL of an import: many users at once, with statements that are prepared once and the head of
//! the audit chain kept in memory.

use super::audit::{self, CanonicalEntry, ChainHead, SerializedAudit};
use super::credentials::{StoredCredential, credential_columns};
use super::engine::Statement;
use super::projects::{read_state, state_to_integer};
use super::users::search_text;
use super::window::{edge, takes_part};
use super::{Reader, Recorded, StoreError, Transaction};
use crate::model::{
    AuditEntry, Email, LabelKind, LanguageTag, Phone, RoleSet, State, Timestamp, User, UserId,
    Username, Weight, Window,
};

/// The page cache while many rows are written, in KiB: how much of the indexes stays in memory.
const BULK_CACHE_KIB: i64 = 96 * 1024;

/// The number of new users from which indexes are rebuilt rather than maintained row by row, if
/// there are at most twice as many already: sorting once costs less than that many insertions.
const MIN_USERS_TO_DROP_INDEXES: i64 = 20_000;

/// The indexes that nothing needs while users are created, and the statements that drop them.
const DROPPABLE_INDEXES: [(&str, &str); 6] = [
    ("users_by_name", "DROP INDEX users_by_name"),
    ("users_by_folded_name", "DROP INDEX users_by_folded_name"),
    ("user_teams_by_team", "DROP INDEX user_teams_by_team"),
    ("user_skills_by_skill", "DROP INDEX user_skills_by_skill"),
    ("assignments_by_project", "DROP INDEX assignments_by_project"),
    ("audit_by_subject", "DROP INDEX audit_by_subject"),
];

/// Indexes that were dropped in a transaction: the statements that made them.
#[must_use = "a store without its indexes is not the one that this program makes"]
pub(crate) struct DroppedIndexes(Vec<String>);

/// A user to be created, with everything that can be known before the store is locked.
pub(crate) struct BulkUser {
    /// The user, whose id is given by the store.
    pub(crate) user: User,
    pub(crate) teams: Vec<i64>,
    pub(crate) skills: Vec<(i64, u8)>,
    pub(crate) projects: Vec<(i64, Weight, Window)>,
    pub(crate) credential: Option<StoredCredential>,
    search: String,
}

impl BulkUser {
    pub(crate) fn new(user: User, credential: Option<StoredCredential>) -> Self {
        let search =
            search_text(&user.username, &user.full_name, user.email.as_ref(), user.phone.as_ref());
        let (teams, skills, projects) = (Vec::new(), Vec::new(), Vec::new());
        Self { user, teams, skills, projects, credential, search }
    }
}

impl Reader<'_> {
    /// The ids of all teams or skills, by name.
    pub(crate) fn label_ids(&self, kind: LabelKind) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = match kind {
            LabelKind::Team => "SELECT name, id FROM teams",
            LabelKind::Skill => "SELECT name, id FROM skills",
        };
        self.engine.all(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.integer(1)?)))
    }

    /// The ids and states of all projects, by name.
    pub(crate) fn project_ids(&self) -> Result<Vec<(String, i64, State)>, StoreError> {
        self.engine.all("SELECT name, id, state FROM projects", &[], |row| {
            Ok((row.text(0)?.to_owned(), row.integer(1)?, read_state(row, 2)?))
        })
    }

    /// How often the user of that name was changed; `None` where there is none.
    pub(crate) fn user_revision(&self, username: &Username) -> Result<Option<i64>, StoreError> {
        self.engine.optional(
            "SELECT revision FROM users WHERE username = ?1",
            &[username.as_str().into()],
            |row| row.integer(0),
        )
    }

    /// Hands every username to `each`.
    pub(crate) fn usernames(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.engine.each("SELECT username FROM users ORDER BY username", &[], |row| {
            each(row.text(0)?);
            Ok::<_, StoreError>(true)
        })
    }

    /// Hands every active user who has no role but those of `within` to `each`, in the order of
    /// creation, with their roles and their revision.
    pub(crate) fn active_users_within(
        &self,
        within: RoleSet,
        now: Timestamp,
        mut each: impl FnMut(UserId, Username, RoleSet, i64),
    ) -> Result<(), StoreError> {
        self.engine.each(
            concat!(
                "SELECT id, username, roles, revision FROM users WHERE ",
                takes_part!("users", "?2"),
                " AND roles & ~?1 = 0 ORDER BY id"
            ),
            &[within.bits().into(), now.seconds().into()],
            |row| {
                let roles = row.integer(2)?;
                let roles = RoleSet::from_bits(roles).ok_or_else(|| row.unexpected(2))?;
                let username = Username::from_stored(row.text(1)?);
                each(UserId(row.integer(0)?), username, roles, row.integer(3)?);
                Ok::<_, StoreError>(true)
            },
        )
    }
}

impl Transaction<'_> {
    /// Drops indexes where so many users are to be created that it is worth it. A rollback brings
    /// them back, before a commit [`Transaction::rebuild_indexes`] does.
    pub(crate) fn drop_indexes_for_bulk_insert(
        &self,
        creates: i64,
    ) -> Result<DroppedIndexes, StoreError> {
        let there = self.engine.optional("SELECT max(id) FROM users", &[], |row| {
            row.optional_integer(0).map(Option::unwrap_or_default)
        })?;
        if creates < MIN_USERS_TO_DROP_INDEXES || creates < there.unwrap_or_default() / 2 {
            return Ok(DroppedIndexes(Vec::new()));
        }
        let mut statements = Vec::with_capacity(DROPPABLE_INDEXES.len());
        for (name, drop) in DROPPABLE_INDEXES {
            let made = self.engine.optional(
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1",
                &[name.into()],
                |row| row.text(0).map(str::to_owned),
            )?;
            if let Some(made) = made {
                self.engine.execute(drop, &[])?;
                statements.push(made);
            }
        }
        Ok(DroppedIndexes(statements))
    }

    /// Builds the indexes that were taken away, by the very statements that made them.
    pub(crate) fn rebuild_indexes(&self, dropped: &DroppedIndexes) -> Result<(), StoreError> {
        dropped.0.iter().try_for_each(|statement| self.engine.batch(statement))
    }

    /// Gets ready to write many users.
    pub(crate) fn bulk_insert(&self) -> Result<BulkInsert<'_>, StoreError> {
        self.engine.set_cache_kib(BULK_CACHE_KIB)?;
        let next_id = self.engine.optional(
            "SELECT max(coalesce((SELECT max(id) FROM users), 0) + 1, next_user_id) \
             FROM store WHERE id = 1",
            &[],
            |row| row.integer(0),
        )?;
        let ChainHead { seq, hash: head } = self.audit_head()?;
        let statement = |sql| self.engine.statement(sql);
        Ok(BulkInsert {
            next_id: next_id.unwrap_or(1),
            batch: self.batch_at(seq + 1),
            seq,
            head,
            hashed: Vec::with_capacity(4 * 1024),
            user: statement(
                "INSERT INTO users (id, username, full_name, email, phone, state, roles, \
                 language, project_selection, search, created_at, updated_at, password_hash, \
                 password_origin, password_kind, password_set_by, password_changed_at, \
                 password_expires_at, active_from, active_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, \
                 ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) ON CONFLICT (username) DO NOTHING",
            )?,
            team: statement("INSERT INTO user_teams (user_id, team_id) VALUES (?1, ?2)")?,
            skill: statement(
                "INSERT INTO user_skills (user_id, skill_id, level) VALUES (?1, ?2, ?3)",
            )?,
            project: statement(
                "INSERT INTO assignments (user_id, project_id, weight, active_from, active_until) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            entry: statement(audit::INSERT_ENTRY)?,
        })
    }
}

/// Writes many users; every audit entry of the transaction has to go through it.
pub(crate) struct BulkInsert<'t> {
    next_id: i64,
    batch: Option<i64>,
    seq: i64,
    head: [u8; 32],
    /// Where what is hashed of an entry is put together.
    hashed: Vec<u8>,
    user: Statement<'t>,
    team: Statement<'t>,
    skill: Statement<'t>,
    project: Statement<'t>,
    entry: Statement<'t>,
}

impl BulkInsert<'_> {
    /// Creates a user with their memberships; `None` where the username is taken.
    pub(crate) fn create(
        &mut self,
        new: &BulkUser,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let id = self.next_id;
        let user = &new.user;
        let [hash, origin, kind, set_by, changed_at, expires_at] =
            credential_columns(new.credential.as_ref());
        let written = self.user.run(&[
            id.into(),
            user.username.as_str().into(),
            user.full_name.as_str().into(),
            user.email.as_ref().map(Email::as_str).into(),
            user.phone.as_ref().map(Phone::as_str).into(),
            state_to_integer(user.set_state).into(),
            user.roles.bits().into(),
            user.language.as_ref().map(LanguageTag::as_str).into(),
            user.project_selection.into(),
            new.search.as_str().into(),
            now.seconds().into(),
            hash,
            origin,
            kind,
            set_by,
            changed_at,
            expires_at,
            edge(user.window.from),
            edge(user.window.until),
        ])?;
        if written == 0 {
            return Ok(None);
        }
        self.next_id += 1;
        for team in &new.teams {
            self.team.run(&[id.into(), (*team).into()])?;
        }
        for (skill, level) in &new.skills {
            self.skill.run(&[id.into(), (*skill).into(), i64::from(*level).into()])?;
        }
        for (project, weight, window) in &new.projects {
            self.project.run(&[
                id.into(),
                (*project).into(),
                i64::from(weight.get()).into(),
                edge(window.from),
                edge(window.until),
            ])?;
        }
        Ok(Some(UserId(id)))
    }

    /// Appends an entry to the log; its `before` and `after` are the texts, not the values in it.
    pub(crate) fn record(
        &mut self,
        entry: &AuditEntry,
        before: Option<&SerializedAudit>,
        after: Option<&SerializedAudit>,
    ) -> Result<Recorded, StoreError> {
        let canonical = CanonicalEntry::of((self.seq + 1, self.batch), entry, before, after);
        let hash = audit::chain_hash(&self.head, &canonical, &mut self.hashed)?;
        self.entry.run(&canonical.values(&hash))?;
        self.seq += 1;
        self.head = hash;
        Ok(Recorded::new())
    }
}
