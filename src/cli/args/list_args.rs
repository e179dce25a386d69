//! What every list takes: which columns, how many rows; and how a list is printed.

use std::io::{self, Write};

use clap::Args;

use crate::cli::context::Context;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::{
    Format, LeftOut, ListOptions, ListWriter, Record, Selection, Sorter, Summary, UnknownColumn,
    sort_column,
};
use crate::cli::terminal::ui::Ui;

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

    /// Leave out the header line of a table or CSV
    #[arg(long, conflicts_with_all = ["field", "count"])]
    no_header: bool,

    /// Sort by this column: by bytes, numbers by their value, what is empty last
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,

    /// Reverse the order
    #[arg(long)]
    reverse: bool,
}

/// What is listed, as messages name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedThings {
    /// Several of them: `users`.
    pub(crate) plural: &'static str,
    /// The command that makes the first one, where there is one.
    pub(crate) create: Option<&'static str>,
    /// Whether only some of them were asked for.
    pub(crate) filtered: bool,
}

impl ListedThings {
    /// All there are, made by the command `create`.
    pub(crate) const fn made_by(plural: &'static str, create: &'static str) -> Self {
        Self { plural, create: Some(create), filtered: false }
    }

    /// What is said where there are none.
    fn none(self) -> String {
        match self {
            Self { plural, filtered: true, .. } => format!("no {plural} match"),
            Self { plural, create: Some(create), .. } => {
                format!("no {plural} yet: `{create}` creates the first")
            }
            Self { plural, .. } => format!("no {plural}"),
        }
    }
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

    /// Refuses a column that `R` does not have, before a store is opened for it.
    ///
    /// # Errors
    ///
    /// The name, with the nearest that exists.
    pub(crate) fn check<R: Record>(&self) -> Result<(), UnknownColumn> {
        self.selection().check::<R>()?;
        self.sort.as_deref().map_or(Ok(()), |column| sort_column::<R>(column).map(drop))
    }

    /// Leaves the order to the store where that has one: the `unasked`, or the one by the column that
    /// `known` is told. Gives which it is and whether it is reversed.
    ///
    /// # Errors
    ///
    /// There is no such column.
    pub(crate) fn take_order<R: Record, K>(
        &mut self,
        unasked: K,
        known: impl FnOnce(&str) -> Option<K>,
    ) -> Result<Option<(K, bool)>, UnknownColumn> {
        let key = match &self.sort {
            None => Some(unasked),
            Some(column) => known(sort_column::<R>(column)?.name),
        };
        Ok(key.map(|key| {
            self.sort = None;
            (key, std::mem::take(&mut self.reverse))
        }))
    }

    /// What puts the rows into an order that they do not come in, where one was asked for.
    fn sorter<R: Record>(&self, wanted: Option<u64>) -> Result<Option<Sorter<R>>, UnknownColumn> {
        let column = self.sort.as_deref().map(sort_column::<R>).transpose()?;
        let is_asked_for = column.is_some() || self.reverse;
        Ok(is_asked_for.then(|| Sorter::new(column, self.reverse, wanted)))
    }

    /// Whether a list of `R` in that form shows the column `name` or is sorted by it.
    pub(crate) fn needs<R: Record>(&self, name: &str, format: Format) -> bool {
        let sort = self.sort.as_deref().and_then(|column| sort_column::<R>(column).ok());
        if sort.is_some_and(|column| column.name == name) {
            return true;
        }
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

    /// How a list in that form is written, with at most `limit` rows.
    pub(crate) fn options(&self, ui: &Ui, limit: Option<u64>) -> ListOptions {
        ListOptions {
            format: ui.format,
            selection: self.selection(),
            terminal: ui.stdout_terminal(),
            limit,
            no_header: self.no_header,
        }
    }

    /// Prints a list. `rows` hands each row to the function that it is given, until that says
    /// stop; nothing is printed on a terminal before it is through, so that no reader keeps the
    /// store waiting. `total` counts all rows, whatever the limit.
    pub(crate) fn print<R: Record>(
        &self,
        context: &Context,
        things: ListedThings,
        limit: Option<u64>,
        rows: impl FnOnce(Option<u64>, &mut dyn FnMut(R) -> bool) -> Result<(), CommandEnd>,
        total: impl FnOnce() -> Result<u64, CommandEnd>,
    ) -> CommandResult {
        let ui = &context.ui;
        let options = self.options(ui, limit);
        let row_limit = options.row_limit();
        let for_person = options.format == Format::Table && options.terminal.is_some();
        // What a person reads is put together first and shown when nothing is read any more.
        let paged = for_person && row_limit.is_some_and(|rows| rows <= MAX_PAGED_ROWS);
        let mut page = Vec::new();
        let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
        let out: &mut dyn Write = if paged { &mut page } else { &mut out };
        let mut list = ListWriter::new(out, &options)?;
        if self.count {
            let total = total()?;
            let counted = limit.map_or(total, |limit| total.min(limit));
            list.finish(Some(counted)).map_err(|error| CommandEnd::output(&error))?;
            return DONE;
        }
        let mut failed: Option<io::Error> = None;
        let mut push = |row| match list.push(&row) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        };
        let mut seen = None;
        if let Some(mut sorter) = self.sorter(row_limit)? {
            rows(None, &mut |row| {
                sorter.push(row);
                true
            })?;
            seen = Some(sorter.seen());
            sorter.finish().all(push);
        } else {
            rows(row_limit, &mut push)?;
        }
        if let Some(error) = failed {
            return Err(CommandEnd::output(&error));
        }
        // Counting all takes a while, which a program has not asked for.
        let total = match seen {
            None if for_person && list.is_full() => Some(total()?),
            seen => seen.filter(|_| for_person),
        };
        let summary = list.finish(total).map_err(|error| CommandEnd::output(&error))?;
        if paged {
            ui.page(&page).map_err(|error| CommandEnd::output(&error))?;
        }
        if options.format == Format::Table && self.field.is_none() {
            if summary.total == 0 {
                ui.status(&things.none());
            }
            if let Some(left_out) = columns_left_out(&summary.columns_left_out) {
                ui.status(&left_out);
            }
        }
        if summary.left_out() > 0 {
            let Summary { shown, total, .. } = summary;
            let rest = if limit.is_some() { "" } else { "; a pipe or a file gets all" };
            ui.notice("more", &format!("{shown} of {total} {}{rest}", things.plural));
        }
        DONE
    }
}

/// What is said of the columns that the terminal had no room for.
fn columns_left_out(columns: &[LeftOut]) -> Option<String> {
    let (constant, dropped): (Vec<_>, Vec<_>) =
        columns.iter().partition(|column| column.constant.is_some());
    let label = |column: &LeftOut| column.name.replace('_', " ");
    let mut parts = Vec::new();
    if !constant.is_empty() {
        let said = constant.iter().map(|column| {
            format!("{} {}", label(column), column.constant.as_deref().unwrap_or_default())
        });
        parts.push(format!("the same in all rows: {}", said.collect::<Vec<_>>().join(", ")));
    }
    if !dropped.is_empty() {
        let names: Vec<String> = dropped.iter().map(|column| label(column)).collect();
        parts.push(format!("no room for: {} (`--columns` chooses)", names.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
