//! The first reading: every row is checked and compared with the store, and becomes a small note of
//! what was found, by which the second reading is held to the same.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::io::Read;
use std::thread;

use super::labels::{Labels, Unknown, Unmade};
use super::missing::{Missing, find_missing};
use super::row::{Edits, ListEdit, Row, RowFlaw};
use super::sheet::Sheet;
use super::{
    ImportOptions, ImportRemark, ImportWatch, OnConflict, Passwords, Phase, RosterField, begin,
    each_batch, file, threads,
};
use crate::directory::access::Authority;
use crate::directory::users::user;
use crate::directory::{Directory, Error, Likeness, Noun, Policy, Task};
use crate::model::{
    Action, Assignment, Field, FullName, Invalid, ProjectName, RoleSet, Rule, State, User, Username,
};
use crate::store::{Names, Reader, Transaction};

/// So many rows are looked at between two looks at whether to go on.
const STEP: u64 = 256;

/// So many look-ups of case twins are made one by one before all usernames are read at once.
const TWINS_ONE_BY_ONE: u32 = 256;

/// What the first reading found behind a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Nobody: he is to be created.
    Absent,
    /// Somebody, of this revision.
    Revision(i64),
}

/// What is to be done, as far as it cannot be read from the file again.
pub(super) struct Plan {
    /// What stands behind each row.
    pub(super) rows: Vec<Expected>,
    /// Teams, skills and projects that are to be made.
    pub(super) to_make: Vec<Unmade>,
    /// Who is not in the file and is to be deactivated.
    pub(super) missing: Vec<Missing>,
    /// What new users begin with.
    pub(super) base: Sheet,
    /// Who they are to be like, as he was.
    pub(super) like: Option<(Username, i64)>,
    /// Rows whose passwords have to be hashed.
    pub(super) typed: u64,
    /// The file.
    pub(super) digest: u64,
}

/// What decides about a row, in the plan and when it is carried out.
pub(super) struct Judge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) options: &'a ImportOptions,
    /// How far creating reaches; `None` where the actor may create nobody.
    pub(super) create: Option<Authority>,
    pub(super) manage: Authority,
}

/// What is wrong with a row, by field.
pub(super) type Faults = Vec<(Option<RosterField>, Error)>;

