//! Tests of the rules about users.

mod create;
mod like;
mod list;
mod state;
mod update;
