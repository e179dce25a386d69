//! Finds the names nearest to one that is not there, by walking the index of names as a tree of
//! letters: a few hundred look-ups among any number of names. For suggestions alone: it gives up.

#[cfg(test)]
mod tests;

use super::engine::{SqlValue, Statement};
use super::{Reader, StoreError};
use crate::model::EntityKind;

/// The most look-ups that one search makes: about five milliseconds' work.
const MAX_LOOK_UPS: u32 = 2_000;

/// What stands for every letter that is in no name that is wanted.
const NO_LETTER: u8 = 0;

/// The most names at the same distance that are compared.
const MAX_CANDIDATES: usize = 8;

impl Reader<'_> {
    /// The name nearest to `wanted`: at most two letters off (one in a short name), where two
    /// neighbouring letters that changed places count as one and case does not count.
    pub(crate) fn nearest(
        &self,
        names: EntityKind,
        wanted: &str,
    ) -> Result<Option<String>, StoreError> {
        let most = if wanted.len() < 5 { 1 } else { 2 };
        for distance in 0..=most {
            let found = IndexWalk::new(self, names, wanted, distance)?.run()?;
            // Among those equally far without case, the one that is nearest with it.
            let nearest = found.into_iter().min_by_key(|name| strsim::osa_distance(name, wanted));
            if nearest.is_some() {
                return Ok(nearest);
            }
        }
        Ok(None)
    }
}

/// One search: every name within `distance` of `wanted` (optimal string alignment), letters
/// compared without case.
struct IndexWalk<'w> {
    next: Statement<'w>,
    wanted: Vec<u8>,
    distance: usize,
    budget: u32,
    found: Vec<String>,
}

/// A row of the table of distances between a prefix and every prefix of `wanted`.
type DistanceRow = Vec<usize>;

impl<'w> IndexWalk<'w> {
    fn new(
        reader: &'w Reader<'_>,
        names: EntityKind,
        wanted: &str,
        distance: usize,
    ) -> Result<Self, StoreError> {
        let sql = match names {
            EntityKind::User => {
                "SELECT username FROM users WHERE username >= ?1 ORDER BY username LIMIT 1"
            }
            EntityKind::Project => {
                "SELECT name FROM projects WHERE name >= ?1 ORDER BY name LIMIT 1"
            }
            EntityKind::Team => "SELECT name FROM teams WHERE name >= ?1 ORDER BY name LIMIT 1",
            EntityKind::Skill => "SELECT name FROM skills WHERE name >= ?1 ORDER BY name LIMIT 1",
        };
        Ok(Self {
            next: reader.engine.statement(sql)?,
            wanted: wanted.bytes().map(|byte| byte.to_ascii_lowercase()).collect(),
            distance,
            budget: MAX_LOOK_UPS,
            found: Vec::new(),
        })
    }

    /// The first names within the distance, in the order of the index.
    fn run(mut self) -> Result<Vec<String>, StoreError> {
        let first: DistanceRow = (0..=self.wanted.len()).collect();
        self.visit(&mut Vec::new(), &first, None)?;
        Ok(self.found)
    }

    /// Looks at the names that begin with `prefix`, whose row of distances is `row` and whose
    /// parent's is `above`.
    fn visit(
        &mut self,
        prefix: &mut Vec<u8>,
        row: &DistanceRow,
        above: Option<&DistanceRow>,
    ) -> Result<(), StoreError> {
        let depth = prefix.len();
        // To all letters that are not in `wanted` the same happens.
        let others_can_match = self.can_match(prefix, NO_LETTER, row, above);
        let mut letter = 0_u8;
        loop {
            // The smallest letter from `letter` on that can lead to a name within the distance.
            let Some(candidate) = (letter..=b'z').find(|candidate| {
                if self.wanted.contains(&candidate.to_ascii_lowercase()) {
                    self.can_match(prefix, *candidate, row, above)
                } else {
                    others_can_match
                }
            }) else {
                return Ok(());
            };
            prefix.push(candidate);
            let name = self.first_name_from(prefix)?;
            prefix.pop();
            let Some(name) = name else {
                return Ok(());
            };
            let bytes = name.as_bytes();
            if !bytes.starts_with(prefix) || bytes.len() <= depth {
                return Ok(());
            }
            let actual = bytes[depth];
            if self.can_match(prefix, actual, row, above) {
                let next: DistanceRow = self.next_row(prefix, actual, row, above).collect();
                prefix.push(actual);
                if bytes.len() == depth + 1
                    && next.last().is_some_and(|last| *last <= self.distance)
                {
                    self.found.push(name);
                }
                if !self.is_done() {
                    self.visit(prefix, &next, Some(row))?;
                }
                prefix.pop();
            }
            if self.is_done() || actual >= b'z' {
                return Ok(());
            }
            letter = actual + 1;
        }
    }

    fn is_done(&self) -> bool {
        self.budget == 0 || self.found.len() >= MAX_CANDIDATES
    }

    fn first_name_from(&mut self, prefix: &[u8]) -> Result<Option<String>, StoreError> {
        self.budget = self.budget.saturating_sub(1);
        #[cfg(test)]
        tests::count_look_up();
        let text = String::from_utf8_lossy(prefix);
        let mut found = None;
        self.next.each(&[SqlValue::Text(&text)], |row| {
            found = Some(row.text(0)?.to_owned());
            Ok::<_, StoreError>(false)
        })?;
        Ok(found)
    }

    /// Whether a name that goes on with `letter` behind `prefix` can be within the distance.
    fn can_match(
        &self,
        prefix: &[u8],
        letter: u8,
        row: &DistanceRow,
        above: Option<&DistanceRow>,
    ) -> bool {
        self.next_row(prefix, letter, row, above).any(|distance| distance <= self.distance)
    }

    /// The row of distances of `prefix` and one more letter.
    fn next_row<'r>(
        &'r self,
        prefix: &[u8],
        letter: u8,
        row: &'r DistanceRow,
        above: Option<&'r DistanceRow>,
    ) -> impl Iterator<Item = usize> + use<'r> {
        let letter = letter.to_ascii_lowercase();
        let before = prefix.last().map(u8::to_ascii_lowercase);
        let mut beside = row[0] + 1;
        let first = std::iter::once(beside);
        first.chain(self.wanted.iter().enumerate().map(move |(column, wanted)| {
            let replaced = row[column] + usize::from(*wanted != letter);
            let mut least = replaced.min(row[column + 1] + 1).min(beside + 1);
            if let (Some(above), Some(before)) = (above, before)
                && column > 0
                && before == *wanted
                && self.wanted[column - 1] == letter
            {
                least = least.min(above[column - 1] + 1);
            }
            beside = least;
            least
        }))
    }
}
