//! A user as a row of a roster: borrowed, for lists of so many that a copy of each would be felt.

use super::{RoleSet, State};

/// What a roster holds of a user. Text that is not there is empty.
#[derive(Debug, Clone, Copy)]
pub struct UserRow<'r> {
    /// Who he is.
    pub username: &'r str,
    /// What people call him.
    pub full_name: &'r str,
    /// His e-mail address.
    pub email: &'r str,
    /// His phone number.
    pub phone: &'r str,
    /// Whether he takes part.
    pub state: State,
    /// What he may do.
    pub roles: RoleSet,
    /// His language.
    pub language: &'r str,
    /// Whether he may choose among his projects.
    pub project_selection: bool,
    /// His teams, sorted by name.
    pub teams: RowPlaces<'r>,
    /// His skills with their levels, sorted by name.
    pub skills: RowPlaces<'r>,
    /// His projects with their weights, sorted by name.
    pub projects: RowPlaces<'r>,
}

/// The teams, skills or projects of one user.
#[derive(Debug, Clone, Copy)]
pub struct RowPlaces<'r> {
    pub(crate) names: &'r [String],
    pub(crate) found: &'r [RowPlace],
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowPlace {
    /// Whose it is, by id.
    pub(crate) user: i64,
    /// Where its name stands.
    pub(crate) name: usize,
    /// The level or the weight; 0 for a team.
    pub(crate) number: u32,
}

impl<'r> RowPlaces<'r> {
    /// Each name with its level or weight; 0 for a team.
    pub fn iter(self) -> impl Iterator<Item = (&'r str, u32)> {
        self.found.iter().map(move |place| (self.names[place.name].as_str(), place.number))
    }
}
