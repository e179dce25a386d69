//! `ccadmin undo`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::cli::args::password_options::{self, PasswordOptions};
use crate::cli::batch::print_batch;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::handout::{self, Card, PreparedHandout};
use crate::cli::impact::{report_impact, report_project_impact};
use crate::cli::terminal::output::{Column, Format, Record};
use crate::directory::{Error, PasswordSource, RestoredUser, UndoTarget, Undone};
use crate::model::Username;

/// Undo a change, or all changes of a batch
///
/// The opposite of the change is made, as an ordinary change with an entry of its own, by whoever
/// may make it. A value goes back only where it is still what the change made it; otherwise the
/// later entry is named, and nothing is changed. A deleted user comes back with their number, roles
/// and places, and gets a new temporary password. Passwords, photos, and supervisor and admin roles
/// are not undone.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin undo 17 --dry-run
  ccadmin undo 17
  ccadmin undo --batch 240
  ccadmin undo 31 --generate-password")]
pub(crate) struct UndoArgs {
    /// The number of the entry, as `audit list` and `user history` show it
    #[arg(value_name = "SEQ", required_unless_present = "batch")]
    seq: Option<i64>,

    /// Undo every change of this batch: an import, or one command for several users
    #[arg(long, value_name = "N", conflicts_with = "seq")]
    batch: Option<i64>,

    #[command(flatten)]
    password: PasswordOptions,
}

/// A change that took one back.
#[derive(Serialize, JsonSchema)]
pub(crate) struct UndoneView {
    /// The number of the entry that was taken back.
    undoes: i64,
    action: &'static str,
    subject: Option<String>,
    subject_id: Option<i64>,
    before: Option<Value>,
    after: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_password: Option<String>,
}

impl UndoneView {
    fn new(undone: Undone) -> Self {
        let Undone { seq, entry, generated, .. } = undone;
        Self {
            undoes: seq,
            action: entry.action.as_str(),
            subject: entry.subject,
            subject_id: entry.subject_id,
            before: entry.before,
            after: entry.after,
            temporary_password: generated.map(|password| password.expose().to_owned()),
        }
    }
}

impl Record for UndoneView {
    fn columns() -> &'static [Column<Self>] {
        fn text(value: Option<&String>) -> String {
            value.cloned().unwrap_or_default()
        }
        fn json(value: Option<&Value>) -> String {
            value.map(Value::to_string).unwrap_or_default()
        }
        static COLUMNS: [Column<UndoneView>; 7] = [
            Column::number("undoes", |view, _| view.undoes.to_string()),
            Column::whole("action", |view, _| view.action.to_owned()),
            Column::whole("subject", |view, _| text(view.subject.as_ref())),
            Column::number("subject_id", |view, _| {
                view.subject_id.map(|id| id.to_string()).unwrap_or_default()
            }),
            Column::text("before", |view, _| json(view.before.as_ref())),
            Column::text("after", |view, _| json(view.after.as_ref())),
            Column {
                raw_in_csv: true,
                ..Column::text("temporary_password", |view, _| {
                    text(view.temporary_password.as_ref())
                })
            },
        ];
        &COLUMNS
    }
}

