//! The rules of a user, each written once: what forbids creating one, and what forbids a change.
//!
//! Every road goes by them: `create_user` and `update_user` refuse with the first violation, an
//! import tells all of them for each row. A new rule belongs here, and then holds on every road.

use super::profile::{Placement, Profile};
use crate::directory::permissions::Authority;
use crate::directory::{Directory, Error, Policy};
use crate::model::{
    AuditAction, CredentialState, ImportField, ProfileField, Role, RoleSet, Timestamp, User,
    Username,
};
use crate::store::Reader;

/// A rule that is broken: the field that breaks it, where it is one, and what is said of it.
pub(in crate::directory) type Violation = (Option<ImportField>, Error);

/// The rules as they are for one actor.
pub(in crate::directory) struct UserRules<'a> {
    pub(in crate::directory) policy: &'a Policy,
    pub(in crate::directory) authority: Authority,
}

/// What a change of a user brings along besides the profile.
#[derive(Debug, Clone, Copy)]
pub(in crate::directory) struct Means {
    /// Whether the password is settled: there is a new one, or it is said to stay.
    pub(in crate::directory) password: bool,
    /// Whether the same change can assign the user to projects.
    pub(in crate::directory) projects: bool,
}

impl UserRules<'_> {
    /// What forbids creating `username` with `profile`. A password that is going to be handed out may
    /// need one more field than the site does: `needed`.
    pub(in crate::directory) fn check_new(
        &self,
        username: &Username,
        profile: &Profile,
        needed: Option<ProfileField>,
    ) -> Vec<Violation> {
        if let Err(error) = self.authority.covers_roles(username, profile.roles, profile.roles) {
            return vec![(Some(ImportField::Roles), error)];
        }
        let mut violations = Vec::new();
        check_window(profile, &mut violations);
        check_has_role(username, profile, &mut violations);
        let mut missing = self.policy.missing_fields(profile);
        let needed = needed.filter(|field| profile.lacks(*field) && !missing.contains(field));
        missing.extend(needed);
        check_missing(missing, &mut violations);
        self.check_assignments(username, None, profile, &mut violations);
        violations
    }

    /// What forbids that `old` becomes what `profile` says.
    pub(in crate::directory) fn check_change(
        &self,
        old: &User,
        profile: &Profile,
        means: Means,
    ) -> Vec<Violation> {
        let username = &old.username;
        if let Err(error) = self.authority.covers_roles(username, old.roles, profile.roles) {
            return vec![(Some(ImportField::Roles), error)];
        }
        let mut violations = Vec::new();
        // Codes go to the phone: whoever changes it could sign in.
        let phone_changed = old.phone.is_some() && profile.phone != old.phone;
        if self.policy.two_factor && phone_changed && self.authority.is_limited() {
            let subject = Some(username.to_string());
            let error = Error::Forbidden { action: AuditAction::UserUpdate, subject };
            violations.push((Some(ImportField::Phone), error));
        }
        check_window(profile, &mut violations);
        check_has_role(username, profile, &mut violations);
        let granted =
            profile.roles.iter().find(|role| !role.is_ordinary() && !old.roles.contains(*role));
        if let Some(role) = granted.filter(|_| !means.password) {
            let error = Error::PasswordForRole { username: username.clone(), role };
            violations.push((Some(ImportField::Roles), error));
        }
        let mut missing = self.policy.missing_fields(profile);
        if !missing.is_empty() {
            // What was missing before is not the fault of this change.
            let before = self.policy.missing_fields(&Profile::from_user(old));
            missing.retain(|field| !before.contains(field));
            // Projects are given only to users who take calls already.
            missing.retain(|field| means.projects || *field != ProfileField::Project);
        }
        check_missing(missing, &mut violations);
        self.check_assignments(username, Some(old), profile, &mut violations);
        violations
    }

    /// Only users who take calls have projects, with weights in the range of the site. A weight from
    /// before the range was narrowed may stay.
    fn check_assignments(
        &self,
        username: &Username,
        old: Option<&User>,
        profile: &Profile,
        violations: &mut Vec<Violation>,
    ) {
        let mut push = |error| violations.push((Some(ImportField::Projects), error));
        let had = old.map_or(&[][..], |old| &old.projects);
        if !profile.projects.is_empty() && !profile.roles.is_empty() {
            let kept = had.iter().filter(|one| profile.projects.contains_key(&one.project));
            let kept: Vec<_> = kept.map(|one| one.project.clone()).collect();
            match check_takes_calls(username, profile.roles) {
                Err(_) if !kept.is_empty() => {
                    push(Error::StillAssigned { username: username.clone(), projects: kept });
                }
                Err(error) => push(error),
                Ok(()) => {}
            }
        }
        for (project, Placement { weight, window }) in &profile.projects {
            let unchanged = had.iter().any(|one| one.project == *project && one.weight == *weight);
            if !unchanged && let Err(invalid) = self.policy.weights.check(*weight) {
                push(invalid.into());
            }
            if let Err(invalid) = window.check() {
                push(invalid.into());
            }
        }
    }
}

