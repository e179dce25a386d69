//! The command line.
pub mod terminal;
