//! The engine: what its connections refuse, and that values are never part of a statement.

use std::time::Duration;

use super::open::{APPLICATION_ID, MAX_VALUE_BYTES};
use super::{Engine, SqlValue};
use crate::store::StoreError;

fn engine() -> Engine {
    let engine = Engine::in_memory().unwrap();
    engine.batch("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT) STRICT").unwrap();
    engine
}

fn number(engine: &Engine, sql: &str) -> i64 {
    engine.optional(sql, &[], |row| row.integer(0)).unwrap().unwrap()
}

/// R51.
#[test]
fn values_are_stored_as_they_are() {
    let engine = engine();
    let names = [
        "x'; DROP TABLE things; --",
        "\" OR 1=1",
        "?1",
        ":name @name $name",
        "100% _ \\",
        "a\nb\u{0}c",
        "佐藤 \u{1f600}",
        "",
    ];
    for name in names {
        let id = engine
            .optional("INSERT INTO things (name) VALUES (?1) RETURNING id", &[name.into()], |row| {
                row.integer(0)
            })
            .unwrap()
            .unwrap();
        let found = engine
            .optional(
                "SELECT name FROM things WHERE name = ?1 AND id = ?2",
                &[name.into(), id.into()],
                |row| Ok(row.text(0)?.to_owned()),
            )
            .unwrap();
        assert_eq!(found.as_deref(), Some(name));
    }
    assert_eq!(number(&engine, "SELECT count(*) FROM things"), 8);
}

#[test]
fn every_kind_of_value_comes_back_as_itself_and_as_nothing_else() {
    let engine = Engine::in_memory().unwrap();
    let values = [
        SqlValue::Integer(i64::MIN),
        SqlValue::Text("x"),
        SqlValue::Blob(&[0, 255]),
        SqlValue::Null,
    ];
    engine
        .optional("SELECT ?1, ?2, ?3, ?4", &values, |row| {
            assert_eq!(row.integer(0).unwrap(), i64::MIN);
            assert_eq!(row.optional_integer(0).unwrap(), Some(i64::MIN));
            assert_eq!(row.text(1).unwrap(), "x");
            assert_eq!(row.blob(2).unwrap(), [0, 255]);
            assert_eq!(
                (row.optional_text(3).unwrap(), row.optional_integer(3).unwrap()),
                (None, None)
            );
            for (column, wrong) in [
                (1, row.integer(1).map(drop)),
                (3, row.integer(3).map(drop)),
                (0, row.text(0).map(drop)),
                (3, row.text(3).map(drop)),
                (0, row.optional_text(0).map(drop)),
                (1, row.optional_integer(1).map(drop)),
                (1, row.blob(1).map(drop)),
            ] {
                assert!(matches!(wrong, Err(StoreError::Damaged { .. })), "{column}");
            }
            Ok(())
        })
        .unwrap()
        .unwrap();
}

/// R42 and R44: how every connection is set.
#[test]
fn a_connection_is_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::write(&path, "").unwrap();
    drop(Engine::create(&path).unwrap());
    let engine = Engine::open(&path, Duration::ZERO).unwrap();
    for (pragma, value) in [
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("temp_store", 2),
        ("synchronous", 2),
        ("journal_size_limit", 0),
        ("recursive_triggers", 1),
        ("application_id", APPLICATION_ID),
    ] {
        assert_eq!(number(&engine, &format!("PRAGMA {pragma}")), value, "{pragma}");
    }
    let mode =
        engine.optional("PRAGMA journal_mode", &[], |row| Ok(row.text(0)?.to_owned())).unwrap();
    assert_eq!(mode.as_deref(), Some("wal"));
    let copy = format!("VACUUM INTO '{}'", folder.path().join("copy.db").display());
    for refused in [
        copy.as_str(),
        "ATTACH ':memory:' AS other",
        "VACUUM",
        "SELECT load_extension('x')",
        // A text in double quotes is none.
        "SELECT \"no such column\"",
        // Defensive: the schema and its shadow cannot be written.
        "UPDATE sqlite_schema SET sql = ''",
    ] {
        assert!(engine.execute(refused, &[]).is_err(), "{refused}");
    }
    engine.batch("PRAGMA writable_schema = ON").unwrap();
    assert!(engine.execute("UPDATE sqlite_schema SET sql = ''", &[]).is_err());
    engine.batch("CREATE VIEW seen AS SELECT 1").unwrap();
    assert!(engine.execute("SELECT * FROM seen", &[]).is_err());
}

