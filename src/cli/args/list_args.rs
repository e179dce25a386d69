//! What every list takes: which columns, how many rows; and how a list is printed.

use std::io::{self, Write};

use clap::Args;

use crate::cli::context::Context;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{Format, ListOptions, ListWriter, Record, Selection};

/// A longer list than this is written as it is read, on a terminal too.
const MAX_PAGED_ROWS: u64 = 10_000;

/// What of a list is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output options")]
pub(crate) struct ListArgs {
    /// Show these columns, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "A,B,C", conflicts_with_all = ["field", "count"])]
    columns: Vec<String>,

    /// Print only the values of one column, one per line
    #[arg(long, value_name = "COLUMN", conflicts_with = "count")]
    field: Option<String>,

    /// Print only the number of rows
    #[arg(long)]
    count: bool,
}

impl ListArgs {
    /// What of the list is written.
    pub(crate) fn selection(&self) -> Selection {
        match &self.field {
            _ if self.count => Selection::Count,
            Some(field) => Selection::Field(field.clone()),
            None if self.columns.is_empty() => Selection::Default,
            None => Selection::Columns(self.columns.clone()),
        }
    }

    /// Whether a list of `R` in that form shows the column `name`.
    pub(crate) fn shows<R: Record>(&self, name: &str, format: Format) -> bool {
        match self.selection() {
            Selection::Default => match format {
                Format::Table => R::columns().iter().any(|one| one.name == name && one.in_table),
                Format::Csv => R::columns().iter().any(|one| one.name == name && one.in_csv),
                Format::Json | Format::Jsonl => true,
            },
            Selection::Columns(columns) => columns.iter().any(|one| one.eq_ignore_ascii_case(name)),
            Selection::Field(field) => field.eq_ignore_ascii_case(name),
            Selection::Count => false,
        }
    }

    /// Prints a list. `rows` hands each row to the function that it is given, until that says
    /// stop; nothing is printed on a terminal before it is through, so that no reader keeps the
    /// store waiting. `total` counts all rows, where only some are read.
    pub(crate) fn print<R: Record>(
        &self,
        context: &Context,
        limit: Option<u64>,
        rows: impl FnOnce(Option<u64>, &mut dyn FnMut(R) -> bool) -> Result<(), CommandEnd>,
        total: impl FnOnce() -> Result<u64, CommandEnd>,
    ) -> CommandResult {
        let ui = &context.ui;
        let options = ListOptions {
            format: ui.format,
            selection: self.selection(),
            terminal: ui.stdout_terminal(),
            limit,
        };
        let row_limit = options.row_limit();
        // What a person reads is put together first and shown when nothing is read any more.
        let paged = options.format == Format::Table
            && options.terminal.is_some()
            && row_limit.is_some_and(|rows| rows <= MAX_PAGED_ROWS);
        let mut page = Vec::new();
        let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
        let out: &mut dyn Write = if paged { &mut page } else { &mut out };
        let mut list = ListWriter::new(out, &options)?;
        if self.count {
            let total = total()?;
            list.finish(Some(total)).map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        let mut failed: Option<io::Error> = None;
        rows(row_limit, &mut |row| match list.push(&row) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        })?;
        if let Some(error) = failed {
            return Err(CommandEnd::output(&error));
        }
        // Only where a limit of ours, not the caller's, may have kept rows out.
        let full = limit.is_none() && row_limit.is_some() && list.is_full();
        let total = if full { Some(total()?) } else { None };
        let summary = list.finish(total).map_err(|error| CommandEnd::output(&error))?;
        if paged {
            ui.page(&page).map_err(|error| CommandEnd::output(&error))?;
        }
        if summary.left_out() > 0 {
            let left_out = summary.left_out();
            ui.notice("more", &format!("{left_out} more; a pipe or a file gets them all"));
        }
        DONE
    }
}
