//! Transactions: beginning, committing, rolling back.

use std::time::Duration;

use super::Engine;
use crate::store::StoreError;

impl Engine {
    /// Begins a transaction that writes, waiting for its turn.
    ///
    /// Where another file is at its path by now, nothing is written: it would be lost with the file
    /// that was moved away.
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE", &[])?;
        if self.is_gone() {
            self.rollback();
            return Err(StoreError::Moved { path: self.path.clone() });
        }
        Ok(())
    }

    /// Begins a transaction that writes, unless another one does; `false` where another one does, or
    /// the database is open read-only.
    pub(crate) fn begin_write_if_free(&self) -> Result<bool, StoreError> {
        if self.is_read_only {
            return Ok(false);
        }
        let wait = |busy_timeout: Duration| self.connection.busy_timeout(busy_timeout);
        wait(Duration::ZERO).map_err(|error| self.error(&error))?;
        let begun = self.begin_write();
        wait(self.busy_timeout).map_err(|error| self.error(&error))?;
        match begun {
            Ok(()) => Ok(true),
            Err(StoreError::Busy { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Begins a transaction that reads one state of the store.
    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        self.execute("BEGIN", &[]).map(|_| ())
    }

    /// Commits; when this returns, the change is on the disk.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.execute("COMMIT", &[]).map(|_| ())
    }

    /// Rolls back. A failure leaves nothing to do: SQLite has rolled back by itself then.
    pub(crate) fn rollback(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}
