//! Names to choose from, for whoever types one.

use super::{Directory, Error};
use crate::store::CompletionKind;

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
        Ok(self.store.read()?.complete_names(choice, prefix, self.now())?)
    }
}
