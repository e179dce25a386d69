//! A roster as a text that is kept beside the store: projects, teams, skills and users, what they
//! should be. Its users go through the import, which has the rules.

mod owns;
mod read;
mod write;

pub use owns::Owns;
pub use read::Roster;

use crate::model::ImportField;

/// The fields of a user that a roster has, in their order: what gives access is none of them.
fn fields() -> impl Iterator<Item = ImportField> {
    let is_kept = |field: &ImportField| {
        !matches!(field, ImportField::Username | ImportField::TemporaryPassword)
    };
    ImportField::ALL.into_iter().filter(is_kept)
}
