//! What every test of the real program stands on: an environment of its own, one run of the
//! program, and its whole output as text for a snapshot.

pub(crate) mod pieces;
pub(crate) mod pty;

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ccadmin");

/// The moment in which every test happens: 2026-11-21T09:00:00Z.
pub(crate) const NOW: i64 = 1_795_251_600;

/// A password that keeps every rule.
pub(crate) const PASSWORD: &str = "verwunschene Teekanne im Regal";

/// An account that owns nothing, for tests that root makes.
pub(crate) const NOBODY: u32 = 65_534;

/// Makes of the newest layout of the store the one that the first version of the program made.
pub(crate) const FIRST_LAYOUT: &str = "DROP TABLE codes; DROP TABLE photos; DROP TABLE retired; \
     DROP INDEX users_by_folded_name; DROP TABLE sign_in_attempts; DROP TABLE sign_in_callers; \
     DROP INDEX audit_without_subject; DROP INDEX users_by_end; DROP INDEX assignments_by_project; \
     ALTER TABLE users DROP COLUMN active_from; ALTER TABLE users DROP COLUMN active_until; \
     ALTER TABLE assignments DROP COLUMN active_from; ALTER TABLE assignments DROP COLUMN active_until; \
     ALTER TABLE projects DROP COLUMN priority; \
     ALTER TABLE audit DROP COLUMN batch; ALTER TABLE audit DROP COLUMN undoes; \
     CREATE INDEX assignments_by_project ON assignments (project_id, user_id, weight); \
     PRAGMA user_version = 1";

/// A home of its own, and nothing of the caller's environment.
pub(crate) struct TestEnv {
    home: TempDir,
}

impl TestEnv {
    pub(crate) fn new() -> Self {
        Self { home: TempDir::with_prefix("ccadmin-").unwrap() }
    }

    /// One with the projects, teams and skills that most tests name.
    pub(crate) fn with_places() -> Self {
        let env = Self::new();
        for line in [
            "project create hu-support --language hu",
            "project create en-support --language en",
            "team create voice",
            "team create chat",
            "skill create billing",
            "skill create returns",
        ] {
            env.run(line).success();
        }
        env
    }

    /// One with James and Eva in it.
    pub(crate) fn with_users() -> Self {
        let env = Self::with_places();
        env.run(
            "user create james --name 'James Carter' --email james@example.com \
             --phone +36201234567 --role agent --team voice --skill billing:3 --language en-GB \
             --project hu-support --project en-support:20 --generate-password",
        )
        .success();
        env.run("user create eva --name 'Kovács Éva' --role supervisor --generate-password")
            .success();
        env
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    /// Writes a file in the home.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// Writes the user's config file.
    pub(crate) fn config(&self, contents: &str) {
        self.write(".config/ccadmin/config.toml", contents);
    }

    /// The default store.
    pub(crate) fn store(&self) -> PathBuf {
        self.path(".local/share/ccadmin/ccadmin.db")
    }

    /// The default store, opened behind the program's back.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.store()).unwrap()
    }

    /// Makes the default store what the first version of the program would have left.
    pub(crate) fn make_older(&self) {
        self.database().execute_batch(FIRST_LAYOUT).unwrap();
    }

    /// The files beside the default store, without the store and its side files.
    pub(crate) fn beside_store(&self) -> Vec<PathBuf> {
        let folder = self.store().parent().unwrap().to_owned();
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let own = ["ccadmin.db", "ccadmin.db-wal", "ccadmin.db-shm"];
        let mut others: Vec<PathBuf> =
            entries.filter(|path| !own.iter().any(|name| path.ends_with(name))).collect();
        others.sort();
        others
    }

    /// What the store's tables hold, for "nothing was changed".
    pub(crate) fn contents(&self) -> String {
        contents(&self.database())
    }

    /// What the audit log holds: `action subject`, oldest first.
    pub(crate) fn audit(&self) -> Vec<String> {
        column(&self.database(), "SELECT action || ' ' || subject FROM audit ORDER BY seq")
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: impl Arguments) -> Output {
        self.call(arguments).output()
    }

    /// A call of the program, to be refined before it is run.
    pub(crate) fn call(&self, arguments: impl Arguments) -> Call<'_> {
        let mut command = self.command(PROGRAM);
        command.args(arguments.words());
        Call { env: self, command, stdin: Vec::new() }
    }

    /// A line of sh, in which `$ccadmin` is the program.
    pub(crate) fn sh(&self, line: &str) -> Call<'_> {
        let mut command = self.command("/bin/sh");
        command.args(["-c", line]).env("ccadmin", PROGRAM);
        Call { env: self, command, stdin: Vec::new() }
    }

    /// What a process came to. Whatever it was asked, it has not panicked.
    pub(crate) fn outcome(&self, output: process::Output) -> Output {
        let ended = output.status;
        let status = ended.code();
        let output = Output {
            home: self.home().display().to_string(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            status,
        };
        assert!(!matches!(status, Some(101 | 134) | None), "{ended}: {output}");
        assert!(!output.stderr.contains("a fault of ccadmin"), "{output}");
        output
    }

    /// A process in this environment, for what a [`Call`] cannot do.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("CCADMIN_TEST_NOW", NOW.to_string())
            .current_dir(self.home());
        command
    }
}

