//! A switch's own database of queues, in the tables that Asterisk's realtime engine reads. It is no
//! store: a switch that holds a transaction open in it keeps nobody from the users.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::store_error;
use crate::fs::create_new;
use crate::model::{QueueMember, QueueTables};
use crate::store::StoreError;

/// The columns are those of Asterisk's `contrib/realtime`, as far as they are filled.
const TABLES: &str = "
    CREATE TABLE origin (store TEXT NOT NULL, audit_seq INTEGER NOT NULL, audit_hash TEXT NOT NULL);
    CREATE TABLE queues (
        name TEXT PRIMARY KEY NOT NULL,
        strategy TEXT NOT NULL,
        weight INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE queue_members (
        queue_name TEXT NOT NULL,
        interface TEXT NOT NULL,
        membername TEXT NOT NULL,
        penalty INTEGER NOT NULL,
        paused INTEGER NOT NULL DEFAULT 0,
        uniqueid INTEGER NOT NULL UNIQUE,
        PRIMARY KEY (queue_name, interface)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;";

/// How long a switch that reads is waited for.
const WAIT: Duration = Duration::from_secs(10);

/// Writes `tables` to the file at `path`, which is made (mode 0600) or, where it already holds such
/// tables, changed in one transaction: a switch that has it open reads the new rows.
///
/// # Errors
///
/// [`StoreError::NotAStore`], where something else is there; what else the file system says.
pub(crate) fn write(path: &Path, tables: &QueueTables) -> Result<(), StoreError> {
    let is_new = match create_new(path) {
        Ok(_) => true,
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => false,
        Err(source) => return Err(StoreError::Io { context: path.display().to_string(), source }),
    };
    let written = write_into(path, tables);
    if written.is_err() && is_new {
        // What is not whole is not there: another try finds nothing in its way.
        let _ = fs::remove_file(path);
    }
    written
}

fn write_into(path: &Path, tables: &QueueTables) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| store_error(&error, path, None);
    let (mut connection, is_empty) = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(failed)?;
    if is_empty {
        transaction.execute_batch(TABLES).map_err(failed)?;
    }
    fill(&transaction, tables).and_then(|()| transaction.commit()).map_err(failed)
}

/// What the file at `path` holds.
///
/// # Errors
///
/// [`StoreError::NotAStore`], where it holds something else; what else the file system says.
pub(crate) fn read(path: &Path) -> Result<QueueTables, StoreError> {
    let failed = |error: rusqlite::Error| store_error(&error, path, None);
    let (connection, _) = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let transaction = connection.unchecked_transaction().map_err(failed)?;
    rows(&transaction).map_err(failed)
}

/// Opens the file, and tells whether it is still empty.
fn open(path: &Path, flags: OpenFlags) -> Result<(Connection, bool), StoreError> {
    let failed = |error: rusqlite::Error| store_error(&error, path, None);
    let unreadable = |source| StoreError::Io { context: path.display().to_string(), source };
    if path.symlink_metadata().map_err(unreadable)?.is_symlink() {
        return Err(unreadable(io::Error::other("it is a symbolic link")));
    }
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(WAIT).map_err(failed)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(failed)?;
    // One that is empty gets the tables; any other one has to have exactly these.
    let mut found: Vec<String> = Vec::new();
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .map_err(failed)?;
    let listed = statement.query_map([], |row| row.get(0)).map_err(failed)?;
    for sql in listed {
        found.push(sql.map_err(failed)?);
    }
    drop(statement);
    let mut known: Vec<&str> = TABLES
        .split(';')
        .map(str::trim)
        .filter(|statement| statement.starts_with("CREATE TABLE"))
        .collect();
    known.sort_unstable_by_key(|statement| statement.split_whitespace().nth(2));
    if found.is_empty() || found == known {
        return Ok((connection, found.is_empty()));
    }
    let reason = "it holds other tables than those of queues".to_owned();
    Err(StoreError::NotAStore { path: path.to_owned(), reason })
}

fn fill(transaction: &Transaction<'_>, tables: &QueueTables) -> rusqlite::Result<()> {
    transaction
        .execute_batch("DELETE FROM origin; DELETE FROM queues; DELETE FROM queue_members;")?;
    transaction.execute(
        "INSERT INTO origin (store, audit_seq, audit_hash) VALUES (?1, ?2, ?3)",
        (&tables.store, tables.audit_seq, &tables.audit_hash),
    )?;
    let mut queue =
        transaction.prepare("INSERT INTO queues (name, strategy, weight) VALUES (?1, ?2, ?3)")?;
    for (name, priority) in &tables.queues {
        queue.execute((name, QueueTables::STRATEGY, priority))?;
    }
    let mut member = transaction.prepare(
        "INSERT INTO queue_members (queue_name, interface, membername, penalty, uniqueid)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (number, one) in (1_i64..).zip(&tables.members) {
        member.execute((&one.queue, &one.interface, &one.name, one.penalty, number))?;
    }
    Ok(())
}

fn rows(transaction: &Transaction<'_>) -> rusqlite::Result<QueueTables> {
    let (store, audit_seq, audit_hash) =
        transaction.query_row("SELECT store, audit_seq, audit_hash FROM origin", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let mut queues = transaction.prepare("SELECT name, weight FROM queues ORDER BY name")?;
    let queues =
        queues.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut members = transaction.prepare(
        "SELECT queue_name, interface, membername, penalty FROM queue_members
         ORDER BY queue_name, membername, interface",
    )?;
    let member = |row: &rusqlite::Row<'_>| {
        Ok(QueueMember {
            queue: row.get(0)?,
            interface: row.get(1)?,
            name: row.get(2)?,
            penalty: row.get(3)?,
        })
    };
    let members = members.query_map([], member)?.collect::<Result<_, _>>()?;
    Ok(QueueTables { store, audit_seq, audit_hash, queues, members })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(penalty: u32) -> QueueTables {
        let member = |name: &str| QueueMember {
            queue: "hu-support".to_owned(),
            interface: format!("PJSIP/{name}"),
            name: name.to_owned(),
            penalty,
        };
        QueueTables {
            store: "1".to_owned(),
            audit_seq: 7,
            audit_hash: "ab".to_owned(),
            queues: vec![("en-support".to_owned(), 0), ("hu-support".to_owned(), 7)],
            members: vec![member("bob"), member("eva")],
        }
    }

    #[test]
    fn what_is_written_is_read_and_a_switch_that_has_it_open_sees_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queues.db");
        write(&path, &tables(99)).unwrap();
        assert_eq!(read(&path).unwrap(), tables(99));
        let switch = Connection::open(&path).unwrap();
        let sum = |connection: &Connection| {
            let sql = "SELECT sum(penalty) FROM queue_members";
            connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(sum(&switch), 198);
        write(&path, &tables(200)).unwrap();
        assert_eq!(sum(&switch), 400);
        assert_eq!(read(&path).unwrap(), tables(200));
    }

    #[test]
    fn what_is_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a)").unwrap();
        assert!(matches!(write(&path, &tables(1)), Err(StoreError::NotAStore { .. })));
        assert!(matches!(read(&path), Err(StoreError::NotAStore { .. })));
        std::fs::write(folder.path().join("text"), "not a database, but long enough to be read")
            .unwrap();
        let error = write(&folder.path().join("text"), &tables(1)).unwrap_err();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error:?}");
    }
}
