//! The first reading: every row is checked and compared with the store, and becomes a small note of
//! what was found, by which the second reading is held to the same.

use std::collections::HashSet;
use std::io::Read;
use std::thread;

use super::contacts::{SeenContacts, warn_of_lost_letters};
use super::deactivate_absent::{AbsentUser, find_absent};
use super::existing_names::{ExistingNames, NewName, UnknownNames};
use super::owned::owned_users;
use super::profile::Profile;
use super::reader::{ColumnNames, RosterInput};
use super::row::{ImportRow, RowEdits, RowError};
use super::seen_usernames::{CaseTwins, SeenUsernames};
use super::validate::{FieldErrors, RowValidator, check_labels, row_errors};
use super::{
    ImportObserver, ImportOptions, ImportPhase, ImportWarning, OnConflict, begin, each_batch,
    reader, threads,
};
use crate::directory::lookup::require_user;
use crate::directory::{Directory, EntityKind, Error, Policy, UserTemplate};
use crate::model::{
    AuditAction, FullName, ImportField, Invalid, ProjectName, RoleSet, Rule, User, Username,
};
use crate::store::Reader;

/// So many rows are looked at between two looks at whether to go on.
const ROWS_PER_STOP_CHECK: u64 = 256;

/// What the first reading found behind a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpectedUser {
    /// Nobody: the user is to be created.
    Absent,
    /// Somebody, of this revision.
    Revision(i64),
}

/// What is to be done, as far as it cannot be read from the file again.
pub(super) struct ImportPlan {
    /// What stands behind each row.
    pub(super) rows: Vec<ExpectedUser>,
    /// Teams, skills and projects that are to be made.
    pub(super) names_to_create: Vec<NewName>,
    /// Who is not in the file and is to be deactivated.
    pub(super) missing: Vec<AbsentUser>,
    /// What new users begin with.
    pub(super) base: Profile,
    /// Whom they are to be like, and in which revision.
    pub(super) like: Option<(Username, i64)>,
    /// Rows whose passwords have to be hashed.
    pub(super) typed: u64,
    /// The file.
    pub(super) digest: u64,
    /// The rows of a file that owns some users, each with its line.
    pub(super) owned_rows: Vec<(u64, Username)>,
}

impl Directory {
    /// Reads the file for the first time.
    pub(super) fn plan<R: Read + Send>(
        &self,
        input: RosterInput<'_, R>,
        options: &ImportOptions,
        observer: &mut dyn ImportObserver,
    ) -> Result<ImportPlan, Error> {
        let rows = begin(input, options, observer)?;
        let (create, manage) = self.import_authorities(None)?;
        let validator = RowValidator { policy: &self.policy, options, create, manage };
        let snapshot = self.store.read()?;
        let mut labels = ExistingNames::read(&snapshot)?;
        labels.expect(&options.places);
        let owned = owned_users(&snapshot, options, self.now())?;
        let (base, like, left_out) = self.base(&snapshot, options)?;
        for project in left_out {
            observer.warn(ImportWarning::LeftOut(project));
        }
        let mut planner = PlanBuilder {
            validator,
            reader: &snapshot,
            labels,
            unknown: UnknownNames::default(),
            seen: SeenUsernames::new(),
            contacts: SeenContacts::default(),
            columns: rows.columns(),
            twins: CaseTwins::default(),
            plan: ImportPlan {
                rows: Vec::new(),
                names_to_create: Vec::new(),
                missing: Vec::new(),
                base,
                like,
                typed: 0,
                digest: 0,
                owned_rows: Vec::new(),
            },
            owned,
            validated: Vec::new(),
            refused: 0,
            forbidden: Vec::new(),
            passwords_kept: 0,
            read: 0,
        };
        let digest = each_batch(rows, observer, |observer, batch, remarks| {
            for remark in remarks {
                observer.warn(remark);
            }
            batch.into_iter().try_for_each(|next| planner.add(next, observer))?;
            planner.finish_batch(observer);
            Ok(())
        })?;
        let PlanBuilder {
            mut plan, refused, forbidden, passwords_kept, unknown, seen, read, ..
        } = planner;
        observer.progress(ImportPhase::Reading, read, Some(read));
        if refused == 0 && (options.deactivate_missing.is_some() || options.owned.is_some()) {
            let known = |name: &str| seen.exact.contains_key(&seen.key(name));
            let absent = find_absent(&snapshot, options, &self.acting, self.now(), known)?;
            match &options.deactivate_missing {
                Some(missing) => plan.missing = absent.allowed(&snapshot, missing, manage)?,
                None if absent.users.is_empty() => {}
                None => observer.warn(ImportWarning::NotInFile {
                    usernames: absent.users.into_iter().map(|user| user.username).collect(),
                }),
            }
        }
        drop(snapshot);
        for subject in forbidden {
            self.record_denials(AuditAction::UserImport, &[Some(&subject)]);
        }
        if refused > 0 {
            return Err(Error::RowsRefused { count: refused });
        }
        if passwords_kept > 0 {
            observer.warn(ImportWarning::PasswordsKept { count: passwords_kept });
        }
        plan.digest = digest;
        plan.names_to_create = unknown.names_to_create.into_iter().collect();
        Ok(plan)
    }

