//! `ccadmin user update`.

use clap::{Args, ValueEnum};

use super::view::{UserView, print_issued};
use crate::cli::args::interactive::Interactive;
use crate::cli::args::password_options::{self, PasswordOptions};
use crate::cli::args::time_arg::WindowArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::handout::{self, Card, PreparedHandout};
use crate::cli::second_factor;
use crate::cli::value_parsers::{OnOff, OneOf, once_each, role_set};
use crate::directory::{Directory, Error, UserUpdate};
use crate::model::{
    Email, FullName, LanguageTag, Phone, Role, SkillGrant, SkillName, TeamName, Username,
};

/// Change a user's details
///
/// Only what you name is changed. To grant supervisor or admin, also set a new temporary password
/// or give `--keep-password`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user update james --email james@example.com --add-team voice
  ccadmin user update james --add-skill billing:3 --remove-role requester
  ccadmin user update james --clear phone,language
  ccadmin user update james --until 2026-12-31")]
pub(crate) struct UserUpdateArgs {
    /// The user
    username: Username,

    /// Full name
    #[arg(long, value_name = "NAME")]
    name: Option<FullName>,

    /// E-mail address
    #[arg(long)]
    email: Option<Email>,

    /// Phone number with its country code: +36201234567
    #[arg(long)]
    phone: Option<String>,

    /// Role to grant (can be repeated)
    #[arg(
        long = "add-role",
        value_name = "ROLE",
        value_parser = OneOf::<Role>::words(),
        hide_possible_values = true
    )]
    add_roles: Vec<Role>,

    /// Role to remove (can be repeated)
    #[arg(
        long = "remove-role",
        value_name = "ROLE",
        value_parser = OneOf::<Role>::words(),
        hide_possible_values = true
    )]
    remove_roles: Vec<Role>,

    /// Team to join (can be repeated)
    #[arg(long = "add-team", value_name = "TEAM")]
    add_teams: Vec<TeamName>,

    /// Team to leave (can be repeated)
    #[arg(long = "remove-team", value_name = "TEAM")]
    remove_teams: Vec<TeamName>,

    /// Skill to add, or to change the level of (can be repeated)
    #[arg(long = "add-skill", value_name = "SKILL[:LEVEL]")]
    add_skills: Vec<SkillGrant>,

    /// Skill to remove (can be repeated)
    #[arg(long = "remove-skill", value_name = "SKILL")]
    remove_skills: Vec<SkillName>,

    /// Language: hu, en-GB (BCP 47)
    #[arg(long, value_name = "TAG")]
    language: Option<LanguageTag>,

    /// Whether the user chooses which projects to enter
    #[arg(long, value_name = "on|off")]
    project_selection: Option<OnOff>,

    #[command(flatten)]
    window: WindowArgs,

    /// Clear these fields, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "email,phone,language,from,until")]
    clear: Vec<ClearableUserField>,

    /// Remove the user from all projects if they lose their last role that takes calls
    #[arg(long, requires = "remove_roles")]
    unassign: bool,

    #[command(flatten)]
    password: PasswordOptions,

    /// Keep the password, even if supervisor or admin is granted
    #[arg(long, conflicts_with_all = [
        "password_stdin", "password_fd", "generate_password", "expires", "permanent_password",
    ])]
    keep_password: bool,

    #[command(flatten)]
    interactive: Interactive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClearableUserField {
    Email,
    Phone,
    Language,
    From,
    Until,
}

