//! Tests of the rules about users.

mod create;
mod list;
mod state;
mod update;
