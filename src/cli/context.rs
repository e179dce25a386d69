//! What a command works with: the settings, the way to talk, and the directory, opened when it is
//! needed.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::cli::GlobalArgs;
use crate::cli::commands::store::is_private;
use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::os_accounts::{accounts, login, own_state_folder};
use crate::cli::session_file;
use crate::cli::shared_host;
use crate::cli::shell::quote;
use crate::cli::terminal::output::Format;
use crate::cli::terminal::ui::Ui;
use crate::config::{Layer, Layers, ResolvedSettings, SettingSource};
use crate::directory::{Actor, Caller, Directory, HashParams, Policy, SignInPolicy};
use crate::model::{Clock, Entropy, Secret, Timestamp};
use crate::privilege::{self, SITE_SETTINGS, SetgidMode};
use crate::store::{Store, StoreError};

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
    /// The options of this call that another one needs to mean the same store and settings.
    repeated: Vec<String>,
    /// The call as it was given, the name of the program first.
    call: Vec<String>,
    /// How long a program that delivers a message may take.
    pub(crate) delivery_limit: Duration,
    /// The set-group-ID mode: the site's store for somebody who could not open it.
    shared: Option<Box<SetgidMode>>,
    /// Whether somebody was warned of a store that others may open.
    warned: Cell<bool>,
}

/// Where a store is.
#[derive(Debug, Clone)]
struct StorePlace {
    path: PathBuf,
    source: SettingSource,
}

