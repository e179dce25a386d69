//! The file of the passwords that were made: on the disk before their users have them.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::output_file::{OutputFile, unwritable};
use crate::cli::terminal::output::Medium;
use crate::directory::PasswordIssue;
use crate::fs::create_new;
use crate::model::{FullName, Secret, Timestamp, Username, escape_formula};

const CREDENTIALS_HEADER: &str = "username,full_name,temporary_password,expires_at\n";

/// So many bytes are collected before they are written.
const WRITE_BUFFER_BYTES: usize = 64 * 1024;

/// Passwords on their way into a file.
pub(crate) struct Credentials {
    to: Sink,
    /// Lines that are not written yet.
    lines: Zeroizing<Vec<u8>>,
    count: u64,
}

enum Sink {
    /// Nowhere.
    Nothing,
    /// A file that appears as a whole.
    Whole(Option<OutputFile>, PathBuf),
    /// Such a file, in its place.
    Placed(PathBuf),
    /// A file that grows by each user.
    AppendedFile(AppendedFile),
}

struct AppendedFile {
    path: PathBuf,
    file: Option<File>,
}

impl Credentials {
    /// A file that appears before the commit, if there are passwords at all.
    pub(crate) fn whole(context: &Context, path: Option<&Path>) -> Result<Self, CliError> {
        let to = match path {
            Some(path) if context.rehearses() => {
                check_place(path)?;
                Sink::Nothing
            }
            Some(path) => Sink::Whole(Some(OutputFile::create(path, false)?), path.to_owned()),
            None => Sink::Nothing,
        };
        Ok(Self::new(to))
    }

    /// A file that has each password before its user is committed.
    pub(crate) fn growing(context: &Context, path: Option<&Path>) -> Result<Self, CliError> {
        let to = match path {
            Some(path) => {
                // Made with the first password, but its place has to be a good one now.
                check_place(path)?;
                if context.rehearses() {
                    Sink::Nothing
                } else {
                    Sink::AppendedFile(AppendedFile { path: path.to_owned(), file: None })
                }
            }
            None => Sink::Nothing,
        };
        Ok(Self::new(to))
    }

    fn new(to: Sink) -> Self {
        Self { to, lines: Zeroizing::default(), count: 0 }
    }

    /// Whether passwords go anywhere.
    pub(crate) fn are_kept(&self) -> bool {
        !matches!(self.to, Sink::Nothing)
    }

    /// Takes a password in.
    pub(crate) fn add(
        &mut self,
        username: &Username,
        full_name: &FullName,
        (password, ends): (&Secret, Option<Timestamp>),
    ) -> io::Result<()> {
        if !self.are_kept() {
            return Ok(());
        }
        if self.lines.capacity() == 0 {
            self.lines.reserve_exact(WRITE_BUFFER_BYTES + 4 * 1024);
            self.lines.extend_from_slice(CREDENTIALS_HEADER.as_bytes());
        }
        self.count += 1;
        let ends = ends.map(|end| Medium::Csv.time(end)).unwrap_or_default();
        let name = escape_formula(full_name.as_str());
        let quoted = name.contains([',', '"', '\n', '\r']);
        let name = if quoted { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.into() };
        let password = password.expose();
        writeln!(self.lines, "{username},{name},{password},{ends}")?;
        if self.lines.len() >= WRITE_BUFFER_BYTES { self.write() } else { Ok(()) }
    }

    /// Puts the passwords of `issues` on the disk.
    ///
    /// # Errors
    ///
    /// They cannot be written.
    pub(crate) fn keep(&mut self, issues: &[PasswordIssue]) -> Result<(), CliError> {
        for issue in issues {
            let made = (issue.password(), issue.expires_at());
            self.add(&issue.username, &issue.full_name, made)
                .map_err(|error| CliError::io("the passwords cannot be written", error))?;
        }
        self.settle()
    }

    fn write(&mut self) -> io::Result<()> {
        match &mut self.to {
            Sink::Nothing | Sink::Placed(_) => {}
            Sink::Whole(file, _) => {
                if let Some(file) = file {
                    let mut out = file.writer();
                    out.write_all(&self.lines)?;
                    out.flush()?;
                }
            }
            Sink::AppendedFile(growing) => growing.append(&self.lines)?,
        }
        self.lines.clear();
        Ok(())
    }

    /// Puts what was taken in on the disk.
    ///
    /// # Errors
    ///
    /// It cannot be written, or another file has come to its place meanwhile.
    pub(crate) fn settle(&mut self) -> Result<(), CliError> {
        if self.count == 0 {
            return Ok(());
        }
        if let Err(error) = self.write() {
            return Err(match &self.to {
                Sink::Whole(Some(file), _) => file.failure(&error),
                Sink::AppendedFile(growing) => unwritable(&growing.path, &error),
                _ => CliError::new(ErrorCode::Io, error.to_string()),
            });
        }
        if let Sink::Whole(file, path) = &mut self.to
            && let Some(file) = file.take()
        {
            let placed = Sink::Placed(std::mem::take(path));
            file.finish()?;
            self.to = placed;
        }
        Ok(())
    }

    /// Where the passwords are, if there are some.
    pub(crate) fn place(&self) -> Option<&Path> {
        match &self.to {
            Sink::Placed(path) => Some(path),
            _ => None,
        }
    }

    /// The users whose passwords were put down are not there after all.
    pub(crate) fn take_back(&mut self) {
        if let Sink::Placed(path) = &self.to {
            let _ = fs::remove_file(path);
            self.to = Sink::Nothing;
        }
    }
}

/// Refuses a place where no file can be made.
fn check_place(path: &Path) -> Result<(), CliError> {
    OutputFile::create(path, false).map(drop)
}

impl AppendedFile {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(create_new(&self.path)?),
        };
        let before = file.seek(SeekFrom::End(0))?;
        let written = file.write_all(lines).and_then(|()| file.sync_all());
        if written.is_err() {
            // A half line would spoil the next one.
            let _ = file.set_len(before);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody else's file that came to the place meanwhile is not ours to take back.
    #[test]
    fn only_our_own_file_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.csv");
        let begun = || {
            let file = OutputFile::create(&path, false).unwrap();
            let mut credentials = Credentials::new(Sink::Whole(Some(file), path.clone()));
            credentials.lines.extend_from_slice(b"a,A,secret,\n");
            credentials.count = 1;
            credentials
        };
        let mut late = begun();
        fs::write(&path, "somebody else's").unwrap();
        late.settle().unwrap_err();
        assert_eq!(late.place(), None);
        late.take_back();
        assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
        fs::remove_file(&path).unwrap();
        let mut first = begun();
        first.settle().unwrap();
        assert_eq!(first.place(), Some(path.as_path()));
        first.take_back();
        assert!(!path.exists());
    }
}