/// What the tables of a database hold, row by row.
pub(crate) fn contents(database: &rusqlite::Connection) -> String {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut text = String::new();
    for table in column(database, tables) {
        text.push_str(&table);
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let count = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..count).map(|at| row.get_ref(at).unwrap()).collect();
            let _ = write!(text, "\n{values:?}");
        }
        text.push('\n');
    }
    text
}

/// The first column of a query's answer.
pub(crate) fn column(database: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Whether the tests run as root, who may do what others are kept from.
pub(crate) fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// Whether another account can be tried: root can, where that account reaches the program.
pub(crate) fn can_be_nobody() -> bool {
    let mut command = Command::new(PROGRAM);
    is_root() && command.arg("--version").uid(NOBODY).gid(NOBODY).output().is_ok()
}

/// Whether the long form of tests is wanted that by themselves try a part of what there is.
#[expect(clippy::disallowed_methods, reason = "how long tests may take is said from outside")]
pub(crate) fn thorough() -> bool {
    std::env::var_os("CCADMIN_THOROUGH").is_some()
}

/// Says that a test does nothing here, and why.
pub(crate) fn skipped(why: &str) {
    // Not by `eprintln!`, which tests that pass keep to themselves.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The words of a call: a line, taken apart as a shell would, or the words themselves.
pub(crate) trait Arguments {
    fn words(self) -> Vec<OsString>;
}

impl Arguments for &str {
    fn words(self) -> Vec<OsString> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut quoted = false;
        for letter in self.chars() {
            match letter {
                '\'' => {
                    quoted = !quoted;
                    word.get_or_insert_default();
                }
                ' ' if !quoted => words.extend(word.take().map(OsString::from)),
                letter => word.get_or_insert_default().push(letter),
            }
        }
        assert!(!quoted, "an open quotation mark in {self}");
        words.extend(word.map(OsString::from));
        words
    }
}

impl<T: AsRef<OsStr>, const N: usize> Arguments for &[T; N] {
    fn words(self) -> Vec<OsString> {
        self.as_slice().words()
    }
}

impl<T: AsRef<OsStr>> Arguments for &[T] {
    fn words(self) -> Vec<OsString> {
        self.iter().map(|word| word.as_ref().to_owned()).collect()
    }
}

/// A call that is being put together.
#[must_use = "call `.output()`"]
pub(crate) struct Call<'e> {
    env: &'e TestEnv,
    command: Command,
    stdin: Vec<u8>,
}

impl Call<'_> {
    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// At another moment: so many seconds after the usual one.
    pub(crate) fn later(self, seconds: i64) -> Self {
        self.env("CCADMIN_TEST_NOW", (NOW + seconds).to_string())
    }

    /// Under another account, which root alone can do.
    pub(crate) fn under_account(mut self, uid: u32) -> Self {
        self.command.uid(uid).gid(uid);
        self
    }

    pub(crate) fn output(mut self) -> Output {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = self.stdin;
        // Its own thread, since a program that answers while it reads could block both sides; that
        // it does not read all is none of our business.
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&bytes);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        self.env.outcome(output)
    }
}

/// What a run came to. As text: stdout, stderr and the exit status, with placeholders for what
/// differs from run to run.
#[must_use = "either snapshot the output or assert `.success()`"]
pub(crate) struct Output {
    home: String,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: Option<i32>,
}

impl Output {
    /// It went well; what it said does not matter.
    #[track_caller]
    pub(crate) fn success(&self) {
        assert_eq!(self.status, Some(0), "{self}");
    }

    /// stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// One field of stdout's JSON, with placeholders.
    #[track_caller]
    pub(crate) fn part(&self, field: &str) -> String {
        self.redact(&self.json()[field].to_string())
    }

    /// `text` with placeholders for what differs from run to run.
    pub(crate) fn redact(&self, text: &str) -> String {
        let text = text.replace(&self.home, "<home>");
        let text = replace_words(&text, is_password, "<password>");
        let text = replace_words(&text, is_store_id, "<store-id>");
        replace_words(&text, |word| word.starts_with("os:"), "os:<login>")
    }
}

impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.redact(&self.stdout))?;
        if !self.stderr.is_empty() {
            write!(formatter, "--- stderr ---\n{}", self.redact(&self.stderr))?;
        }
        match self.status {
            Some(status) => write!(formatter, "[exit status: {status}]"),
            None => formatter.write_str("[killed by a signal]"),
        }
    }
}

/// Makes a shell script that can be run, of `script`.
///
/// A process of its own writes it: a program that any other thread of the tests starts meanwhile
/// would inherit a descriptor of ours, and hold the file open for writing for as long as it takes to
/// get going, and a file that is open for writing cannot be run (`ETXTBSY`).
pub(crate) fn write_program(path: &Path, script: &str) {
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writer.stdin.take().unwrap().write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
}

/// Five groups of five letters and digits.
pub(crate) fn is_password(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    let is_group = |group: &&str| {
        group.len() == 5
            && group.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    groups.len() == 5 && groups.iter().all(is_group)
}

fn is_store_id(word: &str) -> bool {
    word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Puts `placeholder` in the place of every word that `is_one`.
fn replace_words(text: &str, is_one: impl Fn(&str) -> bool, placeholder: &str) -> String {
    let ends =
        |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | ':' | '_'));
    text.split_inclusive(ends)
        .map(|piece| {
            let word = piece.trim_end_matches(ends);
            if is_one(word) { piece.replacen(word, placeholder, 1) } else { piece.to_owned() }
        })
        .collect()
}
