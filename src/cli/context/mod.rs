//! What a command works with: the settings, the way to talk, and the directory, opened when it is
//! needed.

mod open_store;
mod setting_place;
pub(crate) mod settings_files;
mod store_place;
mod system;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::cli::os_accounts::{accounts, login, own_state_folder};
use crate::cli::session_file;
use crate::cli::terminal::output::Format;
use crate::cli::terminal::ui::Ui;
use crate::config::{Layers, ResolvedSettings, SettingSource};
use crate::directory::{Caller, Directory, Policy};
use crate::model::{Clock, Secret, Timestamp};
use crate::privilege::{self, SITE_SETTINGS, SetgidMode};
use store_place::{StorePlace, find_store, same_file};

pub(crate) use open_store::StoreAccess;
pub(crate) use system::SystemEntropy;

/// What a command works with.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    pub(crate) settings: ResolvedSettings,
    /// Where the store is, and whether somebody named it.
    store: Option<StorePlace>,
    clock: Rc<dyn Clock>,
    /// The token in `CCADMIN_SESSION`, where that is set, whatever stands in it.
    session: Option<Secret>,
    /// Whether the owner of the store acts, whatever session there is.
    as_owner: bool,
    session_folder: Option<PathBuf>,
    trusted_callers: Vec<u32>,
    /// The names among `sign_in.trusted_callers` that no account has: nobody is trusted by them.
    pub(crate) unknown_callers: Vec<String>,
    /// The account that called sudo, as the environment says.
    sudo_uid: Option<u32>,
    /// The options of this call that another one needs to mean the same store and settings, and to act
    /// as the same.
    repeated: Vec<String>,
    /// The call as it was given, or as the answers to what was asked made it, the name of the program
    /// first.
    call: RefCell<Vec<String>>,
    /// Whether somebody was asked for what the call lacked.
    asked: bool,
    /// The directory, where it was opened before the command runs.
    opened: RefCell<Option<Directory>>,
    /// How long a program that delivers a message may take.
    pub(crate) delivery_limit: Duration,
    /// The user's settings file, whether it is there or not.
    user_settings: Option<PathBuf>,
    /// The home of the person who calls, where it counts.
    home: Option<PathBuf>,
    /// The set-group-ID mode: the site's store for somebody who could not open it.
    shared: Option<Box<SetgidMode>>,
    /// Whether somebody was warned of a store that others may open.
    warned: Cell<bool>,
}

impl Context {
    /// Reads the settings: a flag beats the environment, that the user's config file, that the
    /// system's, that the defaults. On a shared host the system's alone counts.
    pub(crate) fn new(
        global: &GlobalArgs,
        environment: &Environment,
        shared: Option<Box<SetgidMode>>,
    ) -> Result<Self, CliError> {
        let layers = match &shared {
            Some(shared) => {
                let settings = shared.settings.clone().map_err(|error| {
                    let failure = CliError::from(error);
                    let hint = "ask the administrator, who runs `ccadmin store check`";
                    CliError { hint: failure.hint.or(Some(hint.to_owned())), ..failure }
                })?;
                Layers { system: Some(settings), user: None }
            }
            None => settings_files::read(global, environment)?,
        };
        let store = find_store(global, environment, &layers)?;
        let mut settings = settings_files::resolve(&layers, store.as_ref(), environment)?;
        if let Some(place) = &store
            && place.source != SettingSource::Default
        {
            settings.set_database(place.path.display().to_string(), place.source.clone());
        }
        let format = match (&global.output, &environment.output) {
            (Some(option), _) => {
                settings.set_output(option.as_str(), SettingSource::Flag("--output"));
                option.format().unwrap_or_default()
            }
            (None, Some(word)) => {
                let format = parse_format(word, "CCADMIN_OUTPUT")?;
                settings.set_output(format.as_str(), SettingSource::Environment("CCADMIN_OUTPUT"));
                format
            }
            (None, None) => parse_format(&OsString::from(&settings.settings.output), "output")?,
        };
        let session_folder = match &shared {
            Some(_) => own_state_folder(privilege::real_uid()),
            None => environment.session_folder(),
        };
        let (trusted_callers, unknown_callers) = accounts(&settings.settings.trusted_callers);
        let given = [("--config", &global.config), ("--database", &global.database)];
        let repeated = given
            .into_iter()
            .filter_map(|(option, value)| Some([option, value.as_ref()?.to_str()?]))
            .flatten()
            .chain(global.as_owner.then_some("--as-owner"))
            .map(str::to_owned)
            .collect();
        let ui = Ui { format, ..global.ui(environment) };
        let pager = environment.pager_for(ui.no_input, shared.is_some());
        Ok(Self {
            ui: Ui { pager, ..ui },
            settings,
            store,
            clock: system::clock(),
            session: environment.session.clone(),
            as_owner: global.as_owner,
            session_folder,
            trusted_callers,
            unknown_callers,
            sudo_uid: environment.sudo_uid,
            repeated,
            call: RefCell::default(),
            asked: false,
            opened: RefCell::default(),
            delivery_limit: environment.delivery_limit(),
            home: environment.home_folder().map(Path::to_owned),
            user_settings: settings_files::user_file(global, environment),
            shared,
            warned: Cell::new(false),
        })
    }

