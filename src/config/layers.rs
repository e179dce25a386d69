//! Settings files, one over the other: the system's, the user's, and what was said in the call.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FsWord, fstatfs, makedev};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting_table::{self, CROSS_CHECKS, SETTINGS, Setting};
use super::toml_value::{TomlValue, kind_of, quoted};
use super::{ConfigError, Settings};
use crate::fs::{Links, distrust, open_to_read, read_at_most};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: usize = 1024 * 1024;

/// Where pipes without a name are: what a shell puts in the place of `<(...)`.
const PIPEFS_MAGIC: FsWord = 0x5049_5045;

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// No file, variable or option sets it.
    Default,
    /// The system's file.
    System(PathBuf),
    /// The user's file, or the one that was named in its place.
    User(PathBuf),
    /// The environment variable of this name.
    Environment(&'static str),
    /// The option of this name.
    Flag(&'static str),
}

impl fmt::Display for SettingSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::System(path) | Self::User(path) => path.display().fmt(formatter),
            Self::Environment(name) | Self::Flag(name) => formatter.write_str(name),
        }
    }
}

/// One settings file, read and checked by itself.
#[derive(Debug, Clone)]
pub struct Layer {
    path: PathBuf,
    /// The defaults, with what the file says over them.
    settings: Settings,
    /// What the file says, in its order.
    entries: Vec<LayerEntry>,
}

/// A setting that a file names, and where.
#[derive(Debug, Clone, Copy)]
struct LayerEntry {
    key: &'static Setting,
    line: usize,
}

impl Layer {
    /// Reads a file that need not be there. Where a `reader` (a user id) is named, it has to be a
    /// file that this account can trust: what settings say is done in its name.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where it is there and cannot be read or trusted, or breaks a rule.
    pub fn read(path: &Path, reader: Option<u32>) -> Result<Option<Self>, ConfigError> {
        match open(path) {
            Ok(file) => Self::read_open(path, file, reader).map(Some),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// As [`Layer::read`], for a file that was asked for by name.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where it is missing, cannot be read or trusted, or breaks a rule.
    pub fn read_required(path: &Path, reader: Option<u32>) -> Result<Self, ConfigError> {
        let file = open(path).map_err(|error| unreadable(path, &error))?;
        Self::read_open(path, file, reader)
    }

    fn read_open(path: &Path, file: File, reader: Option<u32>) -> Result<Self, ConfigError> {
        if let Some(reader) = reader {
            let reason = file
                .metadata()
                .and_then(|metadata| distrust(path, &metadata, reader))
                .map_err(|error| unreadable(path, &error))?;
            if let Some(reason) = reason {
                return Err(ConfigError::whole(path, format!("is refused: {reason}")).with_hint(
                    Some(
                        "settings name programs that are run: they have to be a file of your own \
                         or of root that nobody else can write (`chown`, `chmod go-w`; \
                         `sudo -H` keeps to root's own)"
                            .to_owned(),
                    ),
                ));
            }
        }
        Self::read_from(path, file)
    }

    /// Reads a file that is open already; `path` is for the messages.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where it cannot be read, or breaks a rule.
    pub fn read_from(path: &Path, file: File) -> Result<Self, ConfigError> {
        let bytes = read_at_most(file, MAX_FILE_BYTES).map_err(|error| unreadable(path, &error))?;
        Self::parse(path, &bytes.ok_or_else(|| too_large(path))?)
    }

    /// Reads the contents of a file; `path` is for the messages.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the first line that breaks a rule.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ConfigError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(too_large(path));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = line_at(bytes, error.valid_up_to());
            ConfigError::at(path, line, "is not UTF-8 text")
        })?;
        let file = SourceText { path, text };
        let table = DeTable::parse(text).map_err(|error| file.syntax(&error))?;
        let mut layer =
            Self { path: path.to_path_buf(), settings: Settings::default(), entries: Vec::new() };
        for item in items(table.get_ref()) {
            let Some(key) = setting_table::find(item.section.as_deref(), item.leaf) else {
                return Err(file.unknown(&item));
            };
            (key.read)(&mut layer.settings, item.value).map_err(|error| {
                let at = error.at.unwrap_or(item.at);
                file.error(at, format!("`{}` {}", key.name, error.message)).with_hint(error.hint)
            })?;
            layer.entries.push(LayerEntry { key, line: file.line(item.at) });
        }
        Ok(layer)
    }

    /// The store that the file names.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.settings.database.as_deref()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let (file, metadata) = open_to_read(path, Links::Follow)?;
    // `/dev/null`: no settings.
    let nothing = metadata.file_type().is_char_device() && metadata.rdev() == makedev(1, 3);
    if !metadata.is_file() && !nothing {
        if fstatfs(&file)?.f_type != PIPEFS_MAGIC {
            return Err(io::Error::other("it is not a regular file"));
        }
        rustix::io::ioctl_fionbio(&file, false)?;
    }
    Ok(file)
}

