//! What a person or a script sees of an import while it goes on.

use std::collections::HashSet;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use super::credentials::Credentials;
use super::hold_signals;
use super::view::PlanView;
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::handout::{Card, Handout, PreparedHandout};
use crate::cli::impact;
use crate::cli::terminal::output::ListWriter;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::prompt::DeferredSignals;
use crate::cli::terminal::ui::Ui;
use crate::directory::{
    EntityKind, Error, ImportObserver, ImportPhase, ImportWarning, PlannedChange, RowError,
};
use crate::model::{Credential, PasswordOrigin, Secret, User};

/// So much of a plan stays in memory before it goes into a file without a name.
const MAX_PLAN_BYTES_IN_MEMORY: usize = 1 << 20;

/// What is printed when everything is over, kept until then: whoever reads it slowly must not keep
/// other writers waiting.
pub(super) fn spool() -> SpooledTempFile {
    tempfile::spooled_tempfile(MAX_PLAN_BYTES_IN_MEMORY)
}

/// Prints what was kept.
fn print(ui: &Ui, kept: &mut SpooledTempFile) -> io::Result<()> {
    kept.rewind()?;
    let mut out = ui.stdout()?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match kept.read(&mut buffer)? {
            0 => return out.flush(),
            count => out.write_all(buffer.get(..count).unwrap_or_default())?,
        }
    }
}

/// Looks on.
pub(super) struct ImportReport<'a, 'p> {
    ui: &'a Ui,
    progress: Progress,
    credentials: Credentials,
    hand_out: Option<&'a mut Handout<'a>>,
    /// Who gets their password by a hand-out.
    cards: Vec<(User, Secret)>,
    prepared: Option<PreparedHandout<'a, 'a>>,
    /// Why the hand-out could not be made ready.
    refused: Option<CliError>,
    plan: Option<ListWriter<'p, PlanView>>,
    hints: HashSet<String>,
    signals: Option<DeferredSignals>,
    signal: Option<i32>,
}

/// What is left to say when it is over.
pub(super) struct FinishedImport<'a> {
    /// Where the passwords are.
    kept: Option<PathBuf>,
    prepared: Option<PreparedHandout<'a, 'a>>,
    refused: Option<CliError>,
    /// How many rows a list on a terminal left out, or why it could not be made.
    listed: io::Result<u64>,
    signal: Option<i32>,
    /// Signals wait until everything is told: dropped last.
    _signals: Option<DeferredSignals>,
}

impl<'a, 'p> ImportReport<'a, 'p> {
    pub(super) fn new(
        context: &'a Context,
        credentials: Credentials,
        hand_out: Option<&'a mut Handout<'a>>,
        plan: Option<ListWriter<'p, PlanView>>,
    ) -> Self {
        Self {
            ui: &context.ui,
            progress: Progress::new(&context.ui),
            credentials,
            hand_out,
            cards: Vec::new(),
            prepared: None,
            refused: None,
            plan,
            hints: HashSet::new(),
            signals: None,
            signal: None,
        }
    }

    /// Ends the report. Passwords of users who were not committed are taken back.
    pub(super) fn finish(mut self, committed: bool) -> FinishedImport<'a> {
        self.progress.clear();
        self.hear();
        let kept = self.credentials.place().map(Path::to_owned).filter(|_| committed);
        if !committed {
            self.credentials.take_back();
        }
        let listed =
            self.plan.map_or(Ok(0), |plan| plan.finish(None).map(|summary| summary.left_out()));
        let (prepared, refused) = (self.prepared, self.refused);
        let signal = self.signal;
        FinishedImport { kept, prepared, refused, listed, signal, _signals: self.signals }
    }

    fn hear(&mut self) {
        if let Some(signals) = &mut self.signals {
            self.signal = self.signal.or(signals.pending());
        }
    }
}

impl FinishedImport<'_> {
    /// The signal that came meanwhile.
    pub(super) fn signal(&self) -> Option<i32> {
        self.signal
    }

    pub(super) fn interrupted(&self) -> CommandEnd {
        match self.signal {
            Some(signal) => CommandEnd::Interrupted(signal),
            None => CliError::new(ErrorCode::Internal, "it was stopped").into(),
        }
    }

    /// What ended it, for people.
    pub(super) fn failure(&mut self, error: Error) -> CommandEnd {
        self.refused.take().map_or_else(|| error.into(), CommandEnd::from)
    }

    /// Delivers what was made ready to be handed out.
    pub(super) fn deliver(&mut self) -> CommandResult {
        match self.prepared.take() {
            Some(prepared) => prepared.deliver().outcome(),
            None => DONE,
        }
    }

    /// Prints the list that was kept.
    pub(super) fn print(&mut self, ui: &Ui, kept: &mut SpooledTempFile) -> io::Result<()> {
        match &mut self.listed {
            Ok(_) => print(ui, kept),
            Err(error) => Err(std::mem::replace(error, io::ErrorKind::Other.into())),
        }
    }

    pub(super) fn tell_rest(&self, ui: &Ui) {
        if let Some(path) = &self.kept {
            ui.status(&format!("the passwords are in {}", path.display()));
        }
        if let Ok(left_out @ 1..) = self.listed {
            ui.notice("more", &format!("{left_out} more; a pipe or a file gets them all"));
        }
    }
}

impl ImportObserver for ImportReport<'_, '_> {
    fn progress(&mut self, phase: ImportPhase, done: u64, total: Option<u64>) {
        let (what, timed) = match phase {
            ImportPhase::Reading => ("reading rows", false),
            ImportPhase::Hashing => ("hashing passwords", true),
            ImportPhase::Writing => ("writing rows", true),
        };
        if phase == ImportPhase::Writing && self.signals.is_none() {
            self.signals = hold_signals();
        }
        self.progress.show(what, done, total, timed);
    }

