//! How a store is installed: as somebody's own, or as one that agents with shell accounts share.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::Layer;
use crate::fs::folder_of;
use crate::privilege::SITE_SETTINGS;

/// A store, and the program and the site settings that serve it.
pub(crate) struct InstalledStore {
    pub(crate) program: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) database: PathBuf,
    /// Whether the site's settings name this store.
    pub(crate) named: bool,
    /// Who owns the database: everything else goes by that.
    pub(crate) owner: u32,
    pub(crate) group: u32,
}

impl InstalledStore {
    /// The store at `path`; `None` where it cannot be seen.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let folder = folder_of(path).canonicalize().ok()?;
        let database = folder.join(path.file_name()?);
        let metadata = fs::symlink_metadata(&database).ok()?;
        let program = std::env::current_exe().ok()?;
        let (owner, group) = (metadata.uid(), metadata.gid());
        let named = sites_store().is_some_and(|store| store == database);
        Some(Self { program, folder, database, named, owner, group })
    }

    /// Whether it is one that agents with shell accounts use: the site's settings name it, or the
    /// program is set-group-ID and the store, or its folder, is of its group. What got lost of such
    /// an install is to be found; a store of somebody's own is none, whatever its mode.
    pub(crate) fn is_shared(&self) -> bool {
        let has = |path, bits| fs::metadata(path).is_ok_and(|found| found.mode() & bits != 0);
        let groups = |path: &Path| fs::metadata(path).ok().map(|found| found.gid());
        if has(&self.program, 0o2000) {
            let group = groups(&self.program);
            return self.named || group == Some(self.group) || group == groups(&self.folder);
        }
        self.named && (has(&self.folder, 0o2000) || has(&self.database, 0o060))
    }
}

/// The store that the site's settings name.
fn sites_store() -> Option<PathBuf> {
    let path = Path::new(SITE_SETTINGS);
    let settings = Layer::read(path, None).ok().flatten()?;
    let named = settings.database()?;
    let named = named.strip_prefix("sqlite:").unwrap_or(named);
    path.parent()?.join(named).canonicalize().ok()
}
