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
//! assert_eq!(resolved.settings.policy.sign_in.lock.to_string(), "30m");
//! assert_eq!(resolved.settings.policy.min_password_chars(), 15);
//! # Ok::<(), ccadmin::config::ConfigError>(())
//! ```

mod edit;
mod error;
mod layers;
mod setting_table;
mod to_toml;
mod toml_value;

#[cfg(test)]
mod tests;

pub use edit::{EditError, set_in_text, unknown_setting};
pub use error::ConfigError;
pub use layers::{EffectiveSetting, Layer, Layers, ResolvedSettings, SettingSource};
pub use setting_table::{SettingChoices, setting_choices, setting_names};

use std::collections::BTreeMap;

use crate::model::{Duration, ImportField, LanguageTag, Policy};

/// Every setting, valid from the moment it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The store: a path or `sqlite:PATH`; `None` where nobody named one.
    pub database: Option<String>,
    /// The form of the output: `table`, `json`, `jsonl` or `csv`.
    pub output: String,
    /// `[user]`, `[password]`, `[sign_in]`, `[two_factor]`, `[access]` and `[weights]`: the rules
    /// that belong to the store.
    pub policy: Policy,
    /// OS accounts (names or numeric ids) that ask on behalf of many people.
    pub trusted_callers: Vec<String>,
    /// Phone numbers.
    pub phone: PhoneSettings,
    /// The site's own programs that deliver messages.
    pub deliver: DeliverSettings,
    /// The text that a new user gets.
    pub hand_out: HandOutSettings,
    /// How files of users are read.
    pub import: ImportSettings,
    /// The telephone switches that get the weights.
    pub switch: SwitchSettings,
    /// The store.
    pub store: StoreSettings,
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

/// `[import]`: how files of users are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportSettings {
    /// What the site's own columns mean; `None`: nothing, they are left out.
    pub columns: BTreeMap<String, Option<ImportField>>,
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            database: None,
            output: "table".to_owned(),
            policy: Policy::default(),
            trusted_callers: Vec::new(),
            phone: PhoneSettings::default(),
            deliver: DeliverSettings::default(),
            hand_out: HandOutSettings::default(),
            import: ImportSettings::default(),
            switch: SwitchSettings::default(),
            store: StoreSettings::default(),
        }
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_seconds(30) }
    }
}
