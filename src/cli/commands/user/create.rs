//! `ccadmin user create`.

use clap::Args;

use super::created::{found, report};
use super::new_user_form::NewUserForm;
use super::template;
use crate::cli::args::interactive::Interactive;
use crate::cli::args::password_options::PasswordOptions;
use crate::cli::args::question::Wanted;
use crate::cli::args::time_arg::WindowArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::handout::{self, Card, DeliveryMethod, Handout, PreparedHandout};
use crate::cli::value_parsers::{OnOff, OneOf, once_each, role_set};
use crate::directory::{CreatedUser, Directory, Error, NewPassword, PasswordSource};
use crate::model::{
    AssignmentRequest, Email, FullName, LanguageTag, NewUser, Phone, ProfileField, Role,
    SkillGrant, State, TeamName, Username, Window,
};

/// Create a user
///
/// On a terminal it asks for what is required and not given: username, full name, at least one role
/// and a temporary password.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user create
  ccadmin user create james --name 'James Carter' --role agent --generate-password
  ccadmin user create eva --name 'Kovács Éva' --role agent --project hu-support:20 --password-stdin
  ccadmin user create zoltan --name 'Szabó Zoltán' --like eva --generate-password
  ccadmin user create zoe --name 'Zoe Ford' --role agent --generate-password --hand-out print=zoe.html")]
pub(crate) struct UserCreateArgs {
    /// Username: 1-64 letters, digits and `._-@+`; case matters
    #[arg(value_name = "USERNAME")]
    username: Option<Username>,

    /// Full name
    #[arg(long, value_name = "NAME")]
    name: Option<FullName>,

    /// E-mail address
    #[arg(long)]
    email: Option<Email>,

    /// Phone number with its country code: +36201234567
    #[arg(long)]
    phone: Option<String>,

    /// Role: agent, requester, supervisor, admin, external-agent (can be repeated)
    #[arg(
        long = "role",
        value_name = "ROLE",
        value_parser = OneOf::<Role>::words(),
        hide_possible_values = true
    )]
    roles: Vec<Role>,

    /// Team (can be repeated)
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<TeamName>,

    /// Skill, with a level from 1 to 5 [default level: 1] (can be repeated)
    #[arg(long = "skill", value_name = "SKILL[:LEVEL]")]
    skills: Vec<SkillGrant>,

    /// Project to take calls from, with a weight (can be repeated)
    #[arg(long = "project", value_name = "PROJECT[:WEIGHT]")]
    projects: Vec<AssignmentRequest>,

    /// Language: hu, en-GB (BCP 47)
    #[arg(long, value_name = "TAG")]
    language: Option<LanguageTag>,

    /// Create the user inactive
    #[arg(long)]
    inactive: bool,

    /// Whether the user chooses which projects to enter [default: on]
    #[arg(long, value_name = "on|off")]
    project_selection: Option<OnOff>,

    #[command(flatten)]
    window: WindowArgs,

    /// Copy this user's roles, teams, skills, projects with weights, language and project
    /// selection; an option given as well replaces the whole list
    #[arg(long, value_name = "USERNAME")]
    like: Option<Username>,

    /// Succeed if the user already exists
    #[arg(long)]
    if_not_exists: bool,

    #[command(flatten)]
    interactive: Interactive,

    #[command(flatten)]
    password: PasswordOptions,
}

