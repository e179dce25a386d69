//! The database engines. Nothing outside this folder knows which one it talks to.

mod sqlite;

pub(crate) use sqlite::queue_tables;
pub(crate) use sqlite::{Engine, SqlRow, SqlValue, Statement};