    fn should_stop(&mut self) -> bool {
        self.hear();
        self.signal.is_some()
    }

    fn refused(&mut self, flaw: RowError) {
        let mut failure = row_failure(flaw);
        // A program reads each line by itself; a person needs each piece of advice once.
        let said = failure.hint.as_ref().is_some_and(|hint| !self.hints.insert(hint.clone()));
        if said && !self.ui.format.is_json() {
            failure.hint = None;
        }
        self.progress.suspend(|| self.ui.error(&failure));
    }

    fn warn(&mut self, remark: ImportWarning) {
        self.progress.suspend(|| print_remark(self.ui, &remark));
    }

    fn wants_plan(&self) -> bool {
        self.plan.is_some()
    }

    fn planned(&mut self, item: PlannedChange) -> io::Result<()> {
        match &mut self.plan {
            Some(plan) => plan.push(&PlanView::new(item)),
            None => Ok(()),
        }
    }

    fn issued(&mut self, user: &User, password: &Secret) -> io::Result<()> {
        let generated = |one: &Credential| one.origin == PasswordOrigin::Generated;
        if self.hand_out.is_some() {
            self.cards.push((user.clone(), password.clone()));
        }
        match &user.credential {
            Some(credential) if generated(credential) => self.credentials.add(user, password),
            _ => Ok(()),
        }
    }

    fn before_commit(&mut self) -> io::Result<()> {
        if let Some(hand_out) = self.hand_out.take() {
            let cards: Vec<Card<'_>> =
                self.cards.iter().map(|(user, password)| card(user, password)).collect();
            match hand_out.prepare(&cards) {
                Ok(prepared) => self.prepared = Some(prepared),
                Err(failure) => {
                    self.refused = Some(failure);
                    return Err(io::ErrorKind::Other.into());
                }
            }
        }
        self.credentials.settle()
    }
}

fn card<'u>(user: &'u User, password: &'u Secret) -> Card<'u> {
    Card {
        username: &user.username,
        full_name: &user.full_name,
        email: user.email.as_ref(),
        phone: user.phone.as_ref(),
        language: user.language.as_ref(),
        password,
        expires_at: user.credential.as_ref().and_then(|credential| credential.expires_at),
    }
}

/// Tells what may not be what was meant.
pub(super) fn print_remark(ui: &Ui, remark: &ImportWarning) {
    match remark {
        ImportWarning::CaseTwin { line, username, twin } => ui.warning(
            "case-twin",
            &format!("line {line}: `{username}` differs from {twin} only in case"),
        ),
        ImportWarning::NearlyThere { object, name, near } => ui.warning(
            "nearly-there",
            &format!("the new {} `{name}` has almost the same name as `{near}`", object.as_str()),
        ),
        ImportWarning::PasswordsKept { count } => {
            let (rows, have) = if *count == 1 { ("row", "has") } else { ("rows", "have") };
            let message =
                format!("{count} {rows} {have} a password for an existing user, who keeps theirs");
            ui.notice("passwords-kept", &message);
        }
        ImportWarning::LongWrite { rows, seconds } => ui.notice(
            "long-write",
            &format!("writing {rows} rows: other changes wait for about {seconds} seconds"),
        ),
        ImportWarning::LeftOut(project) => ui.warning(
            "left-out",
            &format!("the project `{project}` is inactive: new users are not assigned to it"),
        ),
        ImportWarning::Unattended(project) => {
            impact::warn_unattended(ui, std::slice::from_ref(project));
        }
    }
}

/// Why a row was refused, with its place and with what helps in a file.
pub(super) fn row_failure(flaw: RowError) -> CliError {
    let RowError { line, column, username, error } = flaw;
    let hint = match &error {
        Error::Exists { .. } => Some(
            "`--on-conflict skip` leaves existing users alone, `--on-conflict update` changes them",
        ),
        Error::NotFound { object: EntityKind::User, .. } => None,
        Error::NotFound { nearest: None, .. } => Some("`--create-missing` creates it"),
        Error::NotAssignable { .. } => Some("only `agent` and `external-agent` have projects"),
        Error::StillAssigned { .. } => Some("clear `projects` in the same row: `-`"),
        Error::PasswordForRole { .. } => {
            Some("`ccadmin user update USERNAME --add-role ROLE` does it, with a new password")
        }
        Error::Missing { .. } => {
            Some("the settings of this site (`user.require`) or the hand-out require them")
        }
        Error::LastRole { .. } => Some("leave the cell empty, or give the user another role"),
        Error::LastAdmin { .. } => Some("make another user an admin first"),
        _ => None,
    };
    let missing = match &error {
        Error::Missing { fields } => {
            let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            Some(format!("missing: {}", names.join(", ")))
        }
        _ => None,
    };
    let mut failure = CliError::from(error);
    if let Some(hint) = hint {
        failure.hint = Some(hint.to_owned());
    }
    let message = missing.unwrap_or_else(|| std::mem::take(&mut failure.message));
    failure.details.clear();
    let place = match (line, &column) {
        (0, _) => String::new(),
        (line, None) => format!("line {line}: "),
        (line, Some(column)) => format!("line {line}, column `{column}`: "),
    };
    failure.message = format!("{place}{message}");
    if line > 0 {
        failure = failure.about("line", line);
    }
    if let Some(column) = column {
        failure = failure.about("column", column);
    }
    match username {
        Some(username) => failure.about("username", username),
        None => failure,
    }
}
