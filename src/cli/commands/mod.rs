//! The commands, a file each, or a folder where a noun has several verbs.

pub(crate) mod assign_project;
pub(crate) mod audit;
pub(crate) mod authenticate;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod dry_run;
pub(crate) mod help;
pub(crate) mod label;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod passwd;
pub(crate) mod project;
pub(crate) mod report;
pub(crate) mod roster;
pub(crate) mod schema;
pub(crate) mod set_weight;
pub(crate) mod store;
pub(crate) mod unassign_project;
pub(crate) mod undo;
pub(crate) mod user;
pub(crate) mod weight;
pub(crate) mod whoami;
