//! A file that a command writes: mode 0600, there whole or not at all, and never in the place of
//! another one unless that was asked for.
//!
//! Where the file system allows it, the file has no name before it is finished, so that nothing is
//! left behind whatever ends the process.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, OFlags, RenameFlags, linkat, renameat_with};
use rustix::io::Errno;

use crate::cli::error::{CliError, ErrorCode};

/// Where open files can be reached by number, which gives one without a name a name.
const OPEN_FILES_FOLDER: &str = "/proc/self/fd";

/// What the name of a file that is not finished begins with.
const TEMP_FILE_PREFIX: &str = ".ccadmin-";

/// A file that is being written.
pub(crate) struct OutputFile {
    file: File,
    path: PathBuf,
    folder: PathBuf,
    /// The name that it has meanwhile, where it has one.
    draft: Option<PathBuf>,
    replace: bool,
}

impl OutputFile {
    /// Begins the file `path`. What already exists is replaced in the end, where it may be.
    ///
    /// # Errors
    ///
    /// Something is there that may not be replaced, or no file can be made there.
    pub(crate) fn create(path: &Path, replace: bool) -> Result<Self, CliError> {
        check_place(path, replace)?;
        let folder = folder_of(path);
        let made = match unnamed(folder) {
            Ok(file) => Ok((file, None)),
            Err(error) if lacks_unnamed(&error) => named(folder),
            Err(error) => Err(error),
        };
        let (file, draft) = made.map_err(|error| unwritable(path, &error))?;
        Ok(Self { file, path: path.to_owned(), folder: folder.to_owned(), draft, replace })
    }

    /// What is written goes through this, and has to be flushed.
    pub(crate) fn writer(&self) -> BufWriter<&File> {
        BufWriter::with_capacity(64 * 1024, &self.file)
    }

    /// Lets everybody read it, for what is no secret.
    pub(crate) fn let_all_read(&self) -> io::Result<()> {
        self.file.set_permissions(Permissions::from_mode(0o644))
    }

    /// The error for what could not be written into it.
    pub(crate) fn failure(&self, error: &io::Error) -> CliError {
        unwritable(&self.path, error)
    }