impl Judge<'_> {
    /// What a row makes of somebody, or of nobody.
    pub(super) fn sheet(&self, base: &Sheet, row: &Row, old: Option<&User>) -> Sheet {
        let mut sheet = old.map_or_else(|| base.clone(), Sheet::of);
        sheet.apply(&row.edits, &self.policy.weights);
        // The projects of a model are not for somebody who takes no calls.
        if old.is_none() && row.edits.projects == ListEdit::Keep && !sheet.roles.takes_calls() {
            sheet.projects.clear();
        }
        sheet
    }

    /// What forbids making `old`, or nobody, what `sheet` says; labels are looked at elsewhere.
    pub(super) fn faults(&self, row: &Row, old: Option<&User>, sheet: &Sheet) -> Faults {
        let mut faults = Faults::new();
        match old {
            None => self.faults_of_new(row, sheet, &mut faults),
            Some(old) => self.faults_of_change(row, old, sheet, &mut faults),
        }
        self.faults_of_places(row, old, sheet, &mut faults);
        faults
    }

    fn faults_of_new(&self, row: &Row, sheet: &Sheet, faults: &mut Faults) {
        let username = &row.username;
        let allowed = match self.create {
            Some(authority) => authority.covers_roles(username, sheet.roles, sheet.roles),
            None => Err(Error::Forbidden {
                action: Action::UserCreate,
                subject: Some(username.to_string()),
            }),
        };
        if let Err(error) = allowed {
            faults.push((Some(RosterField::Roles), error));
            return;
        }
        let mut what = Vec::new();
        if sheet.full_name.is_none() {
            what.push(RosterField::FullName.as_str());
        }
        if sheet.roles.is_empty() {
            what.push(RosterField::Roles.as_str());
        }
        if row.password.is_none() && self.options.passwords == Passwords::FromRows {
            what.push(RosterField::TemporaryPassword.as_str());
        }
        if !what.is_empty() {
            faults.push((None, Error::RowLacks { username: username.clone(), what }));
        }
        let mut missing = self.policy.lacking(sheet.roles, |field| lacks(sheet, field));
        let needed = self.options.needed.filter(|field| lacks(sheet, *field));
        missing.extend(needed.filter(|field| !missing.contains(field)));
        if !missing.is_empty() {
            faults.push((None, Error::Missing { fields: missing }));
        }
    }

    fn faults_of_change(&self, row: &Row, old: &User, sheet: &Sheet, faults: &mut Faults) {
        let username = &row.username;
        if let Err(error) = self.manage.covers_roles(username, old.roles, sheet.roles) {
            faults.push((Some(RosterField::Roles), error));
            return;
        }
        // Codes go to the phone: whoever changes it could sign in.
        let phone_changed = old.phone.is_some() && sheet.phone != old.phone;
        if self.policy.two_factor && phone_changed && self.manage.is_limited() {
            let subject = Some(username.to_string());
            let error = Error::Forbidden { action: Action::UserUpdate, subject };
            faults.push((Some(RosterField::Phone), error));
        }
        if sheet.roles.is_empty() {
            let error = Error::LastRole { username: username.clone() };
            faults.push((Some(RosterField::Roles), error));
        }
        let granted =
            sheet.roles.iter().find(|role| !role.is_ordinary() && !old.roles.contains(*role));
        if let Some(role) = granted {
            let error = Error::PasswordForRole { username: username.clone(), role };
            faults.push((Some(RosterField::Roles), error));
        }
        let before = Sheet::of(old);
        let lacked = self.policy.lacking(old.roles, |field| lacks(&before, field));
        let mut missing = self.policy.lacking(sheet.roles, |field| lacks(sheet, field));
        missing.retain(|field| !lacked.contains(field));
        if !missing.is_empty() {
            faults.push((None, Error::Missing { fields: missing }));
        }
    }

    fn faults_of_places(&self, row: &Row, old: Option<&User>, sheet: &Sheet, faults: &mut Faults) {
        let had = |assignment: &&Assignment| sheet.projects.contains_key(&assignment.project);
        if !sheet.roles.takes_calls() && !sheet.projects.is_empty() && !sheet.roles.is_empty() {
            let kept: Vec<_> = old
                .map(|old| old.projects.iter().filter(had).map(|one| one.project.clone()).collect())
                .unwrap_or_default();
            let username = row.username.clone();
            let error = if kept.is_empty() {
                Error::NotAssignable { username }
            } else {
                Error::StillAssigned { username, projects: kept }
            };
            faults.push((Some(RosterField::Projects), error));
        }
        for (project, weight) in &sheet.projects {
            let unchanged = old.is_some_and(|old| {
                old.projects.iter().any(|one| one.project == *project && one.weight == *weight)
            });
            if !unchanged && let Err(invalid) = self.policy.weights.check(*weight) {
                faults.push((Some(RosterField::Projects), invalid.into()));
            }
        }
    }
}

fn lacks(sheet: &Sheet, field: Field) -> bool {
    match field {
        Field::Email => sheet.email.is_none(),
        Field::Phone => sheet.phone.is_none(),
        Field::Language => sheet.language.is_none(),
        Field::Team => sheet.teams.is_empty(),
        Field::Skill => sheet.skills.is_empty(),
        Field::Project => sheet.projects.is_empty(),
    }
}

