//! Where a setting is: the file that it belongs in, and the files that a hint is about.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::Context;
use super::store_place::path_in_file;
use crate::config::{EffectiveSetting, SettingSource};
use crate::privilege::SITE_SETTINGS;

impl Context {
    /// The path that a setting names, from where it was set.
    pub(crate) fn path_in_settings(&self, setting: &str, path: &str) -> PathBuf {
        match self.settings.source(setting) {
            SettingSource::System(file) | SettingSource::User(file) => {
                path_in_file(file, Path::new(path), self.home.as_deref())
            }
            _ => PathBuf::from(path),
        }
    }

    /// The file in which a setting is to be changed: the system's where that alone decides on it,
    /// else the user's.
    pub(crate) fn file_to_set(&self, setting: &EffectiveSetting<'_>) -> &Path {
        let site = Path::new(SITE_SETTINGS);
        match &self.user_settings {
            Some(file) if !setting.is_systems && self.shared.is_none() => file,
            _ => site,
        }
    }

    /// A hint that names settings, with the files that they are set in.
    pub(crate) fn with_settings_files(&self, hint: &str) -> String {
        let named = |entry: &EffectiveSetting<'_>| hint.contains(&format!("`{}`", entry.name));
        let mut files: Vec<Cow<'_, str>> = Vec::new();
        for entry in self.settings.entries().filter(named) {
            let file = match entry.source {
                SettingSource::System(file) | SettingSource::User(file) => file,
                _ => self.file_to_set(&entry),
            };
            let file = file.to_string_lossy();
            if !hint.contains(&*file) && !files.contains(&file) {
                files.push(file);
            }
        }
        if files.is_empty() { hint.to_owned() } else { format!("{hint} ({})", files.join(", ")) }
    }
}
