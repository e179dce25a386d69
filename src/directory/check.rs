//! Looking through everything that the store holds: whether it is whole, whether each value keeps
//! its rules, and whether it is what the audit log says. The engine does not notice a flip inside a
//! name; the log does.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::audit::{credential_field, project_fields, user_fields};
use super::passwords::hash::StoredHash;
use super::{Directory, EntityKind, Error, LabelKind, Task};
use crate::model::{
    Description, Email, FullName, LanguageTag, Memberships, PasswordOrigin, Phone, ProfileField,
    Project, ProjectName, Role, RoleSet, SkillName, SortKey, State, TeamName, User, UserFilter,
    Username,
};
use crate::store::{LoggedChange, Reader, StoreError};

/// So many users are held against the log at a time.
const USERS_PER_BATCH: usize = 64;

/// Users whose ids are further apart are not looked for in the log together.
const MAX_BATCH_ID_GAP: i64 = 8;

/// What kind of thing is wrong: what is to be done about it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// The store contradicts itself.
    Damage,
    /// The chain of the audit log is broken.
    Log,
    /// A value breaks a rule, or is not the one that the log tells of.
    Value,
    /// A user, who is named, cannot sign in as the settings are.
    LockedOut,
    /// Users, who are counted, cannot sign in for want of a phone number.
    WithoutPhone,
}

/// Something that is wrong with what the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckFinding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// What it is, in words.
    pub what: String,
}

impl Directory {
    /// Hands everything to `each` that is wrong with what the store holds.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where it cannot be read at all.
    pub fn check(&self, mut each: impl FnMut(CheckFinding)) -> Result<(), Error> {
        self.authorize(Task::Administer, None)?;
        let mut flaw = |kind, what| each(CheckFinding { kind, what });
        continue_on_damage(&mut flaw, |flaw| {
            self.store.check_content(|damage| flaw(FindingKind::Damage, damage))
        })?;
        continue_on_damage(&mut flaw, |flaw| {
            if let Some((seq, why)) = self.store.read()?.verify_chain(None)?.broken {
                flaw(FindingKind::Log, format!("entry {seq} of the audit log: {why}"));
            }
            Ok(())
        })?;
        let snapshot = self.store.read()?;
        continue_on_damage(&mut flaw, |flaw| check_rows(&snapshot, flaw))?;
        continue_on_damage(&mut flaw, |flaw| check_memberships(&snapshot, flaw))?;
        continue_on_damage(&mut flaw, |flaw| self.check_users(&snapshot, flaw))?;
        // One state of the store is read at a time.
        drop(snapshot);
        self.check_phones(&mut flaw)
    }

    /// Finds how many others than admins, who are named one by one, cannot sign in for want of a phone.
    fn check_phones(&self, flaw: &mut dyn FnMut(FindingKind, String)) -> Result<(), Error> {
        if !self.policy.two_factor {
            return Ok(());
        }
        let all = UserFilter {
            state: Some(State::Active),
            missing: vec![ProfileField::Phone],
            ..UserFilter::default()
        };
        let admins = UserFilter { roles: RoleSet::empty().with(Role::Admin), ..all.clone() };
        let others = self.count_users(&all)?.saturating_sub(self.count_users(&admins)?);
        let users = match others {
            0 => return Ok(()),
            1 => "1 active user who is no admin has".to_owned(),
            others => format!("{others} active users who are no admins have"),
        };
        flaw(
            FindingKind::WithoutPhone,
            format!(
                "{users} no phone number, and `two_factor.required` is set: without one nobody can \
                 sign in"
            ),
        );
        Ok(())
    }

    /// How many passwords are kept as hashes that are weaker than the settings ask for. They grow
    /// stronger as their users sign in.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where it cannot be read.
    pub fn count_weak_hashes(&self) -> Result<u64, Error> {
        self.authorize(Task::Administer, None)?;
        let mut count = 0;
        self.store.read()?.hashes(|_, hash, origin| {
            let is_typed = origin == PasswordOrigin::Typed;
            let hash = StoredHash::from_store(hash.to_owned());
            count += u64::from(is_typed && hash.is_weaker_than(&self.policy.hash));
        })?;
        Ok(count)
    }

    fn check_users(
        &self,
        reader: &Reader<'_>,
        flaw: &mut dyn FnMut(FindingKind, String),
    ) -> Result<(), StoreError> {
        let renamings = LabelRenames::read(reader)?;
        let mut batch: Vec<User> = Vec::with_capacity(USERS_PER_BATCH);
        // As they lie, and as the log has them.
        let everybody = UserFilter { sort: SortKey::Created, ..UserFilter::default() };
        reader.list_users(&everybody, self.now(), Memberships::ALL, |user| {
            let is_far = batch.last().is_some_and(|last| user.id.0 - last.id.0 > MAX_BATCH_ID_GAP);
            if batch.len() == USERS_PER_BATCH || is_far {
                self.check_batch(reader, &renamings, &batch, flaw)?;
                batch.clear();
            }
            batch.push(user);
            Ok::<_, StoreError>(true)
        })?;
        self.check_batch(reader, &renamings, &batch, flaw)
    }

