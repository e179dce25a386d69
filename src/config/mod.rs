//! The settings: what a site can choose, read from TOML files in layers.
//!
//! Every setting is declared once, in `setting_table.rs`; reading, showing and suggesting all go by
//! it. Nothing here reads the environment: paths and overrides come in as parameters.
//!
//! ```
//! use ccadmin::config::{Layer, Layers};
//!
//! let text = b"[sign_in]\nlock = \"30m\"\n";
//! let user = Layer::parse("config.toml".as_ref(), text)?;
//! let layers = Layers { system: None, user: Some(user) };
//! let resolved = layers.resolve(|_| false)?;
//! assert_eq!(resolved.settings.sign_in.lock.to_string(), "30m");
//! assert_eq!(resolved.settings.password_min_length(), 15);
//! # Ok::<(), ccadmin::config::ConfigError>(())
//! ```

mod error;
mod layers;
mod setting_table;
mod to_toml;
mod toml_value;

#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub use layers::{EffectiveSetting, Layer, Layers, ResolvedSettings, SettingSource};

use std::collections::BTreeMap;

use crate::model::{Duration, LanguageTag, ProfileField, Rate, Role, WeightRange};

/// Every setting, valid from the moment it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The store: a path or `sqlite:PATH`; `None` where nobody named one.
    pub database: Option<String>,
    /// The form of the output: `table`, `json`, `jsonl` or `csv`.
    pub output: String,
    /// The fields of a user that are mandatory.
    pub user: UserSettings,
    /// Passwords: how long, how they are kept.
    pub password: PasswordSettings,
    /// Signing in: failures, locks, sessions.
    pub sign_in: SignInSettings,
    /// The second factor.
    pub two_factor: TwoFactorSettings,
    /// Who may do what, where a site has a choice.
    pub access: AccessSettings,
    /// The weights of assignments.
    pub weights: WeightRange,
    /// Phone numbers.
    pub phone: PhoneSettings,
    /// The site's own programs that deliver messages.
    pub deliver: DeliverSettings,
    /// The text that a new user gets.
    pub hand_out: HandOutSettings,
    /// The telephone switches that get the weights.
    pub switch: SwitchSettings,
    /// The store.
    pub store: StoreSettings,
}

/// `[user]`: the fields of a user that are mandatory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserSettings {
    /// Fields that are mandatory beyond username, name and role, each once.
    pub require: Vec<ProfileField>,
}

/// `[password]`: how long passwords are and how they are hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordSettings {
    /// The least number of characters, where a site sets its own; see
    /// [`Settings::password_min_length`].
    pub min_length: Option<usize>,
    /// How long a temporary password works.
    pub temporary_ttl: Duration,
    /// Argon2id's memory in KiB.
    pub memory_kib: u32,
    /// Argon2id's passes over the memory.
    pub iterations: u32,
    /// Argon2id's lanes.
    pub parallelism: u32,
}

/// `[sign_in]`: failures, locks and sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSettings {
    /// Wrong passwords in a row for one account; 0 means none is allowed.
    pub max_failures: u32,
    /// Wrong passwords of one calling OS account over all accounts; 0 means none is allowed.
    pub max_failures_per_caller: u32,
    /// How long an account is closed when there were too many.
    pub lock: Duration,
    /// How often one calling OS account signs in; 0 in any time means never.
    pub max_successes_per_caller: Rate,
    /// How long a session lasts unused.
    pub session_idle: Duration,
    /// How long a session lasts at most.
    pub session_max: Duration,
    /// How many sessions a user has at most.
    pub max_sessions: u32,
    /// OS accounts (names or numeric ids) that ask on behalf of many people.
    pub trusted_callers: Vec<String>,
}

/// `[two_factor]`: the code that is sent to the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoFactorSettings {
    /// Whether signing in takes a code.
    pub required: bool,
    /// How long a code works.
    pub code_ttl: Duration,
}

/// `[access]`: who may do what, where a site has a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessSettings {
    /// Which of admin and supervisor may create users, each once.
    pub create_users: Vec<Role>,
    /// Whether the owner of the database file acts as an admin.
    pub owner_is_admin: bool,
}

/// `[phone]`: how phone numbers are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhoneSettings {
    /// The region of national numbers (ISO 3166, upper case); `None`: they are refused.
    pub default_region: Option<String>,
}

/// `[deliver.sms]` and `[deliver.email]`: how a message reaches somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliverSettings {
    /// To a phone.
    pub sms: DeliverCommand,
    /// To an e-mail address.
    pub email: DeliverCommand,
}

/// A program that delivers one message, which it reads from its stdin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliverCommand {
    /// Its absolute path and its arguments; [`DeliverCommand::ADDRESS`] among them stands for the
    /// address. Empty where there is none.
    pub command: Vec<String>,
}

impl DeliverCommand {
    /// The argument that stands for the address.
    pub const ADDRESS: &'static str = "{to}";
}

/// `[hand_out]`: the text with a new user's name and password; a path is meant from the folder of
/// the file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandOutSettings {
    /// The file with the text; `None` for the built-in one.
    pub template: Option<String>,
    /// The files for users of a language.
    pub templates: BTreeMap<LanguageTag, String>,
}

/// `[switch]`: the telephone switches that get the weights.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SwitchSettings {
    /// `[switch.asterisk]`.
    pub asterisk: AsteriskSettings,
}

/// `[switch.asterisk]`: how the queues of Asterisk name their members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsteriskSettings {
    /// The interface of a member, with `{username}` and `{phone}` for what the user has.
    pub interface: String,
}

impl Default for AsteriskSettings {
    fn default() -> Self {
        Self { interface: "PJSIP/{username}".to_owned() }
    }
}

/// `[store]`: how the store is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// How long to wait for another writer.
    pub busy_timeout: Duration,
}

impl Settings {
    /// The least number of characters of a typed password: the site's own, else 8 where signing in
    /// takes a second factor, else 15 (NIST SP 800-63B-4, section 3.1.1.2).
    #[must_use]
    pub fn password_min_length(&self) -> usize {
        self.password.min_length.unwrap_or(if self.two_factor.required { 8 } else { 15 })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database: None,
            output: "table".to_owned(),
            user: UserSettings::default(),
            password: PasswordSettings::default(),
            sign_in: SignInSettings::default(),
            two_factor: TwoFactorSettings::default(),
            access: AccessSettings::default(),
            weights: WeightRange::default(),
            phone: PhoneSettings::default(),
            deliver: DeliverSettings::default(),
            hand_out: HandOutSettings::default(),
            switch: SwitchSettings::default(),
            store: StoreSettings::default(),
        }
    }
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            min_length: None,
            temporary_ttl: Duration::from_days(7),
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
        }
    }
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            max_failures: 10,
            max_failures_per_caller: 20,
            lock: Duration::from_seconds(15 * 60),
            max_successes_per_caller: Rate { count: 60, period: Duration::from_seconds(60) },
            session_idle: Duration::from_seconds(3_600),
            session_max: Duration::from_seconds(12 * 3_600),
            max_sessions: 10,
            trusted_callers: Vec::new(),
        }
    }
}

impl Default for TwoFactorSettings {
    fn default() -> Self {
        Self { required: false, code_ttl: Duration::from_seconds(5 * 60) }
    }
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self { create_users: vec![Role::Admin, Role::Supervisor], owner_is_admin: true }
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_seconds(30) }
    }
}
