//! Tests of the rules about users.

mod create;
mod delete;
mod like;
mod list;
mod record;
mod rename;
mod state;
mod update;
