//! The environment, read once and in one place.

use std::env::{self, VarError};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::terminal::prompt::PROMPT_TIMEOUT;
use crate::cli::terminal::ui::ColorChoice;
use crate::model::Secret;
use crate::privilege::{SESSION_VARIABLE, WRONG_SESSION};

/// How long a program that delivers a message may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);

/// The variables that mean something to this program.
pub(crate) struct Environment {
    pub(crate) config: Option<OsString>,
    pub(crate) database: Option<OsString>,
    pub(crate) output: Option<OsString>,
    pub(crate) no_input: bool,
    pub(crate) no_color: bool,
    /// Whether colour is wanted where there is no terminal too.
    force_color: bool,
    term: Option<OsString>,
    home: Option<PathBuf>,
    config_home: Option<PathBuf>,
    data_home: Option<PathBuf>,
    state_home: Option<PathBuf>,
    pub(crate) session: Option<Secret>,
    /// The account that called sudo, as sudo says, or somebody who wants to be taken for it.
    pub(crate) sudo_uid: Option<u32>,
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
            no_color: get("NO_COLOR").is_some()
                || get("CLICOLOR").is_some_and(|value| value == "0"),
            force_color: get("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            term: get("TERM"),
            home: folder("HOME"),
            config_home: folder("XDG_CONFIG_HOME"),
            data_home: folder("XDG_DATA_HOME"),
            state_home: folder("XDG_STATE_HOME"),
            // Set but empty is a session that is wrong, not none; so is what is no text.
            session: match env::var(SESSION_VARIABLE) {
                Ok(token) => Some(Secret::new(token)),
                Err(VarError::NotPresent) => None,
                Err(VarError::NotUnicode(_)) => Some(Secret::new(WRONG_SESSION.to_owned())),
            },
            // The greatest number is no account: the system takes it for "leave it as it is".
            sudo_uid: env::var("SUDO_UID")
                .ok()
                .and_then(|text| text.parse().ok())
                .filter(|uid| *uid != u32::MAX),
        }
    }

    /// How long a question waits for the next key.
    #[cfg(not(feature = "fixed-clock"))]
    #[expect(clippy::unused_self, reason = "as the one for tests")]
    pub(crate) fn prompt_timeout(&self) -> Duration {
        PROMPT_TIMEOUT
    }

    /// For tests of the real program: as many seconds as `CCADMIN_TEST_PATIENCE` says.
    #[cfg(feature = "fixed-clock")]
    #[expect(clippy::unused_self, clippy::disallowed_methods, reason = "for tests alone")]
    pub(crate) fn prompt_timeout(&self) -> Duration {
        let given = env::var("CCADMIN_TEST_PATIENCE").ok().and_then(|text| text.parse().ok());
        given.map_or(PROMPT_TIMEOUT, Duration::from_secs)
    }

    /// How long a program that delivers a message may take.
    #[cfg(not(feature = "fixed-clock"))]
    #[expect(clippy::unused_self, reason = "as the one for tests")]
    pub(crate) fn delivery_limit(&self) -> Duration {
        DELIVERY_TIMEOUT
    }

    /// For tests of the real program: as many seconds as `CCADMIN_TEST_DELIVERY` says.
    #[cfg(feature = "fixed-clock")]
    #[expect(clippy::unused_self, clippy::disallowed_methods, reason = "for tests alone")]
    pub(crate) fn delivery_limit(&self) -> Duration {
        let given = env::var("CCADMIN_TEST_DELIVERY").ok().and_then(|text| text.parse().ok());
        given.map_or(DELIVERY_TIMEOUT, Duration::from_secs)
    }

    /// The pager of a call: it waits for keys, so none where nothing may be asked; and nothing is
    /// executed where the program is set-group-ID.
    pub(crate) fn pager_for(&self, no_input: bool, is_setgid: bool) -> Option<String> {
        if no_input || is_setgid { None } else { self.pager() }
    }

    /// The command that shows what is longer than the screen; `None` where none is wanted.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn pager(&self) -> Option<String> {
        let pager = env::var("PAGER");
        match pager.as_deref().map(str::trim) {
            _ if self.terminal_is_plain() => None,
            Ok("" | "cat") | Err(VarError::NotUnicode(_)) => None,
            Ok(pager) => Some(pager.to_owned()),
            Err(VarError::NotPresent) => Some("less".to_owned()),
        }
    }

    /// When colour is used: what the call says goes first, then NO_COLOR, then `CLICOLOR_FORCE`, as
    /// bixense.com/clicolors has it.
    pub(crate) fn color(&self, choice: ColorChoice) -> ColorChoice {
        let is_forced = self.force_color && !self.no_color;
        if choice == ColorChoice::Auto && is_forced { ColorChoice::Always } else { choice }
    }

    /// The command that edits a file, where one is named.
    #[expect(clippy::unused_self, clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn editor(&self) -> Option<String> {
        let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
        named.into_iter().find(|editor| !editor.trim().is_empty())
    }

    /// Whether the terminal can do no more than print.
    pub(crate) fn terminal_is_plain(&self) -> bool {
        self.term.as_ref().is_none_or(|term| term == "dumb")
    }

    /// The home of whoever calls, where it is known.
    pub(crate) fn home_folder(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The config file of the user, where there is a place for one.
    pub(crate) fn user_config(&self) -> Option<PathBuf> {
        Some(self.config_folder()?.join("ccadmin/config.toml"))
    }

    /// The folder of the files that keep sessions, where there is a place for it.
    pub(crate) fn session_folder(&self) -> Option<PathBuf> {
        let folder =
            self.state_home.clone().or_else(|| Some(self.home.as_ref()?.join(".local/state")))?;
        Some(folder.join("ccadmin"))
    }

    /// The store that is used where none is named.
    pub(crate) fn default_store(&self) -> Option<PathBuf> {
        Some(self.data_folder()?.join("ccadmin/ccadmin.db"))
    }

    /// Where programs keep their settings.
    pub(crate) fn config_folder(&self) -> Option<PathBuf> {
        self.config_home.clone().or_else(|| Some(self.home.as_ref()?.join(".config")))
    }

    /// Where programs keep their data.
    pub(crate) fn data_folder(&self) -> Option<PathBuf> {
        self.data_home.clone().or_else(|| Some(self.home.as_ref()?.join(".local/share")))
    }

    /// What the variable says of how text and the terminal are to be: shown, and nothing more.
    #[expect(clippy::unused_self, clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn about(&self, name: TerminalVariable) -> Option<String> {
        env::var_os(name.as_str()).map(|value| value.to_string_lossy().into_owned())
    }
}

/// A variable that `ccadmin doctor` shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TerminalVariable {
    Term,
    Lang,
    LcAll,
    Shell,
}

impl TerminalVariable {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Lang => "LANG",
            Self::LcAll => "LC_ALL",
            Self::Shell => "SHELL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R27: where the program is set-group-ID nothing is executed, whatever the caller sets.
    #[test]
    fn a_pager_is_for_callers_who_run_with_their_own_rights_and_may_be_asked() {
        let environment = Environment::read();
        assert_eq!(environment.pager_for(false, true), None);
        assert_eq!(environment.pager_for(true, false), None);
        assert_eq!(environment.pager_for(false, false), environment.pager());
    }
}