/// Nobody ends before they begin.
fn check_window(profile: &Profile, violations: &mut Vec<Violation>) {
    if let Err(invalid) = profile.window.check() {
        violations.push((Some(ImportField::Until), invalid.into()));
    }
}

/// Every user has at least one role.
fn check_has_role(username: &Username, profile: &Profile, violations: &mut Vec<Violation>) {
    if profile.roles.is_empty() {
        let error = Error::LastRole { username: username.clone() };
        violations.push((Some(ImportField::Roles), error));
    }
}

fn check_missing(fields: Vec<ProfileField>, violations: &mut Vec<Violation>) {
    if !fields.is_empty() {
        violations.push((None, Error::Missing { fields }));
    }
}

/// Only users who take calls can be assigned to projects.
pub(in crate::directory) fn check_takes_calls(
    username: &Username,
    roles: RoleSet,
) -> Result<(), Error> {
    if roles.takes_calls() {
        return Ok(());
    }
    Err(Error::NotAssignable { username: username.clone() })
}

/// The first violation, for a command about one user.
pub(in crate::directory) fn refuse_first(violations: Vec<Violation>) -> Result<(), Error> {
    match violations.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

impl Policy {
    /// The fields that every user has to have, sorted: those of the site, and a phone number where
    /// codes go to it.
    #[must_use]
    pub fn required_fields(&self) -> Vec<ProfileField> {
        let mut fields = self.required.clone();
        if self.two_factor && !fields.contains(&ProfileField::Phone) {
            fields.push(ProfileField::Phone);
        }
        fields.sort_unstable();
        fields
    }

    /// The fields that a user with this profile has to have and lacks.
    fn missing_fields(&self, profile: &Profile) -> Vec<ProfileField> {
        let mut fields = self.required_fields();
        fields.retain(|field| !field.for_call_takers() || profile.roles.takes_calls());
        fields.retain(|field| profile.lacks(*field));
        fields
    }
}

impl Directory {
    /// Refuses what would leave nobody who can administer, where `leaving` is the last who can. An
    /// admin who has an end counts until then.
    pub(in crate::directory) fn check_last_admin(
        &self,
        reader: &Reader<'_>,
        leaving: &User,
    ) -> Result<(), Error> {
        let (now, needs_phone) = (self.now(), self.policy.two_factor);
        if can_administer(leaving, needs_phone, now)
            && !reader.has_other_working_admin(leaving.id, now, needs_phone)?
        {
            return Err(Error::LastAdmin { username: leaving.username.clone() });
        }
        Ok(())
    }
}

/// Whether a user can administer: active, admin, a password that still works, and a phone where codes
/// go to it.
pub(in crate::directory) fn can_administer(user: &User, needs_phone: bool, now: Timestamp) -> bool {
    user.state(now).is_active()
        && (user.phone.is_some() || !needs_phone)
        && user.roles.contains(Role::Admin)
        && matches!(
            user.password_state(now),
            CredentialState::Temporary | CredentialState::Permanent
        )
}
