//! The filters by which `user list` and `user export` choose users.

use clap::{Args, ValueEnum};

use crate::cli::args::time_arg::{ComingTime, TimeArg};
use crate::cli::value_parsers::{OneOf, field, role_set, skill_filter};
use crate::model::{
    CredentialState, LanguageTag, ProfileField, ProjectName, Role, SkillLevel, SkillName, State,
    TeamName, Timestamp, UserFilter,
};

/// Several values of one option: any of them. Different options: all of them.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only users in this state
    #[arg(long, value_name = "active|inactive")]
    state: Option<StateOption>,

    /// Only users with this role (can be repeated)
    #[arg(
        long = "role",
        value_name = "ROLE",
        value_parser = OneOf::<Role>::words(),
        hide_possible_values = true
    )]
    roles: Vec<Role>,

    /// Only users in this project (can be repeated)
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectName>,

    /// Only users in this team (can be repeated)
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<TeamName>,

    /// Only users with this skill, at this level or above (can be repeated)
    #[arg(long = "skill", value_name = "SKILL[:MIN]", value_parser = skill_filter)]
    skills: Vec<(SkillName, SkillLevel)>,

    /// Only users with this language; `en` finds `en-GB` too
    #[arg(long, value_name = "TAG")]
    language: Option<LanguageTag>,

    /// Only users whose username, name, e-mail or phone contains this; case and accents are ignored
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Only users without one: email, phone, team, language, skill, project (can be repeated)
    #[arg(long, value_name = "FIELD", value_parser = field)]
    missing: Vec<ProfileField>,

    /// Only users whose password is in this state
    #[arg(long, value_name = "temporary|permanent|expired|none")]
    password: Option<PasswordOption>,

    /// Only users whose password was set by this user (or os:LOGIN)
    #[arg(long, value_name = "USER")]
    password_set_by: Option<String>,

    /// Only users who cannot sign in because of too many failures
    #[arg(long)]
    locked: bool,

    /// Only users who never signed in
    #[arg(long)]
    never_signed_in: bool,

    /// Only users created at this time or later: 7d (ago), 2026-11-21, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    created_since: Option<TimeArg>,

    /// Only users created before this time
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    created_before: Option<TimeArg>,

    /// Only users who take part until a time before this one: 14d (from now), 2026-12-31, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = ComingTime::parse)]
    ends_before: Option<ComingTime>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateOption {
    Active,
    Inactive,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PasswordOption {
    Temporary,
    Permanent,
    Expired,
    None,
}

impl FilterArgs {
    /// The filter that they make at `now`, in order of username and without a limit.
    pub(crate) fn filter(&self, now: Timestamp) -> UserFilter {
        UserFilter {
            state: self.state.map(|state| match state {
                StateOption::Active => State::Active,
                StateOption::Inactive => State::Inactive,
            }),
            roles: role_set(&self.roles),
            projects: self.projects.clone(),
            teams: self.teams.clone(),
            skills: self.skills.clone(),
            language: self.language.as_ref().map(ToString::to_string),
            search: self.search.clone(),
            missing: self.missing.clone(),
            password: self.password.map(|worth| match worth {
                PasswordOption::Temporary => CredentialState::Temporary,
                PasswordOption::Permanent => CredentialState::Permanent,
                PasswordOption::Expired => CredentialState::Expired,
                PasswordOption::None => CredentialState::None,
            }),
            password_set_by: self.password_set_by.clone(),
            locked: self.locked,
            never_signed_in: self.never_signed_in,
            created_since: self.created_since.map(|moment| moment.resolve(now)),
            created_before: self.created_before.map(|moment| moment.resolve(now)),
            ends_before: self.ends_before.map(|moment| moment.resolve(now)),
            ..UserFilter::default()
        }
    }
}
