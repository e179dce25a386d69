//! What a person or a script sees of an import while it goes on.

use std::collections::HashMap;
use std::io::{self, Seek};
use std::mem;
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use super::Attempt;
use super::fault::Fault;
use super::hold_signals;
use super::refused::RefusedRows;
use super::view::PlanView;
use crate::cli::context::Context;
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::handout::{Card, Handout, PreparedHandout};
use crate::cli::impact;
use crate::cli::terminal::output::{Format, ListWriter};
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::signals::DeferredSignals;
use crate::cli::terminal::ui::Ui;
use crate::directory::{
    Error, ImportObserver, ImportPhase, ImportWarning, PlannedAction, PlannedChange, RowError,
};
use crate::model::{Credential, PasswordOrigin, Secret, User, Username};

/// So much of a plan stays in memory before it goes into a file without a name.
const MAX_PLAN_BYTES_IN_MEMORY: usize = 1 << 20;

/// So many warnings of a kind are told one by one; a program gets them all.
const MAX_WARNINGS_OF_A_KIND: u64 = 5;

/// So many users are named in a warning.
const MAX_NAMES_TOLD: usize = 20;

/// What is printed when everything is over, kept until then: whoever reads it slowly must not keep
/// other writers waiting.
pub(super) fn spool() -> SpooledTempFile {
    tempfile::spooled_tempfile(MAX_PLAN_BYTES_IN_MEMORY)
}

/// Prints what was kept.
fn print(ui: &Ui, kept: &mut SpooledTempFile) -> io::Result<()> {
    kept.rewind()?;
    ui.data(|out| io::copy(kept, out).map(drop))
}

/// Looks on.
pub(crate) struct ImportReport<'a, 'p> {
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
    /// What the file is called.
    file: String,
    /// Why rows were refused.
    refused_rows: RefusedRows,
    /// Whether each of them is told at once.
    all_errors: bool,
    /// Whether the plan has those who are left unchanged.
    tells_skipped: bool,
    /// How many warnings there were of each kind.
    warned: HashMap<&'static str, u64>,
    /// Those that were shown.
    shown_warnings: Vec<ImportWarning>,
    signals: Option<DeferredSignals>,
    signal: Option<i32>,
}

/// What is left to say when it is over.
pub(crate) struct FinishedImport<'a> {
    /// Where the passwords are.
    kept: Option<PathBuf>,
    prepared: Option<PreparedHandout<'a, 'a>>,
    refused: Option<CliError>,
    refused_rows: RefusedRows,
    warned: HashMap<&'static str, u64>,
    shown_warnings: Vec<ImportWarning>,
    /// How many rows a list on a terminal left out, or why it could not be made.
    listed: io::Result<u64>,
    signal: Option<i32>,
    /// Signals wait until everything is told: dropped last.
    _signals: Option<DeferredSignals>,
}

impl<'a, 'p> ImportReport<'a, 'p> {
    pub(crate) fn new(
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
            file: String::new(),
            refused_rows: RefusedRows::default(),
            all_errors: context.ui.format.is_json(),
            tells_skipped: context.ui.format != Format::Table,
            warned: HashMap::new(),
            shown_warnings: Vec::new(),
            signals: None,
            signal: None,
        }
    }

    /// Calls the file so, where it is a workbook.
    pub(crate) fn of_file(self, file: &Path) -> Self {
        let name = file.file_name().unwrap_or(file.as_os_str());
        Self { file: name.to_string_lossy().into_owned(), ..self }
    }

    /// Tells each row that is refused by itself, where `all` says so.
    pub(crate) fn naming_every_row(self, all: bool) -> Self {
        Self { all_errors: self.all_errors || all, ..self }
    }

    /// Does not give these warnings again.
    pub(super) fn after_warnings(self, shown_warnings: Vec<ImportWarning>) -> Self {
        Self { shown_warnings, ..self }
    }

    /// Ends the report. Passwords of users who were not committed are taken back.
    pub(crate) fn finish(mut self, committed: bool) -> FinishedImport<'a> {
        self.progress.clear();
        self.hear();
        let kept = self.credentials.place().map(Path::to_owned).filter(|_| committed);
        if !committed {
            self.credentials.take_back();
        }
        let listed =
            self.plan.map_or(Ok(0), |plan| plan.finish(None).map(|summary| summary.left_out()));
        let (prepared, refused, refused_rows) = (self.prepared, self.refused, self.refused_rows);
        let (signal, warned) = (self.signal, self.warned);
        FinishedImport {
            kept,
            prepared,
            refused,
            refused_rows,
            warned,
            shown_warnings: self.shown_warnings,
            listed,
            signal,
            _signals: self.signals,
        }
    }

    fn hear(&mut self) {
        if let Some(signals) = &mut self.signals {
            self.signal = self.signal.or(signals.pending());
        }
    }
}