/// Names of teams, skills and projects that `sheet` has and that cannot be given.
pub(super) fn check_labels(
    reader: &Reader<'_>,
    labels: &Labels,
    old: Option<&User>,
    (edits, sheet): (&Edits, &Sheet),
    make: bool,
    unknown: &mut Unknown,
    watch: &mut dyn ImportWatch,
) -> Result<Faults, Error> {
    let mut faults = Faults::new();
    for (field, unmade) in removed(edits) {
        let known = match &unmade {
            Unmade::Team(name) => labels.team(name).is_some(),
            Unmade::Skill(name) => labels.skill(name).is_some(),
            Unmade::Project(name) => labels.project(name).is_some(),
        };
        if !known && let Err(error) = unknown.note(reader, unmade, false, watch) {
            faults.push((Some(field), error));
        }
    }
    let mut note = |field, unmade| match unknown.note(reader, unmade, make, watch) {
        Err(error @ Error::NotFound { .. }) => {
            faults.push((Some(field), error));
            Ok(())
        }
        other => other,
    };
    for team in sheet.teams.iter().filter(|team| labels.team(team).is_none()) {
        note(RosterField::Teams, Unmade::Team(team.clone()))?;
    }
    for skill in sheet.skills.keys().filter(|skill| labels.skill(skill).is_none()) {
        note(RosterField::Skills, Unmade::Skill(skill.clone()))?;
    }
    for name in sheet.projects.keys().filter(|name| labels.project(name).is_none()) {
        note(RosterField::Projects, Unmade::Project(name.clone()))?;
    }
    for name in sheet.projects.keys() {
        let has = old.is_some_and(|old| old.projects.iter().any(|one| one.project == *name));
        if !has && matches!(labels.project(name), Some((_, State::Inactive))) {
            let error = Error::ProjectInactive { project: name.clone() };
            faults.push((Some(RosterField::Projects), error));
        }
    }
    Ok(faults)
}

/// What a row takes away, where a name that is not there would be a slip.
fn removed(edits: &Edits) -> impl Iterator<Item = (RosterField, Unmade)> {
    let teams = edits.teams.removed().iter().cloned().map(Unmade::Team);
    let skills = edits.skills.removed().iter().map(|one| Unmade::Skill(one.skill.clone()));
    let projects = edits.projects.removed().iter().map(|one| Unmade::Project(one.project.clone()));
    let teams = teams.map(|unmade| (RosterField::Teams, unmade));
    let skills = skills.map(|unmade| (RosterField::Skills, unmade));
    teams.chain(skills).chain(projects.map(|unmade| (RosterField::Projects, unmade)))
}

/// Who was in the file already.
struct Seen {
    keys: RandomState,
    exact: HashMap<u64, u64>,
    folded: HashMap<u64, u64>,
}

impl Seen {
    fn new() -> Self {
        Self { keys: RandomState::new(), exact: HashMap::new(), folded: HashMap::new() }
    }

    fn key(&self, username: &str) -> u64 {
        self.keys.hash_one(username)
    }

    /// The line that has named him before.
    fn again(&mut self, username: &Username, line: u64) -> Option<u64> {
        match self.exact.entry(self.keys.hash_one(username.as_str())) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        }
    }

    /// What names that differ in nothing but case have in common.
    fn folded(&self, username: &Username) -> u64 {
        self.key(&username.as_str().to_ascii_lowercase())
    }

    /// The line that has named somebody whose name differs in nothing but case.
    fn twin(&mut self, folded: u64, line: u64) -> Option<u64> {
        match self.folded.entry(folded) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        }
    }
}

/// Finds out whose name a new one is easily taken for: among few by looking each up, among many by
/// reading all names once.
#[derive(Default)]
struct Twins {
    looked_up: u32,
    all: Option<HashSet<u64>>,
}

impl Twins {
    /// Whether it is known already that nobody in the store has this name, in whatever case.
    fn know_nobody_like(&self, folded: u64) -> bool {
        self.all.as_ref().is_some_and(|all| !all.contains(&folded))
    }

    fn of(
        &mut self,
        reader: &Reader<'_>,
        seen: &Seen,
        username: &Username,
        folded: u64,
    ) -> Result<Option<String>, Error> {
        self.looked_up = self.looked_up.saturating_add(1);
        if self.looked_up > TWINS_ONE_BY_ONE && self.all.is_none() {
            let mut all = HashSet::new();
            reader.usernames(|name| {
                all.insert(seen.key(&name.to_ascii_lowercase()));
            })?;
            self.all = Some(all);
        }
        if self.know_nobody_like(folded) {
            return Ok(None);
        }
        Ok(reader.case_twins(Names::Users, username.as_str())?.into_iter().next())
    }
}