    /// Puts it into its place; when this returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// It cannot be written, or something has come to its place meanwhile; then it is gone.
    pub(crate) fn finish(mut self) -> Result<(), CliError> {
        let placed = self.file.sync_all().and_then(|()| self.place());
        placed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&self.path),
            _ => unwritable(&self.path, &error),
        })
    }

    fn place(&mut self) -> io::Result<()> {
        match (&self.draft, self.replace) {
            (None, false) => self.link_to(&self.path)?,
            (None, true) => {
                let ((), draft) = free_name(&self.folder, |draft| self.link_to(draft))?;
                self.draft = Some(draft);
                return self.place();
            }
            (Some(draft), true) => fs::rename(draft, &self.path)?,
            (Some(draft), false) => move_without_replacing(draft, &self.path)?,
        }
        self.draft = None;
        let synced = sync_folder(&self.path);
        if synced.is_err() && !self.replace {
            // Its name may not outlast a crash: what cannot be relied on is not left there.
            let _ = fs::remove_file(&self.path);
        }
        synced
    }

    fn link_to(&self, name: &Path) -> io::Result<()> {
        let open = Path::new(OPEN_FILES_FOLDER).join(self.file.as_raw_fd().to_string());
        Ok(linkat(CWD, &open, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(draft) = &self.draft {
            let _ = fs::remove_file(draft);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Puts a new name on the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Refuses a place before anything is done for it. A symbolic link counts as what it is: it may be
/// replaced, and what it leads to stays as it is; one to a device or a pipe is meant as that.
fn check_place(path: &Path, replace: bool) -> Result<(), CliError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let leads_to_other = || fs::metadata(path).is_ok_and(|found| !found.is_file());
    if !found.is_file() && (!found.is_symlink() || leads_to_other()) {
        let shown = path.display();
        let message = format!("{shown} exists and is not a regular file: it is left unchanged");
        return Err(CliError::new(ErrorCode::FileExists, message)
            .with_hint("name a file, or `-` for stdout"));
    }
    if replace { Ok(()) } else { Err(exists(path)) }
}

fn exists(path: &Path) -> CliError {
    CliError::new(ErrorCode::FileExists, format!("{} already exists", path.display()))
        .with_hint("name another file, or remove it first")
}

/// The error for a file that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(ErrorCode::Io, format!("{} cannot be written: {error}", path.display()))
        .with_hint("name a file in a folder that you can write to, with enough space")
}

/// A file in `folder` that has no name yet.
fn unnamed(folder: &Path) -> io::Result<File> {
    if !Path::new(OPEN_FILES_FOLDER).exists() {
        return Err(Errno::OPNOTSUPP.into());
    }
    let flags = (OFlags::TMPFILE | OFlags::CLOEXEC).bits().cast_signed();
    OpenOptions::new().write(true).custom_flags(flags).mode(0o600).open(folder)
}

/// Whether the file system, or an old kernel, knows of no files without a name.
fn lacks_unnamed(error: &io::Error) -> bool {
    let unknown = [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL];
    Errno::from_io_error(error).is_some_and(|error| unknown.contains(&error))
}

fn named(folder: &Path) -> io::Result<(File, Option<PathBuf>)> {
    let (file, draft) = free_name(folder, |draft| {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)
    })?;
    Ok((file, Some(draft)))
}

/// Tries names in `folder` until `make` finds one free.
fn free_name<T>(folder: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, PathBuf)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..100 {
        let draft = folder.join(format!("{TEMP_FILE_PREFIX}{}-{number}.new", std::process::id()));
        match make(&draft) {
            Ok(done) => return Ok((done, draft)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Not every file system has both ways of moving a file without replacing another.
fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    /// A file as it is begun where files without a name are known, and where they are not.
    fn begun(path: &Path, replace: bool) -> [OutputFile; 2] {
        let folder = path.parent().unwrap();
        let first = OutputFile::create(path, replace).unwrap();
        let (file, draft) = named(folder).unwrap();
        let (path, folder) = (path.to_owned(), folder.to_owned());
        [first, OutputFile { file, path, folder, draft, replace }]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn fill(file: &OutputFile, text: &str) {
        let mut out = file.writer();
        out.write_all(text.as_bytes()).unwrap();
        out.flush().unwrap();
    }

    #[test]
    fn it_is_there_whole_or_not_at_all() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("users.csv");
            let given_up = begun(&path, false);
            fill(&given_up[0], "half");
            fill(&given_up[1], "half");
            assert!(!path.exists());
            drop(given_up);
            assert_eq!(names(folder.path()), [""; 0]);

            let file = begun(&path, false).into_iter().nth(way).unwrap();
            fill(&file, "whole");
            file.finish().unwrap();
            assert_eq!(names(folder.path()), ["users.csv"]);
            assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        }
    }

    #[test]
    fn what_came_to_its_place_meanwhile_stays() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("users.csv");
            let file = begun(&path, false).into_iter().nth(way).unwrap();
            fs::write(&path, "somebody else's").unwrap();
            assert_eq!(file.finish().unwrap_err().code, ErrorCode::FileExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
            assert_eq!(names(folder.path()), ["users.csv"]);
        }
    }

    #[test]
    fn only_what_may_be_replaced_is() {
        for way in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("users.csv");
            let target = folder.path().join("target");
            fs::write(&target, "kept").unwrap();
            symlink(&target, &path).unwrap();
            let refused = OutputFile::create(&path, false).map(drop).unwrap_err();
            assert_eq!(refused.code, ErrorCode::FileExists);
            for text in ["first", "second"] {
                let file = begun(&path, true).into_iter().nth(way).unwrap();
                fill(&file, text);
                file.finish().unwrap();
                assert_eq!(fs::read_to_string(&path).unwrap(), text);
            }
            assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
            assert_eq!(names(folder.path()), ["target", "users.csv"]);
        }
        for place in ["/dev/null", "/tmp"] {
            let refused = OutputFile::create(Path::new(place), true).map(drop).unwrap_err();
            assert_eq!(refused.code, ErrorCode::FileExists);
        }
        let nowhere = OutputFile::create(Path::new("/nowhere/users.csv"), true).map(drop);
        assert_eq!(nowhere.unwrap_err().code, ErrorCode::Io);
    }
}
