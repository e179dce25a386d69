//! Files: opened without waiting, trusted only where no other account could have written them, and
//! written so that they are there whole or not at all.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, OFlags, linkat};
use rustix::io::Errno;
use tempfile::{NamedTempFile, TempPath};

/// What the name of a file that is not finished begins and ends with.
pub(crate) const TEMP_FILE_AFFIXES: (&str, &str) = (".ccadmin-", ".new");

/// Where open files can be reached by number, which gives one without a name a name.
const OPEN_FILES_FOLDER: &str = "/proc/self/fd";

/// Bits of a mode that let others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

/// The bit of a folder in which only the owner of a file removes or renames it.
const STICKY: u32 = 0o1000;

/// Why the account `reader` (a user id) must not trust the file at `path`, which is open with this
/// `metadata`; `None` where it may: the file is its own or root's, and neither it nor the folder that
/// holds it can be written by others.
///
/// # Errors
///
/// The folder cannot be looked at.
pub(crate) fn distrust(
    path: &Path,
    metadata: &Metadata,
    reader: u32,
) -> io::Result<Option<&'static str>> {
    let is_ours = |found: &Metadata| found.uid() == reader || found.uid() == 0;
    if !metadata.is_file() {
        return Ok(None);
    }
    if !is_ours(metadata) {
        return Ok(Some("it belongs to another account"));
    }
    if metadata.mode() & OTHERS_WRITE != 0 {
        return Ok(Some("other accounts can write to it"));
    }
    let folder = folder_of(&path.canonicalize()?).metadata()?;
    if !is_ours(&folder) {
        return Ok(Some("its folder belongs to another account"));
    }
    if folder.mode() & OTHERS_WRITE != 0 && folder.mode() & STICKY == 0 {
        return Ok(Some("other accounts can write to its folder"));
    }
    Ok(None)
}

/// The folder that holds what is at `path`.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}

/// The path whose name is that of `path` with `suffix` behind it.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether a symbolic link at the end of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// It is.
    Follow,
    /// What is read is what was named.
    Refuse,
}

/// Opens what is at `path` for reading. Whatever it is, nothing waits for it: a pipe that nobody
/// writes to, say. The caller decides by the metadata what it takes.
///
/// # Errors
///
/// It is not there, cannot be opened, or is a link that is refused.
pub(crate) fn open_to_read(path: &Path, links: Links) -> io::Result<(File, Metadata)> {
    let flags = match links {
        Links::Follow => OFlags::NONBLOCK,
        Links::Refuse => OFlags::NONBLOCK | OFlags::NOFOLLOW,
    };
    let flags = flags.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

/// All that `input` holds, where that is at most `max_bytes`; `None` where it is more.
///
/// # Errors
///
/// Reading failed.
pub(crate) fn read_at_most(input: impl Read, max_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    // One byte more than is allowed shows that there is more.
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    input.take(limit).read_to_end(&mut content)?;
    Ok((content.len() <= max_bytes).then_some(content))
}

/// Makes the new file `path` (mode 0600), whose name is on the disk when this returns. For what
/// grows in its place; what can be written beside it is an [`AtomicFile`].
///
/// # Errors
///
/// Something already exists, or it cannot be made; then it is not there.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let file = create_private(path)?;
    sync_folder_of(path).inspect_err(|_| remove(path))?;
    Ok(file)
}

/// Puts on the disk which names there are in the folder of `path`.
///
/// # Errors
///
/// The folder cannot be opened or written.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// An empty file (mode 0600) in the folder of `path` that is gone when this is dropped: for what
/// is written by name. The name of one that a killed process leaves behind tells what it was.
///
/// # Errors
///
/// No file can be made there.
pub(crate) fn create_temp_beside(path: &Path) -> io::Result<NamedTempFile> {
    make_temp_beside(path, create_private)
}

/// Gives what `make` makes a free name in the folder of `path`. Not by `Builder::tempfile_in`, whose
/// errors name that random name and hide the number that the system gave.
fn make_temp_beside<T>(
    path: &Path,
    make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<NamedTempFile<T>> {
    let (prefix, suffix) = TEMP_FILE_AFFIXES;
    tempfile::Builder::new().prefix(prefix).suffix(suffix).make_in(folder_of(path), make)
}

fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// What cannot be relied on is not left in its place; that it cannot be removed leaves nothing to
/// do.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// What becomes of a file that is in the place of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and the new one fails.
    Keep,
    /// The new one takes its place.
    Replace,
}

/// A new file (mode 0600) that is put in its place whole. Dropped before, it is gone.
///
/// Where the file system allows it, it has no name before: a process that is killed meanwhile leaves
/// nothing behind, and what is written may be passwords.
pub(crate) struct AtomicFile {
    file: File,
    path: PathBuf,
    /// The name that it has meanwhile, where it has one.
    temp_path: Option<TempPath>,
}

