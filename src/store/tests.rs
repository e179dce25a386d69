//! Making and opening stores, and two at once on one file.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use super::{SCHEMA_VERSION, Store, StoreError};
use crate::model::{
    AuditAction, AuditEntry, AuditOutcome, Entropy, Memberships, State, Timestamp, UserFilter,
};

const NOW: Timestamp = Timestamp::from_seconds(1_795_251_600);
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

struct Byte(u8);

impl Entropy for Byte {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        buffer.fill(self.0);
        Ok(())
    }
}

struct Broken;

impl Entropy for Broken {
    fn fill(&mut self, _: &mut [u8]) -> io::Result<()> {
        Err(io::Error::other("no entropy"))
    }
}

fn create(path: &Path) -> Result<(), StoreError> {
    Store::create(path, NOW, &mut Byte(7))
}

/// A folder that is gone afterwards, and the path of a store in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    (folder, path)
}

fn made() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = place();
    create(&path).unwrap();
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Why the store cannot be opened.
fn refusal(path: &Path) -> StoreError {
    match Store::open(path, BUSY_TIMEOUT) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

fn entry(seq: i64) -> AuditEntry {
    AuditEntry {
        at: NOW,
        actor: "os:root".into(),
        actor_id: None,
        os_uid: 0,
        action: AuditAction::ProjectCreate,
        subject: Some(format!("p{seq}")),
        subject_id: Some(seq),
        outcome: AuditOutcome::Done,
        before: None,
        after: None,
        undoes: None,
    }
}

#[test]
fn a_new_store_is_for_its_owner_alone() {
    let (folder, _) = place();
    let inner = folder.path().join("deep/er");
    let path = inner.join("ccadmin.db");
    create(&path).unwrap();
    assert_eq!(names(&inner), ["ccadmin.db"]);
    assert_eq!(mode(&path), 0o600);
    assert_eq!((mode(&inner), mode(&folder.path().join("deep"))), (0o700, 0o700));
    let store = Store::open(&path, BUSY_TIMEOUT).unwrap();
    let facts = store.info().unwrap();
    assert_eq!(facts.store_id, "07".repeat(16));
    assert_eq!((facts.version, facts.created_at), (SCHEMA_VERSION, NOW));
    assert_eq!((facts.users, facts.projects, facts.teams, facts.skills), (0, 0, 0, 0));
    assert_eq!(facts.audit_entries, 0);
    let owner = fs::metadata(&path).unwrap().uid();
    assert!(store.trusts(owner).unwrap() && store.trusts(0).unwrap());
    assert!(!store.trusts(owner + 1).unwrap());
    assert_eq!(store.path(), path.canonicalize().unwrap());
    for side in names(&inner) {
        assert_eq!(mode(&inner.join(side)), 0o600);
    }
}

#[test]
fn a_folder_that_is_there_keeps_its_mode() {
    let (folder, path) = place();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
    create(&path).unwrap();
    assert_eq!(mode(folder.path()), 0o750);
}

#[test]
fn what_is_there_is_never_replaced() {
    let (folder, path) = made();
    let before = fs::read(&path).unwrap();
    assert!(matches!(create(&path), Err(StoreError::AlreadyExists { path: at }) if at == path));
    assert_eq!(fs::read(&path).unwrap(), before);
    let file = folder.path().join("empty");
    fs::write(&file, "").unwrap();
    let link = folder.path().join("dangling");
    symlink(folder.path().join("nowhere"), &link).unwrap();
    for taken in [&file, &link, &folder.path().to_owned()] {
        assert!(
            matches!(create(taken), Err(StoreError::AlreadyExists { .. })),
            "{}",
            taken.display()
        );
    }
    assert_eq!(names(folder.path()), ["ccadmin.db", "dangling", "empty"]);
}

/// Of several that are made at once in one place exactly one remains, whole.
#[test]
fn of_many_that_make_a_store_one_wins() {
    let (folder, path) = place();
    let start = Arc::new(Barrier::new(4));
    let makers: Vec<_> = (1..=4_u8)
        .map(|number| {
            let (path, start) = (path.clone(), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                match Store::create(&path, NOW, &mut Byte(number)) {
                    Ok(()) => Some(number),
                    Err(StoreError::AlreadyExists { .. }) => None,
                    Err(other) => panic!("{other}"),
                }
            })
        })
        .collect();
    let winners: Vec<u8> = makers.into_iter().filter_map(|maker| maker.join().unwrap()).collect();
    let [winner] = winners.as_slice() else { panic!("{winners:?}") };
    assert_eq!(names(folder.path()), ["ccadmin.db"]);
    let id = Store::open(&path, BUSY_TIMEOUT).unwrap().info().unwrap().store_id;
    assert_eq!(id, format!("{winner:02x}").repeat(16));
}

