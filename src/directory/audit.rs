//! What the audit log keeps of a change: the fields that changed, before and after.

use serde::de::Error as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{ChainReport, Directory, EntityKind, Error, Task};
use crate::model::{
    Assignment, AuditAction, AuditEntry, AuditFilter, AuditOutcome, AuditRecord, Credential,
    CredentialKind, Email, LanguageTag, PasswordOrigin, Phone, Project, Role, RoleSet, SkillGrant,
    TeamName, Timestamp, User, Username,
};
use crate::store::{Reader, Transaction};

/// A user's sheet and places, as the log keeps them.
pub(super) fn user_fields(user: &User) -> Map<String, Value> {
    let skills: Vec<Value> = user
        .skills
        .iter()
        .map(|grant| json!({"skill": grant.skill.as_str(), "level": grant.level.get()}))
        .collect();
    let roles: Vec<&str> = user.roles.iter().map(Role::as_str).collect();
    let teams: Vec<&str> = user.teams.iter().map(TeamName::as_str).collect();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("username", user.username.as_str().into());
    put("full_name", user.full_name.as_str().into());
    put("email", user.email.as_ref().map(Email::as_str).into());
    put("phone", user.phone.as_ref().map(Phone::as_str).into());
    put("state", user.set_state.as_str().into());
    put("from", edge(user.window.from));
    put("until", edge(user.window.until));
    put("roles", roles.into());
    put("teams", teams.into());
    put("skills", skills.into());
    put("language", user.language.as_ref().map(LanguageTag::as_str).into());
    put("project_selection", user.project_selection.into());
    put("projects", project_list(&user.projects));
    fields
}

/// The text of [`user_fields`] with their password, for somebody who is new: the same, made without
/// the values in between, which would cost an import of many most of its time.
pub(super) fn new_user_text(user: &User) -> Result<String, serde_json::Error> {
    /// The fields of a user, sorted by name, as the values would be.
    #[derive(Serialize)]
    struct UserAuditFields<'u> {
        email: Option<&'u str>,
        from: Option<Timestamp>,
        full_name: &'u str,
        language: Option<&'u str>,
        password: Option<PasswordAuditFields<'u>>,
        phone: Option<&'u str>,
        project_selection: bool,
        #[serde(serialize_with = "projects")]
        projects: &'u [Assignment],
        roles: RoleSet,
        #[serde(serialize_with = "skills")]
        skills: &'u [SkillGrant],
        state: &'u str,
        teams: &'u [TeamName],
        until: Option<Timestamp>,
        username: &'u str,
    }

    #[derive(Serialize)]
    struct PasswordAuditFields<'u> {
        expires_at: Option<Timestamp>,
        kind: &'u str,
        origin: &'u str,
        set_by: &'u str,
    }

    #[derive(Serialize)]
    struct AssignmentAuditFields<'u> {
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        project: &'u str,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        weight: u32,
    }

    #[derive(Serialize)]
    struct SkillAuditFields<'u> {
        level: u8,
        skill: &'u str,
    }

    fn projects<S: Serializer>(all: &[Assignment], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all.iter().map(|one| AssignmentAuditFields {
            from: one.window.from,
            project: one.project.as_str(),
            until: one.window.until,
            weight: one.weight.get(),
        }))
    }

    fn skills<S: Serializer>(all: &[SkillGrant], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            all.iter()
                .map(|one| SkillAuditFields { level: one.level.get(), skill: one.skill.as_str() }),
        )
    }

    // Room for most: it is not grown step by step.
    let mut text = Vec::with_capacity(768);
    let fields = UserAuditFields {
        email: user.email.as_ref().map(Email::as_str),
        from: user.window.from,
        full_name: user.full_name.as_str(),
        language: user.language.as_ref().map(LanguageTag::as_str),
        password: user.credential.as_ref().map(|credential| PasswordAuditFields {
            expires_at: credential.expires_at,
            kind: kind_word(credential.kind),
            origin: origin_word(credential.origin),
            set_by: &credential.set_by,
        }),
        phone: user.phone.as_ref().map(Phone::as_str),
        project_selection: user.project_selection,
        projects: &user.projects,
        roles: user.roles,
        skills: &user.skills,
        state: user.set_state.as_str(),
        teams: &user.teams,
        until: user.window.until,
        username: user.username.as_str(),
    };
    serde_json::to_writer(&mut text, &fields)?;
    String::from_utf8(text).map_err(serde_json::Error::custom)
}

