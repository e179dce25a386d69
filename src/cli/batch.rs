//! Several names on one command line: tried one by one, each reported; and what is printed of them.

use std::io;
use std::process::ExitCode;

use crate::cli::context::Context;
use crate::cli::error::{CommandEnd, CommandResult};
use crate::cli::terminal::output::{Format, ListOptions, ListWriter, Record, write_one};
use crate::cli::terminal::ui::Ui;

/// What came of several, and the status of the first that failed.
pub(crate) struct BatchResult<T> {
    pub(crate) done: Vec<T>,
    failed: Option<u8>,
    /// Why there was no trying the rest.
    stopped: Option<CommandEnd>,
}

impl<T> BatchResult<T> {
    /// Whether somebody interrupted it.
    pub(crate) fn was_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// The exit status of the whole: that of the first that failed.
    pub(crate) fn outcome(self) -> CommandResult {
        match (self.stopped, self.failed) {
            (Some(stop), _) => Err(stop),
            (None, Some(status)) => Err(CommandEnd::Reported(status)),
            (None, None) => Ok(ExitCode::SUCCESS),
        }
    }
}

/// Does `act` for each of `items`; one that fails is told and does not keep the others. What was
/// done before somebody interrupted the rest is there to be printed.
pub(crate) fn try_each<I, T>(
    ui: &Ui,
    items: &[I],
    mut act: impl FnMut(&I) -> Result<T, CommandEnd>,
) -> BatchResult<T> {
    let mut tried =
        BatchResult { done: Vec::with_capacity(items.len()), failed: None, stopped: None };
    for item in items {
        match act(item) {
            Ok(result) => tried.done.push(result),
            Err(CommandEnd::Failed(failure)) => {
                ui.error(&failure);
                tried.failed.get_or_insert(failure.code.status());
            }
            Err(stop) => {
                let changed = !tried.done.is_empty();
                tried.stopped = Some(if changed { stop.after_changes() } else { stop });
                break;
            }
        }
    }
    tried
}

/// Prints what a command that writes came to: nothing in table form, else the things as they are
/// now, one alone or a list of `several`.
pub(crate) fn print_batch<R: Record>(
    context: &Context,
    views: &[R],
    several: bool,
) -> Result<(), CommandEnd> {
    // What a dry run would do is told as entries of the log, once it is over.
    if context.rehearses() {
        return Ok(());
    }
    print(context, views, several).map_err(|error| CommandEnd::output_after_change(&error, false))
}

fn print<R: Record>(context: &Context, views: &[R], several: bool) -> io::Result<()> {
    let ui = &context.ui;
    if ui.format == Format::Table {
        return Ok(());
    }
    let terminal = ui.stdout_terminal();
    let mut out = ui.stdout()?;
    match views {
        // The one that was asked for failed.
        [] if !several => Ok(()),
        [view] if !several => write_one(&mut out, view, ui.format, terminal),
        views => {
            let options = ListOptions { format: ui.format, terminal, ..ListOptions::default() };
            let mut list = ListWriter::whole(&mut out, &options);
            for view in views {
                list.push(view)?;
            }
            list.finish(None).map(|_| ())
        }
    }
}
