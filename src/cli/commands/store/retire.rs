//! `ccadmin store retire`.

use clap::Args;

use super::info;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::Format;
use crate::model::Description;

/// Mark the store as moved, so that nobody keeps writing to it
///
/// From then on every command that would write, including a sign-in, fails with exit status 13
/// (`store-retired`) and names the place given with `--to`; reading and `store backup` still work.
/// A backup that is restored elsewhere accepts changes there.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin store retire --to new-host:/var/lib/ccadmin/ccadmin.db
  ccadmin store retire --undo")]
pub(crate) struct StoreRetireArgs {
    /// The place it has moved to, shown to everybody: leave out any password
    #[arg(long, value_name = "URL")]
    to: Option<Description>,

    /// Undo this: the store accepts changes again
    #[arg(long, conflicts_with = "to")]
    undo: bool,
}

impl StoreRetireArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        if self.to.as_ref().is_some_and(|to| holds_password(to.as_str())) {
            return Err(CommandEnd::usage("--to holds a password, which everybody would be told")
                .with_hint("leave it out: postgres://NAME@HOST/DATABASE")
                .into());
        }
        let mut directory = context.directory(StoreAccess::Change)?;
        let changed = if self.undo {
            directory.undo_retirement()?
        } else {
            directory.retire(self.to.as_ref())?
        };
        drop(directory);
        let state = match (self.undo, &self.to) {
            (true, _) => "the store accepts changes".to_owned(),
            (false, None) => "the store is retired and accepts no changes".to_owned(),
            (false, Some(to)) => format!("the store is retired and has moved to {}", to.as_str()),
        };
        if changed {
            context.ui.status(&state);
        } else {
            context.ui.notice("already", &format!("already done: {state}"));
        }
        if context.ui.format != Format::Table {
            info::print(context)?;
        }
        DONE
    }
}

/// Whether a URL names a password beside its user.
fn holds_password(url: &str) -> bool {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    let user = authority.and_then(|authority| authority.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':'))
        || url.split_once('?').is_some_and(|(_, query)| {
            query.split('&').any(|pair| pair.to_ascii_lowercase().starts_with("password="))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_seen() {
        for url in [
            "postgres://ann:secret@db/ccadmin",
            "postgres://ann:p@ss@db:5432/ccadmin",
            "postgres://db/ccadmin?sslmode=require&Password=secret",
        ] {
            assert!(holds_password(url), "{url}");
        }
        for url in
            ["postgres://ann@db:5432/ccadmin", "new-host:/var/lib/ccadmin.db", "sqlite:/srv/a:b@c"]
        {
            assert!(!holds_password(url), "{url}");
        }
    }
}
