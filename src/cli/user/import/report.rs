//! What a person or a script sees of an import while it goes on.

use std::collections::HashSet;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use super::credentials::Credentials;
use super::hold_signals;
use super::view::PlanView;
use crate::cli::context::Context;
use crate::cli::error::{Code, DONE, Failure, Outcome, Stop};
use crate::cli::hand_out::{Card, HandOut, Prepared};
use crate::cli::impact;
use crate::cli::terminal::output::{ListWriter, Summary};
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::prompt::Deferred;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Error, ImportRemark, ImportWatch, Noun, Phase, PlanItem, RowFlaw};
use crate::model::{Credential, PasswordOrigin, Secret, User};

/// So much of a plan stays in memory before it goes into a file without a name.
const IN_MEMORY: usize = 1 << 20;

/// What is printed when everything is over, kept until then: whoever reads it slowly must not keep
/// other writers waiting.
pub(super) fn spool() -> SpooledTempFile {
    tempfile::spooled_tempfile(IN_MEMORY)
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
pub(super) struct Report<'a, 'p> {
    ui: &'a Ui,
    progress: Progress,
    credentials: Credentials,
    hand_out: Option<&'a mut HandOut<'a>>,
    /// Who gets his password by a hand-out.
    cards: Vec<(User, Secret)>,
    prepared: Option<Prepared<'a, 'a>>,
    /// Why the hand-out could not be made ready.
    refused: Option<Failure>,
    plan: Option<ListWriter<'p, PlanView>>,
    hints: HashSet<String>,
    signals: Option<Deferred>,
    signal: Option<i32>,
}

/// What is left to say when it is over.
pub(super) struct Finished<'a> {
    /// Where the passwords are.
    kept: Option<PathBuf>,
    prepared: Option<Prepared<'a, 'a>>,
    refused: Option<Failure>,
    /// How many rows a list on a terminal left out, or why it could not be made.
    listed: io::Result<u64>,
    signal: Option<i32>,
    /// Signals wait until everything is told: dropped last.
    _signals: Option<Deferred>,
}

impl<'a, 'p> Report<'a, 'p> {
    pub(super) fn new(
        context: &'a Context,
        credentials: Credentials,
        hand_out: Option<&'a mut HandOut<'a>>,
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
    pub(super) fn finish(mut self, committed: bool) -> Finished<'a> {
        self.progress.clear();
        self.hear();
        let kept = self.credentials.place().map(Path::to_owned).filter(|_| committed);
        if !committed {
            self.credentials.take_back();
        }
        let listed = self.plan.map_or(Ok(0), |plan| plan.finish(None).map(Summary::left_out));
        let (prepared, refused) = (self.prepared, self.refused);
        let signal = self.signal;
        Finished { kept, prepared, refused, listed, signal, _signals: self.signals }
    }

    fn hear(&mut self) {
        if let Some(signals) = &mut self.signals {
            self.signal = self.signal.or(signals.pending());
        }
    }
}

impl Finished<'_> {
    /// The signal that came meanwhile.
    pub(super) fn signal(&self) -> Option<i32> {
        self.signal
    }

    pub(super) fn interrupted(&self) -> Stop {
        match self.signal {
            Some(signal) => Stop::Interrupted(signal),
            None => Failure::new(Code::Internal, "it was stopped").into(),
        }
    }

    /// What ended it, for people.
    pub(super) fn failure(&mut self, error: Error) -> Stop {
        self.refused.take().map_or_else(|| error.into(), Stop::from)
    }

    /// Delivers what was made ready to be handed out.
    pub(super) fn deliver(&mut self) -> Outcome {
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

impl ImportWatch for Report<'_, '_> {
    fn progress(&mut self, phase: Phase, done: u64, total: Option<u64>) {
        let (what, timed) = match phase {
            Phase::Reading => ("reading rows", false),
            Phase::Hashing => ("hashing passwords", true),
            Phase::Writing => ("writing rows", true),
        };
        if phase == Phase::Writing && self.signals.is_none() {
            self.signals = hold_signals();
        }
        self.progress.show(what, done, total, timed);
    }

    fn should_stop(&mut self) -> bool {
        self.hear();
        self.signal.is_some()
    }

    fn refused(&mut self, flaw: RowFlaw) {
        let mut failure = row_failure(flaw);
        // A program reads each line by itself; a person needs each piece of advice once.
        let said = failure.hint.as_ref().is_some_and(|hint| !self.hints.insert(hint.clone()));
        if said && !self.ui.format.is_json() {
            failure.hint = None;
        }
        self.progress.suspend(|| self.ui.error(&failure));
    }

    fn remark(&mut self, remark: ImportRemark) {
        self.progress.suspend(|| tell(self.ui, &remark));
    }

    fn wants_plan(&self) -> bool {
        self.plan.is_some()
    }

    fn planned(&mut self, item: PlanItem) -> io::Result<()> {
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
pub(super) fn tell(ui: &Ui, remark: &ImportRemark) {
    match remark {
        ImportRemark::CaseTwin { line, username, twin } => ui.warning(
            "case-twin",
            &format!("line {line}: `{username}` differs from {twin} in nothing but case"),
        ),
        ImportRemark::NearlyThere { noun, name, near } => ui.warning(
            "nearly-there",
            &format!("the new {} `{name}` is nearly called as `{near}`", noun.as_str()),
        ),
        ImportRemark::PasswordsKept { count } => ui.notice(
            "passwords-kept",
            &format!("{count} rows have a password for users who exist: they keep theirs"),
        ),
        ImportRemark::LongWrite { rows, seconds } => ui.notice(
            "long-write",
            &format!("writing {rows} rows: other writers wait for about {seconds} seconds"),
        ),
        ImportRemark::LeftOut(project) => ui.warning(
            "left-out",
            &format!("the project `{project}` is inactive: new users do not get it"),
        ),
        ImportRemark::Unattended(project) => {
            impact::warn_unattended(ui, std::slice::from_ref(project));
        }
    }
}

/// Why a row was refused, with its place and with what helps in a file.
pub(super) fn row_failure(flaw: RowFlaw) -> Failure {
    let RowFlaw { line, column, username, error } = flaw;
    let hint = match &error {
        Error::Exists { .. } => {
            Some("`--on-conflict skip` leaves him as he is, `--on-conflict update` changes him")
        }
        Error::NotFound { noun: Noun::User, .. } => None,
        Error::NotFound { nearest: None, .. } => Some("`--create-missing` makes it"),
        Error::NotAssignable { .. } => Some("only `agent` and `external-agent` have projects"),
        Error::StillAssigned { .. } => Some("clear `projects` in the same row: `-`"),
        Error::PasswordForRole { .. } => {
            Some("`ccadmin user update USERNAME --add-role ROLE` does it, with a fresh password")
        }
        Error::Missing { .. } => {
            Some("the settings of this site (`user.require`) or the hand-out want them")
        }
        Error::LastRole { .. } => Some("leave the cell empty, or give him another role"),
        Error::LastAdmin { .. } => Some("make somebody else an admin first"),
        _ => None,
    };
    let missing = match &error {
        Error::Missing { fields } => {
            let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            Some(format!("missing: {}", names.join(", ")))
        }
        _ => None,
    };
    let mut failure = Failure::from(error);
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