    /// What new users begin with, and whose that is.
    pub(super) fn base(
        &self,
        reader: &Reader<'_>,
        options: &ImportOptions,
    ) -> Result<NewUserBase, Error> {
        let (mut base, like, left_out) = match &options.like {
            None => (Profile::default(), None, Vec::new()),
            Some(name) => {
                let model = require_user(reader, name)?;
                let revision = reader.user_revision(name)?.unwrap_or_default();
                let mut user_template =
                    UserTemplate::from_user(&model, RoleSet::empty(), self.now());
                let left_out = std::mem::take(&mut user_template.left_out);
                let profile = Profile::from_template(user_template, &self.policy.weights);
                (profile, Some((name.clone(), revision)), left_out)
            }
        };
        base.apply(&options.defaults.0, &self.policy.weights);
        Ok((base, like, left_out))
    }
}

/// What new users begin with, like whom, and which of that user's projects they cannot have.
type NewUserBase = (Profile, Option<(Username, i64)>, Vec<ProjectName>);

struct PlanBuilder<'a> {
    validator: RowValidator<'a>,
    reader: &'a Reader<'a>,
    labels: ExistingNames,
    unknown: UnknownNames,
    seen: SeenUsernames,
    contacts: SeenContacts,
    columns: ColumnNames,
    twins: CaseTwins,
    plan: ImportPlan,
    /// The users whom the file owns, where it says so.
    owned: Option<HashSet<Username>>,
    /// The rows of the batch, in their order.
    validated: Vec<ValidatedRow>,
    refused: u64,
    /// Whom the actor may not touch: the first few, for the audit log.
    forbidden: Vec<String>,
    passwords_kept: u64,
    read: u64,
}

/// A row of the batch, and what was found so far.
struct ValidatedRow {
    /// `None` where not even that much could be read.
    row: Option<Box<ImportRow>>,
    /// What could not be read of it.
    unread: Option<Vec<RowError>>,
    expected: ExpectedUser,
    errors: FieldErrors,
    typed: Option<TypedPassword>,
}

/// A password that somebody thought of, which is still to be judged.
struct TypedPassword {
    /// Of its owner.
    full_name: Option<FullName>,
}