    /// Checks users whose ids stand close together, in the order of these.
    fn check_batch(
        &self,
        reader: &Reader<'_>,
        renamings: &LabelRenames,
        batch: &[User],
        flaw: &mut dyn FnMut(FindingKind, String),
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
        let logged = reader.histories(EntityKind::User, first.id.0, last.id.0)?;
        let mut left = logged.as_slice();
        for user in batch {
            // Between two users there may have been others, who were deleted.
            let others = left.partition_point(|entry| entry.subject_id < user.id.0);
            let own = left.partition_point(|entry| entry.subject_id <= user.id.0);
            let history = &left[others..own];
            left = &left[own..];
            for what in wrong_values(user) {
                flaw(FindingKind::Value, what);
            }
            let mut fields = user_fields(user);
            fields.insert("password".to_owned(), credential_field(user.credential.as_ref()));
            let subject = format!("the user `{}`", user.username);
            for what in differences(&subject, &fields, history, renamings) {
                flaw(FindingKind::Value, what);
            }
            let is_admin = user.roles.contains(Role::Admin) && user.state(self.now()).is_active();
            if self.policy.two_factor && is_admin && user.phone.is_none() {
                flaw(
                    FindingKind::LockedOut,
                    format!(
                        "`{}` is an admin without a phone number, and `two_factor.required` is \
                         set: they cannot sign in",
                        user.username
                    ),
                );
            }
        }
        Ok(())
    }
}

/// Goes on after a part that cannot be read: that is a finding as well.
fn continue_on_damage(
    flaw: &mut dyn FnMut(FindingKind, String),
    part: impl FnOnce(&mut dyn FnMut(FindingKind, String)) -> Result<(), StoreError>,
) -> Result<(), Error> {
    match part(flaw) {
        Err(StoreError::Damaged { reason, .. }) => {
            flaw(FindingKind::Damage, reason);
            Ok(())
        }
        other => Ok(other?),
    }
}

/// What can be seen of users without their places.
fn check_rows(
    reader: &Reader<'_>,
    flaw: &mut dyn FnMut(FindingKind, String),
) -> Result<(), StoreError> {
    reader.stale_search_texts(|name| {
        flaw(FindingKind::Value, format!("a search does not find the user `{name}` by name"));
    })?;
    reader.hashes(|name, hash, origin| {
        if !StoredHash::from_store(hash.to_owned()).is_one_of(origin) {
            flaw(
                FindingKind::Value,
                format!("the password of the user `{name}` is not stored as a hash"),
            );
        }
    })?;
    reader.mismatched_photos(|name| {
        flaw(FindingKind::Value, format!("the photo of the user `{name}` is not a picture"));
    })?;
    if reader.reused_user_ids()? {
        flaw(FindingKind::Value, "the number of a deleted user would be used again".to_owned());
    }
    for kind in EntityKind::ALL {
        reader.lost(kind, |name| {
            flaw(
                FindingKind::Value,
                format!("the {} `{name}` is in the audit log but does not exist", kind.as_str()),
            );
        })?;
    }
    Ok(())
}

/// Projects, teams and skills.
fn check_memberships(
    reader: &Reader<'_>,
    flaw: &mut dyn FnMut(FindingKind, String),
) -> Result<(), StoreError> {
    let none = LabelRenames::default();
    reader.projects(|project, _| {
        for what in wrong_project(&project) {
            flaw(FindingKind::Value, what);
        }
        let history = reader.histories(EntityKind::Project, project.id, project.id)?;
        let subject = format!("the project `{}`", project.name);
        for what in differences(&subject, &project_fields(&project), &history, &none) {
            flaw(FindingKind::Value, what);
        }
        Ok::<_, StoreError>(true)
    })?;
    for kind in [LabelKind::Team, LabelKind::Skill] {
        for (id, name) in reader.label_names(kind)? {
            let subject = format!("the {} `{name}`", kind.entity().as_str());
            let wrong = match kind {
                LabelKind::Team => keeps_rules::<TeamName>(&subject, "name", Some(&name)),
                LabelKind::Skill => keeps_rules::<SkillName>(&subject, "name", Some(&name)),
            };
            let fields = Map::from_iter([("name".to_owned(), Value::from(name.as_str()))]);
            let history = reader.histories(kind.entity(), id, id)?;
            let differs = differences(&subject, &fields, &history, &none);
            for what in wrong.into_iter().chain(differs) {
                flaw(FindingKind::Value, what);
            }
        }
    }
    Ok(())
}

