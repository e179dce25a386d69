//! `ccadmin user export`.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::csv_export::CsvUsers;
use super::view::UserView;
use crate::cli::args::filters::FilterArgs;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::global_args::OutputOption;
use crate::cli::output_file::OutputFile;
use crate::cli::terminal::output::{Format, ListOptions, ListWriter};
use crate::config::SettingSource;
use crate::directory::{Directory, Error};
use crate::model::{Memberships, SortKey, UserFilter};

/// Write users to a file or to stdout, for `ccadmin user import`
///
/// Users come in the order in which they were created, including inactive ones, with their roles,
/// teams, skills and projects but never a password. The format is that of `-o` (here also xlsx),
/// otherwise that of the file's name (.xlsx, .csv, .json, .jsonl), otherwise that of the settings;
/// `table` means CSV.
///
/// FILE gets mode 0600; if the export fails, it is not created. The audit log records who exported
/// how many users.
///
/// Several values of the same option select users with any of them; different options have to match
/// all at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user export people.xlsx
  ccadmin user export users.csv
  ccadmin user export --project hu-support --state active -o jsonl
  ccadmin user export users.jsonl --role agent --force")]
pub(crate) struct UserExportArgs {
    /// The file to write; `-` is stdout
    #[arg(value_name = "FILE|-", default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// Replace FILE if it already exists
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    filters: FilterArgs,
}

impl UserExportArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let filter = UserFilter { sort: SortKey::Created, ..self.filters.filter(context.now())? };
        let form = self.form(context)?;
        if self.file == Path::new("-") {
            return run_to_stdout(context, &filter, form);
        }
        if context.is_in_use(&self.file) {
            let message = format!("{} is a file of the store in use", self.file.display());
            return Err(CliError::new(ErrorCode::FileExists, message)
                .with_hint("name another file")
                .into());
        }
        let file = OutputFile::create(&self.file, self.force)
            .map_err(|failure| self.with_hint(failure))?;
        let directory = context.directory(StoreAccess::Read)?;
        record_export(context, &directory, &filter, self.file.file_name())?;
        let failed = |error| CommandEnd::from(file.failure(&error));
        let count = match form {
            ExportForm::Workbook => write_workbook(&directory, &filter, file.writer(), failed)?,
            ExportForm::List(_) => {
                let format = form.list_format();
                let options = ListOptions { format, ..ListOptions::default() };
                write(&directory, &filter, &mut file.writer(), &options, failed)?
            }
        };
        file.finish().map_err(|failure| self.with_hint(failure))?;
        let users = if count == 1 { "user" } else { "users" };
        context.ui.status(&format!("exported {count} {users} to {}", self.file.display()));
        DONE
    }

    /// What the file is to hold: what its ending says, or `-o`. An ending that means nothing is a
    /// slip of the fingers where nothing else says what is meant.
    fn form(&self, context: &Context) -> Result<ExportForm, CliError> {
        let output = &context.settings;
        let is_said = matches!(output.source("output"), SettingSource::Flag(_));
        let is_workbook_said = is_said && output.settings.output == OutputOption::Workbook.as_str();
        let ending = self.file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let ending = ending.as_deref().filter(|_| self.file != Path::new("-"));
        let format_of_ending =
            ending.and_then(|ending| ending.parse().ok()).filter(|format| *format != Format::Table);
        match ending {
            Some("xlsx") if !is_said || is_workbook_said => Ok(ExportForm::Workbook),
            Some("xlsx") => {
                Err(CommandEnd::usage("-o says one form, and the name of the file another")
                    .with_hint("leave -o out: FILE.xlsx is a workbook"))
            }
            Some(_) if is_workbook_said && format_of_ending.is_some() => {
                Err(CommandEnd::usage("-o says one form, and the name of the file another")
                    .with_hint("call it FILE.xlsx"))
            }
            _ if is_workbook_said => Ok(ExportForm::Workbook),
            _ if is_said => Ok(ExportForm::List(context.ui.format)),
            None => Ok(ExportForm::List(context.ui.format)),
            Some(ending) => format_of_ending.map(ExportForm::List).ok_or_else(|| {
                let what = format!("`.{ending}` says nothing about what the file is to hold");
                CommandEnd::usage(what)
                    .with_hint("call it .xlsx, .csv, .json or .jsonl, or say it with -o")
            }),
        }
    }

    /// With the option that helps here.
    fn with_hint(&self, failure: CliError) -> CliError {
        if failure.code == ErrorCode::FileExists && !self.force && !self.file.is_dir() {
            return failure.with_hint("`--force` replaces it");
        }
        failure
    }
}