/// Judges the passwords of a batch on all cores: guessing takes a twentieth of the time that hashing
/// does.
fn check_passwords(policy: &Policy, validated: &mut [ValidatedRow]) {
    let check = |one: &mut ValidatedRow| {
        if let Some(row) = &one.row
            && let (Some(password), Some(typed)) = (&row.password, one.typed.take())
        {
            let full_name = typed.full_name.as_ref().map_or("", |name| name.as_str());
            let checked = policy.check_password(password, row.username.as_str(), full_name);
            if let Err(invalid) = checked {
                one.errors.push((Some(ImportField::TemporaryPassword), invalid.into()));
            }
        }
    };
    let mut waiting: Vec<&mut ValidatedRow> =
        validated.iter_mut().filter(|one| one.typed.is_some()).collect();
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

impl PlanBuilder<'_> {
    fn add(
        &mut self,
        next: reader::ParsedRow,
        observer: &mut dyn ImportObserver,
    ) -> Result<(), Error> {
        self.read += 1;
        if self.read.is_multiple_of(ROWS_PER_STOP_CHECK) {
            observer.progress(ImportPhase::Reading, self.read, None);
            if observer.should_stop() {
                return Err(Error::Stopped);
            }
        }
        let (row, unread) = match next {
            reader::ParsedRow::Row(row) => (Some(row), None),
            reader::ParsedRow::Flawed(found, row) => (row, Some(found)),
        };
        let (expected, errors, typed) = match &row {
            Some(row) => self.validator(row, observer)?,
            None => (ExpectedUser::Absent, FieldErrors::new(), None),
        };
        self.validated.push(ValidatedRow { row, unread, expected, errors, typed });
        Ok(())
    }

    /// Ends a batch: looks at its passwords, and tells what is wrong with its rows.
    fn finish_batch(&mut self, observer: &mut dyn ImportObserver) {
        check_passwords(self.validator.policy, &mut self.validated);
        for ValidatedRow { row, unread, expected, mut errors, .. } in self.validated.drain(..) {
            if unread.is_none() && errors.is_empty() {
                self.plan.rows.push(expected);
                continue;
            }
            self.refused += 1;
            if unread.is_some() {
                // What is missing may be what could not be read.
                errors.retain(|(field, error)| {
                    field.is_some() && !matches!(error, Error::NotAssignable { .. })
                });
            } else if errors.iter().any(|(_, error)| matches!(error, Error::Forbidden { .. }))
                && self.forbidden.len() < 8
                && let Some(row) = &row
            {
                self.forbidden.push(row.username.to_string());
            }
            for row_error in unread.into_iter().flatten() {
                observer.refused(row_error);
            }
            if let Some(row) = row {
                for row_error in row_errors(&row, errors, &self.columns) {
                    observer.refused(row_error);
                }
            }
        }
    }

    fn validator(
        &mut self,
        row: &ImportRow,
        observer: &mut dyn ImportObserver,
    ) -> Result<(ExpectedUser, FieldErrors, Option<TypedPassword>), Error> {
        let username = &row.username;
        if let Some(line) = self.seen.again(username, row.line) {
            let invalid =
                Invalid::new(Rule::Duplicate, format!("`{username}` is already in line {line}"))
                    .with_hint("each user has one row: remove one of them");
            let fault = (Some(ImportField::Username), Error::Invalid(invalid));
            return Ok((ExpectedUser::Absent, vec![fault], None));
        }
        self.contacts.look_at(row, observer);
        if self.owned.is_some() {
            self.plan.owned_rows.push((row.line, username.clone()));
        }
        let folded = self.seen.folded(username);
        let revision = if self.twins.know_nobody_like(folded) {
            None
        } else {
            self.reader.user_revision(username)?
        };
        match revision {
            None => {
                let (errors, typed) = self.judge_new(row, folded, observer)?;
                Ok((ExpectedUser::Absent, errors, typed))
            }
            Some(revision) => {
                Ok((ExpectedUser::Revision(revision), self.judge_known(row, observer)?, None))
            }
        }
    }

    fn judge_new(
        &mut self,
        row: &ImportRow,
        folded: u64,
        observer: &mut dyn ImportObserver,
    ) -> Result<(FieldErrors, Option<TypedPassword>), Error> {
        let profile = self.validator.profile(&self.plan.base, row, None);
        let mut errors = self.validator.errors(row, None, &profile);
        errors.extend(self.check_labels(None, (&row.edits, &profile), observer)?);
        if let Some(line) = self.seen.twin(folded, row.line) {
            let (username, twin) = (row.username.clone(), format!("the one of line {line}"));
            observer.warn(ImportWarning::CaseTwin { line: row.line, username, twin });
        }
        if let Some(twin) = self.twins.find(self.reader, &self.seen, &row.username, folded)? {
            match self.validator.create.map(|one| one.covers_case_twins(self.reader, &row.username))
            {
                Some(Err(error)) => errors.push((Some(ImportField::Username), error)),
                _ => observer.warn(ImportWarning::CaseTwin {
                    line: row.line,
                    username: row.username.clone(),
                    twin: format!("`{twin}`"),
                }),
            }
        }
        warn_of_lost_letters(row, observer);
        let typed =
            row.password.is_some().then_some(TypedPassword { full_name: profile.full_name });
        self.plan.typed += u64::from(typed.is_some());
        Ok((errors, typed))
    }

    fn judge_known(
        &mut self,
        row: &ImportRow,
        observer: &mut dyn ImportObserver,
    ) -> Result<FieldErrors, Error> {
        let username = &row.username;
        if self.owned.as_ref().is_some_and(|owned| !owned.contains(username)) {
            let error = Error::NotOwned { username: username.clone() };
            return Ok(vec![(Some(ImportField::Username), error)]);
        }
        match self.validator.options.on_conflict {
            OnConflict::Fail => {
                let error = Error::Exists { object: EntityKind::User, name: username.to_string() };
                return Ok(vec![(Some(ImportField::Username), error)]);
            }
            OnConflict::Skip => return Ok(FieldErrors::new()),
            OnConflict::Update => {}
        }
        self.passwords_kept += u64::from(row.password.is_some());
        let old = require_user(self.reader, username)?;
        let profile = self.validator.profile(&self.plan.base, row, Some(&old));
        if profile == Profile::from_user(&old) {
            return self.check_labels(Some(&old), (&row.edits, &profile), observer);
        }
        let mut errors = self.validator.errors(row, Some(&old), &profile);
        if let Err(error) = self.validator.manage.covers_case_twins(self.reader, username) {
            errors.push((Some(ImportField::Username), error));
        }
        errors.extend(self.check_labels(Some(&old), (&row.edits, &profile), observer)?);
        Ok(errors)
    }

    fn check_labels(
        &mut self,
        old: Option<&User>,
        profile: (&RowEdits, &Profile),
        observer: &mut dyn ImportObserver,
    ) -> Result<FieldErrors, Error> {
        let make = self.validator.options.create_missing;
        check_labels(self.reader, &self.labels, old, profile, make, &mut self.unknown, observer)
    }
}