fn project_list(projects: &[Assignment]) -> Value {
    projects
        .iter()
        .map(|one| {
            let mut fields = Map::new();
            fields.insert("project".to_owned(), one.project.as_str().into());
            fields.insert("weight".to_owned(), one.weight.get().into());
            // Most have none, and the log is long.
            for (name, moment) in [("from", one.window.from), ("until", one.window.until)] {
                fields.extend(moment.map(|_| (name.to_owned(), edge(moment))));
            }
            Value::from(fields)
        })
        .collect()
}

/// A moment that may not be there, as the log keeps it.
fn edge(moment: Option<Timestamp>) -> Value {
    moment.map(|moment| moment.to_string()).into()
}

/// A password's record, as the log keeps it: never the password, never its hash.
pub(super) fn credential_field(credential: Option<&Credential>) -> Value {
    match credential {
        None => Value::Null,
        Some(credential) => json!({
            "kind": kind_word(credential.kind),
            "origin": origin_word(credential.origin),
            "set_by": credential.set_by,
            "expires_at": credential.expires_at.map(|end| end.to_string()),
        }),
    }
}

fn kind_word(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Temporary => "temporary",
        CredentialKind::Permanent => "permanent",
    }
}

fn origin_word(origin: PasswordOrigin) -> &'static str {
    match origin {
        PasswordOrigin::Typed => "typed",
        PasswordOrigin::Generated => "generated",
    }
}

/// A project's sheet, as the log keeps it.
pub(super) fn project_fields(project: &Project) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("name", project.name.as_str().into());
    put("language", project.details.language.as_ref().map(LanguageTag::as_str).into());
    put(
        "description",
        project.details.description.as_ref().map(crate::model::Description::as_str).into(),
    );
    put("state", project.state.as_str().into());
    put("priority", project.details.priority.get().into());
    fields
}