fn too_large(path: &Path) -> ConfigError {
    ConfigError::whole(path, "is larger than 1 MiB")
}

fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    ConfigError::whole(path, format!("cannot be read: {error}"))
        .with_hint(Some("name a file that this account can read".to_owned()))
}

/// The line, counted from 1, of the byte at `offset`.
fn line_at(bytes: &[u8], offset: usize) -> usize {
    let before = bytes.iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// A file's text, for the places in it.
struct SourceText<'t> {
    path: &'t Path,
    text: &'t str,
}

/// A name in a file with its value: a setting, or an unknown name.
struct TomlItem<'v, 't> {
    section: Option<String>,
    leaf: &'v str,
    value: &'v TomlValue<'t>,
    /// Where the name begins.
    at: usize,
}

/// What a file says, in its order.
fn items<'v, 't>(table: &'v DeTable<'t>) -> Vec<TomlItem<'v, 't>> {
    let mut items = Vec::new();
    collect(None, table, &mut items);
    items.sort_unstable_by_key(|item| item.at);
    items
}

/// Adds what stands in a table, and in the sections in it.
fn collect<'v, 't>(
    section: Option<&str>,
    table: &'v DeTable<'t>,
    items: &mut Vec<TomlItem<'v, 't>>,
) {
    for (name, value) in table {
        let leaf: &Spanned<Cow<'t, str>> = name;
        let leaf = leaf.get_ref().as_ref();
        let whole = section.map_or_else(|| leaf.to_owned(), |section| format!("{section}.{leaf}"));
        match value.get_ref() {
            // To TOML a dot in quotation marks is part of the name.
            DeValue::Table(inner) if !leaf.contains('.') && setting_table::is_section(&whole) => {
                collect(Some(&whole), inner, items);
            }
            _ => items.push(TomlItem {
                section: section.map(str::to_owned),
                leaf,
                value,
                at: name.span().start,
            }),
        }
    }
}

impl SourceText<'_> {
    fn line(&self, offset: usize) -> usize {
        line_at(self.text.as_bytes(), offset)
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> ConfigError {
        ConfigError::at(self.path, self.line(offset), message)
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        let Some(span) = error.span() else {
            return ConfigError::whole(self.path, error.message());
        };
        let at = span.start;
        match self.text.get(span) {
            Some(key) if error.message() == "duplicate key" => {
                self.error(at, format!("{} is set a second time", quoted(key)))
            }
            _ => self.error(at, error.message()),
        }
    }

    /// What to say of a name that is no setting.
    fn unknown(&self, item: &TomlItem<'_, '_>) -> ConfigError {
        let TomlItem { section, leaf, value, at } = item;
        let section = section.as_deref();
        let value = value.get_ref();
        let name = match section {
            Some(section) => format!("{section}.{}", as_key(leaf)),
            None => as_key(leaf),
        };
        let noun = match section {
            _ if setting_table::is_section(&name) => {
                let message = format!("`{name}` is a section, this is {}", kind_of(value));
                return self
                    .error(*at, message)
                    .with_hint(Some(format!("write its settings under `[{name}]`")));
            }
            None if value.is_table() => "section",
            _ => "key",
        };
        let hint =
            setting_table::suggest(section, leaf).map(|near| format!("did you mean `{near}`?"));
        self.error(*at, format!("unknown {noun} {}", quoted(&name))).with_hint(hint)
    }
}

/// A key as TOML writes it: with quotation marks where it has to have them.
fn as_key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(bare) { name.to_owned() } else { format!("\"{name}\"") }
}

/// The files that there are.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// The system's file.
    pub system: Option<Layer>,
    /// The user's file, which goes before the system's but for what belongs to the store.
    pub user: Option<Layer>,
}

