//! A user: details, memberships in projects, teams and skills, and the state of the password.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Assignment, AssignmentRequest, Email, FullName, Invalid, LanguageTag, Phone, RoleSet,
    SkillLevel, SkillName, State, TeamName, Timestamp, Username, Window,
};

/// The number behind a username. It is never used again, not even after a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// A skill of a user, with its level; on the command line `billing` or `billing:3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SkillGrant {
    /// Which skill.
    pub skill: SkillName,
    /// How well they have it.
    pub level: SkillLevel,
}

impl FromStr for SkillGrant {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (name, level) = match text.split_once(':') {
            Some((name, level)) => (name, level.parse()?),
            None => (text, SkillLevel::default()),
        };
        Ok(Self { skill: name.parse()?, level })
    }
}

/// Who thought of a password: it decides how the password is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOrigin {
    /// A person: argon2id.
    Typed,
    /// This tool, from at least 112 random bits: a fast hash (NIST SP 800-63B-4, 3.1.2.2).
    Generated,
}

/// Who a password is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialKind {
    /// Set by somebody else: allows nothing but changing it, until it expires.
    Temporary,
    /// Chosen by the user themselves (or given for good by an admin).
    Permanent,
}

/// A password's record, without the password and without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Who thought of it.
    pub origin: PasswordOrigin,
    /// Who it is for.
    pub kind: CredentialKind,
    /// Who set it: a username, or `os:LOGIN`.
    pub set_by: String,
    /// When it was set.
    pub changed_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
}

impl Credential {
    /// What it is worth at the moment `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> CredentialState {
        match self.kind {
            _ if self.expires_at.is_some_and(|end| end <= now) => CredentialState::Expired,
            CredentialKind::Temporary => CredentialState::Temporary,
            CredentialKind::Permanent => CredentialState::Permanent,
        }
    }
}

/// What a password is worth at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CredentialState {
    /// Works, for changing it.
    Temporary,
    /// Works.
    Permanent,
    /// Was temporary and ran out.
    Expired,
    /// There is none.
    None,
}

impl CredentialState {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Permanent => "permanent",
            Self::Expired => "expired",
            Self::None => "none",
        }
    }
}

/// A user as stored. The lists are sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The number behind the username.
    pub id: UserId,
    /// The username.
    pub username: Username,
    /// Their name.
    pub full_name: FullName,
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// The state that was set; see [`User::state`] for the one that counts.
    pub set_state: State,
    /// From when until when they take part where they are active.
    pub window: Window,
    /// The roles; never empty.
    pub roles: RoleSet,
    /// Their teams.
    pub teams: Vec<TeamName>,
    /// Their skills.
    pub skills: Vec<SkillGrant>,
    /// Their language.
    pub language: Option<LanguageTag>,
    /// Whether the user chooses at client start which of their projects to enter.
    pub project_selection: bool,
    /// Their projects.
    pub projects: Vec<Assignment>,
    /// The password's record; `None` where there is no password.
    pub credential: Option<Credential>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When details, state, memberships or password last changed.
    pub updated_at: Timestamp,
    /// When the user last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether there is a photo of them.
    pub photo: bool,
    /// Until when sign-ins are turned away, for one caller at least; a moment in the past means
    /// nothing.
    pub locked_until: Option<Timestamp>,
}

impl User {
    /// Whether the user takes part at the moment `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        if self.window.contains(now) { self.set_state } else { State::Inactive }
    }

    /// The part of the user's calls that come from an assignment's project, while calls wait in all
    /// of their active projects: its weight / the sum of the weights in these; 0 where at the moment
    /// `now` the user, the assignment or the project is inactive.
    #[must_use]
    pub fn share(&self, assignment: &Assignment, now: Timestamp) -> f64 {
        if !self.state(now).is_active() || !assignment.is_active(now) {
            return 0.0;
        }
        let sum: u64 = self
            .projects
            .iter()
            .filter(|other| other.is_active(now))
            .map(|other| u64::from(other.weight.get()))
            .sum();
        #[expect(clippy::cast_precision_loss, reason = "weights are far below 2^52")]
        let share = f64::from(assignment.weight.get()) / sum as f64;
        share
    }

    /// Until when the user is locked; `None` where they are not at the moment `now`.
    #[must_use]
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|end| *end > now)
    }

    /// What their password is worth at the moment `now`.
    #[must_use]
    pub fn password_state(&self, now: Timestamp) -> CredentialState {
        self.credential.as_ref().map_or(CredentialState::None, |credential| credential.state(now))
    }
}

