//! How a store is installed: owners and modes of its files and, on a shared host, the program, its
//! group and the site's settings.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, StatVfsMountFlags};

use super::finding::Finding;
use crate::cli::installed_store::InstalledStore;
use crate::cli::shell::quote;
use crate::fs::{TEMP_FILE_AFFIXES, folder_of, with_suffix};
use crate::model::Timestamp;
use crate::privilege::SITE_SETTINGS;

/// Everything that is wrong with the install of the store at `path`. Where the store cannot be
/// seen, nothing: opening it tells more.
pub(super) fn look(path: &Path, now: Timestamp) -> Vec<Finding> {
    let Some(store) = InstalledStore::of(path) else { return Vec::new() };
    let mut install = InstallCheck { store, findings: Vec::new() };
    if install.store.is_shared() {
        install.look_at_program();
        install.look_at_settings();
        install.look_at_group();
        install.look_at_shared_files();
    } else {
        install.look_at_private_files();
    }
    install.look_at_copies();
    install.look_at_drafts(now);
    install.findings
}

/// After so many seconds without a change nobody works on a draft any more.
const STALE_TEMP_FILE_SECONDS: i64 = 3_600;

/// Owner, group and mode.
type ExpectedAccess = (u32, u32, u32);

struct InstallCheck {
    store: InstalledStore,
    findings: Vec<Finding>,
}

impl InstallCheck {
    fn find(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::new(what, hint));
    }

    /// Root's, and of the store's group: anything else gives agents no rights, or too many.
    fn look_at_program(&mut self) {
        let program = self.store.program.clone();
        self.expect(&program, (0, self.store.group, 0o2755));
        let nosuid = rustix::fs::statvfs(&program)
            .is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::NOSUID));
        if nosuid {
            let what = format!("{} is on a file system that is mounted nosuid", shown(&program));
            self.find(what, "install it elsewhere: its set-group-ID bit does not count there");
        }
        if let Some(folder) = program.parent().filter(|folder| can_be_changed(folder, 0)) {
            let what = format!("{} can be changed by accounts other than root", shown(folder));
            self.find(what, "install the program in a folder that root alone can change");
        }
    }

    /// They decide which store agents open.
    fn look_at_settings(&mut self) {
        let path = Path::new(SITE_SETTINGS);
        self.trusted(folder_of(path), 0);
        self.trusted(path, 0);
        if !self.store.named {
            let hint = format!("set `database = \"{}\"` in it", self.store.database.display());
            self.find(format!("{SITE_SETTINGS} does not name this store"), hint);
        }
    }

    /// Whoever is in it may read and write everything, so nobody is to be.
    fn look_at_group(&mut self) {
        let group = name("/etc/group", self.store.group);
        let mut members = BTreeSet::new();
        let mut password = false;
        for fields in records("/etc/group").chain(records("/etc/gshadow")) {
            if fields.first() == Some(&group) {
                password |= fields.get(1).is_some_and(|field| {
                    !field.is_empty() && field != "x" && !field.starts_with(['!', '*'])
                });
                // The administrators of a group, in the one file, may make members.
                let lists = fields.iter().skip(2).flat_map(|list| list.split(','));
                members.extend(lists.map(str::to_owned));
            }
        }
        for fields in records("/etc/passwd") {
            let number = |field: usize| fields.get(field).and_then(|text| text.parse().ok());
            if number(3) == Some(self.store.group) && number(2) != Some(self.store.owner) {
                members.extend(fields.first().cloned());
            }
        }
        members.remove("");
        members.remove(&self.store.group.to_string());
        for member in members {
            self.find(
                format!("`{member}` is in the group `{group}` and can read and write the store"),
                format!("gpasswd -d {member} {group}"),
            );
        }
        if password {
            let what = format!("the group `{group}` has a password, so whoever knows it can join");
            self.find(what, format!("gpasswd -r {group}"));
        }
    }

    /// Agents may enter the folder and make nothing in it, so the side files have to be there.
    fn look_at_shared_files(&mut self) {
        let (folder, database) = (self.store.folder.clone(), self.store.database.clone());
        self.expect(&folder, (self.store.owner, self.store.group, 0o2750));
        self.expect(&database, (self.store.owner, self.store.group, 0o660));
        for file in self.side_files() {
            if fs::symlink_metadata(&file).is_ok() {
                self.expect(&file, (self.store.owner, self.store.group, 0o660));
            } else {
                self.find(
                    format!("{} is missing, so agents cannot use the store", shown(&file)),
                    "this check has created it again; run it once more",
                );
            }
        }
        for above in
            folder.ancestors().skip(1).filter(|above| can_be_changed(above, self.store.owner))
        {
            let what = format!("{} can be changed by accounts other than root", shown(above));
            self.findings.push(Finding::new(
                what,
                format!("move {} to where root alone can change the folders above", shown(&folder)),
            ));
        }
    }

    /// A store that is somebody's own.
    fn look_at_private_files(&mut self) {
        let others = |path: &Path, bits| {
            fs::symlink_metadata(path).is_ok_and(|found| found.mode() & bits != 0)
        };
        let folder = self.store.folder.clone();
        // One that others keep their files in too is not the store's to be closed.
        let is_own = fs::metadata(&folder)
            .is_ok_and(|found| found.uid() == self.store.owner && found.mode() & 0o1000 == 0);
        let elsewhere = "keep the store in a folder of its own, with the mode 700";
        if others(&folder, 0o022) {
            let what = format!("the folder {} can be written by others", shown(&folder));
            let close = format!("chmod 700 {}", shown(&folder));
            self.find(what, if is_own { close } else { elsewhere.to_owned() });
        }
        let theirs =
            fs::metadata(&folder).is_ok_and(|found| ![0, self.store.owner].contains(&found.uid()));
        if theirs {
            let owner = name("/etc/passwd", self.store.owner);
            let what =
                format!("the folder {} is not {owner}'s, who owns the store", shown(&folder));
            self.find(what, elsewhere);
        }
        let files = [vec![self.store.database.clone()], self.side_files()].concat();
        for file in files {
            if others(&file, 0o077) {
                let what = format!("{} can be read or written by others", shown(&file));
                self.find(what, format!("chmod 600 {}", shown(&file)));
            }
            let theirs =
                fs::symlink_metadata(&file).is_ok_and(|found| found.uid() != self.store.owner);
            if theirs {
                let owner = name("/etc/passwd", self.store.owner);
                let what = format!("{} is not {owner}'s, who owns the store", shown(&file));
                self.find(what, format!("chown {owner} {}", shown(&file)));
            }
        }
    }

    /// Copies beside the store hold what it holds.
    fn look_at_copies(&mut self) {
        let known = [vec![self.store.database.clone()], self.side_files()].concat();
        let stem = self.store.database.file_stem().map(|stem| stem.as_encoded_bytes().to_owned());
        let stem = stem.unwrap_or_default();
        for copy in self.files_beside() {
            let is_open = fs::symlink_metadata(&copy).is_ok_and(|found| is_open_to_others(&found));
            let is_named =
                copy.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(&stem));
            if is_open && !known.contains(&copy) && (is_named || is_a_store(&copy)) {
                let what = format!("{} beside the store can be read by others", shown(&copy));
                self.find(what, format!("chmod 600 {}", shown(&copy)));
            }
        }
    }

    /// What commands leave that were killed while they made a file: it may hold what the store holds.
    fn look_at_drafts(&mut self, now: Timestamp) {
        let (prefix, suffix) = TEMP_FILE_AFFIXES;
        for draft in self.files_beside() {
            let name = draft.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_draft = name.starts_with(prefix) && name.contains(suffix);
            let touched = fs::symlink_metadata(&draft).map(|found| found.mtime());
            if is_draft
                && touched.is_ok_and(|touched| now.seconds() - touched > STALE_TEMP_FILE_SECONDS)
            {
                let what = format!("{} was left by a command that was killed", shown(&draft));
                self.find(what, format!("rm {}", shown(&draft)));
            }
        }
    }

    fn files_beside(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.store.folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        files
    }

    fn side_files(&self) -> Vec<PathBuf> {
        vec![with_suffix(&self.store.database, "-wal"), with_suffix(&self.store.database, "-shm")]
    }

    /// Finds what differs from the `expected` owner, group and mode.
    fn expect(&mut self, path: &Path, expected: ExpectedAccess) {
        let Ok(found) = fs::symlink_metadata(path) else { return };
        if found.is_symlink() {
            let what = format!("{} is a symbolic link", shown(path));
            return self.find(what, "put in its place what it points to");
        }
        if (found.uid(), found.gid(), found.mode() & 0o7777) == expected {
            return;
        }
        let owned =
            |user, group| format!("{}:{}", name("/etc/passwd", user), name("/etc/group", group));
        let (user, group, mode) = expected;
        let what = format!(
            "{} is {} with the mode {:o} instead of {} with {mode:o}",
            shown(path),
            owned(found.uid(), found.gid()),
            found.mode() & 0o7777,
            owned(user, group),
        );
        // Changing the owner takes a set-group-ID bit away, so the mode comes last.
        let hint = format!("chown {} {1} && chmod {mode:o} {1}", owned(user, group), shown(path));
        self.find(what, hint);
    }

    /// Finds what others than root, and `also`, can replace.
    fn trusted(&mut self, path: &Path, also: u32) {
        if can_be_changed(path, also) {
            let what = format!("{} can be changed by accounts other than root", shown(path));
            self.find(what, format!("chown root {0} && chmod go-w {0}", shown(path)));
        }
    }
}

