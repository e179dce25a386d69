//! `ccadmin audit show`.

use std::io;

use clap::Args;
use serde::Serialize;

use super::change::{FieldChange, field_changes};
use super::view::EntryView;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::terminal::output::{
    Column, Format, ListOptions, ListWriter, Record, lines, write_lines, write_one,
};

/// Show an audit entry, with what was before and after
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin audit show 7
  ccadmin audit show 7 -o json")]
pub(crate) struct AuditShowArgs {
    /// The number of the entry, as `audit list` shows it
    #[arg(value_name = "SEQ")]
    seq: i64,
}

/// A field of what was changed.
#[derive(Serialize)]
struct FieldView {
    field: String,
    before: String,
    after: String,
}

impl From<FieldChange> for FieldView {
    fn from(change: FieldChange) -> Self {
        let FieldChange { field, before, after, .. } = change;
        Self { field, before: before.unwrap_or_default(), after: after.unwrap_or_default() }
    }
}

impl FieldView {
    fn has_a_value(&self) -> bool {
        !(self.before.is_empty() && self.after.is_empty())
    }
}

impl Record for FieldView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<FieldView>; 3] = [
            Column::whole("field", |view, _| view.field.replace('_', " ")),
            // All of an entry is told: a long value wraps.
            Column::whole("before", |view, _| view.before.clone()),
            Column::whole("after", |view, _| view.after.clone()),
        ];
        &COLUMNS
    }
}

impl AuditShowArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let directory = context.directory(StoreAccess::Read)?;
        let Some(record) = directory.audit_entry(self.seq)? else {
            let message = format!("the audit log has no entry {}", self.seq);
            return Err(CliError::new(ErrorCode::EntryNotFound, message)
                .with_hint("`ccadmin audit list --limit 1` shows the newest")
                .about("seq", self.seq.to_string())
                .into());
        };
        let changes = field_changes(record.before.as_deref(), record.after.as_deref());
        print(context, &EntryView::from(record), changes)
            .map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

fn print(context: &Context, entry: &EntryView, changes: Vec<FieldChange>) -> io::Result<()> {
    let ui = &context.ui;
    let terminal = ui.stdout_terminal();
    ui.data(|out| {
        if ui.format != Format::Table {
            return write_one(out, entry, ui.format, terminal);
        }
        let mut fields = lines(entry);
        fields.retain(|(name, _)| !["before", "after", "change"].contains(name));
        write_lines(out, fields, terminal)?;
        if !changes.is_empty() {
            writeln!(out)?;
            let options = ListOptions { terminal, ..ListOptions::default() };
            let mut list = ListWriter::whole(out, &options);
            let fields = changes.into_iter().map(FieldView::from);
            for field in fields.filter(FieldView::has_a_value) {
                list.push(&field)?;
            }
            list.finish(None)?;
        }
        Ok(())
    })
}
