//! `ccadmin user list`.

use clap::{Args, ValueEnum};

use super::view::UserView;
use crate::cli::context::{Context, Need};
use crate::cli::error::Outcome;
use crate::cli::lists::ListArgs;
use crate::cli::moment::Moment;
use crate::cli::values::{OneOf, SortOption, field, role_set, skill_filter};
use crate::model::{
    CredentialState, Field, ProjectName, Role, SkillLevel, SkillName, State, TeamName, UserFilter,
};

/// List users
///
/// Several values of one option: any of them. Different options: all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user list --project hu-support
  ccadmin user list --role agent --state active --field username
  ccadmin user list --search kovacs --columns username,email,phone
  ccadmin user list --password temporary --created-before 3d")]
pub(crate) struct UserListArgs {
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
    language: Option<crate::model::LanguageTag>,

    /// Only users whose username, name, e-mail or phone holds this; case and accents do not count
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Only users without this: email, phone, team, language, skill, project (can be repeated)
    #[arg(long, value_name = "FIELD", value_parser = field)]
    missing: Vec<Field>,

    /// Only users whose password is this
    #[arg(long, value_name = "temporary|permanent|expired|none")]
    password: Option<PasswordOption>,

    /// Only users whose password was set by this user (or os:LOGIN)
    #[arg(long, value_name = "USER")]
    password_set_by: Option<String>,

    /// Only users whose sign-ins are turned away after too many failures
    #[arg(long)]
    locked: bool,

    /// Only users who never signed in
    #[arg(long)]
    never_signed_in: bool,

    /// Only users created at this time or later: 7d (ago), 2026-11-21, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    created_since: Option<Moment>,

    /// Only users created before this time
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    created_before: Option<Moment>,

    /// Sort by this
    #[arg(long, value_name = "KEY", default_value = "username")]
    sort: SortOption,

    /// Turn the order round
    #[arg(long)]
    reverse: bool,

    /// Show at most N users
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    #[command(flatten)]
    list: ListArgs,
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

impl UserListArgs {
    pub(super) fn run(self, context: &Context) -> Outcome {
        self.list.selection().check::<UserView>()?;
        let now = context.now();
        let mut filter = self.filter(context);
        let directory = context.directory(Need::Read)?;
        let with_places = self.list.shows_any(&["teams", "skills", "projects"], true);
        let counted = filter.clone();
        self.list.print(
            context,
            self.limit,
            |limit, each| {
                filter.limit = limit;
                Ok(directory
                    .list_users(&filter, with_places, |user| each(UserView::new(user, now)))?)
            },
            || {
                let count = directory.count_users(&counted)?;
                Ok(self.limit.map_or(count, |limit| count.min(limit)))
            },
        )
    }

    fn filter(&self, context: &Context) -> UserFilter {
        let now = context.now();
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
            sort: self.sort.into(),
            reverse: self.reverse,
            limit: None,
        }
    }
}