impl FinishedImport<'_> {
    /// The signal that came meanwhile.
    pub(crate) fn signal(&self) -> Option<i32> {
        self.signal
    }

    /// The warnings that were shown, in this try or before it.
    pub(super) fn take_warnings(&mut self) -> Vec<ImportWarning> {
        mem::take(&mut self.shown_warnings)
    }

    pub(crate) fn interrupted(&self) -> CommandEnd {
        match self.signal {
            Some(signal) => CommandEnd::Interrupted(signal),
            None => CliError::new(ErrorCode::Internal, "it was stopped").into(),
        }
    }

    /// What ended it, for people: rows that were refused, or anything else.
    pub(crate) fn failure(&mut self, error: Error) -> Result<Attempt, CommandEnd> {
        let refused = matches!(error, Error::RowsRefused { .. });
        let failure = self.refused.take().unwrap_or_else(|| error.into());
        if refused {
            let rows = mem::take(&mut self.refused_rows);
            return Ok(Attempt::Refused(Box::new((rows, failure))));
        }
        Err(failure.into())
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
            Err(error) => Err(mem::replace(error, io::ErrorKind::Other.into())),
        }
    }

    pub(crate) fn tell_rest(&self, ui: &Ui) {
        if let Some(path) = &self.kept {
            ui.status(&format!("the passwords are in {}", path.display()));
        }
        for (code, count) in &self.warned {
            if let more @ 1.. = count.saturating_sub(MAX_WARNINGS_OF_A_KIND) {
                ui.notice(code, &format!("{more} more warnings like that ({code})"));
            }
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
        if phase == ImportPhase::Reading
            && let Some(total) = total
        {
            self.refused_rows.rows_read = total;
        }
        if phase == ImportPhase::Writing && self.signals.is_none() {
            self.signals = hold_signals();
        }
        self.progress.show(what, done, total, timed);
    }

    fn should_stop(&mut self) -> bool {
        self.hear();
        self.signal.is_some()
    }

    fn refused(&mut self, row_error: RowError) {
        let fault = Fault::new(row_error).of_file(&self.file);
        if self.all_errors {
            let mut failure = fault.whole();
            if !self.ui.format.is_json() {
                failure.hint = None;
            }
            self.progress.suspend(|| self.ui.error(&failure));
        }
        self.refused_rows.add(fault);
    }

    fn warn(&mut self, remark: ImportWarning) {
        let count = self.warned.entry(kind_of(&remark)).or_default();
        *count += 1;
        let is_shown = *count <= MAX_WARNINGS_OF_A_KIND;
        if self.shown_warnings.contains(&remark) {
            return;
        }
        if is_shown || self.ui.format.is_json() {
            self.progress.suspend(|| print_remark(self.ui, &remark));
        }
        if is_shown {
            self.shown_warnings.push(remark);
        }
    }

    fn wants_plan(&self) -> bool {
        self.plan.is_some()
    }

    fn planned(&mut self, item: PlannedChange) -> io::Result<()> {
        match &mut self.plan {
            // A person wants to know what changes; how many do not is in the last line.
            Some(_) if item.action == PlannedAction::Skip && !self.tells_skipped => Ok(()),
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
            Some(credential) if generated(credential) => {
                let made = (password, credential.expires_at);
                self.credentials.add(&user.username, &user.full_name, made)
            }
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
        self.credentials.settle().map_err(|failure| {
            self.refused = Some(failure);
            io::ErrorKind::Other.into()
        })
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

/// The code of a warning.
fn kind_of(remark: &ImportWarning) -> &'static str {
    match remark {
        ImportWarning::CaseTwin { .. } => "case-twin",
        ImportWarning::NearlyThere { .. } => "nearly-there",
        ImportWarning::PasswordsKept { .. } => "passwords-kept",
        ImportWarning::LongWrite { .. } => "long-write",
        ImportWarning::LeftOut(_) => "left-out",
        ImportWarning::Unattended(_) => "no-active-agent",
        ImportWarning::RowsEndEarly { .. } => "rows-end-early",
        ImportWarning::HeaderAgain { .. } => "header-again",
        ImportWarning::SharedContact { .. } => "shared-contact",
        ImportWarning::LettersMayBeLost { .. } => "letters-may-be-lost",
        ImportWarning::OtherSheets { .. } => "other-sheets",
        ImportWarning::NotInFile { .. } => "not-in-file",
    }
}

/// Tells what may not be what was meant.
pub(super) fn print_remark(ui: &Ui, remark: &ImportWarning) {
    match remark {
        ImportWarning::CaseTwin { line, username, twin } => ui.warning(
            kind_of(remark),
            &format!("line {line}: `{username}` differs from {twin} only in case"),
        ),
        ImportWarning::NearlyThere { object, name, near } => ui.warning(
            kind_of(remark),
            &format!("the new {} `{name}` has almost the same name as `{near}`", object.as_str()),
        ),
        ImportWarning::PasswordsKept { count } => {
            let (rows, have) = if *count == 1 { ("row", "has") } else { ("rows", "have") };
            let message =
                format!("{count} {rows} {have} a password for an existing user, who keeps theirs");
            ui.notice(kind_of(remark), &message);
        }
        ImportWarning::LongWrite { rows, seconds } => ui.notice(
            kind_of(remark),
            &format!("writing {rows} rows: other changes wait for about {seconds} seconds"),
        ),
        ImportWarning::LeftOut(project) => ui.warning(
            kind_of(remark),
            &format!("the project `{project}` is inactive: new users are not assigned to it"),
        ),
        ImportWarning::Unattended(project) => {
            impact::warn_unattended(ui, std::slice::from_ref(project));
        }
        ImportWarning::RowsEndEarly { count, line } => {
            let rows =
                if *count == 1 { "1 row ends".to_owned() } else { format!("{count} rows end") };
            let what =
                format!("{rows} early, first in line {line}: what is missing is taken as empty");
            ui.warning(kind_of(remark), &what);
        }
        ImportWarning::HeaderAgain { line } => {
            ui.warning(
                kind_of(remark),
                &format!("line {line} is the header again: it is left out"),
            );
        }
        ImportWarning::SharedContact { line, field, value, earlier } => ui.warning(
            kind_of(remark),
            &format!("line {line}: `{value}` is the {field} of line {earlier} too"),
        ),
        ImportWarning::NotInFile { usernames } => {
            let names: Vec<&str> =
                usernames.iter().take(MAX_NAMES_TOLD).map(Username::as_str).collect();
            let more = if usernames.len() > MAX_NAMES_TOLD { ", ..." } else { "" };
            let what = format!(
                "active users whom the file owns and does not have: {} ({}{more}); `--prune` \
                 deactivates them",
                usernames.len(),
                names.join(", ")
            );
            ui.warning(kind_of(remark), &what);
        }
        ImportWarning::OtherSheets { used, others } => {
            let others: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            let what = format!(
                "the sheet `{used}` is read; there is something in {} too: `--sheet NAME` reads another",
                others.join(", ")
            );
            ui.warning(kind_of(remark), &what);
        }
        ImportWarning::LettersMayBeLost { line, name } => ui.warning(
            kind_of(remark),
            &format!("line {line}: are there letters missing in `{name}`?"),
        ),
    }
}
