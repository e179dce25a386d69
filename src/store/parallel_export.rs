//! Users as rows of an export, in parts that two threads make: with very many users, reading and
//! rendering is limited by the processor, not by the disk.

use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use super::audit::ChainHead;
use super::export_rows::{ExportReader, IdRange};
use super::{Reader, Store, StoreError};
use crate::model::{ExportRow, Timestamp, UserFilter};

/// The ids in one part.
const IDS_PER_PART: i64 = 1_024;

/// The number of ids from which a second thread, which has to open the store by itself, is worth
/// it.
const MIN_IDS_FOR_SECOND_THREAD: i64 = 16 * IDS_PER_PART;

/// The parts that the second thread may be ahead.
const MAX_PARTS_AHEAD: usize = 2;

/// The stack of the second thread, in bytes: it reads and renders, without recursion.
const STACK_BYTES: usize = 512 * 1024;

/// What a part is made of: something empty, and what puts a user into it.
struct PartBuilder<'m, P> {
    filter: &'m UserFilter,
    now: Timestamp,
    empty: &'m P,
    add: fn(&mut P, &ExportRow<'_>),
}

impl Store {
    /// Exports the users that match `filter` in parts, in order of creation; the filter's limit is
    /// ignored. `add` puts each user into a copy of `empty`, and `take` gets one part after
    /// another, at least one, until it returns `false`. All parts show one state of the store, the
    /// one that `check` has seen.
    ///
    /// The labels that the filter names have to be looked up there: one that does not exist finds
    /// nobody here.
    pub(crate) fn export_rows<P: Clone + Send + Sync, E: From<StoreError>>(
        &self,
        filter: &UserFilter,
        now: Timestamp,
        check: impl FnOnce(&Reader<'_>) -> Result<(), E>,
        (empty, add): (&P, fn(&mut P, &ExportRow<'_>)),
        mut take: impl FnMut(P) -> bool,
    ) -> Result<(), E> {
        let builder = PartBuilder { filter, now, empty, add };
        if !is_read_by_id(filter) || self.last_id()? < MIN_IDS_FOR_SECOND_THREAD {
            let snapshot = self.read()?;
            check(&snapshot)?;
            let mut reader = snapshot.export_reader(filter, now)?;
            return Ok(builder.all(&mut reader, take)?);
        }
        thread::scope(|scope| {
            let (opened, is_open) = mpsc::sync_channel(1);
            let (tell, told) = mpsc::sync_channel(1);
            let (send, parts) = mpsc::sync_channel(MAX_PARTS_AHEAD);
            if thread::available_parallelism().is_ok_and(|cores| cores > NonZero::<usize>::MIN) {
                let (builder, path) = (&builder, self.path());
                let second = thread::Builder::new().stack_size(STACK_BYTES);
                // Where no thread is to be had, this one is enough.
                let _ = second.spawn_scoped(scope, move || {
                    run_second_thread(builder, path, (&opened, &told), &send);
                });
            } else {
                drop((opened, told, send));
            }
            // Close upon each other, so that nobody is likely to commit between the two.
            let _ = is_open.recv();
            let snapshot = self.read()?;
            let _ = tell.send(snapshot.audit_head()?);
            check(&snapshot)?;
            let last = self.last_id()?;
            let mut reader = snapshot.export_reader(filter, now)?;
            for number in 0.. {
                let first = number * IDS_PER_PART;
                if first > last {
                    break;
                }
                // Where there is no second thread, or not any more, its parts are made here.
                let others = if is_for_second_thread(number) { parts.recv().ok() } else { None };
                let part = others.unwrap_or_else(|| builder.part(&mut reader, first))?;
                if !take(part) {
                    break;
                }
            }
            // The second thread waits for nobody who will not come.
            drop(parts);
            Ok(())
        })
    }

    fn last_id(&self) -> Result<i64, StoreError> {
        let last = self
            .engine
            .optional("SELECT max(id) FROM users", &[], |row| row.optional_integer(0))?;
        Ok(last.flatten().unwrap_or_default())
    }
}

/// Every other part is the second thread's.
fn is_for_second_thread(number: i64) -> bool {
    number % 2 == 1
}

/// Whether a filter looks at users one by one. Any other finds its users by an index, and would do
/// so again for every part.
fn is_read_by_id(filter: &UserFilter) -> bool {
    filter.projects.is_empty()
        && filter.teams.is_empty()
        && filter.skills.is_empty()
        && !filter.locked
}

/// What the second thread does: it opens the store, waits to be told which state is shown, and
/// makes its parts of that one. Where it cannot, it ends, and has made none.
fn run_second_thread<P: Clone>(
    builder: &PartBuilder<'_, P>,
    path: &Path,
    (opened, told): (&SyncSender<()>, &Receiver<ChainHead>),
    send: &SyncSender<Result<P, StoreError>>,
) {
    // Nobody is waited for, while the first thread waits for this one.
    let Ok(store) = Store::open(path, Duration::ZERO) else { return };
    if opened.send(()).is_err() {
        return;
    }
    let (Ok(shown), Ok(snapshot)) = (told.recv(), store.read()) else { return };
    // Whatever changes a user stands in the log: with the same end of it, it is the same state.
    if snapshot.audit_head().ok() != Some(shown) {
        return;
    }
    let (Ok(last), Ok(mut reader)) =
        (store.last_id(), snapshot.export_reader(builder.filter, builder.now))
    else {
        return;
    };
    let numbers = (0..=last / IDS_PER_PART).filter(|number| is_for_second_thread(*number));
    for number in numbers {
        if send.send(builder.part(&mut reader, number * IDS_PER_PART)).is_err() {
            return;
        }
    }
}

impl<P: Clone> PartBuilder<'_, P> {
    /// The part that begins with the id `first`.
    fn part(&self, reader: &mut ExportReader<'_>, first: i64) -> Result<P, StoreError> {
        let mut part = self.empty.clone();
        reader.read(IdRange::Ids(first, first + IDS_PER_PART - 1), |user| {
            (self.add)(&mut part, user);
            true
        })?;
        Ok(part)
    }

    /// Everybody, in parts of as many users as another part has ids.
    fn all(
        &self,
        reader: &mut ExportReader<'_>,
        mut take: impl FnMut(P) -> bool,
    ) -> Result<(), StoreError> {
        let mut part = self.empty.clone();
        let (mut users, mut go_on) = (0, true);
        reader.read(IdRange::All, |user| {
            (self.add)(&mut part, user);
            users += 1;
            if users == IDS_PER_PART {
                users = 0;
                go_on = take(std::mem::replace(&mut part, self.empty.clone()));
            }
            go_on
        })?;
        if go_on {
            take(part);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::model::{Entropy, State};

    const NOW: Timestamp = Timestamp::from_seconds(1_795_251_600);
    const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

    struct Byte;

    impl Entropy for Byte {
        fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
            buffer.fill(7);
            Ok(())
        }
    }

    /// A store of users whose ids begin with 1 and end with `last`, not all of which are there.
    fn store(last: i64) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ccadmin.db");
        Store::create(&path, NOW, &mut Byte).unwrap();
        let store = Store::open(&path, BUSY_TIMEOUT).unwrap();
        store.sql("INSERT INTO teams VALUES (1, 'voice')");
        store.sql(&format!(
            "INSERT INTO users (id, username, full_name, roles, state, project_selection, search, \
             created_at, updated_at) WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL \
             SELECT id + 1 + (id % 7 = 0) * 3 + (id = 5001) * 5000 FROM ids WHERE id < {last}) \
             SELECT id, 'u' || id, 'first', 2, id % 3 > 0, 0, '', 0, 0 FROM ids"
        ));
        store.sql("INSERT INTO user_teams SELECT id, 1 FROM users WHERE id % 5 = 0");
        (folder, store)
    }

    fn add(names: &mut Vec<String>, row: &ExportRow<'_>) {
        names.push(format!("{} {} {}", row.username, row.full_name, row.teams.iter().count()));
    }

    fn parts(
        store: &Store,
        filter: &UserFilter,
        take: impl FnMut(Vec<String>) -> bool,
    ) -> Result<(), StoreError> {
        store.export_rows(filter, NOW, |_| Ok(()), (&Vec::new(), add), take)
    }

    fn all(store: &Store, filter: &UserFilter) -> Vec<String> {
        let mut rows = Vec::new();
        parts(store, filter, |part| {
            rows.extend(part);
            true
        })
        .unwrap();
        rows
    }

    fn filters() -> [UserFilter; 3] {
        let active = UserFilter { state: Some(State::Active), ..UserFilter::default() };
        let team = UserFilter { teams: vec!["voice".parse().unwrap()], ..UserFilter::default() };
        [UserFilter::default(), active, team]
    }

    fn expected(store: &Store, filter: &UserFilter) -> Vec<String> {
        let condition = match filter {
            filter if filter.state.is_some() => "state = 1",
            filter if !filter.teams.is_empty() => "id % 5 = 0",
            _ => "1",
        };
        store.texts(&format!(
            "SELECT username || ' ' || full_name || ' ' || (id % 5 = 0) FROM users \
             WHERE {condition} ORDER BY id"
        ))
    }

    #[test]
    fn parts_hold_everybody_in_order_of_creation() {
        for last in [0, 1, 5_000, 40_000] {
            let (_folder, store) = store(last);
            for filter in filters() {
                assert_eq!(all(&store, &filter), expected(&store, &filter), "{last}");
            }
        }
        let in_memory = Store::in_memory(NOW).unwrap();
        assert_eq!(all(&in_memory, &UserFilter::default()), Vec::<String>::new());
    }

    /// Where the second thread cannot open the store, the first one makes its parts.
    #[test]
    fn one_thread_is_enough() {
        let (folder, store) = store(40_000);
        let wanted = expected(&store, &UserFilter::default());
        std::fs::rename(folder.path().join("ccadmin.db"), folder.path().join("away.db")).unwrap();
        assert_eq!(all(&store, &UserFilter::default()), wanted);
    }

    #[test]
    fn whoever_says_stop_gets_no_more() {
        let (_folder, store) = store(40_000);
        for enough in [1, 2, 3] {
            let mut taken = 0;
            parts(&store, &UserFilter::default(), |_| {
                taken += 1;
                taken < enough
            })
            .unwrap();
            assert_eq!(taken, enough);
        }
    }

    /// The second thread shows the state that it was told of or nothing.
    #[test]
    fn another_state_is_not_shown() {
        let (_folder, store) = store(40_000);
        let filter = UserFilter::default();
        let shown = store.read().unwrap().audit_head().unwrap();
        for (head, made) in [(shown, true), (ChainHead { seq: shown.seq + 1, ..shown }, false)] {
            let builder = PartBuilder { filter: &filter, now: NOW, empty: &Vec::new(), add };
            let (opened, _is_open) = mpsc::sync_channel(1);
            let (tell, told) = mpsc::sync_channel(1);
            let (send, parts) = mpsc::sync_channel(100);
            tell.send(head).unwrap();
            run_second_thread(&builder, store.path(), (&opened, &told), &send);
            drop(send);
            assert_eq!(parts.iter().next().is_some(), made);
        }
    }

    /// A writer changes everybody at once, again and again: every list shows one state.
    #[test]
    fn all_parts_are_of_one_moment() {
        let (_folder, store) = store(40_000);
        let done = AtomicBool::new(false);
        let path = store.path().to_owned();
        thread::scope(|scope| {
            scope.spawn(|| {
                let writer = Store::open(&path, BUSY_TIMEOUT).unwrap();
                for round in 1.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    writer.sql("BEGIN IMMEDIATE");
                    writer.sql(&format!("UPDATE users SET full_name = 'round {round}'"));
                    writer.sql(&format!(
                        "INSERT INTO audit VALUES ({round}, 0, 'os:root', NULL, 0, 'user.update', \
                         NULL, NULL, 'done', NULL, NULL, zeroblob(32), NULL, NULL)"
                    ));
                    writer.sql("COMMIT");
                }
            });
            for _ in 0..30 {
                let rows = all(&store, &UserFilter::default());
                let mut states: Vec<&str> = rows
                    .iter()
                    .map(|row| row.split_once(' ').unwrap().1.rsplit_once(' ').unwrap().0)
                    .collect();
                states.dedup();
                assert_eq!(states.len(), 1, "{states:?}");
            }
            done.store(true, Ordering::Relaxed);
        });
    }

    /// A value that cannot be there is told, whichever thread comes upon it.
    #[test]
    fn damage_in_any_part_is_told() {
        let (_folder, store) = store(40_000);
        store.sql("INSERT INTO skills VALUES (1, 'sales')");
        for user in ["u2", "u3000"] {
            store.sql("PRAGMA ignore_check_constraints = ON");
            store.sql(&format!(
                "INSERT INTO user_skills SELECT id, 1, 9 FROM users WHERE username = '{user}'"
            ));
            let result = parts(&store, &UserFilter::default(), |_| true);
            assert!(matches!(result, Err(StoreError::Damaged { .. })), "{user}: {result:?}");
            store.sql("DELETE FROM user_skills");
        }
    }

    /// A part is found by its ids, whatever else is asked for.
    #[test]
    fn a_part_is_a_range_of_ids() {
        let (_folder, store) = store(40_000);
        for filter in [
            UserFilter::default(),
            UserFilter { state: Some(State::Active), ..UserFilter::default() },
            UserFilter {
                never_signed_in: true,
                searches: vec!["u1".into()],
                ..UserFilter::default()
            },
        ] {
            let plans = store.plans(|| _ = all(&store, &filter));
            let read: Vec<_> =
                plans.iter().filter(|(sql, _)| sql.contains("FROM users WHERE")).collect();
            assert!(!read.is_empty());
            for (sql, steps) in read {
                let range = "SEARCH users USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
                assert_eq!(steps, &[range], "{sql}");
            }
        }
    }
}