impl AtomicFile {
    /// Begins the file `path`.
    ///
    /// # Errors
    ///
    /// No file can be made in its folder.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match create_unnamed(folder_of(path)) {
            Ok(file) => Ok(Self { file, path: path.to_owned(), temp_path: None }),
            Err(error) if lacks_unnamed(&error) => Self::create_named(path),
            Err(error) => Err(error),
        }
    }

    fn create_named(path: &Path) -> io::Result<Self> {
        let (file, temp_path) = create_temp_beside(path)?.into_parts();
        Ok(Self { file, path: path.to_owned(), temp_path: Some(temp_path) })
    }

    /// What is written goes here.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Where it will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets everybody read it, for what is no secret.
    ///
    /// # Errors
    ///
    /// The mode cannot be set.
    pub(crate) fn let_all_read(&self) -> io::Result<()> {
        self.file.set_permissions(Permissions::from_mode(0o644))
    }

    /// Puts it in its place; when this returns, it is on the disk.
    ///
    /// # Errors
    ///
    /// It cannot be written, or something is in its place that stays; then it is gone. One that
    /// replaced another stays, even where its name may not outlast a crash.
    pub(crate) fn persist(self, existing: Existing) -> io::Result<()> {
        let Self { file, path, temp_path } = self;
        file.sync_all()?;
        let link_to = |name: &Path| {
            let open = Path::new(OPEN_FILES_FOLDER).join(file.as_raw_fd().to_string());
            Ok(linkat(CWD, &open, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
        };
        match (temp_path, existing) {
            (None, Existing::Keep) => link_to(&path)?,
            // No system call gives a nameless file the name of another one.
            (None, Existing::Replace) => {
                make_temp_beside(&path, link_to)?.into_temp_path().persist(&path)?;
            }
            (Some(temp_path), Existing::Keep) => temp_path.persist_noclobber(&path)?,
            (Some(temp_path), Existing::Replace) => temp_path.persist(&path)?,
        }
        sync_folder_of(&path).inspect_err(|_| {
            if existing == Existing::Keep {
                remove(&path);
            }
        })
    }
}

/// A file in `folder` that has no name yet.
fn create_unnamed(folder: &Path) -> io::Result<File> {
    if !Path::new(OPEN_FILES_FOLDER).exists() {
        return Err(Errno::OPNOTSUPP.into());
    }
    let flags = OFlags::TMPFILE.bits().cast_signed();
    OpenOptions::new().write(true).custom_flags(flags).mode(0o600).open(folder)
}

/// Whether the file system, or an old kernel, knows of no files without a name.
fn lacks_unnamed(error: &io::Error) -> bool {
    let unknown = [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL];
    Errno::from_io_error(error).is_some_and(|error| unknown.contains(&error))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A file as it is begun where files without a name are known, and where they are not.
    const WAYS: [fn(&Path) -> io::Result<AtomicFile>; 2] =
        [AtomicFile::create, AtomicFile::create_named];

    fn filled(way: fn(&Path) -> io::Result<AtomicFile>, path: &Path, text: &str) -> AtomicFile {
        let file = way(path).unwrap();
        file.file().write_all(text.as_bytes()).unwrap();
        file
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn it_is_there_whole_or_not_at_all() {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("users.csv");
            let given_up = filled(way, &path, "half");
            assert!(!path.exists());
            drop(given_up);
            assert_eq!(names(folder.path()), [""; 0]);
            filled(way, &path, "whole").persist(Existing::Keep).unwrap();
            assert_eq!(names(folder.path()), ["users.csv"]);
            assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        }
    }

    #[test]
    fn what_came_to_its_place_meanwhile_stays() {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("users.csv");
            let file = filled(way, &path, "ours");
            fs::write(&path, "somebody else's").unwrap();
            let refused = file.persist(Existing::Keep).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
            assert_eq!(names(folder.path()), ["users.csv"]);
        }
    }

    #[test]
    fn a_link_is_replaced_and_not_what_it_leads_to() {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let (path, target) = (folder.path().join("users.csv"), folder.path().join("target"));
            fs::write(&target, "kept").unwrap();
            symlink(&target, &path).unwrap();
            for text in ["first", "second"] {
                filled(way, &path, text).persist(Existing::Replace).unwrap();
                assert_eq!(fs::read_to_string(&path).unwrap(), text);
            }
            assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
            assert_eq!(names(folder.path()), ["target", "users.csv"]);
        }
    }

    #[test]
    fn a_new_file_is_private_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.csv");
        create_new(&path).unwrap().write_all(b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(create_new(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }

    #[test]
    fn no_more_is_read_than_wanted() {
        assert_eq!(read_at_most(b"12345".as_slice(), 5).unwrap().as_deref(), Some(&b"12345"[..]));
        assert_eq!(read_at_most(b"12345".as_slice(), 4).unwrap(), None);
        assert_eq!(read_at_most(io::repeat(0), 1_000).unwrap(), None);
    }

    #[test]
    fn every_path_has_a_folder() {
        for (path, folder) in [("a/b", "a"), ("b", "."), ("/b", "/"), ("/", "/"), ("../b", "..")] {
            assert_eq!(folder_of(Path::new(path)), Path::new(folder));
        }
    }
}
