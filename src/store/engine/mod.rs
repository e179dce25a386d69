//! The database engines. Nothing outside this folder knows which one it talks to.

mod files;
mod holder;
mod sqlite;

pub(crate) use files::Owner;
pub(crate) use sqlite::{Cursor, Engine, Row, Value};
