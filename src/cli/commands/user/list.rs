//! `ccadmin user list`.

use clap::Args;

use super::view::UserView;
use crate::cli::args::filters::FilterArgs;
use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::cli::value_parsers::SortOption;
use crate::model::{Memberships, UserFilter};

/// List users
///
/// Several values of the same option select users with any of them; different options have to match
/// all at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user list --project hu-support
  ccadmin user list --role agent --state active --field username
  ccadmin user list --search kovacs --columns username,email,phone
  ccadmin user list --password temporary --created-before 3d
  ccadmin user list --where team=voice --where state=inactive")]
pub(crate) struct UserListArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// Sort by this
    #[arg(long, value_name = "KEY", default_value = "username")]
    sort: SortOption,

    /// Reverse the order
    #[arg(long)]
    reverse: bool,

    /// Show at most N users
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    #[command(flatten)]
    list: ListArgs,
}

impl UserListArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        self.list.selection().check::<UserView>()?;
        let now = context.now();
        let filter = self.filters.filter(now)?;
        let mut filter = UserFilter { sort: self.sort.into(), reverse: self.reverse, ..filter };
        let directory = context.directory(StoreAccess::Read)?;
        let shows = |column| self.list.shows::<UserView>(column, context.ui.format);
        let places = Memberships {
            teams: shows("teams"),
            skills: shows("skills"),
            projects: shows("projects"),
        };
        let counted = filter.clone();
        let things = ListedThings {
            filtered: filter.is_narrowed(),
            ..ListedThings::made_by("users", "ccadmin user create")
        };
        self.list.print(
            context,
            things,
            self.limit,
            |limit, each| {
                filter.limit = limit;
                Ok(directory.list_users(&filter, places, |user| each(UserView::new(user, now)))?)
            },
            || Ok(directory.count_users(&counted)?),
        )
    }
}
