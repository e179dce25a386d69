//! The environment, read once and in one place.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The variables that mean something to this program.
pub(crate) struct Environment {
    pub(crate) config: Option<OsString>,
    pub(crate) database: Option<OsString>,
    pub(crate) output: Option<OsString>,
    pub(crate) no_input: bool,
    pub(crate) no_color: bool,
    term: Option<OsString>,
    home: Option<PathBuf>,
    config_home: Option<PathBuf>,
    data_home: Option<PathBuf>,
    state_home: Option<PathBuf>,
}

impl Environment {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn read() -> Self {
        // Set but empty is as good as not set, as the XDG base directory specification and
        // no-color.org have it.
        let get = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        // The XDG specification: a relative path is to be ignored.
        let folder = |name: &str| get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            config: get("CCADMIN_CONFIG"),
            database: get("CCADMIN_DATABASE"),
            output: get("CCADMIN_OUTPUT"),
            no_input: get("CCADMIN_NO_INPUT").is_some_and(|value| value != "0" && value != "false"),
            no_color: get("NO_COLOR").is_some(),
            term: get("TERM"),
            home: folder("HOME"),
            config_home: folder("XDG_CONFIG_HOME"),
            data_home: folder("XDG_DATA_HOME"),
            state_home: folder("XDG_STATE_HOME"),
        }
    }

    /// Whether the terminal can do no more than print.
    pub(crate) fn terminal_is_plain(&self) -> bool {
        self.term.as_ref().is_none_or(|term| term == "dumb")
    }

    /// The config file of the user, where there is a place for one.
    pub(crate) fn user_config(&self) -> Option<PathBuf> {
        let folder =
            self.config_home.clone().or_else(|| Some(self.home.as_ref()?.join(".config")))?;
        Some(folder.join("ccadmin/config.toml"))
    }

    /// The store that is used where none is named.
    pub(crate) fn default_store(&self) -> Option<PathBuf> {
        let folder =
            self.data_home.clone().or_else(|| Some(self.home.as_ref()?.join(".local/share")))?;
        Some(folder.join("ccadmin/ccadmin.db"))
    }

    /// Where the caller's own state is kept.
    pub(crate) fn state_folder(&self) -> Option<PathBuf> {
        let folder =
            self.state_home.clone().or_else(|| Some(self.home.as_ref()?.join(".local/state")))?;
        Some(folder.join("ccadmin"))
    }
}