/// A user to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The username.
    pub username: Username,
    /// Their name.
    pub full_name: FullName,
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// Whether they take part from the start.
    pub state: State,
    /// From when until when they take part where they are active.
    pub window: Window,
    /// The roles; at least one.
    pub roles: RoleSet,
    /// Their teams.
    pub teams: Vec<TeamName>,
    /// Their skills.
    pub skills: Vec<SkillGrant>,
    /// Their language.
    pub language: Option<LanguageTag>,
    /// Whether the user chooses at client start which of their projects to enter.
    pub project_selection: bool,
    /// Their projects.
    pub projects: Vec<AssignmentRequest>,
}

/// A field of a user that can be empty, and that a site may make mandatory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileField {
    /// The e-mail address.
    Email,
    /// The phone number.
    Phone,
    /// At least one team.
    Team,
    /// The language.
    Language,
    /// At least one skill (of those who take calls).
    Skill,
    /// At least one project (of those who take calls).
    Project,
}

impl ProfileField {
    /// Every such field.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Phone, Self::Team, Self::Language, Self::Skill, Self::Project];

    /// Its name in the settings and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Team => "team",
            Self::Language => "language",
            Self::Skill => "skill",
            Self::Project => "project",
        }
    }

    /// Whether it means something only for those who take calls.
    #[must_use]
    pub const fn for_call_takers(self) -> bool {
        matches!(self, Self::Skill | Self::Project)
    }
}

impl fmt::Display for ProfileField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Weight;

    const NOW: Timestamp = Timestamp::from_seconds(100);

    #[test]
    fn shares_count_active_projects_alone() {
        let assignment = |name: &str, weight, project_state| Assignment {
            project: name.parse().unwrap(),
            weight: Weight::new(weight).unwrap(),
            window: Window::ALWAYS,
            project_state,
        };
        let projects = vec![
            assignment("en-support", 20, State::Active),
            assignment("hu-support", 10, State::Active),
            assignment("old", 70, State::Inactive),
        ];
        let user = User {
            id: UserId(1),
            username: "james".parse().unwrap(),
            full_name: "James".parse().unwrap(),
            email: None,
            phone: None,
            set_state: State::Active,
            window: Window::ALWAYS,
            roles: RoleSet::empty(),
            teams: vec![],
            skills: vec![],
            language: None,
            project_selection: true,
            projects,
            credential: None,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
            last_sign_in_at: None,
            photo: false,
            locked_until: None,
        };
        let shares: Vec<f64> = user.projects.iter().map(|one| user.share(one, NOW)).collect();
        assert!((shares[0] - 2.0 / 3.0).abs() < 1e-9);
        assert!((shares[1] - 1.0 / 3.0).abs() < 1e-9);
        assert!(shares[2].abs() < 1e-9);
        let inactive = User { set_state: State::Inactive, ..user.clone() };
        let ended = User { window: Window { from: None, until: Some(NOW) }, ..user.clone() };
        for user in [inactive, ended] {
            assert!(user.projects.iter().all(|one| user.share(one, NOW) == 0.0));
        }
        // One that has ended leaves all to the other.
        let mut user = user;
        user.projects[0].window.until = Some(NOW);
        let shares: Vec<f64> = user.projects.iter().map(|one| user.share(one, NOW)).collect();
        assert!(shares[0].abs() < 1e-9 && (shares[1] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn names_with_a_number_behind_a_colon() {
        let grant: SkillGrant = "billing:3".parse().unwrap();
        assert_eq!((grant.skill.as_str(), grant.level.get()), ("billing", 3));
        assert_eq!("billing".parse::<SkillGrant>().unwrap().level.get(), 1);
        assert!("billing:".parse::<SkillGrant>().is_err());
        assert!("billing:6".parse::<SkillGrant>().is_err());
    }
}