impl Layers {
    /// The store that the files name, and which of them: the user's goes first.
    #[must_use]
    pub fn database(&self) -> Option<(&str, SettingSource)> {
        let user = self.user.as_ref().map(|layer| (layer, Rank::User));
        let system = self.system.as_ref().map(|layer| (layer, Rank::System));
        [user, system]
            .into_iter()
            .flatten()
            .find_map(|(layer, rank)| Some((layer.database()?, rank.source(&layer.path))))
    }

    /// Puts the layers over the defaults and checks what only shows when they are together.
    ///
    /// `is_in_use` says whether the store that the system's file names is the one that will be
    /// used. Where it is, `[user]`, `[password]`, `[sign_in]`, `[two_factor]`, `[access]` and
    /// `[weights]` are the system's alone: what the user's file says there is passed over.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where settings that are valid by themselves do not go together.
    pub fn resolve(
        &self,
        is_in_use: impl FnOnce(&str) -> bool,
    ) -> Result<ResolvedSettings, ConfigError> {
        let system_store = self.system.as_ref().and_then(Layer::database);
        let policy_is_systems = system_store.is_some_and(is_in_use);
        let mut resolved = ResolvedSettings::default();
        let mut places: BTreeMap<&str, (Rank, usize, &Path)> = BTreeMap::new();
        for (rank, layer) in [(Rank::System, &self.system), (Rank::User, &self.user)] {
            let Some(layer) = layer else { continue };
            for LayerEntry { key, line } in &layer.entries {
                if rank == Rank::User && policy_is_systems && key.is_policy() {
                    resolved.ignored.insert(key.name, layer.path.clone());
                    continue;
                }
                (key.copy)(&layer.settings, &mut resolved.settings);
                resolved.sources.insert(key.name, rank.source(&layer.path));
                places.insert(key.name, (rank, *line, &layer.path));
            }
        }
        for rule in CROSS_CHECKS {
            let Err(error) = (rule.check)(&resolved.settings) else {
                continue;
            };
            // The defaults keep every rule, so a file broke it; the setting that was read last is named.
            let entries = rule.names.iter().filter_map(|name| places.get(name));
            if let Some((_, line, path)) = entries.max() {
                return Err(ConfigError::at(path, *line, error.message).with_hint(error.hint));
            }
        }
        Ok(resolved)
    }
}

/// Which file goes before which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    System,
    User,
}

impl Rank {
    fn source(self, path: &Path) -> SettingSource {
        match self {
            Self::System => SettingSource::System(path.to_path_buf()),
            Self::User => SettingSource::User(path.to_path_buf()),
        }
    }
}

/// The settings in force, and where each comes from.
#[derive(Debug, Clone, Default)]
pub struct ResolvedSettings {
    /// The settings in force.
    pub settings: Settings,
    /// Where they come from; what is not in it is a default.
    sources: BTreeMap<&'static str, SettingSource>,
    /// What a file says in vain.
    ignored: BTreeMap<&'static str, PathBuf>,
}

/// One setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveSetting<'r> {
    /// Its name: `section.key`, or the key alone.
    pub name: &'static str,
    /// Its value as TOML text; `None` where it is unset.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: &'r SettingSource,
    /// The user's file, where that sets it too and in vain, as it belongs to the store.
    pub ignored: Option<&'r Path>,
}

impl ResolvedSettings {
    /// Puts the store of the environment or of an option over that of the files.
    pub fn set_database(&mut self, value: impl Into<String>, source: SettingSource) {
        self.settings.database = Some(value.into());
        self.sources.insert("database", source);
    }

    /// Puts the form of the output of the environment or of an option over that of the files.
    pub fn set_output(&mut self, value: impl Into<String>, source: SettingSource) {
        self.settings.output = value.into();
        self.sources.insert("output", source);
    }

    /// Where the setting of this name comes from.
    #[must_use]
    pub fn source(&self, name: &str) -> &SettingSource {
        self.sources.get(name).unwrap_or(&SettingSource::Default)
    }

    /// Every setting in force, in the order of the example file.
    pub fn entries(&self) -> impl Iterator<Item = EffectiveSetting<'_>> {
        SETTINGS.iter().map(|key| EffectiveSetting {
            name: key.name,
            value: (key.show)(&self.settings),
            source: self.source(key.name),
            ignored: self.ignored.get(key.name).map(PathBuf::as_path),
        })
    }
}