impl UserCreateArgs {
    /// What is to be asked before the command runs. Whoever may not create, or names what is not
    /// there, learns that before anything is typed.
    pub(crate) fn wanted(
        &self,
        context: &Context,
        directory: Option<&Directory>,
        everything: bool,
    ) -> Result<Wanted, CommandEnd> {
        let mut form = self.form(context, None)?;
        if let Some(directory) = directory {
            directory.may_create(form.roles)?;
            if let Some(username) = &form.username
                && directory.user_exists(username)?
            {
                return Ok(Wanted::default());
            }
        }
        handout::begin(context, self.password.hand_out())?;
        if let Some(model) = &self.like {
            template::take_over(&mut form, directory, model)?;
        }
        form.check_names(directory)?;
        let questions = form.questions(&self.required(context), everything);
        Ok(Wanted { questions, roles: form.roles })
    }

    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        // What comes from stdin or a descriptor is read before the store is opened.
        let mut form = self.form(context, self.password.read(ui)?)?;
        // Opened once, since on a shared host it can only be opened once. Whoever may not is told
        // that before anything that is missing, and before anything is typed.
        let opened = context.directory_if_there()?;
        if let Some(directory) = &opened {
            directory.may_create(form.roles)?;
        }
        let mut hand_out = handout::begin(context, self.password.hand_out())?;
        let mut left_out = None;
        if let Some(model) = &self.like {
            if self.is_there(context, opened.as_ref(), form.username.as_ref())? {
                return DONE;
            }
            left_out = Some(template::take_over(&mut form, opened.as_ref(), model)?);
        }
        let missing = form.missing(&self.required(context));
        if !missing.is_empty() {
            if !ui.can_ask() {
                return Err(cannot_ask(&missing));
            }
            if self.is_there(context, opened.as_ref(), form.username.as_ref())? {
                return DONE;
            }
            form.check_names(opened.as_ref())?;
            form.ask_password(context)?;
        }
        let asked = !missing.is_empty();
        let Some((user, source)) = form.complete() else {
            return Err(cannot_ask(&missing));
        };
        let mut directory = match opened {
            Some(directory) => directory,
            None => context.directory(StoreAccess::Write)?,
        };
        directory.may_create(user.roles)?;
        if !asked && self.if_not_exists && found(context, &directory, &user.username)? {
            return DONE;
        }
        let password = self.password.password(source);
        let mut credentials = Credentials::whole(context, self.password.credentials())?;
        let kept = &mut credentials;
        let made = create(&mut directory, &user, &password, (hand_out.as_mut(), kept));
        let (created, prepared) = match made {
            Err(CreateEnd::Rule(Error::Exists { .. })) if self.if_not_exists => {
                credentials.take_back();
                found(context, &directory, &user.username)?;
                return DONE;
            }
            Err(refused) => {
                credentials.take_back();
                return Err(refused.into());
            }
            Ok(made) => made,
        };
        report(context, &directory, created, prepared, left_out.as_ref())
    }

    /// What is mandatory here: what the site wants, and where the password is to be sent.
    fn required(&self, context: &Context) -> Vec<ProfileField> {
        let mut required = context.policy().required_fields();
        let needed = self.password.hand_out().and_then(DeliveryMethod::needs);
        required.extend(needed.filter(|field| !required.contains(field)));
        required
    }

    fn form(
        &self,
        context: &Context,
        password: Option<PasswordSource>,
    ) -> Result<NewUserForm, CommandEnd> {
        let phone = match &self.phone {
            Some(text) => Some(Phone::parse(text, context.phone_region())?),
            None => None,
        };
        let state = if self.inactive { State::Inactive } else { State::Active };
        Ok(NewUserForm {
            username: self.username.clone(),
            full_name: self.name.clone(),
            email: self.email.clone(),
            phone,
            state,
            window: self.window.edit(context.now()).apply(Window::ALWAYS),
            roles: role_set(&self.roles),
            teams: once_each(&self.teams, |team| team.as_str())?,
            skills: once_each(&self.skills, |grant| grant.skill.as_str())?,
            language: self.language.clone(),
            project_selection: self.project_selection.map(OnOff::is_on),
            projects: once_each(&self.projects, |request| request.project.as_str())?,
            password,
        })
    }

    /// Whether the user is there before anything is asked: an error, or taken as done.
    fn is_there(
        &self,
        context: &Context,
        directory: Option<&Directory>,
        username: Option<&Username>,
    ) -> Result<bool, CommandEnd> {
        let (Some(username), Some(directory)) = (username, directory) else {
            return Ok(false);
        };
        if !directory.user_exists(username)? {
            return Ok(false);
        }
        if self.if_not_exists {
            return found(context, directory, username);
        }
        let object = crate::directory::EntityKind::User;
        Err(Error::Exists { object, name: username.to_string() }.into())
    }
}

/// Why nobody was created.
enum CreateEnd {
    Rule(Error),
    Handout(CommandEnd),
}

impl From<CreateEnd> for CommandEnd {
    fn from(refused: CreateEnd) -> Self {
        match refused {
            CreateEnd::Rule(error) => error.into(),
            CreateEnd::Handout(stop) => stop,
        }
    }
}

/// Creates the user; what is to be handed out is ready before.
fn create<'h, 'c>(
    directory: &mut Directory,
    user: &NewUser,
    password: &NewPassword,
    (hand_out, credentials): (Option<&'h mut Handout<'c>>, &mut Credentials),
) -> Result<(CreatedUser, Option<PreparedHandout<'h, 'c>>), CreateEnd> {
    let issue = directory.issue_to_new(user, password).map_err(CreateEnd::Rule)?;
    let prepared = match hand_out {
        Some(hand_out) => {
            let prepared = hand_out.prepare(&[Card::from(&issue)]).map_err(CommandEnd::from);
            Some(prepared.and_then(PreparedHandout::go_on).map_err(CreateEnd::Handout)?)
        }
        None => None,
    };
    let kept = credentials.keep(std::slice::from_ref(&issue));
    kept.map_err(|failure| CreateEnd::Handout(failure.into()))?;
    let mut created = directory.create_user_with(user, Some(issue)).map_err(CreateEnd::Rule)?;
    if credentials.are_kept() {
        created.generated = None;
    }
    Ok((created, prepared))
}

fn cannot_ask(missing: &[String]) -> CommandEnd {
    CliError::new(ErrorCode::MissingInput, format!("missing: {}", missing.join(", ")))
        .with_hint(
            "on a terminal you are asked for them; `ccadmin user create --help` explains them",
        )
        .into()
}