/// The fields of `before` and `after` that differ.
pub(super) fn difference(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let changed = |one: &Map<String, Value>, other: &Map<String, Value>| {
        one.iter()
            .filter(|(name, value)| other.get(*name) != Some(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    (changed(before, after), changed(after, before))
}

/// The users of these names.
pub(super) fn users_of(reader: &Reader<'_>, names: Vec<Username>) -> Result<Vec<User>, Error> {
    let mut users = Vec::with_capacity(names.len());
    for name in names {
        users.extend(reader.find_user(&name)?);
    }
    Ok(users)
}

impl Directory {
    /// Records for each of `losers`, who are as they were before, what a deletion took from them:
    /// the log tells of everybody what they had.
    pub(super) fn record_losses(
        &self,
        transaction: &Transaction<'_>,
        action: AuditAction,
        losers: &[User],
    ) -> Result<(), Error> {
        if !losers.is_empty() {
            transaction.begin_batch();
        }
        for old in losers {
            let Some(new) = transaction.find_user(&old.username)? else { continue };
            let (before, after) = difference(&user_fields(old), &user_fields(&new));
            let (before, after) = (Some(before.into()), Some(after.into()));
            let entry = self.entry(action, old.username.as_str(), old.id.0, before, after);
            // The receipt that counts is that of the deletion itself.
            let _ = transaction.record(&entry)?;
        }
        Ok(())
    }

    /// Hands the entries that `filter` lets through to `each`, in its order, until that says stop;
    /// with `user` only those about them, through all their renames.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::NotFound`], where nobody has or had that name;
    /// [`Error::LogReplaced`], where the log does not have the entry that `filter` goes on from.
    pub fn audit(
        &self,
        filter: &AuditFilter,
        user: Option<&str>,
        mut each: impl FnMut(AuditRecord) -> bool,
    ) -> Result<(), Error> {
        self.authorize(Task::Administer, None)?;
        // The log is read all the same where it cannot be written: on a disk that is read-only, say.
        let _ = self.complete_log_if_free();
        let snapshot = self.store.read()?;
        let filter = with_subjects(&snapshot, filter, user)?;
        if let Some(seq) = filter.after_seq {
            require_entry(&snapshot, seq, None)?;
        }
        let listed = snapshot.audit_records(&filter, |record| Ok::<_, Error>(each(record)));
        drop(snapshot);
        listed
    }

    /// Hands what was done to a user to `each`, newest first, through all their renames, until that
    /// says stop; signing in is none of it. Where nobody has that name, it is the last who had it.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::NotFound`], where nobody has or had that name.
    pub fn user_history(
        &self,
        username: &Username,
        mut each: impl FnMut(AuditRecord) -> bool,
    ) -> Result<(), Error> {
        self.authorize(Task::Administer, None)?;
        let snapshot = self.store.read()?;
        let id = match snapshot.find_user(username)? {
            Some(user) => Some(user.id.0),
            // Numbers are never given again: the greatest is that of the last.
            None => snapshot.audited_ids(username.as_str())?.into_iter().max(),
        };
        let found = id.ok_or_else(|| Error::NotFound {
            object: EntityKind::User,
            name: username.to_string(),
            nearest: None,
        });
        let listed = found.and_then(|id| {
            let filter = AuditFilter { subjects: Some(vec![id]), ..AuditFilter::default() };
            snapshot.audit_records(&filter, |record| {
                Ok::<_, Error>(record.action.starts_with("sign-") || each(record))
            })
        });
        drop(snapshot);
        self.suggest(listed)
    }

    /// The entry with the number `seq`, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], or [`Error::Store`] where it cannot be read.
    pub fn audit_entry(&self, seq: i64) -> Result<Option<AuditRecord>, Error> {
        let mut found = None;
        let filter = AuditFilter { seq: Some(seq), ..AuditFilter::default() };
        self.audit(&filter, None, |record| {
            found = Some(record);
            false
        })?;
        Ok(found)
    }

    /// Recomputes the whole chain of the log and looks for the hash `anchor` in it.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], or [`Error::Store`] where it cannot be read.
    pub fn verify_audit(&self, anchor: Option<&[u8; 32]>) -> Result<ChainReport, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.read()?.verify_chain(anchor.map(<[u8; 32]>::as_slice))?)
    }

    /// An entry for something that was done to `subject`.
    pub(super) fn entry(
        &self,
        action: AuditAction,
        subject: &str,
        subject_id: i64,
        before: Option<Value>,
        after: Option<Value>,
    ) -> AuditEntry {
        AuditEntry {
            subject: Some(subject.to_owned()),
            subject_id: Some(subject_id),
            ..self.entry_without_subject(action, before, after)
        }
    }

    /// An entry for something that was done to nobody and nothing that has a name in the store.
    pub(super) fn entry_without_subject(
        &self,
        action: AuditAction,
        before: Option<Value>,
        after: Option<Value>,
    ) -> AuditEntry {
        AuditEntry {
            at: self.clock.now(),
            actor: self.actor_name(),
            actor_id: self.actor_id(),
            os_uid: self.caller.uid,
            action,
            subject: None,
            subject_id: None,
            outcome: AuditOutcome::Done,
            before,
            after,
            undoes: None,
        }
    }
}

/// The same filter; with `user` only for entries about them, under all the names that they had.
pub(super) fn with_subjects(
    reader: &Reader<'_>,
    filter: &AuditFilter,
    user: Option<&str>,
) -> Result<AuditFilter, Error> {
    let subjects = match user {
        Some(name) => Some(ids(reader, name)?),
        None => filter.subjects.clone(),
    };
    Ok(AuditFilter { subjects, ..filter.clone() })
}

/// The entry `seq` has to be there, and to have the hash that is `known` of it.
pub(super) fn require_entry(
    reader: &Reader<'_>,
    seq: i64,
    known: Option<[u8; 32]>,
) -> Result<(), Error> {
    if seq <= 0 {
        return Ok(());
    }
    match reader.audit_hash(seq)? {
        Some(found) if known.is_none_or(|known| known == found) => Ok(()),
        _ => Err(Error::LogReplaced { seq }),
    }
}

/// The ids behind a name: of the user who has it and of those who had it.
fn ids(reader: &Reader<'_>, name: &str) -> Result<Vec<i64>, Error> {
    let mut ids = reader.audited_ids(name)?;
    if let Ok(username) = name.parse::<Username>()
        && let Some(user) = reader.find_user(&username)?
    {
        ids.push(user.id.0);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        let (object, name) = (EntityKind::User, name.to_owned());
        return Err(Error::NotFound { object, name, nearest: None });
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let (before, after) = difference(
            &object(json!({"a": 1, "b": 2, "c": null})),
            &object(json!({"a": 1, "b": 3, "c": "x"})),
        );
        assert_eq!(Value::from(before), json!({"b": 2, "c": null}));
        assert_eq!(Value::from(after), json!({"b": 3, "c": "x"}));
    }
}
