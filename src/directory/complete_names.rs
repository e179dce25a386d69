//! Names to choose from, for whoever types one.

use super::{Directory, Error};
use crate::model::{State, Username};
use crate::store::NameSet;

/// Names to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletionKind {
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
    pub fn complete_names(
        &self,
        choice: &CompletionKind,
        prefix: &str,
    ) -> Result<Vec<String>, Error> {
        self.authorize_reading()?;
        let read = self.store.read()?;
        let names = match choice {
            CompletionKind::Users(state) => NameSet::Users(*state),
            CompletionKind::Projects(state) => NameSet::Projects(*state),
            CompletionKind::ProjectsOf(username) => match read.find_user(username)? {
                Some(user) => NameSet::ProjectsOf(user.id),
                None => return Ok(Vec::new()),
            },
            CompletionKind::Teams => NameSet::Teams,
            CompletionKind::Skills => NameSet::Skills,
        };
        Ok(read.complete_names(names, prefix)?)
    }
}
