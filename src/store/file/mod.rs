//! The file that a store is: made, copied, replaced and upgraded as a whole.
//!
//! Everything here is about a file and its neighbours, and nothing about the rows in it; an engine
//! that keeps its data elsewhere needs none of it.

pub(super) mod backup;
pub(super) mod create;
pub(super) mod database_file;
pub(super) mod lock_holder;
pub(super) mod replace_in_place;
pub(super) mod restore;
pub(super) mod temp_file;
pub(super) mod upgrade;
