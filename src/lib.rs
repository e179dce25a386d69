//! `ccadmin` administers the users of a contact center.
pub mod cli;
pub mod model;
