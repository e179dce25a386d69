//! Stores with a flipped bit: whatever it hits, nothing panics or hangs, nothing wrong is written,
//! and what the engine does not see `store check` does.
//!
//! Inside this process, by the library, so that ten thousand of them are a matter of a minute:
//! `CCADMIN_THOROUGH=1` tries so many, without it a part.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use ccadmin::directory::{Caller, Directory, Error, Policy};
use ccadmin::model::{Entropy, FixedClock, Memberships, State, Timestamp, UserFilter, Username};
use ccadmin::store::{Store, StoreError};
use rusqlite::types::Value;

use crate::common::{NOW, PASSWORD, TestEnv, thorough};

struct Zeros;

impl Entropy for Zeros {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        buffer.fill(0);
        Ok(())
    }
}

fn open(path: &Path) -> Result<Directory, Error> {
    Directory::new(
        Store::open(path, Duration::ZERO)?,
        Rc::new(FixedClock(Timestamp::from_seconds(NOW))),
        Box::new(Zeros),
        Policy::default(),
        Caller { real_uid: 0, uid: 0, login: "root".into() },
        None,
    )
}

/// What `store check` can hold against something: rules, other rows, or the audit log. The rest is
/// times, counters, sessions, and the bits of hashes.
const VERIFIABLE: [&str; 10] = [
    "SELECT id, username, full_name, email, phone, state, roles, language, project_selection, \
     search, password_origin, password_kind, password_set_by, password_expires_at FROM users",
    "SELECT id, name, language, description, state FROM projects",
    "SELECT * FROM assignments",
    "SELECT * FROM teams",
    "SELECT * FROM user_teams",
    "SELECT * FROM skills",
    "SELECT * FROM user_skills",
    "SELECT * FROM audit",
    "SELECT user_id, kind FROM photos",
    "SELECT sql FROM sqlite_schema",
];

/// Everything verifiable that the store holds, by the table's own order.
fn content(path: &Path) -> rusqlite::Result<Vec<Vec<Value>>> {
    let database = rusqlite::Connection::open(path)?;
    let mut rows = Vec::new();
    for query in VERIFIABLE {
        let mut statement = database.prepare(query)?;
        let columns = statement.column_count();
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            rows.push((0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?);
        }
    }
    Ok(rows)
}

/// Whether a failure is one that a damaged file explains, and no fault of the program's.
#[track_caller]
fn is_told(error: &Error, at: &str) {
    let Error::Store(error) = error else { panic!("{at}: {error:?}") };
    assert!(!matches!(error, StoreError::Engine(_) | StoreError::Busy { .. }), "{at}: {error}");
}

struct Flip {
    byte: usize,
    bit: u8,
}

/// Tries one flip; says whether it was noticed.
fn survives(good: &[u8], expected: &[Vec<Value>], path: &Path, flip: &Flip) -> bool {
    let at = format!("byte {} bit {}", flip.byte, flip.bit);
    let mut bytes = good.to_vec();
    bytes[flip.byte] ^= 1 << flip.bit;
    for suffix in ["-wal", "-shm"] {
        let mut side = path.as_os_str().to_owned();
        side.push(suffix);
        let _ = fs::remove_file(side);
    }
    fs::write(path, &bytes).unwrap();
    let mut flaws = Vec::new();
    let looked = open(path).and_then(|directory| {
        directory.check(|flaw| flaws.push(flaw.what))?;
        let listed = directory.list_users(&UserFilter::default(), Memberships::ALL, |_| true);
        if flaws.is_empty() {
            listed?;
        }
        Ok(directory)
    });
    let mut directory = match looked {
        Ok(directory) => directory,
        Err(error) => {
            is_told(&error, &at);
            return true;
        }
    };
    if !flaws.is_empty() {
        // Whoever goes on all the same is refused, or changes what they have named and nothing else.
        match directory.set_user_states(&[name("eva")], State::Inactive) {
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => is_told(&error, &at),
        }
        return true;
    }
    let found = content(path).unwrap_or_else(|error| panic!("{at}: the check missed {error}"));
    assert!(found == expected, "{at}: the check missed what changed");
    match directory.set_user_states(&[name("eva")], State::Inactive) {
        Ok(changes) => {
            assert!(changes[0].changed, "{at}");
            let mut flaws = Vec::new();
            directory.check(|flaw| flaws.push(flaw.what)).unwrap();
            assert!(flaws.is_empty(), "{at}: {flaws:?}");
        }
        Err(error) => is_told(&error, &at),
    }
    false
}

fn name(text: &str) -> Username {
    text.parse().unwrap()
}

/// R49.
#[test]
fn a_flipped_bit_is_noticed_or_harmless() {
    let env = TestEnv::with_users();
    env.run("user create ann --name 'Ann Óx' --role agent --role requester --generate-password")
        .success();
    env.run("user rename ann anna").success();
    env.run("user deactivate anna").success();
    env.call("passwd anna --password-stdin --permanent-password")
        .stdin(PASSWORD)
        .output()
        .success();
    let path = env.store();
    let good = fs::read(&path).unwrap();
    let expected = content(&path).unwrap();
    let wanted = if thorough() { 10_000 } else { 400 };
    // A step that shares no factor with the size visits every part of every page.
    let bits = good.len() * 8;
    let mut step = bits / wanted;
    while gcd(step, bits) != 1 {
        step += 1;
    }
    let mut noticed = 0;
    for number in 0..wanted {
        let bit = number * step % bits;
        let flip = Flip { byte: bit / 8, bit: u8::try_from(bit % 8).unwrap() };
        let survived = catch_unwind(AssertUnwindSafe(|| survives(&good, &expected, &path, &flip)));
        let was_noticed =
            survived.unwrap_or_else(|_| panic!("byte {} bit {}", flip.byte, flip.bit));
        noticed += usize::from(was_noticed);
    }
    // Most of a small store's file is empty.
    assert!(noticed * 20 > wanted, "{noticed} of {wanted} were noticed");
}

fn gcd(one: usize, other: usize) -> usize {
    if other == 0 { one } else { gcd(other, one % other) }
}
