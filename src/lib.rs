//! `ccadmin` administers the users of a contact center.
pub mod config;
pub mod model;
pub mod store;
