//! Transactions: beginning, committing, rolling back; and those of a rehearsal, which all stand in one
//! that is never committed.

use std::time::Duration;

use super::{Engine, Rehearsal};
use crate::store::StoreError;

impl Engine {
    /// From now on every change stands in one transaction that ends with the connection and is never
    /// committed: what is read afterwards has the changes, and the file never does.
    pub(crate) fn rehearse(&self) {
        self.rehearsal.set(Rehearsal::Ready);
    }

    /// Begins a transaction that writes, waiting for its turn.
    ///
    /// Where another file is at its path by now, nothing is written: it would be lost with the file
    /// that was moved away.
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        if self.rehearsal.get() != Rehearsal::Open {
            self.execute("BEGIN IMMEDIATE", &[])?;
        }
        if self.is_gone() {
            self.rollback();
            return Err(StoreError::Moved { path: self.path.clone() });
        }
        if self.rehearsal.get() != Rehearsal::Off {
            self.execute("SAVEPOINT change", &[])?;
            self.rehearsal.set(Rehearsal::Changing);
        }
        Ok(())
    }

    /// Begins a transaction that writes, unless another one does; `false` where another one does, or
    /// the database is open read-only or for a rehearsal: what is written in passing is not its object.
    pub(crate) fn begin_write_if_free(&self) -> Result<bool, StoreError> {
        if self.is_read_only || self.rehearsal.get() != Rehearsal::Off {
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
        if self.rehearsal.get() == Rehearsal::Open {
            return Ok(());
        }
        self.execute("BEGIN", &[]).map(|_| ())
    }

    /// Commits; when this returns, the change is on the disk.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        if self.rehearsal.get() == Rehearsal::Changing {
            self.execute("RELEASE change", &[])?;
            self.rehearsal.set(Rehearsal::Open);
            return Ok(());
        }
        self.execute("COMMIT", &[]).map(|_| ())
    }

    /// Rolls back. A failure leaves nothing to do: SQLite has rolled back by itself then.
    pub(crate) fn rollback(&self) {
        match self.rehearsal.get() {
            Rehearsal::Off | Rehearsal::Ready if self.connection.is_autocommit() => {}
            Rehearsal::Off | Rehearsal::Ready => {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            Rehearsal::Open => {}
            Rehearsal::Changing => {
                let undone = self.connection.execute_batch("ROLLBACK TO change; RELEASE change");
                // Where SQLite has rolled back all of it, the next change begins anew.
                let left = if undone.is_ok() { Rehearsal::Open } else { Rehearsal::Ready };
                self.rehearsal.set(left);
            }
        }
    }
}
