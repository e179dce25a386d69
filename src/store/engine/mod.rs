//! The database engines. Nothing outside this folder knows which one it talks to.

mod files;
mod holder;
mod overwrite;
mod sqlite;

pub(crate) use overwrite::overwrite;
pub(crate) use sqlite::{Cursor, Engine, Row, Value};
