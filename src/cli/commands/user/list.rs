//! `ccadmin user list`.

use clap::Args;

use super::filters::FilterArgs;
use super::view::UserView;
use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::CommandResult;
use crate::model::{Memberships, SortKey, UserFilter};

/// List users
///
/// Several values of the same option select users with any of them; different options have to match
/// all at once.
///
/// --sort takes `name`, `created` and `last-sign-in` too. Together with `username` these are the
/// orders that the store keeps; by any other column the list is sorted in memory.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin user list --project hu-support
  ccadmin user list --role agent --state active --field username
  ccadmin user list --search kovacs --columns username,email,phone
  ccadmin user list --password temporary --created-before 3d")]
pub(crate) struct UserListArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// Show at most N users
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    #[command(flatten)]
    list: ListArgs,
}

impl UserListArgs {
    pub(super) fn run(mut self, context: &Context) -> CommandResult {
        self.list.check::<UserView>()?;
        let now = context.now();
        let kept = |column: &str| match column {
            "username" => Some(SortKey::Username),
            "full_name" => Some(SortKey::Name),
            "created_at" => Some(SortKey::Created),
            "last_sign_in_at" => Some(SortKey::LastSignIn),
            _ => None,
        };
        let order = self.list.take_order::<UserView, _>(SortKey::Username, kept)?;
        let (sort, reverse) = order.unwrap_or_default();
        let mut filter = UserFilter { sort, reverse, ..self.filters.filter(now) };
        let directory = context.directory(StoreAccess::Read)?;
        let needs = |column| self.list.needs::<UserView>(column, context.ui.format);
        let places = Memberships {
            teams: needs("teams"),
            skills: needs("skills"),
            projects: needs("projects"),
        };
        let counted = filter.clone();
        let things = ListedThings {
            filtered: self.filters.filter(now) != UserFilter::default(),
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
