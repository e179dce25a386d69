//! Opening the store, making or upgrading it first where the command may, and the directory over it.

use std::path::Path;
use std::rc::Rc;

use super::{Context, SystemEntropy};
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::installed_store::InstalledStore;
use crate::cli::session_file;
use crate::cli::shared_host;
use crate::cli::shell::quote;
use crate::config::SettingSource;
use crate::directory::{Actor, Directory};
use crate::model::Secret;
use crate::privilege;
use crate::store::{Store, StoreError};

/// Whether a command may make the default store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreAccess {
    /// It only reads: a store that is not there, or an older one, is an error.
    Read,
    /// It writes into a store that has to be there: an older one is upgraded first.
    Change,
    /// The same for whoever wants to change a password, their own perhaps: to them, making a store is
    /// no advice.
    Password,
    /// It writes: the default store is made where it is not there, an older one upgraded first.
    Write,
}

impl Context {
    /// Upgrades the store at `path`, where it is older than this program and the caller is its
    /// owner; tells whether it was.
    ///
    /// # Errors
    ///
    /// It is older, and the caller is not its owner; or it cannot be written.
    pub(crate) fn upgrade_store(&self, path: &Path) -> Result<bool, CliError> {
        let Some(store) = Store::open_older(path, self.busy_timeout())? else { return Ok(false) };
        if !store.trusts(privilege::real_uid())? {
            // Which says what is wrong with it.
            return Ok(Store::open(path, self.busy_timeout()).map(|_| false)?);
        }
        let done = store.upgrade(self.busy_timeout(), self.now())?;
        let Some(done) = done else { return Ok(false) };
        let message = format!(
            "upgraded the store {} from version {} to {}; it is kept as it was in {}",
            path.display(),
            done.from,
            done.to,
            done.backup.display()
        );
        self.ui.tell("store-upgraded", &message);
        Ok(true)
    }

    /// Makes a store where the settings say.
    pub(crate) fn create_store(&self, path: &Path) -> Result<(), CliError> {
        Store::create(path, self.now(), &mut SystemEntropy)?;
        self.ui.tell("store-created", &format!("created the store {}", path.display()));
        Ok(())
    }

    /// Opens the directory, as whoever the session or the owner of the store is. The default store
    /// is made by the first command that writes.
    ///
    /// On a shared host this works once: the rights to open the store end with it.
    pub(crate) fn directory(&self, need: StoreAccess) -> Result<Directory, CliError> {
        if let Some(directory) = self.opened.take() {
            return Ok(directory);
        }
        let store = self.open(need)?;
        let token = self.token(&store)?;
        self.directory_of(store, token.as_ref())
    }

    /// Opens the directory for a look in passing: nobody is waited for, and nothing is changed.
    pub(crate) fn open_read_only(&self) -> Result<Directory, CliError> {
        let store = Store::open_read_only(self.store_path()?.0)?;
        let token = self.token(&store)?;
        self.directory_of(store, token.as_ref())
    }

    fn token(&self, store: &Store) -> Result<Option<Secret>, CliError> {
        match (&self.session, &self.session_folder) {
            _ if self.as_owner => Ok(None),
            (Some(token), _) => Ok(Some(token.clone())),
            (None, Some(folder)) => session_file::read(&session_file::file(folder, store.id())),
            (None, None) => Ok(None),
        }
    }

    /// Opens the directory for somebody who is about to sign in.
    pub(crate) fn directory_without_session(
        &self,
        need: StoreAccess,
    ) -> Result<Directory, CliError> {
        self.directory_of(self.open(need)?, None)
    }

