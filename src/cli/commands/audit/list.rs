//! `ccadmin audit list`.

use clap::Args;

use super::follow::follow;
use super::view::EntryView;
use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::args::time_arg::TimeArg;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult};
use crate::cli::terminal::output::Format;
use crate::model::{AuditAction, AuditFilter};

/// List audit entries, newest first
///
/// A program that keeps the number of the last entry it has read goes on with `--after-seq`, and
/// with `--follow` waits for more: it misses none, whenever it is stopped. Both begin with the
/// oldest. `--follow` begins with what comes from now on, where neither `--after-seq` nor `--since`
/// says otherwise, and ends after `--limit` entries.
///
/// The hash of the newest entry covers the whole log: keep it elsewhere, and `ccadmin audit verify
/// --head HASH` will show whether anything up to that entry was changed or cut off.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin audit list --user james --limit 10
  ccadmin audit list --action user.deactivate --since 7d
  ccadmin audit list --limit 1 -o json
  ccadmin audit list --after-seq 3 --follow --limit 2 -o jsonl")]
pub(crate) struct AuditListArgs {
    /// Only entries about this user, through all renames
    #[arg(long, value_name = "USER")]
    user: Option<String>,

    /// Only entries by this actor: a username, or os:LOGIN
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,

    /// Only entries with this action: user.create, password.reset, sign-in ...
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Option<AuditAction>,

    /// Only entries at this time or later: 7d (ago), 2026-11-21, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    since: Option<TimeArg>,

    /// Only entries before this time
    #[arg(long, value_name = "TIME", value_parser = TimeArg::parse)]
    until: Option<TimeArg>,

    /// Only entries with a higher number, oldest first
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(i64).range(0..))]
    after_seq: Option<i64>,

    /// Go on with each entry as it is written, oldest first
    #[arg(long, conflicts_with_all = ["until", "count", "sort", "reverse"])]
    follow: bool,

    /// Show at most N entries
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    #[command(flatten)]
    list: ListArgs,
}

fn action(text: &str) -> Result<AuditAction, String> {
    AuditAction::ALL.into_iter().find(|action| action.as_str() == text).ok_or_else(|| {
        let words: Vec<&str> = AuditAction::ALL.iter().map(|action| action.as_str()).collect();
        format!("it has to be one of {}", words.join(", "))
    })
}

impl AuditListArgs {
    pub(super) fn run(mut self, context: &Context) -> CommandResult {
        self.list.check::<EntryView>()?;
        let now = context.now();
        if self.follow && context.ui.format == Format::Json {
            return Err(CommandEnd::usage(
                "`-o json` is one document, which `--follow` never ends",
            )
            .with_hint("`-o jsonl` is one entry a line")
            .into());
        }
        let by_seq = |column: &str| (column == "seq").then_some(true);
        let order = self.list.take_order::<EntryView, _>(self.after_seq.is_some(), by_seq)?;
        let (ascending, reverse) = order.unwrap_or_default();
        let mut filter = AuditFilter {
            after_seq: self.after_seq,
            actor: self.actor,
            action: self.action.map(|action| action.as_str().to_owned()),
            since: self.since.map(|moment| moment.resolve(now)),
            until: self.until.map(|moment| moment.resolve(now)),
            ..AuditFilter::default()
        };
        let directory = context.directory(StoreAccess::Read)?;
        let user = self.user.as_deref();
        if self.follow {
            return follow(context, &directory, &self.list, &filter, user, self.limit);
        }
        let filtered = user.is_some() || filter != AuditFilter::default();
        filter.oldest_first = ascending != reverse;
        self.list.print(
            context,
            ListedThings { plural: "entries", create: None, filtered },
            self.limit,
            |limit, each| {
                let mut left = limit.unwrap_or(u64::MAX);
                if left == 0 {
                    return Ok(());
                }
                Ok(directory.audit(&filter, user, |record| {
                    left -= 1;
                    each(EntryView::from(record)) && left > 0
                })?)
            },
            || {
                let mut count = 0;
                directory.audit(&filter, user, |_| {
                    count += 1;
                    true
                })?;
                Ok(count)
            },
        )
    }
}
