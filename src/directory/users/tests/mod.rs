//! Tests of the rules about users.

mod create;
mod delete;
mod list;
mod record;
mod rename;
mod state;
mod template;
mod update;