    fn open(&self, need: StoreAccess) -> Result<Store, CliError> {
        // A dry run neither makes a store nor upgrades one.
        let need = if self.rehearses() { StoreAccess::Read } else { need };
        let (path, source) = self.store_path()?;
        let busy_timeout = self.busy_timeout();
        let opened = match &self.shared {
            Some(shared) => {
                shared.with_group(|| Store::open_shared(path, busy_timeout)).map_err(|error| {
                    CliError::new(
                        ErrorCode::Internal,
                        format!("the store can be opened only once: {error}"),
                    )
                })?
            }
            None => Store::open(path, busy_timeout),
        };
        let store = match opened {
            Err(error @ StoreError::Denied { .. })
                if matches!(source, SettingSource::System(_)) =>
            {
                let failure = CliError::from(error);
                let why = shared_host::why_denied();
                return Err(CliError { hint: why.or(failure.hint), ..failure });
            }
            Err(error @ (StoreError::NotFound { .. } | StoreError::Denied { .. }))
                if need == StoreAccess::Password =>
            {
                return Err(CliError::from(error).with_hint(
                    "on a host that is set up for it, agents change their own password: `ccadmin \
                     help shared-host` says what the administrator has to do",
                ));
            }
            Err(StoreError::OlderVersion { .. })
                if need != StoreAccess::Read && self.shared.is_none() =>
            {
                self.upgrade_store(path)?;
                Store::open(path, busy_timeout)?
            }
            Err(StoreError::NotFound { .. })
                if need == StoreAccess::Write && *source == SettingSource::Default =>
            {
                match self.create_store(path) {
                    // Another process made it meanwhile.
                    Err(failure) if failure.code == ErrorCode::StoreExists => {}
                    other => other?,
                }
                Store::open(path, busy_timeout)?
            }
            Err(error @ StoreError::NotFound { .. })
                if matches!(source, SettingSource::Flag(_)) =>
            {
                let path = path.display().to_string();
                let hint = format!("`ccadmin --database {} store init` creates one", quote(&path));
                return Err(CliError::from(error).with_hint(hint));
            }
            other => other?,
        };
        self.ui.detail(&format!("store: {} ({source})", store.path().display()));
        self.warn_of_others(&store);
        Ok(store)
    }

    /// Warns, once, of a store of somebody's own that others may open.
    fn warn_of_others(&self, store: &Store) {
        let is_open = store.mode().is_some_and(|mode| mode & 0o077 != 0);
        if is_open
            && self.shared.is_none()
            && InstalledStore::of(store.path()).is_some_and(|install| !install.is_shared())
            && !self.warned.replace(true)
        {
            let path = store.path().display().to_string();
            let message =
                format!("others can read or write the store {path}: `chmod 600 {}`", quote(&path));
            self.ui.warning("store-open-to-others", &message);
        }
    }

    fn directory_of(&self, store: Store, token: Option<&Secret>) -> Result<Directory, CliError> {
        let caller = self.caller(store.is_owned_by(privilege::real_uid())?);
        let clock = Rc::clone(&self.clock);
        let entropy = Box::new(SystemEntropy);
        let mut directory = Directory::new(store, clock, entropy, self.policy(), caller, token)?;
        if self.rehearses() {
            self.rehearsed.borrow_mut().push(directory.rehearse());
        }
        if self.as_owner && !matches!(directory.acting(), Actor::Owner { .. }) {
            return Err(CliError::new(
                ErrorCode::SignInRequired,
                "`--as-owner` is for the account that owns the store, and for root",
            )
            .with_hint(
                "`ccadmin login` opens a session; with `access.owner_is_admin = false` the owner \
                 has no rights once an admin can sign in",
            ));
        }
        self.ui.detail(&format!("acting: {}", directory.acting()));
        Ok(directory)
    }

    /// Opens the directory where its store already exists; nothing is made.
    pub(crate) fn directory_if_there(&self) -> Result<Option<Directory>, CliError> {
        match self.directory(StoreAccess::Change) {
            Ok(directory) => Ok(Some(directory)),
            Err(failure)
                if failure.code == ErrorCode::StoreNotFound
                    && self
                        .store
                        .as_ref()
                        .is_some_and(|place| place.source == SettingSource::Default) =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}
