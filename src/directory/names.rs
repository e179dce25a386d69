//! Names to choose from, for whoever types one.

use super::{Directory, Error};
use crate::model::{State, Username};
use crate::store::Beginning;

/// Names to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Users, all or those in a state.
    Users(Option<State>),
    /// Projects, all or those in a state.
    Projects(Option<State>),
    /// The projects of a user.
    ProjectsOf(Username),
    /// Teams.
    Teams,
    /// Skills.
    Skills,
}

impl Directory {
    /// The names that begin with `prefix`, sorted. Of very many some are given, with no more
    /// letters in common than all have.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and the like for those who may not list; [`Error::Store`].
    pub fn names_beginning(&self, choice: &Choice, prefix: &str) -> Result<Vec<String>, Error> {
        self.may_look()?;
        let read = self.store.read()?;
        let names = match choice {
            Choice::Users(state) => Beginning::Users(*state),
            Choice::Projects(state) => Beginning::Projects(*state),
            Choice::ProjectsOf(username) => match read.find_user(username)? {
                Some(user) => Beginning::ProjectsOf(user.id),
                None => return Ok(Vec::new()),
            },
            Choice::Teams => Beginning::Teams,
            Choice::Skills => Beginning::Skills,
        };
        Ok(read.names_beginning(names, prefix)?)
    }
}
