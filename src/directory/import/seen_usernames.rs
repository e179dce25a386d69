//! The usernames that a file has named so far, and whose name a new one is easily taken for.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use crate::directory::Error;
use crate::model::Username;
use crate::store::Reader;

/// So many look-ups of case twins are made one by one before all usernames are read at once.
const MAX_SINGLE_TWIN_LOOKUPS: u32 = 256;

/// Who was in the file already.
pub(super) struct SeenUsernames {
    keys: RandomState,
    pub(super) exact: HashMap<u64, u64>,
    folded: HashMap<u64, u64>,
}

impl SeenUsernames {
    pub(super) fn new() -> Self {
        Self { keys: RandomState::new(), exact: HashMap::new(), folded: HashMap::new() }
    }

    pub(super) fn key(&self, username: &str) -> u64 {
        self.keys.hash_one(username)
    }

    /// The line that has named this user before.
    pub(super) fn again(&mut self, username: &Username, line: u64) -> Option<u64> {
        match self.exact.entry(self.keys.hash_one(username.as_str())) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        }
    }

    /// What names that differ in nothing but case have in common.
    pub(super) fn folded(&self, username: &Username) -> u64 {
        self.key(&username.as_str().to_ascii_lowercase())
    }

    /// The line that has named somebody whose name differs in nothing but case.
    pub(super) fn twin(&mut self, folded: u64, line: u64) -> Option<u64> {
        match self.folded.entry(folded) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        }
    }
}

/// Finds out whose name a new one is easily taken for: among few by looking each up, among many by
/// reading all names once.
#[derive(Default)]
pub(super) struct CaseTwins {
    looked_up: u32,
    all: Option<HashSet<u64>>,
}

impl CaseTwins {
    /// Whether it is known already that nobody in the store has this name, in whatever case.
    pub(super) fn know_nobody_like(&self, folded: u64) -> bool {
        self.all.as_ref().is_some_and(|all| !all.contains(&folded))
    }

    pub(super) fn find(
        &mut self,
        reader: &Reader<'_>,
        seen: &SeenUsernames,
        username: &Username,
        folded: u64,
    ) -> Result<Option<Username>, Error> {
        self.looked_up = self.looked_up.saturating_add(1);
        if self.looked_up > MAX_SINGLE_TWIN_LOOKUPS && self.all.is_none() {
            let mut all = HashSet::new();
            reader.usernames(|name| {
                all.insert(seen.key(&name.to_ascii_lowercase()));
            })?;
            self.all = Some(all);
        }
        if self.know_nobody_like(folded) {
            return Ok(None);
        }
        Ok(reader.case_twin(username)?)
    }
}
