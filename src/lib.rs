//! `ccadmin` administers the users of a contact center.
pub mod cli;
pub mod config;
pub mod directory;
pub mod model;
pub mod store;
