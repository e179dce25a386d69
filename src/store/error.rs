//! What can go wrong with a store, named by what its owner has to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// The process that keeps a store busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    /// Its process id.
    pub pid: u32,
    /// The account that runs it, where it can be read.
    pub uid: Option<u32>,
    /// How long it has been running, in seconds, where it can be read.
    pub age_seconds: Option<u64>,
    /// When it began, in the kernel's ticks: with `pid`, what it is known by again.
    pub(crate) started: Option<u64>,
    /// Whether it is stopped.
    pub is_stopped: bool,
}

impl LockHolder {
    /// Whether both are one process, and not a later one with the same number.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.pid, self.started) == (other.pid, other.started)
    }
}

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is nothing at the path.
    #[error("there is no store at {}", .path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is something already where a store was to be made.
    #[error("{} already exists", .path.display())]
    AlreadyExists {
        /// Where it was to be made.
        path: PathBuf,
    },
    /// What is there is no store of this program.
    #[error("{} is not a ccadmin store: {reason}", .path.display())]
    NotAStore {
        /// Where it is.
        path: PathBuf,
        /// What gave it away.
        reason: String,
    },
    /// It was written by a newer version of this program.
    #[error("the store {} has version {found}, this program knows versions up to {known}", .path.display())]
    NewerVersion {
        /// Where it is.
        path: PathBuf,
        /// The version that the store has.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// It was written by an older version of this program.
    #[error("the store {} has version {found}, this program needs version {known}", .path.display())]
    OlderVersion {
        /// Where it is.
        path: PathBuf,
        /// The version that the store has.
        found: i64,
        /// The version that this program needs.
        known: i64,
    },
    /// Somebody else wrote all the time that the settings allow for waiting.
    #[error("the store is busy{}", .holder.as_ref().map(describe).unwrap_or_default())]
    Busy {
        /// Who holds it, where that can be found out.
        holder: Option<LockHolder>,
    },
    /// It has moved to another place, and nothing is written here any more.
    #[error(
        "the store {} is retired{}", .path.display(),
        .moved_to.as_ref().map(|place| format!(": it has moved to {place}")).unwrap_or_default()
    )]
    Retired {
        /// Where it is.
        path: PathBuf,
        /// Where it has moved to, where that was said.
        moved_to: Option<String>,
    },
    /// Somebody has moved it away, or put another one in its place, while it was open.
    #[error("the store {} was moved or replaced in the meantime", .path.display())]
    Moved {
        /// Where it was.
        path: PathBuf,
    },
    /// Somebody has written to it while another one was being put in its place.
    #[error("somebody has written to the store {} in the meantime", .path.display())]
    Changed {
        /// Where it is.
        path: PathBuf,
    },
    /// The disk or the quota is full.
    #[error("the disk that holds {} is full", .path.display())]
    Full {
        /// What was to be written there.
        path: PathBuf,
    },
    /// The file, its folder or its disk cannot be written.
    #[error("the store {} is read-only{}", .path.display(), .reason)]
    ReadOnly {
        /// Where it is.
        path: PathBuf,
        /// More about it, beginning with `: `, or nothing.
        reason: String,
    },
    /// One of the files beside it, through which its users write, is missing or not as it has to
    /// be; they cannot make it.
    #[error("the store cannot be used: its side file {} {problem}", .path.display())]
    SideFile {
        /// The side file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The calling account may not open it.
    #[error("the store {} cannot be opened: {reason}", .path.display())]
    Denied {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Its content contradicts itself.
    #[error("the store {} is damaged: {reason}", .path.display())]
    Damaged {
        /// Where it is.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// It was made, and the disk has not said that its name is kept.
    #[error("the store {} was created, but its folder cannot be written to the disk", .path.display())]
    NotDurable {
        /// Where it is.
        path: PathBuf,
    },
    /// A file operation beside the database failed.
    #[error("{context}: {source}")]
    Io {
        /// What was tried.
        context: String,
        /// What the system says.
        source: io::Error,
    },
    /// The engine refused a statement: a fault of this program.
    #[error("the database engine says: {0}")]
    Engine(String),
}

impl StoreError {
    /// The same where a file was to be made beside the store at `store`: that its disk cannot be
    /// written is said of the store.
    #[must_use]
    pub(crate) fn or_read_only_store(self, store: &Path) -> Self {
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path: store.to_owned(), reason: format!(": {source}") }
            }
            other => other,
        }
    }

    /// The same, said of another file: what was found in a copy is so in what was copied.
    #[must_use]
    pub(crate) fn about_file(self, file: &Path) -> Self {
        let path = file.to_owned();
        match self {
            Self::NotAStore { reason, .. } => Self::NotAStore { path, reason },
            Self::NewerVersion { found, known, .. } => Self::NewerVersion { path, found, known },
            Self::Damaged { reason, .. } => Self::Damaged { path, reason },
            other => other,
        }
    }
}

fn describe(holder: &LockHolder) -> String {
    use std::fmt::Write as _;

    let mut text = format!(": process {} holds its lock", holder.pid);
    if let Some(uid) = holder.uid {
        let _ = write!(text, " (account {uid}");
        if let Some(age) = holder.age_seconds {
            let _ = write!(text, ", running for {age} s");
        }
        if holder.is_stopped {
            text.push_str(", stopped");
        }
        text.push(')');
    }
    text
}
