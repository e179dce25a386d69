//! Everything that touches the terminal.

pub(crate) mod editor;
mod errors;
pub(crate) mod escape;
pub(crate) mod output;
pub(crate) mod pager;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod signals;
pub(crate) mod style;
pub(crate) mod ui;