/// Whether a command may make the default store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreAccess {
    /// It only reads: a store that is not there, or an older one, is an error.
    Read,
    /// It writes into a store that has to be there: an older one is upgraded first.
    Change,
    /// It writes: the default store is made where it is not there, an older one upgraded first.
    Write,
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
            None => read_layers(global, environment)?,
        };
        let store = find_store(global, environment, &layers)?;
        let in_use = store.as_ref().map(|place| place.path.clone());
        let mut settings = layers.resolve(|database| {
            let folder = Path::new(SITE_SETTINGS).parent().unwrap_or(Path::new("/"));
            let named = store_path(database).map(|path| folder.join(path));
            named.ok().zip(in_use.as_ref()).is_some_and(|(named, used)| same_file(&named, used))
        })?;
        if let Some(place) = &store
            && place.source != SettingSource::Default
        {
            settings.set_database(place.path.display().to_string(), place.source.clone());
        }
        let format = match (&global.output, &environment.output) {
            (Some(format), _) => {
                settings.set_output(format.as_str(), SettingSource::Flag("--output"));
                *format
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
        let (trusted_callers, unknown_callers) =
            accounts(&settings.settings.sign_in.trusted_callers);
        let given = [("--config", &global.config), ("--database", &global.database)];
        let repeated = given
            .into_iter()
            .filter_map(|(option, value)| Some((option, value.as_ref()?.to_str()?)))
            .flat_map(|(option, value)| [option.to_owned(), value.to_owned()])
            .collect();
        let ui = Ui { format, ..global.ui(environment) };
        // A pager waits for keys; and on a shared host nothing is executed.
        let pager = environment.pager().filter(|_| shared.is_none() && !ui.no_input);
        Ok(Self {
            ui: Ui { pager, ..ui },
            settings,
            store,
            clock: clock(),
            session: environment.session.clone(),
            as_owner: global.as_owner,
            session_folder,
            trusted_callers,
            unknown_callers,
            sudo_uid: environment.sudo_uid,
            repeated,
            call: vec!["ccadmin".to_owned()],
            delivery_limit: environment.delivery_limit(),
            shared,
            warned: Cell::new(false),
        })
    }

    /// Takes note of the arguments of the call, the name of the program first.
    pub(crate) fn note_call(&mut self, arguments: &[OsString]) {
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        self.call.truncate(1);
        self.call.extend(words);
    }

    /// The call as it was given.
    pub(crate) fn call(&self) -> &[String] {
        &self.call
    }

    /// The words that begin a command with the same store and settings as this one.
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
        let done = store.upgrade(self.busy_timeout(), self.now(), &mut SystemEntropy)?;
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

    /// Whether the process has rights that its caller lacks, and may run no program.
    pub(crate) fn is_shared_host(&self) -> bool {
        self.shared.is_some()
    }

    /// Makes a store where the settings say.
    pub(crate) fn create_store(&self, path: &Path) -> Result<(), CliError> {
        Store::create(path, self.now(), &mut SystemEntropy)?;
        self.ui.tell("store-created", &format!("made the store {}", path.display()));
        Ok(())
    }

    /// Opens the directory, as whoever the session or the owner of the store is. The default store
    /// is made by the first command that writes.
    ///
    /// On a shared host this works once: the rights to open the store end with it.
    pub(crate) fn directory(&self, need: StoreAccess) -> Result<Directory, CliError> {
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

    /// Opens the directory for somebody who is about to say who he is.
    pub(crate) fn directory_without_session(
        &self,
        need: StoreAccess,
    ) -> Result<Directory, CliError> {
        self.directory_of(self.open(need)?, None)
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

    fn open(&self, need: StoreAccess) -> Result<Store, CliError> {
        let (path, source) = self.store_path()?;
        let busy_timeout = self.busy_timeout();
        let opened = match &self.shared {
            Some(shared) => {
                shared.with_group(|| Store::open_shared(path, busy_timeout)).map_err(|error| {
                    CliError::new(ErrorCode::Internal, format!("the store is opened once: {error}"))
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
                let hint = format!("`ccadmin --database {} store init` makes one", quote(&path));
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
            && is_private(store.path())
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
        let directory = Directory::new(store, clock, entropy, self.policy(), caller, token)?;
        if self.as_owner && !matches!(directory.acting(), Actor::Owner { .. }) {
            return Err(CliError::new(
                ErrorCode::SignInRequired,
                "`--as-owner` is for the account that owns the store, and for root",
            )
            .with_hint(
                "`ccadmin login` opens a session; `access.owner_is_admin = false` switches the \
                 owner off as soon as an admin can sign in",
            ));
        }
        self.ui.detail(&format!("acting: {}", directory.acting()));
        Ok(directory)
    }

    /// Opens the directory where its store is there already; nothing is made.
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

    /// The rules that the settings make.
    pub(crate) fn policy(&self) -> Policy {
        let settings = &self.settings.settings;
        Policy {
            required: settings.user.require.clone(),
            password_min_length: settings.password_min_length(),
            temporary_ttl: settings.password.temporary_ttl,
            hash: HashParams {
                memory_kib: settings.password.memory_kib,
                iterations: settings.password.iterations,
                parallelism: settings.password.parallelism,
            },
            weights: settings.weights,
            create_users: settings.access.create_users.iter().copied().collect(),
            owner_is_admin: settings.access.owner_is_admin,
            two_factor: settings.two_factor.required,
            code_ttl: settings.two_factor.code_ttl,
            sign_in: SignInPolicy {
                max_failures: settings.sign_in.max_failures,
                max_failures_per_caller: settings.sign_in.max_failures_per_caller,
                lock: settings.sign_in.lock,
                max_successes_per_caller: settings.sign_in.max_successes_per_caller,
                session_idle: settings.sign_in.session_idle,
                session_max: settings.sign_in.session_max,
                max_sessions: settings.sign_in.max_sessions,
                trusted_callers: self.trusted_callers.clone(),
            },
        }
    }

    /// The region of national phone numbers.
    pub(crate) fn phone_region(&self) -> Option<&str> {
        self.settings.settings.phone.default_region.as_deref()
    }
}

fn read_layers(global: &GlobalArgs, environment: &Environment) -> Result<Layers, CliError> {
    let named = global.config.as_ref().or(environment.config.as_ref());
    let reader = Some(privilege::real_uid());
    let user = match (named, environment.user_config()) {
        (Some(path), _) => Some(Layer::read_required(Path::new(path), reader)?),
        (None, Some(path)) => Layer::read(&path, reader)?,
        (None, None) => None,
    };
    Ok(Layers { system: Layer::read(Path::new(SITE_SETTINGS), None)?, user })
}

fn find_store(
    global: &GlobalArgs,
    environment: &Environment,
    layers: &Layers,
) -> Result<Option<StorePlace>, CliError> {
    let place = |text: &str, source| Ok(Some(StorePlace { path: store_path(text)?, source }));
    let os_text = |text: &OsString| {
        text.clone().into_string().map_err(|_| {
            CommandEnd::usage("the path of the store is not UTF-8")
                .with_hint("name it by another path")
        })
    };
    if let Some(flag) = &global.database {
        return place(&os_text(flag)?, SettingSource::Flag("--database"));
    }
    if let Some(variable) = &environment.database {
        return place(&os_text(variable)?, SettingSource::Environment("CCADMIN_DATABASE"));
    }
    if let Some((database, source)) = layers.database() {
        let path = store_path(database)?;
        // A path in a file is meant from where the file is.
        let path = match &source {
            SettingSource::System(file) | SettingSource::User(file) => {
                file.parent().unwrap_or(Path::new("")).join(path)
            }
            _ => path,
        };
        return Ok(Some(StorePlace { path, source }));
    }
    Ok(environment.default_store().map(|path| StorePlace { path, source: SettingSource::Default }))
}

/// The path that `PATH` or `sqlite:PATH` names.
fn store_path(text: &str) -> Result<PathBuf, CliError> {
    let path = text.strip_prefix("sqlite:").unwrap_or(text);
    if path.is_empty() {
        return Err(CommandEnd::usage("the path of the store is empty"));
    }
    let is_scheme = |text: &str| {
        text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
    };
    if let Some((scheme, _)) = path.split_once(':')
        && is_scheme(scheme)
    {
        return Err(CommandEnd::usage(format!("`{scheme}:` names no store that ccadmin knows"))
            .with_hint("give a path, or sqlite:PATH; behind `./` a colon is a part of the path"));
    }
    Ok(PathBuf::from(path))
}

/// Whether two paths name one file; before it exists, whether they are the same path.
fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => one.dev() == other.dev() && one.ino() == other.ino(),
        _ => one == other,
    }
}

fn parse_format(word: &OsString, origin: &str) -> Result<Format, CliError> {
    word.to_string_lossy().parse().map_err(|error| CommandEnd::usage(format!("{origin}: {error}")))
}

/// The operating system's generator.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut left = buffer;
        while !left.is_empty() {
            // A signal may cut it short.
            match getrandom(&mut *left, GetRandomFlags::empty()) {
                Ok(filled) => left = left.split_at_mut(filled).1,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The operating system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(jiff::Timestamp::now().as_second())
    }
}

#[cfg(not(feature = "fixed-clock"))]
fn clock() -> Rc<dyn Clock> {
    Rc::new(SystemClock)
}

/// For tests of the real program: the time that `CCADMIN_TEST_NOW` (seconds since 1970) says.
#[cfg(feature = "fixed-clock")]
#[expect(clippy::disallowed_methods, reason = "for tests alone, and never in a release")]
fn clock() -> Rc<dyn Clock> {
    use crate::model::FixedClock;

    let fixed = std::env::var("CCADMIN_TEST_NOW").ok().and_then(|text| text.parse().ok());
    match fixed {
        Some(seconds) => Rc::new(FixedClock(Timestamp::from_seconds(seconds))),
        None => Rc::new(SystemClock),
    }
}