impl Directory {
    /// How far the actor reaches in an import: creating, and everything else.
    pub(super) fn import_authorities(
        &self,
        now: Option<&Transaction<'_>>,
    ) -> Result<(Option<Authority>, Authority), Error> {
        let create = match self.authority(now, Task::Create, Action::UserCreate) {
            Ok(authority) => Some(authority),
            Err(Error::Forbidden { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok((create, self.authority(now, Task::Manage, Action::UserImport)?))
    }

    /// Reads the file for the first time.
    pub(super) fn plan<R: Read + Send>(
        &self,
        input: R,
        options: &ImportOptions,
        watch: &mut dyn ImportWatch,
    ) -> Result<Plan, Error> {
        let rows = begin(input, options, watch)?;
        let (create, manage) = self.import_authorities(None)?;
        let judge = Judge { policy: &self.policy, options, create, manage };
        let snapshot = self.store.read()?;
        let labels = Labels::read(&snapshot)?;
        let (base, like, left_out) = self.base(&snapshot, options)?;
        for project in left_out {
            watch.remark(ImportRemark::LeftOut(project));
        }
        let mut planner = Planner {
            judge,
            reader: &snapshot,
            labels,
            unknown: Unknown::default(),
            seen: Seen::new(),
            twins: Twins::default(),
            plan: Plan {
                rows: Vec::new(),
                to_make: Vec::new(),
                missing: Vec::new(),
                base,
                like,
                typed: 0,
                digest: 0,
            },
            judged: Vec::new(),
            refused: 0,
            forbidden: Vec::new(),
            passwords_kept: 0,
            read: 0,
        };
        let digest = each_batch(rows, watch, |watch, batch| {
            batch.into_iter().try_for_each(|next| planner.take(next, watch))?;
            planner.settle(watch);
            Ok(())
        })?;
        let Planner { mut plan, refused, forbidden, passwords_kept, unknown, seen, read, .. } =
            planner;
        watch.progress(Phase::Reading, read, Some(read));
        if refused == 0
            && let Some(missing) = &options.deactivate_missing
        {
            let known = |name: &str| seen.exact.contains_key(&seen.key(name));
            plan.missing = find_missing(&snapshot, missing, manage, &self.acting, known)?;
        }
        drop(snapshot);
        for subject in forbidden {
            self.note_denial(Action::UserImport, &subject);
        }
        if refused > 0 {
            return Err(Error::RowsRefused { count: refused });
        }
        if passwords_kept > 0 {
            watch.remark(ImportRemark::PasswordsKept { count: passwords_kept });
        }
        plan.digest = digest;
        plan.to_make = unknown.to_make.into_iter().collect();
        Ok(plan)
    }

    /// What new users begin with, and whose that is.
    pub(super) fn base(&self, reader: &Reader<'_>, options: &ImportOptions) -> Result<Base, Error> {
        let (mut base, like, left_out) = match &options.like {
            None => (Sheet::default(), None, Vec::new()),
            Some(name) => {
                let model = user(reader, name)?;
                let revision = reader.user_revision(name)?.unwrap_or_default();
                let mut likeness = Likeness::of(&model, RoleSet::empty());
                let left_out = std::mem::take(&mut likeness.left_out);
                let sheet = Sheet::like(likeness, &self.policy.weights);
                (sheet, Some((name.clone(), revision)), left_out)
            }
        };
        base.apply(&options.defaults.0, &self.policy.weights);
        Ok((base, like, left_out))
    }
}

/// What new users begin with, like whom, and which projects of his they cannot have.
type Base = (Sheet, Option<(Username, i64)>, Vec<ProjectName>);

struct Planner<'a> {
    judge: Judge<'a>,
    reader: &'a Reader<'a>,
    labels: Labels,
    unknown: Unknown,
    seen: Seen,
    twins: Twins,
    plan: Plan,
    /// The rows of the batch, in their order.
    judged: Vec<Judged>,
    refused: u64,
    /// Whom the actor may not touch: the first few, for the audit log.
    forbidden: Vec<String>,
    passwords_kept: u64,
    read: u64,
}

/// A row of the batch, and what was found so far.
struct Judged {
    /// `None` where not even that much could be read.
    row: Option<Box<Row>>,
    /// What could not be read of it.
    unread: Option<Vec<RowFlaw>>,
    expected: Expected,
    faults: Faults,
    typed: Option<Typed>,
}

/// A password that somebody thought of, which is still to be judged.
struct Typed {
    /// Of its owner.
    full_name: Option<FullName>,
}

/// Judges the passwords of a batch on all cores: guessing takes a twentieth of the time that hashing
/// does.
fn check_passwords(policy: &Policy, judged: &mut [Judged]) {
    let check = |one: &mut Judged| {
        if let Some(row) = &one.row
            && let (Some(password), Some(typed)) = (&row.password, one.typed.take())
        {
            let full_name = typed.full_name.as_ref().map_or("", |name| name.as_str());
            let checked = policy.check_password(password, row.username.as_str(), full_name);
            if let Err(invalid) = checked {
                one.faults.push((Some(RosterField::TemporaryPassword), invalid.into()));
            }
        }
    };
    let mut waiting: Vec<&mut Judged> =
        judged.iter_mut().filter(|one| one.typed.is_some()).collect();
    let share = waiting.len().div_ceil(threads()).max(1);
    thread::scope(|scope| {
        let mut shares = waiting.chunks_mut(share);
        let own = shares.next();
        for others in shares {
            scope.spawn(|| others.iter_mut().for_each(|one| check(one)));
        }
        own.into_iter().flatten().for_each(|one| check(one));
    });
}

impl Planner<'_> {
    fn take(&mut self, next: file::Next, watch: &mut dyn ImportWatch) -> Result<(), Error> {
        self.read += 1;
        if self.read.is_multiple_of(STEP) {
            watch.progress(Phase::Reading, self.read, None);
            if watch.should_stop() {
                return Err(Error::Stopped);
            }
        }
        let (row, unread) = match next {
            file::Next::Row(row) => (Some(row), None),
            file::Next::Flawed(found, row) => (row, Some(found)),
        };
        let (expected, faults, typed) = match &row {
            Some(row) => self.judge(row, watch)?,
            None => (Expected::Absent, Faults::new(), None),
        };
        self.judged.push(Judged { row, unread, expected, faults, typed });
        Ok(())
    }

    /// Ends a batch: looks at its passwords, and tells what is wrong with its rows.
    fn settle(&mut self, watch: &mut dyn ImportWatch) {
        check_passwords(self.judge.policy, &mut self.judged);
        for Judged { row, unread, expected, mut faults, .. } in self.judged.drain(..) {
            if unread.is_none() && faults.is_empty() {
                self.plan.rows.push(expected);
                continue;
            }
            self.refused += 1;
            if unread.is_some() {
                // What is missing may be what could not be read.
                faults.retain(|(field, error)| {
                    field.is_some() && !matches!(error, Error::NotAssignable { .. })
                });
            } else if faults.iter().any(|(_, error)| matches!(error, Error::Forbidden { .. }))
                && self.forbidden.len() < 8
                && let Some(row) = &row
            {
                self.forbidden.push(row.username.to_string());
            }
            for flaw in unread.into_iter().flatten() {
                watch.refused(flaw);
            }
            if let Some(row) = row {
                for flaw in flaws(&row, faults, self.judge.options) {
                    watch.refused(flaw);
                }
            }
        }
    }

    fn judge(
        &mut self,
        row: &Row,
        watch: &mut dyn ImportWatch,
    ) -> Result<(Expected, Faults, Option<Typed>), Error> {
        let username = &row.username;
        if let Some(line) = self.seen.again(username, row.line) {
            let invalid =
                Invalid::new(Rule::Duplicate, format!("`{username}` is in line {line} already"))
                    .hinted("one row a user: take one of them out");
            let fault = (Some(RosterField::Username), Error::Invalid(invalid));
            return Ok((Expected::Absent, vec![fault], None));
        }
        let folded = self.seen.folded(username);
        let revision = if self.twins.know_nobody_like(folded) {
            None
        } else {
            self.reader.user_revision(username)?
        };
        match revision {
            None => {
                let (faults, typed) = self.judge_new(row, folded, watch)?;
                Ok((Expected::Absent, faults, typed))
            }
            Some(revision) => {
                Ok((Expected::Revision(revision), self.judge_known(row, watch)?, None))
            }
        }
    }

    fn judge_new(
        &mut self,
        row: &Row,
        folded: u64,
        watch: &mut dyn ImportWatch,
    ) -> Result<(Faults, Option<Typed>), Error> {
        let sheet = self.judge.sheet(&self.plan.base, row, None);
        let mut faults = self.judge.faults(row, None, &sheet);
        faults.extend(self.check_labels(None, (&row.edits, &sheet), watch)?);
        if let Some(line) = self.seen.twin(folded, row.line) {
            let (username, twin) = (row.username.clone(), format!("the one of line {line}"));
            watch.remark(ImportRemark::CaseTwin { line: row.line, username, twin });
        }
        if let Some(twin) = self.twins.of(self.reader, &self.seen, &row.username, folded)? {
            match self.judge.create.map(|one| one.covers_twins(self.reader, &row.username)) {
                Some(Err(error)) => faults.push((Some(RosterField::Username), error)),
                _ => watch.remark(ImportRemark::CaseTwin {
                    line: row.line,
                    username: row.username.clone(),
                    twin: format!("`{twin}`"),
                }),
            }
        }
        let typed = row.password.is_some().then_some(Typed { full_name: sheet.full_name });
        self.plan.typed += u64::from(typed.is_some());
        Ok((faults, typed))
    }

    fn judge_known(&mut self, row: &Row, watch: &mut dyn ImportWatch) -> Result<Faults, Error> {
        let username = &row.username;
        match self.judge.options.on_conflict {
            OnConflict::Fail => {
                let error = Error::Exists { noun: Noun::User, name: username.to_string() };
                return Ok(vec![(Some(RosterField::Username), error)]);
            }
            OnConflict::Skip => return Ok(Faults::new()),
            OnConflict::Update => {}
        }
        self.passwords_kept += u64::from(row.password.is_some());
        let old = user(self.reader, username)?;
        let sheet = self.judge.sheet(&self.plan.base, row, Some(&old));
        if sheet == Sheet::of(&old) {
            return self.check_labels(Some(&old), (&row.edits, &sheet), watch);
        }
        let mut faults = self.judge.faults(row, Some(&old), &sheet);
        if let Err(error) = self.judge.manage.covers_twins(self.reader, username) {
            faults.push((Some(RosterField::Username), error));
        }
        faults.extend(self.check_labels(Some(&old), (&row.edits, &sheet), watch)?);
        Ok(faults)
    }

    fn check_labels(
        &mut self,
        old: Option<&User>,
        sheet: (&Edits, &Sheet),
        watch: &mut dyn ImportWatch,
    ) -> Result<Faults, Error> {
        let make = self.judge.options.create_missing;
        check_labels(self.reader, &self.labels, old, sheet, make, &mut self.unknown, watch)
    }
}

/// The faults of a row, each with its place.
pub(super) fn flaws(
    row: &Row,
    faults: Faults,
    options: &ImportOptions,
) -> impl Iterator<Item = RowFlaw> {
    faults.into_iter().map(|(field, error)| RowFlaw {
        line: row.line,
        column: field.map(|field| options.dialect.name_of(field)),
        username: Some(row.username.to_string()),
        error,
    })
}
