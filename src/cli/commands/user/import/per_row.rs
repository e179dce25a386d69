//! `--each`: a row in, an answer out.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::UserImportArgs;
use super::fault::row_failure;
use super::report::ImportReport;
use super::source::ImportSource;
use super::view::RowResultView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE};
use crate::cli::output_file::{self, OutputFile};
use crate::cli::terminal::output::{Format, ListOptions, ListWriter};
use crate::directory::{Error, ImportOptions, RawRow, RowOutcome};
use crate::fs::create_new;
use crate::model::{PasswordOrigin, Secret};

impl UserImportArgs {
    pub(super) fn run_each(&self, context: &Context, options: &ImportOptions) -> CommandResult {
        let ui = &context.ui;
        let input = ImportSource::open(ui, self.file())?;
        let credentials = Credentials::growing(context, self.credentials.as_deref())?;
        let mut rejects = RejectsFile::new(self.rejects.as_deref())?;
        let mut directory = context.directory(StoreAccess::Write)?;
        let now = directory.now();
        let shown = !credentials.are_kept();
        let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
        let list = ListOptions { format: ui.format, ..ListOptions::default() };
        let table = ui.format == Format::Table;
        let mut passwords = None;
        let mut answers = None;
        if table {
            passwords = Some(&mut out);
        } else {
            answers = Some(ListWriter::<RowResultView>::new(&mut out, &list)?);
        }
        let mut report = ImportReport::new(context, credentials, None, None);
        let mut broken = None;
        let imported = directory.import_each(input.stream(), options, &mut report, |_, answer| {
            let view = match answer {
                RowOutcome::Done { item, user, password } => {
                    ui.status(&format!("{}: {}", user.username, past(item.action.as_str())));
                    let made = user.credential.as_ref();
                    let made = made.is_some_and(|one| one.origin == PasswordOrigin::Generated);
                    let password = password.filter(|_| shown && made);
                    if let (Some(out), Some(password)) = (&mut passwords, &password) {
                        let line =
                            Secret::new(format!("{}\t{}\n", user.username, password.expose()));
                        out.write_all(line.expose().as_bytes())?;
                        out.flush()?;
                    }
                    RowResultView::done(&item, *user, now, password.as_ref())
                }
                RowOutcome::Refused { row_errors, raw } => {
                    let line = row_errors.first().map_or(0, |flaw| flaw.line);
                    let failures: Vec<CliError> = row_errors.into_iter().map(row_failure).collect();
                    for failure in &failures {
                        ui.error(failure);
                    }
                    if let Err(error) = rejects.add(&raw, &failures) {
                        broken = Some(error);
                        return Err(io::ErrorKind::Other.into());
                    }
                    match failures.first() {
                        Some(first) => RowResultView::refused(line, first),
                        None => return Ok(()),
                    }
                }
            };
            if let Some(answers) = &mut answers {
                answers.push(&view)?;
                answers.flush()?;
            }
            Ok(())
        });
        if let Some(failure) = broken {
            return Err(failure.into());
        }
        if let Some(answers) = answers {
            answers.finish(None).map_err(|error| CommandEnd::output_after_change(&error, shown))?;
        }
        match imported {
            Ok(_) => DONE,
            Err(Error::Unanswered(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                Err(CommandEnd::ClosedPipe)
            }
            Err(error @ Error::Output(_)) => Err(CliError::from(error)
                .with_hint("the rows that were answered are done, this one is not")
                .into()),
            Err(error @ Error::RowsRefused { count: 1.. }) => {
                let kept = "the other rows are done; fix these and import them again";
                Err(CliError::from(error).with_hint(kept).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn past(action: &str) -> &'static str {
    match action {
        "create" => "created",
        "update" => "changed",
        _ => "left unchanged",
    }
}

/// The rows that were refused, as they were, with the reason behind them.
struct RejectsFile {
    path: Option<PathBuf>,
    file: Option<File>,
}

impl RejectsFile {
    fn new(path: Option<&Path>) -> Result<Self, CliError> {
        if let Some(path) = path {
            // Made with the first row, but its place has to be a good one now.
            drop(OutputFile::create(path, false)?);
        }
        Ok(Self { path: path.map(Path::to_owned), file: None })
    }

    fn add(&mut self, raw: &RawRow, failures: &[CliError]) -> Result<(), CliError> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        self.write(&path, raw, failures).map_err(|error| output_file::unwritable(&path, &error))
    }

    fn write(&mut self, path: &Path, raw: &RawRow, failures: &[CliError]) -> io::Result<()> {
        let reasons: Vec<&str> = failures.iter().map(|failure| failure.message.as_str()).collect();
        let mut lines = Vec::new();
        if self.file.is_none() {
            self.file = Some(create_new(path)?);
            lines.extend(line("reason", &raw.header)?);
        }
        lines.extend(line(&reasons.join("; "), &raw.cells)?);
        match &mut self.file {
            Some(file) => file.write_all(&lines),
            None => Ok(()),
        }
    }
}

/// The reason comes first, so that a row keeps its cells, however many they are.
fn line(reason: &str, cells: &[Vec<u8>]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([reason.as_bytes()].into_iter().chain(cells.iter().map(Vec::as_slice)))?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}