    /// Takes note of the words of the call, the name of the program first, and of whether somebody
    /// was asked for some of them.
    pub(crate) fn note_call(&mut self, words: Vec<String>, asked: bool) {
        *self.call.get_mut() = words;
        self.asked = asked;
    }

    /// Takes note of what somebody answered, as a word of a call that would not have asked.
    pub(crate) fn note_answer(&self, word: &str) {
        self.call.borrow_mut().push(word.to_owned());
    }

    /// The call as it was given, with what was answered.
    pub(crate) fn call(&self) -> Vec<String> {
        self.call.borrow().clone()
    }

    /// Whether somebody was asked for what the call lacked, and has been told what there is to it.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked
    }

    /// Keeps a directory open for the command.
    pub(crate) fn keep_open(&self, directory: Option<Directory>) {
        *self.opened.borrow_mut() = directory;
    }

    /// The words that begin a command with the same store, settings and actor as this one.
    pub(crate) fn same_program(&self) -> Vec<String> {
        std::iter::once("ccadmin".to_owned()).chain(self.repeated.iter().cloned()).collect()
    }

    /// The file of the store, and where that was decided.
    ///
    /// # Errors
    ///
    /// Nobody named one and there is no home for the default one.
    pub(crate) fn store_path(&self) -> Result<(&Path, &SettingSource), CliError> {
        let place = self.store.as_ref().ok_or_else(|| {
            if self.shared.is_some() {
                return CliError::new(ErrorCode::Config, format!("{SITE_SETTINGS} names no store"))
                    .with_hint("root sets `database` in it");
            }
            CliError::new(
                ErrorCode::StoreNotFound,
                "there is no place for a store: HOME is not set",
            )
            .with_hint("name one with --database or CCADMIN_DATABASE")
        })?;
        Ok((&place.path, &place.source))
    }

    /// Whether `path` is the file of the store or one of those beside it.
    pub(crate) fn is_in_use(&self, path: &Path) -> bool {
        let Some(place) = &self.store else { return false };
        ["", "-wal", "-shm"].into_iter().any(|suffix| {
            let mut file = place.path.clone().into_os_string();
            file.push(suffix);
            same_file(Path::new(&file), path)
        })
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock that tells it.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The account of the operating system that runs the program. Where it owns the store, as
    /// `is_owner` says, and became that account by sudo, the one that called sudo stands for it in the
    /// log and in the counts of failures: else everybody whom a sudo rule lets in would be one caller.
    /// Of anybody else the environment is not believed.
    pub(crate) fn caller(&self, is_owner: bool) -> Caller {
        let real_uid = privilege::real_uid();
        let uid = self.sudo_uid.filter(|_| is_owner).unwrap_or(real_uid);
        Caller { real_uid, uid, login: login(uid) }
    }

    /// How long a command waits for its turn.
    pub(crate) fn busy_timeout(&self) -> Duration {
        let busy_timeout = self.settings.settings.store.busy_timeout.seconds();
        Duration::from_secs(busy_timeout.unsigned_abs())
    }

    /// Whether the process has rights that its caller lacks, and may run no program.
    pub(crate) fn is_shared_host(&self) -> bool {
        self.shared.is_some()
    }

    /// Whether the session comes from the session file rather than from `CCADMIN_SESSION`.
    pub(crate) fn uses_session_file(&self) -> bool {
        self.session.is_none() && !self.as_owner
    }

    /// The file of the session for the store `store_id`.
    ///
    /// # Errors
    ///
    /// There is no place for one.
    pub(crate) fn session_file(&self, store_id: &str) -> Result<PathBuf, CliError> {
        let folder = self.session_folder.as_ref().ok_or_else(|| {
            CliError::new(ErrorCode::Io, "there is no place for a session file: HOME is not set")
                .with_hint("`ccadmin login --print` prints the token, CCADMIN_SESSION takes it")
        })?;
        Ok(session_file::file(folder, store_id))
    }

    /// The rules that the settings make.
    pub(crate) fn policy(&self) -> Policy {
        let mut policy = self.settings.settings.policy.clone();
        policy.sign_in.trusted_callers.clone_from(&self.trusted_callers);
        policy
    }

    /// The region of national phone numbers.
    pub(crate) fn phone_region(&self) -> Option<&str> {
        self.settings.settings.phone.default_region.as_deref()
    }
}

fn parse_format(word: &OsString, origin: &str) -> Result<Format, CliError> {
    word.to_string_lossy().parse().map_err(|error| CommandEnd::usage(format!("{origin}: {error}")))
}
