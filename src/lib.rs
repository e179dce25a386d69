//! `ccadmin` administers the users of a contact center.
pub mod model;
pub mod store;
