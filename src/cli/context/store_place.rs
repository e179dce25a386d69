//! Where the store is: a flag beats the environment, that the settings, that the default.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cli::environment::Environment;
use crate::cli::error::{CliError, CommandEnd};
use crate::cli::global_args::GlobalArgs;
use crate::config::{Layers, SettingSource};

/// Where a store is.
#[derive(Debug, Clone)]
pub(super) struct StorePlace {
    pub(super) path: PathBuf,
    pub(super) source: SettingSource,
}

/// The store that this call is for; `None` where nobody named one and there is no home for the default.
pub(super) fn find_store(
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
            SettingSource::System(file) | SettingSource::User(file) => file.with_file_name(path),
            _ => path,
        };
        return Ok(Some(StorePlace { path, source }));
    }
    Ok(environment.default_store().map(|path| StorePlace { path, source: SettingSource::Default }))
}

/// The path that `PATH` or `sqlite:PATH` names.
pub(super) fn store_path(text: &str) -> Result<PathBuf, CliError> {
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
            .with_hint("give a path, or sqlite:PATH; a path with a colon is written `./PATH`"));
    }
    Ok(PathBuf::from(path))
}

/// Whether two paths name one file; before it exists, whether they are the same path.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => one.dev() == other.dev() && one.ino() == other.ino(),
        _ => one == other,
    }
}
