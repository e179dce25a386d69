//! Tests of the rules about users.

mod create;
mod delete;
mod list;
mod record;
mod rename;
mod roads;
mod state;
mod template;
mod update;
