//! The processes that keep others waiting, or keep the log from being emptied, for longer than any
//! command should.

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::engine::Engine;
use super::{LockHolder, Store, StoreError};

/// How long it takes from one look to the next.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// A log that cannot be emptied.
#[derive(Debug, Clone)]
pub struct PinnedLog {
    /// How many bytes it has.
    pub bytes: u64,
    /// The processes that have been reading one state of the store all the time.
    pub readers: Vec<LockHolder>,
}

impl Store {
    /// The processes that keep others from the store at `path` at every look, for as long as
    /// `time`.
    ///
    /// The store is not opened: they may keep that from being done.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where there is no place that could be looked at.
    pub fn long_holders(path: &Path, time: Duration) -> Result<Vec<LockHolder>, StoreError> {
        at_every_look(time, || Engine::holders(path))
    }

    /// Ends `holder`, where it still is the process that it was and still keeps others from the
    /// store at `path`; tells whether it did.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`], where the system refuses.
    pub fn end_holder(path: &Path, holder: &LockHolder) -> Result<bool, StoreError> {
        if !Engine::end_holder(path, holder)? {
            return Ok(false);
        }
        // Its locks go with it, as soon as the kernel gets to it.
        for _ in 0..50 {
            if !Engine::holders(path)?.iter().any(|other| other.is_same(holder)) {
                return Ok(true);
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Err(StoreError::Busy { holder: Some(holder.clone()) })
    }

    /// What keeps the log from being emptied for as long as `time`; `None` where nothing does.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be tried.
    pub(crate) fn pinned_log(&self, time: Duration) -> Result<Option<PinnedLog>, StoreError> {
        if self.engine.log_bytes() == 0 || self.engine.empty_log()? {
            return Ok(None);
        }
        let readers = at_every_look(time, || Ok(self.engine.readers()))?;
        let pinned = !readers.is_empty() && !self.engine.empty_log()?;
        Ok(pinned.then(|| PinnedLog { bytes: self.engine.log_bytes(), readers }))
    }

    /// Whether what is open is still what is at its path.
    ///
    /// # Errors
    ///
    /// [`StoreError::Moved`], where it is not.
    pub fn is_in_place(&self) -> Result<(), StoreError> {
        if self.engine.is_gone() {
            return Err(StoreError::Moved { path: self.path().to_owned() });
        }
        Ok(())
    }
}

/// The readers that every look finds.
fn at_every_look(
    time: Duration,
    mut look: impl FnMut() -> Result<Vec<LockHolder>, StoreError>,
) -> Result<Vec<LockHolder>, StoreError> {
    let mut found = look()?;
    let mut waited = Duration::ZERO;
    while waited < time && !found.is_empty() {
        thread::sleep(BETWEEN_LOOKS);
        waited += BETWEEN_LOOKS;
        let now = look()?;
        found.retain(|holder| now.iter().any(|other| other.is_same(holder)));
    }
    Ok(found)
}
