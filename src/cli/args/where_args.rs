//! `--where FIELD=VALUE`: users by what they are, in place of usernames; the fields are the filters of
//! `user list`.

use clap::Args;

use crate::cli::args::filters::parse_fields;
use crate::cli::args::usernames::{MissingUsers, Targets};
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, Error};
use crate::model::{AuditAction, Username};

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
        let filter = parse_fields(&self.fields)?.filter(context.now())?;
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
