//! A settings file as a whole: which one is meant, its text, and putting a new one in its place.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::NamedTempFile;

use crate::cli::context::settings_files::user_file;
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::fs::folder_of;
use crate::privilege::SITE_SETTINGS;

/// The mode of a new file of the user's, and of root's in the system's folder, which everybody reads.
const USER_MODE: u32 = 0o600;
const SYSTEM_MODE: u32 = 0o644;

/// Which file is meant.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct FileArgs {
    /// Your own file, or the one that `--config` names
    #[arg(long, conflicts_with = "system")]
    pub(super) user: bool,

    /// The file of the whole system, /etc/ccadmin/config.toml
    #[arg(long)]
    pub(super) system: bool,
}

/// A settings file, whether it is there or not.
#[derive(Debug)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) is_system: bool,
}

impl SettingsFile {
    pub(super) fn system() -> Self {
        Self { path: PathBuf::from(SITE_SETTINGS), is_system: true }
    }

    pub(super) fn user(global: &GlobalArgs, environment: &Environment) -> Result<Self, CliError> {
        let path = user_file(global, environment).ok_or_else(|| {
            CliError::new(
                ErrorCode::Config,
                "there is no place for a settings file: HOME is not set",
            )
            .with_hint("name one with --config, or say --system")
        })?;
        Ok(Self { path, is_system: false })
    }

    /// The text of the file and what the file is; `None` where it is not there.
    pub(super) fn read(&self) -> Result<Option<(String, Metadata)>, CliError> {
        let found = match fs::metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            found => found.map_err(|error| self.unreadable(&error))?,
        };
        if !found.is_file() {
            return Err(self.unreadable(&io::Error::other("it is no regular file")));
        }
        let text = fs::read_to_string(&self.path).map_err(|error| self.unreadable(&error))?;
        Ok(Some((text, found)))
    }

    /// A file beside this one that is to take its place: as the old one it has the mode, the owner
    /// and the group. The folder is made where it is missing.
    pub(super) fn draft(
        &self,
        text: &str,
        old: Option<&Metadata>,
    ) -> Result<NamedTempFile, CliError> {
        let write = || {
            let target = self.target()?;
            let folder = folder_of(&target);
            let folder_mode = if self.is_system { 0o755 } else { 0o700 };
            fs::DirBuilder::new().recursive(true).mode(folder_mode).create(folder)?;
            let mut builder = tempfile::Builder::new();
            let made = builder.prefix(".config-").suffix(".toml").tempfile_in(folder);
            // The name of the draft would say nothing to anybody.
            let mut draft = made.map_err(|error| io::Error::from(error.kind()))?;
            draft.write_all(text.as_bytes())?;
            draft.flush()?;
            self.make_alike(&draft, old)?;
            draft.as_file().sync_all()?;
            Ok(draft)
        };
        write().map_err(|error| self.unwritable(&error))
    }

    /// Puts a draft in the place of the file.
    pub(super) fn put(&self, draft: NamedTempFile) -> Result<(), CliError> {
        let put = || {
            let target = self.target()?;
            draft.persist(&target)?;
            fs::File::open(folder_of(&target))?.sync_all()
        };
        put().map_err(|error| self.unwritable(&error))
    }

    fn make_alike(&self, draft: &NamedTempFile, old: Option<&Metadata>) -> io::Result<()> {
        let file = draft.as_file();
        let Some(old) = old else {
            let mode = if self.is_system { SYSTEM_MODE } else { USER_MODE };
            return file.set_permissions(Permissions::from_mode(mode));
        };
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(file, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))
    }

    /// Where the file itself is: a symbolic link stays one.
    fn target(&self) -> io::Result<PathBuf> {
        match self.path.canonicalize() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(self.path.clone()),
            target => target,
        }
    }

    fn unreadable(&self, error: &io::Error) -> CliError {
        CliError::new(ErrorCode::Config, format!("{}: cannot be read: {error}", self.shown()))
            .with_hint("name a file that this account may read")
    }

    fn unwritable(&self, error: &io::Error) -> CliError {
        let hint = if error.kind() == ErrorKind::PermissionDenied && self.is_system {
            "root changes the settings of the system: sudo; `--user` changes your own"
        } else {
            "nothing was changed"
        };
        CliError::new(ErrorCode::Io, format!("{}: cannot be written: {error}", self.shown()))
            .with_hint(hint)
    }

    pub(super) fn shown(&self) -> impl std::fmt::Display + '_ {
        Path::display(&self.path)
    }
}