/// `.cargo/config.toml` is heeded: what no statement uses is not there to be reached.
#[test]
fn sqlite_has_little_in_it() {
    let options: Vec<String> =
        engine().all("PRAGMA compile_options", &[], |row| Ok(row.text(0)?.to_owned())).unwrap();
    assert!(options.contains(&"OMIT_LOAD_EXTENSION".to_owned()), "{options:?}");
    let more = ["FTS", "RTREE", "DBSTAT", "SOUNDEX", "STAT4"];
    let left = |option: &String| more.iter().any(|more| option.contains(more));
    assert!(!options.iter().any(left), "{options:?}");
}

/// R42: one value cannot fill the memory.
#[test]
fn a_value_has_a_longest_length() {
    let engine = engine();
    let longest = usize::try_from(MAX_VALUE_BYTES).unwrap();
    let text = "x".repeat(longest + 1);
    assert!(
        engine.execute("INSERT INTO things (name) VALUES (?1)", &[text.as_str().into()]).is_err()
    );
    let blown = format!("SELECT length(zeroblob({}))", longest + 1);
    assert!(engine.optional(&blown, &[], |row| row.integer(0)).is_err());
}

#[test]
fn what_is_rolled_back_was_never_there() {
    let engine = engine();
    engine.begin_write().unwrap();
    engine.execute("INSERT INTO things (name) VALUES ('x')", &[]).unwrap();
    engine.rollback();
    assert_eq!(number(&engine, "SELECT count(*) FROM things"), 0);
    // Without a transaction there is nothing to do.
    engine.rollback();
    engine.begin_write().unwrap();
    engine.execute("INSERT INTO things (name) VALUES ('x')", &[]).unwrap();
    engine.commit().unwrap();
    engine.rollback();
    assert_eq!(number(&engine, "SELECT count(*) FROM things"), 1);
}

/// R44: what was committed is in the database and not in a log that grows.
#[test]
fn the_side_files_are_kept_and_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    std::fs::write(&path, "").unwrap();
    {
        let engine = Engine::create(&path).unwrap();
        engine.batch("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT) STRICT").unwrap();
        for _ in 0..5 {
            engine.execute("INSERT INTO things (name) VALUES ('x')", &[]).unwrap();
        }
    }
    let wal = folder.path().join("x.db-wal");
    assert_eq!(std::fs::metadata(&wal).unwrap().len(), 0);
    std::fs::remove_file(&wal).unwrap();
    let engine = Engine::open(&path, Duration::ZERO).unwrap();
    assert_eq!(number(&engine, "SELECT count(*) FROM things"), 5);
}

#[test]
fn a_list_stops_when_it_is_told_to_and_tells_why_it_failed() {
    let engine = engine();
    for name in ["a", "b", "c"] {
        engine.execute("INSERT INTO things (name) VALUES (?1)", &[name.into()]).unwrap();
    }
    let mut seen = Vec::new();
    engine
        .each("SELECT name FROM things ORDER BY id", &[], |row| {
            seen.push(row.text(0)?.to_owned());
            Ok::<_, StoreError>(seen.len() < 2)
        })
        .unwrap();
    assert_eq!(seen, ["a", "b"]);
    let stopped =
        engine.each("SELECT name FROM things", &[], |_| Err(StoreError::Engine("enough".into())));
    assert!(matches!(stopped, Err(StoreError::Engine(why)) if why == "enough"));
    // What was stopped half-way keeps nobody from writing.
    engine.begin_write().unwrap();
    engine.commit().unwrap();
}
