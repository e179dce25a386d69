//! Whether the store has moved away: then it is read as before, and written no more.

use super::{Reader, Store, StoreError, Transaction};
use crate::model::Timestamp;

/// That a store has moved away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// Since when.
    pub at: Timestamp,
    /// Where to, where that was said.
    pub moved_to: Option<String>,
}

impl Store {
    /// Refuses a store that has moved away.
    pub(super) fn refuse_retired(&self) -> Result<(), StoreError> {
        match self.read()?.retirement()? {
            Some(retired) => Err(StoreError::Retired {
                path: self.path().to_owned(),
                moved_to: retired.moved_to,
            }),
            None => Ok(()),
        }
    }
}

impl Reader<'_> {
    /// Where it has moved to, where it has.
    pub(crate) fn retirement(&self) -> Result<Option<Retirement>, StoreError> {
        self.engine.optional("SELECT at, moved_to FROM retired", &[], |row| {
            Ok(Retirement {
                at: Timestamp::from_seconds(row.integer(0)?),
                moved_to: row.optional_text(1)?.map(str::to_owned),
            })
        })
    }
}

impl Transaction<'_> {
    /// Says that it has moved away, or that it has not.
    pub(crate) fn set_retirement(&self, retired: Option<&Retirement>) -> Result<(), StoreError> {
        self.engine.execute("DELETE FROM retired", &[])?;
        if let Some(retired) = retired {
            self.engine.execute(
                "INSERT INTO retired (id, at, moved_to) VALUES (1, ?1, ?2)",
                &[retired.at.seconds().into(), retired.moved_to.as_deref().into()],
            )?;
        }
        Ok(())
    }
}
