//! `ccadmin` administers the users of a contact center.
pub mod directory;
pub mod model;
