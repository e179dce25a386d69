//! The example in the sheet that is there to be filled in.

use crate::model::ImportField;

/// What the example says of a field. No user can be called so: nobody is left out by mistake.
pub(in crate::directory) const fn example_of(field: ImportField) -> &'static str {
    match field {
        ImportField::Username => "(example)",
        ImportField::FullName => "Anna Example",
        ImportField::Email => "anna@example.com",
        ImportField::Phone => "+442079460958",
        ImportField::State => "active",
        ImportField::Roles => "agent;supervisor",
        ImportField::Teams => "team-one;team-two",
        ImportField::Skills => "skill:3",
        ImportField::Language => "en-GB",
        ImportField::ProjectSelection => "true",
        ImportField::Projects => "project:20",
        ImportField::TemporaryPassword => "",
    }
}
