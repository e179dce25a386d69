//! `ccadmin report`: one page about the whole center, to look at and to print.

mod content;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::cli::commands::user::record_export;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::output_file::OutputFile;
use crate::model::UserFilter;
use content::Content;

const PAGE: &str = include_str!("page.html");

/// Write a page about the center, to view or to print
///
/// One HTML file that needs nothing else: who takes calls from which project and with which weight,
/// the shares of each project, projects whose calls nobody would answer, who has never signed in,
/// and what was changed in the last seven days.
///
/// FILE gets mode 0600; if the report fails, it is not created. The audit log records who made it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin report center.html
  ccadmin report center.html --force")]
pub(crate) struct ReportArgs {
    /// The file to write: its name ends in .html
    #[arg(value_name = "FILE.html")]
    file: PathBuf,

    /// Replace FILE if it already exists
    #[arg(long)]
    force: bool,
}

impl ReportArgs {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        let is_page = |ending: &std::ffi::OsStr| {
            ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm")
        };
        if !self.file.extension().is_some_and(is_page) {
            let message = format!("{} does not end in .html", self.file.display());
            return Err(CommandEnd::usage(message)
                .with_hint("a report is HTML: call it report.html")
                .into());
        }
        if context.is_in_use(&self.file) {
            let message = format!("{} is a file of the store in use", self.file.display());
            return Err(CliError::new(ErrorCode::FileExists, message)
                .with_hint("name another file")
                .into());
        }
        let directory = context.directory(StoreAccess::Read)?;
        let file = OutputFile::create(&self.file, self.force).map_err(|failure| {
            if failure.code == ErrorCode::FileExists && !self.force && !self.file.is_dir() {
                return failure.with_hint("`--force` replaces it");
            }
            failure
        })?;
        let page = render(&Content::collect(&directory)?)?;
        record_export(context, &directory, &UserFilter::default(), self.file.file_name())?;
        let mut out = file.writer();
        out.write_all(page.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| file.failure(&error))?;
        drop(out);
        file.finish()?;
        context.ui.status(&format!("wrote {}", self.file.display()));
        DONE
    }
}

/// The page; whatever stands in the store is text there and nothing else.
fn render(content: &Content) -> Result<String, CliError> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.render_str(PAGE, Value::from(Serde(content))).map_err(|error| {
        CliError::new(ErrorCode::Internal, format!("the report cannot be put together: {error}"))
    })
}
