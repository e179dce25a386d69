//! Finds the names nearest to one that is not there, and case twins, by walking the index of names
//! as a tree of letters: a few hundred look-ups among any number of names.

#[cfg(test)]
mod tests;

use super::engine::{Cursor, Value};
use super::{Reader, StoreError};

/// Look-ups that one search may make: about five milliseconds' worth.
const BUDGET: u32 = 2_000;

/// What stands for every letter that is in no name that is wanted.
const NO_LETTER: u8 = 0;

/// Names at the same distance that are compared.
const CANDIDATES: usize = 8;

/// Whose names are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Usernames.
    Users,
    /// Names of projects.
    Projects,
    /// Names of teams.
    Teams,
    /// Names of skills.
    Skills,
}

impl Reader<'_> {
    /// The name nearest to `wanted`: at most two letters off (one in a short name), where two
    /// neighbouring letters that changed places count as one and case does not count.
    pub(crate) fn nearest(&self, names: Names, wanted: &str) -> Result<Option<String>, StoreError> {
        let most = if wanted.len() < 5 { 1 } else { 2 };
        for distance in 0..=most {
            let found = Walk::new(self, names, wanted, distance)?.run(CANDIDATES)?;
            // Among those equally far without case, the one that is nearest with it.
            let nearest = found.into_iter().min_by_key(|name| strsim::osa_distance(name, wanted));
            if nearest.is_some() {
                return Ok(nearest);
            }
        }
        Ok(None)
    }

    /// Names that differ from `wanted` in nothing but case.
    pub(crate) fn case_twins(&self, names: Names, wanted: &str) -> Result<Vec<String>, StoreError> {
        let mut found = Walk::new(self, names, wanted, 0)?.run(CANDIDATES)?;
        found.retain(|name| name != wanted);
        Ok(found)
    }
}

/// One search: every name within `distance` of `wanted` (optimal string alignment), letters
/// compared without case.
struct Walk<'w> {
    next: Cursor<'w>,
    wanted: Vec<u8>,
    distance: usize,
    budget: u32,
    most: usize,
    found: Vec<String>,
}

/// A row of the table of distances between a prefix and every prefix of `wanted`.
type Distances = Vec<usize>;

impl<'w> Walk<'w> {
    fn new(
        reader: &'w Reader<'_>,
        names: Names,
        wanted: &str,
        distance: usize,
    ) -> Result<Self, StoreError> {
        let sql = match names {
            Names::Users => {
                "SELECT username FROM users WHERE username >= ?1 ORDER BY username LIMIT 1"
            }
            Names::Projects => "SELECT name FROM projects WHERE name >= ?1 ORDER BY name LIMIT 1",
            Names::Teams => "SELECT name FROM teams WHERE name >= ?1 ORDER BY name LIMIT 1",
            Names::Skills => "SELECT name FROM skills WHERE name >= ?1 ORDER BY name LIMIT 1",
        };
        Ok(Self {
            next: reader.engine.cursor(sql)?,
            wanted: wanted.bytes().map(|byte| byte.to_ascii_lowercase()).collect(),
            distance,
            budget: BUDGET,
            most: 0,
            found: Vec::new(),
        })
    }

    /// The first `most` names within the distance, in the order of the index.
    fn run(mut self, most: usize) -> Result<Vec<String>, StoreError> {
        self.most = most;
        let first: Distances = (0..=self.wanted.len()).collect();
        self.visit(&mut Vec::new(), &first, None)?;
        Ok(self.found)
    }

    /// Looks at the names that begin with `prefix`, whose row of distances is `row` and whose
    /// parent's is `above`.
    fn visit(
        &mut self,
        prefix: &mut Vec<u8>,
        row: &Distances,
        above: Option<&Distances>,
    ) -> Result<(), StoreError> {
        let depth = prefix.len();
        // To all letters that are not in `wanted` the same happens.
        let others_lead = self.leads(prefix, NO_LETTER, row, above);
        let mut letter = 0_u8;
        loop {
            // The smallest letter from `letter` on that can lead to a name within the distance.
            let Some(candidate) = (letter..=b'z').find(|candidate| {
                if self.wanted.contains(&candidate.to_ascii_lowercase()) {
                    self.leads(prefix, *candidate, row, above)
                } else {
                    others_lead
                }
            }) else {
                return Ok(());
            };
            prefix.push(candidate);
            let name = self.first_from(prefix)?;
            prefix.pop();
            let Some(name) = name else {
                return Ok(());
            };
            let bytes = name.as_bytes();
            if !bytes.starts_with(prefix) || bytes.len() <= depth {
                return Ok(());
            }
            let actual = bytes[depth];
            if self.leads(prefix, actual, row, above) {
                let next: Distances = self.row_below(prefix, actual, row, above).collect();
                prefix.push(actual);
                if bytes.len() == depth + 1
                    && next.last().is_some_and(|last| *last <= self.distance)
                {
                    self.found.push(name);
                }
                if !self.is_over() {
                    self.visit(prefix, &next, Some(row))?;
                }
                prefix.pop();
            }
            if self.is_over() || actual >= b'z' {
                return Ok(());
            }
            letter = actual + 1;
        }
    }

    fn is_over(&self) -> bool {
        self.budget == 0 || self.found.len() >= self.most
    }

    fn first_from(&mut self, prefix: &[u8]) -> Result<Option<String>, StoreError> {
        self.budget = self.budget.saturating_sub(1);
        #[cfg(test)]
        tests::count_look_up();
        let text = String::from_utf8_lossy(prefix);
        let mut found = None;
        self.next.each(&[Value::Text(&text)], |row| {
            found = Some(row.text(0)?.to_owned());
            Ok::<_, StoreError>(false)
        })?;
        Ok(found)
    }

    /// Whether a name that goes on with `letter` behind `prefix` can be within the distance.
    fn leads(&self, prefix: &[u8], letter: u8, row: &Distances, above: Option<&Distances>) -> bool {
        self.row_below(prefix, letter, row, above).any(|distance| distance <= self.distance)
    }

    /// The row of distances of `prefix` and one more letter.
    fn row_below<'r>(
        &'r self,
        prefix: &[u8],
        letter: u8,
        row: &'r Distances,
        above: Option<&'r Distances>,
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