impl UserUpdateArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if self.changes_nothing() {
            return Err(CommandEnd::usage("nothing to change")
                .with_hint(
                    "give --name, --email, --phone, --language, --project-selection, --from, --until, \
                     --clear, or --add- or --remove- with role, team or skill; on a terminal you \
                     are asked",
                )
                .into());
        }
        let ui = &context.ui;
        let mut update = self.update(context)?;
        let source = self.password.read(ui)?;
        let asks = source.is_none() && self.password.names_anything();
        let mut directory = context.directory(StoreAccess::Write)?;
        directory.may_update(&self.username, update.add_roles)?;
        let mut hand_out = handout::begin(context, self.password.hand_out())?;
        if asks && !ui.can_ask() {
            return Err(CliError::new(ErrorCode::MissingInput, "missing: a new password")
                .with_hint("give --password-stdin, --password-fd or --generate-password")
                .into());
        }
        update.password = source.map(|source| self.password.password(source));
        if asks {
            update.password = Some(self.ask_password(context, &directory, None)?);
        }
        let username = &self.username;
        let issue = directory.issue_on_update(username, &update)?;
        let prepared = match (&issue, &mut hand_out) {
            (Some(issue), Some(hand_out)) => Some(hand_out.prepare(&[Card::from(issue)])?.go_on()?),
            _ => None,
        };
        let mut credentials = Credentials::whole(context, self.password.credentials())?;
        if let Some(issue) = &issue {
            credentials.keep(std::slice::from_ref(issue))?;
        }
        let mut change = match directory.update_user_with(username, &update, issue) {
            Err(Error::PasswordForRole { role, .. }) if ui.can_ask() => {
                update.password = Some(self.ask_password(context, &directory, Some(role))?);
                directory.update_user(username, &update)?
            }
            Err(refused) => {
                credentials.take_back();
                return Err(refused.into());
            }
            Ok(change) => change,
        };
        if credentials.are_kept() || prepared.as_ref().is_some_and(PreparedHandout::hides_passwords)
        {
            change.generated = None;
        }
        if change.changed {
            ui.status(&format!("updated {}", self.username));
        } else {
            ui.notice("already", &format!("already up to date: {}", self.username));
        }
        crate::cli::impact::report_impact(ui, &change.user.username, &change.impact);
        if let Some(other) = &change.shares_phone {
            second_factor::warn_shared_phone(ui, &change.user.username, other);
        }
        let handed = prepared.map(PreparedHandout::deliver).unwrap_or_default();
        let view = UserView::issued(change.user, context.now(), change.generated);
        print_issued(context, &[view], false)?;
        handed.outcome()
    }

    fn changes_nothing(&self) -> bool {
        let lists = self.add_roles.is_empty()
            && self.remove_roles.is_empty()
            && self.add_teams.is_empty()
            && self.remove_teams.is_empty()
            && self.add_skills.is_empty()
            && self.remove_skills.is_empty()
            && self.clear.is_empty();
        let fields = self.name.is_none()
            && self.email.is_none()
            && self.phone.is_none()
            && self.language.is_none()
            && self.project_selection.is_none()
            && self.window.are_empty();
        lists && fields && !self.password.names_anything()
    }

    fn ask_password(
        &self,
        context: &Context,
        directory: &Directory,
        granted: Option<Role>,
    ) -> Result<crate::directory::NewPassword, CommandEnd> {
        let user = directory.find_user(&self.username)?;
        let full_name = self.name.as_ref().unwrap_or(&user.full_name);
        if let Some(role) = granted {
            context.ui.notice(
                "password-for-role",
                &format!(
                    "granting {role} requires a new temporary password (`--keep-password` keeps \
                     the current one)"
                ),
            );
        }
        let question = format!("Temporary password for {}", self.username);
        let names = (self.username.as_str(), full_name.as_str());
        let source = password_options::ask(context, &question, names)?;
        Ok(self.password.password(source))
    }

    fn update(&self, context: &Context) -> Result<UserUpdate, CliError> {
        let phone = match &self.phone {
            Some(text) => Some(Phone::parse(text, context.phone_region())?),
            None => None,
        };
        for (field, given) in [
            (ClearableUserField::Email, self.email.is_some()),
            (ClearableUserField::Phone, phone.is_some()),
            (ClearableUserField::Language, self.language.is_some()),
            (ClearableUserField::From, self.window.given().0),
            (ClearableUserField::Until, self.window.given().1),
        ] {
            if given && self.clear.contains(&field) {
                return Err(CommandEnd::usage("a field is both set and cleared")
                    .with_hint("give either the option or its name in --clear"));
            }
        }
        let contradicts = |what: &str, both: bool| {
            if both {
                return Err(CommandEnd::usage(format!("a {what} is both added and removed")));
            }
            Ok(())
        };
        contradicts("role", role_set(&self.add_roles).intersects(role_set(&self.remove_roles)))?;
        contradicts("team", self.add_teams.iter().any(|team| self.remove_teams.contains(team)))?;
        let removed = |grant: &SkillGrant| self.remove_skills.contains(&grant.skill);
        contradicts("skill", self.add_skills.iter().any(removed))?;
        let cleared = |field| self.clear.contains(&field);
        let mut window = self.window.edit(context.now());
        window.from = window.from.or(cleared(ClearableUserField::From).then_some(None));
        window.until = window.until.or(cleared(ClearableUserField::Until).then_some(None));
        Ok(UserUpdate {
            full_name: self.name.clone(),
            email: changed(self.email.clone(), cleared(ClearableUserField::Email)),
            phone: changed(phone, cleared(ClearableUserField::Phone)),
            language: changed(self.language.clone(), cleared(ClearableUserField::Language)),
            project_selection: self.project_selection.map(OnOff::is_on),
            window,
            add_roles: role_set(&self.add_roles),
            remove_roles: role_set(&self.remove_roles),
            add_teams: self.add_teams.clone(),
            remove_teams: self.remove_teams.clone(),
            add_skills: once_each(&self.add_skills, |grant| grant.skill.as_str())?,
            remove_skills: self.remove_skills.clone(),
            unassign: self.unassign,
            password: None,
            keep_password: self.keep_password,
        })
    }
}

/// What is to become of a field: left, set, or emptied.
#[expect(clippy::option_option, reason = "the three answers that an update knows")]
fn changed<T>(value: Option<T>, cleared: bool) -> Option<Option<T>> {
    match value {
        Some(value) => Some(Some(value)),
        None => cleared.then_some(None),
    }
}
