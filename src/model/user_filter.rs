//! What a list of users is narrowed to, and how it is sorted.

use super::{
    CredentialState, ProfileField, ProjectName, RoleSet, SkillLevel, SkillName, State, TeamName,
    Timestamp,
};

/// Which users a list shows. Several values of one field: any of them; different fields: all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those with any of these roles; the empty set stands for no wish.
    pub roles: RoleSet,
    /// Only those in any of these projects.
    pub projects: Vec<ProjectName>,
    /// Only those in any of these teams.
    pub teams: Vec<TeamName>,
    /// Only those with any of these skills, at that level or above.
    pub skills: Vec<(SkillName, SkillLevel)>,
    /// Only those whose language is one of these or begins with one: `en` finds `en-GB` (RFC 4647,
    /// basic filtering).
    pub languages: Vec<String>,
    /// Only those whose username, name, e-mail or phone holds any of these texts, compared without
    /// case and accents.
    pub searches: Vec<String>,
    /// Only those who lack any of these fields.
    pub missing: Vec<ProfileField>,
    /// Only those whose password is worth any of these.
    pub passwords: Vec<CredentialState>,
    /// Only those whose password was set by any of these users (or `os:LOGIN`).
    pub passwords_set_by: Vec<String>,
    /// Only those whose sign-ins are turned away, for one caller at least.
    pub locked: bool,
    /// Only those who never signed in.
    pub never_signed_in: bool,
    /// Only those created at this moment or later.
    pub created_since: Option<Timestamp>,
    /// Only those created before this moment.
    pub created_before: Option<Timestamp>,
    /// Only those who take part until a moment before this one.
    pub ends_before: Option<Timestamp>,
    /// The order.
    pub sort: SortKey,
    /// The order turned round.
    pub reverse: bool,
    /// At most this many.
    pub limit: Option<u64>,
}

impl UserFilter {
    /// Whether it lets through some users only, as far as it goes by what they are.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        let everybody =
            Self { sort: self.sort, reverse: self.reverse, limit: self.limit, ..Self::default() };
        *self != everybody
    }
}

/// Which memberships of its users a list reads. Those that it does not read stay empty, which is
/// quicker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memberships {
    /// Their teams.
    pub teams: bool,
    /// Their skills.
    pub skills: bool,
    /// Their projects.
    pub projects: bool,
}

impl Memberships {
    /// All of them.
    pub const ALL: Self = Self { teams: true, skills: true, projects: true };

    /// None of them.
    pub const NONE: Self = Self { teams: false, skills: false, projects: false };
}

/// What a list of users is sorted by. Bytes are compared; ties are in order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// The username.
    #[default]
    Username,
    /// The full name.
    Name,
    /// The order of creation.
    Created,
    /// The last sign-in, those who never did last.
    LastSignIn,
}
