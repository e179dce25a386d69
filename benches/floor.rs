//! What an import is measured against: bare loops that do nothing but the unavoidable.
//!
//! `cargo bench --bench floor -- rows SOURCE TARGET` writes the rows of the store SOURCE into the new
//! store TARGET, same tables and indexes, in one transaction; `... -- hashes COUNT` hashes passwords
//! on all cores. Each prints how many seconds that took.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own")]

use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use ccadmin::model::{Entropy, Timestamp};
use ccadmin::store::Store;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// The tables that an import of new users writes, parents first.
const TABLES: [&str; 8] =
    ["teams", "skills", "projects", "users", "user_teams", "user_skills", "assignments", "audit"];

struct System;

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let time = match words.as_slice() {
        ["rows", source, target] => rows(Path::new(source), Path::new(target))?,
        ["hashes", count] => hashes(count.parse()?)?,
        _ => {
            eprintln!(
                "nothing to do: cargo bench --bench floor -- rows SOURCE TARGET | hashes COUNT"
            );
            return Ok(());
        }
    };
    println!("{:.3}", time.as_secs_f64());
    Ok(())
}

/// The rows are read beforehand; what is measured begins with the opening of the target and ends
/// with its closing.
fn rows(source: &Path, target: &Path) -> Result<Duration, Box<dyn Error>> {
    let from = Connection::open(source)?;
    let mut tables = Vec::new();
    for table in TABLES {
        // By the key: without an order SQLite may well take that of a smaller index.
        let mut statement = from.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))?;
        let columns = statement.column_count();
        let mut rows: Vec<Vec<Value>> = Vec::new();
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            rows.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
        }
        tables.push((table, columns, rows));
    }
    Store::create(target, Timestamp::from_seconds(0), &mut System)?;
    let begun = Instant::now();
    let to = Connection::open(target)?;
    to.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;
         BEGIN IMMEDIATE;",
    )?;
    // User by user, as any import has to: the rows of a user belong together.
    let mut statements = Vec::new();
    for (table, columns, _) in &tables {
        let marks = vec!["?"; *columns].join(", ");
        statements.push(to.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?);
    }
    let [.., users, user_teams, user_skills, assignments, audit] = tables.as_slice() else {
        return Err("a table is missing".into());
    };
    for (index, (_, _, rows)) in tables.iter().enumerate().take(3) {
        for row in rows {
            statements[index].execute(params_from_iter(row))?;
        }
    }
    let labels = audit.2.len() - users.2.len();
    for row in &audit.2[..labels] {
        statements[7].execute(params_from_iter(row))?;
    }
    let mut next = [0; 3];
    for (user, entry) in users.2.iter().zip(&audit.2[labels..]) {
        statements[3].execute(params_from_iter(user))?;
        for (child, (_, _, rows)) in [user_teams, user_skills, assignments].iter().enumerate() {
            while let Some(row) = rows.get(next[child]).filter(|row| row[0] == user[0]) {
                statements[4 + child].execute(params_from_iter(row))?;
                next[child] += 1;
            }
        }
        statements[7].execute(params_from_iter(entry))?;
    }
    drop(statements);
    to.execute_batch("COMMIT")?;
    to.close().map_err(|(_, error)| error)?;
    let time = begun.elapsed();
    // A loop that leaves rows out is no floor.
    let to = Connection::open(target)?;
    for (table, _, rows) in &tables {
        let count = format!("SELECT count(*) FROM {table}");
        let written: i64 = to.query_row(&count, [], |row| row.get(0))?;
        assert_eq!(usize::try_from(written)?, rows.len(), "{table}");
    }
    Ok(time)
}

fn hashes(count: usize) -> Result<Duration, Box<dyn Error>> {
    let threads = thread::available_parallelism()?.get();
    let begun = Instant::now();
    thread::scope(|scope| {
        for number in 0..threads {
            scope.spawn(move || {
                let params = Params::default();
                let mut memory = vec![Block::new(); params.block_count()];
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut tag = [0; 32];
                for one in (number..count).step_by(threads) {
                    let password = format!("correct horse battery staple {one}");
                    let salt = [1; 16];
                    let hashed = argon2.hash_password_into_with_memory(
                        password.as_bytes(),
                        &salt,
                        &mut tag,
                        &mut memory,
                    );
                    assert!(hashed.is_ok());
                }
            });
        }
    });
    Ok(begun.elapsed())
}