fn wrong_values(user: &User) -> Vec<String> {
    let subject = format!("the user `{}`", user.username);
    let text = |value: Option<&str>| value.map(str::to_owned);
    let mut wrong: Vec<Option<String>> = vec![
        keeps_rules::<Username>(&subject, "username", Some(user.username.as_str())),
        keeps_rules::<FullName>(&subject, "full_name", Some(user.full_name.as_str())),
        keeps_rules::<Email>(
            &subject,
            "email",
            text(user.email.as_ref().map(Email::as_str)).as_deref(),
        ),
        keeps_rules::<Phone>(
            &subject,
            "phone",
            text(user.phone.as_ref().map(Phone::as_str)).as_deref(),
        ),
        keeps_rules::<LanguageTag>(
            &subject,
            "language",
            text(user.language.as_ref().map(LanguageTag::as_str)).as_deref(),
        ),
    ];
    if !user.projects.is_empty() && !user.roles.takes_calls() {
        wrong.push(Some(format!("{subject} is assigned to projects but takes no calls")));
    }
    wrong.into_iter().flatten().collect()
}

fn wrong_project(project: &Project) -> Vec<String> {
    let subject = format!("the project `{}`", project.name);
    let details = &project.details;
    let wrong = [
        keeps_rules::<ProjectName>(&subject, "name", Some(project.name.as_str())),
        keeps_rules::<LanguageTag>(
            &subject,
            "language",
            details.language.as_ref().map(LanguageTag::as_str),
        ),
        keeps_rules::<Description>(
            &subject,
            "description",
            details.description.as_ref().map(Description::as_str),
        ),
    ];
    wrong.into_iter().flatten().collect()
}

/// What is wrong with a stored value, where it is not what its own rules would make of it.
fn keeps_rules<T: FromStr + Display>(
    subject: &str,
    field: &str,
    stored: Option<&str>,
) -> Option<String> {
    let stored = stored?;
    let same = stored.parse::<T>().is_ok_and(|parsed| parsed.to_string() == stored);
    (!same).then(|| format!("{subject}: `{field}` holds `{stored}`, which breaks its rule"))
}

/// New names of projects, teams and skills, with the entries that gave them.
#[derive(Default)]
pub(super) struct LabelRenames(BTreeMap<&'static str, Vec<(i64, String, String)>>);

impl LabelRenames {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        let mut renamings = Self::default();
        for LoggedChange { seq, action, before, after, .. } in reader.renames()? {
            let list = match action.as_str() {
                "project.rename" => "projects",
                "team.rename" => "teams",
                _ => "skills",
            };
            let name = |text: Option<String>| {
                object(text.as_deref())?.get("name")?.as_str().map(str::to_owned)
            };
            if let (Some(before), Some(after)) = (name(before), name(after)) {
                renamings.0.entry(list).or_default().push((seq, before, after));
            }
        }
        Ok(renamings)
    }

    /// The list of that name as the entry `seq` has it, with the names that its items have now.
    pub(super) fn apply(&self, field: &str, seq: i64, list: &mut Value) {
        let (Some(renamings), Some(items)) = (self.0.get(field), list.as_array_mut()) else {
            return;
        };
        for item in items.iter_mut() {
            let name = match item {
                Value::Object(item) => {
                    item.get_mut(if field == "skills" { "skill" } else { "project" })
                }
                item => Some(item),
            };
            let Some(Value::String(name)) = name else { continue };
            for (_, before, after) in renamings.iter().filter(|(at, ..)| *at > seq) {
                if name == before {
                    name.clone_from(after);
                }
            }
        }
        items.sort_by_key(ToString::to_string);
    }
}

fn object(text: Option<&str>) -> Option<Map<String, Value>> {
    serde_json::from_str(text?).ok()
}

/// Where what is stored is not what the log says: the last word of each field counts.
fn differences(
    subject: &str,
    fields: &Map<String, Value>,
    history: &[LoggedChange],
    renamings: &LabelRenames,
) -> Vec<String> {
    let mut told: BTreeMap<&str, (i64, Value)> = BTreeMap::new();
    let mut created = false;
    for entry in history {
        if entry.action.ends_with(".create") {
            // A number of a project, team or skill that was deleted is given again.
            told.clear();
            created = true;
        }
        for (field, value) in object(entry.after.as_deref()).unwrap_or_default() {
            if let Some((field, _)) = fields.get_key_value(&field) {
                told.insert(field, (entry.seq, value));
            }
        }
    }
    if !created {
        return vec![format!("{subject} exists, but the audit log does not say who created it")];
    }
    let mut wrong = Vec::new();
    for (field, (seq, mut value)) in told {
        let mut stored = fields.get(field).cloned().unwrap_or_default();
        renamings.apply(field, seq, &mut value);
        renamings.apply(field, i64::MAX, &mut stored);
        if value != stored {
            wrong.push(format!(
                "{subject}: `{field}` is {stored}, and entry {seq} of the audit log says {value}"
            ));
        }
    }
    wrong
}