#[test]
fn what_cannot_be_made_leaves_nothing() {
    let (folder, path) = place();
    let error = Store::create(&path, NOW, &mut Broken).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    fs::write(folder.path().join("file"), "").unwrap();
    let below = folder.path().join("file/ccadmin.db");
    let error = create(&below).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn what_is_not_there_is_not_made() {
    let (folder, path) = place();
    for missing in [path, folder.path().join("no/such/folder.db")] {
        let error = refusal(&missing);
        assert!(matches!(&error, StoreError::NotFound { .. }), "{error}");
    }
    assert!(names(folder.path()).is_empty());
}

/// R41 and R43.
#[test]
fn what_is_no_store_of_ours_is_refused() {
    let (folder, path) = made();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty"), "").unwrap();
    fs::write(at("text"), "this is no database at all, but a text that is long enough to be read")
        .unwrap();
    symlink(&path, at("link")).unwrap();
    let other = rusqlite_file(&at("other"));
    for (path, why) in [
        (at("empty"), "it is empty"),
        (at("text"), "it is not a database"),
        (at("link"), "it is a symbolic link"),
        (folder.path().to_owned(), "it is not a file"),
        (other, "it was made by another program"),
    ] {
        let error = refusal(&path);
        assert!(matches!(&error, StoreError::NotAStore { reason, .. } if reason == why), "{error}");
    }
    assert_eq!(fs::read(at("empty")).unwrap(), b"");
    // A name that SQLite would read as a URI is a name.
    let odd = folder.path().join("file:x?mode=memory");
    let error = refusal(&odd);
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
}

/// A store of ours that says that it is another program's.
fn rusqlite_file(path: &Path) -> PathBuf {
    create(path).unwrap();
    Store::open(path, BUSY_TIMEOUT).unwrap().sql("PRAGMA application_id = 1");
    path.to_owned()
}

/// R41: homes are often links.
#[test]
fn a_folder_may_be_a_link() {
    let (folder, path) = made();
    let link = folder
        .path()
        .parent()
        .unwrap()
        .join(format!("{}-link", folder.path().file_name().unwrap().to_str().unwrap()));
    symlink(folder.path(), &link).unwrap();
    let opened =
        Store::open(&link.join("ccadmin.db"), BUSY_TIMEOUT).map(|store| store.path().to_owned());
    fs::remove_file(&link).unwrap();
    assert_eq!(opened.unwrap(), path.canonicalize().unwrap());
}

/// R43.
#[test]
fn another_version_is_refused_by_its_name() {
    let (_folder, path) = made();
    Store::open(&path, BUSY_TIMEOUT)
        .unwrap()
        .sql(&format!("PRAGMA user_version = {}", SCHEMA_VERSION + 1));
    let error = refusal(&path);
    assert!(
        matches!(error, StoreError::NewerVersion { found, known, .. } if (found, known) == (SCHEMA_VERSION + 1, SCHEMA_VERSION)),
    );
    let (_folder, path) = made();
    let older = Store::open(&path, BUSY_TIMEOUT).unwrap();
    for change in [
        "DROP TABLE codes",
        "DROP TABLE photos",
        "DROP TABLE retired",
        "DROP INDEX users_by_folded_name",
        "DROP TABLE sign_in_attempts",
        "DROP TABLE sign_in_callers",
        "DROP INDEX audit_without_subject",
        "DROP INDEX users_by_end",
        "DROP INDEX assignments_by_project",
        "ALTER TABLE users DROP COLUMN active_from",
        "ALTER TABLE users DROP COLUMN active_until",
        "ALTER TABLE assignments DROP COLUMN active_from",
        "ALTER TABLE assignments DROP COLUMN active_until",
        "ALTER TABLE audit DROP COLUMN batch",
        "ALTER TABLE audit DROP COLUMN undoes",
        "ALTER TABLE projects DROP COLUMN priority",
        "CREATE INDEX assignments_by_project ON assignments (project_id, user_id, weight)",
        "PRAGMA user_version = 1",
    ] {
        older.sql(change);
    }
    let error = refusal(&path);
    assert!(
        matches!(error, StoreError::OlderVersion { found, known, .. } if (found, known) == (1, SCHEMA_VERSION)),
    );
    // None of ours ever had these.
    for version in [0, -1] {
        older.sql(&format!("PRAGMA user_version = {version}"));
        let error = refusal(&path);
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    }
    // One that has the schema of another version was changed by other hands.
    older.sql(&format!("PRAGMA user_version = {SCHEMA_VERSION}"));
    let error = refusal(&path);
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

/// R43: whatever else stands in the schema, or is missing there, was not our doing.
#[test]
fn a_layout_of_other_hands_is_refused() {
    for planted in [
        "CREATE TRIGGER planted AFTER INSERT ON users BEGIN \
         UPDATE users SET roles = 31 WHERE id = new.id; END",
        "CREATE VIEW planted AS SELECT * FROM users",
        "CREATE TABLE planted (x)",
        "CREATE INDEX planted ON users (email)",
        "DROP TRIGGER audit_is_not_deleted",
        "DROP INDEX users_by_name",
        "ALTER TABLE users ADD COLUMN planted TEXT",
    ] {
        let (_folder, path) = made();
        Store::open(&path, BUSY_TIMEOUT).unwrap().sql(planted);
        let error = refusal(&path);
        assert!(
            matches!(&error, StoreError::Damaged { reason, .. } if reason.contains("tables")),
            "{planted}: {error}"
        );
    }
}

/// R45: a writer waits for the one before, and reads what that one wrote.
#[test]
fn a_writer_waits_for_its_turn() {
    let (_folder, path) = made();
    let first = Store::open(&path, BUSY_TIMEOUT).unwrap();
    let transaction = first.write().unwrap();
    let recorded = transaction.record(&entry(1)).unwrap();

    let (about_to_wait, waits) = mpsc::channel();
    let second = thread::spawn(move || {
        let hasty = Store::open(&path, Duration::ZERO).unwrap();
        assert!(matches!(hasty.write().map(drop), Err(StoreError::Busy { .. })));
        // Reading goes on meanwhile, and sees nothing of what is not committed.
        assert!(hasty.log().is_empty());
        drop(hasty);
        let patient = Store::open(&path, BUSY_TIMEOUT).unwrap();
        about_to_wait.send(()).unwrap();
        let transaction = patient.write().unwrap();
        let recorded = transaction.record(&entry(2)).unwrap();
        transaction.commit(recorded).unwrap();
    });
    waits.recv().unwrap();
    transaction.commit(recorded).unwrap();
    second.join().unwrap();
    let seqs: Vec<i64> = first.log().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [1, 2]);
}

/// R37: whoever waits in vain learns who holds the store.
#[test]
#[cfg(target_os = "linux")]
fn a_busy_store_names_its_holder() {
    let (_folder, path) = made();
    let first = Store::open(&path, BUSY_TIMEOUT).unwrap();
    let second = Store::open(&path, Duration::ZERO).unwrap();
    let transaction = first.write().unwrap();
    let error = second.write().map(drop).unwrap_err();
    let StoreError::Busy { holder: Some(holder) } = &error else { panic!("{error:?}") };
    assert_eq!(holder.pid, std::process::id());
    assert_eq!(holder.uid, Some(rustix::process::getuid().as_raw()));
    assert!(error.to_string().contains(&format!("process {}", holder.pid)), "{error}");
    drop(transaction);
    drop(second.write().unwrap());
}

/// What is read through one snapshot is of one moment, whatever others commit meanwhile.
#[test]
fn a_snapshot_is_of_one_moment() {
    let (_folder, path) = made();
    let first = Store::open(&path, BUSY_TIMEOUT).unwrap();
    let second = Store::open(&path, BUSY_TIMEOUT).unwrap();
    let snapshot = first.read().unwrap();
    assert_eq!(snapshot.count_projects().unwrap(), 0);
    let transaction = second.write().unwrap();
    transaction
        .insert_project(&"hu".parse().unwrap(), &crate::model::ProjectDetails::default(), NOW)
        .unwrap()
        .unwrap();
    let recorded = transaction.record(&entry(1)).unwrap();
    transaction.commit(recorded).unwrap();
    assert_eq!(snapshot.count_projects().unwrap(), 0);
    drop(snapshot);
    assert_eq!(first.read().unwrap().count_projects().unwrap(), 1);
}

/// R51: a value that the schema does not allow is no user, but a damaged store.
#[test]
fn a_value_that_cannot_be_there_is_damage() {
    let store = Store::in_memory(NOW).unwrap();
    store.sql(
        "INSERT INTO users (id, username, full_name, state, roles, project_selection, search, \
         created_at, updated_at) VALUES (1, 'x', 'x', 1, 2, 1, '', 0, 0)",
    );
    for refused in [
        "UPDATE users SET roles = 32",
        "UPDATE users SET roles = 0",
        "UPDATE users SET state = 2",
        "UPDATE users SET created_at = 'yesterday'",
        "UPDATE users SET username = NULL",
        "UPDATE users SET password_hash = 'x'",
        "UPDATE users SET password_expires_at = 1",
        "INSERT INTO user_teams VALUES (1, 77)",
        "INSERT INTO assignments VALUES (77, 1, 1)",
    ] {
        assert!(store.try_sql(refused).is_err(), "{refused}");
    }
    store.sql("PRAGMA ignore_check_constraints = ON");
    for (column, value) in [("roles", 32), ("state", 2), ("password_origin", 5)] {
        store.sql(&format!("UPDATE users SET {column} = {value}"));
        let reader = store.read().unwrap();
        let error = reader
            .list_users(&UserFilter::default(), NOW, Memberships::ALL, |_| {
                Ok::<_, StoreError>(true)
            })
            .unwrap_err();
        assert!(
            matches!(&error, StoreError::Damaged { reason, .. } if reason.contains(column)),
            "{error}"
        );
        drop(reader);
        store.sql("UPDATE users SET roles = 2, state = 1, password_origin = NULL");
    }
    let id = crate::model::UserId(1);
    let transaction = store.write().unwrap();
    transaction.set_user_state(id, State::Inactive, NOW).unwrap();
}
