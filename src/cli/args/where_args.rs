//! `--where FIELD=VALUE`: users by what they are, in place of usernames; the fields are the filters of
//! `user list`.

use clap::{Arg, Args, Command, FromArgMatches};

use crate::cli::args::filters::FilterArgs;
use crate::cli::args::usernames::{MissingUsers, Targets};
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::terminal::ui::Ui;
use crate::cli::usage_error::usage_error;
use crate::directory::{Directory, Error};
use crate::model::{AuditAction, Username, nearest};

/// The most users who are told by name where many are meant.
const MAX_USERS_NAMED: usize = 8;

/// Users by what they are.
#[derive(Debug, Args)]
pub(crate) struct WhereArgs {
    /// All users with this, instead of usernames: `team=voice`, `state=inactive`. FIELD is a filter
    /// of `user list`; the same FIELD again means any of its values, different ones mean all of them
    #[arg(id = "where", long = "where", value_name = "FIELD=VALUE")]
    fields: Vec<String>,
}

/// Whom a command that changes users takes besides usernames.
#[derive(Debug, Args)]
pub(crate) struct ManyUsersArgs {
    #[command(flatten)]
    matching: WhereArgs,

    /// Do not ask whether all users of --where are meant
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    missing: MissingUsers,
}

impl WhereArgs {
    /// Whether any field was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The users who are meant, for the change that `action` names; all of them are changed or none.
    ///
    /// # Errors
    ///
    /// A field that is none; or whoever asks may not make that change.
    pub(crate) fn targets(
        &self,
        context: &Context,
        directory: &Directory,
        action: AuditAction,
    ) -> Result<Targets, CommandEnd> {
        let filter = parse(&self.fields)?.filter(context.now())?;
        let usernames = directory.users_to_change(&filter, action)?;
        if usernames.is_empty() {
            context.ui.status("no users match");
        }
        Ok(Targets::Together(usernames))
    }
}

impl ManyUsersArgs {
    /// Those who are `named` without those who are not there, where the call says so.
    ///
    /// # Errors
    ///
    /// Whoever asks may not look at users.
    pub(crate) fn present(
        &self,
        ui: &Ui,
        directory: &Directory,
        named: Targets,
    ) -> Result<Targets, Error> {
        named.without_missing(ui, directory, self.missing.ignore)
    }

    /// Whether the users are not named.
    pub(crate) fn are_matched(&self) -> bool {
        !self.matching.is_empty()
    }

    /// The users who are meant: those of `--where`, once somebody has said that it is so, else those
    /// who are `named`. `question` asks it, of users in short.
    ///
    /// # Errors
    ///
    /// A field that is none, whoever asks may not make the change that `action` names, or it is not
    /// meant.
    pub(crate) fn targets(
        &self,
        context: &Context,
        directory: &Directory,
        named: Targets,
        action: AuditAction,
        question: impl FnOnce(&str) -> String,
    ) -> Result<Targets, CommandEnd> {
        let ui = &context.ui;
        if self.matching.is_empty() {
            return Ok(self.present(ui, directory, named)?);
        }
        let targets = self.matching.targets(context, directory, action)?;
        let usernames = targets.usernames();
        if self.yes || context.rehearses() || usernames.is_empty() {
            return Ok(targets);
        }
        if !ui.can_ask() {
            return Err(unconfirmed(usernames).into());
        }
        if !ui.prompter()?.confirm(&question(&in_short(usernames)), false)? {
            ui.notice("not-changed", "nothing was changed");
            return Err(CommandEnd::Reported(ErrorCode::MissingInput.status()));
        }
        context.note_answer("--yes");
        Ok(targets)
    }
}

/// The error of a call that means `usernames` without saying so.
pub(crate) fn unconfirmed(usernames: &[Username]) -> CliError {
    let message = format!("missing: --yes, to change {}", in_short(usernames));
    CliError::new(ErrorCode::MissingInput, message)
        .with_hint("`ccadmin user list` with the same --where lists them")
}

/// `3 users (anna, bea, carl)`; of very many the first.
pub(crate) fn in_short(usernames: &[Username]) -> String {
    let names: Vec<&str> = usernames.iter().take(MAX_USERS_NAMED).map(Username::as_str).collect();
    let more = if usernames.len() > MAX_USERS_NAMED { ", ..." } else { "" };
    let users = if usernames.len() == 1 { "user" } else { "users" };
    format!("{} {users} ({}{more})", usernames.len(), names.join(", "))
}

/// The filters that the `fields` of `--where` are, read as the options of that name.
///
/// # Errors
///
/// A field that is none, or a value that it cannot have.
pub(super) fn parse(fields: &[String]) -> Result<FilterArgs, CliError> {
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
