//! `ccadmin audit list --follow`: each entry as it is written.

use std::time::Duration;

use super::view::EntryView;
use crate::cli::args::list_args::ListArgs;
use crate::cli::context::Context;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::ListWriter;
use crate::cli::terminal::ui::Ui;
use crate::directory::{AuditCursor, Directory};
use crate::model::AuditFilter;

/// So often the store is asked whether anything has changed.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// After so many looks at a store that nobody has changed the log is read all the same: a session may
/// have ended, and what a process that died has left open is written into the log then.
const MOST_IDLE_LOOKS: u32 = 150;

/// So many entries are read at a time, so that a slow reader of stdout does not keep the store's log
/// from being emptied.
const PAGE_ENTRIES: usize = 500;

/// Writes the entries that `filter` lets through, oldest first, until nobody reads them any more, or
/// `limit` are written.
pub(super) fn follow(
    context: &Context,
    directory: &Directory,
    list: &ListArgs,
    filter: &AuditFilter,
    user: Option<&str>,
    limit: Option<u64>,
) -> CommandResult {
    let ui = &context.ui;
    let mut left = limit.unwrap_or(u64::MAX);
    let options = list.options(ui, Some(left));
    let mut out = ui.stdout().map_err(|error| CommandEnd::output(&error))?;
    let mut writer = ListWriter::new(&mut out, &options)?;
    let mut cursor = match (filter.after_seq, filter.since) {
        (Some(seq), _) => AuditCursor::after(seq),
        (None, Some(_)) => AuditCursor::after(0),
        (None, None) => directory.audit_end()?,
    };
    while left > 0 {
        // Asked first: what is written while the log is read is seen at the next look.
        let changes = directory.changes()?;
        loop {
            let page = usize::try_from(left).unwrap_or(PAGE_ENTRIES).min(PAGE_ENTRIES);
            let entries = directory.audit_after(&mut cursor, filter, user, page)?;
            let count = entries.len();
            left -= count as u64;
            entries
                .into_iter()
                .try_for_each(|entry| writer.push(&EntryView::from(entry)))
                .and_then(|()| writer.flush_rows())
                .map_err(|error| CommandEnd::output(&error))?;
            if count < page || left == 0 {
                break;
            }
        }
        let mut looks = 0;
        while left > 0 && looks < MOST_IDLE_LOOKS && directory.changes()? == changes {
            let gone = Ui::stdout_closes_within(BETWEEN_LOOKS);
            if gone.map_err(|error| CommandEnd::output(&error))? {
                return Err(CommandEnd::ClosedPipe);
            }
            looks += 1;
        }
    }
    writer.finish(None).map_err(|error| CommandEnd::output(&error))?;
    DONE
}
