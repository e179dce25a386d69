//! A user: details, memberships in projects, teams and skills, and the state of the password.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Email, FullName, Invalid, LanguageTag, Phone, ProjectName, RoleSet, SkillLevel, SkillName,
    TeamName, Timestamp, Username, Weight,
};

/// The number behind a username. It is never used again, not even after a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

/// Whether a user or a project takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Takes part.
    #[default]
    Active,
    /// Can do nothing; everything is kept for the return.
    Inactive,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Whether it is [`State::Active`].
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

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

/// A user in a project, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which project.
    pub project: ProjectName,
    /// How strongly its calls draw them.
    pub weight: Weight,
    /// Whether the project is active.
    pub project_state: State,
}

/// A project to assign, with a weight or the default one; on the command line `hu-support` or
/// `hu-support:20`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRequest {
    /// Which project.
    pub project: ProjectName,
    /// The weight; without one, what is there is kept, and a new assignment gets the default.
    pub weight: Option<Weight>,
}

impl FromStr for AssignmentRequest {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (name, weight) = match text.split_once(':') {
            Some((name, weight)) => (name, Some(weight.parse()?)),
            None => (text, None),
        };
        Ok(Self { project: name.parse()?, weight })
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
    /// Whether the user takes part.
    pub state: State,
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
    /// The part of the user's calls that come from an assignment's project, while calls wait in all
    /// of their active projects: its weight / the sum of the weights in these; 0 where the user or
    /// the project is inactive.
    #[must_use]
    pub fn share(&self, assignment: &Assignment) -> f64 {
        if !self.state.is_active() || !assignment.project_state.is_active() {
            return 0.0;
        }
        let sum: u64 = self
            .projects
            .iter()
            .filter(|other| other.project_state.is_active())
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

    #[test]
    fn shares_count_active_projects_alone() {
        let assignment = |name: &str, weight, project_state| Assignment {
            project: name.parse().unwrap(),
            weight: Weight::new(weight).unwrap(),
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
            state: State::Active,
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
        let shares: Vec<f64> = user.projects.iter().map(|one| user.share(one)).collect();
        assert!((shares[0] - 2.0 / 3.0).abs() < 1e-9);
        assert!((shares[1] - 1.0 / 3.0).abs() < 1e-9);
        assert!(shares[2].abs() < 1e-9);
        let user = User { state: State::Inactive, ..user };
        assert!(user.projects.iter().all(|one| user.share(one) == 0.0));
    }

    #[test]
    fn names_with_a_number_behind_a_colon() {
        let grant: SkillGrant = "billing:3".parse().unwrap();
        assert_eq!((grant.skill.as_str(), grant.level.get()), ("billing", 3));
        assert_eq!("billing".parse::<SkillGrant>().unwrap().level.get(), 1);
        assert!("billing:".parse::<SkillGrant>().is_err());
        assert!("billing:6".parse::<SkillGrant>().is_err());
        let request: AssignmentRequest = "hu-support:20".parse().unwrap();
        assert_eq!(request.weight.map(Weight::get), Some(20));
        assert_eq!("hu-support".parse::<AssignmentRequest>().unwrap().weight, None);
        assert!("hu-support:0".parse::<AssignmentRequest>().is_err());
        assert!("hu:support:1".parse::<AssignmentRequest>().is_err());
    }
}