/// Whether others than root, and `also`, can replace what is at `path`, or in it. In a folder with
/// the sticky bit each replaces only what is their own.
fn can_be_changed(path: &Path, also: u32) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| {
        let is_sticky = found.is_dir() && found.mode() & 0o1000 != 0;
        ![0, also].contains(&found.uid()) || (found.mode() & 0o022 != 0 && !is_sticky)
    })
}

/// Whether a file begins as a store does: SQLite's mark, and further on ours. Never asked of the
/// store itself, since closing a file drops the locks that this process has on it.
fn is_a_store(path: &Path) -> bool {
    let mut start = [0; 72];
    let opened = File::options()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path);
    opened.and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start.starts_with(b"SQLite format 3\0")
        && start.ends_with(b"CCAD")
}

fn is_open_to_others(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o077 != 0
}

fn shown(path: &Path) -> String {
    quote(&path.display().to_string()).into_owned()
}

/// The records of a file such as `/etc/group`, read by itself: asking the name services would load
/// libraries.
fn records(file: &str) -> impl Iterator<Item = Vec<String>> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let records: Vec<Vec<String>> =
        text.lines().map(|line| line.split(':').map(str::to_owned).collect()).collect();
    records.into_iter()
}

/// The name of an account or a group, or its number where it has none.
fn name(file: &str, number: u32) -> String {
    let name = records(file).find_map(|fields| {
        (fields.get(2)?.parse() == Ok(number)).then(|| fields.first().cloned())?
    });
    name.unwrap_or_else(|| number.to_string())
}
