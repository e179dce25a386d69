//! A user as a row of an export: borrowed, because copying each of a million users takes time.

use super::{RoleSet, State, Window};

/// What an export holds of a user. Text that is not there is empty.
#[derive(Debug, Clone, Copy)]
pub struct ExportRow<'r> {
    /// The username.
    pub username: &'r str,
    /// The full name.
    pub full_name: &'r str,
    /// Their e-mail address.
    pub email: &'r str,
    /// Their phone number.
    pub phone: &'r str,
    /// The state that was set.
    pub state: State,
    /// From when until when the user takes part.
    pub window: Window,
    /// The roles.
    pub roles: RoleSet,
    /// Their language.
    pub language: &'r str,
    /// Whether the user may choose among their projects.
    pub project_selection: bool,
    /// Their teams, sorted by name.
    pub teams: RowMemberships<'r>,
    /// Their skills with their levels, sorted by name.
    pub skills: RowMemberships<'r>,
    /// Their projects with their weights, sorted by name.
    pub projects: RowMemberships<'r>,
}

/// The teams, skills or projects of one user.
#[derive(Debug, Clone, Copy)]
pub struct RowMemberships<'r> {
    pub(crate) names: &'r [String],
    pub(crate) found: &'r [RowMembership],
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowMembership {
    /// Whose it is, by id.
    pub(crate) user: i64,
    /// Where its name stands.
    pub(crate) name: usize,
    /// The level or the weight; 0 for a team.
    pub(crate) number: u32,
    /// From when until when; always, but for a project.
    pub(crate) window: Window,
}

impl<'r> RowMemberships<'r> {
    /// Each name with its level or weight, which is 0 for a team, and its window.
    pub fn iter(self) -> impl Iterator<Item = (&'r str, u32, Window)> {
        self.found
            .iter()
            .map(move |place| (self.names[place.name].as_str(), place.number, place.window))
    }
}