impl UndoArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let given = self.password.read(ui)?;
        let target = match (self.batch, self.seq) {
            (Some(batch), _) => UndoTarget::Batch(batch),
            (None, seq) => UndoTarget::Entry(seq.unwrap_or_default()),
        };
        let mut directory = context.directory(StoreAccess::Write)?;
        let restored = directory.restored_by(target)?;
        let source = self.source(context, &restored, given)?;
        let mut hand_out = handout::begin(context, self.password.hand_out())?;
        let mut credentials = Credentials::whole(context, self.password.credentials())?;
        let issues = match source {
            Some(source) => {
                directory.issue_to_restored(&restored, &self.password.password(source))?
            }
            None => Vec::new(),
        };
        let prepared = match &mut hand_out {
            Some(hand_out) if !issues.is_empty() => {
                let cards: Vec<Card<'_>> = issues.iter().map(Card::from).collect();
                Some(hand_out.prepare(&cards)?.go_on()?)
            }
            _ => None,
        };
        credentials.keep(&issues)?;
        let hidden = credentials.are_kept()
            || prepared.as_ref().is_some_and(PreparedHandout::hides_passwords);
        let mut undone = match directory.undo(target, issues) {
            Err(refused) => {
                credentials.take_back();
                return Err(refusal(refused).into());
            }
            Ok(undone) => undone,
        };
        for one in &mut undone {
            tell(context, one);
            if hidden {
                one.generated = None;
            }
        }
        let handed = prepared.map(PreparedHandout::deliver).unwrap_or_default();
        print(context, undone, matches!(target, UndoTarget::Batch(_)))?;
        handed.outcome()
    }

    /// Where the passwords of those who come back are from; `None` where nobody needs one.
    fn source(
        &self,
        context: &Context,
        restored: &[RestoredUser],
        given: Option<PasswordSource>,
    ) -> Result<Option<PasswordSource>, CommandEnd> {
        let [first, others @ ..] = restored else {
            if self.password.names_anything() {
                return Err(CommandEnd::usage("nobody comes back who would need a password")
                    .with_hint("leave the password options out")
                    .into());
            }
            return Ok(None);
        };
        match given {
            Some(PasswordSource::Typed(_)) if !others.is_empty() => {
                Err(CommandEnd::usage("one typed password cannot be given to several users")
                    .with_hint("--generate-password makes one for each")
                    .into())
            }
            Some(source) => Ok(Some(source)),
            None if context.rehearses() => Ok(Some(PasswordSource::Generated)),
            None if others.is_empty() && context.ui.can_ask() => {
                let question = format!("Temporary password for {}", first.username);
                let names = (first.username.as_str(), first.full_name.as_str());
                password_options::ask(context, &question, names).map(Some)
            }
            None => {
                let names: Vec<&str> =
                    restored.iter().map(|user| user.username.as_str()).take(8).collect();
                let message = format!("missing: a new password for {}", names.join(", "));
                Err(CliError::new(ErrorCode::MissingInput, message)
                    .with_hint("give --password-stdin, --password-fd or --generate-password")
                    .into())
            }
        }
    }
}

/// Why nothing was undone, with hints of this command.
fn refusal(error: Error) -> CliError {
    let hint = match &error {
        Error::InUse { .. } => Some("undo what gave it to them first, or delete it"),
        Error::Exists { .. } => Some("rename or delete the one that has the name now"),
        _ => None,
    };
    let failure = CliError::from(error);
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// Tells what was taken back and what came of it.
fn tell(context: &Context, one: &Undone) {
    let ui = &context.ui;
    let subject = one.entry.subject.as_deref().unwrap_or_default();
    ui.status(&format!("undid {} of {subject} (entry {})", one.undone, one.seq));
    if let Ok(username) = subject.parse::<Username>() {
        report_impact(ui, &username, &one.impact);
    }
    report_project_impact(ui, &one.project_impact);
}

/// Prints the changes, or in table form the passwords that were made.
fn print(context: &Context, undone: Vec<Undone>, several: bool) -> Result<(), CommandEnd> {
    use std::io::Write as _;

    let views: Vec<UndoneView> = undone.into_iter().map(UndoneView::new).collect();
    if context.ui.format != Format::Table || context.rehearses() {
        return print_batch(context, &views, several);
    }
    let written = context.ui.stdout().and_then(|mut out| {
        for view in &views {
            let Some(password) = &view.temporary_password else { continue };
            if several {
                let subject = view.subject.as_deref().unwrap_or_default();
                writeln!(out, "{subject}\t{password}")?;
            } else {
                writeln!(out, "{password}")?;
            }
        }
        out.flush()
    });
    let secret = views.iter().any(|view| view.temporary_password.is_some());
    written.map_err(|error| CommandEnd::output_after_change(&error, secret))
}
