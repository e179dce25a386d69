//! The filters by which lists, exports and `--where` choose users.

use clap::{Arg, Args, Command, FromArgMatches, ValueEnum};

use crate::cli::args::time_arg::{ComingTime, TimeArg};
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::usage_error::usage_error;
use crate::cli::value_parsers::{OneOf, field, role_set, skill_filter};
use crate::model::{
    CredentialState, LanguageTag, ProfileField, ProjectName, Role, SkillLevel, SkillName, State,
    TeamName, Timestamp, UserFilter, nearest,
};

/// Several values of one option: any of them. Different options: all of them.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only users in this state
    #[arg(long = "state", value_name = "active|inactive")]
    states: Vec<StateOption>,

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

    /// Only users with this language; `en` finds `en-GB` too (can be repeated)
    #[arg(long = "language", value_name = "TAG")]
    languages: Vec<LanguageTag>,

    /// Only users whose username, name, e-mail or phone contains this; case and accents are ignored
    /// (can be repeated)
    #[arg(long = "search", value_name = "TEXT")]
    searches: Vec<String>,

    /// Only users without one: email, phone, team, language, skill, project (can be repeated)
    #[arg(long, value_name = "FIELD", value_parser = field)]
    missing: Vec<ProfileField>,

    /// Only users whose password is in this state (can be repeated)
    #[arg(long = "password", value_name = "temporary|permanent|expired|none")]
    passwords: Vec<PasswordOption>,

    /// Only users whose password was set by this user (or os:LOGIN; can be repeated)
    #[arg(long = "password-set-by", value_name = "USER")]
    passwords_set_by: Vec<String>,

    /// Only users who cannot sign in because of too many failures
    #[arg(long)]
    locked: bool,

    /// Only users who never signed in
    #[arg(long)]
    never_signed_in: bool,

    /// Only users created at this time or later: 7d (ago), 2026-11-21, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    created_since: Vec<TimeArg>,

    /// Only users created before this time
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    created_before: Vec<TimeArg>,

    /// Only users who take part until a time before this one: 14d (from now), 2026-12-31, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = ComingTime::parse)]
    ends_before: Vec<ComingTime>,

    /// Only users with this, as commands that change users take it: `team=voice`. FIELD is one of
    /// the filters above (can be repeated)
    #[arg(id = "where", long = "where", value_name = "FIELD=VALUE")]
    fields: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
    ///
    /// # Errors
    ///
    /// What `--where` says is no filter.
    pub(crate) fn filter(&self, now: Timestamp) -> Result<UserFilter, CliError> {
        if self.fields.is_empty() {
            return Ok(Self::filter_of(&[self], now));
        }
        Ok(Self::filter_of(&[self, &parse_fields(&self.fields)?], now))
    }

    /// The filter that `all` of them make together: values of the same field stand beside one another
    /// wherever they come from.
    fn filter_of(all: &[&Self], now: Timestamp) -> UserFilter {
        fn each<'a, T: Clone + 'a>(
            all: &[&'a FilterArgs],
            values: impl Fn(&'a FilterArgs) -> &'a [T],
        ) -> Vec<T> {
            all.iter().flat_map(|one| values(one)).cloned().collect()
        }
        let since = each(all, |one| &one.created_since).into_iter();
        let before = each(all, |one| &one.created_before).into_iter();
        let ends = each(all, |one| &one.ends_before).into_iter();
        let languages = each(all, |one| &one.languages);
        UserFilter {
            state: only_state(&each(all, |one| &one.states)),
            roles: role_set(&each(all, |one| &one.roles)),
            projects: each(all, |one| &one.projects),
            teams: each(all, |one| &one.teams),
            skills: each(all, |one| &one.skills),
            languages: languages.iter().map(ToString::to_string).collect(),
            searches: each(all, |one| &one.searches),
            missing: each(all, |one| &one.missing),
            passwords: each(all, |one| &one.passwords).into_iter().map(Into::into).collect(),
            passwords_set_by: each(all, |one| &one.passwords_set_by),
            locked: all.iter().any(|one| one.locked),
            never_signed_in: all.iter().any(|one| one.never_signed_in),
            created_since: since.map(|moment| moment.resolve(now)).min(),
            created_before: before.map(|moment| moment.resolve(now)).max(),
            ends_before: ends.map(|moment| moment.resolve(now)).max(),
            ..UserFilter::default()
        }
    }
}

/// The state that is asked for; whoever asks for both asks for everybody.
fn only_state(states: &[StateOption]) -> Option<State> {
    let (first, rest) = states.split_first()?;
    rest.iter().all(|state| state == first).then_some(match first {
        StateOption::Active => State::Active,
        StateOption::Inactive => State::Inactive,
    })
}

impl From<PasswordOption> for CredentialState {
    fn from(option: PasswordOption) -> Self {
        match option {
            PasswordOption::Temporary => Self::Temporary,
            PasswordOption::Permanent => Self::Permanent,
            PasswordOption::Expired => Self::Expired,
            PasswordOption::None => Self::None,
        }
    }
}

/// The filters that the `fields` of `--where` are, read as the options of that name.
///
/// # Errors
///
/// A field that is none, or a value that it cannot have.
pub(super) fn parse_fields(fields: &[String]) -> Result<FilterArgs, CliError> {
    let command = filters();
    let mut words = vec!["ccadmin".to_owned()];
    for field in fields {
        let (name, value) = field.split_once('=').ok_or_else(|| {
            CommandEnd::usage(format!("--where: `{}` has no `=`", field.escape_debug()))
                .with_hint("write FIELD=VALUE, such as `team=voice`")
        })?;
        words.push(option(&command, name, value)?);
    }
    let matches = command.try_get_matches_from(&words);
    matches
        .and_then(|matches| FilterArgs::from_arg_matches(&matches))
        .map_err(|error| usage_error(&error, &[]))
}

/// The options of `user list` that are fields of `--where`.
fn filters() -> Command {
    FilterArgs::augment_args(Command::new("ccadmin"))
}

fn is_field(argument: &Arg) -> bool {
    argument.get_long().is_some() && argument.get_id() != "where"
}

/// The names of the fields.
pub(crate) fn field_names() -> Vec<String> {
    let command = filters();
    let fields = command.get_arguments().filter(|argument| is_field(argument));
    fields.filter_map(|argument| argument.get_long().map(str::to_owned)).collect()
}

/// The option that is the field of this name; `_` is as good as `-` in it.
pub(crate) fn field_option(name: &str) -> Option<Arg> {
    find_option(&filters(), name).cloned()
}

fn find_option<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    let wanted = name.trim().to_lowercase().replace('_', "-");
    let mut fields = command.get_arguments().filter(|argument| is_field(argument));
    fields.find(|argument| argument.get_long() == Some(wanted.as_str()))
}

/// A field as the option that it is.
fn option(command: &Command, name: &str, value: &str) -> Result<String, CliError> {
    let Some(argument) = find_option(command, name) else {
        let what = format!("--where: there is no field `{}`", name.escape_debug());
        let fields = field_names();
        let hint = match nearest(name, fields.iter().map(String::as_str)) {
            Some(field) => format!("did you mean `{field}`?"),
            None => format!("the fields are {}", fields.join(", ")),
        };
        return Err(CommandEnd::usage(what).with_hint(hint));
    };
    let name = argument.get_long().unwrap_or_default();
    if argument.get_action().takes_values() {
        return Ok(format!("--{name}={value}"));
    }
    match value {
        "true" | "yes" => Ok(format!("--{name}")),
        _ => Err(CommandEnd::usage(format!("--where: `{name}` is true, or left out"))
            .with_hint(format!("write {name}=true"))),
    }
}