fn run_to_stdout(context: &Context, filter: &UserFilter, form: ExportForm) -> CommandResult {
    let terminal = context.ui.stdout_terminal();
    if form == ExportForm::Workbook && terminal.is_some() {
        return Err(CommandEnd::usage("a terminal cannot show a workbook")
            .with_hint("name a file: `ccadmin user export people.xlsx`")
            .into());
    }
    let options = ListOptions { format: form.list_format(), terminal, ..ListOptions::default() };
    let directory = context.directory(StoreAccess::Read)?;
    record_export(context, &directory, filter, None)?;
    let mut out = context.ui.stdout().map_err(|error| CommandEnd::output(&error))?;
    let failed = |error: io::Error| CommandEnd::output(&error);
    if form == ExportForm::Workbook {
        write_workbook(&directory, filter, &mut out, failed)?;
    } else {
        write(&directory, filter, &mut out, &options, failed)?;
    }
    DONE
}

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExportForm {
    /// A workbook of a spreadsheet.
    Workbook,
    /// A list, in one of the forms of output.
    List(Format),
}

impl ExportForm {
    /// The form of a list; a table would not be read again.
    fn list_format(self) -> Format {
        match self {
            Self::List(Format::Table) | Self::Workbook => Format::Csv,
            Self::List(format) => format,
        }
    }
}

/// Notes the export in the audit log. A store that cannot be written is still read from, and that
/// there is no entry is said: whoever has its file has its users.
pub(crate) fn record_export(
    context: &Context,
    directory: &Directory,
    filter: &UserFilter,
    file: Option<&OsStr>,
) -> Result<(), CommandEnd> {
    let file = file.map(OsStr::to_string_lossy);
    if !directory.record_export(filter, file.as_deref())? {
        context.ui.warning(
            "not-audited",
            "the store accepts no changes, so this is not in the audit log",
        );
    }
    Ok(())
}

/// Writes the users that `filter` lets through as a workbook; gives how many there were.
fn write_workbook(
    directory: &Directory,
    filter: &UserFilter,
    out: impl Write + Send,
    failed: impl Fn(io::Error) -> CommandEnd,
) -> Result<u64, CommandEnd> {
    directory.export_workbook(filter, out).map_err(|error| match error {
        Error::Output(error) => failed(error),
        other => other.into(),
    })
}

/// Writes the users that `filter` lets through; gives how many there were.
fn write(
    directory: &Directory,
    filter: &UserFilter,
    out: &mut dyn Write,
    options: &ListOptions,
    failed: impl Fn(io::Error) -> CommandEnd,
) -> Result<u64, CommandEnd> {
    if options.format == Format::Csv {
        return write_csv(directory, filter, out, options.terminal.is_some(), failed);
    }
    let now = directory.now();
    let mut result = Ok(());
    let mut list = ListWriter::new(out, options)?;
    directory.list_users(filter, Memberships::ALL, |user| {
        result = list.push(&UserView::exported(user, now));
        result.is_ok()
    })?;
    let summary = result.and_then(|()| list.finish(None)).map_err(failed)?;
    Ok(summary.shown)
}

/// The same as CSV, which several threads make.
fn write_csv(
    directory: &Directory,
    filter: &UserFilter,
    out: &mut dyn Write,
    on_terminal: bool,
    failed: impl Fn(io::Error) -> CommandEnd,
) -> Result<u64, CommandEnd> {
    let empty = CsvUsers::new(on_terminal);
    let mut head = empty.clone();
    head.head();
    let mut head = Some(head);
    let mut count = 0;
    let mut result = Ok(());
    directory.list_rows(filter, &empty, CsvUsers::push, |rows| {
        result = head.take().into_iter().chain([rows]).try_for_each(|rows| {
            count += rows.write_to(out)?;
            Ok(())
        });
        result.is_ok()
    })?;
    result.and_then(|()| out.flush()).map_err(failed)?;
    Ok(count)
}
