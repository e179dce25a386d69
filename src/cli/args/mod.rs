//! Arguments that several commands take, and how the words of the command line become values.

pub(crate) mod filters;
pub(crate) mod interactive;
pub(crate) mod list_args;
pub(crate) mod password_options;
pub(crate) mod question;
pub(crate) mod time_arg;
pub(crate) mod usernames;
pub(crate) mod value_kind;
pub(crate) mod where_args;
